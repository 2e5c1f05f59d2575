"""`Dataset`: exact points and labels, what every question of this project starts from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NoReturn, final

import numpy as np
from numpy.typing import NDArray

from verify.algebraic.array import AlgebraicArray, joined
from verify.algebraic.field import Number, NumberField
from verify.algebraic.writing import format_element
from verify.data.cells import Matrix, column_names, labels_matrix, points_matrix
from verify.data.exact_array import ExactArray
from verify.errors import DataError
from verify.rational import format_rational

_BLOCK = 1 << 14  # rows of canonical text made at a time
_INT64_MAX = 2**63 - 1


@final
class Dataset:
    """n points of dimension d with exact coordinates, and k exact labels for each point.

    Nothing is rounded. A float is the binary fraction that it stores, so 0.1 is
    3602879701896397/36028797018963968; the text ``"0.1"`` is one tenth. Large arrays of integers and floats stay
    NumPy arrays; `points` and `labels` make Fraction objects when asked. Numbers such as ``"sqrt(3)/2"`` are exact too:
    all of them are written in one real number field, `field`.

    Parameters
    ----------
    points : array_like of shape (n, d), or ExactArray
        Nested sequences of int, Fraction, text such as ``"1/3"``, ``"0.25"`` or ``"sqrt(3)/2"``, Decimal, float,
        SymPy constants and elements of a `verify.algebraic.NumberField`; a NumPy array of
        integers, booleans, floats, text or objects; a pandas or polars frame.
    labels : array_like of shape (n,) or (n, k), or ExactArray, optional
        A flat sequence is one output. Left out: no labels (k = 0).
    names : sequence of d str, optional
        Names of the coordinates; by default those of the frame, else ``x0``, ``x1``, ...
    label_names : sequence of k str, optional
        Names of the outputs; by default those of the frame, else ``y``, or ``y0``, ``y1``, ... if there are several.
    decimal : bool, default False
        Read each float as the shortest decimal that rounds to it (the float 0.1 is then 1/10); `notes` says so.
    notes : iterable of str, optional
        Remarks on how the data were read, kept in `notes`.

    Raises
    ------
    DataError
        When a value is not a finite real number that can be represented exactly, rows are ragged, points are flat, or
        the lengths of points and labels differ. The message is one line with the value, its place such as
        ``points[3][1]``, and the remedy.

    Examples
    --------
    >>> data = Dataset([[1, "1/2"], [0.5, 2]], [1, 0])
    >>> data
    Dataset(2 points of dimension 2, 1 output)
    >>> data.points[0]
    (Fraction(1, 1), Fraction(1, 2))
    >>> data.labels
    (Fraction(1, 1), Fraction(0, 1))
    >>> data == Dataset(np.array([[1, 0.5], [0.5, 2]]), np.array([True, False]))
    True
    """

    __slots__ = ("_coordinates", "_digest", "_label_array", "_label_names", "_labels", "_names", "_notes", "_points")

    _coordinates: Matrix
    _label_array: Matrix
    _names: tuple[str, ...]
    _label_names: tuple[str, ...]
    _notes: tuple[str, ...]
    _points: tuple[tuple[Number, ...], ...] | None
    _labels: tuple[Number, ...] | tuple[tuple[Number, ...], ...] | None
    _digest: str | None

    def __init__(
        self,
        points: object,
        labels: object = None,
        *,
        names: Sequence[str] | None = None,
        label_names: Sequence[str] | None = None,
        decimal: bool = False,
        notes: Iterable[str] = (),
    ) -> None:
        coordinates = points_matrix(points, decimal=decimal)
        n, d = coordinates.shape
        if labels is None:
            label_array: Matrix = ExactArray(np.empty((n, 0), dtype=np.int64), ())
        else:
            label_array = labels_matrix(labels, decimal=decimal)
        if label_array.shape[0] != n:
            raise DataError(f"labels has {label_array.shape[0]} entries for {n} points; give one label for each point")
        k = label_array.shape[1]
        if isinstance(coordinates, AlgebraicArray) or isinstance(label_array, AlgebraicArray):
            whole = joined([coordinates, label_array])  # points and labels in one field
            coordinates, label_array = whole.take(range(d)), whole.take(range(d, d + k))
        default_names = column_names(points) or tuple(f"x{j}" for j in range(d))
        default_labels = column_names(labels) or (("y",) if k == 1 else tuple(f"y{j}" for j in range(k)))
        values: dict[str, object] = {
            "_coordinates": coordinates,
            "_label_array": label_array,
            "_names": default_names if names is None else _checked_names(names, "names", d),
            "_label_names": default_labels if label_names is None else _checked_names(label_names, "label_names", k),
            "_notes": _remarks(coordinates, label_array, decimal, notes),
            "_points": None,
            "_labels": None,
            "_digest": None,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def n(self) -> int:
        """Number of points."""
        return self._coordinates.shape[0]

    @property
    def dimension(self) -> int:
        """Number of coordinates of each point."""
        return self._coordinates.shape[1]

    @property
    def outputs(self) -> int:
        """Number of label columns; 0 without labels."""
        return self._label_array.shape[1]

    @property
    def coordinates(self) -> Matrix:
        """The points as an `ExactArray` of shape (n, d); as an `AlgebraicArray` when `field` is not None."""
        return self._coordinates

    @property
    def label_array(self) -> Matrix:
        """The labels, of the same kind as `coordinates`, of shape (n, outputs)."""
        return self._label_array

    @property
    def field(self) -> NumberField | None:
        """The number field of points and labels; None when all of them are rational."""
        return self._coordinates.field if isinstance(self._coordinates, AlgebraicArray) else None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coordinates."""
        return self._names

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return self._label_names

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks on how the data were read, such as "floats read as their shortest decimals"."""
        return self._notes

    @property
    def points(self) -> tuple[tuple[Number, ...], ...]:
        """The points: n tuples of d Fractions (elements of `field` where irrational), made at the first use."""
        if self._points is None:
            object.__setattr__(self, "_points", _rows(self._coordinates))
        assert self._points is not None  # noqa: S101  # set in the line above
        return self._points

    @property
    def labels(self) -> tuple[Number, ...] | tuple[tuple[Number, ...], ...] | None:
        """The labels: None without labels, n numbers for one output, n tuples of numbers for several."""
        if self._labels is None and self.outputs:
            rows = _rows(self._label_array)
            object.__setattr__(self, "_labels", tuple(row[0] for row in rows) if self.outputs == 1 else rows)
        return self._labels

    def canonical_text(self) -> Iterator[str]:
        r"""Yield the lines of the canonical data text that certificates refer to.

        Yields
        ------
        str
            First ``fullrank-data 1 <n> <d> <k>``, then a line for each point: coordinates and labels as rationals in
            lowest terms, separated by single spaces. Every line ends with ``"\n"``.

        Examples
        --------
        >>> list(Dataset([["0.5", -1]], [2]).canonical_text())
        ['fullrank-data 1 1 2 1\n', '1/2 -1 2\n']
        """
        head = f"fullrank-data 1 {self.n} {self.dimension} {self.outputs}"
        matrices = [part for part in (self._coordinates, self._label_array) if isinstance(part, ExactArray)]
        if self.field is not None:
            yield f"{head} {' '.join(field_tokens(self.field))}\n"
            for row in zip(_rows(self._coordinates), _rows(self._label_array), strict=True):
                yield " ".join(format_element(x) for part in row for x in part) + "\n"
            return
        yield f"{head}\n"
        parts = [(*part.integers(), part.shape[1]) for part in matrices]
        for start in range(0, self.n, _BLOCK):
            count = min(_BLOCK, self.n - start)
            columns: list[Iterable[str]] = []
            for integers, scale, width in parts:
                block = integers[start : start + count]
                columns.extend(_column_text(block[:, j], scale[j]) for j in range(width))
            if columns:
                yield from (" ".join(row) + "\n" for row in zip(*columns, strict=True))
            else:
                yield from ("\n" for _ in range(count))

    def sha256(self) -> str:
        """Return the lower-case hexadecimal SHA-256 of the canonical text. Cost: linear; kept after the first use.

        Examples
        --------
        >>> Dataset([]).sha256()[:16] == hashlib.sha256(b"fullrank-data 1 0 0 0" + bytes([10])).hexdigest()[:16]
        True
        """
        if self._digest is None:
            digest = hashlib.sha256()
            for line in self.canonical_text():
                digest.update(line.encode("ascii"))
            object.__setattr__(self, "_digest", digest.hexdigest())
        assert self._digest is not None  # noqa: S101  # set in the line above
        return self._digest

    def __eq__(self, other: object) -> bool:
        """Compare the exact values of points and labels; names and notes do not count."""
        if not isinstance(other, Dataset):
            return NotImplemented
        pairs = [(self._coordinates, other._coordinates), (self._label_array, other._label_array)]
        return all(_equal(left, right) for left, right in pairs)

    def __hash__(self) -> int:
        return hash(self.sha256())

    def __repr__(self) -> str:
        points = "1 point" if self.n == 1 else f"{self.n} points"
        outputs = {0: "no labels", 1: "1 output"}.get(self.outputs, f"{self.outputs} outputs")
        return f"Dataset({points} of dimension {self.dimension}, {outputs})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a Dataset is immutable: cannot set {name!r}; make a new Dataset")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a Dataset is immutable: cannot delete {name!r}")

    def __reduce__(self) -> tuple[object, ...]:
        parts = [
            part if isinstance(part, AlgebraicArray) else (part.values, part.scale)
            for part in (self._coordinates, self._label_array)
        ]
        return _rebuild, (*parts, self._names, self._label_names, self._notes)


_Parts = AlgebraicArray | tuple[NDArray[Any], tuple[int, ...]]


def _rebuild(
    points: _Parts, labels: _Parts, names: tuple[str, ...], label_names: tuple[str, ...], notes: tuple[str, ...]
) -> Dataset:
    coordinates, label_array = (
        part if isinstance(part, AlgebraicArray) else ExactArray(*part) for part in (points, labels)
    )
    return Dataset(coordinates, label_array, names=names, label_names=label_names, notes=notes)


def field_tokens(field: NumberField) -> tuple[str, str, str]:
    """Write a field as the canonical data text does: polynomial, and the two ends of the interval of its root."""
    low, high = field.root
    return ",".join(map(str, field.polynomial)), format_rational(low), format_rational(high)


def _rows(matrix: Matrix) -> tuple[tuple[Number, ...], ...]:
    return matrix.rows() if isinstance(matrix, AlgebraicArray) else matrix.fractions()


def _remarks(points: Matrix, labels: Matrix, decimal: bool, notes: Iterable[str]) -> tuple[str, ...]:
    remarks = list(notes)
    if isinstance(points, AlgebraicArray):
        remarks.append(f"exact arithmetic in the number field {points.field}")
    elif decimal:
        remarks.append("floats read as their shortest decimals")
    elif any(isinstance(part, ExactArray) and part.values.dtype == np.float64 for part in (points, labels)):
        remarks.append("floats read as the binary fractions they are; with decimal=True (--decimal) 0.1 is 1/10")
    return tuple(dict.fromkeys(remarks))


def _checked_names(names: Sequence[str], argument: str, count: int) -> tuple[str, ...]:
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise DataError(f"{argument} is {names!r}; give a list of {count} strings")
    if len(names) != count:
        raise DataError(f"{argument} has {len(names)} entries for {count} columns; give one name for each column")
    return tuple(names)


def _column_text(column: NDArray[Any], scale: int) -> Iterable[str]:
    """Write integers / scale as canonical rationals; in NumPy where everything is below 2^63."""
    if column.dtype == object or scale > _INT64_MAX:
        return [format_rational(Fraction(int(x), scale)) for x in column]
    if scale == 1:
        return map(str, column.tolist())
    common = np.gcd(column, scale)  # gcd(0, scale) is scale: zero becomes 0/1
    pairs = zip((column // common).tolist(), (scale // common).tolist(), strict=True)
    return [str(p) if q == 1 else f"{p}/{q}" for p, q in pairs]


def _equal(left: Matrix, right: Matrix) -> bool:
    if left.shape != right.shape:
        return False
    if isinstance(left, AlgebraicArray) or isinstance(right, AlgebraicArray):
        difference = joined([left, right])  # over one field
        columns = range(left.shape[1])
        return _rows(difference.take(columns)) == _rows(difference.take([j + left.shape[1] for j in columns]))
    if left.values.dtype == right.values.dtype and left.scale == right.scale:
        return bool((left.values == right.values).all())
    (a, a_scale), (b, b_scale) = left.integers(), right.integers()
    columns = range(left.shape[1])
    return all((a[:, j].astype(object) * b_scale[j] == b[:, j].astype(object) * a_scale[j]).all() for j in columns)
