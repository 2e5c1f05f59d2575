"""Structures: points that carry the whole annihilator of a model, and a residual in it of prescribed length.

Each structure is a kind of obstruction. Whether a model has it is not looked up but decided, on a small prototype.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from math import gcd, lcm
from operator import mul
from random import Random
from typing import TYPE_CHECKING

from counterexamples.generation.squares import rational_squares
from verify import decide

if TYPE_CHECKING:
    from verify import Model

Point = list[Fraction]
RATIOS = tuple(Fraction(*pair) for pair in ((2, 1), (3, 1), (3, 2), (4, 1), (5, 1), (5, 2), (4, 3), (6, 1), (7, 1)))


@dataclass(frozen=True)
class Structure:
    """Points, and for each of them the entry of a residual in the annihilator."""

    points: list[Point]
    residual: list[Fraction]


@dataclass(frozen=True)
class Wanted:
    """What is asked of a structure: its nullity, the squared length of the residual, and the most points."""

    model: Model
    dimension: int
    nullity: int
    value: Fraction
    room: int
    rng: Random


@dataclass(frozen=True)
class Obstruction:
    """One kind of obstruction.

    Attributes
    ----------
    name : str
        In the plural, for messages.
    keeps : frozenset of str
        The requirements that it meets.
    build : callable
        Yields structures to try; the nullity of the whole data set is checked at the end.
    """

    name: str
    keeps: frozenset[str]
    build: Callable[[Wanted], Iterator[Structure]]


def directions(number: int, dimension: int, rng: Random, *, apart_from: Sequence[Point] = ()) -> list[Point]:
    """Draw integer vectors on different lines through 0, and on none of the lines of `apart_from`."""
    box = 3
    while (2 * box + 1) ** dimension < 16 * (number + len(apart_from)):
        box *= 2
    seen = {line_of(point) for point in apart_from if any(point)}
    found: list[Point] = []
    while len(found) < number:
        row = [rng.randint(-box, box) for _ in range(dimension)]
        line = line_of(row)
        if any(row) and line not in seen:
            seen.add(line)
            found.append([Fraction(x) for x in row])
    return found


def line_of(point: Sequence[Fraction | int]) -> tuple[Fraction, ...]:
    """Give the direction of the line through 0 and a nonzero point: the multiple whose first nonzero entry is 1."""
    lead = next((x for x in point if x), Fraction(1))
    return tuple(Fraction(x) / lead for x in point)


def circuits(wanted: Wanted) -> Iterator[Structure]:
    """Antipodal pairs with dependent directions x_j. The residual (b_j, -b_j) comes first; the last x_j closes the sum.

    For m pairs that span a space of dimension D, and the condition sum_j b_j x_j = 0, the nullity is m - D.
    """
    k, rng = wanted.nullity, wanted.rng
    for span in range(min(wanted.dimension, wanted.room // 2 - k), 0, -1):
        if not _closes(wanted.model, span):
            continue
        for factor in range(1, 10):  # other fractions, until enough of the squares are not 0
            squares = rational_squares(wanted.value / 2 * factor**2, k + span, rng)
            weights = [rng.choice((-1, 1)) * x / factor for x in squares or ()]
            if sum(map(bool, weights)) < min(3, k + span) and wanted.value:
                continue
            if not wanted.value:
                weights = [Fraction(1)] * (k + span)
            weights.sort(key=_divisor(weights))  # the last one divides
            inside = _scalars(k + span - 1, rng) if span == 1 else directions(k + span - 1, span, rng)
            _round_off(inside, weights)
            closing = [-sum(map(mul, weights, column)) / weights[-1] for column in zip(*inside, strict=True)]
            lines = _embedded([*inside, closing], wanted.dimension, rng)
            residual = [sign * x if wanted.value else Fraction(0) for x in weights for sign in (1, -1)]
            yield Structure([[sign * x for x in line] for line in lines for sign in (1, -1)], residual)


def _divisor(weights: Sequence[Fraction]) -> Callable[[Fraction], tuple[bool, bool, Fraction]]:
    """Order weights so that the best divisor comes last: as integers, the largest one-digit number, else the least."""
    scale = lcm(*(x.denominator for x in weights))
    return lambda x: (x != 0, abs(x) * scale <= 9, abs(x) if abs(x) * scale <= 9 else -abs(x))


def _round_off(inside: list[Point], weights: list[Fraction]) -> None:
    """Change one vector a little, if that makes the closing one an integer vector; it only looks nicer."""
    scale = lcm(*(x.denominator for x in weights))
    *whole, last = (int(x * scale) for x in weights)
    j = next((j for j, x in enumerate(whole) if gcd(x, last) == 1), None)
    if j is None or abs(last) > 9:
        return
    for axis, column in enumerate(zip(*inside, strict=True)):
        step = -int(sum(map(mul, whole, column))) * pow(whole[j], -1, abs(last)) % abs(last)
        inside[j][axis] += step - abs(last) if 2 * step > abs(last) else step


def _closes(model: Model, span: int) -> bool:
    """Whether antipodal pairs fail exactly if their directions are dependent."""
    units = [[int(i == j) for j in range(span)] for i in range(span)]
    last = [2] if span == 1 else [1] * span
    pairs = [[sign * x for x in row] for row in (*units, last) for sign in (1, -1)]
    vector = _sole_vector(model, pairs)
    if vector is None or decide(pairs[:-2], model).nullity != 0:
        return False
    return all(vector[i] == -vector[i + 1] for i in range(0, len(pairs), 2))


def antipodes(wanted: Wanted) -> Iterator[Structure]:
    """Pairs x, -x: for odd and for even networks."""
    yield from _multiples(wanted, (1,), (Fraction(-1),), most=2)


def rays(wanted: Wanted) -> Iterator[Structure]:
    """Points x, t x on a ray: for homogeneous networks."""
    yield from _multiples(wanted, (1,), _ratios(wanted), groups=1 if wanted.dimension == 1 else None)


def lines(wanted: Wanted) -> Iterator[Structure]:
    """Antipodal pairs +-x, +-t x on one line: where a pair sum or difference is a form in x."""
    yield from _multiples(wanted, (1, -1), RATIOS, groups=wanted.dimension)


def repeats(wanted: Wanted) -> Iterator[Structure]:
    """Points x, x that are equal: for every network."""
    yield from _multiples(wanted, (1,), (Fraction(1),))


def _ratios(wanted: Wanted) -> tuple[Fraction, ...]:
    """Ratios t to try, with one for which the vector (t, -1) has a multiple of the squared length that is wanted."""
    legs = rational_squares(wanted.value, 2, wanted.rng)
    if legs is None or not all(legs) or legs[0] == legs[1]:
        return RATIOS
    return (*RATIOS, max(legs) / min(legs))


def _multiples(
    wanted: Wanted,
    unit: tuple[int, ...],
    ratios: Sequence[Fraction],
    *,
    most: int | None = None,
    groups: int | None = None,
) -> Iterator[Structure]:
    """Groups of units u x, s u x, ...: a group of m units has nullity m - 1, and two units of ratio t are a cell.

    The cells have disjoint supports and annihilating vectors of one length, so their multiples make every sum of as
    many squares.
    """
    k, size = wanted.nullity, len(unit)
    number = min(k, wanted.room // size - k, groups or k)
    if number < 1 or (most is not None and k + number > most * number):
        return
    sizes = [(k + number) // number + (j < (k + number) % number) for j in range(number)]
    for ratio in ratios:
        cell = [Fraction(u) * t for t in (Fraction(1), ratio) for u in unit]
        vector = _sole_vector(wanted.model, [[x] for x in cell])
        if vector is None or decide([[u] for u in unit], wanted.model).nullity != 0:
            continue
        norm = sum(x * x for x in vector)
        squares = rational_squares(wanted.value / norm, sum(m // 2 for m in sizes), wanted.rng)
        if squares is None:
            continue
        axes = [[Fraction(1 + j if ratio == 1 else 1)] for j in range(number)]  # in dimension 1 groups share the line
        if wanted.dimension > 1:
            axes = directions(number, wanted.dimension, wanted.rng)
        taken: set[Fraction] = set()
        points: list[Point] = []
        residual: list[Fraction] = []
        for axis, units in zip(axes, sizes, strict=True):
            if wanted.dimension > 1:
                taken = set()
            for start in range(0, units, 2):
                scale = _free(taken, ratio)
                whole = start + 1 < units
                points += [[scale * t * x for x in axis] for t in (cell if whole else cell[:size])]
                weight = wanted.rng.choice((-1, 1)) * squares.pop() if whole else Fraction(0)
                residual += [weight * x for x in (vector if whole else vector[:size])]
        yield Structure(points, residual)


def _free(taken: set[Fraction], ratio: Fraction) -> Fraction:
    """Find the least whole number that makes new points, together with its multiple by the ratio, and take both."""
    if ratio == 1:
        return Fraction(1)
    scale = next(Fraction(s) for s in count(1) if not taken & {Fraction(s), abs(s * ratio)})
    taken |= {scale, abs(scale * ratio)}
    return scale


def pair_sums(wanted: Wanted) -> Iterator[Structure]:
    """Any two antipodal pairs: where f(x) + f(-x) is constant."""
    k, rng = wanted.nullity, wanted.rng
    pairs = k + 1
    vector = _sole_vector(wanted.model, [[1], [-1], [2], [-2]])
    if vector is None or vector[0] != vector[1] or vector[0] != -vector[2] or 2 * pairs > wanted.room:
        return
    for block in ([(1, -1)], [(1, 1, -1, -1), (1, -1, 1, -1), (1, -1, -1, 1)]):  # orthogonal, of one length, sum 0
        size = len(block[0])
        squares = rational_squares(wanted.value / (2 * size), pairs // size * len(block), rng)
        if squares is None:
            continue
        weights = [Fraction(0)] * pairs
        for start in range(0, pairs - size + 1, size):
            for row in block:
                multiple = rng.choice((-1, 1)) * squares.pop()
                for j, sign in enumerate(row):
                    weights[start + j] += multiple * sign
        axes = directions(pairs, wanted.dimension, rng) if wanted.dimension > 1 else _scalars(pairs, rng)
        yield Structure(
            [[sign * x for x in axis] for axis in axes for sign in (1, -1)], [x for x in weights for _ in range(2)]
        )


def origin(wanted: Wanted) -> Iterator[Structure]:
    """The point 0, where the network vanishes. It carries the residual, other obstructions the rest of the nullity."""
    squares = rational_squares(wanted.value, 1, wanted.rng)
    zero = [Fraction(0)] * wanted.dimension
    if squares is None or decide([[0]], wanted.model).nullity != 1:
        return
    if wanted.nullity == 1:
        yield Structure([zero], squares)
        return
    fewer = replace(wanted, nullity=wanted.nullity - 1, value=Fraction(0), room=wanted.room - 1)
    for obstruction in OBSTRUCTIONS[:-1]:
        for rest in obstruction.build(fewer):
            yield Structure([zero, *rest.points], squares + rest.residual)


def _sole_vector(model: Model, points: Sequence[Sequence[Fraction | int]]) -> list[Fraction] | None:
    """Give the vector that spans the annihilator, or None unless its dimension is 1; all entries must be nonzero."""
    verdict = decide(points, model)
    if verdict.nullity != 1 or verdict.annihilating_vector is None or len(verdict.annihilating_vector) != len(points):
        return None
    return [Fraction(str(verdict.annihilating_vector[i])) for i in range(len(points))]


def _scalars(number: int, rng: Random) -> list[Point]:
    return [[Fraction(x)] for x in rng.sample(range(1, 3 * number + 2), number)]


def _embedded(rows: list[Point], dimension: int, rng: Random) -> list[Point]:
    """Map vectors into a space of larger dimension by a random linear map without kernel."""
    span = len(rows[0])
    if span == dimension:
        return rows
    extra = [[rng.randint(-1, 1) for _ in range(dimension - span)] for _ in range(span)]
    columns = rng.sample(range(dimension), dimension)
    wide = [[*row, *(sum(map(mul, row, column), Fraction(0)) for column in zip(*extra, strict=True))] for row in rows]
    return [[row[j] for j in columns] for row in wide]


ALL = frozenset({"distinct", "nonzero", "distinct_rays"})
OBSTRUCTIONS = (
    Obstruction("antipodal pairs", ALL, antipodes),
    Obstruction("circuits of antipodal pairs", ALL, circuits),
    Obstruction("antipodal pairs with constant sum", ALL, pair_sums),
    Obstruction("points on rays", ALL - {"distinct_rays"}, rays),
    Obstruction("antipodal pairs on lines", ALL - {"distinct_rays"}, lines),
    Obstruction("repeated points", frozenset({"nonzero"}), repeats),
    Obstruction("the point 0", frozenset(), origin),
)
"""In the order in which they are tried."""
