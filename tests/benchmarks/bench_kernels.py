"""Benchmarks of the float64 kernels and of the certified least eigenvalue, each as a ratio against a named peer.

    python tests/benchmarks/bench_kernels.py            # all of them, a few minutes
    python tests/benchmarks/bench_kernels.py --quick    # a quarter of the points

neural-tangents needs an environment of its own (Python 3.11 with jax==0.4.23 jaxlib==0.4.23 "numpy<2" "scipy<1.13"
tf2jax==0.3.5 neural-tangents==0.6.5); name its interpreter in FULLRANK_NEURAL_TANGENTS. Without it that row is left
out. It runs as a subprocess on the same array, in float64, jitted, and its best time after compilation counts.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
from rich.console import Console
from rich.table import Table

import verify
from verify.kernels import KernelOperator, float_kernels, mpmath_kernel
from verify.kernels.certified import least_eigenvalue_bounds
from verify.kernels.enclosed_floats import enclosed_kernel

Row = tuple[str, str, float, float, str]

PEER = """
import json, sys, time
import numpy as np, jax
jax.config.update("jax_enable_x64", True)
from neural_tangents import stax
X = jax.numpy.asarray(np.load(sys.argv[1]))
layers = stax.Dense(1, W_std=1.0, b_std=None), stax.Relu(), stax.Dense(1, W_std=1.0, b_std=None)
kernel = jax.jit(lambda x: stax.serial(*layers)[2](x, None, ("nngp", "ntk")))
times = []
for _ in range(6):
    start = time.perf_counter()
    K = kernel(X)
    K.nngp.block_until_ready(), K.ntk.block_until_ready()
    times.append(time.perf_counter() - start)
corner = [np.asarray(k[:3, :3] * X.shape[1]).tolist() for k in (K.nngp, K.ntk)]
print(json.dumps({"seconds": min(times[1:]), "corner": corner, "dtype": str(K.nngp.dtype)}))
"""


def seconds(task: Callable[[], Any], *, repeat: int = 1) -> float:
    """Shortest wall-clock time of a few runs."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return min(times)


