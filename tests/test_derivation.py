"""Profiles derived from formulas against profiles written by hand, each with its reason from the mathematics."""

from __future__ import annotations

import json
import random
import time
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from verify.activations import Profile, activation, names
from verify.activations.formula import cached_profile, derive_profile, numeric_check
from verify.activations.formula.derivation import VERSION, Derivation
from verify.errors import ModelError, NotAvailableError

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
    # In the almost-everywhere sense.
    Case("sign(x)", (), (0,), False, "sgn: a constant on x > 0", almost_everywhere=True),
    Case("(1 + sign(x))/2", (0,), (0,), True, "a step with 1/2 at 0", almost_everywhere=True),
    Case("where(abs(x) > 1/2, x, 0)", (), SEP, False, "hardshrink jumps at 1/2", almost_everywhere=True),
    Case("where(x > 1/10, x, 20)", SEP, SEP, True, "threshold jumps at 1/10", almost_everywhere=True),
    Case("where(x == 1, 5, x)", (), (1,), False, "x but at one point", almost_everywhere=True),
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
    Case("where(x > 0, 1, 0)", UNKNOWN, (0,), False, "s(0) is not the limit of the even part", almost_everywhere=True),
]  # fmt: skip
"""Outside the theorem: separating or a polynomial would be wrong."""

ALL = [*CASES, *OUTSIDE]


derived = cache(derive_profile)


@pytest.mark.parametrize("case", ALL, ids=[case.formula for case in ALL])
def test_profiles_are_right_or_unknown(case: Case) -> None:
    before = time.perf_counter()
    derivation = derived(case.formula)
    assert time.perf_counter() - before < 10
    for name, found, expected in (("even", derivation.even, case.even), ("odd", derivation.odd, case.odd)):
        assert found is None or found == expected, name
        if expected is None:
            assert found is None, name
    assert derivation.nonzero_at_zero is None or derivation.nonzero_at_zero is case.nonzero
    assert derivation.almost_everywhere or not case.almost_everywhere


def test_all_of_them_are_decided() -> None:
    assert len({case.formula for case in CASES}) == len(CASES) >= 60
    undecided = []
    for case in ALL:
        derivation = derived(case.formula)
        known = (derivation.even, derivation.odd, derivation.nonzero_at_zero, derivation.almost_everywhere)
        if known != (case.even, case.odd, case.nonzero, case.almost_everywhere):
            undecided.append(case.formula)
    assert undecided == []


@pytest.mark.parametrize("name", names())
def test_every_named_activation_is_derived(name: str) -> None:
    entry = activation(name)
    derivation = derive_profile(entry.formula)
    assert derivation.profile == entry.profile
    assert not derivation.almost_everywhere


@pytest.mark.parametrize("slope", ["-1", "0", "1", "-1/3", "2", "1/1000000"])
def test_leaky_slopes(slope: str) -> None:
    entry = activation("leaky_relu", slope=slope)
    assert derive_profile("max(x, 0) + slope*min(x, 0)", slope=slope).profile == entry.profile
    assert derive_profile(entry.formula).profile == entry.profile


