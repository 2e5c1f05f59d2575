"""Polynomials as lists of their coefficients, the constant one first; roots of integers; sums as text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import zip_longest
from typing import TypeAlias

from verify.rational import format_rational

Interval: TypeAlias = tuple[Fraction, Fraction]
_TRIAL = 1000  # powers of larger primes stay under the root


def horner(polynomial: Sequence[Fraction | int], at: Interval) -> Interval:
    """Enclose the values of a polynomial on an interval by Horner's scheme."""
    low = high = Fraction(0)
    for c in reversed(polynomial):
        ends = low * at[0], low * at[1], high * at[0], high * at[1]
        low, high = min(ends) + c, max(ends) + c
    return low, high


def split_power(number: int, degree: int) -> tuple[int, int]:
    """Write a positive integer as s^degree times r; r has no such factor with a prime up to 1000, nor as a whole."""
    outside, rest = 1, number
    for p in range(2, _TRIAL):
        power = p**degree
        if power > rest:
            break
        while rest % power == 0:
            outside, rest = outside * p, rest // power
    whole = integer_root(rest, degree)
    return (outside * whole, 1) if whole**degree == rest else (outside, rest)


def integer_root(number: int, degree: int) -> int:
    """Return the largest integer whose power of this degree is at most a number >= 0."""
    if degree == 2:
        return math.isqrt(number)
    low, high = 0, 1 << (number.bit_length() // degree + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= number else (low, middle)
    return low


def value_at(polynomial: Sequence[int], at: Fraction | int) -> Fraction | int:
    """Evaluate a polynomial."""
    value: Fraction | int = 0
    for c in reversed(polynomial):
        value = value * at + c
    return value


def trimmed(polynomial: list[Fraction]) -> list[Fraction]:
    """Drop leading zeros; one coefficient stays."""
    while len(polynomial) > 1 and not polynomial[-1]:
        polynomial.pop()
    return polynomial


def subtract(left: list[Fraction], right: list[Fraction]) -> list[Fraction]:
    """Subtract polynomials."""
    return trimmed([a - b for a, b in zip_longest(left, right, fillvalue=Fraction(0))] or [Fraction(0)])


def multiply(left: list[Fraction], right: list[Fraction]) -> list[Fraction]:
    """Multiply polynomials."""
    product = [Fraction(0)] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            product[i + j] += a * b
    return product


def divide(top: list[Fraction], bottom: list[Fraction]) -> tuple[list[Fraction], list[Fraction]]:
    """Divide polynomials: quotient and remainder."""
    rest = list(top)
    quotient = [Fraction(0)] * (len(top) - len(bottom) + 1)
    for k in reversed(range(len(quotient))):
        quotient[k] = rest[k + len(bottom) - 1] / bottom[-1]
        for j, b in enumerate(bottom):
            rest[k + j] -= quotient[k] * b
    return quotient, trimmed(rest[: len(bottom) - 1])


def sum_text(terms: Sequence[tuple[Fraction | int, str]]) -> str:
    """Write a sum of rational multiples of named numbers; the name of 1 is empty."""
    text = ""
    for factor, name in terms:
        if factor:
            size = format_rational(abs(Fraction(factor)))
            shown = size if not name else name if size == "1" else f"{size}*{name}"
            sign = ("-" if factor < 0 else "") if not text else (" - " if factor < 0 else " + ")
            text += sign + shown
    return text or "0"
