"""The rank without the theorem: exact values of random units with rational weights.

Where the activation is piecewise polynomial with rational coefficients these values are rational. The matrix F of many
of them has at most the rank of the model, whatever any theorem says, and enough random units nearly always reach it;
and every annihilating vector must be orthogonal to all of them, exactly.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np

from counterexamples.evidence.random_units import Values, random_units
from counterexamples.evidence.record import Record
from counterexamples.evidence.subject import Subject
from verify.flint_backend import rank

ROUTE = "exact values of random units, rank by FLINT, without the theorem"
MOST_POINTS = 48
_ROUNDS = 4
_SPREADS = (1, 2, 4, 8)


def record(subject: Subject) -> Record:
    """Compare the rank of sampled features with that of the verdict, and multiply them by the annihilator."""
    why_not = _why_not(subject)
    if why_not:
        return Record(ROUTE, None, f"Does not apply: {why_not}.")
    columns: list[list[Fraction]] = []
    for round_ in range(_ROUNDS):
        columns += _sample(subject, units=2 * subject.n + 10, seed=subject.seed + 1000 * round_)
        if rank(columns) >= subject.rank:
            break
    found = rank(columns)
    crossed = [sum((c[i] * column[i] for i in c), Fraction(0)) for c in subject.annihilators for column in columns]
    values = {"units": len(columns), "sampled_rank": found}
    if any(crossed) or found > subject.rank:
        return Record(ROUTE, False, f"{len(columns)} units have rank {found}, or are not annihilated.", values)
    if found < subject.rank:
        return Record(ROUTE, None, f"Cannot tell: {len(columns)} units have rank {found} only; draw more.", values)
    orthogonal = "; every annihilating vector times them is exactly 0" if subject.nullity else ""
    words = f"{len(columns)} units at {subject.n} points, rank {found}{orthogonal}."
    return Record(ROUTE, True, words, {**values, "rank": found})


def _why_not(subject: Subject) -> str:
    if subject.model.activation.pieces is None:
        return f"{subject.model.activation.name} is not piecewise polynomial with rational coefficients"
    if subject.model.regime != "trained":
        return "a tangent kernel has no units"
    if subject.data.field is not None:
        return "the points are not rational"
    return f"there are more than {MOST_POINTS} points" if subject.n > MOST_POINTS else ""


def _sample(subject: Subject, *, units: int, seed: int) -> list[list[Fraction]]:
    """Draw units with rational weights of different sizes, so that they reach both sides of every breakpoint."""
    rng = np.random.default_rng(seed)
    s = cache(subject.model.activation.exact)
    points = np.array(subject.points, dtype=object).reshape(subject.n, subject.data.dimension)
    size = max((abs(x) for point in subject.points for x in point), default=Fraction(1)) or Fraction(1)

    def weights(inputs: int, width: int) -> Values:
        drawn = rng.integers(-9, 10, (inputs, width)).astype(object)
        spreads = np.array([Fraction(int(rng.choice(_SPREADS))) / (4 * size) for _ in range(width)], dtype=object)
        return np.asarray(drawn * spreads) if inputs else np.empty((0, width), dtype=object)

    def unit(values: Values) -> Values:
        flat = [s(Fraction(z)) for z in values.ravel()]
        return np.array(flat, dtype=object).reshape(values.shape)

    sampled = random_units(points, subject.model, units=units, weights=weights, unit=unit)
    return [[Fraction(x) for x in column] for column in sampled.T]
