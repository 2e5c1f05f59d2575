"""`fullrank width` on the command line."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from command_line import Command, assert_refused

import verify
from verify.width import full_rank, width_report


def test_the_report_in_json(fullrank: Command) -> None:
    ran = fullrank("width", "bundled:hexagon", "--model", "relu+bias", "--draws", "60", "--failure", "1/20", "--json")
    found = json.loads(ran.out)
    assert (ran.status, ran.err, ran.out.count("\n")) == (0, "", 1)
    assert (found["rank"], found["nullity"], found["necessary_width"], found["almost_sure_width"]) == (6, 0, 5, None)
    assert (found["failure"], found["measured"]["draws"], found["measured"]["width"]) == ("1/20", 60, 5)
    assert found["chernoff"]["law"] == "sphere"
    assert (
        6 <= Fraction(found["chernoff"]["supremum"]) < Fraction(6001, 1000)
    )  # X^T X = [[4, 2, 0], [2, 4, 0], [0, 0, 6]]
    low, high = found["measured"]["full_rank_probability"]
    assert low < found["measured"]["full_rank_draws"] / 60 < high
    again = fullrank("width", "bundled:hexagon", "--model", "relu+bias", "--draws", "60", "--failure", "1/20", "--json")
    assert again.out == ran.out


def test_the_report_in_words(fullrank: Command) -> None:
    lines = fullrank("width", "bundled:parity3", "--model", "relu", "--draws", "50").out.splitlines()
    assert lines[1] == "Rank 7, nullity 1 (over all widths); 0 dimensions need no unit."
    assert lines[2].startswith("Necessary, proved: width 7 ")
    assert "exactly singular (nullity 1)" in lines[4]
    assert lines[5].startswith("Measured, exact ranks: ")
    lines = fullrank("width", "bundled:parity3", "--model", "sin_cos", "--draws", "0").out.splitlines()
    assert lines[3] == "Almost sure, proved: width 8; sin_cos is analytic (entire)."
    assert lines[4].startswith("Matrix Chernoff, proved: width ")
    assert lines[-1] == "Measured: nothing; no draws were asked for."


def test_unknown_is_a_status_of_its_own(fullrank: Command) -> None:
    ran = fullrank("width", "bundled:parity3", "--model", "square+layers=2")
    assert (ran.status, ran.err) == (3, "")
    assert ran.out.startswith("UNKNOWN: ")
    assert "unknown" in json.loads(fullrank("width", "bundled:parity3", "--model", "square+layers=2", "--json").out)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--failure", "0"], "failure="),
        (["--failure", "two"], "--failure"),
        (["--draws", "-1"], "whole numbers"),
        (["--model", "relu+ntk"], "has no width"),
        (["--model", "relu+layers=2"], "layers=1"),
        (["--model", "rleu"], "relu"),
        (["--label", "label", "--no-label"], "--no-label"),
    ],
)
def test_bad_input_is_refused_in_one_line(fullrank: Command, arguments: list[str], words: str) -> None:
    model = [] if "--model" in arguments else ["--model", "relu"]
    assert_refused(fullrank("width", "bundled:hexagon", *model, *arguments), words)


def test_a_file_without_points_is_refused(fullrank: Command) -> None:
    Path("no.csv").write_text("")
    assert_refused(fullrank("width", "no.csv", "--model", "relu"), "no.csv")


def test_an_interrupt_shows_what_was_drawn(fullrank: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    real = full_rank._Search.block
    calls = []

    def block(self: full_rank._Search, seeds: list[object]) -> object:
        calls.append(len(seeds))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(self, seeds)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(full_rank._Search, "block", block)
    ran = fullrank("width", "bundled:hexagon", "--model", "relu", "--draws", "2000", "--json")
    assert ran.status == 130
    assert ran.err == "fullrank: interrupted; what was drawn is shown\n"
    assert json.loads(ran.out)["measured"]["draws"] == calls[0]
    assert json.loads(ran.out)["measured"]["interrupted"] is True


def test_an_interrupt_while_deficiencies_are_confirmed_keeps_what_is_proved(
    fullrank: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = json.loads(fullrank("width", "bundled:hexagon", "--model", "relu", "--json").out)["measured"]

    def stop(self: full_rank._Search, seed: object, units: int) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(full_rank._Search, "is_full", stop)
    ran = fullrank("width", "bundled:hexagon", "--model", "relu", "--json")
    found = json.loads(ran.out)["measured"]
    assert ran.status == 130
    assert (found["draws"], found["full_rank_draws"]) == (1000, None)
    assert found["full_rank_proved"] == whole["full_rank_draws"]
    assert found["full_rank_probability"] == [whole["full_rank_probability"][0], 1.0]
    assert found["threshold"] == [5, whole["threshold"][1]]
    assert "at least" in fullrank("width", "bundled:hexagon", "--model", "relu").out


def test_bounds_are_printed_rounded_outward(fullrank: Command) -> None:
    printed = fullrank("width", "bundled:parity3", "--model", "relu+bias", "--draws", "0").out
    bounds = width_report(verify.load_dataset("parity3"), "relu+bias", draws=0).bounds
    assert bounds is not None
    least = Fraction(re.findall(r"lambda_min >= (\S+)\)", printed)[0])
    supremum, whitened = (Fraction(re.findall(f"{name} <= ([0-9.E+-]+[0-9])", printed)[0]) for name in (" R", "R'"))
    assert least <= bounds.least_eigenvalue
    assert supremum >= bounds.supremum
    assert whitened >= bounds.whitened_supremum


def test_a_bound_beyond_float64_is_null_and_so_is_a_kernel(fullrank: Command, tmp_path: Path) -> None:
    """R/lambda of two points that are 1e-160 apart, an OverflowError before; and squared lengths of 1e600."""
    close, far = tmp_path / "close.csv", tmp_path / "far.csv"
    close.write_text("x,z\n0,0\n1e-160,0\n")
    far.write_text("x,z\n1e300,0\n0,1e300\n")
    ran = fullrank("width", str(close), "--model", "sin_cos", "--no-label", "--json")
    chernoff = json.loads(ran.out)["chernoff"]
    assert ran.status == 0
    assert chernoff["whitened_supremum_upper_bound"] is None
    assert chernoff["width"] > 10**300
    assert fullrank("width", str(close), "--model", "sin_cos", "--no-label").status == 0
    found = json.loads(fullrank("width", str(far), "--model", "sin_cos", "--no-label", "--json").out)
    assert found["chernoff"] is None
    assert "range of float64" in found["chernoff_reason"]
    assert (found["necessary_width"], found["almost_sure_width"]) == (2, 2)


def test_irrational_labels_do_not_matter(fullrank: Command, tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("x,y\n1,sqrt(2)\n-1,0\n")
    assert json.loads(fullrank("width", str(file), "--model", "relu", "--json").out)["rank"] == 2
