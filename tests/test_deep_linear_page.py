"""The chapter "Deep linear networks": its figures are made by their script, and its terminal session is real."""

from __future__ import annotations

import importlib.util
import shlex
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from command_line import ROOT, Command

DOCS = ROOT / "docs"


def test_the_figures_are_made_by_the_script_and_are_small(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    spec = importlib.util.spec_from_file_location("deep_linear_figures", DOCS / "figures" / "deep_linear.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    drawn = script.draw(tmp_path)
    page = (DOCS / "papers" / "deep-linear.md").read_text(encoding="utf-8")
    for path in drawn:
        kept = DOCS / "figures" / path.name
        assert f"../figures/{path.name}" in page
        assert kept.stat().st_size < 60_000
        assert words(path) == words(kept)  # titles, legends and tick labels; coordinates depend on the version


def words(path: Path) -> list[str]:
    root = ElementTree.parse(path).getroot()  # noqa: S314  # a file of this project
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_the_terminal_session_of_the_page_is_what_the_command_prints(fullrank: Command) -> None:
    page = (DOCS / "papers" / "deep-linear.md").read_text(encoding="utf-8")
    session = page.partition("```console\n")[2].partition("```")[0]
    command, _, output = session.partition("\n")
    ran = fullrank(*shlex.split(command.removeprefix("$ fullrank ")))
    assert ran.out == output
