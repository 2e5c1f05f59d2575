"""The two proofs about one part of an activation on x > 0: it is this polynomial, or it is no polynomial."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import factorial
from typing import Any, Final

from verify import flint_backend
from verify.activations.formula.balls import Unknown, may_vanish, value_at
from verify.activations.formula.branches import equal_constants
from verify.activations.formula.derivation import Step
from verify.activations.formula.growth import SUPER, GrowthBounds
from verify.activations.formula.nodes import ZERO, Node, X, add, mul, power, sub
from verify.activations.formula.points import Point, UndecidedError
from verify.activations.formula.regions import Region
from verify.activations.profile import SEPARATING, Part
from verify.rational import format_rational

MAX_ORDER: Final = 120
"""Highest order of a derivative that is looked at at one point."""
MAX_JUMP: Final = 16
"""Highest order of a derivative that is compared on both sides of a breakpoint."""
_BITS: Final = (96, 384)
_POINTS: Final = (Fraction(1), Fraction(1, 2), Fraction(3), Fraction(7, 5), Fraction(5), Fraction(1, 7))


@dataclass
class PartResult:
    """What is known about one part.

    Attributes
    ----------
    part : tuple of int, "separating", or None when unknown
    steps : list of dict
        The proof, as data.
    reason : str
        What could not be shown, for an unknown part.
    polynomial : Node
        Of a polynomial part.
    constant_term : Node
        Of a polynomial part: its limit at 0.
    """

    part: Part | None
    steps: list[Step] = field(default_factory=list)
    reason: str = ""
    polynomial: Node = ZERO
    constant_term: Node = ZERO


def analyse(name: str, pieces: list[tuple[Region, Node]]) -> PartResult:
    """Find out what a part is, from its smooth pieces in the order of their intervals.

    Parameters
    ----------
    name : str
        ``"even"`` or ``"odd"``, for the steps.
    pieces : list of (Region, Node)
        The intervals cover x > 0.
    """
    reasons: list[str] = []
    try:
        result = _polynomial(name, pieces)
        if result is not None:
            return result
    except UndecidedError as error:
        reasons.append(str(error))
    try:
        return PartResult(SEPARATING, _separating(name, pieces))
    except UndecidedError as error:
        reasons.append(str(error))
    reason = "; ".join(dict.fromkeys(reasons))
    return PartResult(None, [{"step": "not decided", "part": name, "reason": reason}], reason)


def _polynomial(name: str, pieces: list[tuple[Region, Node]]) -> PartResult | None:
    found: list[Node] | None = None
    for region, tree in pieces:
        coefficients = region.forms.polynomial(tree)
        if coefficients is None:
            return None
        if found is None:
            found = coefficients
        elif not _equal(found, coefficients):
            return None
    coefficients = found or []
    degrees = []
    for degree, coefficient in enumerate(coefficients):
        if coefficient == ZERO:
            continue
        if may_vanish(value_at(coefficient, Fraction(1), bits=256)):
            raise UndecidedError(f"the coefficient {coefficient} of x**{degree} could not be told from 0")
        degrees.append(degree)
    polynomial = add(*(mul(coefficients[k], power(X, Fraction(k))) for k in degrees))
    checked = [_agrees(region, tree, polynomial) for region, tree in pieces]
    step = {
        "step": "polynomial",
        "part": name,
        "degrees": degrees,
        "identity": f"{'e' if name == 'even' else 'o'}(x) = {polynomial} for x > 0",
        "coefficients": {str(k): str(coefficients[k]) for k in degrees},
        "intervals": [str(region) for region, _ in pieces],
        "checked_at": checked,
    }
    constant_term = coefficients[0] if coefficients else ZERO
    return PartResult(tuple(degrees), [step], polynomial=polynomial, constant_term=constant_term)


def _equal(one: list[Node], other: list[Node]) -> bool:
    longer = max(len(one), len(other))
    padded = ([*coefficients, *[ZERO] * (longer - len(coefficients))] for coefficients in (one, other))
    return all(a == b or equal_constants(a, b) for a, b in zip(*padded, strict=True))


def _agrees(region: Region, tree: Node, polynomial: Node) -> str:
    """Compare both sides of an identity in ball arithmetic, which shares no code with the normal form."""
    point = region.sample + Fraction(1, 64) if region.high is None else region.sample
    difference = value_at(sub(tree, polynomial), point, bits=192)
    if difference != 0:  # certainly not 0: never happens unless a rewriting is wrong
        raise UndecidedError(f"the identity {tree} = {polynomial} failed its numerical check at {point}")
    return format_rational(point)


def _separating(name: str, pieces: list[tuple[Region, Node]]) -> list[Step]:
    steps = [_analytic(name, pieces)]
    reasons = []
    for (left, left_tree), (right, right_tree) in pairwise(pieces):
        jump = _jump(name, left, left_tree, right, right_tree)
        if jump is not None:
            return [*steps, jump]
    region, tree = pieces[-1]
    try:
        return [*steps, *_not_polynomial(name, region, tree)]
    except UndecidedError as error:
        reasons.append(str(error))
    raise UndecidedError("; ".join(reasons))


def _analytic(name: str, pieces: list[tuple[Region, Node]]) -> Step:
    """Check that every piece is analytic up to and beyond its ends; inside, the domain was checked before."""
    for region, tree in pieces:
        for end in (region.low, region.high):
            if end is None:
                continue
            series = region.taylor(tree, end, 2)
            if not isinstance(series, list):
                reason = series.reason if isinstance(series, Unknown) else "a part of it has a pole there"
                raise UndecidedError(f"it is not shown to be analytic at x = {end}: {reason}")
    return {
        "step": "piecewise analytic",
        "part": name,
        "pieces": [{"interval": str(region), "formula": str(tree)} for region, tree in pieces],
    }


def _jump(name: str, left: Region, left_tree: Node, right: Region, right_tree: Node) -> Step | None:
    """Find a derivative whose one-sided values at a breakpoint differ."""
    point = right.low
    for bits in _BITS:
        before = left.taylor(left_tree, point, MAX_JUMP, bits=bits)
        after = right.taylor(right_tree, point, MAX_JUMP, bits=bits)
        if not isinstance(before, list) or not isinstance(after, list):
            return None
        for order, (a, b) in enumerate(zip(before, after, strict=False)):
            if a - b != 0:
                sides = [_written(side, order, point, bits) for side in ((left_tree, left), (right_tree, right))]
                return {
                    "step": "jump",
                    "part": name,
                    "at": str(point),
                    "order": order,
                    "before": sides[0] or _decimal(a * factorial(order)),
                    "after": sides[1] or _decimal(b * factorial(order)),
                    "text": f"the derivative of order {order} jumps at x = {point}, so the part is no polynomial",
                }
    return None


def _written(side: tuple[Node, Region], order: int, point: Point, bits: int) -> str | None:
    """Give a one-sided derivative exactly where the piece is a polynomial with rational coefficients."""
    tree, region = side
    at = point.rational
    if at is None:
        return None
    try:
        coefficients = region.forms.polynomial(tree)
    except UndecidedError:
        return None
    if coefficients is None or any(c.op != "num" for c in coefficients):
        return None
    total = Fraction(0)
    for k, c in enumerate(coefficients):
        if k >= order and c.value is not None:
            total += c.value * Fraction(factorial(k), factorial(k - order)) * at ** (k - order)
    return format_rational(total)


def _decimal(value: Any) -> str:
    return str(value.str(20)) if hasattr(value, "str") else str(value)


def _not_polynomial(name: str, region: Region, tree: Node) -> list[Step]:
    bounds = GrowthBounds(region)
    growth = bounds.of(tree)
    if growth.upper is None and growth.lower != SUPER:
        growth = bounds.asymptotics(tree)
    if growth.lower == SUPER:
        text = "no power of x bounds it for large x, so it is no polynomial"
        return [{"step": "growth", "part": name, "faster_than_powers": True, "on": str(region), "text": text}]
    if growth.upper is None:
        raise UndecidedError(f"no bound of the growth of {tree} was found")
    degree = max(0, int(growth.upper // 1))
    order = degree + 1
    if order > MAX_ORDER:
        raise UndecidedError(f"it grows like x**{degree}, beyond the derivatives that are looked at")
    for bits in _BITS:
        for point in _candidates(region):
            with flint_backend.precision(bits):
                coefficients = region.taylor_inside(tree, point, order + 1, bits=bits)
            if isinstance(coefficients, list) and len(coefficients) > order and coefficients[order] != 0:
                value = coefficients[order] * factorial(order)
                bound = {
                    "step": "growth",
                    "part": name,
                    "on": str(region),
                    "bound": f"|g(x)| <= C (1 + x**{degree}) for large x",
                    "degree": degree,
                }
                derivative = {
                    "step": "derivative",
                    "part": name,
                    "order": order,
                    "at": format_rational(point),
                    "value": _decimal(value),
                    "text": f"a polynomial with this bound has degree at most {degree}, but the derivative of order "
                    f"{order} is not 0",
                }
                return [bound, derivative]
    raise UndecidedError(f"no derivative of order {order} of {tree} was certified not to be 0")


def _candidates(region: Region) -> list[Fraction]:
    region.low.ball(40)
    low = region.low.high
    return [low + point for point in _POINTS] if low else list(_POINTS)
