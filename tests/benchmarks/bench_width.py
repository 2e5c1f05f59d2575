"""Monte Carlo of full rank, exactly, against numpy.linalg.matrix_rank for each draw; ratios in one run.

    python tests/benchmarks/bench_width.py            # 10,000 draws at n = 50, about half a minute
    python tests/benchmarks/bench_width.py --draws 1000

The peer takes the same features as floats, and numpy's rank with its default tolerance: no proof, and for one width
only. Ours decides full rank modulo a prime, proves every deficiency over the rationals, and finds for each draw the
width at which full rank is reached. Growth: O(n^2 m) operations modulo a prime for each draw of m units.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from rich.console import Console
from rich.table import Table

from verify import Dataset, Model
from verify.width import sample_full_rank
from verify.width.random_features import RandomFeatures

CASES = (("relu", 10), ("relu", 3), ("shifted_relu", 3), ("hardtanh+hidden_bias", 3))


def compare(spec: str, dimension: int, n: int, draws: int) -> tuple[str, ...]:
    """One line of the table."""
    points = np.random.default_rng(0).integers(-100, 101, (n, dimension))
    data, model = Dataset(points), Model.parse(spec)
    start = time.perf_counter()
    sample = sample_full_rank(data, model, draws=draws, width=n)
    successes = sample.successes(n)
    ours = time.perf_counter() - start
    low, high = sample.interval(n)

    features = RandomFeatures(data, model)
    seeds = np.random.default_rng(0).bit_generator.seed_seq.spawn(draws)  # type: ignore[attr-defined]
    start, found = time.perf_counter(), []
    for seed in seeds:
        values = features.draw([np.random.default_rng(seed)], n)[0].astype(np.float64)
        found.append(int(np.linalg.matrix_rank(values)) == n)
    peer = time.perf_counter() - start
    wrong = sum(b != (t is not None) for b, t in zip(found, sample.widths, strict=True))
    interval = f"{successes / draws:.4f} in [{low:.4f}, {high:.4f}]"
    return f"{spec}, d = {dimension}", f"{ours:.2f}", f"{peer:.2f}", f"{ours / peer:.2f}", interval, str(wrong)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Monte Carlo of full rank.")
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--points", type=int, default=50)
    wanted = parser.parse_args()
    table = Table(
        "model", "ours (s)", "matrix_rank (s)", "ratio", "full rank", "float64 wrong",
        title=f"{wanted.draws} random hidden layers of width n = {wanted.points}",
    )  # fmt: skip
    for spec, dimension in CASES:
        table.add_row(*compare(spec, dimension, wanted.points, wanted.draws))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
