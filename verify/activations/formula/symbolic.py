"""A formula as a SymPy expression, for display and for readers who want to go on with it."""

from __future__ import annotations

from typing import Any

from verify.activations.formula.nodes import Node


def to_sympy(tree: Node) -> Any:
    """Write a formula as a SymPy expression in ``Symbol("x", real=True)``.

    SymPy simplifies as it builds (x/x becomes 1), so the proofs of this package never use the result.

    Examples
    --------
    >>> from verify.activations.formula.language import parse_formula
    >>> to_sympy(parse_formula("where(x > 0, x, a*x); a = 1/3").tree)
    Piecewise((x, x > 0), (x/3, True))
    """
    import sympy

    x = sympy.Symbol("x", real=True)
    done: dict[Node, Any] = {}
    for node in tree:
        done[node] = _convert(sympy, x, node, [done[argument] for argument in node.args])
    return done[tree]


def _convert(sympy: Any, x: Any, node: Node, args: list[Any]) -> Any:
    match node.op:
        case "x":
            return x
        case "pi":
            return sympy.pi
        case "num" | "pow":
            assert node.value is not None  # noqa: S101 - numbers and powers carry their value
            value = sympy.Rational(node.value.numerator, node.value.denominator)
            return value if node.op == "num" else args[0] ** value
        case "add":
            return args[0] + args[1]
        case "neg":
            return -args[0]
        case "mul":
            return args[0] * args[1]
        case "div":
            return args[0] / args[1]
        case "sigmoid":
            return 1 / (1 + sympy.exp(-args[0]))
        case "softplus":
            return sympy.log(1 + sympy.exp(args[0]))
        case "where>" | "where>=" | "where==":
            relation = {">": sympy.Gt, ">=": sympy.Ge, "==": sympy.Eq}[node.op[5:]](args[0], 0)
            return sympy.Piecewise((args[1], relation), (args[2], True))
    names = {"abs": "Abs", "max": "Max", "min": "Min"}
    return getattr(sympy, names.get(node.op, node.op))(*args)
