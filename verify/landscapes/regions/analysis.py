"""What is known of the regions of one data set: counts, one region with its proofs, and a sample of regions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.errors import DataError
from verify.landscapes.regions.counting import MOST_SUBSETS, count_cells, cover_count, in_general_position
from verify.landscapes.regions.generic_rank import GenericRank, generic_rank
from verify.landscapes.regions.jacobian import JacobianRank, jacobian_rank
from verify.landscapes.regions.patterns import Pattern, Points, dot
from verify.landscapes.regions.realizable import Realization, realize_pattern
from verify.landscapes.regions.sampling import hidden_layer
from verify.landscapes.regions.zero_loss import ZeroLoss, check_outer_weights, points_without_support, zero_loss
from verify.width.intervals import clopper_pearson

MOST_COEFFICIENTS = 20_000
"""Largest linear program that decides on a zero loss: (width d + 2) ((width + 2) n + 1) coefficients."""

MOST_COEFFICIENTS_SAMPLED = 3_000
"""The same, for each of many sampled regions."""

MOST_ENTRIES = 1_000_000
"""Largest Jacobian whose rank is decided: n * width * d entries."""


@dataclass(frozen=True)
class Counts:
    """How many regions there are.

    Attributes
    ----------
    n, dimension, width : int
        `dimension` counts the bias as a coordinate.
    per_unit : int or None
        Patterns that one unit can have; None where they are too many to count.
    bound : int
        Cover's formula: the number for points in general position, and never less than `per_unit`.
    general_position : bool or None
        None where it was not decided.
    """

    n: int
    dimension: int
    width: int
    per_unit: int | None
    bound: int
    general_position: bool | None

    @property
    def deficient_fraction(self) -> Fraction:
        """For generic data at most this part of all 2^(n width) patterns has a Jacobian of rank below n."""
        return min(Fraction(1), self.dimension * Fraction(2) ** (math.ceil(self.n / self.dimension) - self.width))

    def to_json(self) -> dict[str, Any]:
        """Give a JSON-ready mapping."""
        return {
            "n": self.n,
            "dimension": self.dimension,
            "width": self.width,
            "patterns_per_unit": self.per_unit,
            "cover": self.bound,
            "general_position": self.general_position,
            "regions": None if self.per_unit is None else f"{self.per_unit}^{self.width}",
            "deficient_fraction_at_most": str(self.deficient_fraction),
        }


def count_regions(points: Points, width: int) -> Counts:
    """Count the regions of `width` units on some points: patterns of one unit, to the power of the width.

    Raises
    ------
    DataError
        For width < 1, or a zero point.

    Examples
    --------
    >>> count_regions([[1, 0], [0, 1], [1, 1]], 5).to_json()["regions"]
    '6^5'
    """
    if width < 1:
        raise DataError(f"the width is {width}; it must be at least 1")
    n, dimension = len(points), len(points[0])
    bound = cover_count(n, dimension)
    if math.comb(n, min(n, dimension)) <= MOST_SUBSETS and in_general_position(points):
        return Counts(n, dimension, width, bound, bound, True)
    is_known = math.comb(n, min(n, dimension)) <= MOST_SUBSETS
    try:
        counted = count_cells(points)
    except DataError:
        if any(not any(x) for x in points):
            raise
        return Counts(n, dimension, width, None, bound, False if is_known else None)
    return Counts(n, dimension, width, counted, bound, False if is_known else None)


@dataclass(frozen=True)
class Region:
    """One region, or the proof that there is none.

    Attributes
    ----------
    units : list of Realization
    rank : JacobianRank
    generic : GenericRank
        What the rank is for almost all data with this pattern.
    zero_loss : ZeroLoss, or None
        None without labels, for an empty region, or where `unknown` says why.
    unknown : str
        Why the question of a zero loss was left open; empty otherwise.
    """

    units: list[Realization]
    rank: JacobianRank
    generic: GenericRank
    zero_loss: ZeroLoss | None
    unknown: str

    @property
    def exists(self) -> bool:
        """Whether every unit is realizable, so that the region is not empty."""
        return all(unit.is_realizable for unit in self.units)

    def to_json(self) -> dict[str, Any]:
        """Give a JSON-ready mapping."""
        return {
            "exists": self.exists,
            "units": [unit.to_json() for unit in self.units],
            "jacobian": self.rank.to_json(),
            "generic_rank": self.generic.rank,
            "zero_loss": self.zero_loss and self.zero_loss.to_json(),
            "unknown": self.unknown or None,
        }


def analyse_region(
    points: Points, pattern: Pattern, *, outer: Sequence[Fraction] = (), labels: Sequence[Fraction] | None = None
) -> Region:
    """Decide what is there to know about the region of a pattern.

    Parameters
    ----------
    points : n vectors of d rationals
    pattern : array of shape (width, n)
    outer : `width` nonzero rationals, optional
        Output weights; 1, -1, 1, ... by default.
    labels : n rationals, optional

    Examples
    --------
    >>> from verify.landscapes.regions.patterns import as_pattern
    >>> region = analyse_region([[1], [2]], as_pattern([[1, 1]]), labels=[Fraction(1), Fraction(1)])
    >>> region.exists, region.rank.rank, region.zero_loss.exists
    (True, 1, False)
    """
    width, n = pattern.shape
    _check_size(n, width, len(points[0]))
    units = realize_pattern(points, pattern)
    found, unknown = None, ""
    if labels is not None and all(unit.is_realizable for unit in units):
        v = check_outer_weights(outer or alternating(width), width)
        size = _coefficients(n, width, len(points[0]))
        if size <= MOST_COEFFICIENTS:
            found = zero_loss(points, pattern, v, labels)
        else:
            unknown = (
                f"the exact linear program has {size} coefficients; at most {MOST_COEFFICIENTS} are tried: "
                "use fewer points or units"
            )
    return Region(units, jacobian_rank(points, pattern), generic_rank(pattern, len(points[0])), found, unknown)


def alternating(width: int) -> tuple[Fraction, ...]:
    """Output weights 1, -1, 1, ..."""
    return tuple(Fraction((-1) ** i) for i in range(width))


def _coefficients(n: int, width: int, dimension: int) -> int:
    """Measure the linear program of a zero loss."""
    return (width * dimension + 2) * ((width + 2) * n + 1)


def _check_size(n: int, width: int, dimension: int) -> None:
    if n * width * dimension > MOST_ENTRIES:
        raise DataError(
            f"the Jacobian has {n} x {width * dimension} entries; at most {MOST_ENTRIES} are decided: "
            "use fewer points or units, or a phase map"
        )


@dataclass(frozen=True)
class Sample:
    """Regions met by freshly initialised networks.

    Attributes
    ----------
    samples : int
    ranks : dict of int to int
        Exact ranks and how often they came.
    n : int
    with_zero_loss : int or None
        How many of the regions contain a point of loss zero; None where this was not decided.
    """

    samples: int
    ranks: dict[int, int]
    n: int
    with_zero_loss: int | None

    @property
    def full(self) -> int:
        """How many have full rank."""
        return self.ranks.get(self.n, 0)

    def to_json(self) -> dict[str, Any]:
        """Give a JSON-ready mapping."""
        zero = self.with_zero_loss
        return {
            "samples": self.samples,
            "ranks": {str(rank): count for rank, count in sorted(self.ranks.items())},
            "full": self.full,
            "full_interval": list(clopper_pearson(self.full, self.samples, confidence=0.95)),
            "with_zero_loss": zero,
            "with_zero_loss_interval": None
            if zero is None
            else list(clopper_pearson(zero, self.samples, confidence=0.95)),
        }


def sample_regions(
    points: Points,
    width: int,
    *,
    has_bias: bool = False,
    outer: Sequence[Fraction] = (),
    labels: Sequence[Fraction] | None = None,
    samples: int = 100,
    rng: np.random.Generator | int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sample:
    """Draw hidden layers as PyTorch does by default, and decide the rank (and a zero loss) in the region of each.

    Parameters
    ----------
    points : n vectors of rationals
        What the units see; with `has_bias` the last coordinate is the 1 of the bias.
    width : int
    outer, labels : as for `analyse_region`
    samples : int
    rng : seed or Generator
    progress : callable, optional
        Called with the number of regions that are done and of all.

    Examples
    --------
    >>> sample_regions([[1, 0], [0, 1]], 20, samples=5, rng=0).ranks
    {2: 5}
    """
    if width < 1 or samples < 1:
        what, value = ("width", width) if width < 1 else ("number of samples", samples)
        raise DataError(f"the {what} is {value}; it must be at least 1")
    n, dimension = len(points), len(points[0])
    _check_size(n, width, dimension)
    v = check_outer_weights(outer or alternating(width), width)
    generator = np.random.default_rng(rng)
    is_independent = labels is not None and jacobian_rank(points, np.ones((1, n), dtype=np.int8)).is_full
    is_small = _coefficients(n, width, dimension) <= MOST_COEFFICIENTS_SAMPLED
    ranks: Counter[int] = Counter()
    with_zero_loss = 0
    for k in range(samples):
        weights, biases = hidden_layer(1, max(1, dimension - has_bias), width, generator)
        layer = np.concatenate([weights[0, :, : dimension - has_bias], biases[0][:, None]], axis=1)[:, :dimension]
        pattern = pattern_of_floats(points, layer)
        ranks[jacobian_rank(points, pattern).rank] += 1
        if labels is not None and is_independent:
            with_zero_loss += not points_without_support(pattern, v, labels)
        elif labels is not None and is_small:
            with_zero_loss += zero_loss(points, pattern, v, labels).exists
        if progress:
            progress(k + 1, samples)
    is_decided = labels is not None and (is_independent or is_small)
    return Sample(samples, dict(ranks), n, with_zero_loss if is_decided else None)


def pattern_of_floats(points: Points, weights: NDArray[np.float64]) -> Pattern:
    """Find the pattern of weights that are floats, exactly: a float decides a sign only where it cannot be wrong.

    Examples
    --------
    >>> pattern_of_floats([[Fraction(1), Fraction(1, 3)]], np.array([[1.0, -3.0], [1.0, -2.0]]))
    array([[0],
           [1]], dtype=int8)
    """
    try:
        floats = np.array([[float(x) for x in point] for point in points])
    except OverflowError:
        floats = np.full((len(points), len(points[0])), np.inf)
    with np.errstate(all="ignore"):
        values = weights @ floats.T
        bound = 4 * (floats.shape[1] + 2) * 2.0**-53 * (np.abs(weights) @ np.abs(floats).T) + 1e-290
        is_certain = np.abs(values) > bound
    pattern: Pattern = (values > 0).astype(np.int8)
    for i, j in np.argwhere(~is_certain):
        pattern[i, j] = dot([Fraction(w) for w in weights[i].tolist()], points[j]) > 0
    return pattern
