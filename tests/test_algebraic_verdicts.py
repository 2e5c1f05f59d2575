"""Verdicts on irrational points: worked values, symmetry, floats, SymPy, and the path of rational points."""

from __future__ import annotations

import json
import math
import time
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest
import sympy
from algebraic_numbers import FIELDS, MODELS, accepted, values
from structured_data import random_points, seeded

from verify import Dataset, Model, Outcome, decide, load_dataset
from verify.algebraic.array import AlgebraicArray
from verify.algebraic.conditions import condition_rows
from verify.algebraic.field import Number
from verify.algebraic.space import AlgebraicSpace, algebraic_space
from verify.algebraic.writing import format_element, format_number
from verify.check import check_text
from verify.errors import NotAvailableError
from verify.model import Unsupported, families_of

WORKED = {  # rank: lines or pairs, plus the rank of what couples them
    "regular_hexagon": {"relu": 5, "gelu": 5, "tanh": 3, "sigmoid": 4, "swiglu": 6, "relu+hidden_bias": 6},
    "decagon": {"relu": 5 + 2, "gelu": 5 + 2, "tanh": 5, "sigmoid": 6, "cos": 5, "swiglu": 5 + 3, "exp": 10},
    "icosahedron": {"relu": 6 + 3, "gelu": 6 + 3, "tanh": 6, "sigmoid": 7, "swiglu": 6 + 6, "exp": 12},
    "cell600": {"relu": 60 + 4, "gelu": 60 + 4, "tanh": 60, "sigmoid": 61, "swiglu": 60 + 10, "exp": 120},
}


@pytest.mark.parametrize("name", WORKED)
def test_ranks_of_the_regular_bodies(name: str) -> None:
    """One-hot labels at any vertex: all diagonal entries of the projection on N are equal by symmetry, nullity / n."""
    data = load_dataset(name)
    for model, rank in WORKED[name].items():
        start = time.perf_counter()
        verdict = decide(data, model)
        assert (verdict.rank, verdict.nullity) == (rank, data.n - rank)
        assert verdict.least_mse == Fraction(data.n - rank, data.n**2)
        assert sum(verdict.best_predictions) is not None
        assert accepted(verdict)
        assert time.perf_counter() - start < 20


def test_the_bundled_bodies_are_what_they_say() -> None:
    for name, count, cosines in (
        ("regular_hexagon", 6, {"-1", "-1/2", "1/2", "1"}),
        ("icosahedron", 12, {"-1", "-1/5*sqrt(5)", "1/5*sqrt(5)", "1"}),
        ("cell600", 120, {"-1", "-1/4 - 1/4*sqrt(5)", "-1/2", "1/4 - 1/4*sqrt(5)", "0", "-1/4 + 1/4*sqrt(5)", "1/2",
                          "1/4 + 1/4*sqrt(5)", "1"}),
    ):  # fmt: skip
        points = load_dataset(name).points
        assert len(set(points)) == count
        norm = dot(points[0], points[0])
        assert {format_number(dot(p, q) / norm) for p in points for q in points} == cosines
        assert all(tuple(-a for a in p) in set(points) for p in points)
    decagon = load_dataset("decagon").points
    angles = sorted(round(math.degrees(math.atan2(float(p[1]), float(p[0]))) % 360, 9) for p in decagon)
    assert angles == [36.0 * k for k in range(10)]
    assert {dot(p, p) for p in decagon} == {1}


def dot(p: tuple[Number, ...], q: tuple[Number, ...]) -> Number:
    return sum((a * b for a, b in zip(p, q, strict=True)), Fraction(0))


@pytest.mark.parametrize("model", MODELS)
def test_an_invertible_map_changes_no_rank(model: str) -> None:
    """The regular hexagon and its affine image {+-e1, +-e2, +-(e1 + e2)}."""
    hexagon = [[1, 0], [1, 1], [0, 1], [-1, 0], [-1, -1], [0, -1]]
    labels = [3, 1, 4, 1, 5, 9]
    regular = decide(Dataset(load_dataset("regular_hexagon").coordinates, labels), model)
    image = decide(hexagon, model, labels=labels)
    assert (regular.outcome, regular.rank, regular.least_mse) == (image.outcome, image.rank, image.least_mse)
    assert regular.annihilating_vector == image.annihilating_vector


