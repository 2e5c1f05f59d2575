"""The float half of the quadratic landscape: the flow, its closed form, rates, and the limit of large dimension."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.errors import DataError
from verify.landscapes.quadratic.closed_form import exact_solution
from verify.landscapes.quadratic.flow import gradient_flow
from verify.landscapes.quadratic.initial import gaussian_pair, orthonormal_columns, orthonormal_pair
from verify.landscapes.quadratic.least_loss import least_loss
from verify.landscapes.quadratic.limit import Limit
from verify.landscapes.quadratic.loss import gradient, population_loss
from verify.landscapes.quadratic.orthonormal import orthonormal_curves, squared_cosines
from verify.landscapes.quadratic.rates import predicted_rate
from verify.landscapes.quadratic.teacher import Teacher

PAIRS = [("1/2", "1/4"), ("1/2", "1/2"), ("1/4", "1/2"), ("3/10", "1/2"), ("7/10", "3/5"), ("9/10", "1/5")]


def limit_of(pair: tuple[str, str]) -> Limit:
    return Limit(Fraction(pair[0]), Fraction(pair[1]))


@pytest.mark.parametrize("shape", [(1, 1, 1), (10, 5, 3), (6, 3, 3), (8, 2, 5), (5, 5, 5), (4, 7, 2), (8, 9, 3)])
def test_the_closed_form_is_the_integrated_flow(shape: tuple[int, int, int]) -> None:
    W, Z = gaussian_pair(*shape, rng=1)
    basis = orthonormal_columns(shape[0], shape[0], rng=2)  # a teacher that is not diagonal
    W, Z = basis @ W, basis @ Z @ basis.T
    Z = (Z + Z.T) / 2
    times = [0, 0.01, 0.1, 0.5, 1, 3, 10]
    path = gradient_flow(W, Z, times, rtol=1e-12, atol=1e-14)
    solution = exact_solution(W, Z, times)
    for step, closed in zip(path, solution.Z, strict=True):
        assert np.linalg.norm(step @ step.T - closed) <= 1e-8 * np.linalg.norm(closed)


def test_phi_is_the_integral_of_the_trace() -> None:
    W, Z = gaussian_pair(6, 4, 2, rng=0)
    nodes, weights = np.polynomial.legendre.leggauss(80)
    times = (nodes + 1) / 2  # on [0, 1]
    traces = exact_solution(W, Z, times).Z.trace(axis1=1, axis2=2) - np.trace(Z)
    assert exact_solution(W, Z, [1.0]).phi[0] == pytest.approx((weights * traces).sum() / 2, rel=1e-9)


def test_the_flow_in_one_dimension_by_hand() -> None:
    """y = W^2 has y' = -6 y (y - s), a logistic equation."""
    times = np.array([0.0, 0.2, 1.0, 5.0])
    for s, y in ((2.0, 0.3), (2.0, 5.0), (0.0, 1.0)):
        expected = s * y / (y + (s - y) * np.exp(-6 * s * times)) if s else y / (1 + 6 * y * times)
        for method in ("DOP853", "LSODA"):
            path = gradient_flow(np.array([[math.sqrt(y)]]), np.array([[s]]), times, method=method)
            assert np.allclose(path[:, 0, 0] ** 2, expected, rtol=1e-8)
        assert np.allclose(
            exact_solution(np.array([[math.sqrt(y)]]), np.array([[s]]), times).Z[:, 0, 0], expected, rtol=1e-9
        )


def test_the_loss_decreases_and_ends_at_the_least_loss() -> None:
    for shape in ((5, 2, 3), (5, 3, 3), (4, 1, 3)):
        W, Z = gaussian_pair(*shape, rng=5)
        path = gradient_flow(W, Z, np.linspace(0, 60, 30), method="LSODA")
        losses = [population_loss(step, Z) for step in path]
        assert all(later <= earlier + 1e-12 for earlier, later in pairwise(losses))
        least = least_loss(Teacher.from_eigenvalues(np.diag(Z).tolist()), shape[1])
        assert losses[-1] == pytest.approx(float(least.bounds[0]), abs=1e-9)
        assert np.linalg.norm(gradient(path[-1], Z)) < 1e-5


