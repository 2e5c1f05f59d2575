"""Reading a PyTorch module as a `Model`. PyTorch is imported by nobody but the caller: modules are told by their class.

Only the architecture is read: widths and weights are free in a model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from verify.activations import Activation, activation
from verify.activations.parametrised import not_elementwise
from verify.errors import ModelError
from verify.model.model import Model

_PLAIN = {
    "Hardsigmoid": "hardsigmoid",
    "Hardswish": "hardswish",
    "Identity": "identity",
    "LogSigmoid": "logsigmoid",
    "Mish": "mish",
    "ReLU": "relu",
    "ReLU6": "relu6",
    "SELU": "selu",
    "SiLU": "silu",
    "Sigmoid": "sigmoid",
    "Softsign": "softsign",
    "Tanh": "tanh",
    "Tanhshrink": "tanhshrink",
}
_WITH_PARAMETERS = {  # PyTorch's name, ours, and the attributes that are our parameters, under our names
    "CELU": ("celu", {"alpha": "alpha"}),
    "ELU": ("elu", {"alpha": "alpha"}),
    "Hardshrink": ("hardshrink", {"lambd": "lambd"}),
    "Hardtanh": ("hardtanh", {"min_val": "min_val", "max_val": "max_val"}),
    "LeakyReLU": ("leaky_relu", {"negative_slope": "slope"}),
    "RReLU": ("rrelu", {"lower": "lower", "upper": "upper"}),  # as it is outside training
    "Softplus": ("softplus", {"beta": "beta"}),  # the function, not its cut-off at `threshold`
    "Softshrink": ("softshrink", {"lambd": "lambd"}),
    "Threshold": ("threshold", {"threshold": "threshold", "value": "value"}),
}


def model_from_torch(module: Any) -> Model:
    """Read an ``nn.Sequential`` of linear layers and activations; see `Model.from_torch`."""
    layers = list(_flatten(module))
    kinds = [type(layer).__name__ for layer in layers]
    if len(layers) < 3 or len(layers) % 2 == 0 or any(kind != "Linear" for kind in kinds[::2]):
        raise ModelError(
            f"the layers {', '.join(kinds) or '(none)'} are not Linear, activation, Linear, ..., Linear; "
            "give an nn.Sequential of these, without dropout, normalisation or reshaping"
        )
    linear, units = layers[::2], layers[1::2]
    found = [_unit(unit) for unit in units]
    if any(other != found[0] for other in found):
        raise ModelError(f"the hidden layers have different activations ({', '.join(kinds[1::2])}); use one for all")
    biases = {layer.bias is not None for layer in linear[:-1]}
    if len(biases) > 1:
        raise ModelError("some hidden layers have a bias and some have none; a Model has it in all of them or in none")
    unit, gated = found[0]
    return Model(
        unit,
        hidden_layers=len(units),
        hidden_bias=biases.pop(),
        output_bias=linear[-1].bias is not None,
        gated=gated,
    )


def _flatten(module: Any) -> Iterator[Any]:
    if type(module).__name__ != "Sequential":
        raise ModelError(f"a {type(module).__name__} cannot be read; give an nn.Sequential of Linear and activations")
    for layer in module:
        if type(layer).__name__ == "Sequential":
            yield from _flatten(layer)
        else:
            yield layer


def _unit(layer: Any) -> tuple[Activation, bool]:
    """Return the activation of a layer, and whether it is a gate."""
    kind = type(layer).__name__
    if kind in _PLAIN:
        return activation(_PLAIN[kind]), False
    if kind in _WITH_PARAMETERS:
        name, attributes = _WITH_PARAMETERS[kind]
        values = {ours: _decimal(kind, theirs, getattr(layer, theirs)) for theirs, ours in attributes.items()}
        return activation(name, **values), False
    if kind == "PReLU" and layer.num_parameters != 1:
        raise ModelError(f"PReLU(num_parameters={layer.num_parameters}) is not supported; use num_parameters=1")
    special: dict[str, Callable[[], tuple[Activation, bool]]] = {
        "GELU": lambda: (activation("gelu_tanh" if layer.approximate == "tanh" else "gelu"), False),
        "GLU": lambda: (_gate(layer), True),
        "PReLU": lambda: (activation("prelu"), False),  # a trained slope: all but 1 and -1 have the same span
    }
    if kind in special:
        return special[kind]()
    if reason := not_elementwise(kind):
        raise ModelError(reason)
    known = ", ".join(sorted({*_PLAIN, *_WITH_PARAMETERS, *special}))
    raise ModelError(f"the layer {kind} is not a known activation; known are {known}")


def _decimal(kind: str, name: str, value: float) -> Fraction:
    """Read the decimal that the float was written as: 0.01 is one hundredth."""
    try:
        return Fraction(str(float(value)))
    except (TypeError, ValueError):
        raise ModelError(f"{kind}({name}={value}) is not a finite number; give one") from None


def _gate(layer: Any) -> Activation:
    if layer.dim not in (-1, 1):
        raise ModelError(f"GLU(dim={layer.dim}) does not split the features; use dim=-1")
    return activation("sigmoid")
