"""The first derivative of a formula, as a formula."""

from __future__ import annotations

from fractions import Fraction

from verify.activations.formula.nodes import ONE, PI, ZERO, Node, add, apply, div, mul, neg, number, power, sub

_TWO = number(2)


def derivative(tree: Node) -> Node:
    """Differentiate a formula.

    At a kink the result has the value that deep-learning libraries use: max(a, b) has there the derivative of b,
    so that relu'(0) = 0, and abs'(0) = sign'(0) = 0. Elsewhere it is the derivative.

    Examples
    --------
    >>> from verify.activations.formula.language import parse_formula
    >>> str(derivative(parse_formula("x*max(x, 0)").tree))
    'max(x, 0) + x*where(x > 0, 1, 0)'
    """
    done: dict[Node, Node] = {}
    for node in tree:
        done[node] = _derivative(node, [done[argument] for argument in node.args])
    return done[tree]


def _derivative(node: Node, inner: list[Node]) -> Node:
    match node.op:
        case "x":
            return ONE
        case "num" | "pi" | "sign":
            return ZERO
        case "add":
            return add(*inner)
        case "neg":
            return neg(inner[0])
        case "mul":
            a, b = node.args
            return add(mul(inner[0], b), mul(a, inner[1]))
        case "div":
            a, b = node.args
            first = ZERO if inner[0] == ZERO else div(inner[0], b)
            return first if inner[1] == ZERO else sub(first, div(mul(a, inner[1]), power(b, Fraction(2))))
        case "max" | "min":
            a, b = node.args
            difference = sub(a, b) if node.op == "max" else sub(b, a)
            return inner[0] if inner[0] == inner[1] else Node("where>", (difference, inner[0], inner[1]))
        case "where>" | "where>=" | "where==":
            return inner[1] if inner[1] == inner[2] else Node(node.op, (node.args[0], inner[1], inner[2]))
    if inner[0] == ZERO:
        return ZERO
    return mul(inner[0], _outer(node))


def _outer(node: Node) -> Node:
    """Give f'(u) for the node f(u)."""
    u = node.args[0]
    square = power(u, Fraction(2))
    match node.op:
        case "pow":
            assert node.value is not None  # noqa: S101 - a power carries its exponent
            return mul(number(node.value), power(u, node.value - 1))
        case "exp":
            return node
        case "log":
            return div(ONE, u)
        case "sqrt":
            return div(ONE, mul(_TWO, node))
        case "sin":
            return apply("cos", u)
        case "cos":
            return neg(apply("sin", u))
        case "tan":
            return div(ONE, power(apply("cos", u), Fraction(2)))
        case "sinh":
            return apply("cosh", u)
        case "cosh":
            return apply("sinh", u)
        case "tanh":  # 1/cosh(u)^2, without overflow and without cancellation
            return mul(number(4), apply("sigmoid", mul(_TWO, u)), apply("sigmoid", neg(mul(_TWO, u))))
        case "atan":
            return div(ONE, add(ONE, square))
        case "asinh":
            return div(ONE, apply("sqrt", add(ONE, square)))
        case "erf":
            return mul(div(_TWO, apply("sqrt", PI)), apply("exp", neg(square)))
        case "sigmoid":
            return mul(node, apply("sigmoid", neg(u)))
        case "softplus":
            return apply("sigmoid", u)
        case "abs":
            return apply("sign", u)
    # sinc, continued by 0 where u = 0
    quotient = div(sub(apply("cos", u), node), u)
    return Node("where==", (u, ZERO, quotient))
