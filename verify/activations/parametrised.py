"""Activations with parameters, and the discontinuous ones, as formulas with rational parameters.

Their profiles follow from the parameters, so none is written here: each is derived from the formula when it is asked
for. Where the parameters have the values of an entry of the table, that entry is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from verify.rational import format_rational

Values = Mapping[str, Fraction]


class Template(NamedTuple):
    """Activations of one formula, one for each choice of its parameters.

    Attributes
    ----------
    parameters : dict of str to Fraction or None
        The parameters in the order in which they may be written, with their defaults; None for what is absent.
    formula : callable
        From the values to the formula.
    refusal : callable
        From the values to what is wrong with them and the remedy; empty for good ones.
    in_table : bool
        Whether the table has the function of the default values, under the same name.
    """

    parameters: Mapping[str, Fraction | None]
    formula: Callable[[Values], str]
    refusal: Callable[[Values], str] = lambda _: ""
    in_table: bool = True


def _not_zero(name: str) -> Callable[[Values], str]:
    return lambda v: "" if v[name] else f"{name} = 0 divides by 0; choose another value"


def _not_negative(name: str) -> Callable[[Values], str]:
    return lambda v: "" if v[name] >= 0 else f"{name} = {format_rational(v[name])} is negative; choose at least 0"


def _ends(v: Values) -> str:
    low, high = v["min_val"], v["max_val"]
    if low < high:
        return ""
    shown = f"min_val = {format_rational(low)} is not below max_val = {format_rational(high)}"
    return f"{shown}; choose min_val < max_val"


def _bounds(v: Values) -> str:
    low, high = v["lower"], v["upper"]
    if low <= high:
        return ""
    return f"lower = {format_rational(low)} is above upper = {format_rational(high)}; choose lower <= upper"


def _relu_refusal(v: Values) -> str:
    if "max_value" in v and v["max_value"] < max(Fraction(0), v["threshold"]):
        return "max_value is negative or below threshold; choose a larger max_value"
    return ""


def _relu(v: Values) -> str:
    below = "where(x >= threshold, x, negative_slope*(x - threshold))"
    return f"where(x >= max_value, max_value, {below})" if "max_value" in v else below


TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {
        "celu": Template(
            {"alpha": Fraction(1)}, lambda _: "max(x, 0) + alpha*(exp(min(x, 0)/alpha) - 1)", _not_zero("alpha")
        ),
        "elu": Template({"alpha": Fraction(1)}, lambda _: "max(x, 0) + alpha*(exp(min(x, 0)) - 1)"),
        "hardshrink": Template(
            {"lambd": Fraction(1, 2)},
            lambda _: "where(abs(x) > lambd, x, 0)",
            _not_negative("lambd"),
            in_table=False,
        ),
        "hardtanh": Template(
            {"min_val": Fraction(-1), "max_val": Fraction(1)}, lambda _: "clip(x, min_val, max_val)", _ends
        ),
        "relu": Template(
            {"negative_slope": Fraction(0), "max_value": None, "threshold": Fraction(0)}, _relu, _relu_refusal
        ),
        "sign": Template({}, lambda _: "sign(x)", in_table=False),
        "softplus": Template({"beta": Fraction(1)}, lambda _: "log(1 + exp(beta*x))/beta", _not_zero("beta")),
        "softshrink": Template(
            {"lambd": Fraction(1, 2)}, lambda _: "max(x - lambd, 0) + min(x + lambd, 0)", _not_negative("lambd")
        ),
        "squareplus": Template({"b": Fraction(4)}, lambda _: "(x + sqrt(x**2 + b))/2", _not_negative("b")),
        "step": Template(
            {"value": Fraction(1, 2)}, lambda _: "where(x > 0, 1, where(x == 0, value, 0))", in_table=False
        ),
        "threshold": Template(
            {"threshold": Fraction(1), "value": Fraction(0)}, lambda _: "where(x > threshold, x, value)", in_table=False
        ),
    }
)
"""By name. Defaults are those of PyTorch; of Keras for relu, of JAX for squareplus. Thresholds that PyTorch uses only
against overflow, such as that of softplus, are left out. `threshold` has no defaults there: ours are those of the
thresholded relu of Keras. The value of `step` at 0 is 1/2 unless it is given."""

DISCONTINUOUS = tuple(name for name, template in TEMPLATES.items() if not template.in_table)
"""The named activations that are no entries of the table: all of them jump somewhere."""


def signature(name: str) -> str:
    """Write a parametrised activation with its defaults; a parameter without one stands alone.

    Examples
    --------
    >>> signature("hardtanh"), signature("relu")
    ('hardtanh(min_val=-1, max_val=1)', 'relu(negative_slope=0, max_value, threshold=0)')
    """
    parameters = TEMPLATES[name].parameters.items()
    inside = ", ".join(key if value is None else f"{key}={format_rational(value)}" for key, value in parameters)
    return f"{name}({inside})" if inside else name


MEAN_SLOPE: Mapping[str, Fraction] = MappingProxyType({"lower": Fraction(1, 8), "upper": Fraction(1, 3)})
"""The parameters of rrelu. Outside training it is the leaky relu of their mean."""

check_mean_slope = _bounds

_NOT_ELEMENTWISE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("softmax", "softmax2d", "softmin", "log_softmax", "logsoftmax", "sparsemax", "gumbel_softmax"),
            "normalises a whole vector",
        ),
        **dict.fromkeys(("logsumexp", "logmeanexp"), "maps a vector to one number"),
        **dict.fromkeys(("standardize", "layer_norm", "batch_norm", "normalize"), "depends on other units or points"),
        **dict.fromkeys(
            ("maxout", "crelu", "multihead_attention", "multiheadattention", "one_hot"), "is no function of one number"
        ),
        "bilinear": "is a gate without an activation; write identity+gated",
        **dict.fromkeys(("glu", "reglu", "geglu", "swiglu"), "is a gate and so a model; write it as a model, {name}"),
    }
)


def not_elementwise(name: str) -> str:
    """Say why a layer of the frameworks is no activation s: R -> R; empty where nothing is known.

    Examples
    --------
    >>> not_elementwise("softmax")
    'softmax is not elementwise: it normalises a whole vector; use an activation that acts on each unit alone'
    """
    reason = _NOT_ELEMENTWISE.get(name.strip().lower().replace("-", "_"))
    if reason is None:
        return ""
    if ";" in reason:
        return f"{name} {reason.format(name=name)}"
    return f"{name} is not elementwise: it {reason}; use an activation that acts on each unit alone"
