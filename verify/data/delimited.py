"""Comma, semicolon and tab separated text, read exactly: 0.1 is one tenth.

**What is read.** UTF-8 with or without a byte-order mark; lines end in LF, CRLF or CR; blank lines are skipped; quotes
are those of Python's ``csv`` (strict); comments are not supported.

**The delimiter**, unless given, is found in the first line that is not blank, outside quotes: a tab if there is one,
else a semicolon if there is one, else a comma.

**The header.** The first row is a header if and only if one of its cells is text: not a number, and none of the ways
to write that a number is missing (``nan``, ``inf``, ``na``, ``n/a``, ``null``, ``none``, ``?``, ``-`` or nothing). So a
first row of data with a missing value is an error, not a header. A header with numbers in it, and a column without a
name (perhaps a row index), are mentioned in the notes.

**How big files are read exactly and fast.** Text whose cells are all plain decimals (sign, digits, at most one point)
is recognised by one regular expression, a block of lines at a time:

* integers of at most 18 digits are below 2^63; NumPy reads them into int64, exactly;
* decimals with at most k <= 15 digits after the point, and abs(x) 10^k < 10^15. NumPy reads them as floats, correctly
  rounded, so with a relative error of at most 2^-53; the product with 10^k (a float, as k <= 22) adds 2^-53. The result
  is within 10^15 (2^-52 + 2^-106) < 0.23 of the integer x 10^k, and rounding gives exactly that integer.

Anything else (exponents, fractions p/q, quotes, more digits) goes through `verify.rational.parse_rational` cell by
cell, and what that refuses may still be a constant such as ``sqrt(3)/2`` (`verify.algebraic.constants`). Both ways give
the same numbers; the choice is one of speed alone. Cost: linear.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from verify.algebraic.array import Cell
from verify.data.cells import Matrix, exact_matrix, is_constant, number_text
from verify.data.dataset import Dataset
from verify.data.exact_array import ExactArray
from verify.data.table import Chosen, DropChoice, LabelChoice, choose_columns, show_name, split_columns
from verify.errors import DataError

_BLOCK = 1 << 20  # bytes of text that the fast way looks at together
_NUMERIC = re.compile(r"\s*[+-]?(?:[0-9./]+(?:e[+-]?[0-9]+)?|nan|inf(?:inity)?)?\s*", re.ASCII | re.IGNORECASE)
_MISSING = {"na", "n/a", "null", "none", "?"}
_DECIMAL_COMMA = re.compile(r"\s*[+-]?[0-9]+,[0-9]+\s*", re.ASCII)
_EXACT, _INT64_SAFE = 10**15, 10**18


def read_delimited(
    content: bytes, *, delimiter: str | None = None, label: LabelChoice = None, drop: DropChoice = ()
) -> Dataset:
    r"""Read a table of numbers.

    Parameters
    ----------
    content : bytes
        The whole file.
    delimiter : str, optional
        One character; by default it is found as described above.
    label, drop :
        See `verify.data.table.choose_columns`. Dropped cells may hold any text.

    Raises
    ------
    DataError
        When the text is not UTF-8, has no rows, ragged rows, or a cell that is not a finite number; the message gives
        the row (data rows, counted from 1), the line in the file, and the column.

    Examples
    --------
    >>> data = read_delimited(b"a;b;y\n1;0.5;1\n-2;1/3;0\n")
    >>> data.points[1], data.names, data.labels
    ((Fraction(-2, 1), Fraction(1, 3)), ('a', 'b'), (Fraction(1, 1), Fraction(0, 1)))
    """
    text = _decode(content)
    if delimiter is None:
        delimiter = _find_delimiter(text)
    records = _records(text, delimiter)
    first = next(records, None)
    if first is None:
        raise DataError("the file has no rows; write one line for each point")
    line, cells = first
    text_cells = [cell for cell in cells if _is_text(cell)]
    header = bool(text_cells)
    names = tuple(cell.strip() for cell in cells) if header else None
    chosen = choose_columns(label, drop, names, len(cells))
    values: Matrix | None = _fast(text, delimiter, line if header else 0, len(cells))
    if values is None:
        values = _slow(text, delimiter, names, chosen, len(cells))
    elif len(chosen.kept) < len(cells):
        values = values.take(chosen.kept)
    if not values.shape[0]:
        raise DataError("the file has a header and no rows; write one line for each point")
    notes = []
    if header and any(cell.strip() and not _is_text(cell) for cell in cells):
        notes.append(f"line {line} was read as the header, because {text_cells[0].strip()!r} in it is not a number")
    unnamed = [j for j in chosen.kept if names is not None and not names[j]]
    if unnamed:
        remedy = f"leave it out (--drop {unnamed[0]}; the first is 0) if it is a row index"
        notes.append(f"{show_name(names, unnamed[0])} has no name; {remedy}")
    return split_columns(values, chosen.labels, names=chosen.names, notes=notes)


def _is_text(cell: str) -> bool:
    number = _NUMERIC.fullmatch(cell) or _DECIMAL_COMMA.fullmatch(cell)
    return number is None and cell.strip().lower() not in _MISSING and not is_constant(cell)


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"line {line}: byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8 text"
        ) from None


def _find_delimiter(text: str) -> str:
    first = next((line for line in io.StringIO(text, newline=None) if line.strip("\n ")), "")
    unquoted = re.sub(r'"[^"]*"', "", first)
    return next((mark for mark in "\t;" if mark in unquoted), ",")


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, each with the number of its last line in the file."""
    if '"' not in text:  # no quotes: no need for csv and its limit on the length of a cell
        for number, line in enumerate(io.StringIO(text, newline=None), 1):
            if line.strip("\n "):
                yield number, line.rstrip("\n").split(delimiter)
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise DataError(f"line {reader.line_num}: {error}; check the quotes") from None
        if row is None:
            return
        if len(row) > 1 or (row and row[0].strip(" ")):
            yield reader.line_num, row


