"""The ranks of wide random networks on structured data against an elimination written here."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, combinations_with_replacement, product
from math import prod

import numpy as np
import pytest

from verify.activations import SEPARATING, Activation, Profile, activation, names

ALL = names()


def units(d: int) -> list[tuple[int, ...]]:
    return [tuple(int(i == j) for j in range(d)) for i in range(d)]


def opposite(points: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return points + [tuple(-t for t in x) for x in points]


DATA: dict[str, list[tuple[int, ...]]] = {
    "hexagon": opposite([(1, 0), (0, 1), (1, 1)]),
    "hexagon and zero": [*opposite([(1, 0), (0, 1), (1, 1)]), (0, 0)],
    "line": [(-3,), (-2,), (-1,), (0,), (1,), (2,), (3,)],
    "ray": [(1,), (2,), (3,), (1,)],
    "two rays": [(1, 0), (2, 0), (-1, 0), (0, 1), (0, -3), (1, 1), (2, 2), (-1, -1), (0, 0), (1, 1)],
    "cross-polytope": opposite(units(4)),
    "cube": list(product((-1, 1), repeat=3)),
    "parabola": [(t, t * t) for t in (-2, -1, 0, 1, 2)] + [(1, 3), (2, 1), (3, -1), (-1, 2)],
    "plane in space": [*opposite([(1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 0, 1)]), (2, 0, 0), (0, -2, 0), (1, 1, 1)],
    "zeros": [(0, 0), (0, 0), (1, 2), (1, 2), (-1, -2)],
}


def conditions(points: list[tuple[int, ...]], profile: Profile) -> list[list[int | Fraction]]:
    """The rows of the system that defines the annihilator, straight from the table of the theory chapter."""
    lines: list[tuple[tuple[int, ...], dict[int, Fraction]]] = []
    for i, x in enumerate(points):
        if not any(x):
            continue
        for u, members in lines:
            if all(x[a] * u[b] == x[b] * u[a] for a in range(len(x)) for b in range(a)):
                members[i] = next(Fraction(p, q) for p, q in zip(x, u, strict=True) if q)
                break
        else:
            lines.append((x, {i: Fraction(1)}))
    rows: list[dict[int, Fraction]] = []

    def moment(k: int) -> None:
        for indices in combinations_with_replacement(range(len(points[0])), k):
            rows.append({i: Fraction(prod(x[j] for j in indices)) for i, x in enumerate(points)})

    for part, parity in ((profile.even, 0), (profile.odd, 1)):
        if part == SEPARATING:
            for _, members in lines:
                for size in {abs(t) for t in members.values()}:
                    rows.append(
                        {i: Fraction(-1 if parity and t < 0 else 1) for i, t in members.items() if abs(t) == size}
                    )
            if parity == 0 and profile.nonzero_at_zero:
                moment(0)
            continue
        for k in part:
            if k % 2 == parity:
                moment(k)
            else:
                for _, members in lines:
                    rows.append({i: abs(t) ** k * (-1 if parity and t < 0 else 1) for i, t in members.items()})
    return [[row.get(i, 0) for i in range(len(points))] for row in rows]


def reduced(matrix: list[list[int | Fraction]]) -> dict[int, tuple[Fraction, ...]]:
    """Gauss-Jordan elimination: the reduced rows by their pivot columns, the canonical form of the row space."""
    rows: dict[int, tuple[Fraction, ...]] = {}
    for vector in matrix:
        row = tuple(map(Fraction, vector))
        for pivot, other in rows.items():
            row = tuple(a - row[pivot] * b for a, b in zip(row, other, strict=True))
        pivot = next((j for j, a in enumerate(row) if a), None)
        if pivot is not None:
            row = tuple(a / row[pivot] for a in row)
            for old, other in rows.items():
                rows[old] = tuple(a - other[pivot] * b for a, b in zip(other, row, strict=True))
            rows[pivot] = row
    return rows


def annihilator(points: list[tuple[int, ...]], profile: Profile) -> list[list[Fraction]]:
    """A basis of the solutions of the conditions."""
    rows, n = reduced(conditions(points, profile)), len(points)
    free = [j for j in range(n) if j not in rows]
    return [[-rows[i][j] if i in rows else Fraction(int(i == j)) for i in range(n)] for j in free]


def wide_network(s: Activation, points: list[tuple[int, ...]]) -> tuple[int, np.ndarray]:
    """The numerical rank and the features (columns of length 1) of 4000 random neurons.

    The rank is the place of the largest gap between singular values; the neurons are drawn again until that gap is
    unambiguous: a factor of a million, and a hundred times larger than every other gap.
    """
    data = np.array(points, dtype=float)
    for seed in range(6):
        rng = np.random.default_rng(seed)
        weights = rng.standard_normal((data.shape[1], 4000)) * rng.choice([0.25, 0.5, 1.0, 2.0, 4.0], size=4000)
        features = s.evaluate(data @ weights)
        norms = np.linalg.norm(features, axis=0)
        features = features[:, norms > 1e-100] / norms[norms > 1e-100]
        if not features.size:
            return 0, features
        singular = np.linalg.svd(features, compute_uv=False)
        singular = np.maximum(np.append(singular, 0), 1e-15 * singular[0])
        gaps = singular[:-1] / singular[1:]
        place = int(np.argmax(gaps))
        if gaps[place] > max(1e6, 100 * np.max(np.delete(gaps, place), initial=0)):
            return place + 1, features
    raise AssertionError(f"the rank of {s} on {points} is numerically ambiguous: {singular}")


@pytest.mark.parametrize("name", ALL)
def test_wide_random_networks_have_the_predicted_annihilator(name: str) -> None:
    s = activation(name)
    for label, points in DATA.items():
        basis = annihilator(points, s.profile)
        rank, features = wide_network(s, points)
        assert rank == len(points) - len(basis), label
        for c in basis:  # with the ranks equal, it is enough that the predicted annihilator annihilates
            vector = np.array(c, dtype=float)
            assert np.abs(vector @ features).max(initial=0) < 1e-9 * np.linalg.norm(vector), label


def test_the_data_tell_profiles_apart() -> None:
    """Otherwise the numerical test could not fail: a wrong profile must change an annihilator on some data set."""
    parts: list[tuple[int, ...] | str] = [(), (0,), (1,), (2,), (3,), (0, 1), (1, 2), SEPARATING]
    profiles = [
        Profile(even, odd, flag)
        for even, odd in product(parts, parts)
        for flag in ([False, True] if even == SEPARATING else [0 in even])
    ]
    forms = [[reduced(conditions(points, profile)) for points in DATA.values()] for profile in profiles]
    for first, second in combinations(range(len(profiles)), 2):
        assert forms[first] != forms[second], (profiles[first], profiles[second])
