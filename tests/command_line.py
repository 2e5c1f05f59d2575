"""Running the command line in tests: in this process (the fixture `fullrank`), as a process, and on a terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import verify

ROOT = Path(verify.__file__).parents[1]
CHECKER = ROOT / "verify" / "check"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}


class Ran(NamedTuple):
    status: int
    out: str
    err: str


Command = Callable[..., Ran]


def process(*arguments: str, cwd: Path) -> Ran:
    """Run the command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "counterexamples", *arguments], capture_output=True, text=True, cwd=cwd, env=ENVIRONMENT
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def check_alone(path: Path, empty: Path) -> Ran:
    """Run the checker by its path, without this project and without site packages, from an empty directory."""
    assert not list(empty.iterdir())
    command = [sys.executable, "-I", "-S", str(CHECKER), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=empty)
    return Ran(done.returncode, done.stdout, done.stderr)


def assert_refused(ran: Ran, *fragments: str) -> None:
    """Exit status 2, nothing on standard output, and one line that names the value, the place and the remedy."""
    assert ran.status == 2
    assert ran.out == ""
    assert re.fullmatch(r"fullrank: [^\n]+\n", ran.err), ran.err
    for fragment in fragments:
        assert fragment in ran.err
    assert len(ran.err) < 400


def on_a_terminal(command: list[str]) -> str:
    """The output of a process on a narrow terminal."""
    pty = pytest.importorskip("pty")
    main_end, terminal = pty.openpty()
    environment = {name: value for name, value in ENVIRONMENT.items() if name not in ("NO_COLOR", "CI", "FORCE_COLOR")}
    environment |= {"TERM": "xterm-256color", "COLUMNS": "40", "LINES": "24"}
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment) as child:
        os.close(terminal)
        shown = b""
        while True:
            try:
                piece = os.read(main_end, 1 << 16)
            except OSError:  # how Linux says that the other end was closed
                break
            if not piece:
                break
            shown += piece
    os.close(main_end)
    assert child.returncode == 0
    return shown.decode().replace("\r\n", "\n")
