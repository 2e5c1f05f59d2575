"""Kernels of piecewise linear activations: the integral over an angle against quadrature in the plane."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

import verify
from verify.kernels import arb_kernel, least_eigenvalue_lower_bound, mpmath_kernel, quadrature_kernel
from verify.kernels.integrands import integrands
from verify.kernels.quadrature import _polar

X, Y = (Fraction(1), Fraction(1, 2)), (Fraction(-1, 3), Fraction(3, 4))
NEAR = (Fraction(1), Fraction(1, 2) + Fraction(1, 10**8))
PAIRS = {
    "apart": (X, Y),
    "near": (X, NEAR),
    "nearly opposite": (X, (-NEAR[0], -NEAR[1])),
    "equal": (X, X),
    "one ray": (X, (3 * X[0], 3 * X[1])),
    "opposite": (X, (-X[0] / 2, -X[1] / 2)),
    "orthogonal": (X, (-X[1], X[0])),
    "zero": ((Fraction(0), Fraction(0)), X),
    "both zero": ((Fraction(0), Fraction(0)), (Fraction(0), Fraction(0))),
}
NAMES = ("shifted_relu", "max(x,0)+abs(x-1)-2*x+3")
MORE = ("hardtanh", "relu6", "softshrink", "hardsigmoid", "hardtanh(-1/2, 3)")


def polar(name: str, x: tuple[Fraction, ...], y: tuple[Fraction, ...], *, tangent: bool) -> float:
    """The same integral by the route for every other activation; it knows the values of s alone."""
    s, slope = integrands(verify.Model(name).activation)
    function = slope if tangent else s
    assert function is not None
    a, b = (math.sqrt(sum(float(c) ** 2 for c in z)) for z in (x, y))
    cross, dot = x[0] * y[1] - x[1] * y[0], x[0] * y[0] + x[1] * y[1]
    t = math.atan2(abs(float(cross)), float(dot))
    return _polar(function.float64, a, b, t, function.breaks, 96, 16)[0]


@pytest.mark.parametrize("name", [*NAMES, *(pytest.param(name, marks=pytest.mark.slow) for name in MORE)])
@pytest.mark.parametrize("kind", PAIRS)
def test_the_integral_over_the_angle_is_the_integral_over_the_plane(name: str, kind: str) -> None:
    x, y = PAIRS[kind]
    data = verify.Dataset([x, y])
    dot = float(x[0] * y[0] + x[1] * y[1])
    for regime in ("trained", "ntk"):
        model = verify.Model(name, regime=regime)  # type: ignore[arg-type]  # a choice
        low, high = arb_kernel(data, model, digits=20)[0][1]
        assert high - low < Fraction(1, 10**18)
        expected = polar(name, x, y, tangent=False)
        if regime == "ntk" and dot:
            expected += dot * polar(name, x, y, tangent=True)
        assert float(low) == pytest.approx(expected, rel=1e-8, abs=1e-9), regime
        digits = mpmath_kernel(data, model, digits=20)[0, 1]
        assert float(digits) == pytest.approx(float(low), rel=1e-14, abs=1e-15)
        assert quadrature_kernel(data, model).matrix[0, 1] == pytest.approx(float(low), rel=1e-10, abs=1e-11)


def test_relu_is_the_case_of_one_hinge_at_zero() -> None:
    """3 relu(z) - z/2 + 0 has a closed form; shifting nothing must give the same entries."""
    from verify.kernels.arithmetics import Balls
    from verify.kernels.forms import closed_form
    from verify.kernels.piecewise_linear import piecewise_linear_form
    from verify.kernels.reference import entries

    model = verify.Model("leaky_relu(-1/3)", regime="ntk")
    hinge, closed = piecewise_linear_form(model.activation), closed_form(model.activation)
    assert hinge is not None
    assert closed is not None
    for x, y in PAIRS.values():
        data = verify.Dataset([x, y])
        for (_, _, a), (_, _, b) in zip(
            *(list(entries(data, model, Balls(), f)) for f in (hinge, closed)), strict=True
        ):
            assert a.overlaps(b)
            assert abs(a - b) < 1e-12


def test_deep_and_biased_models_and_the_least_eigenvalue() -> None:
    data = verify.Dataset([X, Y, NEAR, (-X[0], -X[1]), (Fraction(0), Fraction(0))])
    for text in ("shifted_relu", "shifted_relu+layers=2", "relu6+bias", "hardtanh+bias+layers=2"):
        model = verify.Model.parse(text)
        assert verify.decide(data, model).nullity == 0, text
        bound = least_eigenvalue_lower_bound(data, model)
        assert bound is not None
        values = np.linalg.eigvalsh(quadrature_kernel(data, model).matrix)
        assert 0 < bound < values[1]
    odd = verify.Dataset([X, (-X[0], -X[1])])
    assert least_eigenvalue_lower_bound(odd, verify.Model("hardtanh")) is None
    low, high = arb_kernel(odd, verify.Model("hardtanh"))[0][1]
    other = arb_kernel(odd, verify.Model("hardtanh"))[0][0]
    assert low <= -other[0]
    assert -other[1] <= high
