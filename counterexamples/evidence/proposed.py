"""The proposed activations, confirmed on the same points: those that fit every set of distinct points."""

from __future__ import annotations

import math
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from counterexamples.evidence.record import Record
from counterexamples.evidence.subject import Subject
from verify import certified_lambda_min, flint_backend
from verify.data import Dataset
from verify.errors import DataError, NotAvailableError
from verify.kernels import least_eigenvalue_lower_bound
from verify.model import Model
from verify.verdict import Outcome, decide

ROUTE = "the proposed activations fit these points"
PROPOSED = ("exp", "sin_cos", "shifted_relu", "shifted_softplus", "shifted_sigmoid", "shifted_gaussian")
MOST_POINTS = 1024
_DIGITS = 1  # the precision is raised where that is too little; a long point has fewer nodes with a low one
KERNEL = "kernel"
_SAMPLED_UP_TO = 40
_RAISED_UP_TO = 300
_HUGE = 1000  # digits beyond which one power of ten is enough
_PLAIN = 5  # digits before an exponent is written
_BITS = (128, 512, 2048)


class Bound(NamedTuple):
    """What is known of a least eigenvalue: a decimal below it, None where none was enclosed; and of which matrix."""

    above: str | None
    of: str


def record(subject: Subject) -> Record:
    """Confirm full rank twice for each: exactly by its profile, and by a least eigenvalue enclosed away from 0.

    The eigenvalue is that of the infinite-width kernel where that can be enclosed, else that of F F^T/m for m random
    units with rational weights; a positive bound of either is a second proof.
    """
    if not subject.distinct:
        return Record(ROUTE, None, "Does not apply: two points are equal, so no function has different values there.")
    points = Dataset(subject.data.coordinates)
    full = {name: fits(points, name) for name in PROPOSED}
    bounds = {name: least_eigenvalue_above(points, name, seed=subject.seed) for name in PROPOSED}
    enclosed = [f"{text} ({name}{'' if how == KERNEL else ', ' + how})" for name, (text, how) in bounds.items() if text]
    words = f"rank {subject.n} of {subject.n} exactly for {', '.join(PROPOSED)}; "
    words += f"least eigenvalues enclosed above {', '.join(enclosed)}" if enclosed else "no eigenvalue was enclosed"
    values = {
        name: {"full_rank": full[name], "least_eigenvalue_above": text, "of": how}
        for name, (text, how) in bounds.items()
    }
    return Record(ROUTE, all(full.values()), f"{words}.", {"activations": values})


def fits(points: Dataset, name: str) -> bool:
    """Whether the activation fits every label vector on these points, exactly, by its profile."""
    return decide(points, Model(name)).outcome is Outcome.INTERPOLATES


def least_eigenvalue_above(points: Dataset, name: str, *, seed: int = 0) -> Bound:
    """Bound the least eigenvalue of the kernel of an activation from below, rigorously.

    In float64 with a bound of the error, up to 1024 points; where that is too coarse, or the points are irrational, in
    ball arithmetic, up to 300; where the kernel cannot be enclosed (points too long for a Hermite series), for a random
    finite network, up to 40 points.

    Examples
    --------
    >>> least_eigenvalue_above(Dataset([[1, 0], [-1, 0]]), "shifted_sigmoid").of
    'kernel'
    """
    if not 0 < points.n <= MOST_POINTS:
        return Bound(None, KERNEL)
    bound: Fraction | None = None
    with suppress(DataError, NotAvailableError):  # a kernel beyond the range of float64, or no route for it
        enclosure = certified_lambda_min(points, name, raise_precision=False) if points.field is None else None
        bound = None if enclosure is None else Fraction(enclosure[0])
    if not bound and points.n <= _RAISED_UP_TO:
        with suppress(NotAvailableError):  # beyond the limits of a Hermite series
            bound = least_eigenvalue_lower_bound(points, Model(name), digits=_DIGITS)
    if not bound and points.n <= _SAMPLED_UP_TO and points.field is None:
        return Bound(_below(_sampled_bound(points, name, seed)), f"{4 * points.n} random units")
    return Bound(_below(bound), KERNEL)


def _sampled_bound(points: Dataset, name: str, seed: int) -> Fraction | None:
    """Bound the least eigenvalue of F F^T/m from below, for the values F of 4 n units with random rational weights."""
    rng = np.random.default_rng(seed)
    s = Model(name).activation.arb
    size = max((abs(a) for x in points.points for a in x), default=Fraction(1)) or Fraction(1)  # type: ignore[type-var]  # rational
    units = 4 * points.n
    drawn = rng.integers(-9, 10, (units, points.dimension)).tolist()
    weights = [[Fraction(w) / (3 * size) for w in row] for row in drawn]  # type: ignore[operator]  # rational
    sums = [[sum((w * a for w, a in zip(row, x, strict=True)), Fraction(0)) for row in weights] for x in points.points]
    for bits in _BITS:
        with flint_backend.precision(bits):
            values = [[s(flint_backend.ball(z)) for z in row] for row in sums]
            gram = [[sum(a * b for a, b in zip(u, v, strict=True)) / units for v in values] for u in values]
            trace = flint_backend.trace_of_inverse(gram)
        if trace is not None and trace > 0:
            return 1 / trace
    return None


def _below(bound: Fraction | None) -> str | None:
    """A decimal of at most two digits that is not above the bound.

    Examples
    --------
    >>> _below(Fraction(1, 3)), _below(Fraction(17, 1000)), _below(None)
    ('0.33', '0.017', None)
    """
    if not bound:
        return None
    exponent = math.floor(math.log10(bound.numerator) - math.log10(bound.denominator))
    if abs(exponent) > _HUGE:
        return f"1e{exponent - 1}"
    tenths = math.floor(bound / Fraction(10) ** (exponent - 1))
    number = Decimal(tenths).scaleb(exponent - 1)
    return f"{number.normalize():f}" if abs(exponent) < _PLAIN else f"{number:.1e}"
