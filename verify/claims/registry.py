"""The papers and the modules that hold their claims as ``CLAIMS``, loaded when they are first asked for."""

from __future__ import annotations

import difflib
from importlib import import_module

from verify.claims.claim import Claim
from verify.errors import ModelError

PAPERS: dict[str, str] = {
    "benson2020": "verify.claims.benson2020",
    "ziyin2022": "verify.claims.ziyin2022",
    "martin2024": "verify.claims.martin2024",
    "karhadkar2024": "verify.claims.karhadkar2024",
}
"""The BibTeX key of each paper and the module with the claims about it."""


def all_claims(paper: str | None = None) -> list[Claim]:
    """List the claims, of all papers or of one.

    Raises
    ------
    ModelError
        For a paper that is not in the ledger.
    """
    if paper is not None and paper not in PAPERS:
        near = difflib.get_close_matches(paper, PAPERS, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ModelError(f"there is no paper {paper!r} in the ledger; {hint}The papers are {', '.join(PAPERS)}")
    keys = PAPERS if paper is None else [paper]
    return [claim for key in keys for claim in import_module(PAPERS[key]).CLAIMS]


def claim(id: str) -> Claim:  # noqa: A002  # the ledger calls it so
    """Find a claim by its id; `ModelError` suggests the nearest one."""
    known = {each.id: each for each in all_claims()}
    if id not in known:
        near = difflib.get_close_matches(id, known, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ModelError(f"there is no claim {id!r}; {hint}`fullrank claims` lists them")
    return known[id]
