"""Closed forms of E[s(u) s(v)] and E[s'(u) s'(v)], (u, v) normal with mean 0, each written once for every arithmetic.

The second is the derivative of the first with respect to r = E u v (R. Price, A useful theorem for nonlinear devices
having Gaussian inputs, 1958); both are derived in ``docs/kernels.md``. No formula branches on a value, and no constant
is a float, so that numbers of mpmath, balls and arrays can be put in.

A `Pair` holds p = E u^2, q = E v^2, r = E u v and det = p q - r^2, which callers compute exactly: the angle
atan2(sqrt(det), r) is then accurate for nearly collinear points too. For u = w.x and v = w.y with w ~ N(0, I) these are
|x|^2, |y|^2 and x.y.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

Value = Any  # a number of the arithmetic: mpmath.mpf, a ball, an array


class Arithmetic(Protocol):
    """What the formulas need of an arithmetic besides + - * /."""

    def number(self, value: Fraction) -> Value:
        """Take a rational."""

    def pi(self) -> Value:
        """Give pi."""

    def sqrt(self, value: Value) -> Value:
        """Take the square root."""

    def exp(self, value: Value) -> Value:
        """Take the exponential."""

    def expm1(self, value: Value) -> Value:
        """Take the exponential less 1."""

    def tanh(self, value: Value) -> Value:
        """Take the hyperbolic tangent."""

    def angle(self, y: Value, x: Value) -> Value:
        """Give atan2(y, x)."""


class Pair(NamedTuple):
    """The covariance of (u, v)."""

    p: Value
    q: Value
    r: Value
    det: Value


Formula = Callable[[Arithmetic, Pair], Value]


def _sine_and_rest(a: Arithmetic, g: Pair) -> tuple[Value, Value]:
    """Return |x||y| sin t and pi - t for the angle t between x and y."""
    sine = a.sqrt(g.det)
    return sine, a.angle(sine, -g.r)


def relu(a: Arithmetic, g: Pair) -> Value:
    """Give |x||y| (sin t + (pi - t) cos t)/(2 pi)."""
    sine, rest = _sine_and_rest(a, g)
    return (sine + rest * g.r) / (2 * a.pi())


def relu2(a: Arithmetic, g: Pair) -> Value:
    """Give |x|^2 |y|^2 (3 sin t cos t + (pi - t)(1 + 2 cos^2 t))/(2 pi)."""
    sine, rest = _sine_and_rest(a, g)
    return (3 * sine * g.r + rest * (g.p * g.q + 2 * g.r * g.r)) / (2 * a.pi())


def relu3(a: Arithmetic, g: Pair) -> Value:
    """Give |x|^3 |y|^3 ((4 + 11 cos^2 t) sin t + (pi - t)(9 + 6 cos^2 t) cos t)/(2 pi)."""
    sine, rest = _sine_and_rest(a, g)
    pq, rr = g.p * g.q, g.r * g.r
    return (sine * (4 * pq + 11 * rr) + rest * g.r * (9 * pq + 6 * rr)) / (2 * a.pi())


def same_sign(a: Arithmetic, g: Pair) -> Value:
    """Give P(u > 0, v > 0) = (pi - t)/(2 pi), for x and y that are not 0; the derivative kernel of relu."""
    return a.angle(a.sqrt(g.det), -g.r) / (2 * a.pi())


def sign(a: Arithmetic, g: Pair) -> Value:
    """Give (2/pi) asin(cos t); 0 at x = 0, where sign(u) = 0."""
    return 2 * a.angle(g.r, a.sqrt(g.det)) / a.pi()


def step(a: Arithmetic, g: Pair) -> Value:
    """Give (pi - t)/(2 pi), from s = (1 + sign)/2; at x = 0 with the value s(0) = 1/2."""
    return a.number(Fraction(1, 4)) + a.angle(g.r, a.sqrt(g.det)) / (2 * a.pi())


def leaky_relu(slope: Fraction) -> Formula:
    """From s(z) = (1 - slope) relu(z) + slope z and E[relu(u) v] = r/2."""

    def kernel(a: Arithmetic, g: Pair) -> Value:
        return a.number((1 - slope) ** 2) * relu(a, g) + a.number(slope) * g.r

    return kernel


def leaky_relu_derivative(slope: Fraction) -> Formula:
    """From s'(z) = (1 - slope) 1(z > 0) + slope."""

    def kernel(a: Arithmetic, g: Pair) -> Value:
        return a.number((1 - slope) ** 2) * same_sign(a, g) + a.number(slope)

    return kernel


def erf(a: Arithmetic, g: Pair) -> Value:
    """Give (2/pi) asin(2r/sqrt((1 + 2p)(1 + 2q)))."""
    rest = 1 + 2 * g.p + 2 * g.q + 4 * g.det
    return 2 * _arcsine(a, 2 * g.r, rest) / a.pi()


def _arcsine(a: Arithmetic, y: Value, square: Value) -> Value:
    """Give atan(y/sqrt(square)), an angle in (-pi/2, pi/2)."""
    return a.angle(y, a.sqrt(square))


def gelu(a: Arithmetic, g: Pair) -> Value:
    """From Stein's identity, with D = (1 + p)(1 + q) - r^2."""
    d = 1 + g.p + g.q + g.det
    bracket = g.p * g.q + g.r * g.r * (1 - g.p * g.q) / ((1 + g.p) * (1 + g.q))
    return g.r / 4 + (g.r * _arcsine(a, g.r, d) + bracket / a.sqrt(d)) / (2 * a.pi())


