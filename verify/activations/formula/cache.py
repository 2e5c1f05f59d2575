"""Derivations on disk, one file per formula. The directory can be deleted at any time; no checker ever reads it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from functools import lru_cache
from numbers import Rational
from pathlib import Path

from verify.activations.formula.derivation import VERSION, Derivation
from verify.activations.formula.derive import derive
from verify.activations.formula.language import Formula, parse_formula
from verify.errors import FullrankError

VARIABLE = "FULLRANK_CACHE_DIR"
"""Environment variable with the directory; empty to keep nothing on disk."""


def cache_directory() -> Path | None:
    """Give the directory of the cache, which need not exist; None when it is switched off.

    `VARIABLE` if it is set, else ``fullrank`` in the platform's directory for caches: ``$XDG_CACHE_HOME`` or
    ``~/.cache``, on macOS ``~/Library/Caches``, on Windows ``%LOCALAPPDATA%``.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen is not None:
        return Path(chosen) if chosen else None
    xdg = os.environ.get("XDG_CACHE_HOME")
    if xdg:
        return Path(xdg) / "fullrank"
    try:
        home = Path.home()
    except RuntimeError:  # there is no home directory
        return None
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "fullrank"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "fullrank"
    return home / ".cache" / "fullrank"


def cached_profile(text: str, **parameters: Rational | int | str) -> Derivation:
    """Do what `derive_profile` does, keeping the result on disk.

    A file that cannot be read, is damaged, belongs to another formula or to another version is ignored and written
    anew; a directory that cannot be written is no error.

    Raises
    ------
    ModelError
        As `derive_profile`; refusals are not kept.
    """
    return cached_derivation(parse_formula(text, **parameters))


def cached_derivation(formula: Formula) -> Derivation:
    """Do what `derive` does, keeping the result on disk; see `cached_profile`."""
    directory = cache_directory()
    if directory is None:
        return derive(formula)
    key = hashlib.sha256(f"fullrank derivation {VERSION}\n{_program()}\n{formula}".encode()).hexdigest()
    path = directory / "activations" / f"{key}.json"
    found = _load(path, str(formula))
    if found is None:
        found = derive(formula)
        _store(path, found)
    return found


@lru_cache(maxsize=1)
def _program() -> str:
    """Give a digest of the program that derives, so that another one never reads its results."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _load(path: Path, text: str) -> Derivation | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["version"] != VERSION or data["derivation"]["formula"] != text:
            return None
        return Derivation.from_json(data["derivation"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, FullrankError):
        return None


def _store(path: Path, derivation: Derivation) -> None:
    text = json.dumps({"version": VERSION, "derivation": derivation.to_json()}, indent=1)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
