"""Real roots that are isolated and compared exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verify.algebraic.polynomials import Interval, horner
from verify.errors import DisagreementError
from verify.landscapes.deep_linear.real_root import RealRoot, RootValue, nearest, positive_roots, remainder

X = sympy.Symbol("x")


def rationals(*numbers: int | str) -> list[Fraction]:
    return [Fraction(c) for c in numbers]


def value_of(root: RealRoot, top: list[Fraction]) -> RootValue:
    return RootValue(root, top, [Fraction(1)], lambda around: horner(top, around))


@given(st.lists(st.integers(-6, 6), min_size=2, max_size=7))
@settings(deadline=None)
def test_positive_roots_are_those_that_sympy_counts(coefficients: list[int]) -> None:
    assume(coefficients[-1] and any(coefficients[:-1]))
    polynomial = sympy.Poly(coefficients[::-1], X)
    roots = positive_roots(rationals(*coefficients))
    expected = [root for root in sympy.Poly(polynomial.as_expr(), X).real_roots(multiple=False) if root[0] > 0]
    assert [root.multiplicity for root in roots] == [multiplicity for _, multiplicity in expected]
    for root, (exact, _) in zip(roots, expected, strict=True):
        low, high = root.enclosure(100)
        assert high - low <= Fraction(1, 2**100)
        assert sympy.Rational(low) <= exact <= sympy.Rational(high)
        assert root.is_root_of(rationals(*coefficients))
        assert not root.is_root_of([*rationals(*coefficients)[:-1], Fraction(coefficients[-1] + 1, 1)]) or low == 0


@given(
    st.lists(st.fractions(-3, 3, max_denominator=5), max_size=7),
    st.lists(st.integers(-4, 4), min_size=1, max_size=4),
)
def test_the_remainder_is_that_of_sympy(polynomial: list[Fraction], low: list[int]) -> None:
    divisor = [*low, 3]
    found = remainder(polynomial, divisor)
    expected = sympy.rem(sympy.Poly(polynomial[::-1] or [0], X), sympy.Poly(divisor[::-1], X), domain="QQ")
    assert sympy.Poly(found[::-1] or [0], X, domain="QQ") == sympy.Poly(expected, X, domain="QQ")


def test_equal_values_of_different_roots_are_recognised() -> None:
    (two,) = positive_roots(rationals(-2, 0, 1))  # sqrt(2)
    (shifted,) = positive_roots(rationals(-1, -2, 1))  # 1 + sqrt(2)
    (fourth,) = positive_roots(rationals(-2, 0, 0, 0, 1))  # 2^(1/4)
    assert value_of(two, rationals(0, 0, 1)).compare(Fraction(2)) == 0
    assert value_of(two, rationals(0, 1)).compare(value_of(shifted, rationals(-1, 1))) == 0
    assert value_of(fourth, rationals(0, 0, 1)).compare(value_of(two, rationals(0, 1))) == 0
    assert value_of(two, rationals(0, 1)).compare(value_of(shifted, rationals(0, 1))) == -1
    assert value_of(shifted, rationals(0, 1)).compare(value_of(two, rationals(0, 1))) == 1
    assert value_of(fourth, rationals(0, 0, 1)).minimal_polynomial() == [-2, 0, 1]


def test_conjugates_are_not_equal_although_their_minimal_polynomials_are() -> None:
    small, large = positive_roots(rationals(1, -3, 1))
    first, second = value_of(small, rationals(0, 1)), value_of(large, rationals(0, 1))
    assert first.minimal_polynomial() == second.minimal_polynomial()
    assert not first._equals(second)
    assert (first.compare(second), second.compare(first)) == (-1, 1)


def test_values_that_differ_far_behind_the_point_are_told_apart() -> None:
    (two,) = positive_roots(rationals(-2, 0, 1))
    near = Fraction(int(sympy.sqrt(2) * 10**400), 10**400)
    value = value_of(two, rationals(0, 1))
    assert value.compare(near) == 1
    assert value.compare(near + Fraction(1, 10**400)) == -1


def test_roots_near_each_other_and_near_zero() -> None:
    tiny = Fraction(1, 10**200)
    first, second = positive_roots([1 * (1 + tiny), -(2 + tiny), Fraction(1)])  # 1 and 1 + tiny
    assert (first.rational, second.rational) == (1, 1 + tiny)
    assert [root.rational for root in positive_roots([Fraction(0), -tiny, Fraction(1)])] == [tiny]
    (root,) = positive_roots([-tiny, Fraction(0), Fraction(1), Fraction(1)])
    assert float(root) == pytest.approx(1e-100, rel=1e-15)


def test_roots_of_one_factor_that_are_far_closer_than_float64_can_tell() -> None:
    """x^10 - 2 (a x - 1)^2 with a = 10^20 is irreducible (Eisenstein) and has two roots within 10^-118 of 1/a."""
    a = 10**20
    first, second, _ = positive_roots(rationals(-2, 4 * a, -2 * a * a, 0, 0, 0, 0, 0, 0, 0, 1))
    assert first.polynomial == second.polynomial
    assert first.enclosure(500)[1] < Fraction(1, a) < second.enclosure(500)[0]
    assert second.enclosure(500)[1] - first.enclosure(500)[0] < Fraction(1, 10**118)
    assert value_of(first, rationals(0, 1)).compare(value_of(second, rationals(0, 1))) == -1


def test_an_interval_without_a_change_of_sign_is_no_root() -> None:
    with pytest.raises(DisagreementError, match="no change of sign"):
        RealRoot([-2, 0, 1], (Fraction(2), Fraction(3)))


def test_rounding_is_that_of_the_number_and_ends_for_zero() -> None:
    def third(bits: int) -> Interval:
        return Fraction(2**bits // 3, 2**bits), Fraction(2**bits // 3 + 1, 2**bits)

    assert nearest(third) == 1 / 3
    assert nearest(lambda bits: (-Fraction(1, 2**bits), Fraction(1, 2**bits))) == 0.0
    assert nearest(third, is_zero=True) == 0.0
