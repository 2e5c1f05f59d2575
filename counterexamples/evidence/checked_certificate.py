"""A certificate is written and the trusted checker accepts it, in a process that knows nothing of this project."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import verify
from counterexamples.evidence.record import Record
from counterexamples.evidence.subject import Subject

ROUTE = "certificate, checked by standard-library Python alone"
_ACCEPTED, _REJECTED = 0, 1


def record(subject: Subject) -> Record:
    """Write the certificate to a temporary folder and run the checker on it, without site packages."""
    checker = Path(verify.__file__).parent / "check"
    with tempfile.TemporaryDirectory() as folder:
        path = subject.verdict.write_certificate(Path(folder) / "certificate.json")
        command = [sys.executable, "-I", "-S", str(checker), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)  # noqa: S603  # our own program
    message = done.stdout.strip()
    if done.returncode not in (_ACCEPTED, _REJECTED) or not message:
        return Record(ROUTE, None, f"Does not apply: the checker ended with status {done.returncode}: {message}.")
    words = "Accepted" if done.returncode == _ACCEPTED else f"Rejected: {message}"
    return Record(ROUTE, done.returncode == _ACCEPTED, f"{words}.", {"checker": message})
