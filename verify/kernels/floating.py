"""Kernel matrices in float64: in tiles that stay in the cache, the upper half only, on several threads.

Each entry is computed once; besides the matrices that are returned nothing of their size is made. For n too large for a
matrix, `kernel_product` multiplies by it without forming it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verify.errors import DataError
from verify.kernels.float_points import FloatPoints, exact_points, inner_products
from verify.kernels.float_tiles import Tiles, checked_model, make_tiles, points_for
from verify.model import Model

Floats = NDArray[np.float64]
A = TypeVar("A")
B = TypeVar("B")
_ROWS, _COLUMNS = 128, 256  # of a tile: a few arrays of this size stay in the second-level cache


class KernelPair(NamedTuple):
    """The two infinite-width kernels of one model, float64 arrays of equal shape.

    Attributes
    ----------
    nngp : ndarray
        The last-layer kernel, regime "trained".
    ntk : ndarray
        The tangent kernel of both layers, regime "ntk".
    """

    nngp: Floats
    ntk: Floats


def float_kernel(
    X: object,
    model: Model | str = "relu",
    *,
    Y: object = None,
    threads: int | None = None,
    memory_limit: int | None = None,
) -> Floats:
    """Compute the infinite-width kernel matrix of a model in float64, w ~ N(0, I).

    Parameters
    ----------
    X : Dataset or array-like of shape (n, d)
        Rational points; floats are taken at their exact values (float32 too), rationals are rounded to float64.
    model : Model or str, default "relu"
        Regime "trained": K_ij = E[s(w.x_i) s(w.x_j)], the last-layer (NNGP) kernel; "ntk_hidden": the tangent kernel of
        the hidden layer, (x_i.x_j) E[s'(w.x_i) s'(w.x_j)]; "ntk": their sum. With a hidden bias, (w, b) ~ N(0, I) and
        the points are (x, 1). A gate multiplies by x_i.x_j, an output bias adds 1, a skip connection adds x_i.x_j. With
        several hidden layers, "trained" only, the covariances of a layer are the kernel of the one before, and weights
        keep the lengths where s is homogeneous (`verify.kernels.forms.next_covariance`).
    Y : Dataset or array-like of shape (m, d), optional
        Other points for the columns; default X.
    threads : int, optional
        Default: the processors that this process may use.
    memory_limit : int, optional
        In bytes, for the matrix that is returned; default no limit.

    Returns
    -------
    ndarray of shape (n, n) or (n, m), float64
        Exactly symmetric when Y is None. For relu the error of an entry is at most (1.7 d + 18) 2^-53 times the
        lengths of its two points, nearly collinear pairs included (tangent kernels: (5.5 d + 48) 2^-53); in practice it
        is a few per cent of that. Each further hidden layer adds at most 8 to the factor
        of 2^-53, with a hidden bias d/2 + 16.

    Raises
    ------
    DataError
        For points that are not rational numbers, with their place; for a pair whose kernel float64 cannot hold; and
        when the matrix needs more memory than `memory_limit`.
    NotAvailableError
        Where no closed form is known.

    See Also
    --------
    float_kernels : both kernels at once.
    kernel_product : the product of the matrix with vectors, without the matrix.
    mpmath_kernel : any number of digits.

    Notes
    -----
    Cost: n^2 (d + c L)/2 operations for L hidden layers, c about 20 for relu; memory n^2.

    Examples
    --------
    >>> float_kernel([[1.0, 0.0], [0.0, 2.0]]).round(6).tolist()
    [[0.5, 0.31831], [0.31831, 2.0]]
    """
    model = checked_model(model)
    (K,) = _matrices(X, Y, model, (model.regime,), threads, memory_limit)
    return K


def float_kernels(
    X: object,
    model: Model | str = "relu",
    *,
    Y: object = None,
    threads: int | None = None,
    memory_limit: int | None = None,
) -> KernelPair:
    """Compute the last-layer kernel and the tangent kernel of both layers at once; they share the angles.

    Parameters
    ----------
    X, model, Y, threads, memory_limit :
        As for `float_kernel`, but the regime of the model is not looked at.

    Returns
    -------
    KernelPair
        The pair (nngp, ntk).

    Examples
    --------
    >>> nngp, ntk = float_kernels([[1.0, 0.0], [3.0, 4.0]])
    >>> float(nngp[1, 1]), float(ntk[1, 1])
    (12.5, 25.0)
    """
    model = Model.parse(model) if isinstance(model, str) else model
    model = checked_model(replace(model, regime="ntk"))
    return KernelPair(*_matrices(X, Y, model, ("trained", "ntk"), threads, memory_limit))


def kernel_product(
    X: object, model: Model | str, V: ArrayLike, *, Y: object = None, threads: int | None = None
) -> Floats:
    """Multiply a kernel matrix by vectors without forming the matrix.

    Parameters
    ----------
    X, model, Y, threads :
        As for `float_kernel`.
    V : array-like of shape (m,) or (m, k)
        m is the number of points of Y, or of X.

    Returns
    -------
    ndarray of shape (n,) or (n, k), float64

    Raises
    ------
    DataError
        As for `float_kernel`, and when V does not have m rows of finite numbers.

    Notes
    -----
    Cost of one product: that of `float_kernel` plus n^2 k; memory O((n + m)(d + k)) for each thread. Who multiplies
    many times by the same matrix keeps the `KernelOperator`.

    Examples
    --------
    >>> kernel_product([[1.0, 0.0], [-1.0, 0.0]], "relu", [1.0, 3.0])
    array([0.5, 1.5])
    """
    return KernelOperator(X, model, Y=Y, threads=threads) @ V


class KernelOperator:
    """A kernel matrix that is never formed; ``operator @ V`` computes its tiles anew.

    It has what SciPy's iterative solvers ask for, so that ``scipy.sparse.linalg.eigsh(operator, k=1)`` gives the
    largest eigenvalue in the memory of the points and a few vectors.

    Parameters
    ----------
    X, model, Y, threads :
        As for `float_kernel`.

    Examples
    --------
    >>> K = KernelOperator([[1.0, 0.0], [-1.0, 0.0]], "relu")
    >>> K.shape, K @ [2.0, 4.0]
    ((2, 2), array([1., 2.]))
    """

    dtype = np.dtype(np.float64)

    def __init__(self, X: object, model: Model | str, *, Y: object = None, threads: int | None = None) -> None:
        model = checked_model(model)
        self._left, self._right = _point_sets(X, Y, model)
        self._tiles = make_tiles(self._left, self._right, model, (model.regime,))
        self._threads = thread_count(threads)

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of the matrix."""
        return self._left.n, self._right.n

    def matvec(self, v: ArrayLike) -> Floats:
        """Multiply by one vector."""
        return self @ v

    def __matmul__(self, V: ArrayLike) -> Floats:
        vectors = np.asarray(V, dtype=np.float64)
        n, m = self.shape
        if vectors.ndim not in (1, 2) or vectors.shape[0] != m:
            raise DataError(f"V has shape {vectors.shape}; give ({m},) or ({m}, k)")
        if not np.isfinite(vectors).all():
            raise DataError("V holds NaN or infinity; give finite numbers")
        wide = vectors[:, None] if vectors.ndim == 1 else vectors
        one_set = self._left is self._right

        def product(blocks: list[tuple[slice, slice]]) -> Floats:
            total = np.zeros((n, wide.shape[1]))
            for rows, columns in blocks:
                (tile,) = self._tiles(rows, columns)
                total[rows] += _times(tile, wide[columns])
                if one_set and rows != columns:
                    total[columns] += _times(tile.T, wide[rows])
            return total

        blocks = list(_blocks(n, m, one_set))
        shares = [blocks[k :: self._threads] for k in range(self._threads)]  # fixed: the sum does not depend on timing
        total = np.zeros((n, wide.shape[1]))
        for part in _run(product, shares, self._threads):
            total += part
        return total[:, 0] if vectors.ndim == 1 else total


