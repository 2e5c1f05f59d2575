"""Exact values of the activations that are piecewise polynomial with rational coefficients."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class PiecewisePolynomial:
    """A continuous function of one variable that is a polynomial between consecutive breakpoints.

    Parameters
    ----------
    breakpoints : tuple of Fraction
        b_1 < ... < b_m; may be empty.
    polynomials : tuple of tuple of Fraction
        m + 1 coefficient lists, the constant term first. The i-th polynomial is the function up to b_(i+1), the last
        one the function beyond b_m; ``()`` is the zero polynomial.

    Examples
    --------
    >>> relu = PiecewisePolynomial((Fraction(0),), ((), (Fraction(0), Fraction(1))))
    >>> relu(Fraction(-3)), relu(Fraction(1, 3))
    (Fraction(0, 1), Fraction(1, 3))
    """

    breakpoints: tuple[Fraction, ...]
    polynomials: tuple[tuple[Fraction, ...], ...]

    def __call__(self, x: Fraction) -> Fraction:
        """Evaluate at a rational point, exactly (Horner's scheme on the piece that holds x)."""
        value = Fraction(0)
        for coefficient in reversed(self.polynomials[bisect_left(self.breakpoints, x)]):
            value = value * x + coefficient
        return value


def pieces(*items: tuple[Fraction | int, ...] | Fraction | int) -> PiecewisePolynomial:
    """Write a `PiecewisePolynomial` from left to right: polynomial, breakpoint, polynomial, breakpoint, ...

    Examples
    --------
    >>> hardtanh = pieces((-1,), -1, (0, 1), 1, (1,))
    >>> [str(hardtanh(Fraction(k, 2))) for k in (-3, 1, 4)]
    ['-1', '1/2', '1']
    """
    return PiecewisePolynomial(
        tuple(Fraction(item) for item in items if not isinstance(item, tuple)),
        tuple(tuple(Fraction(c) for c in item) for item in items if isinstance(item, tuple)),
    )
