"""Arrays of float64 that carry a bound of their error: running error analysis (J. H. Wilkinson).

A `Bounded` holds an array of values and an array of errors: the real number meant lies within error of value, whatever
was rounded on the way. Rounding of + - * / and sqrt is IEEE 754: |fl(x) - x| <= u |fl(x)|, u = 2^-53, plus 2^-1074
where products and quotients may underflow. **Assumption**: exp, expm1, tanh, sin, arccos, hypot and atan2 of
NumPy err by at most `LIBRARY_ULPS` units in the last place. Errors are themselves computed in float64 and enlarged by a
factor that covers the rounding of each step, about ten operations.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

from verify.kernels.float_points import nearest_float

Floats = NDArray[np.float64]
Operand = Union["Bounded", int]

UNIT = 2.0**-53
LIBRARY_ULPS = 4
"""Assumed: exp, expm1, tanh, sin, arccos, hypot and atan2 in float64 err by at most so many units in the last place."""

_UP = 1 + 2.0**-48  # more than 30 roundings
_TINY = 2.0**-1070  # 16 times the least denormal
_LIBRARY = 2 * LIBRARY_ULPS * UNIT  # an ulp of v is at most 2 u |v|


class Bounded:
    """An array with an error bound of the same shape.

    Parameters
    ----------
    value, error : ndarray of float64, or float
        `error` is nonnegative; infinite where nothing is known.
    nonnegative : bool, default False
        Whether the number meant is known to be at least 0, as square roots are.

    Examples
    --------
    >>> third = Bounded(1.0, 0.0) / 3
    >>> abs(Fraction(float(third.value)) - Fraction(1, 3)) < Fraction(float(third.error)) < Fraction(1, 10**16)
    True
    """

    __slots__ = ("error", "nonnegative", "value")
    __array_ufunc__ = None  # NumPy leaves mixed operations to this class

    def __init__(self, value: Any, error: Any, *, nonnegative: bool = False) -> None:
        self.value = value
        self.error = error
        self.nonnegative = nonnegative

    def __neg__(self) -> Bounded:
        return Bounded(-self.value, self.error)

    def __add__(self, other: Operand) -> Bounded:
        b = _bounded(other)
        value = self.value + b.value
        return Bounded(value, (self.error + b.error + UNIT * abs(value)) * _UP)

    __radd__ = __add__

    def __sub__(self, other: Operand) -> Bounded:
        return self + -_bounded(other)

    def __rsub__(self, other: Operand) -> Bounded:
        return _bounded(other) + -self

    def __mul__(self, other: Operand) -> Bounded:
        b = _bounded(other)
        value = self.value * b.value
        error = abs(self.value) * b.error + abs(b.value) * self.error + self.error * b.error
        return Bounded(value, (error + UNIT * abs(value)) * _UP + _TINY)

    __rmul__ = __mul__

    def __truediv__(self, other: Operand) -> Bounded:
        b = _bounded(other)
        value = self.value / b.value
        room = abs(b.value) - b.error
        moved = self.error + (abs(value) * _UP + _TINY) * b.error + _TINY
        with np.errstate(all="ignore"):
            error = moved / (room * (1 - 4 * UNIT)) + UNIT * abs(value)
        return Bounded(value, np.where(room > 0, error * _UP + _TINY, math.inf))

    def __rtruediv__(self, other: Operand) -> Bounded:
        return _bounded(other) / self


def _bounded(x: Operand) -> Bounded:
    if isinstance(x, Bounded):
        return x
    return Bounded(float(x), 0.0 if int(float(x)) == x else UNIT * abs(float(x)) * _UP)


class RunningError:
    """The arithmetic of the closed forms (`verify.kernels.closed_forms.Arithmetic`) on `Bounded` arrays."""

    def number(self, value: Fraction) -> Bounded:
        """Take a rational."""
        nearest = nearest_float(value)
        return Bounded(nearest, 0.0 if Fraction(nearest) == value else UNIT * abs(nearest) * _UP + _TINY)

    def pi(self) -> Bounded:
        """Give pi; the nearest float is 1.2246...e-16 below it."""
        return Bounded(math.pi, 1.2247e-16)

    def sqrt(self, x: Bounded) -> Bounded:
        """Take the square root of a number that is known to be at least 0.

        |sqrt a - sqrt b| is at most sqrt(|a - b|), and at most |a - b|/(sqrt a + sqrt b).
        """
        value = np.sqrt(np.maximum(x.value, 0.0)) + 0.0  # not -0.0, on which atan2 would turn around
        least = np.sqrt(np.maximum(x.value - x.error, 0.0)) * (1 - 4 * UNIT)
        spread = np.sqrt(x.error + np.maximum(-x.value, 0.0))
        both = value + least
        error = np.where(both > 0, np.minimum(spread, x.error / np.where(both > 0, both, 1.0)), spread)
        error = np.where(x.value < 0, spread, error)
        return Bounded(value, (error + UNIT * value) * _UP + _TINY * (x.error > 0), nonnegative=True)

    def exp(self, x: Bounded) -> Bounded:
        """Take the exponential."""
        value = np.exp(x.value)
        error = (value + LIBRARY_ULPS * _TINY) * np.expm1(x.error) * (1 + 4 * _LIBRARY) + _LIBRARY * value
        return Bounded(value, error * _UP + LIBRARY_ULPS * _TINY, nonnegative=True)

    def expm1(self, x: Bounded) -> Bounded:
        """Take the exponential less 1: e^v (e^h - 1) away from that of v + h."""
        value = np.expm1(x.value)
        error = (1 + value + LIBRARY_ULPS * UNIT) * np.expm1(x.error) * (1 + 4 * _LIBRARY) + _LIBRARY * abs(value)
        return Bounded(value, error * _UP + LIBRARY_ULPS * _TINY)

    def tanh(self, x: Bounded) -> Bounded:
        """Take the hyperbolic tangent, whose derivative is at most 1."""
        value = np.tanh(x.value)
        return Bounded(value, (x.error + _LIBRARY * abs(value)) * _UP + LIBRARY_ULPS * _TINY)

    def angle(self, y: Bounded, x: Bounded) -> Bounded:
        """Give atan2(y, x); one of the two is known to be at least 0, so that no branch is crossed.

        With rho = |(x, y)|, h the length of the error of (x, y) and s that of its part across (x, y), the angle moves
        by at most atan(s/(rho - h)) < s/(rho - h). Where h >= rho it can be anything in a half turn.
        """
        value = np.arctan2(y.value, x.value)
        rho = np.hypot(x.value, y.value)
        room = rho * (1 - 2 * _LIBRARY) - np.hypot(x.error, y.error) * _UP
        exact = (y.error == 0) & (x.error == 0)
        with np.errstate(all="ignore"):
            across = abs(x.value) / rho * y.error + abs(y.value) / rho * x.error
            moved = np.where(room > 0, (across * (1 + 2 * _LIBRARY) + _TINY) / room * _UP, math.inf)
        error = np.where(exact, 0.0, np.minimum(moved, math.pi + 8 * UNIT))
        error = (error + _LIBRARY * abs(value)) * _UP + _TINY
        return Bounded(value, error if y.nonnegative or x.nonnegative else math.inf)
