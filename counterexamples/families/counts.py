"""The rank of a model on a data set, from five numbers that describe the geometry of the points.

The theorem and its proof are on the page ``families`` of the documentation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verify.errors import NotAvailableError

if TYPE_CHECKING:
    from verify.model import Family as Condition


@dataclass(frozen=True)
class Counts:
    """What a verdict depends on, for distinct points that are symmetric (X = -X) or one-sided (no line has two sides).

    Attributes
    ----------
    classes : int
        Number of different sets {x, -x} with a nonzero point x.
    lines : int
        Number of lines through 0 that hold a nonzero point; at most `classes`.
    symmetric : bool
        Whether -x is a point for every point x; otherwise no line holds points on both sides of 0.
    linear, quadratic : int
        For symmetric sets: the rank of the points, and of their tensor squares x x^T. Not used for one-sided sets.
    zero : bool
        Whether 0 is one of the points.

    Examples
    --------
    >>> Counts(classes=3, lines=3, symmetric=True, linear=2, quadratic=3).size  # the hexagon
    6
    """

    classes: int
    lines: int
    symmetric: bool
    linear: int = 0
    quadratic: int = 0
    zero: bool = False

    @property
    def size(self) -> int:
        """Number of points."""
        return self.classes * (2 if self.symmetric else 1) + self.zero


def rank(counts: Counts, conditions: Sequence[Condition]) -> int:
    """Give the rank of the model that imposes these conditions, on a data set with these counts.

    Raises
    ------
    NotAvailableError
        When the rank depends on more than the counts: a polynomial of degree above two, for example.
    """
    if any(condition.lifted for condition in conditions):
        if all(condition.kind == "moment" for condition in conditions if condition.lifted):
            raise _no_closed_form("it is a polynomial in the coordinates and 1")
        return counts.size
    kinds = {condition.kind for condition in conditions}
    moments = {condition.degree for condition in conditions if condition.kind == "moment"}
    degrees = {c.degree for c in conditions if c.kind in ("line", "signed_line")}
    if not counts.symmetric:
        return _one_sided(counts, bool(kinds & {"pair_sum", "pair_difference"}), degrees, moments)
    even = _even(counts, "pair_sum" in kinds, {c.degree for c in conditions if c.kind == "line"}, moments)
    signed = {c.degree for c in conditions if c.kind == "signed_line"}
    return even + _odd(counts, "pair_difference" in kinds, signed, {k for k in moments if k % 2})


def _one_sided(counts: Counts, separating: bool, degrees: set[int], moments: set[int]) -> int:
    if separating or (degrees and counts.lines == counts.classes):
        return counts.classes + (counts.zero and 0 in moments)
    if len(degrees) == 1 and moments - {0} <= degrees:
        return counts.lines + (0 in moments)  # a constant is not homogeneous on a line with two points
    raise _no_closed_form("it sees moments of one-sided points")


def _even(counts: Counts, separating: bool, degrees: set[int], moments: set[int]) -> int:
    constant = 0 in moments
    if separating or (degrees and counts.lines == counts.classes):
        return counts.classes + (counts.zero and constant)
    forms = {k for k in moments if k and k % 2 == 0}
    if len(degrees) == 1 and not forms:
        return counts.lines + constant  # a constant is not homogeneous on a line with two classes
    if not degrees and not forms:
        return int(constant and counts.size > 0)
    if not degrees and forms == {2} and not constant:
        return counts.quadratic
    raise _no_closed_form("it sees several even moments, or one of degree above two")


def _odd(counts: Counts, separating: bool, degrees: set[int], forms: set[int]) -> int:
    if separating or (degrees and counts.lines == counts.classes):
        return counts.classes
    if len(degrees) == 1 and not forms:
        return counts.lines
    if not degrees and forms <= {1}:
        return counts.linear if forms else 0
    raise _no_closed_form("it sees odd moments of degree above one, or together with lines")


def _no_closed_form(why: str) -> NotAvailableError:
    return NotAvailableError(
        f"the counts of a family do not determine the rank of this model: {why}; use verify.decide"
    )
