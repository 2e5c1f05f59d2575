"""The exact half of the quadratic landscape, against pure-Fraction oracles written from the theorems, and numerics."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.errors import DataError
from verify.landscapes.quadratic.critical_points import Kind, count_critical_types, critical_points
from verify.landscapes.quadratic.isserlis import gradient_identity, loss_identity
from verify.landscapes.quadratic.least_loss import least_loss
from verify.landscapes.quadratic.loss import curvature, exact_array, gradient, population_loss
from verify.landscapes.quadratic.rates import predicted_rate
from verify.landscapes.quadratic.real_roots import isolate, narrow, roots_above
from verify.landscapes.quadratic.semidefinite import negative_direction, quadratic_form
from verify.landscapes.quadratic.teacher import Teacher

RATIONALS = st.fractions(min_value=0, max_value=4, max_denominator=3)


@pytest.mark.parametrize(("d", "m"), [(1, 1), (2, 1), (2, 2), (3, 1)])
def test_the_loss_is_the_expected_squared_error(d: int, m: int) -> None:
    assert loss_identity(d, m) == 0
    assert gradient_identity(d, m).is_zero_matrix


def test_the_loss_by_hand_and_by_sampling() -> None:
    W, Z = exact_array([[1, 0], [0, 2]]), exact_array([[2, 1], [1, 1]])
    # Delta = [[-1, -1], [-1, 3]]: 1/2 (1 + 1 + 1 + 9) + 1/4 2^2
    assert population_loss(W, Z) == 7
    x = np.random.default_rng(0).normal(size=(400_000, 2))
    errors = ((x @ np.array([[1.0, 0], [0, 2]])) ** 2).sum(1) - np.einsum(
        "ni,ij,nj->n", x, np.array([[2.0, 1], [1, 1]]), x
    )
    squares = errors**2 / 4
    assert abs(squares.mean() - 7) < 5 * squares.std() / np.sqrt(len(x))


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_gradient_and_curvature_are_the_taylor_coefficients_of_the_loss(data: st.DataObject) -> None:
    d, m = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3))
    small = st.integers(-3, 3)
    W, V = (
        exact_array(data.draw(st.lists(st.lists(small, min_size=m, max_size=m), min_size=d, max_size=d))) for _ in "WV"
    )
    half = exact_array(data.draw(st.lists(st.lists(small, min_size=d, max_size=d), min_size=d, max_size=d)))
    Z = half + half.T
    along = [population_loss(W + t * V, Z) for t in range(-2, 3)]  # a quartic in t
    assert (along[0] - 8 * along[1] + 8 * along[3] - along[4]) / 12 == (gradient(W, Z) * V).sum()
    assert (-along[0] + 16 * along[1] - 30 * along[2] + 16 * along[3] - along[4]) / 12 == curvature(W, Z, V)


def subsets_oracle(s: list[Fraction], m: int) -> list[tuple[Fraction, list[Fraction], list[Fraction]]]:
    """Loss, eigenvalues and kept eigenvalues of the critical points, solved from the equations for every subset."""
    found = []
    for r in range(min(m, len(s)) + 1):
        for kept in combinations(range(len(s)), r):
            left = [s[i] for i in range(len(s)) if i not in kept]
            tau = -sum(left, Fraction(0)) / (1 + Fraction(r, 2))  # tau = sum over kept of -tau/2 minus the rest
            z = [s[i] - tau / 2 for i in kept]
            if all(x > 0 for x in z):
                deltas = [-tau / 2] * r + [-x for x in left]
                assert sum(deltas, Fraction(0)) == tau
                found.append(
                    (sum((x * x for x in deltas), Fraction(0)) / 2 + tau**2 / 4, sorted(z), sorted(s[i] for i in kept))
                )
    return found


@given(st.lists(RATIONALS, min_size=1, max_size=5), st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_critical_points_against_all_subsets(s: list[Fraction], m: int) -> None:
    teacher = Teacher.from_eigenvalues(s)
    points = list(critical_points(teacher, m))
    expected = subsets_oracle(s, m)
    assert {(p.loss[0], tuple(sorted(z for z, _ in p.eigenvalues))) for p in points} == {
        (loss, tuple(z)) for loss, z, _ in expected
    }
    assert all(p.loss[0] == p.loss[1] for p in points)
    least = min(loss for loss, _, _ in expected)
    assert [p.loss[0] for p in points if p.kind is Kind.GLOBAL_MINIMUM] == [least]
    assert all(p.loss[0] > least and p.curvature[1] < 0 for p in points if p.kind is Kind.STRICT_SADDLE)
    assert least_loss(teacher, m).exact == least
    assert (least == 0) == (m >= teacher.rank)
    assert count_critical_types(teacher, m) == len(points) == len({tuple(kept) for _, _, kept in expected})


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_weights_at_a_saddle_and_the_way_down(data: st.DataObject) -> None:
    """Exact weights: choose W diagonal, then the teacher that makes it critical; the curvature is negative."""
    d = data.draw(st.integers(1, 4))
    m = data.draw(st.integers(1, 4))
    r = data.draw(st.integers(0, min(d, m)))
    w = data.draw(st.lists(st.integers(1, 5), min_size=r, max_size=r))
    left = data.draw(st.lists(RATIONALS, min_size=d - r, max_size=d - r))
    T = sum(left, Fraction(0))
    s = [x * x - T / (r + 2) for x in w] + left
    if min(s) < 0:
        return
    W = exact_array(np.zeros((d, m), dtype=int))
    for i, x in enumerate(w):
        W[i, i] = Fraction(x)
    Z = exact_array(np.diag(np.array(s, dtype=object)))
    assert not gradient(W, Z).any()
    teacher = Teacher.from_eigenvalues(s)
    loss = population_loss(W, Z)
    mine = [p for p in critical_points(teacher, m) if sorted(z for z, _ in p.eigenvalues) == sorted(x * x for x in w)]
    point = next(p for p in mine if p.loss[0] == loss)
    if point.kind is Kind.GLOBAL_MINIMUM:
        assert loss == least_loss(teacher, m).exact
        return
    V = exact_array(np.zeros((d, m), dtype=int))
    j = max(range(r, d), key=lambda i: s[i])
    V[j, r if r < m else min(range(r), key=lambda i: s[i])] = Fraction(1)
    assert curvature(W, Z, V) == point.curvature[0] == point.curvature[1] < 0


def test_the_only_minima_that_descent_finds_are_global() -> None:
    from scipy.optimize import minimize

    rng = np.random.default_rng(3)
    for s, m in (([3, 2, 1, 0], 1), ([3, 2, 1, 0], 2), ([1, 1, 1], 2), ([5, 1], 1)):
        Z = np.diag(np.array(s, dtype=float))
        least = float(least_loss(Teacher.from_eigenvalues(s), m).bounds[0])
        for _ in range(5):
            start = rng.normal(size=len(s) * m)
            found = minimize(
                lambda w, Z=Z, m=m: population_loss(w.reshape(-1, m), Z),
                start,
                jac=lambda w, Z=Z, m=m: gradient(w.reshape(-1, m), Z).ravel(),
                method="BFGS",
                options={"gtol": 1e-9},
            )
            assert found.fun == pytest.approx(least, rel=1e-9)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_a_rational_matrix_against_numpy(d: int, m: int, seed: int) -> None:
    half = np.random.default_rng(seed).integers(-3, 4, size=(d, d))
    gram = half @ half.T
    teacher = Teacher.from_matrix([[Fraction(int(x), 7) for x in row] for row in gram])
    values = np.linalg.eigvalsh(gram / 7)[::-1]
    spectrum = [s for s in teacher.spectrum() for _ in range(s.multiplicity)]
    assert np.allclose([float(s.bounds[0]) for s in spectrum], values, atol=1e-6)
    assert all(0 <= s.bounds[0] <= s.bounds[1] <= s.bounds[0] + teacher.trace / 2**63 for s in spectrum)
    assert teacher.rank == np.linalg.matrix_rank(gram)
    assert teacher.sums_over(teacher.spectrum(), [s.multiplicity for s in teacher.spectrum()])[0][0] == teacher.trace
    tail = np.maximum(values[m:], 0)
    expected = ((tail**2).sum() + tail.sum() ** 2 / (m + 2)) / 2
    best = least_loss(teacher, m)
    assert best.bounds[0] <= best.bounds[1]
    assert float(best.bounds[0]) == pytest.approx(expected, abs=1e-9)
    assert (best.exact == 0) == (m >= teacher.rank)


def test_the_enclosure_of_an_irrational_least_loss_holds_the_number() -> None:
    """The teacher [[2, 1], [1, 1]]: s = (3 -+ sqrt 5)/2, so L = 1/2 (4/3) s_2^2 = (7 - 3 sqrt 5)/3."""
    low, high = least_loss(Teacher.from_matrix([[2, 1], [1, 1]]), 1).bounds
    # (7 - 3 low)/... : low < (7 - 3 sqrt 5)/3 < high  <=>  sqrt 5 between (7 - 3 high)/3 and (7 - 3 low)/3
    assert ((7 - 3 * high) / 3) ** 2 < 5 < ((7 - 3 * low) / 3) ** 2
    assert high - low < Fraction(1, 2**58)


def test_a_wide_student_has_the_eigenvalues_of_the_teacher_and_no_zeros() -> None:
    for width in (2, 3, 9):
        best = least_loss(Teacher.from_eigenvalues([3, 1], dimension=4), width)
        assert [low for low, _ in best.eigenvalues] == [3, 1]
        assert best.is_unique


def test_tiny_irrational_eigenvalues_are_enclosed_relative_to_their_size() -> None:
    """[[10^25, 3], [3, 1]]: s_2 = 1 - 9/10^25 + ..., so L = (2/3) s_2^2, and the trace is 10^25 times larger."""
    teacher = Teacher.from_matrix([[10**25, 3], [3, 1]])
    low, high = least_loss(teacher, 1).bounds
    assert low < Fraction(2, 3) - Fraction(1, 10**24)
    assert high > Fraction(2, 3) - Fraction(2, 10**24)
    for saddle in critical_points(teacher, 1):
        assert saddle.curvature is None or saddle.curvature[1] < 0
    assert high - low < Fraction(1, 2**60)


def test_the_exponent_of_two_eigenvalues_that_nearly_agree() -> None:
    """[[1, x], [x, 1]] + [[0, 0], [0, y]], x = 10^-20, y = 10^-20: the gap is sqrt(y^2 + 4 x^2) = sqrt(5)/10^20."""
    x = Fraction(1, 10**20)
    teacher = Teacher.from_matrix([[1, x], [x, 1 + x]])
    exponent = predicted_rate(teacher, 1).exponent
    assert exponent is not None
    low, high = (end * 10**20 / 4 for end in exponent)  # 4 (s_1 - s_2)
    assert low**2 < 5 < high**2
    assert high - low < Fraction(1, 2**30)


def test_whole_sets_of_conjugates_give_an_exact_loss() -> None:
    teacher = Teacher.from_matrix([[9, 0, 0], [0, 2, 1], [0, 1, 1]])  # 9, and two conjugates with sum 3, squares 7
    assert not teacher.is_rational
    assert least_loss(teacher, 1).exact == (7 + Fraction(9, 3)) / 2
    assert least_loss(teacher, 2).exact is None


def test_worked_values() -> None:
    teacher = Teacher.from_eigenvalues(["1", "1/2", "1/4"], dimension=5)
    # only 1/4 is left: 1/2 (1/16 + 1/16/4)
    best = least_loss(teacher, 2)
    assert best.exact == Fraction(5, 128)
    assert best.eigenvalues[0] == (Fraction(17, 16), Fraction(17, 16))
    assert best.is_unique
    assert not least_loss(Teacher.from_eigenvalues([1, 1]), 1).is_unique
    assert least_loss(Teacher.from_eigenvalues([0]), 1).exact == 0
    assert least_loss(Teacher.from_eigenvalues([10**400, 1]), 1).exact == Fraction(1, 2) * (1 + Fraction(1, 3))


def test_huge_numbers_of_kinds_are_counted_without_listing() -> None:
    from math import comb

    assert count_critical_types(Teacher.from_eigenvalues(range(1, 61)), 30) == sum(comb(60, r) for r in range(31))


def test_few_of_many_are_listed_at_once() -> None:
    """60 distinct eigenvalues, width 1: 61 of the 2^60 subsets."""
    teacher = Teacher.from_eigenvalues(range(1, 61))
    assert len(list(critical_points(teacher, 1))) == count_critical_types(teacher, 1) == 61


def test_a_large_dimension_costs_nothing() -> None:
    teacher = Teacher.from_eigenvalues([2, 1], dimension=1_000_000)
    assert least_loss(teacher, 1).exact == Fraction(2, 3)
    assert count_critical_types(teacher, 1) == 4


def test_the_constants_of_the_power_law() -> None:
    expected = {(10, 5, 3): 0.044643, (10, 7, 3): 0.069444, (20, 10, 5): 0.091146}
    for (d, m, rank), value in expected.items():
        rate = predicted_rate(Teacher.from_eigenvalues(range(1, rank + 1), dimension=d), m)
        assert rate.exponent is None
        assert float(rate.constant) == pytest.approx(value, abs=6e-7)


@given(
    st.lists(st.fractions(min_value="1/4", max_value=4, max_denominator=4), min_size=1, max_size=4),
    st.integers(0, 2),
    st.integers(1, 5),
)
@settings(max_examples=60, deadline=None)
def test_the_exponent_is_twice_the_least_positive_eigenvalue_of_the_hessian(
    s: list[Fraction], zeros: int, m: int
) -> None:
    s = sorted(s, reverse=True) + [Fraction(0)] * zeros
    d = len(s)
    teacher = Teacher.from_eigenvalues(s)
    rate = predicted_rate(teacher, m)
    if m > teacher.rank and zeros:
        assert rate.exponent is None
        return
    z = [float(x) for x, _ in least_loss(teacher, m).eigenvalues]
    W, Z = np.zeros((d, m)), np.diag([float(x) for x in s])
    W[range(len(z)), range(len(z))] = np.sqrt(z)
    basis = np.eye(d * m).reshape(d * m, d, m)
    hessian = np.array([[(curvature(W, Z, a + b) - curvature(W, Z, a - b)) / 4 for b in basis] for a in basis])
    values = np.linalg.eigvalsh(hessian)
    assert values[0] > -1e-9
    low, high = rate.exponent
    assert low <= high <= low * (1 + Fraction(1, 2**50))
    assert float(low) == pytest.approx(2 * values[values > 1e-7][0], rel=1e-7)


@given(st.lists(st.lists(st.integers(-2, 2), min_size=4, max_size=4), min_size=1, max_size=4), st.integers(-1, 1))
@settings(max_examples=100, deadline=None)
def test_a_negative_direction_exists_exactly_where_numpy_sees_one(half: list[list[int]], shift: int) -> None:
    gram = np.array(half) @ np.array(half).T + shift * np.eye(len(half), dtype=int)
    v = negative_direction(gram.tolist())
    least = np.linalg.eigvalsh(gram)[0]
    if v is None:
        assert least > -1e-9
    else:
        assert quadratic_form(gram.tolist(), v) < 0
        assert least < 0


def test_zero_pivots_and_empty_matrices() -> None:
    assert negative_direction([]) is None
    assert negative_direction([[0]]) is None
    v = negative_direction([[0, 1], [1, 5]])
    assert quadratic_form([[0, 1], [1, 5]], v) == -1


def test_roots_are_counted_and_isolated() -> None:
    wilkinson = [Fraction(1)]
    for root in range(1, 13):
        wilkinson = [
            (wilkinson[k - 1] if k else 0) - root * (wilkinson[k] if k < len(wilkinson) else 0)
            for k in range(len(wilkinson) + 1)
        ]
    assert [roots_above(wilkinson, Fraction(2 * k + 1, 2)) for k in range(13)] == list(range(12, -1, -1))
    cubic = [-1, -2, 1, 1]  # 2 cos(2 pi k/7)
    exact = sorted(2 * np.cos(2 * np.pi * k / 7) for k in (1, 2, 3))
    for (low, high), root in zip(isolate(cubic), exact, strict=True):
        assert low < root < high
        thin = narrow(cubic, (low, high), Fraction(1, 10**9))
        assert abs(float(thin[0]) - root) < 2e-9


BAD = {
    "a negative eigenvalue": (lambda: Teacher.from_eigenvalues([1, "-1/2"]), "eigenvalue 2 of the teacher is -1/2"),
    "infinite": (lambda: Teacher.from_eigenvalues([float("inf")]), "inf is not finite"),
    "NaN": (lambda: Teacher.from_matrix([[float("nan")]]), "row 1 of the teacher: nan is not finite"),
    "no eigenvalue": (lambda: Teacher.from_eigenvalues([]), "dimension 0"),
    "rank above d": (lambda: Teacher.from_eigenvalues([1, 1, 1], dimension=2), "3 eigenvalues in dimension 2"),
    "empty": (lambda: Teacher.from_matrix([]), "0 rows"),
    "not square": (lambda: Teacher.from_matrix([[1, 2]]), "row 1 of the teacher does not have 1 entries"),
    "not symmetric": (lambda: Teacher.from_matrix([[1, 2], [3, 9]]), r"entry \(2, 1\) is 3 and \(1, 2\) is 2"),
    "indefinite": (lambda: Teacher.from_matrix([[1, 2], [2, 1]]), r"v = \(-2, 1\) has v\^T Z v = -3 < 0"),
    "large": (lambda: Teacher.from_matrix([[0] * 61] * 61), "61 rows"),
    "width 0": (lambda: least_loss(Teacher.from_eigenvalues([1]), 0), "width 0"),
    "width True": (lambda: predicted_rate(Teacher.from_eigenvalues([1]), True), "width True"),
    "no columns": (lambda: population_loss(np.zeros((2, 0)), np.eye(2)), "width 0"),
    "wrong teacher": (lambda: gradient(np.zeros((2, 1)), np.eye(3)), "teacher of shape"),
    "infinite weights": (lambda: gradient(np.full((1, 1), np.inf), np.eye(1)), "weights have an entry"),
    "asymmetric array": (lambda: gradient(np.zeros((2, 1)), np.array([[0.0, 1], [0, 0]])), "not symmetric"),
    "wrong direction": (lambda: curvature(np.zeros((2, 1)), np.eye(2), np.zeros((1, 2))), "direction of shape"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_one_line(case: str) -> None:
    make, message = BAD[case]
    with pytest.raises(DataError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)
