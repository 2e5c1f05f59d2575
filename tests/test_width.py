"""The width of a random hidden layer: worked values, plain oracles in Fractions, and numerics."""

from __future__ import annotations

import csv
import importlib.util
from fractions import Fraction
from math import comb, log
from pathlib import Path
from types import ModuleType

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import echelon
from scipy.stats import binomtest

import verify
from verify import Dataset, Model, flint_backend
from verify.activations import activation, names
from verify.errors import DataError, NotAvailableError
from verify.width import (
    analyticity,
    chernoff_width,
    clopper_pearson,
    eigenvalue_bounds,
    failure_bound,
    necessary_width,
    sample_full_rank,
    width_report,
)
from verify.width.analytic import ANALYTIC, NOT_ANALYTIC
from verify.width.cones import _determinant, cone_supremum
from verify.width.feature_bound import (
    BOUNDED,
    homogeneity,
    homogeneous_supremum,
    largest_square,
    near_unit_scales,
    norm_power,
    squared_spectral_norm,
)
from verify.width.full_rank import FullRankSample
from verify.width.intervals import least_draws, quantile_ranks
from verify.width.random_features import RandomFeatures
from verify.width.whitened import plane_supremum, sampled_supremum

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


# --- bounds -----------------------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.lists(st.fractions(-(10**6), 10**6, max_denominator=10**6), min_size=3, max_size=3), min_size=1, max_size=6
    ),
    st.integers(-300, 300),
)
def test_the_spectral_norm_is_bounded_closely_from_above(points: list[list[Fraction]], exponent: int) -> None:
    points = [[x * Fraction(2) ** (4 * exponent) for x in row] for row in points]
    bound = squared_spectral_norm(points)
    with mpmath.workdps(60):
        gram = mpmath.matrix(3, 3)
        for i in range(3):
            for j in range(3):
                entry = sum((row[i] * row[j] for row in points), Fraction(0))
                gram[i, j] = mpmath.mpf(entry.numerator) / entry.denominator
        true = max(mpmath.eigsy(gram, eigvals_only=True))
        ours = mpmath.mpf(bound.numerator) / bound.denominator
        assert true * (1 - mpmath.mpf(10) ** -40) <= ours <= true * (1 + mpmath.mpf(10) ** -6)


@pytest.mark.parametrize("name", ["relu", "abs", "leaky_relu(-3)", "relu2", "relu3", "square", "cube", "identity"])
def test_the_supremum_on_the_sphere_is_above_every_sample(name: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(-5, 6, (9, 3))
    law = homogeneity(Model.parse(name).activation)
    assert law is not None
    bound = float(homogeneous_supremum([[Fraction(int(x)) for x in row] for row in X], law))
    W = rng.standard_normal((3, 20000))
    values = (Model.parse(name).activation.evaluate(X @ (W / np.linalg.norm(W, axis=0))) ** 2).sum(axis=0)
    assert values.max() <= bound
    if name in ("abs", "identity"):
        assert values.max() >= bound * 0.99


def test_bounded_activations_are_bounded_and_the_others_are_not() -> None:
    z = np.concatenate([np.linspace(-30, 30, 60001), [-1e8, 1e8, -1e3, 1e3]])
    for name in names():
        found = largest_square(activation(name))
        with np.errstate(over="ignore"):
            largest = (activation(name).evaluate(z) ** 2).max()
        if found is None:
            assert largest > 300
        else:
            assert largest <= float(found[0]) * (1 + 1e-15)
            assert largest >= float(found[0]) * 0.9
    assert all(activation(name).pieces is None for name in BOUNDED)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.fractions(max_denominator=10**9), min_size=2, max_size=2), st.integers(-200, 200))
def test_scaled_points_are_near_the_sphere(point: list[Fraction], exponent: int) -> None:
    point = [x * Fraction(2) ** exponent for x in point]
    (scale,) = near_unit_scales([point])
    assert scale > 0
    if any(point):
        assert abs(scale * scale * sum(x * x for x in point) - 1) < Fraction(1, 1000)


@pytest.mark.parametrize("failure", [Fraction(1, 100), Fraction(1, 10**9)])
def test_the_chernoff_width_is_the_formula(failure: Fraction) -> None:
    m = chernoff_width(Fraction(7), Fraction(1, 3), 10, failure)
    assert m - 1 < 21 * log(10 / failure) <= m
    assert chernoff_width(Fraction(7), Fraction(1, 3), 0, failure) == 0
    assert failure_bound(0, Fraction(7), Fraction(1, 3), 10) == 1
    assert failure_bound(m, Fraction(7), Fraction(1, 3), 10) == pytest.approx(
        min(1, 10 * (2 / np.e) ** (m / 42)), rel=1e-9
    )


