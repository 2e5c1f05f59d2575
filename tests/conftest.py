"""Fixtures that several files share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded: small matrices, and `-n` fills the cores

import pytest
from command_line import Command, Ran

from counterexamples.cli import main


@pytest.fixture(autouse=True, scope="session")
def cache_of_derivations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what the command line derives out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FULLRANK_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def fullrank(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command in this process, in an empty directory."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ran:
        status = main(arguments)
        return Ran(status, *capsys.readouterr())

    return run
