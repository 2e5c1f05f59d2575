"""How large an enumeration is, and its division into chunks that are searched one by one, in any order, anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from counterexamples.enumeration.grid import Grid
from counterexamples.enumeration.orderly import Block, Sets, Tally, parts
from verify.errors import SearchError

LIMIT = 10**9
"""Most sets, up to symmetry, that are enumerated unless more is allowed: some hours of one processor."""
_CHUNKS = 2000  # parts of equal weight; most of it falls to symmetry, so the chunks are fewer
_LEAST, _MOST = 20_000, 100_000_000  # sets in a chunk, before symmetry and obstructions are taken into account


@dataclass(frozen=True)
class Chunk:
    """Sets of one size whose supersets are searched together.

    Attributes
    ----------
    number : int
    roots : tuple of tuples of int
        The sets, as sorted lists of classes.
    weight : int
        How many sets have one of them as their first elements: an upper bound of the work.
    """

    number: int
    roots: tuple[tuple[int, ...], ...]
    weight: int


@dataclass(frozen=True)
class Plan:
    """The chunks, and what was examined to make them.

    Attributes
    ----------
    chunks : tuple of Chunk
    tally : Tally
        Of the sets that are not below any chunk: the roots, and those smaller than the roots.
    """

    chunks: tuple[Chunk, ...]
    tally: Tally


def sets_of_points(grid: Grid) -> int:
    """Count the sets of at most `max_points` admitted points of the box, the empty set too.

    All of them are settled in the end: each is fitted, or contains one of the obstructions that are listed.
    """
    return sum(comb(len(grid.points), k) for k in range(min(grid.problem.max_points, len(grid.points)) + 1))


def orbits_at_least(grid: Grid) -> int:
    """Bound the number of orbits of sets of classes from below: there are at most G sets in an orbit."""
    return _weight(grid.size, most_classes(grid)) // len(grid.permutations)


def most_classes(grid: Grid) -> int:
    """The largest size of a set that can be a minimal obstruction, or matter for one."""
    return min(grid.problem.max_points, grid.rank + 1, grid.size)


def make_plan(grid: Grid, *, limit: int) -> Plan:
    """Divide the work; the same grid gives the same plan.

    Raises
    ------
    SearchError
        When there are more than `limit` sets up to symmetry, with their number.
    """
    estimate = orbits_at_least(grid)
    most = most_classes(grid)
    if estimate > limit and grid.rank < grid.size:
        problem = grid.problem
        raise SearchError(
            f"there are {sets_of_points(grid):,} sets of at most {problem.max_points} points of the grid "
            f"{{-{grid.task.box}, ..., {grid.task.box}}}^{problem.dimension}, at least {estimate:,} up to symmetry, "
            f"and the limit is {limit:,}; choose a smaller box or fewer points, raise the limit, or search without "
            "--exhaustive"
        )
    tally = Tally()
    tally.fitted[0] = 1  # the empty set
    if grid.rank == grid.size:  # independent modulo a prime, so independent: every set of the box is fitted
        return Plan((), tally)
    target = min(_MOST, max(_LEAST, _weight(grid.size, most) // _CHUNKS))
    roots: list[tuple[tuple[int, ...], int]] = []
    heavy: list[tuple[int, ...]] = [()] if most else []
    size = 0
    while heavy:
        made: list[tuple[int, ...]] = []
        sets = as_sets(heavy, size)
        for part in parts(grid, np.arange(len(sets)), grid.size):
            block = Block.at(grid, sets[part])
            parents, classes = block.expand(tally)
            made += [tuple(row) for row in np.column_stack([block.sets[parents], classes]).tolist()]
        size += 1
        weights = [_weight(grid.size - 1 - one[-1], most - size) for one in made]
        roots += [(one, weight) for one, weight in zip(made, weights, strict=True) if 1 < weight <= target]
        heavy = [one for one, weight in zip(made, weights, strict=True) if weight > target]
    return Plan(tuple(_grouped(roots, target)), tally)


def as_sets(rows: list[tuple[int, ...]], size: int) -> Sets:
    """Give sets of equal size as an array, whose shape is right also when it is empty."""
    return np.array(rows, dtype=np.intp).reshape(len(rows), size)


def _weight(elements: int, most: int) -> int:
    """Count the sets of at most `most` of some elements, the empty one too."""
    return sum(comb(elements, k) for k in range(most + 1))


def _grouped(roots: list[tuple[tuple[int, ...], int]], target: int) -> list[Chunk]:
    """Put neighbours of equal size together until a chunk has the size that is aimed at."""
    chunks: list[Chunk] = []
    part: list[tuple[int, ...]] = []
    weight = 0
    for one, more in roots:
        if part and (weight + more > target or len(one) != len(part[0])):
            chunks.append(Chunk(len(chunks), tuple(part), weight))
            part, weight = [], 0
        part.append(one)
        weight += more
    if part:
        chunks.append(Chunk(len(chunks), tuple(part), weight))
    return chunks
