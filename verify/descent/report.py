"""Training the last layer of a random hidden layer: the predicted curve, the exact plateau, and the run itself."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.data import Dataset, ExactArray
from verify.descent.features import float_labels, random_layer
from verify.descent.lazy import LazyTraining, lazy_training, tangent_spectrum
from verify.descent.plateau import exact_projection
from verify.descent.prediction import Spectral, spectral_of_features
from verify.descent.simulation import Progress, Run, train_last_layer
from verify.errors import DataError
from verify.model import Model
from verify.rational import format_rational

Floats = NDArray[np.float64]
_SHOWN = 60  # steps of the curve that JSON and the table show
_LEADING = 0.1
_FLOOR = 1e-10


@dataclass(frozen=True)
class DescentReport:
    """Gradient descent on the last layer of a random hidden layer.

    Attributes
    ----------
    data : Dataset
    model : Model
    width : int
    step : float
    spectral : Spectral
        Of F F^T for the sampled features F.
    rank : int or None
        The exact rank of F; None where the features are not rational.
    plateau : Fraction or None
        The exact least mean squared error over all last layers on F; None where the features are not rational.
    least_mse : Fraction or None
        The exact least mean squared error of any width and any training; None where the verdict is UNKNOWN.
    steps : int
        That were asked for.
    predicted : ndarray of float64
        As long as the run: steps + 1 losses unless it was interrupted.
    simulated : Run
    lazy : LazyTraining or None
    """

    data: Dataset
    model: Model
    width: int
    step: float
    spectral: Spectral
    rank: int | None
    plateau: Fraction | None
    least_mse: Fraction | None
    steps: int
    predicted: Floats
    simulated: Run
    lazy: LazyTraining | None

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended a run early."""
        return self.simulated.interrupted or (self.lazy is not None and self.lazy.simulated.interrupted)

    @property
    def disagreement(self) -> float:
        """Largest relative difference between the predicted and the simulated loss.

        Over the steps at which the predicted loss is at least 1e-10 of the first one: below, a run in float64 shows
        the rounding of its residuals.
        """
        simulated, predicted = self.simulated.losses, self.predicted
        seen = (predicted >= _FLOOR * self.predicted[0]) & (predicted > 0)
        return float((np.abs(predicted - simulated)[seen] / predicted[seen]).max(initial=0.0))

    def shown_steps(self) -> list[int]:
        """Give the steps that a table shows: the first, the last, and some about evenly spread in the logarithm."""
        last = self.steps
        return sorted({0, last, *np.rint(np.geomspace(1, max(1, last), _SHOWN)).astype(int).clip(0, last).tolist()})

    def to_json(self) -> dict[str, Any]:
        """Give the report as a JSON-ready dict; exact numbers are strings p/q, float64 numbers are numbers."""
        steps, spectral = self.shown_steps(), self.spectral
        limit = spectral.largest_step
        report: dict[str, Any] = {
            "model": str(self.model),
            "points": self.data.n,
            "width": self.width,
            "step_size": self.step,
            "largest_step_size": limit if np.isfinite(limit) else None,
            "rank_of_features": self.rank,
            "exact_plateau": None if self.plateau is None else format_rational(self.plateau),
            "plateau": float(self.plateau) if self.plateau is not None else spectral.plateau,
            "least_mse": None if self.least_mse is None else format_rational(self.least_mse),
            "early_rate": spectral.early_rate(self.step),
            "late_rate": spectral.late_rate(self.step),
            "leading_energy": spectral.leading_energy(_LEADING),
            "squared_singular_values": spectral.eigenvalues.tolist(),
            "disagreement": self.disagreement,
            "interrupted": self.interrupted,
            "steps": steps,
            "predicted": spectral.losses_at(self.step, steps).tolist(),
            "simulated": _at(self.simulated.losses, steps),
            "lazy": None,
        }
        if self.lazy is not None:
            lazy = self.lazy
            report["lazy"] = {
                "rank": lazy.rank,
                "step_size": lazy.step,
                "plateau": lazy.spectral.plateau,
                "late_rate": lazy.spectral.late_rate(lazy.step),
                "predicted": lazy.spectral.losses_at(lazy.step, steps).tolist(),
                "simulated": _at(lazy.simulated.losses, steps),
            }
        return report


