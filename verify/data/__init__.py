"""Exact points and labels: `Dataset`, reading it from files, the bundled data sets, lines and pairs.

The names below are loaded at their first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify.data.bundled import load_dataset
    from verify.data.dataset import Dataset
    from verify.data.exact_array import ExactArray
    from verify.data.readers import read

__all__ = ["Dataset", "ExactArray", "load_dataset", "read"]

_HOME = {"Dataset": "dataset", "ExactArray": "exact_array", "load_dataset": "bundled", "read": "readers"}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
