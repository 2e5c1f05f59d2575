"""Which named activations are analytic on the whole real line, with the reason: then random units never fail."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from verify.activations import Activation

_LOGISTIC = "1 + exp(-z) > 0 for real z, so 1/(1 + exp(-z)) is a quotient of analytic functions"
_SOFTPLUS = "the logarithm is analytic on the positive numbers, and 1 + exp(z) > 0"

ANALYTIC: Mapping[str, str] = MappingProxyType(
    {
        "square": "a polynomial",
        "cube": "a polynomial",
        "identity": "a polynomial",
        "gelu": "erf is entire, as the integral of an entire function",
        "gelu_tanh": "tanh = sinh/cosh with cosh >= 1 on the real line, composed with a polynomial",
        "silu": _LOGISTIC,
        "snake": "a polynomial in z and sin z",
        "softplus": _SOFTPLUS,
        "logsigmoid": _SOFTPLUS,
        "squareplus": "the square root is analytic on the positive numbers, and z^2 + 4 >= 4",
        "sigmoid": _LOGISTIC,
        "tanh": "tanh = sinh/cosh, and cosh >= 1 on the real line",
        "erf": "the integral of an entire function",
        "sin": "entire",
        "arctan": "the integral of 1/(1 + z^2), and 1 + z^2 >= 1",
        "asinh": "the integral of (1 + z^2)^(-1/2), and 1 + z^2 >= 1",
        "tanhshrink": "tanh = sinh/cosh, and cosh >= 1 on the real line",
        "cos": "entire",
        "gaussian": "entire",
        "sinc": "the power series of sin z divided by z converges everywhere",
        "mish": _SOFTPLUS + "; tanh is analytic",
        "exp": "entire",
        "expm1": "entire",
        "sin_cos": "entire",
        "shifted_softplus": _SOFTPLUS,
        "shifted_sigmoid": _LOGISTIC,
        "shifted_gaussian": "entire",
    }
)
"""Names of the table that are analytic on the real line, and why."""

NOT_ANALYTIC: Mapping[str, str] = MappingProxyType(
    {
        "relu": "s' jumps at 0",
        "leaky_relu": "s' jumps at 0 unless the slope is 1",
        "prelu": "s' jumps at 0 unless the slope is 1",
        "abs": "s' jumps at 0",
        "relu2": "s'' jumps at 0",
        "relu3": "s''' jumps at 0",
        "hardswish": "s' jumps at -3 and 3",
        "sparse_plus": "s'' jumps at -1 and 1",
        "hardsigmoid": "s' jumps at -3 and 3",
        "sparse_sigmoid": "s' jumps at -1 and 1",
        "softsign": "s''(0+) = -2 and s''(0-) = 2",
        "hardtanh": "s' jumps at -1 and 1",
        "softshrink": "s' jumps at -1/2 and 1/2",
        "elu": "s'' jumps from 1 to 0 at 0",
        "selu": "s' jumps at 0",
        "celu": "s'' jumps from 1 to 0 at 0",
        "relu6": "s' jumps at 0 and 6",
        "shifted_relu": "s' jumps at -1",
    }
)
"""The other names of the table, and a derivative of theirs that jumps."""


def analyticity(activation: Activation) -> tuple[bool | None, str]:
    """Say whether an activation is analytic on the real line, and why; None where this is not known.

    Examples
    --------
    >>> from verify.activations import activation
    >>> analyticity(activation("relu"))
    (False, "s' jumps at 0")
    >>> analyticity(activation("exp"))
    (True, 'entire')
    """
    name = activation.name
    if name in ("leaky_relu", "prelu") and activation.parameters.get("slope") == 1:
        return True, "with slope 1 it is the identity"
    if name in ANALYTIC:
        return True, ANALYTIC[name]
    if name in NOT_ANALYTIC:
        return False, NOT_ANALYTIC[name]
    return None, f"it is not recorded whether {activation} is analytic on the real line"
