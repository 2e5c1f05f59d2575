"""The closed form for orthonormal matrices, where it costs one singular value decomposition: d in the thousands.

For W(0) = U / sqrt(m) and Z* = U* U*^T / m* the matrices of the closed form commute, and all that remains of U and U*
are the m eigenvalues x_i of U^T U* U*^T U. With time t = gamma d, e = exp(4 t / m*), and the two scalars
c_0 = int_0^t exp(-2 phi), c_1 = int_0^t exp(-2 phi(s) + 4 s / m*) ds, the eigenvalues of M are
1 + (4/m) (c_0 (1 - x_i) + c_1 x_i).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from verify.errors import DataError, NotAvailableError
from verify.landscapes.quadratic.flow import checked_times
from verify.landscapes.quadratic.initial import orthonormal_columns

Float = NDArray[np.float64]


class Curves(NamedTuple):
    """Arrays over the times: phi = int tr(Z - Z*), the overlap chi = tr(Z Z*) / (||Z|| ||Z*||), and the loss."""

    phi: Float
    overlap: Float
    loss: Float


def squared_cosines(d: int, m: int, teacher_rank: int, *, rng: np.random.Generator | int | None = None) -> Float:
    """Draw the m eigenvalues of U^T U* U*^T U for independent orthonormal columns, decreasing.

    Parameters
    ----------
    d, m, teacher_rank : int
        1 <= m, teacher_rank <= d.
    rng : seed or numpy.random.Generator, optional

    Notes
    -----
    By rotation U* may be the first columns of the identity, so they are the squared singular values of the first m*
    rows of U. O(d m^2).

    Examples
    --------
    >>> x = squared_cosines(8, 6, 4, rng=0)  # 6 + 4 - 8 of them are 1, and 6 - 4 are 0
    >>> np.round(x, 12)[[0, 1, 4, 5]].tolist()
    [1.0, 1.0, 0.0, 0.0]
    """
    if not 1 <= teacher_rank <= d:
        raise DataError(f"a teacher of rank {teacher_rank} in dimension {d}; give 1 to {d}")
    top = orthonormal_columns(d, m, rng=rng)[:teacher_rank]
    x = np.zeros(m)
    found = np.linalg.svd(top, compute_uv=False) ** 2
    x[: len(found)] = np.minimum(found, 1.0)
    return x


def orthonormal_curves(x: Float, d: int, teacher_rank: int, gammas: Sequence[float] | Float) -> Curves:
    """Evaluate the closed form at the times t = gamma d.

    Parameters
    ----------
    x : array of shape (m,)
        From `squared_cosines`. A 0 must be exact: e^(4 gamma d/m*) multiplies what rounding makes of it.
    d, teacher_rank : int
    gammas : increasing sequence of floats >= 0
        Up to 150 m*/d.

    Raises
    ------
    DataError
        For bad times or values x outside [0, 1].
    NotAvailableError
        When the solver gives up.

    Notes
    -----
    O(m) operations a step. In gamma the equation is stiff like d, so the solver is LSODA.

    Examples
    --------
    >>> curves = orthonormal_curves(squared_cosines(40, 20, 10, rng=0), 40, 10, [0, 1, 10])
    >>> round(float(curves.overlap[-1]), 3)
    1.0
    """
    from scipy.integrate import solve_ivp

    grid = checked_times(gammas)
    m = len(x)
    if not m or not ((x >= 0) & (x <= 1)).all():
        raise DataError("squared cosines outside [0, 1], or none; use squared_cosines")
    rate = 4 * d / teacher_rank  # of e in gamma
    if grid[-1] * rate > 600:
        raise DataError(f"time {grid[-1]:g} is too late in float64; give gammas up to {600 / rate:.6g}")

    def phi_of(gamma: float, b: Float) -> tuple[float, Float]:
        M = 1 + 4 / m * (b[0] * (1 - x) + b[1] * np.exp(rate * gamma) * x)
        return float(np.log(M).sum()) / 4 - gamma * d, M

    def slope(gamma: float, b: Float) -> Float:
        weight = d * np.exp(-2 * phi_of(gamma, b)[0])
        return np.array([weight, weight - rate * b[1]])

    states = np.zeros((len(grid), 2))
    if grid[-1] > 0:
        solved = solve_ivp(slope, (0.0, grid[-1]), np.zeros(2), method="LSODA", t_eval=grid, rtol=1e-11, atol=1e-13)
        if not solved.success:
            raise NotAvailableError(f"the solver stopped: {solved.message} Use earlier times")
        states = solved.y.T
    rows = []
    for gamma, b in zip(grid, states, strict=True):
        phi, M = phi_of(gamma, b)
        e = np.exp(rate * gamma)
        z = np.exp(-2 * phi) * (1 - x + e * x) / (m * M)  # the eigenvalues of Z
        product = np.exp(-2 * phi) * e * (x / (m * M)).sum() / teacher_rank
        square = float((z * z).sum())
        loss = (square - 2 * product + 1 / teacher_rank) / 2 + (z.sum() - 1) ** 2 / 4
        rows.append((phi, product / np.sqrt(square / teacher_rank), loss))
    return Curves(*np.array(rows).T)
