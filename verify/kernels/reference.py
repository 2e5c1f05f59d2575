"""Kernel matrices from exact Gram matrices: in mpmath, and as rigorous enclosures."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal

from verify import flint_backend
from verify.data import Dataset
from verify.errors import DataError, NotAvailableError
from verify.kernels.arguments import dataset_and_model
from verify.kernels.arithmetics import Balls, Mpmath
from verify.kernels.closed_forms import Value
from verify.kernels.covariances import Deep, exact_pairs, lost_digits
from verify.kernels.forms import Form, check_model, check_zero, closed_form, homogeneous_degree, kernel_value
from verify.kernels.hermite import BITS_A_DEGREE, SERIES_BITS, strip_of, truncated_kernel
from verify.model import Model

Weights = Literal["normal", "sphere"]
Enclosure = tuple[Fraction, Fraction]

_MOST_BITS = 8192


def mpmath_kernel(data: object, model: Model | str, *, digits: int = 50, weights: Weights = "normal") -> Any:
    """Compute the infinite-width kernel matrix of a model in closed form, in mpmath.

    The last-layer kernel K_ij = E[s(w.x_i) s(w.x_j)] for the regime "trained", the tangent kernel for "ntk" and
    "ntk_hidden"; derivations are in ``docs/kernels.md``.

    Parameters
    ----------
    data : Dataset or array-like of shape (n, d)
        n points; labels are not looked at. Irrational coordinates are exact numbers too.
    model : Model or str
        Gates, biases and a skip connection are taken into account. With a hidden bias b, (w, b) ~ N(0, I). Several
        hidden layers: the recursion of the last-layer kernel (`verify.kernels.forms.next_covariance`).
    digits : int, default 50
        The working precision in decimal digits, with 15 guard digits, and more for several hidden layers.
    weights : {"normal", "sphere"}
        w ~ N(0, I), or uniform on the unit sphere, for homogeneous activations: another constant factor.

    Returns
    -------
    mpmath.matrix of shape (n, n)

    Raises
    ------
    NotAvailableError
        Where no closed form is known.

    Examples
    --------
    >>> K = mpmath_kernel([[1, 0], [0, 1]], "relu")
    >>> print(K[0, 0], K[0, 1])
    0.5 0.159154943091895
    """
    import mpmath

    data, model = dataset_and_model(data, model)
    form = closed_form_of(model)
    context = mpmath.ctx_mp.MPContext()
    context.dps = digits + 15 + lost_digits(model, list(exact_pairs(data, model)) if model.hidden_layers > 1 else [])
    matrix = mpmath.matrix(data.n, data.n)
    for i, j, value in entries(data, model, Mpmath(context), form, weights=weights):
        matrix[i, j] = matrix[j, i] = mpmath.mp.make_mpf(value._mpf_)
    return matrix


def arb_kernel(
    data: object, model: Model | str, *, digits: int = 30, weights: Weights = "normal"
) -> list[list[Enclosure]]:
    """Enclose every entry of the kernel matrix between two rationals, rigorously.

    Parameters
    ----------
    data, model, weights :
        As in `mpmath_kernel`.
    digits : int, default 30
        The precision is doubled until high - low <= 10^-digits max K_ii for every entry.

    Returns
    -------
    list of n lists of n pairs (low, high)
        Symmetric.

    Raises
    ------
    NotAvailableError
        Where no closed form is known, or the accuracy is not reached with 8192 bits.

    Examples
    --------
    >>> low, high = arb_kernel([[1, 0], [0, 1]], "relu")[0][1]
    >>> low < high, float(low) == float(high), float(low)
    (True, True, 0.15915494309189535)
    """
    data, model = dataset_and_model(data, model)
    form = closed_form_of(model)
    bits = max(64, int(3.33 * digits) + 32)
    while bits <= _MOST_BITS:
        with flint_backend.precision(bits):
            rows = [[flint_backend.bounds(x) for x in row] for row in enclosed_rows(data, model, form, weights=weights)]
        if _narrow(rows, digits):
            return [[x for x in row if x is not None] for row in rows]
        bits *= 2
    raise NotAvailableError(f"the kernel of {model} was not enclosed to {digits} digits; ask for fewer digits")


def _narrow(rows: list[list[Enclosure | None]], digits: int) -> bool:
    sizes = [row[i] for i, row in enumerate(rows)]
    largest = max((x[1] for x in sizes if x is not None), default=Fraction(0))
    return all(x is not None and (x[1] - x[0]) * 10**digits <= largest for row in rows for x in row)


def least_eigenvalue_lower_bound(data: object, model: Model | str, *, digits: int = 50) -> Fraction | None:
    """Bound the least eigenvalue of the kernel matrix from below, rigorously; a positive rational.

    A kernel matrix is positive semidefinite. When ball arithmetic inverts its enclosure it is therefore positive
    definite, and 1/lambda_min is at most the trace of the inverse. The bound is within a factor n of lambda_min. Where
    the diagonal entries are too different in size for that (exp at large norms), the matrix is scaled to the diagonal
    1, and the bound is that of the scaled matrix times the least diagonal entry: right, but not sharp.

    Parameters
    ----------
    data, model, digits :
        As in `mpmath_kernel`; the precision is doubled until the bound is found, up to 8192 bits.

    Returns
    -------
    Fraction or None
        None where nothing is certified: the matrix is singular, or the limit is reached. For n = 0, None.

    Raises
    ------
    NotAvailableError
        Where neither a closed form is known nor a Hermite series (`verify.kernels.hermite`), which bounds below too.

    Examples
    --------
    >>> bound = least_eigenvalue_lower_bound([[1, 0], [-1, 0]], "relu")
    >>> float(bound)  # the eigenvalues are 1/2, twice
    0.25
    >>> least_eigenvalue_lower_bound([[1, 0], [2, 0]], "relu") is None
    True
    """
    from verify.verdict import decide

    data, model = dataset_and_model(data, model)
    form = None if strip_of(model) else closed_form_of(model)
    if data.n == 0 or decide(Dataset(data.coordinates), model).nullity not in (0, None):
        return None
    for scaled in (False, True):
        bits = max(64, int(3.33 * digits) + 64)
        while bits <= (SERIES_BITS if form is None else _MOST_BITS):
            bound = _inverse_bound(data, model, form, bits, scaled=scaled)
            if bound is not None:
                return bound
            bits *= 2
    return None


def _inverse_bound(data: Dataset, model: Model, form: Form | None, bits: int, *, scaled: bool) -> Fraction | None:
    least = Fraction(1)
    with flint_backend.precision(bits):
        if form is None:
            rows = truncated_kernel(data, model, bits // BITS_A_DEGREE).rows
        else:
            rows = enclosed_rows(data, model, form)
        if scaled:
            diagonal = [flint_backend.positive_lower_bound(row[i]) for i, row in enumerate(rows)]
            if None in diagonal:
                return None
            least = min(x for x in diagonal if x is not None)
            roots = [flint_backend.root_of_nonnegative(row[i]) for i, row in enumerate(rows)]
            rows = [[x / (a * b) for x, b in zip(row, roots, strict=True)] for row, a in zip(rows, roots, strict=True)]
        trace = flint_backend.trace_of_inverse(rows)
    return least / trace if trace is not None and trace > 0 else None


def closed_form_of(model: Model) -> Form:
    """Find the closed form of a model, that of a piecewise linear one up to an integral; or `NotAvailableError`."""
    check_model(model)
    form = closed_form(model.activation)
    if form is None:
        from verify.kernels.piecewise_linear import piecewise_linear_form

        form = piecewise_linear_form(model.activation)
    if form is None:
        raise NotAvailableError(
            f"no closed form of the kernel of {model.activation} is known; use verify.kernels.quadrature_kernel"
        )
    return form


def enclosed_rows(data: Dataset, model: Model, form: Form, *, weights: Weights = "normal") -> list[list[Any]]:
    """Enclose the kernel matrix in balls of the working precision."""
    rows = [[flint_backend.ball(0)] * data.n for _ in range(data.n)]
    for i, j, value in entries(data, model, Balls(), form, weights=weights):
        rows[i][j] = rows[j][i] = value
    return rows


def entries(
    data: Dataset, model: Model, a: Any, form: Form, *, weights: Weights = "normal"
) -> Iterator[tuple[int, int, Value]]:
    """Yield (i, j, K_ij) for i <= j, the diagonal first, in the arithmetic `a`."""
    sphere = _sphere(data, model, weights)
    deep = Deep(a, model, form)
    known: dict[tuple[Any, ...], Value] = {}  # with one hidden layer; symmetric data have few different pairs
    for exact in exact_pairs(data, model):
        key = (exact.p, exact.q, exact.r)
        if model.hidden_layers == 1 and key in known:
            yield exact.i, exact.j, known[key]
            continue
        if exact.i == exact.j and not exact.p:
            check_zero(model, form)
        g = deep.last(exact)
        dot = a.number(exact.r - int(model.hidden_bias)) if model.skip else None
        value = known[key] = kernel_value(a, model, form, g, dot, sphere=sphere)
        yield exact.i, exact.j, value


def _sphere(data: Dataset, model: Model, weights: Weights) -> tuple[int, ...]:
    """Give the dimension of the sphere and the degree of the activation; empty for normal weights."""
    if weights == "normal":
        return ()
    if weights != "sphere":
        raise DataError(f"weights={weights!r} is unknown; choose 'normal' or 'sphere'")
    degree = homogeneous_degree(model.activation)
    if degree is None or model.hidden_layers > 1:
        raise NotAvailableError(
            f"weights on the sphere are for one hidden layer of a homogeneous activation, not {model}; use 'normal'"
        )
    dimension = data.dimension + int(model.hidden_bias)
    if not dimension:
        raise DataError("points of dimension 0 have no unit sphere of weights; use weights='normal'")
    return dimension, degree
