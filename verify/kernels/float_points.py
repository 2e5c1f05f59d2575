"""Points as float64 arrays for the kernels: scaled against overflow, with lengths, and with exact collinearity at hand.

A tangent kernel needs the angle between two points, not its cosine: near 0 and pi the cosine has lost it. The angle of
a nearly collinear pair comes from the difference and the sum of the unit vectors (W. Kahan), and whether a pair is
collinear at all is decided exactly.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.data import Dataset, ExactArray
from verify.data.cells import points_matrix
from verify.data.lines import partition
from verify.errors import DataError, NotAvailableError

Floats = NDArray[np.float64]
_ONE_THREAD = 1 << 18  # multiplications up to which OpenBLAS stays on one thread
_CHUNK = 64
_SAFE_EXPONENT = 240  # points up to 2^240 = 1e72 and down to its inverse: products of four of their lengths are normal


@dataclass(frozen=True)
class FloatPoints:
    """n points, row i of which is 2^exponents[i] times `rows[i]`.

    Attributes
    ----------
    rows : ndarray of shape (n, d), float64
        With a hidden bias the points (x, 1).
    exponents : ndarray of n int64, or None
        None where all are 0.
    squares, lengths : ndarray of n float64
        Squared Euclidean lengths of the rows, and lengths.
    units : ndarray of shape (n, d)
        The rows divided by their lengths; zero rows stay zero.
    exact : ExactArray
        The points as they were given, without a bias.
    floats : ndarray
        The same rounded to float64.
    lifted : bool
        Whether the rows have a last coordinate 1.
    """

    rows: Floats
    exponents: NDArray[np.int64] | None
    squares: Floats
    lengths: Floats
    units: Floats
    exact: ExactArray
    floats: Floats
    lifted: bool

    @property
    def n(self) -> int:
        """Number of points."""
        return int(self.rows.shape[0])

    def without_exponents(self) -> FloatPoints:
        """Take the rows for the points."""
        return self if self.exponents is None else replace(self, exponents=None)


def exact_points(points: object, argument: str) -> ExactArray:
    """Take the points of a Dataset, or of anything that a Dataset can be made of."""
    matrix = points.coordinates if isinstance(points, Dataset) else points_matrix(points)
    if not isinstance(matrix, ExactArray):
        raise NotAvailableError(f"{argument}: the kernel is computed for rational points; these are in {matrix.field}")
    return matrix


def nearest_floats(matrix: ExactArray) -> Floats:
    """Round every entry to the nearest float64.

    Raises
    ------
    DataError
        When an entry is beyond the range of float64.
    """
    values = matrix.values
    if values.dtype == np.float64:
        return np.ascontiguousarray(values)
    largest = 2**53
    small = values.dtype == np.int64 and (values <= largest).all() and (values >= -largest).all()
    if small and max(matrix.scale, default=1) <= largest:
        return np.ascontiguousarray(values / np.array(matrix.scale, dtype=np.float64))  # correctly rounded
    floats = np.empty(values.shape)
    for i, j in np.ndindex(*values.shape):
        try:
            floats[i, j] = float(matrix.fraction(i, j))
        except OverflowError:
            raise DataError(f"points[{i}][{j}] is beyond the range of float64; scale the data") from None
    return floats


def nearest_float(coefficient: Fraction) -> float:
    """Round a coefficient of a kernel, such as a slope.

    Raises
    ------
    DataError
        When it is beyond the range of float64.
    """
    try:
        return float(coefficient)
    except OverflowError:
        raise DataError(
            "a coefficient of the kernel is beyond the range of float64; scale the activation, or use mpmath_kernel"
        ) from None


def longest_sum(d: int) -> int:
    """Give the number k for which inner products of d terms err by at most k 2^-53, relative to |x||y|.

    They are summed in chunks of 64, and the chunks in order.

    Examples
    --------
    >>> longest_sum(20), longest_sum(64), longest_sum(784)
    (20, 64, 77)
    """
    return d if d <= _CHUNK else _CHUNK + math.ceil(d / _CHUNK)


def inner_products(A: Floats, B: Floats) -> Floats:
    """Give A B^T, in pieces that BLAS does on the calling thread.

    The threads of BLAS, once woken, keep spinning and take the processors from ours.
    """
    m, n, d = len(A), len(B), A.shape[1]
    if d <= _CHUNK and m * n * d <= _ONE_THREAD:
        return np.asarray(A @ B.T)
    products = np.empty((m, n))
    step = max(1, _ONE_THREAD // (m * min(d, _CHUNK)))
    for k in range(0, d, _CHUNK):
        target = products if k == 0 else np.empty((m, n))
        a, b = A[:, k : k + _CHUNK], B[:, k : k + _CHUNK].T
        for start in range(0, n, step):
            np.matmul(a, b[:, start : start + step], out=target[:, start : start + step])
        if k:
            products += target
    return products


def squared_lengths(rows: Floats) -> Floats:
    """Sum the squares of each row in chunks, as `inner_products` does."""
    total = np.zeros(len(rows))
    for k in range(0, rows.shape[1], _CHUNK):
        total += np.einsum("ij,ij->i", rows[:, k : k + _CHUNK], rows[:, k : k + _CHUNK])
    return total


def float_points(exact: ExactArray, *, hidden_bias: bool, homogeneous: bool) -> FloatPoints:
    """Make the float64 side of points; rows are scaled by powers of two where the kernel is homogeneous."""
    rows = floats = nearest_floats(exact)
    n = len(rows)
    if hidden_bias:
        rows = np.ascontiguousarray(np.column_stack([rows, np.ones(n)]))
    exponents = None
    if homogeneous and rows.size:
        largest = np.abs(rows).max(axis=1)
        powers = np.frexp(largest)[1].astype(np.int64)
        powers[largest == 0] = 0
        if np.abs(powers).max() > _SAFE_EXPONENT:
            exponents = powers
            rows = np.ldexp(rows, -powers[:, None])
    with np.errstate(over="ignore", under="ignore"):
        squares = squared_lengths(rows)
        lengths = np.sqrt(squares)
        if not np.isfinite(squares).all():
            i = int(np.flatnonzero(~np.isfinite(squares))[0])
            raise DataError(
                f"points[{i}]: its squared length is beyond the range of float64; scale the data, or use mpmath_kernel"
            )
        if rows.size and ((squares < 1e-290) & (rows != 0).any(axis=1)).any():
            units = _units_of_tiny(rows)
        else:
            units = rows / np.where(lengths > 0, lengths, 1.0)[:, None]
    return FloatPoints(rows, exponents, squares, lengths, units, exact, floats, hidden_bias)


def _units_of_tiny(rows: Floats) -> Floats:
    """Divide by the lengths where squares underflow."""
    largest = np.abs(rows).max(axis=1)
    scaled = np.ldexp(rows, -np.frexp(largest)[1][:, None])
    lengths = np.sqrt(squared_lengths(scaled))
    return np.asarray(scaled / np.where(lengths > 0, lengths, 1.0)[:, None])


class Collinearity:
    """Which pairs of points lie on one line through 0, exactly; worked out when it is first asked for.

    Cost: O(n d + n log n), once.
    """

    def __init__(self, left: FloatPoints, right: FloatPoints) -> None:
        self._left, self._right = left, right
        self._lines: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None
        self._lock = threading.Lock()

    def same_line(self, i: NDArray[np.int64], j: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say for each pair (i, j) of a nonzero left and a nonzero right point whether they are collinear."""
        with self._lock:
            if self._lines is None:
                self._lines = self._partition()
        return np.asarray(self._lines[0][i] == self._lines[1][j])

    def _partition(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        left, right = self._left, self._right
        points = left.exact if right is left else _stacked(left.exact, right.exact)
        lines = np.empty(points.shape[0], dtype=np.int64)
        count = 0
        for group in partition(points, "lifted" if left.lifted else "line"):
            blocks = len(group.members)
            lines[group.members] = np.arange(count, count + blocks)[:, None]
            count += blocks
        return (lines, lines) if right is left else (lines[: left.n], lines[left.n :])


def _stacked(upper: ExactArray, lower: ExactArray) -> ExactArray:
    a, b = upper.values, lower.values
    if upper.scale == lower.scale and a.dtype == b.dtype:
        return ExactArray(np.concatenate([a, b]), upper.scale)
    rows: list[tuple[Fraction, ...]] = [*upper.fractions(), *lower.fractions()]
    return ExactArray.from_fractions(rows, upper.shape[1])


def small_angles(left: FloatPoints, right: FloatPoints, lines: Collinearity, i: Any, j: Any, sign: Floats) -> Floats:
    """Give the angle between left point i and sign times right point j, accurate also where it is tiny.

    Parameters
    ----------
    i, j : ndarrays of int64 of one length m
        Pairs of nonzero points.
    sign : ndarray of m float64
        1 or -1.

    Returns
    -------
    ndarray of m float64
        2 atan2(|u - s v|, |u + s v|) for the unit vectors u, v; exactly 0 for collinear points.
    """
    angles = np.empty(len(i))
    chunk = max(1, (1 << 17) // max(1, left.rows.shape[1]))
    for start in range(0, len(i), chunk):
        part = slice(start, start + chunk)
        u, v = left.units[i[part]], right.units[j[part]] * sign[part, None]
        difference, total = u - v, u + v
        angles[part] = 2 * np.arctan2(np.sqrt(squared_lengths(difference)), np.sqrt(squared_lengths(total)))
    close = np.flatnonzero(angles < 1e-13)
    if close.size:
        angles[close[lines.same_line(i[close], j[close])]] = 0.0
    return angles
