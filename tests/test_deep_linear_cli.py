"""`fullrank landscape deep-linear`, and the group it is in."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from command_line import Command, assert_refused

from verify import Dataset
from verify.cli import landscape as group
from verify.landscapes.deep_linear import DeepLinear, Landscape, Moments

DATA = "a,b,y\n1,0,1\n0,2,1\n1,1,3\n"
POINTS, LABELS = [[1, 0], [0, 2], [1, 1]], [1, 1, 3]


@pytest.fixture
def data(fullrank: Command) -> str:  # the command runs in an empty directory
    Path("data.csv").write_text(DATA)
    return "data.csv"


def interval(pair: list[str]) -> tuple[Fraction, Fraction]:
    return Fraction(pair[0]), Fraction(pair[1])


def test_json_has_what_the_python_interface_has(fullrank: Command, data: str) -> None:
    ran = fullrank(
        "landscape",
        "deep-linear",
        data,
        "--label",
        "y",
        "--widths",
        "4,4",
        "--decay",
        "1/10",
        "--noise",
        "1/2",
        "--json",
    )
    assert (ran.status, ran.err) == (0, "")
    found = json.loads(ran.out)
    landscape = Landscape(Moments.of(Dataset(POINTS, LABELS)), DeepLinear([4, 4], "1/10", noise="1/2"))
    assert set(found) >= {"global_minimum", "scale", "origin", "critical_points", "thresholds", "metastable", "network"}
    assert found["origin"] == {"kind": "local_minimum", "value": "11/3"}
    assert found["label"] == "y"
    assert found["coordinates"] == ["a", "b"]
    assert len(found["critical_points"]) == len(landscape.critical_points) == 2
    (index,) = found["global_minimum"]["critical_points"]
    best = landscape.critical_points[index]
    assert [entry["global"] for entry in found["critical_points"]] == [p is best for p in landscape.critical_points]
    low, high = interval(found["global_minimum"]["value"]["interval"])
    inner = best.value.enclosure(90)
    assert low <= inner[0] <= inner[1] <= high
    assert high - low < Fraction(1, 10**15)
    assert low <= Fraction(found["global_minimum"]["value"]["approximately"]) + Fraction(1, 10**15)
    polynomial = [int(c) for c in found["scale"]["polynomial"]]
    ends = [sum(c * t**k for k, c in enumerate(polynomial)) for t in interval(found["scale"]["interval"])]
    assert ends[0] * ends[1] < 0
    weights = found["critical_points"][index]["weights"]
    for entry, exact in zip(weights["entries"], best.entries(90), strict=True):
        low, high = interval(entry["interval"])
        assert low <= exact[0] <= exact[1] <= high
    for pair, exact in zip(weights["first_row_intervals"], best.first_row(90), strict=True):
        low, high = interval(pair)
        assert low <= exact[0] <= exact[1] <= high


def test_in_words(fullrank: Command, data: str) -> None:
    ran = fullrank("landscape", "deep-linear", data, "--label", "y", "--widths", "2,2", "--decay", "1/10")
    lines = ran.out.splitlines()
    assert re.fullmatch(r"Least loss \d\.\d+, attained at t = 0\.\d+\.", lines[0])
    assert "2 hidden layers of 2, 2 units; decays 1/10, 1/10, 1/10; noise variances 0, 0" in ran.out
    assert "is a strict local minimum that is not global: a trap for training" in ran.out
    assert ": saddle\n" in ran.out
    assert ": local minimum, global\n" in ran.out
    assert lines[-1] == "Coordinates: a, b. Label: y."


def finite(text: str) -> object:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize(
    ("x", "y", "decay", "fragments"),
    [  # for D = 1 and one point the threshold is ||E[xy]||² = x² y², and sqrt(threshold) = x y with equal decays
        ("1e-15", "1.25", "1e-30", ["the product of the 2 decays is 1.5625e-30 (equal decays: 1.25e-15)"]),
        ("1e-30", "1.25", "1e-60", ["the product of the 2 decays is 1.5625e-60 (equal decays: 1.25e-30)"]),
        ("1e200", "1e200", "1", ["The origin (loss 1e+400)", "decays is 1e+800 (equal decays: 1e+400)", "loss 2:"]),
        ("1e-200", "1e-200", "1e-401", ["The origin (loss 1e-400)", "decays is 1e-800 (equal decays: 1e-400)"]),
        ("1", "1e200", "1e300", ["attained at the origin", "The origin (loss 1e+400)", "decays 1e+300, 1e+300;"]),
    ],
)
def test_numbers_of_any_size_are_shown_with_their_digits(
    fullrank: Command, x: str, y: str, decay: str, fragments: list[str]
) -> None:
    """One point: Γ <= x² y² gives w = (1 - γ/(x y)) y/x, and for x = y = 10^200, γ = 1 the loss 2 - 10^-400."""
    Path("units.csv").write_text(f"x,y\n{x},{y}\n")
    arguments = ["landscape", "deep-linear", "units.csv", "--label", "y", "--widths", "1", "--decay", decay]
    ran = fullrank(*arguments)
    assert (ran.status, ran.err) == (0, "")
    for fragment in fragments:
        assert fragment in ran.out
    found = finite(fullrank(*arguments, "--json").out)
    assert isinstance(found, dict)
    low, high = interval(found["thresholds"]["origin_global"]["equal_decay"]["interval"])
    assert low <= Fraction(x) * Fraction(y) <= high <= low * (1 + Fraction(1, 2**60))


def test_wide_layers_cost_nothing(fullrank: Command, data: str) -> None:
    """Only the distinct entries are given: the matrix of the second layer would have 10^16 of them."""
    widths = ["--label", "y", "--widths", "100000000,100000000", "--decay", "1/10"]
    ran = fullrank("landscape", "deep-linear", data, *widths, "--json")
    assert ran.status == 0
    found = finite(ran.out)
    assert isinstance(found, dict)
    assert len(found["critical_points"][-1]["weights"]["first_row"]) == 2


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (["--widths", "none", "--decay", "1/10"], ["ridge regression", "is no critical point"]),
        (["--widths", "3", "--decay", "1/10,1/5"], ["1 hidden layer of 3 units", "is a strict saddle"]),
        (["--widths", "3", "--decay", "100"], ["attained at the origin", "is a global minimum.", "none with t > 0"]),
        (
            ["--widths", "3,1,2", "--decay", "9", "--noise", "0,1,1/3"],
            ["variances 0, 1, 1/3", "attained at the origin"],
        ),
    ],
)
def test_each_depth_says_what_the_origin_is(
    fullrank: Command, data: str, arguments: list[str], fragments: list[str]
) -> None:
    ran = fullrank("landscape", "deep-linear", data, "--label", "y", *arguments)
    assert ran.status == 0
    for fragment in fragments:
        assert fragment in ran.out


REFUSED = {
    "no width": (["--widths", "4,0", "--decay", "1"], ["layer 2 has width 0", "at least 1"]),
    "not a width": (["--widths", "4,x", "--decay", "1"], ["--widths", "'x'", "4,4"]),
    "a missing width": (["--widths", "4,,4", "--decay", "1"], ["''", "whole number"]),
    "zero decay": (["--widths", "4", "--decay", "0"], ["a decay is 0", "not covered"]),
    "negative decay": (["--widths", "4", "--decay", "1,-1/3"], ["decay -1/3 is negative"]),
    "many decays": (["--widths", "4", "--decay", "1,1,1"], ["decay has 3 values", "or 2"]),
    "not a decay": (["--widths", "4", "--decay", "ten"], ["decay", "'ten'"]),
    "negative noise": (["--widths", "4", "--decay", "1", "--noise", "-1"], ["variance -1 is negative"]),
    "many noises": (["--widths", "4", "--decay", "1", "--noise", "1,1"], ["noise has 2 values"]),
    "noise for ridge": (["--widths", "none", "--decay", "1", "--noise", "1/2"], ["--noise", "none", "leave it out"]),
    "no label": (["--label", "z", "--widths", "4", "--decay", "1"], ["'z'"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_in_one_line(fullrank: Command, data: str, case: str) -> None:
    arguments, fragments = REFUSED[case]
    label = [] if "--label" in arguments else ["--label", "y"]
    assert_refused(fullrank("landscape", "deep-linear", data, *label, *arguments), *fragments)


def test_data_that_have_no_rational_label_are_refused(fullrank: Command) -> None:
    Path("root.csv").write_text("a,y\nsqrt(2),1\n1,2\n")
    assert_refused(
        fullrank("landscape", "deep-linear", "root.csv", "--label", "y", "--widths", "2", "--decay", "1"), "sqrt(2)"
    )
    Path("bare.json").write_text("[[1, 2], [3, 4]]")
    assert_refused(
        fullrank("landscape", "deep-linear", "bare.json", "--widths", "2", "--decay", "1"),
        "0 label columns",
        "choose one",
    )


def test_the_group_lists_the_landscapes_that_are_there(fullrank: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(group.SUBCOMMANDS, "missing", "verify.cli.landscape_missing")
    ran = fullrank("landscape", "--help")
    assert ran.status == 0
    assert "deep-linear" in ran.out
    assert "missing" not in ran.out
    assert_refused(fullrank("landscape", "missing"), "'missing'", "deep-linear")
