"""The exact solution of the gradient flow, up to one scalar function of time.

Theorem (chapter of the documentation, section 6). Let phi(t) be the integral of tr(Z - Z*) from 0 to t, Z = W W^T. Then

    Z(t) = exp(-2 phi) exp(2 t Z*) W_0 M(t)^-1 W_0^T exp(2 t Z*),
    M(t) = I_m + 4 int_0^t exp(-2 phi(s)) W_0^T exp(4 s Z*) W_0 ds,    phi(t) = 1/4 log det M(t) - t tr Z*.

In an eigenbasis of Z* the integral is known from the scalars b_i(t) = int_0^t exp(-2 phi(s) - 4 (t - s) s_i) ds, one
for each distinct eigenvalue s_i, and b_i' = exp(-2 phi) - 4 s_i b_i. That is what is integrated here. With the QR
factorisation [I; 2 diag(exp(2 t s_i) sqrt(b_i)) W_0] = [Q_1; Q_2] R, sorted by rows and pivoted so that it is accurate
row by row, log det M = 2 sum log |r_kk| and Z(t) = exp(-2 phi)/4 diag(b)^-1/2 Q_2 Q_2^T diag(b)^-1/2: nothing cancels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from verify.errors import DataError, NotAvailableError
from verify.landscapes.quadratic.flow import checked_times
from verify.landscapes.quadratic.loss import check_shapes

Float = NDArray[np.float64]

_LARGEST = 600.0  # of 2 t s_1: exp(2 t s_1) must be a float


class ExactSolution(NamedTuple):
    """The solution at n times: phi of shape (n,), Z of shape (n, d, d)."""

    phi: Float
    Z: Float


def exact_solution(
    W: Float, Z: Float, times: Sequence[float] | Float, *, rtol: float = 1e-12, atol: float = 1e-14
) -> ExactSolution:
    """Evaluate the closed form of the gradient flow, in float64.

    Parameters
    ----------
    W : array of shape (d, m)
        W(0).
    Z : array of shape (d, d)
        The teacher Z*, symmetric positive semidefinite.
    times : increasing sequence of n floats >= 0
        Up to 300 divided by the largest eigenvalue of the teacher.
    rtol, atol : float
        Tolerances of the integration of the scalars.

    Returns
    -------
    ExactSolution

    Raises
    ------
    DataError
        For shapes that do not fit, a teacher with a clearly negative eigenvalue, times that are negative, decreasing,
        not finite or too late.
    NotAvailableError
        When the solver gives up.

    Notes
    -----
    O((d + m) m^2) operations a step.

    Examples
    --------
    >>> solution = exact_solution(np.array([[0.5]]), np.array([[1.0]]), [0, 1])
    >>> abs(solution.Z[1, 0, 0] - 1 / (1 + 3 * np.exp(-6))) < 1e-10
    np.True_
    """
    from scipy.integrate import solve_ivp

    W, Z = np.asarray(W, dtype=float), np.asarray(Z, dtype=float)
    check_shapes(W, Z)
    grid = checked_times(times)
    values, basis = np.linalg.eigh(Z)
    if values[0] < -1e-10 * max(values[-1], 1.0):
        raise DataError(f"the teacher has the eigenvalue {values[0]:.6g}; a teacher is positive semidefinite")
    values = np.maximum(values, 0.0)
    if 2 * grid[-1] * values[-1] > _LARGEST:
        latest = _LARGEST / 2 / values[-1]
        raise DataError(f"time {grid[-1]:g} is too late for the closed form in float64; give times up to {latest:.6g}")
    W0 = basis.T @ W
    s, group = np.unique(values, return_inverse=True)

    def slope(t: float, b: Float) -> Float:
        change: Float = np.exp(-2 * _factor(t, b[group], values, W0)[0]) - 4 * s * b
        return change

    if grid[-1] == 0:
        states = np.zeros((len(grid), len(s)))
    else:
        solved = solve_ivp(slope, (0.0, grid[-1]), np.zeros(len(s)), method="LSODA", t_eval=grid, rtol=rtol, atol=atol)
        if not solved.success:
            raise NotAvailableError(f"the solver stopped: {solved.message} Use smaller weights or earlier times")
        states = solved.y.T
    phis, products = [], []
    for t, b in zip(grid, states, strict=True):
        if t == 0:
            phi, root = 0.0, W0
        else:
            phi, Q = _factor(t, b[group], values, W0)
            root = np.exp(-phi) / 2 * Q / np.sqrt(b[group])[:, None]
        phis.append(phi)
        rotated = basis @ root
        products.append(rotated @ rotated.T)
    return ExactSolution(np.array(phis), np.array(products))


def _factor(t: float, b: Float, values: Float, W0: Float) -> tuple[float, Float]:
    """Return phi(t) and the lower block Q_2."""
    from scipy.linalg import qr

    m = W0.shape[1]
    stacked = np.vstack([np.eye(m), 2 * (np.exp(2 * t * values) * np.sqrt(np.maximum(b, 0.0)))[:, None] * W0])
    order = np.argsort(-abs(stacked).max(axis=1), kind="stable")
    Q, R, _ = qr(stacked[order], mode="economic", pivoting=True)
    unsorted = np.empty_like(Q)
    unsorted[order] = Q
    return float(np.log(abs(np.diagonal(R))).sum()) / 2 - t * float(values.sum()), unsorted[m:]
