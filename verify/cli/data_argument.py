"""The argument DATA: a file, or ``bundled:NAME``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verify.errors import DataError

if TYPE_CHECKING:
    from verify.data import Dataset

BUNDLED = "bundled:"


def read_argument(
    text: str,
    *,
    label: Sequence[str] | None,
    drop: Sequence[str] = (),
    decimal: bool = False,
    every_labelling: bool = False,
    file_format: str | None = None,
) -> Dataset:
    """Read the data that the argument names.

    Parameters
    ----------
    text : str
        A path, or ``bundled:NAME``.
    label : sequence of str, or None
        The label columns by name or number; none of them if empty, the default ones if None.
    drop : sequence of str
        The columns that are left out.
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
    >>> read_argument("bundled:iris", label=["petal_width"], drop=["species"])
    Dataset(150 points of dimension 3, 1 output)
    """
    from verify.data import Dataset, load_dataset, read

    if not text.startswith(BUNDLED):
        data = read(text, label=label, drop=drop, decimal=decimal, format=file_format)
    elif file_format is not None:
        raise DataError(f"{text}: bundled data have a format of their own; leave --format out")
    else:
        data = load_dataset(text.removeprefix(BUNDLED))
        if label is not None or drop:
            data = _chosen(data, label, drop)
    if every_labelling and data.outputs:
        left_out = f"the labels ({', '.join(data.label_names)}) were left out"
        data = Dataset(data.coordinates, names=data.names, notes=(*data.notes, left_out))
    return data


def _chosen(data: Dataset, label: Sequence[str] | None, drop: Sequence[str]) -> Dataset:
    """Choose among the columns of a bundled table; its own label column is the last, unless no labels are wanted."""
    from verify.data.cells import join_columns
    from verify.data.table import choose_columns, split_columns

    apart = data.outputs > 0 and label != ()
    names = (*data.names, *data.label_names) if apart else data.names
    columns = join_columns([data.coordinates, data.label_array]) if apart else data.coordinates
    chosen = choose_columns(label, drop, names, len(names))
    return split_columns(columns.take(chosen.kept), chosen.labels, names=chosen.names, notes=data.notes)
