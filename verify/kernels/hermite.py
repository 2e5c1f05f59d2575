"""Kernels without a closed form, enclosed: Hermite series of activations that are analytic in a strip.

With a = |x|, b = |y|, cosine rho, and the orthonormal Hermite polynomials h_l of the weight phi,

    E[s(w.x) s(w.y)] = sum_l c_l(a) c_l(b) rho^l,    c_l(a) = E[s(a z) h_l(z)],  z ~ N(0, 1).

The terms above a degree form a positive semidefinite matrix (I. Schur), so what is cut off only raises eigenvalues, by
at most its trace, the sum of E[s(a z)^2] - sum c_l(a)^2. The coefficients are trapezoidal sums, whose error decreases
like exp(-2 pi c/h) with the width c of the strip (L. N. Trefethen, J. A. C. Weideman, 2014); see ``docs/kernels.md``.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

from verify import flint_backend
from verify.data import Dataset
from verify.errors import NotAvailableError
from verify.kernels.arithmetics import Balls
from verify.kernels.covariances import Exact, exact_pairs
from verify.model import Model

Ball = Any

MOST_POINTS = 1024
SERIES_BITS = 512
"""The precision up to which series are tried."""
BITS_A_DEGREE = 2
"""Bits of precision for each degree of a series: with both, more is known of the least eigenvalue."""
_MOST_NODES = 60_000
_CHUNK = 512
_WIDEST = 3


class Strip(NamedTuple):
    """s is analytic, and |s(w)| <= constant + factor |w|, where |Im w| <= width; real on the real line."""

    constant: Fraction
    factor: Fraction
    width: Fraction


_HALF_PI, _QUARTER_PI = Fraction(157, 100), Fraction(157, 200)  # a little less
STRIPS = {
    "sigmoid": Strip(Fraction(1), Fraction(0), _HALF_PI),
    "shifted_sigmoid": Strip(Fraction(1), Fraction(0), _HALF_PI),
    "tanh": Strip(Fraction(1), Fraction(0), _QUARTER_PI),
    "tanhshrink": Strip(Fraction(1), Fraction(1), _QUARTER_PI),
    "softplus": Strip(Fraction(7, 10), Fraction(1), _HALF_PI),
    "logsigmoid": Strip(Fraction(7, 10), Fraction(1), _HALF_PI),
    "shifted_softplus": Strip(Fraction(17, 10), Fraction(1), _HALF_PI),
    "silu": Strip(Fraction(0), Fraction(1), _HALF_PI),
    "mish": Strip(Fraction(0), Fraction(1), _QUARTER_PI),
    "arctan": Strip(Fraction(0), Fraction(4, 3), Fraction(1, 2)),
    "asinh": Strip(Fraction(0), Fraction(6, 5), Fraction(1, 2)),
    "squareplus": Strip(Fraction(1), Fraction(1), Fraction(1)),
    "snake": Strip(Fraction(5, 2), Fraction(1), Fraction(1)),
    "sinc": Strip(Fraction(8, 5), Fraction(0), Fraction(1)),
}
"""By the text of the activation; each line is proved in the documentation."""


class Truncation(NamedTuple):
    """A kernel matrix K up to a degree: K - rows is positive semidefinite, and its trace is at most cut."""

    rows: list[list[Ball]]
    cut: Fraction


def strip_of(model: Model) -> Strip | None:
    """Find what the series of a model needs; None where it is not for that model.

    Examples
    --------
    >>> [strip_of(Model.parse(text)) is None for text in ("tanh", "tanh+bias", "tanh+layers=2", "selu")]
    [False, False, True, True]
    """
    if model.regime != "trained" or model.hidden_layers > 1:
        return None
    return STRIPS.get(str(model.activation))


def truncated_kernel(data: Dataset, model: Model, degree: int) -> Truncation:
    """Enclose the kernel matrix up to a degree, at the precision of the surrounding `flint_backend.precision` block.

    Parameters
    ----------
    data : Dataset
        n points, at most 1024.
    model : Model
        One that `strip_of` knows.
    degree : int
        Of the last term of the series.

    Returns
    -------
    Truncation

    Raises
    ------
    NotAvailableError
        For more points, and for points so long that the sums would have more than 60,000 nodes on each side
        of 0.

    Notes
    -----
    Cost: about `degree` operations on balls for each pair of points that differs from the others in lengths or inner
    product, and for each length of a point the values of the activation at some hundred nodes; their number grows with
    the largest length and with the precision.
    """
    strip = strip_of(model)
    if strip is None:
        raise NotAvailableError(f"no Hermite series of the kernel of {model} is known; use quadrature_kernel")
    if data.n > MOST_POINTS:
        raise NotAvailableError(f"the kernel of {model} is enclosed for at most {MOST_POINTS} points, not {data.n}")
    a = Balls()
    pairs = list(exact_pairs(data, model))
    squares = dict.fromkeys(x.p for x in pairs[: data.n])
    lengths = {square: a.sqrt(a.number(square)) for square in squares}
    found = dict(zip(squares, _coefficients(list(lengths.values()), strip, model.activation.arb, degree), strict=True))
    rows = [[flint_backend.ball(0)] * data.n for _ in range(data.n)]
    cut = flint_backend.ball(0)
    values: dict[tuple[Any, ...], Ball] = {}  # symmetric data have few different angles
    for x in pairs:
        (left, mean), (right, _) = found[x.p], found[x.q]
        key = (x.p, x.q, x.r)
        if key not in values:
            size = lengths[x.p] * lengths[x.q]
            cosine = flint_backend.ball(int(x.i == x.j)) if x.i == x.j or not x.r else a.number(x.r) / size
            products = [c * d for c, d in zip(left, right, strict=True)]
            values[key] = flint_backend.value_of_polynomial(products, cosine)
        value = values[key]
        rows[x.i][x.j] = rows[x.j][x.i] = _with_architecture(a, model, x, value)
        if x.i == x.j:
            rest = mean - value
            cut = cut + (rest * a.number(x.r) if model.gated else rest)
    above = flint_backend.bounds(cut)
    if above is None:
        raise NotAvailableError(f"the kernel of {model} was not enclosed; scale the data")
    return Truncation(rows, max(above[1], Fraction(0)))


def _with_architecture(a: Balls, model: Model, x: Exact, value: Ball) -> Ball:
    """Multiply by the gate, add biases and skip, as `verify.kernels.forms.kernel_value` does."""
    value = value * a.number(x.r) if model.gated else value
    value = value + 1 if model.output_bias else value
    return value + a.number(x.r - int(model.hidden_bias)) if model.skip else value


def _coefficients(lengths: list[Ball], strip: Strip, s: Any, degree: int) -> list[tuple[list[Ball], Ball]]:
    """Enclose for each length a the c_0(a), ..., c_degree(a), and E[s(a z)^2], by trapezoidal sums."""
    bits = flint_backend.working_precision()
    longest = Fraction(0)
    for a in lengths:
        above = flint_backend.upper_bound(a)
        if above is None:  # not a length of 0: the strip would be too wide for it, and the error bound wrong
            raise _too_long()
        longest = max(longest, above)
    width = min(strip.width / longest, Fraction(_WIDEST)) if longest else Fraction(_WIDEST)
    nats = 0.7 * (bits + 16) + 0.4 * degree + 8
    step = Fraction(int(2 * math.pi * float(width) / nats * 2**40), 2**40)
    reach = math.sqrt(degree / 2) + math.sqrt(1.4 * (bits + 16)) + 2
    if not step or reach / step > _MOST_NODES:
        raise _too_long()
    count = math.ceil(reach / step)
    with flint_backend.precision(bits + degree + 32):  # the recursion of the polynomials loses about a bit a degree
        sums, means = _sums(lengths, s, degree, step, count)
    rule = _Rule(strip, step, count, width)
    made = []
    for a, row, mean in zip(lengths, sums, means, strict=True):
        errors = [rule.error(a, order, 1) for order in range(degree + 1)]
        made.append(
            (
                [flint_backend.widened(c, e) for c, e in zip(row, errors, strict=True)],
                flint_backend.widened(mean, rule.error(a, 0, 2)),
            )
        )
    return made


def _too_long() -> NotAvailableError:
    return NotAvailableError(
        f"the points are too long for a Hermite series, which would need over {2 * _MOST_NODES} nodes; scale the data"
    )


def _sums(lengths: list[Ball], s: Any, degree: int, step: Fraction, count: int) -> tuple[list[list[Ball]], list[Ball]]:
    """Sum s(a z) h_l(z) phi(z) h, and s(a z)^2 phi(z) h, over the nodes z = k h with |k| <= count."""
    ball = flint_backend.ball
    roots = [ball(k).sqrt() for k in range(degree + 2)]
    scale = ball(step) / (2 * Balls().pi()).sqrt()
    sums = [[ball(0)] * (degree + 1) for _ in lengths]
    means = [ball(0)] * len(lengths)
    for first in range(-count, count + 1, _CHUNK):
        nodes = [ball(k * step) for k in range(first, min(first + _CHUNK, count + 1))]
        weights = [(-z * z / 2).exp() * scale for z in nodes]
        table = [_polynomials(z, weight, roots, degree) for z, weight in zip(nodes, weights, strict=True)]
        values = [[s(a * z) for z in nodes] for a in lengths]
        part = flint_backend.product_of_balls(values, table)
        sums = [[x + y for x, y in zip(*rows, strict=True)] for rows in zip(sums, part, strict=True)]
        for i, row in enumerate(values):
            means[i] = means[i] + sum((v * v * w for v, w in zip(row, weights, strict=True)), ball(0))
    return sums, means


def _polynomials(z: Ball, weight: Ball, roots: list[Ball], degree: int) -> list[Ball]:
    """Give h_0(z), ..., h_degree(z), times a weight: sqrt(l + 1) h_(l+1) = z h_l - sqrt(l) h_(l-1)."""
    before, row = 0 * weight, [weight]
    for order in range(degree):
        before, last = row[-1], (z * row[-1] - roots[order] * before) / roots[order + 1]
        row.append(last)
    return row


class _Rule(NamedTuple):
    """A trapezoidal sum with nodes k step, |k| <= last, for functions analytic where |Im z| <= width."""

    strip: Strip
    step: Fraction
    last: int
    width: Fraction

    def error(self, a: Ball, order: int, power: int) -> Ball:
        """Bound the error of the sum for E[s(a z)^power h_order(z)]; proved in the documentation."""
        ball = flint_backend.ball
        t = Fraction(math.isqrt(32 * order), 8)  # near sqrt(order/2)
        c, h, far = ball(self.width), ball(self.step), ball(self.step * self.last - t)
        if not self.step * self.last >= t + 2:
            raise AssertionError(f"the nodes end before {t} + 2, where the tail is not bounded")
        tt, constant, slope = ball(t), ball(self.strip.constant), ball(self.strip.factor) * a
        generating = (tt * tt / 2).exp()
        if order:
            generating = generating * ball(math.factorial(order)).sqrt() / tt**order
        inside = 2 * generating * (tt * c + c * c / 2 + tt * tt / 2).exp()
        inside = inside * (constant + slope * (c + tt + 1)) ** power
        outside = 2 * generating * ((tt * tt - far * far) / 2).exp() / (2 * Balls().pi()).sqrt()
        outside = outside * (constant + slope * (tt + far + 1)) ** power
        return 2 * inside / ((2 * Balls().pi() * c / h).exp() - 1) + outside
