"""`fullrank landscape quadratic`: a student with quadratic activation, its teacher, and Gaussian data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.cli.output import progress, show
from verify.errors import DataError
from verify.rational import significant

if TYPE_CHECKING:
    from verify.algebraic.polynomials import Interval
    from verify.landscapes.quadratic.critical_points import CriticalPoint
    from verify.landscapes.quadratic.teacher import Teacher

_LISTED = 1000  # kinds of critical points that JSON lists; more are counted
_SHOWN = 8
_LONG = 30  # characters of a rational that is rounded
_SIMULATED = 2000  # largest d of a simulation: Z* is a full matrix there


@click.command(
    short_help="Quadratic activation and a teacher: least loss, critical points, rates.",
    epilog="""\b
Examples:
  fullrank landscape quadratic --teacher 1,1/2,1/4 --dimension 5 --width 2
  fullrank landscape quadratic teacher.csv --width 3 --json
  fullrank landscape quadratic --teacher 3,2,1 --dimension 10 --width 5 --times 0,1,10,100
  fullrank landscape quadratic --teacher 3,2,1 --width 2 --times 0,1,2,3,4 --plot curve.svg

\b
FILE holds the teacher matrix Z* as rows (.csv, .tsv, .json, .npy, .npz, .parquet): symmetric,
positive semidefinite, read exactly. The student of width m is the d x m matrix W; the loss is
  L(W) = E[(x^T W W^T x - x^T Z* x)^2] / 4 over standard Gaussian x.

Exit status: 0 done, 2 bad input.""",
)
@click.argument("file", required=False, type=click.Path())
@click.option("--teacher", metavar="S,...", help="The eigenvalues of the teacher, instead of FILE; zeros fill up to d.")
@click.option("--dimension", metavar="D", type=int, help="d, with --teacher; by default the number of eigenvalues.")
@click.option("--width", metavar="M", type=int, required=True, help="The number of neurons of the student.")
@click.option("--times", metavar="T,...", help="Integrate gradient flow from random weights; show the loss then.")
@click.option("--seed", metavar="N", type=click.IntRange(min=0), default=0, help="Of these weights; 0 by default.")
@click.option("--plot", metavar="OUT", type=click.Path(path_type=Path), help="Draw the loss over --times (.svg, .png).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; rationals are strings p/q.")
def command(
    *,
    file: str | None,
    teacher: str | None,
    dimension: int | None,
    width: int,
    times: str | None,
    seed: int,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Give the least loss, the critical points and the speed of gradient flow, exactly.

    For irrational eigenvalues the numbers are rational enclosures.
    """
    from verify.landscapes.quadratic.critical_points import count_critical_types, critical_points
    from verify.landscapes.quadratic.least_loss import least_loss
    from verify.landscapes.quadratic.rates import predicted_rate

    _check_usage(file, teacher, dimension, times, plot)
    star = _read_teacher(file, teacher, dimension)
    grid = _parse_times(times) if times is not None else []
    with progress("isolating the eigenvalues"):
        best = least_loss(star, width)
        rate = predicted_rate(star, width)
        number = count_critical_types(star, width)
        points = sorted(critical_points(star, width), key=lambda p: p.loss) if number <= _LISTED else []
    curve: list[float] = []
    if grid:
        with progress("integrating gradient flow"):
            curve = _simulate(star, width, grid, seed)
    if plot is not None:
        _draw(plot, grid, curve, float(best.bounds[0]))
    if as_json:
        report: dict[str, Any] = {
            "dimension": star.dimension,
            "rank": star.rank,
            "width": width,
            "least_loss": _exact(best.bounds),
            "best_eigenvalues": [_exact(z) for z in best.eigenvalues],
            "best_is_unique": best.is_unique,
            "critical_types": number,
            "critical_points": [_point(p) for p in points] if number <= _LISTED else None,
            "rate": {
                "exponent": None if rate.exponent is None else _exact(rate.exponent),
                "constant_over_t_squared": None if rate.constant is None else str(rate.constant),
            },
        }
        if grid:
            report["curve"] = [{"time": t, "loss": loss} for t, loss in zip(grid, curve, strict=True)]
            report["seed"] = seed
        show([(json.dumps(report), "")])
        return
    several = "" if best.is_unique else " (not unique: the next eigenvalue of the teacher is equal)"
    lines = [
        (f"LEAST LOSS {_text(best.bounds)}", "bold green"),
        (f"Student of width {width}, teacher of rank {star.rank} in dimension {star.dimension}.", ""),
        (f"Eigenvalues of the best W W^T: {_list(best.eigenvalues)}{several}.", ""),
        (f"Critical points by their eigenvalues: 1 of global minima, {number - 1} of strict saddles, none else.", ""),
    ]
    lines += [(f"  loss {_text(p.loss)}: {p.kind}, eigenvalues {_list(p.eigenvalues)}", "") for p in points[:_SHOWN]]
    if number > _SHOWN:
        lines.append((f"  ... {number - min(_SHOWN, len(points))} more" + (" (--json)" if points else ""), ""))
    lines.append((f"From almost every start the excess loss vanishes like {_rate_text(str(rate), rate.constant)}.", ""))
    lines += [(f"  t = {t:g}: loss {loss:.10g}", "") for t, loss in zip(grid, curve, strict=True)]
    if plot is not None:
        lines.append((f"Wrote {plot} (the loss over time).", ""))
    show(lines)


