"""Extreme eigenvalues of a kernel matrix that is too large to be formed: Rayleigh-Ritz on a block Krylov space.

One product K V costs a pass over n^2/2 kernel entries, whatever the number of columns of V up to about eight, so a
block of vectors is multiplied at a time, every product is kept, and both ends of the spectrum are read from one space.
(scipy's eigsh multiplies single vectors and discards products; its LOBPCG serves one end at a time.)
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.data import Dataset
from verify.errors import DataError
from verify.kernels.float_points import exact_points
from verify.kernels.floating import KernelOperator, float_kernel
from verify.model import Model

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
BLOCK = 8
"""Vectors multiplied at a time: more of them would wake the threads of BLAS, which are in the way of ours."""

_U = 2.0**-53
_LOOK = 4  # products between two looks at the residuals


@dataclass(frozen=True)
class ExtremeEigenvalues:
    """Estimates of the ends of the spectrum of a kernel matrix, and what each is worth.

    Attributes
    ----------
    n : int
        Order of the matrix.
    largest, smallest : ndarray of float64
        In descending and in ascending order. Ritz values: by the theorem of Courant and Fischer the i-th largest one is
        at most the i-th largest eigenvalue, and the i-th smallest one at least the i-th smallest eigenvalue, up to
        rounding; so `smallest[0]` bounds lambda_min from above and is no lower bound.
    largest_residuals, smallest_residuals : ndarray of float64
        ``|K v - theta v|`` for the unit Ritz vectors v: within this distance of theta there is an eigenvalue.
    products : int
        Products K V with `BLOCK` vectors; 0 if the matrix was formed.
    dense : bool
        Whether the matrix was formed and all of its eigenvalues computed.
    converged : bool
        Whether all residuals are at most the tolerance times the largest Ritz value.
    interrupted : bool
        Whether Ctrl-C ended the products early.
    exact_rank : int or None
        The number of nonzero eigenvalues, by theorem; None where the verdict is UNKNOWN.
    float_rank : int
        What float64 sees: the number of eigenvalues (if `dense`), or n less the number of Ritz values, that are not
        below n u times the largest. Without the matrix it is an upper bound of the numerical rank. Never a verdict.
    matrix_bytes : int
        What the matrix takes, or would take.
    """

    n: int
    largest: Floats
    smallest: Floats
    largest_residuals: Floats
    smallest_residuals: Floats
    products: int
    dense: bool
    converged: bool
    interrupted: bool
    exact_rank: int | None
    float_rank: int
    matrix_bytes: int


def extreme_eigenvalues(
    X: object,
    model: Model | str = "relu",
    *,
    k: int = 3,
    products: int = 40,
    tolerance: float = 1e-10,
    memory_limit: int = 2**27,
    threads: int | None = None,
    rng: int | np.random.Generator = 0,
    progress: Progress | None = None,
) -> ExtremeEigenvalues:
    """Estimate the k largest and the k smallest eigenvalues of a kernel matrix; without forming it if it is large.

    Parameters
    ----------
    X : Dataset, array-like of shape (n, d), or path of a .npy file
        Rational points; a .npy file is memory-mapped. Floats of any width and integers are taken at their exact values.
    model : Model or str, default "relu"
        As for `float_kernel`.
    k : int
        How many at each end, at most `BLOCK`.
    products : int
        The most products with the matrix that are made.
    tolerance : float
        Stop when all residuals are below this times the largest eigenvalue.
    memory_limit : int
        The matrix is formed if it and its eigenvalues take no more bytes than this.
    threads : int, optional
    rng : int or numpy.random.Generator
        Of the block that the space starts from.
    progress : callable, optional
        Called with the number of products that are done and `products`.

    Returns
    -------
    ExtremeEigenvalues

    Raises
    ------
    DataError
        For points, counts or a file that are none.
    NotAvailableError
        Where no kernel is known.

    See Also
    --------
    verify.certified_lambda_min : a lower bound of the smallest eigenvalue with a proof.

    Notes
    -----
    Cost for p products: p passes of n^2 (d + c)/2 operations, c about 20 for relu, and O(n p^2) for the
    orthogonalisation; memory O(n (d + p)) numbers. The large eigenvalues converge in a few products. The small ones of
    a smooth kernel are clustered near 0 and do not: their residuals say how far they are from an eigenvalue.

    Examples
    --------
    >>> found = extreme_eigenvalues([[1.0, 0.0], [-1.0, 0.0], [2.0, 0.0]], "relu", k=1)
    >>> found.largest.tolist(), found.exact_rank, found.float_rank
    ([2.5], 2, 2)
    """
    for name, count, most in (("k", k, BLOCK), ("products", products, None)):
        whole = isinstance(count, int) and not isinstance(count, bool)
        if not whole or count < 1 or (most is not None and count > most):
            raise DataError(f"{name}={count!r} is not a whole number from 1{f' to {most}' if most else ''}")
    exact = Dataset(exact_points(_loaded(X), "X"))
    model = Model.parse(model) if isinstance(model, str) else model
    from verify.verdict import decide

    rank = decide(exact, model).rank
    n = exact.n
    if 3 * 8 * n * n <= memory_limit or n <= 2 * BLOCK:
        return _dense(exact, model, k, threads, rank)
    space = _Krylov(KernelOperator(exact, model, threads=threads), n, np.random.default_rng(rng))
    interrupted, converged = False, False
    try:
        while not converged and space.products < products and space.grow():
            if space.products % _LOOK == 0:
                converged = space.residuals(k, tolerance)
            if progress is not None:
                progress(space.products, products)
    except KeyboardInterrupt:
        if not space.products:
            raise
        interrupted = True
    values, residuals = space.ritz()
    below = int((values < n * _U * values[-1]).sum()) if values[-1] > 0 else n  # a zero matrix
    count = min(k, len(values))
    return ExtremeEigenvalues(
        n,
        values[::-1][:count],
        values[:count],
        residuals[::-1][:count],
        residuals[:count],
        space.products,
        False,
        converged,
        interrupted,
        rank,
        n - below,
        8 * n * n,
    )


def _loaded(X: object) -> object:
    if not isinstance(X, str | os.PathLike):
        return X
    try:
        return np.load(Path(X), mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{X}: this cannot be read as a .npy file ({error}); save one array with numpy.save") from None


def _dense(points: Dataset, model: Model, k: int, threads: int | None, rank: int | None) -> ExtremeEigenvalues:
    n = points.n
    matrix = float_kernel(points, model, threads=threads)
    values: Floats = np.asarray(np.linalg.eigvalsh(matrix) if n else np.zeros(0), dtype=np.float64).ravel()
    count = min(k, n)
    error = np.full(count, n * _U * (abs(values[-1]) if n else 0.0))  # the order of what eigvalsh guarantees to nobody
    seen = int((values >= n * _U * values[-1]).sum()) if n and values[-1] > 0 else 0
    return ExtremeEigenvalues(
        n, values[::-1][:count], values[:count], error, error, 0, True, True, False, rank, seen, 8 * n * n
    )


class _Krylov:
    """The space spanned by V, K V, K^2 V, ...: an orthonormal basis Q and K Q, block by block."""

    def __init__(self, operator: Any, n: int, rng: np.random.Generator) -> None:
        self.operator = operator
        self.basis = np.empty((n, 0))
        self.images = np.empty((n, 0))
        self.products = 0
        self.next: Floats = np.linalg.qr(rng.standard_normal((n, BLOCK)))[0]

    def grow(self) -> bool:
        """Multiply the next block; False when the space is invariant."""
        block = self.next
        if not block.shape[1]:
            return False
        image = self.operator @ block
        self.basis, self.images = np.hstack([self.basis, block]), np.hstack([self.images, image])
        self.products += 1
        rest = image.copy()
        size = np.linalg.norm(image, axis=0).max()
        for _ in range(2):
            rest -= self.basis @ (self.basis.T @ rest)
        new, triangle = np.linalg.qr(rest)
        kept = np.abs(np.diagonal(triangle)) > 1e-13 * max(size, 1e-300)
        new = new[:, kept]
        new -= self.basis @ (self.basis.T @ new)
        self.next = np.linalg.qr(new)[0] if new.shape[1] else new
        return True

    def ritz(self) -> tuple[Floats, Floats]:
        """Give all Ritz values in ascending order, and their residuals."""
        projected = self.basis.T @ self.images
        values, vectors = np.linalg.eigh((projected + projected.T) / 2)
        difference = self.images @ vectors - (self.basis @ vectors) * values
        return values, np.linalg.norm(difference, axis=0)

    def residuals(self, k: int, tolerance: float) -> bool:
        """Whether the k residuals at each end are below the tolerance."""
        values, residuals = self.ritz()
        ends = np.concatenate([residuals[:k], residuals[-k:]])
        return len(values) > 2 * k and bool((ends <= tolerance * values[-1]).all())
