"""The page on spectra is computed from the code."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "_ext" / "spectra_page.py"


@pytest.fixture(scope="module")
def page() -> ModuleType:
    specification = importlib.util.spec_from_file_location("spectra_page", PAGE)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_singular_kernels_are_said_to_be_singular(page: ModuleType) -> None:
    """relu: one rank for each of ten lines, and three more where the lines have two sides."""
    assert page.cell(page.found("relu", "two points on each ray")) == "singular, nullity 10"
    assert page.cell(page.found("relu", "antipodal pairs")) == "singular, nullity 7"
    assert float(page.cell(page.found("sin_cos", "antipodal pairs"))) > 1


@pytest.mark.slow
def test_the_table_has_what_the_page_says(page: ModuleType) -> None:
    rows = [line.strip("| ").split(" | ") for line in page.table().splitlines()]
    assert [len(row) for row in rows if len(row) > 1] == [len(page.MODELS) + 1] * (len(page.data_sets()) + 1)
    for model in ("shifted_relu", "sin_cos", "exp"):
        for name in page.data_sets():
            assert page.found(model, name).exact_nullity == 0
    close = {model: page.found(model, "spacing 1/100").condition for model in ("relu", "gelu", "sin_cos", "exp")}
    assert all(close[model] > 10**10 * close["relu"] for model in ("gelu", "sin_cos", "exp"))


def test_the_marker_is_on_the_page(page: ModuleType) -> None:
    text = (PAGE.parents[1] / "spectra.md").read_text(encoding="utf-8")
    assert text.count(page.MARKER) == 1
