"""From a formula to its smooth pieces on x > 0: every branch decided, every domain checked."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from verify.activations.formula.balls import sign_at
from verify.activations.formula.nodes import ZERO, Node, X, add, neg, number, power, reflect, sub
from verify.activations.formula.normal_form import NormalForms
from verify.activations.formula.points import UndecidedError
from verify.activations.formula.regions import Region, SplitError, constant_sign, whole_line
from verify.errors import ModelError
from verify.rational import format_rational

MAX_PIECES: Final = 40
"""Most intervals on x > 0."""
MAX_SECONDS: Final = 6.0
"""Time after which what is not decided is given up."""


class OutsideDomainError(Exception):
    """A part of the formula is not defined (or not real) on an interval; the text says which."""

    def __init__(self, what: str, place: str) -> None:
        super().__init__(what, place)
        self.what, self.place = what, place


@dataclass(frozen=True)
class Piece:
    """s(x) and s(-x) for x in one interval of x > 0, as formulas without branches."""

    region: Region
    plus: Node
    minus: Node


def smooth_pieces(tree: Node, reflected: Node) -> list[Piece]:
    """Divide x > 0 into intervals on which s(x) and s(-x) have no branches left.

    Parameters
    ----------
    tree, reflected : Node
        s(x) and s(-x).

    Raises
    ------
    ModelError
        When s is not defined, or complex, on an interval or at a point where a denominator changes sign.
    UndecidedError
        When the branches or the domain could not be decided, or there are too many intervals.
    """
    waiting = [whole_line(seconds=MAX_SECONDS)]
    pieces: list[Piece] = []
    while waiting:
        if len(waiting) + len(pieces) > MAX_PIECES:
            raise UndecidedError(f"there are more than {MAX_PIECES} breakpoints")
        region = waiting.pop()
        try:
            plus = _resolve_side(tree, region, "")
            minus = _resolve_side(reflected, region, "-")
        except SplitError as split:
            waiting.extend(reversed(region.split(split.points)))
            continue
        pieces.append(Piece(region, plus, minus))
    return pieces


def _resolve_side(tree: Node, region: Region, side: str) -> Node:
    try:
        return Resolver(region, side).resolve(tree)
    except OutsideDomainError as error:
        raise ModelError(f"formula: {error.what} at {error.place}; an activation needs a real value there") from None


class Resolver:
    """Decides the branches of a formula on one interval.

    Parameters
    ----------
    region : Region
    side : str
        ``"-"`` when the formula is s(-x), for the places in messages.
    """

    def __init__(self, region: Region, side: str) -> None:
        self.region, self.side = region, side
        self.done: dict[Node, Node] = {}

    def resolve(self, node: Node) -> Node:
        """Give the formula without branches."""
        if node not in self.done:
            self.done[node] = self._resolve(node)
        return self.done[node]

    def _resolve(self, node: Node) -> Node:
        if node.op.startswith("where"):
            inside, yes, no = node.args
            sign = self.region.sign(self.resolve(inside))
            taken = {"where>": sign > 0, "where>=": sign >= 0, "where==": sign == 0}[node.op]
            return self.resolve(yes if taken else no)
        args = tuple(self.resolve(argument) for argument in node.args)
        match node.op:
            case "abs" | "sign":
                sign = self.region.sign(args[0])
                if node.op == "sign":
                    return number(sign)
                return args[0] if sign > 0 else neg(args[0]) if sign < 0 else ZERO
            case "max":
                return args[0] if self.region.sign(sub(*args)) >= 0 else args[1]
            case "min":
                return args[1] if self.region.sign(sub(*args)) >= 0 else args[0]
        rebuilt = node if args == node.args else Node(node.op, args, node.value)
        self._check_domain(rebuilt)
        if rebuilt.op == "sqrt" or (
            rebuilt.op == "pow" and rebuilt.value is not None and rebuilt.value.denominator > 1
        ):
            return self._root(rebuilt)
        return rebuilt

    def _root(self, node: Node) -> Node:
        """Take squares out of a root, as the sign of their base on the interval is known here."""
        try:
            element = self.region.forms.element(node)
            return self.region.forms.node(element)
        except UndecidedError:
            return node

    def _check_domain(self, node: Node) -> None:
        shown = reflect(node) if self.side else node
        match node.op:
            case "div":
                self._nonzero(node.args[1], f"{shown} divides by 0")
            case "tan":
                self._nonzero(Node("cos", node.args), f"{shown} has a pole")
            case "pow" if node.value is not None and node.value.denominator > 1:
                self._positive(node.args[0], f"{shown} is not real", zero=node.value > 0)
            case "pow" if node.value is not None and node.value < 0:
                self._nonzero(node.args[0], f"{shown} divides by 0")
            case "sqrt":
                self._positive(node.args[0], f"{shown} is not real", zero=True)
            case "log":
                self._positive(node.args[0], f"{shown} is not real", zero=False)

    def _place(self, point: Fraction) -> str:
        return f"x = {format_rational(-point if self.side else point)}"

    def _positive(self, u: Node, what: str, *, zero: bool) -> None:
        try:
            sign = self.region.sign(u)
        except UndecidedError:
            for point in self._samples():
                if sign_at(u, point, bits=(64, 256)) == -1:
                    raise OutsideDomainError(what, self._place(point)) from None
            raise
        if sign < 0 or (sign == 0 and not zero):
            raise OutsideDomainError(what, self._place(self.region.sample))

    def _nonzero(self, u: Node, what: str) -> None:
        try:
            sign = self.region.sign(u)
        except UndecidedError:
            before: tuple[int, Fraction] | None = None
            for point in self._samples():
                sign_here = sign_at(u, point, bits=(64, 256))
                if sign_here == 0:
                    raise OutsideDomainError(what, self._place(point)) from None
                if sign_here is None:
                    before = None
                    continue
                if before is not None and before[0] == -sign_here:
                    ends = sorted((-before[1], -point) if self.side else (before[1], point))
                    place = f"a point between x = {format_rational(ends[0])} and {format_rational(ends[1])}"
                    raise OutsideDomainError(what, place) from None
                before = (sign_here, point)
            raise
        if sign == 0:
            raise OutsideDomainError(what, self._place(self.region.sample))

    def _samples(self) -> list[Fraction]:
        low = self.region.low.high
        if self.region.high is None:
            return [low + Fraction(k, 8) for k in range(1, 97)] + [low + 2**k for k in range(4, 11)]
        width = self.region.high.low - low
        return [low + width * Fraction(k, 64) for k in range(1, 64)] if width > 0 else []


def value_at_point(tree: Node, point: Fraction) -> Node | None:
    """Give the value of a formula at a rational point as a constant formula without branches.

    Returns
    -------
    Node or None
        None where the formula, as it is written, has no value (a division by 0, log 0).

    Raises
    ------
    UndecidedError
        When a branch or the domain is not decided.
    """
    done: dict[Node, Node | None] = {}

    def value(node: Node) -> Node | None:
        if node not in done:
            done[node] = compute(node)
        return done[node]

    def compute(node: Node) -> Node | None:
        if node == X:
            return number(point)
        if node.op.startswith("where"):
            inside = value(node.args[0])
            if inside is None:
                return None
            sign = constant_sign(inside)
            taken = {"where>": sign > 0, "where>=": sign >= 0, "where==": sign == 0}[node.op]
            return value(node.args[1] if taken else node.args[2])
        args = [value(argument) for argument in node.args]
        known = [argument for argument in args if argument is not None]
        if len(known) < len(args):
            return None
        return _constant(node, known)

    return value(tree)


def _constant(node: Node, args: list[Node]) -> Node | None:
    match node.op:
        case "abs" | "sign":
            sign = constant_sign(args[0])
            return number(sign) if node.op == "sign" else args[0] if sign >= 0 else neg(args[0])
        case "max" | "min":
            larger = constant_sign(sub(*args)) >= 0
            return args[0] if larger == (node.op == "max") else args[1]
        case "div" if constant_sign(args[1]) == 0:
            return None
        case "tan" if constant_sign(Node("cos", (args[0],))) == 0:
            return None
        case "log" if constant_sign(args[0]) <= 0:
            return None
        case "sinc" if constant_sign(args[0]) == 0:
            return number(1)
        case "sqrt" | "pow" if node.op == "sqrt" or (node.value is not None and node.value.denominator > 1):
            sign = constant_sign(args[0])
            if sign == 0:
                return None if (node.value or Fraction(1)) < 0 else ZERO
            return None if sign < 0 else Node(node.op, tuple(args), node.value)
        case "pow" if node.value is not None and node.value < 0 and constant_sign(args[0]) == 0:
            return None
    if all(argument.op == "num" for argument in args) and node.op in {"add", "mul", "div", "pow"}:
        return _folded(node, [argument.value or Fraction(0) for argument in args])
    return Node(node.op, tuple(args), node.value) if args else node


def _folded(node: Node, values: list[Fraction]) -> Node:
    match node.op:
        case "add":
            return number(values[0] + values[1])
        case "mul":
            return number(values[0] * values[1])
        case "div":
            return number(values[0] / values[1])
    return (
        power(number(values[0]), node.value or Fraction(1))
        if node.value is None
        else number(values[0] ** int(node.value))
    )


def equal_constants(a: Node, b: Node) -> bool:
    """Whether two constants are proved equal."""
    try:
        return NormalForms(Fraction(1)).is_zero(add(a, neg(b)))
    except UndecidedError:
        return False
