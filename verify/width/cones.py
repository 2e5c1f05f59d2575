"""The whitened supremum over the unit sphere of any dimension, for positively homogeneous units of degree 1.

The hyperplanes x_i.w = 0 cut the space into cones. On each of them phi(w) is linear in w, so that
q(w) = phi(w)^T K^-1 phi(w) is a convex quadratic form there. A unit vector w of a cone is p/|p| for a p in the convex
hull of the unit vectors r_1, ..., r_k on its edges, so that q(w) = q(p)/|p|^2 <= max_j q(r_j) / min_(j,l) r_j.r_l. More
hyperplanes make narrower cones; those of the coordinates, their sums and differences are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product
from math import comb, lcm
from typing import Any

from verify import flint_backend
from verify.data import Dataset
from verify.kernels.reference import closed_form_of, enclosed_rows
from verify.model import Model

MOST_EDGES = 6000
_BITS = (128, 256, 512, 1024, 2048, 4096)

Integers = tuple[int, ...]


def edge_count(n: int, dimension: int) -> int:
    """Bound the number of edges of the cones that n points and the added hyperplanes make."""
    return 2 * comb(n + dimension * dimension, dimension - 1)


def cone_supremum(points: Sequence[Sequence[Fraction]], model: Model) -> tuple[Fraction, int] | None:
    """Bound R' from above for w uniform on the unit sphere.

    Parameters
    ----------
    points : n rows of d >= 2 rationals, none of them zero
    model : Model
        Bias-free, one hidden layer, with a kernel in closed form and s(tz) = t s(z) for t > 0.

    Returns
    -------
    (bound, cones) or None
        A rational upper bound and the number of cones it covers; None when there are more than `MOST_EDGES` edges, a
        cone is too wide, or K could not be inverted in ball arithmetic.

    Notes
    -----
    The theorem and its proof are in ``docs/width.md``. Cost: O(n^(d - 1)) edges, n^2 ball operations for each.

    Examples
    --------
    >>> bound, cones = cone_supremum([(Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))], Model("relu"))
    >>> 4.450978 < bound < 6.3, cones  # R' = 4/(1 - 1/pi^2) = 4.450979; the cones are 45 degrees wide
    (True, 8)
    """
    dimension = len(points[0])
    if edge_count(len(points), dimension) > MOST_EDGES:
        return None
    normals = [_integers(point) for point in points] + _added(dimension)
    edges = _edges(normals, dimension)
    cones = [members for members in _cones(normals, edges).values() if len(members) >= dimension]
    s = model.activation.exact
    columns = [[s(_dot(point, edge)) for point in points] for edge in edges]
    data = Dataset([list(point) for point in points])
    for bits in _BITS:
        with flint_backend.precision(bits):
            inverse = flint_backend.inverse_of_balls(enclosed_rows(data, model, closed_form_of(model)))
            if inverse is None:
                continue
            bound = _largest(inverse, columns, edges, cones)
        if bound is not None:
            return dimension * bound, len(cones)  # the kernel for the sphere is that for N(0, I) divided by d
    return None


def _dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    return sum(x * y for x, y in zip(left, right, strict=True))


def _integers(vector: Sequence[Fraction]) -> Integers:
    """Give a positive multiple with integer entries."""
    scale = lcm(*(x.denominator for x in vector))
    return tuple(int(x * scale) for x in vector)


def _added(dimension: int) -> list[Integers]:
    """Give the normals of the coordinate hyperplanes, and of the sums and differences of two coordinates."""
    units = [tuple(int(i == j) for j in range(dimension)) for i in range(dimension)]
    pairs = list(combinations(units, 2))
    sums = [tuple(x + sign * y for x, y in zip(u, v, strict=True)) for u, v in pairs for sign in (1, -1)]
    return [*units, *sums]


def _edges(normals: list[Integers], dimension: int) -> list[Integers]:
    """Give a vector on each half-line in which d - 1 independent hyperplanes meet."""
    found: dict[Integers, None] = {}
    for chosen in combinations(dict.fromkeys(map(_primitive, normals)), dimension - 1):
        edge = _cross(chosen, dimension)
        if any(edge):
            edge = _primitive(edge)
            found.update({edge: None, tuple(-x for x in edge): None})
    return list(found)


def _primitive(vector: Integers) -> Integers:
    from math import gcd

    common = gcd(*vector)
    return tuple(x // common for x in vector)


def _cross(rows: Sequence[Integers], dimension: int) -> Integers:
    """Give the generalised cross product of d - 1 vectors: their signed maximal minors."""
    return tuple(
        (-1) ** j * _determinant([[x for k, x in enumerate(row) if k != j] for row in rows]) for j in range(dimension)
    )


def _determinant(rows: list[list[int]]) -> int:
    if not rows:
        return 1
    first, rest = rows[0], rows[1:]
    minors = ((-1) ** j * x * _determinant([row[:j] + row[j + 1 :] for row in rest]) for j, x in enumerate(first) if x)
    return sum(minors)


def _cones(normals: list[Integers], edges: list[Integers]) -> dict[Integers, list[int]]:
    """Group the edges by the signs of all normals on a cone; some signs belong to no cone, which does no harm."""
    cones: dict[Integers, list[int]] = {}
    for k, edge in enumerate(edges):
        signs = [(z > 0) - (z < 0) for z in (_dot(normal, edge) for normal in normals)]
        zeros = [i for i, sign in enumerate(signs) if not sign]
        for choice in product((1, -1), repeat=len(zeros)):
            for i, sign in zip(zeros, choice, strict=True):
                signs[i] = sign
            cones.setdefault(tuple(signs), []).append(k)
    return cones


def _largest(
    inverse: list[list[Any]], columns: list[list[Fraction]], edges: list[Integers], cones: list[list[int]]
) -> Fraction | None:
    values = flint_backend.quadratic_forms(inverse, columns)
    squares = [_dot(edge, edge) for edge in edges]
    upper = [flint_backend.upper_bound(value / square) for value, square in zip(values, squares, strict=True)]
    cosines: dict[tuple[int, int], Fraction] = {}
    largest = Fraction(0)
    for members in cones:
        for pair in combinations(members, 2):
            if pair not in cosines:
                j, k = pair
                cosines[pair] = _cosine_below(_dot(edges[j], edges[k]), squares[j] * squares[k])
        narrow = min((cosines[pair] for pair in combinations(members, 2)), default=Fraction(1))
        bounds = [upper[k] for k in members]
        if narrow <= 0 or any(bound is None for bound in bounds):
            return None
        largest = max(largest, max(bound for bound in bounds if bound is not None) / narrow)
    return largest


def _cosine_below(product_: int, square: int) -> Fraction:
    """Bound product/sqrt(square) from below by a rational; 0 where it is not positive."""
    from math import isqrt

    if product_ <= 0:
        return Fraction(0)
    return Fraction(product_ << 60, isqrt(square << 120) + 1)
