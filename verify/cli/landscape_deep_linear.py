"""`fullrank landscape deep-linear`: the certified global minimum of a deep linear network on a data set."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from verify.cli.data_options import data_options, read_data
from verify.cli.output import DECIDED, progress, show
from verify.rational import format_rational, significant

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from verify.algebraic.polynomials import Interval
    from verify.landscapes.deep_linear import Landscape, Threshold

_LONG = 30  # characters of a rational that is rounded
_MANY = 6  # more coordinates than this are counted, not listed
_ORIGIN = {
    "global_minimum": "a global minimum",
    "local_minimum": "a strict local minimum that is not global: a trap for training",
    "strict_saddle": "a strict saddle",
    "not_critical": "no critical point",
}


@click.command(
    short_help="Deep linear networks with weight decay and noise: the global minimum.",
    epilog="""\b
Examples:
  fullrank landscape deep-linear bundled:iris --label petal_width --widths 4,4 --decay 1/10 --noise 1/2
  fullrank landscape deep-linear data.csv --label y --widths 8 --decay 1/10,1/5 --json
  fullrank landscape deep-linear data.csv --label y --widths none --decay 1/10

\b
The loss is the mean over data and noise of (f(x) - y)^2, plus decay_i ||W_i||^2 for every layer.
Widths, decays and variances are listed from the first layer to the last; nothing is centred.
JSON: global_minimum, scale (t), origin, critical_points, thresholds, metastable, network.

Exit status: 0 done, 2 bad input.""",
)
@click.argument("data", type=click.Path())
@click.option("--widths", metavar="W,W,...", required=True, help="Units of each hidden layer; none: ridge regression.")
@click.option(
    "--decay", metavar="G[,G,...]", required=True, help="Weight decay: one positive number, or one for each layer."
)
@click.option(
    "--noise",
    metavar="V[,V,...]",
    default="0",
    help="The VARIANCE sigma^2 of the noise of mean 1 that multiplies each hidden unit: one, or one for each hidden "
    "layer. 0 by default.",
)
@data_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; rationals are strings p/q.")
def command(
    *,
    data: str,
    widths: str,
    decay: str,
    noise: str,
    as_json: bool,
    **reading: Any,
) -> None:
    """Find the least loss of a deep linear network with weight decay and noise, with proof, and what lies around it.

    The network has one output and no biases. Its global minimum, the critical points of the effective potential, the
    nature of the origin and the decays at which that changes are exact: algebraic numbers, in rational intervals.
    """
    from verify.errors import ModelError
    from verify.landscapes.deep_linear import DeepLinear, Landscape, Moments

    units = _widths(widths)
    if not units and noise != "0":
        raise ModelError("--noise multiplies hidden units, and there are none (--widths none); leave it out")
    network = DeepLinear(units, _listed(decay), noise=_listed(noise))
    dataset = read_data(data, **reading)
    with progress("isolating the critical points"):
        landscape = Landscape(Moments.of(dataset), network)
        if as_json:
            found = {**landscape.to_json(), "coordinates": list(dataset.names), "label": dataset.label_names[0]}
            lines = [(json.dumps(found), "")]
        else:
            lines = _describe(landscape)
            names = ", ".join(dataset.names[:_MANY]) + f", ... {dataset.dimension} in all" * (dataset.dimension > _MANY)
            lines.append((f"Coordinates: {names or 'none'}. Label: {dataset.label_names[0]}.", ""))
    show(lines)
    raise click.exceptions.Exit(DECIDED)


def _widths(text: str) -> list[int]:
    """Read the widths; 0 is left for the network to refuse."""
    if text.strip() in ("", "none"):
        return []
    cells = [cell.strip() for cell in text.split(",")]
    for cell in cells:
        if not (cell.isascii() and cell.isdigit() and len(cell) < 10):
            raise click.UsageError(f"--widths: {cell!r} is not a whole number; write them as 4,4, or none")
    return [int(cell) for cell in cells]


def _listed(text: str) -> str | list[str]:
    """One number for all layers, or a list."""
    return text.split(",") if "," in text else text


def _describe(landscape: Landscape) -> list[tuple[str, str]]:
    """Say what was found in plain sentences."""
    network, least = landscape.network, landscape.global_minimum
    value = _shown(least.points[0].value.enclosure, 12) if least.exact is None else significant(least.exact, 12)
    written = "" if least.exact is None else format_rational(least.exact)
    exact = f" (exactly {written})" if written and len(written) < _LONG else ""
    where = "at the origin, where all weights are 0" * least.at_origin
    scales = ", ".join(f"t = {_shown(point.scale.enclosure, 8)}" for point in least.points)
    where += " and " * bool(where and scales) + (f"at {scales}" if scales else "")
    lines = [
        (f"Least loss {value}{exact}, attained {where}.", "bold"),
        (
            f"Network: {_layers(network.widths)}; decays {_rationals(network.decay)}; "
            f"noise variances {_rationals(network.noise) or 'none'}.",
            "",
        ),
        (f"The origin (loss {significant(landscape.moments.label_moment, 12)}) is {_ORIGIN[landscape.origin]}.", ""),
        ("Critical points of the effective potential (t is the weight decay that each layer pays):", ""),
    ]
    for point in landscape.critical_points:
        mark = ", global" if point in least.points else ""
        lines.append(
            (
                f"  t = {_shown(point.scale.enclosure, 8)}, loss {_shown(point.value.enclosure, 12)}: "
                f"{point.kind.replace('_', ' ')}{mark}",
                "",
            )
        )
        if point in least.points:
            variance = _shown(point.variance, 6)
            lines.append((f"    variance of f(x) under the noise, mean over the data: {variance}", ""))
    if not landscape.critical_points:
        lines.append(("  none with t > 0", ""))
    found = landscape.thresholds
    if found is not None:
        lines.append(
            (f"The origin is a global minimum where {_threshold(found.origin_global, network.depth)} or more.", "")
        )
        if network.depth > 1:
            lines.append(
                (f"It is the only critical point where {_threshold(found.only_origin, network.depth)} is exceeded.", "")
            )
    return lines


def _layers(widths: tuple[int, ...]) -> str:
    """Count the hidden layers and their units."""
    if not widths:
        return "ridge regression"
    return f"{len(widths)} hidden layer{'s' * (len(widths) > 1)} of {', '.join(map(str, widths))} units"


def _threshold(threshold: Threshold, depth: int) -> str:
    product, equal = _shown(threshold.product, 8), _shown(threshold.equal_decay, 8)
    return f"the product of the {depth + 1} decays is {product} (equal decays: {equal})"


def _shown(enclosure: Callable[[int], Interval], digits: int) -> str:
    from verify.landscapes.deep_linear.real_root import approximation

    return significant(approximation(enclosure), digits)


def _rationals(numbers: tuple[Fraction, ...]) -> str:
    texts = [format_rational(x) for x in numbers]
    return ", ".join(text if len(text) < _LONG else significant(x, 8) for text, x in zip(texts, numbers, strict=True))