@pytest.mark.parametrize(("name", "degree"), [("relu", 1), ("abs", 1), ("relu2", 2), ("relu3", 3), ("cube", 3)])
def test_the_kernel_of_the_sphere_is_that_of_normal_weights_divided_by_a_moment(name: str, degree: int) -> None:
    from verify.kernels import float_kernel

    X = np.array([[1.0, 2.0], [-1.0, 0.5], [3.0, -1.0]])
    t = (np.arange(200_000) + 0.5) * 2 * np.pi / 200_000
    values = activation(name).evaluate(X @ np.array([np.cos(t), np.sin(t)]))
    circle = values @ values.T / len(t)
    assert circle * norm_power(2, degree) == pytest.approx(float_kernel(X, name), rel=1e-8, abs=1e-10)
    with mpmath.workdps(30):
        for dimension in (1, 2, 5):
            moment = (
                mpmath.gamma(mpmath.mpf(dimension) / 2 + degree) / mpmath.gamma(mpmath.mpf(dimension) / 2) * 2**degree
            )
            assert mpmath.almosteq(moment, norm_power(dimension, degree))


def test_the_features_are_as_well_conditioned_as_the_theorem_says() -> None:
    X = np.array([[1.0, 0.0], [0.0, 1.0], [-0.6, -0.8]])
    from verify.kernels import float_kernel

    least = np.linalg.eigvalsh(float_kernel(X) / 2)[0]
    supremum = np.linalg.norm(X, 2) ** 2
    rng, draws = np.random.default_rng(0), 400
    for m in (10, 40, 160):
        bad = 0
        for _ in range(draws):
            W = rng.standard_normal((2, m))
            F = np.maximum(X @ (W / np.linalg.norm(W, axis=0)), 0)
            bad += np.linalg.eigvalsh(F @ F.T / m)[0] <= least / 2
        bound = failure_bound(m, Fraction(supremum), Fraction(least), 3)
        assert clopper_pearson(int(bad), draws)[0] <= bound


def test_a_hidden_layer_of_the_chernoff_width_does_have_full_rank() -> None:
    for spec in ("relu+hidden_bias", "abs+hidden_bias+output_bias", "hardtanh+hidden_bias", "reglu"):
        points = [[0, 1], [1, 3], [2, -1], [3, 1]]
        report = width_report(Dataset(points), spec, draws=0)
        if report.bounds is None:
            assert "no closed form" in report.bounds_reason or "not computed" in report.bounds_reason
            continue
        assert report.necessary <= report.bounds.whitened_width <= report.bounds.width
        assert report.bounds.whitened_supremum >= 4
        sample = sample_full_rank(Dataset(points), Model.parse(spec), width=report.bounds.width, draws=20)
        assert sample.successes(report.bounds.width) == 20


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=5, unique=True).filter(lambda p: (0, 0) not in p)
)
def test_the_whitened_supremum_in_the_plane_is_that_of_a_fine_sample(points: list[tuple[int, int]]) -> None:
    if verify.decide(Dataset(points), "relu").nullity:
        assert plane_supremum([(Fraction(x), Fraction(y)) for x, y in points]) is None
        return
    found = plane_supremum([(Fraction(x), Fraction(y)) for x, y in points])
    assert found is not None
    from verify.kernels import mpmath_kernel

    X = np.array(points, dtype=float)
    K = np.array(mpmath_kernel(Dataset(points), Model("relu")).tolist(), dtype=float) / 2
    t = np.concatenate([np.linspace(0, 2 * np.pi, 4001), np.arctan2(X[:, 0], -X[:, 1]), np.arctan2(-X[:, 0], X[:, 1])])
    values = np.maximum(X @ np.array([np.cos(t), np.sin(t)]), 0)
    largest = np.einsum("im,im->m", values, np.linalg.solve(K, values)).max()
    assert len(points) <= float(found[0]) * (1 + 1e-9)
    assert largest * (1 - 1e-7) <= float(found[0]) <= largest * (1 + 1e-4)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(coordinates, coordinates, coordinates).filter(any), min_size=1, max_size=5, unique=True),
    st.sampled_from(["relu", "abs", "leaky_relu(-1/2)"]),
)
def test_the_whitened_supremum_over_cones_is_above_every_sample(points: list[tuple[int, ...]], name: str) -> None:
    rows, model = [[Fraction(x) for x in p] for p in points], Model.parse(name)
    found = cone_supremum(rows, model)
    if verify.decide(Dataset(points), model).nullity:
        assert found is None
        return
    from verify.kernels import float_kernel

    assert found is not None
    X = np.array(points, dtype=float)
    W = np.random.default_rng(0).standard_normal((3, 4000))
    edges = np.array([np.cross(x, y) for x in X for y in [*X, *np.eye(3)]]).T  # where the supremum often is
    W = np.hstack([W, edges, -edges])
    W = W[:, np.linalg.norm(W, axis=0) > 0]
    largest = sampled_supremum(
        model.activation.evaluate(X @ (W / np.linalg.norm(W, axis=0))), float_kernel(Dataset(points), model) / 3
    )
    assert largest * (1 - 1e-6) <= float(found[0]) <= largest * 2.5
    assert found[0] >= len(points)


