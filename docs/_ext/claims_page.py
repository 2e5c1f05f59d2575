"""Fill the page ``claims`` with the ledger: every claim, its source, how it was checked, and the recorded outcome.

The page holds one line ``<!-- ledger -->``; everything else on it is written by hand. Outcomes are those of
``verify/claims/recorded``, which a test compares with a fresh run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from verify.claims import PAPERS, all_claims
from verify.claims.record import with_record

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MARKER = "<!-- ledger -->"


def ledger() -> str:
    """Write the ledger as MyST Markdown: a section with an overview and the claims of each paper."""
    return "\n".join(line for paper in PAPERS for line in _paper(paper))


def _paper(paper: str) -> Iterator[str]:
    claims = [with_record(claim) for claim in all_claims(paper)]
    yield from (f"## {paper}", "", f"{{cite}}`{paper}`. {len(claims)} claims: {_counts(claims)}.", "")
    yield from ("| claim | mark | method | outcome |", "|---|---|---|---|")
    for each in claims:
        yield f"| [{each['id']}](#{_anchor(each)}) | {each['mark']} | {each['method']} | {_outcome(each)} |"
    yield ""
    for each in claims:
        yield from _claim(each)


def _claim(each: dict[str, Any]) -> Iterator[str]:
    yield from (f"({_anchor(each)})=", f"### {each['id']}", "", f"**{_escaped(each['statement'])}**", "")
    yield from (f"- Hypotheses: {_escaped(each['hypotheses'])}.", f"- Source: {_escaped(each['attribution'])}.")
    yield f"- Outcome: **{_outcome(each)}** ({each['method']}). {_escaped(each['evidence'] or '')}"
    if "counterexample" in each:
        yield f"- Counterexample: `{json.dumps(each['counterexample'])}`"
    yield ""


def _counts(claims: list[dict[str, Any]]) -> str:
    outcomes = [_outcome(each) for each in claims]
    return ", ".join(f"{outcomes.count(name)} {name}" for name in dict.fromkeys(outcomes))


def _outcome(each: dict[str, Any]) -> str:
    return each["outcome"] or "not recorded"


def _anchor(each: dict[str, Any]) -> str:
    return "claim-" + str(each["id"]).replace(".", "-")


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "|*_$<>[]{}\\`^" else c for c in text)


def _fill(app: Sphinx, docname: str, source: list[str]) -> None:
    if docname == "claims":
        source[0] = source[0].replace(MARKER, ledger())


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
