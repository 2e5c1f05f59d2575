"""The tables of the documentation: the smallest failing data sets, the discontinuous activations, the parameters."""

from __future__ import annotations

import importlib.util
from itertools import combinations
from pathlib import Path
from types import ModuleType

import pytest

from verify import Model, decide
from verify.activations import DISCONTINUOUS, activation, names
from verify.activations.parametrised import TEMPLATES, signature

DOCS = Path(__file__).parent.parent / "docs"

BY_HAND = {  # the smallest sizes, by the conditions of the profile theorem on points of the line
    "relu": (1, 2),  # two points on a ray
    "abs": (1, 2),  # x and -x
    "square": (1, 2),
    "gelu": (1, 4),  # two pairs, whose directions on the line are dependent
    "softplus": (4, 4),  # the same, and s(0) is not 0
    "sigmoid": (3, 4),  # f(x) + f(-x) = 2 f(0)
    "tanh": (1, 2),
    "cos": (2, 2),
    "mish": (1, None),
    "exp": (None, None),
    "hardshrink": (1, 2),
    "step": (2, 2),  # two points on a ray
    "sign": (1, 2),
    "threshold": (1, None),
}


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("activation_table", DOCS / "_ext" / "activation_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", BY_HAND)
def test_sizes_by_hand(tables: ModuleType, name: str) -> None:
    found = tables.smallest_failing(activation(name))
    assert tuple(None if points is None else len(points) for points in found) == BY_HAND[name]


@pytest.mark.parametrize("name", [*names(), *DISCONTINUOUS])
def test_a_listed_set_fails_and_every_proper_part_of_it_interpolates(tables: ModuleType, name: str) -> None:
    model = Model(name)
    for points in filter(None, tables.smallest_failing(activation(name))):
        assert decide([[t] for t in points], model).outcome.value == "cannot_interpolate"
        for chosen in combinations(points, len(points) - 1):
            assert decide([[t] for t in chosen], model).outcome.value == "interpolates"


def test_none_is_said_of_those_that_fit_everything(tables: ModuleType) -> None:
    for name in names():
        profile = activation(name).profile
        universal = (profile.even, profile.odd, profile.nonzero_at_zero) == ("separating", "separating", True)
        assert (tables.failing_text(activation(name)) == "none") == universal


def test_the_discontinuous_ones_and_the_parameters_are_listed(tables: ModuleType) -> None:
    table = tables.table()
    for name in DISCONTINUOUS:
        assert table.count(f"(activation-{name})=\n") == 1
    for name, template in TEMPLATES.items():
        assert (f"* - `{signature(name)}`" in table) == bool(template.parameters)
