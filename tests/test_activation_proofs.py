"""The profiles of the table, proved: each polynomial part by an identity, each separating part step by step."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import prod

import mpmath
import pytest
import sympy

from verify.activations import SEPARATING, Activation, Profile, activation, names

X = sympy.Symbol("x", real=True)
Z = sympy.Symbol("z", positive=True)
ALL = names()

# On z > 0, the even part first, then the odd part. A proof is one of
#    {degree: coefficient}      the part equals this polynomial;
#    ("jump", a, before, after, k) the part is polynomial on (0, a) and beyond a, and its derivative of order k jumps
#                             at a (k = 1 where it is left out);
#    ("growth", m, p)           |part| <= C (1 + z^m), analytic on z >= 0, derivative of order m + 1 at p not 0;
#    ("equation", k, sign)      g = k-th derivative of the part satisfies g'' = sign g and is not 0.

HALF = {1: "1/2"}
PROOFS: dict[str, tuple[object, object]] = {
    "relu": (HALF, HALF),
    "leaky_relu": ({1: "99/200"}, {1: "101/200"}),
    "prelu": ({1: "3/8"}, {1: "5/8"}),
    "abs": ({1: "1"}, {}),
    "relu2": ({2: "1/2"}, {2: "1/2"}),
    "relu3": ({3: "1/2"}, {3: "1/2"}),
    "square": ({2: "1"}, {}),
    "cube": ({}, {3: "1"}),
    "identity": ({}, {1: "1"}),
    "gelu": (("growth", 1, "1"), HALF),
    "gelu_tanh": (("growth", 1, "1"), HALF),
    "silu": (("growth", 1, "1"), HALF),
    "hardswish": (("jump", "3", "1", "1/2"), HALF),
    "snake": (("growth", 0, "1"), {1: "1"}),
    "softplus": (("growth", 1, "1"), HALF),
    "logsigmoid": (("growth", 1, "1"), HALF),
    "squareplus": (("growth", 1, "1"), HALF),
    "sparse_plus": (("jump", "1", "1/2", "0", 2), HALF),
    "sigmoid": ({0: "1/2"}, ("growth", 0, "1")),
    "hardsigmoid": ({0: "1/2"}, ("jump", "3", "1/6", "0")),
    "sparse_sigmoid": ({0: "1/2"}, ("jump", "1", "1/2", "0")),
    "tanh": ({}, ("growth", 0, "1")),
    "erf": ({}, ("growth", 0, "1")),
    "sin": ({}, ("equation", 0, -1)),
    "arctan": ({}, ("growth", 0, "1")),
    "asinh": ({}, ("growth", 1, "1")),
    "softsign": ({}, ("growth", 1, "1")),
    "hardtanh": ({}, ("jump", "1", "1", "0")),
    "softshrink": ({}, ("jump", "1/2", "0", "1")),
    "tanhshrink": ({}, ("growth", 1, "1")),
    "cos": (("equation", 0, -1), {}),
    "gaussian": (("growth", 0, "1"), {}),
    "sinc": (("growth", 0, "1"), {}),
    "mish": (("growth", 1, "1"), ("growth", 1, "1")),
    "elu": (("growth", 1, "1"), ("growth", 1, "1")),
    "selu": (("growth", 1, "1"), ("growth", 1, "1")),
    "celu": (("growth", 1, "1"), ("growth", 1, "1")),
    "relu6": (("jump", "6", "1/2", "0"), ("jump", "6", "1/2", "0")),
    "expm1": (("equation", 2, 1), ("equation", 0, 1)),
    "exp": (("equation", 0, 1), ("equation", 0, 1)),
    "sin_cos": (("equation", 0, -1), ("equation", 0, -1)),
    "shifted_relu": (("jump", "1", "0", "1/2"), ("jump", "1", "1", "1/2")),
    "shifted_softplus": (("growth", 1, "1"), ("growth", 1, "1")),
    "shifted_sigmoid": (("growth", 0, "1"), ("growth", 0, "1")),
    "shifted_gaussian": (("growth", 0, "1"), ("growth", 0, "1")),
}
SLOPES = {  # slope: (even part, odd part) of leaky_relu and prelu
    "1": ({}, {1: "1"}),
    "-1": ({1: "1"}, {}),
    "0": (HALF, HALF),
    "2": ({1: "-1/2"}, {1: "3/2"}),
    "-3": ({1: "2"}, {1: "-1"}),
}
CASES = [pytest.param(activation(name), PROOFS[name], id=name) for name in ALL] + [
    pytest.param(activation(name, slope=slope), proofs, id=f"{name} slope {slope}")
    for name in ("leaky_relu", "prelu")
    for slope, proofs in SLOPES.items()
]


def both_parts(s: Activation) -> tuple[sympy.Expr, sympy.Expr]:
    right, left = s.symbolic().subs(X, Z), s.symbolic().subs(X, -Z)
    return (right + left) / 2, (right - left) / 2


def on_interval(expression: sympy.Expr, low: sympy.Expr, high: sympy.Expr) -> sympy.Expr:
    """Replace Max and Min of linear functions of z by the one that wins on all of (low, high); fail if none does."""

    def winner(chooser: sympy.Expr) -> sympy.Expr:
        best, *others = chooser.args
        for other in others:
            difference = sympy.Poly(best - other, Z)
            assert difference.degree() <= 1
            at_high = difference.LC() if high == sympy.oo and difference.degree() == 1 else difference.eval(high)
            signs = {sympy.sign(difference.eval(low)), sympy.sign(at_high)} - {0}
            assert len(signs) <= 1, f"{chooser} changes inside ({low}, {high})"
            if (signs == {-1}) == (chooser.func is sympy.Max):
                best = other
        return best

    return expression.replace(lambda node: node.func in (sympy.Max, sympy.Min), winner)


def is_zero(expression: sympy.Expr) -> bool:
    """Prove that an analytic function of z vanishes: by simplification, or a zero derivative and a zero value."""
    if sympy.simplify(expression) == 0:
        return True
    return sympy.simplify(sympy.diff(expression, Z)) == 0 and sympy.simplify(expression.subs(Z, 0)) == 0


def growth(g: sympy.Expr) -> int:
    """An m with |g(z)| <= C (1 + z^m) on z > 0, by rules each of which is a proof; fails where no rule applies."""
    if not g.has(Z):
        return 0
    if g == Z:
        return 1
    if g.is_Add:
        return max(growth(term) for term in g.args)
    if g.is_Mul:
        return sum(growth(factor) for factor in g.args)
    if g.is_Pow:
        base, exponent = g.args
        if exponent.is_Integer and exponent > 0:
            return growth(base) * int(exponent)
        if exponent == sympy.Rational(1, 2):
            return (growth(base) + 1) // 2
        constant, rest = base.as_coeff_Add()
        assert exponent == -1
        assert constant > 0  # so 0 < g <= 1/constant
        assert rest.is_nonnegative
        return 0
    if g.func in (sympy.sin, sympy.cos, sympy.tanh, sympy.erf, sympy.atan, sympy.sinc):
        return 0
    (argument,) = g.args
    if g.func is sympy.exp:
        assert argument.is_nonpositive, f"no bound of {g}"
        return 0
    if g.func is sympy.asinh:  # |asinh u| <= |u|
        return growth(argument)
    assert g.func is sympy.log, f"no bound of {g}"
    exponential = argument - 1  # 0 <= log(1 + exp u) <= log 2 + |u|
    assert exponential.func is sympy.exp
    return growth(exponential.args[0])


def is_analytic_from_zero(g: sympy.Expr) -> bool:
    """Whether g is analytic on a neighbourhood of z >= 0: logarithms, roots and quotients of positive numbers only."""
    w = sympy.Symbol("w", nonnegative=True)
    g = g.subs(Z, w)
    entire = (sympy.exp, sympy.sin, sympy.cos, sympy.tanh, sympy.erf, sympy.atan, sympy.asinh, sympy.sinc)
    for node in sympy.preorder_traversal(g):
        natural = node.is_Pow and node.exp.is_Integer and node.exp > 0
        if node.func is sympy.log or (node.is_Pow and not natural and node.func is not sympy.exp):
            if not node.args[0].is_positive:
                return False
        elif not (natural or node.is_Atom or node.is_Add or node.is_Mul or node.func in entire):
            return False
    return True


def interval(g: sympy.Expr, point: Fraction) -> object:
    """Enclose g(point) in the interval arithmetic of mpmath."""
    if g == Z:
        return mpmath.iv.mpf(point.numerator) / point.denominator
    if g.is_Rational:
        return mpmath.iv.mpf(int(g.p)) / int(g.q)
    if g in (sympy.pi, sympy.E):
        return mpmath.iv.pi if g is sympy.pi else mpmath.iv.e
    values = [interval(argument, point) for argument in g.args]
    if g.is_Add:
        return sum(values[1:], values[0])
    if g.is_Mul:
        return prod(values[1:], start=values[0])
    if g.is_Pow and g.exp.is_Integer:
        return values[0] ** int(g.exp)
    if g.is_Pow and g.exp.is_Rational and g.exp.q == 2:
        return mpmath.iv.sqrt(values[0]) ** int(g.exp.p)
    if g.func is sympy.tanh:
        return 1 - 2 / (mpmath.iv.exp(2 * values[0]) + 1)
    return {sympy.exp: mpmath.iv.exp, sympy.log: mpmath.iv.log, sympy.sin: mpmath.iv.sin, sympy.cos: mpmath.iv.cos}[
        g.func
    ](values[0])


def is_certainly_not_zero(g: sympy.Expr, point: Fraction) -> bool:
    return 0 not in interval(g, point)


def check_part(s: Activation, part: sympy.Expr, proof: object) -> tuple[int, ...] | str:
    """Check every step of the proof and return the part of the profile that it proves."""
    match proof:
        case dict():
            polynomial = sum((sympy.Rational(c) * Z**k for k, c in proof.items()), sympy.Integer(0))
            assert all(sympy.Rational(c) != 0 for c in proof.values())
            breaks = sorted({abs(sympy.Rational(b)) for b in s.pieces.breakpoints} - {0}) if s.pieces else []
            for low, high in pairwise([sympy.Integer(0), *breaks, sympy.oo]):
                piece = on_interval(part, low, high)
                assert piece.is_polynomial(Z) or is_analytic_from_zero(piece)
                assert is_zero(piece - polynomial)
            return tuple(sorted(proof))
        case ("jump", place, before, after, *orders):
            a, order = sympy.Rational(place), sum(orders) or 1
            left, right = on_interval(part, sympy.Integer(0), a), on_interval(part, a, sympy.oo)
            assert a > 0
            assert left.is_polynomial(Z)
            assert right.is_polynomial(Z)
            assert sympy.simplify((left - right).subs(Z, a)) == 0  # the part is continuous
            assert sympy.diff(left, Z, order).subs(Z, a) == sympy.Rational(before)
            assert sympy.diff(right, Z, order).subs(Z, a) == sympy.Rational(after)
            assert sympy.Rational(before) != sympy.Rational(after)
            return SEPARATING
        case ("growth", int(m), point):
            assert is_analytic_from_zero(part)
            assert growth(part) <= m
            assert is_certainly_not_zero(sympy.diff(part, Z, m + 1).doit(), Fraction(point))
            return SEPARATING
        case ("equation", int(order), int(sign)):
            assert is_analytic_from_zero(part)
            g = sympy.diff(part, Z, order)
            assert sign in (1, -1)
            assert sympy.simplify(sympy.diff(g, Z, 2) - sign * g) == 0
            assert is_certainly_not_zero(g, Fraction(1))
            return SEPARATING
    raise AssertionError(f"unknown proof {proof}")


@pytest.mark.parametrize(("s", "proofs"), CASES)
def test_profile_is_proved(s: Activation, proofs: tuple[object, object]) -> None:
    even, odd = both_parts(s)
    at_zero = s.symbolic().subs(X, 0)
    nonzero = sympy.simplify(at_zero) != 0
    if nonzero:
        assert is_certainly_not_zero(sympy.sympify(at_zero), Fraction(0))
    assert s.profile == Profile(check_part(s, even, proofs[0]), check_part(s, odd, proofs[1]), nonzero)


@pytest.mark.parametrize(
    ("part", "proof"),
    [
        (sympy.sqrt(Z), ("growth", 1, "1")),  # no power series at 0
        (Z ** sympy.Rational(3, 2), ("growth", 2, "1")),
        (Z * sympy.log(Z), ("growth", 2, "1")),
        (Z**2, ("growth", 1, "1")),  # the bound is false
        (3 * Z + 1, ("growth", 1, "1")),  # a polynomial
        (Z / 2, ("equation", 0, 1)),
        (sympy.Integer(0), ("equation", 0, 1)),
        (sympy.Max(Z, 2 - Z), ("jump", "2", "-1", "1")),  # a wrong place
        (Z / 2 + sympy.exp(-Z), {1: "1/2"}),
        (Z / 2, {1: "1/2", 3: "0"}),
    ],
)
def test_false_proofs_are_refused(part: sympy.Expr, proof: object) -> None:
    with pytest.raises(AssertionError):
        check_part(activation("gelu"), part, proof)


def test_every_name_has_a_proof() -> None:
    assert set(ALL) == set(PROOFS)
