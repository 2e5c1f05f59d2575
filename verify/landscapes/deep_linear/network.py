"""A linear network with weight decay and multiplicative noise, and its expected loss."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from numbers import Integral
from typing import TypeAlias

from verify.errors import ModelError
from verify.landscapes.deep_linear.moments import Moments, RationalLike, rational
from verify.rational import format_rational

Weights: TypeAlias = Sequence[Sequence[Sequence[RationalLike]]]
"""One matrix for each layer, the first layer first: shapes (d_1, d), (d_2, d_1), ..., (1, d_D)."""

_Rows: TypeAlias = list[list[Fraction]]


@dataclass(frozen=True, init=False)
class DeepLinear:
    """The network U e_D W_D ... e_2 W_2 e_1 W_1 x with D hidden layers, a decay for each layer, and noise e_i.

    Parameters
    ----------
    widths : sequence of D positive int
        The number of units of each hidden layer, the first layer first; empty for ridge regression.
    decay : rational, or sequence of D + 1 rationals
        The weight decay of each layer, the first layer first and the output layer last; positive.
    noise : rational, or sequence of D rationals, default 0
        The *variance* of the noise: in hidden layer i each unit is multiplied by independent noise of mean 1 and
        variance noise_i >= 0. Dropout that keeps a unit with probability p, rescaled by 1/p, has variance (1 - p)/p.

    Raises
    ------
    ModelError
        For a width below 1, a decay that is not positive, a negative variance, or a wrong number of them.

    Examples
    --------
    >>> network = DeepLinear([4, 4], "1/10", noise="1/2")
    >>> network.depth, network.noise_factor, network.decay_product
    (2, Fraction(81, 64), Fraction(1, 1000))
    """

    widths: tuple[int, ...]
    decay: tuple[Fraction, ...]
    noise: tuple[Fraction, ...]

    def __init__(
        self,
        widths: Sequence[int],
        decay: RationalLike | Sequence[RationalLike],
        *,
        noise: RationalLike | Sequence[RationalLike] = 0,
    ) -> None:
        if not isinstance(widths, Iterable) or isinstance(widths, str):
            raise ModelError(f"widths is {widths!r}; give a list with the units of each hidden layer, such as [4, 4]")
        widths = [
            int(width) if isinstance(width, Integral) and not isinstance(width, bool) else width for width in widths
        ]  # NumPy's integers too
        for i, width in enumerate(widths):
            if isinstance(width, bool) or not isinstance(width, int) or width < 1:
                raise ModelError(f"hidden layer {i + 1} has width {width!r}; give every hidden layer at least 1 unit")
        depth = len(widths)
        decays = _one_or_each(decay, depth + 1, "decay", "layer: the hidden layers and the output layer")
        variances = _one_or_each(noise, depth, "noise", "hidden layer")
        for value in decays:
            if value == 0:
                raise ModelError(
                    "a decay is 0, which is not covered: the least loss need not be attained; give positive decays"
                )
            if value < 0:
                raise ModelError(f"the decay {format_rational(value)} is negative; give positive decays")
        for value in variances:
            if value < 0:
                raise ModelError(f"the noise variance {format_rational(value)} is negative; give 0 or more")
        for name, found in (("widths", tuple(widths)), ("decay", decays), ("noise", variances)):
            object.__setattr__(self, name, found)

    @property
    def depth(self) -> int:
        """The number D of hidden layers."""
        return len(self.widths)

    @property
    def noise_factor(self) -> Fraction:
        """κ, the product of 1 + noise_i/d_i: all that the widths and the noise do to the least loss."""
        return prod((1 + s / d for s, d in zip(self.noise, self.widths, strict=True)), start=Fraction(1))

    @property
    def decay_product(self) -> Fraction:
        """The product Γ of the D + 1 decays: all that they do to the least loss, however they are distributed."""
        return prod(self.decay, start=Fraction(1))

    def shapes(self, dimension: int) -> list[tuple[int, int]]:
        """List the shapes of the weight matrices for inputs of a dimension."""
        sizes = [dimension, *self.widths, 1]
        return [(sizes[i + 1], sizes[i]) for i in range(len(sizes) - 1)]


def _one_or_each(values: object, count: int, name: str, what: str) -> tuple[Fraction, ...]:
    if isinstance(values, str) or not hasattr(values, "__len__"):
        return (rational(values, name),) * count
    listed = tuple(rational(x, f"{name}[{i}]") for i, x in enumerate(values))  # type: ignore[arg-type, var-annotated]  # a sequence: it has a length
    if len(listed) != count:
        raise ModelError(f"{name} has {len(listed)} values; give one, or {count}: one for each {what}")
    return listed


def expected_loss(network: DeepLinear, moments: Moments, weights: Weights) -> Fraction:
    """Evaluate the loss at rational weights: the mean over data and noise of the squared error, plus weight decay.

    Parameters
    ----------
    network : DeepLinear
    moments : Moments
    weights : D + 1 matrices of rationals
        Rows of the shapes `network.shapes`; the last one has one row.

    Returns
    -------
    Fraction
        E[(f(x) - y)²] + sum_i decay_i ||W_i||². The mean over the noise is exact: if S is the matrix of second
        moments of a layer's inputs, then M = W S Wᵀ is that of its outputs before the noise, and M + noise diag(M)
        after it. The cost is O(w³) for each layer, where w is the largest width.

    Raises
    ------
    ModelError
        When a matrix has another shape.

    Examples
    --------
    >>> network = DeepLinear([1], 1, noise=1)  # f(x) = u e w x with a variance of 1
    >>> expected_loss(network, Moments([[1]], [1], 1), [[[1]], [[2]]])  # E[(2 e x - y)²] + 1 + 4 with x = y
    Fraction(10, 1)
    """
    matrices = _checked(network, moments, weights)
    moment = [list(row) for row in moments.second_moment]
    mean = list(moments.cross_moment)
    cost = moments.label_moment
    for matrix, decay, noise in zip(matrices, network.decay, (*network.noise, Fraction(0)), strict=True):
        half = _product(matrix, moment, len(moment))
        moment = _product(half, [[row[j] for row in matrix] for j in range(len(moment))], len(matrix))
        for j, row in enumerate(moment):
            row[j] *= 1 + noise
        mean = [row[0] for row in _product(matrix, [[x] for x in mean], 1)]
        cost += decay * sum(x * x for row in matrix for x in row)
    return cost + moment[0][0] - 2 * mean[0]


def _product(left: _Rows, right: _Rows, columns: int) -> _Rows:
    return [
        [sum((a * r[j] for a, r in zip(row, right, strict=True)), Fraction(0)) for j in range(columns)] for row in left
    ]


def _checked(network: DeepLinear, moments: Moments, weights: Weights) -> list[_Rows]:
    shapes = network.shapes(moments.dimension)
    if len(weights) != len(shapes):
        raise ModelError(f"there are {len(weights)} weight matrices for {len(shapes)} layers; give one for each layer")
    matrices = []
    for k, (matrix, (rows, columns)) in enumerate(zip(weights, shapes, strict=True)):
        if len(matrix) != rows or any(len(row) != columns for row in matrix):
            raise ModelError(f"weights[{k}] must have {rows} rows of {columns} numbers")
        matrices.append(
            [[rational(x, f"weights[{k}][{i}][{j}]") for j, x in enumerate(row)] for i, row in enumerate(matrix)]
        )
    return matrices
