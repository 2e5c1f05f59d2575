"""The study of ``docs/width.md``: how each bound of the width grows with n, against the measured threshold.

    python tests/benchmarks/study_width.py            # prints the table, a few minutes
    python tests/benchmarks/study_width.py --write    # and writes docs/figures/width-growth.csv and .svg

Points are integers, 1000 times normal numbers, rounded; relu without biases; failure 1/100; 1000 draws, confidence
0.99.
The seeds determine everything.
"""

from __future__ import annotations

import argparse
import csv
import io
from fractions import Fraction
from math import log
from pathlib import Path

import numpy as np

from verify import Dataset
from verify.width import width_report

FIGURES = Path(__file__).parents[2] / "docs" / "figures"
SIZES = {3: (6, 12, 24, 40), 10: (10, 20, 40, 80, 160)}
FAILURE = Fraction(1, 100)
HEAD = (
    "d",
    "n",
    "necessary",
    "measured from",
    "measured to",
    "whitened, sampled",
    "whitened, proved",
    "Chernoff, proved",
)


def row(dimension: int, n: int, draws: int) -> tuple[int | None, ...]:
    """One line of the table; the sampled whitened width is (largest phi^T K^-1 phi seen) ln(n/failure), not proved."""
    points = np.rint(1000 * np.random.default_rng([dimension, n]).standard_normal((n, dimension))).astype(int)
    report = width_report(Dataset(points), "relu", failure=FAILURE, draws=draws, most=4000)
    assert report.bounds is not None  # the points are in general position
    assert report.sample is not None
    lower, upper = report.sample.threshold(float(FAILURE))
    sampled = report.bounds.whitened_sampled
    guess = None if sampled is None else round(max(sampled, n) * log(n / FAILURE))
    return dimension, n, report.necessary, lower, upper, guess, report.bounds.whitened_width, report.bounds.width


def picture(rows: list[tuple[int | None, ...]]) -> bytes:
    """Draw the rows, a panel for each dimension, and slopes to compare with."""
    import matplotlib
    from matplotlib.figure import Figure

    curves = (
        (7, "matrix Chernoff, proved", "o-"),
        (6, "whitened, proved", "D-"),
        (5, "whitened, R' sampled (not proved)", "s--"),
        (4, "measured threshold", "^-"),
        (2, "necessary, proved", "k-"),
    )
    with matplotlib.rc_context({"svg.hashsalt": "fullrank", "svg.fonttype": "none"}):
        figure = Figure(figsize=(9, 4.2), layout="constrained")
        for axes, dimension in zip(figure.subplots(1, len(SIZES), sharey=True), SIZES, strict=True):
            columns = list(zip(*(r for r in rows if r[0] == dimension), strict=True))
            n = np.array(columns[1], dtype=float)
            for place, label, style in curves:
                axes.plot(n, np.array(columns[place], dtype=float), style, label=label, ms=4)
            for power, style in ((2, ":"), (6, "-.")):
                axes.plot(n, n[0] * (n / n[0]) ** power, style, color="0.6", label=f"slope n^{power}")
            axes.set(
                xscale="log", yscale="log", ylim=(4, 1e9), xlabel="n", title=f"relu, d = {dimension}, failure 1/100"
            )
        figure.axes[0].set_ylabel("width")
        figure.axes[0].legend(fontsize=7)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def main() -> None:
    """Print the table; write it on request."""
    parser = argparse.ArgumentParser(description="Growth of the bounds of the width.")
    parser.add_argument("--write", action="store_true", help="write docs/figures/width-growth.csv and .svg")
    parser.add_argument("--draws", type=int, default=1000)
    wanted = parser.parse_args()
    rows = []
    print(*HEAD, sep=", ")
    for dimension, sizes in SIZES.items():
        for n in sizes:
            rows.append(row(dimension, n, wanted.draws))
            print(*rows[-1], sep=", ", flush=True)
    if wanted.write:
        with (FIGURES / "width-growth.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([HEAD, *rows])
        (FIGURES / "width-growth.svg").write_bytes(picture(rows))


if __name__ == "__main__":
    main()
