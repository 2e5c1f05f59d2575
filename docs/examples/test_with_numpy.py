"""A training loop in plain NumPy, tested against exact least losses."""

import numpy as np
import pytest

from counterexamples.testing import cases


def train(X, y, *, width, steps, seed=0):
    """Gradient descent on both layers of f(x) = v . relu(W x); return the mean squared error of every step."""
    rng = np.random.default_rng(seed)
    n, d = X.shape
    W = rng.standard_normal((width, d))
    v = rng.standard_normal(width) / width
    step = n / (4 * np.linalg.norm(np.maximum(X @ W.T, 0), 2) ** 2)
    losses = []
    for _ in range(steps):
        hidden = np.maximum(X @ W.T, 0)
        error = hidden @ v - y
        losses.append(np.mean(error**2))
        slope = (2 / n) * error[:, None] * (hidden > 0)
        v, W = v - step * (2 / n) * hidden.T @ error, W - step * (slope * v).T @ X
    return losses


@pytest.mark.parametrize("case", cases(model="relu", kind="ray", max_points=10))
def test_training_reaches_the_exact_floor_and_never_falls_below(case):
    losses = train(case.X, case.y, width=200, steps=3000)
    for loss in losses:
        case.assert_consistent(loss)
    case.assert_converged(losses[-1], rtol=1e-3)


@pytest.mark.certified_dataset("hexagon")
def test_six_points_that_no_width_can_fit(certified_dataset):
    losses = train(certified_dataset.X, certified_dataset.y, width=200, steps=3000)
    certified_dataset.assert_converged(losses[-1], rtol=1e-3)
    assert not certified_dataset.interpolates
