"""Extreme eigenvalues without the matrix: against dense eigenvalues, scipy's Lanczos, and exact ranks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse.linalg import LinearOperator, eigsh

import verify
from verify.errors import DataError
from verify.kernels import KernelOperator, extreme_eigenvalues, float_kernel
from verify.kernels import extremes as module

X = np.random.default_rng(0).standard_normal((160, 6))


def test_a_large_space_has_the_eigenvalues_of_the_matrix() -> None:
    true = np.linalg.eigvalsh(float_kernel(X))
    found = extreme_eigenvalues(X, k=4, memory_limit=0, products=60)
    assert not found.dense
    assert found.products <= 20  # then the space is everything
    assert found.largest == pytest.approx(true[::-1][:4], rel=1e-12)
    assert found.smallest == pytest.approx(true[:4], rel=1e-6)
    assert (found.exact_rank, found.float_rank, found.matrix_bytes) == (160, 160, 204_800)


@pytest.mark.parametrize("products", [1, 2, 4, 8, 16])
def test_ritz_values_are_inside_and_residuals_reach_an_eigenvalue(products: int) -> None:
    true = np.linalg.eigvalsh(float_kernel(X, "gelu"))
    found = extreme_eigenvalues(X, "gelu", k=3, memory_limit=0, products=products)
    slack = 1e-12 * true[-1]
    assert (found.largest <= true[::-1][:3] + slack).all()
    assert (found.smallest >= true[:3] - slack).all()
    for value, residual in zip(
        [*found.largest, *found.smallest], [*found.largest_residuals, *found.smallest_residuals], strict=True
    ):
        assert np.abs(true - value).min() <= residual + slack
    assert not found.converged or products > 4


def test_scipy_finds_the_same_ends() -> None:
    operator = KernelOperator(X, "relu")
    peer = eigsh(
        LinearOperator((160, 160), matvec=lambda v: operator @ v.ravel(), dtype=np.float64),
        k=3, which="LA", return_eigenvectors=False, v0=np.ones(160),
    )  # fmt: skip
    found = extreme_eigenvalues(X, k=3, memory_limit=0, products=12)
    assert found.largest == pytest.approx(np.sort(peer)[::-1], rel=1e-10)


def test_the_exact_rank_stands_beside_what_floats_see() -> None:
    points = np.random.default_rng(1).integers(-9, 10, (60, 3))
    singular = np.concatenate([points, 2 * points[:7]])  # seven points on the ray of another
    exact = verify.decide(singular, "relu").rank
    for limit in (0, 2**27):
        found = extreme_eigenvalues(singular, memory_limit=limit, products=20)
        assert found.exact_rank == exact
        assert exact is not None
        assert abs(found.smallest[0]) < 1e-10 * found.largest[0]
        assert exact <= 60
    assert extreme_eigenvalues(singular, memory_limit=2**27).float_rank <= exact + 1
    assert extreme_eigenvalues(np.array([[1.0], [2.0]]), "square+output_bias").exact_rank == 2


def test_files_are_mapped_and_other_types_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "points.npy"
    np.save(path, X[:40])
    wanted = extreme_eigenvalues(X[:40])
    assert extreme_eigenvalues(path).largest.tolist() == wanted.largest.tolist()
    assert extreme_eigenvalues(str(path), memory_limit=0).largest == pytest.approx(wanted.largest, rel=1e-10)
    narrow = X[:40].astype(np.float32)
    assert extreme_eigenvalues(narrow).largest.tolist() == extreme_eigenvalues(narrow.astype(float)).largest.tolist()
    whole = np.arange(80).reshape(40, 2)
    for view in (np.asfortranarray(whole), whole[::-1][::-1], whole.astype(np.int16)):
        view.setflags(write=False)
        assert extreme_eigenvalues(view).largest.tolist() == extreme_eigenvalues(whole).largest.tolist()


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_points(n: int) -> None:
    found = extreme_eigenvalues(np.eye(2)[:n], k=3, memory_limit=0)
    assert len(found.largest) == len(found.smallest) == n
    assert (found.exact_rank, found.float_rank, found.dense) == (n, n, True)
    assert extreme_eigenvalues(np.zeros((n, 2))).float_rank == 0


def test_equal_points_end_the_space_early() -> None:
    found = extreme_eigenvalues(np.ones((200, 2)), memory_limit=0, k=1)
    assert found.products <= 3
    assert found.largest[0] == pytest.approx(200.0)
    assert (found.exact_rank, found.smallest[0]) == (1, pytest.approx(0, abs=1e-10))


def test_bad_input(tmp_path: Path) -> None:
    for arguments in ({"k": 0}, {"k": 9}, {"k": True}, {"products": 0}, {"products": 1.5}):
        with pytest.raises(DataError, match="whole number"):
            extreme_eigenvalues(X, **arguments)  # type: ignore[arg-type]  # on purpose
    (tmp_path / "no.npy").write_text("no")
    for path in (tmp_path / "no.npy", tmp_path / "none.npy"):
        with pytest.raises(DataError, match="npy"):
            extreme_eigenvalues(path)
    with pytest.raises(DataError, match="nan"):
        extreme_eigenvalues([[0.0], [float("nan")]])


def test_an_interrupt_keeps_the_products(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    found = extreme_eigenvalues(X, memory_limit=0, progress=stop)
    assert (found.interrupted, found.products, found.converged) == (True, 3, False)
    monkeypatch.setattr(module, "BLOCK", 4)
    assert extreme_eigenvalues(X, memory_limit=0, products=3).products == 3


def test_the_zero_matrix_has_float_rank_0_without_being_formed() -> None:
    found = extreme_eigenvalues(np.zeros((40, 3)), "relu", memory_limit=0)
    assert (found.dense, found.exact_rank, found.float_rank) == (False, 0, 0)
