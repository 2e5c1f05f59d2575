"""Formulas in float64 with a running bound of the error, so that unstable places are known instead of guessed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

_EPS = 2.0**-52


class Bounded(NamedTuple):
    """Values and bounds of their errors, entry by entry; an infinite or NaN bound says that nothing is known."""

    value: Array
    error: Array


class FloatArithmetic:
    """Float64 arrays of one shape with first-order error bounds (an estimate to steer by, never a proof)."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape

    def number(self, value: Fraction) -> Bounded:
        """Round a rational constant."""
        rounded = value.numerator / value.denominator
        error = 0.0 if Fraction(rounded) == value else abs(rounded) * _EPS
        return Bounded(np.full(self.shape, rounded), np.full(self.shape, error))

    def pi(self) -> Bounded:
        """Round pi."""
        return Bounded(np.full(self.shape, np.pi), np.full(self.shape, np.pi * _EPS))

    def add(self, a: Bounded, b: Bounded) -> Bounded:
        """Add."""
        value = a.value + b.value
        return Bounded(value, a.error + b.error + _EPS * np.abs(value))

    def neg(self, a: Bounded) -> Bounded:
        """Change the sign."""
        return Bounded(-a.value, a.error)

    def mul(self, a: Bounded, b: Bounded) -> Bounded:
        """Multiply."""
        value = a.value * b.value
        error = np.abs(a.value) * b.error + np.abs(b.value) * a.error + a.error * b.error
        return _rounded(value, error)

    def div(self, a: Bounded, b: Bounded) -> Bounded:
        """Divide."""
        value = a.value / b.value
        certain = np.abs(b.value) - b.error
        error = np.where(certain > 0, (a.error + np.abs(value) * b.error) / certain, np.inf)
        return _rounded(value, error)

    def pow(self, a: Bounded, exponent: Fraction) -> Bounded:
        """Raise to a rational power."""
        power = float(exponent)
        value = a.value ** (int(power) if exponent.denominator == 1 else power)
        size = np.abs(a.value)
        near = size + a.error if power >= 1 else size - a.error
        error = np.where(a.error > 0, abs(power) * a.error * np.abs(near) ** (power - 1), 0.0)
        if power < 1:
            error = np.where(near > 0, error, np.where(a.error > 0, np.inf, error))
        return _rounded(value, error + abs(power) * _EPS * np.abs(value) * (exponent.denominator > 1))

    def max(self, a: Bounded, b: Bounded) -> Bounded:
        """Take the larger one."""
        first = a.value >= b.value
        overlap = np.abs(a.value - b.value) <= a.error + b.error
        error = np.where(overlap, np.maximum(a.error, b.error), np.where(first, a.error, b.error))
        return Bounded(np.maximum(a.value, b.value), error)

    def where(self, relation: str, u: Bounded, yes: Callable[[], Bounded], no: Callable[[], Bounded]) -> Bounded:
        """Choose; an entry whose relation is not certain has an infinite error."""
        chosen = {">": u.value > 0, ">=": u.value >= 0, "==": u.value == 0}[relation]
        uncertain = (u.error > 0) & (np.abs(u.value) <= u.error)
        a, b = yes(), no()
        error = np.where(chosen, a.error, b.error)
        return Bounded(np.where(chosen, a.value, b.value), np.where(uncertain | np.isnan(u.value), np.inf, error))

    def function(self, name: str, u: Bounded) -> Bounded:
        """Apply a function of one argument."""
        if name == "sign":
            uncertain = (u.error > 0) & (np.abs(u.value) <= u.error)
            return Bounded(np.sign(u.value), np.where(uncertain, np.inf, 0.0))
        if name == "abs":
            return Bounded(np.abs(u.value), u.error)
        value = _FUNCTIONS[name](u.value)
        slope = _SLOPES[name](u.value, u.error, value)
        error = np.where(u.error > 0, slope * u.error, 0.0)
        return _rounded(value, error + 3 * _EPS * np.abs(value))


def _rounded(value: Array, error: Array) -> Bounded:
    return Bounded(value, error + _EPS * np.abs(value) + 5e-324)


def _sigmoid(u: Array) -> Array:
    small = np.exp(-np.abs(u))
    return np.where(u >= 0, 1.0, small) / (1.0 + small)


def _sinc(u: Array) -> Array:
    safe = np.where(u == 0, 1.0, u)
    return np.where(u == 0, 1.0, np.sin(safe) / safe)


def _erf(u: Array) -> Array:
    from scipy import special

    return np.asarray(special.erf(u))


def _erfc(u: Array) -> Array:
    from scipy import special

    return np.asarray(special.erfc(u))


_FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "atan": np.arctan,
    "asinh": np.arcsinh,
    "erf": _erf,
    "erfc": _erfc,
    "sinc": _sinc,
    "sigmoid": _sigmoid,
    "softplus": lambda u: np.logaddexp(0.0, u),
}


def _gap(u: Array, e: Array) -> Array:
    return np.maximum(np.abs(u) - e, 0.0)


def _one(u: Array, e: Array, v: Array) -> Array:
    return np.ones_like(u)


_SLOPES: dict[str, Callable[[Array, Array, Array], Array]] = {
    "exp": lambda u, e, v: np.exp(u + e),
    "expm1": lambda u, e, v: np.exp(u + e),
    "log": lambda u, e, v: np.where(u - e > 0, 1.0 / (u - e), np.inf),
    "log1p": lambda u, e, v: np.where(1.0 + u - e > 0, 1.0 / (1.0 + u - e), np.inf),
    "sqrt": lambda u, e, v: np.where(u - e > 0, 0.5 / np.sqrt(np.abs(u - e)), np.inf),
    "sin": _one,
    "cos": _one,
    "tan": lambda u, e, v: 2.0 * (1.0 + v * v),
    "sinh": lambda u, e, v: np.cosh(np.abs(u) + e),
    "cosh": lambda u, e, v: np.cosh(np.abs(u) + e),
    "tanh": lambda u, e, v: np.minimum(1.0, 4.0 * np.exp(-2.0 * _gap(u, e))),
    "atan": lambda u, e, v: 1.0 / (1.0 + _gap(u, e) ** 2),
    "asinh": lambda u, e, v: 1.0 / np.sqrt(1.0 + _gap(u, e) ** 2),
    "erf": lambda u, e, v: 1.13 * np.exp(-(_gap(u, e) ** 2)),
    "erfc": lambda u, e, v: 1.13 * np.exp(-(_gap(u, e) ** 2)),
    "sinc": _one,
    "sigmoid": lambda u, e, v: np.exp(-_gap(u, e)),
    "softplus": lambda u, e, v: _sigmoid(u + e),
}
