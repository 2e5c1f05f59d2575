"""`fullrank landscape regions-map`: phase maps of full-rank regions, with exact ranks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify.cli.counting_bar import counting
from verify.cli.output import INTERRUPTED, complain, show

if TYPE_CHECKING:
    from verify.landscapes.regions import Cell, Plan


@click.command(
    "regions-map",
    short_help="How often fresh ReLU networks are in a region of full rank, over n and the width.",
    epilog="""\b
Examples:
  fullrank landscape regions-map --experiment fixed-dimension --dimension 2 --workers 2 -o map
  fullrank landscape regions-map --experiment proportional-dimension --ratio 1/4 --trials 20
  fullrank landscape regions-map --experiment fixed-dimension --dimension 1 --sizes 10,20 --widths 50 --json

The grid is that of the public code of the paper (arXiv:2305.19510), unless --sizes and --widths choose another.
With -o, each finished cell is kept, and the same command goes on where it was stopped; DIR/map.json holds the
result.""",
)
@click.option(
    "--experiment",
    type=click.Choice(["fixed-dimension", "proportional-dimension"]),
    required=True,
    help="The dimension of the points: fixed, or ceil(ratio n).",
)
@click.option("--dimension", type=int, help="For fixed-dimension.")
@click.option("--ratio", metavar="Q", help="For proportional-dimension: 1/4, 0.5, 2.")
@click.option("--trials", type=int, default=100, show_default=True, help="In each cell.")
@click.option("--sizes", metavar="LIST", help="The numbers of points, separated by commas.")
@click.option("--widths", metavar="LIST", help="The numbers of hidden units, separated by commas.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--workers", type=int, default=1, show_default=True, help="Processes.")
@click.option("--dask", metavar="ADDRESS", help="A Dask scheduler that does the work: tcp://host:8786.")
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Keep finished cells here."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    *,
    experiment: str,
    dimension: int | None,
    ratio: str | None,
    trials: int,
    sizes: str | None,
    widths: str | None,
    seed: int,
    workers: int,
    dask: str | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Draw data and fresh networks, and count how often the Jacobian in the network's region has full rank.

    Points are uniform in the unit cube, hidden weights and biases as PyTorch initialises them. Every rank is decided
    over the rationals; the fractions come with 95 % confidence intervals (Clopper and Pearson).
    """
    from dataclasses import replace
    from fractions import Fraction

    from verify.errors import DataError
    from verify.landscapes.regions import Experiment, Plan, phase_map
    from verify.rational import parse_rational
    from verify.whole_file import write_whole

    is_fixed = experiment == Experiment.FIXED_DIMENSION
    if is_fixed == (dimension is None) or is_fixed != (ratio is None):
        raise click.UsageError(
            f"--experiment {experiment} needs {'--dimension' if is_fixed else '--ratio'} and no other"
        )
    parameter = Fraction(dimension) if dimension is not None else parse_rational(ratio or "")
    plan = Plan.published(Experiment(experiment), parameter, trials=trials, seed=seed)
    if sizes is not None:
        plan = replace(plan, sizes=_integers(sizes, "--sizes"))
    if widths is not None:
        plan = replace(plan, widths=_integers(widths, "--widths"))
    if workers < 1:
        raise DataError(f"--workers is {workers}; it must be at least 1")
    try:
        with counting("cells") as tell:
            cells = phase_map(plan, workers=workers, dask=dask, folder=folder, progress=tell)
    except KeyboardInterrupt:
        kept = (
            f"finished cells are kept in {folder}; the same command goes on" if folder else "-o DIR keeps what is done"
        )
        complain(f"interrupted; {kept}")
        raise click.exceptions.Exit(INTERRUPTED) from None
    result = {"plan": plan.to_json(), "cells": [cell.to_json() for cell in cells]}
    if folder is not None:
        write_whole(folder / "map.json", json.dumps(result) + "\n")
    show([(json.dumps(result), "")] if as_json else [(line, "") for line in _table(plan, cells)])


def _integers(text: str, option: str) -> tuple[int, ...]:
    from verify.errors import DataError

    try:
        values = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise DataError(f"{option} is {text[:40]!r}; write whole numbers separated by commas: 10,20,30") from None
    if len(set(values)) < len(values):
        raise DataError(f"{option} names {max(values, key=values.count)} more than once; write each number once")
    return values


def _table(plan: Plan, cells: list[Cell]) -> list[str]:
    """Write the percentages, widths upwards and sizes to the right, as in a heat map."""
    percent = {(cell.n, cell.width): f"{100 * cell.full / cell.trials:.0f}" for cell in cells}
    lines = [f"Percentage of {plan.trials} regions with a Jacobian of full rank (exact)", ""]
    for width in reversed(plan.widths):
        lines.append(f"width {width:>4} |" + "".join(f"{percent[n, width]:>5}" for n in plan.sizes))
    lines.append("-" * 12 + "-" * 5 * len(plan.sizes))
    lines.append("         n  |" + "".join(f"{n:>5}" for n in plan.sizes))
    widest = max(cell.interval()[1] - cell.interval()[0] for cell in cells)
    lines += ["", f"95 % confidence intervals are at most {100 * widest:.0f} points wide."]
    return lines
