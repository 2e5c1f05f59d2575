"""The patterns of one unit, one by one, each with weights that have it."""

from __future__ import annotations

from fractions import Fraction

from verify.errors import DataError
from verify.landscapes.regions.counting import cover_count
from verify.landscapes.regions.patterns import Points, dot
from verify.landscapes.regions.realizable import realize

MOST_ROWS = 20_000
"""Largest number of patterns that are enumerated."""


def enumerate_rows(points: Points) -> dict[tuple[int, ...], tuple[Fraction, ...]]:
    """List every pattern that one unit can have on these points, with weights of each.

    A point is added at a time: a pattern of the points so far goes on with the side its weights are on, and with the
    other side if an exact linear program finds weights there; its Farkas certificate proves that the list is complete.

    Returns
    -------
    dict
        Patterns (n zeros and ones) to weights, in order.

    Raises
    ------
    DataError
        When there may be more than `MOST_ROWS` patterns (by Cover's bound), or a point is 0.

    Examples
    --------
    >>> list(enumerate_rows([[1, 0], [0, 1], [1, 1]]))
    [(0, 0, 0), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 0, 1), (1, 1, 1)]
    """
    n = len(points)
    if n and cover_count(n, len(points[0])) > MOST_ROWS:
        raise DataError(
            f"{n} points in dimension {len(points[0])} may give {cover_count(n, len(points[0]))} patterns; at most "
            f"{MOST_ROWS} are enumerated: count them instead, or sample regions"
        )
    rows: dict[tuple[int, ...], tuple[Fraction, ...]] = {}
    if n:
        if any(not any(point) for point in points):
            raise DataError("a point is 0: a unit without bias is 0 there whatever its weights; use a bias")
        first = tuple(Fraction(x) for x in points[0])
        rows = {(1,): first, (0,): tuple(-x for x in first)}
    for m in range(1, n):
        longer: dict[tuple[int, ...], tuple[Fraction, ...]] = {}
        for row, weights in rows.items():
            value = dot(weights, points[m])
            for side in (0, 1):
                if value and (value > 0) == bool(side):
                    longer[(*row, side)] = weights
                    continue
                found = realize(points[: m + 1], (*row, side)).weights
                if found is not None:
                    longer[(*row, side)] = found
        rows = longer
    return dict(sorted(rows.items()))
