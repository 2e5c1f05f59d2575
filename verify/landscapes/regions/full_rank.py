"""Which of many sampled Jacobians have full rank: certified either way, without writing a Jacobian down.

The model has a bias, so that a unit sees D = d + 1 coordinates. Let C be a random matrix of integers with a row for
each unit, and let column l of the n x n matrix M be the coordinate l mod D of the points, times column l of A^T C. Each
column of M is a combination of columns of the Jacobian, so a nonsingular M proves full rank. And nothing is lost: if
the generic rank is n, the first k points can be shared out among the D coordinates as evenly as wished (of two
independent sets the larger one has an element that the smaller one can take), for every k, so that every leading minor
of M is a nonzero polynomial in the data and in C. Elimination without row exchanges then succeeds with probability near
1.

What does not come out full is proved deficient: too few columns, a point where no unit is active, more than D points
with equal columns of A; else by a set T of points with D rank(A_T) < |T|; else over the rationals.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.errors import DataError
from verify.landscapes.regions.binary_rank import binary_rank
from verify.landscapes.regions.jacobian import jacobian_rank
from verify.landscapes.regions.modular import PRIME, nonsingular_leading_minors, residues

_EXACT_IN_FLOAT32 = 2**24 // (PRIME // 2)  # units whose sums of numbers below p/2 are exact in float32
_AT_ONCE = 1 << 18  # entries of matrices that are eliminated together
_SEED = 2**31 - 1  # of the combinations C: they decide how fast an answer comes, never which


def have_full_rank(points: NDArray[np.float64], patterns: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Decide for each trial whether the Jacobian, hidden weights and biases, has rank n over the rationals.

    Parameters
    ----------
    points : float64 array of shape (trials, n, d)
        Multiples of 2^-53 in [0, 1), as NumPy draws them.
    patterns : bool array of shape (trials, width, n)

    Returns
    -------
    bool array of shape (trials,)

    Raises
    ------
    DataError
        For other points.

    Notes
    -----
    About 2 n^2 width + n^3 floating-point operations for each trial of full rank.

    Examples
    --------
    >>> x = np.array([[[0.25], [0.5], [0.75]]] * 2)
    >>> have_full_rank(x, np.array([[[1, 1, 1], [0, 1, 1]], [[1, 1, 1], [1, 1, 1]]], dtype=bool))
    array([ True, False])
    """
    n, width = points.shape[1], patterns.shape[1]
    active = patterns.astype(np.float32 if width <= _EXACT_IN_FLOAT32 else np.float64)
    full = ~_is_plainly_deficient(patterns, active, points.shape[2] + 1)
    left = np.flatnonzero(full)
    step = max(1, _AT_ONCE // (n * n or 1))
    for start in range(0, len(left), step):
        chosen = left[start : start + step]
        matrices = _combined(points[chosen], active[chosen])
        leading = nonsingular_leading_minors(matrices)
        for k in np.flatnonzero(leading < n):
            full[chosen[k]] = _decide(points[chosen[k]], patterns[chosen[k]], matrices[k], int(leading[k]))
    return full


def _combined(points: NDArray[np.float64], active: NDArray[Any]) -> NDArray[np.float64]:
    """Write the matrices M modulo the prime."""
    count, n, dimension = points.shape
    generator = np.random.default_rng(_SEED)
    combinations = generator.integers(-(PRIME // 2), PRIME // 2 + 1, (active.shape[1], n)).astype(active.dtype)
    sums = (active.transpose(0, 2, 1) @ combinations).astype(np.float64)
    used = points[:, :, :n] * 2.0**53
    numerators: NDArray[np.int64] = used.astype(np.int64)
    is_valid: NDArray[np.bool_] = (numerators == used) & (numerators >= 0) & (numerators < 2**53)
    if not is_valid.all():
        raise DataError("the points must be multiples of 2^-53 in [0, 1); use `jacobian_rank` for other data")
    high, low = residues((numerators >> 27).astype(np.float64)), (numerators & (2**27 - 1)).astype(np.float64)
    coordinates = np.concatenate([np.ones((count, n, 1)), residues(high * 2.0**27 + low)], axis=2)
    repeated = np.tile(coordinates, (1, 1, -(-n // (dimension + 1))))[:, :, :n]
    sums *= repeated  # below 2^31 times the number of units
    return residues(sums)


def _is_plainly_deficient(patterns: NDArray[np.bool_], active: NDArray[Any], dimension: int) -> NDArray[np.bool_]:
    """Find the patterns that have too few columns, a point without an active unit, or too many equal points."""
    _, width, n = patterns.shape
    sizes = np.count_nonzero(patterns, axis=2)
    deficient: NDArray[np.bool_] = np.minimum(sizes, dimension).sum(axis=1) < n
    weights = np.random.default_rng(_SEED).integers(1, PRIME // 2, width).astype(active.dtype)
    sums = weights @ active  # exact; equal columns have equal sums, and a column without active units the sum 0
    deficient |= ~np.all(sums, axis=1)
    if n > dimension:
        order = np.argsort(sums, axis=1)
        sorted_sums = np.take_along_axis(sums, order, axis=1)
        runs = sorted_sums[:, dimension:] == sorted_sums[:, : n - dimension]
        for t in np.flatnonzero(runs.any(axis=1) & ~deficient):
            start = int(np.argmax(runs[t]))
            columns = patterns[t][:, order[t, start : start + dimension + 1]]
            deficient[t] = bool((columns == columns[:, :1]).all())
    return deficient


def _decide(points: NDArray[np.float64], pattern: NDArray[np.bool_], matrix: NDArray[np.float64], leading: int) -> bool:
    """Decide one trial that elimination without row exchanges has left open after some leading minors."""
    from verify.flint_backend import combination_of_rows, modular_rank

    dimension = points.shape[1] + 1
    rows = (matrix.astype(np.int64) % PRIME).tolist()
    coefficients = combination_of_rows([row[:leading] for row in rows[: leading + 1]], PRIME)
    circuit = [leading, *(j for j, c in enumerate(coefficients) if c)]
    if dimension * binary_rank(pattern[:, circuit]) < len(circuit):
        return False
    if modular_rank(rows, PRIME) == len(rows):
        return True
    exact = [[*(Fraction(x) for x in point), Fraction(1)] for point in points.tolist()]
    return jacobian_rank(exact, pattern.astype(np.int8)).is_full
