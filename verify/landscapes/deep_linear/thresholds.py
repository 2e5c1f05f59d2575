"""Where the origin becomes the global minimum, and where every other stationary value disappears."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from verify.algebraic.polynomials import Interval, integer_root
from verify.landscapes.deep_linear.potential import Coefficients, Resolvent, add, derivative, evaluate, multiply
from verify.landscapes.deep_linear.real_root import RootValue, positive_roots


class Threshold:
    """A threshold in the product Γ of the D + 1 decays: an algebraic number.

    Attributes
    ----------
    exact : Fraction or None
        The product where it is attained at a rational λ, or is a limit.
    order : int
        D + 1.
    """

    def __init__(self, value: RootValue | Fraction, order: int) -> None:
        self._value, self.order = value, order
        self.exact = value if isinstance(value, Fraction) else None
        if isinstance(value, RootValue) and value.root.rational is not None:
            self.exact = value.enclosure(1)[0]

    def compare(self, product: Fraction) -> int:
        """Return -1, 0 or 1 as the threshold is below, at or above a product of decays, exactly."""
        if self.exact is not None:
            return (self.exact > product) - (self.exact < product)
        assert isinstance(self._value, RootValue)  # noqa: S101  # for the type checker
        return self._value.compare(product)

    def product(self, bits: int) -> Interval:
        """Enclose the product."""
        return (self.exact, self.exact) if self.exact is not None else self._value.enclosure(bits)  # type: ignore[union-attr]  # not a Fraction

    def equal_decay(self, bits: int) -> Interval:
        """Enclose the decay that all layers have at the threshold if they have the same: the (D + 1)-th root.

        A small one is enclosed more narrowly, so that the digits do not run out.
        """
        low, high = self.product(bits)
        shift = max(high.denominator.bit_length() - high.numerator.bit_length(), 0) // self.order
        scale = 1 << (bits + shift)
        bottom = integer_root(int(low * scale**self.order), self.order)
        top = integer_root(int(high * scale**self.order) + 1, self.order) + 1
        return Fraction(bottom, scale), Fraction(top, scale)


class Thresholds(NamedTuple):
    """The two thresholds in the product Γ of the decays; with unequal decays only the product matters.

    Attributes
    ----------
    origin_global : Threshold
        Γ_c: the origin is a global minimum if and only if Γ >= Γ_c.
    only_origin : Threshold
        Γ_sn >= Γ_c: for Γ > Γ_sn the potential has no critical point but t = 0. They are equal for D = 1; for D >= 2
        and Γ_c < Γ < Γ_sn (at least) one other local minimum is metastable.
    """

    origin_global: Threshold
    only_origin: Threshold


def thresholds(resolvent: Resolvent, depth: int) -> Thresholds | None:
    """Find Γ_c = D⁻ᴰ sup λ h(λ)ᴰ and Γ_sn = sup λᴰ⁺¹ g(λ)ᴰ, with h = eᵀ(κA + λ)⁻¹e and g = ||(κA + λ)⁻¹e||².

    The suprema over λ > 0 are limits at infinity for D = 1, both ||e||², and are attained at a root of a rational
    polynomial for D >= 2. If A is a multiple a of the identity (or e sees one eigenvalue a) they are rational:
    Γ_c = ||e||²ᴰ (κa)¹⁻ᴰ (D-1)ᴰ⁻¹/D²ᴰ and Γ_sn = ||e||²ᴰ (κa)¹⁻ᴰ (D+1)ᴰ⁺¹ (D-1)ᴰ⁻¹/(2D)²ᴰ.

    Parameters
    ----------
    resolvent : Resolvent
    depth : int
        D; there are none for D = 0, nor where e = 0.

    Examples
    --------
    >>> from verify.landscapes.deep_linear import Moments
    >>> found = thresholds(Resolvent(Moments([["1.3"]], [1], 1), Fraction(25, 16)), 2)
    >>> found.origin_global.exact, found.only_origin.exact
    (Fraction(2, 65), Fraction(27, 520))
    """
    if not depth or not resolvent.dimension:
        return None
    top, bottom, square = resolvent.numerator, resolvent.denominator, resolvent.square
    if depth == 1:
        limit = Threshold(square[-1], 2)  # G is ||e||² λ^(2m-2) + ..., χ is monic
        return Thresholds(limit, limit)
    shifted = [Fraction(0), Fraction(1)]
    flat = add(multiply(top, bottom), [-depth * c for c in multiply(shifted, square)])
    slope = add(multiply(derivative(square), bottom), [-2 * c for c in multiply(square, derivative(bottom))])
    steep = add([(depth + 1) * c for c in multiply(square, bottom)], [depth * c for c in multiply(shifted, slope)])
    scale = Fraction(1, depth**depth)
    first = _largest(
        flat,
        [scale * c for c in multiply(shifted, _power(top, depth))],
        _power(bottom, depth),
        lambda x, y: scale * x * (evaluate(top, y) / evaluate(bottom, y)) ** depth,
    )
    second = _largest(
        steep,
        multiply(_power(shifted, depth + 1), _power(square, depth)),
        _power(bottom, 2 * depth),
        lambda x, y: x ** (depth + 1) * (evaluate(square, y) / evaluate(bottom, y) ** 2) ** depth,
    )
    return Thresholds(Threshold(first, depth + 1), Threshold(second, depth + 1))


def _largest(
    stationary: Coefficients,
    top: Coefficients,
    bottom: Coefficients,
    bound: Callable[[Fraction, Fraction], Fraction],
) -> RootValue:
    """The largest value of top/bottom at the positive roots of a polynomial.

    `bound` is a product of an increasing function of its first and a decreasing one of its second argument.
    """

    def enclose(around: Interval) -> Interval:
        low, high = around
        return bound(low, high), bound(high, low)

    best: RootValue | None = None
    for root in positive_roots(stationary):
        value = RootValue(root, top, bottom, enclose)
        if best is None or value.compare(best) > 0:
            best = value
    assert best is not None  # noqa: S101  # a positive function that vanishes at 0 and infinity has a maximum
    return best


def _power(polynomial: Coefficients, exponent: int) -> Coefficients:
    product = [Fraction(1)]
    for _ in range(exponent):
        product = multiply(product, polynomial)
    return product
