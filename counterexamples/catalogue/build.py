"""Build the entry files from their recipes: ``python -m counterexamples.catalogue.build [ID or NAME ...]``.

The files are the same byte for byte every time; a test builds the small ones again and compares. What a recipe expects
(rank and least loss, worked out by a person) must be what `decide` finds, or nothing is written.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from counterexamples.catalogue.building import SCOPE, STORED, certified, signed_symmetries
from counterexamples.catalogue.constructions import make_data, points_of
from counterexamples.catalogue.recipes import RECIPES, Recipe
from counterexamples.catalogue.shelf import FOLDER
from counterexamples.entry import Construction, Entry, LabelRule, Symmetry
from counterexamples.evidence import condition_matrix, sampled_features, sympy_rank
from counterexamples.evidence.subject import Subject
from verify import Dataset, Model, decide
from verify.errors import CatalogueError
from verify.rational import format_rational

_MOST = 600  # points, for the routes of evidence
_SYMPY = 8  # points, for the route that is a process of its own


def build(recipe: Recipe) -> Entry:
    """Make the entry of a recipe.

    Raises
    ------
    CatalogueError
        When the rank or the least loss is not what the recipe expects.
    """
    points: Any = recipe.points
    labels: Any = recipe.labels
    if made := _named(points):
        whole = Dataset(points_of(*made))
        points = Construction(*made, whole.n, whole.dimension)
    if rule := _named(labels):
        labels = LabelRule(*rule)
    data = make_data(points, labels)
    small = data.n * data.dimension <= STORED and data.field is None
    model = Model.parse(recipe.model)
    negatives = data.n * data.dimension <= STORED and set(data.points) == {tuple(-x for x in p) for p in data.points}
    entry = certified(
        data,
        model,
        name=recipe.name,
        id=recipe.id,
        claim=recipe.claim,
        scope=f"{SCOPE} {recipe.note}".strip(),
        evidence=_routes(data, model),
        minimality=recipe.minimality,
        symmetry=Symmetry(
            recipe.symmetry or ("x -> -x maps the points to themselves" if negatives else "none is claimed"),
            signed_symmetries(data),
        ),
        source=recipe.source,
        licence=recipe.licence,
        construction=points if isinstance(points, Construction) and not small else None,
        rule=labels if rule and not small else None,
    )
    least = entry.verdict.least_mse
    expected = {
        "rank": (recipe.rank, entry.verdict.rank),
        "least loss": (recipe.least_mse, None if least is None else format_rational(least)),
    }
    for what, (wanted, found) in expected.items():
        if wanted is not None and wanted != found:
            raise CatalogueError(f"{recipe.id} ({recipe.name}): the {what} is {found}; the recipe expects {wanted}")
    return entry


def _routes(data: Dataset, model: Model) -> tuple[dict[str, Any], ...]:
    """Go the exact routes that apply, and record what is the same on every machine: no float, no version."""
    if data.n > _MOST:
        return ()
    routes = [condition_matrix, sampled_features] + [sympy_rank] * (data.n <= _SYMPY)
    subject = Subject(decide(data, model), 0)
    records: list[dict[str, Any]] = []
    for route in routes:
        record = route.record(subject)
        if record.agrees is False:
            raise CatalogueError(f"the route {record.route!r} disagrees with the decision: {record.words}")
        if record.agrees:
            kept = {key: record.values[key] for key in ("rank", "units") if key in record.values}
            records.append({"route": record.route, "agrees": True, **kept})
    return tuple(records)


def _named(value: object) -> tuple[str, dict[str, int | str]] | None:
    """Tell a construction or rule with its parameters from rows and numbers."""
    match value:
        case (str(name), dict(parameters)):
            return name, parameters
    return None


def main(names: Sequence[str], *, folder: Path = FOLDER) -> int:
    """Build the named entries, or all of them, into the folder; return the exit status."""
    folder.mkdir(exist_ok=True)
    known = {recipe.id for recipe in RECIPES} | {recipe.name for recipe in RECIPES}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"there is no recipe {unknown[0]!r}", file=sys.stderr)
        return 2
    status = 0
    for recipe in RECIPES:
        if not names or recipe.id in names or recipe.name in names:
            try:
                build(recipe).write(folder / f"{recipe.id}.json")
            except CatalogueError as error:
                print(error, file=sys.stderr)
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
