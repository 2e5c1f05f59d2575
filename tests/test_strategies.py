"""`counterexamples.strategies`: what each promises holds, and what each shrinks to."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample, Unsatisfiable

from counterexamples import strategies
from counterexamples.requirements import REQUIREMENTS, Point, meets, on_line
from verify import decide
from verify.errors import SearchError
from verify.flint_backend import rank

DIMENSIONS = st.integers(0, 4)
few = settings(max_examples=25, deadline=None, database=None)


def shrunk(strategy: st.SearchStrategy[Any], condition: Any) -> Any:
    return find(
        strategy, condition, random=Random(2), settings=settings(max_examples=800, database=None, deadline=None)  # noqa: S311
    )


def negative(x: Point) -> Point:
    return tuple(-a for a in x)


def integers(points: list[Point]) -> list[list[int]]:
    assert all(a.denominator == 1 for x in points for a in x)
    return [[int(a) for a in x] for x in points]


@few
@given(st.data(), DIMENSIONS, st.integers(0, 5))
def test_grid_points(data: st.DataObject, dimension: int, magnitude: int) -> None:
    x = data.draw(strategies.grid_points(dimension, magnitude=magnitude))
    assert len(x) == dimension
    assert all(isinstance(a, Fraction) and a.denominator == 1 and abs(a) <= magnitude for a in x)


def test_grid_points_shrink_to_zero_and_to_small_ones() -> None:
    assert shrunk(strategies.grid_points(3), lambda _: True) == (0, 0, 0)
    assert sum(map(abs, shrunk(strategies.grid_points(3), any))) == 1


@few
@given(st.data(), st.integers(1, 4))
def test_sphere_points_lie_on_the_sphere(data: st.DataObject, dimension: int) -> None:
    x = data.draw(strategies.sphere_points(dimension))
    assert len(x) == dimension
    assert sum(a * a for a in x) == 1


def test_sphere_points_reach_both_poles_and_more_and_there_is_none_in_dimension_zero() -> None:
    for pole in ((0, 0, 1), (0, 0, -1)):
        assert shrunk(strategies.sphere_points(3), lambda x, pole=pole: x == pole) == pole
    assert all(shrunk(strategies.sphere_points(3), all))  # no coordinate is 0
    with pytest.raises((NoSuchExample, Unsatisfiable)):
        shrunk(strategies.sphere_points(0), lambda _: True)


@few
@given(st.data(), st.integers(1, 3), st.integers(2, 5))
def test_rays_hold_different_points_of_one_ray(data: st.DataObject, dimension: int, most: int) -> None:
    x, *others = data.draw(strategies.rays(dimension, max_points=most))
    assert any(x)
    assert 1 <= len(others) < most
    lead = next(j for j, a in enumerate(x) if a)
    factors = [y[lead] / x[lead] for y in others]
    assert all(t > 0 and t != 1 for t in factors)
    assert len(set(factors)) == len(factors)
    assert all(y == tuple(t * a for a in x) for y, t in zip(others, factors, strict=True))
    assert decide([x, *others], "relu").nullity == len(others)


def test_rays_shrink_to_two_small_points() -> None:
    assert integers(shrunk(strategies.rays(2), lambda _: True)) == [[0, 1], [0, 2]]


@few
@given(st.data(), DIMENSIONS)
def test_antipodal_closures_hold_the_negative_of_every_point(data: st.DataObject, dimension: int) -> None:
    points = data.draw(strategies.antipodal_closures(strategies.grid_points(dimension), min_pairs=1, max_pairs=3))
    assert 1 <= len(points) <= 6
    assert {negative(x) for x in points} == set(points)
    assert all(points.count(negative(x)) == points.count(x) for x in points)


@pytest.mark.slow
def test_antipodal_closures_shrink_to_one_pair() -> None:
    closures = strategies.antipodal_closures(strategies.grid_points(2))
    assert shrunk(closures, lambda _: True) == []
    assert integers(shrunk(closures, lambda points: decide(points, "tanh").nullity if points else 0)) == [[0, 0]]
    pair = integers(shrunk(closures, lambda points: any(map(any, points))))
    assert len(pair) == 2
    assert sorted(sum(map(abs, x)) for x in pair) == [1, 1]


@few
@given(st.data(), st.integers(0, 3))
def test_orbits_have_points_of_one_norm_without_repeats(data: st.DataObject, dimension: int) -> None:
    orbit = data.draw(strategies.orbits(dimension, max_points=6))
    assert 1 <= len(orbit) <= 6
    assert len(set(orbit)) == len(orbit)
    assert len({tuple(sorted(map(abs, x))) for x in orbit}) == 1


@pytest.mark.slow
def test_orbits_reach_whole_ones() -> None:
    assert len(shrunk(strategies.orbits(2), lambda orbit: len(orbit) == 4)) == 4  # that of (0, 1)
    assert shrunk(strategies.orbits(2), lambda _: True) == [(0, 0)]


@few
@given(st.data(), st.integers(1, 3), st.integers(0, 3))
def test_general_position_is_general(data: st.DataObject, dimension: int, least: int) -> None:
    points = data.draw(strategies.general_position(dimension, min_points=min(least, dimension), max_points=5))
    assert min(least, dimension) <= len(points) <= 5
    assert len({on_line(x) for x in points}) == len(points)
    assert all(map(any, points))
    for k in range(min(dimension, len(points)) + 1):
        assert all(rank(list(chosen)) == k for chosen in combinations(points, k))


@pytest.mark.slow
def test_general_position_shrinks_to_few_small_points() -> None:
    assert shrunk(strategies.general_position(3), lambda _: True) == []
    found = integers(shrunk(strategies.general_position(2), lambda points: len(points) == 2))
    assert sum(abs(a) for x in found for a in x) == 2


@few
@given(st.data())
def test_near_misses_move_one_coordinate_of_one_point_by_one(data: st.DataObject) -> None:
    whole = [(Fraction(1), Fraction(2)), (Fraction(2), Fraction(4)), (Fraction(-1), Fraction(0))]
    missed = data.draw(strategies.near_misses(st.just(whole)))
    steps = [b - a for x, y in zip(whole, missed, strict=True) for a, b in zip(x, y, strict=True)]
    assert sorted(map(abs, steps)) == [0, 0, 0, 0, 0, 1]
    assert whole[0] == (1, 2)  # what it was made from is unchanged
    assert data.draw(strategies.near_misses(st.just([]))) == []
    assert data.draw(strategies.near_misses(st.just([()]))) == [()]


@few
@given(st.data(), st.integers(0, 5))
def test_labels(data: st.DataObject, count: int) -> None:
    drawn = data.draw(strategies.labels(count, magnitude=2))
    assert len(drawn) == count
    assert all(isinstance(a, Fraction) and abs(a) <= 2 and a.denominator <= 2 for a in drawn)


def test_labels_shrink_to_zero() -> None:
    assert shrunk(strategies.labels(3), lambda _: True) == [0, 0, 0]
    assert sorted(map(abs, shrunk(strategies.labels(3), any))) == [0, 0, 1]


@few
@given(st.data(), st.integers(1, 3), st.integers(0, 6))
def test_point_sets(data: st.DataObject, dimension: int, most: int) -> None:
    points = strategies.grid_points(dimension)
    assert len(data.draw(strategies.point_sets(points, max_points=most))) <= most
    on_sphere = strategies.point_sets(strategies.sphere_points(dimension), max_points=most, same_norms=True)
    assert all(sum(a * a for a in x) == 1 for x in data.draw(on_sphere))


@pytest.mark.parametrize("require", [*REQUIREMENTS, "nonzero,distinct_rays", "unit_norm,distinct_lines"])
@few
@given(data=st.data())
def test_datasets_meet_what_is_required(data: st.DataObject, require: str) -> None:
    dimension = data.draw(st.integers(1, 3))
    points = data.draw(strategies.datasets(dimension, min_points=1, max_points=6, require=require))
    assert 1 <= len(points) <= 6
    assert all(len(x) == dimension for x in points)
    assert meets(points, frozenset(require.split(",")))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "require", "expected"),
    [
        ("relu", "distinct", [[0, 0]]),
        ("relu", "distinct,nonzero", (2, 4)),
        ("tanh", "nonzero", 2),
        ("relu", "nonzero,distinct_rays", 6),
        ("identity", "nonzero,distinct_lines", 3),
    ],
)
def test_datasets_shrink_to_few_points_and_small_integers(model: str, require: str, expected: Any) -> None:
    """To a local minimum: two antipodal pairs on a line may stand where two points of a ray would do."""
    strategy = strategies.datasets(2, require=require)
    points = integers(shrunk(strategy, lambda points: decide(points, model).nullity if points else 0))
    if isinstance(expected, list):
        assert points == expected
    elif isinstance(expected, tuple):
        assert len(points) in expected
    else:
        assert len(points) == expected
    assert max(abs(a) for x in points for a in x) <= 2


@pytest.mark.slow
def test_datasets_shrink_to_few_dimensions() -> None:
    """A set that spans no more than it must: all but one coordinate of a ray pair are 0."""
    points = shrunk(strategies.datasets(3, require="nonzero,distinct"), lambda p: decide(p, "relu").nullity if p else 0)
    assert sum(any(x[j] for x in points) for j in range(3)) == 1


@pytest.mark.parametrize("require", ["nonsense", ["nonzero", "unit"]])
def test_unknown_requirements(require: Any) -> None:
    with pytest.raises(SearchError, match="unknown requirement"):
        strategies.datasets(2, require=require)


def test_requirements_that_nothing_meets() -> None:
    with pytest.raises(SearchError, match="contradict"):
        strategies.datasets(0, require="unit_norm")
    with pytest.raises(SearchError, match="says nothing"):
        strategies.datasets(2, max_points=0, require="nonzero")
