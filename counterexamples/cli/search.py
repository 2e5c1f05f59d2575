"""`fullrank search`: find, shrink, verify and explain data sets on which a model fails."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.cli.output import INTERRUPTED, REJECTED, complain, show

if TYPE_CHECKING:
    from counterexamples.search import Progress, SearchResult

FOUND, NOTHING_FOUND = 0, 3
_OF_FIND, _OF_EXHAUSTIVE = ("budget", "count", "seed"), ("box", "dask", "limit")
_FIGURES = 10**6  # steps of the progress bar


@click.command(
    short_help="Find, shrink and certify data that a model cannot fit.",
    epilog="""\b
Examples:
  fullrank search
  fullrank search --fails relu --fits gelu
  fullrank search --fails gelu --fits exp --require distinct,nonzero
  fullrank search --fails relu --dim 3 --require distinct_rays,nonzero,general_directions
  fullrank search --fails relu --require unit_norm,distinct
  fullrank search --fails tanh --count 5 --workers 2 -o found/ --json
  fullrank search --exhaustive --box 1 --dim 3 --max-points 8 --fails relu
  fullrank search --exhaustive --box 2 --fails gelu --fits exp --require nonzero -o box/

\b
Requirements of --require, all inherited by subsets:
  distinct            no two points are equal (always required)
  nonzero             no point is 0
  distinct_rays       no two points are equal or lie on one ray from 0
  distinct_lines      no two points are equal or lie on one line through 0
  general_directions  any d different lines through points are independent, in dimension d
  unit_norm           every point lies on the unit sphere, with rational coordinates
  nonnegative         no coordinate is negative
  integer             every coordinate is an integer

\b
Exit status: 0 found, 1 independent routes disagree (a bug), 2 bad input, 3 nothing found, 130 interrupted. With
--exhaustive: 0 every set is settled, whether there are obstructions or not.""",
)
@click.option("--fails", metavar="SPEC", default="relu", show_default=True, help="The model that should fail.")
@click.option("--fits", metavar="SPEC", help="A model that should fit every labelling of the same points.")
@click.option(
    "--dim", "dimension", metavar="D", type=int, default=2, show_default=True, help="Dimension of the points."
)
@click.option("--max-points", metavar="N", type=int, default=8, show_default=True, help="The most points of a set.")
@click.option(
    "--require",
    metavar="NAMES",
    help="What the points must meet, with commas between. Default: distinct_rays,nonzero; where a theorem says that "
    "no such set exists, only distinct.",
)
@click.option(
    "--budget", metavar="SECONDS", type=float, default=60.0, show_default=True, help="The most time it takes."
)
@click.option("--count", metavar="K", type=int, default=1, show_default=True, help="How many, of different shape.")
@click.option("--seed", metavar="S", type=int, default=0, show_default=True, help="Another seed, another search.")
@click.option("--workers", metavar="W", type=int, default=1, show_default=True, help="Processes that search.")
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write each find to this folder as soon as it is verified. Finds that are there count and are skipped, so "
    "an interrupted search goes on where it was.",
)
@click.option(
    "--exhaustive",
    is_flag=True,
    help="Find every minimal set in a box instead, and so prove that there is no smaller one. Takes --fails, --fits, "
    "--dim, --max-points, --require (default: distinct), --workers, -o, --json and:",
)
@click.option("--box", metavar="B", type=int, help="Points with coordinates from -B to B.  [default: 1]")
@click.option("--dask", metavar="ADDRESS", help="Work on the Dask cluster whose scheduler has this address.")
@click.option("--limit", metavar="K", type=int, help="Refuse more sets, up to symmetry, than this.  [default: 10^9]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; rationals are strings p/q.")
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    as_json: bool,
    exhaustive: bool,
    box: int | None,
    dask: str | None,
    limit: int | None,
    **options: Any,
) -> None:
    """Search for points on which a model, of any width, cannot have every labelling.

    Whatever is found is shrunk until no proper subset fails, decided exactly, certified, and confirmed by independent
    routes, among them kernel eigenvalues and a trained network; and the activations that fit everything are confirmed
    on the same points.
    """
    from verify.errors import DisagreementError

    _refuse_options_of_the_other_kind(context, exhaustive)
    if exhaustive:
        from counterexamples.cli.exhaustive import enumerate_box

        for name in _OF_FIND:
            options.pop(name)
        enumerate_box(as_json=as_json, box=1 if box is None else box, dask=dask, limit=limit, **options)
    _keep_hypothesis_out_of_here()
    from counterexamples.search import find

    try:
        with _bar(options["budget"]) as progress:
            result = find(options.pop("fails"), progress=progress, **options)
    except DisagreementError as error:
        complain(str(error))
        raise click.exceptions.Exit(REJECTED) from None
    show([(json.dumps(result.to_json()), "")] if as_json else _story(result))
    if result.is_interrupted:
        complain("interrupted; what was found is shown")
        raise click.exceptions.Exit(INTERRUPTED)
    raise click.exceptions.Exit(FOUND if result.found else NOTHING_FOUND)


def _refuse_options_of_the_other_kind(context: click.Context, exhaustive: bool) -> None:
    for name in _OF_FIND if exhaustive else _OF_EXHAUSTIVE:
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            where = "with" if exhaustive else "without"
            raise click.UsageError(f"--{name} has no meaning {where} --exhaustive; leave it out")


def _story(result: SearchResult) -> list[tuple[str, str]]:
    """Tell the outcome under one coloured line."""
    total = len(result.finds) + len(result.already)
    if total:
        head = f"FOUND {total} counterexample{'s' * (total > 1)}"
    else:
        head = "NOTHING FOUND" if result.theorem is None else "THERE IS NONE"
    style = "bold green" if total else "bold yellow"
    lines = result.explain().splitlines()
    if result.finds and result.finds[0].path is None:
        lines.append("Nothing was written; -o DIR keeps the finds, with their certificates.")
    return [(head, style), *((line, "") for line in lines)]


@contextmanager
def _bar(budget: float) -> Iterator[Callable[[Progress], None] | None]:
    """Show what is done, the sets so far, their rate and the time that is left; on a terminal only."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[effort]}"))
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("searching", total=_FIGURES, effort="")

        def tell(now: Progress) -> None:
            left = max(0.0, now.budget - now.seconds)
            effort = f"{now.tried} sets, {now.rate:.0f}/s, {now.finds} found, at most {left:.0f} s left"
            done = min(_FIGURES, int(_FIGURES * now.seconds / max(budget, 1e-9)))
            bars.update(task, completed=done, description=now.doing, effort=effort)

        yield tell


def _keep_hypothesis_out_of_here() -> None:
    """Have Hypothesis keep its files in the cache of fullrank, not in the folder where somebody works."""
    from verify.activations.formula.cache import cache_directory

    folder = cache_directory()
    if folder is not None and "hypothesis" not in sys.modules:
        os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(folder / "hypothesis"))
