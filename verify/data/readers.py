"""`read`: a data set from a file. The format follows from the ending of the name, or is given.

| format | endings | how numbers are taken |
|---|---|---|
| ``csv`` | ``.csv``, ``.csv.gz`` | text is exact: 0.1 is 1/10; comma, semicolon or tab, found in the first line |
| ``tsv`` | ``.tsv``, ``.tab``, with or without ``.gz`` | the same, separated by tabs |
| ``json`` | ``.json``, ``.json.gz`` | text is exact; strings such as ``"1/3"`` too |
| ``npy``, ``npz`` | ``.npy``, ``.npz`` | binary fractions, or shortest decimals with ``decimal=True`` |
| ``parquet`` | ``.parquet``, ``.pq`` | the same |
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable
from pathlib import Path

from verify.data.array_files import read_npy, read_npz, read_parquet
from verify.data.dataset import Dataset
from verify.data.delimited import read_delimited
from verify.data.json_text import read_json
from verify.data.table import DropChoice, LabelChoice
from verify.errors import DataError, NotAvailableError

FORMATS = ("csv", "tsv", "json", "npy", "npz", "parquet")
_ENDINGS = {**{f".{name}": name for name in FORMATS}, ".tab": "tsv", ".pq": "parquet"}
_TEXT = ("csv", "tsv", "json")


def read(
    path: str | os.PathLike[str],
    *,
    label: LabelChoice = None,
    drop: DropChoice = (),
    decimal: bool = False,
    format: str | None = None,  # noqa: A002  # the word that pandas and NumPy users look for
) -> Dataset:
    r"""Read a data set from a file.

    Parameters
    ----------
    path : str or path
        The file.
    label : str, int, sequence of them, or None
        The label column or columns, by name or by number (0 is the first, -1 the last); ``()`` for no labels. By
        default the last column if it is called y, label, labels or target in any case, and the labels that a
        JSON or NPZ file has of its own.
    drop : str, int, or sequence of them
        Columns that are left out, by name or by number; they may hold any text.
    decimal : bool, default False
        Read floats of NPY, NPZ and Parquet files as their shortest decimals (text is always read as exact decimals).
    format : str, optional
        One of csv, tsv, json, npy, npz, parquet; by default the ending of the name decides.

    Raises
    ------
    DataError
        When the file cannot be read or is not a data set. The message is one line: the file, the place (rows count from
        1), the value and the remedy.
    NotAvailableError
        For Parquet without pyarrow.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "two.csv")
    ...     _ = path.write_text("a,b,y\n0.1,1,5\n1/3,-2,7\n")
    ...     data = read(path)
    >>> data.points[0], data.labels
    ((Fraction(1, 10), Fraction(1, 1)), (Fraction(5, 1), Fraction(7, 1)))
    """
    source = Path(path)
    try:
        if source.is_dir():
            raise DataError("this is a directory; name a file in it")
        if not source.exists():
            raise DataError("there is no such file; check the name and the folder")
        reader = _reader(source, format)
        return reader(_content(source), label, drop, decimal)
    except (DataError, NotAvailableError) as error:
        raise type(error)(_one_line(f"{source}: {error}")) from None
    except PermissionError:
        raise DataError(_one_line(f"{source}: there is no permission to read this; change the permissions")) from None
    except OSError as error:
        raise DataError(_one_line(f"{source}: the file cannot be read ({error.strerror or error})")) from None


def _reader(source: Path, format_name: str | None) -> Callable[[bytes, LabelChoice, DropChoice, bool], Dataset]:
    name = format_name
    if name is None:
        stem = source.name.lower().removesuffix(".gz")
        name = _ENDINGS.get(Path(stem).suffix)
        if name is None or (stem != source.name.lower() and name not in _TEXT):
            raise DataError(
                "the ending of the name is not that of a known format; "
                f"give format= (--format) one of {', '.join(FORMATS)}, or rename the file "
                f"(.csv.gz, .tsv.gz, .json.gz work too)"
            )
    if name == "csv":
        return lambda content, label, drop, _: read_delimited(content, label=label, drop=drop)
    if name == "tsv":
        return lambda content, label, drop, _: read_delimited(content, delimiter="\t", label=label, drop=drop)
    if name == "json":
        return lambda content, label, drop, _: read_json(content, label=label, drop=drop)
    arrays = {"npy": read_npy, "npz": read_npz, "parquet": read_parquet}
    if name not in arrays:
        raise DataError(f"the format {name!r} is unknown; choose one of {', '.join(FORMATS)}")
    chosen = arrays[name]
    return lambda content, label, drop, decimal: chosen(content, label=label, drop=drop, decimal=decimal)


def _content(source: Path) -> bytes:
    content = source.read_bytes()
    if source.name.lower().endswith(".gz"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"the file is not intact gzip data ({error}); compress it again") from None
    if not content.strip():
        raise DataError("the file is empty; write one row for each point")
    return content


def _one_line(message: str) -> str:
    """Return the message on one line, whatever a cell or the name of the file holds."""
    return " ".join(message.split())
