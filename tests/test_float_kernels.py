"""Float64 kernels against mpmath on the exact values of the floats, and against themselves where mpmath is too slow."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from scipy.sparse.linalg import eigsh

import verify
from verify.errors import DataError, NotAvailableError
from verify.kernels import mpmath_kernel
from verify.kernels.closed_forms import CLOSED_FORMS
from verify.kernels.floating import KernelOperator, float_kernel, float_kernels, kernel_product

MP = mpmath.ctx_mp.MPContext()
MP.dps = 60


def exact_relu(x: np.ndarray, y: np.ndarray) -> tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]:
    """The two kernels of one pair of float points, written from the integral in polar coordinates; and |x||y|."""
    p, q, r = (
        sum((Fraction(float(a)) * Fraction(float(b)) for a, b in zip(u, v, strict=True)), Fraction(0))
        for u, v in ((x, x), (y, y), (x, y))
    )
    p, q, r, det = (MP.mpf(f.numerator) / f.denominator for f in (p, q, r, p * q - r * r))
    t = MP.atan2(MP.sqrt(det), r) if p and q else MP.pi / 2
    nngp = (MP.sqrt(det) + (MP.pi - t) * r) / (2 * MP.pi)
    return nngp, nngp + r * (MP.pi - t) / (2 * MP.pi), MP.sqrt(p * q)


def adversarial_points(rng: np.random.Generator, d: int) -> np.ndarray:
    """Points at every angle to others, down to the last bit, on every scale, with zeros, repeats and antipodes."""
    base = rng.standard_normal((8, d))
    points = [*base, *(-base[:3]), *(3 * base[:2]), *(-base[2:4] / 7), np.zeros(d), base[0]]
    for k in range(1, 40):
        direction = rng.standard_normal(d)
        points.append(rng.choice([-1.0, 1.0]) * (base[k % 8] + direction * 10.0 ** (-k / 2.3)))
    for k in range(12):  # one unit in the last place of one coordinate
        neighbour = base[k % 8].copy()
        neighbour[k % d] = np.nextafter(neighbour[k % d], math.inf)
        points.append(neighbour * 2.0 ** rng.integers(-40, 40))
    return np.array(points)


@pytest.mark.parametrize("d", [1, 2, 20])
def test_relu_is_within_1e_14_of_mpmath_at_every_angle(d: int) -> None:
    rng = np.random.default_rng(d)
    X = adversarial_points(rng, d)
    nngp, ntk = float_kernels(X)
    alone = float_kernel(X)  # its angles are not refined: it need not be equal to the last bit
    assert (alone == alone.T).all()
    assert (nngp == nngp.T).all()
    assert (ntk == ntk.T).all()
    places = rng.integers(0, len(X), size=(1000, 2))
    nearest = 0
    for i, j in places:
        exact = exact_relu(X[i], X[j])
        if exact[2]:
            cosine = (X[i] @ X[j]) / math.sqrt(X[i] @ X[i]) / math.sqrt(X[j] @ X[j])
            nearest += abs(cosine) > 1 - 1e-12
        for ours, truth in zip((nngp[i, j], ntk[i, j], alone[i, j]), (*exact[:2], exact[0]), strict=True):
            assert abs(ours - truth) <= 1e-14 * exact[2]
    assert nearest >= 40


def test_collinear_points_have_the_angle_0_or_pi_exactly() -> None:
    X = np.array([[0.1, 0.7], [0.3, 2.1], [-0.1, -0.7], [0.2, 1.4], [0.1 * 3, 0.7 * 3]])
    hidden = float_kernel(X, "relu+ntk_hidden")
    for i in range(len(X)):
        for j in range(len(X)):
            x, y = ([Fraction(float(c)) for c in X[k]] for k in (i, j))
            dot = x[0] * y[0] + x[1] * y[1]
            if x[0] * y[1] == x[1] * y[0]:
                expected = float(dot / 2) if dot > 0 else 0.0
                assert hidden[i, j] == pytest.approx(expected, rel=1e-15, abs=0)
    assert hidden[0, 2] == 0
    assert hidden[0, 4] != 0.5 * 3 * 0.5  # 0.1 * 3 is not three times 0.1: not collinear


MODELS = [
    *CLOSED_FORMS,
    *("leaky_relu(1/10)", "prelu(-3)", "reglu", "relu+bias", "relu+skip", "gelu+output_bias", "geglu+hidden_bias"),
    *("step", "sign+hidden_bias", "x**4-x", "max(x,0)**4", "gelu+ntk", "erf+ntk_hidden", "cube+ntk", "sin+ntk"),
    *("leaky_relu(2)+hidden_bias+skip", "abs+skip+output_bias", "erf+bias+skip", "relu2+gated", "relu3+bias"),
]


@pytest.mark.parametrize("text", MODELS)
def test_every_closed_form_agrees_with_mpmath(text: str) -> None:
    rng = np.random.default_rng(3)
    X = np.concatenate([rng.standard_normal((5, 3)), np.zeros((1, 3))])
    X = np.concatenate([X, -X[:1], X[:1], 2 * X[1:2], X[2:3] + 1e-9])
    model = verify.Model.parse(text)
    truth = mpmath_kernel(verify.Dataset(X), model)
    K = float_kernel(X, model)
    for i in range(len(X)):
        for j in range(len(X)):
            scale = 1 + abs(truth[i, i]) + abs(truth[j, j])
            assert abs(K[i, j] - truth[i, j]) <= 1e-13 * scale
    other = float_kernel(X[:4], model, Y=X[3:])
    assert other == pytest.approx(K[:4, 3:], rel=1e-13, abs=1e-14)
    V = rng.standard_normal((len(X), 2))
    assert kernel_product(X, model, V) == pytest.approx(K @ V, rel=1e-12, abs=1e-12)


def test_tiles_threads_and_products_agree() -> None:
    rng = np.random.default_rng(4)
    X, Y = rng.standard_normal((700, 5)), rng.standard_normal((300, 5))
    K = float_kernel(X)
    assert (float_kernel(X, threads=1) == K).all()
    assert (K == K.T).all()
    assert abs(float_kernel(X, Y=Y) - float_kernel(Y, Y=X).T).max() < 1e-14
    operator = KernelOperator(X, "relu", Y=Y)
    v = rng.standard_normal(300)
    assert operator.shape == (700, 300)
    assert operator @ v == pytest.approx(float_kernel(X, Y=Y) @ v, abs=1e-12)
    square = KernelOperator(X, "relu+ntk", threads=3)
    assert square @ X == pytest.approx(float_kernel(X, "relu+ntk") @ X, abs=1e-11)
    assert (square @ X == square @ X).all()


def test_every_kind_of_array_is_read_at_its_exact_values() -> None:
    X = np.random.default_rng(5).standard_normal((6, 4)).astype(np.float32)
    K = float_kernel(X.astype(np.float64))
    assert (float_kernel(X) == K).all()
    assert (float_kernel(np.asfortranarray(X)) == K).all()
    assert (float_kernel(np.repeat(X, 2, axis=1)[:, ::2]) == K).all()
    frozen = X.astype(np.float64)
    frozen.flags.writeable = False
    assert (float_kernel(frozen) == K).all()
    assert (float_kernel(verify.Dataset(X)) == K).all()
    edge = [[-(2**63)], [2**62 + 1]]
    assert float_kernel(np.array(edge)) == pytest.approx(np.array([[2.0**125, 0], [0, 2.0**123]]), rel=1e-15)
    assert float_kernel([["1/3", 1], [2, "2/7"]])[0, 0] == pytest.approx((1 / 9 + 1) / 2, rel=1e-15)


def test_no_points_and_no_coordinates() -> None:
    assert float_kernel(np.empty((0, 3))).shape == (0, 0)
    assert float_kernel([]).shape == (0, 0)
    assert float_kernel([[2.0]]).tolist() == [[2.0]]
    assert float_kernel(np.empty((2, 0))).tolist() == [[0, 0], [0, 0]]
    assert float_kernel(np.empty((2, 0)), "relu+hidden_bias") == pytest.approx(np.full((2, 2), 0.5))
    assert float_kernel(np.empty((2, 0)), "cos").tolist() == [[1, 1], [1, 1]]
    assert float_kernel(np.ones((2, 3)), Y=np.empty((0, 3))).shape == (2, 0)
    assert kernel_product(np.empty((0, 3)), "relu", np.empty(0)).shape == (0,)


def test_huge_and_tiny_points() -> None:
    X = np.array([[3e153, 4e153], [1e-160, 2e-160], [3e-200, 1e200], [5e-324, 0], [1e-310, 1e-310], [1, 1]])
    with pytest.raises(DataError, match="points 0 and 2: the relu kernel"):
        float_kernel(X)
    for i, j in ((0, 1), (0, 4), (2, 3), (2, 5), (1, 2), (0, 0), (5, 5), (4, 2)):
        K = float_kernels(X[[i]], Y=X[[j]])
        exact = exact_relu(X[i], X[j])
        for ours, truth in zip((K.nngp[0, 0], K.ntk[0, 0]), exact, strict=False):
            assert abs(ours - truth) <= 1e-14 * exact[2] + 5e-324
    with pytest.raises(DataError, match=r"points 0 and 1: the exp kernel"):
        float_kernel([[10.0, 3.0], [30.0, 3.0]], "exp")
    with pytest.raises(DataError, match=r"points\[1\]: its squared length"):
        float_kernel([[20.0, 3.0], [1e200, 3.0]], "gelu")
    with pytest.raises(DataError, match=r"points\[1\]\[0\] is beyond"):
        float_kernel([[1, 3], [10**400, 3]])
    for size in (1e80, 1e150):  # the square of |x||y| overflows, and atan2 of it would be a finite number
        with pytest.raises(DataError, match="points 0 and 1: the erf kernel"):
            float_kernel([[size, 0.0], [size, size]], "erf")


@pytest.mark.parametrize("size", [1e-3, 1e-80, 1e-150, 1e72, 1e150])
def test_degree_0_does_not_depend_on_the_size(size: float) -> None:
    assert np.allclose(float_kernel([[size, 0.0], [size, size]], "step"), [[0.5, 0.375], [0.375, 0.5]], rtol=1e-15)


@pytest.mark.parametrize(
    ("unit", "slope"), [("erf", 2 / math.sqrt(math.pi)), ("sin", 1.0), ("expm1", 1.0), ("gelu", 0.5)]
)
@pytest.mark.parametrize("size", [1e-20, 1e-80, 1e-150])
def test_small_points_keep_their_digits(unit: str, slope: float, size: float) -> None:
    truth = slope**2 * np.array([[1.0, 1.0], [1.0, 2.0]]) * size**2  # s(z) is slope z there
    points = [[size, 0.0], [size, size]]
    assert np.allclose(float_kernel(points, unit), truth, rtol=1e-14, atol=0)
    reference = mpmath_kernel(points, unit, digits=30)
    assert np.allclose(np.array(reference.tolist(), dtype=float), truth, rtol=1e-14, atol=0)


def test_what_is_refused() -> None:
    for bad in (math.nan, math.inf):
        with pytest.raises(DataError, match=r"points\[1\]\[0\]: (nan|inf) is not finite"):
            float_kernel(np.array([[1.0, 2.0], [bad, 1.0]]))
    for model in ("relu+layers=2+ntk", "step+layers=2", "mish", "relu+gated+ntk", "relu+ntk_hidden+skip"):
        with pytest.raises(NotAvailableError):
            float_kernel([[1.0]], model)
    with pytest.raises(DataError, match=r"need 80000 bytes, memory_limit is 1000.*kernel_product"):
        float_kernel(np.ones((100, 2)), memory_limit=1000)
    with pytest.raises(DataError, match="dimension 2, those of Y 3"):
        float_kernel(np.ones((4, 2)), Y=np.ones((4, 3)))
    with pytest.raises(DataError, match="threads=0"):
        float_kernel(np.ones((4, 2)), threads=0)
    with pytest.raises(DataError, match="V has shape"):
        kernel_product(np.ones((4, 2)), "relu", np.ones(3))
    with pytest.raises(DataError, match="NaN"):
        kernel_product(np.ones((4, 2)), "relu", [1, 2, 3, math.nan])


def test_lanczos_needs_no_matrix() -> None:
    X = np.random.default_rng(8).standard_normal((300, 3))
    largest = eigsh(KernelOperator(X, "relu+bias"), k=2, return_eigenvectors=False)
    assert largest == pytest.approx(np.linalg.eigvalsh(float_kernel(X, "relu+bias"))[-2:], rel=1e-10)
