"""The error bounds of float64 kernels hold at every entry, against 60 digits; and are not far too large."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from test_float_kernels import MODELS, adversarial_points, exact_relu

import verify
from verify.errors import DataError
from verify.kernels import float_kernel, mpmath_kernel
from verify.kernels.enclosed_floats import enclosed_kernel, error_tiles
from verify.kernels.float_points import exact_points, inner_products
from verify.kernels.float_tiles import points_for

MP = mpmath.ctx_mp.MPContext()
MP.dps = 60


def entry_errors(X: object, model: verify.Model) -> np.ndarray:
    points = points_for(exact_points(X, "X"), model)
    whole = slice(0, points.n)
    error = error_tiles(points, model)(whole, whole)[1]
    return np.triu(error) + np.triu(error, 1).T


def check(X: object, text: str, truth: object) -> float:
    """Compare every entry with its bound; the largest quotient of the two."""
    model = verify.Model.parse(text)
    kernel = enclosed_kernel(X, model)
    assert kernel is not None
    errors = entry_errors(X, model)
    n = len(errors)
    assert (kernel.matrix == kernel.matrix.T).all()
    assert (kernel.row_errors >= errors.sum(axis=1) * (1 - 1e-12)).all()
    assert kernel.error == kernel.row_errors.max(initial=0.0)
    worst = 0.0
    for i in range(n):
        for j in range(n):
            distance = abs(truth[i, j] - MP.mpf(float(kernel.matrix[i, j])))  # type: ignore[index]
            assert distance <= MP.mpf(float(errors[i, j])), (i, j)
            worst = max(worst, float(distance / errors[i, j]) if errors[i, j] else 0.0)
    return worst


@pytest.mark.parametrize("text", MODELS)
def test_every_entry_is_within_its_bound(text: str) -> None:
    rng = np.random.default_rng(len(text))
    for d in (1, 3):
        X = adversarial_points(rng, d)[::4]
        X = X[np.abs(X).max(axis=1) < 50]
        X = X / 2 if "exp" in text else X
        model = verify.Model.parse(text)
        check(X, text, mpmath_kernel(verify.Dataset(X), model, digits=60))


@pytest.mark.parametrize("text", [*MODELS, "relu+ntk", "relu+ntk_hidden"])
def test_bounds_are_useful_on_the_unit_sphere(text: str) -> None:
    X = np.random.default_rng(0).standard_normal((50, 8))
    X /= np.linalg.norm(X, axis=1)[:, None]
    kernel = enclosed_kernel(X, text)
    assert kernel is not None
    scale = float(kernel.matrix.diagonal().max())
    assert kernel.error < 50 * 2e-13 * scale


@pytest.mark.parametrize("regime", ["ntk", "ntk_hidden"])
@pytest.mark.parametrize("d", [1, 2, 20])
def test_tangent_kernels_of_relu_at_every_angle(regime: str, d: int) -> None:
    X = adversarial_points(np.random.default_rng(d), d)[::2]
    truth = {}
    for i in range(len(X)):
        for j in range(len(X)):
            nngp, ntk, _ = exact_relu(X[i], X[j])
            truth[i, j] = ntk if regime == "ntk" else ntk - nngp
    check(X, f"relu+{regime}", truth)


def test_rationals_are_enclosed_not_their_floats() -> None:
    X = [["1/3", "2/7"], ["1/3", "2/7"], ["-5/3", "-10/7"], ["1/10", "1/9"], [10**30, "1/7"], ["1/3", "1/10000000000"]]
    for text in ("relu", "gelu", "relu2", "abs", "erf+bias"):
        check(X, text, mpmath_kernel(verify.Dataset(X), verify.Model.parse(text), digits=60))


def test_huge_and_tiny_points() -> None:
    rng = np.random.default_rng(1)
    X = rng.standard_normal((8, 3)) * 10.0 ** rng.integers(-140, 140, size=(8, 1))
    check(X, "relu", mpmath_kernel(verify.Dataset(X), verify.Model("relu"), digits=60))
    tiny = np.array([[5e-324, 0.0], [1e-310, 3e-315], [1e-3, 1.0], [0.0, 0.0]])
    check(tiny, "relu", mpmath_kernel(verify.Dataset(tiny), verify.Model("relu"), digits=60))
    assert enclosed_kernel(tiny, "gelu") is None  # the squares of the lengths underflow
    assert enclosed_kernel([["1/" + "3" * 320, 1], [1, 1]]) is None  # rounds to a denormal float
    with pytest.raises(DataError, match="beyond the range"):
        enclosed_kernel([[1e200, 1.0]])
    assert enclosed_kernel(np.full((2, 1), 1e9), "sin_cos") is None or math.isfinite(
        enclosed_kernel(np.full((2, 1), 1e9), "sin_cos").error  # type: ignore[union-attr]
    )


def test_no_points_and_the_matrix_is_that_of_float_kernel() -> None:
    empty = enclosed_kernel(np.empty((0, 2)))
    assert empty is not None
    assert empty.error == 0
    X = np.random.default_rng(2).standard_normal((300, 4))
    kernel = enclosed_kernel(X, "leaky_relu(1/3)+bias")
    assert kernel is not None
    assert np.abs(kernel.matrix - float_kernel(X, "leaky_relu(1/3)+bias")).max() <= kernel.error
    assert enclosed_kernel(X, "relu", threads=1).row_errors.tolist() == enclosed_kernel(X, "relu").row_errors.tolist()  # type: ignore[union-attr]


@pytest.mark.slow
@pytest.mark.parametrize("text", ["relu", "gelu+bias"])
def test_300_points(text: str) -> None:
    rng = np.random.default_rng(7)
    X = np.concatenate([rng.standard_normal((240, 6)), adversarial_points(rng, 6)[:60]])
    worst = check(X, text, mpmath_kernel(verify.Dataset(X), verify.Model.parse(text), digits=40))
    assert worst > 0.01


def test_the_identity_behind_the_bound_of_relu() -> None:
    """pi - t <= phi + 0.71 and sin t + (pi - t)|cos t| <= phi + 1.13 for phi = sin t + (pi - t) cos t."""
    t = np.linspace(0, math.pi, 100_001)
    rest, phi = math.pi - t, np.sin(t) + (math.pi - t) * np.cos(t)
    spacing = math.pi / 100_000 * 4  # of the derivatives, which are below 4
    assert (rest - phi).max() + spacing < 0.71
    assert (np.sin(t) + rest * np.abs(np.cos(t)) - phi).max() + spacing < 1.13


@pytest.mark.parametrize("d", [63, 64, 65, 200])
def test_long_points_are_summed_in_chunks(d: int) -> None:
    rng = np.random.default_rng(d)
    X = rng.standard_normal((12, d))
    X = np.concatenate([X, -X[:2] * 3, X[:2] + 1e-9 * rng.standard_normal((2, d))])
    assert inner_products(X, X[:5]) == pytest.approx(X @ X[:5].T, rel=1e-12, abs=1e-12)
    wide = np.repeat(X, 30, axis=0)
    assert inner_products(wide, X) == pytest.approx(wide @ X.T, rel=1e-12, abs=1e-12)
    for text in ("relu", "erf"):
        check(X, text, mpmath_kernel(verify.Dataset(X), verify.Model(text), digits=40))
