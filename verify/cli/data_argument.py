"""The argument DATA: a file, or ``bundled:NAME``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verify.errors import DataError

if TYPE_CHECKING:
    from verify.data import Dataset

BUNDLED = "bundled:"


def read_argument(
    text: str, *, label: Sequence[str] | None, decimal: bool, every_labelling: bool, file_format: str | None
) -> Dataset:
    """Read the data that the argument names.

    Parameters
    ----------
    text : str
        A path, or ``bundled:NAME``.
    label : sequence of str, or None
        The label columns by name or number; none of them if empty, the default ones if None.
    decimal : bool
        Read floats as their shortest decimals.
    every_labelling : bool
        Leave out the labels that were found.
    file_format : str, optional
        Instead of the ending of the file name.

    Raises
    ------
    DataError, NotAvailableError
        As `verify.read` and `verify.load_dataset` do.

    Examples
    --------
    >>> read_argument("bundled:iris", label=["petal_width"], decimal=False, every_labelling=False, file_format=None)
    Dataset(150 points of dimension 4, 1 output)
    """
    from verify.data import Dataset, load_dataset, read

    if not text.startswith(BUNDLED):
        data = read(text, label=label, decimal=decimal, format=file_format)
    elif file_format is not None:
        raise DataError(f"{text}: bundled data have a format of their own; leave --format out")
    else:
        data = load_dataset(text.removeprefix(BUNDLED))
        if label is not None:
            data = _with_labels(data, label) if label else Dataset(data.coordinates, names=data.names)
    if every_labelling and data.outputs:
        left_out = f"the labels ({', '.join(data.label_names)}) were left out"
        data = Dataset(data.coordinates, names=data.names, notes=(*data.notes, left_out))
    return data


def _with_labels(data: Dataset, label: Sequence[str]) -> Dataset:
    """Choose other label columns of a bundled table; its own label column becomes a coordinate."""
    from verify.data.cells import join_columns
    from verify.data.table import label_columns, split_columns

    names = (*data.names, *data.label_names)
    columns = join_columns([data.coordinates, data.label_array])
    return split_columns(columns, label_columns(label, names, len(names)), names=names, notes=data.notes)
