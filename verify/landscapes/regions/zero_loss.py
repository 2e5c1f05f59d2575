"""Whether a region contains weights of loss zero: an exact linear program, and a criterion for independent points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verify.errors import DataError
from verify.landscapes.regions.farkas import Solution, nonnegative_solution
from verify.landscapes.regions.patterns import Pattern, Points, Rational, dot
from verify.rational import format_rational


@dataclass(frozen=True)
class ZeroLoss:
    """Whether the open region of a pattern contains weights with f(x_j) = y_j for all j.

    Attributes
    ----------
    weights : tuple of `width` tuples of Fraction, or None
        Strictly inside the region, of loss exactly 0.
    multipliers : tuple of `width` tuples of Fraction, or None
    combination : tuple of Fraction, or None
        Otherwise: mu >= 0 of shape (width, n) and c with v_i sum_j c_j A_ij x_j + sum_j mu_ij s_ij x_j = 0 for every
        unit i, and c.y >= 0, not both mu and c.y zero. Weights of loss 0 inside the region would give
        c.y + sum mu_ij s_ij w_i.x_j = 0 with a positive left-hand side.
    """

    weights: tuple[tuple[Fraction, ...], ...] | None
    multipliers: tuple[tuple[Fraction, ...], ...] | None = None
    combination: tuple[Fraction, ...] | None = None

    @property
    def exists(self) -> bool:
        """Whether there is such a point."""
        return self.weights is not None

    def check(self, points: Points, pattern: Pattern, outer: Sequence[Rational], labels: Sequence[Rational]) -> bool:
        """Multiply out whether the proof holds, in rational arithmetic."""
        active = [[int(x) for x in row] for row in pattern]
        n = len(points)
        if self.weights is not None:
            values = [[dot(w, x) for x in points] for w in self.weights]
            inside = all((2 * active[i][j] - 1) * values[i][j] > 0 for i in range(len(active)) for j in range(n))
            fitted = [sum(outer[i] * active[i][j] * values[i][j] for i in range(len(active))) for j in range(n)]
            return inside and fitted == list(labels)
        mu, c = self.multipliers or (), self.combination or ()
        for i, row in enumerate(active):
            factors = [c[j] * outer[i] * row[j] + mu[i][j] * (2 * row[j] - 1) for j in range(n)]
            if any(dot(factors, column) for column in zip(*points, strict=True)):
                return False
        gain = dot(c, labels)
        entries = [x for row in mu for x in row]
        return min(entries) >= 0 and gain >= 0 and (any(entries) or gain > 0)

    def to_json(self) -> dict[str, Any]:
        """Give a JSON-ready mapping."""
        if self.weights is not None:
            return {"exists": True, "weights": [[format_rational(x) for x in w] for w in self.weights]}
        return {
            "exists": False,
            "multipliers": [[format_rational(x) for x in row] for row in self.multipliers or ()],
            "combination": [format_rational(x) for x in self.combination or ()],
        }


def check_outer_weights(outer: Sequence[Rational], width: int) -> tuple[Fraction, ...]:
    """Check the weights of the output layer: as many as units, none of them 0."""
    if len(outer) != width:
        raise DataError(f"there are {len(outer)} output weights for {width} units; give one for each unit")
    for i, value in enumerate(outer):
        if not value:
            raise DataError(f"the output weight of unit {i} is 0; leave the unit out")
    return tuple(Fraction(x) for x in outer)


def zero_loss(points: Points, pattern: Pattern, outer: Sequence[Rational], labels: Sequence[Rational]) -> ZeroLoss:
    """Decide whether the region of a pattern contains a point of loss zero, with proof either way.

    Parameters
    ----------
    points : n vectors of d rationals
        What the units see: `hidden_inputs`.
    pattern : array of shape (width, n)
    outer : `width` nonzero rationals
        The fixed weights v of the output layer.
    labels : n rationals

    Notes
    -----
    The region is open: s_ij w_i.x_j > 0. Motzkin's theorem of the alternative turns the question into one for
    nonnegative solutions of width * d + 2 equations in (width + 2) n + 1 unknowns, which an exact simplex method
    decides.

    Examples
    --------
    >>> from verify.landscapes.regions.patterns import as_pattern
    >>> zero_loss([[1]], as_pattern([[1]]), [1], [3]).weights
    ((Fraction(3, 1),),)
    >>> zero_loss([[1]], as_pattern([[1]]), [1], [-3]).exists
    False
    """
    width, n = pattern.shape
    v = check_outer_weights(outer, width)
    dimension = len(points[0])
    equations: list[list[Rational]] = []
    for i in range(width):
        active = [int(x) for x in pattern[i]]
        for k in range(dimension):
            row: list[Rational] = [0] * ((width + 2) * n + 1)
            for j in range(n):
                row[i * n + j] = (2 * active[j] - 1) * points[j][k]
                row[width * n + j] = v[i] * active[j] * points[j][k]
                row[(width + 1) * n + j] = -row[width * n + j]
            equations.append(row)
    gain: list[Rational] = [*([0] * (width * n)), *(-y for y in labels), *labels, 1]
    total: list[Rational] = [*([1] * (width * n)), *([0] * (2 * n)), 1]
    found = nonnegative_solution([*equations, gain, total], [*([0] * (width * dimension + 1)), 1])
    if isinstance(found, Solution):
        x = found.x
        mu = tuple(x[i * n : (i + 1) * n] for i in range(width))
        plus, minus = x[width * n : (width + 1) * n], x[(width + 1) * n : (width + 2) * n]
        return ZeroLoss(None, mu, tuple(a - b for a, b in zip(plus, minus, strict=True)))
    scale = found.y[-2]  # negative: at most minus the last multiplier, which is positive
    flat = [y / scale for y in found.y[: width * dimension]]
    return ZeroLoss(tuple(tuple(flat[i * dimension : (i + 1) * dimension]) for i in range(width)))


def points_without_support(pattern: Pattern, outer: Sequence[Rational], labels: Sequence[Rational]) -> list[int]:
    """List the points that keep a region from a zero loss when the points are linearly independent.

    For linearly independent points every choice of signs and sizes of the w_i.x_j is possible, so each point can be
    looked at alone: y_j != 0 needs an active unit with v_i y_j > 0, and y_j = 0 needs no active unit, or active units
    of both signs. The region contains a point of loss zero if and only if the list is empty. Linear cost.

    Examples
    --------
    >>> from verify.landscapes.regions.patterns import as_pattern
    >>> points_without_support(as_pattern([[1, 1], [0, 1]]), [1, -1], [2, -1])
    []
    >>> points_without_support(as_pattern([[1, 1], [0, 1]]), [1, -1], [-2, 0])
    [0]
    """
    v = check_outer_weights(outer, pattern.shape[0])
    missing = []
    for j, y in enumerate(labels):
        active = [v[i] for i in range(len(v)) if pattern[i, j]]
        served = any(value * y > 0 for value in active) if y else not active or min(active) < 0 < max(active)
        if not served:
            missing.append(j)
    return missing
