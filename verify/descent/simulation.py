"""Gradient descent itself: on the last layer, and on both layers of a small network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.errors import NotAvailableError

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
_REPORT = 256  # steps between two signs of life


@dataclass(frozen=True)
class Run:
    """Losses before step 0, 1, ...; fewer than were asked for if the run was interrupted."""

    losses: Floats
    interrupted: bool


def run(step: Callable[[], float], steps: int, progress: Progress | None) -> Run:
    """Call `step`, which makes one step and gives the loss before it, steps + 1 times; Ctrl-C keeps what is there."""
    losses = np.empty(steps + 1)
    done = 0
    try:
        for k in range(steps + 1):
            losses[k] = step()
            done = k + 1
            if progress is not None and (done % _REPORT == 0 or done == steps + 1):
                progress(done, steps + 1)
    except KeyboardInterrupt:
        if not done:
            raise
        return Run(losses[:done].copy(), True)
    return Run(losses, False)


def train_last_layer(
    features: Floats,
    labels: Floats,
    *,
    step: float,
    steps: int,
    engine: str = "numpy",
    progress: Progress | None = None,
) -> Run:
    """Run gradient descent on ||F V - Y||^2 / 2 from V = 0.

    Parameters
    ----------
    features : ndarray of shape (n, m)
    labels : ndarray of shape (n, outputs)
    step : float
    steps : int
    engine : {"numpy", "torch"}
        Matrix products in NumPy, or `torch.optim.SGD` with gradients by automatic differentiation; both float64.
    progress : callable, optional

    Returns
    -------
    Run
        Mean squared errors.

    Raises
    ------
    NotAvailableError
        For "torch" when PyTorch is not installed.

    Examples
    --------
    >>> F, y = np.array([[1.0], [0.0]]), np.array([[2.0], [1.0]])
    >>> train_last_layer(F, y, step=0.5, steps=2).losses.tolist()
    [2.5, 1.0, 0.625]
    """
    if engine == "torch":
        return _train_with_torch(features, labels, step, steps, progress)
    V = np.zeros((features.shape[1], labels.shape[1]))

    def one() -> float:
        residual = labels - features @ V
        V[...] += step * (features.T @ residual)
        return float(np.vdot(residual, residual)) / max(1, labels.size)

    return run(one, steps, progress)


def _train_with_torch(features: Floats, labels: Floats, step: float, steps: int, progress: Progress | None) -> Run:
    try:
        import torch
    except ImportError:
        raise NotAvailableError("engine='torch' needs PyTorch, which is not installed; use engine='numpy'") from None
    F, Y = torch.from_numpy(features.copy()), torch.from_numpy(labels.copy())
    V: Any = torch.zeros((features.shape[1], labels.shape[1]), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([V], lr=step)

    def one() -> float:
        optimiser.zero_grad()
        loss = ((F @ V - Y) ** 2).sum() / 2
        loss.backward()
        optimiser.step()
        return 2 * float(loss.detach()) / max(1, labels.size)

    return run(one, steps, progress)
