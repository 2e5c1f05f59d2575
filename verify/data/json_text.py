"""Points and labels in JSON, read exactly: the number 0.1 in the text is one tenth.

Either ``{"points": [[...], ...], "labels": [...]}``, where labels are optional and a flat list or a list of rows; or
only a list of rows. A number is a JSON number or a string such as ``"1/3"`` or ``"sqrt(3)/2"``; true and false are 1
and 0. ``NaN``, ``Infinity``, null, duplicate keys and unknown keys are refused.
"""

from __future__ import annotations

import json

from verify.data.cells import Matrix, from_rows
from verify.data.dataset import Dataset
from verify.data.table import DropChoice, LabelChoice, attach_labels
from verify.errors import DataError

_SHORT = 4000  # digits that int() converts at once; longer integers stay text


def read_json(content: bytes, *, label: LabelChoice = None, drop: DropChoice = ()) -> Dataset:
    """Read points and labels.

    Parameters
    ----------
    content : bytes
        The whole file, UTF-8.
    label : str, int, sequence of them, or None
        Which entries of the rows are labels, by number; see `verify.data.table.choose_columns`. Where the file has
        labels of its own only ``()`` is possible: leave them out.
    drop : str, int, or sequence of them
        Which entries of the rows are left out, by number.

    Raises
    ------
    DataError
        When the text is not such a JSON value; rows and columns in the message count from 1.

    Examples
    --------
    >>> data = read_json(b'{"points": [[0.1, 2], ["1/3", 4]], "labels": [1, 0]}')
    >>> data.points
    ((Fraction(1, 10), Fraction(2, 1)), (Fraction(1, 3), Fraction(4, 1)))
    """
    value = _parse(content)
    labels: object = None
    if isinstance(value, dict):
        unknown = sorted(set(value) - {"points", "labels"})
        if unknown:
            raise DataError(f"the key {unknown[0]!r} is unknown; the keys are points and labels")
        if "points" not in value:
            raise DataError('there is no key "points"; write {"points": [[...], ...], "labels": [...]}')
        value, labels = value["points"], value.get("labels")
    points = _matrix(value, "points")
    return attach_labels(points, None if labels is None else _labels(labels), label, drop=drop)


def _parse(content: bytes) -> object:
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            parse_float=str,
            parse_int=_integer,
            parse_constant=str,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise DataError(f"byte {error.start} is not UTF-8; save the file as UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise DataError(f"line {error.lineno}, column {error.colno}: {error.msg}; the file is not valid JSON") from None
    except RecursionError:
        raise DataError("the lists are nested too deep; points is a list of rows, a row a list of numbers") from None


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _SHORT else digits


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise DataError(f"the key {key!r} is there twice; keep one of them")
        found[key] = value
    return found


def _matrix(value: object, key: str) -> Matrix:
    if not isinstance(value, list):
        raise DataError(f"{key} is {_kind(value)}; write a list of rows, each a list of numbers")
    for i, row in enumerate(value, 1):
        if not isinstance(row, list):
            raise DataError(f"row {i} of {key} is {_kind(row)}; write each row as a list of numbers, such as [1, 2]")
    return from_rows(value, lambda i: f"row {i + 1} of {key}", lambda i, j: f"row {i + 1}, column {j + 1} of {key}")


def _labels(value: object) -> Matrix:
    if isinstance(value, list) and not any(isinstance(entry, list) for entry in value):
        rows = [[entry] for entry in value]
        return from_rows(rows, lambda i: f"label {i + 1}", lambda i, _: f"label {i + 1}")
    return _matrix(value, "labels")


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    return "null" if value is None else f"{value!r:.40}"