@pytest.mark.parametrize(
    ("formula", "place"),
    [
        ("1/x", "x = 0"),
        ("x/(x**2)", "x = 0"),
        ("cos(x)/x", "x = 0"),
        ("1/sin(x)", "x = "),
        ("1/(x - 1)", "x = 1"),
        ("1/(x + 3/2)", "x = -3/2"),
        ("1/(x**2 - 4)", "x = 2"),
        ("1/(x**2 - 2)", "1.41421"),
        ("1/(x**3 + 2)", "-the root 1.25992"),
        ("1/(exp(x) - 1)", "x = 0"),
        ("(x - 1)**-2", "x = 1"),
        ("tan(x)", "between x = 3/2 and 13/8"),
        ("log(x)", "x = -1"),
        ("log(abs(x))", "x = 0"),
        ("log(x - 3)", "x = 1"),
        ("log(-1 - x**2)", "x = 1"),
        ("log(sin(x))", "x = "),
        ("sqrt(x)", "x = -1"),
        ("sqrt(1 - x**2)", "x = 2"),
        ("sqrt(sin(x))", "x = "),
        ("x**(1/3)", "x = -1"),
        ("x**x", "x = -1"),
        ("x**pi", "x = -1"),
        ("0*log(x)", "x = -1"),
        ("log(x)**0", "x = -1"),
        ("where(x > 0, 1/x, 0)", "x = 0"),
        ("where(x > 0, log(x), 0)", "x = 0"),
        ("where(x > 0, 0, 1/(x + 5))", "x = -5"),
        ("abs(x)/x", "x = 0"),
        ("abs(x - 1)/(x - 1)", "x = 1"),
        ("1/(x - x)", "x = "),
        ("1/(sin(x)**2 + cos(x)**2 - 1)", "x = "),
        ("tanh(1/x)", "x = 0"),
    ],
)
def test_formulas_without_a_value_are_refused_with_the_place(formula: str, place: str) -> None:
    with pytest.raises(ModelError, match="formula: ") as caught:
        derive_profile(formula)
    message = str(caught.value)
    assert place in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "formula",
    [
        "where(x > 0, log(x + 1), x)",
        "where(x > 1, 1/x, x)",
        "where(abs(x) > 1, 1/x, x)",
        "sqrt(x**2 + 1)",
        "log(2 - tanh(x))",
        "1/(x**2 - x + 1)",
        "tan(tanh(x))",
        "max(x, 1)**(1/3)",
        "where(x > 2, sqrt(x - 1), 1)",
    ],
)
def test_branches_that_are_not_taken_are_not_asked_for_values(formula: str) -> None:
    derivation = derive_profile(formula)
    assert SEP in (derivation.even, derivation.odd)


@pytest.mark.parametrize("formula", ["abs(sin(x))", "max(sin(x), 0)", "abs(cos(x) - 1/2)", "where(sin(x) > 0, x, 0)"])
def test_infinitely_many_breakpoints_are_outside_the_theorem(formula: str) -> None:
    derivation = derive_profile(formula)
    assert (derivation.even, derivation.odd, derivation.profile) == (None, None, None)
    assert "sin" in derivation.unknown_reason or "cos" in derivation.unknown_reason


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "formula",
    [
        "(1 + x + exp(x) + sin(x) + erf(x) + atan(x))**40",
        "1/(" + "+".join(f"exp(x/{k})" for k in range(2, 20)) + ")",
        "sqrt(1 + sqrt(1 + sqrt(1 + sqrt(1 + sqrt(1 + x**2)))))",
        "max(" + ",".join(f"{k}*x - {k**2}" for k in range(1, 12)) + ")",
        pytest.param("asinh(x + asinh(x + asinh(x + asinh(x**2 + x))))", marks=SLOW),
        pytest.param("+".join(f"sin({k}*x/7) + exp(-x/{k})" for k in range(1, 20)), marks=SLOW),
        pytest.param("log(1 + log(1 + log(1 + log(1 + log(1 + exp(x) + asinh(x)**2)))))", marks=SLOW),
    ],
)
def test_formulas_that_grow_in_the_normal_form_are_given_up(formula: str) -> None:
    before = time.perf_counter()
    derive_profile(formula)
    assert time.perf_counter() - before < 20


CHECKED = [
    "max(x, 0) + x**2/3",
    "x*sigmoid(x) - x/2",
    "abs(x)",
    "x*tanh(log(1 + exp(x)))",
    "(1 + sign(x))/2",
    "x**2 + tanh(x)",
]


@pytest.mark.parametrize("formula", CHECKED)
def test_random_networks_agree(formula: str) -> None:
    check = numeric_check(derive_profile(formula), rng=1)
    assert check.agrees is True
    assert check.predicted == check.observed


