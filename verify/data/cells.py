"""From what a person has in memory (nested lists, NumPy arrays, data frames) to an `ExactArray`.

Nothing is rounded on the way. Where a matrix is all integers or all floats it is handed to NumPy in one piece,
because then NumPy's conversion is exact; a mixture of the two only if every integer is at most 2^53 in absolute value,
so that a float64 holds it. Everything else is converted cell by cell to rational numbers, and to constants such as
``sqrt(3)/2``; where there are such, the matrix becomes an `AlgebraicArray`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from decimal import Decimal
from fractions import Fraction
from numbers import Complex, Rational
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.algebraic.array import AlgebraicArray, Cell, algebraic_array
from verify.algebraic.array import joined as join_algebraic
from verify.algebraic.constants import Constant, looks_algebraic, parse_constant
from verify.algebraic.field import Element
from verify.data.exact_array import ExactArray
from verify.errors import DataError
from verify.rational import parse_rational

Matrix = ExactArray | AlgebraicArray
Place = Callable[[int, int], str]
"""Says in words where row i, column j (both from 0) is, for error messages."""

_FLOAT_EXACT = 2**53
_INT64_MAX = 2**63 - 1
_NOT_FINITE = {"nan", "inf", "infinity"}
_REMEDY = "remove this row or put a number in its place"


def rational(value: object, *, decimal: bool = False) -> Fraction | int:
    """Convert one number exactly.

    Parameters
    ----------
    value : int, bool, Fraction, float, Decimal, str or NumPy scalar
        A float is the binary fraction that it stores; text is read by `verify.rational.parse_rational`.
    decimal : bool, default False
        Read a float as the shortest decimal that rounds to it.

    Raises
    ------
    DataError
        When the value is not a finite rational number. The message has no place; the caller knows it.

    Examples
    --------
    >>> rational(0.5), rational("0.1"), rational(0.1, decimal=True)
    (Fraction(1, 2), Fraction(1, 10), Fraction(1, 10))
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, (bool, int, np.bool_, np.integer)):
        return int(value)
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, (float, np.floating)):
        if not math.isfinite(value):
            raise DataError(f"{value!s} is not finite; {_REMEDY}")
        if decimal:
            return Fraction(str(value))
        return Fraction(*value.as_integer_ratio())
    if isinstance(value, Decimal):
        value = str(value)
    if isinstance(value, str):
        return rational_text(value)
    if isinstance(value, Complex):
        raise DataError(f"{value!s} is complex; points and labels are real")
    if value is None:
        raise DataError(f"the value is missing (None); {_REMEDY}")
    raise DataError(f"a {type(value).__name__} is not a number; use int, float, Fraction, Decimal or text like '1/3'")


def rational_text(text: str) -> Fraction | int:
    """Convert text to a number exactly, as `rational` does; missing and infinite values get a message of their own."""
    if len(text) <= 18 and text.isascii() and text.isdigit():
        return int(text)
    word = text.strip()
    if word.lstrip("+-").lower() in _NOT_FINITE:
        raise DataError(f"{word} is not finite; {_REMEDY}")
    if not word:
        raise DataError(f"the value is empty; {_REMEDY}")
    return parse_rational(text)


def exact_number(value: object, *, decimal: bool = False) -> Cell:
    """Convert one number exactly, as `rational` does; or, from text, SymPy or a number field, an algebraic number.

    Raises
    ------
    DataError
        When the value is not a finite real number that can be represented; without a place.

    Examples
    --------
    >>> exact_number("1/3"), exact_number("sqrt(3)/2").text
    (Fraction(1, 3), 'sqrt(3)/2')
    """
    if isinstance(value, Element):
        return value
    if isinstance(value, str):
        return number_text(value)
    if type(value).__module__.startswith("sympy.") and not isinstance(value, Rational):
        return number_text(str(value))
    return rational(value, decimal=decimal)


def number_text(text: str) -> Fraction | int | Constant:
    """Convert text to a number exactly, as `exact_number` does."""
    try:
        return rational_text(text)
    except DataError:
        if looks_algebraic(text):
            return parse_constant(text)
        raise


def is_constant(text: str) -> bool:
    """Whether a text is a constant such as sqrt(3)/2; plain rational numbers are not what is asked for."""
    try:
        return looks_algebraic(text) and bool(parse_constant(text))
    except DataError:
        return False


def exact_matrix(rows: Sequence[Sequence[Cell]], columns: int, place: Place) -> Matrix:
    """Make a matrix of cells that were converted one by one."""
    if any(kind in (Constant, Element) for kind in {type(x) for row in rows for x in row}):
        return algebraic_array(rows, columns, place)
    return ExactArray.from_fractions(rows, columns)  # type: ignore[arg-type]  # no other kinds of cells are left


