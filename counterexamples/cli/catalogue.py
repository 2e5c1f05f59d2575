"""`fullrank catalogue`: list, show, export and verify the certified data sets."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from counterexamples.entry import KINDS
from verify.cli.output import REJECTED, complain, show

if TYPE_CHECKING:
    from counterexamples.catalogue.checks import Report
    from counterexamples.entry import Entry

_FOLDER = click.option(
    "--folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Entry files of this folder, such as the finds of a search, instead of the catalogue.",
)
_FORMATS = ("csv", "json", "npz", "parquet", "certificate")


@click.group(
    short_help="Certified data sets: list, show, export, verify.",
    epilog="""\b
Examples:
  fullrank catalogue list --model relu --kind circuit
  fullrank catalogue show hexagon
  fullrank catalogue export hexagon --format csv -o hexagon.csv
  fullrank catalogue verify hexagon --thorough
  fullrank catalogue verify
  fullrank catalogue proposed""",
)
def command() -> None:
    """Certified data sets, on which a model provably fails, or succeeds although it looks as if it might not."""


@command.command(
    "list",
    short_help="List the entries.",
    epilog="""\b
Examples:
  fullrank catalogue list
  fullrank catalogue list --model relu --kind circuit
  fullrank catalogue list --outcome interpolates --json""",
)
@click.option("--model", metavar="SPEC", help="Only entries about this model, such as relu+layers=2.")
@click.option("--kind", metavar="KIND", help=f"Only this kind of obstruction: {', '.join(KINDS)}.")
@click.option("--outcome", metavar="OUTCOME", help="Only interpolates, or only cannot_interpolate.")
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with the key entries.")
def list_command(
    *, model: str | None, kind: str | None, outcome: str | None, folder: Path | None, as_json: bool
) -> None:
    """List the entries: id, name, model, kind of obstruction, points, dimension, rank, least mean squared error."""
    from counterexamples.catalogue.shelf import list_entries, read_entries
    from counterexamples.catalogue.words import columns
    from verify.errors import CatalogueError
    from verify.rational import format_rational

    broken = [entry for entry in read_entries(folder) if isinstance(entry, CatalogueError)]
    entries = list_entries(model=model, kind=kind, outcome=outcome, folder=folder, skip_broken=True)

    def row(entry: Entry) -> dict[str, Any]:
        least = entry.verdict.least_mse
        return {
            "id": entry.id,
            "name": entry.name,
            "model": entry.model,
            "kind": entry.kind,
            "points": entry.count,
            "dimension": entry.dimension,
            "rank": entry.verdict.rank,
            "least_mse": None if least is None else format_rational(least),
        }

    found = [row(entry) for entry in entries]
    if as_json:
        show([(json.dumps({"entries": found}), "")])
    elif found:
        table = [[("-" if x is None else str(x)) for x in item.values()] for item in found]
        head, *body = columns([list(found[0]), *table])
        show([(head, "bold"), *((line, "") for line in body)])
        show([(f"{len(found)} of them; `fullrank catalogue show NAME` tells more.", "")])
    else:
        show([("No entry is like that; `fullrank catalogue list` shows all of them.", "")])
    for error in broken:
        complain(str(error))
    raise click.exceptions.Exit(REJECTED if broken else 0)


@command.command(
    "show",
    short_help="Show an entry.",
    epilog="""\b
Examples:
  fullrank catalogue show hexagon
  fullrank catalogue show CE000003 --bibtex
  fullrank catalogue show CE000003 --json""",
)
@click.argument("name", metavar="ID")
@_FOLDER
@click.option("--bibtex", "as_bibtex", is_flag=True, help="Print the entry for a bibliography.")
@click.option("--json", "as_json", is_flag=True, help="Print the entry file as one JSON object.")
def show_command(*, name: str, folder: Path | None, as_bibtex: bool, as_json: bool) -> None:
    """Show an entry, named by its ID or its name: the claim, its scope, the data, the proof, the source."""
    from counterexamples.catalogue import words
    from counterexamples.catalogue.shelf import load_entry

    if as_bibtex and as_json:
        raise click.UsageError("--bibtex and --json are two ways of printing; choose one")
    entry = load_entry(name, folder=folder)
    if as_json:
        show([(json.dumps(entry.to_json()), "")])
    elif as_bibtex:
        show([(line, "") for line in words.bibtex(entry, version=_version()).splitlines()])
    else:
        lines = [entry.claim, "", entry.scope, "", *words.rows(entry)]
        lines += [f"{heading}: {fact}" for heading, fact in words.facts(entry)]
        show([(f"{entry.id} {entry.name}", "bold"), *((line, "") for line in lines)])


@command.command(
    "export",
    short_help="Write the data of an entry to a file.",
    epilog="""\b
