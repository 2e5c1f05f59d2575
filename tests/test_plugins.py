"""Activations that other packages register, with a distribution made for the test on `sys.path`."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import Command, assert_refused

from verify import Model, decide
from verify.activations import activation
from verify.activations.plugins import plugin, registered
from verify.check.checker import check_text
from verify.errors import ModelError

Install = Callable[..., None]

MODULE = """
FORMULA = "x*tanh(x) + x/3"
SQUARE = "x**2"
NUMBER = 3
POLE = "1/x"
HOSTILE = "__import__('os').system('true')"
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    def run(distribution: str, module: str, text: str, **points: str) -> None:
        home = tmp_path / distribution
        info = home / f"{distribution}-1.2.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n")
        lines = [f"{name} = {value}" for name, value in points.items()]
        (info / "entry_points.txt").write_text("\n".join(["[fullrank.activations]", *lines, ""]))
        (home / f"{module}.py").write_text(text)
        monkeypatch.syspath_prepend(str(home))
        monkeypatch.delitem(sys.modules, module, raising=False)
        importlib.invalidate_caches()

    yield run
    for name in ("curves_one", "curves_two", "curves_broken"):
        sys.modules.pop(name, None)


def test_a_registered_formula_is_an_activation_everywhere(install: Install, fullrank: Command) -> None:
    install("curves", "curves_one", MODULE, wobble="curves_one:FORMULA")
    assert "curves_one" not in sys.modules
    assert [(item.name, item.distribution, item.reference) for item in registered()] == [
        ("wobble", "curves 1.2", "curves_one:FORMULA")
    ]
    ran = fullrank("activations")
    assert "Of other packages: wobble (curves 1.2)" in ran.out
    assert json.loads(fullrank("activations", "--json").out)["plugins"][0]["name"] == "wobble"
    assert "curves_one" not in sys.modules  # listing loads nothing
    model = Model("wobble", hidden_bias=True)
    assert str(model) == "wobble+hidden_bias"
    assert Model.parse("wobble+hidden_bias") == model
    assert activation("wobble").profile == activation("gelu").profile  # x tanh(x) is even, bounded by x, not linear
    ran = fullrank("decide", "bundled:hexagon", "--model", "wobble", "--certificate", "proof.json")
    assert ran.status == 0
    result = check_text(Path("proof.json").read_text())
    assert result.status == "accepted"
    assert result.message.startswith('if s(x) = "x*tanh(x) + x/3" is continuous')
    assert fullrank("activation", "wobble").out.startswith("s(x) = x*tanh(x) + x/3")


def test_our_names_are_never_shadowed(install: Install, fullrank: Command) -> None:
    install(
        "curves", "curves_one", MODULE, relu="curves_one:SQUARE", swish="curves_one:SQUARE", step="curves_one:SQUARE"
    )
    for name in ("relu", "swish", "step", "leaky_relu"):
        assert "x**2" not in activation(name).formula
    assert registered() == ()
    assert "curves_one" not in sys.modules
    certificate = decide([[1], [2]], "relu", labels=[1, 1]).certificate()
    assert check_text(json.dumps(certificate)).status == "accepted"
    assert "Of other packages" not in fullrank("activations").out


@pytest.mark.parametrize(
    ("reference", "fragment"),
    [
        ("curves_broken:FORMULA", "curves_broken"),  # raises as it is imported
        ("curves_missing:FORMULA", "cannot be loaded (ModuleNotFoundError"),
        ("curves_one:NOTHING", "cannot be loaded (AttributeError"),
        ("curves_one:NUMBER", "is 3 and not the text of a formula"),
        ("curves_one:POLE", "has a pole at x = 0"),
        ("curves_one:HOSTILE", "formula:"),
    ],
)
def test_a_broken_one_is_one_line_with_the_distribution(
    install: Install, fullrank: Command, reference: str, fragment: str
) -> None:
    install("broken", "curves_broken", "raise SystemExit('no\\nlicence')")
    install("curves", "curves_one", MODULE, wobble=reference)
    ran = fullrank("decide", "bundled:hexagon", "--model", "wobble")
    assert_refused(ran, "'wobble' of curves 1.2 cannot be used", fragment, "update or uninstall")
    assert fullrank("decide", "bundled:hexagon", "--model", "relu").status == 0
    assert fullrank("activations").status == 0


def test_two_packages_with_one_name(install: Install) -> None:
    install("curves", "curves_one", MODULE, wobble="curves_one:FORMULA")
    install("bends", "curves_two", MODULE, wobble="curves_two:SQUARE")
    with pytest.raises(ModelError, match=r"registered twice, by bends 1\.2 \(curves_two:SQUARE\) and curves 1\.2"):
        activation("wobble")


def test_it_has_no_parameters_and_its_absence_is_an_unknown_name(install: Install) -> None:
    assert plugin("wobble") is None
    with pytest.raises(ModelError, match="not a known activation"):
        activation("wobble")
    install("curves", "curves_one", MODULE, wobble="curves_one:FORMULA")
    with pytest.raises(ModelError, match="no parameter"):
        activation("wobble", a=1)
