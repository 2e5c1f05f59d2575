"""Benchmark of exact Jacobian ranks of sampled regions against `numpy.linalg.matrix_rank` in float64.

    python tests/benchmarks/bench_regions.py            # every seventh cell of the published grids; a minute
    python tests/benchmarks/bench_regions.py --quick    # every seventeenth

Both answer "is the rank n?" for the same regions: NumPy from the Jacobian written out (that takes no time here), ours
from data and pattern. Times are processor time of one thread. Growth: SVD O(n^2 width d) for each Jacobian;
ours O(n^2 width + n^3) multiplications in exact float64 arithmetic, most of them in matrix products.
"""

from __future__ import annotations

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))  # before NumPy

import argparse
import time
from fractions import Fraction

import numpy as np
from rich.console import Console
from rich.table import Table

from verify.landscapes.regions import Experiment, Plan, draw_regions, have_full_rank
from verify.landscapes.regions.comparisons import float_jacobian

MAPS = [(Experiment.FIXED_DIMENSION, text) for text in ("1", "2", "3", "5")]
MAPS += [(Experiment.PROPORTIONAL_DIMENSION, text) for text in ("1/4", "1/2", "1", "2")]
BAR = 5.0


def compare(plan: Plan, cells: list[tuple[int, int]], trials: int) -> tuple[int, float, float, int]:
    """Time both on the cells of a map.

    Returns
    -------
    (ranks, our seconds, seconds of NumPy, how often NumPy is wrong)
    """
    ours = peer = 0.0
    wrong = 0
    for n, width in cells:
        draw = draw_regions(trials, n, plan.dimension(n), width, rng=[n, width])
        start = time.process_time()
        full = have_full_rank(*draw)
        ours += time.process_time() - start
        for points, pattern, is_full in zip(*draw, full, strict=True):
            matrix = float_jacobian(points, pattern)
            start = time.process_time()
            guess = np.linalg.matrix_rank(matrix) == n
            peer += time.process_time() - start
            wrong += bool(guess != is_full)
    return trials * len(cells), ours, peer, wrong


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    table = Table("map", "ranks", "ours, ms each", "numpy, ms each", "ratio", "bar", "numpy wrong")
    totals = np.zeros(4)
    have_full_rank(*draw_regions(2, 40, 2, 90, rng=0))  # what is loaded once is not timed
    for experiment, text in MAPS:
        plan = Plan.published(experiment, Fraction(text))
        cells = plan.cells()[:: 17 if quick else 7]
        found = compare(plan, cells, plan.trials)
        totals += found
        table.add_row(f"{experiment} {text}", *row(*found))
    table.add_row("all", *row(int(totals[0]), float(totals[1]), float(totals[2]), int(totals[3])))
    Console(width=110).print(table)


def row(ranks: int, ours: float, peer: float, wrong: int) -> list[str]:
    """Write a row of the table."""
    times = [f"{1000 * ours / ranks:.3f}", f"{1000 * peer / ranks:.3f}"]
    return [str(ranks), *times, f"{peer / ours:.1f}", f"at least {BAR:.0f}", str(wrong)]


if __name__ == "__main__":
    main()
