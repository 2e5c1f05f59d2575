"""The activations in float64: stable, vectorised, without warnings. Nothing here ever becomes a proof."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946
_GELU_TANH = math.sqrt(2 / math.pi)


def relu(x: Array) -> Array:
    """max(x, 0)."""
    return np.maximum(x, 0.0)


def leaky_relu(x: Array, slope: float) -> Array:
    """Give x for x > 0, slope x otherwise."""
    return np.where(x > 0, x, slope * x)


def gelu(x: Array) -> Array:
    """Give x times the normal distribution function; accurate in the left tail, where 1 + erf would cancel."""
    from scipy.special import ndtr

    return np.asarray(x * ndtr(x))


def gelu_tanh(x: Array) -> Array:
    """The tanh form of gelu, through 1 + tanh(u) = 2 sigmoid(2u)."""
    return x * sigmoid(2.0 * _GELU_TANH * (x + 0.044715 * x**3))


def sigmoid(x: Array) -> Array:
    """1/(1 + exp(-x)), with exponentials of negative numbers only."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def softplus(x: Array) -> Array:
    """log(1 + exp(x))."""
    return np.logaddexp(0.0, x)


def squareplus(x: Array) -> Array:
    """(x + sqrt(x^2 + 4))/2, without the cancellation for x < 0."""
    larger = (np.abs(x) + np.hypot(x, 2.0)) / 2.0
    return np.where(x >= 0, larger, 1.0 / larger)


def sparse_plus(x: Array) -> Array:
    """Give 0 up to -1, ((x + 1)/2)^2 up to 1, and x beyond."""
    return np.where(x < 1, (np.clip(x + 1.0, 0.0, 2.0) / 2.0) ** 2, x)


def sinc(x: Array) -> Array:
    """sin(x)/x, and 1 at x = 0."""
    safe = np.where(x == 0, 1.0, x)
    return np.where(x == 0, 1.0, np.sin(safe) / safe)


def erf(x: Array) -> Array:
    """The error function."""
    from scipy import special

    return np.asarray(special.erf(x))


def elu(x: Array) -> Array:
    """Give x for x > 0, exp(x) - 1 otherwise."""
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0.0)))


def selu(x: Array) -> Array:
    """The scaled elu with the constants of its authors."""
    return SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0.0)))


def tanhshrink(x: Array) -> Array:
    """Give x - tanh(x); for abs(x) <= 1 as (x cosh x - sinh x)/cosh x by its series, which has no cancellation.

    The numerator is the sum over k >= 1 of 2k x^(2k+1)/(2k+1)!; the first term left out is below 1e-19 of the sum.
    """
    near = np.clip(x, -1.0, 1.0)
    square = near * near
    numerator = np.zeros_like(near)
    for k in range(9, 0, -1):
        numerator = numerator * square + 2 * k / math.factorial(2 * k + 1)
    return np.where(np.abs(x) <= 1, numerator * square * near / np.cosh(near), x - np.tanh(x))


FLOAT64: dict[str, Callable[..., Array]] = {
    "relu": relu,
    "leaky_relu": leaky_relu,
    "prelu": leaky_relu,
    "abs": np.abs,
    "relu2": lambda x: relu(x) ** 2,
    "relu3": lambda x: relu(x) ** 3,
    "square": lambda x: x**2,
    "cube": lambda x: x**3,
    "identity": lambda x: x.copy(),
    "gelu": gelu,
    "gelu_tanh": gelu_tanh,
    "silu": lambda x: x * sigmoid(x),
    "hardswish": lambda x: x * (np.clip(x + 3.0, 0.0, 6.0) / 6.0),
    "softplus": softplus,
    "logsigmoid": lambda x: -softplus(-x),
    "squareplus": squareplus,
    "sparse_plus": sparse_plus,
    "sparse_sigmoid": lambda x: np.clip(x + 1.0, 0.0, 2.0) / 2.0,
    "snake": lambda x: x + np.sin(x) ** 2,
    "sigmoid": sigmoid,
    "hardsigmoid": lambda x: np.clip(x + 3.0, 0.0, 6.0) / 6.0,
    "tanh": np.tanh,
    "erf": erf,
    "sin": np.sin,
    "arctan": np.arctan,
    "asinh": np.arcsinh,
    "softsign": lambda x: x / (1.0 + np.abs(x)),
    "hardtanh": lambda x: np.clip(x, -1.0, 1.0),
    "softshrink": lambda x: np.maximum(x - 0.5, 0.0) + np.minimum(x + 0.5, 0.0),
    "tanhshrink": tanhshrink,
    "cos": np.cos,
    "gaussian": lambda x: np.exp(-(x**2) / 2.0),
    "sinc": sinc,
    "mish": lambda x: x * np.tanh(softplus(x)),
    "elu": elu,
    "selu": selu,
    "celu": elu,
    "relu6": lambda x: np.clip(x, 0.0, 6.0),
    "exp": np.exp,
    "expm1": np.expm1,
    "sin_cos": lambda x: np.sin(x) + np.cos(x),
    "shifted_relu": lambda x: relu(x + 1.0),
    "shifted_softplus": lambda x: softplus(x + 1.0),
    "shifted_sigmoid": lambda x: sigmoid(x + 1.0),
    "shifted_gaussian": lambda x: np.exp(-((x - 1.0) ** 2) / 2.0),
}
"""One function for each name of the table; those with parameters take them as keyword arguments, as floats."""
