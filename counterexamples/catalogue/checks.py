"""The harness: everything that an entry states, checked one statement at a time.

Each function `check_*` says in its docstring what it checks, and raises `CatalogueError` if that does not hold. The
fast ones together check every entry of the catalogue in a minute or so; the thorough ones repeat the work in another
way.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterexamples.entry import Entry
from verify.errors import CatalogueError, FullrankError

if TYPE_CHECKING:
    from verify import Dataset, Verdict

_MOST_REMOVED = 64  # points, for check_minimality
_MOST_ROUTES = 600  # points, for check_routes


class Case:
    """An entry, with the data and the verdict that several checks share."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    @cached_property
    def data(self) -> Dataset:
        """The points and labels, made once."""
        return self.entry.dataset()

    @cached_property
    def verdict(self) -> Verdict:
        """The decision, made once."""
        from verify import Model, decide

        return decide(self.data, Model.parse(self.entry.model))


Check = Callable[[Case], None]


@dataclass(frozen=True)
class Report:
    """What the harness found out about an entry.

    Attributes
    ----------
    id, name : str
    passed : tuple of str
        The names of the checks that hold.
    failures : tuple of str
        One line for each check that does not.
    """

    id: str
    name: str
    passed: tuple[str, ...]
    failures: tuple[str, ...]


def check_data(case: Case) -> None:
    """Points and labels have the stated SHA-256, and a generated set the stated size."""
    if (case.data.n, case.data.dimension) != (case.entry.count, case.entry.dimension):
        raise CatalogueError(f"there are {case.data.n} points of dimension {case.data.dimension}")


def check_verdict(case: Case) -> None:
    """`verify.decide` gives the stated outcome, rank and least loss."""
    from counterexamples.catalogue.building import stated

    _same("the verdict", stated(case.verdict), case.entry.verdict)


def check_kind(case: Case) -> None:
    """The points on which the annihilating vector rests form an obstruction of the stated kind."""
    from counterexamples.catalogue.kind import kind_of

    _same("the kind", kind_of(case.verdict), case.entry.kind)


def check_certificate(case: Case) -> None:
    """The certificate speaks of these data and this model, and the trusted checker accepts it.

    One that is stored must also prove the stated outcome, rank and least loss by itself: its claims have these values.
    """
    stored = case.entry.certificate
    _accept(case, stored)
    if stored is None:
        return
    values = {claim["kind"]: claim.get("value") for claim in stored["claims"]}
    if "rank" in values:
        _same("the rank that the certificate proves", int(values["rank"]), case.entry.verdict.rank)
    losses = [Fraction(claim["value"]) for claim in stored["claims"] if claim["kind"] == "least_mse"]
    if losses:
        least = sum(losses) / len(losses)
        _same("the least loss that the certificate proves", least, case.entry.verdict.least_mse)
    expected = {"cannot_interpolate", "not_every_labelling"}
    if case.entry.verdict.outcome == "cannot_interpolate" and not expected & set(values):
        raise CatalogueError("the certificate does not prove that some labels are out of reach")
    if case.entry.verdict.outcome == "interpolates" and "interpolates" not in values:
        _same("the rank that the certificate proves", int(values.get("rank", -1)), case.entry.count)


def check_evidence(case: Case) -> None:
    """Each record of evidence that gives a rank gives the stated one, and none of them reports a disagreement."""
    for record in case.entry.evidence:
        if record.get("agrees") is False:
            raise CatalogueError(f"the route {record['route']!r} of the evidence disagrees")
        if "rank" in record:
            _same(f"the rank of the route {record['route']!r}", record["rank"], case.entry.verdict.rank)


def check_minimality(case: Case) -> None:
    """If minimality is proved: without any one of its points the set takes every labelling.

    That settles all proper subsets, because a subset of points that take every labelling does so too.
    """
    from verify import Dataset, Model, decide

    if case.entry.minimality.kind != "proved":
        return
    if case.data.n > _MOST_REMOVED:
        vector = case.verdict.annihilating_vector or {}
        if case.verdict.nullity != 1 or len(vector) != case.data.n:
            raise CatalogueError("a proper subset of the points is an obstruction")
        return
    points = case.data.points
    for i in range(len(points)):
        rest = points[:i] + points[i + 1 :]
        if rest and decide(Dataset(rest), Model.parse(case.entry.model)).nullity:
            raise CatalogueError(f"without point {i} it still fails, so it is not minimal")


def check_symmetry(case: Case) -> None:
    """As many signed permutations of the coordinates as stated map the points to themselves."""
    from counterexamples.catalogue.building import signed_symmetries

    stated = case.entry.symmetry.signed_permutations
    if stated is not None:
        _same("the number of signed permutations", signed_symmetries(case.data), stated)


def check_routes(case: Case) -> None:
    """All independent routes of `counterexamples.evidence` are gone again, with other random units; none disagrees.

    For at most 600 points.
    """
    from counterexamples.evidence import gather

    if case.data.n > _MOST_ROUTES:
        return
    for record in gather(case.data, case.entry.model, seed=1):
        if "rank" in record.values:
            _same(f"the rank of the route {record.route!r}", record.values["rank"], case.entry.verdict.rank)


