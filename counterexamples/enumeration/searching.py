"""`exhaustive`: every set of at most n points of a box, in chunks, on any executor, resumable after a kill."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from counterexamples.enumeration.chunks import BadPrimeError, Finished, decided, digest, finished, search_chunk
from counterexamples.enumeration.elimination import FIRST_PRIME, next_prime
from counterexamples.enumeration.grid import Grid, Task, grid_of
from counterexamples.enumeration.journal import Journal
from counterexamples.enumeration.orderly import Tally
from counterexamples.enumeration.outcome import Exhaustion, Obstruction
from counterexamples.enumeration.plan import LIMIT, Chunk, Plan, make_plan, sets_of_points
from counterexamples.search import saving
from counterexamples.search.problem import pose
from verify.errors import FullrankError, SearchError
from verify.model import Model

MOST_WORKERS = 64
_AHEAD = 128  # chunks that wait in an executor, so that none of its processes is idle
_POLL = 0.2  # seconds between two signs of life


@dataclass(frozen=True)
class ChunkProgress:
    """A sign of life.

    Attributes
    ----------
    share : float
        Of the work that is finished, between 0 and 1: the work is estimated before symmetry.
    examined : int
        Sets that were looked at in this run.
    seconds : float
        Of this run.
    left : float or None
        Seconds that the rest will take at this pace; None before the first chunk.
    obstructions : int
        Classes of minimal obstructions so far.
    """

    share: float
    examined: int
    seconds: float
    left: float | None
    obstructions: int

    @property
    def rate(self) -> float:
        """Sets that were looked at per second."""
        return self.examined / self.seconds if self.seconds > 0 else 0.0


def exhaustive(
    fails: Model | str,
    *,
    box: int = 1,
    dimension: int = 2,
    max_points: int = 8,
    fits: Model | str | None = None,
    require: Iterable[str] | str = (),
    workers: int = 1,
    executor: Executor | None = None,
    folder: str | Path | None = None,
    limit: int = LIMIT,
    progress: Callable[[ChunkProgress], None] | None = None,
) -> Exhaustion:
    """Find every minimal set of at most `max_points` points of the grid {-b, ..., b}^d that a model cannot fit.

    Sets are taken up to signed permutations of the coordinates, and up to scaling of single points where any two
    points of a ray are an obstruction; `docs/exhaustive.md` proves that neither changes what is an obstruction. Every
    minimal obstruction is decided exactly, and every other set is fitted, or contains one: nothing is left out, so
    "there is no smaller one in this box" is proved.

    Parameters
    ----------
    fails : Model or str
        The model that should fail; any model that `verify.decide` covers, except discontinuous ones.
    box : int, default 1
        The b of the grid.
    dimension, max_points : int
    fits : Model or str, optional
        A model that should fit every labelling of the same points.
    require : iterable of str, or one str with commas
        Names of `counterexamples.requirements.REQUIREMENTS`; ``distinct`` always.
    workers : int, default 1
        Processes; 1 works in this one.
    executor : concurrent.futures.Executor, optional
        Takes the place of `workers`: threads, a pool, ``distributed.Client(address).get_executor()``. It is not shut
        down.
    folder : path, optional
        The journal of finished chunks is kept there, and at the end an entry file for each class of obstructions.
        Called again with the same arguments after a kill, the search goes on where it was.
    limit : int, default 10**9
        Refuse a box with more sets than this up to symmetry.
    progress : callable, optional
        Called with a `ChunkProgress` several times a second.

    Returns
    -------
    Exhaustion
        Ctrl-C ends the search and gives what was found until then, with `is_complete` False.

    Raises
    ------
    ModelError, SearchError
        For a search that is not well put, a box that is too large, or a journal that is damaged or not of this search.
    DisagreementError
        When the elimination and the decision disagree, which would be a bug of fullrank.

    Notes
    -----
    For e points up to scaling, G symmetries and a condition matrix of rank r the time is about that of r e operations
    for each orbit of fitted sets of fewer than `max_points` points, and G for each set that is examined.

    Examples
    --------
    >>> result = exhaustive("relu", box=1, dimension=2)
    >>> result.is_complete, result.sets, dict(result.counts)
    (True, 511, {1: 1, 6: 4})
    >>> [one.points for one in result.obstructions][0]
    ((0, 0),)
    """
    problem = pose(fails, fits=fits, dimension=dimension, max_points=max_points, require=require)
    _check(box=(box, 0), workers=(workers, 1), limit=(limit, 1))
    if workers > MOST_WORKERS:
        raise SearchError(f"workers={workers} is too many processes; choose at most {MOST_WORKERS}")
    prime = FIRST_PRIME
    start = time.monotonic()
    make_plan(grid_of(Task(problem, box, prime)), limit=limit)  # refuses a large box before anything is written
    home = None if folder is None else saving.open_folder(folder)
    header = {
        "fails": str(problem.fails),
        "fits": None if problem.fits is None else str(problem.fits),
        "box": box,
        "dimension": dimension,
        "max_points": max_points,
        "require": sorted(problem.require),
    }
    journal = None if home is None else Journal(home, header)
    with nullcontext() if journal is None else closing(journal):
        if journal is not None and journal.primes():
            prime = journal.primes()[-1]
        while True:
            try:
                run = _Run(Task(problem, box, prime), limit, journal, progress, start)
                run.go(workers, executor)
                return run.outcome()
            except BadPrimeError:
                prime = next_prime(prime)


class _Run:
    """The state of one enumeration with one prime."""

    def __init__(
        self,
        task: Task,
        limit: int,
        journal: Journal | None,
        progress: Callable[[ChunkProgress], None] | None,
        start: float,
    ) -> None:
        self.task, self.journal, self.progress, self.start = task, journal, progress, start
        self.grid: Grid = grid_of(task)
        self.plan: Plan = make_plan(self.grid, limit=limit)
        self.name = digest(self.plan.chunks)
        self.done: dict[int, Finished] = {}
        for number, record in ({} if journal is None else journal.finished(task.prime)).items():
            if record["plan"] == self.name:
                self.done[number] = Finished.from_json(record)
        self.resumed = len(self.done)
        self.root = finished(self.grid, self.plan.tally)
        self.known = self._known()
        self.examined_now = sum(self.plan.tally.examined.values())
        self.resumed_weight = sum(chunk.weight for chunk in self.plan.chunks if chunk.number in self.done)

    def go(self, workers: int, executor: Executor | None) -> None:
        """Search the chunks that are not finished; Ctrl-C ends it."""
        left = [chunk for chunk in self.plan.chunks if chunk.number not in self.done]
        with suppress(KeyboardInterrupt), closing(_results(self.task, left, workers, executor, self.tell)) as results:
            for chunk, result in results:
                if self.journal is not None:
                    self.journal.append(
                        {"chunk": chunk.number, "prime": self.task.prime, "plan": self.name, **result.to_json()}
                    )
                self.done[chunk.number] = result
                self.examined_now += sum(result.tally.examined.values())
                self.tell()

    def tell(self) -> None:
        if self.progress is None:
            return
        total = sum(chunk.weight for chunk in self.plan.chunks)
        weight = sum(chunk.weight for chunk in self.plan.chunks if chunk.number in self.done)
        seconds = time.monotonic() - self.start
        now = weight - self.resumed_weight
        self.progress(
            ChunkProgress(
                weight / total if total else 1.0,
                self.examined_now,
                seconds,
                seconds * (total - weight) / now if now else None,
                len(self.known) + sum(len(one.obstructions) for one in self.done.values()),
            )
        )

    def outcome(self) -> Exhaustion:
        problem, grid = self.task.problem, self.grid
        tally = Tally()
        obstructions = [*self.known, *self.root.obstructions]
        tally.add(self.root.tally)
        for number in sorted(self.done):
            tally.add(self.done[number].tally)
            obstructions += self.done[number].obstructions
        return Exhaustion(
            problem=problem,
            box=self.task.box,
            obstructions=tuple(sorted(obstructions, key=lambda one: (len(one.points), _size(one), one.points))),
            grid_points=len(grid.points),
            classes=grid.size,
            symmetries=len(grid.permutations),
            sets=sets_of_points(grid),
            examined=dict(tally.examined),
            fitted=dict(tally.fitted),
            is_complete=len(self.done) == len(self.plan.chunks),
            chunks=len(self.plan.chunks),
            finished=len(self.done),
            resumed=self.resumed,
            seconds=time.monotonic() - self.start,
            examined_now=self.examined_now,
            journal=None if self.journal is None else self.journal.path,
            notes=self._notes(),
        )

    def _notes(self) -> tuple[str, ...]:
        grid = self.grid
        if grid.size == 0 or grid.rank < grid.size:
            return ()
        besides = " that are no obstruction alone" if grid.loops else ""
        return (
            f"one network fits all {grid.size} points of the grid{besides} at once, up to scaling, so none was tried",
        )

    def _known(self) -> tuple[Obstruction, ...]:
        """The obstructions that are known before any set is made: single points, and pairs on a ray."""
        grid, most = self.grid, self.task.problem.max_points
        found = [decided(grid, [x], count) for x, count in grid.loop_orbits()] if most >= 1 else []
        if most >= 2 and not self.task.problem.require & {"distinct_rays", "distinct_lines"}:
            found += [decided(grid, pair, count) for pair, count in grid.parallel_pairs()]
        return tuple(one for one in found if one is not None)


def _results(
    task: Task, chunks: list[Chunk], workers: int, executor: Executor | None, tell: Callable[[], None]
) -> Generator[tuple[Chunk, Finished], None, None]:
    """Give the chunks with what was found, in the order in which they are finished."""
    tell()
    if executor is None and (workers == 1 or len(chunks) < 2):
        for chunk in chunks:
            yield chunk, search_chunk(task, chunk)
        return
    waiting = deque(chunks)
    running: dict[Future[Finished], Chunk] = {}
    with _processes(workers) if executor is None else nullcontext(executor) as crew:
        try:
            while waiting or running:
                while waiting and len(running) < _AHEAD:
                    chunk = waiting.popleft()
                    running[crew.submit(search_chunk, task, chunk)] = chunk
                ready = wait(running, timeout=_POLL, return_when=FIRST_COMPLETED).done
                for future in ready:
                    yield running.pop(future), _result(future)
                tell()
        finally:
            for future in running:
                future.cancel()


def _result(future: Future[Finished]) -> Finished:
    try:
        return future.result()
    except (FullrankError, BadPrimeError, AssertionError):
        raise
    except BrokenExecutor:
        raise SearchError(
            "a worker process was killed, perhaps for want of memory; what is finished is kept in the journal, if "
            "there is one: start again, with fewer workers"
        ) from None
    except Exception as error:  # a cluster may raise anything
        raise SearchError(
            f"the executor failed: {type(error).__name__}: {error}; what is finished is kept in the journal, if there "
            "is one: start again"
        ) from error


def _processes(workers: int) -> AbstractContextManager[Executor]:
    from counterexamples.search.workers import processes

    return processes(workers)


def _size(one: Obstruction) -> int:
    return sum(a * a for x in one.points for a in x)


def _check(**values: tuple[int, int]) -> None:
    for name, (value, least) in values.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise SearchError(
                f"{name}={value!r} is not a whole number of at least {least}; write {name}={max(1, least)}"
            )
