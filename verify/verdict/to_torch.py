"""A `Network` as a PyTorch module in float64."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from verify.activations.derived import FormulaActivation
from verify.activations.formula.walk import evaluate
from verify.errors import NotAvailableError
from verify.verdict.torch_values import TorchArithmetic

if TYPE_CHECKING:
    from verify.verdict.network import Network

_FUNCTIONS = {
    "celu": "celu", "elu": "elu", "erf": "erf", "exp": "exp", "gelu": "gelu", "hardsigmoid": "hardsigmoid",
    "hardswish": "hardswish", "logsigmoid": "logsigmoid", "mish": "mish", "relu": "relu", "relu6": "relu6",
    "selu": "selu", "sigmoid": "sigmoid", "silu": "silu", "softsign": "softsign", "tanh": "tanh",
}  # fmt: skip
"""Activations that are a function of one tensor, by the same name, in torch or torch.nn.functional."""


def torch_module(network: Network) -> Any:
    """Build the module; see `Network.to_torch`."""
    try:
        import torch
    except ImportError:
        raise NotAvailableError("PyTorch is not installed; pip install torch, or use Network.evaluate") from None
    unit = _unit(network, torch)
    lifted = network.model.hidden_bias

    def matrix(rows: Sequence[Sequence[Fraction]], columns: int) -> Any:
        array = np.array([[float(w) for w in row] for row in rows], dtype=np.float64).reshape(len(rows), columns)
        return torch.nn.Parameter(torch.from_numpy(array))

    class ExactNetwork(torch.nn.Module):  # type: ignore[misc]  # torch is untyped here
        """v.h + b + a.x with h = s(W_L ... s(W_1 x)); with hidden biases the last column of each W is the bias."""

        def __init__(self) -> None:
            super().__init__()
            size, hidden = network.dimension, []
            for rows in network.hidden:
                hidden.append(matrix(rows, size + lifted))
                size = len(rows)
            self.hidden = torch.nn.ParameterList(hidden)
            self.gate = matrix(network.gate, network.dimension + lifted) if network.gate else None
            self.output = matrix([network.output], network.width)
            self.output_bias = torch.nn.Parameter(torch.tensor(float(network.output_bias), dtype=torch.float64))
            self.skip = matrix([network.skip], network.dimension) if network.skip else None

        def forward(self, x: Any) -> Any:
            """Map points of shape (n, d) to values of shape (n,)."""
            h = x
            for layer, weights in enumerate(self.hidden):
                inputs = torch.cat([h, torch.ones_like(h[:, :1])], dim=1) if lifted else h
                h = unit(inputs @ weights.T)
                if layer == 0 and self.gate is not None:
                    h = h * (inputs @ self.gate.T)
            y = (h @ self.output.T)[:, 0] + self.output_bias
            return y if self.skip is None else y + (x @ self.skip.T)[:, 0]

    module = ExactNetwork()
    points = torch.tensor([[float(c) for c in point] for point in network.points], dtype=torch.float64)
    with torch.no_grad():
        values = module(points.reshape(len(network.points), network.dimension)).tolist()
    gaps = [abs(Fraction(value) - target) for value, target in zip(values, network.targets, strict=True)]
    module.residual = float(max(gaps, default=Fraction(0)))
    return module


def _unit(network: Network, torch: Any) -> Any:
    activation = network.model.activation
    if isinstance(activation, FormulaActivation):
        tree = activation.values.stable
        return lambda z: evaluate(tree, TorchArithmetic(torch, z), z)
    functional = torch.nn.functional
    slope = dict(activation.parameters).get("slope")
    if activation.name in _FUNCTIONS:
        name = _FUNCTIONS[activation.name]
        return getattr(torch, name) if hasattr(torch, name) else getattr(functional, name)
    functions = {
        "abs": torch.abs,
        "arctan": torch.atan,
        "asinh": torch.asinh,
        "cos": torch.cos,
        "cube": lambda z: z**3,
        "expm1": torch.expm1,
        "gaussian": lambda z: torch.exp(-z * z / 2),
        "gelu_tanh": lambda z: functional.gelu(z, approximate="tanh"),
        "hardtanh": functional.hardtanh,
        "identity": lambda z: z,
        "leaky_relu": lambda z: functional.leaky_relu(z, float(slope or 0)),
        "prelu": lambda z: functional.leaky_relu(z, float(slope or 0)),
        "relu2": lambda z: torch.relu(z) ** 2,
        "relu3": lambda z: torch.relu(z) ** 3,
        "shifted_gaussian": lambda z: torch.exp(-((z - 1) ** 2) / 2),
        "shifted_relu": lambda z: torch.relu(z + 1),
        "shifted_sigmoid": lambda z: torch.sigmoid(z + 1),
        "shifted_softplus": lambda z: functional.softplus(z + 1),
        "sin": torch.sin,
        "sin_cos": lambda z: torch.sin(z) + torch.cos(z),
        "sinc": lambda z: torch.sinc(z / torch.pi),
        "snake": lambda z: z + torch.sin(z) ** 2,
        "softplus": functional.softplus,
        "softshrink": functional.softshrink,
        "sparse_plus": lambda z: torch.where(z < 1, (torch.clamp(z + 1, 0, 2) / 2) ** 2, z),
        "sparse_sigmoid": lambda z: torch.clamp(z + 1, 0, 2) / 2,
        "square": lambda z: z * z,
        "squareplus": lambda z: (z + torch.sqrt(z * z + 4)) / 2,
        "tanhshrink": functional.tanhshrink,
    }
    if activation.name not in functions:
        raise NotAvailableError(f"{activation.name} has no counterpart in PyTorch here; use Network.evaluate")
    return functions[activation.name]