def exponent_between(teacher: Teacher, m: int, first: float, last: float, *, is_near: bool = False) -> float:
    """The slope of the logarithm of the excess loss, from a random start or from one near a global minimum."""
    values = [float(s.bounds[0]) for s in teacher.spectrum() for _ in range(s.multiplicity)]
    Z = np.diag(values)
    W = np.random.default_rng(0).normal(size=(len(values), m))
    best = least_loss(teacher, m)
    if is_near:
        W *= 0.05
        for i, (z, _) in enumerate(best.eigenvalues):
            W[i, i] += math.sqrt(z)
    least = float(best.bounds[0])
    one, two = exact_solution(W, Z, [first, last]).Z
    logs = []
    for product in (one, two):
        delta = product - Z
        logs.append(math.log((delta * delta).sum() / 2 + np.trace(delta) ** 2 / 4 - least))
    return (logs[0] - logs[1]) / (last - first)


def test_the_exponent_is_four_times_the_least_eigenvalue_to_five_digits() -> None:
    teacher = Teacher.from_eigenvalues([3, 2, 1], dimension=6)
    assert predicted_rate(teacher, 3).exponent == (4, 4)
    assert exponent_between(teacher, 3, 5.0, 6.5) == pytest.approx(4, rel=1e-5)


@pytest.mark.parametrize(
    ("s", "d", "m", "first", "last"),
    [
        ([3, 2, 1], 3, 3, 2.6, 3.0),  # no kernel: faster than 4 mu
        ([3, 2, 1], 3, 5, 1.4, 2.0),
        ([2], 1, 1, 0.5, 0.9),
        ([1, 1], 2, 2, 1.5, 2.2),
        ([3, 2, 1], 4, 2, 2.5, 3.0),  # narrower than the teacher: the gap decides
    ],
)
def test_other_exponents(s: list[int], d: int, m: int, first: float, last: float) -> None:
    teacher = Teacher.from_eigenvalues(s, dimension=d)
    low, _ = predicted_rate(teacher, m).exponent
    assert exponent_between(teacher, m, first, last, is_near=True) == pytest.approx(float(low), rel=2e-3)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(10, 5, 3), (10, 7, 3), (20, 10, 5)])
def test_the_constant_of_the_power_law_to_three_digits(shape: tuple[int, int, int]) -> None:
    W, Z = gaussian_pair(*shape, rng=0)
    path = gradient_flow(W, Z, [30_000.0], method="LSODA", rtol=1e-11, atol=1e-14)
    constant = predicted_rate(Teacher.from_eigenvalues(np.diag(Z).tolist()), shape[1]).constant
    assert 30_000.0**2 * population_loss(path[0], Z) == pytest.approx(float(constant), rel=1e-3)


@pytest.mark.slow
def test_a_wide_student_reaches_the_constant_slowly_from_below() -> None:
    """(d, m, m*) = (10, 14, 3): the eigenvalues of the excess become equal like t^(-5/12)."""
    W, Z = gaussian_pair(10, 14, 3, rng=0)
    times = [100.0, 1_000.0, 10_000.0, 100_000.0]
    path = gradient_flow(W, Z, times, method="LSODA", rtol=1e-11, atol=1e-14)
    constant = float(predicted_rate(Teacher.from_eigenvalues(np.diag(Z).tolist()), 14).constant)
    gaps = [abs(t * t * population_loss(step, Z) / constant - 1) for t, step in zip(times, path, strict=True)]
    assert all(later < earlier for earlier, later in pairwise(gaps))
    assert gaps[-1] < 2e-3


