"""The certified least eigenvalue against exact elimination in rationals and against 60 digits: never wrong."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

import verify
from verify.errors import DataError, NotAvailableError
from verify.kernels import certified, cholesky, mpmath_kernel
from verify.kernels.certified import least_eigenvalue_bounds
from verify.kernels.enclosed_floats import enclosed_kernel
from verify.kernels.inverse_iteration import rayleigh_quotient_above


def positive_definite(A: np.ndarray, shift: Fraction) -> bool:
    """Whether A - shift I is positive definite: Gaussian elimination in rationals, no rounding."""
    M = [[Fraction(float(x)) for x in row] for row in A]
    for i, row in enumerate(M):
        row[i] -= shift
    for k, pivot_row in enumerate(M):
        if pivot_row[k] <= 0:
            return False
        for row in M[k + 1 :]:
            factor = row[k] / pivot_row[k]
            for j in range(k + 1, len(M)):
                row[j] -= factor * pivot_row[j]
    return True


def random_matrix(rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """A symmetric float matrix with eigenvalues spread over up to 18 decades; and the smallest one aimed at."""
    n = int(rng.integers(1, 9))
    kind = rng.integers(0, 4)
    spread = rng.choice([0.5, 3, 8, 13, 18])
    if kind == 0:  # of low rank, and a little
        F = rng.integers(-4, 5, size=(n, max(1, n - 1))).astype(float)
        A = F @ F.T + np.eye(n) * rng.choice([0, 10.0**-spread])
    elif kind == 1:
        A = np.array([[1.0 / (i + j + 1) for j in range(n)] for i in range(n)])
    elif kind == 2:  # graded: the diagonal itself spans many decades
        d = 10.0 ** -rng.uniform(0, spread, n)
        B = rng.standard_normal((n, n))
        A = (B @ B.T + np.eye(n)) * np.outer(d, d)
    else:
        Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
        A = (Q * 10.0 ** -rng.uniform(0, spread, n)) @ Q.T
    A = (A + A.T) / 2 * 2.0 ** rng.integers(-300, 300)
    return A, float(np.linalg.eigvalsh(A)[0] / max(np.trace(A), 1e-300))


def count_wrong(seed: int, count: int) -> tuple[int, int, int, int]:
    """(wrong bounds, certified, not certified, certified where the bound is not within 1 per cent though it should)."""
    rng = np.random.default_rng(seed)
    wrong = certified = refused = loose = 0
    for _ in range(count):
        A, relative = random_matrix(rng)
        bounds = least_eigenvalue_bounds(A)
        if bounds is None:
            refused += 1
            loose += relative > 1e-8
            continue
        certified += 1
        lower, upper = map(Fraction, bounds)
        wrong += not (0 < lower <= upper)
        wrong += not positive_definite(A, lower * (1 - Fraction(1, 10**30)))
        wrong += positive_definite(A, upper * (1 + Fraction(1, 10**30)))
        loose += relative > 1e-8 and upper - lower > upper / 100
    return wrong, certified, refused, loose


def test_no_bound_is_wrong() -> None:
    wrong, certified, refused, loose = count_wrong(0, 200)
    assert wrong == 0
    assert loose == 0
    assert certified > 100
    assert refused > 10


@pytest.mark.slow
def test_no_bound_of_2000_matrices_is_wrong() -> None:
    wrong, certified, refused, loose = count_wrong(1, 2000)
    assert wrong == 0
    assert loose == 0
    assert certified + refused == 2000
    assert refused > 100


def test_what_float64_cannot_tell_is_not_certified() -> None:
    hilbert = np.array([[1.0 / (i + j + 1) for j in range(14)] for i in range(14)])
    assert least_eigenvalue_bounds(hilbert) is None
    assert least_eigenvalue_bounds(np.zeros((3, 3))) is None
    assert least_eigenvalue_bounds(np.diag([1.0, -1e-30])) is None
    assert least_eigenvalue_bounds(np.diag([1.0, 1e-17])) is None
    assert least_eigenvalue_bounds(np.eye(2), error=1.5) is None
    assert least_eigenvalue_bounds(np.eye(2) * 1e-200) is None
    assert least_eigenvalue_bounds(np.eye(2) * 1e200) is None
    lower, upper = least_eigenvalue_bounds(np.diag([1.0, 1e-3]), error=1e-4)  # type: ignore[misc]  # certified
    assert lower <= 9e-4
    assert upper >= 1.1e-3
    assert least_eigenvalue_bounds(np.array([[3.0]])) == pytest.approx((3.0, 3.0), rel=1e-6)


@pytest.mark.parametrize(("chunk", "tile", "rows"), [(2, 6, 8), (3, 3, 5), (4, 16, 7), (64, 512, 1024)])
@pytest.mark.parametrize("n", [1, 2, 3, 7, 23, 30])
@pytest.mark.parametrize("chunked", [True, False])
def test_the_factor_is_within_its_backward_error(
    chunked: bool, n: int, chunk: int, tile: int, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("_CHUNK", chunk), ("_TILE", tile), ("_ROWS", rows)):
        monkeypatch.setattr(cholesky, name, value)
    rng = np.random.default_rng(n)
    F = rng.standard_normal((n, n + 3))
    A = F @ F.T
    A = (A + A.T) / 2
    B = np.tril(A) + np.triu(np.full((n, n), np.nan), 1)  # the upper half is not looked at
    assert cholesky.factor(B, chunked=chunked)
    assert (np.triu(B, 1) == 0).all()
    bound = cholesky.backward_error(B, chunked=chunked)
    residual = [
        [
            sum(
                (Fraction(float(a)) * Fraction(float(b)) for a, b in zip(B[i], B[j], strict=True)),
                -Fraction(float(A[i, j])),
            )
            for j in range(n)
        ]
        for i in range(n)
    ]
    assert np.linalg.norm(np.array([[float(x) for x in row] for row in residual]), 2) <= bound
    assert bound < 3e-13 * np.trace(A)
    assert not cholesky.factor(A - (np.linalg.eigvalsh(A)[0] + 1e-3) * np.eye(n), chunked=chunked)
    lost = A.copy()
    lost[-1, 0] = lost[0, -1] = np.nan
    assert not cholesky.factor(lost, chunked=chunked)


@pytest.mark.parametrize("chunked", [True, False])
def test_several_tiles_of_the_real_size(chunked: bool) -> None:
    rng = np.random.default_rng(3)
    F = rng.standard_normal((600, 700))
    A = F @ F.T
    B = A.copy()
    assert cholesky.factor(B, chunked=chunked)
    wide = B.astype(np.longdouble)
    top = slice(500, 600)
    assert np.abs(wide[top] @ wide.T - A[top]).max() <= cholesky.backward_error(B, chunked=chunked)
    bounds = least_eigenvalue_bounds((A + A.T) / 2)
    assert bounds is not None
    assert bounds[0] <= np.linalg.eigvalsh(A)[0] <= bounds[1]
    assert bounds[0] > 0.99 * bounds[1]


@pytest.mark.parametrize(("least", "chunked"), [(1e-2, False), (1e-9, True)])
def test_the_cheaper_factor_serves_where_its_rounding_errors_do_no_harm(
    least: float, chunked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = []
    factor = cholesky.factor
    monkeypatch.setattr(certified, "factor", lambda B, *, chunked: used.append(chunked) or factor(B, chunked=chunked))
    n = 1001  # with fewer points the bound is sharper, and always in chunks
    bounds = least_eigenvalue_bounds(np.diag(np.r_[least, np.ones(n - 1)]))
    assert used == [chunked]
    assert bounds is not None
    assert 0.99 * least < bounds[0] <= least <= bounds[1]


def test_the_rayleigh_quotient_is_above() -> None:
    rng = np.random.default_rng(4)
    for _ in range(50):
        n = int(rng.integers(1, 7))
        A = rng.standard_normal((n, n)) * 10.0 ** rng.integers(-5, 5, size=(n, n))
        A = A + A.T
        x = rng.standard_normal(n)
        exact = [Fraction(float(c)) for c in x]
        quotient = sum(exact[i] * exact[j] * Fraction(float(A[i, j])) for i in range(n) for j in range(n)) / sum(
            c * c for c in exact
        )
        bound = rayleigh_quotient_above(A, x)
        assert quotient <= bound <= quotient + Fraction(float(np.abs(A).sum())) * n / 10**12


def exact_least(X: object, text: str) -> mpmath.mpf:
    kernel = mpmath_kernel(verify.Dataset(X), verify.Model.parse(text), digits=120)
    with mpmath.workdps(120):
        return min(mpmath.eigsy(kernel, eigvals_only=True))


def point_sets(rng: np.random.Generator) -> list[np.ndarray]:
    n, d = int(rng.integers(1, 9)), int(rng.integers(1, 5))
    X = rng.standard_normal((n, d))
    close = np.concatenate([X, X[:1] + 10.0 ** -rng.uniform(1, 9) * rng.standard_normal(d)])
    return [X, close, np.concatenate([X, -X]), rng.integers(-3, 4, size=(n, d)).astype(float)]


def count_wrong_kernels(seed: int, rounds: int) -> tuple[int, int]:
    rng = np.random.default_rng(seed)
    wrong = certified = 0
    for k in range(rounds):
        for X in point_sets(rng):
            text = ["relu", "gelu", "sin_cos", "relu+bias", "abs", "erf+skip", "exp", "relu2"][k % 8]
            model = verify.Model.parse(text)
            X = X / 2 if text == "exp" else X
            bounds = verify.certified_lambda_min(X, model)
            nullity = verify.decide(X, model).nullity
            if nullity:
                wrong += bounds != (0.0, 0.0)
                continue
            least = exact_least(X, text)
            if bounds is not None:
                certified += 1
                wrong += not 0 < bounds[0] <= least * (1 + mpmath.mpf(10) ** -25)
                wrong += not least <= bounds[1] * (1 + mpmath.mpf(10) ** -25)
    return wrong, certified


def test_kernels_are_never_bounded_wrongly() -> None:
    wrong, certified = count_wrong_kernels(0, 16)
    assert wrong == 0
    assert certified > 15


@pytest.mark.slow
def test_kernels_are_never_bounded_wrongly_at_length() -> None:
    wrong, certified = count_wrong_kernels(1, 160)
    assert wrong == 0
    assert certified > 150


@pytest.mark.parametrize(
    ("X", "text"),
    [
        ([[1, 0], [2, 0]], "relu"),
        ([[0.0, 0.0], [1.0, 2.0]], "gelu"),
        ([["1/3", 1], ["1/3", 1]], "sin_cos"),
        ([[1, 0], [0, 1], [1, 1], [-1, 0], [0, -1], [-1, -1]], "relu+ntk"),
        ([[0], [0]], "relu"),
        (np.ones((400, 2)), "relu+hidden_bias"),
    ],
)
def test_singular_kernels_are_exactly_singular(X: object, text: str) -> None:
    assert verify.certified_lambda_min(X, text) == (0.0, 0.0)


def test_more_bits_where_float64_is_too_coarse() -> None:
    X = [[1, 0], [1, "1e-12"], [0, 1]]
    kernel = enclosed_kernel(X)
    assert kernel is not None
    assert least_eigenvalue_bounds(kernel.matrix, error=kernel.error) is None
    bounds = verify.certified_lambda_min(X)
    assert bounds is not None
    assert 0 < bounds[0] <= exact_least(X, "relu") <= bounds[1]
    assert bounds[0] > 0.999 * bounds[1]
    bounds = verify.certified_lambda_min([[1, 0], [1, "1e-40"], [0, 1]], "gelu+ntk")
    assert bounds is not None
    assert 0 < bounds[0] <= exact_least([[1, 0], [1, "1e-40"], [0, 1]], "gelu+ntk") <= bounds[1]
    many = np.concatenate(
        [np.random.default_rng(0).standard_normal((301, 3)), np.array([[1.0, 0, 0], [1.0, 1e-12, 0]])]
    )
    assert verify.certified_lambda_min(many) is None  # nonsingular, but above the size where more bits are tried


def test_tangent_kernels_and_larger_sets() -> None:
    X = np.random.default_rng(6).standard_normal((120, 6))
    for text in ("relu", "relu+ntk", "relu+ntk_hidden", "gelu+bias"):
        bounds = verify.certified_lambda_min(X, text)
        kernel = enclosed_kernel(X, text)
        assert bounds is not None
        assert kernel is not None
        least = float(np.linalg.eigvalsh(kernel.matrix)[0])
        assert bounds[0] <= least + 1e-11
        assert bounds[1] >= least - 1e-11
        assert bounds[0] > 0.99 * bounds[1]


def test_what_is_refused() -> None:
    for A in (np.ones((2, 3)), np.array([[1.0, 2.0], [0.0, 1.0]]), np.full((1, 1), np.nan), np.ones((0, 0))):
        with pytest.raises(DataError):
            least_eigenvalue_bounds(A)
    with pytest.raises(DataError, match="error=-1"):
        least_eigenvalue_bounds(np.eye(2), error=-1)
    assert verify.certified_lambda_min([]) is None
    with pytest.raises(DataError):
        verify.certified_lambda_min([[float("nan")]])
    with pytest.raises(NotAvailableError):
        verify.certified_lambda_min([[1, 2]], "relu+layers=2+ntk")
