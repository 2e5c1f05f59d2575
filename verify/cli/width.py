"""`fullrank width`: how many random neurons make training only the last layer reach zero loss."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from verify.cli.counting_bar import counting
from verify.cli.data_options import data_options, read_data
from verify.cli.output import DECIDED, INTERRUPTED, UNKNOWN, complain, show

if TYPE_CHECKING:
    from verify.width import WidthReport


@click.command(
    short_help="How many random neurons make the last layer enough?",
    epilog="""\b
Examples:
  fullrank width bundled:hexagon --model relu+bias
  fullrank width data.csv --no-label --model sin_cos --failure 0.001
  fullrank width bundled:iris --model shifted_relu --draws 100 --seed 1 --json

\b
DATA and SPEC are as in fullrank decide. One hidden layer.
Proved: the necessary and the almost sure width, and the matrix Chernoff widths (from a certified eigenvalue). Measured:
the probability of full rank, by exact ranks of random features with integer weights, with exact intervals.

Exit status: 0 done, 2 bad input, 3 unknown: no theorem here gives the rank of the model, 130 interrupted.""",
)
@click.argument("data", type=click.Path())
@click.option("--model", "spec", metavar="SPEC", required=True, help="The activation and the architecture: relu+bias.")
@click.option("--failure", metavar="P", default="0.01", show_default=True, help="Allowed probability of failure.")
@click.option("--draws", type=int, default=1000, show_default=True, help="Random hidden layers; 0 measures nothing.")
@click.option("--most", metavar="M", type=int, help="Largest width tried; by default 16 times what is needed, plus 64.")
@click.option("--seed", metavar="S", type=int, default=0, show_default=True, help="Seed of the draws.")
@data_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; rationals are strings p/q.")
def command(
    *,
    data: str,
    spec: str,
    failure: str,
    draws: int,
    most: int | None,
    seed: int,
    as_json: bool,
    **reading: Any,
) -> None:
    """Say how many random neurons make training only the last layer reach zero loss.

    The hidden weights are random and stay as they are; the last layer is trained. Labels are not looked at: the
    question is about every labelling that networks of the model attain.
    """
    from verify.errors import DataError
    from verify.model import Model
    from verify.rational import parse_rational
    from verify.width import width_report

    if draws < 0 or seed < 0 or (most is not None and most < 0):
        raise click.UsageError("--draws, --most and --seed are whole numbers of at least 0")
    try:
        allowed = parse_rational(failure)
    except DataError as error:
        raise click.UsageError(f"--failure: {error}") from None
    model = Model.parse(spec, cached=True)
    dataset = read_data(data, **reading)
    from verify.verdict import decide

    verdict = decide(type(dataset)(dataset.coordinates), model)
    if verdict.outcome.value == "unknown":
        reason = f"UNKNOWN: {verdict.reason}"
        show([(json.dumps({"model": spec, "unknown": verdict.reason}) if as_json else reason, "")])
        raise click.exceptions.Exit(UNKNOWN)
    with counting("drawing hidden layers") as progress:
        report = width_report(dataset, model, failure=allowed, draws=draws, most=most, rng=seed, progress=progress)
    found = report.to_json()
    show([(json.dumps(found, allow_nan=False), "")] if as_json else [(line, "") for line in _lines(report, found)])
    if found["measured"] is not None and found["measured"]["interrupted"]:
        complain("interrupted; what was drawn is shown")
        raise click.exceptions.Exit(INTERRUPTED)
    raise click.exceptions.Exit(DECIDED)


def _lines(report: WidthReport, found: dict[str, Any]) -> list[str]:
    from verify.spectra.report import decimal

    attained = "every labelling" if not report.nullity else "every labelling that the model attains at all"
    lines = [
        f"Model: {report.model.describe()} ({report.model}), hidden weights random. "
        f"Data: {report.data.n} points in dimension {report.data.dimension}.",
        f"Rank {report.rank}, nullity {report.nullity} (over all widths); {report.free} dimensions need no unit.",
        f"Necessary, proved: width {report.necessary} for {attained}, whatever the hidden weights are.",
    ]
    if report.almost_sure is None:
        lines.append(f"Almost sure: no theorem; {report.almost_sure_reason}.")
    else:
        lines.append(f"Almost sure, proved: width {report.almost_sure}; {report.almost_sure_reason}.")
    bounds = report.bounds
    if bounds is None:
        lines.append(f"Matrix Chernoff: not available; {report.bounds_reason}.")
    else:
        law = {"sphere": "weights uniform on the unit sphere", "normal": "weights N(0, I)"}[bounds.law]
        failure = found["failure"]
        lines += [
            f"Matrix Chernoff, proved: width {bounds.width} fails with probability at most {failure} ({law}; "
            f"R <= {decimal(bounds.supremum, digits=6, up=True)}, "
            f"lambda_min >= {decimal(bounds.least_eigenvalue, digits=6, up=False)}).",
            f"Whitened, proved: width {bounds.whitened_width}, "
            f"with R' <= {decimal(bounds.whitened_supremum, digits=6, up=True)} ({bounds.whitened_reason}).",
        ]
        if bounds.whitened_sampled is not None:
            lines.append(
                f"Sampled, not proved: the largest phi^T K^-1 phi seen is {bounds.whitened_sampled:.6g}; "
                f"R' is at least {report.data.n}."
            )
    measured = found["measured"]
    if measured is None:
        return [*lines, f"Measured: nothing; {report.sample_reason}."]
    low, high = measured["full_rank_probability"]
    successes = measured["full_rank_draws"]
    count = f"at least {measured['full_rank_proved']}" if successes is None else successes
    lower, upper = measured["threshold"]
    beyond = f"more than {measured['largest_width_tried']} or undecided by so few draws" if upper is None else upper
    return [
        *lines,
        f"Measured, exact ranks: {count} of {measured['draws']} hidden layers of width "
        f"{measured['width']} have full rank; probability in [{low:.6g}, {high:.6g}] with confidence "
        f"{measured['confidence']} ({measured['law']}).",
        f"Measured: the least width that fails with probability at most {found['failure']} is between {lower} and "
        f"{beyond}, with confidence {measured['confidence']}.",
    ]
