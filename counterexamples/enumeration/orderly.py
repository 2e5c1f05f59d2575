"""Orderly generation: one set of each orbit, level by level, and no set that contains an obstruction.

A set of classes is a sorted list; it is *canonical* when no symmetry maps it to a list that comes first. Without its
last element a canonical set is canonical too, so each is made exactly once, from that one, and no list of the sets
seen so far is needed: what lies below different sets can be searched in different processes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from counterexamples.enumeration.elimination import Residues, eliminate
from counterexamples.enumeration.grid import Grid, Words

Sets = NDArray[np.intp]

_BLOCK_BYTES = 4_000_000  # of the matrices and images of the sets that are extended together
_SMALLEST_BLOCK, _LARGEST_BLOCK = 8, 2048
_FIRST_BATCH = 4  # symmetries that are tried on all sets, before the others on those that are left


@dataclass
class Tally:
    """What became of the sets that were examined.

    Attributes
    ----------
    examined : Counter
        By size, how many sets were made and looked at.
    fitted : Counter
        By size, how many of them are canonical and fitted: one for each orbit.
    obstructions : list of tuples of int
        The canonical minimal obstructions, as sorted lists of classes.
    """

    examined: Counter[int] = field(default_factory=Counter)
    fitted: Counter[int] = field(default_factory=Counter)
    obstructions: list[tuple[int, ...]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add the numbers of another tally."""
        self.examined += other.examined
        self.fitted += other.fitted
        self.obstructions += other.obstructions


class Block:
    """Canonical fitted sets of one size, that are extended together.

    Attributes
    ----------
    sets : array of shape (N, k)
        Sorted lists of classes.
    masks : array of shape (N, words)
    images : array of shape (N, G, words)
        The mask of the image under each symmetry.
    tableaux : array of shape (N, r, e - first)
        The matrix, eliminated at the columns of the set; classes before `first` extend no set of the block.
    allowed : array of shape (N, e), or None
        The classes that conflict with none of the set.
    """

    def __init__(
        self,
        grid: Grid,
        sets: Sets,
        masks: Words,
        images: Words,
        tableaux: Residues,
        first: int,
        allowed: NDArray[np.bool_] | None,
    ) -> None:
        self.grid, self.sets, self.masks, self.images = grid, sets, masks, images
        self.tableaux, self.first, self.allowed = tableaux, first, allowed

    @classmethod
    def empty_set(cls, grid: Grid) -> Block:
        """The block of the empty set alone."""
        words, symmetries = grid.words, len(grid.permutations)
        allowed = None if grid.conflicts is None else np.ones((1, grid.size), dtype=bool)
        return cls(
            grid,
            np.zeros((1, 0), dtype=np.intp),
            np.zeros((1, words), dtype=np.uint64),
            np.zeros((1, symmetries, words), dtype=np.uint64),
            grid.matrix[None].copy(),
            0,
            allowed,
        )

    @classmethod
    def at(cls, grid: Grid, sets: Sets) -> Block:
        """The block of given sets."""
        block = cls.empty_set(grid)
        block = block.extended(np.zeros(len(sets), dtype=np.intp), None) if len(sets) != 1 else block
        for column in sets.T:
            block = block.extended(np.arange(len(sets)), column)
        return block

    def extended(self, parents: Sets, classes: Sets | None) -> Block:
        """The block of the sets with these numbers, each with one class more (or none); classes are increasing or not.

        Columns up to the smallest new class are dropped: sets are extended by larger classes alone.
        """
        grid, k = self.grid, self.sets.shape[1]
        allowed = None if self.allowed is None else self.allowed[parents]
        if classes is None:
            return Block(
                grid,
                self.sets[parents],
                self.masks[parents],
                self.images[parents],
                self.tableaux[parents],
                self.first,
                allowed,
            )
        if allowed is not None and grid.conflicts is not None:
            allowed &= ~grid.conflicts[classes]
        tableaux = self.tableaux[parents]
        eliminate(tableaux, k, classes - self.first, grid.task.prime)
        first = int(classes.min(initial=grid.size)) + 1
        return Block(
            grid,
            np.column_stack([self.sets[parents], classes]),
            self.masks[parents] | grid.bits[classes],
            self.images[parents] | grid.image_bits[classes],
            np.ascontiguousarray(tableaux[:, :, first - self.first :]),
            first,
            allowed,
        )

    def candidates(self) -> NDArray[np.bool_]:
        """Which classes extend which set, of shape (N, e - first): larger ones that do not conflict."""
        classes = np.arange(self.first, self.grid.size)
        last = self.sets[:, -1:] if self.sets.shape[1] else np.full((len(self.sets), 1), -1)
        chosen = classes > last
        return chosen if self.allowed is None else chosen & self.allowed[:, self.first :]

    def expand(self, tally: Tally) -> tuple[Sets, Sets]:
        """Examine every set with one class more; give the canonical fitted ones, as (number of the set, class).

        With the columns of a fitted set eliminated, the column of one more class is 0 below the pivot rows exactly if
        the larger set is an obstruction, and then the set is minimal exactly if no entry in a pivot row is 0.
        """
        k = self.sets.shape[1]
        candidates = self.candidates()
        tally.examined[k + 1] += int(candidates.sum())
        fitted = (self.tableaux[:, k:] != 0).any(axis=1)
        minimal = ~fitted & (self.tableaux[:, :k] != 0).all(axis=1)
        parents, columns = np.nonzero(candidates & (fitted | minimal))
        chosen = self._canonical(parents, columns + self.first)
        parents, columns = parents[chosen], columns[chosen]
        classes = columns + self.first
        is_fitted = fitted[parents, columns]
        if "general_directions" in self.grid.problem.require:
            made = zip(self.sets[parents].tolist(), classes.tolist(), strict=True)
            kept = np.array([self.grid.is_admitted([*others, new]) for others, new in made], dtype=bool)
            parents, classes, is_fitted = parents[kept], classes[kept], is_fitted[kept]
        tally.fitted[k + 1] += int(is_fitted.sum())
        found = np.column_stack([self.sets[parents[~is_fitted]], classes[~is_fitted]])
        tally.obstructions += [tuple(row) for row in found.tolist()]
        return parents[is_fitted], classes[is_fitted]

    def _canonical(self, parents: Sets, classes: Sets) -> Sets:
        """Which of the sets with one class more come first in their orbit; their numbers, increasing."""
        grid = self.grid
        left = np.arange(len(parents))
        own = self.masks[parents] | grid.bits[classes]
        start, batch = 0, _FIRST_BATCH
        while start < len(grid.permutations) and len(left):
            stop = start + batch
            images = self.images[parents[left], start:stop] | grid.image_bits[classes[left], start:stop]
            left = left[~_is_larger(images, own[left][:, None]).any(axis=1)]
            start, batch = stop, 4 * batch
        return left


