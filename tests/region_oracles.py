"""Slow answers about regions, written from the theorems in Fractions: nothing of `verify` is used."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

Vector = Sequence[int | Fraction]


def echelon(rows: Sequence[Vector]) -> tuple[list[list[Fraction]], list[int]]:
    """Reduced row echelon form and its pivot columns."""
    left = [[Fraction(x) for x in row] for row in rows]
    pivots: list[int] = []
    for j in range(len(left[0]) if left else 0):
        i = next((i for i in range(len(pivots), len(left)) if left[i][j]), None)
        if i is None:
            continue
        k = len(pivots)
        left[k], left[i] = left[i], left[k]
        left[k] = [x / left[k][j] for x in left[k]]
        for other in range(len(left)):
            if other != k and left[other][j]:
                factor = left[other][j]
                left[other] = [a - factor * b for a, b in zip(left[other], left[k], strict=True)]
        pivots.append(j)
    return left, pivots


def rank(rows: Sequence[Vector]) -> int:
    return len(echelon(rows)[1])


def null_vector(vectors: Sequence[Vector]) -> list[Fraction] | None:
    """The c with sum c_j v_j = 0, if it is unique up to a factor."""
    reduced, pivots = echelon(list(zip(*vectors, strict=True)))
    if len(pivots) != len(vectors) - 1:
        return None
    free = next(j for j in range(len(vectors)) if j not in pivots)
    c = [Fraction(0)] * len(vectors)
    c[free] = Fraction(1)
    for i, j in enumerate(pivots):
        c[j] = -reduced[i][free]
    return c


def is_realizable(points: Sequence[Vector], row: Sequence[int]) -> bool:
    """Gordan and Caratheodory: not realizable iff 0 is a positive combination of at most d + 1 signed points."""
    signed = [[x if a else -x for x in point] for point, a in zip(points, row, strict=True)]
    for size in range(1, len(points[0]) + 2):
        for chosen in combinations(signed, size):
            c = null_vector(chosen)
            if c is not None and (all(x > 0 for x in c) or all(x < 0 for x in c)):
                return False
    return True


def matroid_rank(pattern: Sequence[Sequence[int]], copies: int) -> int:
    """The least d rank(A_T) + n - |T|, over all T."""
    n = len(pattern[0])
    return min(
        copies * rank([[row[j] for j in chosen] for row in pattern]) + n - size
        for size in range(n + 1)
        for chosen in combinations(range(n), size)
    )


def jacobian_by_hand(points: Sequence[Vector], pattern: Sequence[Sequence[int]]) -> list[list[int | Fraction]]:
    return [[row[j] * x for row in pattern for x in point] for j, point in enumerate(points)]


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # a reproducible sample, no secret


def coins(rng: random.Random, width: int, n: int) -> list[list[int]]:
    return [[rng.randint(0, 1) for _ in range(n)] for _ in range(width)]


def integers(rng: random.Random, n: int, d: int, size: int) -> list[list[int]]:
    return [[rng.randint(-size, size) for _ in range(d)] for _ in range(n)]
