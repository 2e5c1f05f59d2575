"""Where a formula is discontinuous, and whether its polynomial parts have their own values there."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from verify import flint_backend
from verify.activations.formula.balls import ball_value, may_vanish
from verify.activations.formula.branches import Piece, equal_constants, value_at_point
from verify.activations.formula.limits import one_sided_limit
from verify.activations.formula.nodes import Node, add, neg, number, reflect
from verify.activations.formula.parts import PartResult
from verify.activations.formula.points import Point, UndecidedError
from verify.activations.formula.regions import Region
from verify.activations.profile import SEPARATING
from verify.errors import ModelError


class Jump(NamedTuple):
    """A place where s is not, or not shown to be, continuous: the point, or its opposite."""

    point: Point
    negative: bool

    def __str__(self) -> str:
        """Write the place."""
        return f"{'-' * self.negative}{self.point}"


def discontinuities(tree: Node, pieces: list[Piece]) -> list[Jump]:
    """List where s may be discontinuous; without sign and where, only where the formula has no value as written."""
    branches = any(node.op == "sign" or node.op.startswith("where") for node in tree)
    first = pieces[0].region
    sides = [(0, first.low, (first, pieces[0].minus), (first, pieces[0].plus))]
    for left, right in pairwise(pieces):
        point = right.region.low
        sides.append((1, point, (left.region, left.plus), (right.region, right.plus)))
        sides.append((-1, point, (left.region, left.minus), (right.region, right.minus)))
    found = []
    for side, point, before, after in sides:
        if not branches and all(_defined(piece, point) for _, piece in (before, after)):
            continue
        if not _continuous(tree, before, after, point, side):
            found.append(Jump(point, side < 0))
    return found


def parts_hold_at_jumps(tree: Node, jumps: list[Jump], results: Mapping[str, PartResult]) -> bool:
    """Whether each part that is a polynomial is shown to have the value of its polynomial at every jump but 0."""
    for place in {jump.point.rational for jump in jumps} - {Fraction(0)}:
        if place is None:
            return False
        try:
            values = value_at_point(tree, place), value_at_point(tree, -place)
            if values[0] is None or values[1] is None:
                return False
            for name, other in (("even", values[1]), ("odd", neg(values[1]))):
                if results[name].part == SEPARATING:
                    continue
                polynomial = value_at_point(results[name].polynomial, place)
                total = add(values[0], other)
                if polynomial is None or not equal_constants(total, add(polynomial, polynomial)):
                    return False
        except UndecidedError:
            return False
    return True


def _defined(piece: Node, point: Point) -> bool:
    """Whether every operation of a smooth piece has a value at a point: balls divide only by what is not 0."""
    ball = point.ball(96)
    with flint_backend.precision(96):
        return bool(ball_value(piece, ball).is_finite())


def _continuous(tree: Node, before: tuple[Region, Node], after: tuple[Region, Node], point: Point, side: int) -> bool:
    """Whether both one-sided limits at a point are shown to be the value there, or each other where there is none."""
    at = point.rational
    if at is None:
        return False
    try:
        value = value_at_point(tree, at * (side or 1))
        limits = [_one_sided(region, piece, point, at) for region, piece in (before, after)]
    except UndecidedError:
        return False
    if value is None:
        here = before[1] if side else reflect(before[1])
        if here == after[1] and isinstance(after[0].taylor(here, point, 1), list):
            return True  # one quotient 0/0 on both sides, with a power series
        if None not in limits and limits[0] != limits[1] and _differ(before, after, point):
            place = f"x = {'-' if side < 0 else ''}{point}"
            raise ModelError(f"formula: it has no value at {place} and no limit there; give it a value with where(...)")
        value = limits[0]
    return value is not None and all(
        limit is not None and (limit == value or equal_constants(limit, value)) for limit in limits
    )


def _one_sided(region: Region, piece: Node, point: Point, at: Fraction) -> Node | None:
    """Give a one-sided limit as an exact constant, if it is found as one."""
    value = value_at_point(piece, at)
    if value is not None:
        return value
    try:
        value = value_at_point(region.forms.node(region.forms.element(piece)), at)
    except UndecidedError:
        value = None
    limit = one_sided_limit(piece, region, point) if value is None else None
    return number(0) if limit is not None and limit.zero else value


def _differ(before: tuple[Region, Node], after: tuple[Region, Node], point: Point) -> bool:
    one, other = (region.value(piece, point) for region, piece in (before, after))
    return one is not None and other is not None and not may_vanish(one - other)
