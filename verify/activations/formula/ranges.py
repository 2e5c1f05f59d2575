"""Ranges of branch-free formulas over closed intervals, which may reach to infinity."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import inf
from typing import Any, NamedTuple

from verify import flint_backend
from verify.activations.formula.balls import _INCREASING
from verify.activations.formula.nodes import Node
from verify.activations.formula.walk import evaluate

End = Any  # an exact ball, or the float inf or -inf


class Range(NamedTuple):
    """The closed interval from `low` to `high`; the ends are exact balls, or infinite."""

    low: End
    high: End

    @property
    def bounded(self) -> bool:
        """Whether both ends are finite."""
        return not _infinite(self.low) and not _infinite(self.high)

    @property
    def sign(self) -> int | None:
        """1 when every number in it is positive, -1 when negative, else None."""
        if _less(0, self.low):
            return 1
        return -1 if _less(self.high, 0) else None


WHOLE = Range(-inf, inf)

_LIMITS: dict[str, tuple[End, End]] = {
    "exp": (0, inf),
    "expm1": (-1, inf),
    "log": (-inf, inf),
    "log1p": (-inf, inf),
    "sqrt": (0, inf),
    "sinh": (-inf, inf),
    "tanh": (-1, 1),
    "atan": (-2, 2),
    "asinh": (-inf, inf),
    "erf": (-1, 1),
    "sigmoid": (0, 1),
    "softplus": (0, inf),
}  # bounds of the values; not always the best ones


def _infinite(end: End) -> bool:
    return isinstance(end, float)


def _less(a: End, b: End) -> bool:
    if _infinite(a) or _infinite(b):
        return bool((a if _infinite(a) else 0.0) < (b if _infinite(b) else 0.0))
    return bool(flint_backend.ball(0) + a < b)


def _smallest(values: list[End]) -> End:
    best = values[0]
    for value in values[1:]:
        best = value if _less(value, best) else best
    return best


def _down(value: Any) -> End:
    return value.lower() if value.is_finite() else -inf


def _up(value: Any) -> End:
    return value.upper() if value.is_finite() else inf


def _exact(value: int) -> Any:
    return flint_backend.ball(value)


def _negated(end: End) -> End:
    return -end


class _RangeArithmetic:
    def number(self, value: Fraction) -> Range:
        ball = flint_backend.ball(value)
        return Range(_down(ball), _up(ball))

    def pi(self) -> Range:
        ball = type(_exact(0)).pi()
        return Range(_down(ball), _up(ball))

    def add(self, a: Range, b: Range) -> Range:
        low = -inf if _infinite(a.low) or _infinite(b.low) else _down(a.low + b.low)
        high = inf if _infinite(a.high) or _infinite(b.high) else _up(a.high + b.high)
        return Range(low, high)

    def neg(self, a: Range) -> Range:
        return Range(_negated(a.high), _negated(a.low))

    def mul(self, a: Range, b: Range) -> Range:
        lows, highs = [], []
        for p in a:
            for q in b:
                low, high = _products(p, q)
                lows.append(low)
                highs.append(_negated(high))
        return Range(_smallest(lows), _negated(_smallest(highs)))

    def div(self, a: Range, b: Range) -> Range:
        sign = b.sign
        if sign is None:
            return WHOLE
        low = _exact(0) if _infinite(b.high) else _down(1 / b.high)
        high = _exact(0) if _infinite(b.low) else _up(1 / b.low)
        return self.mul(a, Range(low, high))

    def pow(self, a: Range, exponent: Fraction) -> Range:
        if exponent < 0:
            return self.div(self.number(Fraction(1)), self.pow(a, -exponent))
        if exponent.denominator == 1 and exponent % 2 == 0:
            if _less(a.low, 0):
                if not _less(0, a.high):
                    return self.pow(self.neg(a), exponent)
                lowest = _smallest([self.neg(self.pow(part, exponent)).low for part in _halves(a)])
                return Range(_exact(0), _negated(lowest))
        elif exponent.denominator > 1 and _less(a.low, 0):
            return WHOLE
        return Range(_power_end(a.low, exponent, -1), _power_end(a.high, exponent, 1))

    def max(self, a: Range, b: Range) -> Range:
        return WHOLE

    def where(self, relation: str, u: Range, yes: Callable[[], Range], no: Callable[[], Range]) -> Range:
        return WHOLE

    def function(self, name: str, u: Range) -> Range:
        if name in _LIMITS:
            return self._increasing(name, u)
        if name in {"sin", "cos", "sinc"}:
            unit = Range(_exact(-1), _exact(1))
            if not u.bounded:
                return unit
            value = getattr(u.low.union(u.high), name)()
            return Range(_negated(_smallest([_exact(1), -_down(value)])), _smallest([_exact(1), _up(value)]))
        if name == "tan" and u.bounded and abs(u.low.union(u.high)) < _exact(3) / 2:
            return Range(_down(u.low.tan()), _up(u.high.tan()))
        if name == "cosh":
            return _cosh(u)
        return WHOLE

    def _increasing(self, name: str, u: Range) -> Range:
        bottom, top = _LIMITS[name]
        domain = {"log": 0, "sqrt": 0, "log1p": -1}.get(name)
        if domain is not None and _less(u.low, domain):
            return Range(bottom if _infinite(bottom) else _exact(bottom), inf)
        function = _INCREASING[name]
        low = bottom if _infinite(u.low) else _down(function(u.low))
        high = top if _infinite(u.high) else _up(function(u.high))
        return Range(_whole(low), _whole(high))


def _whole(end: End) -> End:
    return _exact(end) if isinstance(end, int) else end


def _products(p: End, q: End) -> tuple[End, End]:
    """Give bounds of one product of ends; 0 times infinity is 0, because an infinite end is only approached."""
    if not _infinite(p) and not _infinite(q):
        value = p * q
        return _down(value), _up(value)
    sign = _sign(p) * _sign(q)
    end: End = _exact(0) if sign == 0 else inf * sign
    return end, end


def _sign(end: End) -> int:
    return 1 if _less(0, end) else -1 if _less(end, 0) else 0


def _halves(a: Range) -> list[Range]:
    zero = _exact(0)
    return [Range(zero, _negated(a.low)), Range(zero, a.high)]


def _power_end(end: End, exponent: Fraction, direction: int) -> End:
    if _infinite(end):
        return end
    value = end ** int(exponent) if exponent.denominator == 1 else _root(end, exponent)
    return _up(value) if direction > 0 else _down(value)


def _root(end: End, exponent: Fraction) -> Any:
    return end * 0 if end.is_zero() else (end.log() * flint_backend.ball(exponent)).exp()


def _cosh(u: Range) -> Range:
    if not u.bounded:
        return Range(_exact(1), inf)
    value = u.low.union(u.high).cosh()
    return Range(_exact(1), _up(value))


def range_over(tree: Node, low: Any, high: Any | None) -> Range:
    """Enclose the values of a branch-free formula over a closed interval, at the current working precision.

    Parameters
    ----------
    tree : Node
    low, high : ball
        The ends, or enclosures of them; `high` may be None, for infinity.

    Returns
    -------
    Range
        Contains every value; where nothing is known, the whole line.
    """
    return evaluate(tree, _RangeArithmetic(), Range(low.lower(), inf if high is None else high.upper()))


def certified_sign(tree: Node, low: Any, high: Any | None, *, depth: int = 6) -> int | None:
    """Give the sign of a formula that has one and the same, not 0, on a whole closed interval; else None.

    The interval is divided up to `depth` times; the last piece of an infinite one begins at low + 2**depth.
    """
    value = range_over(tree, low, high)
    if value.sign is not None or depth == 0:
        return value.sign
    middle = _middle(low, high)
    if middle is None:
        return None
    left = certified_sign(tree, low, middle, depth=depth - 1)
    if left is None:
        return None
    return left if certified_sign(tree, middle, high, depth=depth - 1) == left else None


def _middle(low: Any, high: Any | None) -> Any | None:
    if high is None:
        return flint_backend.exact_ball(low.upper() * 2 + 1)
    middle = flint_backend.exact_ball((low + high) / 2)
    return middle if low.upper() < middle and middle < high.lower() else None
