"""How many patterns one unit can have: Cover's formula, and an exact count for points in any position."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from verify.errors import DataError
from verify.landscapes.regions.patterns import Points, Rational

MOST_SUBSETS = 200_000
"""Largest number of square submatrices that `in_general_position` looks at."""

MOST_CELLS = 1_000_000
"""Largest number of regions that `count_cells` counts one by one."""


def cover_count(n: int, dimension: int) -> int:
    """Count the patterns of one unit on n points in general position: 2 sum over k < d of C(n - 1, k).

    Parameters
    ----------
    n : int
        Number of points, at least 1.
    dimension : int
        Of what the unit sees: one more than that of the points if there is a bias.

    Notes
    -----
    General position: every d of the vectors (all of them if n < d) are linearly independent. Cover, 1965, after
    Schlaefli; it is the solution of r(n, d) = r(n - 1, d) + r(n - 1, d - 1).

    Examples
    --------
    >>> cover_count(4, 2), cover_count(3, 5)
    (8, 8)
    """
    return 2 * sum(math.comb(n - 1, k) for k in range(min(n, dimension)))


def in_general_position(points: Points) -> bool:
    """Whether every d of the vectors (all if n < d) are linearly independent, decided exactly.

    Raises
    ------
    DataError
        When that are more than `MOST_SUBSETS` submatrices.

    Examples
    --------
    >>> in_general_position([[1, 0], [0, 1], [1, 1]]), in_general_position([[1, 0], [2, 0], [1, 1]])
    (True, False)
    """
    from verify.flint_backend import rank

    size = min(len(points), len(points[0]))
    subsets = math.comb(len(points), size)
    if subsets > MOST_SUBSETS:
        raise DataError(f"general position of these points has {subsets} submatrices; at most {MOST_SUBSETS} are tried")
    return all(rank([points[j] for j in chosen]) == size for chosen in combinations(range(len(points)), size))


def count_cells(points: Points) -> int:
    """Count the patterns that one unit can have on these points, in any position.

    Notes
    -----
    Zaslavsky's recursion: the hyperplanes w.x_j = 0 cut the space into r(x_1..x_m) = r(x_1..x_{m-1}) + r' cells, where
    r' counts the cells that the others cut within the last hyperplane: the points are projected along x_m, and those
    that become parallel count once. Intermediate results are shared; in dimension 2 the count is twice the number of
    lines. Exact integers throughout. The cost grows with the answer, about n^(d-1).

    Raises
    ------
    DataError
        For a zero point, or when there may be more than `MOST_CELLS` cells.

    Examples
    --------
    >>> count_cells([[1, 0], [0, 1], [1, 1], [2, 2]])
    6
    """
    bound = cover_count(len(points), len(points[0])) if len(points) else 1
    if bound > MOST_CELLS:
        raise DataError(
            f"{len(points)} points in dimension {len(points[0])} may give {bound} patterns; at most {MOST_CELLS} are "
            "counted one by one: use Cover's formula (points in general position), or sample regions"
        )
    lines: list[tuple[int, ...]] = []
    for j, point in enumerate(points):
        line = _line(point)
        if not any(line):
            raise DataError(f"point {j} is 0: a unit without bias is 0 there whatever its weights; use a bias")
        lines.append(line)
    return _cells(list(dict.fromkeys(lines)))


def _line(point: Sequence[Rational]) -> tuple[int, ...]:
    """Name the line through 0 and the point by coprime integers of which the first nonzero one is positive."""
    scale = math.lcm(*(Fraction(x).denominator for x in point)) if point else 1
    integers = [int(x * scale) for x in point]
    divisor = math.gcd(*integers) or 1
    if next((x for x in integers if x), 0) < 0:
        divisor = -divisor
    return tuple(x // divisor for x in integers)


def _cells(lines: list[tuple[int, ...]]) -> int:
    """Count the cells of the hyperplanes orthogonal to distinct lines."""
    total = 1
    for m, last in enumerate(lines):
        if len(last) == 2:
            return 2 * len(lines)  # the lines are distinct
        k = next(i for i, x in enumerate(last) if x)
        projected = [_line([x[i] * last[k] - x[k] * last[i] for i in range(len(last)) if i != k]) for x in lines[:m]]
        total += _cells(list(dict.fromkeys(projected)))
    return total
