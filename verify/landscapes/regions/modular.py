"""Which of many square matrices are nonsingular modulo a prime, by exact arithmetic in float64 at BLAS speed.

Entries are integers of absolute value at most p/2 + 4 with p < 2^23, so a product is below 2^44.1, and a sum of the
at most 16 products that a matrix product makes is below 2^48.1; results are reduced again before they reach 2^52. So
float64 holds all of them exactly, in any order of summation.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

PRIME = 8_388_593
"""The largest prime below 2^23."""

Stack: TypeAlias = NDArray[np.float64]
"""Matrices of shape (count, n, n) whose entries are integers."""

_BLOCK = 16  # products in a sum
_POSTPONED = 8  # sums of 2^48.1 that may be added before they are reduced
_FEW = 400  # numbers that Python inverts faster than NumPy
_INVERSE = 1.0 / PRIME


def residues(values: NDArray[Any]) -> NDArray[np.float64]:
    """Reduce integers below 2^52, in float64, modulo the prime to absolute values of at most p/2 + 4.

    The quotient is below 2^30 and its relative error below 2^-51, so the rounded one is off by at most 1/2 + 2^-21. The
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


def have_nonsingular_leading_minors(matrices: Stack) -> NDArray[np.bool_]:
    """Find the matrices whose leading minors are all nonzero modulo the prime.

    Such a matrix is nonsingular modulo the prime and so over the rationals. The others may be nonsingular as well:
    nothing is said about them. Elimination without row exchanges, in blocks, all matrices at once; n^3/3
    multiplications each, most of them in matrix products.

    Parameters
    ----------
    matrices : float64 array of shape (count, n, n)
        Integers of absolute value at most p/2 + 4, as `residues` returns.

    Returns
    -------
    bool array of shape (count,)

    Examples
    --------
    >>> have_nonsingular_leading_minors(np.array([[[1.0, 2], [3, 4]], [[1, 2], [2, 4]]]))
    array([ True, False])
    """
    good = np.ones(len(matrices), dtype=bool)
    rest, pending = matrices, 0
    while rest.shape[1] > _BLOCK:
        inverse, is_good = _inverse(residues(rest[:, :_BLOCK, :_BLOCK]))
        good &= is_good
        head = residues(inverse @ residues(rest[:, :_BLOCK, _BLOCK:]))
        rest = rest[:, _BLOCK:, _BLOCK:] - residues(rest[:, _BLOCK:, :_BLOCK]) @ head
        pending += 1
        if pending == _POSTPONED:
            rest, pending = residues(rest), 0
    rest = residues(rest)
    for _ in range(rest.shape[1]):
        pivot = rest[:, :1, :1]
        good &= pivot[:, 0, 0] != 0
        rest = residues(pivot * rest[:, 1:, 1:] - rest[:, 1:, :1] * rest[:, :1, 1:])
    return good


def _inverse(blocks: Stack) -> tuple[Stack, NDArray[np.bool_]]:
    """Invert small matrices modulo the prime, and say where that went well."""
    count, b, _ = blocks.shape
    work = np.zeros((count, b, 2 * b))
    work[:, :, :b] = blocks
    work[:, :, b:] = np.eye(b)
    good = np.ones(count, dtype=bool)
    for k in range(b):
        row = work[:, k : k + 1, :].copy()
        pivot = row[:, :, k : k + 1]
        good &= pivot[:, 0, 0] != 0
        cross = work[:, :, k : k + 1] * row
        work *= pivot  # without a division: rows are multiplied instead
        work -= cross
        work = residues(work)
        work[:, k : k + 1, :] = row
    diagonal = np.diagonal(work[:, :, :b], axis1=1, axis2=2)
    return residues(_reciprocal(diagonal)[:, :, None] * work[:, :, b:]), good


def _reciprocal(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Invert modulo the prime (Fermat); 0 stays 0."""
    if values.size <= _FEW:
        inverses = [pow(int(x), -1, PRIME) if x else 0 for x in values.ravel().tolist()]
        return residues(np.array(inverses, dtype=np.float64)).reshape(values.shape)
    result = np.ones_like(values)
    power, exponent = values, PRIME - 2
    while exponent:
        if exponent & 1:
            result = residues(result * power)
        power, exponent = residues(power * power), exponent >> 1
    return result
