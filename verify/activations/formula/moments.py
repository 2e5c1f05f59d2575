"""Whether the features of the tangent kernel, s(w.x) and s'(w.x), have finite second moments for normal w."""

from __future__ import annotations

from verify.activations.formula.branches import Piece
from verify.activations.formula.derivation import Step
from verify.activations.formula.derivative import derivative
from verify.activations.formula.growth import GrowthBounds
from verify.activations.formula.points import UndecidedError
from verify.activations.formula.regions import SplitError


def finite_moments(last: Piece) -> Step | None:
    """Prove it from the growth of s and s' for large x and large -x; None where no bound is found.

    Both are at most C (1 + x**m), or at most exp(C x**m) with m < 2, which a normal law integrates. For a function
    that is piecewise analytic up to and beyond the ends of its pieces, they are bounded on every bounded interval.

    Parameters
    ----------
    last : Piece
        s(x) and s(-x) on the unbounded interval.
    """
    bounds = GrowthBounds(last.region)
    found: dict[str, str] = {}
    try:
        for name, tree in (("s(x)", last.plus), ("s(-x)", last.minus)):
            for label, function in ((name, tree), (f"d/dx {name}", derivative(tree))):
                growth = bounds.of(function)
                if growth.upper is not None:
                    found[label] = f"at most C (1 + x**{max(growth.upper, 0)})"
                elif growth.log_upper is not None and growth.log_upper < 2:
                    found[label] = f"at most exp(C x**{growth.log_upper})"
                else:
                    return None
    except (UndecidedError, SplitError):
        return None
    return {"step": "finite second moments", "on": str(last.region), "bounds": found}
