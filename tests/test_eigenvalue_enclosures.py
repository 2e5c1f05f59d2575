"""Enclosures of eigenvalues against matrices whose eigenvalues are known, and against mpmath with more digits."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify import flint_backend
from verify.flint_eigenvalues import enclosed_eigenvalues

Rows = list[list[Fraction]]


def enclose(rows: Rows, *, bits: int = 128) -> list[tuple[Fraction, Fraction, Fraction]]:
    with flint_backend.precision(bits):
        found = enclosed_eigenvalues([[flint_backend.ball(Fraction(x)) for x in row] for row in rows])
    assert found is not None
    return found


def expected(rows: Rows, *, digits: int = 80) -> list[Fraction]:
    """The eigenvalues in descending order, to about `digits` digits of the norm."""
    with mpmath.workdps(digits):
        matrix = mpmath.matrix([[mpmath.mpf(Fraction(x).numerator) / Fraction(x).denominator for x in r] for r in rows])
        return sorted((Fraction(str(x)) for x in mpmath.eigsy(matrix, eigvals_only=True)), reverse=True)


def assert_enclosed(rows: Rows, values: list[Fraction], *, bits: int = 128, slack: Fraction = Fraction(0)) -> None:
    found = enclose(rows, bits=bits)
    assert len(found) == len(values)
    size = max((abs(x) for x in values), default=Fraction(0))
    for (low, middle, high), value in zip(found, sorted(values, reverse=True), strict=True):
        assert low - slack <= value <= high + slack
        assert low <= middle <= high
        assert high - low <= size * len(values) ** 2 / Fraction(2) ** (bits - 40)


def test_matrices_with_rational_eigenvalues_multiple_ones_too() -> None:
    ones = [[Fraction(1)] * 7 for _ in range(7)]
    assert_enclosed(ones, [Fraction(7)] + [Fraction(0)] * 6)
    assert_enclosed([[Fraction(2), Fraction(1)], [Fraction(1), Fraction(2)]], [Fraction(3), Fraction(1)])
    assert_enclosed([[Fraction(0)] * 3 for _ in range(3)], [Fraction(0)] * 3)
    assert_enclosed([[Fraction(5)]], [Fraction(5)])
    assert enclose([]) == []
    # the reflection I - 2vv^T/|v|^2: 1 five times and -1 once
    v = [Fraction(k) for k in (1, -2, 3, 1, 5, -1)]
    size = sum(x * x for x in v)
    assert_enclosed(
        [[(i == j) - 2 * v[i] * v[j] / size for j in range(6)] for i in range(6)], [Fraction(1)] * 5 + [Fraction(-1)]
    )


def test_the_path_has_cosines() -> None:
    n = 24
    path = [[Fraction(int(abs(i - j) == 1)) for j in range(n)] for i in range(n)]
    with mpmath.workdps(60):
        cosines = [Fraction(str(2 * mpmath.cos(mpmath.pi * k / (n + 1)))) for k in range(1, n + 1)]
    assert_enclosed(path, cosines, slack=Fraction(1, 10**55))


@pytest.mark.parametrize("bits", [64, 256, 1024])
def test_the_hilbert_matrix_whose_eigenvalues_fall_off_fast(bits: int) -> None:
    n = 14
    hilbert = [[Fraction(1, i + j + 1) for j in range(n)] for i in range(n)]
    assert_enclosed(hilbert, expected(hilbert), bits=bits, slack=Fraction(1, 10**75))


def test_eigenvalues_of_very_different_sizes_are_all_found() -> None:
    """D H D with a positive definite H: every scale down to 10^-120 appears."""
    n = 6
    scales = [Fraction(1, 10 ** (24 * k)) for k in range(n)]
    matrix = [[scales[i] * scales[j] * (Fraction(3) if i == j else Fraction(1)) for j in range(n)] for i in range(n)]
    found = enclose(matrix, bits=1200)
    assert all(low > 0 for low, _, _ in found)
    assert all(high - low < low / 10**20 for low, _, high in found)
    product = Fraction(1)
    for _, middle, _ in found:
        product *= middle
    determinant = Fraction(2) ** (n - 1) * (2 + n)
    for s in scales:
        determinant *= s * s
    assert abs(product / determinant - 1) < Fraction(1, 10**18)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 7).flatmap(
        lambda n: st.lists(st.lists(st.integers(-4, 4), min_size=n, max_size=n), min_size=n, max_size=n)
    )
)
def test_random_integer_matrices(rows: list[list[int]]) -> None:
    symmetric = [[Fraction(rows[i][j] + rows[j][i]) for j in range(len(rows))] for i in range(len(rows))]
    assert_enclosed(symmetric, expected(symmetric, digits=60), slack=Fraction(1, 10**52))


def test_balls_with_a_radius_enclose_every_matrix_in_them() -> None:
    with flint_backend.precision(128):
        wide = flint_backend.hull(Fraction(9, 10), Fraction(11, 10))
        two = flint_backend.ball(2)
        found = enclosed_eigenvalues([[two, wide], [wide, two]])
    assert found is not None
    for off in (Fraction(9, 10), Fraction(1), Fraction(11, 10)):
        assert found[0][0] <= 2 + off <= found[0][2]
        assert found[1][0] <= 2 - off <= found[1][2]


def test_a_matrix_that_is_not_finite_is_not_enclosed() -> None:
    with flint_backend.precision(64):
        nan = flint_backend.ball(0) / flint_backend.ball(0)
        assert enclosed_eigenvalues([[nan]]) is None
