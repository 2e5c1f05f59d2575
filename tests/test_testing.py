"""What other people's tests use: cases with a known least loss, the fixture, and the examples of the documentation."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest
from command_line import ENVIRONMENT, ROOT

from counterexamples.testing import cases, load_case, make_case
from verify import Dataset
from verify.errors import CatalogueError, DataError

EXAMPLES = sorted((ROOT / "docs" / "examples").glob("test_*.py"))
PLUGIN_TEST = """
import pytest

def test_default(certified_dataset):
    assert certified_dataset.least_mse == 1

@pytest.mark.certified_dataset("ray-pair", "zero-point")
def test_named(certified_dataset):
    assert certified_dataset.least_mse > 0

@pytest.mark.certified_dataset(model="tanh", kind="fits")
def test_chosen(certified_dataset):
    certified_dataset.assert_converged(0.0)
"""


def run_pytest(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    installed = entry_points(group="pytest11", name="fullrank")
    plugin = [] if installed else ["-p", "counterexamples.pytest_plugin"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin, *options, str(path)]
    return subprocess.run(command, capture_output=True, text=True, cwd=path.parent, env=ENVIRONMENT)


def test_the_least_loss_of_two_points_on_a_ray_is_known_by_hand() -> None:
    """f(2x) = 2 f(x): the least of ((a - 1)^2 + (2a - 1)^2)/2 is 1/10, at a = 3/5."""
    case = make_case(Dataset([[1, 2], [2, 4]], [1, 1]), "relu")
    assert case.least_mse == Fraction(1, 10)
    case.assert_consistent(0.1)
    case.assert_converged(0.1001, rtol=1e-2)
    with pytest.raises(AssertionError, match="below 1/10"):
        case.assert_consistent(0.09)
    with pytest.raises(AssertionError, match="has not reached"):
        case.assert_converged(0.2)


@pytest.mark.parametrize("loss", [float("nan"), -1.0])
def test_a_loss_that_is_none_fails(loss: float) -> None:
    with pytest.raises(AssertionError):
        load_case("parity-cube-3").assert_consistent(loss)


def test_bad_input() -> None:
    with pytest.raises(DataError, match="no labels"):
        make_case(Dataset([[1, 2]]), "relu")
    with pytest.raises(CatalogueError, match="no case"):
        cases(model="relu", kind="zero", max_points=0)


@pytest.mark.parametrize("case", cases(model="relu", max_points=40))
def test_no_least_squares_fit_of_random_units_is_below_the_least_loss(case) -> None:
    units = np.random.default_rng(0).standard_normal((case.X.shape[1], 400))
    features = np.maximum(case.X @ units, 0)
    predictions = features @ np.linalg.lstsq(features, case.y, rcond=None)[0]
    case.assert_consistent(np.mean((predictions - case.y) ** 2))


def test_the_fixture(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(PLUGIN_TEST)
    done = run_pytest(tmp_path / "test_it.py", "--strict-markers")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_the_plugin_loads_nothing_heavy() -> None:
    code = "import sys, counterexamples.pytest_plugin; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    assert not {"numpy", "flint", "hypothesis", "sympy", "mpmath"} & set(done.stdout.split())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_of_the_documentation_pass(path: Path) -> None:
    done = run_pytest(path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