def erf_derivative(a: Arithmetic, g: Pair) -> Value:
    """Give (4/pi) ((1 + 2p)(1 + 2q) - 4r^2)^(-1/2)."""
    return 4 / (a.pi() * a.sqrt(1 + 2 * g.p + 2 * g.q + 4 * g.det))


def gelu_derivative(a: Arithmetic, g: Pair) -> Value:
    """Differentiate `gelu`, with D = (1 + p)(1 + q) - r^2."""
    d = 1 + g.p + g.q + g.det
    pq, c = g.p * g.q, (1 + g.p) * (1 + g.q)
    bracket = pq + g.r * g.r * (1 - pq) / c
    inner = g.r * (1 + 2 * (1 - pq) / c + bracket / d) / a.sqrt(d)
    return a.number(Fraction(1, 4)) + (_arcsine(a, g.r, d) + inner) / (2 * a.pi())


def sin(a: Arithmetic, g: Pair) -> Value:
    """Give exp(-(p + q)/2) sinh r, as that times cosh r times tanh r: no cancellation near 0, and no overflow."""
    return cos(a, g) * a.tanh(g.r)


def cos(a: Arithmetic, g: Pair) -> Value:
    """Give exp(-(p + q)/2) cosh r."""
    return (a.exp(-(g.p + g.q - 2 * g.r) / 2) + a.exp(-(g.p + g.q + 2 * g.r) / 2)) / 2


def sin_cos(a: Arithmetic, g: Pair) -> Value:
    """Give exp(-|x - y|^2/2)."""
    return a.exp(-(g.p + g.q - 2 * g.r) / 2)


def exp(a: Arithmetic, g: Pair) -> Value:
    """Give exp(|x + y|^2/2)."""
    return a.exp((g.p + g.q + 2 * g.r) / 2)


def expm1(a: Arithmetic, g: Pair) -> Value:
    """Give exp(|x + y|^2/2) - exp(|x|^2/2) - exp(|y|^2/2) + 1, without cancellation near 0."""
    return a.expm1(g.p / 2) * a.expm1(g.q / 2) + a.exp((g.p + g.q) / 2) * a.expm1(g.r)


def gaussian(a: Arithmetic, g: Pair) -> Value:
    """Give D^(-1/2) with D = (1 + p)(1 + q) - r^2."""
    return 1 / a.sqrt(1 + g.p + g.q + g.det)


def shifted_gaussian(a: Arithmetic, g: Pair) -> Value:
    """Give D^(-1/2) exp(-(2 + p + q - 2r)/(2D))."""
    d = 1 + g.p + g.q + g.det
    return a.exp(-(2 + g.p + g.q - 2 * g.r) / (2 * d)) / a.sqrt(d)


def gaussian_derivative(a: Arithmetic, g: Pair) -> Value:
    """Give r D^(-3/2) with D = (1 + p)(1 + q) - r^2."""
    d = 1 + g.p + g.q + g.det
    return g.r / (d * a.sqrt(d))


def shifted_gaussian_derivative(a: Arithmetic, g: Pair) -> Value:
    """Give the kernel times (1 + r - r (2 + p + q - 2r)/D)/D."""
    d = 1 + g.p + g.q + g.det
    return shifted_gaussian(a, g) * (1 + g.r - g.r * (2 + g.p + g.q - 2 * g.r) / d) / d


CLOSED_FORMS: dict[str, Formula] = {
    "relu": relu,
    "relu2": relu2,
    "relu3": relu3,
    "abs": leaky_relu(Fraction(-1)),
    "sign": sign,
    "step": step,
    "identity": lambda a, g: g.r,
    "square": lambda a, g: g.p * g.q + 2 * g.r * g.r,
    "cube": lambda a, g: 9 * g.p * g.q * g.r + 6 * g.r * g.r * g.r,
    "erf": erf,
    "gelu": gelu,
    "sin": sin,
    "cos": cos,
    "sin_cos": sin_cos,
    "exp": exp,
    "expm1": expm1,
    "gaussian": gaussian,
    "shifted_gaussian": shifted_gaussian,
}
"""E[s(u) s(v)], by the name of the activation."""

DERIVATIVES: dict[str, Formula] = {
    "relu": same_sign,
    "relu2": lambda a, g: 4 * relu(a, g),
    "relu3": lambda a, g: 9 * relu2(a, g),
    "abs": sign,
    "identity": lambda a, g: a.number(Fraction(1)),
    "square": lambda a, g: 4 * g.r,
    "cube": lambda a, g: 9 * (g.p * g.q + 2 * g.r * g.r),
    "erf": erf_derivative,
    "gelu": gelu_derivative,
    "sin": cos,
    "cos": sin,
    "sin_cos": sin_cos,
    "exp": exp,
    "expm1": exp,
    "gaussian": gaussian_derivative,
    "shifted_gaussian": shifted_gaussian_derivative,
}
"""E[s'(u) s'(v)], by the name of the activation; `sign` and `step` have no derivative that a kernel sees.

At x = 0 the formulas of relu and abs give numbers without a meaning; in the tangent kernel r = 0 multiplies them.
"""
