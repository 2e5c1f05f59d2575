"""The exact least loss of given features: least squares over the rationals."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from verify.annihilator.integer_arrays import Integers, as_integers, product
from verify.flint_backend import RationalMatrix, independent_rows, independent_rows_exact, integer_rank


def exact_projection(features: Integers, labels: Sequence[Fraction]) -> tuple[int, Fraction]:
    """Project labels on the complement of the column space of integer features.

    Parameters
    ----------
    features : integer array of shape (n, m)
    labels : n rationals

    Returns
    -------
    (rank, squared error)
        The rank of the features, and the squared length of the projection of the labels on the null space of F^T: what
        no choice of the last layer removes.

    Notes
    -----
    The rank is computed over the integers. Columns that are independent modulo a prime are independent; where they are
    fewer than the rank, they are found again over the integers. So the chosen columns B span the column space. With
    B^T B a = B^T y, solved over the rationals, B a is the projection of y on it, and ``|y - B a|^2 = y.y - a.(B^T y)``.
    Cost: O(n r^2 + r^3) operations on numbers of O(r) words, r the rank.

    Examples
    --------
    >>> import numpy as np
    >>> exact_projection(np.array([[1, 2], [2, 4]]), [Fraction(1), Fraction(1)])
    (1, Fraction(1, 5))
    """
    n = len(features)
    rank = integer_rank(features.tolist())
    if rank == n:
        return n, Fraction(0)
    columns: list[list[int]] = features.T.tolist()
    chosen = independent_rows(columns, n)[0]
    if len(chosen) < rank:
        chosen = independent_rows_exact(columns, n)[0]
    square = sum((y * y for y in labels), Fraction(0))
    if not rank:
        return 0, square
    basis = features[:, chosen]
    scale = lcm(*(y.denominator for y in labels))
    right = product(basis.T, as_integers([[int(y * scale)] for y in labels]))[:, 0].tolist()
    solution = RationalMatrix(product(basis.T, basis).tolist()).solve([Fraction(x, scale) for x in right])
    return rank, square - sum((a * x for a, x in zip(solution, right, strict=True)), Fraction(0)) / scale
