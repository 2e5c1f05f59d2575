"""Running all routes on one verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from counterexamples.evidence import (
    checked_certificate,
    condition_matrix,
    eigenvalues,
    proposed,
    sampled_features,
    sympy_rank,
    trained_loss,
)
from counterexamples.evidence.record import Record
from counterexamples.evidence.subject import Subject
from verify.data import Dataset
from verify.errors import DisagreementError, NotAvailableError
from verify.verdict import Outcome, decide

if TYPE_CHECKING:
    from verify import Model

ROUTES: tuple[ModuleType, ...] = (
    condition_matrix,
    sympy_rank,
    sampled_features,
    eigenvalues,
    trained_loss,
    checked_certificate,
    proposed,
)


@dataclass(frozen=True)
class Evidence:
    """The records of all routes; none of them disagrees.

    Examples
    --------
    >>> evidence = gather([[1, 2], [2, 4]], "relu")
    >>> [record.route for record in evidence if record.agrees][0], evidence.confirmations >= 4
    ('condition matrix in full, rank by FLINT', True)
    """

    records: tuple[Record, ...]

    @property
    def confirmations(self) -> int:
        """How many routes agree."""
        return sum(record.agrees is True for record in self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def to_json(self) -> tuple[dict[str, Any], ...]:
        """Give one JSON-ready dict for each route, as an entry of the catalogue holds them."""
        return tuple(record.to_json() for record in self.records)


def gather(
    data: Dataset | object,
    model: Model | str,
    *,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Evidence:
    """Decide, and confirm the verdict by every route that applies.

    Parameters
    ----------
    data : Dataset, or points as `verify.decide` takes them
    model : Model or str
    seed : int, default 0
        Of the random units.
    progress : callable, optional
        Called with the name of each route before it runs.

    Returns
    -------
    Evidence
        One record for each route, in a fixed order; a route that does not apply says why.

    Raises
    ------
    NotAvailableError
        When the outcome is UNKNOWN: there is nothing to confirm.
    DisagreementError
        When a route disagrees. This would be a bug of fullrank.
    """
    verdict = decide(data if isinstance(data, Dataset) else Dataset(data), model)
    if verdict.outcome is Outcome.UNKNOWN:
        raise NotAvailableError(f"the outcome is unknown, so there is nothing to confirm: {verdict.reason}")
    subject = Subject(verdict, seed)
    records: list[Record] = []
    for route in ROUTES:
        if progress is not None:
            progress(route.ROUTE)
        records.append(route.record(subject))
    _refuse_disagreement(subject, records)
    return Evidence(tuple(records))


def _refuse_disagreement(subject: Subject, records: list[Record]) -> None:
    against = [record for record in records if record.agrees is False]
    if not against:
        return
    report = {
        "model": str(subject.model),
        "data": list(subject.data.canonical_text()),
        "rank": subject.rank,
        "evidence": [record.to_json() for record in records],
    }
    raise DisagreementError(
        f"fullrank contradicts itself, which is a bug, so nothing is claimed: for {subject.model} the decision says "
        f"rank {subject.rank}, and '{against[0].route}' says: {against[0].words} Please report it with the data",
        report,
    )
