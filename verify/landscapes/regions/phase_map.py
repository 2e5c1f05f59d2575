"""Phase maps: how often a fresh network's region has a Jacobian of full rank, cell by cell over n and the width."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from verify.errors import DataError
from verify.landscapes.regions.executors import results
from verify.landscapes.regions.full_rank import have_full_rank
from verify.landscapes.regions.journal import Journal
from verify.landscapes.regions.sampling import draw_regions
from verify.rational import format_rational
from verify.width.intervals import clopper_pearson

_AT_ONCE = 1 << 21  # coordinates and weights that are drawn together


class Experiment(StrEnum):
    """The two kinds of maps."""

    FIXED_DIMENSION = "fixed-dimension"
    """d is fixed, the width large: n = 10, 20, ..., 100 and width = 30, 60, ..., 300."""

    PROPORTIONAL_DIMENSION = "proportional-dimension"
    """d = ceil(ratio n), the width small: n = 10, 30, ..., 190 and width = 1, 2, ..., 15."""


@dataclass(frozen=True)
class Plan:
    """What a map is made of; equal plans make equal maps, however many workers there are.

    Attributes
    ----------
    experiment : Experiment
    parameter : Fraction
        The dimension d of the points, or the ratio d / n.
    trials : int
        In each cell.
    seed : int
    sizes, widths : tuple of int
        The values of n and of the width.
    """

    experiment: Experiment
    parameter: Fraction
    trials: int
    seed: int
    sizes: tuple[int, ...]
    widths: tuple[int, ...]

    def __post_init__(self) -> None:
        for name, values in (("n", self.sizes), ("the width", self.widths), ("the number of trials", (self.trials,))):
            if not values or min(values) < 1:
                raise DataError(f"{name} is {min(values, default='missing')}; it must be at least 1")
        if self.seed < 0:
            raise DataError(f"the seed is {self.seed}; it must not be negative")
        is_whole = self.experiment is Experiment.FIXED_DIMENSION
        if self.parameter <= 0 or (is_whole and self.parameter.denominator != 1):
            what = "dimension" if is_whole else "ratio"
            kind = "a whole number, at least 1" if is_whole else "positive"
            raise DataError(f"the {what} is {format_rational(self.parameter)}; it must be {kind}")

    @classmethod
    def published(cls, experiment: Experiment, parameter: Fraction, *, trials: int = 100, seed: int = 0) -> Plan:
        """Use the grid of the authors' public code."""
        if experiment is Experiment.FIXED_DIMENSION:
            return cls(experiment, parameter, trials, seed, tuple(range(10, 101, 10)), tuple(range(30, 301, 30)))
        return cls(experiment, parameter, trials, seed, tuple(range(10, 191, 20)), tuple(range(1, 16)))

    def dimension(self, n: int) -> int:
        """The dimension of the points when there are n of them."""
        return int(self.parameter) if self.experiment is Experiment.FIXED_DIMENSION else math.ceil(self.parameter * n)

    def cells(self) -> list[tuple[int, int]]:
        """List the pairs (n, width)."""
        return [(n, width) for n in self.sizes for width in self.widths]

    def to_json(self) -> dict[str, Any]:
        """Give a JSON-ready mapping."""
        return {**asdict(self), "parameter": format_rational(self.parameter)}


@dataclass(frozen=True)
class Cell:
    """The outcome of one cell.

    Attributes
    ----------
    n, width, dimension, trials : int
    full : int
        In how many trials the Jacobian has rank n over the rationals.
    """

    n: int
    width: int
    dimension: int
    trials: int
    full: int

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Bound the probability of full rank (Clopper and Pearson)."""
        return clopper_pearson(self.full, self.trials, confidence=confidence)

    def to_json(self) -> dict[str, Any]:
        """Give a JSON-ready mapping with the fraction and its interval."""
        lower, upper = self.interval()
        return {**asdict(self), "fraction": self.full / self.trials, "lower": lower, "upper": upper}


def run_cell(task: tuple[Plan, int, int]) -> Cell:
    """Draw the trials of a cell and count those of full rank.

    The random numbers depend on the plan and the cell alone, so that cells can be done in any order and anywhere.

    Examples
    --------
    >>> plan = Plan(Experiment.FIXED_DIMENSION, Fraction(2), 20, 0, (10,), (30,))
    >>> run_cell((plan, 10, 30)).trials
    20
    """
    plan, n, width = task
    dimension = plan.dimension(n)
    generator = np.random.default_rng([plan.seed, dimension, n, width])
    step = max(1, _AT_ONCE // ((n + width) * dimension + n * width))
    full = 0
    for start in range(0, plan.trials, step):
        drawn = draw_regions(min(step, plan.trials - start), n, dimension, width, rng=generator)
        full += int(have_full_rank(*drawn).sum())
    return Cell(n, width, dimension, plan.trials, full)


def phase_map(
    plan: Plan,
    *,
    workers: int = 1,
    dask: str | None = None,
    folder: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Cell]:
    """Compute a map; with a folder, go on where an earlier run of the same plan has stopped.

    Parameters
    ----------
    plan : Plan
    workers : int
        Processes.
    dask : str, optional
        The address of a Dask scheduler that does the work instead.
    folder : Path, optional
        Finished cells are written to ``cells.jsonl`` in it, each as soon as it is done.
    progress : callable, optional
        Called with the number of finished cells and of all cells.

    Returns
    -------
    list of Cell
        In the order of `Plan.cells`.

    Raises
    ------
    DataError
        When the folder holds cells of another plan.

    Examples
    --------
    >>> plan = Plan(Experiment.PROPORTIONAL_DIMENSION, Fraction(2), 10, 0, (5, 10), (1, 8))
    >>> [cell.full for cell in phase_map(plan)][1::2]
    [10, 10]
    """
    cells = plan.cells()
    journal = Journal(folder, plan.to_json())
    done = {(record["n"], record["width"]): Cell(**record) for record in journal.records}
    tasks = [(plan, n, width) for n, width in _slowest_first(cells) if (n, width) not in done]
    tell = progress or (lambda finished, total: None)
    tell(len(done), len(cells))
    with journal:
        for cell in results(run_cell, tasks, workers=workers, dask=dask):
            done[cell.n, cell.width] = cell
            journal.append(asdict(cell))
            tell(len(done), len(cells))
    return [done[key] for key in cells]


def _slowest_first(cells: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Order cells such that no worker is left alone with a long one at the end."""
    return sorted(cells, key=lambda cell: (-cell[0] * cell[0] * cell[1], cell))
