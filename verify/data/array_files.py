"""Points and labels in NumPy files (NPY, NPZ) and Parquet tables, at their exact values.

A float is the exact binary fraction that is stored, or with ``decimal=True`` the shortest decimal that rounds to it.
Nothing is unpickled. In an NPZ file the points are called ``points`` or ``X``, the labels ``labels`` or ``y``; other
names are refused, so that a misspelled name is not a data set without labels.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.data.cells import Matrix, Place, from_array, from_rows
from verify.data.dataset import Dataset
from verify.data.table import DropChoice, LabelChoice, attach_labels, choose_columns, show_name, split_columns
from verify.errors import DataError, NotAvailableError

_NUMPY_ERRORS = (ValueError, EOFError, OSError, KeyError, SyntaxError, zipfile.BadZipFile, zlib.error)
_NPZ_KEYS = {"points": ("points", "X"), "labels": ("labels", "y")}


def read_npy(content: bytes, *, label: LabelChoice = None, drop: DropChoice = (), decimal: bool = False) -> Dataset:
    """Read one 2-D array, a row for each point; `label` and `drop` choose columns by number.

    Raises
    ------
    DataError
        When the bytes are no NPY file, the array is not 2-D or has an entry that is not a finite real number.
    """
    array = _load(content)
    if not isinstance(array, np.ndarray):
        raise DataError("this is an NPZ archive; read it with format='npz'")
    return attach_labels(_points(array, "the array", decimal), None, label, drop=drop, decimal=decimal)


def read_npz(content: bytes, *, label: LabelChoice = None, drop: DropChoice = (), decimal: bool = False) -> Dataset:
    """Read the arrays ``points`` (or ``X``) of shape (n, d) and ``labels`` (or ``y``) of shape (n,) or (n, k).

    Raises
    ------
    DataError
        When the bytes are no NPZ archive, an array is missing, ambiguous or unknown, or an entry is not a finite real
        number.
    """
    archive = _load(content)
    if isinstance(archive, np.ndarray):
        raise DataError("this is a single NPY array; read it with format='npy'")
    found: dict[str, NDArray[Any]] = {}
    for meaning, keys in _NPZ_KEYS.items():
        present = [key for key in keys if key in archive.files]
        if len(present) > 1:
            raise DataError(f"there are arrays {present[0]!r} and {present[1]!r}; keep one of them")
        if present:
            found[meaning] = _load(content, present[0])
    unknown = sorted(set(archive.files) - {key for keys in _NPZ_KEYS.values() for key in keys})
    if unknown:
        raise DataError(f"the array {unknown[0]!r} is unknown; save points (or X) and labels (or y) and nothing else")
    if "points" not in found:
        raise DataError("there is no array 'points' or 'X'; save one of shape (n, d)")
    points = _points(found["points"], "points", decimal)
    labels = found.get("labels")
    if labels is None:
        return attach_labels(points, None, label, drop=drop, decimal=decimal)
    if labels.ndim not in (1, 2):
        raise DataError(f"labels has shape {labels.shape}; save it with shape (n,) or (n, outputs)")
    flat = labels.ndim == 1
    place: Place = (lambda i, _: f"label {i + 1}") if flat else _place("labels")
    columns = from_array(labels.reshape(-1, 1) if flat else labels, place, decimal=decimal)
    return attach_labels(points, columns, label, drop=drop, decimal=decimal)


def read_parquet(content: bytes, *, label: LabelChoice = None, drop: DropChoice = (), decimal: bool = False) -> Dataset:
    """Read a table whose columns are integers, floats, decimals, booleans (0 and 1) or text with numbers.

    Raises
    ------
    DataError
        When the bytes are no Parquet file, or a column has a null, a value that is not finite, or another type.
    NotAvailableError
        When pyarrow is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        remedy = "install it with: pip install 'fullrank[parquet]'"
        raise NotAvailableError(f"reading Parquet needs pyarrow; {remedy}") from None
    try:
        table = pyarrow.parquet.ParquetFile(io.BytesIO(content)).read()
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise DataError(f"this is not a readable Parquet file ({_reason(error)})") from None
    index = [name for name in table.column_names if re.fullmatch(r"__index_level_[0-9]+__", name)]
    table = table.drop_columns(index)
    names = tuple(table.column_names)
    if not table.num_rows or not names:
        raise DataError(f"the table has {table.num_rows} rows and {len(names)} columns; write at least one of each")
    chosen = choose_columns(label, drop, names, len(names))
    columns = [_parquet_column(table.column(j), show_name(names, j), decimal) for j in chosen.kept]
    notes = [f"the index of the pandas frame, {name}, was left out" for name in index]
    return split_columns(columns, chosen.labels, names=chosen.names, decimal=decimal, notes=notes)


def _parquet_column(column: Any, name: str, decimal: bool) -> Matrix:
    from pyarrow import types

    def place(i: int, _: int = 0) -> str:
        return f"row {i + 1}, {name}"

    if column.null_count:
        row = column.is_null().to_pylist().index(True)
        raise DataError(f"{place(row)}: the value is missing (null); remove this row or put a number in its place")
    kind = column.type.value_type if types.is_dictionary(column.type) else column.type
    if types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind):
        return from_array(column.to_numpy().reshape(-1, 1), place, decimal=decimal)
    if types.is_decimal(kind) or types.is_string(kind) or types.is_large_string(kind):
        return from_rows([[value] for value in column.to_pylist()], place, place)
    raise DataError(f"{name} has type {column.type}; use integers, floats or decimals, or leave the column out")


def _load(content: bytes, key: str | None = None) -> Any:
    try:
        loaded = np.load(io.BytesIO(content), allow_pickle=False)
        return loaded if key is None else loaded[key]
    except _NUMPY_ERRORS as error:
        what = "NumPy file" if key is None else f"array {key!r}"
        raise DataError(f"this is not a readable {what} without pickled objects ({_reason(error)})") from None


def _points(array: NDArray[Any], name: str, decimal: bool) -> Matrix:
    if array.ndim != 2:
        raise DataError(f"{name} has shape {array.shape}; save it with shape (n, d), one row for each point")
    return from_array(array, _place(name), decimal=decimal)


def _place(name: str) -> Place:
    return lambda i, j: f"row {i + 1}, column {j + 1} of {name}"


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
