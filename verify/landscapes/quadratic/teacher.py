"""`Teacher`: a positive semidefinite matrix given exactly, by rational eigenvalues or by rational entries."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from verify.algebraic.polynomials import Interval
from verify.errors import DataError
from verify.landscapes.quadratic.real_roots import isolate, narrow
from verify.landscapes.quadratic.semidefinite import negative_direction, quadratic_form
from verify.rational import format_rational

MAX_DIMENSION = 1_000_000
"""Largest dimension of a teacher that is given by its eigenvalues."""

LARGEST = 60
"""Largest dimension of a teacher that is given by its entries: its characteristic polynomial is factored."""

_SHOWN = 8  # a longer witness is not written out


@dataclass(frozen=True)
class Eigenvalue:
    """One of the distinct eigenvalues of a teacher.

    Attributes
    ----------
    bounds : (Fraction, Fraction)
        It lies between them; equal bounds are the eigenvalue itself.
    multiplicity : int
    factor : int
        Which irreducible factor of the characteristic polynomial it is a root of: the conjugates share it.
    """

    bounds: Interval
    multiplicity: int
    factor: int

    @property
    def exact(self) -> Fraction | None:
        """The eigenvalue, if it is rational."""
        return self.bounds[0] if self.bounds[0] == self.bounds[1] else None


@dataclass(frozen=True)
class Teacher:
    """A positive semidefinite d x d matrix, up to rotation: its eigenvalues are all that the landscape depends on.

    Make one with `from_eigenvalues` or `from_matrix`.

    Attributes
    ----------
    dimension : int
        d.
    factors : tuple of ((int, ...), int)
        The irreducible factors of the characteristic polynomial of ``scale`` times the matrix, constant coefficient
        first, and their multiplicities.
    scale : int
        A positive integer.

    Examples
    --------
    >>> teacher = Teacher.from_eigenvalues(["1", "1/2", "1/4"], dimension=5)
    >>> teacher.rank, teacher.trace, teacher.square_sum
    (3, Fraction(7, 4), Fraction(21, 16))
    >>> golden = Teacher.from_matrix([[2, 1], [1, 1]])
    >>> [(round(float(s.bounds[0]), 6), s.exact) for s in golden.spectrum()]
    [(2.618034, None), (0.381966, None)]
    """

    dimension: int
    factors: tuple[tuple[tuple[int, ...], int], ...]
    scale: int

    @classmethod
    def from_eigenvalues(cls, eigenvalues: Sequence[object], *, dimension: int | None = None) -> Teacher:
        """Make the teacher with these eigenvalues; zeros fill up to the dimension.

        Parameters
        ----------
        eigenvalues : sequence of int, Fraction, float (taken as the binary fraction it is) or str
        dimension : int, optional
            d; by default the number of eigenvalues.

        Raises
        ------
        DataError
            For a value that is negative, not finite or not a number, no eigenvalue at all, or more than d of them.
        """
        from verify.data.cells import rational

        values = []
        for k, value in enumerate(eigenvalues, 1):
            try:
                values.append(Fraction(rational(value)))
            except DataError as error:
                raise DataError(f"eigenvalue {k} of the teacher: {error}") from None
            if values[-1] < 0:
                shown = format_rational(values[-1])
                raise DataError(f"eigenvalue {k} of the teacher is {shown}; a teacher is positive semidefinite")
        d = len(values) if dimension is None else dimension
        if d < 1:
            raise DataError(f"a teacher of dimension {d}; give a dimension of at least 1")
        if len(values) > d:
            raise DataError(f"{len(values)} eigenvalues in dimension {d}; give at most {d}, or a larger dimension")
        if d > MAX_DIMENSION:
            raise DataError(f"a teacher of dimension {d}; give at most {MAX_DIMENSION}")
        scale = math.lcm(*(value.denominator for value in values))
        counts = Counter(int(value * scale) for value in values)
        counts[0] += d - len(values)
        return cls(d, tuple(((-value, 1), counts[value]) for value in sorted(counts) if counts[value]), scale)

    @classmethod
    def from_matrix(cls, rows: Sequence[Sequence[object]]) -> Teacher:
        """Make the teacher with these entries.

        Parameters
        ----------
        rows : d sequences of d int, Fraction, float (taken as the binary fraction it is) or str
            Symmetric and positive semidefinite: both are decided exactly.

        Raises
        ------
        DataError
            For entries that are not finite numbers, a matrix that is not square or not symmetric, or one that is
            not positive semidefinite (the message has a vector v with v^T Z v < 0).

        Notes
        -----
        The characteristic polynomial is factored over Q; O(d^3) rational operations before that.
        """
        from verify.data.cells import rational
        from verify.flint_backend import factored_characteristic_polynomial

        d = len(rows)
        if not 1 <= d <= LARGEST:
            raise DataError(f"a teacher of {d} rows; give 1 to {LARGEST} rows, or its eigenvalues")
        matrix = []
        for i, row in enumerate(rows, 1):
            if isinstance(row, str) or not hasattr(row, "__len__") or len(row) != d:
                raise DataError(f"row {i} of the teacher does not have {d} entries; a teacher is a square matrix")
            try:
                matrix.append([Fraction(rational(x)) for x in row])
            except DataError as error:
                raise DataError(f"row {i} of the teacher: {error}") from None
        for i in range(d):
            for j in range(i):
                if matrix[i][j] != matrix[j][i]:
                    here, there = _short(matrix[i][j]), _short(matrix[j][i])
                    where = f"entry ({i + 1}, {j + 1}) is {here} and ({j + 1}, {i + 1}) is {there}"
                    raise DataError(f"the teacher is not symmetric: {where}; give a symmetric matrix")
        v = negative_direction(matrix)
        if v is not None:
            value = _short(quadratic_form(matrix, v))
            shown = f"v = ({', '.join(map(_short, v))})" if d <= _SHOWN else "a rational vector v"
            raise DataError(
                f"the teacher is not positive semidefinite: {shown} has v^T Z v = {value} < 0; "
                "give a matrix without negative eigenvalues"
            )
        scale = math.lcm(*(x.denominator for row in matrix for x in row))
        factors = factored_characteristic_polynomial([[int(x * scale) for x in row] for row in matrix])
        return cls(d, tuple((tuple(factor), power) for factor, power in factors), scale)

    @cached_property
    def rank(self) -> int:
        """The rank m* of the teacher."""
        return self.dimension - sum(power for factor, power in self.factors if factor == (0, 1))

    @cached_property
    def is_rational(self) -> bool:
        """Whether all eigenvalues are rational."""
        return all(len(factor) == 2 for factor, _ in self.factors)

    @property
    def trace(self) -> Fraction:
        """The sum of the eigenvalues."""
        return sum((self.power_sums(k)[0] * power for k, (_, power) in enumerate(self.factors)), Fraction(0))

    @property
    def square_sum(self) -> Fraction:
        """The sum of the squares of the eigenvalues, ||Z*||_F^2."""
        return sum((self.power_sums(k)[1] * power for k, (_, power) in enumerate(self.factors)), Fraction(0))

    def power_sums(self, factor: int) -> tuple[Fraction, Fraction]:
        """Sum the roots of an irreducible factor, and their squares, by Newton's identities."""
        coefficients = self.factors[factor][0]
        first = -coefficients[-2]
        second = coefficients[-3] if len(coefficients) > 2 else 0
        return Fraction(first, self.scale), Fraction(first**2 - 2 * second, self.scale**2)

    def sums_over(self, spectrum: Sequence[Eigenvalue], counts: Sequence[int]) -> tuple[Interval, Interval]:
        """Bound the sum, and the sum of squares, of eigenvalues taken `counts` times each.

        Both are exact where conjugates are taken equally often.

        Examples
        --------
        >>> teacher = Teacher.from_matrix([[2, 1], [1, 1]])
        >>> teacher.sums_over(teacher.spectrum(), [1, 1])
        ((Fraction(3, 1), Fraction(3, 1)), (Fraction(7, 1), Fraction(7, 1)))
        """
        bounds = [[Fraction(0), Fraction(0)], [Fraction(0), Fraction(0)]]
        for factor in range(len(self.factors)):
            mine = [(s, k) for s, k in zip(spectrum, counts, strict=True) if s.factor == factor]
            number = mine[0][1]
            for power, total in enumerate(bounds, 1):
                for end in (0, 1):
                    if all(k == number for _, k in mine):
                        total[end] += number * self.power_sums(factor)[power - 1]
                    else:
                        total[end] += sum((k * s.bounds[end] ** power for s, k in mine), Fraction(0))
        (low, high), (low_square, high_square) = bounds
        return (low, high), (low_square, high_square)

    def spectrum(self, *, bits: int = 64) -> list[Eigenvalue]:
        """List the distinct eigenvalues, the largest first.

        Parameters
        ----------
        bits : int, default 64
            The enclosure of an irrational eigenvalue is narrower than 2^-bits times the eigenvalue; all are disjoint.
        """
        found: list[tuple[Interval, int]] = []
        for k, (polynomial, _) in enumerate(self.factors):
            for interval in isolate(polynomial):
                low, high = interval
                while high - low > low / 2**bits:  # ends: the eigenvalue is positive
                    low, high = narrow(polynomial, (low, high), max(low / 2**bits, (high - low) / 2**bits))
                found.append(((low, high), k))
        found.sort()
        i = 0
        while i + 1 < len(found):  # different factors have different roots, so this ends
            (left, k), (right, q) = found[i], found[i + 1]
            if left[1] < right[0]:
                i += 1
                continue
            found[i] = narrow(self.factors[k][0], left, (left[1] - left[0]) / 2), k
            found[i + 1] = narrow(self.factors[q][0], right, (right[1] - right[0]) / 2), q
            found.sort()  # lower ends only grow, so those before i stay apart
        scaled = [((low / self.scale, high / self.scale), k) for (low, high), k in reversed(found)]
        return [Eigenvalue((max(low, Fraction(0)), high), self.factors[k][1], k) for (low, high), k in scaled]


def _short(number: Fraction) -> str:
    text = format_rational(number)
    return text if len(text) <= 24 else f"{float(number):.6g}"
