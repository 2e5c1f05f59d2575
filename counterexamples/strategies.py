"""Hypothesis strategies for data sets on which networks fail: points with coincidences, not points at random.

Random points show nothing, because almost every model fits them. These strategies make points that stand in the
relations that verdicts depend on (rays, antipodes, orbits, dependences) and shrink toward few points, small integers
and few dimensions. A point is a tuple of `fractions.Fraction`, a data set a list of points, as `verify.decide` and
`verify.Dataset` take them.

>>> from hypothesis import find
>>> import verify
>>> [[int(a) for a in x] for x in find(rays(2), lambda points: verify.decide(points, "relu").nullity)]
[[0, 1], [0, 2]]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import strategies as st

from counterexamples.requirements import Point, admitted, read_requirements

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = [
    "antipodal_closures",
    "datasets",
    "general_position",
    "grid_points",
    "labels",
    "near_misses",
    "orbits",
    "point_sets",
    "rays",
    "sphere_points",
]

_Move: TypeAlias = Callable[[Sequence[Point]], Point]
_ONE = Fraction(1)
_FACTORS = tuple(Fraction(*pair) for pair in ((2, 1), (3, 1), (1, 2), (3, 2), (1, 3)))


def grid_points(dimension: int, *, magnitude: int = 3) -> SearchStrategy[Point]:
    """Points with integer coordinates between -magnitude and magnitude.

    Parameters
    ----------
    dimension : int
    magnitude : int, default 3
    """
    return st.tuples(*[st.integers(-magnitude, magnitude).map(Fraction)] * dimension)


def sphere_points(dimension: int, *, magnitude: int = 3) -> SearchStrategy[Point]:
    """Rational points of the unit sphere, by stereographic projection from (0, ..., 0, 1).

    The image of t is (2t, |t|^2 - 1)/(|t|^2 + 1), for rationals t = p/q with p, q up to `magnitude`, or the pole
    itself. Dense in the sphere as the magnitude grows. In dimension 0 there is none: an empty strategy.
    """
    if dimension == 0:
        return st.nothing()
    parameter = st.builds(Fraction, st.integers(-magnitude, magnitude), st.integers(1, magnitude))
    unsigned = st.lists(parameter, min_size=dimension - 1, max_size=dimension - 1).map(_stereographic)
    return st.tuples(unsigned, st.booleans()).map(lambda pair: _negative(pair[0]) if pair[1] else pair[0])


def rays(dimension: int, *, magnitude: int = 3, max_points: int = 3) -> SearchStrategy[list[Point]]:
    """Two or more points on one ray: a nonzero grid point and positive multiples of it; none in dimension 0."""
    if dimension == 0:
        return st.nothing()
    factors = st.lists(st.sampled_from(_FACTORS), min_size=1, max_size=max(1, max_points - 1), unique=True)
    return st.builds(
        lambda x, ts: [x, *(_times(t, x) for t in ts)], grid_points(dimension, magnitude=magnitude).filter(any), factors
    )


def antipodal_closures(
    points: SearchStrategy[Point], *, min_pairs: int = 0, max_pairs: int = 4
) -> SearchStrategy[list[Point]]:
    """Points together with their negatives: x1, -x1, x2, -x2, ... (a zero point once)."""
    bases = st.lists(points, min_size=min_pairs, max_size=max_pairs)
    return bases.map(lambda xs: [z for x in xs for z in ((x, _negative(x)) if any(x) else (x,))])


@st.composite
def orbits(draw: DrawFn, dimension: int, *, magnitude: int = 3, max_points: int = 8) -> list[Point]:
    """The orbit of a grid point under the group that a few signed permutations of the coordinates generate."""
    start: Point = draw(grid_points(dimension, magnitude=magnitude))
    moves = [_signed_permutation(draw, dimension) for _ in range(draw(st.integers(1, 2)))]
    orbit = [start]
    for x in orbit:
        for places, signs in moves:
            image = tuple(s * x[j] for s, j in zip(signs, places, strict=True))
            if image not in orbit and len(orbit) < max_points:
                orbit.append(image)
    return orbit


def general_position(
    dimension: int, *, min_points: int = 0, max_points: int = 8, magnitude: int = 5
) -> SearchStrategy[list[Point]]:
    """Points on different lines such that any `dimension` of them are independent (checked, exactly)."""
    require = frozenset({"nonzero", "distinct_lines", "general_directions"})
    points = st.lists(grid_points(dimension, magnitude=magnitude), max_size=2 * max_points + 4)
    chosen = points.map(lambda xs: admitted(xs, require)[:max_points])
    return chosen.filter(lambda xs: len(xs) >= min_points)


@st.composite
def near_misses(draw: DrawFn, obstructions: SearchStrategy[list[Point]]) -> list[Point]:
    """An obstruction with one coordinate of one point moved by 1, so that it usually is none any more."""
    points = list(draw(obstructions))
    if points and points[0]:
        i = draw(st.integers(0, len(points) - 1))
        j = draw(st.integers(0, len(points[i]) - 1))
        step = draw(st.sampled_from((1, -1)))
        points[i] = (*points[i][:j], points[i][j] + step, *points[i][j + 1 :])
    return points


def labels(count: int, *, magnitude: int = 3) -> SearchStrategy[list[Fraction]]:
    """One small rational label for each of `count` points."""
    label = st.builds(Fraction, st.integers(-magnitude, magnitude), st.sampled_from((1, 2)))
    return st.lists(label, min_size=count, max_size=count)


def point_sets(
    points: SearchStrategy[Point], *, max_points: int = 8, same_norms: bool = False
) -> SearchStrategy[list[Point]]:
    """Points of which some are made from earlier ones: antipodes, positive and negative multiples, sums, repeats.

    With `same_norms` only antipodes and repeats are made, so that points of the unit sphere stay there.
    """
    index = st.integers(0, max(0, max_points - 1))
    factors = (-_ONE, _ONE) if same_norms else (-_ONE, *_FACTORS, *(-t for t in _FACTORS), _ONE, 0 * _ONE)
    moves: list[SearchStrategy[_Move]] = [
        points.map(lambda x: lambda _: x),
        st.builds(lambda i, t: lambda xs: _times(t, xs[i % len(xs)]), index, st.sampled_from(factors)),
    ]
    if not same_norms:
        sign = st.sampled_from((_ONE, -_ONE))
        moves.append(
            st.builds(lambda i, t, j: lambda xs: _sum(xs[i % len(xs)], t, xs[j % len(xs)]), index, sign, index)
        )
    rest = st.lists(st.one_of(moves), max_size=max(0, max_points - 1))
    return st.just([]) if max_points == 0 else st.one_of(st.just([]), st.builds(_played, points, rest))


def datasets(
    dimension: int = 2,
    *,
    min_points: int = 0,
    max_points: int = 8,
    magnitude: int = 3,
    require: Iterable[str] | str = (),
) -> SearchStrategy[list[Point]]:
    """Data sets that meet requirements, composed of all the other strategies.

    Parameters
    ----------
    dimension : int, default 2
    min_points, max_points : int
    magnitude : int, default 3
        Largest coordinate of the grid; for ``unit_norm`` the largest numerator and denominator of the parameters.
    require : iterable of str, or one str with commas
        Names of `counterexamples.requirements.REQUIREMENTS`; points that would break one are left out.

    Raises
    ------
    SearchError
        For a requirement that is unknown or cannot be met.

    Examples
    --------
    >>> from hypothesis import find
    >>> import verify
    >>> sets = datasets(2, require="nonzero,distinct_rays")
    >>> len(find(sets, lambda points: verify.decide(points, "relu").nullity, random=__import__("random").Random(1)))
    6
    """
    needed = read_requirements(require, dimension=dimension, max_points=max_points)
    on_sphere = "unit_norm" in needed
    points = (sphere_points if on_sphere else grid_points)(dimension, magnitude=magnitude)
    if "nonnegative" in needed and not on_sphere:
        points = st.tuples(*[st.integers(0, magnitude).map(Fraction)] * dimension)
    closures = antipodal_closures(points, max_pairs=max(1, max_points // 2))
    kinds: list[SearchStrategy[list[Point]]] = [
        closures,
        point_sets(points, max_points=max_points, same_norms=on_sphere),
    ]
    if not on_sphere:
        kinds.append(rays(dimension, magnitude=magnitude, max_points=max_points))
        kinds += [orbits(dimension, magnitude=magnitude, max_points=max_points), near_misses(closures)]
    kept = st.one_of(kinds).map(lambda xs: admitted(xs, needed)[:max_points])
    return kept.filter(lambda xs: len(xs) >= min_points) if min_points else kept


def _played(first: Point, moves: Sequence[_Move]) -> list[Point]:
    """Make each point from those before it."""
    points = [first]
    for move in moves:
        points.append(move(points))
    return points


def _sum(x: Point, factor: Fraction, z: Point) -> Point:
    return tuple(a + factor * b for a, b in zip(x, z, strict=True))


def _signed_permutation(draw: Any, dimension: int) -> tuple[Sequence[int], Sequence[int]]:
    places = draw(st.permutations(range(dimension)))
    return places, draw(st.tuples(*[st.sampled_from((1, -1))] * dimension))


def _stereographic(t: Sequence[Fraction]) -> Point:
    size = sum((a * a for a in t), Fraction(0))
    return (*(2 * a / (size + 1) for a in t), (size - 1) / (size + 1))


def _times(factor: Fraction, x: Point) -> Point:
    return tuple(factor * a for a in x)


def _negative(x: Point) -> Point:
    return tuple(-a for a in x)