def descent_report(
    data: Dataset,
    model: Model | str,
    *,
    width: int,
    steps: int,
    step: float | None = None,
    engine: str = "numpy",
    lazy: bool = False,
    rng: int | np.random.Generator = 0,
    progress: Progress | None = None,
) -> DescentReport:
    """Predict gradient descent on the last layer, and run it.

    Parameters
    ----------
    data : Dataset
        n rational points in dimension d with labels.
    model : Model or str
        One hidden layer, regime "trained".
    width : int
        Random units.
    steps : int
        Steps of gradient descent on ||F V - Y||^2 / 2, from V = 0.
    step : float, optional
        The step size; by default 1/s_1^2, half of the largest.
    engine : {"numpy", "torch"}
    lazy : bool, default False
        Also train both layers, beside the prediction of the tangent kernel.
    rng : int or numpy.random.Generator
    progress : callable, optional
        Called with the number of steps that are done and of all of a run.

    Returns
    -------
    DescentReport

    Raises
    ------
    DataError
        Without labels, for counts that are none, and for a step size with which gradient descent diverges.
    NotAvailableError
        For a model without a random hidden layer.

    Notes
    -----
    The theorem and its proof are in ``docs/descent.md``. Cost: a singular value decomposition O(n m min(n, m)), O(n m)
    for each step, and for the exact plateau O(r^3) operations on numbers of O(r) words if the rank r of F is below n.

    Examples
    --------
    >>> import verify
    >>> pair = verify.Dataset([[1, 2], [2, 4]], [1, 1])
    >>> report = descent_report(pair, "relu", width=8, steps=50)
    >>> report.plateau, report.least_mse, report.disagreement < 1e-9
    (Fraction(1, 10), Fraction(1, 10), True)
    """
    from verify.verdict import decide

    model = Model.parse(model) if isinstance(model, str) else model
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 0:
        raise DataError(f"steps={steps!r} is not a whole number of at least 0")
    if engine not in ("numpy", "torch"):
        raise DataError(f"engine={engine!r} is unknown; choose numpy or torch")
    labels = float_labels(data)
    generator = np.random.default_rng(rng)
    layer = random_layer(data, model, width, rng=generator)
    _check_squares(layer.values, "points", "the square of a feature")
    _check_squares(labels, "labels", "its square")
    rank, plateau = None, None
    if layer.exact is not None and isinstance(data.label_array, ExactArray):
        rows = data.label_array.fractions()
        projections = [exact_projection(layer.exact, [row[k] for row in rows]) for k in range(data.outputs)]
        rank = projections[0][0]
        plateau = sum((error for _, error in projections), Fraction(0)) / max(1, labels.size)
    verdict = decide(data, model)
    least = verdict.least_mse
    spectral = spectral_of_features(layer.values, labels, rank=rank)
    chosen = spectral.checked_step(step)
    tangent = tangent_spectrum(data, model, labels, width=width) if lazy else None
    simulated = train_last_layer(layer.values, labels, step=chosen, steps=steps, engine=engine, progress=progress)
    predicted = spectral.losses(chosen, len(simulated.losses) - 1)
    both = None
    if tangent is not None and not simulated.interrupted:
        both = lazy_training(data, model, labels, tangent, width=width, steps=steps, rng=generator, progress=progress)
    return DescentReport(
        data, model, width, chosen, spectral, rank, plateau, Fraction(least) if isinstance(least, Fraction) else None,
        steps, predicted, simulated, both,
    )  # fmt: skip


def _check_squares(rows: Floats, argument: str, what: str) -> None:
    """Refuse numbers whose squares, or their sum, float64 cannot hold."""
    with np.errstate(over="ignore"):
        squares = (rows**2).sum(axis=1)
        lost = ~np.isfinite(squares * 4 * len(rows))
    if lost.any():
        i = int(np.argmax(lost))
        raise DataError(f"{argument}[{i}]: {what} is beyond the range of float64; scale the {argument}")


def _at(losses: Floats, steps: list[int]) -> list[float | None]:
    """Take some of the losses; None for those of an interrupted run, and of a run of both layers that diverged."""
    return [float(losses[k]) if k < len(losses) and np.isfinite(losses[k]) else None for k in steps]
