"""A matrix of exact real algebraic numbers, all in one number field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from verify.algebraic.constants import Builder, Constant
from verify.algebraic.field import Element, Number, NumberField
from verify.data.exact_array import ExactArray
from verify.errors import DataError

MAX_ENTRIES = 200_000
"""Largest matrix: its arithmetic is that of Python integers."""

Cell = Constant | Element | Fraction | int


class AlgebraicArray:
    """An immutable n x d matrix over a real number field, the counterpart of `verify.data.exact_array.ExactArray`.

    Attributes
    ----------
    field : NumberField
        Of degree 2 or more: where all entries are rational there is an `ExactArray`.
    shape : pair of int

    Examples
    --------
    >>> from verify.algebraic.constants import parse_constant
    >>> array = algebraic_array([[parse_constant("sqrt(3)/2"), Fraction(1, 2)]], 2, "row {}, column {}".format)
    >>> array.row(0), array.field
    ((1/2*sqrt(3), Fraction(1, 2)), NumberField(Q(sqrt(3))))
    """

    __slots__ = ("_rows", "field", "shape")

    def __init__(self, field: NumberField, rows: Sequence[Sequence[Element]], columns: int) -> None:
        self.field, self.shape = field, (len(rows), columns)
        self._rows = tuple(tuple(x.simplify() for x in row) for row in rows)

    def row(self, i: int) -> tuple[Number, ...]:
        """Row i: Fractions where entries are rational, elements of the field elsewhere."""
        return self._rows[i]

    def rows(self) -> tuple[tuple[Number, ...], ...]:
        """All rows."""
        return self._rows

    def elements(self) -> list[list[Element]]:
        """All rows as elements of the field."""
        return [[x if isinstance(x, Element) else self.field.element([x]) for x in row] for row in self._rows]

    def take(self, columns: Sequence[int]) -> AlgebraicArray:
        """Take some of the columns, in the order given. The field stays."""
        taken = [[row[j] for j in columns] for row in self.elements()]
        return AlgebraicArray(self.field, taken, len(columns))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AlgebraicArray):
            return NotImplemented
        return (self.field, self.shape, self._rows) == (other.field, other.shape, other._rows)

    def __hash__(self) -> int:
        return hash(self._rows)

    def __reduce__(self) -> tuple[object, ...]:
        return AlgebraicArray, (self.field, self.elements(), self.shape[1])


def algebraic_array(
    rows: Sequence[Sequence[Cell]], columns: int, place: Callable[[int, int], str]
) -> AlgebraicArray | ExactArray:
    """Place all cells in one field; an `ExactArray` when that field is Q or nothing irrational is left.

    Raises
    ------
    DataError
        For a number that does not exist or is not real, and for fields of too large a degree; `place` says where.
    """
    if len(rows) * columns > MAX_ENTRIES:
        raise DataError(
            f"{len(rows)} x {columns} numbers with roots among them are more than the {MAX_ENTRIES} that are computed "
            "with; take fewer points or round to decimals"
        )
    builder = Builder()
    placed: list[list[Element]] = []
    for _ in range(2):  # the second time in the final field
        placed = []
        for i, row in enumerate(rows):
            placed.append([])
            for j, cell in enumerate(row):
                try:
                    placed[-1].append(builder.value(cell))
                except DataError as error:
                    raise DataError(f"{place(i, j)}: {error}") from None
    if all(x.is_rational for row in placed for x in row):
        return ExactArray.from_fractions(
            [[Fraction(x.integers[0], x.denominator) for x in row] for row in placed], columns
        )
    return AlgebraicArray(builder.field, placed, columns)


def joined(parts: Sequence[AlgebraicArray | ExactArray]) -> AlgebraicArray | ExactArray:
    """Put matrices with the same number of rows side by side, over one field that contains them all.

    Raises
    ------
    DataError
        When that field has too large a degree.
    """
    rows = [part.rows() if isinstance(part, AlgebraicArray) else part.fractions() for part in parts]
    together = [[x for row in group for x in row] for group in zip(*rows, strict=True)]
    return algebraic_array(together, sum(part.shape[1] for part in parts), "row {}, column {}".format)
