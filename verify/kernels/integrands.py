"""What quadrature integrates: an activation, or its derivative, with the points where it may not be smooth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from verify.activations import Activation
from verify.activations.derived import FormulaActivation
from verify.activations.formula.evaluators import FormulaValues
from verify.activations.formula.float_values import Bounded, FloatArithmetic
from verify.activations.formula.language import parse_formula
from verify.activations.formula.mpmath_values import mpmath_function
from verify.activations.formula.walk import evaluate

_LANGUAGE: Mapping[str, str] = {"Max": "max", "Min": "min", "Abs": "abs"}  # the table writes formulas as SymPy does
_ACCURACY = 2.0**-42
_KINKS = frozenset({"abs", "sign", "max", "min"})


class Integrand(NamedTuple):
    """A function of one variable.

    Attributes
    ----------
    float64 : callable
        From an array to the array of its values.
    values : FormulaValues
        For values in mpmath.
    exact_breaks : tuple of Fraction
        Where it may not be analytic, as rationals (rounded where they are irrational).
    smooth : bool
        Whether it is analytic on the whole line.
    """

    float64: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    values: FormulaValues
    exact_breaks: tuple[Fraction, ...]
    smooth: bool

    @property
    def breaks(self) -> tuple[float, ...]:
        """The breakpoints as floats."""
        return tuple(float(c) for c in self.exact_breaks)

    def mpmath(self, context: Any) -> Callable[[Any], Any]:
        """Give the function of numbers of an mpmath context."""
        function = mpmath_function(self.values.stable, context)

        def value(z: Any) -> Any:
            if z == 0:
                return context.mpf(self.values.mpmath(0, digits=context.dps))
            return function(z)

        return value


@lru_cache(maxsize=64)
def integrands(activation: Activation) -> tuple[Integrand, Integrand | None]:
    """Give s and, unless s jumps, its derivative.

    Examples
    --------
    >>> from verify.activations import activation
    >>> s, slope = integrands(activation("hardswish"))
    >>> s.breaks, s.smooth, slope.float64(np.array([1.0, 4.0])).round(3).tolist()
    ((-3.0, 0.0, 3.0), False, [0.833, 1.0])
    """
    if isinstance(activation, FormulaActivation):
        values = activation.values
    else:
        text = activation.formula
        for written, meant in _LANGUAGE.items():
            text = text.replace(written, meant)
        values = FormulaValues(parse_formula(text).tree)
    smooth = not any(node.op in _KINKS or node.op.startswith("where") for node in values.tree)
    breaks: tuple[Fraction, ...] = ()
    if not smooth:
        pieces = activation.pieces
        breaks = values.breakpoints() if pieces is None else tuple(sorted({Fraction(0), *pieces.breakpoints}))
    s = Integrand(_floats(values), values, breaks, smooth)
    if activation.jumps:
        return s, None
    return s, Integrand(_floats(values.derivative), values.derivative, breaks, smooth)


def _floats(values: FormulaValues) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Evaluate with a small absolute error, which is all that an integral needs: near a zero of s that is cheaper."""

    def function(z: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            result = evaluate(values.stable, FloatArithmetic(z.shape), Bounded(z, np.zeros(z.shape)))
            found = np.array(np.broadcast_to(result.value, z.shape), dtype=np.float64)
            poor = ~(np.broadcast_to(result.error, z.shape) <= _ACCURACY * (1 + np.abs(found))) | ~np.isfinite(found)
        if poor.any():
            found[poor] = values.float64(z[poor])
        return found

    return function
