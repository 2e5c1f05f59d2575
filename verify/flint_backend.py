"""The one module that speaks to FLINT. Python integers and `Fraction` at every boundary.

FLINT's matrices and balls do not pickle, its context is process-global, and ``fmpq(1, 2) == Fraction(1, 2)`` is
False, so its rationals leave this module only inside `RationalMatrix`, and its balls only as opaque values that are
added, multiplied and passed back here, inside a `precision` block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, TypeAlias

import flint

from verify.errors import NotAvailableError

_MOST_EXPONENT = 2**20  # of a ball that becomes a fraction
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


def quadratic_forms(matrix: Sequence[Sequence[Ball]], vectors: Sequence[Sequence[Fraction]]) -> list[Ball]:
    """Enclose v^T M v for a square matrix of balls and each of some rational vectors."""
    if not vectors or not matrix:
        return [flint.arb(0) for _ in vectors]
    rows = flint.arb_mat([[ball(x) for x in v] for v in vectors])
    pushed = rows * flint.arb_mat([list(row) for row in matrix])
    size = len(matrix)
    return [sum((rows[i, j] * pushed[i, j] for j in range(size)), flint.arb(0)) for i in range(len(vectors))]


def pivot_columns(rows: Sequence[Sequence[int]]) -> list[int]:
    """Find the columns of an integer matrix that are independent, modulo a prime, of the columns before them.

    The columns before and with the k-th of them have at least the rank k over the rationals; modulo the prime the rank
    is exactly that.
    """
    if not rows or not rows[0]:
        return []
    integers = flint.fmpz_mat([list(row) for row in rows])  # FLINT reduces them faster than it takes them one by one
    return _pivot_columns(flint.nmod_mat(integers, _PRIME).rref()[0])


def integer_rank(rows: Sequence[Sequence[int]]) -> int:
    """Compute the rank of an integer matrix over the rationals."""
    return int(flint.fmpz_mat([list(row) for row in rows]).rank()) if rows and rows[0] else 0


def inverse_of_balls(rows: Sequence[Sequence[Ball]]) -> list[list[Ball]] | None:
    """Enclose the inverse of a square matrix of balls; None where the precision cannot tell it from a singular one."""
    try:
        inverse = flint.arb_mat([list(row) for row in rows]).inv()
    except ZeroDivisionError:
        return None
    return [[inverse[i, j] for j in range(len(rows))] for i in range(len(rows))]


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

    Returns None where the working precision cannot tell the matrix from a singular one, or the solution has numbers
    of a million bits.
    """
    if not rows:
        return []
    try:
        solution = flint.arb_mat([list(row) for row in rows]).solve(flint.arb_mat([[x] for x in right]))
    except ZeroDivisionError:
        return None
    midpoints = [solution[i, 0].mid() for i in range(len(rows))]
    if any(abs(int(x.man_exp()[1])) > _MOST_EXPONENT for x in midpoints):
        return None
    return [_midpoint(x) for x in midpoints]


