"""Deep linear networks: everything that is enclosed holds the number, however wide the interval of the root is."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from deep_linear_cases import random_case

from verify.algebraic.polynomials import Interval
from verify.errors import DisagreementError
from verify.landscapes.deep_linear import CriticalPoint, DeepLinear, Kind, Landscape, Moments
from verify.landscapes.deep_linear.real_root import RealRoot
from verify.landscapes.deep_linear.thresholds import Threshold

ENCLOSED: dict[str, Callable[[CriticalPoint, int], list[Interval]]] = {
    "value": lambda point, bits: [point.value.enclosure(bits)],
    "ridge": lambda point, bits: [point.ridge(bits)],
    "variance": lambda point, bits: [point.variance(bits)],
    "predictor": lambda point, bits: point.predictor(bits),
    "entries": lambda point, bits: point.entries(bits),
    "first_row": lambda point, bits: point.first_row(bits),
}


def widened(root: RealRoot, factor: Fraction) -> RealRoot | None:
    """The same root with a wide interval of dyadic ends around it; None where it is not the only root in there."""
    narrow = root.enclosure(120)
    low, high = (Fraction(round(end * 2**80), 2**80) for end in narrow)
    ends = low * Fraction(round(32 / (1 + factor)), 32), high * (1 + factor)
    try:
        inside = RealRoot(root.polynomial, ends).enclosure(120)
    except DisagreementError:
        return None
    return RealRoot(root.polynomial, ends) if inside[0] <= narrow[1] and narrow[0] <= inside[1] else None


@pytest.mark.parametrize("seed", range(30))
def test_wide_enclosures_hold_what_narrow_ones_hold(seed: int) -> None:
    moments, network = random_case(6000 + seed)
    landscape = Landscape(moments, network)
    for point in landscape.critical_points:
        for factor in (Fraction(1, 16), Fraction(1, 4)):
            for name, enclose in ENCLOSED.items():
                root = widened(point.scale, factor)  # anew: a root keeps what was found out about it
                if root is None:
                    continue
                wide = CriticalPoint(landscape.potential, root, point.kind)
                for (low, high), (a, b) in zip(enclose(wide, 1), enclose(point, 200), strict=True):
                    assert low <= b, (name, float(low), float(b))
                    assert a <= high, (name, float(a), float(high))


@pytest.mark.parametrize("seed", range(30))
def test_wide_enclosures_of_thresholds_hold_what_narrow_ones_hold(seed: int) -> None:
    moments, network = random_case(7000 + seed)
    found = Landscape(moments, network).thresholds
    for threshold in found or ():
        value = threshold._value
        if isinstance(value, Fraction):
            continue
        a, b = value.enclosure(300)
        root = widened(value.root, Fraction(1, 4))
        if root is None:
            continue
        value.root = root
        low, high = Threshold(value, threshold.order).product(1)
        assert low <= b
        assert a <= high


def test_a_critical_point_where_the_slope_stays_negative_is_a_saddle() -> None:
    """V' of the sign of (t - 1)² (t - 3): it is negative on both sides of 1."""
    landscape = Landscape(Moments([[1]], [1], 1), DeepLinear([1, 1], "1/10"))
    landscape.potential.critical_polynomial = [Fraction(c) for c in (-3, 7, -5, 1)]
    first, second = landscape.critical_points
    assert (first.scale.rational, first.kind, first.is_degenerate) == (1, Kind.SADDLE, True)
    assert (second.scale.rational, second.kind, second.is_degenerate) == (3, Kind.LOCAL_MINIMUM, False)
