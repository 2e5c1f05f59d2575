"""From points and a model to a spectrum: the matrix, its eigenvalues, and the exact nullity beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple, get_args

import numpy as np

from verify import flint_backend
from verify.data import Dataset
from verify.errors import DataError, DisagreementError, NotAvailableError
from verify.kernels.forms import Form, check_model, closed_form
from verify.kernels.hermite import BITS_A_DEGREE, SERIES_BITS, strip_of, truncated_kernel
from verify.kernels.piecewise_linear import piecewise_linear_form
from verify.kernels.reference import enclosed_rows, least_eigenvalue_lower_bound, mpmath_kernel
from verify.model import Model
from verify.spectra.report import Arithmetic, Method, Spectrum, State, binary_fractions
from verify.verdict import decide

_MOST_BITS = 8192
_SMALL = 40  # points whose eigenvalues are enclosed although float64 or mpmath was asked for
_DIGITS = {"float64": 15, "mpmath": 50, "arb": 30}
_QUADRATURE_DIGITS = 15  # in mpmath, where an integral takes seconds
_SERIES_DIGITS = 3
_UNIT = Fraction(1, 2**53)
_EXPONENTIALS = frozenset({"sin", "cos", "sin_cos", "exp", "expm1"})


class _Question(NamedTuple):
    data: Dataset
    model: Model
    arithmetic: Arithmetic
    digits: int
    nullity: int | None
    reason: str
    method: Method


def spectrum(
    data: Dataset | Sequence[Sequence[Any]],
    model: Model | str,
    *,
    arithmetic: Arithmetic = "float64",
    digits: int | None = None,
) -> Spectrum:
    """Compute the eigenvalues of the infinite-width kernel matrix, and say what is known of each.

    The kernel matrix K_ij = E[s(w.x_i) s(w.x_j)] (the tangent kernel for the regimes "ntk" and "ntk_hidden") has the
    annihilator of the model for its null space, so that the exact number of its zero eigenvalues is known without
    any arithmetic on K; `verify.decide` computes it.

    Parameters
    ----------
    data : Dataset, or points as `Dataset` takes them
        n points; labels are not looked at.
    model : Model or str
    arithmetic : {"float64", "mpmath", "arb"}
        ``"float64"``: NumPy, for thousands of points. ``"mpmath"``: any number of digits, not rigorous, for a hundred.
        ``"arb"``: ball arithmetic, every eigenvalue between two rationals for certain; the precision is doubled until
        every eigenvalue that is not 0 is enclosed away from 0, to the relative accuracy of `digits`. For a hundred.
    digits : int, optional
        For mpmath (default 50; 15 where the kernel has no closed form, and then seconds for each entry) and arb
        (default 30; 3 for a Hermite series, where more may not be reached: the enclosures say what was).

    Returns
    -------
    Spectrum

    Raises
    ------
    DataError
        For points that are none, or a kernel beyond the range of float64.
    NotAvailableError
        For a model whose kernel is not known; in arb for one without a closed form or a Hermite series.
    DisagreementError
        When an enclosure contradicts the theorem: a bug.

    Notes
    -----
    Cost: n^2 entries and about n^3 operations on eigenvalues. The enclosures are proved in `verify.flint_eigenvalues`.

    Examples
    --------
    >>> hexagon = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]]
    >>> found = spectrum(hexagon, "relu", arithmetic="arb")
    >>> found.exact_nullity, [round(float(x), 4) for x in found.eigenvalues]
    (1, [1.718, 1.5, 0.5, 0.1817, 0.1003, 0.0])
    >>> found.states[-2].value, found.states[-1].value, found.condition is None
    ('certainly positive', 'exactly zero', True)
    """
    if arithmetic not in get_args(Arithmetic):
        raise DataError(f"arithmetic={arithmetic!r} is unknown; choose one of {', '.join(get_args(Arithmetic))}")
    if digits is not None and (isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= 1000):
        raise DataError(f"digits={digits!r} is not a whole number from 1 to 1000")
    if digits is not None and arithmetic == "float64":
        raise DataError(f"digits={digits} with arithmetic='float64', which has 15; use arithmetic='mpmath' or 'arb'")
    points = (
        Dataset(data.coordinates, names=data.names, notes=data.notes) if isinstance(data, Dataset) else Dataset(data)
    )
    model = Model.parse(model) if isinstance(model, str) else model
    check_model(model)
    verdict = decide(points, model)
    form = closed_form(model.activation)
    method: Method = "quadrature" if form is None else "closed form"
    form = form or piecewise_linear_form(model.activation)
    usual = _DIGITS[arithmetic]
    if form is None and arithmetic != "float64":
        usual = _QUADRATURE_DIGITS if arithmetic == "mpmath" else _SERIES_DIGITS
    why = _why(verdict.nullity, verdict.reason)
    question = _Question(points, model, arithmetic, digits or usual, verdict.nullity, why, method)
    if arithmetic == "arb":
        if form is None:
            if strip_of(model) is None:
                raise NotAvailableError(
                    f"the kernel of {model} has neither a closed form nor a series to enclose; use "
                    "arithmetic='float64' or 'mpmath'"
                )
            question = question._replace(method="Hermite series")
        return _enclosed(question, form)
    return _computed(question, form)


def _why(nullity: int | None, reason: str) -> str:
    if nullity is None:
        return f"the exact nullity is unknown: {reason}"
    return "the kernel matrix is nonsingular, by the theorem" if nullity == 0 else f"exactly singular: {reason}"


def _enclosed(q: _Question, form: Form | None) -> Spectrum:
    """Double the precision until every eigenvalue that is not 0 is known well enough, or the limit is reached."""
    found: list[tuple[Fraction, Fraction, Fraction]] | None = None
    bits = max(64, int(3.33 * q.digits) + 64)
    most = _MOST_BITS if form is not None else SERIES_BITS
    while bits <= most:
        try:
            found = _eigenvalues(q, form, bits) or found
        except NotAvailableError:  # a series that would have too many nodes
            if found is None:
                raise
            break
        if found is not None and _settled(found, q):
            break
        bits *= 2
    if found is None and q.data.n:
        raise NotAvailableError(f"the spectrum of {q.model} was not enclosed with {most} bits; scale the data")
    found = found or []
    positive = len(found) - (q.nullity or 0)
    _check(found[positive:], q)
    zeros = [(Fraction(0), Fraction(0))] * (len(found) - positive)
    floor = Fraction(0)  # K has no negative eigenvalues
    if q.nullity == 0 and found and found[-1][0] <= 0:
        floor = least_eigenvalue_lower_bound(q.data, q.model) or floor
    enclosures = [*((max(low, floor), high) for low, _, high in found[:positive]), *zeros]
    states = [State.CERTAINLY_POSITIVE if low > 0 else State.UNRESOLVED for low, _ in enclosures[:positive]]
    return Spectrum(
        **_common(q),
        eigenvalues=(*(max(middle, floor) for _, middle, _ in found[:positive]), *(Fraction(0) for _ in zeros)),
        states=(*states, *(State.EXACTLY_ZERO for _ in zeros)),
        enclosures=tuple(enclosures),
        error=max(((high - low) / 2 for low, high in enclosures), default=Fraction(0)),
        certified_lambda_min=enclosures[-1] if enclosures else None,
    )


def _eigenvalues(q: _Question, form: Form | None, bits: int) -> list[tuple[Fraction, Fraction, Fraction]] | None:
    from verify.flint_eigenvalues import enclosed_eigenvalues

    with flint_backend.precision(bits):
        if form is not None:
            return enclosed_eigenvalues(enclosed_rows(q.data, q.model, form))
        kernel = truncated_kernel(q.data, q.model, bits // BITS_A_DEGREE)
        found = enclosed_eigenvalues(kernel.rows)
    return None if found is None else [(low, middle, high + kernel.cut) for low, middle, high in found]


def _settled(found: list[tuple[Fraction, Fraction, Fraction]], q: _Question) -> bool:
    if q.nullity is None:
        width = max((high - low for low, _, high in found), default=Fraction(0))
        return not found or width * 10**q.digits <= found[0][1]
    return all(low > 0 and (high - low) * 10**q.digits <= low for low, _, high in found[: len(found) - q.nullity])


def _check(null: list[tuple[Fraction, Fraction, Fraction]], q: _Question) -> None:
    """Compare the eigenvalues that the theorem says are 0 with their enclosures."""
    for low, _, high in null:
        if not low <= 0 <= high:
            report: dict[str, object] = {"model": str(q.model), "points": [[str(x) for x in p] for p in q.data.points]}
            raise DisagreementError(
                f"the theorem says that {q.nullity} eigenvalues are 0, but one is enclosed away from 0: a bug; please "
                "report it with the data",
                report,
            )


def _computed(q: _Question, form: Form | None) -> Spectrum:
    values, entry_error = _float64(q, form) if q.arithmetic == "float64" else _mpmath(q, form)
    n = len(values)
    unit = _UNIT if q.arithmetic == "float64" else Fraction(1, 10**q.digits)
    error = (abs(values[0]) * unit + entry_error) * n if n else Fraction(0)
    positive = n - (q.nullity or 0)
    known = form is not None or strip_of(q.model) is not None
    small = _small(q, form) if known and 0 < n <= _SMALL else None
    certified = _certified(q, form) if small is None else small.certified_lambda_min
    sure = certified is not None and certified[0] > 0
    states = [
        State.CERTAINLY_POSITIVE if sure else State.NOT_ENCLOSED if x > error else State.UNRESOLVED
        for x in values[:positive]
    ]
    if small is not None:
        states = list(small.states[:positive])
    return Spectrum(
        **_common(q),
        eigenvalues=(*values[:positive], *(Fraction(0) for _ in range(n - positive))),
        states=(*states, *(State.EXACTLY_ZERO for _ in range(n - positive))),
        enclosures=None,
        error=error,
        certified_lambda_min=certified,
    )


def _small(q: _Question, form: Form | None) -> Spectrum | None:
    """Enclose the eigenvalues of a few points; None beyond the limits of a Hermite series."""
    try:
        return _enclosed(q._replace(digits=4 if form is not None else 1), form)
    except NotAvailableError:
        if form is not None:
            raise
        return None


def _common(q: _Question) -> dict[str, Any]:
    return {
        "data": q.data,
        "model": q.model,
        "arithmetic": q.arithmetic,
        "method": q.method,
        "digits": q.digits,
        "exact_nullity": q.nullity,
        "reason": q.reason,
    }


def _float64(q: _Question, form: Form | None) -> tuple[list[Fraction], Fraction]:
    """Compute eigenvalues in float64; with the error of an entry, beyond rounding."""
    if not q.data.n:
        return [], Fraction(0)
    entry_error = 0.0
    if form is None or q.method == "quadrature":
        from verify.kernels.quadrature import quadrature_kernel

        made = quadrature_kernel(q.data, q.model)
        K, entry_error = made.matrix, made.error
    else:
        K, entry_error = _float_matrix(q)
    scale = float(np.abs(K).max())
    if not math.isfinite(scale):
        i, j = np.argwhere(~np.isfinite(K))[0]
        raise DataError(
            f"the kernel of points {i} and {j} is beyond the range of float64; scale the data or use mpmath"
        )
    values = np.linalg.eigvalsh(K / scale)[::-1] if scale else np.zeros(len(K))
    return [Fraction(float(x)) * Fraction(scale) for x in values], Fraction(entry_error)


def _float_matrix(q: _Question) -> tuple[Any, float]:
    """Evaluate the closed form: in NumPy where it knows the model, else in mpmath, rounded; and the error of an entry.

    An exponential of squared lengths has their absolute error for its relative error: that of exp(-|x - y|^2/2) is
    about u |x|^2, far more than rounding for points that are close to each other and far from 0. With several hidden
    layers errors grow from layer to layer, and their bound is taken.
    """
    from verify.kernels.enclosed_floats import enclosed_kernel
    from verify.kernels.float_points import exact_points, nearest_floats, squared_lengths
    from verify.kernels.floating import float_kernel

    try:
        if q.model.hidden_layers > 1 and (kernel := enclosed_kernel(q.data, q.model)) is not None:
            return kernel.matrix, kernel.error / q.data.n
        K = float_kernel(q.data, q.model)
        if q.model.activation.name not in _EXPONENTIALS:
            return K, 0.0
        largest = squared_lengths(nearest_floats(exact_points(q.data, "data"))).max() + q.model.hidden_bias
        return K, float(_UNIT) * float(largest) * float(np.abs(K).max())
    except NotAvailableError:
        K = np.empty((q.data.n, q.data.n))
        exact = mpmath_kernel(q.data, q.model, digits=17)
        for i in range(q.data.n):
            for j in range(q.data.n):
                K[i, j] = _rounded(exact[i, j])
        return K, 0.0


def _rounded(x: Any) -> float:
    try:
        return float(x)
    except OverflowError:
        return math.inf


def _mpmath(q: _Question, form: Form | None) -> tuple[list[Fraction], Fraction]:
    from mpmath.ctx_mp import MPContext

    if not q.data.n:
        return [], Fraction(0)
    entry_error = 0.0
    if form is None:
        from verify.kernels.quadrature import quadrature_kernel

        made = quadrature_kernel(q.data, q.model, digits=q.digits)
        K, entry_error = made.matrix, made.error
    else:
        K = mpmath_kernel(q.data, q.model, digits=q.digits)
    context = MPContext()
    context.dps = q.digits + 15
    values = context.eigsy(context.matrix(K.tolist()), eigvals_only=True)
    return sorted(binary_fractions(values), reverse=True), Fraction(entry_error)


def _certified(q: _Question, form: Form | None) -> tuple[Fraction, Fraction] | None:
    """Bound the least eigenvalue for certain: by the theorem, or from a float64 matrix with a bound of its error."""
    if not q.data.n:
        return None
    if q.nullity:
        return Fraction(0), Fraction(0)
    if form is None and strip_of(q.model) is None:
        return None
    from verify.kernels.least_eigenvalue import certified_lambda_min

    try:
        found = certified_lambda_min(q.data, q.model)
    except (NotAvailableError, DataError):  # the float64 route does not take this model, or not these points
        return None
    return None if found is None else (Fraction(found[0]), Fraction(found[1]))
