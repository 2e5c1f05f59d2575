"""The table of activations, checked in three independent ways.

1. Symbolically: each polynomial part by an identity, each separating part by a proof whose every step is checked.
2. Numerically: the rank of wide random networks on structured data against an elimination written here.
3. Its float64, exact and ball values against formulas written here for mpmath.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, pairwise, product
from math import prod
from pathlib import Path

import flint
import mpmath
import numpy as np
import pytest
import sympy

from verify.activations import ALIASES, SEPARATING, Activation, Profile, activation, groups, names
from verify.activations.evaluate import enclosure
from verify.activations.floating import FLOAT64
from verify.errors import ModelError, NotAvailableError

X = sympy.Symbol("x", real=True)
Z = sympy.Symbol("z", positive=True)
ALL = names()

# ---------------------------------------------------------------------------------------------------------------------
# 1. Proofs. On z > 0, the even part first, then the odd part. A proof is one of
#    {degree: coefficient}      the part equals this polynomial;
#    ("jump", a, before, after) the part is polynomial on (0, a) and beyond a, and its derivative jumps at a;
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
    "sigmoid": ({0: "1/2"}, ("growth", 0, "1")),
    "hardsigmoid": ({0: "1/2"}, ("jump", "3", "1/6", "0")),
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
        case ("jump", place, before, after):
            a = sympy.Rational(place)
            left, right = on_interval(part, sympy.Integer(0), a), on_interval(part, a, sympy.oo)
            assert a > 0
            assert left.is_polynomial(Z)
            assert right.is_polynomial(Z)
            assert sympy.simplify((left - right).subs(Z, a)) == 0  # the part is continuous
            assert sympy.diff(left, Z).subs(Z, a) == sympy.Rational(before)
            assert sympy.diff(right, Z).subs(Z, a) == sympy.Rational(after)
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


# ---------------------------------------------------------------------------------------------------------------------
# 2. The rank of wide random networks.


def units(d: int) -> list[tuple[int, ...]]:
    return [tuple(int(i == j) for j in range(d)) for i in range(d)]


def opposite(points: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return points + [tuple(-t for t in x) for x in points]


DATA: dict[str, list[tuple[int, ...]]] = {
    "hexagon": opposite([(1, 0), (0, 1), (1, 1)]),
    "hexagon and zero": [*opposite([(1, 0), (0, 1), (1, 1)]), (0, 0)],
    "line": [(-3,), (-2,), (-1,), (0,), (1,), (2,), (3,)],
    "ray": [(1,), (2,), (3,), (1,)],
    "two rays": [(1, 0), (2, 0), (-1, 0), (0, 1), (0, -3), (1, 1), (2, 2), (-1, -1), (0, 0), (1, 1)],
    "cross-polytope": opposite(units(4)),
    "cube": list(product((-1, 1), repeat=3)),
    "parabola": [(t, t * t) for t in (-2, -1, 0, 1, 2)] + [(1, 3), (2, 1), (3, -1), (-1, 2)],
    "plane in space": [*opposite([(1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 0, 1)]), (2, 0, 0), (0, -2, 0), (1, 1, 1)],
    "zeros": [(0, 0), (0, 0), (1, 2), (1, 2), (-1, -2)],
}


def conditions(points: list[tuple[int, ...]], profile: Profile) -> list[list[int | Fraction]]:
    """The rows of the system that defines the annihilator, straight from the table of the theory chapter."""
    lines: list[tuple[tuple[int, ...], dict[int, Fraction]]] = []
    for i, x in enumerate(points):
        if not any(x):
            continue
        for u, members in lines:
            if all(x[a] * u[b] == x[b] * u[a] for a in range(len(x)) for b in range(a)):
                members[i] = next(Fraction(p, q) for p, q in zip(x, u, strict=True) if q)
                break
        else:
            lines.append((x, {i: Fraction(1)}))
    rows: list[dict[int, Fraction]] = []

    def moment(k: int) -> None:
        for indices in combinations_with_replacement(range(len(points[0])), k):
            rows.append({i: Fraction(prod(x[j] for j in indices)) for i, x in enumerate(points)})

    for part, parity in ((profile.even, 0), (profile.odd, 1)):
        if part == SEPARATING:
            for _, members in lines:
                for size in {abs(t) for t in members.values()}:
                    rows.append(
                        {i: Fraction(-1 if parity and t < 0 else 1) for i, t in members.items() if abs(t) == size}
                    )
            if parity == 0 and profile.nonzero_at_zero:
                moment(0)
            continue
        for k in part:
            if k % 2 == parity:
                moment(k)
            else:
                for _, members in lines:
                    rows.append({i: abs(t) ** k * (-1 if parity and t < 0 else 1) for i, t in members.items()})
    return [[row.get(i, 0) for i in range(len(points))] for row in rows]


def reduced(matrix: list[list[int | Fraction]]) -> dict[int, tuple[Fraction, ...]]:
    """Gauss-Jordan elimination: the reduced rows by their pivot columns, the canonical form of the row space."""
    rows: dict[int, tuple[Fraction, ...]] = {}
    for vector in matrix:
        row = tuple(map(Fraction, vector))
        for pivot, other in rows.items():
            row = tuple(a - row[pivot] * b for a, b in zip(row, other, strict=True))
        pivot = next((j for j, a in enumerate(row) if a), None)
        if pivot is not None:
            row = tuple(a / row[pivot] for a in row)
            for old, other in rows.items():
                rows[old] = tuple(a - other[pivot] * b for a, b in zip(other, row, strict=True))
            rows[pivot] = row
    return rows


def annihilator(points: list[tuple[int, ...]], profile: Profile) -> list[list[Fraction]]:
    """A basis of the solutions of the conditions."""
    rows, n = reduced(conditions(points, profile)), len(points)
    free = [j for j in range(n) if j not in rows]
    return [[-rows[i][j] if i in rows else Fraction(int(i == j)) for i in range(n)] for j in free]


def wide_network(s: Activation, points: list[tuple[int, ...]]) -> tuple[int, np.ndarray]:
    """The numerical rank and the features (columns of length 1) of 4000 random neurons.

    The rank is the place of the largest gap between singular values; the neurons are drawn again until that gap is
    unambiguous: a factor of a million, and a hundred times larger than every other gap.
    """
    data = np.array(points, dtype=float)
    for seed in range(6):
        rng = np.random.default_rng(seed)
        weights = rng.standard_normal((data.shape[1], 4000)) * rng.choice([0.25, 0.5, 1.0, 2.0, 4.0], size=4000)
        features = s.evaluate(data @ weights)
        norms = np.linalg.norm(features, axis=0)
        features = features[:, norms > 1e-100] / norms[norms > 1e-100]
        if not features.size:
            return 0, features
        singular = np.linalg.svd(features, compute_uv=False)
        singular = np.maximum(np.append(singular, 0), 1e-15 * singular[0])
        gaps = singular[:-1] / singular[1:]
        place = int(np.argmax(gaps))
        if gaps[place] > max(1e6, 100 * np.max(np.delete(gaps, place), initial=0)):
            return place + 1, features
    raise AssertionError(f"the rank of {s} on {points} is numerically ambiguous: {singular}")


@pytest.mark.parametrize("name", ALL)
def test_wide_random_networks_have_the_predicted_annihilator(name: str) -> None:
    s = activation(name)
    for label, points in DATA.items():
        basis = annihilator(points, s.profile)
        rank, features = wide_network(s, points)
        assert rank == len(points) - len(basis), label
        for c in basis:  # with the ranks equal, it is enough that the predicted annihilator annihilates
            vector = np.array(c, dtype=float)
            assert np.abs(vector @ features).max(initial=0) < 1e-9 * np.linalg.norm(vector), label


def test_the_data_tell_profiles_apart() -> None:
    """Otherwise the numerical test could not fail: a wrong profile must change an annihilator on some data set."""
    parts: list[tuple[int, ...] | str] = [(), (0,), (1,), (2,), (3,), (0, 1), (1, 2), SEPARATING]
    profiles = [
        Profile(even, odd, flag)
        for even, odd in product(parts, parts)
        for flag in ([False, True] if even == SEPARATING else [0 in even])
    ]
    forms = [[reduced(conditions(points, profile)) for points in DATA.values()] for profile in profiles]
    for first, second in combinations(range(len(profiles)), 2):
        assert forms[first] != forms[second], (profiles[first], profiles[second])


# ---------------------------------------------------------------------------------------------------------------------
# 3. Values: float64, exact and balls against formulas written for mpmath.


def mp_sigmoid(z: mpmath.mpf) -> mpmath.mpf:
    return 1 / (1 + mpmath.exp(-z))


def mp_softplus(z: mpmath.mpf) -> mpmath.mpf:
    return mpmath.log1p(mpmath.exp(z)) if z < 0 else z + mpmath.log1p(mpmath.exp(-z))


def mp_elu(z: mpmath.mpf) -> mpmath.mpf:
    return z if z > 0 else mpmath.expm1(z)


def clip(z: mpmath.mpf, low: int, high: int) -> mpmath.mpf:
    return low if z < low else high if z > high else z


def rational(p: int, q: int = 1) -> mpmath.mpf:
    return mpmath.mpf(p) / q


REFERENCE: dict[str, Callable[[mpmath.mpf], mpmath.mpf]] = {
    "relu": lambda z: clip(z, 0, 10**9),
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "prelu": lambda z: z if z > 0 else z / 4,
    "abs": lambda z: -z if z < 0 else z,
    "relu2": lambda z: z * z if z > 0 else 0,
    "relu3": lambda z: z * z * z if z > 0 else 0,
    "square": lambda z: z * z,
    "cube": lambda z: z * z * z,
    "identity": lambda z: z,
    "gelu": lambda z: z * mpmath.erfc(-z / mpmath.sqrt(2)) / 2,
    "gelu_tanh": lambda z: z * mp_sigmoid(2 * mpmath.sqrt(2 / mpmath.pi) * (z + rational(44715, 10**6) * z**3)),
    "silu": lambda z: z * mp_sigmoid(z),
    "hardswish": lambda z: 0 if z < -3 else z if z > 3 else z * (z + 3) / 6,
    "softplus": mp_softplus,
    "logsigmoid": lambda z: -mp_softplus(-z),
    "squareplus": lambda z: (z + mpmath.sqrt(z * z + 4)) / 2,
    "snake": lambda z: z + mpmath.sin(z) ** 2,
    "sigmoid": mp_sigmoid,
    "hardsigmoid": lambda z: clip((z + 3) / 6, 0, 1),
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
    "sin": mpmath.sin,
    "arctan": mpmath.atan,
    "asinh": mpmath.asinh,
    "softsign": lambda z: z / (1 + (-z if z < 0 else z)),
    "hardtanh": lambda z: clip(z, -1, 1),
    "softshrink": lambda z: z - clip(z, -rational(1, 2), rational(1, 2)),
    "tanhshrink": lambda z: z - mpmath.tanh(z),
    "cos": mpmath.cos,
    "gaussian": lambda z: mpmath.exp(-z * z / 2),
    "sinc": lambda z: mpmath.sin(z) / z if z else mpmath.mpf(1),
    "mish": lambda z: z / (1 + 2 / (mpmath.exp(z) * (mpmath.exp(z) + 2))),
    "elu": mp_elu,
    "selu": lambda z: (
        rational(10507009873554804934193349852946, 10**31)
        * (z if z > 0 else rational(16732632423543772848170429916717, 10**31) * mpmath.expm1(z))
    ),
    "celu": mp_elu,
    "relu6": lambda z: clip(z, 0, 6),
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "sin_cos": lambda z: mpmath.sqrt(2) * mpmath.sin(z + mpmath.pi / 4),
    "shifted_relu": lambda z: clip(z + 1, 0, 10**9),
    "shifted_softplus": lambda z: mp_softplus(z + 1),
    "shifted_sigmoid": lambda z: mp_sigmoid(z + 1),
    "shifted_gaussian": lambda z: mpmath.exp(-((z - 1) ** 2) / 2),
}
KINKS = [Fraction(k, 2) for k in (-12, -6, -2, -1, 0, 1, 2, 6, 12)]
BEYOND = {"exp", "expm1"}  # leave the range of float64 between 700 and 1e4


def reference(name: str, z: Fraction) -> mpmath.mpf:
    """The value to a relative 1e-115; x - tanh(x) needs the many digits for tiny arguments."""
    with mpmath.workdps(120 if abs(z) > Fraction(1, 1000) or not z else 800):
        return mpmath.mpf(REFERENCE[name](mpmath.mpf(z.numerator) / z.denominator))


def ball(p: Fraction, radius: Fraction = Fraction(0)) -> flint.arb:
    middle = flint.arb(p.numerator) / flint.arb(p.denominator)
    return middle + flint.arb(0, flint.arb(radius.numerator) / flint.arb(radius.denominator)) if radius else middle


def is_compatible(enclosure_ball: flint.arb, value: mpmath.mpf) -> bool:
    """Whether the ball holds the value, itself known to a relative 2^-380."""
    with flint.ctx.workprec(3000):
        sign, man, exp, _ = value._mpf_
        exact = (-1) ** int(sign) * flint.arb((int(man), int(exp)))
        return enclosure_ball.overlaps(exact + abs(exact) * flint.arb(0, flint.arb((1, -380))))


def integers(rng: np.random.Generator, low: int, high: int, count: int) -> list[int]:
    return [int(k) for k in rng.integers(low, high, size=count, endpoint=True)]


def rationals(rng: np.random.Generator, size: int, denominator: int, count: int) -> list[Fraction]:
    return list(map(Fraction, integers(rng, -size, size, count), integers(rng, 1, denominator, count)))


def sample_points() -> list[Fraction]:
    rng = np.random.default_rng(1)
    wide = [Fraction(p, 2**e) for e in range(50, 70) for p in integers(rng, -(2**60), 2**60, 3)]
    tiny = [Fraction(s, 2**e) for s in (-1, 1) for e in (30, 60, 200, 1000)]
    near = [k + Fraction(s, 2**e) for k in KINKS for s in (-1, 1) for e in (20, 45)]
    large = [Fraction(s * k) for s in (-1, 1) for k in (20, 37, 100, 700, 10**4)]
    return KINKS + wide + tiny + near + large


POINTS = [Fraction(float(p)) for p in sample_points()]  # float64 numbers, exactly


@pytest.mark.parametrize("name", ALL)
def test_float64_agrees_with_mpmath(name: str) -> None:
    """To about five units in the last place times one plus the condition number, by a difference quotient."""
    values = activation(name).evaluate(np.array([float(p) for p in POINTS]))
    assert values.dtype == np.float64
    assert values.shape == (len(POINTS),)
    for p, value in zip(POINTS, values.tolist(), strict=True):
        true = reference(name, p)
        if abs(true) > 1.7e308:
            assert name in BEYOND
            assert value == float("inf")
            continue
        with mpmath.workdps(60):
            z = mpmath.mpf(p.numerator) / p.denominator
            step = abs(z) * mpmath.mpf(10) ** -20
            change = abs(REFERENCE[name](z + step) - REFERENCE[name](z - step)) / 2 * mpmath.mpf(10) ** 20
            assert abs(mpmath.mpf(value) - true) <= 1e-15 * (abs(true) + change) + 1e-300, (p, value)


@pytest.mark.parametrize("name", ALL)
def test_float64_keeps_shapes_and_has_no_warnings(name: str) -> None:
    s = activation(name)
    grid = np.concatenate([-np.logspace(4, -320, 500), [0.0], np.logspace(-320, 4, 500)])
    values = s.evaluate(grid.reshape(7, 11, 13))  # the suite turns warnings into errors
    assert values.shape == (7, 11, 13)
    assert not np.isnan(values).any()
    assert name in BEYOND or np.isfinite(values).all()
    assert s.evaluate(np.array(0.5)).shape == ()
    assert s.evaluate(np.empty((0, 3))).shape == (0, 3)
    before = grid.copy()
    s.evaluate(grid)[:] = 7.0  # the result is not a view of the argument
    assert (grid == before).all()


@pytest.mark.parametrize("name", ALL)
def test_exact_values(name: str) -> None:
    s = activation(name)
    if not s.piecewise_polynomial:
        with pytest.raises(NotAvailableError, match=name):
            s.exact(Fraction(1, 2))
        return
    expression = s.symbolic()
    for p in POINTS + rationals(np.random.default_rng(2), 90, 13, 100):
        value = s.exact(p)
        assert isinstance(value, Fraction)
        with mpmath.workdps(700):  # the references are rational: exact up to rounding
            true = REFERENCE[name](mpmath.mpf(p.numerator) / p.denominator)
            assert abs(mpmath.mpf(value.numerator) / value.denominator - true) <= mpmath.mpf(10) ** -650 * abs(true)
        symbolic = expression.subs(X, sympy.Rational(p.numerator, p.denominator))
        assert Fraction(int(symbolic.p), int(symbolic.q)) == value


@pytest.mark.parametrize("slope", ["1/3", "-1", "1", "0", "-5/2", "7"])
def test_values_of_leaky_relu(slope: str) -> None:
    s = activation("leaky_relu", slope=slope)
    for p in POINTS:
        true = p if p > 0 else Fraction(slope) * p
        assert s.exact(p) == true
        assert s.evaluate(np.array(float(p))) == pytest.approx(float(true), rel=1e-15, abs=0)
        with flint.ctx.workprec(80):
            enclosed = s.arb(ball(p))
            assert enclosed.overlaps(ball(true))
            assert enclosed.rad() <= abs(enclosed) * flint.arb((1, -70)) + flint.arb((1, -1000))


@pytest.mark.parametrize("name", ALL)
def test_balls_hold_the_value_and_are_tight(name: str) -> None:
    s = activation(name)
    rng = np.random.default_rng(3)
    for p in POINTS + rationals(rng, 999, 99, 60):
        true = reference(name, p)
        for precision in (53, *integers(rng, 54, 199, 1), 200):
            with flint.ctx.workprec(precision):
                value = s.arb(ball(p))
                assert is_compatible(value, true), (p, precision)
                if abs(p) <= 12:
                    bound = flint.arb((1, 12 - precision)) * (1 + abs(value).upper())
                    assert value.rad() <= bound, (p, precision)


@pytest.mark.parametrize("name", ALL)
def test_balls_hold_the_values_of_a_whole_interval(name: str) -> None:
    """Also with a breakpoint inside, also when wide: then finite, and not much wider than the values."""
    s = activation(name)
    rng = np.random.default_rng(4)
    for middle in [*KINKS, Fraction(1, 3), Fraction(-7, 5), Fraction(40), Fraction(-40)]:
        for radius in (Fraction(1, 2**40), Fraction(1, 10), Fraction(3), Fraction(60)):
            with flint.ctx.workprec(100):
                value = s.arb(ball(middle, radius))
            assert value.is_finite()
            samples = [middle + radius * Fraction(k, 1000) for k in integers(rng, -1000, 1000, 6)]
            inside = [reference(name, p) for p in (*samples, middle - radius, middle + radius)]
            for true in inside:
                assert is_compatible(value, true)
            if radius < Fraction(1, 1000):  # 40 bounds the local Lipschitz constant relative to the values
                size = max(map(abs, inside)) + 1
                assert float(value.rad()) <= 40 * float(size) * float(radius) * float(1 + abs(middle))


def test_tails_keep_their_relative_accuracy_as_balls() -> None:
    for name in ("gelu", "gelu_tanh", "silu", "softplus", "mish", "sigmoid", "shifted_softplus", "gaussian"):
        with flint.ctx.workprec(80):
            value = activation(name).arb(flint.arb(-30))
            assert value.rel_accuracy_bits() > 60, name
    for name in ("elu", "selu", "celu", "expm1"):
        with flint.ctx.workprec(80):
            assert activation(name).arb(flint.arb((-1, -200))).rel_accuracy_bits() > 60, name


def test_monotone_activations_of_wide_balls_are_hulls() -> None:
    with flint.ctx.workprec(64):
        for name, low, high in (("tanh", -1, 1), ("sigmoid", 0, 1), ("erf", -1, 1), ("relu6", 0, 6), ("arctan", -2, 2)):
            value = activation(name).arb(flint.arb(0, 10**6))
            assert value.lower() > low - 0.001
            assert value.upper() < high + 0.001
        squared = activation("square").arb(flint.arb(1, 2))  # the values are [0, 9]
        assert squared.lower() > -0.001
        assert squared.upper() < 9.001


def test_an_indeterminate_ball_stays_one() -> None:
    for name in ALL:
        value = activation(name).arb(flint.arb("nan"))
        assert value.is_nan() or (name == "sinc" and value.contains(-1) and value.contains(1)), name


@pytest.mark.parametrize(
    ("formula", "function"),
    [
        ("1/(2 + exp(x))", lambda z: 1 / (2 + mpmath.exp(z))),
        ("1/(1 - exp(x))", lambda z: 1 / (1 - mpmath.exp(z))),
        ("log(3 + exp(x))", lambda z: mpmath.log(3 + mpmath.exp(z))),
        ("log(1 + x**2)", lambda z: mpmath.log1p(z * z)),
        ("exp(x) + 1", lambda z: mpmath.exp(z) + 1),
        ("exp(x) - 2", lambda z: mpmath.exp(z) - 2),
        ("3*exp(2*x) - 3", lambda z: 3 * mpmath.expm1(2 * z)),
        ("exp(x) + exp(2*x) - 1", lambda z: mpmath.exp(z) + mpmath.expm1(2 * z)),
        ("2 + 2*erf(x)", lambda z: 2 * mpmath.erfc(-z)),
        ("2 - 2*erf(x)", lambda z: 2 * mpmath.erfc(z)),
        ("tanh(x) - 1", lambda z: -2 / (mpmath.exp(2 * z) + 1)),
        ("1 + tanh(x) + sin(x)", lambda z: 2 / (mpmath.exp(-2 * z) + 1) + mpmath.sin(z)),
        ("x**(-2)", lambda z: 1 / z**2),
        ("(x**2 + 1)**Rational(-3, 2)", lambda z: (z * z + 1) ** rational(-3, 2)),
        ("(x**2 + 1)**Rational(5, 2)", lambda z: (z * z + 1) ** rational(5, 2)),
        ("Max(x, 1 - x, x/2)", lambda z: max(z, 1 - z, z / 2)),
        ("Abs(x - 1) - pi", lambda z: abs(z - 1) - mpmath.pi),
    ],
)
def test_enclosures_of_formulas_that_are_nearly_recognised(
    formula: str, function: Callable[[mpmath.mpf], mpmath.mpf]
) -> None:
    for p in (Fraction(-7, 3), Fraction(-1, 9), Fraction(2, 5), Fraction(5, 2)):
        with mpmath.workdps(120):
            true = function(mpmath.mpf(p.numerator) / p.denominator)
        with flint.ctx.workprec(90):
            assert is_compatible(enclosure(formula)(ball(p)), true)
            assert is_compatible(enclosure(formula)(ball(p, Fraction(1, 50))), true)
            assert enclosure(formula)(ball(p)).rel_accuracy_bits() > 70


def test_enclosures_of_other_functions_are_refused() -> None:
    for formula in ("gamma(x)", "x**x", "x**Rational(1, 3)", "Heaviside(x)"):
        with pytest.raises(NotAvailableError, match="enclosure"):
            enclosure(formula)


# ---------------------------------------------------------------------------------------------------------------------
# Looking activations up.


def test_every_name_has_all_three_kinds_of_tests() -> None:
    assert set(ALL) == set(PROOFS) == set(REFERENCE) == set(FLOAT64)
    assert len(set(ALL)) == len(ALL)


def test_piecewise_polynomials_are_continuous_and_in_order() -> None:
    exact = [activation(name).pieces for name in ALL if activation(name).piecewise_polynomial]
    assert len(exact) == 15
    for function in exact:
        assert list(function.breakpoints) == sorted(set(function.breakpoints))
        assert len(function.polynomials) == len(function.breakpoints) + 1
        for b, (left, right) in zip(function.breakpoints, pairwise(function.polynomials), strict=True):
            at_b = [sum((c * b**k for k, c in enumerate(piece)), Fraction(0)) for piece in (left, right)]
            assert at_b[0] == at_b[1]


def test_aliases_lead_to_entries() -> None:
    for alias, name in ALIASES.items():
        assert alias not in ALL
        assert activation(alias) == activation(name)
        assert activation(alias).name == name


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("ReLU", "relu"), ("gellu", "gelu"), ("hard-swish", "hardswish"), ("Swish", "silu"), ("soft_plus", "softplus")],
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(ModelError) as caught:
        activation(name)
    assert repr(name) in str(caught.value)
    assert nearest in str(caught.value).split("did you mean ")[1]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "qqqqqq", "relu(x)", 3, None, ["relu"]])
def test_what_is_no_name_at_all(name: object) -> None:
    with pytest.raises(ModelError, match="activation"):
        activation(name)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [Fraction(1, 100), "1/100", "0.01", "1e-2", " 2/200 "])
def test_parameters_are_rationals_in_any_writing(value: object) -> None:
    s = activation("leaky_relu", slope=value)  # type: ignore[arg-type]
    assert s == activation("leaky_relu")
    assert hash(s) == hash(activation("leaky_relu"))
    assert dict(s.parameters) == {"slope": Fraction(1, 100)}
    assert str(s) == "leaky_relu(slope=1/100)"
    assert activation("leaky_relu", slope=np.int64(3)) == activation("leaky_relu", slope=3)
    assert activation("leaky_relu", slope=3) != s != activation("prelu", slope="1/100")


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("leaky_relu", {"slope": 0.01}, 'slope="0.01"'),
        ("leaky_relu", {"slope": float("nan")}, "float"),
        ("leaky_relu", {"slope": np.float64(0.5)}, "float"),
        ("leaky_relu", {"slope": True}, "rational"),
        ("leaky_relu", {"slope": None}, "rational"),
        ("leaky_relu", {"slope": "1/0"}, "zero"),
        ("leaky_relu", {"slope": "small"}, "number"),
        ("leaky_relu", {"slope": Fraction(1, 10**1000)}, "digits"),
        ("prelu", {"slope": 10**5000}, "digits"),
        ("prelu", {"alpha": 1}, "slope"),
        ("relu", {"slope": 1}, "relu has no parameter 'slope'"),
    ],
)
def test_bad_parameters(name: str, parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        activation(name, **parameters)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_a_parameter_beyond_float64() -> None:
    s = activation("prelu", slope=10**400)
    assert s.exact(-1) == -(10**400)
    with pytest.raises(NotAvailableError, match="float64"):
        s.evaluate(np.ones(2))


@pytest.mark.parametrize(
    ("even", "odd", "flag"),
    [
        ("Separating", (), False),
        ([1], (), False),
        ((1.0,), (), False),
        ((True,), (), False),
        ((2, 1), (), False),
        ((), (1, 1), False),
        ((), (-1,), False),
        (None, (), False),
        ((1,), (), True),
        ((0, 2), (), False),
        (SEPARATING, (), 1),
    ],
)
def test_profiles_that_are_none(even: object, odd: object, flag: object) -> None:
    with pytest.raises(ModelError):
        Profile(even, odd, flag)  # type: ignore[arg-type]


def test_polynomial_profiles() -> None:
    assert [name for name in ALL if activation(name).profile.is_polynomial] == ["square", "cube", "identity"]
    assert activation("prelu", slope=1).profile.is_polynomial
    assert not Profile((1, 2), (), False).is_polynomial
    assert not Profile((), (2,), False).is_polynomial
    assert Profile((), (), False).is_polynomial


def test_profiles_as_json() -> None:
    assert activation("gelu").profile.to_json() == {"even": "separating", "odd": [1], "nonzero_at_zero": False}
    assert activation("abs").profile.to_json() == {"even": [1], "odd": [], "nonzero_at_zero": False}


def test_groups_are_the_rows_of_the_theory_table() -> None:
    found = [{s.name for s in members} for members in groups().values()]
    assert found == [
        {"relu", "leaky_relu", "prelu"},
        {"abs"},
        {"relu2"},
        {"relu3"},
        {"square"},
        {"cube"},
        {"identity"},
        {"gelu", "gelu_tanh", "silu", "hardswish", "snake"},
        {"softplus", "logsigmoid", "squareplus"},
        {"sigmoid", "hardsigmoid"},
        {"tanh", "erf", "sin", "arctan", "asinh", "softsign", "hardtanh", "softshrink", "tanhshrink"},
        {"cos", "gaussian", "sinc"},
        {"mish", "elu", "selu", "celu", "relu6", "expm1"},
        {"exp", "sin_cos", "shifted_relu", "shifted_softplus", "shifted_sigmoid", "shifted_gaussian"},
    ]


def test_profiles_that_differ_in_what_they_cannot_do_are_described_differently() -> None:
    parts: list[tuple[int, ...] | str] = [(), (0,), (1,), (2,), (3,), (4,), (0, 1), (1, 2), SEPARATING]
    sentences = [
        Profile(even, odd, flag).can_never_fit
        for even, odd in product(parts, parts)
        for flag in ([False, True] if even == SEPARATING else [0 in even])
    ]
    polynomial = {Profile(k, (), 0 in k).can_never_fit for k in ((0,), (2,), (4,))}
    assert len(set(sentences)) == len(sentences)
    assert len(polynomial) == 3
    assert sum(sentence.startswith("nothing") for sentence in sentences) == 1
    for sentence in sentences:
        assert "\n" not in sentence
        assert ("a nonzero label at x = 0" in sentence) <= ("constant" not in sentence)


def test_activations_can_be_pickled() -> None:
    for name in ALL:
        copy = pickle.loads(pickle.dumps(activation(name)))  # noqa: S301 (our own bytes)
        assert copy == activation(name)
        assert copy.profile == activation(name).profile


def test_looking_up_loads_no_numerical_library() -> None:
    program = (
        "import sys; from fractions import Fraction; import verify.activations as a; a.groups(); str(a.names());"
        "a.activation('hardswish').exact(Fraction(1, 3));"
        "print([m for m in ('numpy', 'scipy', 'sympy', 'mpmath', 'flint') if m in sys.modules])"
    )
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
