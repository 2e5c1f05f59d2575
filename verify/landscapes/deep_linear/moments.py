"""The moments of the data that the loss of a linear network depends on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from verify.data.cells import rational as exact
from verify.errors import DataError
from verify.rational import format_rational

if TYPE_CHECKING:
    from verify.data import Dataset

RationalLike: TypeAlias = int | Fraction | str | float | Decimal
"""A number that stands for a rational: text such as ``"1/10"`` or ``"0.1"``, a float at its exact binary value."""

Vector: TypeAlias = tuple[Fraction, ...]
Matrix: TypeAlias = tuple[Vector, ...]


def rational(value: object, name: str) -> Fraction:
    """Read one rational; `DataError` names the argument `name`."""
    try:
        return Fraction(exact(value))
    except DataError as error:
        raise DataError(f"{name}: {error}") from None


class Moments:
    """The exact second moments of inputs x and label y: all that a linear network sees of the data.

    Parameters
    ----------
    second_moment : d rows of d rationals
        E[x xᵀ]; symmetric and positive semidefinite, singular or not.
    cross_moment : sequence of d rationals
        E[x y].
    label_moment : rational
        E[y²].

    Raises
    ------
    DataError
        When the shapes do not fit, the matrix is not symmetric, or no random variables x and y have these moments: the
        joint matrix of second moments is not positive semidefinite. The message has a direction in which it is
        negative.

    Notes
    -----
    Moments of data are positive semidefinite jointly. This matters: where E[x y] is not in the range of E[x xᵀ], the
    loss of a network with two or more hidden layers is unbounded below for every weight decay.

    Examples
    --------
    >>> Moments([[2, 1], [1, 1]], [1, "1/2"], 1)
    Moments of 2 inputs: E[y^2] = 1
    >>> Moments([[1, 2], [2, 1]], [0, 0], 1)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    verify.errors.DataError: no data have these moments: in the direction x = (-2, 1), y = 0 the square has mean -3; ...
    """

    __slots__ = ("cross_moment", "label_moment", "second_moment")

    second_moment: Matrix
    cross_moment: Vector
    label_moment: Fraction

    def __init__(
        self,
        second_moment: Sequence[Sequence[RationalLike]],
        cross_moment: Sequence[RationalLike],
        label_moment: RationalLike,
    ) -> None:
        rows = tuple(
            tuple(rational(x, f"second_moment[{i}][{j}]") for j, x in enumerate(row))
            for i, row in enumerate(second_moment)
        )
        cross = tuple(rational(x, f"cross_moment[{i}]") for i, x in enumerate(cross_moment))
        d = len(rows)
        for i, row in enumerate(rows):
            if len(row) != d:
                raise DataError(f"second_moment[{i}] has {len(row)} entries in a matrix of {d} rows; give a square one")
            for j in range(i):
                if row[j] != rows[j][i]:
                    raise DataError(
                        f"second_moment[{i}][{j}] is {format_rational(row[j])} and second_moment[{j}][{i}] is "
                        f"{format_rational(rows[j][i])}; give a symmetric matrix"
                    )
        if len(cross) != d:
            raise DataError(f"cross_moment has {len(cross)} entries for {d} inputs; give one for each input")
        label = rational(label_moment, "label_moment")
        _refuse_indefinite(rows, cross, label)
        self._set(rows, cross, label)

    def _set(self, rows: Matrix, cross: Vector, label: Fraction) -> None:
        self.second_moment, self.cross_moment, self.label_moment = rows, cross, label

    @classmethod
    def of(cls, data: Dataset) -> Moments:
        """Average over the points of a data set with one rational label; nothing is centred.

        Raises
        ------
        DataError
            Without points, without a label or with several, or when some number is irrational.

        Examples
        --------
        >>> from verify import Dataset
        >>> Moments.of(Dataset([[1, 0], [1, 2]], [1, 3])).cross_moment
        (Fraction(2, 1), Fraction(3, 1))
        """
        if data.outputs != 1:
            raise DataError(f"the data have {data.outputs} label columns; choose one: the network has one output")
        if data.n == 0:
            raise DataError("there are no points, so there are no averages; give at least one")
        if data.field is not None:
            raise DataError(f"some numbers are in {data.field}; deep linear networks need rational points and labels")
        columns, scales = _integer_columns(data)
        d = data.dimension
        products = [
            [
                Fraction(sum(map(int.__mul__, columns[i], columns[j])), data.n * scales[i] * scales[j])
                for j in range(i + 1)
            ]
            for i in range(d + 1)
        ]
        made = cls.__new__(cls)  # positive semidefinite because it is an average
        made._set(
            tuple(tuple(products[max(i, j)][min(i, j)] for j in range(d)) for i in range(d)),
            tuple(products[d][:d]),
            products[d][d],
        )
        return made

    @property
    def dimension(self) -> int:
        """The number d of inputs."""
        return len(self.cross_moment)

    def __repr__(self) -> str:
        return f"Moments of {self.dimension} inputs: E[y^2] = {format_rational(self.label_moment)}"


def _integer_columns(data: Dataset) -> tuple[list[list[int]], list[int]]:
    """The columns of the points and of the label as integers over a common denominator each."""
    columns, scales = [], []
    labels = data.labels or ()
    for j in range(data.dimension + 1):
        column = [row[j] for row in data.points] if j < data.dimension else list(labels)
        entries = [x for x in column if isinstance(x, Fraction)]
        scale = math.lcm(*(x.denominator for x in entries))
        columns.append([x.numerator * (scale // x.denominator) for x in entries])
        scales.append(scale)
    return columns, scales


def _refuse_indefinite(rows: Matrix, cross: Vector, label: Fraction) -> None:
    joint = [[*row, c] for row, c in zip(rows, cross, strict=True)] + [[*cross, label]]
    witness = negative_direction(joint)
    if witness is None:
        return
    direction, value = witness
    shown = ", ".join(format_rational(x) for x in direction[:-1])
    raise DataError(
        f"no data have these moments: in the direction x = ({shown}), y = {format_rational(direction[-1])} the square "
        f"has mean {format_rational(value)}; give moments that are positive semidefinite"
    )


def negative_direction(matrix: Sequence[Sequence[Fraction]]) -> tuple[list[Fraction], Fraction] | None:
    """Find a vector z with zᵀ M z < 0 for a symmetric rational M, and that value; None if M is positive semidefinite.

    Elimination by congruence: a positive pivot clears its row and column; a negative one is a witness, and so is a
    zero on the diagonal with anything beside it. Cubic in the size.

    Examples
    --------
    >>> negative_direction([[Fraction(0), Fraction(1)], [Fraction(1), Fraction(5)]])
    ([Fraction(-3, 1), Fraction(1, 1)], Fraction(-1, 1))
    """
    n = len(matrix)
    gram = [list(row) for row in matrix]
    basis = [[Fraction(i == j) for j in range(n)] for i in range(n)]
    for i in range(n):
        pivot = gram[i][i]
        if pivot < 0:
            return basis[i], pivot
        for j in range(i + 1, n):
            if not gram[i][j]:
                continue
            if not pivot:
                factor = -(gram[j][j] + 1) / (2 * gram[i][j])
                return [factor * x + y for x, y in zip(basis[i], basis[j], strict=True)], Fraction(-1)
            factor = gram[i][j] / pivot
            basis[j] = [y - factor * x for x, y in zip(basis[i], basis[j], strict=True)]
            for k in range(i + 1, n):
                gram[j][k] -= factor * gram[i][k]
    return None
