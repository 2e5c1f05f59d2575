"""`fullrank landscape regions` and `regions-map`: what is printed, what is refused, what survives an interruption."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest
from command_line import ENVIRONMENT, Command, assert_refused, process

from verify.landscapes.regions import as_pattern, jacobian_rank


def test_a_sample_of_regions(fullrank: Command) -> None:
    ran = fullrank("landscape", "regions", "bundled:hexagon", "--width", "4", "--samples", "10")
    assert ran.status == 0
    assert "Patterns of one unit: 6; 12 if the points were in general position." in ran.out
    assert "Regions: 6^4, of 2^24 patterns." in ran.out
    assert "Full rank 6: 0 of 10" in ran.out
    found = json.loads(
        fullrank("landscape", "regions", "bundled:hexagon", "--width", "4", "--samples", "10", "--json").out
    )
    assert found["patterns_per_unit"] == 6
    assert sum(found["sample"]["ranks"].values()) == 10
    assert found["sample"]["full_interval"][0] == 0


def test_one_region_with_its_proofs(fullrank: Command, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("11\n01\n")
    (tmp_path / "d.csv").write_text("a,b,y\n1,0,2\n1,1,-1\n")
    ran = fullrank("landscape", "regions", "d.csv", "--width", "2", "--pattern", "p.txt", "--json")
    assert ran.status == 0
    region = json.loads(ran.out)["region"]
    assert region["exists"]
    assert region["jacobian"]["full"]
    weights = [[Fraction(x) for x in w] for w in region["zero_loss"]["weights"]]
    for (a, b, y), active in zip(((1, 0, 2), (1, 1, -1)), ((1, 0), (1, 1)), strict=True):
        values = [w[0] * a + w[1] * b for w in weights]
        assert [int(value > 0) for value in values] == list(active)
        assert max(0, values[0]) - max(0, values[1]) == y
    points = [[Fraction(1), Fraction(0)], [Fraction(1), Fraction(1)]]
    assert jacobian_rank(points, as_pattern([[1, 1], [0, 1]])).rank == region["jacobian"]["rank"] == 2
    shown = fullrank("landscape", "regions", "d.csv", "--width", "2", "--pattern", "p.txt").out
    assert "THE REGION EXISTS" in shown
    assert "contains weights of loss zero" in shown


def test_an_empty_region_is_rejected_with_farkas_multipliers(fullrank: Command, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text("[[1, 0]]")
    (tmp_path / "d.csv").write_text("a,b\n1,2\n2,4\n")
    arguments = ("landscape", "regions", "d.csv", "--no-label", "--width", "1", "--pattern", "p.json")
    ran = fullrank(*arguments)
    assert ran.status == 1
    assert (
        "EMPTY REGION: unit 0 cannot be active at exactly these points, because 2/3 s_0 x_0 + 1/3 s_1 x_1 = 0"
        in ran.out
    )
    unit = json.loads(fullrank(*arguments, "--json").out)["region"]["units"][0]
    assert unit == {"realizable": False, "multipliers": ["2/3", "1/3"]}


def test_a_zero_loss_that_is_too_large_to_decide_is_unknown(fullrank: Command, tmp_path: Path) -> None:
    n = 60
    (tmp_path / "d.csv").write_text("a,b,y\n" + "".join(f"{k},{k * k + 1},1\n" for k in range(1, n + 1)))
    (tmp_path / "p.txt").write_text(("1" * n + "\n") * 20)
    ran = fullrank("landscape", "regions", "d.csv", "--width", "20", "--pattern", "p.txt")
    assert ran.status == 3
    assert "Zero loss: unknown" in ran.out


@pytest.mark.parametrize(
    ("pattern", "extra", "fragments"),
    [
        ("10\n", ["--width", "2"], ["1 rows of 2", "2 units on 2 points"]),
        ("12\n01\n", ["--width", "2"], ["entry 2 in row 0, column 1"]),
        ("1x\n01\n", ["--width", "2"], ["entry x"]),
        ("\n", ["--width", "2"], ["not a matrix"]),
        ("11\n", ["--width", "0"], ["the width is 0"]),
        ("11\n", ["--width", "1", "--outer", "0"], ["output weight of unit 0 is 0"]),
        ("11\n", ["--width", "1", "--outer", "1,2"], ["2 output weights for 1 units"]),
        ("11\n", ["--width", "1", "--outer", "a"], ["'a' is not a number"]),
        ("11\n", ["--width", "1", "--label", "a", "--no-label"], ["leave out --label"]),
    ],
)
def test_bad_input_is_refused_in_one_line(
    fullrank: Command, tmp_path: Path, pattern: str, extra: list[str], fragments: list[str]
) -> None:
    (tmp_path / "p.txt").write_text(pattern)
    (tmp_path / "d.csv").write_text("a,b\n1,2\n2,5\n")
    assert_refused(fullrank("landscape", "regions", "d.csv", "--pattern", "p.txt", *extra), *fragments)


def test_a_zero_point_and_irrational_points_are_refused(fullrank: Command, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("a,b\n1,2\n0,0\n")
    assert_refused(fullrank("landscape", "regions", "d.csv", "--width", "2"), "point 1 is 0", "use a bias")
    assert fullrank("landscape", "regions", "d.csv", "--width", "2", "--bias", "--samples", "2").status == 0
    assert_refused(fullrank("landscape", "regions", "bundled:decagon", "--width", "2"), "rational")
    (tmp_path / "p.json").write_text("{")
    assert_refused(
        fullrank("landscape", "regions", "d.csv", "--width", "2", "--bias", "--pattern", "p.json"), "not JSON"
    )
    assert_refused(fullrank("landscape", "regions", "d.csv", "--width", "2", "--bias", "--pattern", "q"), "cannot read")


MAP = ("landscape", "regions-map", "--experiment", "fixed-dimension", "--dimension", "2", "--trials", "5")


def test_a_map_is_shown_kept_and_taken_up_again(fullrank: Command, tmp_path: Path) -> None:
    small = (*MAP, "--sizes", "4,6", "--widths", "3,30")
    first = fullrank(*small, "-o", "map")
    assert first.status == 0
    assert "width   30 |" in first.out
    kept = json.loads((tmp_path / "map" / "map.json").read_text())
    assert [(cell["n"], cell["width"]) for cell in kept["cells"]] == [(4, 3), (4, 30), (6, 3), (6, 30)]
    assert all(cell["lower"] <= cell["fraction"] <= cell["upper"] for cell in kept["cells"])
    journal = tmp_path / "map" / "cells.jsonl"
    journal.write_text("".join(journal.read_text().splitlines(keepends=True)[:1]))
    assert fullrank(*small, "-o", "map") == first
    assert json.loads(fullrank(*small, "--json").out) == kept
    assert_refused(fullrank(*MAP, "-o", "map"), "another experiment")


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_map_keeps_its_cells_and_goes_on(workers: str, tmp_path: Path) -> None:
    arguments = [
        *MAP[:-1],
        "200",
        "--sizes",
        "40,50,60",
        "--widths",
        "60,90,120,150",
        "--workers",
        workers,
        "-o",
        "map",
    ]
    command = [sys.executable, "-m", "counterexamples", *arguments]
    journal = tmp_path / "map" / "cells.jsonl"
    with subprocess.Popen(command, cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True) as child:
        while child.poll() is None and not (journal.exists() and journal.read_bytes().count(b"\n")):
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        _, told = child.communicate(timeout=60)
    assert child.returncode == 130
    assert told == "fullrank: interrupted; finished cells are kept in map; the same command goes on\n"
    before = journal.read_text().splitlines()
    assert 1 <= len(before) < 12
    assert process(*arguments, cwd=tmp_path).status == 0
    after = journal.read_text().splitlines()
    assert after[: len(before)] == before
    assert len(after) == 12


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (["--experiment", "fixed-dimension"], "needs --dimension"),
        (["--experiment", "proportional-dimension", "--dimension", "2"], "needs --ratio"),
        (["--experiment", "proportional-dimension", "--ratio", "0"], "the ratio is 0"),
        (["--experiment", "fixed-dimension", "--dimension", "0"], "the dimension is 0"),
        (["--experiment", "fixed-dimension", "--dimension", "2", "--trials", "0"], "the number of trials is 0"),
        (["--experiment", "fixed-dimension", "--dimension", "2", "--sizes", "a"], "--sizes is 'a'"),
        (["--experiment", "fixed-dimension", "--dimension", "2", "--widths", "3,3"], "more than once"),
        (["--experiment", "fixed-dimension", "--dimension", "2", "--widths", "0"], "the width is 0"),
        (["--experiment", "fixed-dimension", "--dimension", "2", "--workers", "0"], "--workers is 0"),
        (["--experiment", "fixed-dimension", "--dimension", "2", "--seed", "-1"], "the seed is -1"),
    ],
)
def test_a_map_of_nothing_is_refused(fullrank: Command, arguments: list[str], fragment: str) -> None:
    assert_refused(fullrank("landscape", "regions-map", *arguments), fragment)