def _midpoint(x: Ball) -> Fraction:
    mantissa, exponent = x.mid().man_exp()
    if abs(int(exponent)) > _MOST_EXPONENT:  # as a fraction it would fill the memory: exp(10^24) does
        raise NotAvailableError(f"a number beyond 2^{_MOST_EXPONENT}, or its inverse, is no fraction; scale the data")
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def upper_bound(x: Ball) -> Fraction | None:
    """Bound abs(x) from above for every point of a ball; None for an unbounded ball, or one beyond 2^1000000 or so.

    A bound below 2^-1000000 or so is rounded up to it.
    """
    if not x.is_finite():
        return None
    top = x.abs_upper()
    exponent = int(top.man_exp()[1])
    if abs(exponent) <= _MOST_EXPONENT:
        return _midpoint(top)
    return None if exponent > 0 else Fraction(1, 2 ** (_MOST_EXPONENT // 2))


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


def factored_polynomial(coefficients: Sequence[int]) -> list[tuple[list[int], int]]:
    """Factor a nonzero integer polynomial, constant coefficient first, into irreducible ones over Q.

    Returns
    -------
    list of (coefficients of a primitive polynomial of degree at least 1, multiplicity)
    """
    return [([int(c) for c in f.coeffs()], int(k)) for f, k in flint.fmpz_poly(list(coefficients)).factor()[1]]


def real_roots(coefficients: Sequence[int]) -> list[tuple[Fraction, Fraction]]:
    """Enclose the real roots of a squarefree integer polynomial, each in an interval that holds no other root.

    Returns
    -------
    list of (lower, upper), increasing
    """
    isolated: Any = flint.fmpz_poly(list(coefficients)).complex_roots()
    found = [root.real for root, _ in isolated if root.imag == 0]
    return sorted((_midpoint(x) - _midpoint(x.rad()), _midpoint(x) + _midpoint(x.rad())) for x in found)  # unrounded


def minimal_polynomial(modulus: Sequence[int], top: Sequence[Fraction], bottom: Sequence[Fraction]) -> list[Fraction]:
    """Return the monic minimal polynomial of top(x)/bottom(x), where x is a root of an irreducible polynomial.

    Parameters
    ----------
    modulus : sequence of int
        Irreducible over Q, constant coefficient first.
    top, bottom : sequence of Fraction
        Polynomials; `bottom` is not 0 at x.
    """
    p, numerator, denominator = (
        flint.fmpq_poly([flint.fmpq(c.numerator, c.denominator) for c in each]) for each in (modulus, top, bottom)
    )
    _, inverse, _ = (denominator % p).xgcd(p)
    element = numerator * inverse % p
    rows = []
    for _ in range(len(modulus) - 1):
        rows.append([element[k] for k in range(len(modulus) - 1)])
        element = element * flint.fmpq_poly([0, 1]) % p
    return [Fraction(int(c.p), int(c.q)) for c in flint.fmpq_mat(rows).minpoly().coeffs()]


def working_precision() -> int:
    """Give the working precision of balls in bits."""
    return int(flint.ctx.prec)


def hull(low: Fraction, high: Fraction) -> Ball:
    """Enclose every number between two rationals."""
    return ball(low).union(ball(high))


def root_of_nonnegative(x: Ball) -> Ball:
    """Enclose the square root of a number that is known not to be negative, though its ball may hold such numbers."""
    if x >= 0:
        return x.sqrt()
    if not x.is_finite():
        return flint.arb.nan()
    return flint.arb(0).union(x.upper().sqrt()) if x.upper() >= 0 else flint.arb(0)


def angle(y: Ball, x: Ball) -> Ball:
    """Enclose atan2(y, x) for a point that is known to lie above or on the axis y = 0, or right of or on x = 0."""
    if y.is_zero() or y > 0 or y < 0 or x > 0:
        return flint.arb.atan2(y, x)
    if x >= 0:
        half = flint.arb.pi() / 2
        return (-half).union(half)
    if x < 0 and y.is_finite():  # y >= 0 is known
        return flint.arb.atan2(y.upper(), x).union(flint.arb.pi())
    return (-flint.arb.pi() / 2).union(flint.arb.pi())


def widened(x: Ball, error: Ball) -> Ball:
    """Enclose every number within `error` of one of a ball."""
    return x + flint.arb(0, error.upper())


def value_of_polynomial(coefficients: Sequence[Ball], x: Ball) -> Ball:
    """Enclose the value of a polynomial, constant coefficient first."""
    return flint.arb_poly(list(coefficients))(x)


def product_of_balls(left: Sequence[Sequence[Ball]], right: Sequence[Sequence[Ball]]) -> list[list[Ball]]:
    """Multiply two nonempty matrices of balls."""
    product = flint.arb_mat([list(row) for row in left]) * flint.arb_mat([list(row) for row in right])
    return [[product[i, j] for j in range(product.ncols())] for i in range(product.nrows())]


def bounds(x: Ball) -> tuple[Fraction, Fraction] | None:
    """Give rationals below and above every number of a ball; None for an unbounded ball."""
    return (_midpoint(x.lower()), _midpoint(x.upper())) if x.is_finite() else None


def positive_lower_bound(x: Ball) -> Fraction | None:
    """Give a positive rational below every number of a ball, far below it for an astronomical one; else None."""
    low = x.lower()
    if not x.is_finite() or not low > 0:
        return None
    exponent = int(low.man_exp()[1])
    if exponent > _MOST_EXPONENT:
        return Fraction(2 ** (_MOST_EXPONENT // 2))
    return _midpoint(low) if exponent >= -_MOST_EXPONENT else None


def integral(function: Callable[[Any], Any], top: Ball) -> Ball:
    """Enclose the integral of a function from 0 to `top`, at the working precision; a wide or unbounded ball at worst.

    The function takes a complex ball and must be meromorphic, or have values that are not finite where it is not.
    """
    found = flint.acb.integral(lambda z, _: function(z), 0, top, eval_limit=200_000)
    return found.real
