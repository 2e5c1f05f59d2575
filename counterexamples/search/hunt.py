"""One round of the search: Hypothesis generates sets of points and shrinks the first that is new."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from hypothesis import Phase, find, settings, target
from hypothesis.errors import NoSuchExample

from counterexamples.requirements import Point
from counterexamples.search.minimal import Shape, primitive, reduced, shape
from counterexamples.search.problem import Problem
from counterexamples.strategies import datasets

_MAGNITUDES = (3, 4, 6, 8, 12)


@dataclass(frozen=True)
class Round:
    """What a round brought.

    Attributes
    ----------
    points : tuple of points, or None
        A new set of which no proper subset is one.
    tried : int
        How many sets were decided, those of shrinking included.
    is_cut : bool
        Whether the time was over before the round was.
    """

    points: tuple[Point, ...] | None
    tried: int
    is_cut: bool


class _TimeIsUp(BaseException):
    """Leaves Hypothesis, which catches every `Exception` and would shrink it."""


def hunt(
    problem: Problem,
    *,
    known: frozenset[Shape],
    seed: str,
    number: int,
    examples: int,
    seconds: float,
    tick: Callable[[], None],
) -> Round:
    """Look at up to `examples` sets, and shrink the first one whose shape is not known.

    Parameters
    ----------
    seed : str
        Everything random depends on this alone.
    number : int
        Of the round: later rounds use larger coordinates.
    seconds : float
        When they are over the best set so far is taken.
    tick : callable
        Called for each set.
    """
    end = time.monotonic() + seconds
    best: list[tuple[Point, ...]] = []
    tried = 0

    def is_new(points: list[Point]) -> bool:
        nonlocal tried
        tried += 1
        tick()
        if time.monotonic() > end:
            raise _TimeIsUp
        fails, fits = problem.nullities(points)
        target(float(fails - fits), label="nullity")
        if not fails or fits:
            return False
        core = _core(points, problem)
        if shape(core) in known:
            return False
        best[:] = [tuple(core)]
        return True

    strategy = datasets(
        problem.dimension,
        max_points=problem.max_points,
        magnitude=_MAGNITUDES[min(number, len(_MAGNITUDES) - 1)],
        require=problem.require,
    )
    phases = (Phase.generate, Phase.target, Phase.shrink)
    rules = settings(max_examples=examples, database=None, deadline=None, phases=phases)
    is_cut = False
    try:
        find(strategy, is_new, settings=rules, random=Random(seed))  # noqa: S311  # nothing secret
    except NoSuchExample:
        pass
    except _TimeIsUp:
        is_cut = True
    return Round(best[0] if best else None, tried, is_cut)


def _core(points: Sequence[Point], problem: Problem) -> list[Point]:
    """Reduce a set that fails to one of which no proper subset fails, and scale it to small integers."""
    vector = problem.verdict(points).annihilating_vector
    support = [points[i] for i in vector or range(len(points))]
    core = reduced(support, lambda rest: problem.nullities(rest)[0] > 0)
    return core if "unit_norm" in problem.require else primitive(core)
