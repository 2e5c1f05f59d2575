"""Exact linear programming: nonnegative solutions of linear equations, or Farkas' proof that there are none.

A two-outcome simplex method on a tableau of Python integers. Each pivot keeps all entries integers with one common
denominator (the previous pivot; the entries are subdeterminants, so the division is exact). Nothing is rounded, and
Bland's rule takes over wherever a pivot does not move the objective, so that it always ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

Rational = Fraction | int


@dataclass(frozen=True)
class Solution:
    """A vector x >= 0 with M x = b."""

    x: tuple[Fraction, ...]


@dataclass(frozen=True)
class Alternative:
    """A vector y with y M <= 0 in every column and y.b > 0: no x >= 0 has M x = b (Farkas' lemma)."""

    y: tuple[Fraction, ...]


def nonnegative_solution(rows: Sequence[Sequence[Rational]], right: Sequence[Rational]) -> Solution | Alternative:
    """Find an x >= 0 with M x = b, or prove that there is none.

    Parameters
    ----------
    rows : sequence of m sequences of k rationals
        The matrix M; at least one row.
    right : sequence of m rationals
        The vector b.

    Returns
    -------
    Solution or Alternative
        Either can be checked by one multiplication. A pivot costs O(m (k + m)) operations on integers; a few times m
        pivots are usual.

    Examples
    --------
    >>> nonnegative_solution([[1, -1], [1, 1]], [0, 1])
    Solution(x=(Fraction(1, 2), Fraction(1, 2)))
    >>> nonnegative_solution([[1, 1]], [-1])
    Alternative(y=(Fraction(-1, 1),))
    """
    m, k = len(rows), len(rows[0])
    scales: list[Fraction] = []
    tableau: Any = np.zeros((m + 1, k + m + 1), dtype=object)
    for i, row in enumerate(rows):
        entries = [Fraction(x) for x in (*row, right[i])]
        scale = math.lcm(*(x.denominator for x in entries))
        integers = [x.numerator * (scale // x.denominator) for x in entries]
        divisor = math.gcd(*integers) or 1
        sign = -1 if integers[-1] < 0 else 1
        scales.append(Fraction(sign * scale, divisor))
        tableau[i, :k] = [sign * x // divisor for x in integers[:-1]]
        tableau[i, k + i] = 1
        tableau[i, -1] = sign * integers[-1] // divisor
    tableau[m, :k] = -tableau[:m, :k].sum(axis=0)
    tableau[m, -1] = -tableau[:m, -1].sum()
    basis, denominator = _minimise(tableau, k)
    if tableau[m, -1] == 0:
        x = [Fraction(0)] * k
        for i, j in enumerate(basis):
            if j < k:
                x[j] = Fraction(tableau[i, -1], denominator)
        return Solution(tuple(x))
    prices = [1 - Fraction(tableau[m, k + i], denominator) for i in range(m)]
    return Alternative(tuple(price * scale for price, scale in zip(prices, scales, strict=True)))


def _minimise(tableau: Any, k: int) -> tuple[list[int], int]:
    """Drive the sum of the artificial variables to its minimum; return the basis and the common denominator."""
    m = len(tableau) - 1
    basis = list(range(k, k + m))
    denominator, is_stuck = 1, False
    while True:
        costs = tableau[m, :k]
        entering = [j for j in range(k) if costs[j] < 0]
        if not entering or tableau[m, -1] == 0:
            return basis, denominator
        column = entering[0] if is_stuck else min(entering, key=lambda j: (costs[j], j))
        candidates = [i for i in range(m) if tableau[i, column] > 0]
        # the objective is bounded below by 0, so some entry of the column is positive
        row = min(candidates, key=lambda i: (Fraction(tableau[i, -1], tableau[i, column]), basis[i]))
        is_stuck = tableau[row, -1] == 0
        pivot, kept = tableau[row, column], tableau[row].copy()
        tableau[:] = (tableau * pivot - np.multiply.outer(tableau[:, column], kept)) // denominator
        tableau[row] = kept
        basis[row], denominator = column, pivot
