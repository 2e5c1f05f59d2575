"""Real algebraic numbers for the trusted checker: polynomials in one real number alpha, without trust in any of them.

alpha is the only root of a polynomial p in an interval (`Field` checks that there is exactly one). A number is a
polynomial in alpha over Q, reduced modulo p; this may be done whatever p is, because p(alpha) = 0. So

* a polynomial that is 0 modulo p is the number 0;
* a polynomial whose values on a small interval around alpha exclude 0 is not 0, and this shows its sign.

Nothing else is ever concluded. p need not be irreducible; if it is not, a number can be 0 though its polynomial is not,
and then no interval shows its sign, and the certificate is rejected. Rejection is the exception `ValueError` here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import total_ordering
from itertools import pairwise, zip_longest
from typing import Any

Number = int | Fraction
MAX_HALVINGS = 2**13  # of the interval around alpha
MAX_DEGREE = 64


def _need(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


class Field:
    """The numbers that are polynomials in alpha, the only root in (low, high) of a monic polynomial."""

    def __init__(self, polynomial: Sequence[Number], low: Number, high: Number) -> None:
        _need(3 <= len(polynomial) <= MAX_DEGREE + 1, "field: the degree of the polynomial is not from 2 to 64")
        _need(polynomial[-1] == 1, "field: the polynomial is not monic")
        self.polynomial = [Fraction(a) for a in polynomial]
        self.nested = [(Fraction(low), Fraction(high))]  # intervals around alpha
        below, above = self._at(low), self._at(high)
        _need(low < high and below * above < 0, "field: the polynomial has no change of sign on the interval")
        self.rising = above > 0
        slope = _enclose([k * a for k, a in enumerate(self.polynomial)][1:], self.nested[0])
        _need(slope[0] > 0 or slope[1] < 0, "field: it is not shown that the derivative has no zero in the interval")

    def __str__(self) -> str:
        low, high = self.nested[0]
        return f"t is the root between {low} and {high} of the polynomial {','.join(map(str, self.polynomial))}"

    def _at(self, x: Number) -> Fraction:
        return _enclose(self.polynomial, (Fraction(x), Fraction(x)))[0]

    def interval(self, level: int) -> tuple[Fraction, Fraction]:
        """Halve the interval around alpha 32 times, 64 times, 128 times, ..."""
        while len(self.nested) <= level:
            (low, high), scale = self.nested[-1], math.lcm(*[a.denominator for a in self.polynomial])
            bottom = math.lcm(low.denominator, high.denominator)
            a, b = int(low * bottom), int(high * bottom)
            for _ in range(32 << max(len(self.nested) - 2, 0)):
                middle, a, b, bottom, value, power = a + b, 2 * a, 2 * b, 2 * bottom, 0, 1
                for c in reversed(self.polynomial):  # integers only: p(middle/bottom) times scale bottom^m
                    value, power = value * middle + int(c * scale) * power, power * bottom
                a, b = (a, middle) if value != 0 and (value > 0) == self.rising else (middle, b)
            self.nested.append((Fraction(a, bottom), Fraction(b, bottom)))
        return self.nested[level]

    def element(self, number: Number | Element) -> Element:
        """A rational number, or an element, as an element."""
        return number if isinstance(number, Element) else Element(self, [Fraction(number)])

    def number(self, coefficients: Sequence[Fraction]) -> Element:
        """The number a_0 + a_1 alpha + ..."""
        return Element(self, coefficients)

    def need_distinct(self, numbers: Iterable[Element]) -> None:
        """Reject unless numbers with different polynomials are different numbers."""
        ordered = sorted(set(numbers))
        _need(all(a < b for a, b in pairwise(ordered)), "two ways to write one number")


def _enclose(polynomial: Sequence[Fraction], at: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    """An interval with all values of a polynomial on an interval: Horner's scheme."""
    low = high = Fraction()
    for a in reversed(polynomial):
        ends = [low * at[0], low * at[1], high * at[0], high * at[1]]
        low, high = min(ends) + a, max(ends) + a
    return low, high


def _divided(top: Sequence[Fraction], bottom: Sequence[Fraction]) -> tuple[list[Fraction], list[Fraction]]:
    """Quotient and remainder of polynomials; the last coefficient of `bottom` is not 0."""
    rest, quotient = list(top), [Fraction()] * max(len(top) - len(bottom) + 1, 0)
    for k in reversed(range(len(quotient))):
        quotient[k] = rest[k + len(bottom) - 1] / bottom[-1]
        for j, b in enumerate(bottom):
            rest[k + j] -= quotient[k] * b
    while rest and rest[-1] == 0:
        rest.pop()
    return quotient, rest


def _product(left: Sequence[Fraction], right: Sequence[Fraction]) -> list[Fraction]:
    product = [Fraction()] * (len(left) + len(right))
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            product[i + j] += a * b
    return product


@total_ordering
class Element:
    """A number of a field; it stands where a rational can, as if it were an integer: over the denominator 1.

    Comparisons are proofs: they reject what they cannot show.
    """

    denominator = 1

    def __init__(self, field: Field, coefficients: Sequence[Fraction]) -> None:
        self.field, self.coefficients = field, tuple(_divided(coefficients, field.polynomial)[1])
        self.numerator = self

    def sign(self) -> int:
        """-1, 0 or 1."""
        if not self.coefficients:
            return 0
        level = 0
        while 32 << level <= 2 * MAX_HALVINGS:
            low, high = _enclose(self.coefficients, self.field.interval(level))
            if low > 0 or high < 0:
                return 1 if low > 0 else -1
            level += 1
        raise ValueError("it is not shown that a number is not 0")

    def bit_length(self) -> int:
        """The size of all coefficients together."""
        return sum(a.numerator.bit_length() + a.denominator.bit_length() for a in self.coefficients)

    def __add__(self, other: Any) -> Element:
        pairs = zip_longest(self.coefficients, self.field.element(other).coefficients, fillvalue=Fraction())
        return Element(self.field, [a + b for a, b in pairs])

    def __mul__(self, other: Any) -> Element:
        return Element(self.field, _product(self.coefficients, self.field.element(other).coefficients))

    def __neg__(self) -> Element:
        return self * -1

    def __sub__(self, other: Any) -> Element:
        return self + -self.field.element(other)

    def __truediv__(self, other: Any) -> Element:
        return self * self.field.element(other).inverse()

    def __pow__(self, exponent: int) -> Element:
        half = self ** (exponent // 2) if exponent else self.field.element(1)
        return half * half * self if exponent % 2 else half * half if exponent else half

    def inverse(self) -> Element:
        """Euclid's algorithm: u times the number is 1 modulo p."""
        old, new = list(self.field.polynomial), list(self.coefficients)
        u_old, u_new = Element(self.field, []), self.field.element(1)
        while len(new) > 1:
            quotient, rest = _divided(old, new)
            old, new, u_old, u_new = new, rest, u_new, u_old - u_new * Element(self.field, quotient)
        _need(new != [], "a number is not invertible")
        return u_new * (1 / new[0])

    def __abs__(self) -> Element:
        return -self if self.sign() < 0 else self

    def __bool__(self) -> bool:
        return self.sign() != 0

    def __eq__(self, other: object) -> bool:
        return (self - other).sign() == 0

    def __lt__(self, other: Any) -> bool:
        return bool((self - other).sign() < 0)

    def __hash__(self) -> int:
        return hash(self.coefficients)

    __radd__, __rmul__, __floordiv__ = __add__, __mul__, __truediv__
