"""Real roots of rational polynomials: isolated, refined to any width, and compared exactly through what they give."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

from verify.algebraic.polynomials import Interval
from verify.errors import DisagreementError
from verify.flint_backend import factored_polynomial, minimal_polynomial, real_roots

_EXACT_TEST = 512  # bits at which two values that still overlap are tested for equality
Polynomial = Sequence[Fraction]


class RealRoot:
    """A real root of an irreducible integer polynomial, the only root of it in an interval with dyadic ends.

    Attributes
    ----------
    polynomial : tuple of int
        Primitive and irreducible over Q, constant coefficient first.
    multiplicity : int
        That of the root in the polynomial it was isolated for.

    Examples
    --------
    >>> [root] = positive_roots([Fraction(-2), Fraction(0), Fraction(1)])
    >>> low, high = root.enclosure(40)
    >>> low**2 < 2 < high**2, high - low <= Fraction(1, 2**40), root
    (True, True, root 1.41421356... of (-2, 0, 1))
    """

    __slots__ = ("_bits", "_high", "_low", "multiplicity", "polynomial")

    def __init__(self, polynomial: Sequence[int], interval: Interval, multiplicity: int = 1) -> None:
        self.polynomial = tuple(polynomial)
        self.multiplicity = multiplicity
        if len(self.polynomial) == 2:
            exact = Fraction(-self.polynomial[0], self.polynomial[1])
            interval = exact, exact
        low, high = interval
        self._bits = max(x.denominator for x in interval).bit_length() - 1
        scale = 1 << self._bits
        if self.rational is None:
            self._low, self._high = math.floor(low * scale), math.ceil(high * scale)
            if self._sign(self._low) * self._sign(self._high) >= 0:
                raise DisagreementError(
                    "an isolating interval of a real root has no change of sign; please report this",
                    {"polynomial": [str(c) for c in polynomial], "interval": [str(low), str(high)]},
                )
        else:
            self._low = self._high = 0

    @property
    def rational(self) -> Fraction | None:
        """The root where it is rational, else None."""
        return Fraction(-self.polynomial[0], self.polynomial[1]) if len(self.polynomial) == 2 else None

    def _sign(self, at: int) -> int:
        """The sign of the polynomial at ``at / 2**bits``."""
        value, shift = 0, 0
        for c in reversed(self.polynomial):
            value = value * at + (c << shift)
            shift += self._bits
        return (value > 0) - (value < 0)

    def enclosure(self, bits: int) -> Interval:
        """Return rationals around the root, at most 2^-bits apart (equal ones for a rational root)."""
        if self.rational is not None:
            return self.rational, self.rational
        width = self._high - self._low
        while width << bits > 1 << self._bits:
            if width == 1:
                self._bits += 1
                self._low, self._high, width = 2 * self._low, 2 * self._high, 2
            middle = self._low + width // 2
            if self._sign(middle) == self._sign(self._low):
                self._low = middle
            else:
                self._high = middle
            width = self._high - self._low
        return Fraction(self._low, 1 << self._bits), Fraction(self._high, 1 << self._bits)

    def is_root_of(self, polynomial: Polynomial) -> bool:
        """Whether a rational polynomial vanishes at the root, exactly: the remainder is zero."""
        return not any(remainder(polynomial, self.polynomial))

    def __float__(self) -> float:
        return nearest(self.enclosure)

    def __repr__(self) -> str:
        if self.rational is not None:
            return f"root {self.rational}"
        return f"root {float(self):.8f}... of {self.polynomial}"


def remainder(polynomial: Polynomial, divisor: Sequence[int]) -> list[Fraction]:
    """Return the remainder of a rational polynomial modulo an integer polynomial of degree at least 1."""
    rest = [Fraction(c) for c in polynomial]
    top = len(divisor) - 1
    while len(rest) > top:
        factor = rest.pop() / divisor[-1]
        if factor:
            for k in range(top):
                rest[len(rest) - top + k] -= factor * divisor[k]
    return rest


def primitive(polynomial: Polynomial) -> list[int]:
    """Scale a nonzero rational polynomial to coprime integers; leading zeros are dropped."""
    coefficients = list(polynomial)
    while coefficients and not coefficients[-1]:
        coefficients.pop()
    common = math.lcm(*(c.denominator for c in coefficients))
    integers = [c.numerator * (common // c.denominator) for c in coefficients]
    divisor = math.gcd(*integers)
    return [c // divisor for c in integers]


def positive_roots(polynomial: Polynomial) -> list[RealRoot]:
    """Isolate the positive roots of a nonzero rational polynomial, increasing; their intervals are disjoint.

    The polynomial is factored over Q and the real roots of each factor are isolated by FLINT's certified complex root
    isolation; a change of sign at the ends of each interval is checked on top.
    """
    roots = []
    for factor, multiplicity in factored_polynomial(primitive(polynomial)):
        for interval in real_roots(factor):
            if interval[1] <= 0 or not factor[0]:
                continue
            root = RealRoot(factor, interval, multiplicity)
            bits = 8
            while root.enclosure(bits)[0] <= 0 < root.enclosure(bits)[1]:  # 0 is no root: one of them moves
                bits *= 2
            if root.enclosure(bits)[0] > 0:
                roots.append(root)
    bits = 32
    while True:
        roots.sort(key=lambda root: root.enclosure(bits)[0])
        if all(a.enclosure(bits)[1] < b.enclosure(bits)[0] for a, b in pairwise(roots)):
            return roots
        bits *= 2


class RootValue:
    """The number r(x), where r = top/bottom is a rational function and x a `RealRoot`: compared exactly.

    Parameters
    ----------
    root : RealRoot
    top, bottom : sequence of Fraction
        `bottom` is not 0 at the root.
    enclose : callable
        From a rational interval around the root to one around the value, which shrinks with it.
    """

    def __init__(
        self, root: RealRoot, top: Polynomial, bottom: Polynomial, enclose: Callable[[Interval], Interval]
    ) -> None:
        self.root, self._top, self._bottom, self._enclose = root, top, bottom, enclose
        self._minimal: list[Fraction] | None = None

    def enclosure(self, bits: int) -> Interval:
        """Return rationals around the value; the root is enclosed within 2^-bits."""
        return self._enclose(self.root.enclosure(bits))

    def __float__(self) -> float:
        return nearest(self.enclosure, is_zero=self.root.is_root_of(self._top))

    def minimal_polynomial(self) -> list[Fraction]:
        """Return the monic minimal polynomial of the value over Q, constant coefficient first.

        Linear algebra in Q[x] modulo the polynomial of the root: cubic in its degree.
        """
        if self._minimal is None:
            self._minimal = minimal_polynomial(self.root.polynomial, self._top, self._bottom)
        return self._minimal

    def compare(self, other: RootValue | Fraction) -> int:
        """Return -1, 0 or 1, exactly.

        Enclosures of increasing precision tell different values apart. From 512 bits on, equality is tested once:
        equal numbers have the same minimal polynomial and are the same root of it.
        """
        bits, tested = 64, False
        while True:
            low, high = self.enclosure(bits)
            below, above = (other, other) if isinstance(other, Fraction) else other.enclosure(bits)
            if high < below or above < low:
                return -1 if high < below else 1
            if low == high == below == above:
                return 0
            if bits >= _EXACT_TEST and not tested:
                if self._equals(other):
                    return 0
                tested = True
            bits *= 2

    def _equals(self, other: RootValue | Fraction) -> bool:
        mine = self.minimal_polynomial()
        if isinstance(other, Fraction):
            return mine == [-other, 1]
        if mine != other.minimal_polynomial():
            return False
        conjugates = [RealRoot(primitive(mine), interval) for interval in real_roots(primitive(mine))]
        bits = _EXACT_TEST
        while True:  # ends: the intervals of different conjugates become disjoint, and each value is one of them
            met = []
            for value in (self, other):
                low, high = value.enclosure(bits)
                around = [c.enclosure(bits) for c in conjugates]
                met.append([k for k, (a, b) in enumerate(around) if a <= high and low <= b])
            if len(met[0]) == len(met[1]) == 1:
                return met[0] == met[1]
            bits *= 2


def nearest(enclosure: Callable[[int], Interval], *, is_zero: bool = False) -> float:
    """Round a number that is enclosed ever more narrowly to float64, within one unit in the last place.

    A number beyond float64 gives an infinity.

    Parameters
    ----------
    enclosure : callable
        From a number of bits to an interval.
    is_zero : bool, default False
        The number is known to be 0.
    """
    number = approximation(enclosure, negligible=Fraction(1, 2**1100)) if not is_zero else Fraction(0)
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def approximation(enclosure: Callable[[int], Interval], *, negligible: Fraction = Fraction(0)) -> Fraction:
    """Return a rational within 2^-60, relatively, of a number that is enclosed ever more narrowly and is not 0.

    Parameters
    ----------
    enclosure : callable
        From a number of bits to an interval.
    negligible : Fraction, default 0
        A number that is seen to be smaller is not enclosed more narrowly; with the default, 0 must be enclosed exactly.
    """
    bits = 64
    while True:
        low, high = enclosure(bits)
        size = max(abs(low), abs(high))
        if (high - low) * 2**60 <= min(abs(low), abs(high)) or size < negligible:
            return (low + high) / 2
        bits *= 2
