"""What one route found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Record:
    """The outcome of one route.

    Attributes
    ----------
    route : str
        Its name.
    agrees : bool or None
        Whether it agrees with the verdict; None where it does not apply or cannot tell, and `words` says why.
    words : str
        What was computed and what came out, one sentence.
    values : mapping
        The numbers, JSON-ready; a rank has the key ``rank``.

    Examples
    --------
    >>> Record("condition matrix, FLINT", True, "The rank is 5.", {"rank": 5}).to_json()
    {'route': 'condition matrix, FLINT', 'agrees': True, 'words': 'The rank is 5.', 'rank': 5}
    """

    route: str
    agrees: bool | None
    words: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Give the record as one flat JSON-ready dict."""
        return {"route": self.route, "agrees": self.agrees, "words": self.words, **self.values}