def _slow(text: str, delimiter: str, names: tuple[str, ...] | None, chosen: Chosen, columns: int) -> Matrix:
    records = _records(text, delimiter)
    if names is not None:
        next(records)
    rows: list[list[Cell]] = []
    for number, (line, cells) in enumerate(records, 1):
        if len(cells) != columns:
            where = "the header" if names is not None else "row 1"
            raise DataError(
                f"row {number} (line {line}) has {len(cells)} cells and {where} has {columns}; give every row {columns}"
            )
        try:
            rows.append([number_text(cells[j]) for j in chosen.kept])
        except DataError:
            raise _bad_cell(cells, number, line, names, chosen) from None
    return exact_matrix(rows, len(chosen.kept), lambda i, j: f"row {i + 1}, {show_name(names, chosen.kept[j])}")


def _bad_cell(cells: list[str], number: int, line: int, names: tuple[str, ...] | None, chosen: Chosen) -> DataError:
    """Find the first bad cell of a row and say what to do about it."""
    labels = {chosen.kept[k] for k in chosen.labels}
    for j in chosen.kept:
        cell = cells[j]
        try:
            number_text(cell)
        except DataError as error:
            message = str(error)
            if _DECIMAL_COMMA.fullmatch(cell):
                message = f"{cell.strip()!r} has a decimal comma; write a decimal point"
                if len(cell.strip().rpartition(",")[2]) == 3:
                    message += ", or no comma if it separates thousands"
            elif _is_text(cell):
                remedy = "number the classes, such as 0, 1, 2" if j in labels else "write a number or --drop the column"
                message = f"{message.rpartition('; ')[0]}; {remedy}"
            return DataError(f"row {number} (line {line}), {show_name(names, j)}: {message}")
    raise AssertionError("no bad cell in this row")  # pragma: no cover


def _fast(text: str, delimiter: str, header_line: int, columns: int) -> ExactArray | None:
    """Read a table of plain decimals; None when it is not one (see the head of this module)."""
    content = text.encode()
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n")
        if b"\r" in content:  # a CR alone ends a line too, but is rare: leave it to the slow way
            return None
    start = 0
    for _ in range(header_line):
        start = content.find(b"\n", start) + 1
    if not content.endswith(b"\n"):
        content += b"\n"
    integers = _line_pattern(rb"[+-]?[0-9]{1,18}", delimiter, columns)
    decimals = _line_pattern(rb"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?", delimiter, columns)
    blanks = bytes.maketrans(delimiter.encode() + b"\n", b"  ")
    blocks: list[tuple[NDArray[np.int64], int]] = []
    while start < len(content):
        end = content.find(b"\n", min(start + _BLOCK, len(content) - 1)) + 1
        block = content[start:end]
        start = end
        if integers.fullmatch(block):
            blocks.append((np.fromstring(block.translate(blanks), dtype=np.int64, sep=" "), 0))
        elif decimals.fullmatch(block):
            places = max(map(len, re.findall(rb"\.([0-9]+)", block)))
            floats = np.fromstring(block.translate(blanks), dtype=np.float64, sep=" ")
            shifted = floats * float(10**places)
            if np.abs(shifted).max() >= _EXACT:
                return None
            blocks.append((np.rint(shifted).astype(np.int64), places))
        else:
            return None
    return _assemble(blocks, columns)


def _line_pattern(cell: bytes, delimiter: str, columns: int) -> re.Pattern[bytes]:
    mark = re.escape(delimiter.encode())
    return re.compile(rb"(?:%b(?:%b%b){%d}\n|\n)*+" % (cell, mark, cell, columns - 1))


def _assemble(blocks: list[tuple[NDArray[np.int64], int]], columns: int) -> ExactArray | None:
    """Bring blocks of integers x 10^places to one power of ten and reduce each column."""
    places = max((k for _, k in blocks), default=0)
    if any(block.size and int(np.abs(block).max()) * 10 ** (places - k) >= _INT64_SAFE for block, k in blocks):
        return None
    scaled = [block * 10 ** (places - k) for block, k in blocks]
    values = np.concatenate(scaled).reshape(-1, columns) if scaled else np.empty((0, columns), dtype=np.int64)
    common = [math.gcd(10**places, int(np.gcd.reduce(values[:, j]))) for j in range(columns)]
    if places:
        values = values // np.array(common, dtype=np.int64)
    return ExactArray(values, tuple(10**places // g for g in common))
