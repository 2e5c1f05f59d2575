"""From a formula to its parity profile, with the proof as data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational

from verify.activations.formula.balls import may_vanish
from verify.activations.formula.branches import Piece, equal_constants, smooth_pieces, value_at_point
from verify.activations.formula.derivation import Derivation, Step
from verify.activations.formula.jumps import discontinuities, parts_hold_at_jumps
from verify.activations.formula.language import Formula, parse_formula
from verify.activations.formula.limits import Limit, one_sided_limit
from verify.activations.formula.moments import finite_moments
from verify.activations.formula.nodes import Node, add, div, neg, number, reflect, sub
from verify.activations.formula.parts import PartResult, analyse
from verify.activations.formula.points import UndecidedError
from verify.activations.formula.regions import Region, SplitError, constant_sign
from verify.activations.profile import SEPARATING
from verify.errors import FullrankError, ModelError


def derive(formula: Formula) -> Derivation:
    """Derive the parity profile of a formula that was read; see `derive_profile`."""
    steps: list[Step] = [{"step": "formula", "s(x)": str(formula.tree), "s(-x)": str(reflect(formula.tree))}]
    try:
        return _derive(formula, list(steps))
    except FullrankError:
        raise
    except (UndecidedError, SplitError) as error:
        return _undecided(formula, steps, str(error))
    except Exception as error:  # whatever breaks off inside computer algebra proves nothing, and is no refusal either
        return _undecided(formula, steps, f"the derivation broke off ({type(error).__name__})")


def _derive(formula: Formula, steps: list[Step]) -> Derivation:
    tree = formula.tree
    try:
        pieces = smooth_pieces(tree, reflect(tree))
    except UndecidedError as error:
        return _undecided(formula, steps, str(error))
    steps.append(
        {
            "step": "pieces",
            "breakpoints": [str(piece.region.low) for piece in pieces[1:]],
            "pieces": [{"interval": str(p.region), "s(x)": str(p.plus), "s(-x)": str(p.minus)} for p in pieces],
        }
    )
    _refuse_unbounded(pieces)
    try:
        zero = _at_zero(tree, pieces[0])
    except UndecidedError as error:
        zero = None
        steps.append({"step": "value at 0", "unknown": str(error)})
    results = {
        "even": analyse("even", [(p.region, _half(p.plus, p.minus)) for p in pieces]),
        "odd": analyse("odd", [(p.region, _half(p.plus, neg(p.minus))) for p in pieces]),
    }
    jumps = discontinuities(tree, pieces)
    nonzero: bool | None = None
    zero_apart = ""
    if zero is not None:
        nonzero = zero.nonzero
        steps.append({"step": "value at 0", "s(0)": zero.text, "nonzero": nonzero, "continued": zero.continued})
        zero_apart = _zero_apart(results["even"], zero)
    for result in results.values():
        steps.extend(result.steps)
    almost = bool(zero_apart)
    if jumps:
        almost = almost or not parts_hold_at_jumps(tree, jumps, results)
        holds = "almost all weights" if almost else "all weights: at every jump, polynomial parts have their own value"
        steps.append({"step": "discontinuous", "at": [str(jump) for jump in jumps], "text": f"it holds for {holds}"})
    reasons = [f"{name} part: {result.reason}" for name, result in results.items() if result.part is None]
    if nonzero is None:
        reasons.append("whether s(0) is 0 could not be decided")
    moments = None if reasons or jumps else finite_moments(pieces[-1])
    steps += [moments] if moments else []
    return Derivation(
        formula.text,
        formula.parameters,
        results["even"].part,
        results["odd"].part,
        nonzero,
        almost,
        tuple(steps),
        "; ".join(reasons),
        tuple(str(jump) for jump in jumps),
        zero_apart,
        moments is not None,
    )


def derive_profile(text: str, **parameters: Rational | int | str) -> Derivation:
    """Derive the parity profile of an activation from its formula.

    Parameters
    ----------
    text : str
        A formula in x; the language is described in `verify.activations.formula.language`.
    **parameters : Fraction, int or str
        Values of further names in the formula.

    Returns
    -------
    Derivation
        Its parts are proved; a part that could not be decided is None, with the reason.

    Raises
    ------
    ModelError
        When the text is not in the language, or the formula has a pole, is not defined or not real at some x (the
        message names the place).

    Notes
    -----
    On x > 0 each part, even and odd, is a polynomial (proved by an identity) or not. That it is no polynomial is
    proved by a derivative that jumps at a breakpoint; by a bound C (1 + x^m) and a derivative of order m + 1 that is
    not 0; or by growth faster than every power. A part is called separating only when, besides, it is shown to be
    piecewise analytic with finitely many breakpoints and analytic at 0+, as the theorem on profiles demands.

    Examples
    --------
    >>> derivation = derive_profile("x*sigmoid(x) - x/2")
    >>> derivation.even, derivation.odd, derivation.nonzero_at_zero
    ('separating', (), False)
    >>> derive_profile("abs(x)**(3/2)").even is None  # not analytic at 0: outside the theorem
    True
    """
    return derive(parse_formula(text, **parameters))


def _half(one: Node, other: Node) -> Node:
    if one == other:
        return one
    return number(0) if one == neg(other) else div(add(one, other), number(2))


def _undecided(formula: Formula, steps: list[Step], reason: str) -> Derivation:
    steps.append({"step": "not decided", "reason": reason})
    nonzero: bool | None = None
    try:
        at_zero = value_at_point(formula.tree, Fraction(0))
        if at_zero is not None:
            nonzero = constant_sign(at_zero) != 0
    except UndecidedError:
        pass
    return Derivation(formula.text, formula.parameters, None, None, nonzero, True, tuple(steps), reason)


def _refuse_unbounded(pieces: list[Piece]) -> None:
    """Refuse a formula that tends to infinity at a point."""
    for piece in pieces:
        for tree, side in ((piece.plus, ""), (piece.minus, "-")):
            for end in (piece.region.low, piece.region.high):
                if end is None or piece.region.value(tree, end) is not None:
                    continue
                limit = one_sided_limit(tree, piece.region, end)
                if limit is not None and limit.infinite:
                    place = f"x = {'-' if side and end.rational != 0 else ''}{end}"
                    shown = reflect(tree) if side else tree
                    raise ModelError(
                        f"formula: {shown} has a pole at {place}; an activation needs a finite value there"
                    )


@dataclass(frozen=True)
class _Zero:
    value: Node | None
    text: str
    nonzero: bool
    continued: bool


def _at_zero(tree: Node, first: Piece) -> _Zero:
    """Find s(0): the value of the formula, or the common limit from both sides where it has none."""
    value = value_at_point(tree, Fraction(0))
    if value is not None:
        return _Zero(value, str(value), constant_sign(value) != 0, False)
    region = first.region
    limits = [_limit_at_zero(side, region) for side in (first.plus, first.minus)]
    if any(limit is None or limit.infinite for limit in limits):
        raise UndecidedError("the formula has no value at 0, and no limit there was found")
    right, left = (limit.value for limit in limits if limit is not None)
    if right != left and not _same_limit(first, region):
        raise ModelError(
            "formula: it has no value at x = 0 and no limit there; give it a value with where(x == 0, ...)"
        )
    if right == 0:
        return _Zero(number(0), "0", False, True)
    if may_vanish(right):
        raise UndecidedError("whether the limit at 0 is 0 could not be decided")
    return _Zero(None, str(right.str(20)), True, True)


def _same_limit(first: Piece, region: Region) -> bool:
    series = region.taylor(sub(first.plus, first.minus), region.low, 1)
    return isinstance(series, list) and may_vanish(series[0])


def _limit_at_zero(tree: Node, region: Region) -> Limit | None:
    return one_sided_limit(tree, region, region.low)


def _zero_apart(even: PartResult, zero: _Zero) -> str:
    """A polynomial even part should have s(0) as its constant term; else the theorem does not speak about x = 0."""
    if even.part is None or even.part == SEPARATING:
        return ""
    if zero.value is None:
        agrees = zero.nonzero == (0 in even.part)
    else:
        agrees = zero.value == even.constant_term or equal_constants(zero.value, even.constant_term)
    if agrees:
        return ""
    return f"the even part tends to {even.constant_term} at 0, which is not s(0) = {zero.text}, or not shown to be"
