"""The data of an entry in the formats that `verify.read` reads, exactly or not at all."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from counterexamples.entry import Entry
from verify.errors import CatalogueError, DataError

if TYPE_CHECKING:
    from verify import Dataset

FORMATS = ("csv", "json", "npz", "parquet", "certificate")
"""Points and labels in four formats, and the proof."""
BINARY = ("npz", "parquet")


def export(entry: Entry, file_format: str) -> str | bytes:
    """Write the data of an entry, or its certificate, as the content of a file.

    Parameters
    ----------
    entry : Entry
    file_format : str
        One of `FORMATS`. CSV and JSON hold every rational as it is; NPZ and Parquet hold int64 or float64, and what
        these cannot hold exactly is refused.

    Raises
    ------
    CatalogueError
        For an unknown format.
    DataError
        When a number has no exact place in the format.
    NotAvailableError
        Without pyarrow, for Parquet.

    Examples
    --------
    >>> from counterexamples import load_entry
    >>> print(export(load_entry("ray-pair"), "csv"), end="")
    x0,x1,y
    1,2,1
    2,4,1
    """
    if file_format == "certificate":
        certificate = entry.certificate or entry.decide().certificate()
        return json.dumps(certificate, indent=1) + "\n"
    if file_format not in FORMATS:
        raise CatalogueError(f"the format {file_format!r} is unknown; the formats are {', '.join(FORMATS)}")
    data = entry.dataset()
    if file_format == "csv":
        return "\n".join([",".join((*data.names, *data.label_names)), *map(",".join, _rows(data))]) + "\n"
    if file_format == "json":
        rows = list(_rows(data))
        value: dict[str, Any] = {"points": [row[: data.dimension] for row in rows]}
        if data.outputs:
            labels = [row[data.dimension :] for row in rows]
            value["labels"] = [row[0] for row in labels] if data.outputs == 1 else labels
        return json.dumps(value) + "\n"
    return _npz(data, entry.name) if file_format == "npz" else _parquet(data, entry.name)


def _rows(data: Dataset) -> list[list[str]]:
    from verify.algebraic.writing import format_number

    labels: Any = data.labels if data.outputs > 1 else [(y,) for y in data.labels or ()] or [()] * data.n
    rows = [[format_number(x) for x in (*point, *row)] for point, row in zip(data.points, labels, strict=True)]
    if data.field is not None and data.field.degree > 2:
        raise DataError(f"its numbers lie in {data.field} and have no short text; use the exact Dataset")
    return rows


def _arrays(data: Dataset, name: str) -> tuple[Any, Any]:
    """Give points and labels as int64 where they are integers of that size, else as float64."""
    import numpy as np

    from counterexamples.catalogue.shelf import float_arrays

    parts: list[Any] = []
    for matrix in (data.coordinates, data.label_array):
        values = getattr(matrix, "values", None)
        is_integer = values is not None and values.dtype == np.int64 and set(matrix.scale) <= {1}  # type: ignore[union-attr]  # rational
        parts.append(values if is_integer else None)
    if any(part is None for part in parts):
        X, y = float_arrays(data, name)
        floats = (X, np.zeros((data.n, 0)) if y is None else y.reshape(data.n, -1))
        parts = [floating if part is None else part for part, floating in zip(parts, floats, strict=True)]
    return parts[0], parts[1]


def _npz(data: Dataset, name: str) -> bytes:
    import numpy as np

    X, Y = _arrays(data, name)
    target = io.BytesIO()
    labels = {"labels": Y[:, 0] if data.outputs == 1 else Y} if data.outputs else {}
    np.savez(target, points=X, **labels)
    return target.getvalue()


def _parquet(data: Dataset, name: str) -> bytes:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise DataError(
            "Parquet needs pyarrow; install it with pip install 'fullrank[parquet]', or export csv"
        ) from None
    X, Y = _arrays(data, name)
    columns = [*X.T, *Y.T]
    target = io.BytesIO()
    pq.write_table(pa.table([pa.array(column) for column in columns], names=[*data.names, *data.label_names]), target)
    return bytes(target.getvalue())