def test_cones_in_the_plane_are_arcs() -> None:
    points = [(Fraction(x), Fraction(y)) for x, y in np.random.default_rng(3).integers(-50, 51, (9, 2)).tolist()]
    cones, arcs = cone_supremum(points, Model("relu")), plane_supremum(points)
    assert cones is not None
    assert arcs is not None
    assert arcs[0] * (1 - Fraction(1, 10**12)) <= cones[0] <= arcs[0] * Fraction(3, 2)
    assert cone_supremum([[*p, Fraction(1), Fraction(2)] for p in points * 3], Model("relu")) is None  # too many edges


def test_minors_are_determinants() -> None:
    rng = np.random.default_rng(0)
    for size in range(5):
        rows = rng.integers(-9, 10, (size, size))
        assert _determinant(rows.tolist()) == round(np.linalg.det(rows) if size else 1)


# --- which activations are analytic -----------------------------------------------------------------------------------


def test_every_named_activation_is_analytic_or_not() -> None:
    assert {*ANALYTIC, *NOT_ANALYTIC} == set(names())
    assert not set(ANALYTIC) & set(NOT_ANALYTIC)
    corners = (sympy.Max, sympy.Min, sympy.Abs, sympy.Piecewise, sympy.sign, sympy.Heaviside)
    for name in names():
        found, _ = analyticity(activation(name))
        assert found is (not activation(name).symbolic().has(*corners))
    assert analyticity(activation("leaky_relu", slope=1))[0] is True
    assert analyticity(Model("max(x,0)+x**2").activation)[0] is None


@pytest.mark.parametrize("name", NOT_ANALYTIC)
def test_a_derivative_jumps_at_a_breakpoint(name: str) -> None:
    pieces = activation(name).pieces
    if pieces is not None:
        assert pieces.breakpoints
        assert all(left != right for left, right in zip(pieces.polynomials, pieces.polynomials[1:], strict=False))
        return
    x = sympy.Symbol("x", real=True)
    formula = activation(name).symbolic()
    sides = []
    for sign in (1, -1):
        z = sympy.Symbol("z", positive=True)
        smooth = formula.subs(x, sign * z).subs({sympy.Max(0, z): z, sympy.Min(0, z): 0})
        smooth = smooth.replace(sympy.Max, lambda *a: sympy.Max(*a).simplify())
        sides.append([sympy.limit(sympy.diff(smooth, z, k) * sign**k, z, 0) for k in (1, 2)])
    assert sides[0] != sides[1]


def study() -> ModuleType:
    path = Path(__file__).parent / "benchmarks" / "study_width.py"
    spec = importlib.util.spec_from_file_location("study_width", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "size",
    [(3, 6), (10, 10), pytest.param((3, 12), marks=pytest.mark.slow), pytest.param((10, 20), marks=pytest.mark.slow)],
)
def test_the_table_of_the_documentation_is_what_the_code_gives(size: tuple[int, int]) -> None:
    module = study()
    with (module.FIGURES / "width-growth.csv").open(encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert tuple(head) == module.HEAD
    written = next([int(x) for x in row] for row in rows if (int(row[0]), int(row[1])) == size)
    found = module.row(*size, 1000)
    assert [found[k] for k in (0, 1, 2, 3, 4)] == written[:5]
    assert [found[k] for k in (5, 6, 7)] == pytest.approx(written[5:], rel=0.01)  # R', lambda: last digits of float64


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
