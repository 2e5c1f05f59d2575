"""`generate`: a certified data set with prescribed nullity and least loss."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt
from random import Random
from typing import TYPE_CHECKING, Any

from counterexamples.generation.structures import ALL, OBSTRUCTIONS, Point, Structure, Wanted, directions
from verify import Dataset, Model, decide
from verify.errors import DataError, NotAvailableError
from verify.rational import format_rational, parse_rational

if TYPE_CHECKING:
    import numpy as np

    from verify import Verdict

MOST_DIGITS = 15
"""Longest numerator and denominator of a least loss: sums of two squares need their factors."""


@dataclass(frozen=True)
class Generated:
    """A data set with the verdict about it and its certificate, which the trusted checker has accepted.

    Attributes
    ----------
    data : Dataset
    verdict : Verdict
    certificate : dict
        JSON-ready; ``json.dump`` it to a file for ``fullrank check``.
    obstruction : str
        What the annihilator rests on, in words; empty when it is 0.
    """

    data: Dataset
    verdict: Verdict
    certificate: dict[str, Any] = field(repr=False)
    obstruction: str


def generate(
    *,
    points: int = 200,
    dimension: int = 8,
    model: Model | str = "relu",
    nullity: int = 5,
    least_mse: Fraction | int | str = "1/7",
    require: Iterable[str] = (),
    rng: int | np.random.Generator = 0,
) -> Generated:
    """Make a data set on which a model has exactly the given nullity and least mean squared error, with its proof.

    The labels are values that the model attains, plus a residual r of the annihilator with ||r||^2 / n equal to
    `least_mse`. So the training loss of no network of this model, whatever its width, falls below `least_mse`.

    Parameters
    ----------
    points, dimension : int, default 200 and 8
        Number and dimension of the points: rational, most of them small integers, without structure but for what the
        nullity needs.
    model : Model or str, default "relu"
    nullity : int, default 5
        How many independent conditions labels must meet.
    least_mse : Fraction, int or str, default "1/7"
        At most 15 digits above and below.
    require : iterable of str, optional
        ``"distinct"``, ``"nonzero"`` or ``"distinct_rays"``: what the points must be. Points are repeated, or 0, only
        where nothing else was found and this does not forbid it.
    rng : int or numpy.random.Generator, default 0

    Returns
    -------
    Generated

    Raises
    ------
    DataError
        When there is no such data set, or none that is made here; the message says what to change.
    ModelError, NotAvailableError
        When the model is none, or no theorem covers it.

    Notes
    -----
    A least loss q is possible with n points if n q is the squared length of a rational vector of the annihilator. By
    Lagrange's theorem of four squares every q is possible as soon as the annihilator holds four orthogonal vectors of
    one length, so from nullity 4 on; often with less, by circuits whose coefficients are chosen to fit.

    Examples
    --------
    >>> made = generate(points=20, dimension=3, nullity=2, least_mse="1/7", rng=1)
    >>> made.verdict.nullity, made.verdict.least_mse, made.obstruction
    (2, Fraction(1, 7), 'circuits of antipodal pairs')
    """
    model = Model.parse(model) if isinstance(model, str) else model
    for name, value, least in (("points", points, 0), ("dimension", dimension, 0), ("nullity", nullity, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise DataError(f"{name}={value!r} is not a whole number of at least {least}")
    loss = _loss(least_mse)
    wishes = _wishes(require)
    if nullity > points:
        raise DataError(f"nullity={nullity} is more than points={points}: the rank would be negative; ask for less")
    if nullity == 0 and loss:
        raise DataError(f"least_mse={least_mse} with nullity=0: all labels are attained then; ask for nullity=4, or 0")
    if nullity and not dimension:
        raise DataError(f"nullity={nullity} in dimension 0: every point is the same; ask for dimension=1 or more")
    random = _random(rng)
    wanted = Wanted(model, dimension, nullity, points * loss, points, random)
    unknown = decide([[0] * dimension], model)
    if unknown.nullity is None:
        raise NotAvailableError(f"{model}: {unknown.reason}")
    reached = None
    for obstruction, structure in _structures(wanted, wishes):
        made = _completed(wanted, structure)
        if made is None:
            continue
        verdict = decide(made, model)
        if (verdict.nullity, verdict.least_mse) == (nullity, loss if points else Fraction(0)):
            return Generated(made, verdict, _checked(verdict), obstruction)
        reached = min(x for x in (reached, verdict.nullity) if x is not None)
    raise DataError(_refusal(wanted, wishes, loss, reached))


def _structures(wanted: Wanted, wishes: frozenset[str]) -> Iterator[tuple[str, Structure]]:
    if wanted.nullity == 0:
        yield "", Structure([], [])
        return
    for obstruction in OBSTRUCTIONS:
        if wishes <= obstruction.keeps:
            for _ in range(3):  # a closing direction may meet another line
                yield from ((obstruction.name, structure) for structure in obstruction.build(wanted))


def _completed(wanted: Wanted, structure: Structure) -> Dataset | None:
    """Add points in general position, and labels; shuffle. None where the points do not have room."""
    rng = wanted.rng
    free = wanted.room - len(structure.points)
    if free < 0:
        return None
    fresh = _fresh(free, wanted.dimension, structure.points, rng)
    attained = _attained(wanted.model, structure.points, rng)
    labels = [a + r for a, r in zip(attained, structure.residual, strict=True)]
    labels += [Fraction(rng.randint(-9, 9)) for _ in fresh]
    order = rng.sample(range(wanted.room), wanted.room)
    rows = structure.points + fresh
    if not rows:
        return Dataset([], [])
    return Dataset([rows[i] for i in order], [labels[i] for i in order])


def _fresh(number: int, dimension: int, points: list[Point], rng: Random) -> list[Point]:
    if dimension == 0:
        return [[] for _ in range(number)]
    if dimension > 1:
        return directions(number, dimension, rng, apart_from=points)
    taken = {abs(point[0]) for point in points}
    whole = (x for x in range(1, 4 * (number + len(points)) + 4) if x not in taken)
    return [[Fraction(rng.choice((-1, 1)) * x if i else -x)] for i, x in zip(range(number), whole, strict=False)]


def _attained(model: Model, points: list[Point], rng: Random) -> list[Fraction]:
    """Give labels of the structure that the model attains: small, wherever a simple function is among its values."""
    labels = [Fraction(0)] * len(points)
    if not points:
        return labels
    slopes = [rng.randint(-3, 3) for _ in points[0]]
    linear = [sum((a * x for a, x in zip(slopes, point, strict=True)), Fraction(0)) for point in points]
    constant = [Fraction(rng.randint(1, 4))] * len(points)
    terms = 0
    for values in (linear, [abs(x) for x in linear], constant, [x * x for x in linear]):
        if terms < 2 and decide(Dataset(points, values), model).least_mse == 0:
            labels = [a + b for a, b in zip(labels, values, strict=True)]
            terms += 1
    return labels


def _checked(verdict: Verdict) -> dict[str, Any]:
    from verify.check import check_text

    certificate = verdict.certificate()
    result = check_text(json.dumps(certificate))
    if result.status != "accepted":
        raise AssertionError(f"the checker rejects the certificate of a generated data set: {result.message}")
    return certificate


def _loss(least_mse: Fraction | int | str) -> Fraction:
    if isinstance(least_mse, bool) or not isinstance(least_mse, (int, str, Fraction)):
        raise DataError(f'least_mse={least_mse!r} is not an exact number; write a text such as "1/7" or a Fraction')
    loss = parse_rational(least_mse) if isinstance(least_mse, str) else Fraction(least_mse)
    if loss < 0:
        raise DataError(f"least_mse={least_mse} is negative; a mean of squares is at least 0")
    if max(loss.numerator, loss.denominator) >= 10**MOST_DIGITS:
        raise DataError(f"least_mse has more than {MOST_DIGITS} digits above or below; choose a simpler fraction")
    return loss


def _wishes(require: Iterable[str]) -> frozenset[str]:
    wishes = frozenset([require] if isinstance(require, str) else require)
    for wish in wishes - ALL:
        raise DataError(f"require={wish!r} is unknown; the requirements are {', '.join(sorted(ALL))}")
    return wishes


def _random(rng: int | np.random.Generator) -> Random:
    if isinstance(rng, bool) or (not isinstance(rng, int) and not hasattr(rng, "integers")):
        raise DataError(f"rng={rng!r} is neither a seed nor a numpy.random.Generator; write for example rng=0")
    seed = rng if isinstance(rng, int) else int(rng.integers(2**63))
    return Random(seed)  # noqa: S311  # test data, nothing secret


def _refusal(wanted: Wanted, wishes: frozenset[str], loss: Fraction, reached: int | None) -> str:
    what = f"no {wanted.room} points of dimension {wanted.dimension} with nullity {wanted.nullity} for {wanted.model}"
    what += f" that are {', '.join(sorted(wishes))}" if wishes else ""
    if reached is not None:
        return f"{what} were made: points in general position have nullity {reached}; change the nullity or the points"
    if wanted.nullity < 4 and loss:
        return (
            f"{what} were found for least_mse={format_rational(loss)}: up to a factor that depends on the model, "
            f"{format_rational(wanted.value)} must be a sum of {wanted.nullity} rational squares; ask for nullity=4 "
            f"(and at least 8 points), or for example least_mse={_representable(wanted)}"
        )
    return f"{what} were found; ask for fewer requirements, a smaller nullity or more points"


def _representable(wanted: Wanted) -> str:
    """Give a least loss near the one that is wanted, which one repeated point or antipodal pair can carry."""
    size = max(1, isqrt(int(50 * wanted.value)))
    return format_rational(Fraction(2 * size * size, 100 * wanted.room))
