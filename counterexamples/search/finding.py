"""`find`: search, shrink, verify, save."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from counterexamples.evidence import gather
from counterexamples.requirements import Point
from counterexamples.search import saving
from counterexamples.search.minimal import Shape, is_minimal, shape
from counterexamples.search.problem import FIRST_CHOICE, Problem, pose
from counterexamples.search.result import Find, SearchResult
from counterexamples.search.theorem import settled
from verify.errors import DisagreementError, SearchError
from verify.model import Model
from verify.verdict import decide

if TYPE_CHECKING:
    from counterexamples.entry import Entry

EXAMPLES = 2000  # sets that Hypothesis generates in a round, before it shrinks
_MOST_WORKERS = 64


@dataclass(frozen=True)
class Progress:
    """A sign of life.

    Attributes
    ----------
    tried : int
        Sets of points so far.
    seconds, budget : float
        Time so far, and the most that there is.
    finds : int
    doing : str
        ``"searching"``, or the route of evidence that runs.
    """

    tried: int
    seconds: float
    budget: float
    finds: int
    doing: str

    @property
    def rate(self) -> float:
        """Sets per second."""
        return self.tried / self.seconds if self.seconds > 0 else 0.0


def find(
    fails: Model | str,
    *,
    fits: Model | str | None = None,
    dimension: int = 2,
    max_points: int = 8,
    require: Iterable[str] | str | None = None,
    budget: float = 60.0,
    count: int = 1,
    seed: int = 0,
    workers: int = 1,
    folder: str | Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> SearchResult:
    """Find, shrink and verify sets of points on which a model cannot have every labelling.

    Parameters
    ----------
    fails : Model or str
        The model that should fail.
    fits : Model or str, optional
        A model that should fit every labelling of the same points.
    dimension, max_points : int
    require : iterable of str, or one str with commas, optional
        Names of `counterexamples.requirements.REQUIREMENTS`. By default ``distinct_rays`` and ``nonzero``; where a
        theorem says that no such set exists, neither. ``distinct`` is always required: no function at all has two
        values at one point.
    budget : float, default 60
        Seconds; what is being verified when they are over is finished.
    count : int, default 1
        How many counterexamples of different shape; see `counterexamples.search.minimal.shape`.
    seed : int, default 0
        The result depends on the seed and the number of workers alone, unless the budget cuts the search.
    workers : int, default 1
        Processes that search side by side.
    folder : path, optional
        Every find is written there the moment it is verified. Finds that are there already count and are skipped.
    progress : callable, optional
        Called with a `Progress` many times a second.

    Returns
    -------
    SearchResult
        With `finds`, each verified by every route of `counterexamples.evidence` that applies. Nothing found proves
        nothing, unless `theorem` says why. Ctrl-C ends the search and gives what was found until then.

    Raises
    ------
    ModelError, SearchError
        For a search that is not well put.
    DisagreementError
        When independent routes disagree about a find, which would be a bug of fullrank; the data are saved.

    Notes
    -----
    All requirements are inherited by subsets, a model that fits a set fits its subsets, and a model that fails on a
    set fails on larger ones. So "without any one of its points it is fitted" means that no proper subset fails.

    Examples
    --------
    >>> result = find("relu", fits="gelu", require="nonzero")
    >>> [[int(a) for a in x] for x in result.finds[0].points], result.finds[0].is_minimal
    ([[0, 1], [0, 2]], True)
    """
    problem = pose(
        fails,
        fits=fits,
        dimension=dimension,
        max_points=max_points,
        require=FIRST_CHOICE if require is None and dimension and max_points else require or (),
    )
    _check(budget=budget, count=count, seed=seed, workers=workers)
    home = None if folder is None else saving.open_folder(folder)
    theorem, notes = settled(problem), []
    if theorem is not None and require is None:
        relaxed = replace(problem, require=frozenset({"distinct"}))
        if settled(relaxed) is None:
            notes.append(f"with {', '.join(sorted(problem.require))} there is none, so only 'distinct' was required")
            problem, theorem = relaxed, None
    if theorem is not None:
        return SearchResult(problem, (), (), 0, 0.0, False, False, theorem, tuple(notes))
    search = _Search(problem, count, seed, budget, home, progress, notes)
    try:
        search.run(workers)
    except KeyboardInterrupt:
        search.is_interrupted = True
    return search.result()


class _Search:
    """The state of one search."""

    def __init__(
        self,
        problem: Problem,
        count: int,
        seed: int,
        budget: float,
        home: Path | None,
        progress: Callable[[Progress], None] | None,
        notes: list[str],
    ) -> None:
        self.problem, self.count, self.seed, self.budget = problem, count, seed, budget
        self.home, self.progress, self.notes = home, progress, notes
        self.start = time.monotonic()
        self.tried, self.is_cut, self.is_interrupted = 0, False, False
        self.finds: list[Find] = []
        self.already: list[tuple[Path, Entry]] = []
        self.known: set[Shape] = set()
        if home is not None:
            read, corrupt = saving.entries_in(home)
            self.notes += corrupt
            self.already = [(path, entry) for path, entry in read if saving.answers(entry, problem)]
            self.known = {shape(entry.dataset().points) for _, entry in self.already}  # type: ignore[arg-type]  # rational

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.start

    def tell(self, more: int = 0, doing: str = "searching") -> None:
        self.tried += more
        if self.progress is not None:
            self.progress(Progress(self.tried, self.seconds, self.budget, len(self.finds), doing))

    def is_done(self) -> bool:
        return len(self.finds) + len(self.already) >= self.count

    def run(self, workers: int) -> None:
        """Search in rounds until there are enough finds or the time is over."""
        if self.is_done():
            return
        from counterexamples.search.workers import Hunt, team

        with team(workers, self.tell) as rounds:
            number = 0
            while not self.is_done() and not self.is_cut:
                remaining = self.budget - self.seconds
                if remaining <= 0:
                    self.is_cut = True
                    break
                hunts: list[Hunt] = [
                    {
                        "problem": self.problem,
                        "known": frozenset(self.known),
                        "seed": f"{self.seed} {worker} {number}",
                        "number": number,
                        "examples": EXAMPLES,
                        "seconds": remaining,
                    }
                    for worker in range(workers)
                ]
                for found in rounds(hunts):
                    self.is_cut |= found.is_cut
                    if found.points is not None and not self.is_done():
                        self.keep(found.points)
                number += 1

    def keep(self, points: tuple[Point, ...]) -> None:
        """Verify a find and write it down, unless another process found the same in this round."""
        form = shape(points)
        if form in self.known:
            return
        self.known.add(form)
        problem = self.problem
        verdict = problem.verdict(points)
        fits = None if problem.fits is None else decide(verdict.data, problem.fits)
        if not problem.holds(points):
            raise AssertionError(f"{points} is not what was looked for: {problem.describe()}")
        minimal = is_minimal(points, lambda rest: problem.nullities(rest)[0] > 0)
        with self.disagreements_are_saved():
            evidence = gather(
                verdict.data, problem.fails, seed=self.seed, progress=lambda route: self.tell(doing=route)
            )
        entry = saving.entry_of(verdict, fits, evidence, is_minimal=minimal, seed=self.seed)
        path = None if self.home is None else saving.save(entry, self.home)
        self.finds.append(Find(verdict, fits, minimal, evidence, entry, path))
        self.tell()

    @contextmanager
    def disagreements_are_saved(self) -> Iterator[None]:
        try:
            yield
        except DisagreementError as error:
            path = saving.save_disagreement(error, self.home or Path.cwd())
            raise DisagreementError(f"{error} in {path}", error.report) from None

    def result(self) -> SearchResult:
        return SearchResult(
            self.problem,
            tuple(self.finds),
            tuple(self.already),
            self.tried,
            self.seconds,
            self.is_cut,
            self.is_interrupted,
            None,
            tuple(self.notes),
        )


def _check(*, budget: float, count: int, seed: int, workers: int) -> None:
    if isinstance(budget, bool) or not isinstance(budget, int | float) or not math.isfinite(budget) or budget <= 0:
        raise SearchError(f"budget={budget!r} is not a number of seconds above 0; write budget=60")
    for name, value, least in (("count", count, 1), ("workers", workers, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise SearchError(f"{name}={value!r} is not a whole number of at least {least}; write {name}={least}")
    if workers > _MOST_WORKERS:
        raise SearchError(f"workers={workers} is too many processes; choose at most {_MOST_WORKERS}")
