"""The dense part: how moments couple the blocks.

Each image vector nu of a block with first point x_r contributes one row q(nu): for every moment family of degree k the
tensor tau_k x_r^(tensor k), written in monomials. A combination sum a_nu nu annihilates the model iff sum a_nu q(nu)
is 0. So all that is left of the annihilator is the left null space of the tall, thin matrix Q of these rows.

Q may have a million rows and ten columns. A few rows are chosen as a basis; then *every* other row is multiplied,
exactly, with a basis of the basis rows' null space: a nonzero product is a new independent row, and when there is none
left the rank is proved.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, lcm

import numpy as np

from verify.annihilator.integer_arrays import Integers, as_integers, product, times
from verify.annihilator.local import LocalSolution
from verify.data.exact_array import ExactArray
from verify.data.lines import BlockGroup
from verify.flint_backend import RationalMatrix, independent_rows, independent_rows_exact
from verify.model import Family

_SLAB = 1 << 16


@dataclass(frozen=True)
class Image:
    """One image vector: number `vector` of the images of block `block` of group `group`."""

    group: int
    block: int
    vector: int


def monomials(dimension: int, degree: int) -> list[tuple[int, ...]]:
    """Index tuples j_1 <= ... <= j_k in lexicographic order: the rows of a moment family."""
    return list(itertools.combinations_with_replacement(range(dimension), degree))


def veronese(points: ExactArray, indices: np.ndarray, family: Family) -> tuple[Integers, list[int]]:
    """Monomials of the points, as integers.

    Returns
    -------
    values : integer array of shape (len(indices), number of monomials)
    scale : list of int
        True monomial = value / scale, column by column.
    """
    integers, scale = points.integers(indices)
    if family.lifted:
        one = np.ones((len(integers), 1), dtype=np.int64)
        integers, scale = np.concatenate([integers, one], axis=1), (*scale, 1)
    rows = monomials(integers.shape[1], family.degree)
    values: Integers = np.ones((len(integers), len(rows)), dtype=np.int64)
    for position in range(family.degree):
        values = times(values, integers[:, [row[position] for row in rows]])
    scales = []
    for row in rows:
        factor = 1
        for j in row:
            factor *= scale[j]
        scales.append(factor)
    return values, scales


class Coupling:
    """The matrix Q, its rank and a basis of its rows.

    Parameters
    ----------
    points : ExactArray of shape (n, d)
    groups, solutions : the blocks and their local solutions, in the same order
    families : sequence of Family

    Attributes
    ----------
    width : int
        Number of columns of Q: monomials of all moment families together.
    basis : list of Image
        Images whose rows are a basis of the row space of Q; its length is the rank.
    columns : list of int
        Columns on which the basis rows are nonsingular.
    """

    def __init__(
        self,
        points: ExactArray,
        groups: Sequence[BlockGroup],
        solutions: Sequence[LocalSolution],
        families: Sequence[Family],
    ) -> None:
        self._points, self._groups, self._solutions = points, groups, solutions
        self.moments = [(f, family) for f, family in enumerate(families) if family.kind == "moment"]
        self.sizes = [_monomial_count(points.shape[1], family) for _, family in self.moments]
        self.width = sum(self.sizes)
        self.basis: list[Image] = []
        self.columns: list[int] = []
        self._rows: list[list[int]] = []
        self._null: Integers | None = None
        self._inverse: RationalMatrix | None = None
        if self.width:
            for places, rows in self._batches():
                self._absorb(places, rows)
                if self.rank == self.width:
                    break

    @staticmethod
    def width_of(dimension: int, families: Sequence[Family]) -> int:
        """Return the number of monomials of all moment families together."""
        return sum(_monomial_count(dimension, family) for family in families if family.kind == "moment")

    @property
    def rank(self) -> int:
        """Rank of Q."""
        return len(self.basis)

    def slabs(self) -> Iterator[tuple[tuple[int, int, slice], Integers]]:
        """Yield the rows of Q in slabs: (group, image vector, slice of its blocks), rows as integers."""
        for g, (group, solution) in enumerate(zip(self._groups, self._solutions, strict=True)):
            for v, image in enumerate(solution.images):
                for blocks in _slices(len(group.members), 4 * self.width):
                    first = group.members[blocks, 0]
                    parts = [
                        times(self.monomials_of(first, m)[0], tau) if tau else np.zeros((len(first), size), np.int64)
                        for m, (tau, size) in enumerate(zip(image.tau, self.sizes, strict=True))
                    ]
                    yield (g, v, blocks), np.concatenate(parts, axis=1)

    def monomials_of(self, indices: np.ndarray, moment: int) -> tuple[Integers, list[int]]:
        """Monomials of some points for one of the moment families."""
        return veronese(self._points, indices, self.moments[moment][1])

    def _batches(self) -> Iterator[tuple[list[tuple[int, int, slice]], Integers]]:
        """Join small slabs, so that a short matrix is eliminated at one stroke."""
        places: list[tuple[int, int, slice]] = []
        parts: list[Integers] = []
        for place, rows in self.slabs():
            places.append(place)
            parts.append(rows)
            if sum(len(part) for part in parts) >= 2 * self.width:
                yield places, np.concatenate(parts)
                places, parts = [], []
        if parts:
            yield places, np.concatenate(parts)

    def _absorb(self, places: list[tuple[int, int, slice]], rows: Integers) -> None:
        """Extend the basis until it spans the given rows too."""
        choose = independent_rows
        while self.rank < self.width:
            if self._rows and self._null is None:
                self._null = self._null_space()
            image = rows if self._null is None else product(rows, self._null)
            outside = np.flatnonzero((image != 0).any(axis=1))
            if not outside.size:
                return
            some = outside[: self.width - self.rank + 8].tolist()
            candidates = self._rows + [[int(x) for x in rows[i]] for i in some]
            chosen, columns = choose(candidates, self.width)
            # Only an unlucky prime finds no progress, or finds rows of the basis dependent that are not.
            if len(chosen) <= self.rank or chosen[: self.rank] != list(range(self.rank)):
                choose = independent_rows_exact
                continue
            names = self.basis + [_locate(places, i) for i in some]
            self.basis = [names[i] for i in chosen]
            self._rows = [candidates[i] for i in chosen]
            self.columns = columns
            self._null = self._inverse = None
            if len(chosen) == len(candidates) and len(some) == len(outside):
                return

    def _null_space(self) -> Integers:
        """An integer basis, as columns, of the null space of the basis rows."""
        free = sorted(set(range(self.width)) - set(self.columns))
        if not free:
            return np.zeros((self.width, 0), dtype=np.int64)
        solved = (self.inverse @ RationalMatrix([[row[j] for j in free] for row in self._rows])).tolist()
        null = np.zeros((self.width, len(free)), dtype=object)
        for k, j in enumerate(free):
            scale = lcm(*(row[k].denominator for row in solved))
            null[j, k] = -scale
            for column, row in zip(self.columns, solved, strict=True):
                null[column, k] = int(row[k] * scale)
        return as_integers(null)

    @property
    def inverse(self) -> RationalMatrix:
        """Inverse of the (nonempty) basis rows on `columns`."""
        if self._inverse is None:
            self._inverse = RationalMatrix([[row[j] for j in self.columns] for row in self._rows]).inverse()
        return self._inverse

    def coefficients(self, rows: Integers) -> list[list[Fraction]]:
        """Write rows of Q in the basis: each row is the sum of its coefficients times the basis rows."""
        if not self.rank or not len(rows):
            return [[] for _ in rows]
        return (RationalMatrix([[int(x) for x in row[self.columns]] for row in rows]) @ self.inverse).tolist()


def _slices(length: int, first: int) -> Iterator[slice]:
    """Cut a range into slabs: a short one, which nearly always decides the rank, then long ones."""
    start, stop = 0, min(first, length)
    while start < length:
        yield slice(start, stop)
        start, stop = stop, min(stop + _SLAB, length)


def _monomial_count(dimension: int, family: Family) -> int:
    variables = dimension + family.lifted
    return comb(variables + family.degree - 1, family.degree) if variables else int(family.degree == 0)


def _locate(places: list[tuple[int, int, slice]], position: int) -> Image:
    """Name the image vector of one row of a batch."""
    for group, vector, blocks in places:
        size = blocks.stop - blocks.start
        if position < size:
            return Image(group, blocks.start + position, vector)
        position -= size
    raise IndexError(position)
