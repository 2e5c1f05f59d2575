"""Kernels of several hidden layers in float64: against mpmath, a recursion written here, and their bounds."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verify
from verify.errors import DataError, NotAvailableError
from verify.kernels import KernelOperator, empirical_kernel, float_kernel, float_kernels, mpmath_kernel
from verify.kernels.enclosed_floats import enclosed_kernel, error_tiles
from verify.kernels.float_points import exact_points
from verify.kernels.float_tiles import points_for

UNITS = [
    "relu",
    "leaky_relu(1/10)",
    "leaky_relu(-3)",
    "abs",
    "identity",
    "relu2",
    "erf",
    "gelu",
    "sin",
    "cos",
    "sin_cos",
]
UNITS += ["gaussian", "shifted_gaussian", "square", "x**2 - x", "max(x,0)**2 - max(-x,0)**2"]
MODELS = [f"{unit}+layers={layers}{rest}" for unit in UNITS for layers, rest in [(2, ""), (3, ""), (2, "+bias+skip")]]
MODELS += ["relu3+layers=2", "exp+layers=2", "expm1+layers=2", "relu+layers=7+hidden_bias", "abs+layers=6"]
BASE = np.random.default_rng(5).standard_normal((3, 3)) / 2
POINTS = np.vstack(
    [
        BASE,
        BASE[:1] * (1 + 1e-12) + 1e-13,
        [[1, 0, 0], [2, 0, 0], [-1, 0, 0], [-1, 0, 0], [1, 1e-5, 0], [-1, 1e-9, 0], [0, 0, 0]],
    ]
)


def true_kernel(X: np.ndarray, model: verify.Model) -> np.ndarray:
    return np.array(mpmath_kernel(verify.Dataset(X), model, digits=60).tolist())


@pytest.mark.parametrize("text", MODELS)
def test_every_entry_is_near_mpmath_and_within_its_bound(text: str) -> None:
    model = verify.Model.parse(text)
    X = POINTS / 4 if "exp" in text else POINTS
    truth = true_kernel(X, model)
    lengths = np.sqrt(np.diagonal(truth).astype(float))
    assert (np.abs((float_kernel(X, model) - truth).astype(float)) <= 4e-15 * np.outer(lengths, lengths)).all()
    kernel = enclosed_kernel(X, model)
    assert kernel is not None
    everything = slice(0, len(X))
    tile, errors = error_tiles(points_for(exact_points(X, "X"), model), model)(everything, everything)
    upper = np.triu_indices(len(X))
    assert (tile[upper] == kernel.matrix[upper]).all()
    for i, j in zip(*upper, strict=True):
        distance = abs(truth[i, j] - mpmath.mpf(float(tile[i, j])))
        assert distance <= mpmath.mpf(float(errors[i, j])), (i, j)


def arc_cosine_recursion(X: np.ndarray, layers: int, bias: int) -> np.ndarray:
    """The relu kernel, written from the recursion of arc-cosine kernels."""
    S = X @ X.T + bias
    for layer in range(layers):
        lengths = np.sqrt(np.diagonal(S))
        c = np.clip(S / np.outer(lengths, lengths), -1, 1)
        t = np.arccos(c)
        S = np.outer(lengths, lengths) * (np.sin(t) + (np.pi - t) * c) / (2 * np.pi)
        if layer < layers - 1:
            S = 2 * S + bias
    return np.asarray(S)


@pytest.mark.parametrize("bias", [0, 1])
@pytest.mark.parametrize("layers", [2, 5])
def test_relu_follows_the_arc_cosine_recursion_over_several_tiles(layers: int, bias: int) -> None:
    X = np.random.default_rng(layers).standard_normal((300, 7))
    model = verify.Model("relu", hidden_layers=layers, hidden_bias=bool(bias))
    K = float_kernel(X, model, threads=2)
    assert (K == K.T).all()
    assert np.allclose(K, arc_cosine_recursion(X, layers, bias), rtol=0, atol=1e-13 * np.diagonal(K).max())
    assert np.allclose(float_kernel(X[:140], model, Y=X[150:]), K[:140, 150:], rtol=1e-12)
    operator = KernelOperator(X, model)
    assert np.allclose(operator @ np.eye(300)[:, :3], K[:, :3], rtol=1e-12)


def test_worked_values() -> None:
    antipodes = [[1.0, 0.0], [-1.0, 0.0]]  # cosines -1, 0, 1/pi
    assert float_kernel(antipodes, "relu+layers=2")[0, 1] == pytest.approx(1 / (2 * math.pi), rel=1e-15)
    angle = math.acos(1 / math.pi)
    third = (math.sin(angle) + (math.pi - angle) / math.pi) / (2 * math.pi)
    assert float_kernel(antipodes, "relu+layers=3")[0, 1] == pytest.approx(third, rel=1e-15)
    # sin: the second layer sees the variances (1 - exp(-2))/2 and their negative as covariance
    p = (1 - math.exp(-2)) / 2
    assert float_kernel(antipodes, "sin+layers=2")[0, 1] == pytest.approx(-(1 - math.exp(-2 * p)) / 2, rel=1e-15)


@pytest.mark.parametrize("text", ["relu+layers=2+hidden_bias", "gelu+layers=2", "cos+layers=3"])
def test_the_mean_over_wide_networks(text: str) -> None:
    X = np.random.default_rng(0).standard_normal((4, 3))
    rng = np.random.default_rng(1)
    mean = np.mean([empirical_kernel(X, text, width=1000, rng=rng) for _ in range(20)], axis=0)
    assert np.allclose(mean, float_kernel(X, text), rtol=0.05, atol=0.02)


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.integers(-3, 3), min_size=2, max_size=2), min_size=1, max_size=6),
    st.sampled_from(["relu", "abs", "leaky_relu(1/3)", "gelu", "erf", "sin_cos", "relu2"]),
    st.integers(2, 3),
    st.booleans(),
)
def test_certified_agrees_with_the_verdict_and_with_ball_arithmetic(
    points: list[list[int]], unit: str, layers: int, bias: bool
) -> None:
    model = verify.Model.parse(f"{unit}+layers={layers}{'+hidden_bias' * bias}")
    data = verify.Dataset(points)
    found = verify.certified_lambda_min(data, model)
    if verify.decide(data, model).nullity:
        assert found == (0.0, 0.0)
        return
    exact = verify.spectrum(data, model, arithmetic="arb", digits=6).certified_lambda_min
    assert found is not None
    assert exact is not None
    assert 0 < found[0] <= exact[1]
    assert exact[0] <= found[1]


def test_extreme_sizes() -> None:
    model = verify.Model("relu", hidden_layers=3)
    K = float_kernel([[3e150, 0.0], [4e-150, 1e-150]], model)
    unscaled = float_kernel([[3.0, 0.0], [4.0, 1.0]], model)
    assert np.allclose(K, unscaled * [[1e300, 1], [1, 1e-300]], rtol=1e-14)
    assert float_kernel([[1e150, 0.0]], "relu+layers=3+hidden_bias")[0, 0] == pytest.approx(5e299)
    for length, layers in ((1e3, 6), (2.0**300, 3000)):
        with pytest.raises(DataError, match=r"points 0 and 0: .* beyond the range of float64"):
            float_kernel([[length, 0.0]], f"cube+layers={layers}")
    assert enclosed_kernel([[2.0**-300, 0.0]], "square+layers=3000").matrix.tolist() == [[0.0]]  # type: ignore[union-attr]
    assert float_kernel(np.empty((0, 3)), model).shape == (0, 0)
    assert float_kernel(np.empty((2, 0)), "relu+layers=2+hidden_bias").round(12).tolist() == [[1, 1]] * 2
    assert float_kernel([[0.0]], "cos+layers=2")[0, 0] == pytest.approx((1 + math.exp(-2)) / 2)


def test_what_is_refused() -> None:
    with pytest.raises(NotAvailableError, match="ntk"):
        float_kernels([[1.0]], "relu+layers=2")
    with pytest.raises(NotAvailableError, match="more than 10000 hidden layers"):
        float_kernel([[1.0]], "relu+layers=10001")
