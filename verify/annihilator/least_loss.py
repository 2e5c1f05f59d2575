"""The exact least training loss of any width: orthogonal projection of the labels on the annihilator.

Write A for the local rows and M for the moment rows of C. The projection P on the null space of A is block-diagonal,
and

    r = P (y - M^T lambda),   where lambda solves   (M P M^T) lambda = M P y,

is the projection of y on N: it is in the null space of A, and M r = 0. So y - r = A^T alpha + M^T lambda is a vector
of V, given by its multipliers, and the least sum of squared errors is r.r = y.P y - lambda.(M P y). Blocks with one
pattern share their P. Cost: O(n D^2) for D monomials; the size of the rationals grows with the number of different
patterns.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from math import lcm

import numpy as np

from verify.annihilator.annihilator import Annihilator
from verify.annihilator.integer_arrays import Integers, as_integers, difference, inner, product, times
from verify.annihilator.local import LocalSolution
from verify.data.lines import BlockGroup
from verify.flint_backend import RationalMatrix


class LeastLoss:
    """The projection of labels y = integers / scale on an annihilator.

    Parameters
    ----------
    space : Annihilator
    labels : integer array of shape (n,)
    scale : int

    Attributes
    ----------
    squared_error : Fraction
        r.r, the least sum of squared errors; 0 iff the labels are attained.
    """

    def __init__(self, space: Annihilator, labels: Integers, *, scale: int = 1) -> None:
        self.space, self.labels, self.scale = space, labels, scale
        self._columns = [self._columns_of(m) for m in range(len(space.coupling.moments))]
        size = space.coupling.rank
        gram, right = RationalMatrix.zeros(size, size) if size else None, [Fraction(0)] * size
        squares = Fraction(0)
        for group, solution in self._blocks():
            if solution.is_full:
                continue  # every vector on these blocks is attained
            y = labels[group.members]
            projected, denominator = _project(y, solution)
            squares += Fraction(inner(y, projected), denominator)
            if gram is None or not solution.images:
                continue
            powers, rows = self._moment_rows(group)
            for (tau, scale), q in zip(powers, rows, strict=True):
                pushed = product(projected, tau[:, None])[:, 0]
                for k, x in enumerate(product(pushed[None, :], q)[0]):
                    right[k] += Fraction(int(x), denominator * scale)
            for a, (tau_a, scale_a) in enumerate(powers):
                pushed_tau, tau_denominator = _project(tau_a[None, :], solution)
                for b, (tau_b, scale_b) in enumerate(powers):
                    factor = Fraction(inner(pushed_tau[0], tau_b), tau_denominator * scale_a * scale_b)
                    if factor:
                        gram = gram.add_scaled(product(rows[a].T, rows[b]).tolist(), factor)
        self._multipliers = gram.solve(right) if gram is not None else []
        attained = sum((x * h for x, h in zip(self._multipliers, right, strict=True)), Fraction(0))
        self.squared_error = (squares - attained) / self.scale**2

    def _blocks(self) -> Iterator[tuple[BlockGroup, LocalSolution]]:
        return zip(self.space.groups, self.space.solutions, strict=True)

    def _columns_of(self, moment: int) -> list[tuple[int, int]]:
        """Places of the coupling's columns that lie in one moment: (which of the chosen columns, which monomial)."""
        sizes = self.space.coupling.sizes
        start = sum(sizes[:moment])
        return [(k, j - start) for k, j in enumerate(self.space.coupling.columns) if start <= j < start + sizes[moment]]

    def _moment_rows(self, group: BlockGroup) -> tuple[list[tuple[Integers, int]], list[Integers]]:
        """For each moment: its powers t_i^k (integers and their denominator), and its monomials at the first points.

        Only the chosen columns of the coupling are kept; the columns of the other moments are zero.
        """
        powers, rows = [], []
        for m, (_, family) in enumerate(self.space.coupling.moments):
            ratios = [t**family.degree for t in group.ratios]
            scale = lcm(*(t.denominator for t in ratios))
            powers.append((as_integers([int(t * scale) for t in ratios]), scale))
            kept = self._columns[m]
            block: Integers = np.zeros((len(group.members), len(self.space.coupling.columns)), dtype=np.int64)
            if kept:
                values, _ = self.space.coupling.monomials_of(group.members[:, 0], m)
                block = block.astype(values.dtype)
                block[:, [k for k, _ in kept]] = values[:, [j for _, j in kept]]
            rows.append(block)
        return powers, rows

    def moment_multipliers(self) -> dict[int, Fraction]:
        """Lambda for the integer labels, by column of the coupling."""
        return {j: x for j, x in zip(self.space.coupling.columns, self._multipliers, strict=True) if x}

    def _moment_part(self, group: BlockGroup) -> tuple[Integers, int]:
        """The rest y - M^T lambda on the blocks of a group, times a common denominator."""
        denominator = lcm(*(x.denominator for x in self._multipliers))
        numerators = as_integers([int(x * denominator) for x in self._multipliers])
        y = times(self.labels[group.members], denominator)
        if not self._multipliers:
            return y, denominator
        powers, rows = self._moment_rows(group)
        common = lcm(*(scale for _, scale in powers))
        y = times(y, common)
        for (tau, scale), q in zip(powers, rows, strict=True):
            values = product(q, numerators[:, None])
            y = difference(y, times(times(values, common // scale), tau[None, :]))
        return y, denominator * common

    @cached_property
    def residual(self) -> list[Fraction]:
        """The n entries of r = y - (best predictions)."""
        residual = [Fraction(0)] * self.space.n
        for group, solution in self._blocks():
            if solution.is_full:
                continue
            rest, denominator = self._moment_part(group)
            projected, factor = _project(rest, solution)
            cache: dict[int, Fraction] = {}
            for indices, row in zip(group.members.tolist(), projected.tolist(), strict=True):
                for i, x in zip(indices, row, strict=True):
                    if x not in cache:
                        cache[x] = Fraction(x, denominator * factor * self.scale)
                    residual[i] = cache[x]
        return residual

    @property
    def predictions(self) -> list[Fraction]:
        """The n entries of y - r, the best predictions."""
        return [Fraction(int(y), self.scale) - r for y, r in zip(self.labels, self.residual, strict=True)]

    def multipliers(self) -> dict[int, Fraction]:
        """Multipliers m over the rows of C with m C = y - r."""
        from verify.annihilator.evidence import multipliers

        return multipliers(self)

    def local_multipliers(self) -> Iterator[tuple[BlockGroup, LocalSolution, list[list[Fraction]]]]:
        """Yield alpha for the integer labels and each group: a row of multipliers of the local rows for each block."""
        for group, solution in self._blocks():
            rest, denominator = self._moment_part(group)
            rows, weights, factor = _row_weights(solution, len(group.ratios))
            alpha = product(product(rest, rows.T), weights) if len(rows) else np.zeros((len(rest), 0), dtype=np.int64)
            row_scales = [_row_scale(row.entries.values()) for row in solution.rows]
            yield (
                group,
                solution,
                [
                    [Fraction(x * s, denominator * factor) for x, s in zip(row, row_scales, strict=True)]
                    for row in alpha.tolist()
                ],
            )


def _row_scale(entries: object) -> int:
    return lcm(*(x.denominator for x in entries))  # type: ignore[attr-defined]  # values of a dict of Fraction


def _row_weights(solution: LocalSolution, size: int) -> tuple[Integers, Integers, int]:
    """The local rows as integers (each scaled), and the inverse of their Gram matrix over a common denominator."""
    rows = np.zeros((len(solution.rows), size), dtype=object)
    scales = [_row_scale(row.entries.values()) for row in solution.rows]
    for k, (row, scale) in enumerate(zip(solution.rows, scales, strict=True)):
        for i, x in row.entries.items():
            rows[k, i] = int(x * scale)
    inverse = [
        [x / (scales[a] * scales[b]) for b, x in enumerate(row)] for a, row in enumerate(solution.row_gram_inverse)
    ]
    denominator = lcm(*(x.denominator for row in inverse for x in row))
    weights = as_integers([[int(x * denominator) for x in row] for row in inverse])
    return as_integers(rows) if rows.size else rows.astype(np.int64), weights, denominator


def _project(values: Integers, solution: LocalSolution) -> tuple[Integers, int]:
    """Project rows (one for each block) on the null space of the local rows: integers, common denominator."""
    if not solution.rows:
        return values, 1
    rows, weights, denominator = _row_weights(solution, values.shape[1])
    attained = product(product(product(values, rows.T), weights), rows)
    return difference(times(values, denominator), attained), denominator
