"""One tile of a kernel matrix in float64: fused for piecewise linear activations, from the closed forms for the rest.

For s(z) = a z + (1 - a) relu(z), u the cosine and t the angle, |x||y| taken out:

    last layer          ((1 - a)^2 (sin t + (pi - t) u) + 2 pi a u)/(2 pi)
    hidden layer        ((1 - a)^2 (pi - t) u + 2 pi a u)/(2 pi)

Both share sin t and t, which are computed from the same rounded u: the derivative of the first in u is then at most 1,
so that the rounding of u is not amplified. The second has an unbounded derivative at u = 1 and -1, so the angles of
nearly collinear pairs come from `small_angles`.

With several hidden layers the cosine that a layer makes of the one before is that of its last-layer kernel, and for the
other closed forms the covariance is (`verify.kernels.float_layers`).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from verify.errors import DataError, NotAvailableError
from verify.kernels.closed_forms import Pair, Value
from verify.kernels.float_layers import dependent_pairs, squares_by_layer
from verify.kernels.float_points import (
    Collinearity,
    FloatPoints,
    Floats,
    float_points,
    inner_products,
    nearest_float,
    small_angles,
)
from verify.kernels.forms import Form, check_model, check_zero, closed_form, homogeneous_degree, next_covariance
from verify.model import Model

NEARLY_COLLINEAR = 2.0**-6
"""Pairs whose |cosine| is above 1 minus this get their angle from differences."""

_NEAR_SINE = math.sqrt(NEARLY_COLLINEAR * (2 - NEARLY_COLLINEAR))
_MOST_DEGREE = 64  # rows scaled to lengths near 1 stay within float64 at this power
_NONE = np.empty(0, dtype=np.int64)
_SLOPES = {"relu": Fraction(0), "abs": Fraction(-1), "identity": Fraction(1)}


class Tiles(Protocol):
    """Makes the tiles of one matrix, or of two at once."""

    def __call__(self, rows: slice, columns: slice) -> list[Floats]:
        """Give the tile of each matrix; the arrays may be reused by the caller."""


def checked_model(model: Model | str) -> Model:
    """Take a model whose kernel float64 may know; `NotAvailableError` says why it does not."""
    model = Model.parse(model) if isinstance(model, str) else model
    check_model(model)
    return model


class _Floats:
    """NumPy as an arithmetic of the closed forms."""

    def number(self, value: Fraction) -> Value:
        return nearest_float(value)

    def pi(self) -> Value:
        return math.pi

    def sqrt(self, value: Value) -> Value:
        return np.sqrt(value)

    def exp(self, value: Value) -> Value:
        return np.exp(value)

    def expm1(self, value: Value) -> Value:
        return np.expm1(value)

    def tanh(self, value: Value) -> Value:
        return np.tanh(value)

    def angle(self, y: Value, x: Value) -> Value:
        return np.arctan2(y, x)


def make_tiles(
    left: FloatPoints, right: FloatPoints, model: Model, regimes: tuple[str, ...], lines: Collinearity | None = None
) -> Tiles:
    """Choose the route."""
    lines = lines or Collinearity(left, right)
    slope = piecewise_slope(model)
    if slope is not None:
        return Fused(left, right, model, regimes, lines, slope)
    return _Generic(left, right, model, regimes, lines)


def points_for(exact: Any, model: Model) -> FloatPoints:
    """Make the points as the tiles of a model want them."""
    return float_points(exact, hidden_bias=model.hidden_bias, homogeneous=total_degree(model) is not None)


def total_degree(model: Model) -> int | None:
    """Give the k for which K(t x, y) = t^k K(x, y), t > 0, in the points (x, 1) with a hidden bias; None above 64."""
    degree = homogeneous_degree(model.activation)
    if degree is None or (model.hidden_bias and model.hidden_layers > 1):  # the second layer adds another 1
        return None
    total = degree ** min(model.hidden_layers, _MOST_DEGREE)
    return total if total <= _MOST_DEGREE else None


def piecewise_slope(model: Model) -> Fraction | None:
    """Give the a of s(z) = a z + (1 - a) relu(z), for activations of this form."""
    activation = model.activation
    if activation.name in ("leaky_relu", "prelu"):
        return Fraction(activation.parameters["slope"])
    return _SLOPES.get(activation.name)


class TiledMatrix:
    """What both routes share: the points, and what an architecture adds to the kernel of its units."""

    def __init__(
        self, left: FloatPoints, right: FloatPoints, model: Model, regimes: tuple[str, ...], lines: Collinearity
    ) -> None:
        self.left, self.right, self.model, self.regimes, self.lines = left, right, model, regimes, lines
        self.one_set = left is right
        self.degree = total_degree(model) or 0

    def near_angles(
        self, u: Floats, near: NDArray[np.bool_], rows: slice, columns: slice
    ) -> tuple[NDArray[Any], NDArray[Any], Floats, Floats]:
        """Find the nearly collinear entries of a tile of cosines: their places, signs, and angles to the line."""
        i, j = np.nonzero(near) if near.any() else (_NONE, _NONE)
        sign = np.sign(u[i, j])
        angles = small_angles(self.left, self.right, self.lines, i + rows.start, j + columns.start, sign)
        return i, j, sign, angles

    def finished(self, last: Floats | None, hidden: Floats | None, rows: slice, columns: slice) -> list[Floats]:
        """Undo the scaling, and add gate, bias and skip."""
        model, left, right = self.model, self.left, self.right
        scaled = left.exponents is not None or right.exponents is not None
        powers = self.powers(rows, columns) if scaled else None
        if last is not None:
            degree = self.degree
            if model.gated:
                last *= inner_products(left.rows[rows], right.rows[columns])
                degree += 1
            if powers is not None:
                np.ldexp(last, degree * powers, out=last)
            if model.skip:
                d = left.exact.shape[1]
                dot = inner_products(left.rows[rows, :d], right.rows[columns, :d])
                last += dot if powers is None else np.ldexp(dot, powers)
            if model.output_bias:
                last += 1
        if hidden is not None and powers is not None:
            np.ldexp(hidden, self.degree * powers, out=hidden)
        made: list[Floats] = []
        for regime in self.regimes:
            part = last if regime == "trained" else hidden
            if regime == "ntk":
                assert last is not None and hidden is not None  # noqa: S101, PT018  # asked for in __call__
                part = np.add(last, hidden, out=None if "ntk_hidden" in self.regimes else hidden)
            assert part is not None  # noqa: S101  # asked for in __call__
            made.append(part)
        return made

    def powers(self, rows: slice, columns: slice) -> NDArray[np.int64]:
        """Give the sums of the exponents of the scaled points."""
        zero = np.int64(0)
        above = zero if self.left.exponents is None else self.left.exponents[rows, None]
        beside = zero if self.right.exponents is None else self.right.exponents[None, columns]
        return np.asarray(above + beside)

    def check(self, tiles: list[Floats], rows: slice, columns: slice) -> list[Floats]:
        """Refuse what overflowed, with its place."""
        for tile in tiles:
            finite = np.isfinite(tile)
            if not finite.all():
                i, j = np.argwhere(~finite)[0]
                raise DataError(
                    f"points {i + rows.start} and {j + columns.start}: the {self.model} kernel of this pair is beyond "
                    "the range of float64; scale the data, or use mpmath_kernel"
                )
        return tiles


def clamped(r: Floats, product: Floats, p: Floats, q: Floats) -> Floats:
    """Put inner products within |x||y| and (|x|^2 + |y|^2)/2, where rounding took them out; in place."""
    bound = np.minimum(product, (p + q) / 2)
    np.minimum(r, bound, out=r)
    return np.maximum(r, -bound, out=r)


class Fused(TiledMatrix):
    """Piecewise linear activations."""

    def __init__(self, *arguments: Any) -> None:
        *common, slope = arguments
        super().__init__(*common)
        self.slope = nearest_float(slope)
        self.curved = nearest_float((1 - slope) ** 2)
        self.straight = nearest_float(2 * slope / (1 + slope**2))
        self.bent = nearest_float((1 - slope) ** 2 / (1 + slope**2)) / math.pi
        self.biases = self.model.hidden_layers - 1 if self.model.hidden_bias else 0
        self.above = np.sqrt(self.left.squares + self.biases) / (2 * math.pi)
        self.beside = np.sqrt(self.right.squares + self.biases)
        bound = 2 * math.pi * float(self.above.max(initial=0)) * float(self.beside.max(initial=0))
        scaled = self.left.exponents is not None or self.right.exponents is not None
        self.may_overflow = (
            scaled or not bound * (1 + abs(self.slope)) < 1e300 / (1 + abs(self.slope)) or self.model.gated
        )

    def __call__(self, rows: slice, columns: slice) -> list[Floats]:  # noqa: D102  # as in Tiles
        regimes = self.regimes
        u = inner_products(self.left.units[rows], self.right.units[columns])
        np.minimum(u, 1.0, out=u)
        np.maximum(u, -1.0, out=u)
        for layer in range(self.model.hidden_layers):
            u = self.next_cosine(u, rows, columns, layer) if layer else u
            if self.one_set and rows == columns:
                np.fill_diagonal(u, np.where(self.left.lengths[rows] > 0, 1.0, 0.0))
        sine, rest = sine_and_rest(u)
        if regimes != ("trained",):
            i, j, sign, angle = self.near_angles(u, sine < _NEAR_SINE, rows, columns)
            sine[i, j] = np.sin(angle)
            rest[i, j] = np.where(sign > 0, math.pi - angle, angle)
        if self.slope:
            rest *= self.curved
            rest += 2 * math.pi * self.slope
            sine *= self.curved
        hidden = rest
        hidden *= u
        lengths = self.above[rows, None] * self.beside[columns]
        hidden *= lengths
        last = None
        if regimes != ("ntk_hidden",):
            last = sine
            last *= lengths
            last += hidden
        with np.errstate(over="ignore"):
            tiles = self.finished(last, hidden, rows, columns)
        return self.check(tiles, rows, columns) if self.may_overflow else tiles

    def next_cosine(self, u: Floats, rows: slice, columns: slice, layer: int) -> Floats:
        """Give the cosines that hidden layer `layer`, counted from 0, sees, from those of the one before.

        Without a bias u becomes ((1 - a)^2 (sin t + (pi - t) u) + 2 pi a u)/(pi (1 + a^2)), whose derivative is between
        -1 and 1; a bias adds 1 to the inner products and squared lengths.
        """
        sine, rest = sine_and_rest(u)
        rest *= u
        sine += rest
        sine *= self.bent
        if self.straight:
            sine += self.straight * u
        if self.biases:
            before, after = (np.sqrt(self.left.squares[rows, None] + k) for k in (layer - 1, layer))
            left, right = (np.sqrt(self.right.squares[None, columns] + k) for k in (layer - 1, layer))
            sine *= (before / after) * (left / right)
            sine += 1 / (after * right)
        np.minimum(sine, 1.0, out=sine)
        return np.maximum(sine, -1.0, out=sine)


def sine_and_rest(u: Floats) -> tuple[Floats, Floats]:
    """Give sin t and pi - t for t = arccos u; u is kept."""
    sine = 1.0 - u
    rest = 1.0 + u
    sine *= rest
    np.sqrt(sine, out=sine)
    np.arccos(u, out=rest)
    np.subtract(math.pi, rest, out=rest)
    return sine, rest


class _Generic(TiledMatrix):
    """Any activation with a closed form."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.form = form = form_of(self.model)
        self.formula = form.value if self.regimes != ("ntk_hidden",) else None
        self.derivative = form.slope if self.regimes != ("trained",) else None
        refuse_zero(self.left, self.model, form)
        refuse_zero(self.right, self.model, form)
        self.arithmetic = _Floats()
        with np.errstate(all="ignore"):
            self.above, self.beside = (
                squares_by_layer(self.arithmetic, self.model, form, points.squares)
                for points in (self.left, self.right)
            )

    def __call__(self, rows: slice, columns: slice) -> list[Floats]:
        with np.errstate(all="ignore"):
            pair = self._pair(rows, columns)
            shape = pair.r.shape
            last = hidden = None
            if self.formula is not None:
                last = np.array(np.broadcast_to(self.formula(self.arithmetic, pair), shape))
            if self.derivative is not None:
                hidden = np.array(np.broadcast_to(self.derivative(self.arithmetic, pair) * pair.r, shape))
            return self.check(self.finished(last, hidden, rows, columns), rows, columns)

    def _pair(self, rows: slice, columns: slice) -> Pair:
        left, right = self.left, self.right
        a, b = left.lengths[rows, None], right.lengths[None, columns]
        product = a * b
        r = inner_products(left.rows[rows], right.rows[columns])
        p, q = left.squares[rows, None], right.squares[None, columns]
        r = clamped(r, product, p, q)
        det = (product - r) * (product + r)
        u = r / product  # 0/0 is NaN, which is not near 1
        i, j, sign, angle = self.near_angles(u, np.abs(u) > 1 - NEARLY_COLLINEAR, rows, columns)
        det[i, j] = (product[i, j] * np.sin(angle)) ** 2
        straight = angle == 0
        i, j, sign = i[straight], j[straight], sign[straight]
        r[i, j] = sign * np.minimum(product[i, j], (p + q)[i, j] / 2)
        pair = Pair(p, q, r, _finite(det))
        if self.model.hidden_layers == 1:
            return pair
        stays = dependent_pairs(left, right, self.model, i + rows.start, j + columns.start, sign)
        i, j = i[stays], j[stays]
        for a, b in zip(self.above[1:], self.beside[1:], strict=True):
            r = next_covariance(self.arithmetic, self.model, self.form, pair)
            p, q = a[rows, None], b[None, columns]
            product = np.sqrt(p) * np.sqrt(q)
            r = clamped(r, product, p, q)
            det = (product - r) * (product + r)
            det[i, j] = 0.0
            pair = Pair(p, q, r, _finite(det))
        return pair


def _finite(det: Floats) -> Floats:
    """Lose what overflowed, lest a formula take an angle of it that is finite."""
    det[~np.isfinite(det)] = math.nan
    return det


def refuse_zero(points: FloatPoints, model: Model, form: Form) -> None:
    """Refuse the point 0 where the closed form does not hold at it."""
    if (points.squares == 0).any():
        check_zero(model, form)


def form_of(model: Model) -> Form:
    """Find the closed form of a model's kernels; `NotAvailableError` where there is none."""
    form = closed_form(model.activation)
    if form is None:
        raise NotAvailableError(
            f"no closed form of the kernel of {model.activation} is known; use verify.kernels.quadrature_kernel"
        )
    return form
