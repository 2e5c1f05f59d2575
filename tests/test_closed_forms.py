"""Every closed form against quadrature with 30 digits, in another arithmetic and by another route."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb
from kernel_oracle import Point, ball, bits, homogeneous, pairs, relative, smooth

import verify
from verify.errors import DataError, NotAvailableError
from verify.kernels import arb_kernel, mpmath_kernel

Function = Callable[[Any], Any]
TINY = Fraction(1, 10**22)  # of the oracle


def power(k: int) -> Function:
    return lambda z: z**k if z > 0 else arb(0)


def two_sided(k: int, right: Fraction, left: Fraction) -> Function:
    def s(z: Any) -> Any:
        c = right if z > 0 else left
        return c.numerator * abs(z) ** k / c.denominator if z != 0 else arb(0) if k else arb(c.numerator)

    return s


def at_zero(value: Fraction, s: Function) -> Function:
    return lambda z: arb(value.numerator) / value.denominator if z == 0 else s(z)


def poly(*coefficients: int) -> Function:
    return lambda z: sum((c * z**k for k, c in enumerate(coefficients)), arb(0))


def bell(z: Any) -> Any:
    return (-z * z / 2).exp()


def gelu(z: Any) -> Any:
    return z * (1 + (z / arb(2).sqrt()).erf()) / 2


def gelu_slope(z: Any) -> Any:
    return (1 + (z / arb(2).sqrt()).erf()) / 2 + z * bell(z) / (2 * arb.pi()).sqrt()


# the model, its degree (None for smooth functions), s, and s'
CASES: dict[str, tuple[int | None, Function, Function | None]] = {
    "relu": (1, power(1), two_sided(0, Fraction(1), Fraction(0))),
    "leaky_relu(-1/3)": (1, two_sided(1, Fraction(1), Fraction(1, 3)), two_sided(0, Fraction(1), Fraction(-1, 3))),
    "prelu": (1, two_sided(1, Fraction(1), Fraction(-1, 4)), two_sided(0, Fraction(1), Fraction(1, 4))),
    "abs": (1, abs, two_sided(0, Fraction(1), Fraction(-1))),
    "relu2": (2, power(2), lambda z: 2 * power(1)(z)),
    "relu3": (3, power(3), lambda z: 3 * power(2)(z)),
    "max(x,0)**5": (5, power(5), lambda z: 5 * power(4)(z)),
    "x*abs(x) + x**2/2": (2, two_sided(2, Fraction(3, 2), Fraction(-1, 2)), two_sided(1, Fraction(3), Fraction(1))),
    "step": (0, at_zero(Fraction(1, 2), two_sided(0, Fraction(1), Fraction(0))), None),
    "sign": (0, at_zero(Fraction(0), two_sided(0, Fraction(1), Fraction(-1))), None),
    "identity": (None, lambda z: z, lambda z: arb(1)),
    "square": (None, poly(0, 0, 1), poly(0, 2)),
    "cube": (None, poly(0, 0, 0, 1), poly(0, 0, 3)),
    "x**6 - 3*x**5 + 2*x**2 - 7": (None, poly(-7, 0, 2, 0, 0, -3, 1), poly(0, 4, 0, 0, -15, 6)),
    "erf": (None, lambda z: z.erf(), lambda z: 2 * (-z * z).exp() / arb.pi().sqrt()),
    "gelu": (None, gelu, gelu_slope),
    "sin": (None, lambda z: z.sin(), lambda z: z.cos()),
    "cos": (None, lambda z: z.cos(), lambda z: -z.sin()),
    "sin_cos": (None, lambda z: z.sin() + z.cos(), lambda z: z.cos() - z.sin()),
    "exp": (None, lambda z: z.exp(), lambda z: z.exp()),
    "expm1": (None, lambda z: z.exp() - 1, lambda z: z.exp()),
    "gaussian": (None, bell, lambda z: -z * bell(z)),
    "shifted_gaussian": (None, lambda z: bell(z - 1), lambda z: (1 - z) * bell(z - 1)),
}


def check(name: str, count: int, *, step: int = 1) -> None:
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    for x, y in list(pairs(count, rng))[step - 1 :: step]:
        compare(name, x, y)


def compare(name: str, x: Point, y: Point) -> None:
    degree, s, slope = CASES[name]
    with bits(170):
        data = verify.Dataset([x, y])
        expected = smooth(s, x, y) if degree is None else homogeneous(s, degree, x, y)
        assert relative(mpmath_kernel(data, verify.Model(name), digits=30)[0, 1], expected) < 1e-25, (name, x, y)
        ((_, entry), _) = arb_kernel(data, verify.Model(name), digits=25)
        assert not expected < ball(entry[0] - TINY), (name, x, y)
        assert not expected > ball(entry[1] + TINY), (name, x, y)
        assert entry[1] - entry[0] < TINY
        if slope is None:
            return
        dot = sum(a * b for a, b in zip(x, y, strict=True))
        tangent = arb(0)
        if dot:
            tangent = smooth(slope, x, y) if degree is None else homogeneous(slope, degree - 1, x, y)
            tangent = tangent * dot.numerator / dot.denominator
        for regime, value in (("ntk_hidden", tangent), ("ntk", tangent + expected)):
            entry = mpmath_kernel(data, verify.Model(name, regime=regime), digits=30)[0, 1]
            assert relative(entry, value) < 1e-25, (name, regime, x, y)


@pytest.mark.parametrize("name", CASES)
def test_closed_forms_are_the_integrals_on_a_sample(name: str) -> None:
    check(name, 8, step=2 if CASES[name][0] is None else 1)  # nearly and exactly collinear ones, and 0


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_closed_forms_are_the_integrals_at_50_pairs(name: str) -> None:
    check(name, 50)


def test_two_hidden_layers_are_the_kernel_of_the_kernel() -> None:
    x, y = (Fraction(1), Fraction(1, 2)), (Fraction(-1, 3), Fraction(3, 4))
    for name, modifiers, scale in (("relu", "", 2), ("gelu", "", 1), ("gelu", "+hidden_bias", 1)):
        bias = 1 if modifiers else 0
        ends = [(*z, Fraction(1)) for z in (x, y)] if bias else [x, y]
        one = mpmath_kernel(verify.Dataset(ends), verify.Model(name))
        p, q, r = (scale * one[i, j] + bias for i, j in ((0, 0), (1, 1), (0, 1)))
        exact = [Fraction(str(v)) for v in (p, q, r)]  # 50 digits
        u = [Fraction(str(mpmath.sqrt(p))), Fraction(0)]
        v = [Fraction(str(r / mpmath.sqrt(p))), Fraction(str(mpmath.sqrt(q - r * r / p)))]
        again = mpmath_kernel(verify.Dataset([u, v]), verify.Model(name))
        deep = mpmath_kernel(verify.Dataset([x, y]), verify.Model.parse(f"{name}+layers=2{modifiers}"))
        assert abs(deep[0, 1] - again[0, 1]) < 1e-14, (name, modifiers, exact)
        assert abs(deep[1, 1] - again[1, 1]) < 1e-14


@pytest.mark.parametrize("name", ["relu", "abs", "relu3", "step", "identity", "square"])
@pytest.mark.parametrize("modifiers", ["", "+ntk", "+hidden_bias", "+gated"])
def test_weights_on_the_sphere_divide_by_the_moments_of_the_radius(name: str, modifiers: str) -> None:
    """By drawing: the mean over the sphere of s(w.x) s(w.y) is that over normal w divided by |w|^(2k) in the mean."""
    if name == "step" and modifiers == "+ntk":
        return
    model = verify.Model.parse(name + modifiers)
    x, y = np.array([1.0, 0.5, -2.0]), np.array([-0.5, 0.25, 1.0])
    rng = np.random.default_rng(5)
    D = 4 if model.hidden_bias else 3
    w, u = (rng.standard_normal((400_000, D)) for _ in range(2))
    w, u = (z / np.linalg.norm(z, axis=1)[:, None] for z in (w, u))
    if model.hidden_bias:
        x, y = np.append(x, 1.0), np.append(y, 1.0)
    s = model.activation.evaluate
    draws = s(w @ x) * s(w @ y)
    if model.gated:
        draws = draws * (u @ x) * (u @ y)
    if model.regime == "ntk":
        h = 1e-6
        slopes = [(s(w @ z + h) - s(w @ z - h)) / (2 * h) for z in (x, y)]
        draws = draws + (x @ y) * slopes[0] * slopes[1]
    K = mpmath_kernel(verify.Dataset([x[:3].tolist(), y[:3].tolist()]), model, weights="sphere")
    spread = float(draws.std() / np.sqrt(len(draws)))
    assert abs(float(K[0, 1]) - draws.mean()) < 5 * spread + 1e-6


def test_the_sphere_is_for_homogeneous_activations_of_one_hidden_layer() -> None:
    for text in ("gelu", "relu+layers=2", "x**2 + x"):
        with pytest.raises(NotAvailableError, match="sphere"):
            mpmath_kernel(verify.Dataset([[1, 2]]), verify.Model.parse(text), weights="sphere")
    with pytest.raises(DataError, match="dimension 0"):
        mpmath_kernel(verify.Dataset([[]]), verify.Model("relu"), weights="sphere")


def test_irrational_points_have_kernels_too() -> None:
    """A regular hexagon is a hexagon in another basis of the same lattice: rotating it changes no kernel."""
    half = "sqrt(3)/2"
    K = mpmath_kernel(verify.Dataset([[1, 0], ["1/2", half]]), verify.Model("gelu+ntk".partition("+")[0], regime="ntk"))
    other = mpmath_kernel(verify.Dataset([["1/2", half], ["-1/2", half]]), verify.Model("gelu", regime="ntk"))
    assert abs(K[0, 1] - other[0, 1]) < 1e-14
    low, high = arb_kernel(verify.Dataset([[1, 0], ["1/2", half]]), verify.Model("relu"))[0][1]
    third = (np.sqrt(3) / 2 + (np.pi - np.pi / 3) / 2) / (2 * np.pi)
    assert float(low) == pytest.approx(third, rel=1e-14)
    assert high - low < Fraction(1, 10**29)
