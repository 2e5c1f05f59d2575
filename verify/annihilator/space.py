"""What verdicts and certificates ask of an annihilator, whatever the arithmetic it was computed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from verify.algebraic.field import Number
from verify.model import Family

Vector = Mapping[int, Number | int]
"""A sparse vector: over the points, or over the rows of the condition matrix C (then: multipliers)."""


class Projection(Protocol):
    """The labels of one output, split into what the model attains and the rest, which lies in the annihilator."""

    @property
    def labels(self) -> Any:
        """The labels in the form in which `Space.circuit` takes them."""

    @property
    def squared_error(self) -> Number:
        """r.r, the least sum of squared errors; 0 exactly if the labels are attained."""

    @property
    def residual(self) -> Sequence[Number]:
        """The n entries of r = y - (best predictions)."""

    @property
    def predictions(self) -> Sequence[Number]:
        """The n best predictions."""

    def multipliers(self) -> Vector:
        """Multipliers m with m C = y - r."""


class Space(Protocol):
    """The annihilator N of a model on n points, and its orthogonal complement, the row space V of C."""

    n: int
    rank: int
    nullity: int
    families: tuple[Family, ...]

    def circuit(self, labels: Any = None) -> Vector | None:
        """Find a short vector of N with minimal support; with labels, one that violates c.y = 0."""

    def basis(self) -> Iterator[tuple[int, Vector]]:
        """Yield a basis of N in echelon form: each vector with a pivot at which all later vectors are zero."""

    def range_vectors(self) -> Iterator[tuple[int, Vector]]:
        """Yield a basis of V in echelon form: (pivot, multipliers); each is zero at the pivots of earlier ones."""

    def independent_points(self) -> list[int]:
        """Return `rank` points on which the values of the model are arbitrary."""