@pytest.mark.parametrize(
    ("formula", "even", "odd", "nonzero"),
    [
        ("max(x, 0)", SEP, (1,), False),
        ("max(x, 0)", (1,), SEP, False),
        ("x*sigmoid(x)", (1,), (1,), False),
        ("x*sigmoid(x)", SEP, SEP, False),
        ("sqrt(abs(x))", SEP, (), False),
        ("abs(x)**(3/2)", SEP, (), False),
        ("tanh(x)", (), (1,), False),
        ("cos(x)", SEP, (), False),
        ("x**2", (2,), (1,), False),
        ("x**2 + x", (), (1,), False),
        ("exp(x)", SEP, SEP, False),
    ],
)
def test_random_networks_find_wrong_profiles(formula: str, even: object, odd: object, nonzero: bool) -> None:
    """Otherwise the second route could not fail."""
    true = derive_profile(formula)
    wrong = Derivation(true.formula, true.parameters, even, odd, nonzero, False, (), "")  # type: ignore[arg-type]
    assert numeric_check(wrong, rng=1).agrees is False


FUNCTIONS = (
    "abs",
    "tanh",
    "exp",
    "sin",
    "cos",
    "sigmoid",
    "softplus",
    "relu",
    "atan",
    "asinh",
    "erf",
    "sqrt",
    "log",
    "sign",
)


def random_formula(rng: random.Random, depth: int) -> str:
    kind = rng.random() if depth else 0
    if kind < 0.2:
        return rng.choice(["x", "x", "x", "1", "2", "1/2"])
    if kind < 0.6:
        left, right = random_formula(rng, depth - 1), random_formula(rng, depth - 1)
        return rng.choice(["({} + {})", "({} - {})", "({} * {})", "({} / {})", "max({}, {})", "min({}, {})"]).format(
            left, right
        )
    if kind < 0.65:
        return f"({random_formula(rng, depth - 1)})**{rng.choice([2, 3])}"
    return f"{rng.choice(FUNCTIONS)}({random_formula(rng, depth - 1)})"


def random_networks_do_not_contradict(seed: int, count: int) -> int:
    rng, known = random.Random(seed), 0  # noqa: S311 - formulas, not secrets
    for _ in range(count):
        formula = random_formula(rng, 3)
        try:
            derivation = derive_profile(formula)
        except ModelError:
            continue
        assert "broke off" not in derivation.unknown_reason, formula
        if derivation.profile is not None:
            check = numeric_check(derivation)
            assert check.agrees is not False, (formula, check)
            known += check.agrees is True
    return known


def test_random_formulas() -> None:
    """The derivation of formulas that nobody chose, against ranks of random networks."""
    assert random_networks_do_not_contradict(0, 40) > 15


@SLOW
@pytest.mark.parametrize("seed", range(1, 9))
def test_more_random_formulas(seed: int) -> None:
    assert random_networks_do_not_contradict(seed, 300) > 120


def test_an_unknown_profile_cannot_be_checked() -> None:
    with pytest.raises(NotAvailableError, match="not shown to be analytic"):
        numeric_check(derive_profile("sqrt(abs(x))"))


def test_json() -> None:
    derivation = derive_profile("max(x, 0) + a*exp(-abs(x)); a = 1/2")
    data = json.loads(json.dumps(derivation.to_json()))
    assert data["formula"] == "max(x, 0) + a*exp(-abs(x)); a=1/2"
    assert (data["even"], data["odd"], data["nonzero_at_zero"], data["almost_everywhere"]) == (SEP, [1], True, False)
    assert data["unknown"] is None
    assert Derivation.from_json(data) == derivation
    unknown = derive_profile("sqrt(abs(x))").to_json()
    assert (unknown["even"], unknown["odd"]) == ("unknown", [])
    assert "analytic at x = 0" in unknown["unknown"]


def test_steps_have_their_values() -> None:
    steps = {step["step"]: step for step in derive_profile("where(abs(x) < 1, x**2/2, abs(x) - 1/2)").steps}
    jump = steps["jump"]
    assert (jump["part"], jump["at"], jump["order"], jump["before"], jump["after"]) == ("even", "1", 2, "1", "0")
    assert steps["polynomial"]["part"] == "odd"
    assert steps["polynomial"]["degrees"] == []
    derived = [step for step in derive_profile("x**3/(1 + x**2)").steps if step["step"] in ("growth", "derivative")]
    assert [(step.get("degree"), step.get("order")) for step in derived] == [(1, None), (None, 2)]
    # x^3/(1 + x^2) = x - x/(1 + x^2), whose second derivative at 1 is (6x - 2x^3)/(1 + x^2)^3 = 1/2
    assert derived[1]["at"] == "1"
    assert abs(float(derived[1]["value"].strip("[]").split()[0]) - 0.5) < 1e-15
    polynomial = [step for step in derive_profile("pi*x**2 + x/3").steps if step["step"] == "polynomial"]
    assert polynomial[0]["coefficients"] == {"2": "pi"}
    assert polynomial[1]["coefficients"] == {"1": "1/3"}


