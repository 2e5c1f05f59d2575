"""Activation patterns: checked, read from files, and found from weights, all exactly."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.data import Dataset
from verify.errors import DataError

Rational = Fraction | int
Points = Sequence[Sequence[Rational]]
_SPACED = re.compile(r"[\s,]").search
Pattern = NDArray[np.int8]
"""A matrix of zeros and ones of shape (width, n): row i says at which points unit i is active."""


def as_pattern(values: object, *, width: int | None = None, n: int | None = None) -> Pattern:
    """Check an activation pattern.

    Parameters
    ----------
    values : array_like of shape (width, n)
        Zeros and ones.
    width, n : int, optional
        What the shape must be.

    Raises
    ------
    DataError
        When the shape is another one, there are no units or no points, or an entry is neither 0 nor 1.

    Examples
    --------
    >>> as_pattern([[1, 0, 1]], n=3)
    array([[1, 0, 1]], dtype=int8)
    >>> as_pattern([[1, 2]])
    Traceback (most recent call last):
    verify.errors.DataError: the pattern has the entry 2 in row 0, column 1; every entry must be 0 or 1
    """
    try:
        array = np.asarray(values, dtype=object)
    except ValueError:
        array = np.empty(0, dtype=object)
    if array.ndim != 2:
        raise DataError("the pattern is not a matrix; give one row for each unit with one entry 0 or 1 for each point")
    if not array.shape[0] or not array.shape[1]:
        raise DataError(f"the pattern has shape {array.shape}; it needs at least one unit and one point")
    for (i, j), entry in np.ndenumerate(array):
        if isinstance(entry, str) or entry not in (0, 1):
            raise DataError(
                f"the pattern has the entry {str(entry)[:20]} in row {i}, column {j}; every entry must be 0 or 1"
            )
    wanted = (array.shape[0] if width is None else width, array.shape[1] if n is None else n)
    if array.shape != wanted:
        raise DataError(
            f"the pattern has {array.shape[0]} rows of {array.shape[1]} entries; "
            f"{wanted[0]} units on {wanted[1]} points need {wanted[0]} rows of {wanted[1]}"
        )
    return array.astype(np.int8)


def read_pattern(path: Path, *, width: int | None = None, n: int | None = None) -> Pattern:
    """Read a pattern from JSON (a list of rows) or from text with a row in each line, such as ``1,0,1`` or ``101``.

    Raises
    ------
    DataError
        When the file cannot be read or holds no pattern of this shape.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise DataError(f"cannot read the pattern {path}: {reason}; give a file with zeros and ones") from None
    values: Any
    if path.suffix == ".json":
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            raise DataError(f"{path} is not JSON; write the pattern as a list of rows of 0 and 1") from None
    else:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        values = [
            [_digit(cell) for cell in (line.replace(",", " ").split() if _SPACED(line) else line)] for line in lines
        ]
    return as_pattern(values, width=width, n=n)


def _digit(cell: str) -> object:
    return int(cell) if cell.strip() in ("0", "1") else cell.strip()


def hidden_inputs(data: Dataset, *, bias: bool = False) -> tuple[tuple[Fraction, ...], ...]:
    """Give what the hidden units see: the points, followed by the coordinate 1 if there is a bias.

    Raises
    ------
    DataError
        For irrational points or labels, without points, or (without bias) with a point 0: every unit is 0 there,
        so no weights lie inside a region.

    Examples
    --------
    >>> hidden_inputs(Dataset([[2], [3]]), bias=True)
    ((Fraction(2, 1), Fraction(1, 1)), (Fraction(3, 1), Fraction(1, 1)))
    """
    if data.field is not None:
        raise DataError("points or labels are irrational; regions need rational ones")
    if not data.n:
        raise DataError("there are no points; regions need at least one")
    inputs = tuple((*point, Fraction(1)) if bias else point for point in data.points)
    for j, point in enumerate(inputs):
        if not any(point):
            raise DataError(f"point {j} is 0: a unit without bias is 0 there whatever its weights; use a bias")
    return inputs  # type: ignore[return-value]  # without a field every coordinate is a Fraction


def activation_pattern(weights: Points, points: Points) -> Pattern:
    """Find the pattern of given weights exactly: entry (i, j) is 1 where w_i.x_j > 0.

    Raises
    ------
    DataError
        When w_i.x_j = 0: such weights lie on the boundary between regions.

    Examples
    --------
    >>> activation_pattern([[1, -1]], [[2, 1], [1, 2]])
    array([[1, 0]], dtype=int8)
    """
    rows = []
    for i, w in enumerate(weights):
        values = [dot(w, x) for x in points]
        if 0 in values:
            raise DataError(f"unit {i} is exactly 0 at point {values.index(0)}; its weights lie between two regions")
        rows.append([int(value > 0) for value in values])
    return as_pattern(rows)


def dot(a: Sequence[Rational], b: Sequence[Rational]) -> Rational:
    """Multiply two vectors exactly."""
    return sum((x * y for x, y in zip(a, b, strict=True)), 0)