def _times(tile: Floats, V: Floats) -> Floats:
    """Multiply on the calling thread: BLAS would wake its threads for so small a product, see `inner_products`."""
    if V.shape[1] == 1:
        return np.asarray(np.einsum("ij,j->i", tile, V[:, 0])[:, None])
    return inner_products(tile, np.ascontiguousarray(V.T))


def _point_sets(X: object, Y: object, model: Model) -> tuple[FloatPoints, FloatPoints]:
    exact = exact_points(X, "X")
    left = points_for(exact, model)
    if Y is None:
        return left, left
    other = exact_points(Y, "Y")
    if exact.shape[1] != other.shape[1] and exact.shape[0] and other.shape[0]:
        raise DataError(f"the points of X have dimension {exact.shape[1]}, those of Y {other.shape[1]}")
    return left, points_for(other, model)


def _matrices(
    X: object, Y: object, model: Model, regimes: tuple[str, ...], threads: int | None, memory_limit: int | None
) -> list[Floats]:
    count = thread_count(threads)
    left, right = _point_sets(X, Y, model)
    n, m = left.n, right.n
    need = 8 * n * m * len(regimes)
    if memory_limit is not None and need > memory_limit:
        raise DataError(
            f"{len(regimes)} matrices of {n} x {m} float64 need {need} bytes, memory_limit is {memory_limit}; raise "
            "it, or multiply without forming the matrix: kernel_product(X, model, V)"
        )
    tiles = make_tiles(left, right, model, regimes)
    matrices = [np.empty((n, m)) for _ in regimes]
    if not n or not m:
        return matrices
    one_set = left is right

    def fill(blocks: list[tuple[slice, slice]]) -> None:
        for rows, columns in blocks:
            _place(matrices, tiles, rows, columns, one_set)

    for _ in run_on_panels(fill, n, m, count, one_set=one_set):
        pass
    return matrices


