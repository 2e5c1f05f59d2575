"""The condition matrix written out in full, by comparing every two points, and its rank by FLINT.

`verify.decide` never makes this matrix: it partitions the points and eliminates what couples the parts. Here every row
of every condition family is written down as the theorem states it, so the two share nothing but the theorem.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from math import comb, prod

from counterexamples.evidence.record import Record
from counterexamples.evidence.subject import Subject
from verify.flint_backend import rank
from verify.model import Family

ROUTE = "condition matrix in full, rank by FLINT"
MOST_CELLS = 1_000_000

Point = Sequence[Fraction]
Row = list[Fraction]


def record(subject: Subject) -> Record:
    """Compare the rank of the full matrix with that of the verdict."""
    rows = subject.condition_rows
    if rows is None:
        return Record(ROUTE, None, f"Does not apply: {too_large(subject)}.")
    found = rank(rows)
    return Record(ROUTE, found == subject.rank, f"{len(rows)} x {subject.n}, rank {found}.", {"rank": found})


def too_large(subject: Subject) -> str:
    """Say why the matrix is not written out."""
    if subject.data.field is not None:
        return "the points are not rational"
    return f"the full matrix would have more than {MOST_CELLS} entries"


def condition_matrix(points: Sequence[Point], families: Sequence[Family]) -> list[Row] | None:
    """Write down the matrix C, whose null space is the annihilator; None when it would have over a million entries.

    Examples
    --------
    >>> from verify import Model
    >>> from verify.model import families_of
    >>> x = (Fraction(1), Fraction(2))
    >>> rows = condition_matrix([x, (-x[0], -x[1])], families_of(Model("tanh")))
    >>> [[int(a) for a in row] for row in rows]
    [[1, -1]]
    """
    n, d = len(points), len(points[0]) if points else 0
    size = sum(comb(d + f.lifted + f.degree - 1, f.degree) if f.kind == "moment" and f.degree else n for f in families)
    if size * n > MOST_CELLS:
        return None
    return [row for family in families for row in _rows(points, family)]


def _rows(points: Sequence[Point], family: Family) -> list[Row]:
    z = [(*x, Fraction(1)) for x in points] if family.lifted else [tuple(x) for x in points]
    if family.kind == "moment":
        width = len(z[0]) if z else 0
        indices = combinations_with_replacement(range(width), family.degree)
        return [[prod((x[j] for j in index), start=Fraction(1)) for x in z] for index in indices]
    is_pair = family.kind.startswith("pair")
    is_signed = family.kind in ("signed_line", "pair_difference")
    rows, placed = [], set[int]()
    for first, y in enumerate(z):
        if first in placed or not any(y):
            continue
        row = [Fraction(0)] * len(z)
        for i, x in enumerate(z):
            t = _multiple(x, y)
            if t and (abs(t) == 1 or not is_pair):
                placed.add(i)
                row[i] = abs(t) ** family.degree * (-1 if is_signed and t < 0 else 1)
        rows.append(row)
    return rows


def _multiple(x: Point, y: Point) -> Fraction:
    """The t with x = t y, or 0 if there is none or x = 0; y is not 0."""
    lead = next(j for j, a in enumerate(y) if a)
    t = x[lead] / y[lead]
    return t if all(a == t * b for a, b in zip(x, y, strict=True)) else Fraction(0)
