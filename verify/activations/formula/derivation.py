"""The result of a derivation: the parity profile of a formula, with its proof as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verify.activations.formula.language import Formula, parse_formula
from verify.activations.formula.nodes import ZERO
from verify.activations.profile import SEPARATING, Part, Profile

Step = dict[str, Any]

VERSION = 2
"""Of the derivation; derivations of another version are made anew."""


@dataclass(frozen=True)
class Derivation:
    """The parity profile of a formula and how it was derived.

    Attributes
    ----------
    formula : str
        As it was written, without parameters.
    parameters : tuple of (str, Fraction)
    even, odd : tuple of int, "separating", or None when unknown
    nonzero_at_zero : bool or None
        None when it could not be decided.
    almost_everywhere : bool
        True when what the profile says about networks is shown for almost all weights only: at a jump, a part that is
        a polynomial elsewhere has, or could not be shown not to have, another value.
    steps : tuple of dict
        The proof, each step with its values; JSON-ready.
    unknown_reason : str
        What could not be shown; empty when the profile is known.
    jumps : tuple of str
        Where the activation is, or could not be shown not to be, discontinuous.
    zero_apart : str
        Why the theorem does not speak about the data point 0, when s(0) is not, or not shown to be, the constant term
        of the even part; else empty.
    finite_moments : bool
        Whether s(w.x) and s'(w.x) are shown to have finite second moments for normal w.
    """

    formula: str
    parameters: tuple[tuple[str, Fraction], ...]
    even: Part | None
    odd: Part | None
    nonzero_at_zero: bool | None
    almost_everywhere: bool
    steps: tuple[Step, ...]
    unknown_reason: str
    jumps: tuple[str, ...] = ()
    zero_apart: str = ""
    finite_moments: bool = False

    @property
    def profile(self) -> Profile | None:
        """The profile, or None when a part of it is unknown."""
        if self.even is None or self.odd is None or self.nonzero_at_zero is None:
            return None
        nonzero = 0 in self.even if self.zero_apart and self.even != SEPARATING else self.nonzero_at_zero
        return Profile(self.even, self.odd, nonzero)

    @property
    def text(self) -> str:
        """The formula with its parameters, as `parse_formula` reads it."""
        return str(Formula(self.formula, self.parameters, ZERO))

    @property
    def even_reason(self) -> str:
        """Why the even part is what it is, in one line.

        Examples
        --------
        >>> from verify.activations.formula import derive_profile
        >>> derive_profile("where(abs(x) < 1, x**2/2, abs(x) - 1/2)").even_reason
        'the derivative of order 2 of e jumps from 1 to 0 at x = 1, so e is no polynomial'
        """
        return _reason(self.steps, "even", "e")

    @property
    def odd_reason(self) -> str:
        """Why the odd part is what it is, in one line.

        Examples
        --------
        >>> from verify.activations.formula import derive_profile
        >>> derive_profile("x*sigmoid(x)").odd_reason
        'o(x) = 1/2*x for x > 0'
        """
        return _reason(self.steps, "odd", "o")

    @property
    def zero_reason(self) -> str:
        """What s(0) is, in one line.

        Examples
        --------
        >>> from verify.activations.formula import derive_profile
        >>> derive_profile("cos(x)").zero_reason
        's(0) = cos(0), not 0'
        """
        for step in self.steps:
            if step["step"] == "value at 0" and "s(0)" in step:
                value = step["s(0)"]
                end = ", not 0" if step["nonzero"] else "" if value == "0" else " = 0"
                return f"s(0) = {value}{end}" + (" (a limit)" if step["continued"] else "")
        return "whether s(0) is 0 was not decided"

    def to_json(self) -> dict[str, Any]:
        """Give the derivation as JSON-ready data.

        Returns
        -------
        dict
            ``formula``, ``even`` and ``odd`` (a list of degrees, ``"separating"`` or ``"unknown"``),
            ``nonzero_at_zero`` (null when unknown), ``almost_everywhere``, ``jumps``, ``zero_apart`` (the reason, or
            null), ``finite_moments``, ``unknown`` (the reason, or null) and ``steps``.
        """
        return {
            "formula": self.text,
            "even": _part_json(self.even),
            "odd": _part_json(self.odd),
            "nonzero_at_zero": self.nonzero_at_zero,
            "almost_everywhere": self.almost_everywhere,
            "jumps": list(self.jumps),
            "zero_apart": self.zero_apart or None,
            "finite_moments": self.finite_moments,
            "unknown": self.unknown_reason or None,
            "steps": list(self.steps),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Derivation:
        """Read what `to_json` gave; for the cache, so ValueError, TypeError or KeyError for anything else."""
        formula = parse_formula(data["formula"])
        derivation = cls(
            formula.text,
            formula.parameters,
            _part(data["even"]),
            _part(data["odd"]),
            data["nonzero_at_zero"],
            data["almost_everywhere"],
            tuple(data["steps"]),
            data["unknown"] or "",
            tuple(data["jumps"]),
            data["zero_apart"] or "",
            data["finite_moments"],
        )
        flags = (derivation.almost_everywhere, derivation.finite_moments, derivation.nonzero_at_zero or False)
        if not all(isinstance(flag, bool) for flag in flags):
            raise ValueError("not a derivation")
        if (derivation.profile is None) != bool(derivation.unknown_reason):
            raise ValueError("not a derivation")
        return derivation


def _reason(steps: tuple[Step, ...], name: str, letter: str) -> str:
    found = [step for step in steps if step.get("part") == name]
    bound = next((step["bound"] for step in found if "bound" in step), "").replace("g(x)", f"{letter}(x)")
    for step in found[::-1]:
        match step["step"]:
            case "not decided":
                return f"not decided: {step['reason']}"
            case "polynomial":
                return str(step["identity"])
            case "jump":
                jump = f"jumps from {step['before']} to {step['after']} at x = {step['at']}"
                return f"the derivative of order {step['order']} of {letter} {jump}, so {letter} is no polynomial"
            case "growth":
                return f"no power of x bounds {letter}(x) for large x, so {letter} is no polynomial"
            case "derivative":
                value = f"the derivative of order {step['order']} at x = {step['at']} is {step['value']}"
                return f"{bound}, but {value}, so {letter} is no polynomial"
    return "not decided"


def _part_json(part: Part | None) -> Any:
    return "unknown" if part is None else part if part == SEPARATING else list(part)


def _part(data: Any) -> Part | None:
    if data == "unknown":
        return None
    if data == SEPARATING:
        return SEPARATING
    part = tuple(data)
    Profile("separating", part, False)
    return part
