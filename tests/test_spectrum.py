"""Spectra: the exact nullity beside computed eigenvalues, in three arithmetics, and what goes wrong."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import verify
from verify.errors import DataError, DisagreementError, FullrankError, NotAvailableError
from verify.kernels import empirical_kernel, mpmath_kernel, quadrature_kernel
from verify.spectra import State, spectrum

HEXAGON = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]]
CUBE = [[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)]
ARITHMETICS = ("float64", "mpmath", "arb")


@pytest.mark.parametrize(
    ("points", "model", "rank"),
    [
        (HEXAGON, "relu", 5),
        (HEXAGON, "gelu", 5),
        (HEXAGON, "erf", 3),
        (HEXAGON, "exp", 6),
        (HEXAGON, "relu+hidden_bias", 6),
        (HEXAGON, "relu+ntk", 5),
        ([[1, 2], [2, 4]], "relu", 1),
        ([[1, 2], [2, 4]], "relu+layers=3", 1),
        ([[1, 2], [2, 4]], "gelu", 2),
        (CUBE, "relu", 7),
        (CUBE, "sin", 4),
        (CUBE, "square", 4),
        (CUBE, "sin_cos", 8),
    ],
)
@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_worked_ranks(points: list[list[int]], model: str, rank: int, arithmetic: str) -> None:
    n = len(points)
    found = spectrum(points, model, arithmetic=arithmetic)  # type: ignore[arg-type]  # a choice
    assert found.exact_nullity == n - rank
    assert found.states == (State.CERTAINLY_POSITIVE,) * rank + (State.EXACTLY_ZERO,) * (n - rank)
    assert all(x > 0 for x in found.eigenvalues[:rank])
    assert set(found.eigenvalues[rank:]) <= {Fraction(0)}
    assert (found.condition is None) == (rank < n)
    assert found.certified_lambda_min is not None
    low, high = found.certified_lambda_min
    assert (low, high) == (0, 0) if rank < n else 0 < low <= high
    trace = sum(mpmath_kernel(verify.Dataset(points), found.model)[i, i] for i in range(n))
    assert float(sum(found.eigenvalues)) == pytest.approx(float(trace), rel=1e-13)


def test_the_arithmetics_agree_and_the_enclosures_hold() -> None:
    points = [[1, 2], [2, -1], [3, 5], ["1/2", "7/3"], [0, 1]]
    for model in ("relu", "gelu+ntk", "exp", "relu+layers=2", "sin_cos+skip", "cube+bias"):
        floats, digits, balls = (spectrum(points, model, arithmetic=a) for a in ARITHMETICS)  # type: ignore[arg-type]  # choices
        assert balls.enclosures is not None
        for x, y, (low, high) in zip(floats.eigenvalues, digits.eigenvalues, balls.enclosures, strict=True):
            assert low - digits.error <= y <= high + digits.error
            assert abs(x - y) <= floats.error * 100
            assert (high - low) * 10**29 <= high


@pytest.mark.parametrize("regime", ["", "+ntk_hidden", "+ntk"])
def test_the_regular_polygon_has_half_its_corners_minus_two_zeros(regime: str) -> None:
    half = "sqrt(3)/2"
    for corners in (
        [[1, 0], ["1/2", half], ["-1/2", half], [-1, 0], ["-1/2", "-sqrt(3)/2"], ["1/2", "-sqrt(3)/2"]],
        [[1, 0], [0, 1], [-1, 0], [0, -1]],
    ):
        found = spectrum(corners, f"relu{regime}", arithmetic="arb")
        assert found.exact_nullity == len(corners) // 2 - 2
        assert found.count(State.CERTAINLY_POSITIVE) == len(corners) - found.exact_nullity


def test_the_order_is_descending_and_the_effective_rank_is_that_of_equal_eigenvalues() -> None:
    found = spectrum([[1, 0], [-1, 0]], "relu", arithmetic="mpmath")
    assert [float(x) for x in found.eigenvalues] == [0.5, 0.5]
    assert found.effective_rank == pytest.approx(2, rel=1e-14)
    assert spectrum([[1, 0], [2, 0]], "relu").effective_rank == 1.0
    assert spectrum([[0, 0]], "relu").effective_rank == 0.0
    iris = spectrum([[1, 2], [3, 4], [7, 1]], "exp").eigenvalues
    assert list(iris) == sorted(iris, reverse=True)


def test_what_float64_cannot_tell_is_unresolved_and_more_digits_tell_it() -> None:
    """gelu_tanh has neither a closed form nor a series; the points are independent, and only the theorem sees it."""
    points = [[1 + Fraction(k, 10**6)] for k in range(6)]
    found = spectrum(points, "gelu_tanh")
    assert found.exact_nullity == 0
    assert found.method == "quadrature"
    assert found.states[0] is State.NOT_ENCLOSED
    assert found.states[-1] is State.UNRESOLVED
    assert found.condition is None
    assert found.certified_lambda_min is None
    sure = spectrum(points, "sin_cos")
    assert sure.states == (State.CERTAINLY_POSITIVE,) * 6
    assert sure.certified_lambda_min is not None
    assert 0 < sure.certified_lambda_min[0] < Fraction(1, 10**40)
    assert sure.to_json()["certified_lambda_min"][0] > 0


@pytest.mark.parametrize("arithmetic", ARITHMETICS)
@pytest.mark.parametrize(
    ("points", "nullity"), [([], 0), ([[]], 1), ([[0, 0]], 1), ([[3, 4]], 0), ([[1], [1]], 1), ([[0], [1], [1]], 2)]
)
def test_degenerate_points(points: list[list[int]], nullity: int, arithmetic: str) -> None:
    found = spectrum(points, "relu", arithmetic=arithmetic)  # type: ignore[arg-type]  # a choice
    assert found.exact_nullity == nullity
    assert found.count(State.EXACTLY_ZERO) == nullity
    summary = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert len(summary["eigenvalues"]) == len(points)
    assert summary["exact_nullity"] == nullity
    if not points:
        assert summary["certified_lambda_min"] is None
    elif nullity:
        assert summary["certified_lambda_min"] == [0.0, 0.0]
    else:
        low, high = summary["certified_lambda_min"]
        assert 12.5 - 1e-12 < low < 12.5 < high < 12.5 + 1e-12


def test_a_repeated_point_is_exactly_singular_and_the_reason_names_it() -> None:
    for model in ("exp", "relu+bias", "tanh"):
        found = spectrum([[1, 2], [3, 5], [1, 2]], model)
        assert found.exact_nullity == 1
        assert found.reason.startswith("exactly singular: ")
        assert "0 and 2" in found.reason


def test_a_kernel_beyond_float64_is_an_error_with_the_points_and_mpmath_has_it() -> None:
    with pytest.raises(DataError, match="points 0 and 1"):
        spectrum([[1], [60]], "exp")
    found = spectrum([[1], [60]], "exp", arithmetic="mpmath")
    summary = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert summary["eigenvalues"][0] is None
    assert summary["decimals"][0].endswith("E+3126")  # exp(2 60^2) is about 10^3126.9
    with pytest.raises(DataError, match="points 1 and 1"):
        quadrature_kernel(verify.Dataset([[1], [60]]), verify.Model("exp"))


def test_questions_that_are_not_well_put() -> None:
    for kind, keywords, message in (
        (DataError, {"arithmetic": "float32"}, "float32"),
        (DataError, {"arithmetic": "arb", "digits": 0}, "digits=0"),
        (DataError, {"arithmetic": "arb", "digits": True}, "digits=True"),
        (DataError, {"digits": 20}, "float64"),
    ):
        with pytest.raises(kind, match=message):
            spectrum(HEXAGON, "relu", **keywords)  # type: ignore[arg-type]  # wrong on purpose
    for model, arithmetic in (
        ("gelu_tanh", "arb"),
        ("reglu+ntk", "float64"),
        ("relu+layers=2+ntk", "float64"),
        ("exp(x**2)", "mpmath"),
    ):
        with pytest.raises(FullrankError) as caught:
            spectrum(HEXAGON, model, arithmetic=arithmetic)  # type: ignore[arg-type]  # a choice
        assert isinstance(caught.value, NotAvailableError), model


def test_an_unknown_nullity_is_said_and_nothing_is_called_zero() -> None:
    found = spectrum(HEXAGON, "square+layers=2", arithmetic="arb")
    assert found.exact_nullity is None
    assert "unknown" in found.reason
    assert found.count(State.EXACTLY_ZERO) == 0
    assert found.count(State.UNRESOLVED) == 3
    assert found.enclosures is not None
    assert found.enclosures[-1][0] == 0


def test_a_theorem_that_an_enclosure_contradicts_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    right = verify.decide(HEXAGON, "relu")
    monkeypatch.setattr("verify.spectra.compute.decide", lambda *_: right)
    with pytest.raises(DisagreementError, match="a bug"):
        spectrum(HEXAGON, "exp", arithmetic="arb")


@pytest.mark.parametrize("points", [[[5e-324, 0], [0, 5e-324], [1, 1]], [[1, 0], [1, "1e-12"], [1, "2e-12"]]])
def test_an_eigenvalue_that_float64_loses_has_no_condition_number(points: list[list[Any]]) -> None:
    """It is enclosed away from 0, but the float is 0 or negative, or its digits are noise."""
    found = spectrum(points, "sin_cos")
    assert found.states[-1] == State.CERTAINLY_POSITIVE
    assert found.eigenvalues[-1] <= found.error
    assert found.to_json()["condition"] is None
    exact = spectrum(points, "sin_cos", arithmetic="arb").condition
    assert exact is not None
    assert exact > 10**16


@pytest.mark.parametrize(("model", "away"), [("sin_cos", 10_000), ("sin_cos", 100), ("sin", 30), ("exp", 9)])
def test_the_error_of_float64_holds_for_points_far_from_0(model: str, away: int) -> None:
    """|x - y|^2 of points at 10,000 errs by 1e-8: the estimate was n u lambda_max."""
    points = (np.random.default_rng(0).integers(-3000, 3000, (20, 2)) + 1000 * away).tolist()
    data = verify.Dataset([[Fraction(x, 1000) for x in point] for point in points])
    found = spectrum(data, model)
    exact = spectrum(data, model, arithmetic="mpmath", digits=50)
    assert max(abs(a - b) for a, b in zip(found.eigenvalues, exact.eigenvalues, strict=True)) < found.error


@pytest.mark.parametrize("arithmetic", ["float64", "arb"])
def test_entries_of_a_million_bits_do_not_stop_an_enclosure(arithmetic: Any) -> None:
    """exp(-3000^2/2) is no fraction; nor was the first approximation of the least eigenvalue, 5e-35."""
    found = spectrum([["0"], ["1e-17"], ["3000"]], "sin_cos", arithmetic=arithmetic)
    assert found.states[-1] == State.CERTAINLY_POSITIVE
    low, high = found.certified_lambda_min or (0, 0)
    assert 0 < low <= high
    assert abs(low / Fraction(1, 2 * 10**34) - 1) < Fraction(1, 1000)


def test_labels_do_not_matter() -> None:
    with_labels = spectrum(verify.Dataset(HEXAGON, [1, 0, 0, 0, 0, 0]), "relu", arithmetic="arb")
    assert with_labels.eigenvalues == spectrum(HEXAGON, "relu", arithmetic="arb").eigenvalues


@pytest.mark.parametrize(
    "model",
    ["tanh", "relu6", "mish+ntk", "hardswish", "shifted_relu+bias", "gelu_tanh+gated", "hardshrink", "elu+layers=2"],
)
def test_quadrature_is_the_mean_over_random_networks(model: str) -> None:
    """By drawing 300,000 units; the exact kernel is within five standard deviations of it."""
    data = verify.Dataset([[1, "1/2"], ["-1/3", "3/4"], [1, "500001/1000000"]])
    parsed = verify.Model.parse(model)
    made = quadrature_kernel(data, parsed)
    assert made.method == "quadrature"
    assert made.error < 1e-9
    width, deep = (1500, 20) if parsed.hidden_layers > 1 else (60_000, 10)
    draws = np.array([empirical_kernel(data, parsed, width=width, rng=seed) for seed in range(deep)])
    spread = draws.std(axis=0, ddof=1) / math.sqrt(deep)
    tolerance = 6 * spread + (0.02 if parsed.hidden_layers > 1 else 1e-9)
    assert (np.abs(draws.mean(axis=0) - made.matrix) < tolerance).all()


@pytest.mark.parametrize(
    "model", ["relu", "gelu+ntk", "leaky_relu(-1/2)+bias", "relu+layers=3", "sin_cos+hidden_bias", "x*abs(x)"]
)
def test_quadrature_in_float64_has_the_closed_form(model: str) -> None:
    data = verify.Dataset([[1, "1/2"], ["-1/3", "3/4"], [1, "500001/1000000"], [-1, "-1/2"], [0, 0], [2, -2]])
    parsed = verify.Model.parse(model)
    made, exact = quadrature_kernel(data, parsed).matrix, mpmath_kernel(data, parsed)
    expected = np.array([[float(exact[i, j]) for j in range(6)] for i in range(6)])
    assert np.abs(made - expected).max() < 1e-12 * np.abs(expected).max()


@pytest.mark.parametrize(
    ("model", "a"), [("tanh", 60), ("sigmoid", 1000), ("mish", 60), ("silu", 1000), ("tanh", 10**9)]
)
def test_quadrature_sees_a_thin_layer(model: str, a: int) -> None:
    """tanh(60 z) is a step at the nodes of every Gauss-Hermite rule, but E tanh(60 z)^2 is 0.9867 and not 1."""
    s = verify.Model(model).activation.evaluate
    x, w = np.polynomial.legendre.leggauss(40)
    edges = np.concatenate([[0.0], 2.0 ** np.arange(-60, 0), np.linspace(1, 13, 60)])[:, None]
    z, weight = edges[:-1] + np.diff(edges, axis=0) * (x + 1) / 2, np.diff(edges, axis=0) * w / 2
    density = weight * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    expected = float((density * (s(a * z) ** 2 + s(-a * z) ** 2)).sum())
    made = quadrature_kernel(verify.Dataset([[a]]), verify.Model(model))
    assert abs(made.matrix[0, 0] - expected) <= made.error < 1e-7 * expected


def test_the_error_of_a_tangent_kernel_by_quadrature_is_that_of_its_integrals_times_the_inner_product() -> None:
    data, wide = verify.Dataset([[40, 3]]), "sin(x) + x/(1 + x**2)"
    integral = quadrature_kernel(data, verify.Model.parse(wide)).error
    gated = quadrature_kernel(data, verify.Model.parse(f"{wide}+gated")).error
    assert gated >= 0.999 * (40**2 + 3**2) * integral


@pytest.mark.slow
def test_quadrature_in_mpmath_has_the_closed_form() -> None:
    data, model = verify.Dataset([[1, "1/2"], ["-1/3", "3/4"]]), verify.Model("relu")
    made, exact = quadrature_kernel(data, model, digits=12), mpmath_kernel(data, model)
    assert made.error < 1e-12
    assert max(abs(made.matrix[i, j] - exact[i, j]) for i in range(2) for j in range(2)) < 1e-13


def test_the_empirical_kernel_of_a_network_is_that_of_its_features() -> None:
    verdict = verify.decide([[1, 2], [2, -1], [0, 1]], "relu", labels=[1, 0, 2])
    network = verdict.network()
    K = empirical_kernel(verdict.data, network)
    W = np.array([[float(w) for w in row] for row in network.hidden[0]])
    F = np.maximum(np.array([[1.0, 2.0], [2.0, -1.0], [0.0, 1.0]]) @ W.T, 0)
    assert np.allclose(K, F @ F.T / network.width, rtol=1e-14)
    assert np.linalg.matrix_rank(K) == verdict.rank
    with pytest.raises(DataError, match="leave width out"):
        empirical_kernel(verdict.data, network, width=3)
    for width in (None, 0, True, 2.0):
        with pytest.raises(DataError, match="width="):
            empirical_kernel(verdict.data, verify.Model("relu"), width=width)  # type: ignore[arg-type]  # wrong on purpose
    assert empirical_kernel(verify.Dataset([]), verify.Model("relu"), width=2, rng=0).shape == (0, 0)
