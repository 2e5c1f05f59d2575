"""Gaussian elimination modulo a prime, of many small matrices at once.

Residues are int64 numbers from 0 to p - 1 with p < 2^31, so that a sum of two products stays below 2^63: exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Residues = NDArray[np.int64]

FIRST_PRIME = 2**31 - 1


def next_prime(prime: int) -> int:
    """Give the largest prime below an odd prime.

    Examples
    --------
    >>> next_prime(2**31 - 1), next_prime(5)
    (2147483629, 3)
    """
    from sympy import prevprime

    return int(prevprime(prime))


def residues(rows: Sequence[Sequence[int]], columns: int, prime: int) -> Residues:
    """Reduce an integer matrix modulo a prime, to an array of shape (rows, columns)."""
    return np.array([[int(x) % prime for x in row] for row in rows], dtype=np.int64).reshape(len(rows), columns)


def eliminate(tableaux: Residues, step: int, columns: NDArray[np.intp], prime: int) -> None:
    """Make one column of each matrix zero but for the row `step`, by row operations, in place.

    Rows 0 to step - 1 are the pivot rows of earlier columns. Rows are only swapped, scaled by units and added, so the
    zeros of the result do not depend on the order. Nothing is divided: ``row_i v_k - v_i row_k`` needs no inverse.

    Parameters
    ----------
    tableaux : array of shape (N, r, c)
    step : int
    columns : array of shape (N,)
        For each matrix a column that is not zero from the row `step` on.
    prime : int
        Below 2^31.
    """
    each = np.arange(len(tableaux))
    values = tableaux[each, :, columns]
    pivots = (values[:, step:] != 0).argmax(axis=1) + step
    leading = tableaux[each, pivots]
    tableaux[each, pivots] = tableaux[:, step]
    tableaux[:, step] = leading
    value = values[each, pivots]
    values[each, pivots] = values[:, step]
    values[:, step] = 0
    which, rows = np.nonzero(values)  # most entries of a column are 0
    changed = tableaux[which, rows]
    changed *= value[which, None]
    changed += (prime - values[which, rows])[:, None] * leading[which]
    changed %= prime
    tableaux[which, rows] = changed


def row_basis(matrix: Residues, prime: int) -> Residues:
    """Reduce a matrix to linearly independent rows with the same row space.

    Examples
    --------
    >>> row_basis(np.array([[1, 2, 0], [2, 4, 0], [0, 0, 3]]), 7).shape
    (2, 3)
    """
    tableau = matrix[None].copy()
    rank = 0
    for column in range(matrix.shape[1]):
        if rank < matrix.shape[0] and tableau[0, rank:, column].any():
            eliminate(tableau, rank, np.array([column]), prime)
            rank += 1
    return tableau[0, :rank]
