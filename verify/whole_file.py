"""Files that are written: never in the wrong place, never half-written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from verify.errors import CertificateError


def check_destination(path: Path, *, data: Path | None = None) -> None:
    """Refuse a destination that cannot be written or should not be, before any work is done.

    Parameters
    ----------
    path : Path
        The file to be written; an existing file will be replaced.
    data : Path, optional
        The file that the data come from, which must not be overwritten.

    Raises
    ------
    CertificateError
        When the folder is missing or read-only, when something other than a file has this name, or the data are in it.

    Examples
    --------
    >>> check_destination(Path("."))
    Traceback (most recent call last):
    verify.errors.CertificateError: cannot write .: this is not a file; choose another name
    """
    if not path.parent.is_dir():
        raise CertificateError(f"cannot write {path}: there is no folder {path.parent}; make it first")
    if not os.access(path.parent, os.W_OK):
        raise CertificateError(f"cannot write {path}: there is no permission to write in {path.parent}; choose another")
    if path.is_symlink() or (path.exists() and not path.is_file()):  # a device, for instance, would be replaced
        raise CertificateError(f"cannot write {path}: this is not a file; choose another name")
    if data is not None and path.exists() and data.exists() and path.samefile(data):
        raise CertificateError(f"cannot write {path}: the data are in this file; choose another name")


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file that is there whole or not at all, with the permissions of any new file.

    Raises
    ------
    CertificateError
        When it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode("utf-8") if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())  # a crash of the machine leaves the old file or the new one
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(name, 0o666 & ~mask)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise CertificateError(f"cannot write {path}: {error.strerror}; choose another folder") from None
