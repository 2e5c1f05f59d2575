"""Breakpoints: exact positive real numbers, as rationals or as the only root of a function in an interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from verify import flint_backend
from verify.activations.formula.balls import sign_at
from verify.activations.formula.nodes import ZERO, Node, X, add, mul, number, power
from verify.rational import format_rational

MAX_BITS = 400
"""Two points that this many halvings do not tell apart are not compared."""


class UndecidedError(Exception):
    """A step of a derivation cannot be decided; the text says which."""


@dataclass(eq=False)
class Point:
    """A real number >= 0: `low` = `high` when rational, else the only root of `function` between them, not at an end.

    Parameters
    ----------
    low, high : Fraction
        An interval that holds the number; it shrinks as more digits are needed.
    coefficients : tuple of int
        Of an irreducible polynomial (constant term first) with this root; empty for other roots.
    function : Node
        The function whose root it is.
    """

    low: Fraction
    high: Fraction
    coefficients: tuple[int, ...] = ()
    function: Node = ZERO
    _sign_low: int = field(default=0, repr=False)

    @property
    def rational(self) -> Fraction | None:
        """The number, if it is rational (and known to be)."""
        return self.low if self.low == self.high else None

    def halve(self) -> None:
        """Halve the interval."""
        if self.low == self.high:
            return
        middle = (self.low + self.high) / 2
        if not self._sign_low:
            self._sign_low = self._sign(self.low)
        sign = self._sign(middle)
        if sign == 0:
            self.low = self.high = middle
        elif sign == self._sign_low:
            self.low = middle
        else:
            self.high = middle

    def _sign(self, at: Fraction) -> int:
        if self.coefficients:
            value = Fraction(0)
            for coefficient in reversed(self.coefficients):
                value = value * at + coefficient
            return (value > 0) - (value < 0)
        sign = sign_at(self.function, at)
        if sign is None:
            raise UndecidedError(f"the root of {self.function} near {float(at):.6g} could not be located")
        return sign

    def ball(self, bits: int) -> Any:
        """Enclose the number in a ball of about this relative precision."""
        while self.high - self.low > max(self.low, Fraction(1, 10**6)) / 2**bits:
            self.halve()
        with flint_backend.precision(bits + 16):
            if self.low == self.high:
                return flint_backend.ball(self.low)
            return flint_backend.ball(self.low).union(flint_backend.ball(self.high))

    def __lt__(self, other: Point) -> bool:
        return compare(self, other) < 0

    def __str__(self) -> str:
        if self.low == self.high:
            return format_rational(self.low)
        self.ball(30)
        return f"the root {float(self.low):.6g}... of {self.function}"


def rational_point(value: Fraction | int) -> Point:
    """Make a rational point."""
    return Point(Fraction(value), Fraction(value))


def compare(a: Point, b: Point) -> int:
    """Compare two points: -1, 0 or 1; `UndecidedError` when `MAX_BITS` halvings do not tell them apart."""
    if a is b or (a.low == a.high == b.low == b.high):
        return 0
    for _ in range(MAX_BITS):
        if a.high < b.low or (a.high == b.low and (a.low < a.high or b.low < b.high)):
            return -1
        if b.high < a.low or (b.high == a.low and (a.low < a.high or b.low < b.high)):
            return 1
        if a.low == a.high == b.low == b.high:
            return 0
        same = a.coefficients and a.coefficients == b.coefficients
        if (same or (a.function == b.function and a.function != ZERO)) and _nested(a, b):
            return 0
        a.halve()
        b.halve()
    raise UndecidedError(f"the breakpoints {a} and {b} could not be told apart")


def _nested(a: Point, b: Point) -> bool:
    """Whether one isolating interval lies in the other: two roots of one function are then the same."""
    return (a.low <= b.low and b.high <= a.high) or (b.low <= a.low and a.high <= b.high)


def polynomial_roots(coefficients: Sequence[Fraction]) -> list[Point]:
    """Find the different roots x > 0 of a polynomial that is not 0, in increasing order.

    Parameters
    ----------
    coefficients : sequence of Fraction
        The constant term first.

    Returns
    -------
    list of Point
        Rational roots are found as such; the others come with their irreducible factor and an isolating interval
        (Vincent's theorem, as SymPy implements it).
    """
    from sympy import QQ, Poly, Symbol

    x = Symbol("x")
    polynomial = Poly([QQ(c.numerator, c.denominator) for c in reversed(coefficients)], x, domain=QQ)
    roots: list[Point] = []
    for factor, _multiplicity in polynomial.factor_list()[1]:
        whole = factor.clear_denoms(convert=True)[1]
        integers = tuple(int(c) for c in reversed(whole.all_coeffs()))
        if len(integers) == 2:
            root = Fraction(-integers[0], integers[1])
            if root > 0:
                roots.append(rational_point(root))
            continue
        node = _polynomial_node(integers)
        for (low, high), _ in factor.intervals(inf=0):
            ends = Fraction(int(low.p), int(low.q)), Fraction(int(high.p), int(high.q))
            if ends[1] > 0:
                roots.append(Point(*ends, coefficients=integers, function=node))
    return sorted(roots, key=_order)


def _polynomial_node(integers: Sequence[int]) -> Node:
    terms = [mul(number(c), power(X, Fraction(k))) for k, c in enumerate(integers) if c]
    return add(*reversed(terms))


def polynomial_sign(coefficients: Sequence[Fraction], at: Fraction) -> int:
    """Give the sign of a polynomial at a rational point."""
    value = Fraction(0)
    for coefficient in reversed(coefficients):
        value = value * at + coefficient
    return (value > 0) - (value < 0)


class _Order:
    def __init__(self, point: Point) -> None:
        self.point = point

    def __lt__(self, other: _Order) -> bool:
        return self.point < other.point


_order: Callable[[Point], _Order] = _Order


def sample_between(low: Point, high: Point | None) -> Fraction:
    """Choose a rational number, with a small denominator where possible, strictly between two points."""
    if high is None:
        return Fraction(int(low.high) + 1)
    while low.high >= high.low:
        if low.low == low.high and high.low == high.high:
            raise UndecidedError(f"there is no point between {low} and {high}")
        low.halve()
        high.halve()
    bound = 1
    while True:  # the simplest fraction strictly inside
        candidate = Fraction((low.high * bound).__floor__() + 1, bound)
        if candidate < high.low:
            return candidate
        bound += 1 if bound < 64 else bound
