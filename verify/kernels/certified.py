"""A certified lower bound of the least eigenvalue of a float64 matrix, at the speed of Cholesky.

If floating-point Cholesky of a symmetric matrix B runs to completion, then L L^T = B + D with a D that rounding error
analysis bounds, and L L^T is positive semidefinite, so that lambda_min(B) >= -|D|: S. M. Rump, Verification of
positive definiteness, BIT 46 (2006). Here B = fl(A - c I), and |D| is bounded by `cholesky.backward_error`.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from verify.errors import DataError
from verify.kernels.cholesky import backward_error, factor, unit_error
from verify.kernels.inverse_iteration import inverse_lanczos, rayleigh_quotient_above

_U = Fraction(1, 2**53)
_RANGE = 400
_BLOCK = 256
_MANY = 1000  # points from which a factorisation costs more than a tenth of a per cent is worth
_TINY = Fraction(1, 2**1000)  # far above what underflow can add for any n below 2^31


def eigenvalue_lower_bound(A: NDArray[np.float64], *, shift: float) -> float | None:
    """Bound lambda_min(A) from below, slightly below `shift`, if A - shift I can be certified.

    Parameters
    ----------
    A : ndarray of shape (n, n), float64
        Symmetric; it is not changed.
    shift : float
        The c of A - c I.

    Returns
    -------
    float or None
        A number that no eigenvalue of A is below; None when nothing is certified.

    Raises
    ------
    DataError
        When A is not a square, symmetric, finite matrix of order at least 1.

    Examples
    --------
    >>> A = np.array([[2.0, 1.0], [1.0, 2.0]])
    >>> 0.9 - 1e-14 < eigenvalue_lower_bound(A, shift=0.9) < 0.9, eigenvalue_lower_bound(A, shift=1.1)
    (True, None)
    """
    if not math.isfinite(shift):
        raise DataError(f"shift={shift!r} is not finite")
    return _certified(_checked(A), shift)


def _checked(A: NDArray[np.float64]) -> NDArray[np.float64]:
    A = np.asarray(A)
    if A.dtype != np.float64 or A.ndim != 2 or A.shape[0] != A.shape[1] or not A.shape[0]:
        raise DataError(f"a matrix of shape {A.shape} and dtype {A.dtype}; give a square float64 one")
    for i in range(0, len(A), _BLOCK):
        for j in range(0, i + 1, _BLOCK):  # in blocks that stay in the cache with their mirror images
            block = A[i : i + _BLOCK, j : j + _BLOCK]
            if not np.isfinite(block).all() or not (block == A[j : j + _BLOCK, i : i + _BLOCK].T).all():
                raise DataError("the matrix is not finite or not symmetric; symmetrise it first")
    return A


def _certified(A: NDArray[np.float64], shift: float, *, chunked: bool = True) -> float | None:
    """Do the work of `eigenvalue_lower_bound` for a matrix that is known to be symmetric and finite."""
    B = A.copy()
    B[np.diag_indices(len(A))] -= shift
    diagonal = np.diagonal(B).copy()
    if not (diagonal > 0).all() or not np.isfinite(diagonal).all() or not factor(B, chunked=chunked):
        return None
    largest = Fraction(float(diagonal.max()))
    error = backward_error(B, chunked=chunked)
    if not math.isfinite(error):
        return None
    delta = Fraction(error) + _U * largest + _TINY * (1 + largest)
    return float_below(Fraction(shift) - delta)


def float_below(x: Fraction) -> float:
    """Round down."""
    nearest = float(x)
    return nearest if Fraction(nearest) <= x else math.nextafter(nearest, -math.inf)


def float_above(x: Fraction) -> float:
    """Round up."""
    return -float_below(-x)


def least_eigenvalue_bounds(A: NDArray[np.float64], *, error: float = 0.0) -> tuple[float, float] | None:
    """Enclose the least eigenvalue of every symmetric K whose distance to A is at most `error` in the spectral norm.

    The estimate comes from a Cholesky factor and Lanczos steps on its inverse; the lower bound from one more Cholesky
    factor, just below the estimate, and lower where that fails; the upper bound from the Rayleigh quotient of the
    approximate eigenvector, computed in extended precision where the machine has it.

    Parameters
    ----------
    A : ndarray of shape (n, n), float64
        Symmetric and finite, n >= 1; it is not changed.
    error : float, default 0.0

    Returns
    -------
    (lower, upper) or None
        0 < lower <= lambda_min(K) <= upper; None where no positive lower bound is certified, as for a matrix that is
        too ill-conditioned for float64, or one whose largest diagonal entry is not between 2^-400 and 2^400.

    Raises
    ------
    DataError
        When A is not a square, symmetric, finite matrix of order at least 1, or `error` is negative or not finite.

    Notes
    -----
    Cost: two or three Cholesky factorisations, LAPACK's where its larger rounding errors do no harm, and a second
    matrix of memory. The lower bound is sharp to about
    10^-14 n^(1/2) trace(A)/n plus `error`, and to 0.15 per cent.

    Examples
    --------
    >>> lower, upper = least_eigenvalue_bounds(np.array([[2.0, 1.0], [1.0, 2.0]]))
    >>> 0.99999 < lower <= 1 <= upper < 1.00001
    True
    >>> least_eigenvalue_bounds(np.ones((2, 2))) is None
    True
    """
    A = _checked(A)
    if not (math.isfinite(error) and error >= 0):
        raise DataError(f"error={error!r} is not a finite number of at least 0")
    n = len(A)
    if not 2.0**-_RANGE <= float(np.abs(np.diagonal(A)).max()) <= 2.0**_RANGE:
        return None  # squares of the inverse would leave the range of float64
    slack, accuracy = (1.5e-3, 6e-3) if n > _MANY else (1e-7, 1e-5)
    estimate = inverse_lanczos(A, accuracy=accuracy)
    if estimate is None:
        return None
    value, vector = estimate
    upper = float_above(rayleigh_quotient_above(A, vector) + Fraction(error))
    while slack < 0.7:
        lost = unit_error(n, chunked=False) * float(np.trace(A))
        lower = _certified(A, value * (1 - slack), chunked=not lost < slack / 4 * value)
        if lower is not None:
            lower = float_below(Fraction(lower) - Fraction(error))
            return (lower, upper) if lower > 0 else None
        slack *= 8
    return None