def search_below(grid: Grid, sets: Sets, most: int) -> Tally:
    """Examine everything that is made from given canonical fitted sets of one size by adding classes.

    Parameters
    ----------
    grid : Grid
    sets : array of shape (N, k)
    most : int
        Largest size of a set.
    """
    tally = Tally()
    if sets.shape[1] < most:
        for part in parts(grid, np.arange(len(sets)), grid.size):
            _descend(Block.at(grid, sets[part]), most, tally)
    return tally


def _descend(block: Block, most: int, tally: Tally) -> None:
    parents, classes = block.expand(tally)
    if block.sets.shape[1] + 1 >= most or not len(parents):
        return
    order = np.argsort(classes, kind="stable")
    for part in parts(block.grid, order, block.grid.size - block.first):
        _descend(block.extended(parents[part], classes[part]), most, tally)


def parts(grid: Grid, order: Sets, columns: int) -> Iterator[Sets]:
    """Cut a list of sets into parts whose matrices and images stay in the caches of the processor."""
    each = 8 * (grid.rank * columns + len(grid.permutations) * grid.words)
    size = min(_LARGEST_BLOCK, max(_SMALLEST_BLOCK, _BLOCK_BYTES // max(1, each)))
    for start in range(0, len(order), size):
        yield order[start : start + size]


def _is_larger(images: Words, own: Words) -> NDArray[np.bool_]:
    """Compare numbers of several words, the first word first; of shape (..., words)."""
    words = images.shape[-1]
    larger = images[..., words - 1] > own[..., words - 1]
    for word in reversed(range(words - 1)):
        a, b = images[..., word], own[..., word]
        larger = (a > b) | ((a == b) & larger)
    return np.asarray(larger)
