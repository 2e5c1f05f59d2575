"""Labels that are computed from the points."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

from verify import Dataset, load_dataset


def product(*, data: Dataset) -> list[Any]:
    """The product of the coordinates: on {-1, 1}^d the parity of the number of minus signs."""
    return [prod(point) for point in data.points]


def first(*, data: Dataset) -> list[int]:
    """1 at the first point and 0 elsewhere."""
    return [int(i == 0) for i in range(data.n)]


def constant(*, data: Dataset, value: str = "1") -> list[Fraction]:
    """The same label everywhere."""
    return [Fraction(value)] * data.n


def measured(*, data: Dataset, name: str) -> list[Any]:
    """The labels of a bundled data set, again for each copy of its points."""
    labels = load_dataset(name).labels
    if labels is None or data.n % len(labels):
        raise ValueError(f"{data.n} points are not copies of those of {name}")
    return list(labels) * (data.n // len(labels))
