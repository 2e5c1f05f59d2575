"""What the rules say about impossible searches: compared with the dense condition matrices of random data."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from structured_data import random_points, seeded

from counterexamples.evidence.condition_matrix import condition_matrix
from counterexamples.requirements import REQUIREMENTS, Point, admitted
from counterexamples.search.problem import Problem, conditions, pose
from counterexamples.search.theorem import Facts, settled
from verify import Model
from verify.flint_backend import rank

MODELS = (
    *("relu", "abs", "relu2", "relu3", "square", "cube", "identity", "gelu", "softplus", "sigmoid", "tanh", "cos"),
    *("mish", "exp", "swiglu", "reglu", "glu", "relu+layers=2", "abs+layers=2", "tanh+layers=2", "gelu+layers=2"),
    *(
        "relu+hidden_bias",
        "square+hidden_bias",
        "cube+bias+skip",
        "relu+output_bias",
        "gelu+skip",
        "sigmoid+ntk_hidden",
    ),
    *("max(x,0)+x**2", "max(x,0)+x**4", "abs(x)+x**4+x**3"),
)
SPHERE = [
    (Fraction(a, 5), Fraction(b, 5)) for a, b in ((3, 4), (-3, -4), (4, 3), (5, 0), (-5, 0), (0, 5), (-4, 3), (3, -4))
]


def drawn(rng: Random, require: frozenset[str]) -> list[Point]:
    if "unit_norm" in require:
        points: list[Point] = [rng.choice(SPHERE) for _ in range(rng.randint(1, 9))]
    else:
        points = random_points(rng, most=9, dimension=2)
        if "nonnegative" in require:
            points = [tuple(abs(a) for a in x) for x in points]
    return admitted(points, require)


def test_what_follows_holds_on_random_data() -> None:
    """Appending a condition family that follows never changes the rank; those that do not follow sometimes do."""
    rng = seeded("what follows")
    followed, changed = 0, 0
    models = {name: conditions(Model.parse(name)) for name in MODELS}
    for _ in range(1000):
        require = frozenset(rng.sample(sorted(REQUIREMENTS), rng.randint(0, 2)))
        points = drawn(rng, require)
        if not points:
            continue
        known = models[rng.choice(MODELS)]
        goal = rng.choice(models[rng.choice(MODELS)])
        facts = Facts(known, require)
        given = condition_matrix(points, known)
        more = condition_matrix(points, [goal])
        assert given is not None
        assert more is not None
        same = rank([*given, *more]) == rank(given)
        if facts.imply(goal):
            followed += 1
            assert same, (known, goal, require, points)
        else:
            changed += not same
        if facts.all_vanish:
            assert rank(given) == len(set(points)), (known, require, points)
    assert followed > 200
    assert changed > 50


@pytest.mark.parametrize(
    ("fails", "fits", "require"),
    [
        ("gelu", "relu", ""),
        ("silu", "gelu", ""),
        ("exp", None, ""),
        ("shifted_relu", None, "distinct"),
        ("mish", None, "distinct,nonzero"),
        ("relu+hidden_bias", None, "distinct"),
        ("relu", "gelu", "unit_norm"),
        ("relu", None, "distinct_rays,nonnegative,nonzero"),
        ("relu+layers=2", None, "distinct_rays,nonzero"),
        ("tanh", "identity", ""),
        ("swiglu", "square", ""),
    ],
)
def test_searches_that_are_settled(fails: str, fits: str | None, require: str) -> None:
    problem = pose(fails, fits=fits, dimension=2, max_points=8, require=require)
    assert settled(problem) is not None
    rng = seeded(f"{fails} {fits} {require}")
    sets = [drawn(rng, problem.require)[:8] for _ in range(150)]
    assert not any(problem.holds(points) for points in sets)


@pytest.mark.parametrize(
    ("fails", "fits", "require"),
    [
        ("relu", "gelu", "nonzero,distinct_rays"),
        ("gelu", "exp", "distinct"),
        ("tanh", "relu", "nonzero"),
        ("relu", "tanh", ""),
        ("swiglu", None, "nonzero"),
        ("mish", None, "distinct"),
        ("relu+layers=2", "gelu+layers=2", "distinct"),
        ("relu", "relu+hidden_bias", "nonzero"),
    ],
)
def test_searches_that_are_open(fails: str, fits: str | None, require: str) -> None:
    assert settled(pose(fails, fits=fits, dimension=2, max_points=8, require=require)) is None


def test_problem_is_described() -> None:
    problem = Problem(Model("relu"), None, 1, 1, frozenset({"distinct"}))
    assert problem.describe() == "at most 1 point in dimension 1 (distinct) that relu cannot fit"
