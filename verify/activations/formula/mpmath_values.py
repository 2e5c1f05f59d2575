"""Formulas in mpmath, at any precision."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from verify.activations.formula.nodes import Node
from verify.activations.formula.walk import evaluate
from verify.errors import NotAvailableError


class _Arithmetic:
    def __init__(self, context: Any) -> None:
        self.mp = context

    def number(self, value: Fraction) -> Any:
        return self.mp.mpf(value.numerator) / value.denominator

    def pi(self) -> Any:
        return +self.mp.pi

    def add(self, a: Any, b: Any) -> Any:
        return a + b

    def neg(self, a: Any) -> Any:
        return -a

    def mul(self, a: Any, b: Any) -> Any:
        return a * b

    def div(self, a: Any, b: Any) -> Any:
        return a / b

    def pow(self, a: Any, exponent: Fraction) -> Any:
        return a ** int(exponent) if exponent.denominator == 1 else a ** self.number(exponent)

    def max(self, a: Any, b: Any) -> Any:
        return max(a, b)

    def where(self, relation: str, u: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
        return yes() if {">": u > 0, ">=": u >= 0, "==": u == 0}[relation] else no()

    def function(self, name: str, u: Any) -> Any:
        mp = self.mp
        match name:
            case "abs":
                return abs(u)
            case "sign":
                return mp.sign(u)
            case "sigmoid":
                return 1 / (1 + mp.exp(-u)) if u > 0 else mp.exp(u) / (1 + mp.exp(u))
            case "softplus":
                return max(u, mp.mpf(0)) + mp.log1p(mp.exp(-abs(u)))
        return getattr(mp, name)(u)


def mpmath_function(tree: Node, context: Any) -> Callable[[Any], Any]:
    """Make a formula a function of numbers of an mpmath context, at its precision, without a check of the digits."""
    arithmetic = _Arithmetic(context)
    return lambda z: evaluate(tree, arithmetic, z)


def evaluate_mpmath(tree: Node, z: Any, *, digits: int) -> Any:
    """Evaluate a formula at a number, to this many digits; see `FormulaValues.mpmath`."""
    from mpmath.ctx_mp import MPContext

    previous = None
    context = MPContext()
    tiny = 0  # sums such as x - tanh(x) lose several times the leading zeros of x
    point = _point(context, z)
    if point:
        tiny = max(0, -2 * int(context.mag(point)))
    for working in (digits + 15 + tiny, 2 * digits + 30 + tiny, 4 * digits + 60 + tiny, 8 * digits + 120 + tiny):
        context = MPContext()
        context.dps = working
        point = _point(context, z)
        try:
            value = evaluate(tree, _Arithmetic(context), point)
        except (ZeroDivisionError, ValueError):
            raise NotAvailableError(f"{tree} has no value at x = {z}; choose another point") from None
        if (
            previous is not None
            and value != 0
            and abs(value - context.mpf(previous)) <= abs(value) * context.mpf(10) ** (-digits - 2)
        ):
            return value
        previous = value
    return previous


def _point(context: Any, z: Any) -> Any:
    return context.mpf(z.numerator) / z.denominator if isinstance(z, Fraction) else context.mpf(z)
