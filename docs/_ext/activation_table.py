"""Fill the page ``activations`` with the table of named activations, read from the code when the pages are built.

The page holds one line ``<!-- activation table -->``; everything else on it is written by hand. Each activation gets
the anchor ``activation-<name>``; the proofs for a reader have anchors ``profile-<name>`` on the page ``theory``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from verify.activations import ALIASES, Activation, Part, groups

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MARKER = "<!-- activation table -->"


def table() -> str:
    """Write the table as MyST Markdown: one section for each group of activations that fail on the same data.

    Returns
    -------
    str
        The sections of `verify.activations.groups` in their order.
    """
    return "\n".join(line for sentence, members in groups().items() for line in _section(sentence, members))


def _section(sentence: str, members: Iterable[Activation]) -> Iterator[str]:
    claim, _, law = sentence.removesuffix("]").partition(" [")
    yield f"### {', '.join(member.name for member in members)}"
    yield ""
    yield f"**What they can never fit:** {claim}." + (f" Why: {law}." if law else "")
    yield ""
    yield ":::{list-table}"
    yield ":header-rows: 1"
    yield ":widths: 14 28 10 10 38"
    yield ""
    yield "* - name"
    yield "  - formula"
    yield "  - even part"
    yield "  - odd part"
    yield "  - why, on x > 0"
    for member in members:
        yield from _row(member)
    yield ":::"
    yield ""


def _row(member: Activation) -> Iterator[str]:
    other = sorted(alias for alias, name in ALIASES.items() if name == member.name)
    name = f"`{member.name}`" + (f" (also {', '.join(f'`{alias}`' for alias in other)})" if other else "")
    name += "".join(f"; `{key}` = {value} by default" for key, value in member.parameter_items)
    yield f"* - (activation-{member.name})="
    yield f"    {name}"
    yield f"  - `{member.formula}`"
    yield f"  - {part_text(member.profile.even)}"
    yield f"  - {part_text(member.profile.odd)}"
    yield f"  - `{member.even_reason}`"
    yield ""
    yield f"    `{member.odd_reason}`"
    yield ""
    yield f"    `{member.zero_reason}`"


def part_text(part: Part) -> str:
    """Write a part of a profile for the table: ``Separating``, ``{1}`` or ``{}``."""
    return "Separating" if isinstance(part, str) else "{" + ", ".join(map(str, part)) + "}"


def _fill(app: Sphinx, docname: str, source: list[str]) -> None:
    if docname == "activations":
        source[0] = source[0].replace(MARKER, table())


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
