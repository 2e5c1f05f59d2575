"""The option --plot: what must hold before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from verify.errors import DataError, NotAvailableError


def check_plot(path: Path, *, data: Path | None = None, endings: Sequence[str] = (".svg", ".png")) -> None:
    """Refuse a file that cannot be written or does not say what it is, and a missing matplotlib."""
    from verify.whole_file import check_destination

    check_destination(path, data=data)
    if path.suffix.lower() not in endings:
        example = path.with_suffix(endings[0]).name
        raise DataError(f"--plot {path}: the ending is not {' or '.join(endings)}; write for example {example}")
    if find_spec("matplotlib") is None:
        raise NotAvailableError("--plot needs matplotlib; install the extra 'plot' (pip install '.[plot]')")
