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


def entry_of(verdict: Verdict, fits: Verdict | None, evidence: Evidence, *, is_minimal: bool, seed: int) -> Entry:
    """Make the entry of a verified find: a verdict that a model fails and, if one was asked for, that another fits."""
    if is_minimal:
        minimality = Minimality("proved", "the proper subsets of these points")
    else:
        minimality = Minimality("shrunk", "the sets that shrinking tried")
    fails = verdict.model.describe()
    claim = f"No {fails} has every labelling, whatever its width and weights: {verdict.reason}."
    if fits is not None:
        claim += f" A {fits.model.describe()} has every labelling of the same points."
    return Entry.certify(
        verdict.data,
        verdict.model,
        name=f"found-{verdict.data.n}-points-{verdict.data.sha256()[:8]}",
        claim=claim,
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
