"""Make the figures of the page ``regions``.

    python docs/papers/regions_figures.py MAPS [--workers 2]

Phase maps are computed in the folder MAPS and kept there, so that a second run only draws. All ranks are exact.
"""

from __future__ import annotations

import argparse
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from verify.landscapes.regions import Cell, Experiment, Plan, draw_regions, have_full_rank, phase_map
from verify.landscapes.regions.binary_rank import binary_rank
from verify.landscapes.regions.comparisons import compare_ranks
from verify.width.intervals import clopper_pearson

HERE = Path(__file__).parent
BLUE, ORANGE, GREY = "#1b6ca8", "#c8553d", "#8a8f98"
STYLE = {"svg.hashsalt": "fullrank", "svg.fonttype": "none", "font.size": 8, "axes.spines.top": False}
STYLE |= {"axes.spines.right": False, "axes.titlesize": 8}


def save(figure: Figure, name: str) -> None:
    """Write an SVG, the same bytes every time."""
    figure.savefig(HERE / f"regions-{name}.svg", format="svg", metadata={"Date": None})


def maps(folder: Path, workers: int, experiment: Experiment, parameters: list[str], title: str, name: str) -> None:
    """Draw four phase maps side by side."""
    figure = Figure(figsize=(7.2, 2.2), layout="constrained")
    axes: Any = figure.subplots(1, len(parameters), sharey=True)
    for axis, text in zip(axes, parameters, strict=True):
        plan = Plan.published(experiment, Fraction(text))
        cells = phase_map(plan, workers=workers, folder=folder / f"{experiment}-{text.replace('/', '_')}")
        image = heat(axis, plan, cells)
        axis.set_title(title.format(text))
        axis.set_xlabel("points n")
    axes[0].set_ylabel("width")
    figure.colorbar(image, ax=axes, label="share of full rank", shrink=0.9)
    save(figure, name)


def heat(axis: Any, plan: Plan, cells: list[Cell]) -> Any:
    """Draw one map: n to the right, the width upwards."""
    share = np.array([cell.full / cell.trials for cell in cells]).reshape(len(plan.sizes), len(plan.widths)).T
    ends = []
    for values in (plan.sizes, plan.widths):
        half = (values[1] - values[0]) / 2
        ends += [values[0] - half, values[-1] + half]
    return axis.imshow(share, extent=ends, origin="lower", aspect="auto", cmap="Blues", vmin=0, vmax=1)


def curve(axis: Any, x: list[int], counts: list[int], trials: int, label: str, colour: str) -> None:
    """Draw shares with their intervals."""
    share = [count / trials for count in counts]
    low, high = zip(*(clopper_pearson(count, trials, confidence=0.95) for count in counts), strict=True)
    axis.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
    axis.plot(x, share, color=colour, marker="o", markersize=3, linewidth=1, label=label)


def precisions() -> None:
    """Draw full ranks in three arithmetics."""
    widths, trials = [150, 200, 250, 300, 400, 500], 50
    found = [compare_ranks(draw_regions(trials, 100, 2, width, rng=width)) for width in widths]
    figure = Figure(figsize=(3.6, 2.4), layout="constrained")
    axis: Any = figure.subplots()
    curve(axis, widths, [c.exact for c in found], trials, "exact", BLUE)
    curve(axis, widths, [c.float32 for c in found], trials, "float32, default tolerance", ORANGE)
    axis.plot(widths, [c.float64 / trials for c in found], color=GREY, linestyle=":", label="float64")
    axis.set(xlabel="width", ylabel="share of full rank", title="n = 100, $d_0$ = 2", ylim=(0, 1.02))
    axis.legend(frameon=False, loc="lower right")
    save(figure, "precision")


def line() -> None:
    """Draw the two thresholds on the line."""
    rng, trials, n = np.random.default_rng(0), 200, 40
    widths = [20, 40, 60, 80, 100, 120, 150, 200, 250, 300, 350, 400]
    jacobians, patterns = [], []
    for width in widths:
        points = np.sort(rng.random((trials, n, 1)), axis=1)
        starts, sides = rng.integers(0, n, (trials, width)), rng.integers(0, 2, (trials, width)).astype(bool)
        drawn = (np.arange(n) >= starts[:, :, None]) ^ sides[:, :, None]
        jacobians.append(int(have_full_rank(points, drawn).sum()))
        patterns.append(sum(binary_rank(pattern) == n for pattern in drawn))
    figure = Figure(figsize=(3.6, 2.4), layout="constrained")
    axis: Any = figure.subplots()
    curve(axis, widths, jacobians, trials, "Jacobian", BLUE)
    curve(axis, widths, patterns, trials, "pattern", ORANGE)
    for factor in (0.5, 1.0):
        axis.axvline(factor * n * math.log(n), color=GREY, linestyle=":", linewidth=0.8)
    axis.set(xlabel="width", ylabel="share of rank n", title="one input, n = 40, uniform regions", ylim=(0, 1.02))
    axis.legend(frameon=False)
    save(figure, "line")


def main() -> None:
    """Compute and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("maps", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    with mpl.rc_context(STYLE):
        precisions()
        line()
        maps(given.maps, given.workers, Experiment.FIXED_DIMENSION, ["1", "2", "3", "5"], "$d_0$ = {}", "fixed")
        ratios = ["1/4", "1/2", "1", "2"]
        maps(given.maps, given.workers, Experiment.PROPORTIONAL_DIMENSION, ratios, "$d_0$ = {} n", "proportional")


if __name__ == "__main__":
    main()
