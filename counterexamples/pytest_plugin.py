"""The pytest plugin: the fixture `certified_dataset`. Loading it imports nothing but pytest.

It is registered as ``fullrank`` by the entry point ``pytest11``, so it is there wherever fullrank is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from counterexamples.testing import Case

DEFAULT = "parity-cube-3"
MARKER = "certified_dataset(*names, model=None, kind=None, max_points=500): run a test on these cases of the catalogue"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with the marker once for each case that it asks for."""
    marker = metafunc.definition.get_closest_marker("certified_dataset")
    if marker is None or "certified_dataset" not in metafunc.fixturenames:
        return
    from counterexamples.testing import cases, load_case
    from verify.errors import FullrankError

    if marker.args and marker.kwargs:
        raise pytest.UsageError("the marker certified_dataset takes names, or model=, kind= and max_points=, not both")
    try:
        chosen = [load_case(name) for name in marker.args] or cases(**marker.kwargs)
    except (FullrankError, TypeError) as error:
        raise pytest.UsageError(f"certified_dataset: {error}") from None
    metafunc.parametrize("certified_dataset", chosen, indirect=True)


@pytest.fixture
def certified_dataset(request: pytest.FixtureRequest) -> Case:
    """A `counterexamples.testing.Case`: data whose least training loss is known exactly.

    By default the parity of three bits with bias-free ReLU networks. Choose others with the marker
    ``@pytest.mark.certified_dataset("hexagon")`` or ``@pytest.mark.certified_dataset(model="relu", kind="ray")``, or
    by ``@pytest.mark.parametrize("certified_dataset", ["hexagon", "CE000002"], indirect=True)``.
    """
    from counterexamples.testing import load_case

    chosen = getattr(request, "param", DEFAULT)
    return load_case(chosen) if isinstance(chosen, str) else chosen
