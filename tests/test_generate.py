"""Generated data: prescribed nullity and loss, against the oracle; what is refused, and in which words."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from math import isqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import ARCHITECTURE, answer
from profiles_by_hand import PROFILES
from structured_data import seeded

import counterexamples
from counterexamples.generation import Generated, generate
from counterexamples.generation.squares import integer_squares, rational_squares
from verify import Dataset
from verify.check import check_text
from verify.errors import DataError, ModelError, NotAvailableError

MODELS: dict[str, tuple[str, dict[str, object], str]] = {  # activation, architecture, and what carries the residual
    "relu": ("relu", {}, "circuits of antipodal pairs"),
    "leaky_relu": ("leaky_relu", {}, "circuits of antipodal pairs"),
    "gelu": ("gelu", {}, "circuits of antipodal pairs"),
    "softplus": ("softplus", {}, "circuits of antipodal pairs"),
    "relu+ntk": ("relu", {"regime": "ntk"}, "circuits of antipodal pairs"),
    "gelu+output_bias": ("gelu", {"output_bias": True}, "circuits of antipodal pairs"),
    "tanh": ("tanh", {}, "antipodal pairs"),
    "cos": ("cos", {}, "antipodal pairs"),
    "abs": ("abs", {}, "antipodal pairs"),
    "tanh+layers=2": ("tanh", {"hidden_layers": 2}, "antipodal pairs"),
    "sigmoid": ("sigmoid", {}, "antipodal pairs with constant sum"),
    "tanh+output_bias": ("tanh", {"output_bias": True}, "antipodal pairs with constant sum"),
    "swiglu": ("silu", {"gated": True}, "antipodal pairs on lines"),
    "relu2": ("relu2", {}, "points on rays"),
    "reglu": ("relu", {"gated": True}, "points on rays"),
    "relu+layers=3": ("relu", {"hidden_layers": 3}, "points on rays"),
    "exp": ("exp", {}, "repeated points"),
    "mish": ("mish", {}, "repeated points"),
    "relu+bias": ("relu", {"hidden_bias": True, "output_bias": True}, "repeated points"),
    "square": ("square", {}, "antipodal pairs"),
}


def check(made: Generated, model: str, n: int, d: int, nullity: int, loss: Fraction) -> None:
    """The oracle finds the prescribed numbers, and the certificate is about these data."""
    name, changes, _ = MODELS[model]
    assert (made.data.n, made.data.dimension) == (n, d)
    expected = answer(made.data.points, PROFILES[name], {**ARCHITECTURE, **changes})
    assert expected is not None
    assert expected.nullity == nullity
    assert expected.least_mse(list(made.data.labels or ())) == loss
    assert made.certificate["data"]["sha256"] == made.data.sha256()
    assert check_text(json.dumps(made.certificate)).status == "accepted"


@pytest.mark.parametrize("model", MODELS)
def test_the_prescribed_numbers_are_those_of_the_oracle(model: str) -> None:
    few = model == "square"  # of rank 6 in dimension 3
    for nullity, loss in ((4, "1/7"), (7, "2"), (5, "31/12")):
        if model in ("sigmoid", "tanh+output_bias") and nullity != 7:
            continue
        n = nullity + 4 if few else 22
        made = generate(points=n, dimension=3, model=model, nullity=nullity, least_mse=loss, rng=nullity)
        if not few:
            assert made.obstruction == MODELS[model][2]
        check(made, model, n, 3, nullity, Fraction(loss))


@given(
    nullity=st.integers(1, 6),
    loss=st.builds(Fraction, st.integers(0, 40), st.integers(1, 12)),
    dimension=st.integers(3, 5),
    rng=st.integers(0, 5),
    model=st.sampled_from(["relu", "gelu", "softplus"]),
)
def test_circuits_carry_every_loss_at_every_nullity(
    nullity: int, loss: Fraction, dimension: int, rng: int, model: str
) -> None:
    made = generate(points=20, dimension=dimension, model=model, nullity=nullity, least_mse=loss, rng=rng)
    check(made, model, 20, dimension, nullity, loss)


@pytest.mark.parametrize(
    ("model", "points", "dimension", "nullity", "loss"),
    [
        ("relu", 6, 2, 1, "1"),
        ("relu", 2, 2, 1, "1/10"),  # the ray pair
        ("relu", 2, 1, 1, "13/2"),
        ("relu", 20, 2, 18, "1/3"),
        ("relu", 20, 1, 18, "1/3"),
        ("relu", 20, 2, 19, "5"),
        ("relu", 1, 1, 1, "4/9"),  # the point 0
        ("relu+layers=3", 2, 3, 1, "1/10"),
        ("gelu", 9, 1, 3, "1/7"),
        ("tanh", 2, 1, 1, "1"),
        ("swiglu", 24, 1, 8, "1/7"),
        ("swiglu", 24, 2, 9, "1/7"),
        ("sigmoid", 8, 1, 3, "1"),
        ("exp", 9, 1, 8, "1/7"),
        ("exp", 12, 1, 5, "1/7"),
        ("relu", 7, 2, 0, "0"),
        ("gelu", 12, 2, 3, "0"),
        ("square", 12, 3, 6, "3/5"),
    ],
)
def test_small_and_extreme_sets(model: str, points: int, dimension: int, nullity: int, loss: str) -> None:
    made = generate(points=points, dimension=dimension, model=model, nullity=nullity, least_mse=loss)
    check(made, model, points, dimension, nullity, Fraction(loss))


def test_nothing_to_generate_is_generated() -> None:
    made = generate(points=0, nullity=0, least_mse=0)
    assert (made.data.n, made.verdict.nullity, made.verdict.least_mse, made.obstruction) == (0, 0, 0, "")
    assert generate(points=1, dimension=0, model="exp", nullity=0, least_mse=0).verdict.rank == 1


def test_the_example_of_the_documentation() -> None:
    made = counterexamples.generate(points=200, dimension=8, model="relu", nullity=5, least_mse="1/7", rng=0)
    assert (made.verdict.nullity, made.verdict.least_mse) == (5, Fraction(1, 7))
    assert (made.data.n, made.data.dimension, made.data.outputs) == (200, 8, 1)
    assert len(set(made.data.points)) == 200
    assert all(any(x) for x in made.data.points)
    again = generate(rng=0)
    assert again.data == made.data
    assert generate(rng=1).data != made.data
    assert generate(rng=np.random.default_rng(3)).data == generate(rng=np.random.default_rng(3)).data


def test_two_thousand_points() -> None:
    made = generate(points=2000, dimension=20, model="gelu", nullity=60, least_mse="22/7")
    assert (made.verdict.nullity, made.verdict.least_mse) == (60, Fraction(22, 7))


@pytest.mark.parametrize("model", ["relu", "tanh", "sigmoid", "gelu"])
def test_requirements_are_met(model: str) -> None:
    made = generate(points=40, dimension=3, model=model, nullity=7, require=["distinct", "nonzero", "distinct_rays"])
    rays = {tuple(x / max(map(abs, point)) for x in point) for point in made.data.points}
    assert len(rays) == 40


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"points": -1}, "points=-1 is not a whole number of at least 0"),
        ({"nullity": True}, "nullity=True is not a whole number"),
        ({"dimension": 2.0}, "dimension=2.0 is not a whole number"),
        ({"least_mse": 0.5}, 'least_mse=0.5 is not an exact number; write a text such as "1/7"'),
        ({"least_mse": "-1/7"}, "least_mse=-1/7 is negative"),
        ({"least_mse": "one"}, "'one'"),
        ({"least_mse": Fraction(1, 10**15)}, "more than 15 digits"),
        ({"rng": None}, "rng=None is neither a seed nor a numpy.random.Generator"),
        ({"require": "pretty"}, "require='pretty' is unknown; the requirements are distinct, distinct_rays, nonzero"),
        ({"points": 3, "nullity": 4}, "nullity=4 is more than points=3"),
        ({"nullity": 0}, "least_mse=1/7 with nullity=0: all labels are attained"),
        ({"dimension": 0}, "nullity=5 in dimension 0"),
        (
            {"model": "exp", "require": {"distinct"}},
            "no 200 points of dimension 8 with nullity 5 for exp that are distinct",
        ),
        ({"model": "tanh", "nullity": 1, "points": 60}, "60/7 must be a sum of 1 rational squares; ask for nullity=4"),
        ({"model": "square", "points": 60, "dimension": 3}, "points in general position have nullity 54"),
        ({"dimension": 1}, "points in general position have nullity 198"),
        ({"points": 5, "nullity": 5, "least_mse": 7}, "no 5 points of dimension 8 with nullity 5 for relu were found"),
    ],
)
def test_what_is_impossible_is_refused_in_one_line(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)) as refusal:
        generate(**arguments)
    assert "\n" not in str(refusal.value)


def test_models_that_are_none_or_not_covered() -> None:
    with pytest.raises(ModelError, match="did you mean relu"):
        generate(model="reluu")
    with pytest.raises(NotAvailableError, match=r"square\+layers=2: two or more hidden layers of a polynomial"):
        generate(model="square+layers=2")


def test_the_loss_that_a_refusal_suggests_is_possible() -> None:
    with pytest.raises(DataError) as refusal:
        generate(model="tanh", nullity=1, points=60, dimension=3)
    suggestion = str(refusal.value).rpartition("least_mse=")[2]
    assert generate(model="tanh", nullity=1, points=60, dimension=3, least_mse=suggestion).verdict.nullity == 1


# --- sums of squares --------------------------------------------------------------------------------------------------


def is_a_sum(n: int, count: int) -> bool:
    """By trying everything."""
    if count == 0:
        return n == 0
    return any(is_a_sum(n - a * a, count - 1) for a in range(isqrt(n) + 1))


def test_sums_of_squares_are_found_exactly_where_they_exist() -> None:
    rng = seeded("squares")
    for n in range(150):
        for count in range(6):
            roots = integer_squares(n, count, rng)
            assert (roots is not None) == is_a_sum(n, count), (n, count)
            assert roots is None or (len(roots), sum(a * a for a in roots)) == (count, n)


@settings(deadline=None)
@given(n=st.integers(0, 10**30), count=st.integers(3, 9), seed=st.integers(0, 3))
def test_large_sums_of_squares(n: int, count: int, seed: int) -> None:
    roots = integer_squares(n, count, seeded(str(seed)))
    if roots is None:  # Legendre
        assert count == 3
        while n % 4 == 0:
            n //= 4
        assert n % 8 == 7
    else:
        assert (len(roots), sum(a * a for a in roots)) == (count, n)


@given(a=st.integers(0, 10**7), b=st.integers(0, 10**7))
def test_two_squares_are_found_again(a: int, b: int) -> None:
    roots = integer_squares(a * a + b * b, 2, seeded("squares"))
    assert roots is not None
    assert sum(x * x for x in roots) == a * a + b * b


def test_two_large_squares_that_do_not_exist() -> None:
    assert integer_squares(3 * (10**9 + 9), 2, seeded("squares")) is None
    assert integer_squares(9 * (10**9 + 9), 2, seeded("squares")) is not None  # a prime that is 1 mod 4


@pytest.mark.parametrize(
    ("value", "count", "possible"),
    [
        ("1/4", 1, True),
        ("1/2", 1, False),
        ("1/2", 2, True),
        ("7", 3, False),
        ("1/7", 3, False),
        ("3/7", 3, True),
        ("1/7", 4, True),
        ("0", 5, True),
    ],
)
def test_rational_squares(value: str, count: int, possible: bool) -> None:
    roots = rational_squares(Fraction(value), count, seeded("squares"))
    assert (roots is not None) == possible
    assert roots is None or (len(roots), sum(x * x for x in roots)) == (count, Fraction(value))


def test_a_generated_set_can_be_decided_as_any_other() -> None:
    made = generate(points=12, dimension=3, nullity=2, least_mse="1/7")
    assert isinstance(made.data, Dataset)
    assert "certificate" not in repr(made)
