"""The README: what it shows is what happens."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ROOT, Command

from verify.activations import names

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"^```console\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
SHELL = re.findall(r"^```sh\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def steps() -> list[tuple[str, str]]:
    """The commands of all console blocks in their order, each with the output that is shown."""
    found: list[tuple[str, str]] = []
    for block in CONSOLE:
        for step in block.removeprefix("$ ").split("\n$ "):
            command, _, shown = step.partition("\n")
            found.append((command, shown.rstrip("\n")))
    return found


def test_every_command_prints_what_is_shown(fullrank: Command, tmp_path: Path) -> None:
    assert len(steps()) >= 4
    for command, shown in steps():
        program, *arguments = shlex.split(command)
        last_line_only = arguments[-3:] == ["|", "tail", "-1"]
        if program == "fullrank":
            ran = fullrank(*(arguments[:-3] if last_line_only else arguments))
            assert (ran.status, ran.err) == (0, ""), command
            out = ran.out
        else:
            assert [program, *arguments[:3]] == ["python3", "-I", "-S", "verify/check"]
            checker = [sys.executable, "-I", "-S", str(ROOT / "verify" / "check"), *arguments[3:]]
            out = subprocess.run(checker, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
        lines = out.splitlines()
        assert "\n".join(lines[-1:] if last_line_only else lines) == shown, command


def test_the_python_examples_run() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert README.count(">>> ") == "".join(blocks).count(">>> ") > 0
    report: list[str] = []
    test = doctest.DocTestParser().get_doctest("".join(blocks), {}, "README.md", "README.md", 0)
    assert doctest.DocTestRunner(verbose=False).run(test, out=report.append).failed == 0, "".join(report)


def test_the_two_commands_make_an_environment_each_and_the_first_one_runs(fullrank: Command) -> None:
    (first,), (second,) = (block.splitlines() for block in SHELL)
    pattern = r"python3 -m venv (\S+) && \1/bin/pip install (.+?) && \1/bin/(.+)"
    matches = [re.fullmatch(pattern, command) for command in (first, second)]
    assert all(matches)
    assert [match.group(2) for match in matches if match] == [".", '-e ".[test]"']
    program, *arguments = shlex.split(str(matches[0] and matches[0].group(3)))
    assert program == "fullrank"
    assert shlex.join([program, *arguments]) in [command for command, _ in steps()]
    assert matches[1] is not None
    assert matches[1].group(3) == "pytest -n 2"


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", README))
def test_every_link_leads_to_a_file(target: str) -> None:
    assert (ROOT / target).is_file()


def test_what_it_says_of_the_project_is_so() -> None:
    assert f"{len(names())} named [activations]" in README
    assert (ROOT / ".ci" / "run").is_file()
    assert ("**empty**" in README) == (not (ROOT / "counterexamples" / "entries").exists())
