"""The pages of the catalogue are made from the entries, and the tables of README and documentation do not drift."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

import counterexamples
from counterexamples.entry import KINDS, LEVELS, MINIMALITIES

ROOT = Path(__file__).parent.parent
INDEX = (ROOT / "docs" / "catalogue" / "index.md").read_text(encoding="utf-8")
ENTRIES = counterexamples.list_entries()


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogue_pages", ROOT / "docs" / "_ext" / "catalogue_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_index_has_its_places_and_explains_the_scales(pages: ModuleType) -> None:
    assert INDEX.count(pages.TABLES) == INDEX.count(pages.KIND_TABLE) == 1
    for level, meaning in LEVELS.items():
        assert f"| {level} | {meaning} |" in INDEX
    for kind in MINIMALITIES:
        assert f"`{kind}`" in INDEX
    for field in ("format", "version", *counterexamples.Entry.__dataclass_fields__):
        assert f"`{field}`" in INDEX


def test_every_entry_is_in_one_table(pages: ModuleType) -> None:
    assert list(pages.TITLES) == list(KINDS)
    table = pages.tables(ENTRIES)
    for entry in ENTRIES:
        assert table.count(f"[{entry.id} {entry.name}](entries/{entry.id}.md)") == 1
        section = table.partition(f"## {pages.TITLES[entry.kind]}\n")[2].partition("\n## ")[0]
        assert f"(entries/{entry.id}.md) | `{entry.model}` | {entry.count} |" in section


def test_the_table_of_the_readme_is_that_of_the_entries(pages: ModuleType) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.count(pages.KIND_TABLE) == 1
    assert pages.fill_readme(readme, ENTRIES) == readme


def test_a_page_says_what_the_entry_says(pages: ModuleType) -> None:
    entry = counterexamples.load_entry("ray-pair")
    page = pages.page(entry, picture=None)
    for text in (f"# {entry.id} {entry.name}", entry.scope, "(1, 2) -> 1", "@misc{fullrank-CE000002", entry.sha256):
        assert text in page
    assert "{figure}" not in page
    assert "alt: The 2 points of ray-pair" in pages.page(entry, picture="x.svg")


def test_the_colours_are_the_signs_of_the_annihilating_vector(pages: ModuleType) -> None:
    hexagon = counterexamples.load_entry("hexagon")  # c = (1, -1, 1, -1, -1, 1): f(x) - f(-x) is linear
    assert pages.colours(hexagon) == [pages.POSITIVE, pages.NEGATIVE] * 2 + [pages.NEGATIVE, pages.POSITIVE]
    assert set(pages.colours(counterexamples.load_entry("hexagon-exp"))) == {pages.OTHER}
    decagon = pages.colours(counterexamples.load_entry("regular-decagon"))
    assert decagon.count(pages.POSITIVE) == decagon.count(pages.NEGATIVE) == 3


def test_pages_are_written_once_and_removed_with_their_entry(
    pages: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("matplotlib")
    chosen = [counterexamples.load_entry(name) for name in ("hexagon", "simplex-3", "leech-lattice")]
    monkeypatch.setattr(pages, "list_entries", lambda: tuple(chosen))
    folder = tmp_path / "entries"
    pages.write_pages(folder)
    first = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    assert sorted(name[:8] + name[-3:] for name in first) == [
        "CE000003.md",
        "CE000003svg",
        "CE000037.md",
        "CE000037svg",
        "CE000120.md",
    ]
    pages.write_pages(folder)
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == first
    (picture,) = folder.glob("CE000003*.svg")
    picture.unlink()
    pages.write_pages(folder)
    assert picture.read_bytes() == first[picture.name][0]  # the same bytes every time
    del chosen[1:]
    pages.write_pages(folder)
    assert sorted(path.suffix for path in folder.iterdir()) == [".md", ".svg"]
