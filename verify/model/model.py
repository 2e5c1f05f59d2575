"""Models: an activation and an architecture, of any width."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any, Literal, get_args

from verify.activations import Activation, parameter_names
from verify.activations.derived import from_text
from verify.activations.lookup import look_up
from verify.errors import ModelError

Regime = Literal["trained", "ntk", "ntk_hidden"]

_SHORTHAND = {"swiglu": "silu", "geglu": "gelu", "reglu": "relu", "glu": "sigmoid"}
_MODIFIERS = ("layers=", "hidden_bias", "output_bias", "bias", "skip", "gated", "ntk", "ntk_hidden")
_MODIFIER = re.compile(r"layers=.*|hidden_bias|output_bias|bias|skip|gated|ntk|ntk_hidden", re.ASCII)
_BASE = re.compile(r"(?P<name>\w+)(?:\((?P<arguments>[^()]*)\))?", re.ASCII)


@dataclass(frozen=True, init=False)
class Model:
    """The functions of all networks of one architecture, over every width and every choice of weights.

    With one hidden layer of units s(w.x) these are f(x) = sum_j v_j s(w_j.x).

    Parameters
    ----------
    activation : str or Activation
        A name (``"relu"``), a name with parameters (``"hardtanh(-1, 2)"``), a formula in x
        (``"x*tanh(log(1+exp(x)))"``), or an `Activation`.
    hidden_layers : int, default 1
    hidden_bias : bool, default False
        Units s(w.x + b) in every hidden layer.
    output_bias : bool, default False
        f + b.
    skip : bool, default False
        A linear skip connection, f + a.x.
    gated : bool, default False
        Units s(w.x)(u.x), as in GLU, SwiGLU and GeGLU; with `hidden_bias` both factors have a bias.
    regime : {"trained", "ntk", "ntk_hidden"}
        ``"trained"``: all weights are free. ``"ntk"``: lazy training of both layers of a one-hidden-layer network
        in the infinite-width limit (the span of its tangent features, with labels measured from the function at
        initialisation); ``"ntk_hidden"``: lazy training of the hidden layer alone.

    Raises
    ------
    ModelError
        For an unknown activation, regime or modifier, or a formula that is none.

    See Also
    --------
    Model.parse : the text form of the command line.

    Examples
    --------
    >>> str(Model("silu", gated=True, hidden_bias=True))
    'silu+gated+hidden_bias'
    >>> Model.parse("relu+layers=3") == Model("relu", hidden_layers=3)
    True
    """

    activation: Activation
    hidden_layers: int
    hidden_bias: bool
    output_bias: bool
    skip: bool
    gated: bool
    regime: Regime

    def __init__(
        self,
        activation: str | Activation,
        *,
        hidden_layers: int = 1,
        hidden_bias: bool = False,
        output_bias: bool = False,
        skip: bool = False,
        gated: bool = False,
        regime: Regime = "trained",
    ) -> None:
        if isinstance(activation, str):
            activation = _parse_activation(activation)
        elif not isinstance(activation, Activation):
            raise ModelError(f"activation={activation!r} is not a name or an Activation; write for example 'relu'")
        if isinstance(hidden_layers, bool) or not isinstance(hidden_layers, int) or hidden_layers < 1:
            raise ModelError(f"hidden_layers={hidden_layers!r} is not a whole number of at least 1")
        if regime not in get_args(Regime):
            raise ModelError(f"regime={regime!r} is unknown; choose one of {', '.join(get_args(Regime))}")
        flags = {"hidden_bias": hidden_bias, "output_bias": output_bias, "skip": skip, "gated": gated}
        for name, flag in flags.items():
            if not isinstance(flag, bool):
                raise ModelError(f"{name}={flag!r} is neither True nor False")
        fields = {"activation": activation, "hidden_layers": hidden_layers, "regime": regime, **flags}
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    @classmethod
    def parse(cls, text: str, *, cached: bool = False) -> Model:
        """Read the text form: an activation and modifiers, joined by ``+``.

        ``relu``, ``leaky_relu(1/10)``, ``silu+gated`` (also ``swiglu``; ``geglu``, ``reglu``, ``glu``),
        ``relu+layers=3`` (three hidden layers), ``relu+hidden_bias``, ``relu+output_bias``, ``relu+bias`` (both),
        ``relu+skip``, ``relu+ntk``, ``relu+ntk_hidden``; and a formula instead of a name, ``max(x,0)+x**2+bias``.
        With `cached`, profiles that are derived are kept on disk (`verify.activations.formula.cached_profile`).
        """
        base, modifiers = _split(text)
        gated = base in _SHORTHAND
        layers, flags, regime = 1, {"gated": True} if gated else {}, "trained"
        for modifier in modifiers:
            if modifier == "bias":
                flags |= {"hidden_bias": True, "output_bias": True}
            elif modifier in ("hidden_bias", "output_bias", "skip", "gated"):
                flags[modifier] = True
            elif modifier in ("ntk", "ntk_hidden"):
                regime = modifier
            elif modifier.startswith("layers="):
                layers = _parse_layers(modifier.removeprefix("layers="), text)
            else:
                near = difflib.get_close_matches(modifier, _MODIFIERS, n=1)
                hint = f"did you mean {near[0]!r}? " if near else ""
                raise ModelError(
                    f"model {text!r}: unknown modifier {modifier!r}; {hint}The modifiers are {', '.join(_MODIFIERS)}"
                )
        unit = _parse_activation(_SHORTHAND.get(base, base), cached=cached)
        return cls(unit, hidden_layers=layers, regime=regime, **flags)  # type: ignore[arg-type]  # checked there

    @classmethod
    def from_torch(cls, module: Any) -> Model:
        """Read the architecture of a PyTorch ``nn.Sequential``: Linear, activation, Linear, ..., Linear.

        Widths and weights are free in a model, so only the kind of the layers, their biases and parameters such as
        the slope of a LeakyReLU are read. ``nn.GLU`` is a gate. `ModelError` names the layer that is not supported.
        """
        from verify.model.from_torch import model_from_torch

        return model_from_torch(module)

    @property
    def almost_all_weights(self) -> bool:
        """Whether verdicts hold for almost all hidden weights only, and not for all (see the theory chapter).

        Examples
        --------
        >>> Model("step(0)").almost_all_weights, Model("step(0)", hidden_bias=True).almost_all_weights
        (True, False)
        """
        if not self.activation.almost_everywhere:
            return False
        return bool(self.activation.undecided) or self.activation.profile.is_polynomial or not self.hidden_bias

    def __str__(self) -> str:
        """Write the text form that `parse` reads."""
        parts = [str(self.activation)]
        parts += [f"layers={self.hidden_layers}"] if self.hidden_layers > 1 else []
        parts += ["gated"] if self.gated else []
        if self.hidden_bias and self.output_bias:
            parts.append("bias")
        else:
            parts += [name for name in ("hidden_bias", "output_bias") if getattr(self, name)]
        parts += ["skip"] if self.skip else []
        parts += [self.regime] if self.regime != "trained" else []
        return "+".join(parts)

    def describe(self) -> str:
        """Name the model in plain words.

        Examples
        --------
        >>> Model.parse("relu+layers=2").describe()
        'bias-free network with 2 hidden layers of relu units'
        """
        bias = {
            (False, False): "bias-free network",
            (True, True): "network with hidden and output biases",
            (True, False): "network with hidden biases",
            (False, True): "network with an output bias",
        }[self.hidden_bias, self.output_bias]
        layers = "1 hidden layer" if self.hidden_layers == 1 else f"{self.hidden_layers} hidden layers"
        joiner = " and" if self.hidden_bias or self.output_bias else " with"
        text = f"{bias}{joiner} {layers} of {'gated ' if self.gated else ''}{self.activation} units"
        text += " and a linear skip connection" if self.skip else ""
        return (
            text
            + {
                "trained": "",
                "ntk": ", in the tangent-kernel limit of training its two layers",
                "ntk_hidden": ", in the tangent-kernel limit of training its hidden layer, with labels counted from "
                "the values at initialisation",
            }[self.regime]
        )


def _split(text: str) -> tuple[str, list[str]]:
    """Split off the modifiers: all but the first part for a name, the known ones at the end for a formula."""
    base, *modifiers = (part.strip() for part in text.split("+"))
    if not _is_formula(text):
        return base, modifiers
    parts = text.split("+")
    count = next(k for k, part in enumerate(reversed(parts)) if not _MODIFIER.fullmatch(part.strip()))
    return "+".join(parts[: len(parts) - count]).strip(), [part.strip() for part in parts[len(parts) - count :]]


def _is_formula(text: str) -> bool:
    """Whether a model is given by a formula: it uses the variable x."""
    return re.search(r"(?<![A-Za-z0-9_.])x(?![A-Za-z0-9_])", text, re.ASCII) is not None


def _parse_activation(text: str, *, cached: bool = False) -> Activation:
    if _is_formula(text):
        return from_text(text, {}, cached=cached)
    match = _BASE.fullmatch(text.strip())
    if match is None and "+" in text:
        raise ModelError(f"activation={text!r} is a model with modifiers; write Model.parse({text!r})")
    if match is None:
        raise ModelError(f"model {text!r} does not begin with the name of an activation; write for example 'relu+bias'")
    if text in _SHORTHAND:
        raise ModelError(f"activation={text!r} is a model with a gate; write Model.parse({text!r})")
    parameters: dict[str, str] = {}
    arguments = match["arguments"].split(",") if match["arguments"] is not None else []
    positions = iter(parameter_names(match["name"]))
    for argument in arguments:
        name, equals, value = (part.strip() for part in argument.rpartition("="))
        if not equals:
            name = next(positions, "")
            if not name:
                look_up(match["name"], {}, cached=cached)  # an unknown name is the first thing to say
                known = ", ".join(parameter_names(match["name"])) or "none"
                raise ModelError(f"model {text!r}: the value {value!r} is one too many; its parameters: {known}")
        if name in parameters:
            raise ModelError(f"model {text!r}: the parameter {name} has two values; give one")
        parameters[name] = value
    return look_up(match["name"], parameters, cached=cached)


def _parse_layers(text: str, model: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text, re.ASCII):
        raise ModelError(f"model {model!r}: layers={text!r} is not a whole number of at least 1; write layers=2")
    return int(text)
