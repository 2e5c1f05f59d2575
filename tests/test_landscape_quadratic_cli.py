"""`fullrank landscape quadratic`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import Command, assert_refused

RUN = ("landscape", "quadratic")


def test_the_text(fullrank: Command) -> None:
    ran = fullrank(*RUN, "--teacher", "1,1/2,1/4", "--dimension", "5", "--width", "2")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("LEAST LOSS 5/128 = 0.0390625\n")
    assert "Eigenvalues of the best W W^T: 17/16, 9/16." in ran.out
    assert "exp(-1 t)" in ran.out  # 4 (1/2 - 1/4)


def test_the_json(fullrank: Command) -> None:
    ran = fullrank(*RUN, "--teacher", "2,1", "--width", "1", "--times", "0,5", "--json")
    report = json.loads(ran.out)
    assert report["least_loss"] == "2/3"  # 1/2 (1 + 1/3)
    assert report["best_eigenvalues"] == ["7/3"]
    assert report["critical_types"] == 3
    assert [p["loss"] for p in report["critical_points"]] == ["2/3", "8/3", "19/4"]
    assert report["critical_points"][1]["curvature"] == "-2"
    assert report["rate"] == {"exponent": "4", "constant_over_t_squared": None}
    assert [point["time"] for point in report["curve"]] == [0.0, 5.0]
    assert report["curve"][1]["loss"] == pytest.approx(2 / 3, abs=1e-4)


def test_an_irrational_matrix_is_enclosed(fullrank: Command) -> None:
    Path("t.csv").write_text("2,1\n1,1\n")
    report = json.loads(fullrank(*RUN, "t.csv", "--width", "1", "--json").out)
    low, high = report["least_loss"]
    assert low != high
    assert report["rate"]["constant_over_t_squared"] is None
    assert report["critical_points"][-1]["loss"] == "23/4"  # W = 0: 1/2 7 + 1/4 9
    assert "(enclosed)" in fullrank(*RUN, "t.csv", "--width", "1").out


@pytest.mark.parametrize("name", ["t.json", "t.npy"])
def test_other_files(fullrank: Command, name: str) -> None:
    if name == "t.json":
        Path(name).write_text("[[2, 0], [0, 1]]")
    else:
        np.save(name, np.array([[2.0, 0], [0, 1]]))
    ran = fullrank(*RUN, name, "--width", "2")
    assert ran.out.startswith("LEAST LOSS 0\n")


def test_numbers_beyond_float64_are_shown(fullrank: Command) -> None:
    ran = fullrank(*RUN, "--teacher", "1e400,1e-400", "--width", "1")
    assert (ran.status, ran.err) == (0, "")
    assert "LEAST LOSS 6.66666666667e-801 (exactly a rational of 803 characters)\n" in ran.out
    assert "Eigenvalues of the best W W^T: 1e+400.\n" in ran.out
    assert "like exp(-4e+400 t).\n" in ran.out


def test_too_many_kinds_are_counted(fullrank: Command) -> None:
    eigenvalues = ",".join(str(k) for k in range(1, 31))
    report = json.loads(fullrank(*RUN, "--teacher", eigenvalues, "--width", "15", "--json").out)
    assert report["critical_points"] is None
    assert report["critical_types"] == 2**29 + 77558760  # half of 2^30 and half of the middle term (30 choose 15)/2


@pytest.mark.parametrize("name", ["curve.svg", "curve.png"])
def test_a_plot(fullrank: Command, name: str) -> None:
    ran = fullrank(*RUN, "--teacher", "2,1", "--width", "1", "--times", "0,1,2", "--plot", name)
    assert ran.status == 0
    assert f"Wrote {name}" in ran.out
    assert Path(name).stat().st_size > 1000


BAD = {
    "width 0": (["--teacher", "1", "--width", "0"], ["width 0", "at least one neuron"]),
    "negative": (["--teacher", "1,-2", "--width", "1"], ["eigenvalue 2", "-2", "positive semidefinite"]),
    "rank": (["--teacher", "1,2,3", "--dimension", "2", "--width", "1"], ["3 eigenvalues in dimension 2"]),
    "NaN": (["--teacher", "nan", "--width", "1"], ["eigenvalue 1", "nan"]),
    "text": (["--teacher", "a", "--width", "1"], ["'a' is not a number"]),
    "negative time": (["--teacher", "1", "--width", "1", "--times", "0,-1"], ["negative"]),
    "infinite time": (["--teacher", "1", "--width", "1", "--times", "inf"], ["not finite"]),
    "time": (["--teacher", "1", "--width", "1", "--times", "soon"], ["'soon'", "--times 0,1,10"]),
    "indefinite": (["indefinite.csv", "--width", "1"], ["indefinite.csv", "v = (-2, 1)", "v^T Z v = -3 < 0"]),
    "not square": (["wide.csv", "--width", "1"], ["wide.csv", "square"]),
    "not symmetric": (["skew.csv", "--width", "1"], ["skew.csv", "not symmetric", "(2, 1)"]),
    "irrational": (["root.csv", "--width", "1"], ["root.csv", "row 1", "irrational"]),
    "no file": (["nowhere.csv", "--width", "1"], ["nowhere.csv", "no such file"]),
    "no teacher": (["--width", "1"], ["give the teacher once"]),
    "two teachers": (["skew.csv", "--teacher", "1", "--width", "1"], ["give the teacher once"]),
    "dimension": (["skew.csv", "--dimension", "2", "--width", "1"], ["--dimension belongs to --teacher"]),
    "plot alone": (["--teacher", "1", "--width", "1", "--plot", "a.svg"], ["--times"]),
    "plot name": (["--teacher", "1", "--width", "1", "--times", "0,1", "--plot", "a.txt"], [".svg or .png"]),
    "large simulation": (["--teacher", "1", "--dimension", "3000", "--width", "1", "--times", "1"], ["at most 2000"]),
    "late": (["--teacher", "1", "--width", "1", "--times", "1e300"], ["left the range of float64; use", "earlier"]),
    "large eigenvalue": (["--teacher", "1e400", "--width", "1", "--times", "1"], ["too large for float64"]),
    "large dimension": (["--teacher", "1", "--dimension", "9999999", "--width", "1"], ["at most 1000000"]),
    "subcommand": (None, ["there is no landscape 'quadratc'"]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_one_line(fullrank: Command, case: str) -> None:
    Path("indefinite.csv").write_text("1,2\n2,1\n")
    Path("wide.csv").write_text("1,2\n")
    Path("skew.csv").write_text("1,2\n3,9\n")
    Path("root.csv").write_text("sqrt(2)\n")
    arguments, fragments = BAD[case]
    ran = fullrank("landscape", "quadratc") if arguments is None else fullrank(*RUN, *arguments)
    assert_refused(ran, *fragments)
