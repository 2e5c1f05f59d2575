"""The bounds of the width: each against its definition, plain numerics, and what a documentation table says."""

from __future__ import annotations

import csv
import importlib.util
from fractions import Fraction
from math import log
from pathlib import Path
from types import ModuleType

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import verify
from verify import Dataset, Model
from verify.activations import activation, names
from verify.width import (
    analyticity,
    chernoff_width,
    clopper_pearson,
    failure_bound,
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
from verify.width.whitened import plane_supremum, sampled_supremum

coordinates = st.integers(-6, 6)


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
