"""The condition matrix of integer points, column by column, in integers.

On a line through 0 every integer point is an integer multiple of the primitive one, so all weights are integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from math import comb, gcd, prod
from typing import TypeAlias

from counterexamples.search.problem import conditions
from verify.errors import SearchError
from verify.model import Family, Model

GridPoint: TypeAlias = tuple[int, ...]

MOST_CELLS = 1_000_000


def columns(points: Sequence[GridPoint], model: Model) -> list[tuple[int, ...]]:
    """Give the column of each point.

    A set of the points is fitted by the model exactly if its columns are linearly independent.

    Raises
    ------
    SearchError
        When the matrix would have more than a million entries.

    Examples
    --------
    >>> columns([(1, 0), (2, 0), (-1, 0), (0, 1)], Model("relu"))
    [(1, 0, 1, 0), (2, 0, 2, 0), (1, 0, -1, 0), (0, 1, 0, 1)]
    """
    families = conditions(model)
    rows: list[list[int]] = []
    for family in families:
        width = len(points[0]) + family.lifted if points else 0
        monomials = comb(width + family.degree - 1, family.degree) if family.degree else 1
        size = monomials if family.kind == "moment" else len({_line(z, family) for z in _lifted(points, family)})
        if (len(rows) + size) * len(points) > MOST_CELLS:
            raise SearchError(
                f"the conditions of {model} on {len(points)} grid points are a matrix of more than a million entries; "
                "choose a smaller box or dimension"
            )
        rows += _rows(_lifted(points, family), family)
    return list(zip(*rows, strict=True)) if rows else [() for _ in points]


def _lifted(points: Sequence[GridPoint], family: Family) -> list[GridPoint]:
    return [(*x, 1) for x in points] if family.lifted else list(points)


def _rows(points: Sequence[GridPoint], family: Family) -> list[list[int]]:
    if family.kind == "moment":
        width = len(points[0]) if points else 0
        indices = combinations_with_replacement(range(width), family.degree)
        exponents = [[index.count(j) for j in range(width)] for index in indices]
        return [[prod(map(pow, x, powers)) for x in points] for powers in exponents]
    parts: dict[GridPoint, list[int]] = {}
    for i, x in enumerate(points):
        if any(x):
            parts.setdefault(_line(x, family), []).append(i)
    is_signed = family.kind in ("signed_line", "pair_difference")
    made = []
    for direction, members in parts.items():
        row = [0] * len(points)
        lead = next(j for j, a in enumerate(direction) if a)
        for i in members:
            t = points[i][lead] // direction[lead]
            row[i] = abs(t) ** family.degree * (-1 if is_signed and t < 0 else 1)
        made.append(row)
    return made


def _line(x: GridPoint, family: Family) -> GridPoint:
    """What points of one line have in common, or points of one antipodal pair."""
    whole = 1 if family.kind.startswith("pair") else gcd(*x) or 1
    lead = next((a for a in x if a), 1)
    return tuple(a // whole if lead > 0 else -a // whole for a in x)
