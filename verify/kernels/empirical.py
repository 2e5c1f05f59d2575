"""The kernel of a finite network, F F^T/m, given or drawn at random."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verify.activations import Activation
from verify.data import Dataset
from verify.errors import DataError, ModelError
from verify.kernels.forms import check_model, closed_form, homogeneous_degree
from verify.kernels.integrands import integrands
from verify.model import Model

if TYPE_CHECKING:
    from verify.verdict.network import Network

Floats = NDArray[np.float64]


def empirical_kernel(
    data: object,
    network: Model | Network | str,
    *,
    width: int | None = None,
    rng: int | np.random.Generator | None = None,
) -> Floats:
    """Compute the kernel of a finite network, in float64.

    Parameters
    ----------
    data : Dataset or array-like of shape (n, d)
        n points; labels are not looked at.
    network : Model, str or Network
        A model or its text: a random network of it, with hidden weights, gates and biases drawn from N(0, 1) (and,
        between hidden layers, the variance of `verify.kernels.forms.next_covariance`). A `Network`: its own hidden
        weights.
    width : int
        Units of each hidden layer of a random network. Of a `Network` it is known: leave it out.
    rng : int or numpy.random.Generator, optional
        For a random network.

    Returns
    -------
    ndarray of shape (n, n)
        F F^T/m for the n x m matrix F of the values of the units of the last hidden layer: its mean over random
        networks of one hidden layer is the infinite-width kernel, and its rank is at most m. For the regimes "ntk" and
        "ntk_hidden" F has the derivatives with respect to the weights that are trained, with output weights from
        N(0, 1). An output bias adds 1 to every entry, a skip connection x_i.x_j.

    Raises
    ------
    DataError
        For a width that is none, or points or values beyond the range of float64.
    NotAvailableError
        For a model without a kernel.

    Examples
    --------
    >>> K = empirical_kernel([[1, 0], [0, 1]], "relu", width=100_000, rng=0)
    >>> K.round(2).tolist()  # 1/2 and 1/(2 pi)
    [[0.5, 0.16], [0.16, 0.5]]
    """
    if isinstance(network, str):
        network = Model.parse(network)
    X = _points(data if isinstance(data, Dataset) else Dataset(data))
    if isinstance(network, Model):
        model = network
        check_model(model)
        if isinstance(width, bool) or not isinstance(width, int) or width < 1:
            raise DataError(
                f"width={width!r} is not a whole number of at least 1; give the width of the random network"
            )
        K = _random(X, model, width, np.random.default_rng(rng))
    else:
        if width is not None:
            raise DataError(f"width={width!r} was given, but the network has {network.width} units; leave width out")
        model = network.model
        layers = [_matrix(rows, len(rows)) for rows in network.hidden]
        K = _product(_forward(X, model, layers, _matrix(network.gate, len(network.gate))))
    K = K + 1 if model.output_bias else K
    K = K + X @ X.T if model.skip else K
    if not np.isfinite(K).all():
        raise DataError("a value of a unit is beyond the range of float64; scale the data")
    return np.asarray((K + K.T) / 2, dtype=np.float64)


def _points(data: Dataset) -> Floats:
    try:
        return np.array([[float(x) for x in point] for point in data.points]).reshape(data.n, data.dimension)
    except OverflowError:
        raise DataError("a coordinate is beyond the range of float64; scale the data") from None


def _matrix(rows: object, count: int) -> Floats:
    return np.array([[float(w) for w in row] for row in rows], dtype=np.float64).reshape(count, -1 if count else 0)  # type: ignore[attr-defined]  # rows of rows


def _lifted(values: Floats, model: Model) -> Floats:
    return np.column_stack([values, np.ones(len(values))]) if model.hidden_bias else values


def _forward(X: Floats, model: Model, layers: list[Floats], gate: Floats) -> Floats:
    """Give the values of the last hidden layer; matrices have a row for each unit, the bias last."""
    values = X
    with np.errstate(all="ignore"):
        for depth, W in enumerate(layers):
            inputs = _lifted(values, model)
            values = model.activation.evaluate(inputs @ W.T)
            if depth == 0 and gate.size:
                values = values * (inputs @ gate.T)
    return values


def _product(F: Floats) -> Floats:
    if not F.shape[1]:
        raise DataError("the network has no hidden units, so it has no kernel")
    with np.errstate(all="ignore"):
        return np.asarray(F @ F.T / F.shape[1], dtype=np.float64)


def _random(X: Floats, model: Model, width: int, rng: np.random.Generator) -> Floats:
    inputs = X.shape[1] + int(model.hidden_bias)
    layers = [rng.standard_normal((width, inputs))]
    for _ in range(model.hidden_layers - 1):
        W = rng.standard_normal((width, width + int(model.hidden_bias)))
        W[:, :width] *= math.sqrt(_variance(model.activation) / width)
        layers.append(W)
    gate = rng.standard_normal((width, inputs)) if model.gated else np.empty((0, inputs))
    if model.regime == "trained":
        return _product(_forward(X, model, layers, gate))
    slope = integrands(model.activation)[1]
    if slope is None:
        raise ModelError(f"{model.activation} has no derivative that a kernel sees")  # check_model refuses it before
    lifted = _lifted(X, model)
    with np.errstate(all="ignore"):
        tangent = slope.float64(lifted @ layers[0].T) * rng.standard_normal(width)
    K = _product(tangent) * (lifted @ lifted.T)
    return K if model.regime == "ntk_hidden" else K + _product(_forward(X, model, layers, gate))


def _variance(activation: Activation) -> float:
    """Give the variance of hidden weights times the width, as `next_covariance` has it."""
    form = closed_form(activation)
    if form is None or not homogeneous_degree(activation):
        return 1.0
    from verify.kernels.closed_forms import Pair
    from verify.kernels.quadrature import FloatArithmetic

    return 1 / float(form.value(FloatArithmetic(), Pair(1.0, 1.0, 1.0, 0.0)))
