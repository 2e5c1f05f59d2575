"""Minimal obstructions of a grid, by brute force and from the theorem about ReLU, and orbits: no code of the search."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from itertools import combinations, permutations, product
from math import gcd

import oracle

from counterexamples.search import Exhaustion
from verify import decide

GridPoint = tuple[int, ...]
GridSet = frozenset[GridPoint]


def grid(box: int, dimension: int) -> list[GridPoint]:
    return list(product(range(-box, box + 1), repeat=dimension))


def signed_permutations(dimension: int) -> list[Callable[[GridPoint], GridPoint]]:
    def move(signs: Sequence[int], places: Sequence[int]) -> Callable[[GridPoint], GridPoint]:
        return lambda x: tuple(s * x[j] for s, j in zip(signs, places, strict=True))

    return [
        move(signs, places)
        for signs in product((1, -1), repeat=dimension)
        for places in permutations(range(dimension))
    ]


def on_ray(x: GridPoint) -> GridPoint:
    return tuple(a // (gcd(*x) or 1) for a in x)


def relu_circuits(box: int, dimension: int, most: int) -> set[GridSet]:
    """The zero point, two points of one ray, and two points on each of k lines whose directions form a circuit."""
    nonzero = [x for x in grid(box, dimension) if any(x)]
    rays: dict[GridPoint, list[GridPoint]] = {}
    for x in nonzero:
        rays.setdefault(on_ray(x), []).append(x)
    found = {frozenset([(0,) * dimension])}
    found |= {frozenset(pair) for ray in rays.values() for pair in combinations(ray, 2)} if most > 1 else set()
    directions = [u for u in rays if u > tuple(-a for a in u)]
    for k in range(3, min(dimension + 1, most // 2) + 1):
        for chosen in combinations(directions, k):
            if is_circuit(chosen):
                sides = [side for u in chosen for side in (rays[u], rays[tuple(-a for a in u)])]
                found |= {frozenset(points) for points in product(*sides)}
    return found


def is_circuit(vectors: Sequence[GridPoint]) -> bool:
    def rank(rows: Sequence[GridPoint]) -> int:
        return oracle.rank([[Fraction(a) for a in row] for row in rows], len(vectors[0]))

    k = len(vectors)
    return rank(vectors) == k - 1 and all(rank(rest) == k - 1 for rest in combinations(vectors, k - 1))


def brute_force(
    points: Sequence[GridPoint], most: int, is_one: Callable[[GridSet], bool], fails: Callable[[GridSet], bool]
) -> set[GridSet]:
    """All sets that fail and hold no smaller one that fails, of those that are one of the sets asked for."""
    found: set[GridSet] = set()
    failing: list[GridSet] = []
    for k in range(1, most + 1):
        new = [
            chosen
            for chosen in map(frozenset, combinations(points, k))
            if not any(smaller <= chosen for smaller in failing) and fails(chosen)
        ]
        failing += new
        found |= {chosen for chosen in new if is_one(chosen)}
    return found


def fails_by_decision(spec: str) -> Callable[[GridSet], bool]:
    return lambda chosen: bool(decide(sorted(chosen), spec).nullity)


def expanded(result: Exhaustion) -> list[set[GridSet]]:
    """For each class that was listed, all sets that are said to be like it."""
    models = [str(m) for m in (result.problem.fails, result.problem.fits) if m is not None]
    points = grid(result.box, result.problem.dimension)
    if "nonnegative" in result.problem.require:
        points = [x for x in points if min(x, default=0) >= 0]
    present = set(points)
    moves = [move for move in signed_permutations(result.problem.dimension) if {move(x) for x in points} == present]

    def mates(x: GridPoint) -> Iterator[GridPoint]:
        for y in points:
            same_ray = any(x) and any(y) and on_ray(x) == on_ray(y)
            if y == x or (same_ray and all(decide([x, y], model).nullity for model in models)):
                yield y

    by_point = {x: list(mates(x)) for one in result.obstructions for x in one.points}
    classes = []
    for one in result.obstructions:
        if len(one.points) == 2 and one.points[1] in by_point[one.points[0]]:  # two points of one class
            starts = [frozenset(pair) for pair in combinations(by_point[one.points[0]], 2)]
        else:
            starts = [frozenset(chosen) for chosen in product(*(by_point[x] for x in one.points))]
        classes.append({frozenset(map(move, start)) for start in starts for move in moves})
    return classes


def burnside(box: int, dimension: int, most: int) -> list[int]:
    """The number of orbits of sets of k points of the grid, for k = 0 to `most`: the mean number of fixed sets."""
    points = grid(box, dimension)
    moves = signed_permutations(dimension)
    total = [0] * (most + 1)
    for move in moves:
        lengths, seen = [], set[GridPoint]()
        for x in points:
            length = 0
            while x not in seen:
                seen.add(x)
                x, length = move(x), length + 1
            lengths += [length] if length else []
        fixed = reduce(lambda p, n: _times(p, n, most), lengths, [1] + [0] * most)
        total = [a + b for a, b in zip(total, fixed, strict=True)]
    assert all(a % len(moves) == 0 for a in total)
    return [a // len(moves) for a in total]


def _times(polynomial: list[int], length: int, most: int) -> list[int]:
    return [a + (polynomial[k - length] if k >= length else 0) for k, a in enumerate(polynomial[: most + 1])]
