"""One walk over a formula for every arithmetic: float64 arrays, mpmath, balls, intervals, exact rationals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Protocol, TypeVar

from verify.activations.formula.nodes import ONE, Node, mul, neg, number

T = TypeVar("T")


class Arithmetic(Protocol[T]):
    """What a set of values must offer so that formulas can be evaluated in it."""

    def number(self, value: Fraction) -> T:
        """Give a rational constant."""

    def pi(self) -> T:
        """Give the constant pi."""

    def add(self, a: T, b: T) -> T:
        """Add."""

    def neg(self, a: T) -> T:
        """Change the sign."""

    def mul(self, a: T, b: T) -> T:
        """Multiply."""

    def div(self, a: T, b: T) -> T:
        """Divide."""

    def pow(self, a: T, exponent: Fraction) -> T:
        """Raise to a rational power; the exponent is neither 0 nor 1."""

    def max(self, a: T, b: T) -> T:
        """Take the larger one."""

    def where(self, relation: str, u: T, yes: Callable[[], T], no: Callable[[], T]) -> T:
        """Choose by the relation (``>``, ``>=``, ``==``) of u to 0; only the branches that are needed are computed."""

    def function(self, name: str, u: T) -> T:
        """Apply a function of one argument."""


def evaluate(tree: Node, arithmetic: Arithmetic[T], x: T) -> T:
    """Evaluate a formula at x in the given arithmetic; equal parts of the formula are computed once."""
    done: dict[Node, T] = {}

    def value(node: Node) -> T:
        if node not in done:
            done[node] = compute(node)
        return done[node]

    def compute(node: Node) -> T:
        match node.op:
            case "x":
                return x
            case "num":
                assert node.value is not None  # noqa: S101 - a number carries its value
                return arithmetic.number(node.value)
            case "pi":
                return arithmetic.pi()
            case "pow":
                assert node.value is not None  # noqa: S101 - a power carries its exponent
                return arithmetic.pow(value(node.args[0]), node.value)
            case "neg":
                return arithmetic.neg(value(node.args[0]))
            case "add":
                return arithmetic.add(value(node.args[0]), value(node.args[1]))
            case "mul":
                return arithmetic.mul(value(node.args[0]), value(node.args[1]))
            case "div":
                return arithmetic.div(value(node.args[0]), value(node.args[1]))
            case "max":
                return arithmetic.max(value(node.args[0]), value(node.args[1]))
            case "min":
                a, b = value(node.args[0]), value(node.args[1])
                return arithmetic.neg(arithmetic.max(arithmetic.neg(a), arithmetic.neg(b)))
            case "where>" | "where>=" | "where==":
                inside, yes, no = node.args
                return arithmetic.where(node.op[5:], value(inside), lambda: value(yes), lambda: value(no))
        return arithmetic.function(node.op, value(node.args[0]))

    return value(tree)


def stabilise(tree: Node) -> Node:
    """Write sums that would cancel or overflow by functions that do not; the values are the same.

    1/(1 + exp(u)) and exp(u)/(1 + exp(u)) become sigmoids, log(1 + exp(u)) becomes softplus, exp(u) - 1 and
    log(1 + u) become ``expm1`` and ``log1p``, 1 + erf(u) becomes ``erfc`` and 1 + tanh(u) twice a sigmoid.

    Examples
    --------
    >>> from verify.activations.formula.language import parse_formula
    >>> str(stabilise(parse_formula("x/(1 + exp(-x)) + log(exp(x) + 1)").tree))
    'x*sigmoid(x) + softplus(x)'
    """
    return tree.replace(_stable)


def _stable(node: Node) -> Node | None:
    match node.op:
        case "div":
            above, below = node.args
            u = _partner(below, "exp", ONE)
            if u is not None:
                if above == Node("exp", (u,)):
                    return Node("sigmoid", (u,))
                return mul(above, Node("sigmoid", (neg(u),)))
        case "pow" if node.value == -1:
            u = _partner(node.args[0], "exp", ONE)
            if u is not None:
                return Node("sigmoid", (neg(u),))
        case "log" if node.args[0].op == "add":
            u = _partner(node.args[0], "exp", ONE)
            if u is not None:
                return Node("softplus", (u,))
            left, right = node.args[0].args
            if ONE in (left, right):
                return Node("log1p", (right if left == ONE else left,))
        case "add":
            return _stable_sum(node)
    return None


def _stable_sum(node: Node) -> Node | None:
    for name in ("erf", "tanh"):
        for constant in (ONE, number(-1)):
            u = _partner(node, name, constant)
            negative = False
            if u is None:
                u, negative = _negated_partner(node, name, constant), True
            if u is None:
                continue
            # c + f(u) = c (1 + f(c u)), c + -f(u) = c (1 + f(-c u)), f odd
            inside = u if (constant == ONE) != negative else neg(u)
            whole = (
                Node("erfc", (neg(inside),))
                if name == "erf"
                else mul(number(2), Node("sigmoid", (mul(number(2), inside),)))
            )
            return whole if constant == ONE else neg(whole)
    u = _partner(node, "exp", number(-1))
    if u is not None:
        return Node("expm1", (u,))
    u = _negated_partner(node, "exp", ONE)
    return None if u is None else neg(Node("expm1", (u,)))


def _partner(node: Node, name: str, constant: Node) -> Node | None:
    """Give u when the node is constant + name(u)."""
    if node.op == "add":
        for a, b in (node.args, node.args[::-1]):
            if a == constant and b.op == name:
                return b.args[0]
    return None


def _negated_partner(node: Node, name: str, constant: Node) -> Node | None:
    """Give u when the node is constant - name(u)."""
    if node.op == "add":
        for a, b in (node.args, node.args[::-1]):
            if a == constant and b.op == "neg" and b.args[0].op == name:
                return b.args[0].args[0]
    return None
