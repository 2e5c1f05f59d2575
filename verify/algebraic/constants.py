"""From constant expressions such as ``(1 + sqrt(5))/2`` to elements of one real number field.

The expressions are read by the formula language (`verify.activations.formula.language`), which never runs a text.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from verify.algebraic.extension import Extension, Locate, adjoin
from verify.algebraic.field import Element, Number, NumberField
from verify.algebraic.polynomials import Interval, integer_root, split_power
from verify.errors import DataError, ModelError

if TYPE_CHECKING:
    from verify.activations.formula.nodes import Node

MAX_LENGTH = 300
"""Longest constant, in characters."""
MAX_ROOT = 16
"""Largest root: ``x**(1/16)``."""
MAX_CIRCLE = 1000
"""Largest denominator q of an angle ``p/q*pi``."""
_LOOKS_LIKE = re.compile(r"[0-9a-z+\-*/^(). \t]*(?:(?:sqrt|cos|sin) *\(|\*\*|\^)[0-9a-z+\-*/^(). \t]*", re.ASCII)
_LANGUAGE = "constants are made of numbers, + - * / **, parentheses, sqrt, roots x**(1/k), cos and sin of p/q*pi"


class Constant:
    """A constant expression that was read but has not yet been placed in a field; see `Builder`."""

    __slots__ = ("text", "tree")

    def __init__(self, text: str, tree: Node) -> None:
        self.text, self.tree = text, tree


def looks_algebraic(text: str) -> bool:
    """Whether a text that is not a rational number could be a constant with a root, a power, a cosine or a sine."""
    return len(text) <= MAX_LENGTH and _LOOKS_LIKE.fullmatch(text.strip()) is not None


def parse_constant(text: str) -> Constant:
    """Read a constant.

    Raises
    ------
    DataError
        When the text is not in the formula language, exceeds its limits, or holds something other than rational
        numbers, ``+ - * /``, powers, roots, cos and sin.

    Examples
    --------
    >>> Builder().value(parse_constant("(1 + sqrt(5))/2"))
    1/2 + 1/2*sqrt(5)
    """
    from verify.activations.formula.language import parse_formula

    if len(text) > MAX_LENGTH:
        raise DataError(f"{text[:20]!r}... has {len(text)} characters; a constant may have {MAX_LENGTH}")
    try:
        tree = parse_formula(text).tree
    except ModelError as error:
        raise DataError(f"{str(error).removeprefix('formula: ')}") from None
    for node in tree:
        if node.op not in {"num", "neg", "add", "mul", "div", "pow", "sqrt", "cos", "sin", "pi"}:
            raise DataError(f"{str(node)[:40]!r} is no algebraic number here; {_LANGUAGE}")
    return Constant(text.strip(), tree)


class Builder:
    """Places constants in one field, which grows as they ask for it.

    Attributes
    ----------
    field : NumberField
        Q(alpha) with every number asked for so far.
    """

    def __init__(self) -> None:
        self.field = NumberField.rationals()
        self._known: dict[Node | NumberField | Fraction | tuple[Element, int], Element] = {}

    def value(self, number: Constant | Number | int) -> Element:
        """Return a number as an element of the present field, which grows if it must.

        Raises
        ------
        DataError
            When the number does not exist or is not real, or when the field would have too large a degree.
        """
        if isinstance(number, Constant):
            try:
                return self._value(number.tree)
            except ZeroDivisionError:
                raise DataError(f"{number.text!r:.60} divides by zero; write a number that exists") from None
        if not isinstance(number, Element) or number.is_rational:
            rational = number.simplify() if isinstance(number, Element) else number
            return self.field.element([Fraction(rational)])  # type: ignore[arg-type]  # a rational element is simple
        if number.field == self.field:
            return number
        if number.field not in self._known:
            polynomial = [self.field.element([c]) for c in number.field.polynomial]
            extension = self._adjoin(polynomial, number.field.generator.enclosure)
            self._known[number.field] = extension.root
        return number.at(self._known[number.field])

    def _value(self, node: Node) -> Element:
        if node in self._known:
            return self._known[node]
        match node.op:
            case "num" if node.value is not None:
                return self.field.element([node.value])
            case "neg":
                value = -self._value(node.args[0])
            case "add" | "mul" | "div":
                self._value(node.args[0])
                right = self._value(node.args[1])  # this may enlarge the field, so the left one is asked for again
                left = self._value(node.args[0])
                value = left + right if node.op == "add" else left * right if node.op == "mul" else left / right
            case "sqrt":
                value = self._root(self._value(node.args[0]), 2)
            case "pow" if node.value is not None:
                base = self._value(node.args[0])
                value = self._root(base, node.value.denominator) ** node.value.numerator
            case "cos":
                value = self._cosine(_turns(node.args[0]))
            case "sin":
                value = self._cosine(Fraction(1, 2) - _turns(node.args[0]))
            case _:
                raise DataError(f"{str(node)[:40]!r} is no algebraic number; {_LANGUAGE}")
        self._known[node] = value
        return value

    def _root(self, radicand: Element, degree: int) -> Element:
        """The positive root of a positive number (0 for 0)."""
        if degree == 1 or not radicand:
            return radicand
        if degree > MAX_ROOT:
            raise DataError(f"a root of degree {degree} is asked for; the largest degree is {MAX_ROOT}")
        if radicand.sign < 0:
            raise DataError(f"a root of the negative number {str(radicand)[:40]} is asked for; coordinates are real")
        key = radicand, degree
        if key not in self._known:
            integral = radicand * radicand.denominator**degree  # its root is the root times the denominator
            factor = Fraction(1, radicand.denominator)
            if radicand.is_rational:
                outside, inside = split_power(integral.integers[0], degree)
                integral, factor = self.field.element([inside]), factor * outside
            polynomial = [-integral, *[self.field.element([0])] * (degree - 1), self.field.element([1])]

            def locate(bits: int) -> Interval:
                low, high = integral.enclosure(2 * bits * degree)
                shift = bits * degree
                below = integer_root(max(0, (low.numerator << shift) // low.denominator), degree)
                above = integer_root((high.numerator << shift) // high.denominator + 1, degree) + 1
                return Fraction(below, 2**bits), Fraction(above, 2**bits)

            extension = self._adjoin(polynomial, locate)
            key = extension.image(radicand), degree
            self._known[key] = extension.root * factor
        return self._known[key]

    def _cosine(self, half_turns: Fraction) -> Element:
        """The cosine of a rational multiple of pi."""
        key = half_turns % 2
        key = min(key, 2 - key)
        if key.denominator > MAX_CIRCLE:
            raise DataError(f"the angle {key}*pi has a denominator above {MAX_CIRCLE}; use a simpler angle")
        if key not in self._known:
            from verify import flint_backend

            polynomial = flint_backend.cosine_polynomial((key / 2).denominator)
            elements = [self.field.element([c]) for c in polynomial]
            self._known[key] = self._adjoin(elements, lambda bits: flint_backend.double_cosine(key, bits)).root / 2
        return self._known[key]

    def _adjoin(self, polynomial: list[Element], locate: Locate) -> Extension:
        extension = adjoin(self.field, polynomial, locate)
        if extension.field != self.field:
            self._known = {
                (extension.image(key[0]), key[1]) if isinstance(key, tuple) else key: extension.image(value)
                for key, value in self._known.items()
            }
            self.field = extension.field
        return extension


def _turns(node: Node) -> Fraction:
    """The r with node = r pi."""
    multiple = _linear(node)
    if multiple is None or multiple[0]:
        raise DataError(f"the angle {str(node)[:40]!r} is no rational multiple of pi; write p/q*pi")
    return multiple[1]


def _linear(node: Node) -> tuple[Fraction, Fraction] | None:
    """The (a, b) with node = a + b pi, both rational."""
    if node.op == "num" and node.value is not None:
        return node.value, Fraction(0)
    if node.op == "pi":
        return Fraction(0), Fraction(1)
    parts = [_linear(argument) for argument in node.args]
    if not parts or parts[0] is None or parts[-1] is None:
        return None
    (a, b), (c, d) = parts[0], parts[-1]
    match node.op:
        case "neg":
            return -a, -b
        case "add":
            return a + c, b + d
        case "mul" if not (b and d):
            return a * c, a * d + b * c
        case "div" if c and not d:
            return a / c, b / c
    return None
