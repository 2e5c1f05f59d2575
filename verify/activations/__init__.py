"""Named activations, their parity profiles with the reasons for them, and their values in three arithmetics.

Importing this package imports only the standard library; NumPy, SciPy and SymPy are loaded by the first call that
needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.activations.lookup import activation, groups, names, parameter_names
from verify.activations.parametrised import DISCONTINUOUS
from verify.activations.piecewise import PiecewisePolynomial
from verify.activations.profile import SEPARATING, Part, Profile
from verify.activations.table import ALIASES, Activation

if TYPE_CHECKING:
    from verify.activations.formula import derive_profile

__all__ = [
    "ALIASES",
    "DISCONTINUOUS",
    "SEPARATING",
    "Activation",
    "Part",
    "PiecewisePolynomial",
    "Profile",
    "activation",
    "derive_profile",
    "groups",
    "names",
    "parameter_names",
]


def __getattr__(name: str) -> object:
    if name != "derive_profile":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from verify.activations.formula import derive_profile

    return derive_profile
