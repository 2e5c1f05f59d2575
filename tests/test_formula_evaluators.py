"""The values of formulas in four arithmetics against each other, against mpmath written here, and against PyTorch."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import mpmath
import numpy as np
import pytest

from verify.activations import activation, names
from verify.activations.formula import FormulaValues, derive_profile, parse_formula, to_sympy
from verify.activations.formula.derivative import derivative
from verify.errors import NotAvailableError

POINTS = np.concatenate(
    [
        np.linspace(-9, 9, 73),
        [-1e4, -1234.5, -745.2, -709.9, -100.0, -37.5, -1e-3, -1e-8, -1e-200, 1e-200, 1e-8, 1e-3],
        [37.5, 100.0, 709.9, 745.2, 1234.5, 1e4],
    ]
)


def softplus(z: Any) -> Any:
    return mpmath.log1p(mpmath.exp(z))


def sigmoid(z: Any) -> Any:
    return 1 / (1 + mpmath.exp(-z))


def phi(z: Any) -> Any:
    return mpmath.ncdf(z)


REFERENCES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "x*tanh(log(1 + exp(x)))": (
        lambda z: z * mpmath.tanh(softplus(z)),
        lambda z: mpmath.tanh(softplus(z)) + z * sigmoid(z) * mpmath.sech(softplus(z)) ** 2,
    ),
    "x*(1 + erf(x/sqrt(2)))/2": (lambda z: z * phi(z), lambda z: phi(z) + z * mpmath.npdf(z)),
    "x*sigmoid(x)": (
        lambda z: z * sigmoid(z),
        lambda z: sigmoid(z) + z * sigmoid(z) * sigmoid(-z),
    ),
    "x/(1 + exp(-x))": (
        lambda z: z * sigmoid(z),
        lambda z: sigmoid(z) + z * sigmoid(z) * sigmoid(-z),
    ),
    "log(1 + exp(x))": (softplus, sigmoid),
    "softplus(x)": (softplus, sigmoid),
    "exp(x)/(1 + exp(x))": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "(exp(x) - exp(-x))/(exp(x) + exp(-x))": (mpmath.tanh, lambda z: mpmath.sech(z) ** 2),
    "tanh(x)": (mpmath.tanh, lambda z: mpmath.sech(z) ** 2),
    "x - tanh(x)": (lambda z: z - mpmath.tanh(z), lambda z: mpmath.tanh(z) ** 2),
    "log(cosh(x))": (lambda z: mpmath.log(mpmath.cosh(z)), mpmath.tanh),
    "max(x, 0) + a*min(x, 0); a=1/3": (
        lambda z: z if z > 0 else z / 3,
        lambda z: mpmath.mpf(1) if z > 0 else mpmath.mpf(1) / 3,
    ),
    "where(x > 0, x, exp(x) - 1)": (
        lambda z: z if z > 0 else mpmath.expm1(z),
        lambda z: mpmath.mpf(1) if z > 0 else mpmath.exp(z),
    ),
    "sin(x)/x": (mpmath.sinc, lambda z: (mpmath.cos(z) - mpmath.sinc(z)) / z if z else mpmath.mpf(0)),
    "sinc(x)": (mpmath.sinc, lambda z: (mpmath.cos(z) - mpmath.sinc(z)) / z if z else mpmath.mpf(0)),
    "log(x + sqrt(x**2 + 1))": (mpmath.asinh, lambda z: 1 / mpmath.sqrt(1 + z**2)),
    "exp(-x**2/2)": (lambda z: mpmath.exp(-(z**2) / 2), lambda z: -z * mpmath.exp(-(z**2) / 2)),
    "x + sin(x)**2": (lambda z: z + mpmath.sin(z) ** 2, lambda z: 1 + mpmath.sin(2 * z)),
    "x/(1 + abs(x))": (lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2),
    "atan(x) + erf(x)": (
        lambda z: mpmath.atan(z) + mpmath.erf(z),
        lambda z: 1 / (1 + z**2) + 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-(z**2)),
    ),
    "(1 + tanh(x))/2": (lambda z: sigmoid(2 * z), lambda z: 2 * sigmoid(2 * z) * sigmoid(-2 * z)),
    "(1 - erf(x))/2": (lambda z: mpmath.erfc(z) / 2, lambda z: -mpmath.exp(-(z**2)) / mpmath.sqrt(mpmath.pi)),
    "tan(tanh(x)) + cosh(x/1000)": (
        lambda z: mpmath.tan(mpmath.tanh(z)) + mpmath.cosh(z / 1000),
        lambda z: mpmath.sec(mpmath.tanh(z)) ** 2 * mpmath.sech(z) ** 2 + mpmath.sinh(z / 1000) / 1000,
    ),
    "(1 + x**2)**(1/3)": (lambda z: mpmath.cbrt(1 + z**2), lambda z: 2 * z / 3 * (1 + z**2) ** (mpmath.mpf(-2) / 3)),
    "clip(x, -1, 2)**3": (
        lambda z: min(max(z, mpmath.mpf(-1)), mpmath.mpf(2)) ** 3,
        lambda z: 3 * z**2 if -1 < z < 2 else mpmath.mpf(0),
    ),
}


def reference(formula: str, order: int, z: float) -> mpmath.mpf:
    with mpmath.workdps(700 if abs(z) < 1e-100 else 60):
        return +REFERENCES[formula][order](mpmath.mpf(z))


def values(formula: str, order: int) -> FormulaValues:
    found = FormulaValues(parse_formula(formula).tree)
    return found.derivative if order else found


def points(formula: str, order: int) -> list[float]:
    kinks = {"clip(x, -1, 2)**3": (-1.0, 2.0), "max(x, 0) + a*min(x, 0); a=1/3": (0.0,)}.get(formula, ())
    return [float(z) for z in POINTS if not (order and float(z) in kinks)]


CASES = [(formula, order) for formula in REFERENCES for order in (0, 1)]


@pytest.mark.parametrize(("formula", "order"), CASES)
def test_float64(formula: str, order: int) -> None:
    z = points(formula, order)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = values(formula, order).float64(np.array(z))
    for at, value in zip(z, found, strict=True):
        expected = reference(formula, order, at)
        if abs(expected) > 1e308:
            assert value == math.copysign(math.inf, expected)
        elif abs(expected) < 1e-290:
            assert abs(value) < 1e-280
        else:
            assert abs(mpmath.mpf(float(value)) - expected) <= 1e-11 * abs(expected), (at, value, expected)


@pytest.mark.parametrize(("formula", "order"), CASES)
def test_mpmath_and_balls(formula: str, order: int) -> None:
    before = mpmath.mp.dps, flint.ctx.prec
    found = values(formula, order)
    for at in points(formula, order)[::9]:
        expected = reference(formula, order, at)
        value = found.mpmath(Fraction(at), digits=30)
        with mpmath.workdps(60):
            assert abs(mpmath.mpf(value) - expected) <= mpmath.mpf(10) ** -28 * abs(expected) + mpmath.mpf(10) ** -500
        ball = found.ball(flint.arb(flint.fmpq(*Fraction(at).as_integer_ratio())))
        middle, radius = (
            mpmath.mpf(str(ball.mid().str(40, radius=False))),
            mpmath.mpf(str(ball.rad().str(10, radius=False))),
        )
        assert not ball.is_finite() or abs(middle - expected) <= radius * 1.01 + abs(expected) * mpmath.mpf(10) ** -14
    assert (mpmath.mp.dps, flint.ctx.prec) == before


@pytest.mark.parametrize("formula", [formula for formula in REFERENCES if formula != "sin(x)/x"])
def test_balls_hold_the_values_of_a_whole_interval(formula: str) -> None:
    found = values(formula, 0)
    for center in (-3.0, -1.0, 0.0, 0.5, 2.0, 40.0):
        wide = flint.arb(center, 0.25)
        enclosure = found.ball(wide)
        for offset in (-0.25, -0.1, 0.0, 0.2, 0.25):
            inside = found.ball(flint.arb(center + offset))
            assert enclosure.overlaps(inside) or not inside.is_finite()
            assert not inside.is_finite() or not enclosure.is_finite() or enclosure.lower() <= inside.upper()
    assert found.ball(flint.arb(1, 1e-6)).rad() < 1e-4


EXACT = {
    "max(x, 0)": lambda z: max(z, Fraction(0)),
    "x*clip(x + 3, 0, 6)/6": lambda z: z * min(max(z + 3, Fraction(0)), Fraction(6)) / 6,
    "where(abs(x) < 1, x**2/2, abs(x) - 0.5)": lambda z: z * z / 2 if abs(z) < 1 else abs(z) - Fraction(1, 2),
    "x/(1 + abs(x))": lambda z: z / (1 + abs(z)),
    "sign(x)*x**3 - a*x; a = 2/7": lambda z: abs(z) ** 3 - Fraction(2, 7) * z,
    "(1 + x**2)**-2": lambda z: 1 / (1 + z * z) ** 2,
}


@pytest.mark.parametrize("formula", EXACT)
def test_exact_values(formula: str) -> None:
    found = FormulaValues(parse_formula(formula).tree)
    for k in range(-40, 41):
        z = Fraction(k, 7)
        assert found.exact(z) == EXACT[formula](z)
        assert float(found.exact(z)) == pytest.approx(float(found.float64(np.array(float(z)))), rel=1e-12)


def test_exact_derivatives() -> None:
    found = FormulaValues(parse_formula("x*max(x, 0) + abs(x - 1)").tree).derivative
    assert [found.exact(Fraction(k, 2)) for k in (-2, 0, 1, 2, 4)] == [-1, -1, 0, 2, 5]


def test_what_has_no_exact_values() -> None:
    for formula in ("exp(x)", "sqrt(x**2)", "pi*x", "abs(x)**(1/2)"):
        with pytest.raises(NotAvailableError, match="no exact rational values"):
            FormulaValues(parse_formula(formula).tree).exact(1)
    with pytest.raises(NotAvailableError, match="divides by 0"):
        FormulaValues(parse_formula("x/x").tree).exact(0)


@pytest.mark.parametrize(
    ("formula", "breakpoints", "polynomials"),
    [
        ("max(x, 0)", (0,), ((), (0, 1))),
        ("x**2 - x", (), ((0, -1, 1),)),
        ("clip(x, -1, 1/2)", (-1, Fraction(1, 2)), ((-1,), (0, 1), (Fraction(1, 2),))),
        ("max(x - 1, 0) + min(x + 1, 0)", (-1, 1), ((1, 1), (), (-1, 1))),
        ("abs(x) + x", (0,), ((), (0, 2))),
        ("(x**2 - 1)*max(x, 1)/(x + 1) + max(x, 0)*0", (), None),
        ("sign(x)", (), None),
        ("where(x > 1, 2, x)", (), None),
        ("1/(1 + x**2)", (), None),
        ("exp(x)", (), None),
        ("max(x**2 - 2, 0)", (), None),
    ],
)
def test_piecewise_polynomials(formula: str, breakpoints: tuple[Any, ...], polynomials: Any) -> None:
    found = FormulaValues(parse_formula(formula).tree).piecewise_polynomial()
    if polynomials is None:
        assert found is None or formula.startswith("(x**2")
    else:
        assert found is not None
        assert found.breakpoints == breakpoints
        assert found.polynomials == polynomials


@pytest.mark.parametrize("name", names())
def test_named_activations_have_the_values_of_their_formulas(name: str) -> None:
    entry = activation(name)
    found = FormulaValues(parse_formula(entry.formula).tree)
    z = POINTS[np.abs(POINTS) < 700]
    assert found.float64(z) == pytest.approx(entry.evaluate(z), rel=2e-10, abs=1e-300)
    if entry.pieces is not None:
        assert found.piecewise_polynomial() == entry.pieces


def test_shapes_and_what_is_not_finite() -> None:
    found = FormulaValues(parse_formula("exp(x) - exp(x)*(1 - x)").tree)
    assert found.float64(np.zeros((2, 0, 3))).shape == (2, 0, 3)
    assert found.float64(np.array(1.0)).shape == ()
    assert found.float64(np.array([[1.0, 2.0]])).shape == (1, 2)
    assert np.isnan(found.float64(np.array([np.nan, np.inf]))).all()
    assert found.float64(np.array([800.0, -1e4])).tolist() == [np.inf, -0.0]


def test_values_at_removed_singularities() -> None:
    found = FormulaValues(parse_formula("(exp(x) - 1)/x").tree)
    assert found.float64(np.array([0.0])).tolist() == [1.0]
    assert found.derivative.float64(np.array([0.0])).tolist() == [0.5]
    assert found.mpmath(0, digits=40) == 1
    assert found.ball(flint.arb(0)).contains(flint.arb(1))
    with pytest.raises(NotAvailableError, match="x = 0"):
        FormulaValues(parse_formula("sqrt(abs(x))").tree).derivative.float64(np.array([0.0]))


@pytest.mark.parametrize(
    "formula", [*REFERENCES, "min(x, 2) + sign(x)*x", "tan(x/9)", "asinh(x)*sinh(x/10)", "sinc(x)**2"]
)
def test_derivatives_agree_with_difference_quotients(formula: str) -> None:
    found = FormulaValues(parse_formula(formula).tree)
    for z in (Fraction(-7, 3), Fraction(-1, 5), Fraction(3, 7), Fraction(11, 6)):
        h = Fraction(1, 10**12)
        quotient = (found.mpmath(z + h, digits=60) - found.mpmath(z - h, digits=60)) / (2 * mpmath.mpf(10) ** -12)
        assert abs(quotient - found.derivative.mpmath(z, digits=40)) < 1e-10


def test_derivatives_at_kinks_are_those_of_deep_learning_libraries() -> None:
    assert FormulaValues(derivative(parse_formula("max(x, 0)").tree)).exact(0) == 0
    assert FormulaValues(derivative(parse_formula("abs(x)").tree)).exact(0) == 0
    assert FormulaValues(derivative(parse_formula("sign(x)").tree)).exact(0) == 0


def test_sympy_expressions() -> None:
    import sympy

    x = sympy.Symbol("x", real=True)
    for formula, expected in [
        ("x*sigmoid(x)", x / (1 + sympy.exp(-x))),
        ("softplus(x) + pi", sympy.log(1 + sympy.exp(x)) + sympy.pi),
        ("max(x, 0)**2/3", sympy.Max(x, 0) ** 2 / 3),
        ("abs(x)**(3/2)", sympy.Abs(x) ** sympy.Rational(3, 2)),
        ("min(x, 1) - sinc(x)", sympy.Min(x, 1) - sympy.sinc(x)),
        ("where(x >= 1, x, sign(x))", sympy.Piecewise((x, x - 1 >= 0), (sympy.sign(x), True))),
    ]:
        assert to_sympy(parse_formula(formula).tree) == expected


def test_sympy_expressions_have_the_same_values() -> None:
    import sympy

    for formula in REFERENCES:
        expression = to_sympy(parse_formula(formula).tree)
        (symbol,) = expression.free_symbols
        value = expression.subs(symbol, sympy.Rational(5, 4)).evalf(30)
        with mpmath.workdps(40):
            assert abs(mpmath.mpf(str(value)) - reference(formula, 0, 1.25)) < 1e-25


TORCH = {
    "max(x, 0)": "relu",
    "min(max(x, 0), 6)": "relu6",
    "x*(1 + erf(x/sqrt(2)))/2": "gelu",
    "x*sigmoid(x)": "silu",
    "x*tanh(softplus(x))": "mish",
    "softplus(x)": "softplus",
    "log(sigmoid(x))": "logsigmoid",
    "where(x > 0, x, exp(x) - 1)": "elu",
    "max(x, 0) + min(x, 0)/100": "leaky_relu",
    "x*clip(x + 3, 0, 6)/6": "hardswish",
    "clip(x + 3, 0, 6)/6": "hardsigmoid",
    "clip(x, -1, 1)": "hardtanh",
    "max(x - 1/2, 0) + min(x + 1/2, 0)": "softshrink",
    "x - tanh(x)": "tanhshrink",
    "x/(1 + abs(x))": "softsign",
    "where(abs(x) > 1/2, x, 0)": "hardshrink",
    "tanh(x)": "tanh",
    "sigmoid(x)": "sigmoid",
}


@pytest.mark.parametrize("formula", TORCH)
def test_pytorch_has_the_same_values_and_derivatives(formula: str) -> None:
    torch = pytest.importorskip("torch")
    function = getattr(torch.nn.functional, TORCH[formula], None) or getattr(torch, TORCH[formula])
    z = POINTS[np.abs(POINTS) < 30]
    tensor = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    result = function(tensor)
    result.sum().backward()
    found = FormulaValues(parse_formula(formula).tree)
    # PyTorch cancels in tanhshrink, switches to a line in softplus above 20, and has 1/6 in float32 in hardsigmoid'
    assert found.float64(z) == pytest.approx(result.detach().numpy(), rel=1e-8, abs=1e-15)
    kink = np.isin(np.abs(z), [0.0, 0.5, 1.0, 3.0, 6.0])
    assert found.derivative.float64(z[~kink]) == pytest.approx(tensor.grad.numpy()[~kink], rel=1e-7, abs=3e-9)


def test_formulas_of_derivations_have_values() -> None:
    derivation = derive_profile("x*sigmoid(b*x)", b="1.702")
    found = FormulaValues(parse_formula(derivation.text).tree)
    assert float(found.float64(np.array(1.0))) == pytest.approx(1 / (1 + math.exp(-1.702)), rel=1e-14)
