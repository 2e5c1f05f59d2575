"""`Family`: data sets with parameters, and their ranks in closed form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterexamples.families.counts import Counts, rank
from verify.errors import DataError, NotAvailableError

if TYPE_CHECKING:
    from verify import Dataset, Model

MOST_POINTS = 2_000_000
"""Largest data set that `Family.points` makes; ranks are given at any size."""


@dataclass(frozen=True)
class Family:
    """A family of data sets.

    Attributes
    ----------
    name : str
    parameters : mapping of str to int
        The least value of each parameter.
    statement : str
        What the points are.
    closed_form : str
        The counts as formulas: Q classes {x, -x}, L lines, R1 and R2 the ranks of the points and of their squares.

    Examples
    --------
    >>> from counterexamples.families import family
    >>> cube = family("cube")
    >>> cube.points(dimension=3)
    Dataset(8 points of dimension 3, no labels)
    >>> cube.rank("relu", dimension=3), cube.rank("relu", dimension=100) == 2**99 + 100
    (7, True)
    """

    name: str
    parameters: Mapping[str, int]
    statement: str
    closed_form: str
    _points: Callable[..., Any]
    _counts: Callable[..., Counts]

    def counts(self, **parameters: int) -> Counts:
        """Count classes, lines and ranks, in closed form.

        Raises
        ------
        DataError
            When a parameter is missing, unknown or too small.
        """
        for key, value in parameters.items():
            if key not in self.parameters:
                raise DataError(f"{self.name} has no parameter {key!r}; it has {', '.join(self.parameters)}")
            if isinstance(value, bool) or not isinstance(value, int) or value < self.parameters[key]:
                least = self.parameters[key]
                raise DataError(f"{self.name}: {key}={value!r} is not a whole number of at least {least}")
        for key, least in self.parameters.items():
            if key not in parameters:
                raise DataError(f"{self.name} needs {key}=, a whole number of at least {least}")
        return self._counts(**parameters)

    def points(self, **parameters: int) -> Dataset:
        """Make the data set, without labels.

        Raises
        ------
        DataError
            For parameters that `counts` refuses, and for more than 2,000,000 points.
        """
        from verify import Dataset

        size = self.counts(**parameters).size
        if size > MOST_POINTS:
            few = f"{size:,}" if size < 10**15 else f"about 2^{size.bit_length() - 1}"
            raise DataError(f"{self.name} would have {few} points, more than {MOST_POINTS:,}; rank() gives its rank")
        return Dataset(self._points(**parameters))

    def rank(self, model: Model | str, **parameters: int) -> int:
        """Give the rank of a model on the data set in closed form, without making the points.

        Raises
        ------
        DataError, ModelError
            For parameters or a model that are none.
        NotAvailableError
            For a model that no theorem covers, or whose rank the counts do not determine.
        """
        from verify import Model
        from verify.model import Unsupported, families_of

        counts = self.counts(**parameters)
        conditions = families_of(Model.parse(model) if isinstance(model, str) else model)
        if isinstance(conditions, Unsupported):
            raise NotAvailableError(conditions.reason)
        return rank(counts, conditions)
