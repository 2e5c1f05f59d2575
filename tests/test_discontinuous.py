"""Activations that jump: against the definition in rational arithmetic, the oracle, and what verdicts say of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from command_line import Command
from oracle import ARCHITECTURE, answer, rank
from profiles_by_hand import SEP, Profile
from structured_data import random_labels, random_points, seeded

from verify import Model, Outcome, decide
from verify.activations import DISCONTINUOUS
from verify.check import check_text

HALF = Fraction(1, 2)
Function = Callable[[Fraction], Fraction | int]

ALL_WEIGHTS: dict[str, tuple[Profile, Function]] = {
    "sign": (((), (0,), False), lambda z: (z > 0) - (z < 0)),
    "step": (((0,), (0,), True), lambda z: HALF if z == 0 else int(z > 0)),
    "hardshrink": (((), SEP, False), lambda z: z if abs(z) > HALF else 0),
    "hardshrink(2)": (((), SEP, False), lambda z: z if abs(z) > 2 else 0),
    "threshold": ((SEP, SEP, False), lambda z: z if z > 1 else 0),
    "threshold(1/10, 20)": ((SEP, SEP, True), lambda z: z if z > Fraction(1, 10) else 20),
    "threshold(-1, 2)": ((SEP, SEP, False), lambda z: z if z > -1 else 2),
    "relu(threshold=1)": ((SEP, SEP, False), lambda z: z if z >= 1 else 0),
    "where(abs(x) >= 1, 1, 0)": ((SEP, (), False), lambda z: int(abs(z) >= 1)),
    "where(abs(x) > 1, x, 2*x)": (((), SEP, False), lambda z: z if abs(z) > 1 else 2 * z),
}
"""Profile and function, both by hand. At every jump the polynomial parts have the values of their polynomials."""

ALMOST_ALL: dict[str, tuple[Profile, Function]] = {
    "step(0)": (((0,), (0,), True), lambda z: int(z > 0)),
    "step(1)": (((0,), (0,), True), lambda z: int(z >= 0)),
    "threshold(0, 1)": (((0, 1), (0, 1), True), lambda z: z if z > 0 else 1),
    "where(x == 1, 5, x)": (((), (1,), False), lambda z: 5 if z == 1 else z),
}
JUMPING = {**ALL_WEIGHTS, **ALMOST_ALL}
APART = ("step(0)", "step(1)", "threshold(0, 1)")  # s(0) is not the constant term of the even part
ARCHITECTURES = {
    "": {},
    "+output_bias": {"output_bias": True},
    "+skip": {"skip": True},
    "+gated": {"gated": True},
    "+hidden_bias": {"hidden_bias": True},
    "+bias+skip+gated": {"hidden_bias": True, "output_bias": True, "skip": True, "gated": True},
}


def dot(w: Sequence[Fraction], x: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(w, x, strict=True)), Fraction(0))


@pytest.mark.parametrize("name", JUMPING)
def test_profile_and_sense(name: str) -> None:
    activation = Model.parse(name).activation
    (even, odd, nonzero), function = JUMPING[name]
    assert (activation.profile.even, activation.profile.odd) == (even, odd)
    assert activation.profile.nonzero_at_zero == nonzero
    assert activation.jumps
    assert activation.almost_everywhere == (name in ALMOST_ALL)
    assert bool(activation.zero_apart) == (name in APART)
    for k in range(-12, 13):
        assert activation.exact(Fraction(k, 4)) == function(Fraction(k, 4))
    assert activation.exact(Fraction(1, 10)) == function(Fraction(1, 10))


@pytest.mark.parametrize("name", JUMPING)
def test_ranks_are_those_of_random_units_in_rational_arithmetic(name: str) -> None:
    """The definition: many units with weights in general position, their values exact, their rank by elimination."""
    _, function = JUMPING[name]
    rng = seeded(f"units {name}")
    for _ in range(8):
        points = [x for x in random_points(rng, most=8, dimension=rng.randint(1, 2)) if any(x) or name not in APART]
        if not points:
            continue
        predicted, units, found = decide(points, name).rank, [], 0
        for _ in range(10):  # weights up to 100 in size; small cells of them are met by many units only
            for _ in range(300):
                size = Fraction(rng.randint(-(10**6), 10**6), rng.choice((10**4, 10**5, 10**6, 10**7)))
                w = [size * Fraction(rng.randint(-(10**6), 10**6), 10**6 + 3) for _ in points[0]]
                units.append([Fraction(function(dot(w, x))) for x in points])
            found = rank(units, len(points))
            if found >= (predicted or 0):
                break
        assert found == predicted, points


@pytest.mark.parametrize("modifiers", ARCHITECTURES)
@pytest.mark.parametrize("name", JUMPING)
def test_verdicts_are_those_of_the_oracle(name: str, modifiers: str) -> None:
    profile, _ = JUMPING[name]
    rng = seeded(f"oracle {name} {modifiers}")
    for _ in range(8):
        points = random_points(rng, most=9)
        if name in APART:
            points = [x for x in points if any(x)]
        labels = random_labels(rng, points, rng.choice(("small", "one-hot")))
        expected = answer(points, profile, {**ARCHITECTURE, **ARCHITECTURES[modifiers]})
        assert expected is not None
        verdict = decide(points, Model.parse(name + modifiers), labels=labels)
        assert verdict.rank == expected.rank
        if points:
            assert verdict.least_mse == expected.least_mse(labels)
        vector = verdict.annihilating_vector
        if vector is not None:
            assert expected.annihilates([vector.get(i, Fraction(0)) for i in range(len(points))])


def special_weights(rng: Random, dimension: int) -> list[tuple[Fraction, ...]]:
    """Weights for which inner products with small points are 0 or at a jump."""
    grid = list(product([Fraction(k, 4) for k in range(-8, 9)], repeat=dimension))
    return rng.sample(grid, 150)


@pytest.mark.parametrize("name", ALL_WEIGHTS)
@pytest.mark.parametrize("gated", [False, True])
def test_no_exceptional_weight_does_more_where_it_is_said_so(name: str, gated: bool) -> None:
    profile, function = ALL_WEIGHTS[name]
    rng = seeded(f"special {name}")
    for _ in range(8):
        points = random_points(rng, most=8, dimension=2, integers=True)
        expected = answer(points, profile, {**ARCHITECTURE, "gated": gated})
        assert expected is not None
        for w in special_weights(rng, 2):
            values = [Fraction(function(dot(w, x))) for x in points]
            for c in expected.annihilator:
                for factor in range(2) if gated else [None]:
                    scale = [1 if factor is None else x[factor] for x in points]
                    assert sum(a * v * t for a, v, t in zip(c, values, scale, strict=True)) == 0


def test_an_exceptional_weight_does_more_for_other_steps() -> None:
    """Otherwise "almost all" would say too little: w orthogonal to x and not to z tells the two lines apart."""
    points = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    verdict = decide(points, "step(0)")
    c = verdict.annihilating_vector
    assert c == {0: 1, 1: 1, 2: -1, 3: -1}
    values = [int(dot((Fraction(1), Fraction(0)), list(map(Fraction, x))) > 0) for x in points]
    assert sum(c.get(i, 0) * value for i, value in enumerate(values)) == 1


@pytest.mark.parametrize("name", APART)
def test_the_point_zero_is_not_covered_where_the_even_part_is_not_whole(name: str) -> None:
    points = [[0, 0], [1, 2], [-1, -2], [2, 4]]
    for modifiers in ("", "+output_bias", "+skip"):
        verdict = decide(points, name + modifiers, labels=[1, 2, 3, 4])
        assert verdict.outcome is Outcome.UNKNOWN
        assert "a data point is 0" in verdict.reason
        assert decide(points[1:], name + modifiers, labels=[2, 3, 4]).outcome is not Outcome.UNKNOWN
    for modifiers in ("+gated", "+hidden_bias"):
        assert decide(points, name + modifiers, labels=[1, 2, 3, 4]).outcome is not Outcome.UNKNOWN
    assert decide([[]], name).outcome is Outcome.UNKNOWN  # the one point of dimension 0 is 0


@pytest.mark.parametrize("name", [*DISCONTINUOUS, "step(1)", "sign(x)", "where(x > 2, x, 0)"])
@pytest.mark.parametrize("modifiers", ["+layers=2", "+layers=2+bias", "+ntk", "+ntk_hidden", "+layers=3+gated"])
def test_depth_and_tangent_kernels_are_unknown(name: str, modifiers: str) -> None:
    verdict = decide([[1, 2], [2, 4]], name + modifiers, labels=[1, 2])
    assert verdict.outcome is Outcome.UNKNOWN
    assert "discontinuous at x = " in verdict.reason
    assert "\n" not in verdict.reason


@pytest.mark.parametrize("name", [*JUMPING, "where(x > 2, x, 0)"])
@pytest.mark.parametrize("modifiers", ARCHITECTURES)
def test_certificates_speak_of_almost_all_hidden_weights(name: str, modifiers: str) -> None:
    rng = seeded(f"certificates {name} {modifiers}")
    for _ in range(3):
        points = [x for x in random_points(rng, most=7) if any(x) or name not in APART]
        labels = random_labels(rng, points, "small")
        certificate = decide(points, Model.parse(name + modifiers), labels=labels).certificate()
        result = check_text(json.dumps(certificate))
        assert result.status == "accepted", result.message
        assert certificate["profile"]["continuous"] is False
        assert " is piecewise analytic and has, for almost every x > 0, even part " in result.message
        assert "of any width and almost any hidden weights, on these" in result.message


def test_the_condition_at_0_is_printed_where_a_point_is_0_and_nowhere_else() -> None:
    """Without a data point 0 nothing is supposed of s(0), which for step(0) is not that of the even part."""
    for model, points, said in (
        ("step(0)", [[1], [-1], [2]], False),
        ("step(0)+gated", [[1], [0], [-1], [2]], False),
        ("step(0)+hidden_bias", [[1], [0], [-1], [2]], False),
        ("step", [[1], [0], [-1], [2]], True),
        ("hardshrink", [[1], [0], [-1], [2]], True),
    ):
        result = check_text(json.dumps(decide(points, model).certificate()))
        assert result.status == "accepted"
        assert ("(at 0 too)" in result.message, "s(0)" in result.message) == (said, said)


def test_all_distinct_points_with_hidden_biases() -> None:
    for name in (*DISCONTINUOUS, "step(0)"):
        verdict = decide([[0], [1], [2], [-1], [5]], f"{name}+hidden_bias", labels=[1, 0, 2, 5, 3])
        assert verdict.outcome is Outcome.INTERPOLATES
        assert verdict.to_json()["hidden_weights"] == "all"


def test_the_sense_is_said(fullrank: Command) -> None:
    points, labels = [[1, 0], [-1, 0], [0, 1], [0, -1]], [1, 0, 0, 1]
    almost = decide(points, "step(0)", labels=[1, 1, 0, 0])
    assert almost.to_json()["hidden_weights"] == "almost all"
    assert "with almost any hidden weights and any training" in almost.explain()
    assert "this holds for almost all hidden weights, all but a set of measure 0" in almost.explain()
    every = decide(points, "hardshrink", labels=labels)
    assert every.to_json()["hidden_weights"] == "all"
    assert "discontinuous at x = 1/2, -1/2; this holds for all hidden weights" in every.explain()
    assert "Sense:" not in decide(points, "relu", labels=labels).explain()
    ran = fullrank("activation", "step(0)")
    assert "at x = 0: verdicts hold for almost all hidden weights." in ran.out
    assert "Data with the point x = 0 are not covered" in ran.out
    ran = fullrank("activation", "hardshrink", "--json")
    found = json.loads(ran.out)
    assert (found["jumps"], found["almost_everywhere"], found["zero_apart"]) == (["1/2", "-1/2"], False, None)
    ran = fullrank("decide", "bundled:hexagon", "--model", "step(1)", "--json")
    assert json.loads(ran.out)["hidden_weights"] == "almost all"


def test_networks_attain_the_least_loss() -> None:
    points, labels = [[1, 2], [-1, -2], [2, 4], [3, 1], [-3, -1]], [1, 2, 3, 4, 5]
    for name in ("hardshrink", "step(0)", "sign", "threshold(1/10, 20)+bias", "step+gated"):
        verdict = decide(points, name, labels=labels)
        network = verdict.network()
        assert network.residual_bound < 1e-15
        assert network.width <= (verdict.rank or 0)
