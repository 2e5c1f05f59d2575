"""Regions exactly: realizability, counts, ranks and zero losses, against oracles in Fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from region_oracles import coins, integers, is_realizable, jacobian_by_hand, matroid_rank, rank, seeded

from verify import Dataset
from verify.errors import DataError
from verify.landscapes.regions import (
    GenericRank,
    JacobianRank,
    Realization,
    ZeroLoss,
    activation_pattern,
    analyse_region,
    as_pattern,
    count_cells,
    count_regions,
    cover_count,
    enumerate_rows,
    generic_rank,
    hidden_inputs,
    in_general_position,
    jacobian,
    jacobian_rank,
    points_without_support,
    read_pattern,
    realize,
    sample_regions,
    zero_loss,
)
from verify.landscapes.regions.analysis import pattern_of_floats
from verify.landscapes.regions.comparisons import has_nonnegative_zero_loss
from verify.landscapes.regions.farkas import Alternative, Solution, nonnegative_solution

F = Fraction
HUGE = 10**40


@given(st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_linear_programs_end_with_a_solution_or_farkas_vector(seed: int) -> None:
    rng = seeded(seed)
    m, k, size = rng.randint(1, 5), rng.randint(1, 7), rng.choice([1, 3, HUGE])
    rows = [[F(rng.randint(-size, size), rng.randint(1, 3)) for _ in range(k)] for _ in range(m)]
    right = [F(rng.randint(-size, size)) for _ in range(m)]
    found = nonnegative_solution(rows, right)
    if isinstance(found, Solution):
        assert min(found.x) >= 0
        assert [sum(a * x for a, x in zip(row, found.x, strict=True)) for row in rows] == right
    else:
        assert all(sum(y * row[j] for y, row in zip(found.y, rows, strict=True)) <= 0 for j in range(k))
        assert sum(y * b for y, b in zip(found.y, right, strict=True)) > 0


def test_a_linear_program_that_cycles_under_the_largest_coefficient_rule_ends() -> None:
    beale = [  # Beale, 1955, with the objective as an equation
        [F(1, 4), -8, -1, 9, 1, 0, 0, 0],
        [F(1, 2), -12, F(-1, 2), 3, 0, 1, 0, 0],
        [0, 0, 1, 0, 0, 0, 1, 0],
        [F(3, 4), -20, F(1, 2), -6, 0, 0, 0, -1],
    ]
    assert isinstance(nonnegative_solution(beale, [0, 0, 1, F(5, 4)]), Solution)  # the optimum
    assert isinstance(nonnegative_solution(beale, [0, 0, 1, F(5, 4) + F(1, 10**9)]), Alternative)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_every_sign_vector_is_decided_as_gordan_says(d: int) -> None:
    rng = seeded(d)
    for n in (1, 2, 4, 5):
        points = integers(rng, n, d, 2)
        for row in product((0, 1), repeat=n):
            found = realize(points, row)
            assert found.check(points, row)
            assert found.is_realizable == is_realizable(points, row), (points, row)


def test_a_wrong_proof_of_realizability_is_rejected() -> None:
    points = [[1, 0], [0, 1]]
    assert not Realization((F(1), F(0)), None).check(points, (1, 1))  # on the boundary
    assert not Realization(None, (F(0), F(0))).check(points, (1, 1))
    assert not Realization(None, (F(1), F(1))).check(points, (1, 1))
    assert not Realization(None, (F(1), F(-1))).check([[1, 0], [1, 0]], (1, 1))


def test_huge_and_tiny_numbers() -> None:
    points = [[HUGE, 1], [HUGE, -1], [F(1, HUGE), 5e-324]]
    exact = [[F(x) for x in point] for point in points]
    for row in product((0, 1), repeat=3):
        assert realize(exact, row).check(exact, row)
        assert realize(exact, row).is_realizable == is_realizable(exact, row)


@pytest.mark.parametrize("n", range(1, 8))
@pytest.mark.parametrize("d", range(1, 4))
def test_region_counts_are_the_enumeration(n: int, d: int) -> None:
    rng = seeded(10 * n + d)
    for size in (1, 60):
        points = [x if any(x) else [1] * d for x in integers(rng, n, d, size)]
        rows = enumerate_rows(points)
        assert len(rows) == count_cells(points)
        assert (len(rows) == cover_count(n, d)) or not in_general_position(points)
        for row, weights in rows.items():
            assert activation_pattern([weights], points).tolist() == [list(row)]
        if n <= 4:
            assert set(rows) == {row for row in product((0, 1), repeat=n) if is_realizable(points, row)}


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_a_line_with_bias_has_2n_patterns(n: int) -> None:
    points = [(x * x, 1) for x in range(n)]
    assert len(enumerate_rows(points)) == count_cells(points) == cover_count(n, 2) == 2 * n


def test_parallel_points_count_once() -> None:
    assert count_cells([[1, 2], [2, 4], [-1, -2]]) == len(enumerate_rows([[1, 2], [2, 4], [-1, -2]])) == 2
    assert count_cells([[F(1, 3), 0, 0], [0, 2, 0], [0, 0, -5], [1, 1, 0]]) == 12


@given(st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_the_generic_rank_is_the_least_over_all_sets_and_the_rank_at_random_data(seed: int) -> None:
    rng = seeded(seed)
    n, d, width = rng.randint(1, 7), rng.randint(1, 4), rng.randint(1, 6)
    pattern = coins(rng, width, n)
    found = generic_rank(as_pattern(pattern), d)
    assert found.rank == matroid_rank(pattern, d)
    assert found.check(as_pattern(pattern))
    points = integers(rng, n, d, 10**9)
    assert rank(jacobian_by_hand(points, pattern)) == found.rank


@given(st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_the_jacobian_rank_is_exact_on_special_data_and_its_proof_checks(seed: int) -> None:
    rng = seeded(seed)
    n, d, width = rng.randint(1, 6), rng.randint(1, 3), rng.randint(1, 5)
    pattern, points = coins(rng, width, n), integers(rng, n, d, 1)
    points = [[F(x, rng.choice([1, 2, 3, HUGE])) for x in point] for point in points]
    matrix = jacobian_by_hand(points, pattern)
    assert jacobian(points, as_pattern(pattern)) == matrix
    found = jacobian_rank(points, as_pattern(pattern))
    assert found.rank == rank(matrix)
    assert found.is_full == (found.rank == n)
    assert found.check(points, as_pattern(pattern))


def test_wrong_proofs_of_a_rank_are_rejected() -> None:
    points, pattern = [[1, 0], [0, 1], [1, 1]], as_pattern([[1, 1, 1]])
    right = jacobian_rank(points, pattern)
    assert (right.rank, right.points) == (2, (0, 1, 2))
    assert not JacobianRank(3, 3, (0, 1, 2), (0, 1, 1), (), ()).check(points, pattern)
    assert not JacobianRank(1, 3, (0,), (0,), (0, 1, 2), ()).check(points, pattern)
    assert not JacobianRank(1, 3, (0,), (0,), None, ((F(1), F(1), F(-1)), (F(0), F(1), F(0)))).check(points, pattern)
    assert not JacobianRank(1, 3, (0,), (0,), None, ((F(1), F(1), F(-1)), (F(2), F(2), F(-2)))).check(points, pattern)
    assert not GenericRank(3, 3, ((0,), (1, 2)), ()).check(pattern)
    assert not GenericRank(2, 3, ((0,), (0,)), (0, 1, 2)).check(pattern)
    assert not GenericRank(2, 3, ((0,), (1,)), (0, 1)).check(pattern)


def test_a_prime_that_divides_a_minor_does_not_matter() -> None:
    prime = 2**61 - 1
    for points in ([[prime, 0], [0, 1]], [[1, 1], [1, 1 + prime]], [[prime]]):
        pattern = as_pattern([[1] * len(points)])
        found = jacobian_rank(points, pattern)
        assert found.rank == rank(points)
        assert found.check(points, pattern)


def multiplied_out(points: list, pattern: list, v: list, y: list, found: ZeroLoss) -> bool:  # type: ignore[type-arg]
    """Check the proof of a zero loss, or of none, from its definition."""
    width, n = len(pattern), len(points)
    if found.weights is not None:
        values = [[sum(a * b for a, b in zip(w, x, strict=True)) for x in points] for w in found.weights]
        inside = all((values[i][j] > 0) == bool(pattern[i][j]) and values[i][j] for i in range(width) for j in range(n))
        return inside and all(sum(v[i] * max(0, values[i][j]) for i in range(width)) == y[j] for j in range(n))
    assert found.multipliers is not None
    assert found.combination is not None
    mu, c = found.multipliers, found.combination
    for i in range(width):
        for k in range(len(points[0])):
            linear = sum(v[i] * c[j] * pattern[i][j] * points[j][k] for j in range(n))
            if linear + sum(mu[i][j] * (1 if pattern[i][j] else -1) * points[j][k] for j in range(n)):
                return False
    total = sum(a * b for a, b in zip(c, y, strict=True))
    return all(x >= 0 for row in mu for x in row) and total >= 0 and (total > 0 or any(any(row) for row in mu))


@given(st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_zero_losses_are_proved_either_way(seed: int) -> None:
    rng = seeded(seed)
    n, d, width = rng.randint(1, 4), rng.randint(1, 3), rng.randint(1, 4)
    points, pattern = integers(rng, n, d, 3), coins(rng, width, n)
    v, y = [rng.choice([-2, 1, F(1, 3)]) for _ in range(width)], [rng.randint(-2, 2) for _ in range(n)]
    found = zero_loss(points, as_pattern(pattern), v, y)
    assert multiplied_out(points, pattern, v, y, found)
    assert found.check(points, as_pattern(pattern), v, y)
    if rank(points) == n:
        assert found.exists == (not points_without_support(as_pattern(pattern), v, y))


def test_wrong_proofs_of_a_zero_loss_are_rejected() -> None:
    points, pattern, v, y = [[1]], as_pattern([[1]]), [1], [1]
    assert ZeroLoss(((F(1),),)).check(points, pattern, v, y)
    assert not ZeroLoss(((F(2),),)).check(points, pattern, v, y)
    assert not ZeroLoss(((F(-1),),)).check(points, as_pattern([[1]]), v, [0])
    assert not ZeroLoss(None, ((F(0),),), (F(0),)).check(points, pattern, v, y)
    assert not ZeroLoss(None, ((F(-1),),), (F(1),)).check(points, pattern, v, y)


def test_full_rank_without_a_zero_loss() -> None:
    points, pattern = [[1, 0], [0, 1]], as_pattern([[1, 1]])
    assert jacobian_rank(points, pattern).is_full
    assert not zero_loss(points, pattern, [1], [1, -1]).exists
    assert points_without_support(pattern, [1], [1, -1]) == [1]


def test_nonnegative_weights_miss_a_region() -> None:
    rng = seeded(3)
    missed = 0
    for _ in range(40):
        n, d, width = rng.randint(1, 3), rng.randint(1, 2), rng.randint(1, 3)
        points, pattern = integers(rng, n, d, 3), as_pattern(coins(rng, width, n))
        v, y = [rng.choice([-1, 1]) for _ in range(width)], [rng.randint(-2, 2) for _ in range(n)]
        free, bounded = zero_loss(points, pattern, v, y).exists, has_nonnegative_zero_loss(points, pattern, v, y)
        mirrored = [[-x for x in point] for point in points]
        if free and d == 1 and width == 1:
            assert bounded or has_nonnegative_zero_loss(mirrored, pattern, v, y)  # w or -w is nonnegative
        missed += free and not bounded
    assert missed


def test_an_analysis_says_what_its_parts_say() -> None:
    points, pattern = [[F(1), F(0)], [F(-1), F(0)]], as_pattern([[1, 1], [1, 0]])
    region = analyse_region(points, pattern, labels=[F(1), F(1)])
    assert not region.exists
    assert region.zero_loss is None
    assert [unit.is_realizable for unit in region.units] == [False, True]
    region = analyse_region(points, as_pattern([[1, 0], [0, 1]]), labels=[F(1), F(-1)])
    assert region.exists
    assert region.zero_loss is not None
    assert region.zero_loss.exists


def test_a_program_that_is_too_large_is_left_open_with_the_reason() -> None:
    rng = seeded(0)
    points = integers(rng, 40, 5, 99)
    weights = integers(rng, 20, 5, 99)
    region = analyse_region(points, activation_pattern(weights, points), labels=[F(1)] * 40)
    assert region.zero_loss is None
    assert "at most 20000 are tried" in region.unknown


def test_sampled_regions_agree_with_deciding_each() -> None:
    points = hidden_inputs(Dataset([[1, 2], [3, -1], [0, 2]]), bias=True)
    sample = sample_regions(points, 6, has_bias=True, labels=[F(1), F(-1), F(2)], samples=20, rng=1)
    assert sum(sample.ranks.values()) == sample.samples == 20
    assert sample.with_zero_loss is not None
    assert 0 < sample.full <= 20
    assert sample.to_json()["full"] == sample.full
    assert sample == sample_regions(points, 6, has_bias=True, labels=[F(1), F(-1), F(2)], samples=20, rng=1)


def test_patterns_of_floats_are_exact_where_floats_are_not() -> None:
    points = [[F(1, 3), F(1)], [F(10**400), F(1)], [F(1, 10**400), F(1)]]
    weights = np.array([[3.0, -1.0], [1.0, -1e300], [np.nextafter(3.0, 4), -1.0]])
    exact = [[int(sum(F(a) * b for a, b in zip(w, x, strict=True)) > 0) for x in points] for w in weights.tolist()]
    assert pattern_of_floats(points, weights).tolist() == exact


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([[1, 2]], "the entry 2 in row 0, column 1"),
        ([[1, 0.5]], "the entry 0.5 in row 0"),
        ([[1, "1"]], "the entry 1 in row 0, column 1"),
        ([[1, float("nan")]], "the entry nan"),
        ([1, 0], "not a matrix"),
        ([[1], [1, 0]], "not a matrix"),
        ([], "not a matrix"),
        ([[]], "at least one unit and one point"),
        ([[1, 0], [0, 1]], "3 units on 2 points need 3 rows of 2"),
    ],
)
def test_what_is_no_pattern_is_refused(values: object, says: str) -> None:
    with pytest.raises(DataError, match=says):
        as_pattern(values, width=3, n=2)


@pytest.mark.parametrize("text", ["1,0,1\n0,1,1\n", "101\n011", "1 0 1\n\n0 1 1\n", "1, 0, 1\n0, 1, 1"])
def test_patterns_are_read_from_text(text: str, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(text)
    assert read_pattern(tmp_path / "p.csv").tolist() == [[1, 0, 1], [0, 1, 1]]


def test_degenerate_questions_are_refused_in_words() -> None:
    for call, says in [
        (lambda: hidden_inputs(Dataset([])), "no points"),
        (lambda: hidden_inputs(Dataset([[1, 2], [0, 0]])), "point 1 is 0"),
        (lambda: count_regions([[1, 0]], 0), "the width is 0"),
        (lambda: count_cells([[1, 0], [0, 0]]), "point 1 is 0"),
        (lambda: enumerate_rows([[0, 0]]), "a point is 0"),
        (lambda: enumerate_rows([[1, x, x * x, x**3] for x in range(100)]), "at most 20000"),
        (lambda: count_cells([[x**k for k in range(6)] for x in range(99)]), "use Cover's formula"),
        (lambda: in_general_position([[x**k for k in range(9)] for x in range(40)]), "at most 200000"),
        (lambda: activation_pattern([[1, -1]], [[1, 1]]), "between two regions"),
        (lambda: zero_loss([[1]], as_pattern([[1]]), [0], [1]), "output weight of unit 0 is 0"),
        (lambda: zero_loss([[1]], as_pattern([[1]]), [1, 1], [1]), "2 output weights for 1 units"),
        (lambda: sample_regions([[F(1)]], 0), "the width is 0"),
        (lambda: sample_regions([[F(1)]], 1, samples=0), "the number of samples is 0"),
        (lambda: sample_regions([[F(1)] * 50] * 500, 100), "at most 1000000"),
    ]:
        with pytest.raises(DataError, match=says) as error:
            call()
        assert "\n" not in str(error.value)
    assert hidden_inputs(Dataset([[0, 0]]), bias=True) == ((F(0), F(0), F(1)),)


@pytest.mark.slow
def test_the_generic_rank_on_two_thousand_patterns() -> None:
    rng = seeded(2000)
    for _ in range(2000):
        n, d, width = rng.randint(1, 12), rng.randint(1, 4), rng.randint(1, 8)
        pattern = as_pattern(coins(rng, width, n))
        assert generic_rank(pattern, d).rank == jacobian_rank(integers(rng, n, d, 10**9), pattern).rank


@pytest.mark.slow
def test_the_zero_loss_criterion_on_two_thousand_regions() -> None:
    rng, with_zero = seeded(2001), 0
    for _ in range(2000):
        n, width = rng.randint(1, 4), rng.randint(1, 5)
        points = integers(rng, n, n + rng.randint(0, 2), 5)
        if rank(points) < n:
            points = [[*x, *(int(i == j) for j in range(n))] for i, x in enumerate(points)]
        pattern, v = coins(rng, width, n), [rng.choice([-2, -1, 1, 3]) for _ in range(width)]
        y = [rng.randint(-1, 1) for _ in range(n)]
        found = zero_loss(points, as_pattern(pattern), v, y)
        assert multiplied_out(points, pattern, v, y, found)
        assert found.exists == (not points_without_support(as_pattern(pattern), v, y))
        with_zero += found.exists
    assert 200 < with_zero < 1800
