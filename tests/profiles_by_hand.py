"""Parity profiles of the named activations, derived by hand from their formulas, apart from the table in ``verify``.

A *profile* is ``(even part, odd part, s(0) != 0)``; a part is ``"separating"`` or a tuple of degrees.
"""

from __future__ import annotations

from collections.abc import Mapping

Part = str | tuple[int, ...]
Profile = tuple[Part, Part, bool]

SEP = "separating"

_GELU_LIKE: Profile = (SEP, (1,), False)  # s(z) - s(-z) = z
_ODD: Profile = ((), SEP, False)
_EVEN: Profile = (SEP, (), True)
_NOTHING_LOST_BUT_ZERO: Profile = (SEP, SEP, False)
_UNIVERSAL: Profile = (SEP, SEP, True)

PROFILES: Mapping[str, Profile] = {
    "relu": ((1,), (1,), False),  # (abs(z) + z) / 2
    "leaky_relu": ((1,), (1,), False),  # slope 1/100: 0.495 abs(z) + 0.505 z
    "prelu": ((1,), (1,), False),  # slope 1/4: 0.375 abs(z) + 0.625 z
    "relu2": ((2,), (2,), False),  # (z^2 + z abs(z)) / 2
    "relu3": ((3,), (3,), False),  # (abs(z)^3 + z^3) / 2
    "abs": ((1,), (), False),
    "identity": ((), (1,), False),
    "square": ((2,), (), False),
    "cube": ((), (3,), False),
    "gelu": _GELU_LIKE,
    "gelu_tanh": _GELU_LIKE,  # z (1 + odd) / 2
    "silu": _GELU_LIKE,
    "hardswish": _GELU_LIKE,  # z^2/6 + z/2 up to 3: the odd part is z/2 throughout
    "snake": _GELU_LIKE,  # z + sin(z)^2
    "softplus": (SEP, (1,), True),
    "logsigmoid": (SEP, (1,), True),
    "squareplus": (SEP, (1,), True),  # (z + sqrt(z^2 + 4)) / 2
    "sparse_plus": (SEP, (1,), True),  # (z + 1)^2/4 on [-1, 1], then z: s(z) - s(-z) = z
    "sigmoid": ((0,), SEP, True),  # s(z) + s(-z) = 1
    "hardsigmoid": ((0,), SEP, True),
    "sparse_sigmoid": ((0,), SEP, True),  # (z + 1)/2 cut off at 0 and 1
    "tanh": _ODD,
    "erf": _ODD,
    "sin": _ODD,
    "arctan": _ODD,
    "asinh": _ODD,
    "softsign": _ODD,
    "hardtanh": _ODD,
    "softshrink": _ODD,
    "tanhshrink": _ODD,
    "cos": _EVEN,
    "gaussian": _EVEN,
    "sinc": _EVEN,
    "mish": _NOTHING_LOST_BUT_ZERO,
    "elu": _NOTHING_LOST_BUT_ZERO,
    "selu": _NOTHING_LOST_BUT_ZERO,
    "celu": _NOTHING_LOST_BUT_ZERO,
    "relu6": _NOTHING_LOST_BUT_ZERO,  # both parts are min(z, 6) / 2
    "expm1": _NOTHING_LOST_BUT_ZERO,
    "exp": _UNIVERSAL,
    "sin_cos": _UNIVERSAL,
    "shifted_relu": _UNIVERSAL,
    "shifted_softplus": _UNIVERSAL,
    "shifted_sigmoid": _UNIVERSAL,
    "shifted_gaussian": _UNIVERSAL,
}
"""Profiles of the named activations at the default values of their parameters."""

PARAMETRISED: Mapping[str, Profile] = {
    # z for z > 0 and slope z for z < 0: the even part is (1 - slope) z / 2, the odd part (1 + slope) z / 2.
    "leaky_relu(slope=0)": ((1,), (1,), False),
    "leaky_relu(slope=1)": ((), (1,), False),
    "leaky_relu(slope=-1)": ((1,), (), False),
    "prelu(slope=-7/3)": ((1,), (1,), False),
}
"""Profiles at other values of the parameters."""
