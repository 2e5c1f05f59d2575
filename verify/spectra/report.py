"""What `spectrum` returns: eigenvalues, and for each one what is known of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any, Literal

from verify.data import Dataset
from verify.model import Model

Arithmetic = Literal["float64", "mpmath", "arb"]
Method = Literal["closed form", "quadrature", "Hermite series"]

_DECIMALS = 20  # of an eigenvalue in the JSON of a calculation with more digits than float64 has


class State(Enum):
    """What is known of an eigenvalue.

    ========================  ==========================================================================
    exactly zero              by the theorem: there are as many zeros as the annihilator has dimensions
    certainly positive        an enclosure excludes 0
    not enclosed              computed, well above the estimate of its error; nothing is proved of it
    numerically unresolved    computed, but not above the (bound or estimate of the) error
    ========================  ==========================================================================
    """

    EXACTLY_ZERO = "exactly zero"
    CERTAINLY_POSITIVE = "certainly positive"
    NOT_ENCLOSED = "not enclosed"
    UNRESOLVED = "numerically unresolved"


@dataclass(frozen=True)
class Spectrum:
    """The eigenvalues of a kernel matrix. Made by `spectrum` alone.

    Attributes
    ----------
    data : Dataset
    model : Model
    arithmetic : {"float64", "mpmath", "arb"}
    method : {"closed form", "quadrature", "Hermite series"}
        How the entries of the matrix were computed.
    digits : int
        Decimal digits of the calculation.
    eigenvalues : tuple of n Fraction
        The largest first. Those that the theorem says are 0 are 0; the others are what was computed, as the binary
        fractions they are.
    states : tuple of n State
    enclosures : tuple of n pairs of Fraction, or None
        Rational bounds that hold for certain, in the order of the eigenvalues; only with arithmetic="arb".
    error : Fraction
        With "arb" the largest half-width of an enclosure; else an estimate of the absolute error of an eigenvalue.
    exact_nullity : int or None
        How many eigenvalues are 0, by the theorem; None where no theorem covers the model, and `reason` says why.
    certified_lambda_min : pair of Fraction, or None
        Bounds of the least eigenvalue that hold for certain; (0, 0) for an exactly singular matrix.
    reason : str
        Why the exact nullity is what it is, in one line.
    """

    data: Dataset
    model: Model
    arithmetic: Arithmetic
    method: Method
    digits: int
    eigenvalues: tuple[Fraction, ...]
    states: tuple[State, ...]
    enclosures: tuple[tuple[Fraction, Fraction], ...] | None
    error: Fraction
    exact_nullity: int | None
    certified_lambda_min: tuple[Fraction, Fraction] | None
    reason: str

    @property
    def condition(self) -> Fraction | None:
        """The largest over the least eigenvalue; None where the least is 0, unresolved, absent, or lost in rounding.

        A statement about the computed numbers, except that None for an exactly singular matrix is exact. In float64 and
        mpmath an eigenvalue may be certainly positive and the number computed for it below its error, even negative.
        """
        if not self.eigenvalues or self.states[-1] in (State.EXACTLY_ZERO, State.UNRESOLVED):
            return None
        if self.enclosures is None and self.eigenvalues[-1] <= self.error:
            return None
        return self.eigenvalues[0] / self.eigenvalues[-1]

    @property
    def effective_rank(self) -> float:
        """The exponential of the entropy of the eigenvalues divided by their sum; 0 for the zero matrix.

        Between 1 and the rank. O. Roy, M. Vetterli, The effective rank: a measure of effective dimensionality,
        EUSIPCO 2007.
        """
        positive = [x for x in self.eigenvalues if x > 0]
        total = sum(positive, Fraction(0))
        shares = [float(x / total) for x in positive]
        return math.exp(-sum(p * math.log(p) for p in shares if p)) if shares else 0.0

    def count(self, state: State) -> int:
        """Count the eigenvalues of which this is known."""
        return self.states.count(state)

    def to_json(self) -> dict[str, Any]:
        """Write the spectrum as a JSON-ready dict; numbers are floats, None where a float cannot hold them."""
        summary: dict[str, Any] = {
            "model": str(self.model),
            "points": self.data.n,
            "dimension": self.data.dimension,
            "arithmetic": self.arithmetic,
            "method": self.method,
            "digits": self.digits,
            "eigenvalues": [_finite(x) for x in self.eigenvalues],
            "states": [state.value for state in self.states],
            "error": outward(self.error, up=True),
            "exact_nullity": self.exact_nullity,
            "certified_lambda_min": None
            if self.certified_lambda_min is None
            else [outward(x, up=up) for x, up in zip(self.certified_lambda_min, (False, True), strict=True)],
            "condition": None if self.condition is None else _finite(self.condition),
            "effective_rank": self.effective_rank,
            "reason": self.reason,
        }
        if self.arithmetic != "float64":
            summary["decimals"] = [decimal(x) for x in self.eigenvalues]
        if self.enclosures is not None:
            summary["enclosures"] = [[outward(a, up=False), outward(b, up=True)] for a, b in self.enclosures]
        if self.data.notes:
            summary["notes"] = list(self.data.notes)
        return summary

    def __repr__(self) -> str:
        nullity = "unknown" if self.exact_nullity is None else self.exact_nullity
        return (
            f"<Spectrum of {self.model}, {len(self.eigenvalues)} eigenvalues in {self.arithmetic}, nullity {nullity}>"
        )


def decimal(x: Fraction, *, digits: int = _DECIMALS, up: bool | None = None) -> str:
    """Write a rational in decimal, rounded to some digits: to nearest, or up or down, as a bound must be.

    Examples
    --------
    >>> decimal(Fraction(2, 3), digits=5), decimal(Fraction(-1, 3 * 10**400), digits=3), decimal(Fraction(0))
    ('0.66667', '-3.33E-401', '0')
    >>> decimal(Fraction(2, 3), digits=5, up=False), decimal(Fraction(1, 3), digits=5, up=True)
    ('0.66666', '0.33334')
    """
    from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

    rounding = ROUND_HALF_EVEN if up is None else ROUND_CEILING if up else ROUND_FLOOR
    context = Context(prec=digits, Emin=-(10**15), Emax=10**15, rounding=rounding)
    return str(context.divide(Decimal(x.numerator), Decimal(x.denominator)))


def outward(x: Fraction, *, up: bool) -> float | None:
    """Round to a float that is not below (up) or not above (down) x; None beyond the range of float64.

    Examples
    --------
    >>> outward(Fraction(1, 10**400), up=True), outward(Fraction(1, 10**400), up=False), outward(Fraction(1), up=True)
    (5e-324, 0.0, 1.0)
    """
    value = _finite(x)
    if value is None or (Fraction(value) >= x if up else Fraction(value) <= x):
        return value
    moved = math.nextafter(value, math.inf if up else -math.inf)
    return moved if math.isfinite(moved) else None


def _finite(x: Fraction) -> float | None:
    try:
        return float(x)
    except OverflowError:
        return None


def binary_fractions(values: Sequence[Any]) -> tuple[Fraction, ...]:
    """Take mpmath numbers as the binary fractions they are."""
    taken = []
    for x in values:
        sign, mantissa, exponent, _ = x._mpf_
        taken.append(Fraction((-1) ** sign * int(mantissa)) * Fraction(2) ** int(exponent))
    return tuple(taken)
