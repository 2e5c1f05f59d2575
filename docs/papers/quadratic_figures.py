"""Draw the figures of the chapter on the quadratic network: ``python docs/papers/quadratic_figures.py [NAME ...]``.

The parameters are those of the authors' public code (Figure1.py to Figure6.py, github.com/simonmartin15)
where the caption in the chapter says so; the computations are this project's: closed forms and adaptive solvers instead
of gradient descent with a fixed step. All of them take some minutes;
OPENBLAS_NUM_THREADS=1 helps, because the matrices are small.
"""

from __future__ import annotations

import io
import sys
from fractions import Fraction
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from verify.landscapes.quadratic.closed_form import exact_solution
from verify.landscapes.quadratic.flow import gradient_flow
from verify.landscapes.quadratic.initial import gaussian_pair
from verify.landscapes.quadratic.limit import Limit
from verify.landscapes.quadratic.loss import population_loss
from verify.landscapes.quadratic.orthonormal import orthonormal_curves, squared_cosines

HERE = Path(__file__).parent
PAIRS = [(Fraction(1, 2), Fraction(1, 4)), (Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 4), Fraction(1, 2))]
COLOURS = ["#9ecae1", "#4292c6", "#2171b5", "#08306b"]
SETTINGS = {
    "svg.fonttype": "none",  # text stays text: small files
    "svg.hashsalt": "fullrank",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 1.3,
}


