"""Two choices that change what an experiment on regions reports, side by side with the exact answer.

A rank in float32 with NumPy's default tolerance can be below the exact one; and a linear program for weights inside a
region reports fewer regions with a zero loss if the weights are kept nonnegative, which is the default of
``scipy.optimize.linprog`` when no bounds are given. Both occur in public code; which published figures they touch, if
any, is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.landscapes.regions.farkas import Solution, nonnegative_solution
from verify.landscapes.regions.full_rank import have_full_rank
from verify.landscapes.regions.patterns import Pattern, Points, Rational
from verify.landscapes.regions.sampling import Draw


@dataclass(frozen=True)
class FullRankCounts:
    """How many of some Jacobians have full rank: exactly, and by `numpy.linalg.matrix_rank` in two precisions."""

    trials: int
    exact: int
    float64: int
    float32: int

    def to_json(self) -> dict[str, Any]:
        """Give a JSON-ready mapping."""
        return {"trials": self.trials, "exact": self.exact, "float64": self.float64, "float32": self.float32}


def compare_ranks(draw: Draw) -> FullRankCounts:
    """Count full ranks in three ways on the same sampled Jacobians.

    Examples
    --------
    >>> from verify.landscapes.regions.sampling import draw_regions
    >>> compare_ranks(draw_regions(5, 3, 2, 30, rng=0))
    FullRankCounts(trials=5, exact=5, float64=5, float32=5)
    """
    n = draw.points.shape[1]
    counts = [
        sum(int(np.linalg.matrix_rank(matrix.astype(kind)) == n) for matrix in map(float_jacobian, *draw))
        for kind in (np.float64, np.float32)
    ]
    return FullRankCounts(len(draw.points), int(have_full_rank(*draw).sum()), *counts)


def float_jacobian(points: NDArray[np.float64], pattern: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Write the Jacobian with respect to hidden weights and biases in float64: shape (n, width * (d + 1))."""
    extended = np.concatenate([points, np.ones((len(points), 1))], axis=1)
    product: NDArray[np.float64] = pattern.T[:, :, None] * extended[:, None, :]
    return product.reshape(len(points), -1)


def has_nonnegative_zero_loss(
    points: Points, pattern: Pattern, outer: Sequence[Rational], labels: Sequence[Rational]
) -> bool:
    """Decide exactly whether the closed region contains nonnegative weights of loss zero.

    This is what a linear program with the bounds W >= 0 decides; `zero_loss` decides it without them.

    Examples
    --------
    >>> from verify.landscapes.regions.patterns import as_pattern
    >>> from verify.landscapes.regions.zero_loss import zero_loss
    >>> points, pattern = [[-1]], as_pattern([[1]])
    >>> zero_loss(points, pattern, [1], [1]).exists, has_nonnegative_zero_loss(points, pattern, [1], [1])
    (True, False)
    """
    width, n = pattern.shape
    dimension = len(points[0])
    slacks = width * n
    rows: list[list[Rational]] = []
    for i in range(width):
        for j in range(n):
            row: list[Rational] = [0] * (width * dimension + slacks)
            sign = 2 * int(pattern[i, j]) - 1
            row[i * dimension : (i + 1) * dimension] = [sign * x for x in points[j]]
            row[width * dimension + i * n + j] = -1
            rows.append(row)
    for j in range(n):
        row = [0] * (width * dimension + slacks)
        for i in range(width):
            if pattern[i, j]:
                row[i * dimension : (i + 1) * dimension] = [outer[i] * x for x in points[j]]
        rows.append(row)
    return isinstance(nonnegative_solution(rows, [*([0] * slacks), *labels]), Solution)