def _check_usage(file: str | None, teacher: str | None, dimension: int | None, times: str | None, plot: Any) -> None:
    if (file is None) == (teacher is None):
        raise click.UsageError("give the teacher once: a FILE, or --teacher with its eigenvalues")
    if file is not None and dimension is not None:
        raise click.UsageError("--dimension belongs to --teacher; a file has its own dimension")
    if plot is not None and times is None:
        raise click.UsageError("--plot draws the loss at --times; give them")
    if plot is not None:
        from verify.cli.plot_option import check_plot

        check_plot(plot)


def _read_teacher(file: str | None, eigenvalues: str | None, dimension: int | None) -> Teacher:
    from fractions import Fraction

    from verify.landscapes.quadratic.teacher import Teacher

    if file is None:
        assert eigenvalues is not None  # noqa: S101  # for the type checker
        return Teacher.from_eigenvalues(eigenvalues.split(","), dimension=dimension)
    from verify.cli.data_argument import read_argument

    data = read_argument(file, label=())
    for i, row in enumerate(data.points, 1):
        for x in row:
            if not isinstance(x, (int, Fraction)):
                raise DataError(f"{file}: row {i} has the irrational entry {x}; give rational entries")
    try:
        return Teacher.from_matrix(data.points)
    except DataError as error:
        raise DataError(f"{file}: {error}") from None


def _parse_times(text: str) -> list[float]:
    from verify.landscapes.quadratic.flow import checked_times

    try:
        times = [float(part) for part in text.split(",")]
    except ValueError:
        raise DataError(f"the times {text!r} are not numbers; write --times 0,1,10") from None
    return [float(t) for t in checked_times(times)]


def _simulate(teacher: Teacher, width: int, times: list[float], seed: int) -> list[float]:
    import numpy as np

    from verify.landscapes.quadratic.flow import gradient_flow
    from verify.landscapes.quadratic.loss import population_loss

    if teacher.dimension > _SIMULATED:
        raise DataError(f"--times in dimension {teacher.dimension}; the simulation takes at most {_SIMULATED}")
    try:
        values = [float(sum(s.bounds) / 2) for s in teacher.spectrum() for _ in range(s.multiplicity)]
    except OverflowError:
        raise DataError("--times: an eigenvalue of the teacher is too large for float64; give a smaller one") from None
    Z = np.diag(values)
    W = np.random.default_rng(seed).normal(size=(teacher.dimension, width)) / np.sqrt(width)
    path = gradient_flow(W, Z, times, method="LSODA")
    return [float(population_loss(step, Z)) for step in path]


def _draw(path: Path, times: list[float], losses: list[float], least: float) -> None:
    import io

    from matplotlib.figure import Figure

    from verify.whole_file import write_whole

    figure = Figure(figsize=(5, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(times, losses, marker=".", label="loss")
    if least > 0:
        axes.axhline(least, color="0.5", linewidth=1, linestyle="--", label="least loss")
    axes.set_xlabel("time t")
    axes.set_ylabel("population loss")
    axes.legend()
    buffer = io.BytesIO()
    figure.savefig(buffer, format=path.suffix[1:].lower())
    write_whole(path, buffer.getvalue())


def _exact(bounds: Interval) -> str | list[str]:
    from verify.rational import format_rational

    low, high = (format_rational(end) for end in bounds)
    return low if low == high else [low, high]


def _text(bounds: Interval) -> str:
    exact = _exact(bounds)
    if isinstance(exact, list):
        return f"{significant(bounds[0], 12)} (enclosed)"
    if len(exact) >= _LONG:
        return f"{significant(bounds[0], 12)} (exactly a rational of {len(exact)} characters)"
    return exact if "/" not in exact else f"{exact} = {significant(bounds[0], 6)}"


def _list(values: tuple[Interval, ...]) -> str:
    if not values:
        return "none"
    texts = []
    for bounds in values[:_SHOWN]:
        exact = _exact(bounds)
        texts.append(exact if isinstance(exact, str) and len(exact) < _LONG else significant(bounds[0], 10))
    return ", ".join(texts) + (f", ... {len(values)} in all" if len(values) > _SHOWN else "")


def _rate_text(rate: str, constant: Any) -> str:
    return rate if constant is None else f"{rate} = {float(constant):.6g} / t^2"


def _point(point: CriticalPoint) -> dict[str, Any]:
    return {
        "eigenvalues": [_exact(z) for z in point.eigenvalues],
        "loss": _exact(point.loss),
        "kind": point.kind.value,
        "curvature": None if point.curvature is None else _exact(point.curvature),
    }
