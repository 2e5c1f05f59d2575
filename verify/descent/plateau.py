"""The exact least loss of given features: least squares over the rationals."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

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
    fewer than the rank, they are found again over the integers. The normal equations for them are solved over the
    rationals, and the residual is checked to be orthogonal to every column. Cost: O(n r^2 + r^3) operations on numbers
    of O(r) words, r the rank.

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
    residual = _residual(features[:, chosen], labels)
    if not _is_orthogonal(features, residual):
        raise AssertionError("the residual is not orthogonal to the span of a basis")
    return rank, sum((r * r for r in residual), Fraction(0))


def _residual(basis: Integers, labels: Sequence[Fraction]) -> list[Fraction]:
    if not basis.shape[1]:
        return list(labels)
    gram = RationalMatrix(product(basis.T, basis).tolist())
    rows = basis.tolist()
    right = [sum((x * y for x, y in zip(c, labels, strict=True)), Fraction(0)) for c in basis.T.tolist()]
    solution = gram.solve(right)
    return [
        y - sum((x * a for x, a in zip(row, solution, strict=True)), Fraction(0))
        for row, y in zip(rows, labels, strict=True)
    ]


def _is_orthogonal(features: Integers, residual: list[Fraction]) -> bool:
    from math import lcm

    common = lcm(*(r.denominator for r in residual))
    integers = as_integers([[int(r * common)] for r in residual])
    return not features.size or not product(features.T, integers).any()
