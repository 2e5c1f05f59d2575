"""Claims about Benson, Damle, Townsend, "Over-parametrized neural networks as under-determined linear systems".

Only the abstract of the paper was available. What it states is marked TEXT; every formula is DERIVED.
"""

from __future__ import annotations

from collections.abc import Callable

from verify.claims import interpolation_checks as checks
from verify.claims.claim import Claim, Finding, Mark, Method

_THEORY = "theory chapter"


def _made(
    name: str,
    statement: str,
    hypotheses: str,
    source: str,
    method: Method,
    check: Callable[[bool], Finding],
    cost: float,
) -> Claim:
    mark = Mark.TEXT if source == "abstract" else Mark.DERIVED
    return Claim(f"benson2020.{name}", statement, hypotheses, source, mark, method, check, cost)


_BIAS_FREE = "one hidden layer without bias, any width"
CLAIMS = [
    _made(
        "linear-system",
        "Training the last layer of an over-parametrized network is an under-determined linear system.",
        "ReLU with hidden bias; hidden weights drawn and fixed",
        "abstract",
        Method.DECIDED,
        checks.linear_system,
        0.1,
    ),
    _made(
        "relu-fails-small-sets",
        "There are small data sets that ReLU networks without biases cannot interpolate.",
        _BIAS_FREE,
        "abstract",
        Method.DECIDED,
        checks.relu_cannot,
        0.01,
    ),
    _made(
        "activations-exist",
        "There are activations with which a network without biases interpolates any distinct points.",
        _BIAS_FREE,
        "abstract",
        Method.DECIDED,
        checks.activations_exist,
        1,
    ),
    _made(
        "spectral-descent",
        "Spectral properties of a matrix determine the early iterations and the long-term behaviour of training.",
        "gradient descent on the last layer, squared loss",
        "abstract",
        Method.DECIDED,
        checks.descent,
        0.1,
    ),
    _made(
        "last-layer-width",
        "There are widths at which training the last layer alone reaches zero loss.",
        "ReLU without bias, random data in general position and random hidden weights",
        "abstract",
        Method.SAMPLED,
        checks.last_layer_width,
        1,
    ),
    _made(
        "width-n-can-fail",
        "n random ReLU units can be too few for n points that ReLU networks can fit.",
        "ReLU without bias, n = 20, d = 3",
        f"{_THEORY}, section on width",
        Method.DECIDED,
        checks.narrow,
        0.1,
    ),
    _made(
        "relu-ray-pair",
        "The least mean squared error on {x, 2x} with labels (1, 1) is 1/10 at every depth.",
        "ReLU without bias, any width",
        _THEORY,
        Method.DECIDED,
        checks.ray_pair,
        0.01,
    ),
    _made(
        "relu-closed-form",
        "The rank of ReLU is the number of lines through 0 that hold data, plus the rank of the two-sided ones.",
        f"ReLU, {_BIAS_FREE}",
        _THEORY,
        Method.DECIDED,
        checks.closed_form,
        1,
    ),
    _made(
        "relu-antipodal",
        "Three antipodal pairs in a plane are a minimal set that ReLU networks cannot interpolate.",
        f"ReLU, {_BIAS_FREE}",
        _THEORY,
        Method.DECIDED,
        checks.antipodal,
        1,
    ),
    _made(
        "hidden-bias-suffices",
        "With hidden biases ReLU networks interpolate all labels of all distinct points.",
        "ReLU, one hidden layer with bias, any width",
        _THEORY,
        Method.DECIDED,
        checks.hidden_bias,
        1,
    ),
    _made(
        "worked-ranks",
        "The ranks of six models on the hexagon, {x, 2x} and the cube are those of their symmetry laws.",
        "one hidden layer, any width",
        _THEORY,
        Method.DECIDED,
        checks.table,
        0.01,
    ),
    _made(
        "parity-cube",
        "On the parity of {-1, 1}^3 four common activations do no better than f = 0.",
        _BIAS_FREE,
        _THEORY,
        Method.DECIDED,
        checks.parity,
        0.01,
    ),
    _made(
        "interpolating-profiles",
        "An activation interpolates all distinct points exactly if both parts separate and s(0) is not 0.",
        f"the named activations, {_BIAS_FREE}",
        _THEORY,
        Method.DECIDED,
        checks.profiles,
        1,
    ),
    _made(
        "polygon-kernels",
        "On the regular n-gon the ReLU kernel and both tangent kernels have exactly n/2 - 2 zero eigenvalues.",
        "n even",
        _THEORY,
        Method.DECIDED,
        checks.polygon,
        0.1,
    ),
]
