"""Exact products of integer arrays: int64 where a bound proves that nothing overflows, Python integers elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[Any]  # int64, or object holding Python integers

_LIMIT = 2**62


def magnitude(array: Integers) -> int:
    """Largest absolute value; 0 for an empty array."""
    return max(int(array.max()), -int(array.min())) if array.size else 0


def as_integers(rows: object) -> Integers:
    """Make an integer array: int64 where every entry is below 2^62 in magnitude, else object."""
    array = np.array(rows, dtype=object)
    return array.astype(np.int64) if magnitude(array) < _LIMIT else array


def product(left: Integers, right: Integers) -> Integers:
    """Matrix product, exact."""
    sizes = magnitude(left), magnitude(right)
    bound = max(*sizes, sizes[0] * sizes[1] * max(1, left.shape[-1]))
    if bound < _LIMIT:
        if bound < 2**53:  # exact in floats too, and much faster there
            return np.asarray((left.astype(np.float64) @ right.astype(np.float64)).astype(np.int64))
        return np.asarray(left.astype(np.int64) @ right.astype(np.int64))
    return np.asarray(left.astype(object) @ right.astype(object))


def times(left: Integers, right: Integers | int) -> Integers:
    """Elementwise product with broadcasting, exact."""
    other = np.asarray(right, dtype=object if isinstance(right, int) else None)
    sizes = magnitude(left), magnitude(other)
    if max(*sizes, sizes[0] * sizes[1]) < _LIMIT:
        return np.asarray(left.astype(np.int64) * other.astype(np.int64))
    return np.asarray(left.astype(object) * other.astype(object))


def difference(left: Integers, right: Integers) -> Integers:
    """Elementwise difference with broadcasting, exact."""
    if magnitude(left) + magnitude(right) < _LIMIT:
        return np.asarray(left.astype(np.int64) - right.astype(np.int64))
    return np.asarray(left.astype(object) - right.astype(object))


def total(array: Integers) -> int:
    """Sum of all entries, exact."""
    if magnitude(array) * max(1, array.size) < _LIMIT:
        return int(array.sum(dtype=np.int64)) if array.size else 0
    return sum(array.ravel().tolist())


def inner(left: Integers, right: Integers) -> int:
    """Sum of the products of corresponding entries, exact."""
    return total(times(left, right))
