"""The least eigenvalue of an infinite-width kernel matrix: exactly 0, between two floats, or not certified."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from verify import flint_backend
from verify.data import Dataset
from verify.errors import NotAvailableError
from verify.kernels.certified import float_above, float_below, least_eigenvalue_bounds
from verify.kernels.covariances import exact_pairs
from verify.kernels.enclosed_floats import enclosed_kernel
from verify.kernels.float_points import exact_points
from verify.kernels.float_tiles import checked_model
from verify.kernels.forms import Form, closed_form
from verify.kernels.hermite import BITS_A_DEGREE, MOST_POINTS, strip_of, truncated_kernel
from verify.kernels.piecewise_linear import piecewise_linear_form

if TYPE_CHECKING:
    from verify.model import Model

_RAISED_UP_TO = 300
_SERIES_BITS = 128
_LARGEST = 2**500
_MOST_INTEGRALS = 45_000


def certified_lambda_min(
    points: Any, model: Model | str = "relu", *, threads: int | None = None, raise_precision: bool = True
) -> tuple[float, float] | None:
    """Enclose the least eigenvalue of the infinite-width kernel matrix of a model, rigorously.

    Parameters
    ----------
    points : Dataset or array-like of shape (n, d)
        Rational points, taken exactly.
    model : Model or str, default "relu"
        As for `verify.kernels.float_kernel`.
    threads : int, optional
        For the kernel matrix; BLAS has its own setting.
    raise_precision : bool, default True
        Whether ball arithmetic takes over for n <= 300 where float64 cannot tell. `least_eigenvalue_lower_bound` is the
        quicker way to a lower bound alone.

    Returns
    -------
    (lower, upper) or None
        Two floats, lower <= lambda_min <= upper.

        * ``(0.0, 0.0)``: exactly 0. The kernel has the annihilator of the model for its null space, and `verify.decide`
          found it nonzero; no float is involved.
        * ``0 < lower``: certainly positive.
        * ``lower = 0.0 < upper``: certainly positive too, with a lower bound below the least float64.
        * None: not certified. float64 is too coarse for this matrix and n is above 300, or the verdict is UNKNOWN; or
          n = 0, where there is no eigenvalue.

    Raises
    ------
    DataError, NotAvailableError
        As for `verify.kernels.float_kernel`.

    Notes
    -----
    The entries come from `verify.kernels.enclosed_floats.enclosed_kernel`, the bounds from
    `verify.kernels.certified.least_eigenvalue_bounds`; proofs are in ``docs/certified-spectra.md``, and so is the one
    assumption on the library functions of float64. Cost: two or three Cholesky factorisations of order n and 16 n^2
    bytes. For n <= 300, where float64 cannot tell, ball arithmetic takes over, with a precision that is doubled up to
    8192 bits: O(n^3) operations on numbers of that precision, up to minutes at n = 300.

    Activations without a closed form that are analytic in a strip (tanh, sigmoid, softplus, silu, mish, arctan and the
    like) have a Hermite series (`verify.kernels.hermite`), for at most 1024 points of lengths up to a few hundred;
    beyond that nothing is certified. What is cut off of it makes the upper bound less sharp. Piecewise linear
    activations with other breakpoints than 0 (shifted_relu, hardtanh, relu6) have an integral for each pair of points,
    of which at most 45,000 may be different. Cost: seconds at n = 250.

    Examples
    --------
    >>> lower, upper = certified_lambda_min([[1, 0], [-1, 0]])
    >>> 0.4999999 < lower <= 0.5 <= upper < 0.5000001
    True
    >>> certified_lambda_min([[1, 0], [2, 0]])
    (0.0, 0.0)
    >>> certified_lambda_min([[1, 0], [1, "1e-30"]])[0] > 0
    True
    """
    from verify.verdict import decide

    model = checked_model(model)
    series = strip_of(model) is not None
    exact = exact_points(points, "points")
    if not exact.shape[0]:
        return None
    data = Dataset(exact)
    nullity = decide(data, model).nullity
    if nullity:
        return (0.0, 0.0)
    hinges = None if series else piecewise_linear_form(model.activation)
    if series:
        bounds = _from_series(data, model)
    elif closed_form(model.activation) is None and hinges is not None:
        bounds = _from_integrals(data, model, hinges)
    else:
        kernel = enclosed_kernel(data, model, threads=threads)
        bounds = least_eigenvalue_bounds(kernel.matrix, error=kernel.error) if kernel is not None else None
    if bounds is None and raise_precision and nullity == 0 and data.n <= _RAISED_UP_TO:
        return _with_more_bits(data, model)
    return bounds


def _from_series(data: Dataset, model: Model) -> tuple[float, float] | None:
    """Enclose in float64 the least eigenvalue of a kernel whose series is cut off; None beyond the limits of series."""
    with flint_backend.precision(_SERIES_BITS):
        try:
            kernel = truncated_kernel(data, model, _SERIES_BITS // BITS_A_DEGREE)
        except NotAvailableError:
            return None
        bounds = _bounds_of(kernel.rows)
    return None if bounds is None else (bounds[0], float_above(Fraction(bounds[1]) + kernel.cut))


def _from_integrals(data: Dataset, model: Model, form: Form) -> tuple[float, float] | None:
    """Enclose in float64 the least eigenvalue of a piecewise linear kernel, an integral for each pair of points."""
    from verify.kernels.reference import enclosed_rows

    if data.n > MOST_POINTS or len({(x.p, x.q, x.r) for x in exact_pairs(data, model)}) > _MOST_INTEGRALS:
        return None
    with flint_backend.precision(_SERIES_BITS):
        return _bounds_of(enclosed_rows(data, model, form))


def _bounds_of(rows: list[list[Any]]) -> tuple[float, float] | None:
    """Enclose the least eigenvalue of every symmetric matrix that balls hold, in float64; None where that fails."""
    n = len(rows)
    A, errors = np.empty((n, n)), np.empty((n, n))
    known: dict[int, tuple[float, float]] = {}  # equal pairs of points share a ball
    for i, row in enumerate(rows):
        for j in range(i + 1):
            found = known.get(id(row[j])) or _midpoint_and_error(row[j])
            if found is None:
                return None
            known[id(row[j])] = found
            A[i, j], errors[i, j] = A[j, i], errors[j, i] = found
    error = float(errors.sum(axis=1).max()) * (1 + n * 2.0**-52)
    return least_eigenvalue_bounds(A, error=error)


def _midpoint_and_error(ball: Any) -> tuple[float, float] | None:
    """Round a ball to float64, with a bound of the distance of its points; None for a wide or astronomical one."""
    limits = flint_backend.bounds(ball)
    if limits is None or max(abs(x) for x in limits) >= _LARGEST:
        return None
    middle = float(sum(limits) / 2)
    return middle, max(float_above(abs(x - Fraction(middle))) for x in limits)


def _with_more_bits(data: Dataset, model: Model) -> tuple[float, float] | None:
    """Enclose in ball arithmetic; the matrix is known to be nonsingular."""
    from verify.spectra import spectrum

    series = strip_of(model) is not None
    try:
        found = spectrum(data, model, arithmetic="arb", digits=1 if series else 4).certified_lambda_min
    except NotAvailableError:
        if not series:
            raise
        return None  # beyond the limits of series
    return None if found is None or not found[0] > 0 else (float_below(found[0]), float_above(found[1]))
