"""What an enumeration found, in words and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from counterexamples.enumeration.columns import GridPoint
    from counterexamples.search.problem import Problem

_LISTED = 40  # obstructions that are shown in words


@dataclass(frozen=True)
class Obstruction:
    """A minimal obstruction, and how many sets of the box are like it.

    Attributes
    ----------
    points : tuple of tuples of int
    kind : str
        A key of `counterexamples.entry.KINDS`.
    count : int
        The number of sets of the box that signed permutations of the coordinates, and changes of points within their
        classes, make of it; itself included.
    """

    points: tuple[GridPoint, ...]
    kind: str
    count: int

    def to_json(self) -> dict[str, Any]:
        """Give it as a JSON-ready dict."""
        return {
            "size": len(self.points),
            "points": [list(x) for x in self.points],
            "kind": self.kind,
            "sets": self.count,
        }


@dataclass(frozen=True)
class Exhaustion:
    """The outcome of an enumeration.

    Attributes
    ----------
    problem : Problem
    box : int
        The grid is {-box, ..., box}^d.
    obstructions : tuple of Obstruction
        One for each class of minimal obstructions, the smallest first; all of them if `is_complete`.
    grid_points, classes, symmetries : int
        Admitted points of the box; points up to scaling, those that are obstructions alone left out; and symmetries.
    sets : int
        How many sets of at most `max_points` points there are.
    examined : mapping of int to int
        By size, how many sets of classes were looked at.
    fitted : mapping of int to int
        By size, how many orbits of sets of classes the model fits.
    is_complete : bool
        Whether every set is settled.
    chunks, finished, resumed : int
        Chunks of the work, those that are finished, and those of them that an earlier run had finished.
    seconds : float
        Of this run.
    examined_now : int
        Sets that were looked at in this run.
    journal : Path or None
    """

    problem: Problem
    box: int
    obstructions: tuple[Obstruction, ...]
    grid_points: int
    classes: int
    symmetries: int
    sets: int
    examined: Mapping[int, int]
    fitted: Mapping[int, int]
    is_complete: bool
    chunks: int
    finished: int
    resumed: int
    seconds: float
    examined_now: int
    journal: Path | None
    notes: tuple[str, ...] = ()

    @property
    def smallest(self) -> int | None:
        """The number of points of a smallest obstruction; None if there is none, or if not all sets are settled."""
        return len(self.obstructions[0].points) if self.is_complete and self.obstructions else None

    @property
    def rate(self) -> float:
        """Sets that were looked at, per second of this run."""
        return self.examined_now / self.seconds if self.seconds > 0 else 0.0

    @cached_property
    def counts(self) -> Mapping[int, int]:
        """By size, the number of minimal obstructions in the box, those that are alike included."""
        total: Counter[int] = Counter()
        for one in self.obstructions:
            total[len(one.points)] += one.count
        return dict(sorted(total.items()))

    def to_json(self) -> dict[str, Any]:
        """Give the outcome as a JSON-ready dict."""
        problem = self.problem
        return {
            "fails": str(problem.fails),
            "fits": None if problem.fits is None else str(problem.fits),
            "dimension": problem.dimension,
            "box": self.box,
            "max_points": problem.max_points,
            "require": sorted(problem.require),
            "complete": self.is_complete,
            "sets": self.sets,
            "obstructions": [one.to_json() for one in self.obstructions],
            "minimal_obstructions_by_size": {str(k): n for k, n in self.counts.items()},
            "smallest": self.smallest,
            "grid_points": self.grid_points,
            "classes": self.classes,
            "symmetries": self.symmetries,
            "examined_by_size": {str(k): n for k, n in sorted(self.examined.items())},
            "fitted_orbits_by_size": {str(k): n for k, n in sorted(self.fitted.items())},
            "chunks": self.chunks,
            "finished": self.finished,
            "resumed": self.resumed,
            "seconds": round(self.seconds, 3),
            "examined_per_second": round(self.rate),
            "journal": None if self.journal is None else str(self.journal),
            "notes": list(self.notes),
        }

    def explain(self) -> str:
        """Say in plain words what was looked through and what came out."""
        problem, b = self.problem, self.box
        lines = [
            f"Looked through: all {self.sets:,} sets of at most {problem.max_points} points of the grid "
            f"{{-{b}, ..., {b}}}^{problem.dimension} ({', '.join(sorted(problem.require))}), up to {self.symmetries} "
            "symmetries, and up to scaling where it changes nothing."
        ]
        if not self.is_complete:
            lines[0] = lines[0].replace("Looked through:", "To look through:")
            lines.append(f"{self.finished} of {self.chunks} chunks are finished, so this list may be incomplete.")
        fits = f" and {problem.fits} can" if problem.fits is not None else ""
        for size, count in self.counts.items():
            shown = [one for one in self.obstructions if len(one.points) == size]
            points = "1 point" if size == 1 else f"{size} points"
            sets = "1 set" if count == 1 else f"{count:,} sets"
            lines.append(f"{sets} of {points}, of {len(shown)} kind{'s' * (len(shown) > 1)}:")
            lines += [f"  {_written(one.points)}  {one.kind}, {one.count:,} like it" for one in shown[:_LISTED]]
            lines += [f"  and {len(shown) - _LISTED} more; --json lists them all"] * (len(shown) > _LISTED)
        if self.is_complete:
            lines.append(self._proved(fits))
        examined = sum(self.examined.values())
        lines.append(f"Examined {examined:,} sets, {self.examined_now:,} of them now, in {self.seconds:.2f} s.")
        return "\n".join([*lines, *(f"Note: {note}." for note in self.notes)])

    def _proved(self, fits: str) -> str:
        problem = self.problem
        if not self.obstructions:
            return (
                f"There is no set of at most {problem.max_points} points in this box that {problem.fails} cannot "
                f"fit{fits}: every set was settled."
            )
        return (
            f"Every other set of at most {problem.max_points} points in this box that {problem.fails} cannot fit{fits} "
            f"contains one of these or one like them; none of these contains another. The smallest has "
            f"{self.smallest} point{'s' * (self.smallest != 1)}: no smaller set in this box fails."
        )


def _written(points: tuple[GridPoint, ...]) -> str:
    return " ".join(f"({', '.join(map(str, x))})" for x in points)
