"""What a run of the checks found, JSON-ready, and the runs that ship with the package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from verify.claims.claim import Claim, Finding

FOLDER = Path(__file__).parent / "recorded"
"""A file for each paper: what ``fullrank claims check PAPER --json`` printed."""


def to_json(claim: Claim, finding: Finding | None) -> dict[str, Any]:
    """Describe a claim, and what a check of it found.

    Returns
    -------
    dict
        ``outcome`` and ``evidence`` are None where nothing was checked; ``counterexample`` is there when it fails.
    """
    described: dict[str, Any] = {
        "id": claim.id,
        "paper": claim.paper,
        "statement": claim.statement,
        "hypotheses": claim.hypotheses,
        "source": claim.source,
        "mark": claim.mark.value,
        "attribution": claim.attribution,
        "method": claim.method.value,
        "outcome": None if finding is None else finding.outcome.value,
        "evidence": None if finding is None else finding.evidence,
    }
    if finding is not None and finding.counterexample is not None:
        described["counterexample"] = dict(finding.counterexample)
    return described


def recorded(paper: str) -> dict[str, dict[str, Any]]:
    """Read the recorded run of a paper: claims by their id; empty where none was recorded.

    Examples
    --------
    >>> recorded("nobody1900")
    {}
    """
    path = FOLDER / f"{paper}.json"
    if not path.exists():
        return {}
    return {each["id"]: each for each in json.loads(path.read_text(encoding="utf-8"))["claims"]}


def with_record(claim: Claim) -> dict[str, Any]:
    """Describe a claim as `to_json` does, with the recorded outcome and evidence."""
    known = recorded(claim.paper).get(claim.id, {})
    found: dict[str, Any] = {key: known[key] for key in ("outcome", "evidence", "counterexample") if key in known}
    return {**to_json(claim, None), **found}
