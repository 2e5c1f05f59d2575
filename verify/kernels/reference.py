"""Last-layer kernel matrices for w ~ N(0, I), from exact Gram matrices: in mpmath, and as rigorous enclosures."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from verify import flint_backend
from verify.data import Dataset
from verify.errors import NotAvailableError
from verify.kernels.closed_forms import CLOSED_FORMS, Arithmetic, Pair, Value, leaky_relu
from verify.model import Model

_MOST_BITS = 8192


class _Mpmath:
    def __init__(self, context: Any) -> None:
        self.mp = context

    def number(self, value: Fraction) -> Value:
        return self.mp.mpf(value.numerator) / value.denominator

    def pi(self) -> Value:
        return +self.mp.pi

    def sqrt(self, value: Value) -> Value:
        return self.mp.sqrt(value)

    def exp(self, value: Value) -> Value:
        return self.mp.exp(value)

    def angle(self, y: Value, x: Value) -> Value:
        return self.mp.atan2(y, x)


class _Balls:
    def number(self, value: Fraction) -> Value:
        return flint_backend.ball(value)

    def pi(self) -> Value:
        return type(flint_backend.ball(0)).pi()

    def sqrt(self, value: Value) -> Value:
        return value.sqrt()

    def exp(self, value: Value) -> Value:
        return value.exp()

    def angle(self, y: Value, x: Value) -> Value:
        return type(y).atan2(y, x)


def mpmath_kernel(data: Dataset, model: Model, *, digits: int = 50) -> Any:
    """Compute the last-layer kernel matrix K_ij = E[s(w.x_i) s(w.x_j)], w ~ N(0, I), in mpmath.

    Parameters
    ----------
    data : Dataset
        n points with rational coordinates; labels are not looked at.
    model : Model
        One hidden layer, trained; gates, biases and a skip connection are taken into account. With a hidden bias b,
        (w, b) ~ N(0, I).
    digits : int, default 50
        The working precision in decimal digits, with 15 guard digits.

    Returns
    -------
    mpmath.matrix of shape (n, n)

    Raises
    ------
    NotAvailableError
        Where no closed form is known.

    Examples
    --------
    >>> import verify
    >>> K = mpmath_kernel(verify.Dataset([[1, 0], [0, 1]]), verify.Model("relu"))
    >>> print(K[0, 0], K[0, 1])
    0.5 0.159154943091895
    """
    import mpmath

    context = mpmath.ctx_mp.MPContext()
    context.dps = digits + 15
    matrix = mpmath.matrix(data.n, data.n)
    for i, j, value in _entries(data, model, _Mpmath(context)):
        matrix[i, j] = matrix[j, i] = mpmath.mp.make_mpf(value._mpf_)
    return matrix


def least_eigenvalue_lower_bound(data: Dataset, model: Model, *, digits: int = 50) -> Fraction | None:
    """Bound the least eigenvalue of the last-layer kernel from below, rigorously; a positive rational.

    A kernel matrix is positive semidefinite. When ball arithmetic inverts its enclosure it is therefore positive
    definite, and 1/lambda_min is at most the trace of the inverse. The bound is within a factor n of lambda_min.

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
        Where no closed form is known.

    Examples
    --------
    >>> import verify
    >>> bound = least_eigenvalue_lower_bound(verify.Dataset([[1, 0], [-1, 0]]), verify.Model("relu"))
    >>> float(bound)  # the eigenvalues are 1/2, twice
    0.25
    >>> least_eigenvalue_lower_bound(verify.Dataset([[1, 0], [2, 0]]), verify.Model("relu")) is None
    True
    """
    from verify.verdict import decide

    kernel = _formula(model)
    if data.n == 0 or decide(Dataset(data.coordinates), model).nullity != 0:
        return None
    bits = max(64, int(3.33 * digits) + 64)
    while bits <= _MOST_BITS:
        with flint_backend.precision(bits):
            rows = [[flint_backend.ball(0)] * data.n for _ in range(data.n)]
            for i, j, value in _entries(data, model, _Balls(), kernel=kernel):
                rows[i][j] = rows[j][i] = value
            bound = flint_backend.trace_of_inverse(rows)
        if bound is not None and bound > 0:
            return 1 / bound
        bits *= 2
    return None


def kernel_balls(data: Dataset, model: Model) -> list[list[Value]]:
    """Enclose the last-layer kernel matrix at the working precision of balls; inside `flint_backend.precision`."""
    rows = [[flint_backend.ball(0)] * data.n for _ in range(data.n)]
    for i, j, value in _entries(data, model, _Balls()):
        rows[i][j] = rows[j][i] = value
    return rows


Kernel = Callable[[Arithmetic, Pair], Value]


def _formula(model: Model) -> Kernel:
    if model.hidden_layers > 1 or model.regime != "trained":
        raise NotAvailableError(f"the kernel of {model} is not computed; use one hidden layer and regime='trained'")
    activation = model.activation
    if activation.name in ("leaky_relu", "prelu"):
        return leaky_relu(activation.parameters["slope"])
    if activation.name not in CLOSED_FORMS:
        raise NotAvailableError(f"no closed form of the kernel of {activation} is known; use {', '.join(CLOSED_FORMS)}")
    return CLOSED_FORMS[activation.name]


def _entries(data: Dataset, model: Model, a: Arithmetic, *, kernel: Kernel | None = None) -> Any:
    """Yield (i, j, K_ij) for i <= j."""
    formula = kernel or _formula(model)
    if data.field is not None:
        raise NotAvailableError(f"the kernel is computed for rational points; these are in {data.field}")
    points = [[Fraction(x) for x in point] for point in data.coordinates.fractions()]  # type: ignore[union-attr]  # rational
    one = Fraction(int(model.hidden_bias))
    gram = [[sum((x * y for x, y in zip(u, v, strict=True)), one) for v in points] for u in points]
    for i in range(data.n):
        for j in range(i, data.n):
            p, q, r = gram[i][i], gram[j][j], gram[i][j]
            pair = Pair(*(a.number(x) for x in (p, q, r, p * q - r * r)))
            value = formula(a, pair)
            value = value * pair.r if model.gated else value
            value = value + 1 if model.output_bias else value
            yield i, j, value + a.number(r - one) if model.skip else value
