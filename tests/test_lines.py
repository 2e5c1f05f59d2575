"""The partition into lines, pairs and points, against a brute-force partition by cross-multiplication."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.data.exact_array import ExactArray
from verify.data.lines import partition

KINDS = ("line", "pair", "point", "lifted")
INTEGERS = st.integers(-3, 3)
WIDE = st.sampled_from([0, 1, -1, 3, 2**31, -(2**31) + 1, 2**53, 2**53 + 1, -(2**62), 10**30, 10**30 + 1])
FLOATS = st.sampled_from(
    [0.0, -0.0, 1.0, -1.0, 0.1, -0.1, 0.2, 0.3, 1e300, -1e300, 5e-324, -1e-323, 2.0**-1060, 1e-200, 3.0]
)


def related(x: tuple[Fraction, ...], y: tuple[Fraction, ...], kind: str) -> bool:
    if x == y:
        return True
    if kind in ("point", "lifted"):
        return False
    if kind == "pair":
        return all(a == -b for a, b in zip(x, y, strict=True))
    if not any(x) or not any(y):
        return False
    return all(a * d == b * c for (a, c), (b, d) in itertools.product(zip(x, y, strict=True), repeat=2))


def check(points: ExactArray, kind: str) -> None:
    rows = points.fractions()
    blocks = [(group.ratios, members) for group in partition(points, kind) for members in group.members.tolist()]
    assert sorted(i for _, members in blocks for i in members) == list(range(len(rows)))
    block_of = {i: k for k, (_, members) in enumerate(blocks) for i in members}
    for i, j in itertools.combinations(range(len(rows)), 2):
        assert (block_of[i] == block_of[j]) == related(rows[i], rows[j], kind), (rows[i], rows[j])
    for ratios, members in blocks:
        assert members == sorted(members)
        first = rows[members[0]]
        is_zero = kind != "lifted" and not any(first)
        for t, i in zip(ratios, members, strict=True):
            assert t == 0 if is_zero else rows[i] == tuple(t * a for a in first)


def matrices(entries: st.SearchStrategy[object]) -> st.SearchStrategy[list[list[object]]]:
    return st.integers(0, 3).flatmap(lambda d: st.lists(st.lists(entries, min_size=d, max_size=d), max_size=9))


@pytest.mark.parametrize("kind", KINDS)
@given(rows=matrices(INTEGERS))
def test_small_integers(kind: str, rows: list[list[int]]) -> None:
    width = len(rows[0]) if rows else 2
    check(ExactArray.from_fractions(rows, width), kind)


@pytest.mark.parametrize("kind", KINDS)
@given(rows=matrices(WIDE))
def test_wide_integers(kind: str, rows: list[list[int]]) -> None:
    width = len(rows[0]) if rows else 2
    check(ExactArray.from_fractions(rows, width), kind)


@pytest.mark.parametrize("kind", KINDS)
@given(rows=matrices(FLOATS))
def test_floats(kind: str, rows: list[list[float]]) -> None:
    width = len(rows[0]) if rows else 2
    check(ExactArray.from_numpy(np.array(rows, dtype=np.float64).reshape(len(rows), width)), kind)


@settings(max_examples=50)
@given(
    base=st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=3, max_size=3),
    scales=st.lists(st.sampled_from([1.0, -1.0, 2.0, -0.5, 3.0, 1 / 3]), min_size=2, max_size=6),
)
def test_scaled_floats(base: list[float], scales: list[float]) -> None:
    rows = np.array([[scale * x for x in base] for scale in scales])
    if np.isfinite(rows).all():
        check(ExactArray.from_numpy(rows), "line")


def test_points_whose_quotients_round_to_one_float_are_told_apart() -> None:
    a, b = 2**53 - 1, 2**53 - 2  # (a - 1) / b and a / (b + 1) differ by less than a unit in the last place
    rows = [[b, a - 1], [b + 1, a], [2 * b, 2 * a - 2]]
    check(ExactArray.from_fractions(rows, 2), "line")
    floats = np.array(
        [[3.0 * 2**50 + 1, 2.0**52 + 1], [3.0 * 2**50 + 4, 2.0**52 + 2.0], [6.0 * 2**50 + 2, 2.0**53 + 2]]
    )
    check(ExactArray.from_numpy(floats + 0.5 * 0), "line")


def test_many_blocks_that_share_a_key_fall_back_to_integers() -> None:
    """Consecutive quotients near 1 collide after rounding; the exact comparison must separate all of them."""
    top = 2**53
    rows = [[top - k, top - k - 1] for k in range(1, 40)]
    rows += [[-x for x in row] for row in rows[:10]]
    check(ExactArray.from_fractions(rows, 2), "line")


def test_more_rows_than_one_chunk() -> None:
    rng = np.random.default_rng(3)
    directions = rng.integers(-5, 6, size=(40_000, 3))
    groups = partition(ExactArray.from_numpy(np.concatenate([directions, 2 * directions])), "line")
    lines = {tuple(row // np.gcd.reduce(row) * np.sign(row[np.flatnonzero(row)[0]])) for row in directions if row.any()}
    assert sum(len(group.members) for group in groups if group.ratios[0]) == len(lines)


@given(
    st.lists(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2), min_size=1, max_size=5)
)
def test_integers_of_floats_are_exact(rows: list[list[float]]) -> None:
    array = ExactArray.from_numpy(np.array(rows))
    integers, scale = array.integers()
    for row, expected in zip(integers.tolist(), rows, strict=True):
        assert [Fraction(int(x), s) for x, s in zip(row, scale, strict=True)] == [Fraction(x) for x in expected]
