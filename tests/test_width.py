"""The width of a random hidden layer: worked values, plain oracles in Fractions, and numerics."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import echelon
from scipy.stats import binomtest

import verify
from verify import Dataset, Model, flint_backend
from verify.errors import DataError, NotAvailableError
from verify.width import (
    clopper_pearson,
    eigenvalue_bounds,
    necessary_width,
    sample_full_rank,
    width_report,
)
from verify.width.full_rank import FullRankSample
from verify.width.intervals import least_draws, quantile_ranks
from verify.width.random_features import RandomFeatures

HEXAGON = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]]
PIECEWISE = ("relu", "abs", "leaky_relu(1/3)", "relu2", "relu3", "shifted_relu", "hardtanh", "hardswish", "relu6")
coordinates = st.integers(-6, 6)
point_sets = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=7, unique=True)


# --- what is necessary ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "width"),
    [
        ("relu", 5),  # rank 5 of 6: theory, section 10
        ("relu+output_bias", 4),  # the constant costs no unit, and is in the span already
        ("relu+skip", 3),
        ("relu+skip+output_bias", 2),
        ("relu+hidden_bias", 6),
        ("tanh", 3),
        ("sin_cos", 6),
    ],
)
def test_the_necessary_width_of_the_hexagon(spec: str, width: int) -> None:
    data, model = Dataset(HEXAGON), Model.parse(spec)
    rank = verify.decide(data, model).rank
    assert rank is not None
    assert necessary_width(data, model, rank=rank) == width


@settings(max_examples=25, deadline=None)
@given(point_sets, st.sampled_from(["relu", "relu+skip", "abs+output_bias", "shifted_relu+output_bias+skip"]))
def test_no_draw_has_full_rank_below_the_necessary_width(points: list[tuple[int, int]], spec: str) -> None:
    data, model = Dataset(points), Model.parse(spec)
    sample = sample_full_rank(data, model, draws=5, rng=1)
    assert all(t is None or t >= sample.needed for t in sample.widths)
    if sample.needed:
        units = sample.needed - 1
        features = RandomFeatures(data, model).draw([np.random.default_rng(0)], units)[0]
        free = [[1] * data.n] * model.output_bias + [list(c) for c in zip(*points, strict=True)] * model.skip
        rows = [[*map(Fraction, column)] for column in [*free, *features.T.tolist()]]
        assert len(echelon(rows, data.n)) < sample.rank


# --- exact random features --------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.fractions(-3, 3, max_denominator=7), st.integers(-(10**25), 10**25)), min_size=1, max_size=4),
    st.sampled_from(PIECEWISE),
    st.sampled_from(["", "+gated", "+hidden_bias", "+gated+hidden_bias"]),
)
def test_the_features_are_the_exact_values_up_to_one_positive_factor(
    points: list[tuple[Fraction, int]], name: str, modifiers: str
) -> None:
    model = Model.parse(name + modifiers)
    features = RandomFeatures(Dataset(points), model)
    found = features.draw([np.random.default_rng(7)], 3)[0]
    rng = np.random.default_rng(7)
    weights = np.rint(rng.standard_normal((3, 1 + model.gated, features.inputs)) * 2**20).astype(int).tolist()
    lifted = [[*map(Fraction, p), *[Fraction(1)] * model.hidden_bias] for p in points]

    def dot(point: list[Fraction], w: list[int]) -> Fraction:
        return sum((x * Fraction(c, 2**20) for x, c in zip(point, w, strict=True)), Fraction(0))

    true = [
        [model.activation.exact(dot(p, w[0])) * (dot(p, w[1]) if model.gated else 1) for w in weights] for p in lifted
    ]
    ratios = {
        Fraction(int(f), 1) / t
        for row, wanted in zip(found, true, strict=True)
        for f, t in zip(row, wanted, strict=True)
        if t
    }
    assert ratios <= {features.factor}
    assert [[bool(f) for f in row] for row in found] == [[bool(t) for t in row] for row in true]


def test_a_sequence_goes_on_where_it_was() -> None:
    features = RandomFeatures(Dataset(HEXAGON), Model("shifted_relu", gated=True))
    one, two = np.random.default_rng(3), np.random.default_rng(3)
    pieces = np.concatenate([features.draw([one], 3), features.draw([one], 4)], axis=2)
    assert (pieces == features.draw([two], 7)).all()


def oracle_width(data: Dataset, model: Model, rank: int, seed: np.random.SeedSequence, most: int) -> int | None:
    """The number of units at which plain elimination over Q reaches the rank."""
    values = RandomFeatures(data, model).draw([np.random.default_rng(seed)], most)[0]
    for m in range(most + 1):
        columns = [[Fraction(int(x)) for x in column] for column in values.T[:m].tolist()]
        if len(echelon(columns, data.n)) >= rank:
            return m
    return None


@settings(max_examples=20, deadline=None)
@given(point_sets, st.sampled_from(PIECEWISE))
def test_the_width_of_full_rank_is_that_of_plain_elimination(points: list[tuple[int, int]], name: str) -> None:
    data, model = Dataset(points), Model.parse(name)
    sample = sample_full_rank(data, model, draws=3, most=12, rng=5)
    seeds = np.random.default_rng(5).bit_generator.seed_seq.spawn(3)  # type: ignore[attr-defined]
    assert list(sample.widths) == [oracle_width(data, model, sample.rank, seed, 12) for seed in seeds]


def test_a_rank_that_is_only_deficient_modulo_the_prime_counts_as_full(monkeypatch: pytest.MonkeyPatch) -> None:
    data, model = Dataset(HEXAGON), Model("relu", hidden_bias=True)
    true = sample_full_rank(data, model, draws=200)
    monkeypatch.setattr(flint_backend, "_PRIME", 3)
    bad = sample_full_rank(data, model, draws=200)
    assert bad.widths != true.widths
    assert all(b is None or b >= t for b, t in zip(bad.widths, true.widths, strict=True) if t is not None)
    for width in (6, 8, 12):
        assert bad.successes(width) == true.successes(width)
    assert bad.threshold(0.1)[0] == true.threshold(0.1)[0]


@settings(max_examples=40, deadline=None)
@given(point_sets, st.sampled_from(PIECEWISE), st.integers(0, 9))
def test_counting_patterns_bounds_the_rank(points: list[tuple[int, int]], name: str, units: int) -> None:
    features = RandomFeatures(Dataset(points), Model.parse(name))
    bound = features.rank_bound(np.random.default_rng(units), units)
    values = features.draw([np.random.default_rng(units)], units)[0]
    if bound is None:
        assert name in ("relu2", "relu3", "hardswish")
    else:
        assert flint_backend.integer_rank(values.tolist()) <= bound <= units


# --- intervals --------------------------------------------------------------------------------------------------------


def upper_tail(successes: int, draws: int, p: Fraction) -> Fraction:
    """P(Binomial(draws, p) >= successes), exactly."""
    terms = (comb(draws, k) * p**k * (1 - p) ** (draws - k) for k in range(successes, draws + 1))
    return sum(terms, Fraction(0))


@pytest.mark.parametrize(("successes", "draws"), [(0, 1), (1, 1), (0, 12), (3, 12), (11, 12), (12, 12), (70, 90)])
@pytest.mark.parametrize("confidence", [0.9, 0.99])
def test_the_interval_is_that_of_clopper_and_pearson(successes: int, draws: int, confidence: float) -> None:
    low, high = clopper_pearson(successes, draws, confidence=confidence)
    peer = binomtest(successes, draws).proportion_ci(confidence, "exact")
    assert (low, high) == pytest.approx((peer.low, peer.high), rel=1e-9)
    tail = Fraction((1 - confidence) / 2)
    if successes:
        assert upper_tail(successes, draws, Fraction(low)) <= tail
        assert upper_tail(successes, draws, Fraction(low) + Fraction(1, 10**6)) > tail
    if successes < draws:
        assert upper_tail(draws - successes, draws, 1 - Fraction(high)) <= tail


def test_without_draws_nothing_is_known() -> None:
    assert clopper_pearson(0, 0) == (0, 1)


@pytest.mark.parametrize("draws", [1, 5, 20, 60])
@pytest.mark.parametrize("level", [Fraction(1, 2), Fraction(9, 10), Fraction(99, 100)])
def test_the_order_statistics_are_the_exact_ones(draws: int, level: Fraction) -> None:
    tail = Fraction(1, 50)
    low = [i for i in range(1, draws + 1) if 1 - upper_tail(i, draws, level) <= tail]
    high = [j for j in range(1, draws + 1) if upper_tail(j, draws, level) <= tail]
    assert quantile_ranks(draws, float(level), tail=0.02) == (max(low, default=None), min(high, default=None))


def test_how_many_draws_are_enough() -> None:
    n = least_draws(0.01, tail=0.005)
    assert Fraction(99, 100) ** n <= Fraction(1, 200) < Fraction(99, 100) ** (n - 1)
    assert quantile_ranks(n, 0.99, tail=0.005)[1] == n
    assert quantile_ranks(n - 1, 0.99, tail=0.005)[1] is None


def test_the_threshold_is_where_the_one_sided_bound_passes() -> None:
    widths = tuple(sorted(np.random.default_rng(0).integers(5, 40, 400).tolist()))
    sample = FullRankSample(widths, 40, 5, 5)
    lower, upper = sample.threshold(0.1, confidence=0.98)
    assert lower is not None
    assert upper is not None
    passing = [m for m in range(5, 41) if clopper_pearson(sample.successes(m), 400, confidence=0.98)[0] >= 0.9]
    assert min(passing) == upper
    failing = [m for m in range(5, 41) if clopper_pearson(sample.successes(m), 400, confidence=0.98)[1] < 0.9]
    assert max(failing) + 1 == lower
    cut = FullRankSample(tuple(t if t <= 20 else None for t in widths), 20, 5, 5)
    assert cut.threshold(0.1, confidence=0.98) == (21, None)


# --- the report -------------------------------------------------------------------------------------------------------


def test_almost_sure_is_said_for_analytic_activations_only() -> None:
    points = [[0, 0], [1, 2], [-1, -2], [2, 4]]
    assert width_report(Dataset(points), "sin_cos", draws=0).almost_sure == 4
    assert width_report(Dataset(points), "tanh+skip", draws=0).almost_sure == 1  # rank 2, and the points span a line
    assert width_report(Dataset(points), "shifted_relu", draws=0).almost_sure is None


def test_what_does_not_apply_says_why() -> None:
    points = Dataset([[1, 0], [2, 0]])
    assert "exactly singular (nullity 1)" in width_report(points, "relu", draws=0).bounds_reason
    assert "unbounded" in width_report(points, "gelu", draws=0).bounds_reason
    assert "not piecewise polynomial" in width_report(points, "gelu", draws=1).sample_reason
    for spec, words in (("relu+ntk", "no width"), ("relu+layers=2", "one hidden layer")):
        with pytest.raises(NotAvailableError, match=words):
            width_report(points, spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eigenvalue_bounds, "MEMORY_LIMIT", 63)
        assert "need 64 bytes, more than 63" in width_report(Dataset([[1], [-1]]), "relu", draws=0).bounds_reason
    with pytest.raises(NotAvailableError, match="rational points"):
        width_report(verify.load_dataset("decagon"), "relu")
    for failure in (0, 1, -0.5, float("nan"), float("inf"), True, "x"):
        with pytest.raises(DataError, match="failure="):
            width_report(points, "relu", failure=failure)  # type: ignore[arg-type]  # on purpose
    for arguments in ({"draws": 0}, {"draws": 1.5}, {"width": -1}, {"most": True}):
        with pytest.raises(DataError, match="whole number"):
            sample_full_rank(points, Model("relu"), **arguments)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(DataError, match="width=99"):
        sample_full_rank(points, Model("relu"), draws=1, most=3).successes(99)


@pytest.mark.parametrize(
    ("points", "rank"), [([], 0), ([[]], 0), ([[0, 0]], 0), ([[1]], 1), ([[1], [1]], 1), ([[10**40], [-(10**40)]], 2)]
)
def test_degenerate_data(points: list[list[int]], rank: int) -> None:
    report = width_report(Dataset(points), "relu", draws=20)
    assert (report.rank, report.necessary) == (rank, rank)
    assert report.sample is not None
    assert report.sample.successes(report.sample.most) == 20
    assert report.to_json()["rank"] == rank


def test_equal_seeds_give_equal_reports_and_others_do_not() -> None:
    def drawn(seed: int) -> tuple[int | None, ...]:
        return sample_full_rank(Dataset(HEXAGON), Model("relu"), draws=50, rng=seed).widths

    assert drawn(1) == drawn(1) != drawn(2)


def test_an_interrupted_sample_keeps_what_was_drawn() -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    sample = sample_full_rank(Dataset(HEXAGON), Model("relu"), draws=2000, progress=stop)
    assert sample.interrupted
    assert 0 < sample.draws < 2000
    assert sample.widths == sample_full_rank(Dataset(HEXAGON), Model("relu"), draws=2000).widths[: sample.draws]