def points_matrix(points: object, *, decimal: bool = False) -> Matrix:
    """Convert the points of a data set: n rows of d coordinates.

    Raises
    ------
    DataError
        For ragged rows, a 1-D array, and cells that are not finite numbers; the message shows ``points[i][j]``.
    """
    if isinstance(points, (ExactArray, AlgebraicArray)):
        return points
    place: Place = "points[{}][{}]".format
    columns = _frame_columns(points)
    if columns is not None:
        return _from_columns(columns, place, decimal)
    array = _as_array(points)
    if array is not None:
        if array.ndim == 1:
            raise DataError(_flat_message(array.shape[0]))
        if array.ndim != 2:
            raise DataError(f"points has shape {array.shape}; reshape it to (n, d): one row for each point")
        return from_array(array, place, decimal=decimal)
    rows = _as_list(points)
    if rows is None:
        raise DataError(f"points has type {type(points).__name__}; give a list of points, each a list of coordinates")
    if rows and _as_list(rows[0]) is None:
        raise DataError(_flat_message(len(rows)))
    return from_rows(rows, "points[{}]".format, place, decimal=decimal)


def labels_matrix(labels: object, *, decimal: bool = False) -> Matrix:
    """Convert labels: n numbers (one output), or n rows of k numbers.

    Raises
    ------
    DataError
        For ragged rows and for labels that are not finite numbers; the message shows ``labels[i]``.
    """
    if isinstance(labels, (ExactArray, AlgebraicArray)):
        return labels
    place: Place = "labels[{}][{}]".format
    columns = _frame_columns(labels)
    if columns is not None:
        return _from_columns(columns, place, decimal)
    array = _as_array(labels)
    if array is not None:
        if array.ndim == 1:
            return from_array(array.reshape(-1, 1), _flat_place, decimal=decimal)
        if array.ndim != 2:
            raise DataError(f"labels has shape {array.shape}; reshape it to (n,) or (n, outputs)")
        return from_array(array, place, decimal=decimal)
    rows = _as_list(labels)
    if rows is None:
        raise DataError(f"labels has type {type(labels).__name__}; give a list with one number for each point")
    if not rows:
        return ExactArray(np.empty((0, 1), dtype=np.int64), (1,))
    if _as_list(rows[0]) is None:
        return from_rows([[x] for x in rows], "labels[{}]".format, _flat_place, decimal=decimal)
    return from_rows(rows, "labels[{}]".format, place, decimal=decimal)


def from_array(array: NDArray[Any], place: Place, *, decimal: bool = False) -> Matrix:
    """Convert a 2-D array of any dtype that holds real numbers; the array is copied."""
    if isinstance(array, np.ma.MaskedArray):
        masked = np.argwhere(np.ma.getmaskarray(array))
        if len(masked):
            raise DataError(f"{place(int(masked[0][0]), int(masked[0][1]))} is masked; {_REMEDY}")
        array = array.data
    kind, shape = array.dtype.kind, (array.shape[0], array.shape[1])
    if kind in "OUT" or (kind == "f" and array.dtype.itemsize > 8):
        return _from_cells(list(array), shape[1], place, decimal)
    if kind not in "biuf":
        raise DataError(f"{place(0, 0)} is in an array of dtype {array.dtype}; use integers, floats, Fraction or text")
    if kind == "f":
        finite = np.isfinite(array)
        if not finite.all():
            i, j = (int(index) for index in np.argwhere(~finite)[0])
            raise DataError(f"{place(i, j)}: {array[i, j]!s} is not finite; {_REMEDY}")
    if kind == "i" and array.size and int(array.min()) < -_INT64_MAX:  # its absolute value is no int64
        return ExactArray(array.astype(object), (1,) * shape[1])
    return ExactArray.from_numpy(array, decimal=decimal)


def from_rows(
    rows: Sequence[object], row_place: Callable[[int], str], place: Place, *, decimal: bool = False
) -> Matrix:
    """Convert a sequence of rows, each a sequence of numbers of any kind; all rows must have the same length."""
    cells: list[Sequence[object]] = []
    kinds: set[type] = set()
    for i, given in enumerate(rows):
        row = _as_list(given)
        if row is None:
            raise DataError(f"{row_place(i)} has type {type(given).__name__}; give a list of numbers like the others")
        if cells and len(row) != len(cells[0]):
            raise DataError(
                f"{row_place(i)} has {len(row)} entries and {row_place(0)} has {len(cells[0])}; make them equal"
            )
        cells.append(row)
        kinds.update(map(type, row))
    columns = len(cells[0]) if cells else 0
    array = _plain_numbers(cells, kinds, columns)
    if array is not None:
        return from_array(array, place, decimal=decimal)
    return _from_cells(cells, columns, place, decimal)


