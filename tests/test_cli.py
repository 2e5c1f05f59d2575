"""The command line: verdicts, the data argument, and the commands that need no data."""

from __future__ import annotations

import csv
import json
import re
import shlex
from collections import defaultdict
from fractions import Fraction
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from command_line import ROOT, Command, Ran, assert_refused

from verify.activations import ALIASES, groups, names
from verify.data import bundled, readers

# --- verdicts ---------------------------------------------------------------------------------------------------------


def test_a_verdict_in_words(fullrank: Command) -> None:
    ran = fullrank("decide", "bundled:ray_pair", "--model", "relu")
    assert ran == Ran(
        0,
        "CANNOT INTERPOLATE these labels (label column label)\n"
        "Model: bias-free network with 1 hidden layer of relu units (relu), any width. "
        "Data: 2 points in dimension 2.\n"
        "It can NOT interpolate these labels, with any weights and any training: "
        "points 0 and 1 lie on one ray (x1 = 2 x0), so f(x1) = 2 f(x0).\n"
        "Rank 1, nullity 1 (over all widths and all weights).\n"
        "Every such network f satisfies 2 f(x0) - f(x1) = 0.\n"
        "The labels give 1 instead of 0.\n"
        "Least mean squared error of any width: 1/10 (about 0.1).\n"
        "Coordinates: x0, x1.\n",
        "",
    )


@pytest.mark.parametrize(
    ("arguments", "first_line", "status"),
    [
        (["bundled:parity3", "--model", "relu"], "CANNOT INTERPOLATE these labels (label column label)", 0),
        (["bundled:parity3", "--model", "relu+bias"], "INTERPOLATES these labels (label column label)", 0),
        (["bundled:parity3", "--model", "sin", "--every-labelling"], "CANNOT INTERPOLATE every labelling", 0),
        (["bundled:parity3", "--model", "exp", "--every-labelling"], "INTERPOLATES every labelling", 0),
        (["bundled:parity3", "--model", "square+layers=2"], "UNKNOWN", 3),
    ],
)
def test_the_first_line_says_the_outcome(fullrank: Command, arguments: list[str], first_line: str, status: int) -> None:
    ran = fullrank("decide", *arguments)
    assert ran.out.splitlines()[0] == first_line
    assert (ran.status, ran.err) == (status, "")


def test_json_is_one_object_with_these_keys(fullrank: Command) -> None:
    ran = fullrank("decide", "bundled:parity3", "--model", "relu", "--json")
    found = json.loads(ran.out)
    assert ran.out.count("\n") == 1
    # four antipodal pairs in three dimensions: one equation between 8 values, which the labels +-1 violate by 8, so
    # the residual has the length 8 / sqrt(8) and its square is all of ||y||^2 = 8
    assert found == {
        "outcome": "cannot_interpolate",
        "question": "these labels",
        "points": 8,
        "dimension": 3,
        "outputs": 1,
        "model": "relu",
        "hidden_weights": "all",
        "rank": 7,
        "nullity": 1,
        "least_mse": "1",
        "reason": found["reason"],
        "annihilating_vector": {"0": "1", "1": "-1", "2": "-1", "3": "1", "4": "-1", "5": "1", "6": "1", "7": "-1"},
        "coordinates": ["x0", "x1", "x2"],
        "labels": ["label"],
    }
    assert found["reason"].startswith("antipodal pairs (0, 7), (1, 6), (2, 5), (3, 4)")


def test_json_without_labels_and_of_unknown_has_nulls(fullrank: Command) -> None:
    every = json.loads(fullrank("decide", "bundled:parity3", "--every-labelling", "--model", "exp", "--json").out)
    assert (every["question"], every["least_mse"], every["labels"]) == ("every labelling", None, [])
    assert every["rank"] == every["points"] == 8
    ran = fullrank("decide", "bundled:parity3", "--model", "relu+gated+layers=2", "--json")
    unknown = json.loads(ran.out)
    assert ran.status == 3
    assert unknown["outcome"] == "unknown"
    assert {unknown[key] for key in ("rank", "nullity", "least_mse", "annihilating_vector")} == {None}
    assert unknown["reason"]


def test_several_label_columns_have_a_verdict_each(fullrank: Command) -> None:
    Path("two.csv").write_text("a,b,u,v\n1,2,1,1\n2,4,1,2\n")
    found = json.loads(fullrank("decide", "two.csv", "--label", "u", "--label", "3", "--model", "relu", "--json").out)
    assert found["labels"] == ["u", "v"]
    assert found["least_mse"] == "1/20"
    assert [(one["label"], one["outcome"], one["least_mse"]) for one in found["per_output"]] == [
        ("u", "cannot_interpolate", "1/10"),
        ("v", "interpolates", "0"),
    ]