def save(figure: Figure, name: str) -> None:
    """Write the figure as SVG; refuse one that is too large to check in."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    content = buffer.getvalue()
    if len(content) > 60_000:
        raise ValueError(f"{name} has {len(content)} bytes; thin the curves")
    (HERE / f"quadratic-{name}.svg").write_bytes(content)
    print(f"quadratic-{name}.svg: {len(content)} bytes")


def title(axes: Axes, pair: tuple[Fraction, Fraction]) -> None:
    """Name the pair."""
    axes.set_title(f"$\\alpha={pair[0]}$, $\\alpha^*={pair[1]}$", fontsize=9)


def density() -> None:
    """Figure 1: the limit law against the eigenvalues in dimension 2000, seed 0, 30 bins."""
    limit = Limit(Fraction(3, 10), Fraction(1, 2))
    figure = Figure(figsize=(4.6, 3), layout="constrained")
    axes = figure.subplots()
    axes.hist(squared_cosines(2000, 600, 1000, rng=0), bins=30, density=True, color="#c6dbef", label="d = 2000")
    low, high = limit.edges
    x = low + (high - low) * (1 - np.cos(np.linspace(0, np.pi, 150))) / 2
    axes.plot(x, limit.density(x) / 0.3, color="#08306b", label=r"limit density / $\alpha$")
    axes.set_xlabel("eigenvalue of $U^T U_* U_*^T U$")
    axes.legend(frameon=False)
    save(figure, "density")


def trace_and_overlap() -> None:
    """Figures 2 and 3: phi and the overlap for d = 20, 40, 80, 200 and the limit, 5 repetitions, gamma up to 10."""
    for name in ("trace", "overlap"):
        figure = Figure(figsize=(7.6, 2.7), layout="constrained")
        for axes, (a, b) in zip(figure.subplots(1, 3, sharey=name == "overlap"), PAIRS, strict=True):
            gammas = np.concatenate([np.linspace(0, 1, 30), np.linspace(1.25, 10, 25)])
            for d, colour in zip((20, 40, 80, 200), COLOURS, strict=True):
                m, rank = int(a * d), int(b * d)
                runs = [orthonormal_curves(squared_cosines(d, m, rank, rng=s), d, rank, gammas) for s in range(5)]
                values = np.array([run.phi if name == "trace" else run.overlap for run in runs])
                axes.plot(gammas, values.mean(axis=0), color=colour, label=f"d = {d}")
            curves = Limit(a, b).curves(gammas)
            axes.plot(gammas, curves.phi if name == "trace" else curves.overlap, "k--", linewidth=1, label="limit")
            title(axes, (a, b))
            axes.set_xlabel(r"$\gamma = t/d$")
        figure.axes[0].set_ylabel(r"$\phi_d(\gamma)$" if name == "trace" else r"overlap $\chi_d(\gamma)$")
        figure.axes[-1].legend(frameon=False, fontsize=7)
        save(figure, name)


def gaussian_trace() -> None:
    """Figure 4: phi for Gaussian matrices; gamma up to 3, three repetitions to one."""
    figure = Figure(figsize=(7.6, 2.7), layout="constrained")
    gammas = np.linspace(0, 3, 40)
    for axes, (a, b) in zip(figure.subplots(1, 3), PAIRS, strict=True):
        for (d, repetitions), colour in zip(((20, 3), (40, 3), (80, 2), (200, 1)), COLOURS, strict=True):
            runs = []
            for seed in range(repetitions):
                W, Z = gaussian_pair(d, int(a * d), int(b * d), normalize=True, rng=seed)
                runs.append(exact_solution(W, Z, gammas * d, rtol=1e-8, atol=1e-10).phi)
            axes.plot(gammas, np.mean(runs, axis=0), color=colour, label=f"d = {d}")
        axes.plot(gammas, Limit(a, b).curves(gammas).phi, "k--", linewidth=1, label="limit (orthonormal)")
        title(axes, (a, b))
        axes.set_xlabel(r"$\gamma = t/d$")
    figure.axes[0].set_ylabel(r"$\phi_d(\gamma)$")
    figure.axes[-1].legend(frameon=False, fontsize=7)
    save(figure, "gaussian-trace")


def losses() -> None:
    """Figure 5: t^2 L(t) for m* = m/2 and L(t) for m* = m, t up to 25, Gaussian matrices, one repetition."""
    figure = Figure(figsize=(7.6, 3), layout="constrained")
    left, right = figure.subplots(1, 2)
    times = np.concatenate([np.geomspace(0.05, 1, 15), np.linspace(1.5, 25, 48)])
    for d, guide, colour in zip((20, 40, 100), (80, 5, 100), COLOURS[1:], strict=True):
        m = d // 2
        for axes, rank in ((left, d // 4), (right, m)):
            W, Z = gaussian_pair(d, m, rank, rng=0)
            path = gradient_flow(W, Z, times, rtol=1e-9, atol=1e-11)
            loss = np.array([population_loss(step, Z) for step in path])
            if axes is left:
                axes.loglog(times, times**2 * loss, color=colour, label=f"d = {d}, m = {m}, m* = {rank}")
                constant = (m - rank) * (rank + 2) / (32 * (m + 2))
                axes.axhline(constant, color=colour, linewidth=0.8, linestyle=":")
            else:
                seen = loss > 1e-18
                axes.semilogy(times[seen], loss[seen], color=colour, label=f"d = {d}, m = m* = {m}")
                mu = np.diag(Z)[m - 1]
                axes.semilogy(times, guide * np.exp(-4 * mu * times), color=colour, linewidth=0.8, linestyle=":")
    left.set_ylabel("$t^2 L(t)$")
    right.set_ylabel("$L(t)$")
    right.set_ylim(1e-8, 1e4)
    for axes in (left, right):
        axes.set_xlabel("t")
        axes.legend(frameon=False, fontsize=7)
    save(figure, "losses")


def rates() -> None:
    """Figure 6: the distance of the limit overlap to its last value, gamma up to 3, and the leading terms."""
    figure = Figure(figsize=(7.6, 2.7), layout="constrained")
    gammas = np.linspace(0.05, 3, 60)
    for axes, pair in zip(figure.subplots(1, 3), PAIRS, strict=True):
        limit = Limit(*pair)
        plot = axes.loglog if pair[0] > pair[1] else axes.semilogy
        plot(gammas, limit.curves(gammas).distance, color="#08306b", label=r"$\chi(\infty)-\chi(\gamma)$")
        late = gammas[gammas > 0.25]
        plot(late, [limit.leading_distance(g) for g in late], "k:", linewidth=1, label="leading term")
        title(axes, pair)
        axes.set_xlabel(r"$\gamma$")
        axes.minorticks_off()
        axes.legend(frameon=False, fontsize=7)
    save(figure, "rates")


FIGURES = {
    "density": density,
    "trace-and-overlap": trace_and_overlap,
    "gaussian-trace": gaussian_trace,
    "losses": losses,
    "rates": rates,
}

if __name__ == "__main__":
    matplotlib.rcParams.update(SETTINGS)
    for wanted in sys.argv[1:] or FIGURES:
        FIGURES[wanted]()
