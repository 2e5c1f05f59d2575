"""Sampled regions: exact patterns, certified full ranks in float64 arithmetic modulo a prime, and resumable maps."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from region_oracles import jacobian_by_hand, rank, seeded

from verify.errors import DataError, NotAvailableError
from verify.landscapes.regions import Draw, Experiment, Plan, draw_regions, generic_rank, have_full_rank, phase_map
from verify.landscapes.regions.binary_rank import binary_rank
from verify.landscapes.regions.comparisons import compare_ranks, float_jacobian
from verify.landscapes.regions.executors import results
from verify.landscapes.regions.modular import PRIME, nonsingular_leading_minors, residues
from verify.landscapes.regions.sampling import exact_patterns
from verify.width.intervals import clopper_pearson

F = Fraction


def leading_minors(matrix: list[list[int]]) -> int:
    """Elimination without exchanges in Python integers modulo the prime."""
    rows = [[x % PRIME for x in row] for row in matrix]
    for k in range(len(rows)):
        if not rows[k][k]:
            return k
        inverse = pow(rows[k][k], -1, PRIME)
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] * inverse
            rows[i] = [(a - factor * b) % PRIME for a, b in zip(rows[i], rows[k], strict=True)]
    return len(rows)


def test_the_prime_is_one() -> None:
    assert all(PRIME % k for k in range(2, math.isqrt(PRIME) + 1))
    assert PRIME < 2**16


def test_residues_of_the_largest_numbers_are_exact() -> None:
    rng = seeded(0)
    values = [rng.randint(-(2**52), 2**52) for _ in range(20000)] + [2**52 - k for k in range(500)]
    values += [k * PRIME + r for k in (1, 2**28, 2**36 - 1) for r in (-1, 0, 1, PRIME // 2, PRIME // 2 + 1)]
    found = residues(np.array(values, dtype=np.float64))
    for value, residue in zip(values, found.tolist(), strict=True):
        assert residue == int(residue)
        assert (value - int(residue)) % PRIME == 0
        assert abs(residue) <= PRIME / 2 + 2


@pytest.mark.parametrize("n", [1, 2, 3, 15, 16, 17, 32, 40, 150])
def test_stacks_of_matrices_are_eliminated_exactly(n: int) -> None:
    rng = np.random.default_rng(n)
    largest = PRIME // 2 + 2
    stack = rng.integers(-largest, largest + 1, (6, n, n)).astype(np.float64)
    stack[1, :, -1] = residues(2 * stack[1, :, 0]) if n > 1 else 0
    stack[2, n // 2] = 0
    stack[3] = rng.choice([-largest, largest], (n, n))  # the largest sums
    stack[4] = np.eye(n)[::-1]
    stack[5] = np.triu(stack[5], 1) + np.eye(n)
    expected = [leading_minors(matrix.astype(int).tolist()) for matrix in stack]
    before = stack.copy()
    assert nonsingular_leading_minors(stack).tolist() == expected
    assert (stack == before).all()
    assert expected[0] == expected[5] == n
    assert expected[2] == n // 2


@pytest.mark.parametrize(
    ("d", "n", "width"), [(1, 6, 10), (1, 8, 30), (2, 9, 4), (2, 12, 14), (3, 10, 3), (5, 8, 2), (9, 4, 3), (1, 1, 1)]
)
def test_full_ranks_are_those_over_the_rationals(d: int, n: int, width: int) -> None:
    draw = draw_regions(12, n, d, width, rng=n)
    found = have_full_rank(*draw)
    for points, pattern, is_full in zip(*draw, found, strict=True):
        exact = [[*map(F, point), F(1)] for point in points.tolist()]
        assert (rank(jacobian_by_hand(exact, pattern.astype(int).tolist())) == n) == is_full
        assert generic_rank(pattern.astype(np.int8), d + 1).is_full == is_full


def test_special_data_of_full_generic_rank_are_found_deficient() -> None:
    points = np.array([[[0.25, 0.5], [0.25, 0.5], [0.75, 0.125]]])  # a point comes twice
    pattern = np.array([[[1, 1, 0], [1, 1, 1]]], dtype=bool)
    assert generic_rank(pattern[0].astype(np.int8), 3).is_full
    assert not have_full_rank(points, pattern)[0]
    on_a_line = np.array([[[0.0, 0.0], [0.25, 0.25], [0.5, 0.5]]])
    assert generic_rank(np.ones((1, 3), dtype=np.int8), 3).is_full
    assert not have_full_rank(on_a_line, np.ones((1, 1, 3), dtype=bool))[0]


def test_full_rank_without_leading_minors_is_found() -> None:
    points = np.array([[[0.0], [0.5], [0.25]]])  # the coordinate of the first point is 0
    for pattern in ([[1, 1, 1], [0, 0, 1]], [[1, 1, 0], [0, 0, 1]], [[0, 1, 1], [1, 0, 0]]):
        assert have_full_rank(points, np.array([pattern], dtype=bool))[0]


def test_ranks_of_zeros_and_ones_are_exact() -> None:
    rng = seeded(5)
    for _ in range(60):
        n, width = rng.randint(1, 9), rng.randint(1, 9)
        matrix = [[rng.randint(0, 1) for _ in range(n)] for _ in range(width)]
        matrix += matrix[: rng.randint(0, 3)]
        assert binary_rank(np.array(matrix)) == rank(matrix)
    wide = np.array([[rng.randint(0, 1) for _ in range(60)] for _ in range(45)])
    wide = np.vstack([wide, 1 - wide])  # rank 46: several primes are needed
    assert binary_rank(wide) == rank(wide.tolist()) == 46
    assert binary_rank(np.zeros((3, 0))) == 0


def test_no_trials_and_points_that_are_no_draws() -> None:
    assert have_full_rank(np.empty((0, 3, 2)), np.empty((0, 4, 3), dtype=bool)).shape == (0,)
    for bad in (2.0**-54, -0.5, 1.0, np.inf):
        with pytest.raises(DataError, match="multiples of"), np.errstate(invalid="ignore"):
            have_full_rank(np.array([[[bad], [0.5]]]), np.ones((1, 2, 2), dtype=bool))


def test_patterns_at_the_rounding_error_are_exact() -> None:
    rng = np.random.default_rng(1)
    points = rng.random((1, 30, 3))
    weights = rng.uniform(-0.5, 0.5, (1, 30, 3))
    biases = -(weights[0] * points[0]).sum(axis=1)[None]  # unit i is 0 at point i but for rounding
    found = exact_patterns(points, weights, biases, bound=1.5)
    for i in range(30):
        for j in range(30):
            exact = sum(F(a) * F(b) for a, b in zip(weights[0, i], points[0, j], strict=True)) + F(biases[0, i])
            assert found[0, i, j] == (exact > 0)


def test_draws_are_as_pytorch_initialises() -> None:
    torch = pytest.importorskip("torch")
    layer = torch.nn.Linear(7, 4000)
    from verify.landscapes.regions.sampling import hidden_layer

    weights, biases = hidden_layer(1, 7, 4000, np.random.default_rng(0))
    for ours, theirs in ((weights, layer.weight), (biases, layer.bias)):
        assert ours.shape[1:] == tuple(theirs.shape)
        assert abs(np.abs(ours).max() - float(theirs.detach().abs().max())) < 1e-3
        assert abs(ours.std() - float(theirs.detach().std())) < 1e-2


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (3, 10), (10, 10), (97, 100), (1, 1)])
def test_intervals_are_those_of_the_binomial_distribution(successes: int, trials: int) -> None:
    lower, upper = clopper_pearson(successes, trials, confidence=0.95)

    def at_least(k: int, p: float) -> float:
        return sum(math.comb(trials, i) * p**i * (1 - p) ** (trials - i) for i in range(k, trials + 1))

    assert successes == 0 or abs(at_least(successes, lower) - 0.025) < 1e-9
    assert successes == trials or abs(1 - at_least(successes + 1, upper) - 0.025) < 1e-9
    assert (lower == 0) == (successes == 0)
    assert (upper == 1) == (successes == trials)


SMALL = Plan(Experiment.FIXED_DIMENSION, F(2), 12, 5, (5, 8), (4, 20))


def test_a_map_is_the_same_however_it_is_computed(tmp_path: Path) -> None:
    whole = phase_map(SMALL)
    assert [(cell.n, cell.width) for cell in whole] == [(5, 4), (5, 20), (8, 4), (8, 20)]
    told: list[tuple[int, int]] = []
    assert phase_map(SMALL, folder=tmp_path, progress=lambda *now: told.append(now)) == whole
    assert told == [(k, 4) for k in range(5)]
    journal = tmp_path / "cells.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text(lines[0] + lines[1] + lines[2][:7])  # a crash
    told.clear()
    assert phase_map(SMALL, folder=tmp_path, progress=lambda *now: told.append(now)) == whole
    assert told[0] == (2, 4)
    assert sorted(journal.read_text().splitlines(keepends=True)) == sorted(lines)


def test_a_folder_of_another_plan_or_with_damage_is_refused(tmp_path: Path) -> None:
    phase_map(SMALL, folder=tmp_path)
    other = Plan(Experiment.FIXED_DIMENSION, F(2), 12, 6, (5, 8), (4, 20))
    with pytest.raises(DataError, match="another experiment"):
        phase_map(other, folder=tmp_path)
    (tmp_path / "cells.jsonl").write_text("{oops\n")
    with pytest.raises(DataError, match=r"line 1 of .* is damaged"):
        phase_map(SMALL, folder=tmp_path)
    (tmp_path / "plan.json").unlink()
    with pytest.raises(DataError, match=r"without its plan\.json"):
        phase_map(SMALL, folder=tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="choose another folder"):
        phase_map(SMALL, folder=tmp_path / "file")


def test_plans_of_nothing_are_refused() -> None:
    for parameter, trials, sizes, says in [
        (F(0), 1, (1,), "the dimension is 0"),
        (F(1, 2), 1, (1,), "a whole number"),
        (F(1), 0, (1,), "the number of trials is 0"),
        (F(1), 1, (), "n is missing"),
        (F(1), 1, (3, 0), "n is 0"),
    ]:
        with pytest.raises(DataError, match=says):
            Plan(Experiment.FIXED_DIMENSION, parameter, trials, 0, sizes, (1,))
    assert Plan.published(Experiment.PROPORTIONAL_DIMENSION, F(1, 4)).dimension(10) == 3


def test_without_workers_or_a_scheduler_nothing_is_done() -> None:
    with pytest.raises(DataError, match="workers is 0"):
        list(results(len, ["a"], workers=0))
    pytest.importorskip("distributed")
    with pytest.raises(NotAvailableError, match="no Dask scheduler answers"):
        list(results(len, ["a"], dask="nonsense://"))


def test_comparisons_count_the_same_jacobians() -> None:
    draw = draw_regions(10, 20, 1, 60, rng=0)
    counts = compare_ranks(draw)
    assert counts.trials == 10
    assert counts.exact == have_full_rank(*draw).sum()
    rows = float_jacobian(draw.points[0], draw.patterns[0])
    exact = [[*map(F, point), F(1)] for point in draw.points[0].tolist()]
    assert rows.tolist() == jacobian_by_hand(exact, draw.patterns[0].astype(int).tolist())


@pytest.mark.slow
def test_the_part_of_deficient_patterns_respects_the_bound() -> None:
    rng = np.random.default_rng(0)
    for n, d, width in ((12, 2, 9), (20, 4, 8), (30, 6, 9), (16, 1, 18), (9, 3, 6)):
        trials = 2000
        patterns = rng.integers(0, 2, (trials, width, n)).astype(bool)
        points = rng.random((trials, n, d - 1)) if d > 1 else np.empty((trials, n, 0))
        deficient = trials - int(have_full_rank(points, patterns).sum())
        bound = d * 2.0 ** (math.ceil(n / d) - width)
        assert clopper_pearson(deficient, trials, confidence=0.9999)[0] <= bound < 1


@pytest.mark.slow
def test_processes_make_the_same_map() -> None:
    assert phase_map(SMALL, workers=2) == phase_map(SMALL)


@pytest.mark.slow
def test_a_dask_cluster_makes_the_same_map() -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        assert phase_map(SMALL, dask=cluster.scheduler_address) == phase_map(SMALL)


@pytest.mark.slow
def test_larger_jacobians_have_the_generic_rank() -> None:
    for d, n, width in ((1, 40, 150), (2, 60, 90), (3, 60, 40), (10, 40, 4), (20, 20, 3)):
        draw: Draw = draw_regions(15, n, d, width, rng=7)
        found = have_full_rank(*draw)
        assert found.tolist() == [generic_rank(a.astype(np.int8), d + 1).is_full for a in draw.patterns]


def test_the_journal_is_json(tmp_path: Path) -> None:
    phase_map(SMALL, folder=tmp_path)
    records = [json.loads(line) for line in (tmp_path / "cells.jsonl").read_text().splitlines()]
    assert {(record["n"], record["width"]) for record in records} == {(5, 4), (5, 20), (8, 4), (8, 20)}
