"""`fullrank spectrum`: the eigenvalues of the infinite-width kernel, and the exact nullity beside them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.cli.data_options import data_options, read_data
from verify.cli.output import DECIDED, progress, show
from verify.cli.plot_option import check_plot

if TYPE_CHECKING:
    from verify.spectra import Spectrum

_SHOWN = 12  # eigenvalues at each end; the JSON has all of them
_DIGITS = 50  # digits shown
_STYLES = {
    "exactly zero": "bold red",
    "certainly positive": "green",
    "not enclosed": "",
    "numerically unresolved": "yellow",
}


@click.command(
    short_help="Eigenvalues of the infinite-width kernel, beside the exact nullity.",
    epilog="""\b
Examples:
  fullrank spectrum bundled:hexagon --model relu
  fullrank spectrum bundled:hexagon --model relu+ntk --digits 50
  fullrank spectrum bundled:iris --model gelu --arithmetic float64 --json
  fullrank spectrum data.csv --no-label --model exp --plot spectrum.svg

\b
Of each eigenvalue it says that it is
  exactly zero            by the theorem: the kernel has the null space of the model, which is computed exactly
  certainly positive      an enclosure in ball arithmetic excludes 0
  not enclosed            computed, well above the estimate of its error; nothing is proved of it
  numerically unresolved  computed, but not above its error

\b
DATA and SPEC are those of fullrank decide.
Exit status: 0 computed, 2 bad input, or a model whose kernel is not known.""",
)
@click.argument("data", type=click.Path())
@click.option("--model", "spec", metavar="SPEC", required=True, help="The activation and the architecture: relu+ntk.")
@click.option(
    "--arithmetic",
    type=click.Choice(["float64", "mpmath", "arb"]),
    default=None,
    help="float64 (the default), mpmath (any number of digits), or arb (every eigenvalue between two bounds that hold "
    "for certain).",
)
@click.option(
    "--digits",
    type=click.IntRange(1, 1000),
    help="Decimal digits, for mpmath and arb; without --arithmetic it means arb where the kernel has a closed form.",
)
@click.option(
    "--plot", metavar="OUT", type=click.Path(path_type=Path), help="Draw the spectrum to an .svg or .png file."
)
@data_options
@click.option(
    "--distinct", is_flag=True, help="Leave out points that come again; a repeated point is exactly singular."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; numbers are floats.")
def command(
    *,
    data: str,
    spec: str,
    arithmetic: str | None,
    digits: int | None,
    plot: Path | None,
    distinct: bool,
    as_json: bool,
    **reading: Any,
) -> None:
    """Compute the spectrum of the infinite-width kernel of a model, and say what is known of each eigenvalue.

    Labels are not looked at; a label column must be known only so that it is not taken for a coordinate.
    """
    if arithmetic == "float64" and digits is not None:
        raise click.UsageError("float64 has 15 digits; use --arithmetic mpmath or arb, or leave --digits out")
    from verify.model import Model

    if plot is not None:
        check_plot(plot, data=Path(data), endings=(".svg", ".png", ".pdf"))
    model = Model.parse(spec, cached=True)
    points = read_data(data, **reading)
    from verify.kernels.forms import closed_form
    from verify.kernels.piecewise_linear import piecewise_linear_form
    from verify.spectra import spectrum
    from verify.spectra.points import distinct_points

    if distinct:
        points = distinct_points(points)
    if arithmetic is None:
        known = closed_form(model.activation) or piecewise_linear_form(model.activation)
        arithmetic = "float64" if digits is None else "arb" if known else "mpmath"
    with progress(f"the spectrum of {points.n} points in {arithmetic}"):
        found = spectrum(points, model, arithmetic=arithmetic, digits=digits)  # type: ignore[arg-type]  # a choice
    written = {}
    if plot is not None:
        from verify.spectra.plot import draw

        with progress("drawing"):
            draw([found], plot)
        written["plot"] = str(plot)
    if as_json:
        show([(json.dumps({**found.to_json(), **written}, allow_nan=False), "")])
    else:
        show([*_lines(found), *((f"Wrote {path} ({kind}).", "") for kind, path in written.items())])
    raise click.exceptions.Exit(DECIDED)


def _lines(found: Spectrum) -> list[tuple[str, str]]:
    from verify.spectra import State
    from verify.spectra.report import decimal

    n, counts = len(found.eigenvalues), {state: found.count(state) for state in State}
    points = "1 point" if n == 1 else f"{n} points"
    head = f"SPECTRUM of {found.model} on {points} ({found.arithmetic}, {found.digits} digits, {found.method})"
    lines = [(head, "bold"), (found.reason[:1].upper() + found.reason[1:] + ".", "")]
    known = ", ".join(f"{count} {state.value}" for state, count in counts.items() if count)
    lines.append((f"Of {n} eigenvalues: {known or 'none'}.", ""))
    size = min(found.digits, _DIGITS)
    for i, (x, state) in enumerate(zip(found.eigenvalues, found.states, strict=True)):
        if n <= 2 * _SHOWN or i < _SHOWN or i >= n - _SHOWN:
            lines.append((f"  {i + 1:5}  {decimal(x, digits=size):>{size + 9}}  {state.value}", _STYLES[state.value]))
        elif i == _SHOWN:
            lines.append((f"    ...  {n - 2 * _SHOWN} more; --json lists all of them", ""))
    if found.certified_lambda_min is not None and not found.exact_nullity:
        low, high = found.certified_lambda_min
        lines.append(
            (f"The least eigenvalue is between {_short(low, up=False)} and {_short(high, up=True)}, for certain.", "")
        )
    elif n and not found.exact_nullity:
        lines.append(("Nothing is certified about the least eigenvalue.", ""))
    condition = "none" if found.condition is None else _short(found.condition)
    lines.append((f"Condition number: {condition}. Effective rank (entropy): {found.effective_rank:.4g}.", ""))
    return lines


def _short(x: Fraction, *, up: bool | None = None) -> str:
    from verify.spectra.report import decimal

    return decimal(x, digits=6, up=up)