Examples:
  fullrank catalogue export hexagon --format csv
  fullrank catalogue export parity-cube-3 --format npz -o parity.npz
  fullrank catalogue export hexagon --format certificate -o hexagon.json && fullrank check hexagon.json""",
)
@click.argument("name", metavar="ID")
@click.option("--format", "file_format", metavar="NAME", required=True, help=f"{', '.join(_FORMATS)}.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="By default standard output.")
@_FOLDER
@click.option(
    "--json", "as_json", is_flag=True, help="With -o: print one JSON object with the keys written and format."
)
def export_command(*, name: str, file_format: str, output: Path | None, folder: Path | None, as_json: bool) -> None:
    """Write points and labels of an entry as csv, json, npz or parquet, or its certificate.

    Every number is written exactly, or the format is refused.
    """
    from counterexamples.catalogue.export import BINARY, export
    from counterexamples.catalogue.shelf import load_entry
    from verify.whole_file import check_destination, write_whole

    if file_format not in _FORMATS:
        raise click.UsageError(f"--format {file_format!r} is unknown; the formats are {', '.join(_FORMATS)}")
    if output is None and (file_format in BINARY or as_json):
        raise click.UsageError(f"{'--json' if as_json else file_format} needs a file; add -o FILE")
    entry = load_entry(name, folder=folder)
    if output is not None:
        check_destination(output)
    content = export(entry, file_format)
    if output is None:
        show([(line, "") for line in str(content).splitlines()])
        return
    write_whole(output, content)
    written = {"written": str(output), "format": file_format}
    show([(json.dumps(written) if as_json else f"Wrote {output} ({entry.id} {entry.name}).", "")])


@command.command(
    "verify",
    short_help="Check everything that the entries state.",
    epilog="""\b
Examples:
  fullrank catalogue verify
  fullrank catalogue verify hexagon leech-lattice
  fullrank catalogue verify hexagon --thorough --json
  fullrank catalogue verify --folder found/

Exit status: 0 everything holds, 1 something does not, 2 bad input.""",
)
@click.argument("names", metavar="[ID]...", nargs=-1)
@click.option("--thorough", is_flag=True, help="Repeat the work in other ways too; minutes instead of seconds.")
@click.option("--workers", metavar="N", type=click.IntRange(1, 256), help="Processes; by default one for each core.")
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with the key reports.")
def verify_command(
    *, names: tuple[str, ...], thorough: bool, workers: int | None, folder: Path | None, as_json: bool
) -> None:
    """Check entries, all of them by default: digest, verdict, kind, certificate, evidence, minimality, symmetry."""
    import os

    from counterexamples.catalogue.checks import verify_files
    from counterexamples.catalogue.shelf import entry_files, entry_path

    files = [entry_path(name, folder=folder) for name in names] if names else entry_files(folder)
    with _bar(len(files)) as advance:

        def done(report: Report) -> None:
            advance(report.name or report.id)

        reports = verify_files(files, thorough=thorough, workers=workers or os.cpu_count() or 1, done=done)
    failures = [line for report in reports for line in report.failures]
    if as_json:
        listed = [{"id": r.id, "name": r.name, "passed": list(r.passed), "failures": list(r.failures)} for r in reports]
        show([(json.dumps({"reports": listed}), "")])
    else:
        checks = sum(len(report.passed) for report in reports)
        broken = sum(bool(report.failures) for report in reports)
        holds = f"{len(reports) - broken} of {len(reports)} entries hold; {checks} checks passed"
        show([(holds + (f", {len(failures)} failed." if failures else "."), "bold red" if failures else "bold green")])
    for line in failures:
        complain(line)
    raise click.exceptions.Exit(REJECTED if failures else 0)


@command.command(
    "proposed",
    short_help="Confirm the activations that fit every set of distinct points.",
    epilog="""\b
Examples:
  fullrank catalogue proposed hexagon
  fullrank catalogue proposed hexagon root-system-e8 --json
  fullrank catalogue proposed

Exit status: 0 each has full rank on all of them, 1 one has not, 2 bad input.""",
)
@click.argument("names", metavar="[ID]...", nargs=-1)
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with the key confirmations.")
def proposed_command(*, names: tuple[str, ...], folder: Path | None, as_json: bool) -> None:
    """Confirm that the proposed activations fit the points of entries, all of them by default; minutes for all.

    Exactly, by the parity profile, for every number of points; and by a certified bound of the least eigenvalue of
    the infinite-width kernel, up to 1024 points. Equal points, which nothing tells apart, count once.
    """
    from counterexamples.catalogue.proposed import confirm, lines
    from counterexamples.catalogue.shelf import list_entries, load_entry

    entries = [load_entry(name, folder=folder) for name in names] if names else list_entries(folder=folder)
    found = []
    with _bar(len(entries)) as advance:
        for confirmation in confirm(entries):
            found.append(confirmation)
            for entry in confirmation.ids:
                advance(entry)
    if as_json:
        show([(json.dumps({"confirmations": [x.to_json() for x in found]}), "")])
    else:
        show([(line, "") for line in lines(found)])
    raise click.exceptions.Exit(0 if all(x.holds for x in found) else REJECTED)


@contextmanager
def _bar(total: int) -> Iterator[Callable[[str], None]]:
    """Show how many entries are checked; on a terminal only. What is yielded takes the name of one that is done."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*bars, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("checking", total=total)
        yield lambda name: bar.update(task, advance=1, description=f"checked {name}")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("fullrank")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "(development version)"
