"""An entry in words: for the terminal, for the documentation, for a bibliography."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterexamples.entry import KINDS, LEVELS, MINIMALITIES, Construction, Entry, LabelRule
from verify.rational import format_rational

_MANY = 16  # points that are listed


def facts(entry: Entry) -> list[tuple[str, str]]:
    """Give the facts of an entry, each with its heading.

    Examples
    --------
    >>> from counterexamples import load_entry
    >>> dict(facts(load_entry("ray-pair")))["Least mean squared error"]
    '1/10 (about 0.1)'
    """
    verdict, certificate = entry.verdict, entry.certificate
    listed = [
        ("Model", entry.model),
        ("Points", f"{entry.count} in dimension {entry.dimension}{_made(entry)}"),
        ("Labels", _labels(entry)),
        ("Verdict", f"{verdict.outcome.replace('_', ' ')}, rank {verdict.rank} of {entry.count}"),
    ]
    if verdict.least_mse is not None:
        about = f" (about {float(verdict.least_mse):.6g})" if verdict.least_mse.denominator > 1 else ""
        listed.append(("Least mean squared error", format_rational(verdict.least_mse) + about))
    order = entry.symmetry.signed_permutations
    counted = "" if order is None else f"; {order} signed permutation{'s' * (order > 1)} of the coordinates"
    claims = ", ".join(claim["kind"] for claim in certificate["claims"]) if certificate else "made when it is verified"
    return [
        *listed,
        ("Kind", f"{entry.kind}: {KINDS[entry.kind]}"),
        ("Minimality", f"{entry.minimality.kind}: {MINIMALITIES[entry.minimality.kind]} ({entry.minimality.space})"),
        ("Symmetry", entry.symmetry.words + counted),
        ("Evidence level", f"{entry.level}: {LEVELS[entry.level]}"),
        ("Certificate", claims),
        *(("Evidence", _record(record)) for record in entry.evidence),
        ("Source", source(entry)),
        ("Licence", entry.licence),
        ("SHA-256", entry.sha256),
    ]


def source(entry: Entry) -> str:
    """Say where the data come from; our own are marked."""
    who = f"{entry.source.who}, {entry.source.where}, {entry.source.when}"
    return f"ours: {who}" if entry.source.ours else who


def rows(entry: Entry) -> list[str]:
    """Write the stored points, one on each line, with their labels; [] for points that are generated."""
    if isinstance(entry.points, Construction) or entry.count > _MANY:
        return []
    lines = []
    for i, point in enumerate(entry.points):
        text = f"({', '.join(map(format_rational, point))})"
        if entry.labels is not None and not isinstance(entry.labels, LabelRule):
            label = entry.labels[i]
            text += f" -> {', '.join(map(format_rational, label if isinstance(label, tuple) else (label,)))}"
        lines.append(text)
    return lines


def bibtex(entry: Entry, *, version: str) -> str:
    """Write the entry for a bibliography.

    Examples
    --------
    >>> from counterexamples import load_entry
    >>> print(bibtex(load_entry("hexagon"), version="0.1.0").splitlines()[0])
    @misc{fullrank-CE000003,
    """
    origin = "" if entry.source.ours else f" The points: {_latex(source(entry))}."
    model = f"\\texttt{{{_latex(entry.model)}}}"
    return "\n".join(
        [
            f"@misc{{fullrank-{entry.id},",
            "  author = {{The fullrank developers}},",
            f"  title = {{{{{entry.id}, {entry.name}: a certified data set}}}},",
            "  year = {2026},",
            f"  howpublished = {{Catalogue of fullrank {version}}},",
            f"  note = {{Model {model}, rank {entry.verdict.rank} of {entry.count}. "
            f"SHA-256 of the data: \\texttt{{{entry.sha256}}}.{origin}}},",
            "}",
        ]
    )


def columns(table: Sequence[Sequence[str]]) -> list[str]:
    """Align the columns of a table of text."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in table]


def _made(entry: Entry) -> str:
    if not isinstance(entry.points, Construction):
        return ""
    return f", made by {_call(entry.points.construction, entry.points.parameters)}"


def _labels(entry: Entry) -> str:
    if entry.labels is None:
        return "none; the question is every labelling"
    if isinstance(entry.labels, LabelRule):
        return f"made by the rule {_call(entry.labels.rule, entry.labels.parameters)}"
    listed = [", ".join(map(format_rational, y if isinstance(y, tuple) else (y,))) for y in entry.labels[:_MANY]]
    return "; ".join(listed) + (" ..." if entry.count > _MANY else "")


def _call(name: str, parameters: Mapping[str, int | str]) -> str:
    inside = ", ".join(f"{key}={value}" for key, value in parameters.items())
    return f"{name}({inside})"


def _record(record: Mapping[str, Any]) -> str:
    agrees = record.get("agrees")
    said = ["agrees" if agrees is True else "DISAGREES" if agrees is False else "does not tell"]
    said += [f"rank {record['rank']}"] if "rank" in record else []
    said += [f"{record['units']} units"] if "units" in record else []
    return f"{record['route']}: " + ", ".join(said)


def _latex(text: str) -> str:
    return "".join(f"\\{c}" if c in "&%$#_{}" else c for c in text)
