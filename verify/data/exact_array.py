"""A matrix of exact rational numbers that stays a NumPy array for as long as it can.

One object, three representations, one contract. Entry (i, j) is ``values[i, j] / scale[j]``:

* ``int64`` values: integers, and rationals whose column has a small common denominator;
* ``float64`` values with scale 1: each float *is* the exact binary fraction that it stores;
* ``object`` values (Python integers): everything else, at any size.

A positive scale for each column is an invertible diagonal map, under which the annihilator of every model without
hidden bias is invariant; the exact path therefore works on the integers and puts the scale back only where numbers
are shown or certified.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.errors import DataError

IntegerMatrix = NDArray[Any]  # int64, or object holding Python integers
_INT64_MAX = 2**63 - 1
_FLOAT_EXACT = 2**53
_MAX_BITS = 4 * 10**9  # of one column over its common denominator: half a gigabyte


class ExactArray:
    """An immutable n x d matrix of exact rationals.

    Parameters
    ----------
    values : ndarray of shape (n, d)
        ``int64``, ``float64`` (finite) or ``object`` (Python integers). It is not copied and becomes read-only.
    scale : tuple of d positive int
        Denominators of the columns; all 1 for ``float64``.

    Examples
    --------
    >>> a = ExactArray.from_fractions([[Fraction(1, 2), 3], [Fraction(1, 3), 4]], 2)
    >>> a.values.tolist(), a.scale
    ([[3, 3], [2, 4]], (6, 1))
    >>> a.fraction(1, 0)
    Fraction(1, 3)
    """

    __slots__ = ("_exponents", "scale", "values")

    def __init__(self, values: NDArray[Any], scale: tuple[int, ...]) -> None:
        values.setflags(write=False)
        self.values = values
        self.scale = scale
        self._exponents: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    @classmethod
    def from_fractions(cls, rows: Sequence[Sequence[Fraction | int]], columns: int) -> ExactArray:
        """Take rows of rationals; `columns` is the number of columns, needed where there are no rows.

        Raises
        ------
        DataError
            When the common denominator of a column is so large that its integers would fill the memory.
        """
        scale = tuple(math.lcm(*{row[j].denominator for row in rows}) for j in range(columns))
        for j, denominator in enumerate(scale):
            if denominator.bit_length() * len(rows) > _MAX_BITS:
                raise DataError(
                    f"column {j}: the common denominator of its {len(rows)} entries has "
                    f"{denominator.bit_length()} bits, too many to compute with; round the data to decimals"
                )
        integers = [[int(x.numerator * (s // x.denominator)) for x, s in zip(row, scale, strict=True)] for row in rows]
        return cls(_integer_matrix(integers, columns), scale)

    @classmethod
    def from_numpy(cls, array: NDArray[Any], *, decimal: bool = False) -> ExactArray:
        """Take a 2-D array of booleans, integers or floats at their exact values.

        Parameters
        ----------
        array : ndarray of shape (n, d)
        decimal : bool, default False
            Take the shortest decimal that rounds to each float (0.1 is one tenth), not the float's binary value.

        Raises
        ------
        DataError
            For NaN, infinity and dtypes that are not real numbers.
        """
        columns = array.shape[1]
        if array.dtype.kind in "bi" or (array.dtype.kind == "u" and not (array > _INT64_MAX).any()):
            return cls(array.astype(np.int64), (1,) * columns)
        if array.dtype.kind == "u":
            return cls(array.astype(object), (1,) * columns)
        if array.dtype.kind != "f" or array.dtype.itemsize > 8:
            raise DataError(f"an array of dtype {array.dtype} is not exact; use integers, float64, Fraction or text")
        finite = np.isfinite(array)
        if not finite.all():
            i, j = np.argwhere(~finite)[0]
            raise DataError(f"row {i}, column {j} is {array[i, j]}; a point or label must be finite")
        if decimal:
            return cls.from_fractions([[Fraction(str(x)) for x in row] for row in array], columns)
        if np.array([5e-324])[0] == 0:  # a flag of the processor, which some libraries set when they are loaded
            raise DataError("this process takes denormal floats for 0; read data before loading -ffast-math libraries")
        floats = array.astype(np.float64)  # widening is exact
        if (np.abs(floats) <= _FLOAT_EXACT).all() and (floats == np.rint(floats)).all():
            return cls(floats.astype(np.int64), (1,) * columns)
        return cls(floats, (1,) * columns)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns."""
        return self.values.shape[0], self.values.shape[1]

    def fraction(self, i: int, j: int) -> Fraction:
        """Entry (i, j)."""
        value = self.values[i, j]
        return Fraction(float(value)) if self.values.dtype == np.float64 else Fraction(int(value), self.scale[j])

    def row(self, i: int) -> tuple[Fraction, ...]:
        """Row i."""
        return tuple(self.fraction(i, j) for j in range(self.shape[1]))

    def fractions(self) -> tuple[tuple[Fraction, ...], ...]:
        """All rows. Makes n x d Fraction objects."""
        return tuple(self.row(i) for i in range(self.shape[0]))

    def take(self, columns: Sequence[int]) -> ExactArray:
        """Take some of the columns, in the order given."""
        return ExactArray(self.values[:, list(columns)], tuple(self.scale[j] for j in columns))

    def integers(self, indices: NDArray[np.int64] | None = None) -> tuple[IntegerMatrix, tuple[int, ...]]:
        """Return rows as integers, and the scale that makes them so: entry = integer / scale of its column.

        Parameters
        ----------
        indices : ndarray of int, optional
            The rows wanted; default all. The scale does not depend on the rows asked for.

        Returns
        -------
        integers : ndarray, int64 where everything fits and object otherwise
        scale : tuple of int
        """
        values = self.values if indices is None else self.values[indices]
        if self.values.dtype != np.float64:
            return values, self.scale
        if self._exponents is None:
            self._exponents = _binary_exponents(self.values)
        lowest, widest = self._exponents
        shift = np.minimum(lowest, 0)
        scale = tuple(1 << int(-e) for e in shift)
        if (widest - shift <= 62).all():
            return np.ldexp(values, -shift).astype(np.int64), scale
        mantissa, exponent = np.frexp(values)
        digits = np.ldexp(mantissa, 53).astype(np.int64).astype(object)
        up = exponent - 53 - shift  # negative only where the low digits are zeros
        return (digits << np.maximum(up, 0).astype(object)) >> np.maximum(-up, 0).astype(object), scale


def _integer_matrix(rows: list[list[int]], columns: int) -> IntegerMatrix:
    fits = all(-_INT64_MAX <= x <= _INT64_MAX for row in rows for x in row)
    matrix = np.empty((len(rows), columns), dtype=np.int64 if fits else object)
    if columns:
        for i, row in enumerate(rows):
            matrix[i] = row
    return matrix


def _binary_exponents(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each column the exponent of the lowest set bit of any entry, and the exponent above every entry."""
    lowest = np.zeros(values.shape[1], dtype=np.int64)
    widest = np.zeros(values.shape[1], dtype=np.int64)
    for j in range(values.shape[1]):
        mantissa, exponent = np.frexp(values[values[:, j] != 0, j])
        if not mantissa.size:
            continue
        digits = np.ldexp(mantissa, 53).astype(np.int64)
        trailing = np.frexp((digits & -digits).astype(np.float64))[1] - 1
        lowest[j] = (exponent - 53 + trailing).min()
        widest[j] = exponent.max()
    return lowest, widest
