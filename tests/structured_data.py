"""Random data sets with the structure that verdicts depend on: rays, antipodal pairs, zero points, repeated points.

Generic points show nothing: almost every model interpolates them. `random_points` therefore builds most points from
earlier ones. `point_sets` and `label_vectors` are Hypothesis strategies for the same kind of data.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from zlib import crc32

from hypothesis import strategies as st

Point = tuple[Fraction, ...]

MOST_POINTS, MOST_DIMENSIONS = 14, 4
DENOMINATORS = (1, 1, 1, 1, 2, 3, 5)
POSITIVE = tuple(Fraction(*pair) for pair in ((2, 1), (3, 1), (1, 2), (1, 3), (3, 2), (2, 3), (5, 4)))
LABEL_KINDS = ("small", "rational", "zero", "one-hot", "attained")


def seeded(name: str) -> Random:
    """The same generator for the same name, on every machine and in every process."""
    return Random(crc32(name.encode()))  # noqa: S311 - test data, nothing secret


def random_points(
    rng: Random, *, most: int = MOST_POINTS, dimension: int | None = None, integers: bool = False
) -> list[Point]:
    """Draw up to `most` points with many coincidences; `integers` keeps every coordinate an integer."""
    if dimension is None:
        dimension = 0 if rng.random() < 0.01 else rng.randint(1, MOST_DIMENSIONS)
    count = rng.randint(0, 1) if rng.random() < 0.03 else rng.randint(min(2, most), most)
    fresh = rng.choice((0.25, 0.5, 0.8))
    points: list[Point] = []
    for _ in range(count):
        if not points or rng.random() < fresh:
            points.append(_fresh(rng, dimension, integers))
        else:
            points.append(_derived(rng, points, integers))
    rng.shuffle(points)
    return points


def _fresh(rng: Random, dimension: int, integers: bool) -> Point:
    if rng.random() < 0.3:  # few directions, so that lines and circuits of lines are frequent
        return tuple(Fraction(rng.randint(-1, 1)) for _ in range(dimension))
    if integers or rng.random() < 0.7:
        return tuple(Fraction(rng.randint(-3, 3)) for _ in range(dimension))
    return tuple(Fraction(rng.randint(-3, 3), rng.choice(DENOMINATORS)) for _ in range(dimension))


def _derived(rng: Random, points: Sequence[Point], integers: bool) -> Point:
    x, z = rng.choice(points), rng.choice(points)
    kind = rng.choice(("antipode", "antipode", "antipode", "ray", "ray", "line", "repeat", "zero", "sum"))
    multiple = Fraction(rng.randint(2, 3)) if integers else rng.choice(POSITIVE)
    match kind:
        case "antipode":
            return tuple(-value for value in x)
        case "ray":
            return tuple(multiple * value for value in x)
        case "line":
            return tuple(-multiple * value for value in x)
        case "repeat":
            return x
        case "zero":
            return tuple(Fraction(0) for _ in x)
        case _:
            return tuple(a + b for a, b in zip(x, z, strict=True))


def random_labels(
    rng: Random, points: Sequence[Point], kind: str, *, attained: Sequence[Sequence[Fraction]] = ()
) -> list[Fraction]:
    """Draw labels; `attained` labels are a combination of the given value vectors (all zero when there are none)."""
    count = len(points)
    match kind:
        case "small":
            return [Fraction(rng.randint(-2, 2)) for _ in points]
        case "rational":
            return [Fraction(rng.randint(-9, 9), rng.randint(1, 7)) for _ in points]
        case "zero":
            return [Fraction(0)] * count
        case "one-hot":
            hot = rng.randrange(count) if count else -1
            return [Fraction(int(i == hot)) for i in range(count)]
        case "attained":
            labels = [Fraction(0)] * count
            for row in attained:
                factor = Fraction(rng.randint(-2, 2), rng.choice((1, 1, 2)))
                labels = [value + factor * entry for value, entry in zip(labels, row, strict=True)]
            return labels
        case _:
            raise AssertionError(kind)


FACTORS = tuple(Fraction(*pair) for pair in ((-1, 1), (1, 1), (2, 1), (-2, 1), (1, 2), (-2, 3), (0, 1)))
_coordinates = st.builds(Fraction, st.integers(-3, 3), st.sampled_from((1, 1, 2, 3)))


@st.composite
def point_sets(
    draw: st.DrawFn, *, most: int = 8, most_dimensions: int = MOST_DIMENSIONS, least: int = 0
) -> list[Point]:
    """Points of which some are multiples of earlier ones (so repeated, antipodal, parallel or zero)."""
    dimension = draw(st.integers(0 if least == 0 else 1, most_dimensions))
    points: list[Point] = []
    for _ in range(draw(st.integers(least, most))):
        derived: bool = draw(st.booleans())
        if points and derived:
            base = draw(st.sampled_from(points))
            factor = draw(st.sampled_from(FACTORS))
            points.append(tuple(factor * value for value in base))
        else:
            points.append(tuple(draw(_coordinates) for _ in range(dimension)))
    return points


@st.composite
def labelled_point_sets(draw: st.DrawFn, *, most: int = 8) -> tuple[list[Point], list[Fraction]]:
    """Points together with one small rational label each."""
    points = draw(point_sets(most=most))
    return points, draw(label_vectors(len(points)))


def label_vectors(count: int) -> st.SearchStrategy[list[Fraction]]:
    """Small rational labels, one for each of `count` points."""
    return st.lists(st.builds(Fraction, st.integers(-3, 3), st.sampled_from((1, 2))), min_size=count, max_size=count)
