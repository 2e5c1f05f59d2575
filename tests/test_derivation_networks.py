"""Derived profiles against ranks of wide random networks, the second route."""

from __future__ import annotations

import random

import pytest

from verify.activations.formula import derive_profile, numeric_check
from verify.activations.formula.derivation import Derivation
from verify.errors import ModelError, NotAvailableError

SEP = "separating"
SLOW = pytest.mark.slow

CHECKED = [
    "max(x, 0) + x**2/3",
    "x*sigmoid(x) - x/2",
    "abs(x)",
    "x*tanh(log(1 + exp(x)))",
    "(1 + sign(x))/2",
    "sign(x)",
    "where(x > 0, 1, 0)",
    "where(x > 0, x, 1)",
    "where(abs(x) > 1/2, x, 0)",
    "where(x > 1/10, x, 20)",
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
