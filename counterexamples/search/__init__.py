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
    from counterexamples.enumeration.outcome import Exhaustion, Obstruction
    from counterexamples.enumeration.searching import ChunkProgress, exhaustive
    from counterexamples.search.finding import Progress, find
    from counterexamples.search.problem import Problem
    from counterexamples.search.result import Find, SearchResult

__all__ = [
    "ChunkProgress",
    "Exhaustion",
    "Find",
    "Obstruction",
    "Problem",
    "Progress",
    "SearchResult",
    "exhaustive",
    "find",
]

_HOME = {
    "ChunkProgress": "counterexamples.enumeration.searching",
    "Exhaustion": "counterexamples.enumeration.outcome",
    "Find": "counterexamples.search.result",
    "Obstruction": "counterexamples.enumeration.outcome",
    "Problem": "counterexamples.search.problem",
    "Progress": "counterexamples.search.finding",
    "SearchResult": "counterexamples.search.result",
    "exhaustive": "counterexamples.enumeration.searching",
    "find": "counterexamples.search.finding",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
