"""Which of many square matrices are nonsingular modulo a prime, by exact arithmetic in float64 at BLAS speed.

The prime p is below 2^16. Whatever is multiplied is first reduced to at most p/2 + 2 in absolute value, so that a
product is below 2^30.1 and a sum of n products below 2^44 for n <= 10,000: float64 holds all of them exactly, in any
order of summation. So sums need not be reduced before they are used again, which saves most of the work.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

PRIME = 65_521
"""The largest prime below 2^16."""

Stack: TypeAlias = NDArray[np.float64]
"""Matrices of shape (count, n, n) whose entries are integers."""

_BLOCK = 16
_INVERSE = 1.0 / PRIME


def residues(values: NDArray[Any]) -> NDArray[np.float64]:
    """Reduce integers below 2^52, in float64, modulo the prime to absolute values of at most p/2 + 2.

    The quotient is below 2^37 and its relative error below 2^-51, so the rounded one is off by at most 1/2 + 2^-14. The
    multiple and the difference are integers below 2^53, so that neither is rounded.

    Examples
    --------
    >>> residues(np.array([PRIME + 3.0, -1.0]))
    array([ 3., -1.])
    """
    quotients = values * _INVERSE
    np.rint(quotients, out=quotients)
    quotients *= PRIME
    result: NDArray[np.float64] = np.subtract(values, quotients, out=quotients)
    return result


def nonsingular_leading_minors(matrices: Stack) -> NDArray[np.int64]:
    """Count, for each matrix, the leading minors before the first that is 0 modulo the prime.

    Where there are n, the matrix is nonsingular modulo the prime and so over the rationals. The others may be
    nonsingular as well. Elimination without row exchanges, in blocks, all matrices at once; n^3/3 multiplications each,
    most of them in matrix products.

    Parameters
    ----------
    matrices : float64 array of shape (count, n, n)
        Integers below 2^44 in absolute value; n <= 10,000.

    Returns
    -------
    int array of shape (count,)

    Examples
    --------
    >>> nonsingular_leading_minors(np.array([[[1.0, 2], [3, 4]], [[1, 2], [2, 4]], [[0, 1], [1, 0]]]))
    array([2, 1, 0])
    """
    n = matrices.shape[1]
    found = np.full(len(matrices), n)
    rest, done = matrices, 0
    while rest.shape[1] > _BLOCK:
        inverse = _inverse(rest[:, :_BLOCK, :_BLOCK], found, done, n)
        head = residues(inverse @ residues(rest[:, :_BLOCK, _BLOCK:]))
        rest = rest[:, _BLOCK:, _BLOCK:] - residues(rest[:, _BLOCK:, :_BLOCK]) @ head
        done += _BLOCK
    while done < n:
        row, column = residues(rest[:, 0, :]), residues(rest[:, 1:, 0])
        found[(row[:, 0] == 0) & (found == n)] = done
        row = residues(row[:, 1:] * _reciprocals(row[:, 0])[:, None])
        rest = rest[:, 1:, 1:] - column[:, :, None] * row[:, None, :]
        done += 1
    return found


def _inverse(blocks: Stack, found: NDArray[np.int64], done: int, n: int) -> Stack:
    """Invert small matrices modulo the prime (Gauss-Jordan, in place), and note the first pivots that are 0."""
    work = blocks.copy()
    for k in range(work.shape[1]):
        row, column = residues(work[:, k, :]), residues(work[:, :, k])
        found[(row[:, k] == 0) & (found == n)] = done + k
        reciprocals = _reciprocals(row[:, k])
        row[:, k] = 1
        row = residues(row * reciprocals[:, None])
        work[:, :, k] = 0
        work -= column[:, :, None] * row[:, None, :]
        work[:, k, :] = row
    return residues(work)


def _reciprocals(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Invert reduced numbers modulo the prime; 0 stays 0. A negative number finds its place from the end."""
    result: NDArray[np.float64] = _reciprocal_table()[values.astype(np.int64)]
    return result


@cache
def _reciprocal_table() -> NDArray[np.float64]:
    table = [0, 1]
    for x in range(2, PRIME):
        table.append(-(PRIME // x) * table[PRIME % x] % PRIME)
    return residues(np.array(table, dtype=np.float64))
