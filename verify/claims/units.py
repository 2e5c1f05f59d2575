"""What ReLU units of any weights can do on some points, found by enumerating their regions: independent of `decide`."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

from verify.flint_backend import rank
from verify.landscapes.regions.enumeration import enumerate_rows
from verify.landscapes.regions.patterns import Points, dot

Rational = Fraction | int


def unit_values(points: Points) -> list[list[Rational]]:
    """Span the values (relu(w.x_1), ..., relu(w.x_n)) of all w: on each region they are linear in w.

    Returns
    -------
    list of vectors
        For each region and each coordinate k, the vector with the entries x_jk where the unit is active. Each region is
        open, so its weights span the space, and regions of weights on which a point is 0 are limits of others.

    Examples
    --------
    >>> rank(unit_values([[1, 2], [2, 4]]))
    1
    """
    nonzero = [j for j, point in enumerate(points) if any(point)]
    vectors: list[list[Rational]] = []
    for row in enumerate_rows([points[j] for j in nonzero]):
        active = {j for j, a in zip(nonzero, row, strict=True) if a}
        for k in range(len(points[0])):
            vectors.append([point[k] if j in active else 0 for j, point in enumerate(points)])
    return vectors or [[0] * len(points)]


def annihilates(c: Sequence[Rational], points: Points) -> bool:
    """Whether sum_j c_j relu(w.x_j) = 0 for all w, decided region by region."""
    return not any(dot(c, vector) for vector in unit_values(points))


def relu_rank(points: Points) -> int:
    """Rank of the data for bias-free ReLU networks of any width, decided region by region."""
    return rank(unit_values(points))


def structured_points(n: int, dimension: int, rng: random.Random) -> list[tuple[int, ...]]:
    """Draw distinct points with small coordinates, antipodes and multiples among them."""
    points: list[tuple[int, ...]] = []
    while len(points) < n:
        if points and rng.random() < 0.4:
            factor = rng.choice((-1, -1, 2, -2))
            new = tuple(factor * x for x in rng.choice(points))
        else:
            new = tuple(rng.randint(-3, 3) for _ in range(dimension))
        if new not in points:
            points.append(new)
    return points


def relu_rank_formula(points: Points) -> int:
    """The closed form: number of lines, plus the rank of the directions of the lines with data on both sides of 0."""
    sides: dict[tuple[Fraction, ...], set[bool]] = {}
    for point in points:
        lead = next((x for x in point if x), None)
        if lead is not None:
            sides.setdefault(tuple(Fraction(x) / lead for x in point), set()).add(lead > 0)
    return len(sides) + rank([list(line) for line, signs in sides.items() if len(signs) == 2])
