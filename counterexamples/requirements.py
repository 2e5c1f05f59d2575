"""What may be required of the points of a search. Every requirement is inherited by subsets.

That is what makes a find minimal for certain: whoever takes points away never leaves the sets that are allowed.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import gcd, lcm
from types import MappingProxyType
from typing import TypeAlias

from verify.errors import SearchError
from verify.flint_backend import rank

Point: TypeAlias = tuple[Fraction, ...]

_WORDS: Mapping[str, str] = {
    "distinct": "no two points are equal",
    "nonzero": "no point is 0",
    "distinct_rays": "no two points are equal or lie on one ray from 0",
    "distinct_lines": "no two points are equal or lie on one line through 0",
    "general_directions": "any d different lines through points are independent, in dimension d",
    "unit_norm": "every point lies on the unit sphere, with rational coordinates",
    "nonnegative": "no coordinate is negative",
    "integer": "every coordinate is an integer",
}
REQUIREMENTS: Mapping[str, str] = MappingProxyType(_WORDS)
"""The requirements by name, each with what it says."""

_OF_POINTS: Mapping[str, Callable[[Point], bool]] = {
    "nonzero": any,
    "unit_norm": lambda x: sum(a * a for a in x) == 1,
    "nonnegative": lambda x: all(a >= 0 for a in x),
    "integer": lambda x: all(a.denominator == 1 for a in x),
}


def read_requirements(names: Iterable[str] | str, *, dimension: int, max_points: int) -> frozenset[str]:
    """Read names of requirements and refuse what no set of points meets.

    Parameters
    ----------
    names : iterable of str, or one str with commas
    dimension, max_points : int
        Of the sets that are looked for.

    Raises
    ------
    SearchError
        For an unknown name (with the nearest one), or requirements that only the empty set meets.

    Examples
    --------
    >>> sorted(read_requirements("nonzero,distinct_rays", dimension=2, max_points=8))
    ['distinct_rays', 'nonzero']
    >>> read_requirements(["nonzero", "distinct_ray"], dimension=2, max_points=8)
    Traceback (most recent call last):
    verify.errors.SearchError: unknown requirement 'distinct_ray'; did you mean 'distinct_rays'?
    """
    listed = names.split(",") if isinstance(names, str) else list(names)
    wanted = {name.strip() for name in listed} - {""} if isinstance(names, str) else set(listed)
    for name in sorted(wanted, key=str):
        if name not in REQUIREMENTS:
            near = difflib.get_close_matches(str(name), REQUIREMENTS, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(REQUIREMENTS)}"
            raise SearchError(f"unknown requirement {name!r}; {remedy}")
    for name in ("nonzero", "unit_norm"):
        if name in wanted and dimension == 0:
            raise SearchError(f"{name} with dimension 0 contradict each other: the only point is 0; leave {name} out")
    if max_points == 0:
        what = f"{sorted(wanted)[0]} with max_points 0 says nothing" if wanted else "max_points is 0"
        raise SearchError(f"{what}: the empty set is fitted by every model; allow at least 1 point")
    return frozenset(wanted)


def admitted(points: Iterable[Point], require: frozenset[str]) -> list[Point]:
    """Keep the points, from the first to the last, that break no requirement together with those kept before.

    Examples
    --------
    >>> one, zero = Fraction(1), Fraction(0)
    >>> kept = admitted([(one, zero), (3 * one, zero), (-one, zero), (zero, zero)], frozenset({"distinct_rays"}))
    >>> [[int(a) for a in x] for x in kept]
    [[1, 0], [-1, 0], [0, 0]]
    """
    kept: list[Point] = []
    seen: set[Point] = set()
    lines: list[Point] = []
    key = _key(require)
    for x in points:
        if not all(_OF_POINTS[name](x) for name in _OF_POINTS if name in require):
            continue
        if key is not None and key(x) in seen:
            continue
        if "general_directions" in require and any(x):
            line = on_line(x)
            if line not in lines:
                if not _is_general(lines, line):
                    continue
                lines.append(line)
        if key is not None:
            seen.add(key(x))
        kept.append(x)
    return kept


def meets(points: Sequence[Point], require: frozenset[str]) -> bool:
    """Whether the points meet the requirements."""
    return len(admitted(points, require)) == len(points)


def on_ray(x: Point) -> Point:
    """The primitive integer point on the ray of x; x itself if it is 0."""
    if not any(x):
        return x
    scale = lcm(*(a.denominator for a in x))
    common = gcd(*(int(a * scale) for a in x))
    return tuple(a * scale / common for a in x)


def on_line(x: Point) -> Point:
    """The same for lines through 0: the representative whose first nonzero coordinate is positive."""
    ray = on_ray(x)
    return tuple(-a for a in ray) if next((a for a in ray if a), 0) < 0 else ray


def _key(require: frozenset[str]) -> Callable[[Point], Point] | None:
    """What must be different for different points."""
    if "distinct_lines" in require:
        return on_line
    if "distinct_rays" in require:
        return on_ray
    return (lambda x: x) if "distinct" in require else None


def _is_general(lines: Sequence[Point], line: Point) -> bool:
    """Whether one more line leaves any d of them independent, or all of them if there are fewer than d."""
    size = min(len(line), len(lines) + 1)
    return all(rank([*chosen, line]) == size for chosen in _subsets(lines, size - 1))


def _subsets(lines: Sequence[Point], size: int) -> Iterator[tuple[Point, ...]]:
    return combinations(lines, size) if size > 0 else iter([()])
