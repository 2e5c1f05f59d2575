"""Does the search find, from nothing, what the theory says is there, and does it shrink it as far as it goes?"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest

from counterexamples.search import Find, find
from verify import Outcome, decide


def found(fails: str, **options: object) -> Find:
    """The find of a derandomised search, with what every find must be, decided once more."""
    (only,) = find(fails, budget=60, **options).finds
    points = [list(x) for x in only.points]
    assert decide(points, fails).outcome is Outcome.CANNOT_INTERPOLATE
    for k in range(len(points)):
        assert decide(points[:k] + points[k + 1 :], fails).outcome is Outcome.INTERPOLATES
    assert only.is_minimal
    if "fits" in options:
        assert decide(points, str(options["fits"])).outcome is Outcome.INTERPOLATES
    assert only.evidence.confirmations >= 4
    return only


def crossing(x: tuple[Fraction, ...], y: tuple[Fraction, ...]) -> Fraction:
    return x[0] * y[1] - x[1] * y[0]


def test_two_points_on_a_ray() -> None:
    x, y = found("relu", fits="gelu", require="distinct,nonzero").points
    assert crossing(x, y) == 0
    assert x[0] * y[0] + x[1] * y[1] > 0


def test_the_zero_point() -> None:
    assert found("gelu", fits="exp", dimension=1, require="distinct").points == ((0,),)


def test_three_lines_in_a_plane() -> None:
    points = found("relu", require="distinct_rays,nonzero").points
    assert len(points) == 6
    assert sum(crossing(x, y) == 0 for x, y in combinations(points, 2)) == 3


def test_four_lines_in_space_of_which_every_three_are_independent() -> None:
    points = found("relu", dimension=3, require="distinct_rays,nonzero,general_directions").points
    assert len(points) == 8


@pytest.mark.parametrize(
    ("fails", "fits", "size"),
    [
        ("tanh", "relu", 2),
        ("relu", "tanh", 2),
        ("relu+layers=2", "gelu+layers=2", 2),
    ],
)
def test_one_model_fails_where_the_other_fits(fails: str, fits: str, size: int) -> None:
    assert len(found(fails, fits=fits, require="distinct,nonzero").points) == size


def test_hidden_biases_help() -> None:
    assert len(found("relu", fits="relu+hidden_bias", require="distinct_rays,nonzero").points) == 6


def test_antipodal_pairs_that_exp_can_fit_and_gelu_cannot() -> None:
    """Two pairs on one line are enough: the differences f(x) - f(-x) and f(2x) - f(-2x) are proportional."""
    assert len(found("gelu", fits="exp", require="distinct,nonzero").points) == 4


def test_the_sums_of_swiglu_over_pairs_are_a_quadratic_form() -> None:
    """Two pairs on one line again; with one point on a ray, four pairs, since the forms of a plane have dimension 3."""
    assert len(found("swiglu", require="distinct,nonzero").points) == 4
    assert len(found("swiglu", require="distinct_rays,nonzero").points) == 8


def test_rational_points_on_the_circle() -> None:
    points = found("relu", require="unit_norm,distinct").points
    assert len(points) == 6
    assert all(a * a + b * b == 1 for a, b in points)


def test_what_no_search_can_find_is_a_theorem() -> None:
    result = find("gelu", fits="relu", require="distinct", budget=60)
    assert not result.found
    assert result.theorem is not None


def test_the_same_seed_finds_the_same() -> None:
    first, second = (find("relu", require="distinct_rays,nonzero", seed=5).finds[0].points for _ in range(2))
    assert first == second
