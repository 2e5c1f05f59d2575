"""Hermite series: against closed forms by the same route, quadrature in mpmath, wide random networks; at the limits."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verify
from verify import flint_backend
from verify.errors import NotAvailableError
from verify.kernels import arb_kernel, empirical_kernel, hermite, least_eigenvalue, quadrature_kernel
from verify.kernels.hermite import STRIPS, Strip, truncated_kernel

MP = mpmath.ctx_mp.MPContext()
MP.dps = 40


def softplus(w: Any) -> Any:
    return MP.log(1 + MP.exp(w))


FUNCTIONS: dict[str, Callable[[Any], Any]] = {  # written from the definitions, for complex numbers too
    "sigmoid": lambda w: 1 / (1 + MP.exp(-w)),
    "shifted_sigmoid": lambda w: 1 / (1 + MP.exp(-w - 1)),
    "tanh": lambda w: MP.sinh(w) / MP.cosh(w),
    "tanhshrink": lambda w: w - MP.sinh(w) / MP.cosh(w),
    "softplus": softplus,
    "logsigmoid": lambda w: -softplus(-w),
    "shifted_softplus": lambda w: softplus(w + 1),
    "silu": lambda w: w / (1 + MP.exp(-w)),
    "mish": lambda w: w * MP.tanh(softplus(w)),
    "arctan": lambda w: MP.atan(w),
    "asinh": lambda w: MP.log(w + MP.sqrt(w * w + 1)) if MP.re(w) >= 0 else -MP.log(-w + MP.sqrt(w * w + 1)),
    "squareplus": lambda w: (w + MP.sqrt(w * w + 4)) / 2,
    "snake": lambda w: w + MP.sin(w) ** 2,
    "sinc": lambda w: MP.sin(w) / w if w else MP.one,
    "erf": lambda w: MP.erf(w),
    "gelu": lambda w: w * (1 + MP.erf(w / MP.sqrt(2))) / 2,
    "sin": lambda w: MP.sin(w),
    "gaussian": lambda w: MP.exp(-w * w / 2),
}
HALF = Fraction(1, 2)
CLOSED = {  # |Im w| <= 1/2; proved like the others: |erf(x + iy)| <= 1 + 2 |y| exp(y^2)/sqrt(pi)
    "erf": Strip(Fraction(9, 5), Fraction(0), HALF),
    "gelu": Strip(Fraction(0), Fraction(5, 4), HALF),
    "sin": Strip(Fraction(113, 100), Fraction(0), HALF),
    "gaussian": Strip(Fraction(114, 100), Fraction(0), HALF),
}
POINTS = [[1, 0], [HALF, HALF], [-1, Fraction(1, 3)], [Fraction(-1, 4), -2], [0, Fraction(3, 2)], [-1, 0]]


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, strip in CLOSED.items():
        monkeypatch.setitem(STRIPS, name, strip)


@pytest.mark.parametrize("name", [*STRIPS, *CLOSED])
def test_the_bounds_in_the_strips(name: str) -> None:
    """On the edges of the strip, near the real axis and between; the largest value is on an edge."""
    constant, factor, width = {**STRIPS, **CLOSED}[name]
    s = FUNCTIONS[name]
    xs = [Fraction(k, 4) for k in range(-24, 25)] + [Fraction(k) for k in (-300, -50, -20, 20, 50, 300)]
    for x in xs:
        for y in (width, -width, width / 2, Fraction(0)):
            w = MP.mpc(float(x), float(y))
            assert abs(s(w)) <= (float(constant) + float(factor) * abs(w)) * (1 + MP.mpf(10) ** -12)


def coefficient(name: str, a: Fraction, order: int) -> Any:
    """E[s(a z) h_order(z)] by Gauss-Legendre quadrature on panels; the terms of He_order are written out."""
    s = FUNCTIONS[name]

    terms = [
        (
            order - 2 * m,
            Fraction((-1) ** m * math.factorial(order), 2**m * math.factorial(m) * math.factorial(order - 2 * m)),
        )
        for m in range(order // 2 + 1)
    ]

    def integrand(z: Any) -> Any:
        monic = sum(int(factor) * z**power for power, factor in terms)
        return s(MP.mpf(a.numerator) / a.denominator * z) * monic * MP.exp(-z * z / 2)

    whole = MP.quad(integrand, MP.linspace(-13, 13, 14), maxdegree=5)
    return whole / MP.sqrt(2 * MP.pi * MP.factorial(order))


@pytest.mark.parametrize("name", ["shifted_softplus", "shifted_sigmoid", "tanh", "mish", "arctan", "squareplus"])
def test_coefficients_against_quadrature(name: str) -> None:
    a = Fraction(3, 4)
    s = verify.Model(name).activation.arb
    with flint_backend.precision(128):
        ((found, mean),) = hermite._coefficients([flint_backend.ball(a)], STRIPS[name], s, 12)
        intervals = [flint_backend.bounds(x) for x in (*found, mean)]
    for order in (0, 1, 7, 12):
        low, high = intervals[order] or (1, 0)
        exact = coefficient(name, a, order)
        assert low - Fraction(1, 10**25) <= Fraction(*_ratio(exact)) <= high + Fraction(1, 10**25)
        assert high - low < Fraction(1, 10**25)


def _ratio(x: Any) -> tuple[int, int]:
    sign, mantissa, exponent, _ = x._mpf_
    value = (-1) ** sign * Fraction(mantissa) * Fraction(2) ** exponent
    return value.numerator, value.denominator


@pytest.mark.parametrize("name", ["tanh", "shifted_softplus", "silu"])
@pytest.mark.parametrize("step", [Fraction(1, 2), Fraction(1), Fraction(2)])
def test_the_error_bound_holds_where_the_error_is_large(name: str, step: Fraction) -> None:
    """Sums with wide steps and few nodes are wrong, by up to tenths: by no more than the bound."""
    a, degree = Fraction(1), 6
    s = verify.Model(name).activation.arb
    worst = 0.0
    with flint_backend.precision(200):
        ball = flint_backend.ball(a)
        ((true, mean),) = hermite._coefficients([ball], STRIPS[name], s, degree)
        for reach in (4, 10):
            count = math.ceil(reach / step)
            sums, means = hermite._sums([ball], s, degree, step, count)
            rule = hermite._Rule(STRIPS[name], step, count, STRIPS[name].width)
            for order in range(degree + 1):
                actual = abs(sums[0][order] - true[order])
                assert not actual > rule.error(ball, order, 1)
                worst = max(worst, float(actual.mid()))
            assert not abs(means[0] - mean) > rule.error(ball, 0, 2)
    assert worst > 1e-13


@pytest.mark.parametrize(
    "spec",
    ["erf", "gelu", "sin", "gaussian", "sin+hidden_bias", "gaussian+output_bias+skip", "gaussian+gated"],
)
def test_closed_forms_by_this_route(closed: None, spec: str) -> None:
    """K - rows is positive semidefinite with trace at most cut, so each entry is within sqrt(R_ii R_jj)."""
    data, model = verify.Dataset(POINTS[:4]), verify.Model.parse(spec)
    exact = arb_kernel(data, model, digits=40)
    tiny = Fraction(1, 10**30)
    for degree in (3, 48):
        with flint_backend.precision(140):
            kernel = truncated_kernel(data, model, degree)
            rows = [[flint_backend.bounds(x) or (Fraction(1), Fraction(0)) for x in row] for row in kernel.rows]
        n = data.n
        rest = [
            [exact[i][j][1] - rows[i][j][0] for j in range(n)] for i in range(n)
        ]  # above K - rows by less than tiny
        assert all(high - low < tiny for row in rows for low, high in row)
        assert all(rest[i][i] > -tiny for i in range(n))
        assert abs(sum(rest[i][i] for i in range(n)) - kernel.cut) < tiny * n
        for i in range(n):
            for j in range(n):
                product = (rest[i][i] + tiny) * (rest[j][j] + tiny)
                assert max(abs(rest[i][j]) - tiny, Fraction(0)) ** 2 <= product
        R = np.array([[float(x) for x in row] for row in rest])
        assert np.linalg.eigvalsh((R + R.T) / 2)[0] > -1e-14


@pytest.mark.parametrize("name", CLOSED)
def test_least_eigenvalues_of_closed_forms_by_this_route(closed: None, name: str) -> None:
    data, model = verify.Dataset(POINTS[:5]), verify.Model(name)
    found = verify.spectrum(data, model, arithmetic="arb", digits=25).certified_lambda_min
    assert found is not None
    by_series = least_eigenvalue._from_series(data, model)
    assert by_series is not None
    assert 0 < by_series[0] <= found[0] <= found[1] <= by_series[1]
    assert by_series[1] < by_series[0] * 1.01 or name in {"erf", "gelu"}


@pytest.mark.parametrize("spec", ["shifted_softplus", "shifted_sigmoid+hidden_bias", "tanh+gated", "silu+skip"])
def test_wide_random_networks(spec: str) -> None:
    """The mean of 400,000 units is within six standard deviations of the kernel; the tail is below 0.01 there."""
    data, model = verify.Dataset(POINTS), verify.Model.parse(spec)
    with flint_backend.precision(128):
        kernel = truncated_kernel(data, model, 64)
        K = np.array([[float((flint_backend.bounds(x) or (0, 0))[0]) for x in row] for row in kernel.rows])
    halves = [empirical_kernel(data, model, width=200_000, rng=seed) for seed in (1, 2)]
    spread = 6 * max(float(np.abs(K).max()), 1) * 3 / math.sqrt(400_000)
    assert float(kernel.cut) < 0.01
    assert np.abs(sum(halves) / 2 - K).max() < spread + float(kernel.cut)


rationals = st.fractions(-2, 2, max_denominator=4)


@settings(max_examples=8, deadline=None)
@given(
    points=st.lists(st.tuples(rationals, rationals), min_size=1, max_size=4),
    spec=st.sampled_from(["shifted_softplus", "shifted_sigmoid", "tanh", "sigmoid", "silu+hidden_bias"]),
)
def test_certified_against_quadrature(points: list[tuple[Fraction, Fraction]], spec: str) -> None:
    """Either exactly singular, or between bounds that hold the least eigenvalue of the quadrature kernel."""
    model = verify.Model.parse(spec)
    found = verify.certified_lambda_min(points, model)
    made = quadrature_kernel(verify.Dataset(points), model)
    least = float(np.linalg.eigvalsh(made.matrix)[0])
    slack = (made.error + 1e-12) * len(points)
    nullity = verify.decide(points, model).nullity
    assert found is not None
    assert (found == (0.0, 0.0)) == (nullity > 0)
    assert found[0] - slack <= least <= found[1] + slack


def test_degenerate_points() -> None:
    one = verify.certified_lambda_min([[0, 0]], "shifted_sigmoid")
    exact = 1 / (1 + math.exp(-1))
    assert one is not None
    assert one[0] <= exact**2 <= one[1] < one[0] * 1.001
    assert verify.certified_lambda_min([], "tanh") is None
    assert verify.certified_lambda_min([[0, 0]], "tanh") == (0.0, 0.0)  # tanh(0) = 0
    assert verify.certified_lambda_min([[1, 2], [1, 2]], "shifted_softplus") == (0.0, 0.0)
    assert verify.certified_lambda_min([[1, 2], [-1, -2]], "tanh") == (0.0, 0.0)
    for antiparallel in ([[1, 2], [-1, -2]], [[1, 2], [-3, -6]], [[0, 0], [1, 2], [2, 4]]):
        found = verify.certified_lambda_min(antiparallel, "shifted_softplus")
        assert found is not None
        assert 0 < found[0] <= found[1]


def test_tiny_points_need_more_bits() -> None:
    points = [[0], [Fraction(1, 10**30)]]
    found = verify.certified_lambda_min(points, "shifted_softplus")
    assert found is not None
    # s(0) and s(0) + s'(0) e z: the Gram determinant over the trace, e^2 s'(0)^2/2 to leading order
    expected = (1 / (1 + math.exp(-1))) ** 2 * 1e-60 / 2
    assert found[0] <= expected * (1 + 1e-6)
    assert found[0] > expected / 2
    assert found[1] >= expected * (1 - 1e-6)


@pytest.mark.parametrize("length", [10**6, 10**400, 2**2_100_000], ids=["10^6", "10^400", "2^2100000"])
def test_points_that_are_too_long_are_not_certified(length: int) -> None:
    """The last one is longer than any bound of a ball that becomes a fraction: it must not count as 0."""
    data = verify.Dataset([[length, 0], [0, 1]])
    assert verify.certified_lambda_min(data, "tanh") is None
    with flint_backend.precision(128), pytest.raises(NotAvailableError, match="scale the data"):
        truncated_kernel(data, verify.Model("tanh"), 8)


def test_long_points_have_a_float_spectrum_all_the_same() -> None:
    found = verify.spectrum([[10**6, 0], [0, 10**6]], "tanh")
    assert found.certified_lambda_min is None
    assert abs(float(found.eigenvalues[-1]) - 1) < 1e-4


def test_what_has_no_series_is_refused_as_before() -> None:
    for spec in ("gelu_tanh", "elu", "tanh+layers=2", "tanh+ntk"):
        with pytest.raises(NotAvailableError):
            verify.spectrum(POINTS, spec, arithmetic="arb")
    with flint_backend.precision(64), pytest.raises(NotAvailableError, match="1024"):
        truncated_kernel(verify.Dataset([[k, 1] for k in range(1025)]), verify.Model("tanh"), 4)


def test_arb_spectrum_and_float_spectrum_are_certified() -> None:
    for arithmetic in ("arb", "float64"):
        found = verify.spectrum(POINTS[:4], "tanh", arithmetic=arithmetic)  # type: ignore[arg-type]  # a choice
        assert found.certified_lambda_min is not None
        assert 0 < found.certified_lambda_min[0] <= found.certified_lambda_min[1]
        assert found.count(verify.spectra.State.CERTAINLY_POSITIVE) == 4
    assert verify.spectrum(POINTS, "tanh", arithmetic="arb").exact_nullity == 1  # (1, 0) and (-1, 0)


def test_piecewise_linear_kernels_are_certified_too() -> None:
    for name in ("shifted_relu", "hardtanh"):
        found = verify.certified_lambda_min(POINTS[:5], name)
        exact = verify.spectrum(POINTS[:5], name, arithmetic="arb", digits=20).certified_lambda_min
        assert found is not None
        assert exact is not None
        assert 0 < found[0] <= exact[0] <= exact[1] <= found[1] < found[0] * (1 + 1e-4)
