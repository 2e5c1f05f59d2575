"""The families: rays, fans, polygons, cubes, root systems, grids, and what augmentation makes of data.

Each function gives the counts of its family in closed form; the page ``families`` of the documentation proves them.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from itertools import combinations, count
from math import comb
from types import MappingProxyType
from typing import Any

from counterexamples.catalogue.constructions import shapes
from counterexamples.catalogue.constructions.roots import root_system
from counterexamples.families.counts import Counts
from counterexamples.families.family import Family
from verify.errors import DataError

Rows = list[list[Any]]


def _triangle(d: int) -> int:
    return d * (d + 1) // 2


def _symmetric(classes: int, linear: int, quadratic: int, *, lines: int | None = None, zero: bool = False) -> Counts:
    return Counts(
        classes=classes,
        lines=classes if lines is None else lines,
        symmetric=True,
        linear=min(classes, linear),
        quadratic=min(classes, quadratic),
        zero=zero,
    )


def _with_antipodes(rows: Rows) -> Rows:
    return [[sign * x for x in row] for row in rows for sign in (1, -1)]


def _ray(*, points: int) -> Rows:
    return [[t, 2 * t] for t in range(1, points + 1)]


def _curve(dimension: int, points: int) -> Rows:
    return [[t**j for j in range(dimension)] for t in range(points)]


def _sidon(size: int) -> list[int]:
    """The first numbers, from 0, whose sums of two are all different (Mian-Chowla)."""
    found: list[int] = []
    sums: set[int] = set()
    for candidate in count():
        if len(found) == size:
            return found
        new = {candidate + x for x in [*found, candidate]}
        if not new & sums:
            found.append(candidate)
            sums |= new
    raise AssertionError("count() does not end")


def _generic(dimension: int, points: int) -> Rows:
    exponents = _sidon(dimension)
    return [[t**a for a in exponents] for t in range(1, points + 1)]


def _contrast(*, dimension: int, points: int, contrast: int) -> Rows:
    return [[factor * x for x in row] for row in _curve(dimension, points) for factor in (1, contrast)]


def _regular(*, pairs: int) -> Rows:
    rows: Rows = [[f"cos({k}*pi/{pairs})", f"sin({k}*pi/{pairs})"] for k in range(2 * pairs)]
    return rows


def _layer_weight(dimension: int, weight: int) -> None:
    if 2 * weight > dimension:
        raise DataError(f"cube_layer: weight={weight} is more than half of dimension={dimension}; take the other side")


def _layer(*, dimension: int, weight: int) -> Rows:
    rows: Rows = []
    for minus in combinations(range(dimension), weight):
        row = [-1 if j in minus else 1 for j in range(dimension)]
        if row[0] == 1 or 2 * weight < dimension:  # in the middle layer the antipode is in the layer too
            rows += [row, [-x for x in row]]
    return rows


def _layer_counts(*, dimension: int, weight: int) -> Counts:
    _layer_weight(dimension, weight)
    if weight == 0:
        return _symmetric(1, 1, 1)
    if 2 * weight == dimension:
        return _symmetric(comb(dimension, weight) // 2, dimension - 1, max(1, comb(dimension, 2) - dimension + 1))
    return _symmetric(comb(dimension, weight), dimension, dimension if weight == 1 else comb(dimension, 2))


def _mobius(g: int) -> int:
    sign, p = 1, 2
    while g > 1:
        if g % (p * p) == 0:
            return 0
        if g % p == 0:
            g //= p
            sign = -sign
        p += 1
    return sign


def _grid_counts(*, box: int, dimension: int) -> Counts:
    classes = ((2 * box + 1) ** dimension - 1) // 2
    lines = sum(_mobius(g) * (((2 * (box // g) + 1) ** dimension - 1) // 2) for g in range(1, box + 1))
    return _symmetric(classes, dimension, _triangle(dimension), lines=lines, zero=True)


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for family in (
            Family(
                "ray",
                {"points": 1},
                "t (1, 2) for t = 1, ..., m: points on one ray",
                "one-sided; Q = m, L = 1",
                _ray,
                lambda points: Counts(classes=points, lines=1, symmetric=False),
            ),
            Family(
                "line",
                {"pairs": 1},
                "t (1, 2) for t = ±1, ..., ±m: points on one line through 0",
                "Q = m, L = R1 = R2 = 1",
                lambda pairs: _with_antipodes(_ray(points=pairs)),
                lambda pairs: _symmetric(pairs, 1, 1, lines=1),
            ),
            Family(
                "one_sided",
                {"dimension": 2, "points": 1},
                "(1, t, ..., t^(d-1)) for t = 0, ..., m-1: points in general position in a half-space",
                "one-sided; Q = L = m",
                lambda dimension, points: _curve(dimension, points),
                lambda dimension, points: Counts(classes=points, lines=points, symmetric=False),
            ),
            Family(
                "contrast_pairs",
                {"dimension": 2, "points": 1, "contrast": 2},
                "x and c x for m points x as in one_sided: data augmented by a change of contrast or volume",
                "one-sided; Q = 2m, L = m",
                _contrast,
                lambda dimension, points, contrast: Counts(classes=2 * points, lines=points, symmetric=False),
            ),
            Family(
                "polarity_pairs",
                {"dimension": 2, "pairs": 1},
                "x and -x for m points x as in one_sided: data augmented by a change of sign",
                "Q = L = m, R1 = min(m, d), R2 = min(m, 2d-1)",
                lambda dimension, pairs: _with_antipodes(_curve(dimension, pairs)),
                lambda dimension, pairs: _symmetric(pairs, dimension, 2 * dimension - 1),
            ),
            Family(
                "antipodal_closure",
                {"dimension": 2, "pairs": 1},
                "x and -x for m generic points x = (t^a1, ..., t^ad), t = 1, ..., m, where all sums ai + aj differ",
                "Q = L = m, R1 = min(m, d), R2 = min(m, d(d+1)/2)",
                lambda dimension, pairs: _with_antipodes(_generic(dimension, pairs)),
                lambda dimension, pairs: _symmetric(pairs, dimension, _triangle(dimension)),
            ),
            Family(
                "rational_polygon",
                {"pairs": 1},
                "((1-t^2), 2t)/(1+t^2) for t = 0, ..., m-1, and antipodes: 2m rational points of the unit circle",
                "Q = L = m, R1 = min(m, 2), R2 = min(m, 3)",
                shapes.circle,
                lambda pairs: _symmetric(pairs, 2, 3),
            ),
            Family(
                "regular_polygon",
                {"pairs": 1},
                "(cos(k pi/m), sin(k pi/m)) for k = 0, ..., 2m-1: the regular 2m-gon, exact in its number field",
                "Q = L = m, R1 = min(m, 2), R2 = min(m, 3)",
                _regular,
                lambda pairs: _symmetric(pairs, 2, 3),
            ),
            Family(
                "cube",
                {"dimension": 1},
                "{-1, 1}^d",
                "Q = L = 2^(d-1), R1 = d, R2 = 1 + d(d-1)/2",
                shapes.cube,
                lambda dimension: _symmetric(2 ** (dimension - 1), dimension, 1 + comb(dimension, 2)),
            ),
            Family(
                "cube_layer",
                {"dimension": 1, "weight": 0},
                "the points of {-1, 1}^d with w or d - w negative coordinates, w <= d/2",
                "w = 0: Q = L = R1 = R2 = 1. 0 < w < d/2: Q = L = C(d,w), R1 = d, R2 = d if w = 1, else d(d-1)/2. "
                "w = d/2: Q = L = C(d,w)/2, R1 = d-1, R2 = d(d-1)/2 - d + 1, but R2 = 1 for d = 2",
                _layer,
                _layer_counts,
            ),
            Family(
                "cross_polytope",
                {"dimension": 1},
                "±e_i, i = 1, ..., d",
                "Q = L = R1 = R2 = d",
                shapes.cross_polytope,
                lambda dimension: _symmetric(dimension, dimension, dimension),
            ),
            Family(
                "simplex_and_negative",
                {"dimension": 2},
                "±e_i and ±(e_1 + ... + e_d): a simplex with centre 0 and its negative",
                "Q = L = R2 = d+1, R1 = d",
                shapes.simplex_and_negative,
                lambda dimension: _symmetric(dimension + 1, dimension, dimension + 1),
            ),
            Family(
                "roots_a",
                {"n": 1},
                "e_i - e_j in R^(n+1): the root system A_n",
                "Q = L = R2 = n(n+1)/2, R1 = n",
                lambda n: root_system(name=f"A{n}"),
                lambda n: _symmetric(_triangle(n), n, _triangle(n)),
            ),
            Family(
                "roots_b",
                {"n": 2},
                "±e_i and ±e_i ± e_j: the root system B_n",
                "Q = L = n^2, R1 = n, R2 = n(n+1)/2",
                lambda n: root_system(name=f"B{n}"),
                lambda n: _symmetric(n * n, n, _triangle(n)),
            ),
            Family(
                "roots_d",
                {"n": 3},
                "±e_i ± e_j: the root system D_n",
                "Q = L = n(n-1), R1 = n, R2 = n(n+1)/2",
                lambda n: root_system(name=f"D{n}"),
                lambda n: _symmetric(n * (n - 1), n, _triangle(n)),
            ),
            Family(
                "grid",
                {"box": 0, "dimension": 1},
                "{-b, ..., b}^d, with 0",
                "N(b) = ((2b+1)^d - 1)/2: Q = N(b), L = sum of mu(g) N(b/g rounded down) over g = 1, ..., b, "
                "R1 = d, R2 = d(d+1)/2 (both 0 for b = 0)",
                shapes.grid,
                _grid_counts,
            ),
        )
    }
)
"""The families by name."""


def family(name: str) -> Family:
    """Look up a family by name.

    Raises
    ------
    DataError
        When there is none; the nearest name is suggested.

    Examples
    --------
    >>> family("roots_a").rank("relu", n=2)  # the hexagon
    5
    """
    if name not in FAMILIES:
        near = difflib.get_close_matches(str(name), FAMILIES, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise DataError(f"there is no family {name!r}; {hint}The families are {', '.join(FAMILIES)}")
    return FAMILIES[name]
