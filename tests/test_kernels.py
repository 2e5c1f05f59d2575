"""Kernels against quadrature in the plane, which knows nothing of closed forms, and eigenvalues against mpmath."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

import verify
from verify import flint_backend
from verify.errors import NotAvailableError
from verify.kernels import least_eigenvalue_lower_bound, mpmath_kernel
from verify.kernels.closed_forms import CLOSED_FORMS

NAMES = (*CLOSED_FORMS, "leaky_relu", "prelu")
X, Y = (Fraction(1), Fraction(1, 2)), (Fraction(-1, 3), Fraction(3, 4))
NEAR = (Fraction(1), Fraction(1, 2) + Fraction(1, 10**7))


def quadrature(name: str, x: tuple[Fraction, ...], y: tuple[Fraction, ...]) -> float:
    """E[s(w.x) s(w.y)] in polar coordinates: a kink at 0 lies on rays, and the rays are ends of pieces."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    rho, rho_weight = 7 * (nodes + 1), 7 * weights
    x_floats, y_floats = (np.array([float(c) for c in u]) for u in (x, y))
    turns = [np.arctan2(u[1], u[0]) + h for u in (x_floats, y_floats) for h in (np.pi / 2, -np.pi / 2)]
    ends = np.sort(np.mod(turns, 2 * np.pi))
    total = 0.0
    for low, high in zip(ends, [*ends[1:], ends[0] + 2 * np.pi], strict=True):
        t = low + (high - low) * (nodes + 1) / 2
        w = rho[:, None, None] * np.stack([np.cos(t), np.sin(t)], axis=-1)
        s = verify.Model(name).activation.evaluate
        values = s(w @ x_floats) * s(w @ y_floats)
        density = rho * np.exp(-(rho**2) / 2) / (2 * np.pi) * rho_weight
        total += float(density @ values @ weights) * (high - low) / 2
    return total


@pytest.mark.parametrize("name", NAMES)
def test_every_closed_form_is_the_integral(name: str) -> None:
    for x, y in ((X, Y), (X, NEAR), (X, (-NEAR[0], -NEAR[1])), (X, X)):
        entry = mpmath_kernel(verify.Dataset([x, y]), verify.Model(name))[0, 1]
        assert float(entry) == pytest.approx(quadrature(name, x, y), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_bound_exists_exactly_where_every_labelling_is_attained_and_is_below_the_eigenvalue(name: str) -> None:
    for points in ([X, Y], [X, NEAR], [X, (-X[0], -X[1])], [X, (2 * X[0], 2 * X[1])], [X, X], [(0, 0), X], [X]):
        data, model = verify.Dataset(points), verify.Model(name)
        bound = least_eigenvalue_lower_bound(data, model)
        assert (bound is not None) == (verify.decide(data, model).nullity == 0)
        if bound is not None:
            kernel = mpmath_kernel(data, model)
            with mpmath.workdps(50):
                least = min(mpmath.eigsy(kernel, eigvals_only=True))
                assert 0 < mpmath.mpf(bound.numerator) / bound.denominator <= least * (1 + mpmath.mpf(10) ** -25)


def test_biases_gates_and_skips_add_what_they_are() -> None:
    data = verify.Dataset([X, Y])
    dot = X[0] * Y[0] + X[1] * Y[1]
    lifted = verify.Dataset([(*X, 1), (*Y, 1)])
    relu = mpmath_kernel(data, verify.Model("relu"))[0, 1]
    assert mpmath.almosteq(mpmath_kernel(data, verify.Model.parse("relu+output_bias"))[0, 1], relu + 1)
    assert mpmath.almosteq(mpmath_kernel(data, verify.Model.parse("relu+skip"))[0, 1], relu + mpmath.mpf(float(dot)))
    assert mpmath.almosteq(mpmath_kernel(data, verify.Model.parse("reglu"))[0, 1], relu * mpmath.mpf(float(dot)))
    both = [mpmath_kernel(lifted, verify.Model("relu")), mpmath_kernel(data, verify.Model("relu", hidden_bias=True))]
    assert both[0] == both[1]


def test_nothing_is_made_up() -> None:
    assert least_eigenvalue_lower_bound(verify.Dataset([]), verify.Model("relu")) is None
    assert mpmath_kernel(verify.Dataset([]), verify.Model("relu")).rows == 0
    for model in ("mish", "relu+layers=2+ntk", "reglu+ntk"):
        with pytest.raises(NotAvailableError, match="kernel"):
            mpmath_kernel(verify.Dataset([X]), verify.Model.parse(model))


def test_a_lower_bound_of_a_ball_is_one_however_large_it_is() -> None:
    with flint_backend.precision(64):
        assert flint_backend.positive_lower_bound(flint_backend.ball(Fraction(3, 4))) == Fraction(3, 4)
        third = flint_backend.ball(Fraction(1, 3))
        bound = flint_backend.positive_lower_bound(third)
        assert bound is not None
        assert Fraction(1, 3) - Fraction(1, 2**50) < bound < Fraction(1, 3)
        huge = flint_backend.positive_lower_bound(flint_backend.ball(10**24).exp())
        assert huge == Fraction(2) ** (2**19)
        assert flint_backend.positive_lower_bound(flint_backend.ball(-(10**24)).exp()) is None
        assert flint_backend.positive_lower_bound(third - third) is None
        assert flint_backend.positive_lower_bound(flint_backend.ball(0)) is None
