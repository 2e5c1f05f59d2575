"""Any activation from its formula: a safe language, the parity profile with its proof, and values in four arithmetics.

Importing this package imports only the standard library; NumPy, SymPy, mpmath and FLINT are loaded when needed.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verify.activations.formula.cache import cache_directory, cached_profile
    from verify.activations.formula.derivation import Derivation
    from verify.activations.formula.derive import derive, derive_profile
    from verify.activations.formula.evaluators import FormulaValues
    from verify.activations.formula.language import Formula, parse_formula
    from verify.activations.formula.random_networks import NumericCheck, numeric_check
    from verify.activations.formula.symbolic import to_sympy

_HOMES = {
    "Derivation": "derivation",
    "Formula": "language",
    "FormulaValues": "evaluators",
    "NumericCheck": "random_networks",
    "cache_directory": "cache",
    "cached_profile": "cache",
    "derive": "derive",
    "derive_profile": "derive",
    "numeric_check": "random_networks",
    "parse_formula": "language",
    "to_sympy": "symbolic",
}

__all__ = [
    "Derivation",
    "Formula",
    "FormulaValues",
    "NumericCheck",
    "cache_directory",
    "cached_profile",
    "derive",
    "derive_profile",
    "numeric_check",
    "parse_formula",
    "to_sympy",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
