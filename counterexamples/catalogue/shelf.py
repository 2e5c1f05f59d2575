"""Finding entries: by id, by name, by model and by kind."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from counterexamples.entry import ID, KINDS, Entry
from verify.errors import CatalogueError, DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from verify import Dataset

FOLDER = Path(__file__).parents[1] / "entries"
"""Where the entries that come with fullrank are."""


def entry_files(folder: Path | None = None) -> list[Path]:
    """List the entry files of a folder, by default those that come with fullrank; sorted by name.

    Raises
    ------
    CatalogueError
        When there is no such folder, or nothing in it.
    """
    where = FOLDER if folder is None else folder
    if not where.is_dir():
        raise CatalogueError(f"there is no folder {where}; name one that holds entry files")
    files = sorted(path for path in where.glob("*.json") if not path.name.startswith("."))
    if not files:
        raise CatalogueError(f"{where} holds no entry file (.json); choose another folder")
    return files


def read_entries(folder: Path | None = None) -> Iterator[Entry | CatalogueError]:
    """Read every entry of a folder; one that cannot be read is given as its error, and the others still follow."""
    for path in entry_files(folder):
        try:
            yield _read(path, path.stat().st_mtime_ns)
        except CatalogueError as error:
            yield error


@lru_cache(maxsize=512)
def _read(path: Path, _: int) -> Entry:
    return Entry.read(path)


def list_entries(
    *,
    model: str | None = None,
    kind: str | None = None,
    outcome: str | None = None,
    folder: Path | None = None,
    skip_broken: bool = False,
) -> tuple[Entry, ...]:
    """List entries, in the order of their ids.

    Parameters
    ----------
    model : str, optional
        Only entries about this model, as `verify.Model.parse` reads it.
    kind : str, optional
        Only this kind of obstruction, one of `counterexamples.entry.KINDS`.
    outcome : str, optional
        ``"interpolates"`` or ``"cannot_interpolate"``.
    folder : Path, optional
        Entries of this folder instead of those that come with fullrank.
    skip_broken : bool, default False
        Leave out entry files that cannot be read, instead of raising.

    Raises
    ------
    CatalogueError, ModelError
        For an unknown kind or outcome, a model that is none, or an entry file that cannot be read.

    Examples
    --------
    >>> [entry.name for entry in list_entries(model="abs", kind="line")][0]
    'line-pair-abs'
    """
    from verify.model import Model

    if kind is not None and kind not in KINDS:
        raise CatalogueError(f"kind={kind!r} is unknown; the kinds are {', '.join(KINDS)}")
    if outcome not in (None, "interpolates", "cannot_interpolate"):
        raise CatalogueError(f"outcome={outcome!r} is unknown; write 'interpolates' or 'cannot_interpolate'")
    wanted = None if model is None else str(Model.parse(model))
    found: list[Entry] = []
    for entry in read_entries(folder):
        if isinstance(entry, CatalogueError):
            if not skip_broken:
                raise entry
            continue
        if wanted in (None, entry.model) and kind in (None, entry.kind) and outcome in (None, entry.verdict.outcome):
            found.append(entry)
    return tuple(found)


def load_entry(name: str, *, folder: Path | None = None) -> Entry:
    """Find an entry by its id or its name.

    Raises
    ------
    CatalogueError
        When there is none; the nearest name is suggested.

    Examples
    --------
    >>> load_entry("hexagon").verdict.rank
    5
    """
    return Entry.read(entry_path(name, folder=folder))


def entry_path(name: str, *, folder: Path | None = None) -> Path:
    """Find the file of an entry by its id or its name; see `load_entry`."""
    path = (FOLDER if folder is None else folder) / f"{name}.json"
    if ID.fullmatch(name) and path.is_file():
        return path
    names: list[str] = []
    broken: list[CatalogueError] = []
    for path, entry in zip(entry_files(folder), read_entries(folder), strict=True):
        if isinstance(entry, CatalogueError):
            broken.append(entry)
        elif name in (entry.name, entry.id):
            return path
        else:
            names += [entry.name, entry.id]
    digits = re.fullmatch(r"CE([0-9]{1,6})", name, re.ASCII | re.IGNORECASE)
    padded = f"CE{int(digits[1]):06d}" if digits else ""
    near = [padded] if padded in names else difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
    unread = f" ({len(broken)} entry files cannot be read; the first is {broken[0]})" if broken else ""
    raise CatalogueError(f"there is no entry {name!r}; {hint}`fullrank catalogue list` shows all of them{unread}")


@overload
def load(name: str, *, return_X_y: Literal[False] = False, rounded: bool = False) -> Dataset: ...


@overload
def load(
    name: str, *, return_X_y: Literal[True], rounded: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]: ...


def load(name: str, *, return_X_y: bool = False, rounded: bool = False) -> Any:
    """Load the data of an entry.

    Parameters
    ----------
    name : str
        Its id or its name.
    return_X_y : bool, default False
        Give float64 arrays instead of an exact `Dataset`.
    rounded : bool, default False
        With `return_X_y`: take the nearest float64 of a number that no float64 is equal to. The entry speaks of the
        exact points, not of the rounded ones.

    Returns
    -------
    Dataset, or (X, y)
        X of shape (n, d); y of shape (n,), or (n, k) for k > 1 outputs, or None without labels.

    Raises
    ------
    CatalogueError
        When there is no such entry.
    DataError
        When a number is not a float64 and `rounded` is False.

    Examples
    --------
    >>> load("hexagon")
    Dataset(6 points of dimension 2, no labels)
    >>> X, y = load("parity-cube-3", return_X_y=True)
    >>> X.shape, y.tolist()
    ((8, 3), [-1.0, 1.0, 1.0, -1.0, 1.0, -1.0, -1.0, 1.0])
    """
    entry = load_entry(name)
    data = entry.dataset()
    if not return_X_y:
        return data
    return float_arrays(data, entry.name, rounded=rounded)


def float_arrays(
    data: Dataset, name: str, *, rounded: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Give points and labels as float64 arrays; see `load`."""
    X = _floats(data.points, (data.n, data.dimension), f"{name}: point", rounded)
    if data.labels is None:
        return X, None
    shape = (data.n,) if data.outputs == 1 else (data.n, data.outputs)
    return X, _floats(data.labels, shape, f"{name}: label", rounded)


def _floats(values: Any, shape: tuple[int, ...], where: str, rounded: bool) -> NDArray[np.float64]:
    import numpy as np

    array = np.zeros(shape)
    for i, row in enumerate(values):
        for j, x in enumerate(row if len(shape) == 2 else (row,)):
            try:
                value = float(x)
            except OverflowError:
                raise DataError(
                    f"{where} {i} has a number beyond the range of float64; use the exact Dataset"
                ) from None
            if value != x and not rounded:
                raise DataError(
                    f"{where} {i} has the number {x}, which no float64 is equal to; use the exact Dataset, or "
                    "rounded=True for the nearest float64"
                )
            array[(i, j) if len(shape) == 2 else i] = value
    return array
