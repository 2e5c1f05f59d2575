"""Signs on an interval: where a formula without branches is positive, negative or 0, and where that changes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import inf, prod
from typing import Any

from verify import flint_backend
from verify.activations.formula.balls import Ball, Pole, Unknown, sign_at, taylor
from verify.activations.formula.derivative import derivative
from verify.activations.formula.nodes import Node, number
from verify.activations.formula.normal_form import NormalForms
from verify.activations.formula.points import (
    Point,
    UndecidedError,
    compare,
    polynomial_roots,
    polynomial_sign,
    rational_point,
    sample_between,
)
from verify.activations.formula.ranges import certified_sign

_POSITIVE = frozenset({"exp", "cosh", "sigmoid", "softplus", "sqrt"})
_SIGN_OF_ARGUMENT = frozenset({"tanh", "sinh", "atan", "asinh", "erf"})
_BITS = 96
_MAX_DEPTH = 8
_MINUS_ONE = number(-1)


class SplitError(Exception):
    """The sign changes inside the interval, at these points."""

    def __init__(self, points: list[Point]) -> None:
        super().__init__("a sign changes at " + ", ".join(str(point) for point in points))
        self.points = points


@dataclass(eq=False)
class Region:
    """An open interval of x > 0 between breakpoints; `high` is None for infinity."""

    low: Point
    high: Point | None
    deadline: float = inf
    _depth: int = 0

    @cached_property
    def sample(self) -> Fraction:
        """A rational point inside."""
        return sample_between(self.low, self.high)

    @cached_property
    def forms(self) -> NormalForms:
        """Normal forms of formulas on this interval."""
        return NormalForms(self.sample, deadline=self.deadline)

    @cached_property
    def _signs(self) -> dict[Node, int]:
        return {}

    def __str__(self) -> str:
        return f"({self.low}, {'infinity' if self.high is None else self.high})"

    def split(self, points: list[Point]) -> list[Region]:
        """Divide at points inside, which are in increasing order."""
        ends: list[Point | None] = [self.low, *points, self.high]
        return [Region(a, b, self.deadline) for a, b in pairwise(ends) if a is not None]

    def inside(self, points: list[Point]) -> list[Point]:
        """Keep the points inside, without repetitions."""
        kept: list[Point] = []
        for point in points:
            if compare(self.low, point) < 0 and (self.high is None or compare(point, self.high) < 0):
                kept.append(point)
        return kept

    def sign(self, u: Node) -> int:
        """Give the sign of a branch-free formula that has one on the whole interval: 1, -1, or 0 for the zero function.

        Raises
        ------
        SplitError
            When it changes or vanishes at finitely many points inside.
        UndecidedError
            When this is not decided.
        """
        if u not in self._signs:
            if self._depth >= _MAX_DEPTH or time.process_time() > self.deadline:
                raise UndecidedError(f"the sign of {u} on {self} is not decided")
            self._depth += 1
            try:
                self._signs[u] = self._sign(u, monotone=True)
            finally:
                self._depth -= 1
        return self._signs[u]

    def _sign(self, u: Node, *, monotone: bool) -> int:
        if u.constant:
            return self._constant_sign(u)
        structural = self._structural(u)
        if structural is not None:
            return structural
        try:
            quotient = self.forms.rational_function(u)
        except UndecidedError:
            quotient = None
        if quotient is not None:
            return self._rational_sign(*quotient)
        with flint_backend.precision(_BITS):
            high = None if self.high is None else self.high.ball(_BITS)
            certified = certified_sign(u, self.low.ball(_BITS), high)
        if certified is not None:
            return certified
        if self._zero(u):
            return 0
        algebraic = self._surd_sign(u)
        if algebraic is not None:
            return algebraic
        factored = self._factored_sign(u)
        if factored is not None:
            return factored
        if monotone:
            return self._monotone_sign(u)
        raise UndecidedError(f"the sign of {u} on {self} is not decided")

    def _zero(self, u: Node) -> bool:
        try:
            return self.forms.is_zero(u)
        except UndecidedError:
            return False

    def _constant_sign(self, u: Node) -> int:
        return constant_sign(u)

    def _rational_sign(self, above: list[Fraction], below: list[Fraction]) -> int:
        if not above:
            return 0
        roots = [root for part in (above, below) if len(part) > 1 for root in self.inside(polynomial_roots(part))]
        if roots:
            raise SplitError(_sorted(roots))
        return polynomial_sign(above, self.sample) * polynomial_sign(below, self.sample)

    def _structural(self, u: Node) -> int | None:
        """Read the sign off the form of u; it is meant on the open interval and may be lost at its ends."""
        match u.op:
            case "x":
                return 1
            case "num" | "pi":
                return None if u.value == 0 else 1 if u.op == "pi" or (u.value or 0) > 0 else -1
            case "neg":
                inner = self._structural(u.args[0])
                return None if inner is None else -inner
            case "mul" | "div":
                signs = [self._structural(argument) for argument in u.args]
                return None if None in signs else prod(sign for sign in signs if sign is not None)
            case "add":
                left, right = (self._structural(argument) for argument in u.args)
                if left != right and u.args[0].op == "exp" and u.args[1] == _MINUS_ONE:
                    return self._structural(u.args[0].args[0])
                return left if left == right else None
            case "pow":
                inner = self._structural(u.args[0])
                if inner is None or u.value is None or (inner < 0 and u.value.denominator > 1):
                    return None
                return 1 if inner > 0 or u.value.numerator % 2 == 0 else -1
        if u.op in _POSITIVE:
            return 1 if u.op != "sqrt" else self._structural(u.args[0])
        return self._structural(u.args[0]) if u.op in _SIGN_OF_ARGUMENT else None

    def _surd_sign(self, u: Node) -> int | None:
        """Decide a + b sqrt(v) by the signs of a, b and a**2 - b**2 v."""
        try:
            element = self.forms.element(u)
        except UndecidedError:
            return None
        forms, kernels = self.forms, self.forms.kernels
        for index in range(len(kernels) - 1, 0, -1):
            kernel = kernels[index]
            if kernel.kind != "root" or kernel.degree != 2 or kernel.constant:
                continue
            groups = forms.by_power(element.numer, index)
            if set(groups) != {0, 1} or max(forms.by_power(element.denom, index)) > 0:
                continue
            a, b, norm = groups[0], groups[1], groups[0] ** 2 - groups[1] ** 2 * kernel.value
            nodes = [forms.node(forms.reduced(part)) for part in (a, b, norm, forms.field(element.denom))]
            try:
                signs = [self.sign(node) for node in nodes[:2]]
                if 0 in signs:  # the element was not fully reduced; nothing is concluded from it
                    return None
                larger = signs[0] if signs[0] == signs[1] else signs[0] * self.sign(nodes[2])
                return larger * self.sign(nodes[3])
            except UndecidedError:
                return None
        return None

    def conjugate(self, u: Node) -> tuple[Node, Node] | None:
        """Give p and q with abs(u) = abs(p/q), q a sum where u = a + b sqrt(v) is a difference; None for other u."""
        element, forms = self.forms.element(u), self.forms
        for index in range(len(forms.kernels) - 1, 0, -1):
            kernel = forms.kernels[index]
            if kernel.kind != "root" or kernel.degree != 2 or kernel.constant:
                continue
            groups = forms.by_power(element.numer, index)
            if set(groups) != {0, 1} or max(forms.by_power(element.denom, index)) > 0:
                continue
            a, b = groups[0], groups[1]
            norm = forms.reduced(a**2 - b**2 * kernel.value)
            below = (a - b * forms.field.gens[index]) * forms.field(element.denom)
            nodes = [forms.node(part) for part in (a, b * forms.field.gens[index], norm, below)]
            return (nodes[2], nodes[3]) if self.sign(nodes[0]) == -self.sign(nodes[1]) else None
        return None

    def _factored_sign(self, u: Node) -> int | None:
        """Decide the sign of the normal form factor by factor."""
        try:
            nodes = self.forms.factored(u)
        except UndecidedError:
            return None
        signs = []
        for node in nodes:
            sign = self._constant_sign(node) if node.constant else self._structural(node)
            if sign is None:
                with flint_backend.precision(_BITS):
                    high = None if self.high is None else self.high.ball(_BITS)
                    sign = certified_sign(node, self.low.ball(_BITS), high)
            signs.append(sign)
        return None if None in signs else prod(sign for sign in signs if sign is not None)

    def _monotone_sign(self, u: Node) -> int:
        undecided = UndecidedError(f"the sign of {u} on {self} is not decided")
        try:
            slope = self._sign(derivative(u), monotone=False)
        except (SplitError, UndecidedError):
            raise undecided from None
        if slope == 0:
            return self._constant_sign(u)
        at_low = self._end_sign(u, self.low)
        if at_low is not None and at_low * slope >= 0:
            return slope
        if self.high is not None:
            at_high = self._end_sign(u, self.high)
            if at_high is not None and at_high * slope <= 0:
                return -slope
        if at_low is None:
            raise undecided
        return self._root(u, slope, undecided)

    def _end_sign(self, u: Node, end: Point) -> int | None:
        return 0 if end.function == u else _sign_of(self.value(u, end))

    def _root(self, u: Node, slope: int, undecided: UndecidedError) -> int:
        """Enclose the only root of a strictly monotone function that has the sign -slope at the left end."""
        self.low.ball(40)
        start = self.low.high
        candidates = [start + Fraction(2) ** k for k in range(-6, 12)]
        if self.high is not None:
            self.high.ball(40)
            candidates = [c for c in candidates if c < self.high.low] + [self.high.low]
        for candidate in candidates:
            if sign_at(u, candidate) == slope and sign_at(u, start) == -slope:
                root = Point(start, candidate, function=u)
                for _ in range(12):
                    root.halve()
                raise SplitError([root])
        raise undecided

    def vanishes(self, u: Node, point: Point) -> bool:
        """Whether a formula is shown to be 0 at an irrational breakpoint: it is a multiple of the function there."""
        if point.rational is not None:
            return False
        try:
            for _ in range(2):  # twice, so that both are numbered with the same kernels
                element, factor = self.forms.element(u), self.forms.element(point.function)
            below = taylor(self.forms.polynomial_node(element.denom), point.ball(_BITS), 1)
        except (UndecidedError, TypeError):
            return False
        whole = element.numer.rem([factor.numer]) == 0
        return bool(whole and isinstance(below, list) and below[0] != 0)

    def value(self, u: Node, point: Point, *, bits: int = _BITS) -> Ball | None:
        """Enclose the one-sided limit of a formula at an end, where it is analytic there; else None."""
        coefficients = self.taylor(u, point, 1, bits=bits)
        return coefficients[0] if isinstance(coefficients, list) else None

    def taylor(self, u: Node, point: Point, length: int, *, bits: int = _BITS) -> list[Ball] | Pole | Unknown:
        """Enclose Taylor coefficients at a point of the closed interval, on the normal form where u itself has none."""
        ball = point.ball(bits)
        with flint_backend.precision(bits):
            result = taylor(u, ball, length)
            if isinstance(result, list):
                return result
            try:
                again = taylor(self.forms.node(self.forms.element(u)), ball, length)
            except UndecidedError:
                return result
        return again if isinstance(again, list | Pole) else result

    def taylor_inside(self, u: Node, point: Fraction, length: int, *, bits: int) -> list[Ball] | Pole | Unknown:
        """Enclose Taylor coefficients at a rational point of the interval."""
        with flint_backend.precision(bits):
            return taylor(u, flint_backend.ball(point), length)


def constant_sign(u: Node) -> int:
    """Give the sign of a constant; `UndecidedError` where it is not decided."""
    sign = sign_at(u, Fraction(1))
    if sign is not None:
        return sign
    if NormalForms(Fraction(1)).is_zero(u):
        return 0
    raise UndecidedError(f"the sign of the constant {u} is not decided")


def _sign_of(value: Any) -> int | None:
    if value is None:
        return None
    if value == 0:
        return 0
    return 1 if value > 0 else -1 if value < 0 else None


def _sorted(points: list[Point]) -> list[Point]:
    kept: list[Point] = []
    for point in points:
        place = 0
        while place < len(kept) and compare(kept[place], point) < 0:
            place += 1
        if place == len(kept) or compare(kept[place], point) != 0:
            kept.insert(place, point)
    return kept


def whole_line(*, seconds: float) -> Region:
    """Make the interval x > 0; it and its parts give up after this time."""
    return Region(rational_point(0), None, time.process_time() + seconds)
