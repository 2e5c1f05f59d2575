"""A journal of finished pieces of work: a line of JSON for each, so that a stopped run can go on."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from verify.errors import DataError
from verify.whole_file import write_whole


class Journal:
    """Records in the file ``cells.jsonl`` of a folder, whose ``plan.json`` says what they belong to.

    Parameters
    ----------
    folder : Path or None
        Made if it is not there; None keeps nothing.
    plan : dict
        JSON-ready.

    Attributes
    ----------
    records : list of dict
        Those of earlier runs. A last line that a crash has cut short is dropped.

    Raises
    ------
    DataError
        When the folder belongs to another plan, or a record is damaged.
    """

    def __init__(self, folder: Path | None, plan: dict[str, Any]) -> None:
        self.records: list[dict[str, Any]] = []
        self._file: TextIO | None = None
        self._path = None if folder is None else folder / "cells.jsonl"
        if folder is None or self._path is None:
            return
        plan = json.loads(json.dumps(plan))
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"cannot use {folder}: {error.strerror}; choose another folder") from None
        known = folder / "plan.json"
        if known.exists():
            if _read(known) != plan:
                raise DataError(f"{folder} holds another experiment (see {known}); choose another folder")
        elif self._path.exists():
            raise DataError(f"{self._path} is there without its plan.json; choose another folder")
        else:
            write_whole(known, json.dumps(plan) + "\n")
        if self._path.exists():
            self._load(self._path)

    def _load(self, path: Path) -> None:
        """Read the records and drop a line that was not finished."""
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            write_whole(path, whole)
        for number, line in enumerate(whole.decode("utf-8", "replace").splitlines(), 1):
            try:
                self.records.append(json.loads(line))
            except ValueError:
                raise DataError(
                    f"line {number} of {path} is damaged; remove that line, and its cell is done again"
                ) from None

    def __enter__(self) -> Journal:
        if self._path is not None:
            self._file = open(self._path, "a", encoding="utf-8")  # closed on exit
        return self

    def append(self, record: dict[str, Any]) -> None:
        """Write a record so that it survives a crash."""
        if self._file is not None:
            self._file.write(json.dumps(record) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise DataError(f"cannot read {path}; choose another folder") from None
