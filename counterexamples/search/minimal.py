"""From a set that fails to one of which no proper subset fails, and when two such sets count as the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import TypeAlias

from counterexamples.requirements import Point

Shape: TypeAlias = tuple[tuple[Fraction, ...], ...]


def reduced(points: Sequence[Point], holds: Callable[[Sequence[Point]], bool]) -> list[Point]:
    """Remove points, from the last to the first, for as long as what holds goes on to hold.

    When `holds` is inherited by larger sets, at least among the subsets of `points`, no proper subset of the result
    holds: a point that could not be left out of a larger set cannot be left out of a smaller one.

    Examples
    --------
    >>> has_two = lambda points: len(points) >= 2
    >>> reduced([(Fraction(a),) for a in (5, 6, 7)], has_two)
    [(Fraction(5, 1),), (Fraction(6, 1),)]
    """
    kept = list(points)
    for i in reversed(range(len(kept))):
        rest = kept[:i] + kept[i + 1 :]
        if holds(rest):
            kept = rest
    return kept


def is_minimal(points: Sequence[Point], holds: Callable[[Sequence[Point]], bool]) -> bool:
    """Whether the set fails and without any one of its points it does not; then no proper subset fails."""
    without = (tuple(x for j, x in enumerate(points) if j != i) for i in range(len(points)))
    return holds(points) and not any(holds(rest) for rest in without)


def primitive(points: Sequence[Point]) -> list[Point]:
    """Scale all points by one positive number to integers without a common factor.

    No verdict changes: scaling the points is undone by scaling the weights.

    Examples
    --------
    >>> primitive([(Fraction(1, 2), Fraction(3)), (Fraction(-1), Fraction(0))])
    [(Fraction(1, 1), Fraction(6, 1)), (Fraction(-2, 1), Fraction(0, 1))]
    """
    entries = [a for x in points for a in x]
    scale = lcm(*(a.denominator for a in entries))
    factor = Fraction(scale, gcd(*(int(a * scale) for a in entries)) or 1)
    return [tuple(a * factor for a in x) for x in points]


def shape(points: Sequence[Point]) -> Shape:
    """Describe a set up to the order of its points, signed permutations of the coordinates (any rotation) and scaling.

    For each point the sorted scalar products with all points, over the largest of them; the list of these is sorted.
    Sets with equal shapes count as one find. That never hides one that a rotation or a scaling would not map to
    points with the same scalar products at every point.

    Examples
    --------
    >>> east, north, far = (Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)), (Fraction(0), Fraction(-3))
    >>> shape([east, north]) == shape([far, (Fraction(3), Fraction(0))])
    True
    """
    products = [[sum((a * b for a, b in zip(x, z, strict=True)), Fraction(0)) for z in points] for x in points]
    largest = max((abs(a) for row in products for a in row), default=Fraction(0)) or Fraction(1)
    return tuple(sorted(tuple(sorted(a / largest for a in row)) for row in products))
