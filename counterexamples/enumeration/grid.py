"""The grid {-b, ..., b}^d, its symmetry, and the matrix whose columns say which sets of points are fitted.

The points of a set are elements of a matroid. A point that is an obstruction alone (a loop) and points of one ray any
two of which are an obstruction (parallel elements) are known from the start; one point stands for its ray.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import permutations, product
from math import comb, factorial, gcd, prod

import numpy as np
from numpy.typing import NDArray

from counterexamples.enumeration.columns import GridPoint, columns
from counterexamples.enumeration.elimination import Residues, residues, row_basis
from counterexamples.requirements import Point, admitted, meets, on_line, on_ray
from counterexamples.search.problem import Problem
from verify.errors import SearchError
from verify.model import Model

MOST_GRID_POINTS = 1024
_MOST_BITS = 4_000_000  # 64-bit words of the table of images; a smaller group of symmetries where it would be larger
_WORD = 64

Words = NDArray[np.uint64]


@dataclass(frozen=True)
class Task:
    """What is enumerated, and the prime that is worked with: all that another process needs to know.

    Attributes
    ----------
    problem : Problem
    box : int
        The b of the grid {-b, ..., b}^d.
    prime : int
    """

    problem: Problem
    box: int
    prime: int


class Grid:
    """The elements that sets are made of.

    Attributes
    ----------
    points : list of GridPoint
        The points of the grid that meet the requirements on single points.
    loops : list of GridPoint
        Points that no function of the model reaches alone: obstructions of one point.
    classes : list of lists of GridPoint
        The other points. Those of one list lie on one ray, and any two of them are an obstruction.
    permutations : array of shape (G, e)
        Each signed permutation of the coordinates that keeps the points, as a permutation of the classes.
    matrix : array of shape (r, e)
        Independent rows modulo the prime; a set of classes is fitted modulo the prime exactly if its columns are
        independent.
    """

    def __init__(self, task: Task) -> None:
        self.task, self.problem = task, task.problem
        dimension, box = self.problem.dimension, task.box
        size = (2 * box + 1) ** dimension
        if size > MOST_GRID_POINTS:
            raise SearchError(
                f"the grid {{-{box}, ..., {box}}}^{dimension} has {size} points, and at most {MOST_GRID_POINTS} are "
                "enumerated; choose a smaller box or dimension, or search without --exhaustive"
            )
        self.points = self._admitted(product(range(-box, box + 1), repeat=dimension))
        self._columns = [columns(self.points, model) for model in self._models()]
        loops = [not any(column) for column in self._columns[0]]
        self.loops = [x for x, is_loop in zip(self.points, loops, strict=True) if is_loop]
        members = self._classes([i for i, is_loop in enumerate(loops) if not is_loop])
        self.classes = [[self.points[i] for i in indices] for indices in members]
        self._class_of = {self.points[i]: k for k, indices in enumerate(members) for i in indices}
        chosen = [self._columns[0][indices[0]] for indices in members]
        rows = [list(row) for row in zip(*chosen, strict=True)]
        self.matrix: Residues = row_basis(residues(rows, len(chosen), task.prime), task.prime)
        self.permutations = self._permutations()

    @property
    def size(self) -> int:
        """Number of classes, e."""
        return len(self.classes)

    @property
    def rank(self) -> int:
        """Number of classes of a largest set that is fitted modulo the prime."""
        return len(self.matrix)

    @cached_property
    def words(self) -> int:
        """How many 64-bit words hold a set."""
        return max(1, -(-self.size // _WORD))

    @cached_property
    def bits(self) -> Words:
        """The bit of each class, of shape (e, words): class 0 is the highest bit of the first word.

        So of two sets of equal size the one whose sorted list of classes comes first is the larger number.
        """
        table = np.zeros((self.size, self.words), dtype=np.uint64)
        for k in range(self.size):
            table[k, k // _WORD] = 1 << (_WORD - 1 - k % _WORD)
        return table

    @cached_property
    def image_bits(self) -> Words:
        """The bit of the image of each class under each symmetry, of shape (e, G, words)."""
        return np.ascontiguousarray(self.bits[self.permutations].swapaxes(0, 1))

    @cached_property
    def conflicts(self) -> NDArray[np.bool_] | None:
        """Which two classes no set may hold both of, of shape (e, e); None where every two may stay together."""
        if not self.problem.require & {"distinct_rays", "distinct_lines"}:
            return None
        key = on_line if "distinct_lines" in self.problem.require else on_ray
        keys = [key(_fractions(members[0])) for members in self.classes]
        table = np.array([[a == b for b in keys] for a in keys], dtype=bool).reshape(self.size, self.size)
        np.fill_diagonal(table, False)
        return table if table.any() else None

    def is_admitted(self, chosen: Sequence[int]) -> bool:
        """Whether a set of classes meets the requirement on directions, which is about more than two points."""
        if "general_directions" not in self.problem.require:
            return True
        lines = frozenset(on_line(_fractions(self.classes[k][0])) for k in chosen)
        return _are_general(lines)

    def representatives(self, chosen: Sequence[int]) -> list[GridPoint]:
        """The smallest points of classes."""
        return [self.classes[k][0] for k in chosen]

    def count_like(self, chosen: Sequence[int]) -> int:
        """Count the sets of points that symmetry and changes of points within their classes make of a set."""
        images = np.unique(np.sort(self.permutations[:, list(chosen)], axis=1), axis=0)
        return len(images) * prod(len(self.classes[k]) for k in chosen)

    def parallel_pairs(self) -> list[tuple[tuple[GridPoint, GridPoint], int]]:
        """Obstructions of two points of one class: of each orbit of classes the smallest pair, and how many there are.

        Pairs that differ by symmetry, or by the two points chosen from a class, are counted and not listed.
        """
        found = []
        for k in self._orbit_starts():
            orbit = len(set(self.permutations[:, k].tolist()))
            if len(self.classes[k]) > 1:
                pair = (self.classes[k][0], self.classes[k][1])
                found.append((pair, orbit * comb(len(self.classes[k]), 2)))
        return found

    def loop_orbits(self) -> list[tuple[GridPoint, int]]:
        """Obstructions of one point: the smallest of each orbit, and how many points are like it."""
        left = sorted(self.loops, key=_order)
        found = []
        while left:
            orbit = {tuple(s * left[0][j] for s, j in zip(*move, strict=True)) for move in self._moves}
            found.append((left[0], len(orbit)))
            left = [x for x in left if x not in orbit]
        return found

    def _orbit_starts(self) -> list[int]:
        return [k for k in range(self.size) if k == self.permutations[:, k].min()]

    def _models(self) -> list[Model]:
        return [model for model in (self.problem.fails, self.problem.fits) if model is not None]

    def _admitted(self, points: Iterator[GridPoint]) -> list[GridPoint]:
        """The points that may be in a set at all, the smallest first."""
        kept = [x for x in points if admitted([_fractions(x)], self.problem.require)]
        return sorted(kept, key=_order)

    def _classes(self, indices: list[int]) -> list[list[int]]:
        """Put points of one ray together if any two of them are an obstruction, for every model of the problem."""
        by_ray: dict[Point, list[list[int]]] = {}
        for i in indices:
            mates = by_ray.setdefault(on_ray(_fractions(self.points[i])), [])
            for mate in mates:
                if all(_are_parallel(columns[mate[0]], columns[i]) for columns in self._columns):
                    mate.append(i)
                    break
            else:
                mates.append([i])
        return sorted(members for mates in by_ray.values() for members in mates)

    @cached_property
    def _moves(self) -> list[tuple[Sequence[int], Sequence[int]]]:
        """The signed permutations of the coordinates that keep the points; a subgroup where there are too many."""
        dimension = self.problem.dimension
        room = _MOST_BITS // max(1, self.size * self.words)
        places: list[tuple[int, ...]] = list(permutations(range(dimension))) if factorial(dimension) <= room else []
        if not places or len(places) * 2**dimension > room:
            places = [tuple((j + s) % dimension for j in range(dimension)) for s in range(dimension)] or [()]
        moves = list(product(product((1, -1), repeat=dimension), places))
        present = set(self.points)
        return [
            (signs, move)
            for signs, move in moves
            if all(tuple(s * x[j] for s, j in zip(signs, move, strict=True)) in present for x in self.points)
        ]

    def _permutations(self) -> NDArray[np.intp]:
        table = [
            [self._class_of[tuple(s * members[0][j] for s, j in zip(*move, strict=True))] for members in self.classes]
            for move in self._moves
        ]
        return np.unique(np.array(table, dtype=np.intp).reshape(len(table), self.size), axis=0)


@lru_cache(maxsize=4)
def grid_of(task: Task) -> Grid:
    """Make the grid of a task, once in each process."""
    return Grid(task)


@lru_cache(maxsize=100_000)
def _are_general(lines: frozenset[Point]) -> bool:
    return meets(sorted(lines), frozenset({"general_directions"}))


def _are_parallel(first: Sequence[int], second: Sequence[int]) -> bool:
    """Whether two integer vectors are both 0, or both not and multiples of each other."""
    lead = next((j for j, a in enumerate(first) if a), None)
    if lead is None or not any(second):
        return lead is None and not any(second)
    return all(a * second[lead] == b * first[lead] for a, b in zip(first, second, strict=True))


def _order(x: GridPoint) -> tuple[int, int, int, tuple[int, ...]]:
    """Small points first; among those of one size and direction the positive ones first."""
    return max(map(abs, x), default=0), sum(a * a for a in x), gcd(*x), tuple(-a for a in x)


def _fractions(x: GridPoint) -> Point:
    return tuple(map(Fraction, x))
