"""Which rows of an activation pattern exist: weights strictly inside, or Gordan's proof that there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verify.landscapes.regions.farkas import Solution, nonnegative_solution
from verify.landscapes.regions.patterns import Pattern, Points, Rational, dot
from verify.rational import format_rational


@dataclass(frozen=True)
class Realization:
    """Whether one unit can be active at exactly the given points.

    Attributes
    ----------
    weights : tuple of Fraction, or None
        With w.x_j > 0 where the unit is to be active and w.x_j < 0 elsewhere.
    multipliers : tuple of Fraction, or None
        Otherwise: c >= 0, not all 0, with sum_j c_j s_j x_j = 0, where s_j is 1 where the unit is to be active and -1
        elsewhere. For such w, the sum of c_j s_j w.x_j would be both positive and 0.
    """

    weights: tuple[Fraction, ...] | None
    multipliers: tuple[Fraction, ...] | None

    @property
    def is_realizable(self) -> bool:
        """Whether such weights exist."""
        return self.weights is not None

    def check(self, points: Points, row: Sequence[int]) -> bool:
        """Multiply out whether the proof holds, in rational arithmetic."""
        signs = [1 if active else -1 for active in row]
        if self.weights is not None:
            w = self.weights
            return all(sign * dot(w, x) > 0 for sign, x in zip(signs, points, strict=True))
        c = self.multipliers or ()
        scaled = [sign * value for sign, value in zip(signs, c, strict=True)]
        sums = [dot(scaled, column) for column in zip(*points, strict=True)]
        return all(value >= 0 for value in c) and any(c) and not any(sums)

    def to_json(self) -> dict[str, Any]:
        """Give a JSON-ready mapping."""
        key, values = ("weights", self.weights) if self.weights is not None else ("multipliers", self.multipliers)
        return {"realizable": self.is_realizable, key: [format_rational(x) for x in values or ()]}


def realize(points: Points, row: Sequence[int]) -> Realization:
    """Find weights of a unit that is active at exactly the given points, or prove that there are none.

    Parameters
    ----------
    points : n vectors of d rationals
        What the unit sees: `hidden_inputs`.
    row : n zeros and ones

    Notes
    -----
    Gordan's theorem: either w.(s_j x_j) > 0 for all j has a solution w, or sum c_j s_j x_j = 0 has a solution c >= 0
    other than 0. An exact simplex method on d + 1 equations finds which, in O(d n) integer operations for each pivot.

    Examples
    --------
    >>> realize([[1, 0], [0, 1]], [1, 0]).weights
    (Fraction(1, 1), Fraction(-1, 1))
    >>> realize([[1], [2]], [1, 0]).multipliers
    (Fraction(2, 3), Fraction(1, 3))
    """
    signs = [1 if active else -1 for active in row]
    signed: list[tuple[Rational, ...]] = [
        tuple(sign * x for x in point) for sign, point in zip(signs, points, strict=True)
    ]
    dimension = len(points[0]) if len(points) else 0
    equations: list[list[Rational]] = [[x[k] for x in signed] for k in range(dimension)]
    found = nonnegative_solution([*equations, [1] * len(signed)], [*([0] * dimension), 1])
    if isinstance(found, Solution):
        return Realization(None, found.x)
    scale = found.y[-1]
    return Realization(tuple(-y / scale for y in found.y[:-1]), None)


def realize_pattern(points: Points, pattern: Pattern) -> list[Realization]:
    """Decide each unit of a pattern; the region is there when every one of them is realizable."""
    known: dict[tuple[int, ...], Realization] = {}
    rows = [tuple(int(x) for x in row) for row in pattern]
    for row in rows:
        if row not in known:
            known[row] = realize(points, row)
    return [known[row] for row in rows]
