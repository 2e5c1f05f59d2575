"""The reader of the formula language: from Python's syntax tree to a `Node`, accepting only what is listed here."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from verify.activations.formula.nodes import ONE, PI, UNARY, ZERO, Node, X, neg, number
from verify.errors import DataError, ModelError
from verify.rational import parse_rational

MAX_LENGTH: Final = 2000
"""Longest formula, in characters."""
MAX_DEPTH: Final = 60
"""Deepest nesting of operations, and of parentheses."""
MAX_NODES: Final = 500
"""Most operations, numbers and variables."""
MAX_EXPONENT: Final = 100
"""Largest power, counted through nested powers and products: ``((x**10)**10)*x`` is 101."""
MAX_DIGITS: Final = 60
"""Longest number, counting the digits its exponent stands for."""

ALIASES: Final = {
    "Abs": "abs",
    "Max": "max",
    "Min": "min",
    "Piecewise": "piecewise",
    "arcsinh": "asinh",
    "arctan": "atan",
    "ln": "log",
}
_COMPARISONS: Final = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="}
CALLS: Final = (UNARY - {"neg"}) | {"max", "min", "clip", "relu", "where", "piecewise", "expm1", "log1p"}
_NUMBER: Final = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}", re.ASCII)


def limited(value: Fraction, what: str) -> Fraction:
    """Refuse a number with too many digits."""
    if max(abs(value.numerator), value.denominator) >= 10**MAX_DIGITS:
        raise ModelError(f"formula: {what} has more than {MAX_DIGITS} digits; write a shorter number")
    return value


class Reader:
    """Turns the syntax tree of one text into a `Node`, counting as it goes."""

    def __init__(self, text: str, parameters: Mapping[str, Fraction]) -> None:
        self.text, self.parameters = text, parameters
        self.used: set[str] = set()
        self.count = 0

    def read(self) -> Node:
        """Read the whole text."""
        if not self.text:
            raise ModelError("formula: it is empty; write one in x, such as max(x, 0)")
        # "^" is a power for everybody but Python, where it binds less tightly than "+"; as "**" it means what it says
        source = self.text
        carets = source.replace("^", "**")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about "1if" and the like, which are refused below
                tree = ast.parse(carets, mode="eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            place = getattr(error, "offset", None)
            where = f" at character {place}" if place else ""
            raise ModelError(
                f"formula: {self.text!r:.60} is not well formed{where}; check signs and parentheses"
            ) from None
        self.text = carets
        result = self.expression(tree.body, 0)
        _check_exponents(result)
        return result

    def expression(self, node: ast.AST, depth: int) -> Node:
        """Read an expression."""
        result = self.node(node, depth)
        if result.depth > MAX_DEPTH + 10:
            raise ModelError(f"formula: nested deeper than {MAX_DEPTH}; simplify it")
        return result

    def node(self, node: ast.AST, depth: int) -> Node:
        """Read an expression, before its depth is known."""
        self.count += 1
        if self.count > MAX_NODES:
            raise ModelError(f"formula: more than {MAX_NODES} operations; simplify it")
        if depth > MAX_DEPTH:
            raise ModelError(f"formula: nested deeper than {MAX_DEPTH}; simplify it")
        match node:
            case ast.Constant():
                return number(self.number(node))
            case ast.Name():
                return self.name(node)
            case ast.UnaryOp(op=ast.USub()):
                return neg(self.expression(node.operand, depth + 1))
            case ast.UnaryOp(op=ast.UAdd()):
                return self.expression(node.operand, depth + 1)
            case ast.BinOp():
                return self.binary(node, depth + 1)
            case ast.Call(func=ast.Name()):
                return self.call(node, depth + 1)
        raise self.refusal(node)

    def number(self, node: ast.Constant) -> Fraction:
        """Read a number, exactly."""
        token = ast.get_source_segment(self.text, node) or ""
        if isinstance(node.value, bool) or not _NUMBER.fullmatch(token):
            raise self.refusal(node, "numbers are written like 3, 0.01 or 1e-3")
        try:
            value = parse_rational(token)
        except DataError:
            raise self.refusal(node, "numbers are written like 3, 0.01 or 1e-3") from None
        return limited(value, f"the number {token[:20]}")

    def name(self, node: ast.Name) -> Node:
        """Read the variable, a constant or a parameter."""
        match node.id:
            case "x":
                return X
            case "pi":
                return PI
            case "e":
                return Node("exp", (ONE,))
        if node.id in self.parameters:
            self.used.add(node.id)
            return number(self.parameters[node.id])
        known = NAME.fullmatch(node.id) is not None and node.id not in CALLS
        raise self.refusal(
            node, f"give it a value: {node.id} = 1/2 after a semicolon" if known else "functions need parentheses"
        )

    def binary(self, node: ast.BinOp, depth: int) -> Node:
        """Read an operation with two operands."""
        left, right = self.expression(node.left, depth), self.expression(node.right, depth)
        match node.op:
            case ast.Add() | ast.Sub():
                right = right if isinstance(node.op, ast.Add) else neg(right)
                return self.folded(Node("add", (left, right)), node)
            case ast.Mult():
                return self.folded(Node("mul", (left, right)), node)
            case ast.Div():
                return self.folded(Node("div", (left, right)), node)
            case ast.Pow():
                return self.folded(self.power(left, right, node), node)
        raise self.refusal(node, "the operations are + - * / **")

    def power(self, base: Node, exponent: Node, node: ast.AST) -> Node:
        """Make a power; one with an exponent that is no rational number is exp(exponent*log(base))."""
        if exponent.op == "num":
            value = exponent.value
            assert value is not None  # noqa: S101 - a number carries its value
            if abs(value) > MAX_EXPONENT or value.denominator > MAX_EXPONENT:
                raise self.refusal(node, f"exponents and their denominators go up to {MAX_EXPONENT}")
            if value == 0:  # the base stays in the formula, because it must be defined
                return Node("add", (Node("mul", (ZERO, base)), ONE))
            return base if value == 1 else Node("pow", (base,), value)
        if base == Node("exp", (ONE,)):
            return Node("exp", (exponent,))
        return Node("exp", (Node("mul", (exponent, Node("log", (base,)))),))

    def folded(self, node: Node, place: ast.AST) -> Node:
        """Compute with numbers at once, so that 1/3 is a number."""
        if not all(argument.op == "num" for argument in node.args):
            return node
        values = [argument.value for argument in node.args if argument.value is not None]
        try:
            match node.op:
                case "add":
                    result = values[0] + values[1]
                case "mul":
                    result = values[0] * values[1]
                case "div":
                    result = values[0] / values[1]
                case "pow" if node.value is not None and node.value.denominator == 1:
                    if max(abs(values[0].numerator), values[0].denominator).bit_length() * abs(node.value) > 20_000:
                        raise self.refusal(place, f"it has more than {MAX_DIGITS} digits")
                    result = Fraction(values[0] ** int(node.value))
                case _:
                    return node
        except ZeroDivisionError:
            raise ModelError(
                f"formula: {self.place(place)} divides by zero; write a number with a nonzero denominator"
            ) from None
        return number(limited(result, self.place(place)))

    def call(self, node: ast.Call, depth: int) -> Node:
        """Read a call of one of the functions."""
        assert isinstance(node.func, ast.Name)  # noqa: S101 - the caller matched it
        name = ALIASES.get(node.func.id, node.func.id)
        if name not in CALLS:
            raise self.refusal(node, "functions are " + ", ".join(sorted(CALLS)))
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.refusal(node, "arguments are plain expressions")
        if name == "piecewise":
            return self.piecewise(node, depth)
        wanted = {"max": None, "min": None, "clip": 3, "where": 3}.get(name, 1)
        if (wanted is None and len(node.args) < 2) or (wanted is not None and len(node.args) != wanted):
            raise self.refusal(node, f"{name} takes {wanted or 'two or more'} argument{'' if wanted == 1 else 's'}")
        if name == "where":
            yes, no = (self.expression(argument, depth) for argument in node.args[1:])
            return self.choose(node.args[0], yes, no, depth)
        args = [self.expression(argument, depth) for argument in node.args]
        match name:
            case "relu":
                return Node("max", (args[0], ZERO))
            case "expm1":
                return Node("add", (Node("exp", (args[0],)), neg(ONE)))
            case "log1p":
                return Node("log", (Node("add", (ONE, args[0])),))
            case "clip":
                return Node("min", (Node("max", (args[0], args[1])), args[2]))
            case "max" | "min":
                result = args[0]
                for argument in args[1:]:
                    result = Node(name, (result, argument))
                return result
        return Node(name, (args[0],))

    def piecewise(self, node: ast.Call, depth: int) -> Node:
        """Read piecewise((value, condition), ..., (value, True))."""
        remedy = "piecewise takes pairs (value, condition), the last with the condition True"
        pairs = [argument.elts for argument in node.args if isinstance(argument, ast.Tuple) and len(argument.elts) == 2]
        if not pairs or len(pairs) != len(node.args):
            raise self.refusal(node, remedy)
        last = pairs[-1][1]
        if not (isinstance(last, ast.Constant) and last.value is True):
            raise self.refusal(node, remedy)
        result = self.expression(pairs[-1][0], depth + len(pairs))
        for value, condition in reversed(pairs[:-1]):
            result = self.choose(condition, self.expression(value, depth), result, depth)
        return result

    def choose(self, condition: ast.AST, yes: Node, no: Node, depth: int) -> Node:
        """Read a condition that chooses between two values."""
        self.count += 1
        if depth > MAX_DEPTH or self.count > MAX_NODES:
            raise ModelError("formula: its conditions are nested too deeply; simplify them")
        match condition:
            case ast.UnaryOp(op=ast.Not()):
                return self.choose(condition.operand, no, yes, depth + 1)
            case ast.BoolOp():
                both = isinstance(condition.op, ast.And)
                result = self.choose(condition.values[-1], yes, no, depth + 1)
                for value in reversed(condition.values[:-1]):
                    result = (
                        self.choose(value, result, no, depth + 1)
                        if both
                        else self.choose(value, yes, result, depth + 1)
                    )
                return result
            case ast.Compare():
                sides = [self.expression(side, depth + 1) for side in (condition.left, *condition.comparators)]
                result = yes
                for operator, left, right in reversed(list(zip(condition.ops, sides, sides[1:], strict=False))):
                    if type(operator) not in _COMPARISONS:
                        raise self.refusal(condition, "comparisons are < <= > >= == !=")
                    result = _compare(_COMPARISONS[type(operator)], left, right, result, no)
                return result
        raise self.refusal(condition, "a condition is a comparison such as x > 0")

    def place(self, node: ast.AST) -> str:
        """Quote the part of the text that belongs to a syntax node."""
        segment = ast.get_source_segment(self.text, node) if isinstance(node, ast.expr) else None
        return repr(f"{(segment or self.text)[:40]}")

    def refusal(self, node: ast.AST, remedy: str | None = None) -> ModelError:
        """Make the error for a part of the text that is not in the language."""
        column = getattr(node, "col_offset", 0) + 1
        remedy = remedy or "use numbers, x, + - * / **, and the functions " + ", ".join(sorted(CALLS))
        return ModelError(f"formula: {self.place(node)} at character {column} is not in the language; {remedy}")


def _compare(relation: str, left: Node, right: Node, yes: Node, no: Node) -> Node:
    if relation in {"<", "<="}:
        left, right, relation = right, left, relation.replace("<", ">")
    if relation == "!=":
        yes, no, relation = no, yes, "=="
    difference = left if right == ZERO else Node("add", (left, neg(right)))
    return Node(f"where{relation}", (difference, yes, no))


def _check_exponents(tree: Node) -> None:
    degrees: dict[Node, Any] = {}
    for node in tree:
        below = [degrees[argument] for argument in node.args]
        match node.op:
            case "x":
                degree: Any = 1
            case "pow":
                assert node.value is not None  # noqa: S101 - a power carries its exponent
                degree = max(below[0], 1) * abs(node.value)
            case "mul":
                degree = sum(below)
            case "sinh" | "cosh" | "tanh":
                degree = 1
            case _:
                degree = max(below, default=0)
        if degree > MAX_EXPONENT:
            raise ModelError(f"formula: {str(node)[:40]!r} is a power beyond {MAX_EXPONENT}; use lower powers")
        degrees[node] = degree
