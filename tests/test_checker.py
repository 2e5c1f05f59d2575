"""The trusted checker: the corpus, isolation, size. Mutations are in `test_checker_mutations`."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from certificate_truth import assert_true, with_new_digest

from verify.check import Result, check_file, check_text, checker, main

CORPUS = Path(__file__).parent / "certificates"
CORRECT = sorted((CORPUS / "correct").glob("*.json"))
STATUSES = {"correct": "accepted", "incorrect": "rejected", "parsing_failure": "unreadable"}
ROOM = Path(checker.__file__).parent
Json = Any


def one_line(result: Result) -> bool:
    return result.status in STATUSES.values() and result.message.isascii() and result.message.isprintable()


# --- the corpus -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", STATUSES)
def test_the_corpus_is_judged_as_expected(folder: str) -> None:
    paths = sorted((CORPUS / folder).glob("*.json"))
    assert len(paths) > 10
    results = {path.name: check_file(path) for path in paths}
    assert {name: result for name, result in results.items() if result.status != STATUSES[folder]} == {}
    assert all(one_line(result) and result.message for result in results.values())


def test_the_correct_certificates_claim_what_is_true() -> None:
    """So the corpus does not bless a mistake of the checker."""
    for path in CORRECT:
        certificate = json.loads(path.read_text(encoding="utf-8"))
        if "root" not in certificate:  # irrational points are in test_algebraic
            assert_true(certificate, path.parent)


def test_the_corpus_has_every_kind_of_claim_and_of_condition() -> None:
    certificates = [json.loads(path.read_text(encoding="utf-8")) for path in CORRECT]
    models = [certificate["model"] for certificate in certificates]
    assert {claim["kind"] for certificate in certificates for claim in certificate["claims"]} == set(checker.CLAIMS)
    for flag in ("hidden_bias", "output_bias", "skip", "gated"):
        assert {model[flag] for model in models} == {True, False}
    assert {model["regime"] for model in models} == {"trained", "ntk", "ntk_hidden"}
    assert {model["hidden_layers"] for model in models} >= {1, 2, 3}
    assert {path.stem.partition("-")[0] for path in CORRECT} >= {"field", "jumps", "tangent"}
    names = {model["activation"] for model in models}
    for _, _, _, members in checker.TABLE:  # all but some of the homogeneous ones, which differ in a degree
        assert names & {*members.split()} or len(members.split()) == 1


# --- the command: one line, three exit statuses, the standard library alone -------------------------------------------


@pytest.mark.parametrize("program", [ROOM, ROOM / "checker.py"], ids=["folder", "file"])
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("correct/hexagon-gelu-data-beside", 0),
        ("incorrect/deep-nesting", 1),
        ("incorrect/number-lone-surrogate", 1),
        ("parsing_failure/empty", 2),
        ("no-such-folder/no-such-file", 2),
    ],
)
def test_the_checker_runs_alone_in_an_empty_folder(program: Path, name: str, status: int, tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", str(program), str(CORPUS / f"{name}.json")]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == status
    assert run.stderr == ""
    assert run.stdout.endswith("\n")
    assert run.stdout.count("\n") == 1
    assert run.stdout.startswith(("accepted: ", "rejected: ", "unreadable: ")[status])
    assert list(tmp_path.iterdir()) == []


def test_the_checker_runs_as_a_module() -> None:
    path = CORPUS / "correct" / "hexagon-relu.json"
    run = subprocess.run([sys.executable, "-m", "verify.check", str(path)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, f"accepted: {check_file(path).message}\n")


def test_main_takes_its_arguments_from_the_call_or_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = CORPUS / "correct" / "hexagon-relu.json", CORPUS / "incorrect" / "no-claims.json"
    monkeypatch.setattr(sys, "argv", ["checker.py", str(good)])
    assert (main(), main([str(bad)])) == (0, 1)
    assert capsys.readouterr() == (f"accepted: {check_file(good).message}\nrejected: there is no claim\n", "")


def test_the_checker_has_under_500_lines_in_all() -> None:
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in ROOM.glob("*.py")) < 500


@pytest.mark.parametrize("arguments", [[], ["a.json", "b.json"], ["--help"], ["-"]])
def test_bad_usage_is_unreadable(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out.startswith("unreadable: usage")
    assert (out.count("\n"), err) == (1, "")


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.name)
def test_the_checker_imports_the_standard_library_alone(path: Path) -> None:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add(str(node.module).partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            assert (path.name, node.level, node.module) == ("__init__.py", 1, "checker")
    assert modules or path.name == "__init__.py"
    assert modules <= sys.stdlib_module_names


def test_the_checker_has_no_float() -> None:
    tree = ast.parse((ROOM / "checker.py").read_text(encoding="utf-8"))
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert not any(isinstance(value, float | complex) for value in constants)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & {"float", "complex", "round", "eval", "exec"}


def test_python_is_left_alone_with_its_limit_on_digits() -> None:
    before = sys.get_int_max_str_digits()
    assert check_file(CORPUS / "correct" / "thousands-of-digits.json").status == "accepted"
    assert sys.get_int_max_str_digits() == before


@pytest.mark.parametrize("path", ["", ".", "a\0b", "no\nsuch\nfile", "x" * 5000, "\ud800"])
def test_a_strange_path_is_never_accepted_and_never_raises(path: str) -> None:
    result = check_file(path)
    assert result.status == ("rejected" if {*path} & {"\0", "\ud800"} else "unreadable")  # no path of the command line
    assert one_line(result)


def test_data_beside_need_a_folder() -> None:
    path = CORPUS / "correct" / "hexagon-gelu-data-beside.json"
    assert check_text(path.read_text(encoding="utf-8")).status == "unreadable"
    assert check_text(path.read_text(encoding="utf-8"), path.parent).status == "accepted"


@pytest.mark.parametrize("error", [MemoryError("no memory"), RecursionError("too\ndeep"), ZeroDivisionError()])
def test_whatever_goes_wrong_is_a_rejection(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(checker._Certificate, "prove", fail)
    result = check_file(CORPUS / "correct" / "hexagon-relu.json")
    assert result.status == "rejected"
    assert type(error).__name__ in result.message
    assert one_line(result)


# --- sizes ------------------------------------------------------------------------------------------------------------


def small(points: list[list[str]], activation: str, claim: Json, **model: Json) -> str:
    switches = {"hidden_bias": False, "output_bias": False, "skip": False, "gated": False, "regime": "trained"}
    head = f"fullrank-data 1 {len(points)} {len(points[0])} 1"
    certificate = {
        "format": "fullrank-certificate",
        "version": 1,
        "model": {"activation": activation, "parameters": {}, "hidden_layers": 1} | switches | model,
        "data": {"sha256": "", "lines": [head, *(" ".join([*x, "1"]) for x in points)]},
        "claims": [claim],
    }
    return json.dumps(with_new_digest(certificate))


def test_a_moment_that_is_too_large_is_refused_before_it_is_made() -> None:
    def interpolates(row: int, multiplier: str) -> Json:
        return {"kind": "interpolates", "output": 0, "multipliers": {str(row): multiplier}}

    refused = Result("rejected", "a moment has more than 20000000 entries")
    assert check_text(small([["2"] * 100], "cube", interpolates(0, "1/8"))).status == "accepted"
    assert check_text(small([["2"] * 3000], "cube", interpolates(0, "1/8"))) == refused  # 4.5 thousand million
    vector = {"kind": "not_every_labelling", "vector": {"0": "1"}}
    assert check_text(small([["2"] * 3000] * 5, "square", vector)) == refused  # 4.5 million for each point
    rows = 200 * 201 // 2
    pair, beyond = (small([["2"] * 200], "silu", interpolates(row, "1"), gated=True) for row in (rows, rows + 1))
    assert (check_text(pair).status, check_text(beyond).status) == ("accepted", "rejected")


@pytest.mark.parametrize(("layers", "accepted"), [(1, True), (13, True), (14, False), (21, False), (10**17, False)])
def test_a_homogeneous_degree_that_is_too_large_is_refused(layers: int, accepted: bool) -> None:
    vector = {"0": str(Decimal(-(2 ** (2 ** min(layers, 13))))), "1": "1"}
    claim = {"kind": "not_every_labelling", "vector": vector}
    result = check_text(small([["1"], ["2"]], "relu2", claim, hidden_layers=layers))
    assert accepted == (result.status == "accepted")
    assert accepted != (result.message == "a condition has a degree beyond 10000")
