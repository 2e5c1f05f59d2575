"""The arithmetics in which the closed forms are evaluated here: mpmath, and balls that enclose every real result."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verify import flint_backend
from verify.algebraic.field import Element, Number
from verify.kernels.closed_forms import Value

_FIRST_BITS = 64


def enclosed(x: Number, bits: int) -> tuple[Fraction, Fraction]:
    """Give rationals around an exact number, equal for a rational one, else with a relative distance below 2^-bits."""
    if not isinstance(x, Element):
        return Fraction(x), Fraction(x)
    simple = x.simplify()
    if isinstance(simple, Fraction):
        return simple, simple
    working = bits + _FIRST_BITS
    while True:
        low, high = x.enclosure(working)
        if (high - low) * 2**bits < min(abs(low), abs(high)):  # an irrational number is not 0
            return low, high
        working *= 2


class Mpmath:
    """Numbers of an mpmath context.

    Parameters
    ----------
    context : mpmath.ctx_mp.MPContext
        One of its own, not the global one.
    """

    def __init__(self, context: Any) -> None:
        self.mp = context

    def number(self, value: Number) -> Value:
        """Take an exact number."""
        low, high = enclosed(value, int(self.mp.prec) + 10)
        middle = (low + high) / 2
        return self.mp.mpf(middle.numerator) / middle.denominator

    def pi(self) -> Value:
        """Give pi."""
        return +self.mp.pi

    def sqrt(self, value: Value) -> Value:
        """Take the square root; of a rounding error below 0 it is 0."""
        return self.mp.sqrt(value) if value > 0 else self.mp.zero

    def exp(self, value: Value) -> Value:
        """Take the exponential."""
        return self.mp.exp(value)

    def expm1(self, value: Value) -> Value:
        """Take the exponential less 1."""
        return self.mp.expm1(value)

    def tanh(self, value: Value) -> Value:
        """Take the hyperbolic tangent."""
        return self.mp.tanh(value)

    def angle(self, y: Value, x: Value) -> Value:
        """Give atan2(y, x)."""
        return self.mp.atan2(y, x)


class Balls:
    """Balls, at the precision of the surrounding `flint_backend.precision` block."""

    def number(self, value: Number) -> Value:
        """Enclose an exact number."""
        low, high = enclosed(value, flint_backend.working_precision())
        return flint_backend.ball(low) if low == high else flint_backend.hull(low, high)

    def pi(self) -> Value:
        """Enclose pi."""
        return type(flint_backend.ball(0)).pi()

    def sqrt(self, value: Value) -> Value:
        """Enclose the root of a number that is not negative; what a ball holds below 0 is left out."""
        return flint_backend.root_of_nonnegative(value)

    def exp(self, value: Value) -> Value:
        """Enclose the exponential."""
        return value.exp()

    def expm1(self, value: Value) -> Value:
        """Enclose the exponential less 1."""
        return value.expm1()

    def tanh(self, value: Value) -> Value:
        """Enclose the hyperbolic tangent."""
        return value.tanh()

    def angle(self, y: Value, x: Value) -> Value:
        """Enclose atan2(y, x) for y >= 0, or for x >= 0; between 0 and pi where y >= 0 is all that is known."""
        return flint_backend.angle(y, x)
