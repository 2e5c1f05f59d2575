"""What a search found, in words and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.rational import format_rational

if TYPE_CHECKING:
    from counterexamples.entry import Entry
    from counterexamples.evidence import Evidence
    from counterexamples.requirements import Point
    from counterexamples.search.problem import Problem
    from verify import Verdict


_MINIMAL = "No proper subset fails: without any one of its points, every labelling of the rest is attained."
_SINGLE = "No proper subset fails: it is a single point."


@dataclass(frozen=True)
class Find:
    """A verified counterexample.

    Attributes
    ----------
    verdict : Verdict
        That the model cannot have every labelling of `points`.
    fits : Verdict or None
        That the other model can.
    is_minimal : bool
        Whether every proper subset is fitted; checked, not guessed.
    evidence : Evidence
        The records of the independent routes.
    entry : Entry
        All of it as an entry of the catalogue, with the certificate.
    path : Path or None
        The file of the entry.
    """

    verdict: Verdict
    fits: Verdict | None
    is_minimal: bool
    evidence: Evidence
    entry: Entry
    path: Path | None

    @property
    def points(self) -> tuple[Point, ...]:
        """The points."""
        return self.verdict.data.points  # type: ignore[return-value]  # rational

    def to_json(self) -> dict[str, Any]:
        """Give the find as a JSON-ready dict; numbers of points are strings "p/q"."""
        return {
            "id": self.entry.id,
            "points": [[format_rational(a) for a in x] for x in self.points],
            "verdict": self.verdict.to_json(),
            "fits": None if self.fits is None else self.fits.to_json(),
            "minimality": "no proper subset fails" if self.is_minimal else "shrunk",
            "evidence": list(self.evidence.to_json()),
            "certificate": self.verdict.certificate(),
            "path": None if self.path is None else str(self.path),
        }

    def explain(self) -> str:
        """Say in plain words what was found, why it is one, and who confirms it."""
        points = ", ".join(f"({', '.join(map(format_rational, x))})" for x in self.points)
        lines = [f"Points: {points}.", *self.verdict.explain().splitlines()]
        if self.is_minimal:
            lines.append(
                "No proper subset fails: without any one of its points, every labelling of the rest is attained."
            )
        if self.fits is not None:
            model, rank = self.fits.model, self.fits.rank
            lines.append(f"A {model.describe()} ({model}) fits every labelling of these points: rank {rank}.")
        lines.append(f"Confirmed by {self.evidence.confirmations} independent routes:")
        for record in self.evidence:
            mark = "+" if record.agrees else "-"
            lines.append(f"  {mark} {record.route}: {record.words}")
        return "\n".join(lines)


@dataclass(frozen=True)
class SearchResult:
    """The outcome of a search.

    Attributes
    ----------
    problem : Problem
        What was looked for.
    finds : tuple of Find
    already : tuple of (Path, Entry)
        Finds of earlier runs in the same folder; they were not looked for again.
    tried : int
        How many sets of points were decided, those of shrinking included.
    seconds : float
    is_cut : bool
        Whether the budget ended the search.
    is_interrupted : bool
        Whether a person ended it (Ctrl-C).
    theorem : str or None
        Why nothing can be found, where a theorem says so.
    notes : tuple of str
        What the person who started the search should know.
    """

    problem: Problem
    finds: tuple[Find, ...]
    already: tuple[tuple[Path, Entry], ...]
    tried: int
    seconds: float
    is_cut: bool
    is_interrupted: bool
    theorem: str | None
    notes: tuple[str, ...]

    @property
    def found(self) -> bool:
        """Whether there is anything, found now or before."""
        return bool(self.finds or self.already)

    def to_json(self) -> dict[str, Any]:
        """Give the result as a JSON-ready dict."""
        problem = self.problem
        return {
            "fails": str(problem.fails),
            "fits": None if problem.fits is None else str(problem.fits),
            "dimension": problem.dimension,
            "max_points": problem.max_points,
            "require": sorted(problem.require),
            "found": [find.to_json() for find in self.finds],
            "already": [{"id": entry.id, "path": str(path)} for path, entry in self.already],
            "tried": self.tried,
            "seconds": round(self.seconds, 3),
            "theorem": self.theorem,
            "proves_nothing": not self.found and self.theorem is None,
            "notes": list(self.notes),
        }

    def explain(self) -> str:
        """Say in plain words what was looked for and what came out."""
        lines = [f"Looked for: {self.problem.describe()}."]
        if self.theorem is not None:
            return "\n".join([*lines, f"There is none, by a theorem. {self.theorem}"])
        for path, entry in self.already:
            lines.append(f"Already there: {path} ({entry.count} points), not looked for again.")
        for number, find in enumerate(self.finds, 1):
            if len(self.finds) > 1:
                lines.append(f"Counterexample {number}:")
            lines.append(find.explain())
            if find.path is not None:
                lines.append(f"Wrote {find.path}.")
        effort = f"{self.tried} sets of points in {self.seconds:.1f} s"
        if not self.found:
            lines.append(f"No counterexample found: {effort} were tried. This proves nothing: there may be one.")
        return "\n".join([*lines, *(f"Note: {note}." for note in self.notes)])
