"""A float64 kernel matrix together with a rigorous bound of its distance from the true one.

The points are exact; what is bounded is everything after them: rounding rationals to float64, lengths, inner products,
square roots, angles and the closed form. Collinear pairs are decided exactly. For piecewise linear activations the
bound is c |x_i||x_j| with a constant proved in ``docs/certified-spectra.md``; for the other closed forms the formula
runs in `running_error`. No second matrix is made: only sums of rows of the bounds are kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.kernels.closed_forms import Pair
from verify.kernels.float_layers import dependent_pairs, squares_by_layer
from verify.kernels.float_points import (
    Collinearity,
    FloatPoints,
    exact_points,
    inner_products,
    longest_sum,
    nearest_float,
)
from verify.kernels.float_tiles import (
    NEARLY_COLLINEAR,
    Fused,
    TiledMatrix,
    checked_model,
    clamped,
    form_of,
    piecewise_slope,
    points_for,
    refuse_zero,
)
from verify.kernels.floating import Floats, run_on_panels, thread_count
from verify.kernels.forms import next_covariance
from verify.kernels.running_error import UNIT, Bounded, RunningError
from verify.model import Model

_UP = 1 + 2.0**-40
_TINY = 2.0**-1060
_LEAST_SQUARE = 2.0**-970  # squared lengths above it are not touched by underflow, to relative 2^-100
_CONSTANTS = {"trained": (1.7, 18.0), "ntk_hidden": (3.4, 24.0), "ntk": (5.5, 48.0)}
"""The error is at most (a d + b) u |x||y| ((1 - slope)^2 + 2 |slope|), u = 2^-53, d = `longest_sum`(dimension)."""
_RELU = (3.0, 18.0), (0.41, 7.0)
"""The last-layer kernel of relu errs by at most ((a d + b) K_xy + (e d + f) |x||y|) u: less where K_xy is small."""
_LAYER, _BIAS = 16.0, (1.0, 13.0)
"""A further hidden layer adds at most 16 ((1 - slope)^2 + 2 |slope|)/(1 + slope^2) u to the error of the last cosine,
and a d + b with a hidden bias."""


@dataclass(frozen=True)
class EnclosedKernel:
    """The kernel matrix of exact points lies within `error` of `matrix`, in the spectral norm.

    Attributes
    ----------
    matrix : ndarray of shape (n, n), float64
        Exactly symmetric.
    row_errors : ndarray of n float64
        Row sums of the entrywise bound that `error_tiles` gives: the sum of abs(K - matrix) over row i is at most
        row_errors[i].
    error : float
        At least the spectral norm of K - matrix; for a symmetric matrix the largest row sum is.
    """

    matrix: Floats
    row_errors: Floats
    error: float


def enclosed_kernel(X: object, model: Model | str = "relu", *, threads: int | None = None) -> EnclosedKernel | None:
    """Compute a float64 kernel matrix and bound its error rigorously.

    Parameters
    ----------
    X, model, threads :
        As for `float_kernel`. The kernel is that of the exact points, rationals included.

    Returns
    -------
    EnclosedKernel or None
        None where the error cannot be bounded: a length so small that its square underflows, rationals that round to
        denormal floats, or an operation of the closed form whose argument is lost.

    Raises
    ------
    DataError, NotAvailableError
        As for `float_kernel`.

    Notes
    -----
    Rigorous under IEEE 754 arithmetic, rounding to nearest, in NumPy and BLAS (in any order of summation, with or
    without fused multiply-add), and the assumption on the library's functions in `running_error`. Cost: that of
    `float_kernel` for piecewise linear activations, about five times as much for the others.

    Examples
    --------
    >>> K = enclosed_kernel([["1/3", 1], [1, "1/7"]])
    >>> K.matrix.round(3).tolist(), 0 < K.error < 1e-13
    ([[0.556, 0.306], [0.306, 0.51]], True)
    """
    model = checked_model(model)
    exact = exact_points(X, "X")
    points = points_for(exact, model)
    n = points.n
    if not _within_range(points):
        return None
    tiles = error_tiles(points, model)
    K = np.empty((n, n))
    rows_of_errors = np.zeros(n)

    def fill(blocks: list[tuple[slice, slice]]) -> Floats:
        sums = np.zeros(n)
        for rows, columns in blocks:
            tile, error = tiles(rows, columns)
            if rows == columns:
                tile = np.triu(tile)
                tile += np.triu(tile, 1).T
                error = np.triu(error)
                error += np.triu(error, 1).T
            K[rows, columns] = tile
            sums[rows] += error.sum(axis=1)
            if rows != columns:
                K[columns, rows] = tile.T
                sums[columns] += error.sum(axis=0)
        return sums

    for sums in run_on_panels(fill, n, n, thread_count(threads), one_set=True):
        rows_of_errors += sums
    rows_of_errors *= 1 + 4 * (n + 2) * UNIT
    error = float(rows_of_errors.max(initial=0.0))
    return EnclosedKernel(K, rows_of_errors, error) if math.isfinite(error) else None


def _within_range(points: FloatPoints) -> bool:
    nonzero = (points.rows != 0).any(axis=1) if points.rows.size else np.zeros(points.n, dtype=bool)
    values = points.exact.values
    if values.dtype != np.float64 and values.size:
        lost = (points.floats == 0) & (values != 0)
        denormal = (points.floats != 0) & (np.abs(points.floats) < 2.0**-1022)
        if lost.any() or denormal.any():
            return False
    return bool((points.squares[nonzero] >= _LEAST_SQUARE).all())


def error_tiles(points: FloatPoints, model: Model) -> _ErrorTiles:
    """Choose the route: (rows, columns) -> (tile, entrywise bound of its error)."""
    slope = piecewise_slope(model)
    return _FusedErrors(points, model, slope) if slope is not None else _GenericErrors(points, model)


class _ErrorTiles(TiledMatrix):
    """What both routes share."""

    def __init__(self, points: FloatPoints, model: Model) -> None:
        super().__init__(points, points, model, (model.regime,), Collinearity(points, points))
        self.summed = longest_sum(points.rows.shape[1])

    def inner(self, rows: slice, columns: slice, *, lifted: bool) -> Bounded:
        """Enclose the inner products: fl(x.y) errs by at most (d + 8) u |x||y|, d = `longest_sum`."""
        d = self.left.rows.shape[1] if lifted else self.left.exact.shape[1]
        left, right = self.left.rows[rows, :d], self.left.rows[columns, :d]
        r = inner_products(left, right)
        lengths = self.left.lengths[rows, None] * self.left.lengths[None, columns]
        return Bounded(r, (self.summed + 8) * UNIT * _UP * lengths + _TINY)

    def with_architecture(self, kernel: Bounded, rows: slice, columns: slice) -> tuple[Floats, Floats]:
        """Undo the scaling, add gate, skip and bias."""
        model = self.model
        powers = self.powers(rows, columns) if self.left.exponents is not None else None
        degree = self.degree
        if model.gated:
            kernel = kernel * self.inner(rows, columns, lifted=True)
            degree += 1
        if powers is not None:
            kernel = _scaled(kernel, degree * powers)
        if model.skip:
            dot = self.inner(rows, columns, lifted=False)
            kernel = kernel + (dot if powers is None else _scaled(dot, powers))
        if model.output_bias:
            kernel = kernel + 1
        value = np.array(np.broadcast_to(kernel.value, self.shape_of(rows, columns)))
        error = np.array(np.broadcast_to(kernel.error, value.shape))
        error[np.isnan(error)] = math.inf
        self.check([value], rows, columns)
        return value, error

    def shape_of(self, rows: slice, columns: slice) -> tuple[int, int]:
        """Give the shape of a tile."""
        return rows.stop - rows.start, columns.stop - columns.start

    def __call__(self, rows: slice, columns: slice) -> tuple[Floats, Floats]:
        with np.errstate(all="ignore"):
            return self.with_architecture(self.kernel(rows, columns), rows, columns)

    def kernel(self, rows: slice, columns: slice) -> Bounded:
        """Enclose the kernel of the units alone."""
        raise NotImplementedError


def _scaled(x: Bounded, powers: NDArray[np.int64]) -> Bounded:
    return Bounded(np.ldexp(x.value, powers), np.ldexp(x.error, powers) * _UP + _TINY)


class _FusedErrors(_ErrorTiles):
    """Piecewise linear activations: c |x||y|."""

    def __init__(self, points: FloatPoints, model: Model, slope: Any) -> None:
        super().__init__(points, model)
        bare = replace(model, gated=False, skip=False, output_bias=False)
        unscaled = points.without_exponents()
        self.tiles = Fused(unscaled, unscaled, bare, (model.regime,), self.lines, slope)
        size = nearest_float((1 - slope) ** 2 + 2 * abs(slope)) * _UP
        deeper = _LAYER * nearest_float(((1 - slope) ** 2 + 2 * abs(slope)) / (1 + slope**2)) * _UP
        if model.hidden_bias:
            deeper += _BIAS[0] * self.summed + _BIAS[1]
        deeper *= model.hidden_layers - 1
        a, b = _CONSTANTS[model.regime]
        if deeper:
            b += deeper / 2 + 1
        self.relative = 0.0
        if slope == 0 and model.regime == "trained":
            (more, most), (a, b) = _RELU
            if deeper:
                most, b = most + deeper + 1, b + 0.12 * deeper + 0.2
            self.relative = (more * self.summed + most) * UNIT * _UP
        self.constant = (a * self.summed + b) * size * UNIT * _UP

    def kernel(self, rows: slice, columns: slice) -> Bounded:
        (value,) = self.tiles(rows, columns)
        lengths = self.tiles.above[rows, None] * self.tiles.beside[None, columns] * (2 * math.pi)
        lengths *= self.constant
        lengths += _TINY
        if self.relative:
            lengths += self.relative * value
        return Bounded(value, lengths)


class _GenericErrors(_ErrorTiles):
    """Any closed form, in running error analysis."""

    def __init__(self, points: FloatPoints, model: Model) -> None:
        super().__init__(points, model)
        self.form = form = form_of(model)
        refuse_zero(points, model, form)
        self.formula = form.value if model.regime != "ntk_hidden" else None
        self.derivative = form.slope if model.regime != "trained" else None
        self.arithmetic = RunningError()
        self.small = (self.summed + 8) * UNIT * _UP
        squares = Bounded(points.squares, self.small * points.squares)
        with np.errstate(all="ignore"):
            layers = squares_by_layer(self.arithmetic, model, form, squares)
        self.layers = [Bounded(*(np.broadcast_to(x, points.n) for x in (p.value, p.error))) for p in layers]

    def kernel(self, rows: slice, columns: slice) -> Bounded:
        pair = self.pair(rows, columns)
        parts = []
        if self.formula is not None:
            parts.append(self.formula(self.arithmetic, pair))
        if self.derivative is not None:
            parts.append(self.derivative(self.arithmetic, pair) * pair.r)
        return parts[0] if len(parts) == 1 else parts[0] + parts[1]  # type: ignore[no-any-return]  # Bounded

    def pair(self, rows: slice, columns: slice) -> Pair:
        """Enclose p, q, r and p q - r^2 of the last hidden layer; the constants are proved in the documentation."""
        left, d = self.left, self.summed
        p, q = left.squares[rows, None], left.squares[None, columns]
        product = left.lengths[rows, None] * left.lengths[None, columns]
        r = clamped(inner_products(left.rows[rows], left.rows[columns]), product, p, q)
        det = (product - r) * (product + r)
        det_error = (4 * d + 40) * UNIT * _UP * product * product + _TINY * (product > 0)
        u = r / product
        i, j, sign, angle = self.near_angles(u, np.abs(u) > 1 - NEARLY_COLLINEAR, rows, columns)
        sine = np.sin(angle)
        across = product[i, j] * sine
        across_error = product[i, j] * (((1.3 * d + 16) + (d + 20) * sine) * UNIT * _UP)
        det[i, j] = across * across
        det_error[i, j] = ((2 * across + across_error) * across_error + 2 * UNIT * across * across) * _UP + _TINY
        zero = np.flatnonzero(angle == 0)
        i, j = i[zero], j[zero]
        straight = self.lines.same_line(i + rows.start, j + columns.start)
        i, j, sign = i[straight], j[straight], sign[zero][straight]
        r[i, j] = sign * np.minimum(product[i, j], (p + q)[i, j] / 2)
        det[i, j] = det_error[i, j] = 0.0
        bounded = Pair(
            Bounded(p, self.small * p),
            Bounded(q, self.small * q),
            Bounded(r, self.small * product),
            Bounded(det, det_error, nonnegative=True),
        )
        if self.model.hidden_layers == 1:
            return bounded
        stays = dependent_pairs(left, left, self.model, i + rows.start, j + columns.start, sign)
        return self.deeper(bounded, rows, columns, (i[stays], j[stays]))

    def deeper(self, pair: Pair, rows: slice, columns: slice, dependent: tuple[Any, Any]) -> Pair:
        """Go from the covariance of the first hidden layer to that of the last."""
        for squares in self.layers[1:]:
            p = Bounded(squares.value[rows, None], squares.error[rows, None])
            q = Bounded(squares.value[None, columns], squares.error[None, columns])
            r = next_covariance(self.arithmetic, self.model, self.form, pair)
            det = p * q - r * r
            det.value[dependent] = det.error[dependent] = 0.0
            pair = Pair(p, q, r, Bounded(det.value, det.error, nonnegative=True))
        return pair
