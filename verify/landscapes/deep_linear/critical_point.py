"""A critical point of the effective potential, and the stationary weights of the network that belong to it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, isfinite, isqrt
from typing import TYPE_CHECKING, Any

from verify.algebraic.polynomials import Interval
from verify.landscapes.deep_linear.potential import Potential
from verify.landscapes.deep_linear.real_root import RealRoot, RootValue, nearest
from verify.rational import format_rational

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BITS = 64  # of the enclosures that are shown


class Kind(StrEnum):
    """What the weights of a critical point with t > 0 are for the loss of the network."""

    LOCAL_MINIMUM = "local_minimum"
    SADDLE = "saddle"


class CriticalPoint:
    """A critical point t > 0 of the potential. Made by `Landscape`.

    Attributes
    ----------
    scale : RealRoot
        The number t: decay_i ||W_i||² = t for every layer i.
    value : RootValue
        V(t), the loss of the network at the weights.
    kind : Kind
        A local minimum of V is one of the loss; the weights of every other critical point are a saddle.
    is_degenerate : bool
        Whether V''(t) = 0.

    Notes
    -----
    The weights, up to a choice of signs for every hidden unit: all entries of W_i, 2 <= i <= D + 1, are equal, and all
    rows of W_1 are equal and proportional to the mean predictor w = (κA + λ)⁻¹ E[x y], λ = Γ/tᴰ.
    """

    def __init__(self, potential: Potential, scale: RealRoot, kind: Kind) -> None:
        self._potential = potential
        self.scale, self.kind = scale, kind
        self.is_degenerate = scale.multiplicity > 1
        self.value = RootValue(scale, potential.numerator, potential.denominator, potential.enclose_value)

    def predictor(self, bits: int) -> list[Interval]:
        """Enclose the d entries of the mean predictor w: E[f(x)] = w·x, the mean over the noise."""
        around = self.scale.enclosure(bits)
        entries = range(self._potential.moments.dimension)
        return [
            (Fraction(0), Fraction(0)) if self._vanishes[i] else self._potential.enclose_component(i, around)
            for i in entries
        ]

    @cached_property
    def _vanishes(self) -> list[bool]:
        return [self.scale.is_root_of(top) for top in self._potential.components]

    def ridge(self, bits: int) -> Interval:
        """Enclose λ = Γ/tᴰ: the predictor is that of ridge regression with the decay λ on the moments κA, E[x y]."""
        low, high = self.scale.enclosure(bits)
        network = self._potential.network
        return network.decay_product / high**network.depth, network.decay_product / low**network.depth

    def variance(self, bits: int) -> Interval:
        """Enclose the mean over x of the variance of f(x) under the noise: (κ - 1) wᵀAw = (1 - 1/κ)(h(t) - t)."""
        low, high = self.scale.enclosure(bits)
        factor = 1 - 1 / self._potential.network.noise_factor
        bottom = self._potential.explained_at(low) - high
        return factor * max(bottom, Fraction(0)), factor * (self._potential.explained_at(high) - low)

    @property
    def entry_squares(self) -> list[Fraction]:
        """For the layers 2, ..., D + 1 the rational number that t is multiplied by to give the square of an entry."""
        shapes = self._potential.network.shapes(self._potential.moments.dimension)
        decays = self._potential.network.decay
        return [1 / (decay * rows * columns) for decay, (rows, columns) in zip(decays[1:], shapes[1:], strict=True)]

    def entries(self, bits: int) -> list[Interval]:
        """Enclose the entry (all are equal, and positive) of each of the layers 2, ..., D + 1."""
        low, high = self.scale.enclosure(bits)
        return [(_root_below(low * q, bits), _root_above(high * q, bits)) for q in self.entry_squares]

    def first_row(self, bits: int) -> list[Interval]:
        """Enclose the row of W_1 (all are equal): the predictor times the root of λ/(decay_1 d_1)."""
        network = self._potential.network
        below, above = self.ridge(bits)
        weight = network.decay[0] * (network.widths[0] if network.depth else 1)
        factor = _root_below(below / weight, bits), _root_above(above / weight, bits)
        return [_times(entry, factor) for entry in self.predictor(bits)]

    def weights(self) -> list[NDArray[np.float64]]:
        """Round the weights to float64: D + 1 matrices, the first layer first."""
        import numpy as np

        row = self._rounded(self.first_row)
        shapes = self._potential.network.shapes(len(row))
        found = [np.tile(np.array(row, dtype=np.float64), (shapes[0][0], 1))]
        for k, (rows, columns) in enumerate(shapes[1:]):
            found.append(np.full((rows, columns), nearest(_item(self.entries, k)), dtype=np.float64))
        return found

    def _rounded(self, enclose: Callable[[int], list[Interval]]) -> list[float]:
        """Round the d entries of what is proportional to the predictor."""
        return [nearest(_item(enclose, i), is_zero=zero) for i, zero in enumerate(self._vanishes)]

    def __repr__(self) -> str:
        return f"<CriticalPoint t = {float(self.scale):.6g}, {self.kind}, loss {float(self.value):.6g}>"

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready summary: enclosures are pairs of strings p/q, and each has a rounded number beside it."""
        return {
            "kind": self.kind.value,
            "degenerate": self.is_degenerate,
            "scale": {
                "polynomial": [str(c) for c in self.scale.polynomial],
                "interval": [format_rational(x) for x in self.scale.enclosure(_BITS)],
                "approximately": float_json(float(self.scale)),
            },
            "value": {
                "interval": interval_json(self.value.enclosure(_BITS)),
                "approximately": float_json(float(self.value)),
            },
            "ridge": {"interval": interval_json(self.ridge(_BITS))},
            "predictor": [float_json(x) for x in self._rounded(self.predictor)],
            "prediction_variance": {"interval": interval_json(self.variance(_BITS))},
            "weights": {
                "first_row": [float_json(x) for x in self._rounded(self.first_row)],
                "first_row_intervals": [interval_json(x) for x in self.first_row(_BITS)],
                "entries": [
                    {"layer": k + 2, "interval": interval_json(x), "square_over_scale": format_rational(q)}
                    for k, (x, q) in enumerate(zip(self.entries(_BITS), self.entry_squares, strict=True))
                ],
            },
        }


def _item(enclose: Callable[[int], list[Interval]], k: int) -> Callable[[int], Interval]:
    return lambda bits: enclose(bits)[k]


def interval_json(interval: Interval) -> list[str]:
    """Write an interval as two rationals; long ones are rounded outwards, to about 20 digits."""
    low, high = interval
    if low != high:
        size = max(abs(low), abs(high))
        bits = _BITS + 8 + max(size.denominator.bit_length() - size.numerator.bit_length(), -_BITS)
        low, high = Fraction(floor(low * (1 << bits)), 1 << bits), Fraction(ceil(high * (1 << bits)), 1 << bits)
    return [format_rational(low), format_rational(high)]


def float_json(number: float) -> float | None:
    """Leave out what JSON cannot hold: a number beyond float64."""
    return number if isfinite(number) else None


def _root_below(x: Fraction, bits: int) -> Fraction:
    return Fraction(isqrt((x.numerator << 2 * bits) // x.denominator), 1 << bits)


def _root_above(x: Fraction, bits: int) -> Fraction:
    return Fraction(isqrt((x.numerator << 2 * bits) // x.denominator) + 1, 1 << bits)


def _times(left: Interval, right: Interval) -> Interval:
    ends = [a * b for a in left for b in right]
    return min(ends), max(ends)
