"""`verify.decide` against the oracle on random structured data, for every named activation and every architecture.

The oracle shares no code and no arithmetic with `verify`. The default run takes a sample; ``-m slow`` takes 20,000.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Answer, answer, dot, supported
from profiles_by_hand import PARAMETRISED, PROFILES, Profile
from structured_data import LABEL_KINDS, labelled_point_sets, random_labels, random_points, seeded

from verify import Dataset, Model, Outcome, Verdict, decide
from verify.activations import activation, names
from verify.check.checker import check_text
from verify.errors import NotAvailableError

ARCHITECTURES: tuple[dict[str, object], ...] = tuple(
    dict(zip(("hidden_layers", "hidden_bias", "output_bias", "skip", "gated", "regime"), values, strict=True))
    for values in product((1, 2, 3), *[(False, True)] * 4, ("trained", "ntk", "ntk_hidden"))
)
BY_HAND: Mapping[str, Profile] = {**PROFILES, **PARAMETRISED}
MODELS: tuple[tuple[str, dict[str, object]], ...] = tuple(
    (name, model) for name in sorted(BY_HAND) for model in ARCHITECTURES if supported(BY_HAND[name], model)
)
"""Every pair of a named activation and an architecture that the theorems cover."""


def labelled(points: object, labels: Sequence[Fraction]) -> Dataset:
    return Dataset(points, np.array(labels, dtype=object))  # of shape (0,), so one output, when there are no points


@dataclass(frozen=True)
class Case:
    name: str
    architecture: Mapping[str, object]
    points: Sequence[tuple[Fraction, ...]]
    labels: Sequence[Fraction]

    @property
    def model(self) -> Model:
        return Model(self.name, **self.architecture)  # type: ignore[arg-type]

    @property
    def expected(self) -> Answer:
        found = answer(self.points, BY_HAND[self.name], self.architecture)
        assert found is not None
        return found

    @property
    def data(self) -> Dataset:
        return labelled(self.points, self.labels)

    def __str__(self) -> str:
        points = [[str(value) for value in x] for x in self.points]
        return f"Model.parse({str(self.model)!r}), points={points}, labels={[str(y) for y in self.labels]}"


def cases(chunk: str, count: int, *, most: int = 14) -> Iterator[Case]:
    """Draw cases of `count` different models."""
    rng = seeded(chunk)
    for name, model in rng.sample(MODELS, count):
        if most > 14 and _degree(BY_HAND[name], model) > 2:
            continue  # moments of many points in many dimensions are slow to write out as full tensors
        points = random_points(rng, most=most, dimension=rng.randint(2, 6) if most > 14 else None)
        kind = rng.choice(LABEL_KINDS)
        attained: Sequence[Sequence[Fraction]] = ()
        if kind == "attained":
            found = answer(points, BY_HAND[name], model)
            assert found is not None
            attained = found.range_basis
        yield Case(name, model, points, random_labels(rng, points, kind, attained=attained))


def _degree(profile: Profile, model: Mapping[str, object]) -> int:
    """The largest degree, which is the number of factors in a row of moments."""
    degrees = [int(k) for part in profile[:2] if isinstance(part, tuple) for k in part]
    return max(degrees, default=0) + bool(model["gated"])


def dense(vector: Mapping[int, Fraction] | None, count: int) -> list[Fraction]:
    assert vector is not None
    assert all(isinstance(value, Fraction) and value for value in vector.values())
    assert all(0 <= i < count for i in vector)
    return [vector.get(i, Fraction(0)) for i in range(count)]


def check_dimensions(verdict: Verdict, expected: Answer) -> None:
    assert (verdict.rank, verdict.nullity) == (expected.rank, expected.nullity)


def check_every_labelling(case: Case, expected: Answer) -> None:
    verdict = decide(Dataset(case.points), case.model)
    check_dimensions(verdict, expected)
    assert verdict.question == "every labelling"
    if expected.nullity == 0:
        assert verdict.outcome is Outcome.INTERPOLATES
        assert verdict.annihilating_vector is None
    else:
        assert verdict.outcome is Outcome.CANNOT_INTERPOLATE
        vector = dense(verdict.annihilating_vector, len(case.points))
        assert any(vector)
        assert expected.annihilates(vector)
        assert expected.is_support_minimal(vector)


def check_these_labels(case: Case, expected: Answer) -> Verdict:
    verdict = decide(case.data, case.model)
    check_dimensions(verdict, expected)
    assert verdict.question == "these labels"
    residual = expected.residual(case.labels)
    assert verdict.least_mse == expected.least_mse(case.labels)
    assert verdict.best_predictions == tuple(y - r for y, r in zip(case.labels, residual, strict=True))
    if expected.attains(case.labels):
        assert verdict.outcome is Outcome.INTERPOLATES
        assert verdict.annihilating_vector is None
    else:
        assert verdict.outcome is Outcome.CANNOT_INTERPOLATE
        vector = dense(verdict.annihilating_vector, len(case.points))
        assert dot(vector, case.labels) != 0
        assert expected.annihilates(vector)
        assert expected.is_support_minimal(vector)
    return verdict


def check_certificates(case: Case, verdict: Verdict, expected: Answer) -> None:
    """The separate checker accepts what is claimed, and the claims say what the oracle says."""
    trained = case.architecture["regime"] == "trained"
    network = bool(case.points) and case.model.activation.piecewise_polynomial and trained
    certificate = verdict.certificate(rank=True, network=network)
    result = check_text(json.dumps(certificate))
    assert result.status == "accepted", result.message
    claims = {claim["kind"]: claim for claim in certificate["claims"]}
    assert claims["rank"]["value"] == str(expected.rank)
    assert ("network" in claims) == network
    if network:
        assert Fraction(claims["network"]["value"]) == expected.least_mse(case.labels)
    if expected.attains(case.labels):
        assert "interpolates" in claims
        assert "cannot_interpolate" not in claims
    else:
        assert "cannot_interpolate" in claims
        assert Fraction(claims["least_mse"]["value"]) == expected.least_mse(case.labels)


def compare(case: Case, *, certificate: bool) -> None:
    expected = case.expected
    check_every_labelling(case, expected)
    verdict = check_these_labels(case, expected)
    if certificate:
        check_certificates(case, verdict, expected)


def run(chunk: str, count: int, *, certificate_every: int, most: int = 14) -> None:
    for number, case in enumerate(cases(chunk, count, most=most)):
        try:
            compare(case, certificate=number % certificate_every == 0)
        except Exception as error:
            error.add_note(f"case {number} of chunk {chunk!r}: {case}")
            raise


# --- the table of activations -----------------------------------------------------------------------------------------


def test_every_named_activation_has_a_profile_by_hand() -> None:
    assert set(names()) == set(PROFILES)


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_the_table_has_the_profile_derived_by_hand(name: str) -> None:
    profile = activation(name).profile
    assert (profile.even, profile.odd, profile.nonzero_at_zero) == PROFILES[name]


# --- random data ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", range(16))
def test_decide_agrees_with_the_oracle(chunk: int) -> None:
    run(f"sample {chunk}", 40, certificate_every=2)


@pytest.mark.parametrize("chunk", range(6))
def test_decide_agrees_with_the_oracle_on_up_to_40_points(chunk: int) -> None:
    run(f"larger {chunk}", 20, certificate_every=2, most=40)


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(100))
def test_decide_agrees_with_the_oracle_on_20000(chunk: int) -> None:
    run(f"long {chunk}", 200, certificate_every=4)


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(40))
def test_decide_agrees_with_the_oracle_on_up_to_40_points_at_length(chunk: int) -> None:
    run(f"larger and longer {chunk}", 40, certificate_every=4, most=40)


@given(data=labelled_point_sets(most=8), model=st.sampled_from(MODELS))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_decide_agrees_with_the_oracle_on_drawn_points(
    data: tuple[list[tuple[Fraction, ...]], list[Fraction]], model: tuple[str, dict[str, object]]
) -> None:
    points, labels = data
    compare(Case(model[0], model[1], points, labels), certificate=True)


# --- what the theorems do not cover -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_what_no_theorem_covers_is_unknown(name: str) -> None:
    data = Dataset([(1, 2), (-1, -2), (2, 4)], [1, 2, 3])
    for architecture in ARCHITECTURES:
        if supported(BY_HAND[name], architecture):
            continue
        verdict = decide(data, Model(name, **architecture))  # type: ignore[arg-type]
        assert verdict.outcome is Outcome.UNKNOWN, architecture
        assert verdict.reason
        answers = (verdict.rank, verdict.nullity, verdict.annihilating_vector, verdict.least_mse)
        assert answers == (None, None, None, None)
        assert verdict.best_predictions is None
        with pytest.raises(NotAvailableError):
            verdict.certificate()


# --- several outputs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", range(6))
def test_several_outputs_are_decided_one_by_one(chunk: int) -> None:
    rng = seeded(f"outputs {chunk}")
    for case in cases(f"outputs {chunk}", 8):
        if not case.points:
            continue
        expected = case.expected
        columns = [case.labels, random_labels(rng, case.points, "small"), random_labels(rng, case.points, "zero")]
        verdict = decide(Dataset(case.points, list(zip(*columns, strict=True))), case.model)
        assert len(verdict.per_output) == len(columns)
        for labels, part in zip(columns, verdict.per_output, strict=True):
            assert part.outcome == (Outcome.INTERPOLATES if expected.attains(labels) else Outcome.CANNOT_INTERPOLATE), (
                case
            )
            assert part.least_mse == expected.least_mse(labels), case
            assert part.rank == verdict.rank == expected.rank
        residuals = [expected.residual(labels) for labels in columns]
        best = [[y - r for y, r in zip(*pair, strict=True)] for pair in zip(columns, residuals, strict=True)]
        assert verdict.best_predictions == tuple(zip(*best, strict=True)), case
        assert verdict.least_mse == sum(expected.least_mse(labels) for labels in columns) / len(columns), case
        everything = all(expected.attains(labels) for labels in columns)
        assert verdict.outcome == (Outcome.INTERPOLATES if everything else Outcome.CANNOT_INTERPOLATE), case
        assert check_text(json.dumps(verdict.certificate())).status == "accepted", case


# --- the same data, scaled --------------------------------------------------------------------------------------------
# An invertible diagonal map D commutes with everything a model is built of: lines and pairs keep their ratios, moments
# are multiplied by an invertible matrix, and (Dx, 1) = diag(D, 1)(x, 1). So the attained vectors stay the same.

SCALED: dict[str, object] = {
    "floats times 2^-1074": lambda rows, rng: np.array(rows, dtype=np.float64) * 5e-324,
    "floats times 2^1000": lambda rows, rng: np.array(rows, dtype=np.float64) * 2.0**1000,
    "floats, columns times 2^-300 to 2^300": lambda rows, rng: (
        np.array(rows, dtype=np.float64) * 2.0 ** np.array([rng.randint(-300, 300) for _ in rows[0]])
    ),
    "integers times 10^30": lambda rows, rng: [[value * 10**30 for value in x] for x in rows],
    "columns times rationals": lambda rows, rng: _columns_scaled(
        rows, [Fraction(rng.choice((-7, -1, 1, 3, 10**20)), rng.choice((1, 2, 9, 10**20))) for _ in rows[0]]
    ),
    "int16": lambda rows, rng: np.array(rows, dtype=np.int16),
    "float32": lambda rows, rng: np.array(rows, dtype=np.float32) * np.float32(2.0**-140),
    "decimal strings": lambda rows, rng: [[f"{value}e-5" for value in x] for x in rows],
}


def _columns_scaled(rows: list[list[int]], factors: list[Fraction]) -> list[list[Fraction]]:
    return [[factor * value for factor, value in zip(factors, x, strict=True)] for x in rows]


@pytest.mark.parametrize("form", SCALED)
def test_scaled_data_has_the_same_verdict(form: str) -> None:
    rng = seeded(form)
    for number in range(24):
        name, architecture = rng.choice(MODELS)
        points = random_points(rng, most=8, dimension=rng.randint(1, 3), integers=True)
        if not points:
            continue
        labels = random_labels(rng, points, rng.choice(LABEL_KINDS[:4]))
        case = Case(name, architecture, points, labels)
        expected = case.expected
        scaled = SCALED[form]([[int(value) for value in x] for x in points], rng)  # type: ignore[operator]
        verdict = decide(labelled(scaled, labels), case.model)
        assert (verdict.rank, verdict.nullity) == (expected.rank, expected.nullity), case
        assert verdict.least_mse == expected.least_mse(labels), case
        if number % 6 == 0:
            assert check_text(json.dumps(verdict.certificate(rank=True))).status == "accepted", case


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh", "sigmoid", "cos", "exp"])
def test_the_order_of_the_points_does_not_matter(name: str) -> None:
    rng = seeded(f"order {name}")
    for _ in range(10):
        points = random_points(rng, most=10)
        labels = random_labels(rng, points, "small")
        order = list(range(len(points)))
        rng.shuffle(order)
        one = decide(labelled(points, labels), Model(name))
        other = decide(labelled([points[i] for i in order], [labels[i] for i in order]), Model(name))
        assert (one.outcome, one.rank, one.least_mse) == (other.outcome, other.rank, other.least_mse)
        assert one.best_predictions is not None
        assert other.best_predictions == tuple(one.best_predictions[i] for i in order)


# --- numbers at the limits of machine integers ------------------------------------------------------------------------

LIMITS = tuple(Fraction(2) ** k + shift for k in (26, 31, 32, 52, 53, 62, 63, 64) for shift in (-1, 0, 1))


def points_at_limits(rng: Random) -> list[tuple[Fraction, ...]]:
    dimension = rng.randint(1, 3)
    points: list[tuple[Fraction, ...]] = []
    for _ in range(rng.randint(1, 7)):
        if points and rng.random() < 0.6:
            factor = rng.choice((Fraction(-1), Fraction(1), Fraction(2), 1 / rng.choice(LIMITS)))
            points.append(tuple(factor * value for value in rng.choice(points)))
        else:
            points.append(tuple(rng.choice((0, 1, -1, 1, -1)) * rng.choice(LIMITS) for _ in range(dimension)))
    return points


@pytest.mark.parametrize("chunk", range(8))
def test_nothing_overflows(chunk: int) -> None:
    rng = seeded(f"limits {chunk}")
    for name, architecture in rng.sample(MODELS, 30):
        points = points_at_limits(rng)
        labels = [rng.choice((0, 1, -1)) * rng.choice(LIMITS) for _ in points]
        compare(Case(name, architecture, points, labels), certificate=rng.random() < 0.2)


@pytest.mark.parametrize("dtype", [np.int64, np.uint64, np.int32, np.uint8], ids=lambda dtype: dtype.__name__)
def test_arrays_at_the_limits_of_their_type(dtype: type[np.integer]) -> None:
    rng, info = seeded(f"limits of {dtype.__name__}"), np.iinfo(dtype)
    values = (info.min, info.min + 1, info.min // 2, 0, 1, info.max // 2, info.max - 1, info.max)
    for name, architecture in rng.sample(MODELS, 40):
        count, dimension = rng.randint(1, 6), rng.randint(1, 3)
        points = np.array([[rng.choice(values) for _ in range(dimension)] for _ in range(count)], dtype=dtype)
        labels = np.array([rng.choice(values) for _ in range(count)], dtype=dtype)
        exact = [Fraction(int(y)) for y in labels]
        case = Case(name, architecture, [tuple(Fraction(int(value)) for value in x) for x in points], exact)
        verdict = decide(Dataset(points, labels), case.model)
        check_dimensions(verdict, case.expected)
        assert verdict.least_mse == case.expected.least_mse(exact), case
