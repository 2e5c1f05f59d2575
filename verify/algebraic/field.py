"""Real number fields Q(alpha), and exact arithmetic in them.

Everything is decided by integers. An element is a polynomial in alpha of degree below that of the field, over a common
denominator, so equal elements have equal coefficients. Signs come from intervals that are refined until they exclude
0; that ends, because an element with a nonzero coefficient is not 0 when the polynomial of alpha is irreducible.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import total_ordering
from numbers import Rational
from typing import TypeAlias

from verify.algebraic.polynomials import (
    Interval,
    divide,
    horner,
    multiply,
    split_power,
    subtract,
    sum_text,
    trimmed,
    value_at,
)

_FIRST_BITS = 64


class NumberField:
    """Q(alpha), where alpha is the only real root of an irreducible polynomial in an interval.

    Parameters
    ----------
    polynomial : sequence of int
        Coefficients c_0, ..., c_m, monic (c_m = 1) and irreducible over Q, of degree m >= 1. Degree 1 is allowed only
        as x, with alpha = 0: the rational numbers.
    root : pair of Fraction
        An interval with alpha inside and no other root in it, neither end included. Any such interval gives the
        same field: `root` is replaced by a canonical one.

    Attributes
    ----------
    polynomial : tuple of int
    root : pair of Fraction
        The polynomial has opposite signs at its ends, and Horner's scheme in interval arithmetic shows that its
        derivative has no zero in it.
    degree : int

    Examples
    --------
    >>> field = NumberField([-5, 0, 1], (Fraction(2), Fraction(3)))
    >>> golden = (1 + field.generator) / 2
    >>> golden, golden**2 == golden + 1, golden > Fraction(8, 5)
    (1/2 + 1/2*sqrt(5), True, True)
    """

    __slots__ = ("_bounds", "_powers", "degree", "polynomial", "root")

    def __init__(self, polynomial: Sequence[int], root: Interval) -> None:
        self.polynomial = tuple(polynomial)
        self.degree = len(self.polynomial) - 1
        self._powers = self._reductions()
        self._bounds: dict[int, tuple[int, int]] = {}
        self.root = root
        if self.degree > 1:
            self.root = self._canonical_root(root)

    @classmethod
    def rationals(cls) -> NumberField:
        """Return the field of degree 1."""
        return cls((0, 1), (Fraction(-1), Fraction(1)))

    @property
    def generator(self) -> Element:
        """The number alpha."""
        return self.element([0, 1]) if self.degree > 1 else self.element([0])

    def element(self, coefficients: Sequence[Fraction | int]) -> Element:
        """Return a_0 + a_1 alpha + ...; there may be at most m coefficients."""
        padded = [*coefficients, *[0] * (self.degree - len(coefficients))]
        common = math.lcm(*(a.denominator for a in padded))
        return Element(self, tuple(a.numerator * (common // a.denominator) for a in padded), common)

    def _reductions(self) -> list[tuple[int, ...]]:
        """The powers alpha^m, ..., alpha^(2m-2) as polynomials of degree below m."""
        powers = []
        row = tuple(-c for c in self.polynomial[:-1])
        for _ in range(self.degree - 1):
            powers.append(row)
            top = row[-1]
            row = tuple(a - top * c for a, c in zip((0, *row[:-1]), self.polynomial, strict=False))
        return powers

    def _canonical_root(self, root: Interval) -> Interval:
        """The first dyadic interval [k, k + 1]/2^j around alpha in which the derivative has no zero."""
        low, high = self._halved(root, 1)
        derivative = [k * c for k, c in enumerate(self.polynomial)][1:]
        bits = 0
        while True:
            while math.floor(low * 2**bits) != math.floor(high * 2**bits):
                low, high = self._halved((low, high), 2)
            below = Fraction(math.floor(low * 2**bits), 2**bits)
            ends = below, below + Fraction(1, 2**bits)
            bottom, top = horner(derivative, ends)
            if bottom > 0 or top < 0:
                return ends
            bits += 1

    def _halved(self, interval: Interval, times: int) -> Interval:
        low, high = interval
        rising = value_at(self.polynomial, high) > 0
        for _ in range(times):
            middle = (low + high) / 2
            if (value_at(self.polynomial, middle) > 0) == rising:
                high = middle
            else:
                low = middle
        return low, high

    def bounds(self, bits: int) -> tuple[int, int]:
        """Return integers a <= b <= a + 1 with alpha between a/2^bits and b/2^bits."""
        if bits not in self._bounds:
            self._bounds[bits] = (0, 0) if self.degree == 1 else self._bisect(bits)
        return self._bounds[bits]

    def _bisect(self, bits: int) -> tuple[int, int]:
        """Halve an enclosure, never leaving `root`: a cell that is wider may hold another root."""
        low, high = self.root
        known = max((b for b in self._bounds if b < bits), default=None)
        if known is not None:
            below, above = (Fraction(x, 2**known) for x in self._bounds[known])
            low, high = max(low, below), min(high, above)
        low, high = low * 2**bits, high * 2**bits
        a, b = math.floor(low), math.ceil(high)
        scaled = [c << bits * (self.degree - k) for k, c in enumerate(self.polynomial)]
        rising = value_at(self.polynomial, self.root[1]) > 0
        while b - a > 1:
            middle = (a + b) // 2
            if middle >= high or (middle > low and (value_at(scaled, middle) > 0) == rising):
                b = middle
            else:
                a = middle
        return a, b

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NumberField):
            return NotImplemented
        return self is other or (self.polynomial, self.root) == (other.polynomial, other.root)

    def __hash__(self) -> int:
        return hash((self.polynomial, self.root))

    def __reduce__(self) -> tuple[object, ...]:
        return NumberField, (self.polynomial, self.root)

    @property
    def square_root(self) -> tuple[Fraction, Fraction, int] | None:
        """For a quadratic field (p, q, D) with alpha = p + q sqrt(D), D an integer; None for the others."""
        if self.degree != 2:
            return None
        v, u, _ = self.polynomial
        square, rest = split_power(u * u - 4 * v, 2)
        sign = 1 if self.generator > Fraction(-u, 2) else -1
        return Fraction(-u, 2), Fraction(sign * square, 2), rest

    def __str__(self) -> str:
        if self.degree == 1:
            return "Q"
        parts = self.square_root
        if parts is not None:
            return f"Q(sqrt({parts[2]}))"
        return f"Q(a), where a = {float(self.generator):.6f}... is a root of {self.equation}"

    @property
    def equation(self) -> str:
        """The polynomial of alpha, in x."""
        return sum_text([(c, f"x**{k}" if k > 1 else "x" * k) for k, c in reversed([*enumerate(self.polynomial)])])

    def __repr__(self) -> str:
        return f"NumberField({self})"


@total_ordering
class Element:
    """A number in a `NumberField`. Made by the field and by arithmetic.

    Arithmetic with ints and Fractions is exact and gives elements; so is arithmetic within one field. Elements of
    different fields do not mix, not even in comparisons (ValueError). With ints and Fractions they compare and hash by
    value.
    """

    __slots__ = ("denominator", "field", "integers")

    def __init__(self, field: NumberField, integers: tuple[int, ...], denominator: int) -> None:
        common = math.gcd(denominator, *integers)
        if common != 1:
            integers, denominator = tuple(a // common for a in integers), denominator // common
        self.field, self.integers, self.denominator = field, integers, denominator

    @property
    def coefficients(self) -> tuple[Fraction, ...]:
        """The m rational coefficients."""
        return tuple(Fraction(a, self.denominator) for a in self.integers)

    @property
    def is_rational(self) -> bool:
        """Whether the number is rational."""
        return not any(self.integers[1:])

    def simplify(self) -> Number:
        """Return a Fraction if the number is rational, else the element."""
        return Fraction(self.integers[0], self.denominator) if self.is_rational else self

    def _coerce(self, other: object) -> Element | None:
        if isinstance(other, Element):
            if other.field is not self.field and other.field != self.field:
                raise ValueError(f"{other} is in {other.field} and {self} in {self.field}; take one field for both")
            return other
        if isinstance(other, Rational):
            top, bottom = int(other.numerator), int(other.denominator)
            return Element(self.field, (top, *[0] * (self.field.degree - 1)), bottom)
        return None

    def __add__(self, other: object) -> Element:
        right = self._coerce(other)
        if right is None:
            return NotImplemented
        p, q = self.denominator, right.denominator
        if p == q:
            return Element(self.field, tuple(a + b for a, b in zip(self.integers, right.integers, strict=True)), p)
        return Element(
            self.field, tuple(a * q + b * p for a, b in zip(self.integers, right.integers, strict=True)), p * q
        )

    __radd__ = __add__

    def __neg__(self) -> Element:
        return Element(self.field, tuple(-a for a in self.integers), self.denominator)

    def __pos__(self) -> Element:
        return self

    def __sub__(self, other: object) -> Element:
        right = self._coerce(other)
        return NotImplemented if right is None else self + -right

    def __rsub__(self, other: object) -> Element:
        return -self + other

    def __mul__(self, other: object) -> Element:
        if isinstance(other, Rational):
            top, bottom = int(other.numerator), int(other.denominator)
            return Element(self.field, tuple(a * top for a in self.integers), self.denominator * bottom)
        right = self._coerce(other)
        if right is None:
            return NotImplemented
        m = self.field.degree
        product = [0] * (2 * m - 1)
        for i, a in enumerate(self.integers):
            if a:
                for j, b in enumerate(right.integers):
                    product[i + j] += a * b
        low = product[:m]
        for top, row in zip(product[m:], self.field._powers, strict=True):
            if top:
                low = [a + top * b for a, b in zip(low, row, strict=True)]
        return Element(self.field, tuple(low), self.denominator * right.denominator)

    __rmul__ = __mul__

    def at(self, image: Element) -> Element:
        """Return the same number in another field, where the generator is `image`."""
        value = image.field.element([0])
        for c in reversed(self.coefficients):
            value = value * image + c
        return value

    def inverse(self) -> Element:
        """Return 1 over the number; ZeroDivisionError for 0.

        The extended Euclidean algorithm, with the polynomial of alpha.
        """
        if not self:
            raise ZeroDivisionError("division by zero in a number field")
        if self.is_rational:
            return self.field.element([Fraction(self.denominator, self.integers[0])])
        old: list[Fraction] = [Fraction(c) for c in self.field.polynomial]
        new = trimmed(list(self.coefficients))
        u_old: list[Fraction] = []
        u_new = [Fraction(1)]
        while len(new) > 1:
            quotient, rest = divide(old, new)
            old, new = new, rest
            step = multiply(quotient, u_new)
            u_old, u_new = u_new, subtract(u_old, step)
        return self.field.element([a / new[0] for a in u_new])

    def __truediv__(self, other: object) -> Element:
        if isinstance(other, Rational):
            return self * (1 / Fraction(int(other.numerator), int(other.denominator)))
        right = self._coerce(other)
        return NotImplemented if right is None else self * right.inverse()

    def __rtruediv__(self, other: object) -> Element:
        return self.inverse() * other

    def __pow__(self, exponent: int) -> Element:
        if not isinstance(exponent, int):
            return NotImplemented
        base, power = (self, exponent) if exponent >= 0 else (self.inverse(), -exponent)
        result = self.field.element([1])
        while power:
            if power & 1:
                result = result * base
            base, power = (base * base, power >> 1) if power > 1 else (base, 0)
        return result

    def __abs__(self) -> Element:
        return -self if self.sign < 0 else self

    def __bool__(self) -> bool:
        return any(self.integers)

    @property
    def sign(self) -> int:
        """-1, 0 or 1, exactly."""
        if self.is_rational:
            return (self.integers[0] > 0) - (self.integers[0] < 0)
        bits = _FIRST_BITS
        while True:
            low, high = self._scaled(bits)
            if low > 0 or high < 0:
                return 1 if low > 0 else -1
            bits *= 2

    def _scaled(self, bits: int) -> tuple[int, int]:
        """Integers around the number times its denominator times 2^bits, by Horner's scheme."""
        a, b = self.field.bounds(bits)
        low = high = 0
        for c in reversed(self.integers):
            ends = low * a, low * b, high * a, high * b
            low, high = (min(ends) >> bits) + (c << bits), (c << bits) - (-max(ends) >> bits)
        return low, high

    def enclosure(self, bits: int) -> Interval:
        """Return rationals around the number, which approach each other as `bits` grows."""
        low, high = self._scaled(bits)
        scale = self.denominator << bits
        return Fraction(low, scale), Fraction(high, scale)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Element):
            right = self._coerce(other)
            return right is not None and (self.integers, self.denominator) == (right.integers, right.denominator)
        if isinstance(other, Rational):
            return self.is_rational and self.simplify() == other
        return NotImplemented

    def __lt__(self, other: object) -> bool:
        right = self._coerce(other)
        return NotImplemented if right is None else (self - right).sign < 0

    def __hash__(self) -> int:
        return hash(self.simplify()) if self.is_rational else hash((self.integers, self.denominator))

    def __float__(self) -> float:
        bits = _FIRST_BITS
        while not self.is_rational:
            low, high = self._scaled(bits)
            if (high - low) << 60 < min(abs(low), abs(high)):
                return float(Fraction(low + high, self.denominator << (bits + 1)))
            bits *= 2
        return self.integers[0] / self.denominator

    def __reduce__(self) -> tuple[object, ...]:
        return Element, (self.field, self.integers, self.denominator)

    def __str__(self) -> str:
        quadratic = self.field.square_root
        if quadratic is None:
            names = ["", "a", *[f"a**{k}" for k in range(2, self.field.degree)]]
            return sum_text(list(zip(self.coefficients, names, strict=False)))
        (p, q, d), (a, b) = quadratic, self.coefficients
        return sum_text([(a + b * p, ""), (b * q, f"sqrt({d})")])

    __repr__ = __str__


Number: TypeAlias = Fraction | Element
"""An exact real number: a Fraction wherever it is rational."""
