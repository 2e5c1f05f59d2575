"""`Claim`: one checkable statement, where it comes from, and the function that checks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Mark(StrEnum):
    """How the statement is known to be the paper's."""

    TEXT = "text"
    """Read in the abstract or text that is public."""

    CODE = "code"
    """Read in the authors' public code."""

    RECALLED = "recalled"
    """Believed to be in the paper, not seen."""

    DERIVED = "derived"
    """Derived for this project; it is not attributed to the authors."""


class Method(StrEnum):
    """How a claim is checked, from the strongest to the weakest."""

    PROVED = "proved"
    """A symbolic identity, or a proof that a program follows line by line."""

    DECIDED = "decided"
    """Exactly, on the instances named in the evidence."""

    ENCLOSED = "enclosed"
    """By rigorous enclosures, on the instances named in the evidence."""

    SAMPLED = "sampled"
    """In floating point or on random samples, with an interval. It supports and never proves."""


class Outcome(StrEnum):
    """What a check says."""

    HOLDS = "holds"
    FAILS = "fails"
    SUPPORTED = "supported"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Finding:
    """What one run of a check found.

    Attributes
    ----------
    outcome : Outcome
    evidence : str
        One sentence: what was checked, on how many instances, with which numbers.
    counterexample : mapping, optional
        JSON-ready; present if, and only if, the outcome is FAILS.
    """

    outcome: Outcome
    evidence: str
    counterexample: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.FAILS) != (self.counterexample is not None):
            raise ValueError(f"the outcome {self.outcome} and the counterexample {self.counterexample} do not fit")


@dataclass(frozen=True)
class Claim:
    """One checkable statement of a paper, or about its subject.

    Attributes
    ----------
    id : str
        ``paper.short-name``, for example ``benson2020.relu-antipodal``; the part before the dot is the BibTeX key.
    statement, hypotheses : str
        In plain words.
    source : str
        Where it stands: ``"abstract"``, ``"Theorem 2"``, ``"theory chapter, section 3"``.
    mark : Mark
    method : Method
    check : callable
        ``check(thorough)`` returns a `Finding`; with ``thorough=True`` on more instances.
    cost : float
        Seconds of one run without ``thorough``, to the nearest order of magnitude.
    """

    id: str
    statement: str
    hypotheses: str
    source: str
    mark: Mark
    method: Method
    check: Callable[[bool], Finding]
    cost: float

    @property
    def paper(self) -> str:
        """The BibTeX key of the paper."""
        return self.id.partition(".")[0]

    @property
    def attribution(self) -> str:
        """Say whose statement it is, as it must be read wherever the claim appears."""
        return {
            Mark.TEXT: f"stated in the paper ({self.source})",
            Mark.CODE: f"read in the authors' public code ({self.source})",
            Mark.RECALLED: f"as recalled; not verified against the text ({self.source})",
            Mark.DERIVED: f"derived for this project ({self.source}); not the authors'",
        }[self.mark]

    def run(self, *, thorough: bool = False) -> Finding:
        """Check the claim; a sampled check that found nothing against it *supports*, whatever it says itself."""
        finding = self.check(thorough)
        if self.method is Method.SAMPLED and finding.outcome is Outcome.HOLDS:
            return Finding(Outcome.SUPPORTED, finding.evidence)
        return finding
