"""The certified bound is never above the least eigenvalue, known exactly from rational matrices."""

from __future__ import annotations

import numpy as np
import pytest

from verify.errors import DataError
from verify.flint_backend import rank
from verify.kernels.certified import eigenvalue_lower_bound, least_eigenvalue_bounds


def test_a_matrix_with_known_eigenvalues() -> None:
    for n in (1, 2, 5, 40):
        A = np.ones((n, n)) + 3 * np.eye(n)
        least = 3.0 if n > 1 else 4.0
        assert least * (1 - 1e-9) < eigenvalue_lower_bound(A, shift=least * (1 - 1e-10)) < least
        assert eigenvalue_lower_bound(A, shift=least * (1 + 1e-9)) is None


def test_a_singular_matrix_is_never_certified_positive() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        n = int(rng.integers(2, 9))
        F = rng.integers(-4, 5, size=(n, n - 1)).astype(float)
        A = F @ F.T
        assert rank(A.astype(int).tolist()) < n
        for shift in (0.0, 1e-300, 1e-17, 1e-15, 1e-13):
            bound = eigenvalue_lower_bound(A, shift=shift)
            assert bound is None or bound <= 0


def test_bad_matrices_are_refused() -> None:
    for A in (np.ones((2, 3)), np.array([[1.0, 2.0], [0.0, 1.0]]), np.full((1, 1), np.nan), np.ones((0, 0))):
        with pytest.raises(DataError):
            eigenvalue_lower_bound(A, shift=0.0)


@pytest.mark.parametrize("least", [1e-160, 1e-300, 5e-324])
def test_an_inverse_beyond_the_range_of_float64_is_not_certified(least: float) -> None:
    """Warnings are errors here: the square of 1e300 must not be taken on the way, nor a NaN met."""
    assert least_eigenvalue_bounds(np.diag([1.0, least])) is None
    assert least_eigenvalue_bounds(np.array([[1.0, 1e-170], [1e-170, least]])) is None
