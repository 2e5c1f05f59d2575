"""What all routes look at: the data, the model, and the verdict that they are to confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from verify.model import families_of

if TYPE_CHECKING:
    from verify import Dataset, Model, Verdict


@dataclass(frozen=True)
class Subject:
    """A definite verdict, and what several routes need from it.

    Attributes
    ----------
    verdict : Verdict
        Of the data as they are: about their labels if they have any.
    seed : int
        Of everything that is random.
    """

    verdict: Verdict
    seed: int

    @property
    def data(self) -> Dataset:
        """The data."""
        return self.verdict.data

    @property
    def model(self) -> Model:
        """The model."""
        return self.verdict.model

    @property
    def n(self) -> int:
        """Number of points."""
        return self.verdict.data.n

    @property
    def rank(self) -> int:
        """The exact rank."""
        return self.verdict.space.rank

    @property
    def nullity(self) -> int:
        """The exact nullity."""
        return self.verdict.space.nullity

    @cached_property
    def points(self) -> tuple[tuple[Fraction, ...], ...]:
        """The points, when they are rational."""
        return self.data.points  # type: ignore[return-value]  # every route asks for data.field first

    @cached_property
    def condition_rows(self) -> list[list[Fraction]] | None:
        """The condition matrix in full; None when it is too large or not rational."""
        from counterexamples.evidence.condition_matrix import condition_matrix

        families = families_of(self.model)
        if self.data.field is not None or not isinstance(families, tuple):
            return None
        return condition_matrix(self.points, families)

    @cached_property
    def annihilators(self) -> Sequence[Mapping[int, Fraction]]:
        """A basis of the annihilator, each vector by index."""
        return [{i: Fraction(x) for i, x in vector.items()} for _, vector in self.verdict.space.basis()]  # type: ignore[arg-type]  # rational

    @cached_property
    def distinct(self) -> bool:
        """Whether no two points are equal."""
        return len(set(self.data.points)) == self.n
