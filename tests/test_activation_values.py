"""The values of the activations of the table: float64, exact and balls against formulas written for mpmath."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import flint
import mpmath
import numpy as np
import pytest
import sympy

from verify.activations import activation, names
from verify.activations.evaluate import enclosure
from verify.activations.floating import FLOAT64
from verify.errors import NotAvailableError

X = sympy.Symbol("x", real=True)
ALL = names()


def mp_sigmoid(z: mpmath.mpf) -> mpmath.mpf:
    return 1 / (1 + mpmath.exp(-z))


def mp_softplus(z: mpmath.mpf) -> mpmath.mpf:
    return mpmath.log1p(mpmath.exp(z)) if z < 0 else z + mpmath.log1p(mpmath.exp(-z))


def mp_elu(z: mpmath.mpf) -> mpmath.mpf:
    return z if z > 0 else mpmath.expm1(z)


def clip(z: mpmath.mpf, low: int, high: int) -> mpmath.mpf:
    return mpmath.mpf(low if z < low else high if z > high else z)


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
    "sparse_plus": lambda z: z if z > 1 else clip(z + 1, 0, 2) ** 2 / 4,
    "sigmoid": mp_sigmoid,
    "hardsigmoid": lambda z: clip((z + 3) / 6, 0, 1),
    "sparse_sigmoid": lambda z: clip(z + 1, 0, 2) / 2,
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


def test_every_name_has_a_reference() -> None:
    assert set(ALL) == set(REFERENCE) == set(FLOAT64)
