"""Extreme eigenvalues of the relu kernel of many points, without the matrix.

    python tests/benchmarks/bench_extremes.py                # n = 50,000, d = 20: several minutes
    python tests/benchmarks/bench_extremes.py --points 5000

Prints the Ritz values at both ends with their residuals, the exact rank, the time of a product, the peak memory, and
what the matrix would take. Growth: n^2 (d + c)/2 operations for each product, memory n (d + 8 products) numbers.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from verify.kernels import extreme_eigenvalues


def main() -> None:
    """Run it once and print what was found."""
    parser = argparse.ArgumentParser(description="Extreme eigenvalues without the matrix.")
    parser.add_argument("--points", type=int, default=50_000)
    parser.add_argument("--dimension", type=int, default=20)
    parser.add_argument("--products", type=int, default=5)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "points.npy")
        np.save(path, np.random.default_rng(0).standard_normal((wanted.points, wanted.dimension)))
        start = time.perf_counter()
        found = extreme_eigenvalues(
            path,
            "relu",
            products=wanted.products,
            progress=lambda done, total: print(
                f"product {done} of {total}: {time.perf_counter() - start:.1f} s", flush=True
            ),
        )
        seconds = time.perf_counter() - start
    print(f"n = {found.n}, d = {wanted.dimension}: {seconds:.1f} s, {seconds / max(1, found.products):.1f} s a product")
    print("largest ", found.largest, "residuals", found.largest_residuals)
    print(
        "smallest", found.smallest, "residuals", found.smallest_residuals, "(upper bounds of the smallest eigenvalues)"
    )
    print(f"exact rank {found.exact_rank}; not below n u lambda_1 in float64: at most {found.float_rank}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"peak memory {memory:.2f} GiB; the matrix alone would take {found.matrix_bytes / 1024**3:.2f} GiB")


if __name__ == "__main__":
    main()
