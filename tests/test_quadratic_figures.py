"""The figures of the chapter on the quadratic network are there, small, and drawn by its script."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

PAPERS = Path(__file__).parent.parent / "docs" / "papers"


def test_every_figure_is_checked_in_small_and_shown() -> None:
    chapter = (PAPERS / "quadratic.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"```\{figure\} (quadratic-[a-z-]+\.svg)", chapter))
    present = {path.name for path in PAPERS.glob("quadratic-*.svg")}
    assert shown == present
    assert len(present) == 6
    script = (PAPERS / "quadratic_figures.py").read_text(encoding="utf-8")
    for name in present:
        content = (PAPERS / name).read_bytes()
        assert len(content) < 60_000
        assert ET.fromstring(content).tag.endswith("svg")  # noqa: S314  # our own file
        assert f'"{name[len("quadratic-") : -len(".svg")]}"' in script
