"""The tree of a formula: what the parser builds, and what every proof and every evaluator walks over.

A tree is kept as it was written: no rule of simplification may hide a division by zero or a square root of a negative
number before the domain has been checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import reduce
from typing import Final

from verify.rational import format_rational

ANALYTIC: Final = frozenset(
    {"exp", "sin", "cos", "sinh", "cosh", "tanh", "atan", "asinh", "erf", "sigmoid", "softplus"}
)
"""Functions of one argument that are analytic on the whole real line."""

ODD: Final = frozenset({"sin", "sinh", "tanh", "atan", "asinh", "erf"})
"""Odd ones among them, all but sin increasing."""

BRANCHING: Final = frozenset({"abs", "sign", "max", "min", "where>", "where>=", "where=="})
"""Operations that choose by the sign of an argument. ``where>`` has the arguments u, a, b: a where u > 0, else b."""

UNARY: Final = ANALYTIC | {"log", "sqrt", "tan", "abs", "sign", "neg", "sinc"}


class Node:
    """One operation with its operands; immutable, compared by value.

    Parameters
    ----------
    op : str
        ``num``, ``x``, ``pi``, ``neg``, ``add``, ``mul``, ``div``, ``pow`` (the exponent is the number `value`), a
        member of `BRANCHING`, or the name of a function of one argument.
    args : tuple of Node
    value : Fraction or None
        The number of ``num`` and the exponent of ``pow``.

    Examples
    --------
    >>> str(add(mul(number(2), X), power(X, Fraction(3))))
    '2*x + x**3'
    """

    __slots__ = ("_hash", "args", "depth", "op", "value")
    op: str
    depth: int
    args: tuple[Node, ...]
    value: Fraction | None

    def __init__(self, op: str, args: tuple[Node, ...] = (), value: Fraction | None = None) -> None:
        object.__setattr__(self, "op", op)
        object.__setattr__(self, "args", args)
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "_hash", hash((op, args, value)))
        object.__setattr__(self, "depth", 1 + max((argument.depth for argument in args), default=0))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Node is immutable; {name} cannot be set")

    def __hash__(self) -> int:
        return int(self._hash)  # type: ignore[attr-defined]  # set in __init__ through object

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Node) or hash(self) != hash(other):
            return NotImplemented if not isinstance(other, Node) else False
        return (self.op, self.value, self.args) == (other.op, other.value, other.args)

    def __reduce__(self) -> tuple[type[Node], tuple[object, ...]]:
        return Node, (self.op, self.args, self.value)

    def __repr__(self) -> str:
        return f"Node({self})"

    def __str__(self) -> str:
        return _text(self, 0)

    def __iter__(self) -> Iterator[Node]:
        """Go over the node and everything below it, operands first, each different node once."""
        seen: set[Node] = set()

        def visit(node: Node) -> Iterator[Node]:
            if node not in seen:
                seen.add(node)
                for argument in node.args:
                    yield from visit(argument)
                yield node

        return visit(self)

    @property
    def constant(self) -> bool:
        """Whether x does not occur."""
        return all(node.op != "x" for node in self)

    def replace(self, change: Callable[[Node], Node | None]) -> Node:
        """Rebuild from the leaves up; `change` gives the new form of a node with new operands, or None to keep it."""
        done: dict[Node, Node] = {}
        for node in self:
            args = tuple(done[argument] for argument in node.args)
            rebuilt = node if args == node.args else Node(node.op, args, node.value)
            changed = change(rebuilt)
            done[node] = rebuilt if changed is None else changed
        return done[self]


X: Final = Node("x")
PI: Final = Node("pi")


def number(value: Fraction | int) -> Node:
    """Make a rational constant."""
    return Node("num", (), Fraction(value))


ZERO: Final = number(0)
ONE: Final = number(1)


def add(*terms: Node) -> Node:
    """Add; terms that are the number 0 are left out."""
    kept = [term for term in terms if term != ZERO]
    return reduce(lambda a, b: Node("add", (a, b)), kept) if kept else ZERO


def neg(node: Node) -> Node:
    """Change the sign."""
    if node.op == "num":
        return number(-_value(node))
    return node.args[0] if node.op == "neg" else Node("neg", (node,))


def sub(left: Node, right: Node) -> Node:
    """Subtract."""
    return add(left, neg(right))


def mul(*factors: Node) -> Node:
    """Multiply; factors that are the number 1 are left out. Only for factors that are defined everywhere."""
    if ZERO in factors:
        return ZERO
    kept = [factor for factor in factors if factor != ONE]
    return reduce(lambda a, b: Node("mul", (a, b)), kept) if kept else ONE


def div(left: Node, right: Node) -> Node:
    """Divide."""
    return left if right == ONE else Node("div", (left, right))


def power(base: Node, exponent: Fraction) -> Node:
    """Raise to a rational power."""
    if exponent == 0:
        return ONE
    return base if exponent == 1 else Node("pow", (base,), exponent)


def apply(name: str, *args: Node) -> Node:
    """Apply a function by its name."""
    return Node(name, args)


def reflect(node: Node) -> Node:
    """Replace x by -x.

    Examples
    --------
    >>> str(reflect(apply("exp", X)))
    'exp(-x)'
    """
    return node.replace(lambda inner: neg(X) if inner.op == "x" else _signs_out(inner))


def _signs_out(node: Node) -> Node | None:
    """Move minus signs outwards, so that even and odd subformulas are recognised as such."""
    signs = [argument.op == "neg" for argument in node.args]
    if not any(signs):
        return None
    plain = Node(
        node.op, tuple(argument.args[0] if sign else argument for argument, sign in zip(node.args, signs, strict=True))
    )
    match node.op:
        case "neg":
            return plain.args[0]
        case "add":
            return neg(plain) if all(signs) else None
        case "mul" | "div":
            return plain if all(signs) else neg(plain)
        case "pow" if _value(node).denominator == 1:
            plain = Node("pow", plain.args, node.value)
            return plain if _value(node).numerator % 2 == 0 else neg(plain)
        case "abs" | "cos" | "cosh" | "sinc":
            return plain
        case "sign" | "sin" | "sinh" | "tan" | "tanh" | "atan" | "asinh" | "erf":
            return neg(plain)
    return None


def _value(node: Node) -> Fraction:
    assert node.value is not None  # noqa: S101 - numbers and powers always carry one
    return node.value


_SUM, _PRODUCT, _NEGATION, _POWER = 1, 2, 3, 4


def _text(node: Node, outer: int) -> str:
    text, level = _text_and_level(node)
    return f"({text})" if level < outer else text


def _text_and_level(node: Node) -> tuple[str, int]:
    match node.op:
        case "num":
            value = _value(node)
            level = _PRODUCT if value.denominator > 1 else 9
            return format_rational(value), _SUM if value < 0 else level
        case "x" | "pi":
            return node.op, 9
        case "add":
            left, right = node.args
            if right.op == "num" and _value(right) < 0:
                return f"{_text(left, _SUM)} - {_text(number(-_value(right)), _PRODUCT)}", _SUM
            if right.op == "neg":
                return f"{_text(left, _SUM)} - {_text(right.args[0], _PRODUCT)}", _SUM
            return f"{_text(left, _SUM)} + {_text(right, _SUM)}", _SUM
        case "neg":
            return f"-{_text(node.args[0], _NEGATION)}", _SUM
        case "mul":
            return f"{_text(node.args[0], _PRODUCT)}*{_text(node.args[1], _PRODUCT)}", _PRODUCT
        case "div":
            return f"{_text(node.args[0], _PRODUCT)}/{_text(node.args[1], _NEGATION)}", _PRODUCT
        case "pow":
            exponent = format_rational(_value(node))
            return f"{_text(node.args[0], _POWER + 1)}**{exponent if exponent.isdigit() else f'({exponent})'}", _POWER
    if node.op.startswith("where"):
        inside, yes, no = node.args
        return f"where({inside} {node.op[5:]} 0, {yes}, {no})", 9
    return f"{node.op}({', '.join(str(argument) for argument in node.args)})", 9
