"""Verdicts in plain words. Every sentence names the points and follows from the annihilating vector alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from math import comb, prod
from typing import TYPE_CHECKING

from verify.algebraic.field import Element, Number
from verify.algebraic.writing import format_number, simplified
from verify.annihilator.coupling import monomials
from verify.flint_backend import rank as exact_rank
from verify.verdict.outcome import Outcome, Question

if TYPE_CHECKING:
    from verify.verdict.verdict import Verdict

Point = tuple[Number, ...]
_MANY = 12  # more points than this are counted, not listed
_HEAVY = 50_000  # more numbers than this are not eliminated for the sake of a sentence
_LONG = 40  # longer numbers are shown rounded


def reason(verdict: Verdict) -> str:
    """Say in one line why a definite verdict holds."""
    vector = verdict.annihilating_vector
    n = verdict.data.n
    if vector is None:
        if verdict.nullity == 0:
            return f"the rank is {n}, the number of points: every labelling is attained"
        conditions = "the one condition" if verdict.nullity == 1 else f"all {verdict.nullity} independent conditions"
        return f"the labels meet {conditions} that this model imposes on these points"
    points = {i: verdict.data.coordinates.row(i) for i in vector}
    moments = [f for f in verdict.space.families if f.kind == "moment"]
    return obstruction(vector, points, {f.degree for f in moments}, lifted=any(f.lifted for f in moments))


def explain(verdict: Verdict) -> str:
    """Say in a few lines what was decided and why."""
    data, model = verdict.data, verdict.model
    what = f"{data.n} {_plural('point', data.n)} in dimension {data.dimension}"
    lines = [f"Model: {model.describe()} ({model}), any width. Data: {what}."]
    if verdict.outcome is Outcome.UNKNOWN:
        return "\n".join([*lines, f"Unknown: {verdict.reason}."])
    is_every = verdict.question is Question.EVERY_LABELLING
    labels = "every labelling" if is_every else "these labels"
    if verdict.outcome is Outcome.INTERPOLATES:
        lines.append(f"It interpolates {labels}: {verdict.reason}.")
    else:
        cannot = "some labellings" if is_every else labels
        almost = "almost any hidden weights" if model.almost_all_weights else "any weights"
        how = f"{almost} and any training" if model.regime == "trained" else "lazy training of any length"
        lines.append(f"It can NOT interpolate {cannot}, with {how}: {verdict.reason}.")
    over = "over all widths and all weights" if model.regime == "trained" else "in the limit of infinite width"
    if model.almost_all_weights:
        over = "over all widths and almost all hidden weights"
    lines.append(f"Rank {verdict.rank}, nullity {verdict.nullity} ({over}).")
    if model.activation.jumps:
        lines.append(_jumps(verdict))
    vector = verdict.annihilating_vector
    if vector is not None:
        network = "almost every" if model.almost_all_weights else "every"
        every = (
            f"{network.capitalize()} such network f"
            if model.regime == "trained"
            else "Every change f that lazy training makes"
        )
        lines.append(f"{every} satisfies {_equation(vector)}.")
        if not is_every:
            lines.append(_violation(verdict, vector))
    if verdict.least_mse is not None:
        lines.append(f"Least mean squared error of any width: {_show(verdict.least_mse)}.")
    for name, single in zip(data.label_names, verdict.per_output, strict=False):
        least = single.least_mse
        lines.append(f"Label {name}: {single.outcome.value}, least mean squared error {_show(least or Fraction(0))}.")
    lines += [f"Note: {note}." for note in data.notes]
    return "\n".join(lines)


def _jumps(verdict: Verdict) -> str:
    activation = verdict.model.activation
    where = f"{activation} is discontinuous at x = {', '.join(activation.jumps)}"
    if not verdict.model.almost_all_weights:
        return f"Sense: {where}; this holds for all hidden weights, and so for almost all and for the kernel."
    rest = (
        "such weights attain it" if verdict.outcome is Outcome.INTERPOLATES else "the weights of that set may do more"
    )
    return (
        f"Sense: {where}; this holds for almost all hidden weights, all but a set of measure 0, and for the kernel; "
        f"{rest}."
    )


def obstruction(
    vector: Mapping[int, Number],
    points: Mapping[int, Point],
    degrees: Collection[int] = (1,),
    *,
    lifted: bool = False,
) -> str:
    """Name the geometry behind an annihilating vector with minimal support.

    Parameters
    ----------
    vector : mapping from index to Fraction, nonzero entries
    points : mapping with at least the same indices
    degrees : collection of int
        Degrees of the moments through which the model ties different lines together.
    lifted : bool, default False
        Whether the moments are those of the points (x, 1), as with hidden biases.

    Examples
    --------
    >>> one = Fraction(1)
    >>> obstruction({2: -2 * one, 5: one}, {2: (one, one), 5: (2 * one, 2 * one)})
    'points 2 and 5 lie on one ray (x5 = 2 x2), so f(x5) = 2 f(x2)'
    """
    indices = sorted(vector)
    if lifted:
        points = {i: (*point, Fraction(1)) for i, point in points.items()}
    if len(indices) == 1:
        (i,) = indices
        zero = "the zero vector" if not any(points[i]) else "a point"
        return f"point {i} is {zero} at which every f of this model is 0"
    if len(indices) == 2:
        return _two(vector, points, *indices)
    pairs = _grouped(indices, lambda i, j: abs(_ratio(points[i], points[j])) == 1)
    lines = _grouped(indices, lambda i, j: _ratio(points[i], points[j]) != 0)
    for groups, name in ((pairs, "antipodal pairs"), (lines, "two-sided lines through the pairs")):
        if len(groups) > 1 and all(len(g) == 2 and _ratio(points[g[0]], points[g[1]]) < 0 for g in groups):
            seen = [k for k in degrees if any(_power_sum(g, k, vector, points) for g in groups)]
            return f"{name} {_listed(groups)}: {_span([points[g[0]] for g in groups], seen)}"
    if len(lines) == 1:
        return f"points {_listed(indices)} lie on one line through 0 and their values are tied"
    if all(len(line) == 1 for line in lines):
        return (
            f"the values at points {_listed(indices)} are tied: {_span([points[i] for i in indices], degrees, lifted)}"
        )
    return f"the values at points {_listed(indices)} are tied by one linear equation"


def _two(vector: Mapping[int, Number], points: Mapping[int, Point], i: int, j: int) -> str:
    factor = -vector[i] / vector[j]
    tied = f"f(x{j}) = {_times(factor)}f(x{i})"
    if points[i] == points[j]:
        return f"points {i} and {j} are equal, so {tied}"
    ratio = _ratio(points[i], points[j])
    if ratio == -1:
        return f"points {i} and {j} are antipodal (x{j} = -x{i}), so {tied}"
    if ratio > 0:
        return f"points {i} and {j} lie on one ray (x{j} = {_times(ratio)}x{i}), so {tied}"
    if ratio < 0:
        return f"points {i} and {j} lie on one line through 0 (x{j} = {_times(ratio)}x{i}), so {tied}"
    return f"the values at points {i} and {j} are tied: {tied}"


def _ratio(x: Point, y: Point) -> Number:
    """The t with y = t x, or 0 if there is none."""
    pivot = next((k for k, a in enumerate(x) if a), None)
    if pivot is None:
        return Fraction(0)
    t = simplified(y[pivot] / x[pivot])
    return t if all(b == t * a for a, b in zip(x, y, strict=True)) else Fraction(0)


def _power_sum(group: list[int], degree: int, vector: Mapping[int, Number], points: Mapping[int, Point]) -> Number:
    """Sum of c_i t_i^k over points of one line: whether a moment sees this part of the vector."""
    first = points[group[0]]
    ratios = [_ratio(first, points[i]) for i in group]
    return _sum(vector[i] * t**degree for i, t in zip(group, ratios, strict=True))


def _grouped(indices: list[int], related: Callable[[int, int], bool]) -> list[list[int]]:
    groups: list[list[int]] = []
    for i in indices:
        for group in groups:
            if related(group[0], i):
                group.append(i)
                break
        else:
            groups.append([i])
    return groups


def _span(directions: list[Point], degrees: Collection[int], lifted: bool = False) -> str:
    """Say which dependence ties the directions together."""
    monomials_of = f"the monomials of degree {_degrees(degrees)} of the points (x, 1)"
    if not lifted:
        monomials_of = f"their monomials of degree {_degrees(degrees)}"
    size = sum(comb(len(directions[0]) + k - 1, k) for k in degrees if directions[0] or not k)
    if len(directions) * size > _HEAVY:
        return f"{monomials_of} are linearly dependent"
    vectors = [[prod(x[j] for j in row) for k in sorted(degrees) for row in monomials(len(x), k)] for x in directions]
    rank = _rank(vectors)
    if rank == len(directions):
        return "the model ties their values together"
    if set(degrees) == {1}:
        who = "the points (x, 1)" if lifted else "their directions"
        return f"{who} span only {rank} {_plural('dimension', rank)}"
    if set(degrees) == {0}:
        return "the sum of the two values is the same for each"
    return f"{monomials_of} span only {rank} {_plural('dimension', rank)}"


def _degrees(degrees: Collection[int]) -> str:
    return " and ".join(str(k) for k in sorted(degrees))


def _equation(vector: Mapping[int, Number]) -> str:
    if len(vector) > _MANY:
        return f"one linear equation between its values at {len(vector)} points (the annihilating vector)"
    terms = ""
    for i, x in sorted(vector.items()):
        sign = ("-" if x < 0 else "") if not terms else (" - " if x < 0 else " + ")
        terms += f"{sign}{_times(-x if x < 0 else x)}f(x{i})"
    return f"{terms} = 0"


def _violation(verdict: Verdict, vector: Mapping[int, Number]) -> str:
    failing = next(v for v in verdict.per_output or (verdict,) if v.outcome is Outcome.CANNOT_INTERPOLATE)
    value = _sum(x * failing.data.label_array.row(i)[0] for i, x in vector.items())
    which = f"of {failing.data.label_names[0]} " if verdict.per_output else ""
    return f"The labels {which}give {_show(value)} instead of 0."


def _listed(items: list[int] | list[list[int]]) -> str:
    shown = [f"({', '.join(map(str, item))})" if isinstance(item, list) else str(item) for item in items]
    return ", ".join(shown) if len(shown) <= _MANY else f"{', '.join(shown[:_MANY])}, ... ({len(shown)} in all)"


def _sum(terms: Iterable[Number]) -> Number:
    total: Number = Fraction(0)
    for term in terms:
        total = total + term
    return simplified(total)


def _rank(vectors: Sequence[Sequence[Number | int]]) -> int:
    rational = [[x for x in vector if not isinstance(x, Element)] for vector in vectors]
    if all(map(len, vectors)) and list(map(len, rational)) == list(map(len, vectors)):
        return exact_rank(rational)
    from verify.algebraic.space import rank

    return rank(vectors)


def _times(x: Number) -> str:
    if abs(x) == 1:
        return "-" if x < 0 else ""
    text = format_number(x)
    return f"({text}) " if " " in text else f"{text} "


def _show(x: Number) -> str:
    """An exact number, with a rounded decimal beside it where that helps; only the decimal when it is very long."""
    exact = format_number(x)
    if isinstance(x, Element):
        return f"{exact} (about {float(x):.6g})" if len(exact) <= 2 * _LONG else f"about {float(x):.6g} (in {x.field})"
    if x.denominator == 1 and len(exact) <= _LONG:
        return exact
    digits = len(exact) - exact.find("/") - 1
    try:
        rounded = f"about {float(x):.6g}"
    except OverflowError:
        rounded = f"about 10^{len(exact) - digits - 2}"
    if len(exact) <= _LONG:
        return f"{exact} ({rounded})"
    return f"{rounded} (exactly a fraction of {len(exact)} characters)"


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
