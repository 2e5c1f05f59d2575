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
    if max(sizes) < _LIMIT and left.size and right.size:
        return _product_of_limbs(left.astype(np.int64), right.astype(np.int64))
    return np.asarray(left.astype(object) @ right.astype(object))


def _product_of_limbs(left: Integers, right: Integers) -> Integers:
    """Matrix product whose entries may exceed 64 bits: digits in base 2^b are multiplied exactly in floats."""
    bits = (53 - left.shape[-1].bit_length()) // 2  # sums of products of two digits stay below 2^53
    result = np.zeros((left.shape[0], *right.shape[1:]), dtype=object)
    for i, high in enumerate(_limbs(left, bits)):
        for j, low in enumerate(_limbs(right, bits)):
            result += (high @ low).astype(np.int64).astype(object) << (bits * (i + j))
    return result


def _limbs(array: Integers, bits: int) -> list[NDArray[np.float64]]:
    """Digits in base 2^bits, the lowest first; all are nonnegative but the last, which carries the sign."""
    limbs = []
    while magnitude(array) >= 1 << bits:
        limbs.append((array & ((1 << bits) - 1)).astype(np.float64))
        array = array >> bits
    return [*limbs, array.astype(np.float64)]


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
