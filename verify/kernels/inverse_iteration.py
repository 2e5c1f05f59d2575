"""An estimate of the least eigenvalue and its vector, and what is rigorous about it: the Rayleigh quotient."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS = 60
_BLOCK = 64


def inverse_lanczos(A: Floats, *, accuracy: float = 1e-6) -> tuple[float, Floats] | None:
    """Estimate the least eigenvalue of a symmetric positive definite matrix by Lanczos steps with its inverse.

    Parameters
    ----------
    A : ndarray of shape (n, n)
    accuracy : float, default 1e-6
        The residual at which the steps end, relative to the eigenvalue of the inverse; at most 60 steps are done.

    Returns
    -------
    (value, vector) or None
        Nothing about them is certain. None where floating-point Cholesky of A fails, or the inverse has a square beyond
        the range of float64.

    Examples
    --------
    >>> value, vector = inverse_lanczos(np.array([[2.0, 1.0], [1.0, 2.0]]))
    >>> round(value, 12), (vector / vector[0]).round(8).tolist()
    (1.0, [1.0, -1.0])
    """
    from scipy.linalg.blas import dtrsv
    from scipy.linalg.lapack import dpotrf

    n = len(A)
    scale = float(np.abs(np.diagonal(A)).max())
    factor, failed = dpotrf(np.array(A.T, order="F"), lower=1, clean=0, overwrite_a=1)
    if failed or not scale > 0 or not (np.diagonal(factor) > 0).all():
        return None

    def solve(x: Floats) -> Floats:
        return np.asarray(dtrsv(factor, dtrsv(factor, x, lower=1), lower=1, trans=1))

    basis = [np.random.default_rng(0).standard_normal(n)]
    basis[0] /= np.linalg.norm(basis[0])
    diagonal: list[float] = []
    beside: list[float] = []
    ritz, coordinates = 0.0, np.ones(1)
    for _ in range(min(n, _STEPS)):
        w = solve(basis[-1])
        Q = np.array(basis)
        with np.errstate(over="ignore", invalid="ignore"):
            diagonal.append(float(w @ basis[-1]))
            w -= Q.T @ (Q @ w)
            w -= Q.T @ (Q @ w)  # twice is enough
            length = float(np.linalg.norm(w))
        if not np.isfinite(length):
            return None
        T = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
        values, vectors = np.linalg.eigh(T)
        ritz, coordinates = float(values[-1]), vectors[:, -1]
        if length * abs(coordinates[-1]) <= accuracy * ritz:
            break
        beside.append(length)
        basis.append(w / length)
    if not ritz > 0:
        return None
    vector = solve(np.array(basis[: len(coordinates)]).T @ coordinates)  # damps what is left of the large eigenvalues
    with np.errstate(over="ignore", invalid="ignore"):
        vector /= np.linalg.norm(vector)
    return (1 / ritz, vector) if np.isfinite(vector).all() and vector.any() else None


def rayleigh_quotient_above(A: Floats, x: Floats) -> Fraction:
    """Bound x^T A x/x^T x from above, so also the least eigenvalue of A; rigorously.

    The sums are taken in long double. With e its unit roundoff (2^-64 on x86, 2^-53 where long double is double), a sum
    of n products errs by at most n e times the sum of their absolute values, to first order; and
    |x|^T |A| |x| is at most the largest row sum of |A| times |x|^2. Cost: 2 n^2.
    """
    n = len(A)
    unit = Fraction(float(np.finfo(np.longdouble).eps)) / 2
    wide = x.astype(np.longdouble)
    row_sum = 0.0
    total = wide[:0].sum()
    for k in range(0, n, _BLOCK):
        rows = A[k : k + _BLOCK]
        total += wide[k : k + _BLOCK] @ (rows.astype(np.longdouble) @ wide)
        row_sum = max(row_sum, float(np.abs(rows).sum(axis=1).max()))
    square = sum(Fraction(float(c)) ** 2 for c in x)
    rounding = 4 * (n + 4) * unit * Fraction(row_sum) * (1 + Fraction(n + 4, 2**50)) * square
    return (Fraction(*total.as_integer_ratio()) + rounding) / square