def test_the_power_law_for_the_zero_teacher_by_hand() -> None:
    """d = m = 1, s = 0: y' = -6 y^2, y ~ 1/(6 t), L = 3/4 y^2, so t^2 L -> 1/48."""
    assert predicted_rate(Teacher.from_eigenvalues([0]), 1).constant == Fraction(1, 48)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_mass_and_the_integrals_of_the_limit_law(pair: tuple[str, str]) -> None:
    limit = limit_of(pair)
    assert limit.atom_at_zero + limit.atom_at_one + limit.continuous_mass == limit.alpha
    a, b = (
        mpmath.mpf(limit.alpha.numerator) / limit.alpha.denominator,
        mpmath.mpf(limit.alpha_star.numerator) / limit.alpha_star.denominator,
    )
    one, two = mpmath.sqrt(a * (1 - b)), mpmath.sqrt(b * (1 - a))
    middle, half = one**2 + two**2, 2 * one * two  # of [r_1, r_2]

    def integral(function: object, power: int) -> float:
        """Of function(x) x^power sqrt((r2 - x)(x - r1))/(2 pi x (1 - x)), after x = middle + half cos u."""

        def term(u: mpmath.mpf) -> mpmath.mpf:
            x = middle + half * mpmath.cos(u)
            return function(x) * x ** (power - 1) / (1 - x) * (half * mpmath.sin(u)) ** 2 / (2 * mpmath.pi)

        with mpmath.workdps(30):  # open ends: where r_1 = 0 or r_2 = 1 the integrand is 0/0 there
            return float(mpmath.quad(term, [mpmath.mpf("1e-12"), mpmath.pi / 2, mpmath.pi - mpmath.mpf("1e-12")]))

    assert integral(lambda x: 1, 0) == pytest.approx(float(limit.continuous_mass), abs=1e-9)
    for z in (-0.5, 25.0):
        assert integral(lambda x, z=z: 1 / (1 + z * x), 1) == pytest.approx(limit.theta_prime(z), abs=1e-9)
        assert -integral(lambda x, z=z: 1 / (1 + z * x) ** 2, 2) == pytest.approx(limit.theta_second(z), abs=1e-9)
    assert limit.theta_prime(1e200) == pytest.approx(float(limit.continuous_mass) * 1e-200, rel=1e-9)


def nine_roots(z: float, limit: Limit) -> float:
    """The longer closed form of Theta', with the square roots of the ends of the support."""
    r1, r2 = limit.edges
    a1, a2, b1, b2 = math.sqrt(1 + z * r1), math.sqrt(1 + z * r2), math.sqrt(r1), math.sqrt(r2)
    c1, c2 = math.sqrt(1 - r1), math.sqrt(max(1 - r2, 0.0))
    first = (r1 / a1 + r2 / a2) / (a1 + a2)
    second = r1 * r2 * (b1 / a1 + b2 / a2) / (b2 * a1 + b1 * a2)
    third = c1 * c2 * (r1 * c2 / a1 + r2 * c1 / a2) / (c2 * a1 + c1 * a2)
    return (first - second - third) / 2


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("z", [0.0, 0.3, 8.0])
def test_the_two_closed_forms_of_the_derivative_of_theta(pair: tuple[str, str], z: float) -> None:
    assert nine_roots(z, limit_of(pair)) == pytest.approx(limit_of(pair).theta_prime(z), rel=1e-7)


def test_the_density_has_the_mass_and_vanishes_outside() -> None:
    limit = limit_of(("3/10", "1/2"))
    low, high = limit.edges
    x = np.linspace(0, 1, 40_001)
    assert limit.density(x).mean() == pytest.approx(0.3, rel=1e-3)
    assert not limit.density(np.array([low / 2, (1 + high) / 2, 0.0, 1.0, -1.0])).any()
    cosines = squared_cosines(400, 120, 200, rng=0)
    for cut in (0.3, 0.5, 0.7):
        assert (cosines < cut).mean() == pytest.approx(limit.density(x[x < cut]).sum() / len(x) / 0.3, abs=0.02)


