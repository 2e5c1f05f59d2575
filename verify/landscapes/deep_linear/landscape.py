"""The certified landscape of a deep linear network: critical points, the global minimum, the origin, thresholds."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from verify.algebraic.polynomials import Interval
from verify.landscapes.deep_linear.critical_point import CriticalPoint, Kind, float_json, interval_json
from verify.landscapes.deep_linear.moments import Moments
from verify.landscapes.deep_linear.network import DeepLinear
from verify.landscapes.deep_linear.potential import Potential, evaluate
from verify.landscapes.deep_linear.real_root import RealRoot, nearest, positive_roots
from verify.landscapes.deep_linear.thresholds import Threshold, Thresholds, thresholds
from verify.rational import format_rational

_BITS = 64  # of the enclosures that are shown


class Origin(StrEnum):
    """What the point where all weights are 0 is for the loss of the network."""

    GLOBAL_MINIMUM = "global_minimum"
    LOCAL_MINIMUM = "local_minimum"
    """A strict local minimum that is not global."""

    STRICT_SADDLE = "strict_saddle"
    """The Hessian has a negative eigenvalue."""

    NOT_CRITICAL = "not_critical"
    """The gradient is not 0: ridge regression (D = 0) with E[x y] != 0."""


class GlobalMinimum(NamedTuple):
    """Where the least loss is attained.

    Attributes
    ----------
    points : tuple of CriticalPoint
        Those with the least value; several only where values are exactly equal.
    at_origin : bool
        Whether the origin attains it.
    exact : Fraction or None
        The least loss where it is attained at a rational t, the origin included.
    """

    points: tuple[CriticalPoint, ...]
    at_origin: bool
    exact: Fraction | None


class Landscape:
    """The loss landscape of a deep linear network with weight decay and multiplicative noise, exactly.

    Parameters
    ----------
    moments : Moments
        The data: E[x xᵀ], E[x y], E[y²].
    network : DeepLinear
        Widths, decays and the variance of the noise.

    Attributes
    ----------
    potential : Potential
        V(t), whose least value over t >= 0 is the least loss of the network.

    Notes
    -----
    The theorem, with its proof, is in the documentation, chapter "Deep linear networks": the least loss of the network
    is min V, attained at the weights of `CriticalPoint`, and nowhere else up to signs where every hidden layer has
    noise. The critical points of V with t > 0 are the roots of a rational polynomial of degree 2mD, m <= d. Other
    stationary points of the network, such as those with dead units, are not listed.

    The cost is that of factoring this polynomial and isolating its roots: milliseconds for mD = 16, seconds for
    mD = 128.

    Examples
    --------
    >>> landscape = Landscape(Moments([["1.3"]], [1], 1), DeepLinear([2, 2], "1/10", noise="1/2"))
    >>> [point.kind.value for point in landscape.critical_points]
    ['saddle', 'local_minimum']
    >>> landscape.origin.value, landscape.global_minimum.at_origin
    ('local_minimum', False)
    >>> round(float(landscape.global_minimum.points[0].value), 6)
    0.68647
    """

    def __init__(self, moments: Moments, network: DeepLinear) -> None:
        self.moments, self.network = moments, network
        self.potential = Potential(moments, network)

    @cached_property
    def critical_points(self) -> tuple[CriticalPoint, ...]:
        """All critical points t > 0 of the potential, increasing. For ridge regression (D = 0) the minimum alone."""
        roots = positive_roots(self.potential.critical_polynomial)
        if not self.network.depth:
            return tuple(CriticalPoint(self.potential, root, Kind.LOCAL_MINIMUM) for root in roots)
        slopes = [evaluate(self.potential.critical_polynomial, t) for t in _between(roots)]
        return tuple(  # a root of multiplicity k of V' changes its sign if k is odd
            CriticalPoint(self.potential, root, Kind.LOCAL_MINIMUM if before < 0 < after else Kind.SADDLE)
            for root, before, after in zip(roots, slopes, slopes[1:], strict=False)
        )

    @cached_property
    def origin(self) -> Origin:
        """What the origin is; exact, by the Hessian for D = 1 and by orders and the global comparison for D >= 2."""
        cross = sum(x * x for x in self.moments.cross_moment)
        if not cross:
            return Origin.GLOBAL_MINIMUM
        if not self.network.depth:
            return Origin.NOT_CRITICAL
        if self.network.depth == 1:
            return Origin.GLOBAL_MINIMUM if cross <= self.network.decay_product else Origin.STRICT_SADDLE
        return Origin.GLOBAL_MINIMUM if self.global_minimum.at_origin else Origin.LOCAL_MINIMUM

    @cached_property
    def global_minimum(self) -> GlobalMinimum:
        """The least loss, proved: the exact least of the values at the local minima and at the origin."""
        best: list[CriticalPoint] = []
        for point in self.critical_points:
            if point.kind is Kind.LOCAL_MINIMUM:
                sign = point.value.compare(best[0].value) if best else -1
                best = [point] if sign < 0 else [*best, point] if sign == 0 else best
        label = self.moments.label_moment
        sign = best[0].value.compare(label) if best else 1
        exact: Fraction | None = None
        if sign >= 0:
            exact = label
        elif best[0].scale.rational is not None:
            exact = best[0].value.enclosure(1)[0]
        return GlobalMinimum(tuple(best) if sign <= 0 else (), sign >= 0, exact)

    @cached_property
    def thresholds(self) -> Thresholds | None:
        """The products of decays at which the origin becomes global and the other critical points vanish.

        None for D = 0, and where E[x y] = 0: then the origin is the only critical point for all decays.
        """
        return thresholds(self.potential.resolvent, self.network.depth)

    @property
    def is_metastable(self) -> bool:
        """Whether there are both a global minimum and another local minimum of the potential (D >= 2 only).

        The other one is the origin, or a local minimum with t > 0.
        """
        minima = sum(point.kind is Kind.LOCAL_MINIMUM for point in self.critical_points)
        found = self.global_minimum
        return self.network.depth > 1 and minima + 1 > len(found.points) + found.at_origin

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready object: rationals and the ends of intervals are strings p/q."""
        found = self.global_minimum
        points = [point.to_json() for point in self.critical_points]
        for point, entry in zip(self.critical_points, points, strict=True):
            entry["global"] = point in found.points
        attained = [points[self.critical_points.index(point)] for point in found.points]
        return {
            "network": {
                "widths": list(self.network.widths),
                "decay": [format_rational(x) for x in self.network.decay],
                "noise_variance": [format_rational(x) for x in self.network.noise],
                "noise_factor": format_rational(self.network.noise_factor),
                "decay_product": format_rational(self.network.decay_product),
            },
            "global_minimum": {
                "value": {
                    "exact": None if found.exact is None else format_rational(found.exact),
                    "interval": interval_json(self._least(_BITS)),
                    "approximately": float_json(nearest(self._least)),
                },
                "at_origin": found.at_origin,
                "critical_points": [self.critical_points.index(point) for point in found.points],
            },
            "scale": attained[0]["scale"] if attained else {"interval": ["0", "0"], "approximately": 0.0},
            "origin": {
                "kind": self.origin.value,
                "value": format_rational(self.moments.label_moment),
            },
            "critical_points": points,
            "metastable": self.is_metastable,
            "thresholds": self._thresholds_json(),
        }

    def _least(self, bits: int) -> Interval:
        found = self.global_minimum
        return (found.exact, found.exact) if found.exact is not None else found.points[0].value.enclosure(bits)

    def _thresholds_json(self) -> dict[str, Any] | None:
        found = self.thresholds
        if found is None:
            return None
        return {
            "origin_global": _threshold_json(found.origin_global),
            "only_origin": _threshold_json(found.only_origin),
        }


def _between(roots: list[RealRoot]) -> list[Fraction]:
    """Positive rationals before, between and after positive roots whose intervals are disjoint."""
    ends = [root.enclosure(_BITS) for root in roots]
    middles = [(a[1] + b[0]) / 2 for a, b in pairwise(ends)]
    return [ends[0][0] / 2, *middles, ends[-1][1] + 1] if ends else []


def _threshold_json(threshold: Threshold) -> dict[str, Any]:
    return {
        "decay_product": {
            "exact": None if threshold.exact is None else format_rational(threshold.exact),
            "interval": interval_json(threshold.product(_BITS)),
        },
        "equal_decay": {
            "interval": interval_json(threshold.equal_decay(_BITS)),
            "approximately": float_json(nearest(threshold.equal_decay)),
        },
    }
