"""What stands in the way, read off the annihilating vector of a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verify import Verdict


def kind_of(verdict: Verdict) -> str:
    """Name the obstruction of a definite verdict: a key of `counterexamples.entry.KINDS`.

    It is a statement about the points on which the annihilating vector of the verdict is not 0. That vector has
    minimal support, so the geometry of these points alone forbids some labels.

    Examples
    --------
    >>> from verify import decide
    >>> kind_of(decide([[1, 2], [2, 4]], "relu")), kind_of(decide([[1, 2], [2, 4]], "gelu"))
    ('ray', 'fits')
    """
    vector = verdict.annihilating_vector
    if vector is None:
        return "fits"
    points = [verdict.data.coordinates.row(i) for i in vector]
    if any(family.lifted for family in verdict.space.families):  # lines through 0 mean nothing here
        return "repeat" if all(point == points[0] for point in points) else "forms"
    nonzero = [point for point in points if any(point)]
    lines: list[tuple[Any, list[bool]]] = []  # direction, and on which sides its points are
    for point in nonzero:
        lead = next(x for x in point if x)
        direction = tuple(x / lead for x in point)
        sides = next((sides for other, sides in lines if other == direction), None)
        if sides is None:
            lines.append((direction, sides := []))
        sides.append(lead > 0)
    if not nonzero:
        return "zero" if len(points) == 1 else "repeat"
    if len(points) == 2 and points[0] == points[1]:
        return "repeat"
    if len(lines) == 1 and len(points) == len(nonzero) > 1:
        return "ray" if len(set(lines[0][1])) == 1 else "line"
    return "circuit" if all(len(sides) > 1 for _, sides in lines) else "forms"
