"""What the last hidden layer sees, in float64: covariances, and for piecewise linear activations cosines.

Both recursions start from the first layer's, and use the variances of `verify.kernels.forms.next_covariance`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.kernels.closed_forms import Arithmetic, Pair, Value
from verify.kernels.covariances import stays_dependent
from verify.kernels.float_points import FloatPoints
from verify.kernels.forms import Form, next_covariance
from verify.model import Model


def squares_by_layer(a: Arithmetic, model: Model, form: Form, squares: Value) -> list[Value]:
    """Give the mean square that each hidden layer sees at each point, from |x|^2 on; one array a layer."""
    layers = [squares]
    for _ in range(model.hidden_layers - 1):
        p = layers[-1]
        layers.append(next_covariance(a, model, form, Pair(p, p, p, 0 * p)))
    return layers


def dependent_pairs(
    left: FloatPoints, right: FloatPoints, model: Model, i: NDArray[Any], j: NDArray[Any], sign: NDArray[Any]
) -> NDArray[np.bool_]:
    """Say for pairs of collinear nonzero points, on one ray where sign > 0, whether they stay so in every layer."""
    x, y = left.exact, right.exact
    a, b = (x.values[i], y.values[j]) if x.scale == y.scale else (left.floats[i], right.floats[j])
    equal, opposite = ((a == s * b).all(axis=1) & (sign == s) for s in (1, -1))
    return np.asarray(stays_dependent(model, equal=equal, opposite=opposite, one_ray=sign > 0))