@pytest.mark.parametrize("pair", PAIRS)
def test_f_and_j_satisfy_the_integrated_equation(pair: tuple[str, str]) -> None:
    limit = limit_of(pair)
    gammas = np.array([0.0, 0.1, 0.5, 1.0, 2.0])
    curves = limit.curves(gammas)
    for gamma, log_f, log_j in zip(gammas, curves.log_f, curves.log_j, strict=True):
        # Theta(J - 1) as the integral of Theta' over log(1 + z)
        theta = float(
            mpmath.quad(lambda u: float(limit.theta_prime(float(mpmath.expm1(u)))) * mpmath.exp(u), [0, log_j])
        )
        left = float(limit.alpha) * log_f + float(limit.atom_at_one) * log_j + theta
        assert left == pytest.approx(4 * gamma, abs=1e-9)


def test_the_overlap_for_two_halves_has_a_short_form() -> None:
    gammas = np.array([0.0, 0.1, 0.5, 1.0, 3.0])
    curves = limit_of(("1/2", "1/2")).curves(gammas)
    e, J = np.exp(8 * gammas), np.exp(curves.log_j)
    short = e * J**0.25 / np.sqrt((J**2 + 2 * J**1.5 + 2 * e * J + 2 * e**2 * np.sqrt(J) + e**2) / 2)
    assert np.allclose(curves.overlap, short, rtol=1e-11)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_overlap_starts_and_ends_where_it_must(pair: tuple[str, str]) -> None:
    limit = limit_of(pair)
    first, last = limit.curves([0.0, 30 * float(limit.alpha_star)]).overlap
    assert first == pytest.approx(math.sqrt(limit.alpha * limit.alpha_star), rel=1e-12)
    assert last == pytest.approx(min(1, math.sqrt(limit.alpha / limit.alpha_star)), abs=1e-4)


def test_orthonormal_curves_are_the_general_closed_form() -> None:
    d, m, rank = 12, 6, 4
    W, Z = orthonormal_pair(d, m, rank, rng=3)
    star = np.linalg.svd(Z)[0][:, :rank]
    U = W * math.sqrt(m)
    cosines = np.clip(np.linalg.eigvalsh(U.T @ star @ star.T @ U)[::-1], 0, 1)
    cosines[rank:] = 0  # exactly
    gammas = [0.0, 0.2, 1.0, 3.0]
    curves = orthonormal_curves(cosines, d, rank, gammas)
    solution = exact_solution(W, Z, [gamma * d for gamma in gammas])
    assert np.allclose(curves.phi, solution.phi, atol=1e-8)
    for k, product in enumerate(solution.Z):
        overlap = np.trace(product @ Z) / np.linalg.norm(product) / np.linalg.norm(Z)
        assert curves.overlap[k] == pytest.approx(overlap, rel=1e-8)
        delta = product - Z
        assert curves.loss[k] == pytest.approx((delta**2).sum() / 2 + np.trace(delta) ** 2 / 4, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS[:3])
def test_the_limit_is_within_the_fluctuation_at_dimension_400(pair: tuple[str, str]) -> None:
    """The limit lies in mean -+ 3 standard deviations of 8 seeds, widened by 1/d for the bias of finite dimension."""
    limit, d = limit_of(pair), 400
    m, rank = int(limit.alpha * d), int(limit.alpha_star * d)
    gammas = np.array([0.0, 0.1, 0.25, 0.5, 1.0, 2.0])
    expected = limit.curves(gammas).overlap
    runs = np.array([orthonormal_curves(squared_cosines(d, m, rank, rng=s), d, rank, gammas).overlap for s in range(8)])
    room = 3 * runs.std(axis=0, ddof=1) + 1 / d
    assert (abs(runs.mean(axis=0) - expected) <= room).all()
    assert room.max() < 0.01


