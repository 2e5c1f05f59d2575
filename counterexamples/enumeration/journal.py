"""The journal of an enumeration: one line for each finished chunk, so that a kill at any moment loses none.

A line is the SHA-256 of its text (16 characters), a space, and the text: one JSON object. It is appended with one
write and flushed to the disk before the chunk counts as finished. A last line without its end is what a kill leaves;
it is cut off. Any other line that is not what it says it is stops the search, with nothing changed.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from verify.errors import SearchError

NAME = "exhaustive.journal"
VERSION = 1
_DIGEST = 16


class Journal:
    """A journal that is open for appending, by one process at a time.

    Parameters
    ----------
    folder : Path
        It is there and can be written to.
    header : dict
        What is enumerated, JSON-ready. A journal with another one is refused.

    Raises
    ------
    SearchError
        When the file is damaged, belongs to another search, cannot be written, or is in use.
    """

    def __init__(self, folder: Path, header: dict[str, Any]) -> None:
        self.path = folder / NAME
        header = {"journal": VERSION, **header}
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        except OSError as error:
            raise SearchError(f"cannot write {self.path}: {error.strerror}; choose another folder") from None
        try:
            self._lock()
            self._records = self._read()
            self._compare(header)
        except BaseException:
            os.close(self._file)
            raise

    def close(self) -> None:
        """Close the file, and let others open it."""
        os.close(self._file)

    def finished(self, prime: int) -> dict[int, dict[str, Any]]:
        """The records of the chunks that were finished with a prime, by number."""
        return {record["chunk"]: record for record in self._records if record.get("prime") == prime}

    def primes(self) -> list[int]:
        """The primes that were worked with, the latest last."""
        return list(dict.fromkeys(record["prime"] for record in self._records if "prime" in record))

    def append(self, record: dict[str, Any]) -> None:
        """Write a record down; it is on the disk when this returns.

        Raises
        ------
        SearchError
            When it is not, for instance because the disk is full.
        """
        text = json.dumps(record, separators=(",", ":"))
        line = f"{_digest(text)} {text}\n".encode()
        end = os.fstat(self._file).st_size
        try:
            if os.write(self._file, line) != len(line):
                os.ftruncate(self._file, end)
                raise SearchError(f"cannot write {self.path}: the disk is full; make room and start again")
            os.fsync(self._file)
        except OSError as error:
            raise SearchError(f"cannot write {self.path}: {error.strerror}; make room and start again") from None
        self._records.append(record)

    def _read(self) -> list[dict[str, Any]]:
        text = self.path.read_bytes()
        lines = text.split(b"\n")
        if lines[-1]:  # what was being written when the process was killed
            os.ftruncate(self._file, len(text) - len(lines[-1]))
        return [self._record(number, line) for number, line in enumerate(lines[:-1], 1)]

    def _record(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            text = line.decode("ascii")
            digest, body = text[:_DIGEST], text[_DIGEST + 1 :]
            if digest != _digest(body) or text[_DIGEST] != " ":
                raise ValueError(digest)
            record = json.loads(body)
        except (ValueError, IndexError):
            raise SearchError(
                f"{self.path}, line {number}, is not as it was written; delete this line, whose chunk is then searched "
                "again, or choose another folder"
            ) from None
        return dict(record)

    def _compare(self, header: dict[str, Any]) -> None:
        if not self._records:
            self.append(header)
            return
        found = self._records[0]
        for name in dict.fromkeys([*header, *found]):
            if found.get(name) != header.get(name):
                raise SearchError(
                    f"{self.path} belongs to another search: its {name} is {found.get(name)!r}, not "
                    f"{header.get(name)!r}; choose another folder"
                )

    def _lock(self) -> None:
        """Keep others out. The lock ends with the process, even with one that is killed."""
        try:
            import fcntl
        except ImportError:  # not on Windows
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SearchError(
                f"{self.path} is in use by another search; wait for it, or choose another folder"
            ) from None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]
