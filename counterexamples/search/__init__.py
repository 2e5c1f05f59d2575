"""Find, shrink, certify and save small data sets on which a model cannot have every labelling.

>>> from counterexamples.search import find
>>> found = find("relu").finds[0]
>>> found.verdict.data.n, found.verdict.rank, found.is_minimal
(6, 5, True)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterexamples.search.finding import Progress, find
    from counterexamples.search.problem import Problem
    from counterexamples.search.result import Find, SearchResult

__all__ = ["Find", "Problem", "Progress", "SearchResult", "find"]

_HOME = {"Find": "result", "Problem": "problem", "Progress": "finding", "SearchResult": "result", "find": "finding"}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
