"""Families: the closed forms against `decide`, and against counts made by hand."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from counterexamples.families import FAMILIES, Family, family
from verify import decide
from verify.errors import DataError, NotAvailableError

DOCS = Path(__file__).parents[1] / "docs"
MODELS = (
    *("relu", "leaky_relu", "abs", "relu2", "gelu", "softplus", "tanh", "sigmoid", "cos", "mish", "exp", "swiglu"),
    *("reglu", "identity", "square", "relu+layers=2", "relu2+layers=2", "gelu+layers=2", "tanh+layers=2"),
    *("sigmoid+layers=2", "relu+bias", "relu+hidden_bias", "tanh+output_bias", "relu+output_bias", "abs+output_bias"),
    *("gelu+skip", "tanh+skip", "relu+ntk", "sigmoid+ntk_hidden", "softplus+ntk_hidden"),
)
RANGES: dict[str, dict[str, range]] = {
    "ray": {"points": range(1, 5)},
    "line": {"pairs": range(1, 5)},
    "one_sided": {"dimension": range(2, 5), "points": range(1, 8, 3)},
    "contrast_pairs": {"dimension": range(2, 4), "points": range(1, 6, 2), "contrast": range(2, 4)},
    "polarity_pairs": {"dimension": range(2, 5), "pairs": range(1, 11, 3)},
    "antipodal_closure": {"dimension": range(2, 5), "pairs": range(1, 13, 5)},
    "rational_polygon": {"pairs": range(1, 8)},
    "regular_polygon": {"pairs": range(1, 6)},
    "cube": {"dimension": range(1, 7)},
    "cube_layer": {"dimension": range(1, 8), "weight": range(4)},
    "cross_polytope": {"dimension": range(1, 6)},
    "simplex_and_negative": {"dimension": range(2, 6)},
    "roots_a": {"n": range(1, 6)},
    "roots_b": {"n": range(2, 6)},
    "roots_d": {"n": range(3, 6)},
    "grid": {"box": range(4), "dimension": range(1, 4)},
}


def parameters(name: str) -> list[dict[str, int]]:
    ranges = RANGES[name]
    chosen = [dict(zip(ranges, values, strict=True)) for values in product(*ranges.values())]
    return [p for p in chosen if 2 * p.get("weight", 0) <= p.get("dimension", 0)] if name == "cube_layer" else chosen


@pytest.mark.parametrize("name", FAMILIES)
def test_the_closed_forms_are_what_decide_finds(name: str) -> None:
    covered = set()
    for chosen in parameters(name):
        data = FAMILIES[name].points(**chosen)
        assert data.n == FAMILIES[name].counts(**chosen).size
        for model in MODELS:
            try:
                rank = FAMILIES[name].rank(model, **chosen)
            except NotAvailableError:
                continue
            covered.add(model)
            assert rank == decide(data, model).rank, (chosen, model)
    expected = {"relu", "gelu", "tanh", "sigmoid", "swiglu", "abs", "relu2", "relu+layers=2", "relu+hidden_bias", "exp"}
    assert covered >= expected
    assert all(
        FAMILIES[name].rank("exp", **chosen) == FAMILIES[name].counts(**chosen).size for chosen in parameters(name)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("cube", {"dimension": 12}),
        ("cube_layer", {"dimension": 12, "weight": 5}),
        ("cube_layer", {"dimension": 12, "weight": 6}),
        ("grid", {"box": 7, "dimension": 3}),
        ("roots_a", {"n": 25}),
        ("roots_b", {"n": 20}),
        ("roots_d", {"n": 20}),
        ("antipodal_closure", {"dimension": 6, "pairs": 40}),
        ("polarity_pairs", {"dimension": 8, "pairs": 40}),
        ("contrast_pairs", {"dimension": 5, "points": 200, "contrast": 7}),
        ("rational_polygon", {"pairs": 60}),
        ("regular_polygon", {"pairs": 15}),
    ],
)
def test_the_closed_forms_hold_at_larger_parameters(name: str, chosen: dict[str, int]) -> None:
    data = family(name).points(**chosen)
    for model in ("relu", "gelu", "tanh", "sigmoid", "swiglu", "abs", "relu2", "relu+layers=3", "relu+bias"):
        assert family(name).rank(model, **chosen) == decide(data, model).rank, model


@pytest.mark.parametrize(
    ("name", "chosen", "ranks"),  # worked out by hand: points; relu, gelu, tanh, sigmoid, swiglu, relu+hidden_bias
    [
        ("roots_a", {"n": 2}, (6, 5, 5, 3, 4, 6, 6)),
        ("ray", {"points": 2}, (2, 1, 2, 2, 2, 2, 2)),
        ("cross_polytope", {"dimension": 4}, (8, 8, 8, 4, 5, 8, 8)),
        ("cube", {"dimension": 3}, (8, 7, 7, 4, 5, 8, 8)),
        ("cube", {"dimension": 5}, (32, 21, 21, 16, 17, 27, 32)),
        ("grid", {"box": 1, "dimension": 2}, (9, 6, 6, 4, 5, 7, 9)),
        ("roots_d", {"n": 4}, (24, 16, 16, 12, 13, 22, 24)),
    ],
)
def test_worked_values(name: str, chosen: dict[str, int], ranks: tuple[int, ...]) -> None:
    n, *expected = ranks
    assert family(name).points(**chosen).n == n
    models = ("relu", "gelu", "tanh", "sigmoid", "swiglu", "relu+hidden_bias")
    assert [family(name).rank(model, **chosen) for model in models] == expected


def test_ranks_are_given_where_no_machine_could_hold_the_points() -> None:
    assert family("cube").rank("tanh", dimension=200) == 2**199
    with pytest.raises(DataError, match=r"cube would have about 2\^200 points, more than 2,000,000; rank\(\) gives"):
        family("cube").points(dimension=200)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({}, "cube needs dimension=, a whole number of at least 1"),
        ({"dimension": 0}, "cube: dimension=0 is not a whole number of at least 1"),
        ({"dimension": True}, "cube: dimension=True is not a whole number of at least 1"),
        ({"dimension": 2.0}, "cube: dimension=2.0 is not a whole number of at least 1"),
        ({"dimension": 2, "box": 1}, "cube has no parameter 'box'; it has dimension"),
    ],
)
def test_bad_parameters_are_refused(chosen: dict[str, int], message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        family("cube").rank("relu", **chosen)


def test_bad_names_and_models_are_refused() -> None:
    with pytest.raises(DataError, match="there is no family 'cubes'; did you mean 'cube'"):
        family("cubes")
    with pytest.raises(DataError, match="weight=3 is more than half of dimension=4"):
        family("cube_layer").points(dimension=4, weight=3)
    with pytest.raises(NotAvailableError, match=r"use verify\.decide"):
        family("cube").rank("cube", dimension=3)
    with pytest.raises(NotAvailableError, match="polynomial activation"):
        family("cube").rank("square+layers=2", dimension=3)


def row(member: Family) -> str:
    parameters = ", ".join(f"`{key}`" for key in member.parameters)
    return f"| `{member.name}` | {parameters} | {member.statement} | {member.closed_form} |"


def test_the_table_of_the_documentation_is_that_of_the_code() -> None:
    shown = [line for line in (DOCS / "families.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [line for line in shown if line.split("`")[1] in FAMILIES] == [row(member) for member in FAMILIES.values()]
