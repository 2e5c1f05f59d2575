"""The values of random units of a model at the points: one formula, for floats and for exact rationals."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from verify import Model

Values: TypeAlias = NDArray[Any]  # of float64, or of objects that are Fractions


def random_units(
    points: Values,
    model: Model,
    *,
    units: int,
    weights: Callable[[int, int], Values],
    unit: Callable[[Values], Values],
) -> Values:
    """Draw a network and give the values of everything that its last layer combines.

    Parameters
    ----------
    points : array of shape (n, d)
    model : Model
        In the regime "trained".
    units : int
        Number of units of the last hidden layer; the layers before it have n + 4.
    weights : callable
        From (inputs, units) to a random matrix of this shape.
    unit : callable
        The activation, entry by entry.

    Returns
    -------
    array of shape (n, units), and more columns for an output bias and a skip connection
    """
    n = len(points)
    one = np.ones((n, 1), dtype=points.dtype)

    def summed(inputs: Values, width: int) -> Values:
        inputs = np.hstack([inputs, one]) if model.hidden_bias else inputs
        return np.asarray(inputs @ weights(inputs.shape[1], width))

    values = points
    for layer in range(model.hidden_layers):
        values = unit(summed(values, units if layer == model.hidden_layers - 1 else n + 4))
    if model.gated:
        values = values * summed(points, units)
    return np.hstack([values, *[one] * model.output_bias, *[points] * model.skip])
