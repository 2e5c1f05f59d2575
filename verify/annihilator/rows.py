"""The numbers of the rows of C, as ``docs/format/certificate-1.md`` fixes them."""

from __future__ import annotations

import numpy as np

from verify.annihilator.annihilator import Annihilator


class RowNumbers:
    """Row numbers of the condition matrix of an annihilator.

    Rows are numbered through the families in their order; the lines and pairs of a family are ordered by their
    smallest index, the monomials of a moment lexicographically.
    """

    def __init__(self, space: Annihilator) -> None:
        firsts: list[list[np.ndarray]] = [[] for _ in space.families]
        for group, solution in zip(space.groups, space.solutions, strict=True):
            for family, first in solution.places:
                firsts[family].append(group.members[:, first])
        self._firsts = [np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64) for parts in firsts]
        sizes = [len(part) for part in self._firsts]
        for (family, _), size in zip(space.coupling.moments, space.coupling.sizes, strict=True):
            sizes[family] = size
        self._offsets = np.concatenate(([0], np.cumsum(sizes))).tolist()
        self._moments = [
            self._offsets[family] + monomial
            for (family, _), size in zip(space.coupling.moments, space.coupling.sizes, strict=True)
            for monomial in range(size)
        ]

    def local(self, family: int, firsts: np.ndarray) -> list[int]:
        """Rows of one local family that are named by the first points of their line or pair."""
        offset: int = self._offsets[family]
        return [offset + position for position in np.searchsorted(self._firsts[family], firsts).tolist()]

    def moment(self, column: int) -> int:
        """Row of one column of the coupling."""
        return int(self._moments[column])
