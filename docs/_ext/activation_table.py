"""Fill the page ``activations`` with the tables of named activations, read from the code when the pages are built.

The page holds one line ``<!-- activation table -->``; everything else on it is written by hand. Each activation gets
the anchor ``activation-<name>``; the proofs for a reader have anchors ``profile-<name>`` on the page ``theory``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from verify import Dataset, Model, Outcome, decide
from verify.activations import ALIASES, DISCONTINUOUS, Activation, Part, Profile, activation, groups
from verify.activations.parametrised import TEMPLATES, signature

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MARKER = "<!-- activation table -->"
COORDINATES = (0, 1, -1, 2, -2, 3, -3)
LARGEST = 4

Failing = tuple[int, ...]
_FOUND: dict[Profile, tuple[Failing | None, Failing | None]] = {}  # what fails depends on the profile alone


def table() -> str:
    """Write the tables as MyST Markdown: a section for each group that fails on the same data, then the others.

    Returns
    -------
    str
        The sections of `verify.activations.groups` in their order, the discontinuous activations, the parameters.
    """
    lines = [line for sentence, members in groups().items() for line in _section(sentence, members)]
    lines += _discontinuous()
    lines += _parametrised()
    return "\n".join(lines)


def smallest_failing(member: Activation) -> tuple[Failing | None, Failing | None]:
    """Find the smallest sets of points of the line that fail: any, and without the point 0.

    Looked for among the subsets of `COORDINATES` of up to `LARGEST` points, the smallest ones first, by `decide`. It is
    enough to look on the line: points of a higher dimension have distinct images under some projection on a line, and
    the networks on the images are among the networks on the points, so where the points fail the images fail.

    Returns
    -------
    two tuples of int, or None
        None where no such set fails.
    """
    known = _FOUND.get(member.profile)
    if known is None:
        found: list[Failing | None] = []
        for coordinates in (COORDINATES, COORDINATES[1:]):
            sets = (chosen for size in range(1, LARGEST + 1) for chosen in combinations(coordinates, size))
            found.append(next((chosen for chosen in sets if fails(str(member), chosen)), None))
        known = _FOUND[member.profile] = found[0], found[1]
    return known


def fails(text: str, points: Failing) -> bool:
    """Whether bias-free networks with one hidden layer miss some labels of these points of the line."""
    return decide(Dataset([[t] for t in points]), Model.parse(text)).outcome is Outcome.CANNOT_INTERPOLATE


def failing_text(member: Activation) -> str:
    """Write the smallest failing sets for the table."""
    first, without_zero = smallest_failing(member)
    if first is None:
        return "none"
    shown = _points(first)
    if 0 not in first:
        return shown
    return f"{shown}; without 0: {_points(without_zero) if without_zero else 'none'}"


def _points(points: Failing) -> str:
    return "{" + ", ".join(map(str, points)) + "}"


def _section(sentence: str, members: Iterable[Activation]) -> Iterator[str]:
    claim, _, law = sentence.removesuffix("]").partition(" [")
    yield f"### {', '.join(member.name for member in members)}"
    yield ""
    yield f"**What they can never fit:** {claim}." + (f" Why: {law}." if law else "")
    yield ""
    yield from _rows((member.name, member) for member in members)


def _rows(members: Iterable[tuple[str, Activation]]) -> Iterator[str]:
    yield ":::{list-table}"
    yield ":header-rows: 1"
    yield ":widths: 14 24 8 8 14 32"
    yield ""
    yield "* - name"
    yield "  - formula"
    yield "  - even part"
    yield "  - odd part"
    yield "  - smallest failing data set"
    yield "  - why, on x > 0"
    for name, member in members:
        yield from _row(name, member)
    yield ":::"
    yield ""


def _row(canonical: str, member: Activation) -> Iterator[str]:
    other = sorted(alias for alias, name in ALIASES.items() if name == canonical)
    name = f"`{canonical}`" + (f" (also {', '.join(f'`{alias}`' for alias in other)})" if other else "")
    name += "".join(f"; `{key}` = {value} by default" for key, value in member.parameter_items)
    yield f"* - (activation-{canonical})="
    yield f"    {name}"
    yield f"  - `{member.formula}`"
    yield f"  - {part_text(member.profile.even)}"
    yield f"  - {part_text(member.profile.odd)}"
    yield f"  - {failing_text(member)}"
    yield f"  - `{member.even_reason}`"
    yield ""
    yield f"    `{member.odd_reason}`"
    yield ""
    yield f"    `{member.zero_reason}`"


def _discontinuous() -> Iterator[str]:
    yield "### Discontinuous activations"
    yield ""
    yield "Their theorem is in [a section of its own](#sec-discontinuous). With the parameters of this table, verdicts "
    yield "hold for all hidden weights. There are no certificates of them."
    yield ""
    yield from _rows((name, activation(name)) for name in DISCONTINUOUS)


def _parametrised() -> Iterator[str]:
    yield "### Parameters"
    yield ""
    yield "Defaults are those of PyTorch; of Keras for `relu`, of JAX for `squareplus`. With other values "
    yield "the profile is derived from the formula. `leaky_relu` and `prelu` have a `slope`, and "
    yield "`rrelu(lower=1/8, upper=1/3)` is the leaky relu of the mean slope, as PyTorch evaluates it outside training."
    yield ""
    yield ":::{list-table}"
    yield ":header-rows: 1"
    yield ""
    yield "* - with its defaults"
    yield "  - formula"
    for name, template in TEMPLATES.items():
        if template.parameters:
            values = {key: value for key, value in template.parameters.items() if value is not None}
            yield f"* - `{signature(name)}`"
            yield f"  - `{template.formula(values)}`"
    yield ":::"
    yield ""


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
