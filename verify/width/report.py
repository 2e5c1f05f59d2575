"""How many random neurons make training only the last layer reach zero loss: what is known, in one report."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np

from verify.data import Dataset
from verify.errors import DataError, NotAvailableError
from verify.model import Model
from verify.rational import format_rational
from verify.width.analytic import analyticity
from verify.width.eigenvalue_bounds import EigenvalueBounds, eigenvalue_bounds
from verify.width.full_rank import FullRankSample, Progress, sample_full_rank
from verify.width.intervals import clopper_pearson
from verify.width.necessary import check_architecture, free_rank
from verify.width.random_features import WEIGHT_BITS

CONFIDENCE = 0.99


@dataclass(frozen=True)
class WidthReport:
    """What is proved and what was measured about the width of a random hidden layer.

    Attributes
    ----------
    data : Dataset
    model : Model
    failure : Fraction
        The probability of failure that is allowed.
    rank, nullity : int
        Of the model on the data, over all widths.
    free : int
        Dimensions that an output bias and a skip connection give without any unit.
    necessary : int
        No smaller width attains every attainable labelling, whatever the hidden weights.
    almost_sure : int or None
        This many random units do so with probability one; None where no theorem says so.
    almost_sure_reason : str
    bounds : EigenvalueBounds or None
    bounds_reason : str
        Why there are no bounds; empty if there are.
    sample : FullRankSample or None
    sample_reason : str
        Why nothing was measured; empty if it was.
    """

    data: Dataset
    model: Model
    failure: Fraction
    rank: int
    nullity: int
    free: int
    necessary: int
    almost_sure: int | None
    almost_sure_reason: str
    bounds: EigenvalueBounds | None
    bounds_reason: str
    sample: FullRankSample | None
    sample_reason: str

    def to_json(self) -> dict[str, Any]:
        """Give the report as a JSON-ready dict; rationals are strings p/q, measured numbers and rounded bounds floats.

        None where float64 cannot hold a bound.
        """
        from verify.spectra.report import outward

        report: dict[str, Any] = {
            "model": str(self.model),
            "points": self.data.n,
            "dimension": self.data.dimension,
            "rank": self.rank,
            "nullity": self.nullity,
            "failure": format_rational(self.failure),
            "necessary_width": self.necessary,
            "almost_sure_width": self.almost_sure,
            "almost_sure_reason": self.almost_sure_reason,
            "chernoff": None,
            "chernoff_reason": self.bounds_reason,
            "measured": None,
            "measured_reason": self.sample_reason,
        }
        if self.bounds is not None:
            bounds = self.bounds
            report["chernoff"] = {
                "law": bounds.law,
                "supremum": format_rational(bounds.supremum),
                "least_eigenvalue_lower_bound": outward(bounds.least_eigenvalue, up=False),
                "width": bounds.width,
                "whitened_supremum_upper_bound": outward(bounds.whitened_supremum, up=True),
                "whitened_reason": bounds.whitened_reason,
                "whitened_width": bounds.whitened_width,
                "whitened_supremum_sampled": bounds.whitened_sampled,
            }
        if self.sample is not None:
            report["measured"] = _measured(self.sample, min(self.necessary, self.sample.most), float(self.failure))
        return report


def width_report(
    data: Dataset,
    model: Model | str,
    *,
    failure: Rational | float = Fraction(1, 100),
    draws: int = 1000,
    most: int | None = None,
    rng: int | np.random.Generator = 0,
    progress: Progress | None = None,
) -> WidthReport:
    """Say how many random neurons make training only the last layer reach zero loss.

    Parameters
    ----------
    data : Dataset
        n rational points in dimension d; labels are not looked at.
    model : Model or str
        One hidden layer, regime "trained".
    failure : rational or float
        Allowed probability that the random features do not have the rank of the model, in (0, 1).
    draws : int
        Sequences of random units that are drawn; 0 to measure nothing.
    most : int, optional
        The largest width that is tried.
    rng : int or numpy.random.Generator
    progress : callable, optional
        Called with the number of finished draws and `draws`.

    Returns
    -------
    WidthReport

    Raises
    ------
    DataError
        For a failure probability outside (0, 1).
    NotAvailableError
        For models without a random hidden layer, and when the rank is unknown.

    Notes
    -----
    The theorems and their proofs are in ``docs/width.md``. Cost: the kernel and its least eigenvalue O(n^3), and an
    elimination modulo a prime O(n^2 m) for each draw of m units.

    Examples
    --------
    >>> import verify
    >>> report = width_report(verify.Dataset([[1, 0], [0, 1], [-1, -1]]), "relu", draws=100)
    >>> report.necessary, report.almost_sure, report.sample.interval(3)[0] < 0.5
    (3, None, True)
    """
    from verify.verdict import decide

    model = Model.parse(model) if isinstance(model, str) else model
    allowed = _probability(failure)
    data = Dataset(data.coordinates, names=data.names, notes=data.notes)  # labels, irrational ones too, do not matter
    check_architecture(data, model)
    verdict = decide(data, model)
    rank, nullity, free = verdict.space.rank, verdict.space.nullity, free_rank(data, model)
    generator = np.random.default_rng(rng)
    bounds, bounds_reason = None, ""
    if nullity:
        bounds_reason = (
            f"the kernel is exactly singular (nullity {nullity}): no width attains every labelling, and the matrix "
            "Chernoff bound does not apply"
        )
    else:
        try:
            bounds = eigenvalue_bounds(data, model, failure=allowed, free_rank=free, rng=generator)
        except (NotAvailableError, DataError) as error:  # DataError: a kernel beyond the range of float64
            bounds_reason = str(error)
    almost_sure, reason = _almost_sure(model, rank - free)
    sample, sample_reason = None, "" if draws else "no draws were asked for"
    if draws:
        try:
            sample = sample_full_rank(data, model, draws=draws, most=most, rng=generator, progress=progress)
        except NotAvailableError as error:
            sample_reason = str(error)
    return WidthReport(
        data, model, allowed, rank, nullity, free, rank - free, almost_sure, reason, bounds, bounds_reason, sample,
        sample_reason,
    )  # fmt: skip


def _measured(sample: FullRankSample, width: int, failure: float) -> dict[str, Any]:
    """Count and enclose; Ctrl-C while deficiencies are confirmed leaves what is proved without that."""
    interrupted = sample.interrupted
    try:
        successes: int | None = sample.successes(width)
        interval = sample.interval(width, confidence=CONFIDENCE)
        threshold = sample.threshold(failure, confidence=CONFIDENCE)
    except KeyboardInterrupt:
        interrupted, successes = True, None
        interval = (clopper_pearson(sample.proved(width), sample.draws, confidence=CONFIDENCE)[0], 1.0)
        threshold = (sample.needed, sample.upper_threshold(failure, confidence=CONFIDENCE))
    return {
        "draws": sample.draws,
        "interrupted": interrupted,
        "law": f"weights rounded to multiples of 2^-{WEIGHT_BITS} of N(0, I)",
        "confidence": CONFIDENCE,
        "width": width,
        "full_rank_draws": successes,
        "full_rank_proved": sample.proved(width),
        "full_rank_probability": list(interval),
        "threshold": list(threshold),
        "largest_width_tried": sample.most,
    }


def _probability(failure: Rational | float) -> Fraction:
    try:
        allowed = Fraction(failure)
    except (TypeError, ValueError, OverflowError):
        allowed = Fraction(0)
    if isinstance(failure, bool) or not 0 < allowed < 1:
        raise DataError(f"failure={failure!r} is not a probability between 0 and 1; write for example 0.01")
    return allowed


def _almost_sure(model: Model, needed: int) -> tuple[int | None, str]:
    analytic, why = analyticity(model.activation)
    if analytic:
        return needed, f"{model.activation} is analytic ({why})"
    if needed == 0:
        return 0, "no unit is needed"
    return None, f"{model.activation} is not known to be analytic ({why})"
