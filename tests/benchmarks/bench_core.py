"""Benchmarks of the exact core, each as a ratio against a named peer in one run.

    python tests/benchmarks/bench_core.py            # all of them, a few minutes
    python tests/benchmarks/bench_core.py --quick    # a tenth of the points

Growth, with n points in dimension d: `decide` without labels is a pass over the coordinates and a sort of n hashes,
O(n d + n log n); the coupling of two-sided lines adds O(n d^2) (ReLU). The least loss is O(n d^2) operations on
rationals whose size grows with the number of different patterns of collinear points. Checking is linear in n d.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flint
import numpy as np
from rich.console import Console
from rich.table import Table
from sympy import QQ
from sympy.polys.matrices import DomainMatrix

import verify
from verify.check.checker import check_file


def seconds(task: Callable[[], Any], *, repeat: int = 1) -> float:
    """Shortest wall-clock time of a few runs."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return min(times)


def partition_rows(n: int) -> list[tuple[str, str, float, float, str]]:
    """Compare `decide` without labels with sorting the rows."""
    rng = np.random.default_rng(0)
    integers = rng.integers(-1000, 1000, size=(n, 10))
    floats = rng.standard_normal((n, 10))
    half = n // 2
    cases = {
        "int64, random": (integers, 1.5),
        "int64, half of them antipodes": (np.concatenate([integers[:half], -integers[:half]]), 1.5),
        "int64, coordinates -3..3": (rng.integers(-3, 4, size=(n, 10)), 1.5),
        "float64, random": (floats, 3),
        "float64, half of them antipodes": (np.concatenate([floats[:half], -floats[:half]]), 3),
    }
    rows = []
    for name, (points, bar) in cases.items():
        peer = seconds(lambda points=points: np.unique(points, axis=0), repeat=2)
        ours = seconds(lambda points=points: verify.decide(points, "relu").rank, repeat=2)
        rows.append((f"decide relu, {n} x 10 {name}", "np.unique(X, axis=0)", ours, peer, f"at most {bar}"))
    return rows


def condition_matrix(points: np.ndarray) -> list[list[int]]:
    """Write the ReLU conditions of distinct antipodal pairs as a dense matrix."""
    half = len(points) // 2
    lines = [[1 if j in (i, i + half) else 0 for j in range(len(points))] for i in range(half)]
    return lines + points.T.tolist()


def rank_rows() -> list[tuple[str, str, float, float, str]]:
    """Compare with generic exact rank on 800 points in R^5."""
    x = np.random.default_rng(1).integers(-50, 50, size=(400, 5))
    points = np.concatenate([x, -x])
    matrix = condition_matrix(points)
    rank = verify.decide(points, "relu").rank
    ours = seconds(lambda: verify.decide(points, "relu").rank, repeat=5)
    fmpq = flint.fmpq_mat(flint.fmpz_mat(matrix))
    assert fmpq.rank() == rank
    peer = seconds(fmpq.rank)
    domain = DomainMatrix([[QQ(x) for x in row] for row in matrix], (len(matrix), len(points)), QQ)
    slow = seconds(domain.rank)
    return [
        ("decide relu, 800 points in R^5", "fmpq_mat.rank", ours, peer, "at most 0.01"),
        ("decide relu, 800 points in R^5", "SymPy DomainMatrix.rank", ours, slow, "at most 0.001"),
    ]


def loss_rows(sizes: list[int]) -> list[tuple[str, str, float, float, str]]:
    """Least loss from a text file, its growth, and the cost of checking its certificate."""
    rng = np.random.default_rng(2)
    rows = []
    before = None
    for n in sizes:
        x = rng.integers(-50, 50, size=(n // 2, 10))
        table = np.concatenate([np.concatenate([x, -x]), rng.integers(-5, 6, size=(n, 1))], axis=1)
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "data.csv", Path(folder) / "certificate.json"
            header = ",".join([*(f"x{j}" for j in range(10)), "y"])
            np.savetxt(source, table, fmt="%d", delimiter=",", header=header, comments="")
            bare = seconds(lambda table=table: verify.decide(table[:, :10], "relu", labels=table[:, 10]).least_mse)
            from_file = seconds(lambda source=source: verify.decide(verify.read(source), "relu").least_mse)
            verdict = verify.decide(verify.read(source), "relu")
            writing = seconds(lambda verdict=verdict, target=target: verdict.write_certificate(target))
            result: list[Any] = []
            checking = seconds(lambda target=target, result=result: result.append(check_file(target)))
            assert result[0].status == "accepted", json.dumps(result)
            python, alone = [sys.executable, "-I", "-S"], Path(verify.__file__).parent / "check"
            options = ["--label", "y", "--model", "relu", "--json"]
            decide = [sys.executable, "-m", "verify", "decide", str(source), *options]
            commands = ([*python, str(alone), str(target)], decide)
            whole = [seconds(lambda c=c: subprocess.run(c, check=True, stdout=subprocess.DEVNULL)) for c in commands]
        if before is not None:
            rows.append((f"least loss, {n} x 10 arrays", f"the same, {n // 10} points", bare, before, "10 is linear"))
        before = bare
        rows.append((f"check the least loss, {n} x 10", "decide, from the same text file", checking, from_file, "10"))
        rows.append((f"check the least loss, {n} x 10", "decide and write", checking, from_file + writing, "10"))
        rows.append((f"check the least loss, {n} x 10", "decide, from arrays", checking, bare, "-"))
        rows.append((f"python -I -S verify/check, {n} x 10", "fullrank decide FILE.csv --json", *whole, "10"))
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Benchmarks of the exact core.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the points")
    quick = parser.parse_args().quick
    n = 10**5 if quick else 10**6
    table = Table("task", "peer", "ours (s)", "peer (s)", "ratio", "aim", title="fullrank, exact core")
    for task, peer, ours, theirs, aim in (*partition_rows(n), *rank_rows(), *loss_rows([n // 100, n // 10])):
        table.add_row(task, peer, f"{ours:.3f}", f"{theirs:.3f}", f"{ours / theirs:.4g}", aim)
    Console(width=150).print(table)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"peak memory of the whole run, peers included: {memory:.2f} GiB")


if __name__ == "__main__":
    main()
