"""The pages of the documentation: their examples run, their tables are recomputed, their anchors exist."""

from __future__ import annotations

import doctest
import importlib.util
import re
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest

from verify import Dataset, Model, decide
from verify.activations import activation, names
from verify.check import checker

DOCS = Path(__file__).parent.parent / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)
FENCE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def examples_of(page: Path) -> str:
    """The Python blocks of a page at the lines where they stand, so that a failure names the right line."""
    text = page.read_text(encoding="utf-8")
    blocks: list[str] = []
    for block in FENCE.finditer(text):
        gap = text.count("\n", 0, block.start(1)) - "".join(blocks).count("\n")
        blocks += ["\n" * gap, block[1]]
    return "".join(blocks)


PAGES_WITH_EXAMPLES = [page for page in PAGES if ">>>" in examples_of(page)]


@pytest.mark.parametrize("page", PAGES_WITH_EXAMPLES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    test = doctest.DocTestParser().get_doctest(examples_of(page), {}, page.name, str(page), 0)
    report: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert results.attempted > 0
    assert results.failed == 0, "".join(report)


def test_every_python_example_of_the_pages_is_one_that_runs() -> None:
    assert {page.stem for page in PAGES_WITH_EXAMPLES} >= {"index", "tutorial", "models", "activations"}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert text.count(">>> ") == examples_of(page).count(">>> "), f"{page.name}: an example outside a python block"


def cross_polytope(dimension: int) -> list[list[int]]:
    return [[sign * (i == j) for j in range(dimension)] for i in range(dimension) for sign in (1, -1)]


DATA_OF_ROW: dict[str, Sequence[Sequence[int]]] = {
    "hexagon": [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]],
    "two points": [[1, 2], [2, 4]],
    "cross-polytope": cross_polytope(4),
    "cube $\\{-1,1\\}^3$": list(product((-1, 1), repeat=3)),
    "cube $\\{-1,1\\}^5$": list(product((-1, 1), repeat=5)),
}


def worked_values() -> list[tuple[str, str, str]]:
    theory = (DOCS / "theory.md").read_text(encoding="utf-8")
    section = theory[theory.index("(sec-worked)=") : theory.index("(sec-table-proofs)=")]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    models = [cell.strip("`") for cell in rows[0][1:]]
    return [(row[0], model, value) for row in rows[2:] for model, value in zip(models, row[1:], strict=True)]


def test_the_table_of_worked_values_is_whole() -> None:
    assert len(worked_values()) == 5 * 6


@pytest.mark.parametrize(("row", "model", "value"), worked_values())
def test_a_worked_value_of_the_theory_page(row: str, model: str, value: str) -> None:
    (points,) = (points for name, points in DATA_OF_ROW.items() if row.startswith(name))
    assert f"{decide(Dataset(points), Model.parse(model)).rank}/{len(points)}" == value


@pytest.fixture(scope="module")
def table_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("activation_table", DOCS / "_ext" / "activation_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_activations_has_one_place_for_the_table(table_module: ModuleType) -> None:
    assert (DOCS / "activations.md").read_text(encoding="utf-8").count(table_module.MARKER) == 1


def test_every_named_activation_has_one_row_with_its_anchor_formula_and_reasons(table_module: ModuleType) -> None:
    table = table_module.table()
    for name in names():
        entry = activation(name)
        row = table.partition(f"(activation-{name})=\n")[2].partition("\n* - ")[0]
        cells = [f"`{name}`", f"  - `{entry.formula}`", *(f"`{why}`" for why in (entry.even_reason, entry.odd_reason))]
        assert all(cell in row for cell in cells), name
        assert table.count(f"(activation-{name})=") == 1


def test_the_theory_page_proves_every_line_of_the_checkers_table() -> None:
    theory = (DOCS / "theory.md").read_text(encoding="utf-8")
    for *_, members in checker.TABLE:
        tag = f"profile-{members.split()[0]}"
        _, anchor, after = theory.partition(f"({tag})=\n")
        assert anchor, tag
        heading = re.sub(r"^\(profile-.*\)=\n", "", after, flags=re.MULTILINE).partition(".")[0]
        assert set(members.split()) <= set(re.findall(r"\w+", heading)), (tag, heading)


def test_the_anchors_that_pages_link_to_exist() -> None:
    texts = {page: page.read_text(encoding="utf-8") for page in PAGES}
    anchors = {anchor for text in texts.values() for anchor in re.findall(r"^\(([\w-]+)\)=$", text, re.MULTILINE)}
    links = {link for text in texts.values() for link in re.findall(r"\]\(#([\w-]+)\)", text)}
    assert links
    assert links <= anchors
