"""The checker's table of profiles, and its exact activations."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from profiles_by_hand import PROFILES

from verify.check import checker


def profile(name: str, slope: str = "") -> tuple[object, object, bool]:
    """The profile that the checker takes for an activation, through a certificate with a false claim."""
    switches = dict.fromkeys(checker.FLAGS, False)
    parameters = {"slope": slope} if slope else {}
    model = {"activation": name, "parameters": parameters, "hidden_layers": 1, "regime": "trained"} | switches
    read = object.__new__(checker._Certificate)
    read.formula = False
    found = read.read_model({"model": model})
    even, odd = (part if isinstance(part, str) else tuple(part) for part in (found["even"], found["odd"]))
    return even, odd, found["nonzero_at_zero"]


def test_the_table_is_the_one_made_by_hand() -> None:
    assert {name: profile(name) for name in checker.PROFILES} == {
        name: PROFILES[name] for name in PROFILES if name not in checker.SLOPED
    }
    assert set(checker.SLOPED) <= set(PROFILES)
    assert sum(len(names.split()) for *_, names in checker.TABLE) == len(checker.PROFILES)  # no name twice


@pytest.mark.parametrize("name", ["leaky_relu", "prelu"])
@pytest.mark.parametrize("slope", ["-2", "-1", "0", "1/10", "1", "3"])
def test_the_profile_of_a_slope(name: str, slope: str) -> None:
    even, odd = 1 - Fraction(slope), 1 + Fraction(slope)
    assert profile(name, slope) == ((1,) if even else (), (1,) if odd else (), False)


@pytest.mark.parametrize("name", sorted(checker.EXACT))
def test_the_exact_activations_have_the_profile_of_the_table(name: str) -> None:
    """On z > 0 each part is one power, or its 12th differences are not 0."""


    def s(z: Fraction) -> Fraction:
        return Fraction(checker.EXACT[name](z))

    even, odd, nonzero = checker.PROFILES[name]
    assert (s(Fraction(0)) != 0) == nonzero
    for part, sign in ((even, 1), (odd, -1)):
        values = [(z, (s(z) + sign * s(-z)) / 2) for z in (Fraction(k, 8) for k in range(1, 100))]
        if isinstance(part, str):
            differences = [value for _, value in values]
            for _ in range(12):
                differences = [b - a for a, b in pairwise(differences)]
            assert any(differences)  # so it is no polynomial of degree below 12; its pieces have degree at most 3
        else:
            assert len(part) <= 1
            degree = part[0] if part else 0
            factors = {value / z**degree for z, value in values}
            assert len(factors) == 1
            assert (factors != {0}) == bool(part)


PLACES = (-4, -2, Fraction(1, 4), 2, 7)
VALUES = {
    "relu": "0 0 1/4 2 7",
    "relu2": "0 0 1/16 4 49",
    "relu3": "0 0 1/64 8 343",
    "abs": "4 2 1/4 2 7",
    "square": "16 4 1/16 4 49",
    "cube": "-64 -8 1/64 8 343",
    "identity": "-4 -2 1/4 2 7",
    "hardswish": "0 -1/3 13/96 5/3 7",
    "hardsigmoid": "0 1/6 13/24 5/6 1",
    "hardtanh": "-1 -1 1/4 1 1",
    "softshrink": "-7/2 -3/2 0 3/2 13/2",
    "relu6": "0 0 1/4 2 6",
    "sparse_plus": "0 0 25/64 2 7",
    "sparse_sigmoid": "0 0 5/8 1 1",
    "shifted_relu": "0 0 5/4 3 8",
}


def test_values_of_the_exact_activations_by_hand() -> None:
    found = {name: [s(Fraction(z)) for z in PLACES] for name, s in checker.EXACT.items()}
    assert found == {name: [Fraction(value) for value in values.split()] for name, values in VALUES.items()}
