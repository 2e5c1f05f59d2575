"""The obstructions of a complete enumeration as entry files, one for each class."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from counterexamples.entry import Entry, Minimality, Source, found_id
from counterexamples.enumeration.outcome import Exhaustion, Obstruction
from verify.data import Dataset
from verify.errors import CatalogueError

MOST_ENTRIES = 1000


def write_entries(result: Exhaustion, folder: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write an entry file for each class of obstructions, with its certificate; files that are there are kept.

    Nothing is written for an enumeration that is not complete: what it found is in its journal.

    Returns
    -------
    (files, notes)
        The files of all classes, in their order, and what the person who started the search should know.

    Raises
    ------
    CertificateError
        When a file cannot be written.
    """
    if not result.is_complete:
        return (), ()
    files: list[Path] = []
    notes: list[str] = []
    for one in result.obstructions[:MOST_ENTRIES]:
        path = folder / f"{found_id(Dataset(one.points).sha256(), str(result.problem.fails))}.json"
        files.append(path)
        if path.exists():
            try:
                Entry.read(path)
            except CatalogueError as error:
                notes.append(f"{error}; the file is left as it is")
            continue
        _entry(result, one).write(path)
    if len(result.obstructions) > MOST_ENTRIES:
        notes.append(
            f"the first {MOST_ENTRIES} of {len(result.obstructions)} classes were written; --json lists them all"
        )
    return tuple(files), tuple(notes)


def _entry(result: Exhaustion, one: Obstruction) -> Entry:
    problem, b = result.problem, result.box
    grid = f"{{-{b}, ..., {b}}}^{problem.dimension}"
    require = tuple(sorted(problem.require - {"distinct"}))
    if len(one.points) == result.smallest and problem.fits is None and b:
        minimality = Minimality(
            "exhaustive", f"all sets of fewer points of {grid} ({', '.join(sorted(problem.require))})", b, require
        )
    else:
        minimality = Minimality("proved", "the proper subsets of these points")
    data = Dataset(one.points)
    return Entry.certify(
        data,
        problem.fails,
        name=f"box-{data.n}-points-{data.sha256()[:8]}",
        minimality=minimality,
        source=Source("fullrank", f"an exhaustive search of {grid}", f"{datetime.now(UTC):%Y-%m-%d}", ours=True),
    )
