"""The numbers and the scale of the rows of C, as ``docs/format/certificate-1.md`` fixes them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from math import gcd, prod

import numpy as np

from verify.annihilator.annihilator import Annihilator
from verify.annihilator.coupling import monomials
from verify.model import Family


class RowNumbers:
    """Row numbers of the condition matrix of an annihilator.

    Rows are numbered through the families in their order; the lines and pairs of a family are ordered by their
    smallest index, the monomials of a moment lexicographically.
    """

    def __init__(self, space: Annihilator) -> None:
        self._space = space
        firsts: list[list[np.ndarray]] = [[] for _ in space.families]
        for group, solution in zip(space.groups, space.solutions, strict=True):
            for family, first in solution.places:
                firsts[family].append(group.members[:, first])
        self._firsts = [np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64) for parts in firsts]
        self._sizes = [len(part) for part in self._firsts]
        for (family, _), size in zip(space.coupling.moments, space.coupling.sizes, strict=True):
            self._sizes[family] = size
        self._offsets = np.concatenate(([0], np.cumsum(self._sizes))).tolist()
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

    def rescaled(self, multipliers: Mapping[int, Fraction]) -> dict[int, Fraction]:
        """Turn multipliers of the rows that are 1 at the first point, and of the coupling's monomials, into those of C.

        In C a line has the entries |t|^k with t z = x for the primitive integer vector z, a pair difference the sign
        of t, and a moment the monomials of the integral coordinates.
        """
        factors = self._factors
        return {row: x if factors[row] == 1 else x / factors[row] for row, x in multipliers.items()}

    @cached_property
    def _factors(self) -> list[int | Fraction]:
        """How much larger the rows of C are; of a moment how much smaller, as a fraction."""
        integers, scale = self._space.points.integers()
        spare = [1 if s == 1 else gcd(s, *(int(x) for x in integers[:, j])) for j, s in enumerate(scale)]
        factors: list[int | Fraction] = []
        for f, family in enumerate(self._space.families):
            if family.kind == "moment":
                each = [*spare, 1] if family.lifted else spare
                rows = monomials(len(each), family.degree) if any(s > 1 for s in spare) else []
                factors += [Fraction(1, prod(each[j] for j in row)) for row in rows] or [1] * self._sizes[f]
            elif family.kind == "pair_sum" or (family.lifted and family.kind == "line"):  # lifted points are primitive
                factors += [1] * self._sizes[f]
            else:
                factors += [_size(row, spare, family) for row in integers[self._firsts[f]].tolist()]
        return factors


def _size(row: list[int], spare: list[int], family: Family) -> int:
    point = [x // s for x, s in zip(row, spare, strict=True)] + [1] * family.lifted
    sign = 1 if next(x for x in point if x) > 0 else -1
    size = sign if family.kind == "pair_difference" else gcd(*point) ** family.degree
    return size * sign if family.kind == "signed_line" else size
