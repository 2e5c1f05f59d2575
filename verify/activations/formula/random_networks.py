"""A second route to a profile that shares nothing with the derivation: ranks of wide random networks in float64.

It can show a derivation wrong; that it agrees proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from math import prod
from typing import TYPE_CHECKING, Any

from verify import flint_backend
from verify.activations.formula.evaluators import FormulaValues
from verify.activations.formula.language import parse_formula
from verify.activations.profile import SEPARATING, Profile
from verify.errors import NotAvailableError

if TYPE_CHECKING:
    from verify.activations.formula.derivation import Derivation

Point = tuple[Fraction, ...]
_NEURONS = 2000
_GAP = 1e7


def _points(*rows: tuple[int, ...], scale: int = 1) -> tuple[Point, ...]:
    return tuple(tuple(Fraction(value, scale) for value in row) for row in rows)


_LINE = _points((0,), (2,), (-2,), (4,), (-4,), (1,), (-1,), (6,), scale=4)
_PAIRS = _points(
    (2, 0), (-2, 0), (0, 2), (0, -2), (2, 2), (-2, -2), (2, -2), (-2, 2), (4, 0), (2, 4), (-1, -2), scale=4
)
PROBES: tuple[tuple[Point, ...], ...] = (_LINE, _PAIRS)
"""Data sets with rays, antipodal pairs and the point 0."""


@dataclass(frozen=True)
class NumericCheck:
    """What random networks say about a derived profile.

    Attributes
    ----------
    agrees : bool or None
        None where the singular values leave a rank open.
    predicted, observed : tuple of int
        Ranks on the data sets `PROBES`; -1 for a rank that is open.
    """

    agrees: bool | None
    predicted: tuple[int, ...]
    observed: tuple[int, ...]


def numeric_check(derivation: Derivation, *, rng: int | Any = 0) -> NumericCheck:
    """Compare the ranks that a derived profile predicts with those of wide random networks.

    Parameters
    ----------
    derivation : Derivation
        With a known profile.
    rng : int or numpy.random.Generator

    Raises
    ------
    NotAvailableError
        When the profile is unknown.

    Examples
    --------
    >>> from verify.activations.formula import derive_profile
    >>> numeric_check(derive_profile("x*sigmoid(x) - x/2")).agrees
    True
    """
    profile = derivation.profile
    if profile is None:
        raise NotAvailableError(f"the profile of {derivation.text} is unknown: {derivation.unknown_reason}")
    values = FormulaValues(parse_formula(derivation.text).tree)
    import numpy as np

    generator = np.random.default_rng(rng)
    probes = tuple(tuple(x for x in points if any(x) or not derivation.zero_apart) for points in PROBES)
    predicted = tuple(flint_backend.rank(list(conditions(points, profile))) for points in probes)
    try:
        observed = tuple(
            _observed(values, points, generator, rank) for points, rank in zip(probes, predicted, strict=True)
        )
    except NotAvailableError:  # the formula has values that are beyond every arithmetic here
        observed = tuple(-1 for _ in PROBES)
    known = [a == b for a, b in zip(predicted, observed, strict=True) if b >= 0]
    agrees = False if False in known else True if len(known) == len(predicted) else None
    return NumericCheck(agrees, predicted, observed)


def conditions(points: tuple[Point, ...], profile: Profile) -> Iterator[list[Fraction]]:
    """List the linear conditions on the annihilator, one row per condition, from a profile (theory chapter)."""
    zero, one = Fraction(0), Fraction(1)
    lines = _lines(points)
    if profile.even == SEPARATING:
        for members in _pairs(lines):
            yield [one if i in members else zero for i in range(len(points))]
        if profile.nonzero_at_zero:
            yield [one] * len(points)
    if profile.odd == SEPARATING:
        for members in _pairs(lines):
            yield [Fraction(members.get(i, 0)) for i in range(len(points))]
    for part, odd in ((profile.even, 0), (profile.odd, 1)):
        for degree in () if part == SEPARATING else part:
            if degree % 2 == odd:
                for chosen in combinations_with_replacement(range(len(points[0])), degree):
                    yield [prod((point[j] for j in chosen), start=one) for point in points]
            else:
                for line in lines:
                    yield [_power(line.get(i, zero), degree, signed=bool(odd)) for i in range(len(points))]


def _power(t: Fraction, degree: int, *, signed: bool) -> Fraction:
    if t == 0:
        return Fraction(0)
    return abs(t) ** degree * (-1 if signed and t < 0 else 1)


def _lines(points: tuple[Point, ...]) -> list[dict[int, Fraction]]:
    """Group the nonzero points by the line through 0 that they lie on: {index: multiple of the direction}."""
    found: dict[Point, dict[int, Fraction]] = {}
    for i, point in enumerate(points):
        leading = next((value for value in point if value), None)
        if leading is not None:
            found.setdefault(tuple(value / leading for value in point), {})[i] = leading
    return list(found.values())


def _pairs(lines: list[dict[int, Fraction]]) -> list[dict[int, int]]:
    """Group points by {x, -x}: {index: sign}."""
    pairs = []
    for line in lines:
        for size in sorted({abs(t) for t in line.values()}):
            pairs.append({i: 1 if t > 0 else -1 for i, t in line.items() if abs(t) == size})
    return pairs


def _features(values: FormulaValues, points: tuple[Point, ...], generator: Any, *, scales: tuple[float, float]) -> Any:
    """Draw random neurons and give their values on the points, one column of length 1 for each."""
    import numpy as np

    data = np.array([[float(value) for value in point] for point in points])
    sizes = 2.0 ** generator.uniform(*scales, size=_NEURONS)
    features = values.float64(data @ (generator.standard_normal((data.shape[1], _NEURONS)) * sizes))
    with np.errstate(all="ignore"):
        norms = np.linalg.norm(features, axis=0)
        usable = np.isfinite(norms) & (norms > 1e-100)
        return features[:, usable] / norms[usable]


def _observed(values: FormulaValues, points: tuple[Point, ...], generator: Any, predicted: int) -> int:
    """Find the rank of random neurons on the points, where the singular values have one clear gap; else -1.

    A rank below the predicted one counts only when the vectors that annihilate these neurons annihilate others too,
    relative to the size of the terms: neurons of very different sizes hide directions from the singular values.
    """
    import numpy as np

    features = _features(values, points, generator, scales=(-2.0, 7.0))
    if not features.size:
        return 0
    left, singular, _ = np.linalg.svd(features, full_matrices=features.shape[1] < features.shape[0])
    singular = np.maximum(np.append(singular, 0), 1e-15 * singular[0])
    gaps = singular[:-1] / singular[1:]
    rank = int(np.argmax(gaps)) + 1
    if gaps[rank - 1] <= max(_GAP, 30 * np.max(np.delete(gaps, rank - 1), initial=0)):
        return -1
    if rank < predicted:
        fresh = _features(values, points, generator, scales=(-5.0, 10.0))
        for vector in left[:, rank:].T:
            terms = np.abs(vector) @ np.abs(fresh)
            if np.any(np.abs(vector @ fresh) > 1e-8 * terms):
                return -1
    return rank
