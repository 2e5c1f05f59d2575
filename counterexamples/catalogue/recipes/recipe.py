"""`Recipe`: what a person writes down about an entry; the rest is computed and must agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from counterexamples.entry import Minimality, Source

Parameters = Mapping[str, int | str]


@dataclass(frozen=True)
class Recipe:
    """An entry before it is built.

    Attributes
    ----------
    number : int
        Of the id; never used again for another entry.
    name, model, claim : str
    points : rows of int or text, or a construction and its parameters
    rank : int or None
        What a person expects, from the theorem; None for measured data, where only the computer counts.
    labels : list of int or text, or a rule and its parameters; None for every labelling
    least_mse : str or None
        What a person expects; None without labels, or for measured data.
    note : str
        One more sentence of the scope.
    symmetry : str
        In words; by default whether x -> -x maps the points to themselves.
    source : Source or None
        None: ours.
    minimality : Minimality or None
        None: computed.
    """

    number: int
    name: str
    model: str
    points: Sequence[Sequence[int | str]] | tuple[str, Parameters]
    rank: int | None
    claim: str
    labels: Sequence[int | str] | tuple[str, Parameters] | None = None
    least_mse: str | None = None
    note: str = ""
    symmetry: str = ""
    source: Source | None = None
    minimality: Minimality | None = None
    licence: str = field(default="MIT")

    @property
    def id(self) -> str:
        """The immutable id."""
        return f"CE{self.number:06d}"