@pytest.mark.parametrize("chunk", range(8))
def test_rational_points_give_the_same_through_both_paths(chunk: int) -> None:
    """The field path on rational data against `verify.annihilator`, which shares no arithmetic with it."""
    rng = seeded(f"both paths {chunk}")
    for _ in range(12):
        points = random_points(rng)
        dimension = len(points[0]) if points else 1
        labels = [Fraction(rng.randint(-3, 3), rng.randint(1, 3)) for _ in points]
        model = rng.choice(MODELS)
        data = Dataset(points or np.empty((0, dimension)), labels)
        verdict = decide(data, model)
        field = rng.choice(FIELDS)
        rows = [[field.element([x]) for x in point] for point in points]
        families = families_of(Model.parse(model))
        assert not isinstance(families, Unsupported)
        space = AlgebraicSpace(field, rows, families)
        assert (space.rank, space.nullity) == (verdict.rank, verdict.nullity)
        projection = space.project([field.element([y]) for y in labels])
        assert projection.squared_error / max(1, len(points)) == verdict.least_mse
        assert tuple(projection.predictions) == verdict.best_predictions
        assert len(set(space.independent_points())) == space.rank
        # its evidence, put into the rational certificate in place of that of the rational path
        certificate = verdict.certificate(rank=True)
        found = certificate["claims"][-1]
        size = row_sizes(space)
        found["range"] = {str(pivot): sparse(m, size) for pivot, m in space.range_vectors()}
        found["annihilators"] = {str(pivot): sparse(c) for pivot, c in space.basis()}
        for claim in certificate["claims"]:
            if claim["kind"] in {"interpolates", "least_mse"}:
                claim["multipliers"] = sparse(projection.multipliers(), size)
        assert check_text(json.dumps(certificate)).status == "accepted"


def sparse(vector: Any, factors: dict[int, Fraction] | None = None) -> dict[str, str]:
    return {str(i): format_element(x * (factors or {}).get(i, Fraction(1))) for i, x in sorted(vector.items())}


def row_sizes(space: AlgebraicSpace) -> dict[int, Fraction]:
    """How much larger rows of lines are here than for rational points, where t is measured by a primitive vector."""
    factors, start = {}, 0
    for family in space.families:
        count = len(condition_rows(space.field, space.points, [family]))
        for row in range(start, start + count if family.kind in {"line", "signed_line"} else start):
            point = space.points[min(space.rows[row])]
            scales = [math.lcm(*(x[j].denominator for x in space.points)) for j in range(len(point))]
            whole = [int((x * s).simplify()) for x, s in zip(point, scales, strict=True)] + [1] * family.lifted
            factors[row] = Fraction(abs(next(x for x in whole if x)), math.gcd(*whole)) ** family.degree
        start += count
    return factors


def scaled_points(rng: Random, root: str) -> list[list[str]]:
    """Points with coincidences: lines with irrational ratios, antipodes, points of both kinds."""
    points = []
    for point in random_points(rng, most=8, integers=True):
        factor = rng.choice(("", f"*(1+{root})", f"*(-{root})", f"*{root}"))
        points.append([f"({x}){factor}" if factor else str(x) for x in point])
    return points


@pytest.mark.parametrize("root", ["sqrt(2)", "sqrt(5)", "2**(1/3)"])
@pytest.mark.parametrize("chunk", range(4))
def test_random_algebraic_data_against_floats_and_the_checker(root: str, chunk: int) -> None:
    """Rank of random features in float64 with a wide gap in its singular values; the checker does the rest."""
    rng = seeded(f"algebraic {root} {chunk}")
    compared = 0
    for _ in range(12):
        points = scaled_points(rng, root)
        if not points or not points[0]:
            continue
        labels = [rng.choice(("0", "1", root, f"1-{root}")) for _ in points]
        model = rng.choice(["relu", "gelu", "tanh", "sigmoid", "abs", "relu2", "exp", "relu+hidden_bias"])
        verdict = decide(Dataset(points, labels), model)
        assert accepted(verdict)
        assert verdict.outcome is (Outcome.CANNOT_INTERPOLATE if verdict.least_mse else Outcome.INTERPOLATES)
        X = np.array([[float(x) for x in p] for p in verdict.data.points])
        if "bias" in model:
            X = np.column_stack([X, np.ones(len(X))])
        W = np.random.default_rng(chunk).standard_normal((20_000, X.shape[1])) * 2 / max(1, np.abs(X).max())
        F = Model.parse(model).activation.evaluate(X @ W.T)
        s = np.linalg.svd(F @ F.T, compute_uv=False)
        assert verdict.rank is not None
        kept, lost = s[: verdict.rank].min(initial=np.inf), s[verdict.rank :].max(initial=0)
        assert lost <= 1e-12 * s[0]
        if verdict.rank and kept > 1e-9 * s[0]:
            compared += 1
            assert int((s > np.sqrt(kept * max(lost, 1e-14 * s[0]))).sum()) == verdict.rank
    assert compared >= 4


