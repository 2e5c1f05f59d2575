"""The named activations as data: formula, parity profile, and why each entry of the profile is what it is.

On x > 0, e(x) = (s(x) + s(-x))/2 is the even and o(x) = (s(x) - s(-x))/2 the odd part of the activation s. A part that
is a polynomial has an identity as its reason. A separating part has one of three: a derivative that jumps at a
breakpoint a > 0; a bound |g(x)| <= C (1 + x^m) together with a derivative of order m + 1 that is not 0 at a point (a
polynomial with this bound has degree at most m, so g is none); or an equation that no polynomial but 0 solves.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from verify.activations.piecewise import PiecewisePolynomial, pieces
from verify.activations.profile import SEPARATING, Part


class Entry(NamedTuple):
    """One activation of the table; see `verify.activations.Activation` for the meaning of the fields."""

    name: str
    formula: str
    even: Part
    odd: Part
    nonzero_at_zero: bool
    even_reason: str
    odd_reason: str
    zero_reason: str
    pieces: PiecewisePolynomial | None = None


def _odd(name: str, formula: str, reason: str, exact: PiecewisePolynomial | None = None) -> Entry:
    return Entry(name, formula, (), SEPARATING, False, "e(x) = 0, s is odd", reason, _ZERO, exact)


def _even(name: str, formula: str, reason: str, zero_reason: str) -> Entry:
    return Entry(name, formula, SEPARATING, (), True, reason, "o(x) = 0, s is even", zero_reason)


_X, _X2, _X3 = (0, 1), (0, 0, 1), (0, 0, 0, 1)
_ZERO = "s(0) = 0"

ENTRIES: tuple[Entry, ...] = (
    # Positively homogeneous and polynomial activations.
    Entry("relu", "Max(x, 0)", (1,), (1,), False, "e(x) = x/2", "o(x) = x/2", _ZERO, pieces((), 0, _X)),
    Entry("abs", "Abs(x)", (1,), (), False, "e(x) = x", "o(x) = 0", _ZERO, pieces((0, -1), 0, _X)),
    Entry("relu2", "Max(x, 0)**2", (2,), (2,), False, "e(x) = x^2/2", "o(x) = x^2/2", _ZERO, pieces((), 0, _X2)),
    Entry("relu3", "Max(x, 0)**3", (3,), (3,), False, "e(x) = x^3/2", "o(x) = x^3/2", _ZERO, pieces((), 0, _X3)),
    Entry("square", "x**2", (2,), (), False, "e(x) = x^2", "o(x) = 0", _ZERO, pieces(_X2)),
    Entry("cube", "x**3", (), (3,), False, "e(x) = 0", "o(x) = x^3", _ZERO, pieces(_X3)),
    Entry("identity", "x", (), (1,), False, "e(x) = 0", "o(x) = x", _ZERO, pieces(_X)),
    # s(x) - s(-x) = x up to a factor, s(0) = 0.
    Entry(
        "gelu",
        "x*(1 + erf(x/sqrt(2)))/2",
        SEPARATING,
        (1,),
        False,
        "e(x) = x erf(x/sqrt 2)/2: |e(x)| <= x/2 and e''(1) > 0, not a polynomial",
        "o(x) = x/2, since erf is odd",
        _ZERO,
    ),
    Entry(
        "gelu_tanh",
        "x*(1 + tanh(sqrt(2/pi)*(x + 44715*x**3/1000000)))/2",
        SEPARATING,
        (1,),
        False,
        "e(x) = x tanh(u(x))/2, u odd: |e(x)| <= x/2 and e''(1) is not 0, not a polynomial",
        "o(x) = x/2, since tanh(u(x)) is odd",
        _ZERO,
    ),
    Entry(
        "silu",
        "x/(1 + exp(-x))",
        SEPARATING,
        (1,),
        False,
        "e(x) = x tanh(x/2)/2: |e(x)| <= x/2 and e''(1) > 0, not a polynomial",
        "o(x) = x (sigmoid(x) + sigmoid(-x))/2 = x/2",
        _ZERO,
    ),
    Entry(
        "hardswish",
        "x*Min(Max(x + 3, 0), 6)/6",
        SEPARATING,
        (1,),
        False,
        "e(x) = x^2/6 up to x = 3 and x/2 beyond: e' jumps from 1 to 1/2 at 3",
        "o(x) = x/2 on both sides of x = 3",
        _ZERO,
        pieces((), -3, (0, Fraction(1, 2), Fraction(1, 6)), 3, _X),
    ),
    Entry(
        "snake",
        "x + sin(x)**2",
        SEPARATING,
        (1,),
        False,
        "e(x) = sin(x)^2: bounded and e'(1) = sin 2 > 0, not a polynomial",
        "o(x) = x",
        _ZERO,
    ),
    # The same with s(0) not 0.
    Entry(
        "softplus",
        "log(1 + exp(x))",
        SEPARATING,
        (1,),
        True,
        "e(x) = log(2 cosh(x/2)): |e(x)| <= x/2 + log 2 and e''(1) > 0, not a polynomial",
        "o(x) = log(exp(x))/2 = x/2",
        "s(0) = log 2",
    ),
    Entry(
        "logsigmoid",
        "-log(1 + exp(-x))",
        SEPARATING,
        (1,),
        True,
        "e(x) = -log(2 cosh(x/2)): |e(x)| <= x/2 + log 2 and e''(1) < 0, not a polynomial",
        "o(x) = log(exp(x))/2 = x/2",
        "s(0) = -log 2",
    ),
    Entry(
        "squareplus",
        "(x + sqrt(x**2 + 4))/2",
        SEPARATING,
        (1,),
        True,
        "e(x) = sqrt(x^2 + 4)/2: |e(x)| <= 1 + x/2 and e''(1) = 2/5^(3/2) > 0, not a polynomial",
        "o(x) = x/2",
        "s(0) = 1",
    ),
    Entry(
        "sparse_plus",
        "Max(x, 0) + Max(1 - Abs(x), 0)**2/4",
        SEPARATING,
        (1,),
        True,
        "e(x) = (x^2 + 1)/4 up to x = 1 and x/2 beyond: e'' jumps from 1/2 to 0 at 1",
        "o(x) = x/2 on both sides of x = 1",
        "s(0) = 1/4",
        pieces((), -1, (Fraction(1, 4), Fraction(1, 2), Fraction(1, 4)), 1, _X),
    ),
    # s(x) + s(-x) is constant.
    Entry(
        "sigmoid",
        "1/(1 + exp(-x))",
        (0,),
        SEPARATING,
        True,
        "e(x) = 1/2, since sigmoid(x) + sigmoid(-x) = 1",
        "o(x) = tanh(x/2)/2: bounded and o'(1) > 0, not a polynomial",
        "s(0) = 1/2",
    ),
    Entry(
        "hardsigmoid",
        "Min(Max(x + 3, 0), 6)/6",
        (0,),
        SEPARATING,
        True,
        "e(x) = 1/2 on both sides of x = 3",
        "o(x) = x/6 up to x = 3 and 1/2 beyond: o' jumps from 1/6 to 0 at 3",
        "s(0) = 1/2",
        pieces((), -3, (Fraction(1, 2), Fraction(1, 6)), 3, (1,)),
    ),
    Entry(
        "sparse_sigmoid",
        "Min(Max(x + 1, 0), 2)/2",
        (0,),
        SEPARATING,
        True,
        "e(x) = 1/2 on both sides of x = 1",
        "o(x) = x/2 up to x = 1 and 1/2 beyond: o' jumps from 1/2 to 0 at 1",
        "s(0) = 1/2",
        pieces((), -1, (Fraction(1, 2), Fraction(1, 2)), 1, (1,)),
    ),
    # Odd and even activations.
    _odd("tanh", "tanh(x)", "o(x) = tanh(x): bounded and o'(1) > 0, not a polynomial"),
    _odd("erf", "erf(x)", "o(x) = erf(x): bounded and o'(1) > 0, not a polynomial"),
    _odd("sin", "sin(x)", "o(x) = sin(x): o'' = -o, which no polynomial but 0 solves"),
    _odd("arctan", "atan(x)", "o(x) = arctan(x): bounded and o'(1) = 1/2, not a polynomial"),
    _odd("asinh", "asinh(x)", "o(x) = asinh(x): |o(x)| <= x and o''(1) = -1/2^(3/2), not a polynomial"),
    _odd("softsign", "x/(1 + Abs(x))", "o(x) = x/(1 + x): |o(x)| <= x and o''(1) = -1/4, not a polynomial"),
    _odd(
        "hardtanh",
        "Min(Max(x, -1), 1)",
        "o(x) = x up to x = 1 and 1 beyond: o' jumps from 1 to 0 at 1",
        pieces((-1,), -1, _X, 1, (1,)),
    ),
    _odd(
        "softshrink",
        "Max(x - 1/2, 0) + Min(x + 1/2, 0)",
        "o(x) = 0 up to x = 1/2 and x - 1/2 beyond: o' jumps from 0 to 1 at 1/2",
        pieces((Fraction(1, 2), 1), Fraction(-1, 2), (), Fraction(1, 2), (Fraction(-1, 2), 1)),
    ),
    _odd("tanhshrink", "x - tanh(x)", "o(x) = x - tanh(x): |o(x)| <= 1 + x and o''(1) > 0, not a polynomial"),
    _even("cos", "cos(x)", "e(x) = cos(x): e'' = -e, which no polynomial but 0 solves", "s(0) = 1"),
    _even("gaussian", "exp(-x**2/2)", "e(x) = exp(-x^2/2): bounded and e'(1) < 0, not a polynomial", "s(0) = 1"),
    _even(
        "sinc",
        "sinc(x)",
        "e(x) = sin(x)/x: bounded and e'(1) = cos 1 - sin 1 < 0, not a polynomial",
        "s(0) = 1, the limit of sin(x)/x",
    ),
    # Both parts separating, s(0) = 0.
    Entry(
        "mish",
        "x*tanh(log(1 + exp(x)))",
        SEPARATING,
        SEPARATING,
        False,
        "with T(x) = tanh(softplus(x)), e(x) = x (T(x) - T(-x))/2: |e(x)| <= x and e''(1) > 0, not a polynomial",
        "with T(x) = tanh(softplus(x)), o(x) = x (T(x) + T(-x))/2: |o(x)| <= x and o''(1) is not 0, not a polynomial",
        _ZERO,
    ),
    Entry(
        "elu",
        "Max(x, 0) + exp(Min(x, 0)) - 1",
        SEPARATING,
        SEPARATING,
        False,
        "e(x) = (x - 1 + exp(-x))/2: |e(x)| <= 1 + x and e''(1) = exp(-1)/2 > 0, not a polynomial",
        "o(x) = (x + 1 - exp(-x))/2: |o(x)| <= 1 + x and o''(1) = -exp(-1)/2 < 0, not a polynomial",
        _ZERO,
    ),
    Entry(
        "selu",
        "10507009873554804934193349852946/10**31*(Max(x, 0)"
        " + 16732632423543772848170429916717/10**31*(exp(Min(x, 0)) - 1))",
        SEPARATING,
        SEPARATING,
        False,
        "e(x) = scale (x - alpha + alpha exp(-x))/2: |e(x)| <= 2 (1 + x) and e''(1) > 0, not a polynomial",
        "o(x) = scale (x + alpha - alpha exp(-x))/2: |o(x)| <= 2 (1 + x) and o''(1) < 0, not a polynomial",
        _ZERO,
    ),
    Entry(
        "celu",
        "Max(x, 0) + exp(Min(x, 0)) - 1",
        SEPARATING,
        SEPARATING,
        False,
        "e(x) = (x - 1 + exp(-x))/2: |e(x)| <= 1 + x and e''(1) = exp(-1)/2 > 0, not a polynomial",
        "o(x) = (x + 1 - exp(-x))/2: |o(x)| <= 1 + x and o''(1) = -exp(-1)/2 < 0, not a polynomial",
        _ZERO,
    ),
    Entry(
        "relu6",
        "Min(Max(x, 0), 6)",
        SEPARATING,
        SEPARATING,
        False,
        "e(x) = x/2 up to x = 6 and 3 beyond: e' jumps from 1/2 to 0 at 6",
        "o(x) = x/2 up to x = 6 and 3 beyond: o' jumps from 1/2 to 0 at 6",
        _ZERO,
        pieces((), 0, _X, 6, (6,)),
    ),
    Entry(
        "expm1",
        "exp(x) - 1",
        SEPARATING,
        SEPARATING,
        False,
        "e(x) = cosh(x) - 1: g = e'' solves g'' = g, which no polynomial but 0 does",
        "o(x) = sinh(x): o'' = o, which no polynomial but 0 solves",
        _ZERO,
    ),
    # Both parts separating, s(0) not 0: these fit everything.
    Entry(
        "exp",
        "exp(x)",
        SEPARATING,
        SEPARATING,
        True,
        "e(x) = cosh(x): e'' = e, which no polynomial but 0 solves",
        "o(x) = sinh(x): o'' = o, which no polynomial but 0 solves",
        "s(0) = 1",
    ),
    Entry(
        "sin_cos",
        "sin(x) + cos(x)",
        SEPARATING,
        SEPARATING,
        True,
        "e(x) = cos(x): e'' = -e, which no polynomial but 0 solves",
        "o(x) = sin(x): o'' = -o, which no polynomial but 0 solves",
        "s(0) = 1",
    ),
    Entry(
        "shifted_relu",
        "Max(x + 1, 0)",
        SEPARATING,
        SEPARATING,
        True,
        "e(x) = 1 up to x = 1 and (x + 1)/2 beyond: e' jumps from 0 to 1/2 at 1",
        "o(x) = x up to x = 1 and (x + 1)/2 beyond: o' jumps from 1 to 1/2 at 1",
        "s(0) = 1",
        pieces((), -1, (1, 1)),
    ),
    Entry(
        "shifted_softplus",
        "log(1 + exp(x + 1))",
        SEPARATING,
        SEPARATING,
        True,
        "|e(x)| <= 2 + x and e''(1) = (sigmoid'(2) + sigmoid'(0))/2 > 0, not a polynomial",
        "|o(x)| <= 2 + x and o''(1) = (sigmoid'(2) - sigmoid'(0))/2 < 0, not a polynomial",
        "s(0) = log(1 + exp(1))",
    ),
    Entry(
        "shifted_sigmoid",
        "1/(1 + exp(-x - 1))",
        SEPARATING,
        SEPARATING,
        True,
        "e is bounded and e'(1) = (sigmoid'(2) - sigmoid'(0))/2 < 0, not a polynomial",
        "o is bounded and o'(1) = (sigmoid'(2) + sigmoid'(0))/2 > 0, not a polynomial",
        "s(0) = 1/(1 + exp(-1))",
    ),
    Entry(
        "shifted_gaussian",
        "exp(-(x - 1)**2/2)",
        SEPARATING,
        SEPARATING,
        True,
        "e is bounded and e'(1) = -exp(-2), not a polynomial",
        "o is bounded and o'(1) = exp(-2), not a polynomial",
        "s(0) = exp(-1/2)",
    ),
)
"""Every activation without parameters, ordered by what its networks cannot do."""


def leaky(name: str, slope: Fraction) -> Entry:
    """Make the entry of ``leaky_relu`` or ``prelu``: x for x > 0 and slope x for x < 0.

    Both parts are linear on x > 0: e(x) = (1 - slope) x/2 and o(x) = (1 + slope) x/2. So slope = 1 is the identity
    and slope = -1 the absolute value.
    """
    return Entry(
        name,
        f"Max(x, 0) + ({slope})*Min(x, 0)",
        () if slope == 1 else (1,),
        () if slope == -1 else (1,),
        False,
        f"e(x) = (1 - slope) x/2 = {_multiple((1 - slope) / 2)}",
        f"o(x) = (1 + slope) x/2 = {_multiple((1 + slope) / 2)}",
        _ZERO,
        pieces((0, slope), 0, _X),
    )


def _multiple(factor: Fraction) -> str:
    if factor in (0, 1, -1):
        return {0: "0", 1: "x", -1: "-x"}[int(factor)]
    return f"({factor}) x" if factor.denominator > 1 else f"{factor} x"
