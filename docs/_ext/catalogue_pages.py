"""Write a page for each entry of the catalogue, with a picture in dimension 2 and 3, and fill the tables of its index.

The pages are made when the documentation is built, in ``docs/catalogue/entries``, and only where they have changed.
They are not part of the sources.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterexamples import Entry, list_entries
from counterexamples.catalogue import words
from counterexamples.entry import KINDS, found_id
from verify.rational import format_rational

if TYPE_CHECKING:
    from sphinx.application import Sphinx

TABLES, KIND_TABLE = "<!-- catalogue tables -->", "<!-- catalogue kinds -->"
README_END = "<!-- end -->"
MOST_DRAWN = 150  # points
POSITIVE, NEGATIVE, OTHER = "#1b6ca8", "#c8553d", "#8a8f98"
TITLES = {
    "zero": "The origin",
    "repeat": "A point that comes twice",
    "ray": "Points on a ray",
    "line": "Points on a line",
    "circuit": "Circuits",
    "forms": "Forms",
    "fits": "Near misses: they can be fitted",
}


def tables(entries: tuple[Entry, ...]) -> str:
    """Write the entries as MyST Markdown: a section with a table for each kind.

    Parameters
    ----------
    entries : tuple of Entry

    Returns
    -------
    str
        In the order of `counterexamples.entry.KINDS`.
    """
    lines: list[str] = [f"There are {len(entries)} of them.", ""]
    for kind, title in TITLES.items():
        lines += [
            f"## {title}",
            "",
            "| entry | model | points | dimension | rank | least error |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_row(entry) for entry in entries if entry.kind == kind]
        lines.append("")
    return "\n".join(lines)


def kinds(entries: tuple[Entry, ...]) -> str:
    """Write the kinds of obstruction as a table: meaning, how many entries, and the first of them."""
    lines = ["| kind | the annihilating vector rests on | entries | for example |", "|---|---|---|---|"]
    for kind, meaning in KINDS.items():
        of_kind = [entry for entry in entries if entry.kind == kind]
        lines.append(f"| {kind} | {meaning} | {len(of_kind)} | {of_kind[0].name} |")
    return "\n".join(lines)


def fill_readme(text: str, entries: tuple[Entry, ...]) -> str:
    """Put the table of kinds between its two comments in the text of the README."""
    before, _, rest = text.partition(KIND_TABLE)
    return f"{before}{KIND_TABLE}\n{kinds(entries)}\n{README_END}{rest.partition(README_END)[2]}"


def _row(entry: Entry) -> str:
    least = entry.verdict.least_mse
    name = f"[{entry.id} {entry.name}](entries/{entry.id}.md)"
    numbers = f"{entry.count} | {entry.dimension} | {entry.verdict.rank}"
    return f"| {name} | `{entry.model}` | {numbers} | {'' if least is None else format_rational(least)} |"


def page(entry: Entry, *, picture: str | None) -> str:
    """Write the page of an entry as MyST Markdown."""
    return "\n".join(_page(entry, picture)) + "\n"


def _page(entry: Entry, picture: str | None) -> Iterator[str]:
    yield f"# {entry.id} {entry.name}"
    yield ""
    yield _escaped(entry.claim)
    yield ""
    if picture:
        yield f":::{{figure}} {picture}"
        yield f":alt: The {entry.count} points of {entry.name}"
        yield ""
        yield _caption(entry)
        yield ":::"
        yield ""
    yield _escaped(entry.scope)
    yield ""
    points = words.rows(entry)
    if points:
        yield from ("```text", *points, "```", "")
    yield "| | |"
    yield "|---|---|"
    for heading, fact in words.facts(entry):
        yield f"| {heading} | {_escaped(fact)} |"
    yield ""
    yield from ("```console", f"$ fullrank catalogue show {entry.id}")
    yield from (f"$ fullrank catalogue verify {entry.id} --thorough", "```", "")
    yield "To cite it:"
    yield ""
    yield from ("```bibtex", words.bibtex(entry, version=_version()), "```")


def _caption(entry: Entry) -> str:
    if entry.verdict.outcome == "interpolates":
        if entry.verdict.rank < entry.count:
            return "The labels obey every law that ties these points together."
        return "Nothing ties these points together: every labelling is attained."
    return (
        "A law of the model ties the coloured points together: blue where the annihilating vector is positive, red "
        "where it is negative; grey where it is 0."
    )


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "|*_$<>[]{}\\`" else c for c in text)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("fullrank")
    except PackageNotFoundError:
        return "0.1.0"


def colours(entry: Entry) -> list[str]:
    """Colour the points by the sign of the annihilating vector of the verdict."""
    vector = entry.decide().annihilating_vector or {}
    return [OTHER if i not in vector else POSITIVE if vector[i] > 0 else NEGATIVE for i in range(entry.count)]


def draw(entry: Entry, path: Path) -> None:
    """Draw the points of an entry in dimension 2 or 3 to an SVG file, the same bytes every time."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    points = [[float(x) for x in point] for point in entry.dataset().points]
    with mpl.rc_context({"svg.hashsalt": entry.id, "svg.fonttype": "none", "font.size": 8}):
        figure = Figure(figsize=(3.2, 3.2), layout="constrained")
        axes: Any = figure.add_subplot(projection="3d" if entry.dimension == 3 else None)
        for point in points:
            if any(point):
                axes.plot(*([-x, x] for x in point), color="#d9dce1", linewidth=0.8, zorder=1)
        axes.scatter(*zip(*points, strict=True), c=colours(entry), s=36, zorder=2, **_depth(entry))
        axes.scatter(*([0.0] for _ in range(entry.dimension)), c="black", s=8, marker="+", zorder=3)
        axes.set_aspect("equal", adjustable="datalim")
        axes.grid(visible=False)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _depth(entry: Entry) -> dict[str, bool]:
    return {"depthshade": False} if entry.dimension == 3 else {}


def write_pages(folder: Path) -> None:
    """Write the pages and pictures that are missing or have changed, and remove those of entries that are gone."""
    folder.mkdir(exist_ok=True)
    wanted: set[str] = set()
    for entry in list_entries():
        picture = None
        if entry.dimension in (2, 3) and entry.count <= MOST_DRAWN:
            picture = f"{entry.id}-{found_id(entry.sha256, entry.model)[-12:]}.svg"  # drawn again for other data
            if not (folder / picture).exists():
                draw(entry, folder / picture)
            wanted.add(picture)
        target = folder / f"{entry.id}.md"
        wanted.add(target.name)
        text = page(entry, picture=picture)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()


def _write(app: Sphinx) -> None:
    write_pages(Path(app.srcdir) / "catalogue" / "entries")


def _fill(app: Sphinx, docname: str, source: list[str]) -> None:
    if docname == "catalogue/index":
        entries = list_entries()
        source[0] = source[0].replace(TABLES, tables(entries)).replace(KIND_TABLE, kinds(entries))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("builder-inited", _write)
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
