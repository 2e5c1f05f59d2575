"""The covariances that the units of a model see at pairs of data points: exact for the first hidden layer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from verify.algebraic.field import Number
from verify.data import Dataset, ExactArray
from verify.kernels.arithmetics import enclosed
from verify.kernels.closed_forms import Pair
from verify.kernels.forms import Form, homogeneous_degree, next_covariance
from verify.model import Model


class Exact(NamedTuple):
    """The exact |x_i|^2, |x_j|^2, x_i.x_j and the determinant, with the 1 of a hidden bias."""

    i: int
    j: int
    p: Number
    q: Number
    r: Number
    det: Number


def exact_pairs(data: Dataset, model: Model) -> Iterator[Exact]:
    """Yield the pairs i <= j, the diagonal first. Cost: n^2 d/2 exact products."""
    gram, scale = _gram(data)
    one = int(model.hidden_bias)
    lifted = [[x + scale * one for x in row] for row in gram]
    for i in range(data.n):
        p = _over(lifted[i][0], scale)
        yield Exact(i, i, p, p, p, Fraction(0))
    for i in range(data.n):
        for j in range(i + 1, data.n):
            p, q, r = lifted[i][0], lifted[j][0], lifted[i][j - i]
            det = _over(p * q - r * r, scale * scale)
            yield Exact(i, j, _over(p, scale), _over(q, scale), _over(r, scale), det)


def _over(x: Any, scale: int) -> Number:
    return Fraction(x, scale) if isinstance(x, int) else x / scale


def _gram(data: Dataset) -> tuple[list[list[Any]], int]:
    """Give the inner products x_i.x_j, j >= i, times a common scale."""
    rows: list[list[Any]]
    if isinstance(data.coordinates, ExactArray):
        integers, scales = data.coordinates.integers()
        common = math.lcm(*scales)
        factors = [common // s for s in scales]
        rows = [[int(x) * f for x, f in zip(row, factors, strict=True)] for row in integers.tolist()]
    else:
        rows, common = [list(point) for point in data.points], 1
    gram = [
        [sum(a * b for a, b in zip(rows[i], rows[j], strict=True)) for j in range(i, data.n)] for i in range(data.n)
    ]
    return gram, common * common


class Deep:
    """Carries covariances through the hidden layers of a model, pair by pair; the diagonal must come first."""

    def __init__(self, a: Any, model: Model, form: Form) -> None:
        self.a, self.model, self.form = a, model, form
        self._diagonal: dict[int, list[Any]] = {}

    def last(self, exact: Exact) -> Pair:
        """Give the covariance that the last hidden layer sees."""
        a, layers = self.a, self.model.hidden_layers
        g = Pair(*(a.number(x) for x in (exact.p, exact.q, exact.r, exact.det)))
        if layers == 1:
            return g
        if exact.i == exact.j:
            values = []
            for _ in range(layers - 1):
                p = next_covariance(a, self.model, self.form, g)
                values.append(p)
                g = Pair(p, p, p, 0 * p)
            self._diagonal[exact.i] = values
            return g
        same = exact.det == 0 and stays_dependent(
            self.model,
            equal=exact.p == exact.q == exact.r,
            opposite=exact.p == exact.q == -exact.r,
            one_ray=enclosed(exact.r, 1)[0] > 0,
        )
        for p, q in zip(self._diagonal[exact.i], self._diagonal[exact.j], strict=True):
            r = next_covariance(a, self.model, self.form, g)
            g = Pair(p, q, r, a.number(Fraction(0)) if same else p * q - r * r)
        return g


def stays_dependent(model: Model, *, equal: Any, opposite: Any, one_ray: Any) -> Any:
    """Whether s(w.x) and s(w.y) are proportional for all w, for points on one line, in every layer.

    Parameters
    ----------
    equal, opposite, one_ray : bool or ndarray of bool
        Whether x = y, x = -y, and x is a positive multiple of y.
    """
    profile = model.activation.profile
    has_parity = profile.even == () or profile.odd == ()
    if homogeneous_degree(model.activation) and not model.hidden_bias:
        return equal | one_ray | has_parity
    return equal | (opposite & (has_parity and not model.hidden_bias))


def lost_digits(model: Model, pairs: list[Exact]) -> int:
    """Count the digits that p q - r^2 of later layers cancels, about those of the smallest sin^2 of an angle."""
    if model.hidden_layers == 1:
        return 0
    least = 0.0
    for exact in pairs:
        if exact.det:
            least = max(least, sum(_log10(x) for x in (exact.p, exact.q)) - _log10(exact.det))
    return int(least) * 2 + 10 * model.hidden_layers


def _log10(x: Number) -> float:
    low, _ = enclosed(x, 20)
    return math.log10(low.numerator) - math.log10(low.denominator)
