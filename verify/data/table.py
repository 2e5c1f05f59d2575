"""The columns of a table: which of them are labels, and the data set they make."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from verify.algebraic.array import AlgebraicArray
from verify.data.cells import Matrix, join_columns
from verify.data.dataset import Dataset
from verify.data.exact_array import ExactArray
from verify.errors import DataError

LabelChoice = str | int | Sequence[str | int] | None
"""Which columns are labels: a name or number, several of them, ``()`` for none, None for the default."""

DropChoice = str | int | Sequence[str | int]
"""Which columns are left out: a name or number, or several of them."""

DEFAULT_LABELS = frozenset({"y", "label", "labels", "target"})
_INT64_MAX = 2**63 - 1


def split_columns(
    columns: Matrix | Sequence[Matrix],
    labels: Sequence[int],
    *,
    names: tuple[str, ...] | None = None,
    decimal: bool = False,
    notes: Iterable[str] = (),
) -> Dataset:
    """Make a data set of a table whose label columns are known.

    Parameters
    ----------
    columns : ExactArray or AlgebraicArray of shape (n, m), or m of them with one column each
    labels : sequence of int
        The columns that are labels, in the order wanted; the others are coordinates.
    names : tuple of m str, or None when the file names no columns
    decimal, notes
        As in `Dataset`.
    """
    count = columns.shape[1] if isinstance(columns, (ExactArray, AlgebraicArray)) else len(columns)
    chosen = set(labels)
    coordinates = [j for j in range(count) if j not in chosen]
    return Dataset(
        _take(columns, coordinates),
        _take(columns, labels) if labels else None,
        names=None if names is None else [names[j] for j in coordinates],
        label_names=None if names is None else [names[j] for j in labels],
        decimal=decimal,
        notes=notes,
    )


def attach_labels(
    points: Matrix, labels: Matrix | None, label: LabelChoice, *, drop: DropChoice = (), decimal: bool = False
) -> Dataset:
    """Make a data set of points without names and of the labels that a file keeps apart from them, if it does.

    Columns of the points that `drop` names are left out.

    Raises
    ------
    DataError
        When there are no points, the lengths differ, or `label` names columns although the file has labels of its own.
    """
    if not points.shape[0]:
        raise DataError("there are no points; write at least one row")
    if labels is None:
        chosen = choose_columns(label, drop, None, points.shape[1])
        return split_columns(_take(points, chosen.kept), chosen.labels, decimal=decimal)
    points = _take(points, choose_columns((), drop, None, points.shape[1]).kept)
    if label is None:
        if labels.shape[0] != points.shape[0]:
            raise DataError(f"there are {labels.shape[0]} labels for {points.shape[0]} points; give one for each point")
        return Dataset(points, labels, decimal=decimal)
    if isinstance(label, (str, int)) or len(label):
        raise DataError(f"the file has labels of its own, so {label!r} cannot be chosen; leave the label column out")
    return Dataset(points, decimal=decimal)


class Chosen(NamedTuple):
    """What becomes of the columns of a table.

    Attributes
    ----------
    kept : tuple of int
        The columns that are not dropped, in their order.
    labels : tuple of int
        Which of `kept` are labels, in the order wanted.
    names : tuple of str, or None
        Those of `kept`.
    """

    kept: tuple[int, ...]
    labels: tuple[int, ...]
    names: tuple[str, ...] | None


def choose_columns(label: LabelChoice, drop: DropChoice, names: tuple[str, ...] | None, count: int) -> Chosen:
    """Find the columns that are kept, and which of them are labels.

    Parameters
    ----------
    label : str, int, sequence of them, or None
        A name; or a number: 0 is the first column, -1 the last, as text or int (a column of that name goes
        first). ``()`` means no labels. None means the last column that is kept, if its name is y, label, labels or
        target in any case, and otherwise no labels.
    drop : str, int, or sequence of them
        The columns that are left out, in the same way.
    names : tuple of str, or None
    count : int
        Number of columns.

    Raises
    ------
    DataError
        For unknown, ambiguous or repeated columns, and when no column is left for the points.

    Examples
    --------
    >>> choose_columns(["b", -1], (), ("a", "b", "c"), 3).labels
    (1, 2)
    >>> choose_columns(None, "id", ("id", "a", "y"), 3)
    Chosen(kept=(1, 2), labels=(1,), names=('a', 'y'))
    """
    dropped = _columns(drop, names, count, "dropped")
    kept = tuple(j for j in range(count) if j not in dropped)
    kept_names = None if names is None else tuple(names[j] for j in kept)
    if label is None:
        default = len(kept) > 1 and kept_names is not None and kept_names[-1].strip().lower() in DEFAULT_LABELS
        return Chosen(kept, (len(kept) - 1,) if default else (), kept_names)
    labels = _columns(label, names, count, "label")
    for j in set(labels) & set(dropped):
        raise DataError(f"{show_name(names, j)} is a label column and is dropped; choose one of the two")
    if kept and len(labels) == len(kept):
        raise DataError(f"all {len(kept)} columns are label columns; leave at least one for the points")
    return Chosen(kept, tuple(kept.index(j) for j in labels), kept_names)


def _columns(choice: DropChoice, names: tuple[str, ...] | None, count: int, kind: str) -> tuple[int, ...]:
    wanted = [choice] if isinstance(choice, (str, int)) else list(choice)
    found = tuple(_column(one, names, count, kind) for one in wanted)
    if len(set(found)) != len(found):
        raise DataError(f"the {kind} columns {wanted!r} name one column twice; name each of them once")
    return found


def show_name(names: tuple[str, ...] | None, column: int) -> str:
    """Return a column for messages: its name if it has one, else its number counted from 1, like rows and lines."""
    return f"column {names[column]!r}" if names is not None and names[column] else f"column {column + 1}"


def _column(label: str | int, names: tuple[str, ...] | None, count: int, kind: str) -> int:
    if isinstance(label, str) and names is not None:
        hits = [j for j, name in enumerate(names) if name == label]
        if len(hits) > 1:
            raise DataError(f"{len(hits)} columns are called {label!r}; choose one by its number, the first is 0")
        if hits:
            return hits[0]
    if isinstance(label, bool) or not isinstance(label, (str, int)):
        raise DataError(f"the {kind} column {label!r} has type {type(label).__name__}; give a name or a number")
    if isinstance(label, int) or re.fullmatch(r"[+-]?[0-9]{1,9}", label, re.ASCII):
        number = int(label)
        if not -count <= number < count:
            raise DataError(
                f"there is no {kind} column {number}: the {count} columns have the numbers 0 to {count - 1}"
            )
        return number % count
    if names is None:
        raise DataError(
            f"there is no {kind} column {label!r}: the columns have no names; give a number, -1 is the last"
        )
    near = difflib.get_close_matches(label, names, n=3, cutoff=0.5) or names[:6]
    raise DataError(f"there is no {kind} column {label!r}; did you mean {' or '.join(map(repr, near))}?")


def _take(columns: Matrix | Sequence[Matrix], wanted: Sequence[int]) -> Matrix:
    """Take columns into an array of their own, int64 again if only the columns left behind were too big for it."""
    if isinstance(columns, AlgebraicArray):
        return columns.take(wanted)
    if not isinstance(columns, ExactArray):
        return join_columns([columns[j] for j in wanted])
    taken = columns.take(wanted)
    values = np.ascontiguousarray(taken.values)
    if values.dtype == object and all(-_INT64_MAX <= x <= _INT64_MAX for x in values.flat):
        values = values.astype(np.int64)
    return ExactArray(values, taken.scale)
