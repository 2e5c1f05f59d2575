"""The condition matrix C over a number field, row by row as the certificate format numbers them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from math import lcm

from verify.algebraic.field import Element, NumberField
from verify.model import Family

Row = dict[int, Element]
"""The nonzero entries of one row of C, by point."""
Points = Sequence[Sequence[Element]]


def condition_rows(field: NumberField, points: Points, families: Sequence[Family]) -> list[Row]:
    """Write the rows of C.

    Parameters
    ----------
    field : NumberField
    points : n sequences of d Element
    families : sequence of Family

    Returns
    -------
    list of dict
        As ``docs/format/certificate-1.md`` fixes them: families in their order; lines and pairs by their first
        point; monomials lexicographically. Each coordinate is multiplied by the least positive integer that makes it
        integral in powers of the generator, and a point on a line is measured by its first nonzero coordinate.

    Examples
    --------
    >>> from fractions import Fraction
    >>> root = NumberField([-2, 0, 1], (Fraction(1), Fraction(2))).generator
    >>> condition_rows(root.field, [[root], [2 * root / root]], [Family("line", 1), Family("moment", 1)])
    [{0: sqrt(2), 1: 2}, {0: sqrt(2), 1: 2}]
    """
    one = field.element([1])
    scales = [lcm(*(x.denominator for x in column)) for column in zip(*points, strict=True)]
    points = [[x * scale for x, scale in zip(point, scales, strict=True)] for point in points]
    rows: list[Row] = []
    for family in families:
        seen = [[*point, one] for point in points] if family.lifted else points
        if family.kind == "moment":
            rows += _moment_rows(seen, family.degree, one)
        else:
            rows += _block_rows(seen, family)
    return rows


def _moment_rows(points: Points, degree: int, one: Element) -> list[Row]:
    columns: list[list[Element]] = []
    for point in points:
        values = []
        for factors in combinations_with_replacement(point, degree):
            value = one
            for factor in factors:
                value = value * factor
            values.append(value)
        columns.append(values)
    return [{i: value for i, value in enumerate(row) if value} for row in zip(*columns, strict=True)]


def _block_rows(points: Points, family: Family) -> list[Row]:
    """The rows of lines or of pairs; t_i of a pair is 1 or -1."""
    is_line = family.kind in {"line", "signed_line"}
    is_signed = family.kind in {"signed_line", "pair_difference"}
    rows: dict[tuple[Element, ...], Row] = {}
    for i, point in enumerate(points):
        lead = next((x for x in point if x), None)
        if lead is None:
            continue
        inverse = (lead if is_line else lead.field.element([lead.sign])).inverse()
        entry = abs(lead) ** family.degree if is_line else lead**0
        rows.setdefault(tuple(x * inverse for x in point), {})[i] = -entry if is_signed and lead.sign < 0 else entry
    return list(rows.values())
