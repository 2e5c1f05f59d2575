"""The one module that speaks to FLINT. Python integers and `Fraction` at every boundary.

FLINT's matrices and balls do not pickle, its context is process-global, and ``fmpq(1, 2) == Fraction(1, 2)`` is
False, so its rationals leave this module only inside `RationalMatrix`, and its balls only as opaque values that are
added, multiplied and passed back here, inside a `precision` block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, TypeAlias

import flint

_PRIME = 2**61 - 1  # independence modulo a prime implies independence over the rationals


def independent_rows(rows: Sequence[Sequence[int]], columns: int) -> tuple[list[int], list[int]]:
    """Find rows and columns of an integer matrix that carry a nonsingular square submatrix of the largest size.

    The elimination runs modulo a prime, so the result is nonsingular over the rationals for certain, but could in
    principle be too small; `annihilator.coupling` checks every remaining row exactly and, where one turns out to
    be independent, asks `independent_rows_exact`.

    Returns
    -------
    (row indices, column indices), both increasing and of equal length
    """
    if not rows or not columns:
        return [], []
    reduced = flint.nmod_mat([[x % _PRIME for x in row] for row in rows], _PRIME)
    pivot_rows = _pivot_columns(reduced.transpose().rref()[0])
    chosen = flint.nmod_mat([[rows[i][j] % _PRIME for j in range(columns)] for i in pivot_rows], _PRIME)
    return pivot_rows, _pivot_columns(chosen.rref()[0]) if pivot_rows else []


def row_relations(rows: Sequence[Sequence[int]], columns: int) -> tuple[list[int], list[int], dict[int, set[int]]]:
    """Find a nonsingular submatrix as `independent_rows` does, and which rows the other rows depend on.

    Returns
    -------
    (row indices, column indices, relations)
        For each other row the rows with nonzero coefficients in its expression modulo the prime; none of this is
        certain over the rationals except that the submatrix is nonsingular.
    """
    if not rows or not columns:
        return [], [], {i: set() for i in range(len(rows))}
    reduced = flint.nmod_mat([[row[j] % _PRIME for row in rows] for j in range(columns)], _PRIME).rref()[0]
    pivot_rows = _pivot_columns(reduced)
    others = sorted(set(range(len(rows))) - set(pivot_rows))
    relations = {i: {row for k, row in enumerate(pivot_rows) if int(reduced[k, i])} for i in others}
    chosen = flint.nmod_mat([[rows[i][j] % _PRIME for j in range(columns)] for i in pivot_rows], _PRIME)
    return pivot_rows, _pivot_columns(chosen.rref()[0]) if pivot_rows else [], relations


def modular_rank(rows: Sequence[Sequence[int]], prime: int) -> int:
    """Return the rank of an integer matrix modulo a prime: never more than its rank."""
    return int(flint.nmod_mat([[x % prime for x in row] for row in rows], prime).rank()) if rows and rows[0] else 0


def combination_of_rows(rows: Sequence[Sequence[int]], prime: int) -> list[int]:
    """Write the last of k + 1 rows of length k as a combination of the others modulo a prime.

    Raises
    ------
    ZeroDivisionError
        When the others are dependent.
    """
    k = len(rows) - 1
    if k == 0:
        return []
    square = flint.nmod_mat([[rows[i][j] for i in range(k)] for j in range(k)], prime)
    solution = square.solve(flint.nmod_mat([[x] for x in rows[k]], prime))
    return [int(solution[i, 0]) for i in range(k)]


def independent_rows_exact(rows: Sequence[Sequence[int]], columns: int) -> tuple[list[int], list[int]]:
    """Do the same as `independent_rows` over the integers: slower, never too small."""
    if not rows or not columns:
        return [], []
    pivot_rows = _pivot_columns(flint.fmpz_mat([[row[j] for row in rows] for j in range(columns)]).rref()[0])
    if not pivot_rows:
        return [], []
    return pivot_rows, _pivot_columns(flint.fmpz_mat([list(rows[i]) for i in pivot_rows]).rref()[0])


def _pivot_columns(echelon: Any) -> list[int]:
    pivots, column = [], 0
    for i in range(echelon.nrows()):
        while column < echelon.ncols() and echelon[i, column] == 0:
            column += 1
        if column == echelon.ncols():
            break
        pivots.append(column)
        column += 1
    return pivots


class RationalMatrix:
    """A dense matrix of rationals in FLINT.

    Parameters
    ----------
    rows : sequence of sequences of int or Fraction, all of length `columns`, at least one row and one column
    """

    def __init__(self, rows: Sequence[Sequence[Fraction | int]]) -> None:
        self._matrix = flint.fmpq_mat([[flint.fmpq(int(x.numerator), int(x.denominator)) for x in row] for row in rows])

    @classmethod
    def zeros(cls, rows: int, columns: int) -> RationalMatrix:
        """Make a matrix of zeros."""
        return cls._wrap(flint.fmpq_mat(rows, columns))

    @classmethod
    def _wrap(cls, matrix: Any) -> RationalMatrix:
        made = cls.__new__(cls)
        made._matrix = matrix
        return made

    def add_scaled(self, integers: Sequence[Sequence[int]], factor: Fraction) -> RationalMatrix:
        """Return self + factor * integers."""
        scaled = flint.fmpq_mat(flint.fmpz_mat([list(row) for row in integers]))
        return self._wrap(self._matrix + scaled * flint.fmpq(factor.numerator, factor.denominator))

    def inverse(self) -> RationalMatrix:
        """Return the inverse; ZeroDivisionError for a singular matrix."""
        return self._wrap(self._matrix.inv())

    def solve(self, right: Sequence[Fraction]) -> list[Fraction]:
        """Return the x with self x = right; ZeroDivisionError for a singular matrix."""
        column = flint.fmpq_mat([[flint.fmpq(x.numerator, x.denominator)] for x in right])
        return [row[0] for row in self._wrap(self._matrix.solve(column)).tolist()]

    def __matmul__(self, other: RationalMatrix) -> RationalMatrix:
        return self._wrap(self._matrix * other._matrix)

    def tolist(self) -> list[list[Fraction]]:
        """Return the entries as rows of Fraction."""
        return [[Fraction(int(x.p), int(x.q)) for x in row] for row in self._matrix.tolist()]


def rank(rows: Sequence[Sequence[Fraction | int]]) -> int:
    """Return the rank of a matrix of rationals (a list of rows of equal length)."""
    return int(RationalMatrix(rows)._matrix.rank()) if rows and len(rows[0]) else 0


Ball: TypeAlias = Any
"""A real interval (flint.arb): arithmetic with it encloses every real result."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Set the working precision of balls within a ``with`` block."""
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def ball(x: Fraction | int) -> Ball:
    """Enclose a rational at the working precision."""
    return flint.arb(flint.fmpq(x.numerator, x.denominator))


