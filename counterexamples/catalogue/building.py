"""Making an entry: decide, certify, name the obstruction, count the symmetry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import permutations, product
from math import factorial
from typing import TYPE_CHECKING, Any

from counterexamples.catalogue.constructions import make_data
from counterexamples.catalogue.kind import kind_of
from counterexamples.entry import Construction, Entry, LabelRule, Minimality, Source, Stated, Symmetry, found_id
from verify import Dataset, Model, Outcome, decide
from verify.errors import CatalogueError

if TYPE_CHECKING:
    from verify import Verdict

STORED = 400  # numbers; larger data are stored as their construction where they have one
LONGEST = 60_000  # characters of a certificate that is stored
_MOST_MAPS = 60_000  # images of points, to count symmetries
OURS = Source("fullrank", "this catalogue", "2026", ours=True)
SCOPE = (
    "It certifies the statement for exactly these points, in real arithmetic, over every width and every choice of "
    "weights. It says nothing about floating point, about other points, or about whether training finds the weights."
)


def certified(
    data: Dataset | object,
    model: Model | str,
    *,
    name: str,
    id: str | None,  # noqa: A002  # the name of the field
    claim: str | None,
    scope: str | None,
    evidence: tuple[Mapping[str, Any], ...],
    minimality: Minimality | None,
    symmetry: Symmetry | None,
    source: Source | None,
    licence: str,
    construction: Construction | None = None,
    rule: LabelRule | None = None,
) -> Entry:
    """Make an entry; see `Entry.certify`.

    With `construction` (and `rule`, if there are labels) these are stored instead of the points.
    """
    if construction is not None:
        data = make_data(construction, rule)
    elif not isinstance(data, Dataset):
        data = Dataset(data)
    verdict = decide(data, model)
    if verdict.outcome is Outcome.UNKNOWN:
        raise CatalogueError(f"{name}: the outcome is unknown ({verdict.reason}), and an entry states what is proved")
    if data.field is not None and construction is None:
        raise CatalogueError(f"{name}: its points are irrational; an entry stores rational points, or a construction")
    if data.n == 0:
        raise CatalogueError(f"{name}: there is no point; an entry has at least one")
    entry = Entry(
        id=id or found_id(data.sha256(), str(verdict.model)),
        name=name,
        kind=kind_of(verdict),
        points=construction or data.points,  # type: ignore[arg-type]  # rational, as was made sure above
        labels=rule or data.labels,  # type: ignore[arg-type]  # rational
        sha256=data.sha256(),
        model=str(verdict.model),
        verdict=stated(verdict),
        claim=claim or _sentence(verdict),
        scope=scope or SCOPE,
        certificate=_certificate(verdict),
        evidence=evidence,
        minimality=minimality or minimality_of(verdict),
        symmetry=symmetry or Symmetry("not described", signed_symmetries(data)),
        source=source or OURS,
        level="confirmed" if any(record.get("agrees") for record in evidence) else "certified",
        licence=licence,
    )
    return Entry.from_text(entry.to_text())  # whatever can be made can be read


def stated(verdict: Verdict) -> Stated:
    """Give what the entry states about a definite verdict."""
    least = verdict.least_mse
    if verdict.rank is None:
        raise AssertionError("a definite verdict has a rank")
    return Stated(verdict.outcome.value, verdict.rank, least)  # type: ignore[arg-type]  # of rational labels


def minimality_of(verdict: Verdict) -> Minimality:
    """Say whether every proper subset is interpolated: exactly if one vector spans N and has no entry 0."""
    vector = verdict.annihilating_vector
    if vector is None:
        return Minimality("none", "nothing is claimed: the labels are attained")
    if verdict.nullity == 1 and len(vector) == verdict.data.n:
        return Minimality("proved", "the proper subsets of these points")
    return Minimality("none", f"points {', '.join(map(str, sorted(vector)))} alone are an obstruction")


def signed_symmetries(data: Dataset) -> int | None:
    """Count the signed permutations of the coordinates that map the set of points to itself; None if there are many.

    Examples
    --------
    >>> signed_symmetries(Dataset([[1, 0], [-1, 0], [0, 1], [0, -1]]))
    8
    """
    d = data.dimension
    if data.field is not None or d > 6 or data.n * 2**d * factorial(d) > _MOST_MAPS:
        return None
    points = set(data.points)
    return sum(
        all(tuple(s * point[j] for s, j in zip(signs, places, strict=True)) in points for point in points)
        for places in permutations(range(d))
        for signs in product((1, -1), repeat=d)
    )


def _certificate(verdict: Verdict) -> Mapping[str, Any] | None:
    """Give the certificate if it is short; a long one is made again when the entry is verified."""
    data = verdict.data
    if data.n * (data.dimension + data.outputs) > LONGEST // 3:
        return None
    certificate = verdict.certificate()
    return certificate if len(json.dumps(certificate)) <= LONGEST else None


def _sentence(verdict: Verdict) -> str:
    every = "every labelling" if not verdict.data.outputs else "these labels"
    if verdict.outcome is Outcome.INTERPOLATES:
        return f"A {verdict.model.describe()} has {every}: {verdict.reason}."
    return f"No {verdict.model.describe()} has {every}, whatever its width and weights: {verdict.reason}."