def run_on_panels(
    work: Callable[[list[tuple[slice, slice]]], B], n: int, m: int, threads: int, *, one_set: bool
) -> Iterator[B]:
    """Do the tiles of each panel of rows, panels on several threads; results in the order of the panels."""
    panels: dict[int, list[tuple[slice, slice]]] = {}
    for rows, columns in _blocks(n, m, one_set):
        panels.setdefault(rows.start, []).append((rows, columns))
    yield from _run(work, list(panels.values()), threads)


def _place(matrices: list[Floats], tiles: Tiles, rows: slice, columns: slice, one_set: bool) -> None:
    for K, tile in zip(matrices, tiles(rows, columns), strict=True):
        if one_set and rows == columns:
            tile = np.triu(tile)
            tile += np.triu(tile, 1).T
        K[rows, columns] = tile
        if one_set and rows != columns:
            K[columns, rows] = tile.T


def _blocks(n: int, m: int, one_set: bool) -> Iterator[tuple[slice, slice]]:
    """Cut into tiles; of a symmetric matrix the upper half, with square tiles on the diagonal."""
    for start in range(0, n, _ROWS):
        rows = slice(start, min(start + _ROWS, n))
        first = 0
        if one_set:
            yield rows, rows
            first = rows.stop
        for column in range(first, m, _COLUMNS):
            yield rows, slice(column, min(column + _COLUMNS, m))


def thread_count(threads: int | None) -> int:
    """Check a number of threads; by default the processors that this process may use."""
    if threads is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise DataError(f"threads={threads!r} is not a whole number of at least 1")
    return threads


def _run(work: Callable[[A], B], shares: list[A], threads: int) -> Iterator[B]:
    if threads == 1 or len(shares) <= 1:
        yield from map(work, shares)
        return
    with ThreadPoolExecutor(min(threads, len(shares))) as pool:
        futures = [pool.submit(work, share) for share in shares]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()
