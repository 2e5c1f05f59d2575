"""Searching one chunk: in this process, in another one, or on another machine. Every obstruction is decided exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from counterexamples.enumeration.columns import GridPoint
from counterexamples.enumeration.grid import Grid, Task, grid_of
from counterexamples.enumeration.orderly import Tally, search_below
from counterexamples.enumeration.outcome import Obstruction
from counterexamples.enumeration.plan import Chunk, as_sets, most_classes
from verify.errors import DisagreementError, SearchError


class BadPrimeError(Exception):
    """Columns are dependent modulo the prime and independent over the rationals; another prime is needed."""


@dataclass(frozen=True)
class Finished:
    """A finished chunk.

    Attributes
    ----------
    tally : Tally
    obstructions : tuple of Obstruction
        Each decided exactly.
    """

    tally: Tally
    obstructions: tuple[Obstruction, ...]

    def to_json(self) -> dict[str, Any]:
        """Give it as a JSON-ready dict, for the journal."""
        return {
            "examined": sorted(self.tally.examined.items()),
            "fitted": sorted(self.tally.fitted.items()),
            "obstructions": [[one.points, one.kind, one.count] for one in self.obstructions],
        }

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Finished:
        """Read what `to_json` wrote."""
        tally = Tally()
        tally.examined.update(dict(record["examined"]))
        tally.fitted.update(dict(record["fitted"]))
        found = [Obstruction(tuple(map(tuple, points)), kind, count) for points, kind, count in record["obstructions"]]
        return cls(tally, tuple(found))


def search_chunk(task: Task, chunk: Chunk) -> Finished:
    """Search below the roots of a chunk.

    Raises
    ------
    BadPrimeError
        When the prime is not good enough; then nothing that was searched with it counts.
    """
    grid = grid_of(task)
    sets = as_sets(list(chunk.roots), len(chunk.roots[0]))
    return finished(grid, search_below(grid, sets, most_classes(grid)))


def finished(grid: Grid, tally: Tally) -> Finished:
    """Decide every obstruction of a tally exactly."""
    made = [decided(grid, grid.representatives(one), grid.count_like(one)) for one in tally.obstructions]
    return Finished(tally, tuple(one for one in made if one is not None))


def decided(grid: Grid, points: Sequence[GridPoint], count: int) -> Obstruction | None:
    """Decide exactly that points are a minimal obstruction; None if the model that should fit fails too.

    That every proper subset is fitted is known: its columns are independent modulo the prime, so they are independent.
    That the set fails is what the prime cannot say.
    """
    from counterexamples.catalogue.kind import kind_of

    problem = grid.problem
    rational = [tuple(map(Fraction, x)) for x in points]
    verdict = problem.verdict(rational)
    if verdict.nullity is None:
        raise SearchError(f"the outcome is unknown on {list(points)}: {verdict.reason}; choose another model")
    if verdict.nullity == 0:
        raise BadPrimeError(grid.task.prime)
    vector = verdict.annihilating_vector or {}
    if verdict.nullity != 1 or len(vector) != len(points):
        raise DisagreementError(
            f"fullrank contradicts itself, which is a bug, so nothing is claimed: {list(points)} is a minimal "
            f"obstruction of {problem.fails} by elimination modulo {grid.task.prime}, and not by the decision",
            {"model": str(problem.fails), "points": [list(x) for x in points], "rank": verdict.rank},
        )
    _, fits = problem.nullities(rational)
    return None if fits else Obstruction(tuple(points), kind_of(verdict), count)


def digest(chunks: Sequence[Chunk]) -> str:
    """Name a division of the work: finished chunks of another one do not count."""
    text = repr([chunk.roots for chunk in chunks])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