def test_ranks_agree_with_sympy_on_its_own_matrices() -> None:
    """The conditions of relu and sigmoid on points of Q(sqrt 2), written by hand, and SymPy's exact rank."""
    r = sympy.sqrt(2)
    points = [(1, r), (r, 2), (-1, -r), (r - 1, 1), (1 - r, -1), (0, 0), (1, 1 + r), (3, 3 * r)]
    lines = [[0, 1, 2, 7], [3, 4, 6], [5]]  # (r - 1, 1)(1 + r) = (1, 1 + r)
    size = {0: 1, 1: r, 2: 1, 7: 3, 3: 1, 4: 1, 6: 1 + r}
    line_rows = [[size[i] if i in line else 0 for i in range(8)] for line in lines[:2]]
    moments = [[p[j] for p in points] for j in range(2)]
    relu = sympy.Matrix(line_rows + moments)
    assert decide(Dataset(points), "relu").rank == relu.rank(simplify=True) == 4
    pairs = [[0, 2], [1], [3, 4], [6], [7]]
    signs = [[(1 if i == pair[0] else -1) if i in pair else 0 for i in range(8)] for pair in pairs]
    sigmoid = sympy.Matrix([[1] * 8, *signs])
    assert decide(Dataset(points), "sigmoid").rank == sigmoid.rank(simplify=True) == 6
    assert decide(Dataset(points), "relu").annihilating_vector == {5: 1}  # x = 0


def test_an_irrational_least_loss_is_exact() -> None:
    """f(sqrt(2) x) = sqrt(2) f(x): labels (1, 1) are missed by (sqrt 2 - 1)^2 / 3, spread over both points."""
    verdict = decide(Dataset([["1", "1"], ["sqrt(2)", "sqrt(2)"]], [1, 1]), "relu+layers=2")
    expected = values("(sqrt(2)-1)**2/6")[0]
    assert verdict.least_mse == expected
    assert verdict.to_json()["least_mse"] == "1/2 - 1/3*sqrt(2)"
    text = verdict.explain()
    assert "x1 = sqrt(2) x0" in text
    assert "Least mean squared error of any width: 1/2 - 1/3*sqrt(2) (about 0.0285955)" in text
    assert "Q(sqrt(2))" in text
    root = verdict.data.points[1][0]
    predictions = verdict.best_predictions
    assert predictions[1] == root * predictions[0]
    assert sum((1 - p) ** 2 for p in predictions) / 2 == verdict.least_mse
    json.dumps(verdict.to_json())
    with pytest.raises(NotAvailableError, match=r"Q\(sqrt\(2\)\)"):
        verdict.network()


def test_several_outputs_and_their_certificate() -> None:
    labels = [["sqrt(5)", 1], [0, 2], [0, 0], [1, 0], [1, 1], [0, 3]] * 2
    verdict = decide(Dataset(load_dataset("icosahedron").coordinates, labels), "relu")
    assert len(verdict.per_output) == 2
    assert verdict.least_mse == (verdict.per_output[0].least_mse + verdict.per_output[1].least_mse) / 2
    assert accepted(verdict)


def test_what_is_too_large_is_unknown_with_the_reason() -> None:
    array = Dataset([["sqrt(2)"] * 60]).coordinates
    assert isinstance(array, AlgebraicArray)
    large = AlgebraicArray(array.field, array.elements() * 1500, 60)
    families = families_of(Model.parse("square"))
    assert not isinstance(families, Unsupported)
    found = algebraic_space(large, families)
    assert isinstance(found, Unsupported)
    assert "take fewer points" in found.reason
