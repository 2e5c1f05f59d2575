"""Bad input: exit status 2 and one line with value, place and remedy; never a traceback. And what is not bad."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import Command, assert_refused, process

BAD_FILES = {
    "empty": ("e.csv", "", ["e.csv", "empty", "write one row"]),
    "blank": ("e.csv", "\n \n", ["e.csv", "empty"]),
    "no rows": ("e.csv", "a,b,y\n", ["e.csv", "no rows", "write one line"]),
    "ragged": ("r.csv", "a,b,y\n1,2,3\n4,5\n", ["r.csv", "row 2 (line 3)", "2 cells", "give every row 3"]),
    "text": ("t.csv", "a,b,y\n1,hello,3\n", ["t.csv", "row 1 (line 2)", "column 'b'", "'hello'", "write a number"]),
    "text label": ("t.csv", "a,y\n1,setosa\n", ["column 'y'", "'setosa'", "number the classes"]),
    "NaN": ("n.csv", "a,b,y\n1,2,3\n4,nan,6\n", ["row 2 (line 3)", "column 'b'", "nan is not finite", "remove"]),
    "infinity": ("i.csv", "a,y\n1,-inf\n", ["row 1 (line 2)", "column 'y'", "-inf is not finite"]),
    "missing value": ("m.csv", "a,y\n1,\n", ["row 1 (line 2)", "column 'y'", "empty"]),
    "division by zero": ("z.csv", "a,y\n1/0,1\n", ["row 1 (line 2)", "'1/0'", "nonzero denominator"]),
    "too many digits": ("h.csv", f"a,y\n{'1' * 10**6},1\n", ["row 1 (line 2)", "column 'a'", "1000000", "100000"]),
    "huge exponent": ("h.csv", "a,y\n1e999999999,1\n", ["'1e999999999'", "rescale"]),
    "not UTF-8": ("u.csv", b"a,y\n\xff,1\n", ["line 2", "0xff", "UTF-8"]),
    "no points": ("p.json", '{"points": [], "labels": []}', ["p.json", "no points", "at least one"]),
    "not JSON": ("p.json", '{"points": [[1]', ["p.json", "line 1", "not valid JSON"]),
    "JSON NaN": ("p.json", "[[1], [NaN]]", ["row 2, column 1", "not finite"]),
    "JSON key": ("p.json", '{"point": [[1]]}', ["'point'", "points and labels"]),
    "JSON lengths": ("p.json", '{"points": [[1]], "labels": [1, 2]}', ["2 labels for 1 points"]),
    "no gzip": ("g.csv.gz", "a,y\n1,1\n", ["g.csv.gz", "gzip"]),
    "no NumPy": ("a.npz", "PK", ["a.npz", "not a readable NumPy file"]),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused_in_one_line(fullrank: Command, case: str) -> None:
    name, content, fragments = BAD_FILES[case]
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert_refused(fullrank("decide", name, "--model", "relu"), *fragments)


GOOD = "a,b,y\n1,2,3\n2,4,7\n"
BAD_ARGUMENTS = {
    "no such file": (["nowhere.csv", "--model", "relu"], ["nowhere.csv", "no such file", "check the name"]),
    "a folder": ([".", "--model", "relu"], ["directory"]),
    "no such set": (["bundled:irs", "--model", "relu"], ["'irs'", "did you mean 'iris'"]),
    "no such label": (["good.csv", "--label", "Y", "--model", "relu"], ["good.csv", "'Y'", "did you mean", "'y'"]),
    "no such column": (["good.csv", "--label", "3", "--model", "relu"], ["label column 3", "0 to 2"]),
    "label twice": (["good.csv", "--label", "y", "--label", "2", "--model", "relu"], ["twice"]),
    "all labels": (["good.csv", "--label", "0", "--label", "1", "--label", "2", "--model", "relu"], ["leave at least"]),
    "no such bundled label": (["bundled:iris", "--label", "petal", "--model", "relu"], ["'petal'", "petal_width"]),
    "activation": (["good.csv", "--model", "rleu"], ["'rleu'", "did you mean relu"]),
    "unlike any activation": (["good.csv", "--model", "xyzzy"], ["'xyzzy'", "fullrank activations"]),
    "modifier": (["good.csv", "--model", "relu+biass"], ["relu+biass", "'biass'", "did you mean 'bias'"]),
    "layers": (["good.csv", "--model", "relu+layers=two"], ["layers='two'", "whole number"]),
    "slope": (["good.csv", "--model", "leaky_relu(fast)"], ["'fast'", "not a number"]),
    "parameter": (["good.csv", "--model", "tanh(1/2)"], ["tanh", "one too many", "its parameters: none"]),
    "empty model": (["good.csv", "--model", ""], ["model", "relu"]),
    "no model": (["good.csv"], ["--model", "fullrank decide --help"]),
    "option": (["good.csv", "--model", "relu", "--widht", "3"], ["--widht", "fullrank decide --help"]),
    "two files": (["good.csv", "other.csv", "--model", "relu"], ["other.csv", "fullrank decide --help"]),
}


@pytest.mark.parametrize("case", BAD_ARGUMENTS)
def test_a_bad_argument_is_refused_in_one_line(fullrank: Command, case: str) -> None:
    arguments, fragments = BAD_ARGUMENTS[case]
    Path("good.csv").write_text(GOOD)
    assert_refused(fullrank("decide", *arguments), *fragments)


def test_an_unknown_command_is_refused_in_one_line(fullrank: Command) -> None:
    assert_refused(fullrank("decid", "bundled:iris"), "'decid'", "decide, check, activations", "fullrank --help")


def test_without_a_command_the_help_is_shown(fullrank: Command) -> None:
    ran = fullrank()
    assert ran.status == 2
    assert "fullrank decide bundled:parity3 --model relu" in ran.err
    assert "Traceback" not in ran.err


def test_a_process_refuses_bad_input_too(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,y\n1,x\n")
    assert_refused(process("decide", "t.csv", "--model", "relu", cwd=tmp_path), "t.csv", "row 1 (line 2)", "'x'")
    assert_refused(process("decide", "t.csv", "--model", "rleu", cwd=tmp_path), "did you mean relu")


def test_what_looks_odd_but_is_well_put_gets_its_verdict(fullrank: Command) -> None:
    def outcome(text: str, model: str = "relu") -> str:
        Path("odd.csv").write_text(text)
        ran = fullrank("decide", "odd.csv", "--model", model, "--json")
        assert (ran.status, ran.err) == (0, "")
        return str(json.loads(ran.out)["outcome"])

    ten = "1" + "0" * 5000  # more digits than int() converts
    assert outcome(f"a,y\n{ten},1\n2{ten[1:]},2\n") == "interpolates"
    assert outcome(f"a,y\n{ten},1\n2{ten[1:-1]}1,2\n") == "cannot_interpolate"
    assert outcome("a,y\n5e-324,1\n1e-323,2\n") == "interpolates"
    assert outcome("a,y\n5e-324,1\n1e-323,3\n") == "cannot_interpolate"
    assert outcome("a,b,y\n1,2,5\n1,2,5\n", "sin_cos+bias") == "interpolates"
    assert outcome("a,b,y\n1,2,5\n1,2,6\n", "sin_cos+bias") == "cannot_interpolate"
    assert outcome("a,y\n0,1\n") == "cannot_interpolate"
    assert outcome("a,y\n0,1\n", "relu+output_bias") == "interpolates"


def test_binary_denormals_keep_their_ratio(fullrank: Command) -> None:
    for third, outcome in ((15e-324, "interpolates"), (20e-324, "cannot_interpolate")):
        np.savez("tiny.npz", X=np.array([[5e-324], [third]]), y=np.array([1, 3]))
        assert json.loads(fullrank("decide", "tiny.npz", "--model", "relu", "--json").out)["outcome"] == outcome


def test_points_without_coordinates(fullrank: Command) -> None:
    Path("d0.json").write_text('{"points": [[], []], "labels": [1, 1]}')
    zero = json.loads(fullrank("decide", "d0.json", "--model", "relu", "--json").out)
    assert (zero["dimension"], zero["rank"], zero["least_mse"]) == (0, 0, "1")
    assert json.loads(fullrank("decide", "d0.json", "--model", "relu+bias", "--json").out)["least_mse"] == "0"


def test_what_a_terminal_would_obey_is_shown_instead(fullrank: Command) -> None:
    Path("esc.csv").write_text("a,\x1b[31mred\n1,2\n0,1\n")
    ran = fullrank("decide", "esc.csv", "--label", "1", "--model", "relu")
    assert ran.out.splitlines()[0] == r"CANNOT INTERPOLATE these labels (label column \x1b[31mred)"
    assert "\x1b" not in ran.out
    assert "\x1b" not in fullrank("decide", "esc\x1b.csv", "--model", "relu").err
