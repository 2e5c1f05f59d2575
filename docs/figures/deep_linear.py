"""Draw the figures of the chapter "Deep linear networks": python docs/figures/deep_linear.py [FOLDER]."""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from verify.landscapes.deep_linear import CriticalPoint, DeepLinear, Kind, Landscape, Moments

DATA = Moments([["1.3"]], [1], 1)
COLOURS = ("#1f77b4", "#d95f02", "#1b7837")
STYLE = {
    "svg.hashsalt": "fullrank",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
FILES = ("deep-linear-potential.svg", "deep-linear-transition.svg")


def landscape(depth: int, decay: Fraction) -> Landscape:
    """The worked example at a depth and with one decay for all layers."""
    return Landscape(DATA, DeepLinear([2] * depth, decay, noise="1/2"))


def norm(point: CriticalPoint) -> float:
    """The norm of the mean predictor."""
    return abs(float(sum(point.predictor(64)[0]) / 2))


def potential(axes: Axes, depth: int, decays: tuple[str, ...], right: float) -> None:
    """Draw V - V(0) for some decays, with its certified critical points."""
    axes.axhline(0, color="0.8", linewidth=0.8, zorder=0)
    for colour, text in zip(COLOURS, decays, strict=True):
        found = landscape(depth, Fraction(text))
        grid = [Fraction(right) * k / 50 for k in range(51)]
        axes.plot(grid, [float(found.potential.value(t) - 1) for t in grid], color=colour, linewidth=1.4, label=text)
        for point in found.critical_points:
            face = colour if point.kind is Kind.LOCAL_MINIMUM else "white"
            axes.plot(float(point.scale), float(point.value) - 1, "o", color=colour, markerfacecolor=face, markersize=5)
    axes.set_title(f"{depth} hidden layer{'s' * (depth > 1)}")
    axes.set_xlabel("t")
    axes.set_ylim(top=1.5 * axes.get_ylim()[1])  # room for the legend
    axes.legend(title="decay", frameon=False, fontsize=8, title_fontsize=8)


def transition(axes: Axes, depth: int, colour: str) -> None:
    """Draw the norm at the global minimum, and of the metastable minima beyond its threshold, against the decay."""
    found = landscape(depth, Fraction(1)).thresholds
    assert found is not None  # noqa: S101  # there is a signal
    first, last = (threshold.equal_decay(40)[0] for threshold in found)
    solid = [first * k / 40 for k in range(1, 41)]
    dotted = [first + (last - first) * k / 20 for k in range(21)]
    for decays, line in ((solid, "-"), (dotted, ":")):
        branch = [(decay, landscape(depth, decay).critical_points) for decay in decays]
        shown = [(float(decay), norm(points[-1])) for decay, points in branch if points]
        if len(shown) > 1:
            name = f"{depth} hidden layer{'s' * (depth > 1)}" if line == "-" else None
            axes.plot(*zip(*shown, strict=True), line, color=colour, linewidth=1.6, label=name)
    jump = landscape(depth, first).critical_points
    end = norm(jump[-1]) if jump else 0.0
    axes.plot([float(first)] * 2, [0, end], "--", color=colour, linewidth=0.8)
    axes.plot([float(first), 1.15], [0, 0], "-", color=colour, linewidth=1.6)


def draw(folder: Path) -> list[Path]:
    """Write both figures as SVG and return their paths."""
    with rc_context(STYLE):
        figure = Figure(figsize=(8.4, 2.8), layout="constrained")
        panels = figure.subplots(1, 3)
        potential(panels[0], 1, ("0.5", "0.8", "1.1"), 0.4)
        potential(panels[1], 2, ("0.25", "0.34", "0.4"), 0.25)
        potential(panels[2], 3, ("0.14", "0.2", "0.26"), 0.14)
        panels[0].set_ylabel("V(t) - E[y²]")
        paths = [folder / name for name in FILES]
        figure.savefig(paths[0], format="svg", metadata={"Date": None})
        figure = Figure(figsize=(5.6, 2.8), layout="constrained")
        axes = figure.subplots()
        for depth, colour in zip((1, 2, 3), COLOURS, strict=True):
            transition(axes, depth, colour)
        axes.set_xlabel("decay of all layers")
        axes.set_ylabel("norm of the mean predictor")
        axes.set_xlim(0, 1.15)
        axes.set_ylim(-0.01, math.ceil(10 / 1.3) / 10)
        axes.legend(frameon=False)
        figure.savefig(paths[1], format="svg", metadata={"Date": None})
    return paths


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
