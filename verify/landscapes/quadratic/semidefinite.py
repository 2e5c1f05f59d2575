"""Is a rational symmetric matrix positive semidefinite? If not, a vector that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def negative_direction(matrix: Sequence[Sequence[Fraction | int]]) -> tuple[Fraction, ...] | None:
    """Find a rational v with v^T A v < 0; None if, and only if, A is positive semidefinite.

    Parameters
    ----------
    matrix : d rows of d int or Fraction
        Symmetric (not checked).

    Notes
    -----
    Symmetric elimination keeps vectors v_i with v_i^T A v_j equal to the current entry (i, j). A negative diagonal
    entry is a witness by itself; a zero one with a nonzero b beside it gives s v_i + v_j of value 2 s b + c for every
    s. If neither occurs the remaining matrix is 0 or has a positive pivot to go on with, and A is a sum of squares.
    O(d^3) operations on rationals.

    Examples
    --------
    >>> negative_direction([[1, 2], [2, 1]])
    (Fraction(-2, 1), Fraction(1, 1))
    >>> negative_direction([[1, 1], [1, 1]]) is None
    True
    """
    d = len(matrix)
    A = [[Fraction(x) for x in row] for row in matrix]
    vectors = [[Fraction(i == j) for j in range(d)] for i in range(d)]
    for i in range(d):
        pivot = A[i][i]
        if pivot < 0:
            return tuple(vectors[i])
        if pivot == 0:
            for j in range(d):
                if A[i][j]:  # those before i were eliminated, so j > i
                    s = -(A[j][j] + 1) / (2 * A[i][j])
                    return tuple(s * x + y for x, y in zip(vectors[i], vectors[j], strict=True))
            continue
        for j in range(i + 1, d):
            factor = A[j][i] / pivot
            if factor:
                for k in range(i, d):
                    A[j][k] -= factor * A[i][k]
                vectors[j] = [y - factor * x for x, y in zip(vectors[i], vectors[j], strict=True)]
        for k in range(i + 1, d):
            A[i][k] = Fraction(0)
    return None


def quadratic_form(matrix: Sequence[Sequence[Fraction | int]], v: Sequence[Fraction]) -> Fraction:
    """Evaluate v^T A v exactly.

    Examples
    --------
    >>> quadratic_form([[1, 2], [2, 1]], [Fraction(-2), Fraction(1)])
    Fraction(-3, 1)
    """
    return sum(
        (x * sum((a * y for a, y in zip(row, v, strict=True)), Fraction(0)) for x, row in zip(v, matrix, strict=True)),
        Fraction(0),
    )
