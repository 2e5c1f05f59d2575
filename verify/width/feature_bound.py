"""Proved upper bounds of |phi(w)|^2 = sum_i s(w.x_i)^2 over the support of a law of w, and the laws they hold for.

For a homogeneous activation, s(tz) = t^k s(z) for t > 0, the weights are put on the unit sphere, which changes no
rank; then |s(z)| <= C |z|^k and sum_i s(w.x_i)^2 <= C^2 max_i |x_i|^(2k - 2) ||X||^2 with the spectral norm of X.
For a bounded activation w ~ N(0, I), and the bound is n sup s^2. Other features are unbounded: there is no bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isqrt, prod
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from verify.activations import Activation, PiecewisePolynomial

Law = Literal["sphere", "normal"]

BOUNDED: Mapping[str, tuple[Fraction, str]] = MappingProxyType(
    {
        "sigmoid": (Fraction(1), "0 < s < 1"),
        "tanh": (Fraction(1), "|s| < 1"),
        "erf": (Fraction(1), "|s| < 1"),
        "sin": (Fraction(1), "|s| <= 1"),
        "arctan": (Fraction(121, 49), "|s| < pi/2 < 11/7"),
        "softsign": (Fraction(1), "|s| < 1"),
        "cos": (Fraction(1), "|s| <= 1"),
        "gaussian": (Fraction(1), "0 < s <= 1"),
        "sinc": (Fraction(1), "|s| <= 1"),
        "sin_cos": (Fraction(2), "(sin z + cos z)^2 = 1 + sin 2z <= 2"),
        "shifted_sigmoid": (Fraction(1), "0 < s < 1"),
        "shifted_gaussian": (Fraction(1), "0 < s <= 1"),
    }
)
"""An upper bound of s^2 on the real line, and the reason, for activations that are not piecewise polynomial."""


@dataclass(frozen=True)
class Homogeneous:
    """s(tz) = t^degree s(z) for t > 0, and |s(z)| <= constant |z|^degree."""

    degree: int
    constant: Fraction


def homogeneity(activation: Activation) -> Homogeneous | None:
    """Find out whether an activation is positively homogeneous of a degree of at least 1.

    Examples
    --------
    >>> from verify.activations import activation
    >>> homogeneity(activation("leaky_relu", slope=-3))
    Homogeneous(degree=1, constant=Fraction(3, 1))
    >>> homogeneity(activation("shifted_relu")) is None
    True
    """
    pieces = activation.pieces
    if pieces is None or any(pieces.breakpoints):
        return None
    terms = {(k, abs(c)) for polynomial in pieces.polynomials for k, c in enumerate(polynomial) if c}
    degrees = {k for k, _ in terms}
    if len(degrees) != 1 or 0 in degrees:
        return None
    return Homogeneous(degrees.pop(), max(c for _, c in terms))


def largest_square(activation: Activation) -> tuple[Fraction, str] | None:
    """Bound s^2 on the whole real line; None when s is unbounded or nothing is known.

    Examples
    --------
    >>> from verify.activations import activation
    >>> largest_square(activation("relu6"))
    (Fraction(36, 1), 'piecewise polynomial, constant at both ends')
    >>> largest_square(activation("gelu")) is None
    True
    """
    if activation.pieces is not None:
        largest = _largest_value(activation.pieces)
        return None if largest is None else (largest**2, "piecewise polynomial, constant at both ends")
    return BOUNDED.get(activation.name)


def _largest_value(pieces: PiecewisePolynomial) -> Fraction | None:
    """Bound |s|: the triangle inequality on each piece between two breakpoints, where |z| is at most the larger one."""
    first, inner, last = pieces.polynomials[0], pieces.polynomials[1:-1], pieces.polynomials[-1]
    if len(first) > 1 or len(last) > 1:
        return None
    largest = max(abs(c) for c in (Fraction(0), *first, *last))
    for polynomial, (low, high) in zip(inner, pairwise(pieces.breakpoints), strict=True):
        size = max(abs(low), abs(high))
        largest = max(largest, sum((abs(c) * size**k for k, c in enumerate(polynomial)), Fraction(0)))
    return largest


def norm_power(dimension: int, degree: int) -> int:
    """Give E |g|^(2 degree) for g ~ N(0, I): the kernel for normal weights is this times that for the unit sphere.

    Examples
    --------
    >>> norm_power(3, 1), norm_power(3, 2)
    (3, 15)
    """
    return prod(dimension + 2 * i for i in range(degree))


def homogeneous_supremum(points: Sequence[Sequence[Fraction]], law: Homogeneous) -> Fraction:
    """Bound sum_i s(w.x_i)^2 for |w| = 1 from above: C^2 max_i |x_i|^(2k - 2) ||X||^2.

    Parameters
    ----------
    points : n rows of d rationals
    law : Homogeneous
    """
    longest = max((sum((x * x for x in point), Fraction(0)) for point in points), default=Fraction(0))
    return Fraction(law.constant**2 * longest ** (law.degree - 1) * squared_spectral_norm(points))


def squared_spectral_norm(points: Sequence[Sequence[Fraction]]) -> Fraction:
    """Bound the largest eigenvalue of X^T X from above, rigorously and closely.

    X is rounded to float64 with a bound of the error, and the shift of a floating-point Cholesky factorisation is
    certified (`verify.kernels.certified`). Where that certifies nothing, the bound is the squared Frobenius norm.
    Cost: O(n d min(n, d)).

    Examples
    --------
    >>> bound = squared_spectral_norm([[Fraction(3), Fraction(0)], [Fraction(0), Fraction(4)]])
    >>> 16 <= bound < 16.000001
    True
    """
    frobenius = sum((x * x for point in points for x in point), Fraction(0))
    if not frobenius:
        return frobenius
    scale = Fraction(2) ** _half_exponent(frobenius)  # so that float64 neither overflows nor underflows
    X = np.array([[float(x / scale) for x in point] for point in points])
    certified = _largest_gram_eigenvalue(X if X.shape[0] >= X.shape[1] else X.T)
    return frobenius if certified is None else min(frobenius, certified * scale * scale)


def _half_exponent(x: Fraction) -> int:
    return (x.numerator.bit_length() - x.denominator.bit_length()) // 2


def _largest_gram_eigenvalue(X: NDArray[np.float64]) -> Fraction | None:
    """Bound lambda_max of the true X^T X where each entry of X carries a relative error of at most 2^-53.

    The entries are between -2 and 2. The computed Gram matrix differs from the true one in each entry by at most
    (n + 3) u (1 + 1/1000) times the entry of |X|^T |X|, whose sum over a row bounds the shift of the eigenvalues.
    """
    from verify.kernels.certified import eigenvalue_lower_bound

    gram = X.T @ X
    gram = (gram + gram.T) / 2
    magnitude = np.abs(X).T @ np.abs(X)
    error = (len(X) + 8) * 2.0**-52 * float(magnitude.sum(axis=1).max()) + 2.0**-1000
    guess = float(np.linalg.eigvalsh(gram)[-1])
    for margin in (1e-9, 1e-6, 1e-3):
        bound = eigenvalue_lower_bound(-gram, shift=-guess * (1 + margin))
        if bound is not None:
            return Fraction(-bound) + Fraction(error)
    return None


def near_unit_scales(points: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    """Give positive rationals t_i with |t_i x_i| near 1 (1 for a zero point).

    For a homogeneous activation s(w.(t x)) = t^k s(w.x), so the points t_i x_i have the same ranks, and a kernel that
    is better conditioned.
    """
    scales = []
    for point in points:
        square = sum((x * x for x in point), Fraction(0))
        if not square:
            scales.append(Fraction(1))
            continue
        shift = 2 * (40 + max(0, square.denominator.bit_length() - square.numerator.bit_length()))
        root = isqrt((square.numerator << shift) // square.denominator)  # |x| = root / 2^(shift/2), about
        bits = root.bit_length() + 30
        mantissa, exponent = (1 << bits) // root, shift // 2 - bits  # 1/|x| is mantissa 2^exponent, about
        scales.append(Fraction(mantissa) * Fraction(2) ** exponent)  # dyadic: a common denominator stays small
    return scales
