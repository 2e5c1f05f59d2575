"""Finds on disk: one entry file each, written whole or not at all, the moment it is verified."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from counterexamples.entry import Entry, Minimality, Source
from counterexamples.evidence import Evidence
from counterexamples.search.problem import Problem
from verify.errors import CatalogueError, DisagreementError, SearchError
from verify.verdict import Outcome, decide
from verify.whole_file import write_whole

if TYPE_CHECKING:
    from verify import Verdict

_PATTERN = "found-*.json"


def open_folder(folder: str | Path) -> Path:
    """Make the folder if it is not there, and see that it can be written to.

    Raises
    ------
    SearchError
        When it cannot.
    """
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SearchError(f"cannot write to {path}: {error.strerror}; choose another folder") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise SearchError(f"cannot write to {path}: there is no permission; choose another folder")
    return path


def entries_in(folder: Path) -> tuple[list[tuple[Path, Entry]], list[str]]:
    """Read the finds of a folder; a file that is no entry is left alone and named in the second list."""
    read: list[tuple[Path, Entry]] = []
    notes: list[str] = []
    for path in sorted(folder.glob(_PATTERN)):
        try:
            read.append((path, Entry.read(path)))
        except CatalogueError as error:
            notes.append(f"{error}; the file is left as it is and does not count")
    return read, notes


def answers(entry: Entry, problem: Problem) -> bool:
    """Whether an entry is a find of this search."""
    if entry.model != str(problem.fails) or entry.labels is not None or entry.dimension != problem.dimension:
        return False
    points = entry.dataset().points
    return len(points) <= problem.max_points and problem.holds(points)  # type: ignore[arg-type]  # rational


def entry_of(verdict: Verdict, evidence: Evidence, problem: Problem, *, is_minimal: bool, seed: int) -> Entry:
    """Make the entry of a verified find."""
    if is_minimal:
        minimality = Minimality("proved", "the proper subsets of these points")
    else:
        minimality = Minimality("shrunk", "the sets that shrinking tried")
    fits = "" if problem.fits is None else f" {_fits(verdict, problem)}"
    return Entry.certify(
        verdict.data,
        problem.fails,
        name=f"found-{verdict.data.n}-points-{verdict.data.sha256()[:8]}",
        claim=f"No {problem.fails.describe()} has every labelling, whatever its width and weights: "
        f"{verdict.reason}.{fits}",
        evidence=evidence.to_json(),
        minimality=minimality,
        source=Source("fullrank", f"a search with seed {seed}", f"{datetime.now(UTC):%Y-%m-%d}", ours=True),
    )


def save(entry: Entry, folder: Path) -> Path:
    """Write the file of a find; its name is its id, so the same find has the same file."""
    return entry.write(folder / f"{entry.id}.json")


def save_disagreement(error: DisagreementError, folder: Path) -> Path:
    """Keep the data on which two routes disagree."""
    path = folder / f"disagreement-{datetime.now(UTC):%Y%m%dT%H%M%S}.json"
    write_whole(path, json.dumps(error.report, indent=1) + "\n")
    return path


def _fits(verdict: Verdict, problem: Problem) -> str:
    """State that the other model fits, after deciding it once more."""
    if problem.fits is None or decide(verdict.data, problem.fits).outcome is not Outcome.INTERPOLATES:
        raise SearchError(f"{problem.fits} does not fit the points that were found; please report this")
    return f"A {problem.fits.describe()} has every labelling of the same points."
