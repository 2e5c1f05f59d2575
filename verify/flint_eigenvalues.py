"""Rigorous enclosures of all eigenvalues of a symmetric matrix of balls: the second module that speaks to FLINT.

An approximate eigensystem is computed first, by any means; then its residual is enclosed in ball arithmetic.

**Enclosure.** Let K be symmetric, V any square matrix, L diagonal, R = K V - V L, and g >= ||V^T V - I|| with g < 1. In
the polar form V = Q H the eigenvalues h of H have |h^2 - 1| <= g, so h >= 1 - g and ||H^-1 - I|| <= g/(1 - g). From
K Q - Q L = R H^-1 + V (L (H^-1 - I) - (H^-1 - I) L), of norm at most

    e = (||R|| + 2 sqrt(1 + g) g max|L|)/(1 - g),

and Weyl's theorem for the matrices Q^T K Q and L: the i-th largest eigenvalue of K differs from the i-th largest entry
of L by at most e. Frobenius norms bound the norms.

**Approximation.** Each round rotates, in float64, the blocks of V^T K V that are not yet nearly diagonal, each scaled
to its own size, and then takes one Newton step for the others (T. Ogita, K. Aishima, Iterative refinement for symmetric
eigenvalue decomposition, 2018). So a round adds about 16 digits to what is known of the small eigenvalues, and all
that is slow is a few products of matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from verify.flint_backend import Ball, bounds, exact_fraction

_ROUNDS = 60
_NO_FRACTION = 1 << 16  # an approximation below 2^-65536 in size is taken for 0: it need not fit into a fraction
_SEPARATED = 16  # a pair is left to Newton's step when its gap is this many times n its off-diagonal entry


def enclosed_eigenvalues(rows: Sequence[Sequence[Ball]]) -> list[tuple[Fraction, Fraction, Fraction]] | None:
    """Enclose the eigenvalues of every symmetric matrix that the balls hold, at the working precision.

    Parameters
    ----------
    rows : n rows of n balls, symmetric

    Returns
    -------
    list of n triples (low, middle, high), the largest eigenvalue first; None where nothing was enclosed
    """
    n = len(rows)
    if n == 0:
        return []
    K = flint.arb_mat([list(row) for row in rows])
    if not all(x.is_finite() for x in K.entries()):
        return None
    V = _eigenvectors(K.mid())
    values = [(V.transpose() * K.mid() * V)[i, i].mid() for i in range(n)]
    L = _diagonal(values)
    g = _norm(V.transpose() * V - _identity(n))
    if not g < 1:
        return None
    largest = flint.arb(0)
    for x in values:
        largest = largest.max(abs(x))
    e = (_norm(K * V - V * L) + 2 * (1 + g).sqrt() * g * largest) / (1 - g)
    enclosures = []
    for x in sorted(values, key=cmp_to_key(_descending)):
        both = bounds(x - e.upper()), bounds(x + e.upper())
        if both[0] is None or both[1] is None:
            return None
        tiny = abs(x) < flint.arb(2) ** -_NO_FRACTION and e > abs(x)  # 0 is between the bounds then
        enclosures.append((both[0][0], Fraction(0) if tiny else exact_fraction(x), both[1][1]))
    return enclosures


def _descending(a: Any, b: Any) -> int:
    """Compare two exact balls, the larger one first."""
    return int(a < b) - int(a > b)


def _eigenvectors(K: Any) -> Any:
    """Approximate the matrix of eigenvectors; nothing depends on how well."""
    n = K.nrows()
    V = _identity(n)
    goal = _size(K) * flint.arb(2) ** (20 - flint.ctx.prec)
    before = None
    for _ in range(_ROUNDS):
        S = (V.transpose() * K * V).mid()
        off = _off_diagonal(S)
        if off <= goal or (before is not None and off >= before):
            break
        before = off if off < goal * 2**30 else None  # near the end every round must help
        blocks, step = _plan(S)
        if blocks is not None:
            V = _orthonormal(V * blocks)
            S = (V.transpose() * K * V).mid()
            step = _plan(S)[1]
        V = _orthonormal((V + V * step).mid())
    return V


def _plan(S: Any) -> tuple[Any | None, Any]:
    """Give the rotation of the blocks that float64 shall make diagonal, and Newton's step for the other pairs."""
    n = S.nrows()
    group = list(range(n))

    def root(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    step = flint.arb_mat(n, n)
    for i in range(n):
        for j in range(i):
            gap, entry = S[j, j] - S[i, i], S[i, j]
            if abs(gap) > _SEPARATED * n * abs(entry):
                step[i, j] = (entry / gap).mid()
                step[j, i] = -step[i, j]
            elif entry != 0:
                group[root(i)] = root(j)
    members: dict[int, list[int]] = {}
    for i in range(n):
        members.setdefault(root(i), []).append(i)
    if len(members) == n:
        return None, step
    rotation = _identity(n)
    for block in members.values():
        if len(block) > 1:
            turned = _turned(S, block)
            for a, i in enumerate(block):
                for b, j in enumerate(block):
                    rotation[i, j] = flint.arb(float(turned[a, b]))
    return rotation, step


def _turned(S: Any, block: list[int]) -> NDArray[np.float64]:
    """Compute the eigenvectors of one block, shifted and scaled to the range of float64."""
    shift = sum((S[i, i] for i in block), flint.arb(0)) / len(block)
    entries = [[(S[i, j] - shift if i == j else S[i, j]).mid() for j in block] for i in block]
    scale = max((abs(x) for row in entries for x in row), key=_order)
    if not scale > 0:
        return np.eye(len(block))
    matrix = np.array([[float((x / scale).mid()) for x in row] for row in entries])
    return np.asarray(np.linalg.eigh((matrix + matrix.T) / 2)[1], dtype=np.float64)


def _orthonormal(V: Any) -> Any:
    """Improve the orthonormality of columns that are nearly orthonormal, by V (3 I - V^T V)/2."""
    n = V.nrows()
    for _ in range(8):
        gram = (V.transpose() * V).mid()
        defect = _size(gram - _identity(n))
        if defect <= flint.arb(2) ** (10 - flint.ctx.prec):
            break
        V = (V * (3 * _identity(n) - gram) / 2).mid()
    return V


def _identity(n: int) -> Any:
    return _diagonal([flint.arb(1)] * n)


def _diagonal(values: Sequence[Any]) -> Any:
    matrix = flint.arb_mat(len(values), len(values))
    for i, x in enumerate(values):
        matrix[i, i] = x
    return matrix


def _norm(matrix: Any) -> Any:
    """Bound the Frobenius norm from above."""
    total = flint.arb(0)
    for x in matrix.entries():
        total += x * x
    return total.upper().sqrt().upper()


def _size(matrix: Any) -> Any:
    return max((abs(x).mid() for x in matrix.entries()), key=_order, default=flint.arb(0))


def _off_diagonal(matrix: Any) -> Any:
    n = matrix.nrows()
    return max((abs(matrix[i, j]).mid() for i in range(n) for j in range(i)), key=_order, default=flint.arb(0))


def _order(x: Any) -> tuple[int, float]:
    """Order exact nonnegative balls roughly by size; 0 is the least."""
    if x == 0:
        return (0, 0.0)
    mantissa, exponent = x.man_exp()
    return (1, float(int(exponent) + int(mantissa).bit_length()))
