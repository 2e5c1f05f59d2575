"""`fullrank spectrum`: what it prints, writes, and refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_line import Command, assert_refused


def test_a_singular_kernel_is_said_to_be_singular(fullrank: Command) -> None:
    ran = fullrank("spectrum", "bundled:hexagon", "--model", "relu", "--digits", "50")
    assert ran.status == 0
    assert ran.err == ""
    assert ran.out.startswith(
        "SPECTRUM of relu on 6 points (arb, 50 digits, closed form)\nExactly singular: antipodal pairs"
    )
    assert "Of 6 eigenvalues: 1 exactly zero, 5 certainly positive." in ran.out
    assert "1.50000000000000000000000000000000000000000" in ran.out
    assert "e-1" not in ran.out.lower().replace("eigenvalue", "")
    assert "Condition number: none." in ran.out


def test_json_has_what_programs_need(fullrank: Command) -> None:
    summary = json.loads(fullrank("spectrum", "bundled:hexagon", "--model", "exp", "--json").out)
    assert summary["exact_nullity"] == 0
    assert summary["eigenvalues"] == sorted(summary["eigenvalues"], reverse=True)
    low, high = summary["certified_lambda_min"]
    assert 0 < low <= summary["eigenvalues"][-1] * (1 + 1e-9)
    assert high >= low
    assert summary["condition"] == pytest.approx(summary["eigenvalues"][0] / summary["eigenvalues"][-1])
    singular = json.loads(fullrank("spectrum", "bundled:ray_pair", "--model", "relu", "--json").out)
    assert singular["certified_lambda_min"] == [0.0, 0.0]
    assert singular["condition"] is None
    assert singular["eigenvalues"][-1] == 0.0
    assert singular["states"][-1] == "exactly zero"


def test_files_and_their_labels(fullrank: Command) -> None:
    Path("data.csv").write_text("a,b,y\n1,2,7\n3,4,8\n1,2,7\n")
    repeated = json.loads(fullrank("spectrum", "data.csv", "--model", "exp", "--json").out)
    assert (repeated["points"], repeated["dimension"], repeated["exact_nullity"]) == (3, 2, 1)
    distinct = json.loads(fullrank("spectrum", "data.csv", "--model", "exp", "--json", "--distinct").out)
    assert (distinct["points"], distinct["exact_nullity"]) == (2, 0)
    assert "1 repeated points were left out" in distinct["notes"]
    unlabelled = json.loads(fullrank("spectrum", "data.csv", "--no-label", "--model", "sin", "--json").out)
    assert unlabelled["dimension"] == 3
    Path("one.json").write_text('{"points": [[0, 0]]}')
    one = json.loads(fullrank("spectrum", "one.json", "--model", "relu", "--json").out)
    assert (one["eigenvalues"], one["states"], one["exact_nullity"]) == ([0.0], ["exactly zero"], 1)


def test_a_plot_is_written_whole_and_the_same_every_time(fullrank: Command) -> None:
    for name in ("a.svg", "b.svg"):
        ran = fullrank("spectrum", "bundled:hexagon", "--model", "relu", "--plot", name)
        assert f"Wrote {name} (plot)." in ran.out
    text = Path("a.svg").read_text(encoding="utf-8")
    assert "</svg>" in text
    assert "relu, 1 exactly 0" in text
    assert text == Path("b.svg").read_text(encoding="utf-8")


def test_what_is_refused(fullrank: Command) -> None:
    Path("data.csv").write_text("a,y\n60,7\n")
    for arguments, fragments in (
        (("data.csv", "--model", "exp"), ("points 0 and 0", "scale the data")),
        (("data.csv", "--model", "gelu_tanh", "--arithmetic", "arb"), ("gelu_tanh", "closed form", "mpmath")),
        (("data.csv", "--model", "reglu+ntk"), ("gated", "not covered")),
        (("data.csv", "--model", "nonsense"), ("nonsense",)),
        (("data.csv", "--model", "relu", "--plot", "x.txt"), ("x.txt", ".svg")),
        (("data.csv", "--model", "relu", "--plot", "nowhere/x.svg"), ("nowhere",)),
        (("missing.csv", "--model", "relu"), ("missing.csv",)),
        (("data.csv", "--model", "relu", "--digits", "0"), ("digits",)),
        (("data.csv", "--model", "relu", "--digits", "20", "--arithmetic", "float64"), ("15 digits",)),
        (("data.csv", "--model", "relu", "--no-label", "--label", "y"), ("--no-label",)),
    ):
        assert_refused(fullrank("spectrum", *arguments), *fragments)
    assert not Path("x.txt").exists()


def test_what_holds_for_certain_is_printed_rounded_outward(fullrank: Command) -> None:
    """To six digits, to nearest, the least eigenvalue need not be between the two numbers."""
    found = json.loads(fullrank("spectrum", "bundled:parity3", "--model", "relu+hidden_bias", "--json").out)
    printed = fullrank("spectrum", "bundled:parity3", "--model", "relu+hidden_bias").out
    low, high = re.findall(r"between (\S+) and (\S+), for certain", printed)[0]
    assert float(low) <= found["certified_lambda_min"][0] <= found["certified_lambda_min"][1] <= float(high)