def test_an_unknown_part_leaves_the_other_one() -> None:
    derivation = derive_profile("sqrt(abs(x)) + max(x, 0)")
    assert (derivation.even, derivation.odd, derivation.profile) == (None, (1,), None)
    assert derivation.unknown_reason.startswith("even part: it is not shown to be analytic")


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FULLRANK_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_cache(directory: Path) -> None:
    first = cached_profile("x*sigmoid(b*x)", b="1.702")
    (file,) = directory.rglob("*.json")
    assert cached_profile("x*sigmoid(b*x); b = 1.702") == first == derive_profile("x*sigmoid(b*x)", b="1.702")
    assert list(directory.rglob("*")) == [directory / "activations", file]
    cached_profile("x*sigmoid(b*x)", b="1.7")
    assert len(list(directory.rglob("*.json"))) == 2
    data = json.loads(file.read_text())
    data["derivation"]["even"] = [2]  # a file that is well formed is what is read, so the file was used
    data["derivation"]["nonzero_at_zero"] = False
    file.write_text(json.dumps(data))
    assert cached_profile("x*sigmoid(b*x)", b="1.702").even == (2,)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: "",
        lambda data: "{",
        lambda data: "[]",
        lambda data: "null",
        lambda data: "[" * 100_000,
        lambda data: json.dumps({**data, "version": VERSION + 1}),
        lambda data: json.dumps({"version": VERSION}),
        lambda data: json.dumps({**data, "derivation": {**data["derivation"], "formula": "x"}}),
        lambda data: json.dumps({**data, "derivation": {**data["derivation"], "even": "polynomial"}}),
        lambda data: json.dumps({**data, "derivation": {**data["derivation"], "even": [2, 1]}}),
        lambda data: json.dumps({**data, "derivation": {**data["derivation"], "even": "unknown"}}),
        lambda data: json.dumps({**data, "derivation": {**data["derivation"], "nonzero_at_zero": 1}}),
        lambda data: json.dumps({**data, "derivation": {**data["derivation"], "steps": 3}}),
        lambda data: "\udcff",
    ],
)
def test_damaged_files_are_ignored(directory: Path, damage: object) -> None:
    true = cached_profile("max(x, 0)")
    (file,) = directory.rglob("*.json")
    text = damage(json.loads(file.read_text()))  # type: ignore[operator]
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert cached_profile("max(x, 0)") == true
    assert json.loads(file.read_text())["derivation"]["even"] == [1]


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FULLRANK_CACHE_DIR", str(tmp_path / "file" / "below"))
    assert cached_profile("max(x, 0)").even == (1,)
    monkeypatch.setenv("FULLRANK_CACHE_DIR", "")
    assert cached_profile("max(x, 0)").even == (1,)


def test_where_the_cache_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from verify.activations.formula import cache_directory

    monkeypatch.delenv("FULLRANK_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory() == tmp_path / "fullrank"
    monkeypatch.setenv("FULLRANK_CACHE_DIR", str(tmp_path / "here"))
    assert cache_directory() == tmp_path / "here"
    monkeypatch.setenv("FULLRANK_CACHE_DIR", "")
    assert cache_directory() is None


def test_refusals_are_not_kept(directory: Path) -> None:
    with pytest.raises(ModelError):
        cached_profile("1/x")
    assert not list(directory.rglob("*.json"))


def test_profiles_are_profiles() -> None:
    assert derive_profile("max(x, 0)").profile == Profile((1,), (1,), False)
    assert derive_profile("max(x, 0)").parameters == ()
    assert derive_profile("a*x", a=Fraction(1, 3)).parameters == (("a", Fraction(1, 3)),)
