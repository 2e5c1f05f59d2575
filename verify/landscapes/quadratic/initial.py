"""Teachers and initial weights drawn at random, in the two ways that the authors' public code draws them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from verify.errors import DataError

Float = NDArray[np.float64]


def orthonormal_columns(d: int, m: int, *, rng: np.random.Generator | int | None = None) -> Float:
    """Draw a d x m matrix with orthonormal columns, uniformly.

    Parameters
    ----------
    d, m : int
        1 <= m <= d.
    rng : seed or numpy.random.Generator, optional

    Notes
    -----
    The Q of a Gaussian matrix with the signs of the diagonal of R made positive. O(d m^2).

    Examples
    --------
    >>> U = orthonormal_columns(5, 2, rng=0)
    >>> bool(np.allclose(U.T @ U, np.eye(2)))
    True
    """
    if not 1 <= m <= d:
        raise DataError(f"{m} orthonormal columns in dimension {d}; give 1 to {d}")
    Q, R = np.linalg.qr(np.random.default_rng(rng).normal(size=(d, m)))
    return Q * np.where(np.diagonal(R) < 0, -1.0, 1.0)


def orthonormal_pair(
    d: int, m: int, teacher_rank: int, *, rng: np.random.Generator | int | None = None
) -> tuple[Float, Float]:
    """Draw W(0) = U / sqrt(m) and Z* = U* U*^T / m* with independent orthonormal columns; both traces are 1.

    Returns
    -------
    (W of shape (d, m), Z of shape (d, d))

    Examples
    --------
    >>> W, Z = orthonormal_pair(6, 4, 2, rng=0)
    >>> round(float(np.trace(W @ W.T)), 12), round(float(np.trace(Z)), 12)
    (1.0, 1.0)
    """
    rng = np.random.default_rng(rng)
    star = orthonormal_columns(d, teacher_rank, rng=rng)
    return orthonormal_columns(d, m, rng=rng) / np.sqrt(m), star @ star.T / teacher_rank


def gaussian_pair(
    d: int, m: int, teacher_rank: int, *, normalize: bool = False, rng: np.random.Generator | int | None = None
) -> tuple[Float, Float]:
    """Draw W(0) with entries N(0, 1/m), and Z* = the diagonal matrix of the eigenvalues of W* W*^T, W* alike.

    Parameters
    ----------
    d, m, teacher_rank : int
        At least 1; teacher_rank at most d.
    normalize : bool, default False
        Divide both W(0) and W* by sqrt(d) besides, so that both traces are near 1.
    rng : seed or numpy.random.Generator, optional

    Returns
    -------
    (W of shape (d, m), Z of shape (d, d))

    Examples
    --------
    >>> W, Z = gaussian_pair(6, 4, 2, rng=0)
    >>> W.shape, int(np.linalg.matrix_rank(Z))
    ((6, 4), 2)
    """
    if not (1 <= teacher_rank <= d and m >= 1):
        raise DataError(f"a student of width {m} and a teacher of rank {teacher_rank} in dimension {d}; give 1 to {d}")
    rng = np.random.default_rng(rng)
    scale = 1 / np.sqrt(d) if normalize else 1.0
    star = scale * rng.normal(size=(d, teacher_rank)) / np.sqrt(teacher_rank)
    values = np.zeros(d)
    values[:teacher_rank] = np.linalg.svd(star, compute_uv=False)[:teacher_rank] ** 2
    return scale * rng.normal(size=(d, m)) / np.sqrt(m), np.diag(values)
