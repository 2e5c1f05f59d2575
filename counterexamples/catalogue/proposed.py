"""The proposed activations on the entries of the catalogue: full rank exactly, and a least eigenvalue above 0."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterexamples.catalogue.words import columns
from counterexamples.evidence.proposed import KERNEL, PROPOSED, Bound, fits, least_eigenvalue_above
from verify.data import Dataset
from verify.spectra.points import distinct_points

if TYPE_CHECKING:
    from counterexamples.entry import Entry


@dataclass(frozen=True)
class Confirmation:
    """What is known of the proposed activations on the points of some entries.

    Attributes
    ----------
    ids : tuple of str
        The entries that have exactly these points; about other models, or with other labels.
    name : str
        Of the first of them.
    points : int
        Different points; `repeats` is how many more the entries have, which are equal to one of them and left out: no
        function has different values there.
    dimension : int
    repeats : int
    full_rank : dict from str to bool
        For each activation whether it fits every label vector, exactly, by its profile.
    bounds : dict from str to Bound
        For each activation a number below the least eigenvalue, None where none was certified, and of which matrix.
    seconds : float
    """

    ids: tuple[str, ...]
    name: str
    points: int
    dimension: int
    repeats: int
    full_rank: dict[str, bool]
    bounds: dict[str, Bound]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether every activation has full rank exactly."""
        return all(self.full_rank.values())

    @property
    def beyond(self) -> tuple[str, ...]:
        """The activations with no certified eigenvalue."""
        return tuple(name for name, bound in self.bounds.items() if bound.above is None)

    def to_json(self) -> dict[str, Any]:
        """Give a JSON-ready dict."""
        return {
            "ids": list(self.ids),
            "name": self.name,
            "points": self.points,
            "dimension": self.dimension,
            "repeats": self.repeats,
            "activations": {
                name: {"full_rank": full, "least_eigenvalue_above": self.bounds[name].above, "of": self.bounds[name].of}
                for name, full in self.full_rank.items()
            },
            "seconds": round(self.seconds, 2),
        }


def confirm(entries: Sequence[Entry], *, activations: Sequence[str] = PROPOSED) -> Iterator[Confirmation]:
    """Confirm the proposed activations on entries, each set of points once; equal points count once.

    Parameters
    ----------
    entries : sequence of Entry
    activations : sequence of str, default PROPOSED
        Names of activations that shall fit every set of distinct points.

    Yields
    ------
    Confirmation
        In the order of the entries.

    Notes
    -----
    Exactly: linear in the number of points. The eigenvalues: seconds for 256 points, about half a minute for 1024;
    none is certified for more points.

    Examples
    --------
    >>> from counterexamples import load_entry
    >>> (found,) = confirm([load_entry("hexagon")], activations=["shifted_softplus"])
    >>> found.holds, float(found.bounds["shifted_softplus"].above) > 0
    (True, True)
    """
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(Dataset(entry.dataset().coordinates).sha256(), []).append(entry)
    for same in groups.values():
        start, first = time.perf_counter(), same[0]
        data = first.dataset()
        points = distinct_points(data)
        full = {name: fits(points, name) for name in activations}
        bounds = {name: least_eigenvalue_above(points, name) for name in activations}
        ids = tuple(entry.id for entry in same)
        seconds = time.perf_counter() - start
        yield Confirmation(ids, first.name, points.n, points.dimension, data.n - points.n, full, bounds, seconds)


def lines(found: Sequence[Confirmation]) -> list[str]:
    """Write a table with a row for each set of points, and a sentence for each activation."""
    names = list(dict.fromkeys(name for x in found for name in x.full_rank))
    table = [["id", "name", "points", "seconds", *names]]
    for x in found:
        count = f"{x.points} (+{x.repeats} equal)" if x.repeats else str(x.points)
        table.append([x.ids[0], x.name, count, f"{x.seconds:.1f}", *(_cell(x, name) for name in names)])
    text = [*columns(table), "Numbers are below the least eigenvalue, for certain; * of a random finite network."]
    for name in names:
        asked = [x for x in found if name in x.full_rank]
        kernel = sum(x.bounds[name].above is not None and x.bounds[name].of == KERNEL for x in asked)
        sampled = sum(x.bounds[name].above is not None and x.bounds[name].of != KERNEL for x in asked)
        beyond = [x.ids[0] for x in asked if name in x.beyond]
        exact = sum(x.full_rank[name] for x in asked)
        said = f"{name}: full rank exactly on {exact} of {len(asked)} sets of points; by its kernel on {kernel}"
        said += f", by a finite network on {sampled}" if sampled else ""
        text.append(said + (f"; no eigenvalue certified for {', '.join(beyond)}." if beyond else "."))
    return text


def _cell(x: Confirmation, name: str) -> str:
    if not x.full_rank[name]:
        return "RANK TOO SMALL"
    bound = x.bounds[name]
    return "none" if bound.above is None else bound.above + ("" if bound.of == KERNEL else "*")