def test_the_least_loss_on_petal_widths_is_the_variance_within_equal_flowers(fullrank: Command) -> None:
    groups_of: dict[tuple[str, ...], list[Fraction]] = defaultdict(list)
    with resources.files("verify.data").joinpath("sets", "iris.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            width = Fraction(row.pop("petal_width"))
            groups_of[tuple(row.values())].append(width)
    n = sum(map(len, groups_of.values()))
    spread = sum(sum((w - sum(ws) / len(ws)) ** 2 for w in ws) for ws in groups_of.values())
    ran = fullrank("decide", "bundled:iris", "--label", "petal_width", "--model", "relu+bias", "--json")
    found = json.loads(ran.out)
    assert found["dimension"] == 4
    assert found["rank"] == len(groups_of) < found["points"] == n
    assert Fraction(found["least_mse"]) == spread / n > 0


# --- reading the data argument ----------------------------------------------------------------------------------------


def test_a_column_called_y_is_the_label_unless_told_otherwise(fullrank: Command) -> None:
    Path("plane.csv").write_text("x,y\n1,2\n2,4\n")

    def seen(*arguments: str) -> tuple[str, int, list[str]]:
        found = json.loads(fullrank("decide", "plane.csv", "--model", "relu", "--json", *arguments).out)
        return found["question"], found["dimension"], found["labels"]

    assert seen() == ("these labels", 1, ["y"])
    assert seen("--no-label") == ("every labelling", 2, [])
    assert seen("--every-labelling") == ("every labelling", 1, [])
    assert seen("--label", "x") == ("these labels", 1, ["x"])
    assert seen("--label", "x", "--every-labelling") == ("every labelling", 1, [])
    assert seen("--label", "-2") == ("these labels", 1, ["x"])
    assert (
        "Note: the labels (y) were left out."
        in fullrank("decide", "plane.csv", "--model", "relu", "--every-labelling").out
    )


@pytest.mark.parametrize("option", ["--no-label", "--every-labelling"])
def test_labels_that_are_kept_apart_are_left_out(fullrank: Command, option: str) -> None:
    Path("pair.json").write_text('{"points": [[1, 2], [2, 4]], "labels": [1, 1]}')
    for data in ("pair.json", "bundled:ray_pair"):
        found = json.loads(fullrank("decide", data, option, "--model", "relu", "--json").out)
        assert (found["question"], found["dimension"], found["outcome"]) == (
            "every labelling",
            2,
            "cannot_interpolate",
        )


def test_no_label_contradicts_the_options_that_choose_labels(fullrank: Command) -> None:
    for other in (["--label", "x"], ["--every-labelling"]):
        assert_refused(fullrank("decide", "a.csv", "--model", "relu", "--no-label", *other), "--no-label", "leave out")


def test_floats_are_binary_fractions_or_with_decimal_what_they_look_like(fullrank: Command) -> None:
    np.save("ray.npy", np.array([[0.1, 1.0], [0.3, 3.0]]))
    arguments = ["decide", "ray.npy", "--label", "1", "--model", "relu"]
    assert 0.1 * 3 != 0.3
    assert fullrank(*arguments).out.startswith("CANNOT INTERPOLATE")
    assert fullrank(*arguments, "--binary").out.startswith("CANNOT INTERPOLATE")
    assert fullrank(*arguments, "--decimal").out.startswith("INTERPOLATES")


def test_the_format_can_be_given(fullrank: Command) -> None:
    Path("table.txt").write_text("a;y\n1;1\n2;2\n")
    assert_refused(fullrank("decide", "table.txt", "--model", "relu"), "table.txt", "format")
    assert fullrank("decide", "table.txt", "--format", "csv", "--model", "relu").status == 0
    assert_refused(fullrank("decide", "table.txt", "--format", "xls", "--model", "relu"), "'xls'", "csv")
    assert_refused(fullrank("decide", "bundled:iris", "--format", "csv", "--model", "relu"), "leave --format out")


def test_the_help_names_every_format_and_every_bundled_set(fullrank: Command) -> None:
    text = fullrank("decide", "--help").out
    assert all(f".{name}" in text for name in readers.FORMATS)
    assert all(name in text for name in bundled.names())


# --- the other commands -----------------------------------------------------------------------------------------------


def test_the_version_is_that_of_the_project(fullrank: Command) -> None:
    ran = fullrank("--version")
    (declared,) = re.findall(r'^version = "([^"]+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert (ran.status, ran.err) == (0, "")
    assert re.fullmatch(rf"fullrank {re.escape(declared)}( \(not installed\))?\n", ran.out)


def test_activations_lists_every_named_activation_once_under_what_it_can_never_fit(fullrank: Command) -> None:
    ran = fullrank("activations")
    lines = ran.out.splitlines()
    listed = [line.split()[0].partition("(")[0] for line in lines if line.startswith("  ")]
    assert sorted(listed) == sorted(names())
    assert [line.removeprefix("Can never fit: ") for line in lines if line.startswith("Can ")] == list(groups())
    found = json.loads(fullrank("activations", "--json").out)
    assert found["aliases"] == dict(ALIASES)
    assert {group["can_never_fit"]: [a["name"] for a in group["activations"]] for group in found["groups"]} == {
        sentence: [member.name for member in members] for sentence, members in groups().items()
    }
    (leaky,) = (a for group in found["groups"] for a in group["activations"] if a["name"] == "leaky_relu")
    assert leaky["parameters"] == {"slope": "1/100"}
    assert leaky["profile"] == {"even": [1], "odd": [1], "nonzero_at_zero": False}


@pytest.mark.parametrize(
    "command", [[], ["decide"], ["check"], ["activations"]], ids=lambda c: " ".join(c) or "fullrank"
)
def test_the_examples_of_the_help_run(fullrank: Command, command: list[str]) -> None:
    Path("data.csv").write_text("rooms,size,price\n2,50.5,200\n3,1/3,250\n")
    text = fullrank(*command, "--help").out
    examples = re.findall(r"^    fullrank (.+)$", text, re.MULTILINE)
    assert len(examples) >= 2
    for example in examples:
        ran = fullrank(*shlex.split(example))
        assert (ran.status, ran.err) == (0, ""), example
        assert ran.out, example
