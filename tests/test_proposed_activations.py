"""The activations that fit every set of distinct points: full rank exactly, and an eigenvalue enclosed away from 0."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import verify
from counterexamples import list_entries
from verify import flint_backend
from verify.flint_eigenvalues import enclosed_eigenvalues
from verify.kernels import least_eigenvalue_lower_bound
from verify.spectra.points import distinct_points

ENCLOSED = ("exp", "sin_cos", "shifted_gaussian", "shifted_relu")
SAMPLED = ("shifted_softplus", "shifted_sigmoid")
RNG = np.random.default_rng(11)
DATA = {
    "random": [[Fraction(int(x), 7) for x in row] for row in RNG.integers(-9, 10, (10, 3))],
    "clustered": [[1 + Fraction(k, 10**6), Fraction(1, 2)] for k in range(5)],
    "collinear": [[Fraction(k, 4), Fraction(k, 2)] for k in range(6)],
    "antipodal": [[s * a, s * b] for a, b in ((1, 0), (0, 1), (1, 1), (1, -1)) for s in (1, -1)],
    "digits": [[x / 16 for x in row] for row in verify.load_dataset("digits").points[:8]],
    "iris": list(distinct_points(verify.load_dataset("iris")).points[:10]),
}


def sampled_least_eigenvalue(data: verify.Dataset, name: str) -> Fraction | None:
    """Bound the least eigenvalue of F F^T/m below, for 2n units with rational weights; None where nothing is found."""
    s = verify.Model(name).activation.arb
    units, rng = 2 * data.n, np.random.default_rng(3)
    weights = [[Fraction(int(w), 3) for w in row] for row in rng.integers(-9, 10, (units, data.dimension))]
    sums = [[sum((w * a for w, a in zip(row, x, strict=True)), Fraction(0)) for row in weights] for x in data.points]
    for bits in (128, 512, 2048):
        with flint_backend.precision(bits):
            F = [[s(flint_backend.ball(z)) for z in row] for row in sums]
            K = [[sum(a * b for a, b in zip(u, v, strict=True)) / units for v in F] for u in F]
            found = enclosed_eigenvalues(K)
        if found is not None and found[-1][0] > 0:
            return found[-1][0]
    return None


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("name", [*ENCLOSED, *SAMPLED])
def test_full_rank_exactly_and_numerically(name: str, kind: str) -> None:
    data = verify.Dataset(DATA[kind])
    assert verify.decide(data, name).rank == data.n
    if name in SAMPLED:
        bound = sampled_least_eigenvalue(data, name)
        assert bound is not None
        assert bound > 0
        return
    found = verify.spectrum(data, name, arithmetic="arb", digits=3)
    assert found.exact_nullity == 0
    assert found.certified_lambda_min is not None
    assert 0 < found.certified_lambda_min[0] <= found.certified_lambda_min[1]


@pytest.mark.parametrize("kind", ["collinear", "antipodal"])
def test_the_usual_activations_are_exactly_singular_there(kind: str) -> None:
    data = verify.Dataset(DATA[kind])
    for name in ("relu", "gelu", "erf"):
        found = verify.spectrum(data, name, arithmetic="arb", digits=3)
        assert found.exact_nullity
        assert found.condition is None


def check_entries(step: int) -> None:
    seen = 0
    for entry in list_entries()[::step]:
        data = entry.dataset()
        points = verify.Dataset(data.coordinates)
        if points.n > 40 or len(set(points.points)) < points.n:
            continue
        for name in ("exp", "sin_cos", "shifted_gaussian"):
            assert verify.decide(points, name).rank == points.n, entry.id
            bound = least_eigenvalue_lower_bound(points, verify.Model(name))
            assert bound is not None, (entry.id, name)
            assert bound > 0, (entry.id, name)
        seen += 1
    assert seen > 80 / step


def test_entries_of_the_catalogue() -> None:
    check_entries(30)


@pytest.mark.slow
def test_all_small_entries_of_the_catalogue() -> None:
    check_entries(1)
