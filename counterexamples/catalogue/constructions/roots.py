"""Root systems, in the usual coordinates; each root is followed by its negative."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from counterexamples.catalogue.constructions.shapes import Integers, with_antipodes

_LEAST = {"A": 1, "B": 2, "D": 3}
_EXCEPTIONAL = ("E6", "E7", "E8", "F4")


def root_system(*, name: str) -> Integers:
    """The roots of A_n, B_n, D_n, E6, E7, E8 or F4; those of E and F are doubled, so that they are integers.

    A_n consists of e_i - e_j in R^(n+1); B_n of e_i and e_i + e_j, e_i - e_j up to sign; D_n of the latter alone. E8
    adds to D_8 the vectors (1/2)(+-1, ..., +-1) with an even number of minus signs; E7 and E6 are the roots of E8
    orthogonal to one root and to two roots of a plane A_2; F4 adds (1/2)(+-1, +-1, +-1, +-1) to B_4.

    Examples
    --------
    >>> root_system(name="A2").tolist()
    [[1, -1, 0], [-1, 1, 0], [1, 0, -1], [-1, 0, 1], [0, 1, -1], [0, -1, 1]]
    >>> [len(root_system(name=x)) for x in ("B3", "D4", "E6", "E7", "E8", "F4")]
    [18, 24, 72, 126, 240, 48]
    """
    if name in _EXCEPTIONAL:
        return with_antipodes(_positive(_f4() if name == "F4" else _e(int(name[1]))))
    letter, number = name[:1], name[1:]
    if letter not in _LEAST or not (number.isascii() and number.isdigit()) or int(number) < _LEAST[letter]:
        raise ValueError(f"{name!r} is none of A1, A2, ..., B2, B3, ..., D3, D4, ..., {', '.join(_EXCEPTIONAL)}")
    n = int(number)
    unit = np.eye(n + (letter == "A"), dtype=np.int64)
    rows = [unit[i] - unit[j] for i, j in combinations(range(len(unit)), 2)]
    if letter != "A":
        rows += [unit[i] + unit[j] for i, j in combinations(range(n), 2)]
    if letter == "B":
        rows += list(unit)
    return with_antipodes(np.array(rows))


def _e(rank: int) -> Integers:
    half = np.array(list(product((1, -1), repeat=8)), dtype=np.int64)
    roots = np.vstack([2 * root_system(name="D8"), half[half.prod(axis=1) == 1]])
    orthogonal_to = np.array([[2, -2, 0, 0, 0, 0, 0, 0], [0, 2, -2, 0, 0, 0, 0, 0]])[: 8 - rank]
    return np.array(roots[(roots @ orthogonal_to.T == 0).all(axis=1)])


def _f4() -> Integers:
    half = np.array(list(product((1, -1), repeat=4)), dtype=np.int64)
    return np.vstack([2 * root_system(name="B4"), half])


def _positive(roots: Integers) -> Integers:
    """One of each pair of opposite roots: that whose first nonzero coordinate is positive."""
    lead = roots[np.arange(len(roots)), (roots != 0).argmax(axis=1)]
    return np.array(roots[lead > 0])
