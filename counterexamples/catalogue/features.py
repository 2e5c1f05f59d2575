"""The rank by sampling: exact values of random networks, without the theorem.

Where the activation is piecewise polynomial, the value vectors of random units with rational weights are rational, and
the rank of many of them is a lower bound of the rank that no theorem is needed for. With at least as many units as
points it is nearly always equal to it; if it is, and the annihilating vectors of the certificate are orthogonal to all
of them, both numbers stand on their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

from verify.flint_backend import rank

if TYPE_CHECKING:
    from verify import Dataset, Model

MOST_POINTS = 64
_DENOMINATORS = (1, 1, 2, 3)

Vector = Sequence[Fraction]


def feature_rank(data: Dataset, model: Model, *, rng: int = 0) -> dict[str, Any] | None:
    """Sample units: a record with their number and the exact rank of their values, or None where it cannot be had.

    Parameters
    ----------
    data : Dataset
        At most 64 rational points.
    model : Model
        Trained, with a piecewise-polynomial activation; any architecture.
    rng : int
        Seed of the weights.

    Examples
    --------
    >>> from verify import Dataset, Model
    >>> hexagon = Dataset([[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]])
    >>> feature_rank(hexagon, Model("relu"))["rank"]
    5
    """
    if not model.activation.piecewise_polynomial or model.regime != "trained":
        return None
    if data.field is not None or data.n > MOST_POINTS:
        return None
    random = Random(rng)  # noqa: S311  # nothing secret
    units = 3 * data.n + 10
    points = [tuple(Fraction(x) for x in point) for point in data.points]  # type: ignore[arg-type]  # rational
    columns: list[Vector] = [list(column) for column in zip(*points, strict=True)] or []
    scale = max((abs(x) for column in columns for x in column), default=Fraction(1)) or Fraction(1)
    values = columns
    for layer in range(model.hidden_layers):
        values = _layer(values, data.n, units, model, random, scale if layer == 0 else _size(values))
    if model.gated:
        gates = [_combination(columns, data.n, model.hidden_bias, random, Fraction(1)) for _ in values]
        values = [[a * b for a, b in zip(v, g, strict=True)] for v, g in zip(values, gates, strict=True)]
    if model.output_bias:
        values = [*values, [Fraction(1)] * data.n]
    if model.skip:
        values = [*values, *columns]
    return {"route": "exact values of random units at rational weights", "units": units, "rank": rank(values)}


def _layer(
    inputs: Sequence[Vector], count: int, units: int, model: Model, random: Random, scale: Fraction
) -> list[Vector]:
    s = model.activation.exact
    sums = (_combination(inputs, count, model.hidden_bias, random, scale) for _ in range(units))
    return [[s(z) for z in column] for column in sums]


def _combination(inputs: Sequence[Vector], count: int, bias: bool, random: Random, scale: Fraction) -> list[Fraction]:
    """Combine the columns with random weights, of a size that reaches both sides of the breakpoints."""
    spread = random.choice((1, 2, 4, 8)) / scale
    total = [_weight(random) if bias else Fraction(0)] * count
    for column in inputs:
        w = _weight(random) * spread
        total = [a + w * x for a, x in zip(total, column, strict=True)]
    return total


def _weight(random: Random) -> Fraction:
    return Fraction(random.randint(-9, 9), random.choice(_DENOMINATORS))


def _size(columns: Sequence[Vector]) -> Fraction:
    largest = max((abs(x) for column in columns for x in column), default=Fraction(1))
    return Fraction(max(1, round(largest)))
