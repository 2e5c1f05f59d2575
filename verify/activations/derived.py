"""An activation that is given by its formula, with the profile that is derived from it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from numbers import Rational
from typing import TYPE_CHECKING, Any

from verify.activations.profile import Profile
from verify.activations.table import Activation
from verify.errors import NotAvailableError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from verify.activations.formula import Derivation, Formula, FormulaValues


class FormulaActivation(Activation):
    """An activation made by `Activation.from_formula`, or a named one whose profile follows from its formula.

    It has no `profile` when the derivation leaves a part undecided; asking for it raises `NotAvailableError`, and a
    verdict about it is UNKNOWN.

    Parameters
    ----------
    formula : Formula
    title : str, optional
        What a model calls it, by default the formula.
    cached : bool, default False
        Keep the derivation on disk, and use one that is there.
    """

    _formula: Formula
    _title: str
    _cached: bool

    def __init__(self, formula: Formula, *, title: str = "", cached: bool = False) -> None:
        text = str(formula)
        fields = {"name": text, "parameter_items": (), "formula": text}
        for name, value in {**fields, "_formula": formula, "_title": title or text, "_cached": cached}.items():
            object.__setattr__(self, name, value)

    @cached_property
    def derivation(self) -> Derivation:
        """The proof of the profile, as data."""
        from verify.activations.formula.cache import cached_derivation
        from verify.activations.formula.derive import derive

        return cached_derivation(self._formula) if self._cached else derive(self._formula)

    @property
    def profile(self) -> Profile:
        """The profile that was derived; `NotAvailableError` when a part of it is unknown."""
        if self.derivation.profile is None:
            raise NotAvailableError(f"the parity profile of {self} is unknown: {self.derivation.unknown_reason}")
        return self.derivation.profile

    @property
    def even_reason(self) -> str:
        """Why the even part is what it is."""
        return self.derivation.even_reason

    @property
    def odd_reason(self) -> str:
        """Why the odd part is what it is."""
        return self.derivation.odd_reason

    @property
    def zero_reason(self) -> str:
        """What s(0) is."""
        return self.derivation.zero_reason

    @property
    def undecided(self) -> str:
        """Why no verdict about this activation is possible; empty when one is."""
        if self.derivation.profile is None:
            return f"the parity profile of {self} could not be derived ({self.derivation.unknown_reason})"
        return ""

    @property
    def jumps(self) -> tuple[str, ...]:
        """Where s is discontinuous, or not shown to be continuous."""
        return self.derivation.jumps

    @property
    def almost_everywhere(self) -> bool:
        """Whether what the profile says of networks holds for almost all hidden weights only, and not for all."""
        return self.derivation.almost_everywhere

    @property
    def zero_apart(self) -> str:
        """Why no verdict about data with the point x = 0 is possible; empty when one is."""
        return self.derivation.zero_apart

    @property
    def finite_moments(self) -> bool:
        """Whether s(w.x) and s'(w.x) are shown to have finite second moments for normal w."""
        return self.derivation.finite_moments

    @property
    def derivation_steps(self) -> tuple[Mapping[str, Any], ...]:
        """The steps by which the profile was derived."""
        return self.derivation.steps

    @cached_property
    def values(self) -> FormulaValues:
        """The evaluators of the formula, those of its derivative among them."""
        from verify.activations.formula import FormulaValues

        return FormulaValues(self._formula.tree)

    @cached_property
    def pieces(self) -> Any:
        """The activation as a continuous piecewise polynomial with rational coefficients, or None."""
        return self.values.piecewise_polynomial()

    def symbolic(self) -> Any:
        """Give s(x) as a SymPy expression."""
        from verify.activations.formula import to_sympy

        return to_sympy(self._formula.tree)

    def evaluate(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate in float64, entry by entry."""
        return self.values.float64(z)

    def exact(self, z: Fraction | int) -> Fraction:
        """Evaluate at a rational point, exactly; `NotAvailableError` unless s is piecewise rational."""
        return self.values.exact(z)

    def arb(self, z: Any) -> Any:
        """Enclose the values of s on a ball, rigorously."""
        return self.values.ball(z)

    def __str__(self) -> str:
        """Give what a model calls it: ``celu(alpha=2)``, or the formula."""
        return self._title


def from_text(
    text: str, parameters: Mapping[str, Rational | int | str], *, title: str = "", cached: bool = False
) -> FormulaActivation:
    """Make an activation of the text of a formula; one with a pole or without a real value is refused here."""
    from verify.activations.formula.language import parse_formula

    made = FormulaActivation(parse_formula(text, **parameters), title=title, cached=cached)
    _ = made.derivation
    return made
