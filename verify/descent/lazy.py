"""Lazy training: both layers of a network at its initialisation, and what the tangent kernel predicts of it.

The network is f(x) = m^(-1/2) sum_j v_j s(w_j.x) with v_j, w_j from N(0, 1) and N(0, I). Units come in pairs (v, w) and
(-v, w), so that f = 0 before training. To first order in m^(-1/2) gradient descent follows
r_(k+1) = (I - eta T) r_k with the tangent kernel T at the initialisation, which tends to the infinite-width one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.activations import Activation
from verify.data import Dataset
from verify.descent.prediction import Spectral, spectral_of_kernel
from verify.descent.simulation import Progress, Run, run
from verify.errors import DataError, NotAvailableError
from verify.model import Model

Floats = NDArray[np.float64]
MEMORY_LIMIT = 2**31


@dataclass(frozen=True)
class LazyTraining:
    """The infinite-width tangent kernel's prediction beside a run of gradient descent on both layers.

    Attributes
    ----------
    spectral : Spectral
        Of the infinite-width tangent kernel.
    rank : int
        Its exact rank.
    step : float
    predicted : ndarray of float64
        As long as the run.
    simulated : Run
    """

    spectral: Spectral
    rank: int
    step: float
    predicted: Floats
    simulated: Run


def tangent_spectrum(data: Dataset, model: Model, labels: Floats, *, width: int) -> tuple[Spectral, int]:
    """Compute the spectrum of the infinite-width tangent kernel, and its exact rank.

    Parameters
    ----------
    data : Dataset
    model : Model
        One hidden layer, regime "trained", no gate, output bias or skip connection.
    labels : ndarray of shape (n, outputs)
    width : int
        That will be trained: an even number of units, at least 2.

    Raises
    ------
    NotAvailableError
        For another model, or one without a known tangent kernel.
    DataError
        For an odd width, and for a kernel matrix that needs more than `MEMORY_LIMIT` bytes.
    """
    from verify.kernels import float_kernel
    from verify.verdict import decide

    if model.gated or model.output_bias or model.skip:
        raise NotAvailableError(f"lazy training of {model} is not simulated; use plain units, with or without a bias")
    if width < 2 or width % 2:
        raise DataError(
            f"width={width} is not an even number of units, at least 2; lazy training starts from pairs of opposite "
            f"units: use {max(2, width + width % 2)}"
        )
    tangent = Model(model.activation, hidden_bias=model.hidden_bias, regime="ntk")
    rank = decide(Dataset(data.coordinates), tangent).space.rank
    kernel = float_kernel(data, tangent, memory_limit=MEMORY_LIMIT)
    return spectral_of_kernel(kernel, labels, rank=rank), rank


def lazy_training(
    data: Dataset,
    model: Model,
    labels: Floats,
    tangent: tuple[Spectral, int],
    *,
    width: int,
    steps: int,
    rng: int | np.random.Generator = 0,
    progress: Progress | None = None,
) -> LazyTraining:
    """Predict lazy training from the tangent kernel, and train both layers of a network of the given width.

    Parameters
    ----------
    data, model, labels, width :
        As for `tangent_spectrum`.
    tangent : tuple
        What `tangent_spectrum` gives for them.
    steps : int
    rng : int or numpy.random.Generator
    progress : callable, optional

    Returns
    -------
    LazyTraining
        With half of the largest step size for the tangent kernel.
    """
    from verify.kernels.float_points import exact_points, nearest_floats

    spectral, rank = tangent
    step = spectral.checked_step(None)
    X = nearest_floats(exact_points(data, "data"))
    X = np.hstack([X, np.ones((data.n, 1))]) if model.hidden_bias else X
    generator = np.random.default_rng(rng)
    with np.errstate(over="ignore", invalid="ignore"):  # far from the limit of infinite width a run may diverge
        simulated = _train_both(X, model.activation, labels, width, step, steps, generator, progress)
    return LazyTraining(spectral, rank, step, spectral.losses(step, len(simulated.losses) - 1), simulated)


def _train_both(
    X: Floats,
    activation: Activation,
    labels: Floats,
    width: int,
    step: float,
    steps: int,
    rng: np.random.Generator,
    progress: Progress | None,
) -> Run:
    slope = derivative(activation)
    half = width // 2
    w, v = rng.standard_normal((X.shape[1], half)), rng.standard_normal((half, labels.shape[1]))
    W, V = np.hstack([w, w]), np.vstack([v, -v])
    scale = width**-0.5

    def one() -> float:
        sums = X @ W
        values = activation.evaluate(sums)
        residual = labels - scale * (values @ V)
        back = scale * (residual @ V.T) * slope(sums)
        V[...] += step * scale * (values.T @ residual)
        W[...] += step * (X.T @ back)
        return float(np.vdot(residual, residual)) / max(1, labels.size)

    return run(one, steps, progress)


def derivative(activation: Activation) -> Any:
    """Give s' in float64; at a kink as deep-learning libraries define it."""
    if activation.name == "relu":
        return lambda z: (z > 0).astype(np.float64)
    from verify.activations.derived import FormulaActivation
    from verify.activations.formula import FormulaValues
    from verify.activations.formula.language import parse_formula

    if isinstance(activation, FormulaActivation):
        return activation.values.derivative.float64
    return FormulaValues(parse_formula(activation.formula).tree).derivative.float64
