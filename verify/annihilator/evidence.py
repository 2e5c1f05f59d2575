"""The evidence of each claim, as sparse vectors of `Fraction`: multipliers over rows of C, vectors over points."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from verify.annihilator.annihilator import Annihilator
from verify.annihilator.least_loss import LeastLoss
from verify.annihilator.rows import RowNumbers
from verify.flint_backend import RationalMatrix

Sparse = dict[int, Fraction]


def multipliers(loss: LeastLoss) -> Sparse:
    """Multipliers m with m C = y - r for the labels y and their residual r."""
    rows, scale = RowNumbers(loss.space), loss.scale
    found = {rows.moment(j): x / scale for j, x in loss.moment_multipliers().items()}
    for group, solution, alpha in loss.local_multipliers():
        for k, row in enumerate(solution.rows):
            numbers = rows.local(row.family, group.members[:, row.first])
            for number, values in zip(numbers, alpha, strict=True):
                if values[k]:
                    found[number] = values[k] / scale
    return rows.rescaled(found)


def range_vectors(space: Annihilator) -> Iterator[tuple[int, Sparse]]:
    """Yield rank(C) vectors of V in echelon form: (pivot, multipliers); each is zero at the pivots of earlier ones.

    First the local rows of the few blocks that carry the basis of the coupling, then one dense combination for each
    basis vector, cleared at those blocks; last the local rows of all other blocks, which touch none of these.
    """
    rows = RowNumbers(space)
    special = {(image.group, image.block): None for image in space.coupling.basis}
    for g, block in special:
        yield from _local_vectors(space, rows, g, np.array([block]))
    if space.coupling.rank:
        yield from _dense_vectors(space, rows, list(special))
    for g, group in enumerate(space.groups):
        taken = [block for h, block in special if h == g]
        yield from _local_vectors(space, rows, g, np.delete(np.arange(len(group.members)), taken))


def _local_vectors(space: Annihilator, rows: RowNumbers, g: int, blocks: np.ndarray) -> Iterator[tuple[int, Sparse]]:
    group, solution = space.groups[g], space.solutions[g]
    numbers = [rows.local(row.family, group.members[blocks, row.first]) for row in solution.rows]
    for k, column in enumerate(solution.columns):
        combination = [(a, x) for a, x in enumerate(solution.column_inverse[k]) if x]
        for b, pivot in enumerate(group.members[blocks, column].tolist()):
            yield pivot, rows.rescaled({numbers[a][b]: x for a, x in combination})


def _dense_vectors(
    space: Annihilator, rows: RowNumbers, special: list[tuple[int, int]]
) -> Iterator[tuple[int, Sparse]]:
    coupling = space.coupling
    inverse = coupling.inverse
    vectors: list[Sparse] = [
        {rows.moment(j): x for j, x in zip(coupling.columns, column, strict=True) if x}
        for column in zip(*inverse.tolist(), strict=True)
    ]
    firsts = np.array([space.groups[g].members[block, 0] for g, block in special])
    # values[m][s][b]: moment m of dense vector b at the first point of special block s
    values = []
    start = 0
    for m, size in enumerate(coupling.sizes):
        monomials, _ = coupling.monomials_of(firsts, m)
        chosen = [(k, j - start) for k, j in enumerate(coupling.columns) if start <= j < start + size]
        spread = [
            [int(row[dict(chosen)[k]]) if k in dict(chosen) else 0 for k in range(coupling.rank)] for row in monomials
        ]
        values.append((RationalMatrix(spread) @ inverse).tolist())
        start += size
    degrees = [family.degree for _, family in coupling.moments]
    for s, (g, block) in enumerate(special):
        group, solution = space.groups[g], space.solutions[g]
        numbers = [rows.local(row.family, group.members[[block], row.first])[0] for row in solution.rows]
        for b, vector in enumerate(vectors):
            for k, column in enumerate(solution.columns):
                t = group.ratios[column]
                entry = sum((values[m][s][b] * t**degree for m, degree in enumerate(degrees)), Fraction(0))
                for a, x in enumerate(solution.column_inverse[k]):
                    if entry and x:
                        vector[numbers[a]] = vector.get(numbers[a], Fraction(0)) - entry * x
    for image, vector in zip(coupling.basis, vectors, strict=True):
        yield space.pivot(image), rows.rescaled({row: x for row, x in vector.items() if x})
