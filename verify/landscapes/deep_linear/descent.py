"""The true expected loss in float64, its gradient, and random restarts of L-BFGS: to support, never to prove."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from verify.landscapes.deep_linear.moments import Moments
from verify.landscapes.deep_linear.network import DeepLinear

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class FloatLoss:
    """The expected loss of `expected_loss` as a float64 function of all weights in one vector, with its gradient.

    Parameters
    ----------
    network : DeepLinear
    moments : Moments
    """

    def __init__(self, network: DeepLinear, moments: Moments) -> None:
        d = moments.dimension
        self.shapes = network.shapes(d)
        self._second = np.array(moments.second_moment, dtype=np.float64).reshape(d, d)
        self._cross = np.array(moments.cross_moment, dtype=np.float64)
        self._label = float(moments.label_moment)
        self._decay = [float(x) for x in network.decay]
        self._noise = [*(float(x) for x in network.noise), 0.0]
        self._ends = np.cumsum([0, *(rows * columns for rows, columns in self.shapes)])

    @property
    def size(self) -> int:
        """The number of weights."""
        return int(self._ends[-1])

    def matrices(self, flat: Array) -> list[Array]:
        """Split a vector of all weights into the matrices, the first layer first."""
        pieces = zip(self._ends, self._ends[1:], self.shapes, strict=False)
        return [flat[a:b].reshape(shape) for a, b, shape in pieces]

    def __call__(self, flat: Array) -> tuple[float, Array]:
        """Return the loss and its gradient."""
        matrices = self.matrices(flat)
        moment, mean = self._second, self._cross
        before = []
        for matrix, noise in zip(matrices, self._noise, strict=True):
            before.append((moment, mean))
            moment = matrix @ moment @ matrix.T
            if noise:
                moment.flat[:: len(moment) + 1] *= 1 + noise
            mean = matrix @ mean
        loss = self._label + moment[0, 0] - 2 * mean[0]
        pull, back = np.array([[1.0]]), np.array([-2.0])  # derivatives by the last moment and the last mean
        gradient = np.empty_like(flat)
        for k in reversed(range(len(matrices))):
            matrix, (moment, mean) = matrices[k], before[k]
            if self._noise[k]:
                pull = pull.copy()
                pull.flat[:: len(pull) + 1] *= 1 + self._noise[k]
            half = pull @ matrix
            slope = 2 * half @ moment + np.outer(back, mean) + 2 * self._decay[k] * matrix
            gradient[self._ends[k] : self._ends[k + 1]] = slope.ravel()
            loss += self._decay[k] * float(np.vdot(matrix, matrix))
            pull, back = matrix.T @ half, matrix.T @ back
        return float(loss), gradient


class Descent(NamedTuple):
    """The least loss that a number of restarts found, and the weights there."""

    loss: float
    weights: list[NDArray[np.float64]]


def descend(
    network: DeepLinear,
    moments: Moments,
    *,
    restarts: int = 50,
    rng: int | np.random.Generator = 0,
) -> Descent:
    """Minimise the true expected loss by L-BFGS from random weights, and polish the best point that was found.

    Parameters
    ----------
    network : DeepLinear
    moments : Moments
    restarts : int, default 50
        Gaussian weights; the standard deviation is drawn anew for each restart, between 0.1 and 3, log-uniformly.
    rng : int or numpy.random.Generator, default 0

    Returns
    -------
    Descent
        In float64, without any guarantee: more hidden layers have more bad minima, one of them at the origin.

    Examples
    --------
    >>> found = descend(DeepLinear([2], "1/10"), Moments([["1.3"]], [1], 1), restarts=5)
    >>> round(found.loss, 6), round(49 / 130, 6)
    (0.376923, 0.376923)
    """
    from scipy.optimize import minimize

    loss = FloatLoss(network, moments)
    generator = np.random.default_rng(rng)
    best: Array | None = None
    least = np.inf
    for _ in range(restarts):
        start = generator.standard_normal(loss.size) * 10 ** generator.uniform(-1, 0.5)
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400})
        if best is None or found.fun < least:
            best, least = found.x, found.fun
    polished = minimize(
        loss, best, jac=True, method="L-BFGS-B", options={"maxiter": 5000, "maxfun": 20000, "ftol": 0, "gtol": 1e-12}
    )
    return Descent(float(polished.fun), [matrix.copy() for matrix in loss.matrices(polished.x)])


def trapped_at_origin(
    network: DeepLinear,
    moments: Moments,
    *,
    runs: int = 40,
    step: float = 0.1,
    steps: int = 1000,
    rng: int | np.random.Generator = 0,
) -> tuple[int, float, float]:
    """Count the runs of gradient descent from random weights that end at the origin.

    Parameters
    ----------
    network : DeepLinear
    moments : Moments
        The first weights are Gaussian, of variance 1/(3 m) in a layer with m inputs.
    runs, steps : int
    step : float
        The learning rate.
    rng : int or numpy.random.Generator, default 0

    Returns
    -------
    (count, lower, upper)
        The runs whose squared norm of all weights ends below 1/1000, and the 95% Wilson interval of their share.

    Examples
    --------
    >>> trapped_at_origin(DeepLinear([2, 2], 1), Moments([[1]], [1], 1), runs=5, steps=100)[0]
    5
    """
    loss = FloatLoss(network, moments)
    generator = np.random.default_rng(rng)
    deviations = np.concatenate([np.full(rows * columns, (3 * columns) ** -0.5) for rows, columns in loss.shapes])
    count = 0
    for _ in range(runs):
        at = generator.standard_normal(loss.size) * deviations
        for _ in range(steps):
            at = at - step * loss(at)[1]
        count += bool(at @ at < 1e-3)
    z, share = 1.96, count / runs
    middle, spread = share + z * z / (2 * runs), z * (share * (1 - share) / runs + z * z / (4 * runs * runs)) ** 0.5
    scale = 1 + z * z / runs
    return count, max(0.0, middle - spread) / scale, (middle + spread) / scale
