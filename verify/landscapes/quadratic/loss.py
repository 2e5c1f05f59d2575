"""The population loss, its gradient and its curvature: exact on arrays of Fraction, float64 on arrays of floats.

With Delta = W W^T - Z*, and A = V W^T + W V^T for a direction V,

    L(W) = 1/2 ||Delta||_F^2 + 1/4 (tr Delta)^2,    grad L(W) = (2 Delta + tr(Delta) I) W,
    d^2/dt^2 L(W + t V) = ||A||_F^2 + 1/2 (tr A)^2 + <2 Delta + tr(Delta) I, V V^T>    at t = 0.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from verify.errors import DataError

Array: TypeAlias = NDArray[Any]
"""Of dtype float64, or of dtype object with Fraction or int entries."""


def exact_array(rows: object) -> Array:
    """Make an array of Fraction from rows of numbers; a float is the binary fraction that it is."""
    from verify.data.cells import rational

    given = np.array(rows, dtype=object)
    made = np.empty(given.shape, dtype=object)
    for place, x in np.ndenumerate(given):
        made[place] = Fraction(rational(x))
    return made


def population_loss(W: Array, Z: Array) -> Any:
    """Evaluate L(W).

    Parameters
    ----------
    W : array of shape (d, m)
        The weights of the student.
    Z : array of shape (d, d)
        The teacher Z*, symmetric.

    Returns
    -------
    float, or Fraction for arrays of Fraction

    Raises
    ------
    DataError
        For shapes that do not fit, or floats that are not finite.

    Notes
    -----
    O(d^2 m) operations. L(W) = 1/4 E[(x^T W W^T x - x^T Z* x)^2] for standard Gaussian x; `isserlis` proves it.

    Examples
    --------
    >>> population_loss(exact_array([[1], [0]]), exact_array([[1, 0], [0, 1]]))
    Fraction(3, 4)
    """
    delta = _difference(W, Z)
    half = Fraction(1, 2) if delta.dtype == object else 0.5
    return half * (delta * delta).sum() + half * half * np.trace(delta) ** 2


def gradient(W: Array, Z: Array) -> Array:
    """Evaluate the gradient of L at W, of shape (d, m).

    Examples
    --------
    >>> gradient(exact_array([[1], [0]]), exact_array([[1, 0], [0, 1]])).tolist()
    [[Fraction(-1, 1)], [Fraction(0, 1)]]
    """
    delta = _difference(W, Z)
    slope: Array = 2 * delta @ W + np.trace(delta) * W
    return slope


def curvature(W: Array, Z: Array, V: Array) -> Any:
    """Evaluate the second derivative of t -> L(W + t V) at 0: negative at a critical point proves a strict saddle.

    Examples
    --------
    >>> W, Z, V = (exact_array(rows) for rows in ([[0], [0]], [[1, 0], [0, 0]], [[1], [0]]))
    >>> curvature(W, Z, V)
    Fraction(-3, 1)
    """
    delta = _difference(W, Z)
    if V.shape != W.shape:
        raise DataError(f"a direction of shape {V.shape} at weights of shape {W.shape}; give them the same shape")
    A = V @ W.T + W @ V.T
    half = Fraction(1, 2) if delta.dtype == object else 0.5
    B = V @ V.T
    return (A * A).sum() + half * np.trace(A) ** 2 + 2 * (delta * B).sum() + np.trace(delta) * np.trace(B)


def _difference(W: Array, Z: Array) -> Array:
    check_shapes(W, Z)
    return W @ W.T - Z


def check_shapes(W: Array, Z: Array) -> None:
    """Refuse weights and a teacher that do not fit, have no columns, are not finite, or are not symmetric."""
    if W.ndim != 2 or not W.shape[0]:
        raise DataError(f"weights of shape {W.shape}; give a d x m array")
    if not W.shape[1]:
        raise DataError("weights of width 0; give the student at least one neuron")
    if Z.shape != (W.shape[0], W.shape[0]):
        raise DataError(f"a teacher of shape {Z.shape} for weights of shape {W.shape}; give a d x d teacher")
    for name, array in (("weights", W), ("teacher", Z)):
        if array.dtype != object and not np.isfinite(array).all():
            raise DataError(f"the {name} have an entry that is not finite; give finite numbers")
    if (Z.T != Z if Z.dtype == object else abs(Z - Z.T) > 1e-12 * abs(Z).max()).any():
        raise DataError("the teacher is not symmetric; give a symmetric matrix")
