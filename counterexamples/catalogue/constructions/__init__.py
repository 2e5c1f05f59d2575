"""Point sets with names, and rules for labels: what entries are made of, and what large entries store.

A construction is a function of small parameters that always gives the same points in the same order. The digest in
an entry says whether it still does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from counterexamples.catalogue.constructions import designs, labels, measured, roots, shapes
from counterexamples.catalogue.constructions.leech import leech_minimal_vectors
from counterexamples.entry import Construction, LabelRule, Row
from verify.errors import CatalogueError

if TYPE_CHECKING:
    from verify import Dataset

CONSTRUCTIONS: dict[str, Callable[..., Any]] = {
    "cube": shapes.cube,
    "cross_polytope": shapes.cross_polytope,
    "simplex_and_negative": shapes.simplex_and_negative,
    "grid": shapes.grid,
    "circle": shapes.circle,
    "moment_curve": shapes.moment_curve,
    "root_system": roots.root_system,
    "leech_minimal_vectors": leech_minimal_vectors,
    "hadamard_frames": designs.hadamard_frames,
    "bundled": measured.bundled,
    "with_negatives": measured.with_negatives,
    "with_contrast": measured.with_contrast,
    "waveforms": measured.waveforms,
    "tokens": measured.tokens,
}
"""The constructions by the names that entries use. A name never changes its meaning."""

RULES: dict[str, Callable[..., Any]] = {
    "product": labels.product,
    "first": labels.first,
    "constant": labels.constant,
    "measured": labels.measured,
}
"""The rules for labels."""


def points_of(construction: str, parameters: Mapping[str, int | str]) -> Any:
    """Make the points of a construction, as `verify.Dataset` takes them.

    Raises
    ------
    CatalogueError
        When there is no such construction, or not with these parameters.

    Examples
    --------
    >>> points_of("cube", {"dimension": 1}).tolist()
    [[-1], [1]]
    """
    return _call(CONSTRUCTIONS, "construction", construction, parameters)


def make_data(
    points: Sequence[Row] | Construction, labels: Sequence[Fraction] | Sequence[Row] | LabelRule | None
) -> Dataset:
    """Make the data set of an entry from its fields `points` and `labels`."""
    from verify import Dataset

    rows: Any = points
    if isinstance(points, Construction):
        rows = points_of(points.construction, points.parameters)
    data = Dataset(rows)
    if isinstance(points, Construction) and (data.n, data.dimension) != (points.count, points.dimension):
        raise CatalogueError(
            f"points: {points.construction} makes {data.n} points of dimension {data.dimension}, not {points.count} of "
            f"dimension {points.dimension}; correct count and dimension"
        )
    if labels is None:
        return data
    values: Any = labels
    if isinstance(labels, LabelRule):
        values = _call(RULES, "rule", labels.rule, {"data": data, **labels.parameters})
    return Dataset(data.coordinates, values)


def _call(table: Mapping[str, Callable[..., Any]], what: str, name: str, arguments: Mapping[str, Any]) -> Any:
    if name not in table:
        raise CatalogueError(f"there is no {what} {name!r}; the names are {', '.join(table)}")
    try:
        return table[name](**arguments)
    except (TypeError, ValueError, KeyError) as error:
        shown = ", ".join(f"{key}={value!r}" for key, value in arguments.items() if key != "data")
        raise CatalogueError(f"{what} {name}({shown}) is not possible: {error}; correct its parameters") from None
