"""The loss of a wide network in float64 is not below the exact least loss, up to a stated rounding margin."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from counterexamples.evidence.random_units import random_units
from counterexamples.evidence.record import Record
from counterexamples.evidence.subject import Subject
from verify.data import Dataset
from verify.errors import FullrankError
from verify.verdict import decide

ROUTE = "loss of a wide network in float64"
MOST_POINTS = 400
_ULPS = 64  # relative accuracy that is assumed of the float64 activations, in units of 2^-53
_LONG = 20  # characters of a fraction; longer ones are shown rounded
_SPREADS = (0.25, 0.5, 1.0, 2.0)


def record(subject: Subject) -> Record:
    """Fit the last layer of 10 n random units by least squares, and compare its loss with the least loss.

    Without labels those are taken that the model is worst at: the annihilating vector. The points are scaled to
    integers, which changes no annihilator and makes them exact floats. The loss that is computed differs by rounding
    from that of the same weights in real arithmetic; the margin takes ``2^-53 (m + 64) sum_j |v_j| max_i |F_ij|`` as
    the error of a prediction, for m units with values F and output weights v. It is an estimate, not a bound.
    """
    why_not = _why_not(subject)
    points = None if why_not else _integers(subject)
    if points is None:
        return Record(ROUTE, None, f"Does not apply: {why_not or 'the points, as integers, exceed 2^53'}.")
    labels, least = _task(subject)
    rng = np.random.default_rng(subject.seed)
    size = float(np.abs(points).max(initial=0.0)) or 1.0

    def weights(inputs: int, width: int) -> NDArray[np.float64]:
        return np.asarray(rng.standard_normal((inputs, width)) * rng.choice(_SPREADS, width) * (2.0 / size))

    units = 10 * subject.n
    try:
        unit = subject.model.activation.evaluate
        features = random_units(points, subject.model, units=units, weights=weights, unit=unit)
    except FullrankError as error:
        return Record(ROUTE, None, f"Does not apply: {error}.")
    if not np.isfinite(features).all():
        return Record(ROUTE, None, "Does not apply: the values of the units leave the range of float64.")
    output = np.linalg.lstsq(features, labels, rcond=None)[0]
    residual = labels - features @ output
    loss = float((residual**2).mean())
    rounding = float((np.abs(features).max(axis=0) @ np.abs(output)).max()) * (features.shape[1] + _ULPS) * 2.0**-53
    margin = 2 * float(np.abs(residual).max()) * rounding + rounding**2 + 1e-15 * loss
    shown = f"{loss:.6g}" if loss > margin else "0 up to rounding"
    words = f"{units} random units fitted by least squares: loss {shown}; the exact least loss is {_shown(least)}."
    return Record(ROUTE, loss >= least - margin, words, {"loss": loss, "least_loss": str(least), "margin": margin})


def _why_not(subject: Subject) -> str:
    if subject.model.regime != "trained":
        return "a tangent kernel has no network"
    if subject.data.field is not None:
        return "the points are not rational"
    if subject.n == 0:
        return "there is no point"
    return f"there are more than {MOST_POINTS} points" if subject.n > MOST_POINTS else ""


def _shown(least: Fraction) -> str:
    return str(least) if len(str(least)) <= _LONG else f"about {float(least):.6g}"


def _integers(subject: Subject) -> NDArray[np.float64] | None:
    """The points times their common denominator, as exact floats; None when these are too large."""
    scale = lcm(*(x.denominator for point in subject.points for x in point))
    integers = [int(x * scale) for point in subject.points for x in point]
    if max(map(abs, integers), default=0) > 2**53:
        return None
    return np.array(integers, dtype=np.float64).reshape(subject.n, subject.data.dimension)


def _task(subject: Subject) -> tuple[NDArray[np.float64], Fraction]:
    """Labels as floats, of shape (n, outputs), and the exact least mean squared error."""
    verdict = subject.verdict
    if not subject.data.outputs:
        vector = verdict.annihilating_vector or {}
        labels = [vector.get(i, Fraction(not vector)) for i in range(subject.n)]
        verdict = decide(Dataset(subject.points, labels), subject.model)
    rows = verdict.data.label_array.fractions()  # type: ignore[union-attr]  # rational, as the points are
    return np.array([[float(x) for x in row] for row in rows]), Fraction(verdict.least_mse or 0)  # type: ignore[arg-type]
