"""A search that is killed (SIGKILL) at ten random moments loses nothing it had finished and leaves nothing broken."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import ENVIRONMENT, process
from structured_data import seeded

from counterexamples.catalogue.checks import verify_file
from counterexamples.enumeration.journal import NAME

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")]

KILLS = 10
FOUND = "found-*.json"


def killed_after(seconds: float, arguments: list[str], cwd: Path) -> str | None:
    """Start the command and kill it; what it printed if it had ended before."""
    child = subprocess.Popen(
        [sys.executable, "-m", "counterexamples", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=cwd,
        env=ENVIRONMENT,
    )
    try:
        return child.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()  # also waits for workers that have the same standard output: they end with their parent
        return None


def finished_chunks(journal: Path) -> list[int]:
    """The chunks of a journal, each line checked here by hand; the last may be torn."""
    if not journal.exists():
        return []
    numbers = []
    for line in journal.read_bytes().split(b"\n")[:-1]:
        digest, text = line.split(b" ", 1)
        assert hashlib.sha256(text).hexdigest()[:16].encode() == digest
        record = json.loads(text)
        numbers += [record["chunk"]] if "chunk" in record else []
    return numbers


def test_an_exhaustive_search(tmp_path: Path) -> None:
    arguments = ["search", "--exhaustive", "--fails", "relu", "--dim", "4", "--max-points", "6", "--json"]
    start = time.monotonic()
    whole = json.loads(process(*arguments, cwd=tmp_path).out)
    duration = time.monotonic() - start
    rng = seeded("moments")
    before: list[int] = []
    kills = 0
    for number in range(4 * KILLS):  # some moments may come too late
        workers = ["--workers", str(1 + number % 2)]
        said = killed_after(rng.uniform(0.05, 0.6) * duration, [*arguments, "-o", "box", *workers], tmp_path)
        now = finished_chunks(tmp_path / "box" / NAME)
        assert now[: len(before)] == before
        assert len(set(now)) == len(now)
        before = now
        kills += said is None
        if said is not None:
            (tmp_path / "box" / NAME).unlink()
            before = []
        if kills == KILLS:
            break
    assert kills == KILLS
    last = process(*arguments, "-o", "box", cwd=tmp_path)
    assert last.status == 0
    result = json.loads(last.out)
    for key in ("obstructions", "examined_by_size", "fitted_orbits_by_size", "complete", "sets", "chunks"):
        assert result[key] == whole[key]
    assert result["resumed"] == len(before)
    assert sorted(finished_chunks(tmp_path / "box" / NAME)) == list(range(result["chunks"]))
    assert len(result["written"]) == len(result["obstructions"])
    for name in result["written"]:
        assert not verify_file(tmp_path / name).failures


def test_a_search_by_hypothesis(tmp_path: Path) -> None:
    arguments = ["search", "--fails", "relu", "--require", "nonzero", "--budget", "120"]
    start = time.monotonic()
    assert process(*arguments, cwd=tmp_path).status == 0
    one_find = time.monotonic() - start
    arguments += ["-o", "found", "--count", "12"]
    rng = seeded("other moments")
    kept: dict[str, bytes] = {}
    announced: set[str] = set()
    kills = 0
    for number in range(4 * KILLS):
        seed = ["--seed", str(number), "--workers", str(1 + number % 2)]
        said = killed_after(rng.uniform(0.5, 3.0) * one_find, [*arguments, *seed], tmp_path)
        files = {path.name: path.read_bytes() for path in (tmp_path / "found").glob("[!.]*")}
        assert kept.items() <= files.items()
        kept = files
        kills += said is None
        announced |= {word.rstrip(".,") for word in (said or "").split() if word.startswith("found/found-")}
        if said is not None and kills < KILLS:  # there are enough: ask for more
            arguments[-1] = str(len(kept) + 12)
        if kills == KILLS:
            break
    assert kills == KILLS
    for path in (tmp_path / "found").glob("[!.]*"):
        assert path.match(FOUND)
        report = verify_file(path)
        assert not report.failures
        assert report.passed
    assert all((tmp_path / name).is_file() for name in announced)
    assert kept
    count = ["--count", str(len(kept))]
    done = process("search", "--fails", "relu", "--require", "nonzero", *count, "-o", "found", "--json", cwd=tmp_path)
    assert done.status == 0
    result = json.loads(done.out)
    assert {Path(one["path"]).name for one in result["already"]} == set(kept)
