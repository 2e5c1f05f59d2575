"""Formulas with their profiles, written by hand, each with its reason from the mathematics."""

from __future__ import annotations

from typing import NamedTuple

SEP = "separating"
UNKNOWN = None


class Case(NamedTuple):
    """A formula, its parts on x > 0, whether s(0) is not 0, and why."""

    formula: str
    even: tuple[int, ...] | str | None
    odd: tuple[int, ...] | str | None
    nonzero: bool
    reason: str
    almost_everywhere: bool = False


CASES = [
    # Polynomials in disguise.
    Case("softplus(x) - softplus(-x)", (), (1,), False, "log((1 + e^x)/(1 + e^-x)) = x"),
    Case("sin(x)**2 + cos(x)**2", (0,), (), True, "Pythagoras: 1"),
    Case("cosh(x)**2 - sinh(x)**2 + x", (0,), (1,), True, "1 + x"),
    Case("tanh(x) + tanh(-x) + x**2", (2,), (), False, "tanh is odd"),
    Case("exp(log(1 + x**2))", (0, 2), (), True, "1 + x^2"),
    Case("exp(x)*exp(-x) - 1", (), (), False, "0"),
    Case("log(exp(3*x + 1))", (0,), (1,), True, "3x + 1"),
    Case("(x**4 - 1)/(x**2 + 1)", (0, 2), (), True, "x^2 - 1"),
    Case("sin(2*x) - 2*sin(x)*cos(x) + x**3", (), (3,), False, "double angle"),
    Case("cos(x + pi/3) - cos(x)/2 + sqrt(3)/2*sin(x)", (), (), False, "addition theorem"),
    Case("asinh(x) - log(x + sqrt(x**2 + 1)) + x", (), (1,), False, "the logarithm is asinh(x)"),
    Case("asinh(sinh(x))", (), (1,), False, "an inverse"),
    Case("erf(x) + erf(-x) + pi*x**2", (2,), (), False, "erf is odd; pi is not 0"),
    Case("(x + 1)**3 - (x - 1)**3", (0, 2), (), True, "2 + 6x^2"),
    Case("sigmoid(x) + sigmoid(-x)", (0,), (), True, "1"),
    Case("sqrt(2)*sqrt(3)*x - sqrt(6)*x", (), (), False, "0 exactly, not only nearly"),
    Case("x/(1 + exp(-x)) + x/(1 + exp(x))", (), (1,), False, "x"),
    Case("atan(exp(x))", (0,), SEP, True, "atan(v) + atan(1/v) = pi/2 for v > 0"),
    # Powers of |x|.
    Case("abs(x)", (1,), (), False, "x on x > 0"),
    Case("sqrt(x**2)", (1,), (), False, "|x|"),
    Case("sqrt(x**4)", (2,), (), False, "x^2, no kink"),
    Case("(x**2)**(3/2)", (3,), (), False, "|x|^3"),
    Case("abs(x)**3 - x**2*abs(x)", (), (), False, "0"),
    Case("relu(x)**2 + relu(-x)**2", (2,), (), False, "x^2"),
    Case("relu(x)**2 - relu(-x)**2", (), (2,), False, "x |x|"),
    Case("relu(x)**4", (4,), (4,), False, "half of x^4 each"),
    Case("x*abs(x) + abs(x)", (1,), (2,), False, "x |x| is odd, |x| even"),
    Case("max(x, 0) + x**2/3", (1, 2), (1,), False, "x/2 + x^2/3 and x/2"),
    Case("max(x, 0) + a*min(x, 0); a=-1/10", (1,), (1,), False, "leaky: (1 - a)/2 and (1 + a)/2"),
    Case("max(x, -x) + max(2*x, x)", (1,), (1,), False, "|x| + x + max(x, 0) = 3|x|/2 + 3x/2"),
    Case("exp(log(abs(x)) + 0*x)", (1,), (), False, "|x|, continued by 0 at 0"),
    Case("sqrt(abs(x))**2", (1,), (), False, "|x|, although sqrt(|x|) is not analytic at 0"),
    # One part a polynomial, the other not.
    Case("x*sigmoid(x) - x/2", SEP, (), False, "x tanh(x/2)/2 is even, bounded by x and not linear"),
    Case("x*sigmoid(1.702*x)", SEP, (1,), False, "sigmoid(z) + sigmoid(-z) = 1"),
    Case("sqrt(x**2 + 1) + x", SEP, (1,), True, "sqrt(x^2 + 1) is no polynomial"),
    Case("abs(x) + exp(-abs(x))", SEP, (), True, "x + e^-x on x > 0"),
    Case("1/(1 + x**2) + 5*x**3", SEP, (3,), True, "a rational function without real poles"),
    Case("x**2 + tanh(x)", (2,), SEP, False, "tanh is bounded and not constant"),
    Case("abs(x) + sin(x)", (1,), SEP, False, "sin is bounded and not constant"),
    Case("exp(x)/(1 + exp(x))", (0,), SEP, True, "sigmoid"),
    Case("exp(-exp(-x)) + 1 - exp(-exp(x))", (0,), SEP, True, "two Gumbel functions: s(x) + s(-x) = 2"),
    # erf-gelu, five ways.
    Case("x*(1 + erf(x/sqrt(2)))/2", SEP, (1,), False, "erf is odd"),
    Case("x/2 + x*erf(x/2**(1/2))/2", SEP, (1,), False, "expanded"),
    Case("x*(1 - erf(-x/sqrt(2)))/2", SEP, (1,), False, "with the odd symmetry"),
    Case("0.5*x*(1 + erf(sqrt(0.5)*x))", SEP, (1,), False, "decimals are exact"),
    Case("max(x, 0) - abs(x)*(1 - erf(abs(x)/sqrt(2)))/2", SEP, (1,), False, "relu minus the tail"),
    # Even or odd.
    Case("log(cosh(x))", SEP, (), False, "|log cosh| <= x, second derivative 1/cosh^2"),
    Case("exp(-x**2)", SEP, (), True, "bounded, not constant"),
    Case("1/cosh(x)", SEP, (), True, "bounded, not constant"),
    Case("x*sin(x)", SEP, (), False, "bounded by x, not linear"),
    Case("abs(tanh(x))", SEP, (), False, "tanh(x) on x > 0"),
    Case("where(abs(x) < 1, x**2/2, abs(x) - 1/2)", SEP, (), False, "huber: the second derivative jumps at 1"),
    Case("sin(x)/x", SEP, (), True, "continued by 1; bounded, not constant"),
    Case("log(1 + x**2)", SEP, (), False, "grows less than x, derivative not 0"),
    Case("max(x**2 - 2, 0)", SEP, (), False, "the first derivative jumps at the irrational sqrt 2"),
    Case("cosh(x)", SEP, (), True, "faster than every power"),
    Case("x/(1 + abs(x))", (), SEP, False, "x/(1 + x) is bounded and not constant"),
    Case("x*exp(-x**2/2)", (), SEP, False, "bounded, not constant"),
    Case("x**3/(1 + x**2)", (), SEP, False, "bounded by x, second derivative not 0"),
    Case("(exp(x) - exp(-x))/(exp(x) + exp(-x))", (), SEP, False, "tanh"),
    Case("clip(x, -1, 1)", (), SEP, False, "the first derivative jumps at 1"),
    Case("max(x - 1, 0) + min(x + 1, 0)", (), SEP, False, "softshrink: the first derivative jumps at 1"),
    Case("abs(x + 1) - abs(x - 1)", (), SEP, False, "two breakpoints, one of them positive"),
    Case("x + sin(x)**3", (), SEP, False, "bounded by 2x, second derivative not 0"),
    Case("log(x + sqrt(1 + x**2))", (), SEP, False, "asinh"),
    Case("x*abs(x)/(1 + abs(x))", (), SEP, False, "x^2/(1 + x) on x > 0"),
    Case("x*sqrt(1 + x**2)", (), SEP, False, "below x^2 + x, third derivative not 0"),
    # Breakpoints.
    Case("max(x - 1, 0) + max(x - 2, 0)", SEP, SEP, False, "two positive breakpoints"),
    Case("max(x - 1, 0)**3", SEP, SEP, False, "the jump is in the third derivative only"),
    Case("where(x > 1, x**3 - 3*x**2 + 3*x - 1, 0)", SEP, SEP, False, "the same, by cases"),
    Case("clip(x, -1, 2)", SEP, SEP, False, "hardtanh with unequal ends"),
    Case("max(x, tanh(x))", SEP, SEP, False, "x > tanh(x) on x > 0, so the parts are (x -+ tanh x)/2"),
    Case("max(exp(x) - 2, 0)", SEP, SEP, False, "the breakpoint is log 2"),
    Case("max(x - sqrt(2), 0)", SEP, SEP, False, "the breakpoint is sqrt 2"),
    Case("max(x*sqrt(2) - pi, 0)", SEP, SEP, False, "the breakpoint is pi/sqrt 2"),
    Case("max(x**3 - x - 1, 0)", SEP, SEP, False, "the breakpoint is an algebraic number of degree 3"),
    # Nothing polynomial.
    Case("x*tanh(log(1 + exp(x)))", SEP, SEP, False, "mish"),
    Case("x*((1 + exp(x))**2 - 1)/((1 + exp(x))**2 + 1)", SEP, SEP, False, "mish, rational in e^x"),
    Case("where(x > 0, x, exp(x) - 1)", SEP, SEP, False, "elu: x - 1 + e^-x over 2 is no polynomial"),
    Case("piecewise((x, x >= 0), (x/(1 - x), True))", SEP, SEP, False, "x/(1 + x) enters both parts"),
    Case("exp(exp(x))", SEP, SEP, True, "faster than every power"),
    Case("exp(x)*cos(x)", SEP, SEP, True, "unbounded beyond every power along a sequence"),
    Case("2**x", SEP, SEP, True, "exp(x log 2)"),
    Case("sin(x) + cos(x)", SEP, SEP, True, "both bounded, not constant"),
    Case("exp(-x**2 + x)", SEP, SEP, True, "a shifted bell: both parts tend to 0"),
    Case("sin(x + 1)", SEP, SEP, True, "sin(1) cos(x), cos(1) sin(x)"),
    Case("atan(x - 2)", SEP, SEP, True, "bounded parts, not constant"),
    Case("1/(2 + sin(x))", SEP, SEP, True, "no real poles; bounded parts, not constant"),
    Case("relu(x)*sigmoid(x)", SEP, SEP, False, "half of x sigmoid(x) on x > 0"),
    Case("min(max(x, 0), 1)*x", SEP, SEP, False, "x^2 up to 1, then x"),
    Case("sinc(x) + x*exp(-abs(x))", SEP, SEP, True, "both bounded, not constant"),
    # Discontinuous. Polynomial parts with their own values at the jumps: for all weights.
    Case("sign(x)", (), (0,), False, "sgn: a constant on x > 0"),
    Case("(1 + sign(x))/2", (0,), (0,), True, "a step with 1/2 at 0"),
    Case("where(abs(x) > 1/2, x, 0)", (), SEP, False, "hardshrink jumps at 1/2"),
    Case("where(x > 1/10, x, 20)", SEP, SEP, True, "threshold jumps at 1/10"),
    Case("where(abs(x) < 1, abs(x), where(abs(x) == 1, 5, 2*abs(x)))", SEP, (), False, "the odd part is 0 at 1 too"),
    # Others: for almost all weights.
    Case("where(x == 1, 5, x)", (), (1,), False, "x but at one point", almost_everywhere=True),
    Case("where(x > 0, 1, 0)", (0,), (0,), False, "s(0) is not the constant term 1/2", almost_everywhere=True),
    Case("where(x > 0, x, 1)", (0, 1), (0, 1), True, "s(0) = 1 is not the constant term 1/2", almost_everywhere=True),
    Case("where(abs(x) == 2, 7, abs(x))", (1,), (), False, "|x| but at two points", almost_everywhere=True),
]  # fmt: skip
"""Within what can be derived."""

OUTSIDE = [
    Case("abs(x)**(3/2)", UNKNOWN, (), False, "no power series at 0+"),
    Case("sqrt(abs(x))", UNKNOWN, (), False, "no power series at 0+"),
    Case("abs(x)**2.5 + x", UNKNOWN, (1,), False, "no power series at 0+, but the odd part is x"),
    Case("x*log(abs(x))", (), UNKNOWN, False, "continued by 0; no power series at 0+"),
    Case("where(x == 0, 0, x*log(abs(x)))", (), UNKNOWN, False, "the same, with its value at 0 written out"),
    Case("x**2*log(x**2)", UNKNOWN, (), False, "a logarithm at 0+"),
    Case("exp(-1/abs(x))", UNKNOWN, (), False, "smooth, but its power series at 0+ is 0"),
    Case("where(x > 0, exp(-1/x), 0)", UNKNOWN, UNKNOWN, False, "the same on one side"),
    Case("x*sqrt(abs(x))", (), UNKNOWN, False, "no power series at 0+"),
    Case("sqrt(abs(x) + x**2)", UNKNOWN, (), False, "like sqrt(|x|) at 0"),
]  # fmt: skip
"""Outside the theorem: separating or a polynomial would be wrong."""