def plain_kernels(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The formulas as one writes them down."""
    dot = X @ X.T
    norms = np.sqrt(np.diag(dot))
    outer = np.outer(norms, norms)
    t = np.arccos(np.clip(dot / outer, -1, 1))
    nngp = outer * (np.sin(t) + (np.pi - t) * np.cos(t)) / (2 * np.pi)
    return nngp, nngp + dot * (np.pi - t) / (2 * np.pi)


def matrix_rows(n: int) -> list[Row]:
    """Time both relu kernels of n points in R^20."""
    X = np.random.default_rng(0).standard_normal((n, 20))
    task = f"relu NNGP + NTK, {n} x 20"
    ours = seconds(lambda: float_kernels(X), repeat=5)
    rows = [(task, "plain NumPy formula", ours, seconds(lambda: plain_kernels(X), repeat=3), "at most 0.25")]
    python = os.environ.get("FULLRANK_NEURAL_TANGENTS")
    if python:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "points.npy"
            np.save(path, X)
            done = subprocess.run([python, "-c", PEER, str(path)], capture_output=True, text=True, check=True)
        peer = json.loads(done.stdout)
        assert peer["dtype"] == "float64"
        assert np.allclose(peer["corner"], [k[:3, :3] for k in float_kernels(X[:3])], rtol=1e-6)
        rows.append((task, "neural-tangents, jitted", ours, peer["seconds"], "at most 1"))
    return rows


def accuracy_row() -> Row:
    """Compare 1,000 entries with 40 digits, nearly collinear and collinear pairs among them."""
    rng = np.random.default_rng(1)
    base = rng.standard_normal((400, 20))
    near = base * rng.choice([-1, 1], (400, 1)) + rng.standard_normal((400, 20)) * 10.0 ** -rng.uniform(0, 17, (400, 1))
    worst = 0.0
    for k in range(400):
        pair = np.array([base[k], near[k] * 2.0 ** rng.integers(-9, 9), base[(k + 1) % 400]])[: 2 + (k < 200)]
        ours = float_kernels(pair).nngp
        truth = mpmath_kernel(verify.Dataset(pair), verify.Model("relu"), digits=40)
        lengths = np.linalg.norm(pair, axis=1)
        for i in range(len(pair)):
            for j in range(i):
                error = abs(truth[i, j] - mpmath.mpf(float(ours[i, j])))
                worst = max(worst, float(error) / (lengths[i] * lengths[j]))
    return ("largest error of relu/(|x||y|), 800 pairs", "1e-14", worst, 1e-14, "at most 1")


def unit_points(n: int, d: int, seed: int) -> np.ndarray:
    """Points on the unit sphere."""
    X = np.random.default_rng(seed).standard_normal((n, d))
    return np.asarray(X / np.linalg.norm(X, axis=1)[:, None])


def certified_rows(n: int) -> list[Row]:
    """Certify the least eigenvalue; an easy case, and one with lambda_min near 1e-8 trace/n."""
    rows: list[Row] = []
    X = unit_points(n, 20, 2)
    close = X.copy()
    close[1] = close[0] + 3e-4 * np.eye(20)[0]
    for name, points in (("random", X), ("two points close", close)):
        kernel = enclosed_kernel(points)
        assert kernel is not None
        found: list[Any] = []
        ours = seconds(
            lambda kernel=kernel, found=found: found.append(least_eigenvalue_bounds(kernel.matrix, error=kernel.error))
        )
        values: list[Any] = []
        peer = seconds(lambda kernel=kernel, values=values: values.append(np.linalg.eigvalsh(kernel.matrix)))
        least = float(values[0][0])
        relative = least * n / float(np.trace(kernel.matrix))
        rows.append((f"certified lambda_min, n = {n}, {name}", "numpy eigvalsh", ours, peer, "at most 0.5"))
        gap = 1.0 if found[0] is None else 1 - found[0][0] / least
        rows.append((f"  lost of lambda_min = {relative:.2g} trace/n", "1 per cent", gap, 0.01, "from 0 to 1"))
    return rows


def small_row() -> Row:
    """Compare with mpmath on few points."""
    X = unit_points(40, 5, 3)
    kernel = mpmath_kernel(verify.Dataset(X), verify.Model("relu"), digits=15)
    peer = seconds(lambda: mpmath.eigsy(kernel, eigvals_only=True))
    verify.certified_lambda_min(X)  # imports
    ours = seconds(lambda: verify.certified_lambda_min(X), repeat=3)
    return ("certified lambda_min from points, n = 40", "mpmath eigsy, matrix given", ours, peer, "-")


def product_row(n: int) -> Row:
    """Multiply by a kernel matrix that is not formed."""
    X = unit_points(n, 20, 4)
    K = KernelOperator(X, "relu")
    v = np.ones(n)
    ours = seconds(lambda: K @ v)
    rows = slice(0, n // 20)
    peer = 20 * seconds(lambda: plain_kernels_of(X[rows], X) @ v)
    return (f"relu kernel times a vector, n = {n}", "plain NumPy, rows in 20 parts", ours, peer, "-")


def plain_kernels_of(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """The last-layer formula for unit points."""
    t = np.arccos(np.clip(X @ Y.T, -1, 1))
    return np.asarray((np.sin(t) + (np.pi - t) * np.cos(t)) / (2 * np.pi))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Benchmarks of the float64 kernels.")
    parser.add_argument("--quick", action="store_true", help="a quarter of the points")
    part = 4 if parser.parse_args().quick else 1
    table = Table("task", "peer", "ours", "peer's", "ratio", "aim", title="fullrank, float64 kernels (seconds)")
    rows = [
        *matrix_rows(4000 // part),
        accuracy_row(),
        *certified_rows(6000 // part),
        small_row(),
        product_row(50_000 // part),
    ]
    for task, peer, ours, theirs, aim in rows:
        table.add_row(task, peer, f"{ours:.3g}", f"{theirs:.3g}", f"{ours / theirs:.3g}", aim)
    Console(width=150).print(table)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"peak memory of the whole run, peers included: {memory:.2f} GiB")


if __name__ == "__main__":
    main()
