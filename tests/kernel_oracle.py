"""E[f(u) f(v)] for normal (u, v), by quadrature with 30 digits, in balls: it knows nothing of closed forms.

Functions that are homogeneous of degree k: one integral over the angle, cut where u = 0 or v = 0, of a trigonometric
polynomial in each piece, and one over the radius. Smooth functions: the trapezoidal rule in the plane, whose error for
functions that are analytic in the plane decays like exp(-c/h^2). The angle comes from the arc cosine with 500 bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import flint
import numpy as np
from flint import arb

Point = tuple[Fraction, ...]
Function = Callable[[Any], Any]

_BITS = 170
_STEP, _REACH = Fraction(1, 5), 14


@contextmanager
def bits(number: int) -> Iterator[None]:
    before, flint.ctx.prec = flint.ctx.prec, number
    try:
        yield
    finally:
        flint.ctx.prec = before


def ball(x: Fraction) -> Any:
    return arb(x.numerator) / x.denominator


def dot(x: Point, y: Point) -> Fraction:
    return sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0))


@cache
def _legendre(n: int) -> list[tuple[Any, Any]]:
    with bits(_BITS):
        return [arb.legendre_p_root(n, k, weight=True) for k in range(n)]


@cache
def _radial(degree: int) -> Any:
    """The integral of R^(2 degree + 1) exp(-R^2/2) over R > 0, by the trapezoidal rule in log R."""
    with bits(_BITS):
        h, total = ball(Fraction(1, 40)), arb(0)
        for k in range(-3200, 140):
            R = (h * k).exp()
            total += h * R ** (2 * degree + 2) * (-R * R / 2).exp()
        return total


def homogeneous(f: Function, degree: int, x: Point, y: Point) -> Any:
    """Integrate a function that is homogeneous of a degree and smooth off 0; f sees balls away from 0."""
    p, q, r = dot(x, x), dot(y, y), dot(x, y)
    with bits(_BITS):
        if not p or not q:
            at_zero = f(arb(0))
            if not p and not q:
                return at_zero * at_zero
            other = x if p else y
            return at_zero * (f(arb(1)) + f(arb(-1))) / 2 * _half_moment(degree, dot(other, other))
    with bits(500):
        cosine = ball(r) / (ball(p) * ball(q)).sqrt()
        t = arb(0) if r * r == p * q and r > 0 else arb.pi() if r * r == p * q else cosine.acos()
    with bits(_BITS):
        half = arb.pi() / 2
        ends = sorted([-half, t - half, half, t + half], key=lambda e: float(e.mid()))
        ends.append(ends[0] + 2 * arb.pi())
        total = arb(0)
        for low, high in pairwise(ends):
            for node, weight in _legendre(34):
                T = low + (high - low) * (node + 1) / 2
                u, v = T.cos().mid(), (T - t).cos().mid()
                total += (high - low) / 2 * weight * f(u) * f(v)
        return total * _radial(degree) / (2 * arb.pi()) * (ball(p) * ball(q)).sqrt() ** degree


def _half_moment(degree: int, p: Fraction) -> Any:
    """E |z|^degree of a normal z with variance p, for the degree 0 alone: other functions are 0 at 0."""
    return arb(1) if degree == 0 else arb(0)


def smooth(f: Function, x: Point, y: Point) -> Any:
    """Integrate an entire function that grows at most like exp(3 z)."""
    p, q, r = dot(x, x), dot(y, y), dot(x, y)
    with bits(_BITS):
        if not p:
            p, q, x, y = q, p, y, x  # the kernel is symmetric
        if not p:
            return f(arb(0)) ** 2
        a, h = ball(p).sqrt(), ball(_STEP)
        along, across = ball(r) / a, (ball(p * q - r * r) / ball(p)).sqrt()
        count = int(_REACH / _STEP)
        grid = [h * k for k in range(-count, count + 1)]
        weight = [h * (-z * z / 2).exp() / (2 * arb.pi()).sqrt() for z in grid]
        left = [f((a * z).mid()) * w for z, w in zip(grid, weight, strict=True)]
        if p * q == r * r:
            return sum((c * f((along * z).mid()) for c, z in zip(left, grid, strict=True)), arb(0))
        total = arb(0)
        for c, z in zip(left, grid, strict=True):
            if abs(c) < arb(10) ** -34:
                continue
            inner = arb(0)
            for w, b in zip(grid, weight, strict=True):
                if abs(c * b) > arb(10) ** -36:
                    inner += b * f((along * z + across * w).mid())
            total += c * inner
        return total


def pairs(count: int, rng: np.random.Generator) -> Iterator[tuple[Point, Point]]:
    """Random rational points of norm at most 1.3; every second pair is nearly or exactly collinear, or holds 0."""
    tiny = Fraction(1, 10**8)
    for i in range(count):
        x, y = (tuple(Fraction(int(c), 12) for c in rng.integers(-9, 10, 3)) for _ in range(2))
        near = tuple(a + tiny * b for a, b in zip(x, y, strict=True))
        yield [
            (x, y),
            (x, near),
            (x, y),
            (x, tuple(-a for a in near)),
            (x, y),
            (x, x),
            (x, tuple(-a / 2 for a in x)),
            ((Fraction(0),) * 3, y),
        ][i % 8]


def relative(value: Any, expected: Any) -> float:
    """The distance of an mpmath number from a ball, relative to the larger of 1 and the ball."""
    sign, mantissa, exponent, _ = value._mpf_
    with bits(_BITS):
        exact = arb(flint.fmpz(int(mantissa))) * arb(2) ** int(exponent) * (-1) ** sign
        return float((abs(exact - expected) / abs(expected).max(arb(1))).upper())
