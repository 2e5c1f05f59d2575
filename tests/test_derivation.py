"""Profiles derived from formulas against profiles written by hand."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from functools import cache

import pytest
from formula_cases import CASES, OUTSIDE, SEP, Case

from verify.activations import Profile, activation, names
from verify.activations.formula import derive_profile
from verify.activations.formula.derivation import Derivation
from verify.errors import ModelError

ALL = [*CASES, *OUTSIDE]
SLOW = pytest.mark.slow

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


def test_profiles_are_profiles() -> None:
    assert derive_profile("max(x, 0)").profile == Profile((1,), (1,), False)
    assert derive_profile("max(x, 0)").parameters == ()
    assert derive_profile("a*x", a=Fraction(1, 3)).parameters == (("a", Fraction(1, 3)),)
