"""The Jacobian of a two-layer ReLU network on a region, and its rank over the rationals with a certificate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verify.errors import DisagreementError
from verify.landscapes.regions.binary_rank import binary_rank
from verify.landscapes.regions.patterns import Pattern, Points, dot
from verify.rational import format_rational


@dataclass(frozen=True)
class JacobianRank:
    """The exact rank of a Jacobian, proved from both sides.

    Attributes
    ----------
    rank, n : int
    rows, columns : tuple of int
        A square submatrix of size `rank` that is nonsingular: the rank is no less.
    points : tuple of int, or None
        A set T of points with d rank(A_T) + n - |T| = rank: the rank is no larger, for any data.
    vectors : tuple of n-tuples of Fraction
        Where T is None: n - rank independent vectors c with c J = 0: the rank is no larger.
    """

    rank: int
    n: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    points: tuple[int, ...] | None
    vectors: tuple[tuple[Fraction, ...], ...]

    @property
    def is_full(self) -> bool:
        """Whether the rank is the number of points: then every differentiable critical point has loss zero."""
        return self.rank == self.n

    def check(self, points: Points, pattern: Pattern) -> bool:
        """Check both proofs in rational arithmetic, independently of how they were found; O(n^3) Fractions."""
        matrix = jacobian(points, pattern)
        minor = [[matrix[i][j] for j in self.columns] for i in self.rows]
        if not len(self.rows) == len(self.columns) == self.rank == _elimination_rank(minor):
            return False
        if self.points is not None:
            chosen = [[int(row[j]) for j in self.points] for row in pattern]
            bound = len(points[0]) * _elimination_rank(chosen) + self.n - len(self.points)
            return len(set(self.points)) == len(self.points) and bound == self.rank
        columns = list(zip(*matrix, strict=True))
        vanish = all(not dot(c, column) for c in self.vectors for column in columns)
        return vanish and _elimination_rank(self.vectors) == len(self.vectors) == self.n - self.rank

    def to_json(self) -> dict[str, Any]:
        """Give a JSON-ready mapping."""
        upper: dict[str, Any] = (
            {"points": list(self.points)}
            if self.points is not None
            else {"vectors": [[format_rational(x) for x in c] for c in self.vectors]}
        )
        return {
            "rank": self.rank,
            "full": self.is_full,
            "nonsingular_rows": list(self.rows),
            "nonsingular_columns": list(self.columns),
            **upper,
        }


def jacobian(points: Points, pattern: Pattern) -> list[list[Fraction]]:
    """Write the Jacobian of (f(x_1), ..., f(x_n)) with respect to the hidden weights, with output weights 1.

    Returns
    -------
    list of n rows of width * d Fractions
        Row j is A_1j x_j, ..., A_wj x_j: the Khatri-Rao product of the columns of the pattern and the points. Output
        weights v_i != 0 multiply columns and change no rank.

    Examples
    --------
    >>> from verify.landscapes.regions.patterns import as_pattern
    >>> [[int(x) for x in row] for row in jacobian([[2, 3], [4, 5]], as_pattern([[1, 0], [1, 1]]))]
    [[2, 3, 2, 3], [0, 0, 4, 5]]
    """
    return [[Fraction(int(a)) * x for a in pattern[:, j] for x in point] for j, point in enumerate(points)]


def jacobian_rank(points: Points, pattern: Pattern) -> JacobianRank:
    """Decide the rank of the Jacobian on the region of a pattern, over the rationals, with proof.

    Elimination modulo a prime gives a nonsingular submatrix. The points that take part in the linear relations modulo
    the prime are then tried as the set T of the matroid formula; where the data are so special that no T reaches
    the rank, the relations are solved over the rationals and multiplied out.

    Parameters
    ----------
    points : n vectors of d rationals
        What the units see: `hidden_inputs`.
    pattern : array of shape (width, n)

    Examples
    --------
    >>> from verify.landscapes.regions.patterns import as_pattern
    >>> found = jacobian_rank([[1, 0], [0, 1], [1, 1]], as_pattern([[1, 1, 1]]))
    >>> found.rank, found.points
    (2, (0, 1, 2))
    """
    from verify.flint_backend import independent_rows_exact, row_relations

    n, columns = len(points), len(points[0]) * len(pattern)
    matrix = _integer_rows(points, pattern)
    rows, pivots, relations = row_relations(matrix, columns)
    found = _upper(points, pattern, matrix, rows, pivots, relations)
    if found is None:  # the prime divides a subdeterminant
        rows, pivots = independent_rows_exact(matrix, columns)
        found = _upper(points, pattern, matrix, rows, pivots, {j: set() for j in range(n) if j not in set(rows)})
    if found is None:
        raise DisagreementError("the exact rank of a Jacobian could not be confirmed", {"points": str(points)})
    return found


def _upper(
    points: Points,
    pattern: Pattern,
    matrix: list[list[int]],
    rows: list[int],
    pivots: list[int],
    relations: dict[int, set[int]],
) -> JacobianRank | None:
    """Find a set T or vectors that bound the rank by len(rows); None when there are none."""
    from verify.flint_backend import RationalMatrix

    n, size = len(points), len(rows)
    involved = sorted(set(relations).union(*relations.values())) if relations else []
    bound = len(points[0]) * binary_rank(pattern[:, involved]) + n - len(involved)
    if bound == size:
        return JacobianRank(size, n, tuple(rows), tuple(pivots), tuple(involved), ())
    vectors = []
    transposed = RationalMatrix([[matrix[i][j] for i in rows] for j in pivots]) if rows else None
    for extra in sorted(relations):
        solution = transposed.solve([Fraction(matrix[extra][j]) for j in pivots]) if transposed else []
        c = [Fraction(0)] * n
        c[extra] = Fraction(-1)
        for i, value in zip(rows, solution, strict=True):
            c[i] = value
        if any(sum(c[i] * matrix[i][j] for i in (*rows, extra)) for j in range(len(matrix[0]))):
            return None
        scales = [math.lcm(*(Fraction(x).denominator for x in point)) for point in points]
        vectors.append(tuple(value * scale for value, scale in zip(c, scales, strict=True)))
    return JacobianRank(size, n, tuple(rows), tuple(pivots), None, tuple(vectors))


def _integer_rows(points: Points, pattern: Pattern) -> list[list[int]]:
    """Write the Jacobian with each row multiplied by the common denominator of its point."""
    rows = []
    for j, point in enumerate(points):
        scale = math.lcm(*(Fraction(x).denominator for x in point))
        integers = [int(x * scale) for x in point]
        rows.append([x if a else 0 for a in pattern[:, j].tolist() for x in integers])
    return rows


def _elimination_rank(rows: Sequence[Sequence[Fraction | int]]) -> int:
    """Rank by elimination with Fractions."""
    left = [[Fraction(x) for x in row] for row in rows]
    rank = 0
    for j in range(len(left[0]) if left else 0):
        pivot = next((i for i in range(rank, len(left)) if left[i][j]), None)
        if pivot is None:
            continue
        left[rank], left[pivot] = left[pivot], left[rank]
        head = left[rank]
        for i in range(rank + 1, len(left)):
            if left[i][j]:
                factor = left[i][j] / head[j]
                left[i] = [a - factor * b for a, b in zip(left[i], head, strict=True)]
        rank += 1
    return rank
