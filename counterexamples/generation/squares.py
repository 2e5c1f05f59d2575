"""Sums of squares: writing a positive rational as a sum of a given number of rational squares.

A rational p/q in lowest terms is a sum of j rational squares exactly if the integer pq is a sum of j integer squares
(for j = 3 this is the theorem of Davenport and Cassels): j = 1: pq is a square; j = 2: every prime that is 3 mod 4
divides pq to an even power; j = 3: pq is not 4^a (8b + 7); j >= 4: always (Lagrange).
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from random import Random

_BY_TRIAL = 1_000_000
"""Below it, two squares are found by trying all of them."""


def rational_squares(value: Fraction, count: int, rng: Random) -> list[Fraction] | None:
    """Give `count` rational numbers whose squares sum to `value` >= 0, or None when there are none.

    Examples
    --------
    >>> [str(a) for a in rational_squares(Fraction(1, 4), 1, Random(0))]
    ['1/2']
    >>> rational_squares(Fraction(7), 3, Random(0)) is None
    True
    >>> sum(a * a for a in rational_squares(Fraction(200, 7), 4, Random(0)))
    Fraction(200, 7)
    """
    scale = value.denominator
    total = value.numerator * scale
    if count > 4 and total:  # room for many squares that are not 0
        factor = isqrt(max(0, 8 * count // total)) + 1
        scale, total = scale * factor, total * factor * factor
    roots = integer_squares(total, count, rng)
    return None if roots is None else [Fraction(root, scale) for root in roots]


def integer_squares(total: int, count: int, rng: Random) -> list[int] | None:
    """Give `count` integers whose squares sum to `total` >= 0, in random order, or None when there are none."""
    if total == 0 or count == 0:
        return None if total else [0] * count
    spread: list[int] = []
    rest = total
    for left in range(count, 4, -1):
        most = isqrt(rest // left)
        root = rng.randint(min(1, most), max(most, min(1, rest)))
        spread.append(root)
        rest -= root * root
    few = min(count, 4)
    found = [_one, _two, _three, _four][few - 1](rest, rng)
    if found is None:
        return None
    roots = spread + found
    rng.shuffle(roots)
    return roots


def _one(n: int, _: Random) -> list[int] | None:
    root = isqrt(n)
    return [root] if root * root == n else None


def _two(n: int, _: Random) -> list[int] | None:
    if n < _BY_TRIAL:
        return next(([a, isqrt(n - a * a)] for a in range(isqrt(n // 2), -1, -1) if _is_square(n - a * a)), None)
    from sympy import factorint

    a, b = 1, 0  # the Gaussian integer a + bi, a product over the primes
    for prime, power in factorint(n).items():
        if prime % 4 == 3 and power % 2:
            return None
        if prime % 4 == 3:
            a, b = a * prime ** (power // 2), b * prime ** (power // 2)
            continue
        c, d = _prime(int(prime))
        for _power in range(power):
            a, b = abs(a * c - b * d), a * d + b * c
    return [a, b]


def _prime(p: int) -> tuple[int, int]:
    """Write a prime that is 2 or 1 mod 4 as a sum of two squares, by Euclid on p and a root of -1 (Hermite-Serret)."""
    if p == 2:
        return 1, 1
    root = next(r for r in (pow(g, (p - 1) // 4, p) for g in range(2, p)) if r * r % p == p - 1)
    a, b = p, root
    while b * b > p:
        a, b = b, a % b
    return b, isqrt(p - b * b)


def _three(n: int, rng: Random) -> list[int] | None:
    factor = 1
    while n and n % 4 == 0:
        n, factor = n // 4, 2 * factor
    if n % 8 == 7:
        return None
    if n < _BY_TRIAL:
        tried = range(isqrt(n), -1, -1)
        order = rng.sample(tried, len(tried))
        pair = ((a, _two(n - a * a, rng)) for a in order)
        a, two = next((a, two) for a, two in pair if two is not None)
        return [factor * x for x in (a, *two)]
    from sympy import isprime

    if _is_square(n):
        return [factor * isqrt(n), 0, 0]
    while True:  # Rabin and Shallit: n - a^2 is soon a prime, or twice one, that is a sum of two squares
        a = rng.randint(0, isqrt(n))
        rest = n - a * a
        half = rest // 2 if rest % 2 == 0 else rest
        if half % 4 == 1 and isprime(half):
            c, d = _prime(half)
            return [factor * x for x in ((a, c, d) if half == rest else (a, c + d, abs(c - d)))]


def _four(n: int, rng: Random) -> list[int] | None:
    factor = 1
    while n and n % 8 == 0:  # then all four are even
        n, factor = n // 4, 2 * factor
    while True:
        a = rng.randint(0, isqrt(n))
        three = _three(n - a * a, rng)
        if three is not None:
            return [factor * x for x in (a, *three)]


def _is_square(n: int) -> bool:
    return isqrt(n) ** 2 == n
