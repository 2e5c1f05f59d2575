"""An activation that is given by its formula, with the profile that was derived from it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from verify.activations.table import Activation
from verify.errors import NotAvailableError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from verify.activations.formula import Derivation, FormulaValues


class FormulaActivation(Activation):
    """An activation made by `Activation.from_formula`.

    It has no `profile` when the derivation left a part undecided; asking for it raises `NotAvailableError`, and a
    verdict about it is UNKNOWN.

    Attributes
    ----------
    derivation : Derivation
        The proof of the profile, as data.
    """

    derivation: Derivation

    def __init__(self, derivation: Derivation) -> None:
        fields: dict[str, object] = {
            "name": derivation.text,
            "parameter_items": (),
            "formula": derivation.text,
            "even_reason": derivation.even_reason,
            "odd_reason": derivation.odd_reason,
            "zero_reason": derivation.zero_reason,
            "derivation": derivation,
        }
        if derivation.profile is not None:
            fields["profile"] = derivation.profile
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if name == "profile":
            raise NotAvailableError(f"the parity profile of {self.name} is unknown: {self.derivation.unknown_reason}")
        raise AttributeError(name)

    @property
    def undecided(self) -> str:
        """Why no verdict about this activation is possible; empty when one is."""
        if self.derivation.profile is None:
            return f"the parity profile of {self.name} could not be derived ({self.derivation.unknown_reason})"
        if self.derivation.almost_everywhere:
            return f"{self.name} is not continuous, so its profile speaks of almost every weight and not of all of them"
        return ""

    @property
    def derivation_steps(self) -> tuple[Mapping[str, Any], ...]:
        """The steps by which the profile was derived."""
        return self.derivation.steps

    @cached_property
    def _values(self) -> FormulaValues:
        from verify.activations.formula import FormulaValues, parse_formula

        return FormulaValues(parse_formula(self.formula).tree)

    @cached_property
    def pieces(self) -> Any:
        """The activation as a piecewise polynomial with rational coefficients, or None."""
        return self._values.piecewise_polynomial()

    def symbolic(self) -> Any:
        """Give s(x) as a SymPy expression."""
        from verify.activations.formula import parse_formula, to_sympy

        return to_sympy(parse_formula(self.formula).tree)

    def evaluate(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate in float64, entry by entry."""
        return self._values.float64(z)

    def exact(self, z: Fraction | int) -> Fraction:
        """Evaluate at a rational point, exactly; `NotAvailableError` unless s is piecewise polynomial."""
        if self.pieces is None:
            raise NotAvailableError(f"{self} has no exact rational values: it is not piecewise polynomial; use arb()")
        return Fraction(self.pieces(Fraction(z)))

    def arb(self, z: Any) -> Any:
        """Enclose the values of s on a ball, rigorously."""
        return self._values.ball(z)
