"""`fullrank search --exhaustive`: every minimal set of a box, its progress, its story and its exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from verify.cli.output import DECIDED, INTERRUPTED, REJECTED, complain, show

if TYPE_CHECKING:
    from counterexamples.search import ChunkProgress, Exhaustion

_FIGURES = 10**6  # steps of the progress bar
_MINUTE = 60


def enumerate_box(
    *, as_json: bool, dask: str | None, limit: int | None, folder: Path | None, **options: Any
) -> NoReturn:
    """Run the search, print what came out, and leave with the exit status."""
    from counterexamples.enumeration.entries import write_entries
    from counterexamples.enumeration.plan import LIMIT
    from counterexamples.search import exhaustive
    from verify.errors import DisagreementError

    fails, require = options.pop("fails"), options.pop("require")
    try:
        with _executor(dask) as executor, _bar() as progress:
            result = exhaustive(
                fails,
                require=require or (),
                executor=executor,
                folder=folder,
                progress=progress,
                limit=LIMIT if limit is None else limit,
                **options,
            )
        written, notes = ((), ()) if folder is None else write_entries(result, folder)
    except DisagreementError as error:
        complain(str(error))
        raise click.exceptions.Exit(REJECTED) from None
    if as_json:
        show([(json.dumps(result.to_json() | {"written": [str(path) for path in written]}), "")])
    else:
        show(_story(result, written, folder))
    for note in notes:
        complain(note)
    if not result.is_complete:
        kept = "what is finished is kept; the same command goes on from there"
        lost = "nothing was kept; with -o DIR an interrupted search can go on"
        complain(f"interrupted; {lost if folder is None else kept}")
        raise click.exceptions.Exit(INTERRUPTED)
    raise click.exceptions.Exit(DECIDED)


def _story(result: Exhaustion, written: tuple[Path, ...], folder: Path | None) -> list[tuple[str, str]]:
    """Tell the outcome under one coloured line."""
    if not result.is_complete:
        head, style = "NOT FINISHED", "bold yellow"
    elif result.obstructions:
        classes = len(result.obstructions)
        head, style = f"ALL FOUND: {classes} minimal obstruction{'s' * (classes > 1)} up to symmetry", "bold green"
    else:
        head, style = "THERE IS NONE IN THIS BOX", "bold green"
    lines = result.explain().splitlines()
    if result.resumed:
        lines.append(f"{result.resumed} of {result.chunks} chunks had been finished before.")
    if written:
        lines.append(f"Wrote {len(written)} entries to {folder}, among them {written[0]}.")
    return [(head, style), *((line, "") for line in lines)]


@contextmanager
def _executor(address: str | None) -> Iterator[Executor | None]:
    if address is None:
        with nullcontext():
            yield None
        return
    from counterexamples.enumeration.dask_cluster import cluster

    with cluster(address) as executor:
        yield executor


@contextmanager
def _bar() -> Iterator[Callable[[ChunkProgress], None] | None]:
    """Show the share that is done, the rate and the time that is left; on a terminal only."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("enumerating"), BarColumn(bar_width=24), TextColumn("{task.fields[effort]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("enumerating", total=_FIGURES, effort="")

        def tell(now: ChunkProgress) -> None:
            left = "" if now.left is None else f", {_time(now.left)} left"
            effort = f"{now.examined:,} sets, {now.rate:,.0f}/s, {now.obstructions} obstructions{left}"
            bars.update(task, completed=int(_FIGURES * now.share), effort=effort)

        yield tell


def _time(seconds: float) -> str:
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < 2 * _MINUTE**2 else f"{seconds / _MINUTE**2:.1f} h"
