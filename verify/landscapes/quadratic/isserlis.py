"""A SymPy proof, for a fixed dimension, that the population loss is the expected squared error over Gaussian data."""

from __future__ import annotations

from typing import Any


def gaussian_expectation(polynomial: Any, variables: tuple[Any, ...]) -> Any:
    """Take the expectation of a SymPy polynomial in independent standard normal variables.

    The moments are E[x^k] = (k - 1)!! for even k and 0 for odd k.

    Examples
    --------
    >>> from sympy.abc import x, y, a
    >>> gaussian_expectation(a * x**4 + x * y + x**2 * y**2, (x, y))
    3*a + 1
    """
    import sympy

    total = sympy.Integer(0)
    for exponents, coefficient in sympy.Poly(sympy.expand(polynomial), *variables).terms():
        if all(k % 2 == 0 for k in exponents):
            total += coefficient * sympy.prod([sympy.factorial2(k - 1) for k in exponents])
    return total


def loss_identity(dimension: int, width: int) -> Any:
    """Expand 1/4 E[(x^T W W^T x - x^T Z* x)^2] - L(W), all entries being symbols; the theorem is that this is 0.

    Parameters
    ----------
    dimension, width : int
        d and m, at least 1. The number of terms grows like (d m)^4.

    Examples
    --------
    >>> loss_identity(2, 1)
    0
    """
    import sympy

    d, m = dimension, width
    W = sympy.Matrix(d, m, lambda i, j: sympy.Symbol(f"w{i}_{j}"))
    Z = sympy.Matrix(d, d, lambda i, j: sympy.Symbol(f"z{min(i, j)}_{max(i, j)}"))
    x = sympy.Matrix(sympy.symbols(f"x0:{d}"))
    delta = W * W.T - Z
    risk = gaussian_expectation(((x.T * delta * x)[0, 0]) ** 2, tuple(x)) / 4
    loss = (delta * delta.T).trace() / 2 + delta.trace() ** 2 / 4
    return sympy.expand(risk - loss)


def gradient_identity(dimension: int, width: int) -> Any:
    """Expand the entries of grad L(W) - (2 Delta + tr(Delta) I) W, all entries being symbols; they are all 0.

    Examples
    --------
    >>> gradient_identity(2, 1)
    Matrix([
    [0],
    [0]])
    """
    import sympy

    d, m = dimension, width
    W = sympy.Matrix(d, m, lambda i, j: sympy.Symbol(f"w{i}_{j}"))
    Z = sympy.Matrix(d, d, lambda i, j: sympy.Symbol(f"z{min(i, j)}_{max(i, j)}"))
    delta = W * W.T - Z
    loss = (delta * delta.T).trace() / 2 + delta.trace() ** 2 / 4
    claimed = 2 * delta * W + delta.trace() * W
    return sympy.Matrix(d, m, lambda i, j: sympy.expand(loss.diff(W[i, j]) - claimed[i, j]))
