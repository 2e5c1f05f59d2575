"""Cubes, cross-polytopes, simplices, grids, points on a circle and on the moment curve."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def cube(*, dimension: int) -> Integers:
    """The 2^d points of {-1, 1}^d, in lexicographic order.

    Examples
    --------
    >>> cube(dimension=2).tolist()
    [[-1, -1], [-1, 1], [1, -1], [1, 1]]
    """
    return np.array(list(product((-1, 1), repeat=dimension)), dtype=np.int64).reshape(-1, dimension)


def cross_polytope(*, dimension: int) -> Integers:
    """The 2 d points e_1, -e_1, e_2, -e_2, ...

    Examples
    --------
    >>> cross_polytope(dimension=2).tolist()
    [[1, 0], [-1, 0], [0, 1], [0, -1]]
    """
    return with_antipodes(np.eye(dimension, dtype=np.int64))


def simplex_and_negative(*, dimension: int) -> Integers:
    """The vectors e_1, ..., e_d and -(e_1 + ... + e_d), which sum to 0, each followed by its negative.

    Their d + 1 directions are a circuit: dependent, but no d of them are.

    Examples
    --------
    >>> simplex_and_negative(dimension=2).tolist()
    [[1, 0], [-1, 0], [0, 1], [0, -1], [-1, -1], [1, 1]]
    """
    return with_antipodes(np.vstack([np.eye(dimension, dtype=np.int64), -np.ones((1, dimension), dtype=np.int64)]))


def grid(*, box: int, dimension: int) -> Integers:
    """The points of {-b, ..., b}^d, in lexicographic order, 0 among them."""
    return np.array(list(product(range(-box, box + 1), repeat=dimension)), dtype=np.int64)


def circle(*, pairs: int) -> list[list[Fraction]]:
    """Rational points of the unit circle, ((1 - t^2), 2 t)/(1 + t^2) for t = 0, 1, 2, ..., each with its antipode.

    Examples
    --------
    >>> [[str(x) for x in row] for row in circle(pairs=3)][4:]
    [['-3/5', '4/5'], ['3/5', '-4/5']]
    """
    points = [[Fraction(1 - t * t, 1 + t * t), Fraction(2 * t, 1 + t * t)] for t in range(pairs)]
    return [[sign * x for x in point] for point in points for sign in (1, -1)]


def moment_curve(*, dimension: int, pairs: int) -> Integers:
    """The points (1, t, t^2, ..., t^(d-1)) for t = 0, 1, ..., each with its antipode.

    Every d of the directions are independent (a Vandermonde determinant), and every d + 1 are a circuit.
    """
    return with_antipodes(np.array([[t**j for j in range(dimension)] for t in range(pairs)], dtype=np.int64))


def with_antipodes(rows: Integers) -> Integers:
    """Each row followed by its negative."""
    return np.stack([rows, -rows], axis=1).reshape(-1, rows.shape[1])
