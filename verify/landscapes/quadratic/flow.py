"""Gradient flow of the weights, integrated by an adaptive method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from verify.errors import DataError, NotAvailableError
from verify.landscapes.quadratic.loss import check_shapes

Float = NDArray[np.float64]


def gradient_flow(
    W: Float,
    Z: Float,
    times: Sequence[float] | Float,
    *,
    method: Literal["DOP853", "LSODA"] = "DOP853",
    rtol: float = 1e-11,
    atol: float = 1e-13,
) -> Float:
    """Integrate dW/dt = -(2 Delta + tr(Delta) I) W, Delta = W W^T - Z*.

    Parameters
    ----------
    W : array of shape (d, m)
        W(0).
    Z : array of shape (d, d)
        The teacher Z*, symmetric.
    times : increasing sequence of n floats >= 0
    method : {"DOP853", "LSODA"}
        The solver of `scipy.integrate.solve_ivp`: an explicit Runge-Kutta method of order 8, or one for long times.
    rtol, atol : float
        Tolerances of one step.

    Returns
    -------
    array of shape (n, d, m)
        The weights at these times, in float64: not a proof of anything.

    Raises
    ------
    DataError
        For shapes that do not fit, and times that are negative, repeated, decreasing or not finite.
    NotAvailableError
        When the solver gives up.

    Notes
    -----
    O(d^2 m) operations a step; the number of steps grows with the largest eigenvalues times the last time.

    Examples
    --------
    >>> path = gradient_flow(np.array([[0.5]]), np.array([[1.0]]), [0, 1, 10])
    >>> np.round(path[:, 0, 0], 6).tolist()  # W^2 = 1 / (1 + 3 exp(-6 t)) here
    [0.5, 0.996302, 1.0]
    """
    from scipy.integrate import solve_ivp

    W, Z = np.asarray(W, dtype=float), np.asarray(Z, dtype=float)
    check_shapes(W, Z)
    grid = checked_times(times)

    def slope(_: float, flat: Float) -> Float:
        U = flat.reshape(W.shape)
        # the products of d x m matrices: W W^T itself is not needed
        change: Float = -2 * (U @ (U.T @ U) - Z @ U) - ((U * U).sum() - trace) * U
        return change.ravel()

    trace = np.trace(Z)
    if grid[-1] == 0:
        return np.broadcast_to(W, (len(grid), *W.shape)).copy()
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused below
        solved = solve_ivp(slope, (0.0, grid[-1]), W.ravel(), method=method, t_eval=grid, rtol=rtol, atol=atol)
    if not solved.success:
        raise NotAvailableError(f"the solver stopped: {solved.message} Use smaller weights or earlier times")
    if not np.isfinite(solved.y).all():
        raise NotAvailableError("the solver left the range of float64; use smaller weights or earlier times")
    return np.ascontiguousarray(solved.y.T).reshape(-1, *W.shape)


def checked_times(times: Sequence[float] | Float) -> Float:
    """Turn times into an array, refusing what are none.

    Examples
    --------
    >>> checked_times([0, -1])
    Traceback (most recent call last):
    verify.errors.DataError: the times are negative, repeated, decreasing or not finite; give increasing times from 0 on
    """
    grid = np.atleast_1d(np.asarray(times, dtype=float))
    if grid.ndim != 1 or not grid.size:
        raise DataError("no times; give at least one time >= 0")
    if not np.isfinite(grid).all() or grid[0] < 0 or (np.diff(grid) <= 0).any():
        raise DataError("the times are negative, repeated, decreasing or not finite; give increasing times from 0 on")
    return grid