def check_rank_certificate(case: Case) -> None:
    """A certificate with a proof of the rank is accepted, however large it is."""
    with tempfile.TemporaryDirectory() as folder:
        path = case.verdict.write_certificate(Path(folder) / "rank.json", rank=True)
        _accepted(path)


def check_exhaustive(case: Case) -> None:
    """If minimality is exhaustive: no smaller set of the grid that meets the requirements fails.

    By the exhaustive search, which settles every set; and the points of the entry lie in the grid.
    """
    from counterexamples.search import exhaustive

    minimality = case.entry.minimality
    if minimality.kind != "exhaustive" or minimality.box is None:
        return
    if any(x.denominator != 1 or abs(x) > minimality.box for point in case.data.points for x in point):  # type: ignore[operator]  # rational
        raise CatalogueError(f"its points are not in the grid of integers up to {minimality.box}")
    if case.data.n < 2:
        return
    smaller = exhaustive(
        case.entry.model,
        box=minimality.box,
        dimension=case.data.dimension,
        max_points=case.data.n - 1,
        require=minimality.require,
    )
    if smaller.obstructions:
        raise CatalogueError(f"the smaller set {list(smaller.obstructions[0].points)} fails too")
    if not smaller.is_complete:
        raise KeyboardInterrupt


FAST: tuple[Check, ...] = (
    check_data,
    check_verdict,
    check_kind,
    check_certificate,
    check_evidence,
    check_minimality,
    check_symmetry,
)
THOROUGH: tuple[Check, ...] = (*FAST, check_routes, check_rank_certificate, check_exhaustive)


def verify_entry(entry: Entry, *, thorough: bool = False) -> Report:
    """Run the checks on an entry.

    Examples
    --------
    >>> report = verify_entry(Entry.certify([[1, 2], [2, 4]], "relu", name="a-ray-pair"))
    >>> report.failures, len(report.passed) == len(FAST)
    ((), True)
    """
    case = Case(entry)
    passed: list[str] = []
    failures: list[str] = []
    for check in THOROUGH if thorough else FAST:
        name = check.__name__.removeprefix("check_")
        try:
            check(case)
        except FullrankError as error:
            failures.append(f"{entry.id} ({entry.name}): {name}: {error}")
            if check is check_data:  # nothing else can hold of other data
                break
        else:
            passed.append(name)
    return Report(entry.id, entry.name, tuple(passed), tuple(failures))


def verify_file(path: Path, *, thorough: bool = False) -> Report:
    """Read an entry file and run the checks; a file that cannot be read is a report with one failure."""
    try:
        entry = Entry.read(path)
        if entry.id.startswith("CE") and path.name != f"{entry.id}.json":
            raise CatalogueError(f"{path.name}: it holds the entry {entry.id}; its name must be {entry.id}.json")
    except FullrankError as error:
        return Report(path.stem, "", (), (str(error),))
    return verify_entry(entry, thorough=thorough)


def verify_files(
    paths: Iterable[Path], *, thorough: bool = False, workers: int = 1, done: Callable[[Report], None] | None = None
) -> list[Report]:
    """Run the checks on many files, the largest first, in processes; `done` is called with each report."""
    files = sorted(paths, key=_effort, reverse=True)
    reports: list[Report] = []
    if workers == 1 or len(files) < 2:
        for path in files:
            reports.append(verify_file(path, thorough=thorough))
            if done is not None:
                done(reports[-1])
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
            reports = _collect(executor, files, thorough, done)
    return sorted(reports, key=lambda report: report.id)


def _collect(
    executor: Executor, files: list[Path], thorough: bool, done: Callable[[Report], None] | None
) -> list[Report]:
    waiting = [executor.submit(verify_file, path, thorough=thorough) for path in files]
    reports: list[Report] = []
    try:
        for future in as_completed(waiting):
            reports.append(future.result())
            if done is not None:
                done(reports[-1])
    except BrokenExecutor:
        raise CatalogueError("a worker process was killed, perhaps for want of memory; use --workers 1") from None
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    return reports


def _effort(path: Path) -> int:
    """Guess how long an entry takes: its size; one whose points are generated counts as large."""
    try:
        entry = Entry.read(path)
    except FullrankError:
        return 0
    return entry.count * (entry.dimension + 1)


def _accept(case: Case, stored: Any) -> None:
    """Have the trusted checker accept a certificate about the data and the model of the entry."""
    from verify import Model
    from verify.check.checker import check_text

    if stored is None:
        with tempfile.TemporaryDirectory() as folder:
            _accepted(case.verdict.write_certificate(Path(folder) / "certificate.json"))
        return
    fresh = case.verdict.certificate()
    for part in ("data", "model", "profile"):
        if stored.get(part) != fresh.get(part):
            raise CatalogueError(
                f"the certificate belongs to another {part}; make the entry again for {Model.parse(case.entry.model)}"
                if part != "data"
                else "the certificate belongs to other data; make the entry again from these points"
            )
    result = check_text(json.dumps(stored))
    if result.status != "accepted":
        raise CatalogueError(f"the certificate is {result.status}: {result.message}")


def _accepted(path: Path) -> None:
    from verify.check.checker import check_file

    result = check_file(path)
    if result.status != "accepted":
        raise CatalogueError(f"the certificate is {result.status}: {result.message}")


def _same(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise CatalogueError(f"{what} is {found}; the entry states {expected}")
