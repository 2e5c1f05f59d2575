"""A certified lower bound of the least eigenvalue of a float64 matrix, at the speed of Cholesky.

If floating-point Cholesky of a symmetric matrix B of order n runs to completion, in any order of summation, then
lambda_min(B) >= -delta with delta = g/(1 - g) trace(B), g = (n + 1) u/(1 - (n + 1) u), u = 2^-53, plus a term for
underflow: S. M. Rump, Verification of positive definiteness, BIT 46 (2006). Here B = fl(A - c I).
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from verify.errors import DataError

_U = Fraction(1, 2**53)
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
    A = np.asarray(A)
    if A.dtype != np.float64 or A.ndim != 2 or A.shape[0] != A.shape[1] or not A.shape[0]:
        raise DataError(f"a matrix of shape {A.shape} and dtype {A.dtype}; give a square float64 one")
    if not np.isfinite(A).all() or not math.isfinite(shift) or not (A == A.T).all():
        raise DataError("the matrix or the shift is not finite, or the matrix is not symmetric; symmetrise it first")
    n = len(A)
    B = A.copy()
    B[np.diag_indices(n)] -= shift
    diagonal = np.diagonal(B)
    if not (diagonal > 0).all() or not np.isfinite(diagonal).all():
        return None
    try:
        factor = np.linalg.cholesky(B)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(factor).all():
        return None
    g = (n + 1) * _U / (1 - (n + 1) * _U)
    largest = Fraction(float(diagonal.max()))
    delta = g / (1 - g) * n * largest + _U * largest + _TINY * (1 + largest)
    return math.nextafter(float(Fraction(shift) - delta), -math.inf)
