"""The roots of a polynomial all of whose roots are real, isolated exactly by Descartes' rule of signs.

For a real-rooted polynomial the rule is an equality: the number of roots above c, with multiplicity, is the number
of sign changes among the coefficients of p(c + t). A characteristic polynomial of a symmetric matrix, and every
factor of it, is real-rooted.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from verify.algebraic.polynomials import Interval, value_at


def roots_above(polynomial: Sequence[Fraction | int], point: Fraction | int) -> int:
    """Count the roots above a point, with multiplicity, of a polynomial with real roots only.

    Parameters
    ----------
    polynomial : sequence of int or Fraction
        Coefficients, the constant one first, the last one not zero. That all roots are real is not checked.
    point : Fraction or int

    Notes
    -----
    Descartes' rule of signs, with equality for real-rooted polynomials. O(n^2) operations for degree n.

    Examples
    --------
    >>> roots_above([-6, 11, -6, 1], Fraction(3, 2))  # (x - 1)(x - 2)(x - 3)
    2
    """
    shifted = list(polynomial)
    for start in range(len(shifted) - 1):
        for k in reversed(range(start, len(shifted) - 1)):
            shifted[k] += point * shifted[k + 1]
    signs = [c > 0 for c in shifted if c]
    return sum(left != right for left, right in pairwise(signs))


def isolate(polynomial: Sequence[int]) -> list[Interval]:
    """Isolate the roots of an integer polynomial that is irreducible over Q and has real roots only.

    Parameters
    ----------
    polynomial : sequence of int
        Coefficients, the constant one first; degree at least 1.

    Returns
    -------
    list of (Fraction, Fraction), increasing
        The root itself twice for degree 1; otherwise an interval with exactly one root inside and none at its ends.

    Examples
    --------
    >>> [(int(low), int(high)) for low, high in isolate([-2, 0, 1])]
    [(-4, 0), (0, 4)]
    """
    if len(polynomial) == 2:
        root = Fraction(-polynomial[0], polynomial[1])
        return [(root, root)]
    n = len(polynomial) - 1
    power = max(-(-abs(c).bit_length() // (n - k)) for k, c in enumerate(polynomial[:-1]))
    bound = Fraction(2 ** (power + 1))  # Fujiwara's: above 2 max |c_k|^(1/(n - k)); no root is rational
    pieces = [(-bound, bound, n, 0)]  # with the counts of roots above the ends
    found: list[Interval] = []
    while pieces:
        low, high, above_low, above_high = pieces.pop()
        if above_low - above_high == 1:
            found.append((low, high))
        elif above_low - above_high > 1:
            middle = (low + high) / 2
            above = roots_above(polynomial, middle)
            pieces += [(low, middle, above_low, above), (middle, high, above, above_high)]
    return sorted(found)


def narrow(polynomial: Sequence[int], interval: Interval, width: Fraction) -> Interval:
    """Halve an isolating interval of a simple root until it is not wider than `width`.

    Examples
    --------
    >>> low, high = narrow([-2, 0, 1], (Fraction(0), Fraction(3)), Fraction(1, 10))
    >>> low**2 < 2 < high**2, high - low <= Fraction(1, 10)
    (True, True)
    """
    low, high = interval
    if high - low <= width:
        return interval
    rising = value_at(polynomial, high) > 0
    while high - low > width:
        middle = (low + high) / 2
        value = value_at(polynomial, middle)
        if value == 0:
            return middle, middle
        low, high = (low, middle) if (value > 0) == rising else (middle, high)
    return low, high
