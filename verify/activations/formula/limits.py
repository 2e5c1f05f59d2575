"""One-sided limits where a formula is not analytic: enough to tell a pole from a value."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any

from verify import flint_backend
from verify.activations.formula.balls import Pole, ball_value, may_vanish
from verify.activations.formula.nodes import Node, X, apply
from verify.activations.formula.points import Point, UndecidedError
from verify.activations.formula.regions import Region, SplitError

_BITS = 96
_AT_INFINITY = {
    "tanh": (-1, 1),
    "erf": (-1, 1),
    "sigmoid": (0, 1),
    "exp": (0, inf),
    "softplus": (0, inf),
    "cosh": (inf, inf),
    "asinh": (-inf, inf),
    "sinh": (-inf, inf),
    "log": (None, inf),
    "sqrt": (None, inf),
}


@dataclass(frozen=True)
class Limit:
    """A limit: a ball that holds it, or inf or -inf.

    `slow` marks what may be reached as slowly as powers of a logarithm are; a limit 0 that is not slow is reached at
    least as fast as a positive power of the distance.
    """

    value: Any
    slow: bool = False

    @property
    def infinite(self) -> bool:
        """Whether it is plus or minus infinity."""
        return isinstance(self.value, float)

    @property
    def zero(self) -> bool:
        """Whether it is certainly 0."""
        return not self.infinite and bool(self.value == 0)

    @property
    def sign(self) -> int:
        """The sign, 0 when it is not certain."""
        return 1 if self.value > 0 else -1 if self.value < 0 else 0


def one_sided_limit(tree: Node, region: Region, point: Point, *, bits: int = _BITS) -> Limit | None:
    """Find the limit of a branch-free formula at an end of an interval, from inside; None when it is not found.

    Parameters
    ----------
    tree : Node
    region : Region
    point : Point
        One of its ends.
    bits : int
        Working precision.
    """
    with flint_backend.precision(bits):
        return _Limits(region, point, bits).of(tree)


class _Limits:
    def __init__(self, region: Region, point: Point, bits: int) -> None:
        self.region, self.point, self.bits = region, point, bits
        self.done: dict[Node, Limit | None] = {}

    def of(self, node: Node) -> Limit | None:
        if node not in self.done:
            value = self.region.value(node, self.point, bits=self.bits)
            if value is not None and may_vanish(value) and self.region.vanishes(node, self.point):
                value = flint_backend.ball(0)
            self.done[node] = self._of(node) if value is None else Limit(value)
        return self.done[node]

    def _sign(self, node: Node) -> int:
        try:
            return self.region.sign(node)
        except (SplitError, UndecidedError):
            return 0

    def _of(self, node: Node) -> Limit | None:
        args = [self.of(argument) for argument in node.args]
        known = [argument for argument in args if argument is not None]
        if len(known) < len(args) or not known:
            return None
        match node.op:
            case "add":
                return _sum(*known)
            case "neg":
                return Limit(-known[0].value, known[0].slow)
            case "mul":
                return _product(*known)
            case "div":
                reciprocal = self._reciprocal(node.args[1], known[1])
                quotient = None if reciprocal is None else _product(known[0], reciprocal)
                return self._pole(node) if quotient is None else quotient
            case "pow" if node.value is not None:
                return self._power(node, known[0], node.value)
        return self._function(node, known[0])

    def _pole(self, node: Node) -> Limit | None:
        """Decide a quotient 0/0 of two functions with power series by their first terms."""
        series = [self.region.taylor(part, self.point, 8, bits=self.bits) for part in (*node.args, node)]
        if isinstance(series[0], list) and isinstance(series[1], list) and isinstance(series[2], Pole):
            return Limit(inf * (self._sign(node) or 1))
        return None

    def _reciprocal(self, below: Node, limit: Limit) -> Limit | None:
        if limit.infinite:
            return Limit(flint_backend.ball(0), limit.slow)
        if limit.zero:
            sign = self._sign(below)
            return Limit(inf * sign) if sign else None
        return Limit(1 / limit.value, limit.slow) if limit.sign else None

    def _power(self, node: Node, limit: Limit, exponent: Fraction) -> Limit | None:
        if exponent < 0:
            inside = Node("pow", node.args, -exponent)
            whole = self._power(inside, limit, -exponent)
            return None if whole is None else self._reciprocal(inside, whole)
        if limit.infinite:
            even = exponent.denominator == 1 and exponent.numerator % 2 == 0
            return Limit(inf if even else limit.value, limit.slow)
        if exponent.denominator == 1:
            return Limit(limit.value ** int(exponent), limit.slow)
        if limit.zero:
            return Limit(flint_backend.ball(0), limit.slow)
        return Limit(limit.value ** flint_backend.ball(exponent), limit.slow) if limit.sign > 0 else None

    def _function(self, node: Node, u: Limit) -> Limit | None:
        if u.infinite:
            ends = _AT_INFINITY.get(node.op)
            end = None if ends is None else ends[u.value > 0]
            if end is None:
                return None
            slow = (u.slow or node.op == "log") and not (node.op in {"exp", "sinh", "cosh"} and isinstance(end, float))
            return Limit(end, slow) if isinstance(end, float) else Limit(flint_backend.ball(end), slow)
        if node.op == "log":
            if u.zero:
                return Limit(-inf, slow=True)
            return Limit(u.value.log(), u.slow) if u.sign > 0 else None
        if node.op == "sqrt":
            return Limit(u.value.sqrt(), u.slow) if u.zero or u.sign > 0 else None
        if node.op in {"tan", "sinc"}:
            return None
        value = ball_value(apply(node.op, X), u.value)
        return Limit(value, u.slow) if value.is_finite() else None


def _sum(a: Limit, b: Limit) -> Limit | None:
    if a.infinite and b.infinite:
        return Limit(a.value, a.slow and b.slow) if a.value == b.value else None
    if a.infinite or b.infinite:
        return a if a.infinite else b
    return Limit(a.value + b.value, a.slow or b.slow)


def _product(a: Limit, b: Limit) -> Limit | None:
    if not a.infinite and not b.infinite:
        return Limit(a.value * b.value, a.slow or b.slow)
    one, other = (a, b) if a.infinite else (b, a)
    if other.zero:  # such as x**k log(x)
        return Limit(flint_backend.ball(0), slow=True) if one.slow and not other.slow else None
    return Limit(one.value * other.sign, one.slow and (other.slow or not other.infinite)) if other.sign else None
