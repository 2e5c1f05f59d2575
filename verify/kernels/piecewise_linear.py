"""Kernels of continuous piecewise linear activations: closed forms up to one integral over an angle.

s(z) = alpha + beta z + sum_i J_i max(z - b_i, 0), so s'' is a sum of point masses J_i at b_i, and by Price's theorem
the second derivative of the kernel in r = E u v is sum_ij J_i J_j f(b_i, b_j), f the density of (u, v). Hence

    K(r) = E s(u) E s(v) + r E s'(u) E s'(v) + sum_ij J_i J_j integral_0^r (r - z) f_z(b_i, b_j) dz,

and with z = |x||y| sin T the density loses its singularity. The integral is Owen's T function in disguise. In ball
arithmetic it is enclosed (F. Johansson, Numerical integration in arbitrary-precision ball arithmetic, 2018). For
collinear points, v = t u, everything is a truncated moment of one normal variable.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from verify import flint_backend
from verify.activations import Activation
from verify.kernels.arithmetics import Balls, Mpmath
from verify.kernels.closed_forms import Pair, Value
from verify.kernels.forms import Form

Integrand = Callable[[Any, Callable[[Any], Any], Callable[[Any], Any], Callable[[Any], Any]], Any]


class Hinges(NamedTuple):
    """s(z) = alpha + beta z + sum of jump max(z - at, 0)."""

    alpha: Fraction
    beta: Fraction
    at: tuple[Fraction, ...]
    jumps: tuple[Fraction, ...]


@lru_cache(maxsize=64)
def hinges(activation: Activation) -> Hinges | None:
    """Write an activation as a sum of hinges; None unless it is continuous and piecewise linear.

    Examples
    --------
    >>> from verify.activations import activation
    >>> hinges(activation("hardtanh")).jumps, hinges(activation("relu6")).at, hinges(activation("gelu"))
    ((Fraction(1, 1), Fraction(-1, 1)), (Fraction(0, 1), Fraction(6, 1)), None)
    """
    pieces = activation.pieces
    if pieces is None or any(len(c) > 2 for c in pieces.polynomials):
        return None
    lines = [(*c, Fraction(0), Fraction(0))[:2] for c in pieces.polynomials]
    slopes = [line[1] for line in lines]
    return Hinges(lines[0][0], lines[0][1], pieces.breakpoints, tuple(b - a for a, b in pairwise(slopes)))


def piecewise_linear_form(activation: Activation) -> Form | None:
    """Give the kernels of a piecewise linear activation, for mpmath, balls and floats; None for another activation."""
    h = hinges(activation)
    if h is None:
        return None

    def value(a: Any, g: Pair) -> Value:
        return _value(a, g, h)

    def slope(a: Any, g: Pair) -> Value:
        return _slope(a, g, h)

    return Form(value, slope)


def _value(a: Any, g: Pair, h: Hinges) -> Value:
    alpha, beta = a.number(h.alpha), a.number(h.beta)
    jumps, at = [a.number(j) for j in h.jumps], [a.number(b) for b in h.at]
    means = [alpha + _sum(j * _hinge(a, x, b) for j, b in zip(jumps, at, strict=True)) for x in (g.p, g.q)]
    if _is_zero(g.p) or _is_zero(g.q):
        return means[0] * means[1]
    above = [[j * _above(a, x, b) for j, b in zip(jumps, at, strict=True)] for x in (g.p, g.q)]
    if not _is_zero(g.det):
        start = means[0] * means[1] + g.r * (beta + _sum(above[0])) * (beta + _sum(above[1]))
        return start + _sum(
            ji * jj * _integral(a, g, bi, bj, moment=True)
            for ji, bi in zip(jumps, at, strict=True)
            for jj, bj in zip(jumps, at, strict=True)
        )
    linear = alpha * alpha + beta * beta * g.r + alpha * (means[0] + means[1] - 2 * alpha)
    linear = linear + beta * g.r * (_sum(above[0]) + _sum(above[1]))
    return linear + _sum(
        ji * jj * _collinear(a, g, bi, bj, (_product_moment, g.r / g.p))
        for ji, bi in zip(jumps, at, strict=True)
        for jj, bj in zip(jumps, at, strict=True)
    )


def _slope(a: Any, g: Pair, h: Hinges) -> Value:
    beta = a.number(h.beta)
    jumps, at = [a.number(j) for j in h.jumps], [a.number(b) for b in h.at]
    if _is_zero(g.p) or _is_zero(g.q):
        return a.number(Fraction(0))  # r = 0 multiplies it
    left, right = (_sum(j * _above(a, x, b) for j, b in zip(jumps, at, strict=True)) for x in (g.p, g.q))
    collinear = _is_zero(g.det)
    total = beta * beta + beta * (left + right) + (0 if collinear else left * right)
    for ji, bi in zip(jumps, at, strict=True):
        for jj, bj in zip(jumps, at, strict=True):
            both = _collinear(a, g, bi, bj, None) if collinear else _integral(a, g, bi, bj, moment=False)
            total = total + ji * jj * both
    return total


def _sum(values: Any) -> Value:
    total: Value = 0
    for x in values:
        total = total + x
    return total


def _is_zero(x: Value) -> bool:
    return bool(x == 0)  # for a ball: exactly 0


def _above(a: Any, p: Value, b: Value) -> Value:
    """P(u > b)."""
    return _erfc(a, b / a.sqrt(2 * p)) / 2


def _hinge(a: Any, p: Value, b: Value) -> Value:
    """E max(u - b, 0)."""
    if _is_zero(p):
        return _positive_part(a, -b)
    return a.sqrt(p / (2 * a.pi())) * a.exp(-b * b / (2 * p)) - b * _above(a, p, b)


def _product_moment(a: Any, p: Value, t: Value, b: Value, c: Value, low: Value) -> Value:
    """E[(u - b)(t u - c); u > low]."""
    density = a.sqrt(p / (2 * a.pi())) * a.exp(-low * low / (2 * p))
    above = _above(a, p, low)
    return t * (p * above + low * density) - (c + t * b) * density + b * c * above


def _collinear(a: Any, g: Pair, b: Value, c: Value, moment: Any) -> Value:
    """E[(u - b)(v - c); u > b, v > c], or its probability, for v = t u."""
    t = g.r / g.p

    def tail(low: Value) -> Value:
        return _above(a, g.p, low) if moment is None else moment[0](a, g.p, t, b, c, low)

    if t > 0:
        return tail(_maximum(a, b, c / t))
    return tail(b) - tail(_maximum(a, b, c / t))


def _integral(a: Any, g: Pair, b: Value, c: Value, *, moment: bool) -> Value:
    """Integrate f_z(b, c) dz, times r - z for the moment, over z from 0 to r."""
    size = g.p * g.q
    top = a.angle(g.r, a.sqrt(g.det))
    length = a.sqrt(size)
    if _is_zero(b) and _is_zero(c):  # the exponential is 1
        return (g.r * top - length + a.sqrt(g.det) if moment else top) / (2 * a.pi())

    sign = 1 if top > 0 else -1  # the same exponent in two forms: no cancellation where T is near top
    apart = b * a.sqrt(g.q) - sign * c * a.sqrt(g.p)
    first, second = apart * apart / (2 * size), b * c / length

    def function(T: Any, sine: Any, cosine: Any, exp: Any) -> Any:
        z, k = sine(T), cosine(T)
        value = exp(-(first / (k * k) + sign * second / (1 + sign * z)))
        return (g.r - length * z) * value if moment else value

    return _integrate(a, function, top, first) / (2 * a.pi())


def _integrate(a: Any, function: Integrand, top: Value, first: Value) -> Value:
    if isinstance(a, Balls):
        return flint_backend.integral(lambda T: function(T, _sine, _cosine, _exponential), top)
    if isinstance(a, Mpmath):
        mp = a.mp
        points = [mp.zero, top / 2, top * 7 / 8, top]
        return mp.quad(lambda T: function(T, mp.sin, mp.cos, mp.exp), points)
    from scipy.integrate import quad

    def on_floats(T: float) -> float:
        return float(function(T, math.sin, math.cos, math.exp))

    knee = math.sqrt(first)  # near cos T = this the exponential goes from 1 to 0
    places = [math.copysign(math.pi / 2 - knee * k, top) for k in (0.15, 0.5, 2, 8, 32) if knee * k < math.pi / 2]
    inside = [x for x in places if abs(x) < abs(top)]
    found, _ = quad(on_floats, 0.0, top, epsabs=1e-16, epsrel=1e-13, limit=200, points=inside or None)
    return found


def _sine(T: Any) -> Any:
    return T.sin()


def _cosine(T: Any) -> Any:
    return T.cos()


def _exponential(T: Any) -> Any:
    return T.exp()


def _erfc(a: Any, x: Value) -> Value:
    if isinstance(a, Balls):
        return x.erfc()
    return a.mp.erfc(x) if isinstance(a, Mpmath) else math.erfc(x)


def _maximum(a: Any, x: Value, y: Value) -> Value:
    return x.max(y) if isinstance(a, Balls) else max(x, y)


def _positive_part(a: Any, x: Value) -> Value:
    return _maximum(a, x, a.number(Fraction(0)))