def solve_balls(rows: Sequence[Sequence[Ball]], right: Sequence[Ball]) -> list[Fraction] | None:
    """Solve a square system; the midpoints of the solution as exact dyadic rationals.

    Returns None where the working precision cannot tell the matrix from a singular one.
    """
    if not rows:
        return []
    try:
        solution = flint.arb_mat([list(row) for row in rows]).solve(flint.arb_mat([[x] for x in right]))
    except ZeroDivisionError:
        return None
    return [_midpoint(solution[i, 0]) for i in range(len(rows))]


def _midpoint(x: Ball) -> Fraction:
    mantissa, exponent = x.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def upper_bound(x: Ball) -> Fraction | None:
    """Bound abs(x) from above for every point of a ball; None for an unbounded ball."""
    return _midpoint(x.abs_upper()) if x.is_finite() else None


@contextmanager
def series_length(terms: int) -> Iterator[None]:
    """Set the number of terms that power series keep within a ``with`` block."""
    before = flint.ctx.cap
    flint.ctx.cap = terms
    try:
        yield
    finally:
        flint.ctx.cap = before


def series(coefficients: Sequence[Ball]) -> Any:
    """Make a power series from its first coefficients; arithmetic with it encloses every real result."""
    return flint.arb_series(list(coefficients))


def known_terms(power_series: Any) -> int:
    """Give the number of coefficients that are known: all before the error term."""
    return int(power_series.prec)


def exact_ball(x: Ball) -> Ball:
    """Give the midpoint of a ball as an exact one."""
    return x.mid()


def nearest_float(x: Ball) -> float | None:
    """Round a ball to float64; None when it is too wide for that. Beyond the range of float64 it is infinite."""
    if not x.is_finite():
        return None
    if abs(x) >= flint.arb(2) ** 1024:
        return float("inf") if x > 0 else float("-inf")
    if x == 0 or abs(x) < flint.arb(2) ** -1080:
        return 0.0
    return float(x.mid()) if x.rel_accuracy_bits() > 56 else None


def exact_fraction(x: Ball) -> Fraction:
    """Give the midpoint of a ball as a rational number."""
    return _midpoint(x)


def factored_characteristic_polynomial(matrix: Sequence[Sequence[int]]) -> list[tuple[list[int], int]]:
    """Factor the characteristic polynomial of an integer matrix over Q.

    Returns
    -------
    list of (coefficients from the constant one up to 1, multiplicity)
    """
    polynomial = flint.fmpz_mat([list(row) for row in matrix]).charpoly()
    return [([int(c) for c in factor.coeffs()], int(exponent)) for factor, exponent in polynomial.factor()[1]]


def cosine_polynomial(denominator: int) -> list[int]:
    """Return the minimal polynomial of 2 cos(2 pi/q), constant coefficient first; its roots are 2 cos(2 pi p/q)."""
    return [int(c) for c in flint.fmpz_poly.cos_minpoly(denominator).coeffs()]


def double_cosine(half_turns: Fraction, bits: int) -> tuple[Fraction, Fraction]:
    """Enclose 2 cos(pi r) between rationals."""
    with precision(bits + 10):
        x = 2 * flint.arb.cos_pi_fmpq(flint.fmpq(half_turns.numerator, half_turns.denominator))
        return _midpoint(x.lower()), _midpoint(x.upper())


def trace_of_inverse(rows: Sequence[Sequence[Ball]]) -> Fraction | None:
    """Bound the trace of the inverse of a square matrix of balls from above.

    None where the working precision cannot tell it from a singular one.
    """
    try:
        inverse = flint.arb_mat([list(row) for row in rows]).inv()
    except ZeroDivisionError:
        return None
    return upper_bound(inverse.trace())
