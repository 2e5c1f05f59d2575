"""Data sets on which a model provably cannot interpolate. Builds on the public API of `verify` alone.

>>> import counterexamples
>>> counterexamples.load("hexagon")
Dataset(6 points of dimension 2, no labels)

Importing this package is cheap: each public name is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterexamples.catalogue.shelf import list_entries, load, load_entry
    from counterexamples.entry import Entry
    from counterexamples.generation import generate

__all__ = ["Entry", "generate", "list_entries", "load", "load_entry"]

_HOME = {
    "Entry": "counterexamples.entry",
    "generate": "counterexamples.generation",
    "list_entries": "counterexamples.catalogue.shelf",
    "load": "counterexamples.catalogue.shelf",
    "load_entry": "counterexamples.catalogue.shelf",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
