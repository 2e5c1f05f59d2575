"""`fullrank descent`: gradient descent on the last layer, predicted from the spectrum and run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.cli.counting_bar import counting
from verify.cli.data_options import data_options, read_data
from verify.cli.output import DECIDED, INTERRUPTED, complain, show
from verify.cli.plot_option import check_plot

if TYPE_CHECKING:
    from verify.descent import DescentReport


@click.command(
    short_help="The loss curve of training the last layer, and its plateau.",
    epilog="""\b
Examples:
  fullrank descent bundled:parity3 --model relu --width 40 --steps 1000
  fullrank descent bundled:iris --model relu+bias --width 200 --steps 10000 --plot iris.svg
  fullrank descent bundled:hexagon --model relu --width 64 --steps 2000 --lazy --json

\b
DATA and SPEC are as in fullrank decide. One hidden layer with weights from N(0, I), rounded to multiples of 2^-20.
The plateau is exact where the activation is piecewise polynomial with rational coefficients.

Exit status: 0 done, 2 bad input, 130 interrupted: what was run is shown.""",
)
@click.argument("data", type=click.Path())
@click.option("--model", "spec", metavar="SPEC", required=True, help="The activation and the architecture: relu+bias.")
@click.option("--width", metavar="M", type=click.IntRange(0), required=True, help="Random units.")
@click.option("--steps", metavar="T", type=click.IntRange(0), required=True, help="Steps of gradient descent.")
@click.option("--step-size", metavar="ETA", type=float, help="By default 1/s_1^2; it must be below 2/s_1^2.")
@click.option("--seed", metavar="S", type=click.IntRange(0), default=0, show_default=True, help="Of the hidden layer.")
@click.option("--lazy", is_flag=True, help="Train both layers too, beside the prediction of the tangent kernel.")
@click.option(
    "--engine",
    type=click.Choice(["numpy", "torch"]),
    default="numpy",
    show_default=True,
    help="What runs the last layer.",
)
@click.option("--plot", metavar="OUT.svg", type=click.Path(path_type=Path), help="Draw the curves; needs matplotlib.")
@data_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; exact numbers are strings p/q.")
def command(
    *,
    data: str,
    spec: str,
    width: int,
    steps: int,
    step_size: float | None,
    seed: int,
    lazy: bool,
    engine: str,
    plot: Path | None,
    as_json: bool,
    **reading: Any,
) -> None:
    """Predict gradient descent on the last layer of a random hidden layer, and run it beside the prediction."""
    from verify.descent import descent_report
    from verify.model import Model
    from verify.whole_file import write_whole

    if plot is not None:
        check_plot(plot, data=Path(data), endings=(".svg",))
    model = Model.parse(spec, cached=True)
    dataset = read_data(data, **reading)
    with counting("gradient descent") as progress:
        report = descent_report(
            dataset,
            model,
            width=width,
            steps=steps,
            step=step_size,
            engine=engine,
            lazy=lazy,
            rng=seed,
            progress=progress,
        )
    written: dict[str, str] = {}
    if plot is not None:
        from verify.descent.plot import svg

        write_whole(plot, svg(report))
        written["plot"] = str(plot)
    found = {**report.to_json(), **written}
    show([(json.dumps(found, allow_nan=False), "")] if as_json else [(line, "") for line in _lines(report, found)])
    if report.interrupted:
        complain("interrupted; what was run is shown")
        raise click.exceptions.Exit(INTERRUPTED)
    raise click.exceptions.Exit(DECIDED)


def _lines(report: DescentReport, found: dict[str, Any]) -> list[str]:
    limit = found["largest_step_size"]
    lines = [
        f"Model: {report.model.describe()} ({report.model}), {report.width} random units, last layer trained. "
        f"Data: {report.data.n} points in dimension {report.data.dimension}.",
        f"Step size {report.step:.6g}; it must be below {'any bound' if limit is None else format(limit, '.6g')}.",
    ]
    if report.plateau is None:
        lines.append(f"Plateau of these features, in float64: {report.spectral.plateau:.10g}.")
    else:
        exact = found["exact_plateau"]
        shown = exact if len(exact) <= 40 else f"a fraction of {len(exact)} characters"
        lines.append(
            f"Plateau of these features, exact: {shown} (about {float(report.plateau):.10g}); their rank is "
            f"{report.rank} of {report.data.n}."
        )
    least = found["least_mse"]
    lines += [
        f"Least mean squared error of any width and any training, exact: {'unknown' if least is None else least}.",
        *_rates(found),
        f"Predicted and simulated losses differ by at most {found['disagreement']:.2g}, relatively.",
    ]
    lazy = found["lazy"]
    head = "step, predicted, simulated"
    if lazy is not None:
        lines.append(
            f"Both layers: tangent kernel of exact rank {lazy['rank']}, step size {lazy['step_size']:.6g}, predicted "
            f"plateau {lazy['plateau']:.6g}, late rate {lazy['late_rate']:.10g}."
        )
        head += ", tangent kernel, both layers"
    lines.append(head)
    count = len(found["steps"])
    for place in sorted({*range(0, count, max(1, count // 12)), count - 1}):
        cells = [found["predicted"][place], found["simulated"][place]]
        cells += [lazy["predicted"][place], lazy["simulated"][place]] if lazy is not None else []
        lines.append(", ".join([str(found["steps"][place]), *("-" if x is None else f"{x:.8g}" for x in cells)]))
    return [*lines, *([f"Wrote {found['plot']}."] if "plot" in found else [])]


def _rates(found: dict[str, Any]) -> list[str]:
    """Say how fast the loss above the plateau decreases, if there is any."""
    if found["leading_energy"] == found["early_rate"] == 0:
        return ["The training starts at the plateau: no step changes the loss."]
    return [
        f"Early: the first step multiplies the loss above the plateau by {found['early_rate']:.6g}; "
        f"{100 * found['leading_energy']:.4g}% of it lies in directions with s^2 >= s_1^2/10.",
        f"Late: each step multiplies it by {found['late_rate']:.10g}.",
    ]
