"""Exact numbers as text: for people, and in the canonical form of certificates."""

from __future__ import annotations

from verify.algebraic.field import Element, Number
from verify.algebraic.polynomials import trimmed
from verify.rational import format_rational


def simplified(number: Number) -> Number:
    """Return a number as a Fraction wherever it is rational."""
    return number.simplify() if isinstance(number, Element) else number


def format_number(number: Number | int) -> str:
    """Write an exact number for people: ``-1/3``, ``3/2 - 1/2*sqrt(5)``, or powers of the generator ``a``.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from verify.algebraic import NumberField
    >>> format_number(NumberField([-5, 0, 1], (Fraction(2), Fraction(3))).element([Fraction(3, 2), Fraction(-1, 2)]))
    '3/2 - 1/2*sqrt(5)'
    """
    simple = number.simplify() if isinstance(number, Element) else number
    return str(simple) if isinstance(simple, Element) else format_rational(simple)


def format_element(number: Number | int) -> str:
    """Write an exact number in the canonical form of certificates: its coefficients, joined by commas."""
    simple = number.simplify() if isinstance(number, Element) else number
    if not isinstance(simple, Element):
        return format_rational(simple)
    return ",".join(format_rational(a) for a in trimmed(list(simple.coefficients)))
