"""The proposed activations, confirmed on the same points: those that fit every set of distinct points."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np

from counterexamples.evidence.record import Record
from counterexamples.evidence.subject import Subject
from verify import flint_backend
from verify.data import Dataset
from verify.errors import NotAvailableError
from verify.kernels import least_eigenvalue_lower_bound
from verify.model import Model
from verify.verdict import Outcome, decide

ROUTE = "the proposed activations fit these points"
PROPOSED = ("exp", "sin_cos", "shifted_relu", "shifted_softplus", "shifted_sigmoid", "shifted_gaussian")
MOST_POINTS = 40
KERNEL = "kernel"
_HUGE = 1000  # digits beyond which one power of ten is enough
_PLAIN = 5  # digits before an exponent is written
_BITS = (128, 512, 2048)


def record(subject: Subject) -> Record:
    """Confirm full rank twice for each: exactly by its profile, and by a least eigenvalue enclosed away from 0.

    The eigenvalue is that of the infinite-width kernel where a closed form is known, else that of F F^T/m for m
    random units with rational weights; both are enclosed in ball arithmetic, so a positive bound is a second proof.
    """
    if not subject.distinct:
        return Record(ROUTE, None, "Does not apply: two points are equal, so no function has different values there.")
    points = Dataset(subject.data.coordinates)
    full = {name: decide(points, Model(name)).outcome is Outcome.INTERPOLATES for name in PROPOSED}
    bounds = {name: _bound(points, name, subject.seed) for name in PROPOSED}
    enclosed = [f"{text} ({name}{'' if how == KERNEL else ', ' + how})" for name, (text, how) in bounds.items() if text]
    words = f"rank {subject.n} of {subject.n} exactly for {', '.join(PROPOSED)}; "
    words += f"least eigenvalues enclosed above {', '.join(enclosed)}" if enclosed else "no eigenvalue was enclosed"
    values = {
        name: {"full_rank": full[name], "least_eigenvalue_above": text, "of": how}
        for name, (text, how) in bounds.items()
    }
    return Record(ROUTE, all(full.values()), f"{words}.", {"activations": values})


def _bound(points: Dataset, name: str, seed: int) -> tuple[str | None, str]:
    """A decimal below the least eigenvalue, None where none was enclosed; and of what."""
    if not 0 < points.n <= MOST_POINTS or points.field is not None:
        return None, KERNEL
    try:
        return _below(least_eigenvalue_lower_bound(points, Model(name))), KERNEL
    except NotAvailableError:
        return _below(_sampled_bound(points, name, seed)), f"{4 * points.n} random units"


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