def test_the_limit_is_the_limit() -> None:
    """The distance from dimension d to the limit shrinks like 1/d."""
    limit = limit_of(("1/4", "1/2"))
    gammas = np.array([0.1, 0.3, 0.6])
    expected = limit.curves(gammas).overlap
    gaps = []
    for d in (40, 200):
        runs = [
            orthonormal_curves(squared_cosines(d, d // 4, d // 2, rng=s), d, d // 2, gammas).overlap for s in range(8)
        ]
        gaps.append(abs(np.mean(runs, axis=0) - expected).max())
    assert gaps[0] < 0.05
    assert gaps[1] < gaps[0] / 2


@pytest.mark.parametrize("pair", PAIRS)
def test_the_three_rates_of_the_distance_to_the_final_overlap(pair: tuple[str, str]) -> None:
    limit = limit_of(pair)
    late = {1: 140.0, 0: 40.0, -1: 4.0}[(limit.alpha > limit.alpha_star) - (limit.alpha < limit.alpha_star)]
    gamma = late * float(limit.alpha_star)
    (distance,) = limit.curves([gamma]).distance
    tolerance = {140.0: 0.03, 40.0: 0.03, 4.0: 1e-4}[late]
    assert distance == pytest.approx(limit.leading_distance(gamma), rel=tolerance)


@given(st.integers(1, 30), st.data())
@settings(max_examples=30, deadline=None)
def test_squared_cosines_have_the_forced_zeros_and_ones(d: int, data: st.DataObject) -> None:
    m, rank = data.draw(st.integers(1, d)), data.draw(st.integers(1, d))
    x = squared_cosines(d, m, rank, rng=data.draw(st.integers(0, 99)))
    assert x.shape == (m,)
    assert (abs(x[: max(m + rank - d, 0)] - 1) < 1e-9).all()
    assert (x[min(m, rank) :] < 1e-9).all()


BAD = {
    "negative time": (lambda: gradient_flow(np.eye(1), np.eye(1), [-1.0]), "negative"),
    "decreasing": (lambda: exact_solution(np.eye(1), np.eye(1), [1.0, 0.5]), "decreasing"),
    "repeated": (lambda: gradient_flow(np.eye(1), np.eye(1), [0.0, 1.0, 1.0]), "repeated"),
    "repeated gamma": (lambda: Limit(Fraction(1, 2), Fraction(1, 3)).curves([0.5, 0.5]), "repeated"),
    "NaN": (lambda: gradient_flow(np.eye(1), np.eye(1), [math.nan]), "not finite"),
    "no times": (lambda: gradient_flow(np.eye(1), np.eye(1), []), "no times"),
    "too late": (lambda: exact_solution(np.eye(1), 2 * np.eye(1), [1000.0]), "up to 150"),
    "indefinite": (lambda: exact_solution(np.eye(1), -np.eye(1), [1.0]), "eigenvalue -1"),
    "shapes": (lambda: exact_solution(np.eye(2), np.eye(3), [1.0]), "shape"),
    "columns": (lambda: orthonormal_columns(2, 3), "3 orthonormal columns in dimension 2"),
    "teacher rank": (lambda: squared_cosines(2, 1, 3), "rank 3 in dimension 2"),
    "gaussian rank": (lambda: gaussian_pair(2, 1, 3), "rank 3 in dimension 2"),
    "cosines": (lambda: orthonormal_curves(np.array([2.0]), 2, 1, [1.0]), "outside"),
    "late gamma": (lambda: orthonormal_curves(np.array([0.5]), 2, 1, [1000.0]), "up to 75"),
    "alpha": (lambda: Limit(Fraction(1), Fraction(1, 2)), "alpha is"),
    "float alpha": (lambda: Limit(Fraction(1, 2), 0.5), "alpha\\* is 0.5"),
    "late limit": (lambda: Limit(Fraction(1, 2), Fraction(1, 2)).curves([1000.0]), "up to 75"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_one_line(case: str) -> None:
    make, message = BAD[case]
    with pytest.raises(DataError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)
