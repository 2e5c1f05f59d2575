"""Rigorous values of formulas: balls, and Taylor coefficients as balls.

Nothing here imports a ball arithmetic; constants come from `verify.flint_backend` and functions are methods of the
balls. Every value is valid by the inclusion property of ball arithmetic, operation by operation: F. Johansson, Arb:
efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE Trans. Comput. 66 (2017).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from verify import flint_backend
from verify.activations.formula.nodes import Node
from verify.activations.formula.walk import evaluate

Ball: TypeAlias = Any

_INCREASING: dict[str, Callable[[Ball], Ball]] = {
    "exp": lambda u: u.exp(),
    "expm1": lambda u: u.expm1(),
    "log": lambda u: u.log(),
    "log1p": lambda u: u.log1p(),
    "sqrt": lambda u: u.sqrt(),
    "sinh": lambda u: u.sinh(),
    "tanh": lambda u: u.tanh(),
    "atan": lambda u: u.atan(),
    "asinh": lambda u: u.asinh(),
    "erf": lambda u: u.erf(),
    "sigmoid": lambda u: 1 / (1 + (-u).exp()),
    "softplus": lambda u: u.exp().log1p() if not u > 0 else u + (-u).exp().log1p(),
}
_OTHER: dict[str, Callable[[Ball], Ball]] = {
    "sin": lambda u: u.sin(),
    "cos": lambda u: u.cos(),
    "tan": lambda u: u.tan(),
    "sinc": lambda u: u.sinc(),
}


class BallArithmetic:
    """Balls at the current working precision; where nothing is known, the ball NaN, which contains everything."""

    def number(self, value: Fraction) -> Ball:
        """Enclose a rational constant."""
        return flint_backend.ball(value)

    def pi(self) -> Ball:
        """Enclose pi."""
        return type(flint_backend.ball(0)).pi()

    def add(self, a: Ball, b: Ball) -> Ball:
        """Add."""
        return a + b

    def neg(self, a: Ball) -> Ball:
        """Change the sign."""
        return -a

    def mul(self, a: Ball, b: Ball) -> Ball:
        """Multiply."""
        return a * b

    def div(self, a: Ball, b: Ball) -> Ball:
        """Divide; NaN when the divisor may be 0."""
        return a / b

    def pow(self, a: Ball, exponent: Fraction) -> Ball:
        """Raise to a power; not for negative bases unless the exponent is an integer."""
        if exponent < 0:
            return 1 / self.pow(a, -exponent)
        if exponent.denominator == 1:
            whole = int(exponent)
            if a.is_exact():
                return a**whole
            low, high = (a.lower(), a.upper()) if whole % 2 else (a.abs_lower(), a.abs_upper())
            return (low**whole).union(high**whole)
        rational = flint_backend.ball(exponent)
        return _hull(lambda u: _real_power(u, exponent, rational), a)

    def max(self, a: Ball, b: Ball) -> Ball:
        """Take the larger one."""
        return a.max(b)

    def where(self, relation: str, u: Ball, yes: Callable[[], Ball], no: Callable[[], Ball]) -> Ball:
        """Choose; when the relation is not decided, both values are enclosed."""
        if relation == "==":
            certain, impossible = bool(u.is_zero()), bool(u != 0)
        elif relation == ">":
            certain, impossible = bool(u > 0), bool(u <= 0)
        else:
            certain, impossible = bool(u >= 0), bool(u < 0)
        if certain:
            return yes()
        return no() if impossible else yes().union(no())

    def function(self, name: str, u: Ball) -> Ball:
        """Apply a function; the hull of the values at the ends for increasing ones."""
        if name in _INCREASING:
            return _hull(_INCREASING[name], u)
        match name:
            case "erfc":
                return _hull(lambda v: v.erfc(), u)
            case "abs":
                return abs(u) if u.is_exact() else u.abs_lower().union(u.abs_upper())
            case "sign":
                return u.sgn() if u.is_exact() else u.lower().sgn().union(u.upper().sgn())
            case "cosh":
                return u.cosh() if u.is_exact() else u.abs_lower().cosh().union(u.abs_upper().cosh())
        return _OTHER[name](u)


def _hull(function: Callable[[Ball], Ball], u: Ball) -> Ball:
    return function(u) if u.is_exact() else function(u.lower()).union(function(u.upper()))


def _real_power(u: Ball, exponent: Fraction, rational: Ball) -> Ball:
    if exponent.denominator == 2:
        return u.sqrt() ** exponent.numerator
    return u * 0 if u.is_zero() else u**rational


def ball_value(tree: Node, point: Ball) -> Ball:
    """Enclose the value of a formula on a ball, at the current working precision."""
    return evaluate(tree, BallArithmetic(), point)


def value_at(tree: Node, point: Fraction, *, bits: int = 128) -> Ball:
    """Enclose the value of a formula at a rational point."""
    with flint_backend.precision(bits):
        return ball_value(tree, flint_backend.ball(point))


def may_vanish(value: Ball) -> bool:
    """Whether 0 lies in a ball (balls that contain 0 are neither equal to 0 nor different from it)."""
    return not bool(value != 0)


def sign_at(tree: Node, point: Fraction, *, bits: Sequence[int] = (64, 256, 1024)) -> int | None:
    """Give the sign of a formula at a rational point: 1, -1, 0 (exactly), or None where it could not be decided."""
    for precision in bits:
        value = value_at(tree, point, bits=precision)
        if value.is_zero():
            return 0
        if value > 0 or value < 0:
            return 1 if value > 0 else -1
    return None


@dataclass(frozen=True)
class Pole:
    """The formula has a pole, of this order, at the point of expansion."""

    order: int


@dataclass(frozen=True)
class Unknown:
    """No Taylor coefficients, for this reason."""

    reason: str


class _NoSeriesError(Exception):
    def __init__(self, result: Pole | Unknown) -> None:
        super().__init__(result)
        self.result = result


class _SeriesArithmetic:
    """Power series with balls as coefficients, for formulas without branches."""

    def number(self, value: Fraction) -> Any:
        return flint_backend.series([flint_backend.ball(value)])

    def pi(self) -> Any:
        return flint_backend.series([type(flint_backend.ball(0)).pi()])

    def add(self, a: Any, b: Any) -> Any:
        return a + b

    def neg(self, a: Any) -> Any:
        return -a

    def mul(self, a: Any, b: Any) -> Any:
        return a * b

    def div(self, a: Any, b: Any) -> Any:
        below = _valuation(b)
        if below is None:
            raise _NoSeriesError(Unknown("a denominator may be 0"))
        coefficients = a.coeffs()
        if below and flint_backend.known_terms(a) <= below:
            raise _NoSeriesError(Unknown("a quotient 0/0 is not decided"))
        for k in range(below):
            leading = coefficients[k] if k < len(coefficients) else 0
            if leading == 0:
                continue
            if leading != 0:
                raise _NoSeriesError(Pole(below - k))
            raise _NoSeriesError(Unknown("a quotient 0/0 is not decided"))
        return a / b

    def pow(self, a: Any, exponent: Fraction) -> Any:
        if exponent.denominator == 1:
            whole = a ** abs(int(exponent))
            return whole if exponent > 0 else self.div(self.number(Fraction(1)), whole)
        return self.function("exp", self.function("log", a) * flint_backend.ball(exponent))

    def max(self, a: Any, b: Any) -> Any:
        raise _NoSeriesError(Unknown("the formula has branches"))

    def where(self, relation: str, u: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
        raise _NoSeriesError(Unknown("the formula has branches"))

    def function(self, name: str, u: Any) -> Any:
        one = self.number(Fraction(1))
        match name:
            case "log" | "sqrt":
                if not (_leading(u) > 0):
                    raise _NoSeriesError(Unknown(f"the argument of {name} is not certified positive"))
                return getattr(u, name)()
            case "exp" | "sin" | "cos" | "atan" | "erf":
                return getattr(u, name)()
            case "tan":
                return self.div(u.sin(), u.cos())
            case "sinh":
                return (u.exp() - (-u).exp()) / self.number(Fraction(2))
            case "cosh":
                return (u.exp() + (-u).exp()) / self.number(Fraction(2))
            case "tanh":
                return (
                    -self.function("tanh", -u) if _leading(u) < 0 else (one - (-u - u).exp()) / (one + (-u - u).exp())
                )
            case "asinh":
                return -self.function("asinh", -u) if _leading(u) < 0 else (u + (u * u + one).sqrt()).log()
            case "sigmoid":
                return one / (one + (-u).exp())
            case "softplus":
                return u + (one + (-u).exp()).log() if _leading(u) > 0 else (one + u.exp()).log()
            case "sinc":
                return self.div(u.sin(), u)
        raise _NoSeriesError(Unknown(f"no series of {name}"))


def _leading(u: Any) -> Ball:
    coefficients = u.coeffs()
    return coefficients[0] if coefficients else flint_backend.ball(0)


def _valuation(u: Any) -> int | None:
    for k, coefficient in enumerate(u.coeffs()):
        if coefficient == 0:
            continue
        return k if coefficient != 0 else None
    return None


def taylor(tree: Node, point: Ball, length: int) -> list[Ball] | Pole | Unknown:
    """Enclose the Taylor coefficients of a branch-free formula at a point, at the current working precision.

    Parameters
    ----------
    tree : Node
        Without branches.
    point : ball
        Exact, or the enclosure of a breakpoint.
    length : int
        How many coefficients are wanted; as many are given, unless quotients of functions that vanish at the point
        used them up.

    Returns
    -------
    list of balls
        The formula is then analytic at the point, after removing singularities of quotients 0/0.
    Pole
        The formula has a part with a pole here.
    Unknown
        Analyticity is not established.
    """
    with flint_backend.series_length(length + 6):
        one = flint_backend.ball(1)
        try:
            result = evaluate(tree, _SeriesArithmetic(), flint_backend.series([point, one]))
        except _NoSeriesError as error:
            return error.result
        except (ValueError, ZeroDivisionError) as error:
            return Unknown(str(error))
        coefficients = list(result.coeffs())
        known = min(flint_backend.known_terms(result), length)
    coefficients += [flint_backend.ball(0)] * (known - len(coefficients))
    coefficients = coefficients[:known]
    if not all(coefficient.is_finite() for coefficient in coefficients):
        return Unknown("a Taylor coefficient is not finite")
    return coefficients
