"""Floating-point Cholesky, and a bound of its backward error: LAPACK's, or a slower one that errs less.

The rounding error of Cholesky is at most g(m) |L||L|^T entrywise, g(m) = m u/(1 - m u), u = 2^-53, where m counts the
roundings that a term l_ik l_jk meets. In one long sum, as LAPACK may do it, that is n + 2. In chunks, terms are first
summed 64 at a time, and eight chunks together, before they are subtracted, so that m = 64 + 8 + n/512 + 6; the proof is
in ``docs/certified-spectra.md``. Inside a chunk, and inside the factorisation and the substitution of a block of order
64, the order of summation is left to BLAS and LAPACK.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_CHUNK = 64
_TILE = 512
_ROWS = 2048
_UNIT = 2.0**-53


def factor(B: Floats, *, chunked: bool = True) -> bool:
    """Replace the lower half of a symmetric matrix by its Cholesky factor and the upper half by 0.

    Parameters
    ----------
    B : ndarray of shape (n, n), float64, C-ordered
        Overwritten. Its upper half is not looked at.
    chunked : bool, default True
        Whether to sum in chunks, which errs less and takes about three times as long as LAPACK.

    Returns
    -------
    bool
        False where a pivot is not positive, or a number not finite: B is then not positive definite as far as this
        arithmetic can tell, and its content is of no use.

    Examples
    --------
    >>> B = np.array([[4.0, 2.0], [2.0, 2.0]])
    >>> factor(B), B.tolist()
    (True, [[2.0, 0.0], [1.0, 1.0]])
    """
    n = len(B)
    if not chunked:
        return _lapack_factor(B)
    for start in range(0, n, _TILE):
        stop = min(start + _TILE, n)
        for top in range(start, n, _ROWS):
            _subtract_left(B, slice(top, min(top + _ROWS, n)), slice(start, stop))
        for first in range(start, stop, _CHUNK):
            if not _panel(B, first, min(first + _CHUNK, stop), stop):
                return False
        B[start:stop, stop:] = 0.0
    return bool(np.isfinite(np.diagonal(B)).all())


def _lapack_factor(B: Floats) -> bool:
    from scipy.linalg.lapack import dpotrf

    _, failed = dpotrf(B.T, lower=0, clean=1, overwrite_a=1)  # B.T is Fortran-ordered: its upper half is our lower one
    diagonal = np.diagonal(B)
    return not failed and bool((np.isfinite(diagonal) & (diagonal > 0)).all())


def _subtract_left(B: Floats, rows: slice, columns: slice) -> None:
    """Subtract what the columns of all earlier tiles contribute; the terms of one tile are summed first."""
    for start in range(0, columns.start, _TILE):
        total = B[rows, start : start + _CHUNK] @ B[columns, start : start + _CHUNK].T
        term = np.empty_like(total)
        for k in range(start + _CHUNK, start + _TILE, _CHUNK):
            np.matmul(B[rows, k : k + _CHUNK], B[columns, k : k + _CHUNK].T, out=term)
            total += term
        B[rows, columns] -= total


def _panel(B: Floats, first: int, last: int, stop: int) -> bool:
    """Factor one diagonal block, solve for the rows below it, and subtract from the rest of the tile."""
    from scipy.linalg import solve_triangular

    try:
        block = np.linalg.cholesky(B[first:last, first:last])
    except np.linalg.LinAlgError:
        return False
    if not np.isfinite(block).all():
        return False
    B[first:last, first:last] = block
    B[first:last, last:stop] = 0.0
    if last == len(B):
        return True
    below = solve_triangular(block, B[last:, first:last].T, lower=True, check_finite=False).T
    if not np.isfinite(below).all():
        return False
    B[last:, first:last] = below
    if last < stop:
        for top in range(last, len(B), _ROWS):
            rows = slice(top, min(top + _ROWS, len(B)))
            B[rows, last:stop] -= B[rows, first:last] @ B[last:stop, first:last].T
    return True


def unit_error(n: int, *, chunked: bool) -> float:
    """Give the g for which the rounding errors of `factor` are at most g |L||L|^T, entrywise."""
    m = min(n, _CHUNK) + _TILE // _CHUNK + math.ceil(n / _TILE) + 6 if chunked else n + 2
    return m * _UNIT / (1 - m * _UNIT) * (1 + 4 * _UNIT)


def backward_error(L: Floats, *, chunked: bool = True) -> float:
    """Bound the spectral norm of L L^T - B for the factor L that `factor` made of B, but for underflow.

    The norm is at most g(m) times that of |L||L|^T, which is at most the squared Frobenius norm of L and, by Collatz
    and Wielandt, at most max_i (|L||L|^T v)_i/v_i for every positive vector v. Cost: 6 n^2.
    """
    n = len(L)
    gamma = unit_error(n, chunked=chunked)
    up = 1 + 8 * (n + 4) * _UNIT
    frobenius = sum(float(np.vdot(L[k : k + _CHUNK], L[k : k + _CHUNK])) for k in range(0, n, _CHUNK))
    frobenius *= 1 + 2 * _CHUNK * (n + 4) * _UNIT  # one inner product has up to 64 n terms
    v = np.ones(n)
    for _ in range(2):
        w = _absolute_product(L, v)
        if not (w > 0).all() or not np.isfinite(w).all():
            return gamma * frobenius * (1 + 8 * _UNIT)
        collatz = float((w / v).max()) * up * up
        v = w / w.max() + 2.0**-30  # a tiny entry would spoil the quotient
    return gamma * min(frobenius, collatz) * (1 + 8 * _UNIT)


def _absolute_product(L: Floats, v: Floats) -> Floats:
    """Give |L||L|^T v without a second matrix."""
    n = len(L)
    inner = np.zeros(n)
    for k in range(0, n, _CHUNK):
        inner[: k + _CHUNK] += v[k : k + _CHUNK] @ np.abs(L[k : k + _CHUNK, : k + _CHUNK])
    return np.concatenate([np.abs(L[k : k + _CHUNK, : k + _CHUNK]) @ inner[: k + _CHUNK] for k in range(0, n, _CHUNK)])
