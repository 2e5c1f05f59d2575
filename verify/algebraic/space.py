"""The annihilator over a number field, and everything that verdicts and certificates ask of it.

The rows of C are eliminated in their order. Most of them, those of lines and pairs, are sparse and stay so. Each
independent row becomes a vector of V that is zero at the pivots of earlier ones, and remembers of which rows of C it is
made. Substituting backwards gives, for every point that is no pivot, the circuit of that point with the pivots.
Labels are projected by Gram-Schmidt on the independent rows: over a real field the squared lengths are positive.

This is `verify.annihilator` for small data: it needs the same theorem, but shares no arithmetic with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import comb, gcd, lcm

from verify.algebraic.array import AlgebraicArray
from verify.algebraic.conditions import Row, condition_rows
from verify.algebraic.field import Element, Number, NumberField
from verify.algebraic.writing import simplified
from verify.model import Family, Unsupported

MAX_ENTRIES = 2_000_000
"""Most entries of the moment rows; arithmetic in Python integers takes minutes beyond it."""


def algebraic_space(points: AlgebraicArray, families: Sequence[Family]) -> AlgebraicSpace | Unsupported:
    """Compute the annihilator, or say that it is out of reach.

    Cost for n points, rank r and D monomials: O(n r + n D^2) operations in the field where points lie on few lines.

    Examples
    --------
    >>> from verify import Dataset, Model
    >>> from verify.model import families_of
    >>> data = Dataset([["sqrt(2)", 1], [2, "sqrt(2)"]])
    >>> algebraic_space(data.coordinates, families_of(Model("relu"))).circuit()
    {0: Fraction(2, 1), 1: -sqrt(2)}
    """
    n, dimension = points.shape
    sizes = [
        (comb(dimension + family.lifted + family.degree - 1, family.degree) if family.degree else 1)
        for family in families
        if family.kind == "moment"
    ]
    if n * sum(sizes) > MAX_ENTRIES:
        return Unsupported(
            f"the moments of this model have {sum(sizes)} monomials at each of {n} points, more than the {MAX_ENTRIES} "
            f"numbers that are computed with in {points.field}; take fewer points or round them to decimals"
        )
    return AlgebraicSpace(points.field, points.elements(), families)


@dataclass(frozen=True)
class _Echelon:
    """A vector of V: the row of C that it adds to earlier ones, its pivot, its entries, its multipliers."""

    row: int
    pivot: int
    entries: Row
    multipliers: Row


class AlgebraicSpace:
    """The null space N of the conditions on points of a number field; see `verify.annihilator.space.Space`.

    Parameters
    ----------
    field : NumberField
    points : n sequences of d Element
    families : sequence of Family

    Attributes
    ----------
    n, rank, nullity : int
        Number of points, dim V and dim N.
    """

    def __init__(self, field: NumberField, points: Sequence[Sequence[Element]], families: Sequence[Family]) -> None:
        self.field, self.families, self.n, self.points = field, tuple(families), len(points), points
        self.rows = condition_rows(field, points, families)
        self._range = _eliminate(self.rows)
        self.rank = len(self._range)
        self.nullity = self.n - self.rank

    def range_vectors(self) -> Iterator[tuple[int, Row]]:
        """Yield a basis of V in echelon form: (pivot, multipliers); each is zero at the pivots of earlier ones."""
        return ((vector.pivot, vector.multipliers) for vector in self._range)

    def independent_points(self) -> list[int]:
        """Return `rank` points on which the values of the model are arbitrary."""
        return [vector.pivot for vector in self._range]

    @cached_property
    def _circuits(self) -> dict[int, Row]:
        """For each point that is no pivot, the vector of N that is 1 there and 0 at the others that are no pivots."""
        reduced: dict[int, Row] = {}
        for vector in reversed(self._range):  # later ones first: these are reduced already
            entries = dict(vector.entries)
            for pivot in entries.keys() & reduced.keys():
                _add(entries, -entries[pivot], reduced[pivot])
            reduced[vector.pivot] = entries
        circuits: dict[int, Row] = {i: {i: self.field.element([1])} for i in range(self.n) if i not in reduced}
        for pivot, entries in reduced.items():
            for i, x in entries.items():
                if i != pivot:
                    circuits[i][pivot] = -x
        return circuits

    def basis(self) -> Iterator[tuple[int, Row]]:
        """Yield a basis of N in echelon form: each vector with a pivot at which all later vectors are zero."""
        yield from self._circuits.items()

    def circuit(self, labels: Sequence[Element] | None = None) -> dict[int, Number | int] | None:
        """Find a short vector c of N whose support is minimal; with labels, one with c.y != 0.

        Returns
        -------
        dict from indices to numbers, or None when there is none
            Its first entry is a positive integer, and all its coefficients in powers of the generator are integers
            without a common factor.
        """
        found = [c for c in self._circuits.values() if labels is None or _dot(c, dict(enumerate(labels)))]
        if not found:
            return None
        shortest = min(found, key=lambda c: (len(c), sorted(c)))
        first = shortest[min(shortest)].inverse()
        scaled = {i: shortest[i] * first for i in sorted(shortest)}
        common = lcm(*(x.denominator for x in scaled.values()))
        whole = {i: x * common for i, x in scaled.items()}
        divisor = gcd(*(a for x in whole.values() for a in x.integers))
        return {i: (x / divisor).simplify() for i, x in whole.items()}

    @cached_property
    def _orthogonal(self) -> list[tuple[Row, Row, Number]]:
        """The independent rows of C made orthogonal: entries, multipliers, squared length."""
        found: list[tuple[Row, Row, Number]] = []
        touching: dict[int, set[int]] = {i: set() for i in range(self.n)}
        for number in (vector.row for vector in self._range):
            entries, multipliers = dict(self.rows[number]), {number: self.field.element([1])}
            for k in sorted({k for i in self.rows[number] for k in touching[i]}):
                other, made_of, square = found[k]
                factor = -_dot(self.rows[number], other) / square
                if factor:
                    _add(entries, factor, other)
                    _add(multipliers, factor, made_of)
            for i in entries:
                touching[i].add(len(found))
            found.append((entries, multipliers, _dot(entries, entries)))
        return found

    def project(self, labels: Sequence[Element]) -> AlgebraicProjection:
        """Split labels into what the model attains and the rest, which lies in N."""
        rest: Row = {i: y for i, y in enumerate(labels) if y}
        multipliers: Row = {}
        zero = self.field.element([0])
        for entries, made_of, square in self._orthogonal:
            factor = _dot(rest, entries) / square
            if factor:
                _add(rest, -factor, entries)
                _add(multipliers, factor, made_of)
        residual = [rest.get(i, zero).simplify() for i in range(self.n)]
        return AlgebraicProjection(tuple(labels), simplified(_dot(rest, rest)), residual, multipliers)


@dataclass(frozen=True)
class AlgebraicProjection:
    """The projection of labels on the annihilator; see `verify.annihilator.space.Projection`."""

    labels: tuple[Element, ...]
    squared_error: Number
    residual: list[Number]
    attained_by: Row

    @property
    def predictions(self) -> list[Number]:
        """The n entries of y - r, the best predictions."""
        return [(y - r).simplify() for y, r in zip(self.labels, self.residual, strict=True)]

    def multipliers(self) -> Row:
        """Multipliers m over the rows of C with m C = y - r."""
        return self.attained_by


def rank(rows: Sequence[Sequence[Number | int]]) -> int:
    """Return the rank of a matrix of numbers of one field.

    Examples
    --------
    >>> root = NumberField([-2, 0, 1], (Fraction(1), Fraction(2))).generator
    >>> rank([[root, Fraction(2)], [Fraction(1), root]])
    1
    """
    field = next((x.field for row in rows for x in row if isinstance(x, Element)), NumberField.rationals())
    return len(_eliminate([{j: field.element([0]) + x for j, x in enumerate(row) if x} for row in rows]))


def _eliminate(rows: Sequence[Row]) -> list[_Echelon]:
    """Reduce each row by the vectors before it; what is left is independent, with the entry 1 at its pivot."""
    found: list[_Echelon] = []
    at_pivot: dict[int, int] = {}
    for number, row in enumerate(rows):
        entries, multipliers = dict(row), dict[int, Element]()
        while entries:
            k = min((at_pivot[i] for i in entries.keys() & at_pivot.keys()), default=None)
            if k is None:
                break
            factor = -entries[found[k].pivot]
            _add(entries, factor, found[k].entries)
            _add(multipliers, factor, found[k].multipliers)
        if entries:
            pivot = min(entries)
            scale = entries[pivot].inverse()
            multipliers[number] = scale.field.element([1])
            at_pivot[pivot] = len(found)
            scaled = ({i: x * scale for i, x in vector.items()} for vector in (entries, multipliers))
            found.append(_Echelon(number, pivot, *scaled))
    return found


def _add(target: Row, factor: Number, source: Row) -> None:
    for i, x in source.items():
        total = target[i] + x * factor if i in target else x * factor
        if total:
            target[i] = total
        else:
            del target[i]


def _dot(left: Row, right: Row) -> Number:
    if len(left) > len(right):
        left, right = right, left
    total: Number = Fraction(0)
    for i, x in left.items():
        if i in right:
            total = total + x * right[i]
    return total
