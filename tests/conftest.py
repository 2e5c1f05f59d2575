"""Fixtures that several files share."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Command, Ran

from counterexamples.cli import main


@pytest.fixture
def fullrank(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command in this process, in an empty directory."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ran:
        status = main(arguments)
        return Ran(status, *capsys.readouterr())

    return run
