"""The whitened supremum R' = sup_w phi(w)^T K^-1 phi(w), which replaces R/lambda in the matrix Chernoff bound.

Always n <= R' <= R/lambda: the mean of phi^T K^-1 phi is trace(K^-1 K) = n. For relu in the plane R' is enclosed here:
on each arc of directions w on which the signs of w.x_i are constant, phi is linear in w, so phi^T K^-1 phi is a
quadratic form in w, whose largest value on the unit circle is an eigenvalue of a 2 x 2 matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

import numpy as np

from verify import flint_backend
from verify.data import Dataset
from verify.kernels.reference import closed_form_of, enclosed_rows
from verify.model import Model

MOST_POINTS = 60
_BITS = (128, 256, 512, 1024, 2048, 4096)

Vector = tuple[Fraction, Fraction]


def plane_supremum(points: Sequence[Vector]) -> tuple[Fraction, int] | None:
    """Bound R' from above for bias-free relu, nonzero points in the plane, and w uniform on the unit circle.

    Parameters
    ----------
    points : n pairs of rationals, n at most `MOST_POINTS`

    Returns
    -------
    (bound, arcs) or None
        A rational upper bound, which exceeds R' by rounding only, and the number of arcs that were looked at; None
        when K could not be inverted in ball arithmetic (it is singular, or nearly so).

    Notes
    -----
    The arcs end at the normals of the points and at the axes, so none is longer than a right angle. On such an arc a
    quadratic form has its largest value at an end, or at an eigenvector of its larger eigenvalue; the latter is
    excluded where the form certainly decreases at the first end or increases at the second. Cost: O(n^3) ball
    operations.

    Examples
    --------
    >>> bound, arcs = plane_supremum([(Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))])
    >>> f"{float(bound):.6f}", arcs  # 4/(1 - 1/pi^2), at w = (1, 0)
    ('4.450978', 4)
    """
    ends = _ends(points)
    arcs = list(zip(ends, [*ends[1:], ends[0]], strict=True))
    data = Dataset([list(p) for p in points])
    for bits in _BITS:
        with flint_backend.precision(bits):
            inverse = flint_backend.inverse_of_balls(enclosed_rows(data, Model("relu"), closed_form_of(Model("relu"))))
            if inverse is None:
                continue
            bounds = [flint_backend.upper_bound(_largest(_form(inverse, points, arc), arc)) for arc in arcs]
        if all(bound is not None for bound in bounds):
            largest = max(bound for bound in bounds if bound is not None)
            return 2 * largest, len(arcs)  # the kernel for the unit circle is that for N(0, I) divided by d = 2
    return None


def _ends(points: Sequence[Vector]) -> list[Vector]:
    """Give the axes and the normals of the points, in the order of their angles."""
    one, zero = Fraction(1), Fraction(0)
    ends = [(one, zero), (zero, one), (-one, zero), (zero, -one)]
    for x, y in points:
        ends += [(-y, x), (y, -x)]
    ends.sort(key=cmp_to_key(_by_angle))
    return [v for k, v in enumerate(ends) if k == 0 or _by_angle(ends[k - 1], v)]


def _half(v: Vector) -> int:
    return 0 if v[1] > 0 or (v[1] == 0 and v[0] > 0) else 1


def _by_angle(u: Vector, v: Vector) -> int:
    """Compare the angles of two nonzero vectors, counted from 0 to 2 pi."""
    if _half(u) != _half(v):
        return _half(u) - _half(v)
    cross = u[0] * v[1] - u[1] * v[0]
    return (cross < 0) - (cross > 0)


def _form(inverse: list[list[Any]], points: Sequence[Vector], arc: tuple[Vector, Vector]) -> tuple[Any, Any, Any]:
    """Enclose (a, b, c) of the form a x^2 + 2 b x y + c y^2 that phi^T K^-1 phi is on an arc."""
    (ux, uy), (vx, vy) = arc
    active = [i for i, (x, y) in enumerate(points) if x * (ux + vx) + y * (uy + vy) > 0]
    zero = flint_backend.ball(0)
    xs = [[flint_backend.ball(c) for c in points[i]] for i in active]
    pushed = [
        [sum((inverse[i][j] * x[k] for j, x in zip(active, xs, strict=True)), zero) for k in range(2)] for i in active
    ]
    a, b, c = (sum((x[k] * p[m] for x, p in zip(xs, pushed, strict=True)), zero) for k, m in ((0, 0), (0, 1), (1, 1)))
    return a, b, c


def _largest(form: tuple[Any, Any, Any], arc: tuple[Vector, Vector]) -> Any:
    """Enclose an upper bound of the largest value of a form on the unit vectors of an arc of at most a right angle."""
    a, b, c = form
    at_ends, slopes = [], []
    for end in arc:
        x, y = (flint_backend.ball(z) for z in end)
        at_ends.append((a * x * x + 2 * b * x * y + c * y * y) / (x * x + y * y))
        slopes.append((c - a) * x * y + b * (x * x - y * y))
    if slopes[0] < 0 or slopes[1] > 0:
        return at_ends[0].max(at_ends[1])
    half = (a - c) / 2
    return (a + c) / 2 + (half * half + b * b).abs_upper().sqrt()


def sampled_supremum(
    features: np.ndarray[Any, np.dtype[np.float64]], kernel: np.ndarray[Any, np.dtype[np.float64]]
) -> float:
    """Give the largest phi^T K^-1 phi among sampled features: up to rounding a lower bound of R', no upper one.

    Parameters
    ----------
    features : ndarray of shape (n, m), float64
        Columns phi(w) for m weights in the support of the law of w.
    kernel : ndarray of shape (n, n), float64
        K for the same law.

    Returns
    -------
    float
        0 without features; NaN when K is numerically singular.

    Examples
    --------
    >>> sampled_supremum(np.array([[1.0, 3.0]]), np.array([[0.25]]))
    36.0
    """
    if not features.size:
        return 0.0
    try:
        factor = np.linalg.cholesky(kernel)
    except np.linalg.LinAlgError:
        return float("nan")
    whitened = np.linalg.solve(factor, features)
    return float((whitened**2).sum(axis=0).max())