def join_columns(parts: Sequence[Matrix]) -> Matrix:
    """Put matrices with the same number of rows side by side, exactly.

    Floats stay floats when every other part fits into floats exactly; otherwise all become integers with scales.
    """
    exact = [part for part in parts if isinstance(part, ExactArray)]
    if len(exact) < len(parts):
        return join_algebraic(parts)
    parts = exact
    kinds = {part.values.dtype for part in parts}
    if kinds == {np.dtype(np.float64), np.dtype(np.int64)} and all(_fits_float(part) for part in parts):
        values = np.hstack([part.values.astype(np.float64) for part in parts])
        return ExactArray(values, (1,) * values.shape[1])
    integers = [part.integers() if len(kinds) > 1 else (part.values, part.scale) for part in parts]
    whole = any(values.dtype == object for values, _ in integers)
    joined = np.hstack([values.astype(object) if whole else values for values, _ in integers])
    return ExactArray(joined, tuple(s for _, scale in integers for s in scale))


def column_names(table: object) -> tuple[str, ...] | None:
    """Return the names of the columns of a data frame, None for everything else."""
    if _frame_columns(table) is None:
        return None
    return tuple(str(name) for name in table.columns)  # type: ignore[attr-defined]


def _from_cells(rows: Sequence[Iterable[object]], columns: int, place: Place, decimal: bool) -> Matrix:
    exact: list[list[Cell]] = []
    for i, row in enumerate(rows):
        numbers: list[Cell] = []
        for j, value in enumerate(row):
            try:
                numbers.append(exact_number(value, decimal=decimal))
            except DataError as error:
                raise DataError(f"{place(i, j)}: {error}") from None
        exact.append(numbers)
    return exact_matrix(exact, columns, place)


def _flat_message(count: int) -> str:
    return (
        f"points is a flat list of {count} entries; reshape to ({count}, 1) for {count} points in dimension 1, "
        f"or to (1, {count}) for one point in dimension {count}"
    )


def _flat_place(i: int, _: int) -> str:
    return f"labels[{i}]"


def _as_array(values: object) -> NDArray[Any] | None:
    if isinstance(values, np.ma.MaskedArray):
        return values
    if hasattr(values, "__array__") and not isinstance(values, np.generic):
        return np.asarray(values)
    return None


def _as_list(values: object) -> Sequence[object] | None:
    """Return the entries of something with an order; None for a number, a text, a set or a mapping."""
    if isinstance(values, (list, tuple)):
        return values
    if isinstance(values, (str, bytes, bytearray, Mapping, Set, ExactArray, AlgebraicArray)):
        return None
    if isinstance(values, np.ndarray) and values.ndim == 0:
        return None
    return list(values) if hasattr(values, "__iter__") else None


def _frame_columns(table: object) -> list[NDArray[Any]] | None:
    """Return the columns of a pandas or polars frame one by one: as one array, integers would turn into floats."""
    if hasattr(table, "iloc") and hasattr(table, "columns"):
        return [np.asarray(table.iloc[:, j]) for j in range(len(table.columns))]
    if hasattr(table, "get_columns") and hasattr(table, "columns"):
        return [np.asarray(column) for column in table.get_columns()]
    return None


def _from_columns(columns: list[NDArray[Any]], place: Place, decimal: bool) -> Matrix:
    if not columns:
        return ExactArray(np.empty((0, 0), dtype=np.int64), ())

    def shifted(offset: int) -> Place:
        return lambda i, _: place(i, offset)

    return join_columns(
        [from_array(column.reshape(-1, 1), shifted(j), decimal=decimal) for j, column in enumerate(columns)]
    )


def _plain_numbers(rows: list[Sequence[object]], kinds: set[type], columns: int) -> NDArray[Any] | None:
    """Return rows of ints and floats as an array when NumPy converts them exactly, else None."""
    shape = (len(rows), columns)
    if kinds <= {int, bool}:
        try:
            return np.array(rows, dtype=np.int64).reshape(shape)
        except OverflowError:
            return None
    if kinds == {float} or (kinds == {int, float} and _small_integers(rows)):
        return np.array(rows, dtype=np.float64).reshape(shape)
    return None


def _small_integers(rows: list[Sequence[object]]) -> bool:
    return all(-_FLOAT_EXACT <= x <= _FLOAT_EXACT for row in rows for x in row if isinstance(x, int))


def _fits_float(part: ExactArray) -> bool:
    if part.values.dtype == np.float64:
        return True
    return set(part.scale) <= {1} and bool((np.abs(part.values) <= _FLOAT_EXACT).all())
