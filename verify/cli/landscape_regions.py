"""`fullrank landscape regions`: the activation regions of a two-layer ReLU network on a data set, with proof."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.cli.counting_bar import counting
from verify.cli.data_options import data_options, read_data
from verify.cli.output import DECIDED, REJECTED, UNKNOWN, progress, show

if TYPE_CHECKING:
    from verify.data import Dataset
    from verify.landscapes.regions import Counts, Region, Sample

Line = tuple[str, str]
_MOST_RANKS = 20  # shown; the JSON has all of them


@click.command(
    "regions",
    short_help="Activation regions of a ReLU network: how many, Jacobian ranks, zero losses.",
    epilog="""\b
Examples:
  fullrank landscape regions bundled:hexagon --width 5
  fullrank landscape regions bundled:parity3 --width 12 --bias --samples 20
  fullrank landscape regions data.csv --label y --width 3 --pattern pattern.txt --json

\b
The pattern FILE has a row for each unit and a 0 or 1 for each point: 1,0,1 or 101
in each line, or a JSON list of rows. Without it, regions are sampled.

Exit status: 0 decided, 1 the region of the pattern is empty (with proof), 2 bad input, 3 the question of a
zero loss was left open.""",
)
@click.argument("data", type=click.Path())
@click.option("--width", type=int, required=True, help="The number of hidden units.")
@click.option("--bias", is_flag=True, help="The hidden units have biases.")
@click.option("--pattern", type=click.Path(path_type=Path), metavar="FILE", help="Decide this region.")
@click.option(
    "--outer",
    metavar="V",
    help="The fixed output weights, separated by commas: 1,-1,1/2. By default 1 and -1 in turn.",
)
@data_options
@click.option("--samples", type=int, default=100, show_default=True, help="How many regions are sampled.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the sample.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; rationals are strings p/q.")
def command(
    *,
    data: str,
    width: int,
    bias: bool,
    pattern: Path | None,
    outer: str | None,
    samples: int,
    seed: int,
    as_json: bool,
    **reading: Any,
) -> None:
    """Analyse the activation regions of a two-layer ReLU network whose output weights are fixed.

    A region is a set of hidden weights that switch each unit on at the same points. The patterns of a unit are
    counted exactly. On the region of a pattern, the rank of the Jacobian is decided with proof (full rank: no bad
    local minimum inside), and whether the region contains weights of loss zero. Without a pattern that is done for
    regions that fresh networks, initialised as PyTorch does, are in.
    """
    from verify.landscapes.regions import analyse_region, count_regions, hidden_inputs, read_pattern, sample_regions

    dataset = read_data(data, **reading)
    points, labels, weights = hidden_inputs(dataset, bias=bias), _labels(dataset), _outer(outer, width)
    with progress("counting"):
        counts = count_regions(points, width)
    if pattern is not None:
        matrix = read_pattern(pattern, width=width, n=dataset.n)
        with progress("deciding"):
            region = analyse_region(points, matrix, outer=weights, labels=labels)
        found: dict[str, Any] = {"region": region.to_json()}
        lines = _region_lines(region)
        status = REJECTED if not region.exists else UNKNOWN if region.unknown else DECIDED
    else:
        with counting("sampling regions") as tell:
            sample = sample_regions(
                points, width, has_bias=bias, outer=weights, labels=labels, samples=samples, rng=seed, progress=tell
            )
        found = {"sample": {**sample.to_json(), "seed": seed}}
        lines, status = _sample_lines(sample, labels is not None), DECIDED
    if as_json:
        show([(json.dumps({**counts.to_json(), "bias": bias, **found}), "")])
    else:
        show([*_count_lines(counts, bias), *lines])
    raise click.exceptions.Exit(status)


def _labels(data: Dataset) -> tuple[Fraction, ...] | None:
    """Take the labels of a data set with one output."""
    from verify.errors import DataError

    if data.outputs > 1:
        raise DataError(f"the data have {data.outputs} label columns; a region has one output: choose one with --label")
    return None if data.labels is None else tuple(Fraction(y) for y in data.labels)  # type: ignore[arg-type]  # rational


def _outer(text: str | None, width: int) -> tuple[Fraction, ...]:
    from verify.errors import DataError
    from verify.landscapes.regions.zero_loss import check_outer_weights
    from verify.rational import parse_rational

    if width < 1:
        raise DataError(f"the width is {width}; it must be at least 1")
    if text is None:
        return ()
    return check_outer_weights([parse_rational(part) for part in text.split(",")], width)


def _count_lines(counts: Counts, has_bias: bool) -> list[Line]:
    bias = "with" if has_bias else "without"
    lines = [
        (f"{counts.width} hidden unit{'s' * (counts.width > 1)} {bias} bias on {counts.n} points", "bold"),
    ]
    if counts.per_unit is None:
        lines.append((f"Patterns of one unit: at most {counts.bound} (Cover's formula); too many to count.", ""))
    else:
        where = (
            "the points are in general position (Cover's formula)"
            if counts.general_position
            else f"{counts.bound} if the points were in general position"
        )
        lines.append((f"Patterns of one unit: {counts.per_unit}; {where}.", ""))
        lines.append((f"Regions: {counts.per_unit}^{counts.width}, of 2^{counts.n * counts.width} patterns.", ""))
    part = counts.deficient_fraction
    if part < 1:
        lines.append(
            (f"For generic points at most {part} of all patterns have a Jacobian that is not of full rank.", "")
        )
    return lines


def _region_lines(region: Region) -> list[Line]:
    from verify.rational import format_rational

    lines: list[Line] = []
    if not region.exists:
        i = next(i for i, unit in enumerate(region.units) if not unit.is_realizable)
        sums = [f"{format_rational(c)} s_{j} x_{j}" for j, c in enumerate(region.units[i].multipliers or ()) if c]
        what = f"unit {i} cannot be active at exactly these points"
        lines.append((f"EMPTY REGION: {what}, because {' + '.join(sums)} = 0 (s = 1 active, -1 not)", "bold red"))
    else:
        lines.append(("THE REGION EXISTS: weights strictly inside are in the JSON output", "bold green"))
    rank = region.rank
    consequence = "full: every differentiable critical point in it has loss zero" if rank.is_full else "not full"
    lines.append(
        (f"Jacobian: rank {rank.rank} of {rank.n}, {consequence}; {region.generic.rank} for generic points.", "")
    )
    if region.zero_loss is not None:
        says = "contains weights of loss zero" if region.zero_loss.exists else "contains no weights of loss zero"
        lines.append((f"Zero loss: the region {says}, with proof in the JSON output.", ""))
    elif region.unknown:
        lines.append((f"Zero loss: unknown; {region.unknown}.", "bold yellow"))
    return lines


def _sample_lines(sample: Sample, has_labels: bool) -> list[Line]:
    shown = sample.to_json()
    lines = [(f"Sampled: {sample.samples} regions of fresh networks, ranks decided exactly.", "")]
    lines.append((f"Full rank {sample.n}: {_share(sample.full, sample.samples, shown['full_interval'])}.", ""))
    ranks = sorted(sample.ranks.items(), reverse=True)
    shown_ranks = ", ".join(f"{rank} ({count})" for rank, count in ranks[:_MOST_RANKS])
    lower = sum(count for _, count in ranks[_MOST_RANKS:])
    lines.append((f"Ranks (how often): {shown_ranks}{f', lower ones ({lower})' * bool(lower)}.", ""))
    if sample.with_zero_loss is not None:
        text = _share(sample.with_zero_loss, sample.samples, shown["with_zero_loss_interval"])
        lines.append((f"With weights of loss zero inside: {text}.", ""))
    elif has_labels:
        lines.append(("Weights of loss zero: not decided, the linear programs are too large; use fewer units.", ""))
    return lines


def _share(count: int, total: int, interval: list[float]) -> str:
    return f"{count} of {total} (95 % interval {100 * interval[0]:.1f} to {100 * interval[1]:.1f} %)"
