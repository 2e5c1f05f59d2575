"""What is imported when: cheap commands stay cheap, and the checker stands alone."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import verify

PACKAGE = Path(verify.__file__).parent
HEAVY = {"flint", "hypothesis", "mpmath", "numpy", "pyarrow", "rich", "scipy", "sympy"}
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
RUN = "import json, sys; from verify.cli import main; status = main(json.loads(sys.argv[1])); assert status == {status}"


def loaded_after(code: str, *arguments: str) -> set[str]:
    """The top-level names of the modules that are loaded after `code` ran in a fresh interpreter."""
    report = "; import sys; sys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code + report, *arguments], capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    return {name.partition(".")[0] for name in done.stderr.split()}


def test_importing_verify_loads_nothing_heavy_and_not_even_click() -> None:
    loaded = loaded_after("import verify")
    assert "verify" in loaded
    assert not loaded & {*HEAVY, "click", "json", "fractions"}


def test_a_public_name_loads_its_own_room_only() -> None:
    assert not loaded_after("import verify; verify.Model('relu', hidden_bias=True); verify.Profile") & HEAVY
    assert loaded_after("import verify; verify.Dataset") & HEAVY == {"numpy"}


def test_every_public_name_can_be_imported() -> None:
    for name in verify.__all__:
        assert getattr(verify, name).__name__ == name
        assert name in dir(verify)
    with pytest.raises(AttributeError, match="no attribute 'verdict_'"):
        _ = verify.verdict_


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["decide", "--help"], ["check", "--help"], ["activations", "--json"]]
)
def test_a_command_that_computes_nothing_loads_nothing_heavy(arguments: list[str]) -> None:
    loaded = loaded_after(RUN.format(status=0), json.dumps(arguments))
    assert "click" in loaded
    assert not loaded & HEAVY


def test_check_loads_nothing_heavy(tmp_path: Path) -> None:
    path = verify.decide([[1, 2], [2, 4]], "relu", labels=[1, 1]).write_certificate(tmp_path / "pair.json")
    assert not loaded_after(RUN.format(status=0), json.dumps(["check", str(path)])) & HEAVY


def test_a_verdict_needs_numpy_and_flint_and_plain_output_no_rich() -> None:
    arguments = ["decide", "bundled:iris", "--model", "relu+bias"]
    assert loaded_after(RUN.format(status=0), json.dumps(arguments)) & HEAVY == {"numpy", "flint"}


def imported_by(path: Path) -> set[str]:
    """The modules that a file names in its import statements, those inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


def test_the_checker_imports_the_standard_library_alone() -> None:
    files = {path.name: imported_by(path) for path in (PACKAGE / "check").glob("*.py")}
    assert set(files) == {"__init__.py", "__main__.py", "checker.py"}
    outside = {name.partition(".")[0] for name in files["checker.py"]}
    assert not outside - set(sys.stdlib_module_names)
    assert files["__init__.py"] | files["__main__.py"] <= {"gc", "importlib", ".checker"}


def test_the_checker_runs_alone_and_loads_nothing_else_of_this_project(tmp_path: Path) -> None:
    certificate = verify.decide([[1, 2], [2, 4]], "relu", labels=[1, 1]).certificate()
    (tmp_path / "pair.json").write_text(json.dumps(certificate))
    runner = (
        "import runpy, sys; sys.argv = ['check', 'pair.json']\n"
        f"try: runpy.run_path({str(PACKAGE / 'check')!r}, run_name='__main__')\n"
        "except SystemExit as end: print(end.code)\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", runner], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    verdict, status, modules = done.stdout.splitlines()
    assert verdict.startswith("accepted: ")
    assert status == "0"
    assert {name.partition(".")[0] for name in modules.split()} - set(sys.stdlib_module_names) == {
        "__main__",
        "checker",
    }


def test_no_module_imports_the_search_and_only_two_import_flint() -> None:
    users = {"flint": set(), "counterexamples": set()}
    for path in PACKAGE.rglob("*.py"):
        for name in imported_by(path):
            users.get(name.partition(".")[0], set()).add(path.relative_to(PACKAGE).as_posix())
    assert users == {"flint": {"flint_backend.py", "flint_eigenvalues.py"}, "counterexamples": set()}
