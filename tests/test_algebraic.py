"""Real algebraic coordinates: fields, constants, verdicts and certificates, against SymPy, floats and symmetry."""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
import math
import pickle
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import sympy
from structured_data import random_points, seeded

from verify import Dataset, Model, Outcome, decide, load_dataset, read
from verify.algebraic import Element, NumberField
from verify.algebraic.array import AlgebraicArray
from verify.algebraic.conditions import condition_rows
from verify.algebraic.constants import Builder, looks_algebraic, parse_constant
from verify.algebraic.field import Number
from verify.algebraic.space import AlgebraicSpace, algebraic_space
from verify.algebraic.writing import format_element, format_number
from verify.check import check_file, check_text, checker
from verify.errors import DataError, NotAvailableError
from verify.model import Unsupported, families_of

SQRT5 = NumberField([-5, 0, 1], (Fraction(2), Fraction(3)))
CUBIC = NumberField([-2, 0, 0, 1], (Fraction(1), Fraction(2)))
QUARTIC = NumberField([5, 0, -5, 0, 1], (Fraction(15, 8), Fraction(2)))  # 2 sin(2 pi/5)
FIELDS = [SQRT5, CUBIC, QUARTIC]
MODELS = ["relu", "gelu", "tanh", "sigmoid", "swiglu", "relu+hidden_bias", "abs", "relu2", "square", "cos+skip", "exp",
          "relu+layers=3", "tanh+output_bias", "relu2+layers=2", "softplus+ntk", "silu+gated+bias+skip"]  # fmt: skip


def values(*texts: str) -> list[Element]:
    builder = Builder()
    constants = [parse_constant(text) for text in texts]
    for constant in constants:
        builder.value(constant)
    return [builder.value(constant) for constant in constants]


def accepted(verdict: Any) -> bool:
    result = check_text(json.dumps(verdict.certificate()))
    assert result.status == "accepted", result.message
    return True


# --- fields -----------------------------------------------------------------------------------------------------------


def random_element(rng: Random, field: NumberField) -> Element:
    return field.element([Fraction(rng.randint(-9, 9), rng.randint(1, 6)) for _ in range(field.degree)])


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_the_field_axioms_and_the_order(field: NumberField) -> None:
    rng = seeded(str(field))
    alpha = sympy.nsolve(sympy.Poly(list(reversed(field.polynomial)), sympy.Symbol("x")).as_expr(),
                         float(field.root[0] + field.root[1]) / 2, prec=60)  # fmt: skip
    for _ in range(60):
        x, y, z = (random_element(rng, field) for _ in range(3))
        assert x * (y + z) == x * y + x * z
        assert (x * y) * z == x * (y * z)
        assert x - x == 0
        assert not x - x
        assert x + Fraction(1, 3) == Fraction(1, 3) + x
        if x:
            assert x * x.inverse() == 1
            assert (y / x) * x == y
            assert x**-2 * x**3 == x
        real = sum((sympy.Rational(a.numerator, a.denominator) * alpha**k for k, a in enumerate(x.coefficients)), 0)
        assert math.isclose(float(x), float(real), rel_tol=1e-14, abs_tol=0)
        assert (x > 0, x < 0) == (real > 0, real < 0)
        assert abs(x) == (x if real > 0 else -x)
        low, high = x.enclosure(40)
        assert low <= sympy.Rational(str(real)) <= high or high - low < Fraction(1, 2**30)
        assert pickle.loads(pickle.dumps(x)) == x  # noqa: S301 - our own bytes


def test_signs_of_numbers_that_are_almost_zero() -> None:
    a, b = 1, 1
    for _ in range(200):
        a, b = a + b, a
    golden = (1 + SQRT5.generator) / 2
    gap = Fraction(a, b) - golden  # successive quotients of Fibonacci numbers lie on both sides
    assert 0 < abs(gap) < Fraction(1, 10**80)
    assert (gap > 0) != (Fraction(a + b, a) - golden > 0)
    assert math.isclose(float(gap), 1 / (math.sqrt(5) * b**2) * (1 if gap > 0 else -1), rel_tol=1e-9)


def test_rational_elements_are_rational_numbers() -> None:
    half = SQRT5.element([Fraction(1, 2)])
    assert half == Fraction(1, 2)
    assert hash(half) == hash(Fraction(1, 2))
    assert half.simplify() == Fraction(1, 2)
    assert type(half.simplify()) is Fraction
    with pytest.raises(ZeroDivisionError):
        (half - Fraction(1, 2)).inverse()
    with pytest.raises(ValueError, match="one field"):
        SQRT5.generator + CUBIC.generator


def test_a_field_does_not_depend_on_how_its_root_was_isolated() -> None:
    narrow = NumberField([-5, 0, 1], (Fraction(22360679, 10**7), Fraction(22360680, 10**7)))
    assert narrow == SQRT5
    assert hash(narrow) == hash(SQRT5)
    assert NumberField([-5, 0, 1], (Fraction(-3), Fraction(0))) != SQRT5


def test_numbers_as_text() -> None:
    golden, other = values("(1+sqrt(5))/2", "-sqrt(5)/3")
    assert [format_number(golden), format_number(other)] == ["1/2 + 1/2*sqrt(5)", "-1/3*sqrt(5)"]
    assert [format_element(golden), format_element(other)] == ["1/2,1/2", "0,-1/3"]
    assert format_number(golden * golden - golden) == format_element(golden * golden - golden) == "1"
    assert format_number(CUBIC.generator**2 - 1) == "-1 + a**2"
    assert str(values("cos(2*pi/5)")[0]) == "-1/4 + 1/4*sqrt(5)"  # whatever generates the field
    assert str(values("sqrt(12)")[0]) == "2*sqrt(3)"


# --- constants --------------------------------------------------------------------------------------------------------

CONSTANTS = [
    ["sqrt(3)/2"], ["(1+sqrt(5))/2", "sqrt(20)", "2/(1+sqrt(5))"], ["cos(2*pi/5)", "sin(2*pi/5)", "sqrt(5)"],
    ["sqrt(2)", "sqrt(3)", "sqrt(6)", "sqrt(2+sqrt(3))"], ["2**(1/3)", "2**(1/6)"], ["cos(2*pi/7)", "cos(4*pi/7)"],
    ["sqrt(10+2*sqrt(5))/4", "sqrt(10-2*sqrt(5))/4", "(sqrt(5)-1)/4"], ["cos(pi/17)"], ["sqrt(3-2*sqrt(2))"],
    ["sin(-pi/4)", "cos(3*pi/4)"], ["sqrt(1/7)**-3"], ["3**(2/3) - 1", "9**(1/3)"], ["sqrt(0.08)"], ["sqrt(2)**2"],
    ["cos(pi/3)", "sin(pi/6)", "cos(0*pi)"], ["sqrt(sqrt(16))"], ["2^(1/2)"],
    ["sqrt(2)+sqrt(3)", "sqrt(5)", "1/(sqrt(2)+sqrt(3)+sqrt(5))"],
]  # fmt: skip


@pytest.mark.parametrize("texts", CONSTANTS, ids=lambda texts: texts[0])
def test_constants_agree_with_sympy(texts: list[str]) -> None:
    found = values(*texts)
    x = sympy.Symbol("x")
    for text, value in zip(texts, found, strict=True):
        exact = sympy.sympify(text.replace("^", "**"), rational=True)
        # the number and its minimal polynomial, by SymPy's own routes
        assert math.isclose(float(value), float(exact.evalf(30)), rel_tol=1e-14)
        polynomial = sympy.Poly(sympy.minimal_polynomial(exact, x), x)
        total: Any = 0
        for c in polynomial.all_coeffs():
            total = total * value + Fraction(int(c))
        assert total == 0
        assert polynomial.degree() <= value.field.degree
    field = found[0].field
    assert sympy.Poly(list(reversed(field.polynomial)), x).is_irreducible


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sqrt(-1)", "negative"), ("(-8)**(1/3)", "negative"), ("1/(sqrt(2)*sqrt(8)-4)", "divides by zero"),
        ("sqrt(2)*pi", "no algebraic number"), ("sqrt(x)", "no algebraic number"), ("cos(1)", "multiple of pi"),
        ("exp(1)**2", "no algebraic number"), ("2**(1/97)", "largest degree"), ("cos(pi/97)", "degree"),
        ("cos(pi/10007)", "denominator above"), ("9**9**9", "exponents"), ("sqrt(2)**(10**9)", "exponent|power"),
        ("sqrt(" * 40 + "2" + ")" * 40, "degree|nested"), ("sqrt(2)+" * 60 + "1", "characters"),
        ("sqrt(" + "7" * 200 + ")", "digits"), ("__import__('os').system('true')**2", "not in the language|character"),
        ("(lambda: 2)()**2", "not in the language|well formed"), ("sqrt(\uff12)", "ASCII|character"),
        ("+".join(f"sqrt({p})" for p in (2, 3, 5, 7, 11)), "degree 32"), ("2**sqrt(2)", "no algebraic number"),
        ("max(sqrt(2), 1)", "no algebraic number"),
    ],
)  # fmt: skip
def test_hostile_and_impossible_constants_are_refused_quickly(text: str, message: str) -> None:
    start = time.perf_counter()
    with pytest.raises(DataError, match=message):
        values(text)
    assert time.perf_counter() - start < 2


def test_a_table_of_different_roots_is_refused_with_the_place() -> None:
    primes = [2, 3, 5, 7, 11, 13]
    with pytest.raises(DataError, match=r"points\[4\]\[0\]: the coordinates need a number field of degree"):
        Dataset([[f"sqrt({p})"] for p in primes])


def test_what_looks_like_a_constant() -> None:
    assert all(looks_algebraic(text) for text in ("sqrt(3)/2", " 2**(1/3) ", "cos(2*pi/5)", "-(1+sqrt(5))/2"))
    assert not any(looks_algebraic(text) for text in ("2020-01-01", "1-2", "abc", "species", "1/3", "pi", "", "x 1"))


# --- data -------------------------------------------------------------------------------------------------------------


def test_the_same_points_from_csv_json_and_python(tmp_path: Path) -> None:
    rows = [["sqrt(3)/2", "1/2", "1"], ["0", "-1", "sqrt(3)"], ["0.5", "-sqrt(3)/2", "0"]]
    csv, bare, given = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.json"
    csv.write_text("u,v,y\n" + "".join(",".join(row) + "\n" for row in rows))
    bare.write_text("".join(",".join(row) + "\n" for row in rows))
    given.write_text(json.dumps({"points": [row[:2] for row in rows], "labels": [row[2] for row in rows]}))
    root = sympy.sqrt(3)
    python = Dataset([[root / 2, Fraction(1, 2)], [0, -1], [0.5, -root / 2]], [1, root, 0])
    element = NumberField([-3, 0, 1], (Fraction(1), Fraction(2))).generator
    direct = Dataset([[element / 2, 0.5], [0, -1], [0.5, -element / 2]], [1, element, 0])
    arrays = Dataset(
        np.array([[root / 2, 1 / sympy.Integer(2)], [0, -1], [0.5, -root / 2]], dtype=object), [1, root, 0]
    )
    sets = [read(csv), read(bare, label=-1), read(given), python, direct, arrays, pickle.loads(pickle.dumps(direct))]  # noqa: S301
    assert all(data == sets[0] and data.sha256() == sets[0].sha256() for data in sets)
    assert sets[0].names == ("u", "v")
    assert sets[0].points[1] == (0, -1)
    assert type(sets[0].points[1][0]) is Fraction
    assert sets[0].labels[1] == element
    assert str(sets[0].field) == "Q(sqrt(3))"
    assert list(sets[0].canonical_text())[:2] == ["fullrank-data 1 3 2 1 -3,0,1 1 2\n", "0,1/2 1/2 1\n"]


def test_points_and_labels_in_different_fields_meet_in_one() -> None:
    data = Dataset([["sqrt(2)"], ["1"]], ["sqrt(3)", "sqrt(6)"])
    assert data.field is not None
    assert data.field.degree == 4
    assert data.points[0][0] ** 2 == 2
    assert data.labels[1] == data.points[0][0] * data.labels[0]
    other = Dataset([["sqrt(2)"], ["1"]], ["sqrt(6)/sqrt(2)", "sqrt(12)/sqrt(2)"])
    assert data == other
    assert data != Dataset([["sqrt(2)"], ["1"]], ["sqrt(3)", "-sqrt(6)"])


def test_constants_that_are_rational_leave_the_data_rational() -> None:
    data = Dataset([["sqrt(4)", "sqrt(2)*sqrt(8)"], ["cos(pi/3)", "4**(1/2)"]])
    assert data.field is None
    assert data == Dataset([[2, 4], ["1/2", 2]])
    labels = Dataset([[1], [2]], ["sqrt(2)", 0])
    assert labels.field is not None
    assert Dataset(labels.coordinates).field is None


def test_a_header_is_still_a_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x**2,sin(x),y\n1,2,3\n")
    assert read(path).names == ("x**2", "sin(x)")


# --- verdicts ---------------------------------------------------------------------------------------------------------

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


# --- certificates -----------------------------------------------------------------------------------------------------


def certificate(model: str = "relu") -> dict[str, Any]:
    labels = ["sqrt(3)", 1, 0, 0, "1-sqrt(3)", 2]
    return decide(Dataset(load_dataset("regular_hexagon").coordinates, labels), model).certificate()


def status(changed: dict[str, Any], *, sign: bool = True) -> str:
    """Judge a changed certificate; its digest is made anew, so that only its content counts."""
    changed = copy.deepcopy(changed)
    data = changed["data"]
    if sign:
        data["sha256"] = hashlib.sha256("".join(f"{line}\n" for line in data["lines"]).encode()).hexdigest()
    return check_text(json.dumps(changed)).status


def with_field(polynomial: list[str], ends: list[str], root: list[Any] | None = None) -> dict[str, Any]:
    """The certificate with another field, in an interval with these ends; `root` is the narrow one."""
    changed = certificate()
    lines = changed["data"]["lines"]
    lines[0] = " ".join([*lines[0].split(" ")[:5], ",".join(polynomial), *ends])
    changed["root"] = changed["root"] if root is None else root
    return changed


def test_the_helper_signs_as_the_writer_does() -> None:
    assert status(certificate()) == status(certificate(), sign=False) == "accepted"
    assert status(with_field(["-3", "0", "1"], ["3/2", "2"])) == "accepted"  # the same number, isolated otherwise


@pytest.mark.parametrize(
    ("polynomial", "root"),
    [
        (["-2", "0", "1"], ["1", "2"]),  # sqrt(2) is another number
        (["-3", "0", "1"], ["-2", "2"]),  # two roots
        (["-3", "0", "1"], ["2", "3"]),  # none
        (["-3", "0", "1"], ["2", "1"]),  # upside down
        (["-3", "0", "1"], ["1"]),
        (["-3", "0", "1"], ["1", "2", "3"]),
        (["-3", "0", "2"], ["1", "2"]),  # not monic
        (["-3", "0", "3/3"], ["1", "2"]),
        (["-3", "", "1"], ["1", "2"]),
        (["-3", "1"], ["2", "4"]),  # degree 1
        (["1"], ["1", "2"]),
        ([], ["1", "2"]),
        (["9", "0", "-6", "0", "1"], ["1", "2"]),  # a double root: no change of sign
        (["-27", "27", "-9", "1"], ["2", "4"]),  # a triple root at 3: the derivative is 0 there
        (["3", "0", "1"], ["1", "2"]),  # no real root at all
        (["-4", "0", "1"], ["1", "2"]),  # the root is an end
    ],
)  # fmt: skip
def test_a_wrong_field_is_rejected(polynomial: list[str], root: list[str]) -> None:
    assert status(with_field(polynomial, root)) == "rejected"
    assert status(with_field(polynomial, root, root)) == "rejected"


@pytest.mark.parametrize(
    "root",
    [["1", "3/2"], ["7/4", "2"], ["-2", "-1"], ["2", "1"], ["1", "3"], ["1/2", "2"], ["1"], ["1", "2", "3"], [1, 2], [],
     ["2", "2"]],
)
def test_a_wrong_narrow_interval_is_rejected(root: list[Any]) -> None:
    assert status(with_field(["-3", "0", "1"], ["1", "2"], root)) == "rejected"


def test_an_interval_that_does_not_show_a_sign_proves_nothing() -> None:
    """sqrt(3) - 7/4 is negative, but not on all of [17/10, 9/5]."""
    data = Dataset([["sqrt(3)-7/4"], ["1"]], ["1", "0"])
    made = decide(data, "relu").certificate()
    assert status(made) == "accepted"
    assert status(made | {"root": ["17/10", "9/5"]}) == "rejected"


def test_the_conjugate_data_have_the_conjugate_proof() -> None:
    """With -sqrt(3) for sqrt(3) the evidence proves the same of other points, which have another digest."""
    low, high = certificate()["root"]
    conjugate = with_field(["-3", "0", "1"], ["-2", "-1"], [f"-{high}", f"-{low}"])
    assert status(conjugate) == "accepted"
    assert status(conjugate, sign=False) == "rejected"


def test_every_change_of_one_number_is_rejected() -> None:
    """One string of the evidence or of the labels is replaced; other multipliers in `range` can be evidence too."""
    original = certificate()

    def places(value: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        if isinstance(value, str):
            return [path]
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [place for key, entry in items for place in places(entry, (*path, key))]

    found = [p for p in places(original["claims"], ("claims",)) if p[-1] != "kind"]
    assert len(found) >= 25
    malformed = ["1,1,1", "0,0", "1,", ",1", "1, 1", "+1,1", "0,2/4", "", "1;1", "0,1,0"]
    for path in found:
        *parents, last = path
        for replacement in malformed + ["7/5", "0,1/7"] * ("range" not in path):
            changed = copy.deepcopy(original)
            target: Any = changed
            for key in parents:
                target = target[key]
            target[last] = replacement
            assert status(changed) == "rejected", (path, replacement)
    for row in range(1, 7):
        for replacement in [*malformed, "7/5", "0,1/7"]:
            changed = copy.deepcopy(original)
            *coordinates, _ = changed["data"]["lines"][row].split(" ")
            changed["data"]["lines"][row] = " ".join([*coordinates, replacement])
            assert status(changed) == "rejected", (row, replacement)


def points_certificate(field: dict[str, Any], points: list[list[str]], claims: list[Any], model: str) -> dict[str, Any]:
    made = decide([[1], [2]], model).certificate()
    sizes = [str(len(points)), str(len(points[0])), "0"]
    head = ["fullrank-data 1", *sizes, ",".join(field["polynomial"]), *field["root"]]
    made["data"] = {"sha256": "", "lines": [" ".join(part) for part in (head, *points)]}
    made["claims"], made["root"] = claims, field["root"]
    return made


RANK_TWO = [{"kind": "rank", "value": "2", "range": {"0": {"0": "1"}, "1": {"1": "1"}}, "annihilators": {}}]


@pytest.mark.parametrize(
    ("polynomial", "root", "points"),
    [
        (["-4", "0", "1"], ["1", "3"], [["2"], ["0,1"]]),  # alpha = 2: one point written twice
        (["-4", "0", "1"], ["1", "3"], [["1", "2"], ["1", "0,1"]]),
        (["-4", "0", "1"], ["1", "3"], [["1", "2"], ["1,1", "3,3/2"]]),  # one line: (3, 6)
        (["6", "-2", "-3", "1"], ["5/2", "7/2"], [["3", "1"], ["0,1", "1"]]),  # (x^2 - 2)(x - 3) at 3
        (["6", "-2", "-3", "1"], ["5/4", "3/2"], [["2", "1"], ["0,0,1", "1"]]),  # the same at sqrt(2)
    ],
)
@pytest.mark.parametrize("model", ["relu", "tanh", "relu+hidden_bias", "elu", "exp", "relu2", "abs+layers=2"])
def test_one_number_written_in_two_ways_is_never_two_numbers(
    polynomial: list[str], root: list[str], points: list[list[str]], model: str
) -> None:
    """With a reducible polynomial equal points look different; rank 2 would be false."""
    changed = points_certificate({"polynomial": polynomial, "root": root}, points, RANK_TWO, model)
    assert status(changed) == "rejected"


def test_a_hidden_zero_is_never_taken_for_a_nonzero_number() -> None:
    """alpha = 2 with x^2 - 4: alpha - 2 is 0, so these vectors are 0 and these points are the origin."""
    field = {"polynomial": ["-4", "0", "1"], "root": ["1", "3"]}
    none = [{"kind": "not_every_labelling", "vector": {"0": "-2,1"}}]
    assert status(points_certificate(field, [["1"], ["2"]], none, "exp")) == "rejected"
    zero = [{"kind": "rank", "value": "1", "range": {"0": {"0": "1"}}, "annihilators": {}}]
    assert status(points_certificate(field, [["-2,1"]], zero, "relu")) == "rejected"
    true = [{"kind": "rank", "value": "1", "range": {"0": {"0": "1"}}, "annihilators": {}}]
    assert (
        status(points_certificate(field, [["1,1"]], true, "relu")) == "accepted"
    )  # 3 is not 0, whatever the polynomial


def test_a_reducible_polynomial_can_still_prove_what_is_true() -> None:
    """(x^2 - 2)(x - 3) at sqrt(2): only what needs no more than p(alpha) = 0 and intervals."""
    field = {"polynomial": ["6", "-2", "-3", "1"], "root": ["5/4", "3/2"]}
    changed = points_certificate(field, [["1", "1"], ["1", "0,1"]], RANK_TWO, "relu")
    assert status(changed) == "accepted"


def test_a_rational_certificate_has_no_elements_and_no_field() -> None:
    plain = decide([[1, 0], [-1, 0], [0, 1]], "relu", labels=[1, 2, 3]).certificate()
    assert "root" not in plain
    assert len(plain["data"]["lines"][0].split(" ")) == 5
    first = next(iter(plain["claims"][0]["multipliers"]))
    plain["claims"][0]["multipliers"][first] += ",1"
    assert status(plain) == "rejected"


def test_networks_of_irrational_points_are_not_checked() -> None:
    changed = certificate("exp")
    network = {"layers": [[]], "gates": [], "last": ["", "0", ""]}
    changed["claims"] = [{"kind": "network", "output": 0, "value": "1", "network": network}]
    assert status(changed) == "rejected"


def test_data_beside_the_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["verify.certificates.certificate"], "_INSIDE", 0)
    path = decide(load_dataset("icosahedron"), "relu").write_certificate(tmp_path / "proof.json")
    beside = tmp_path / "proof.json.data"
    assert check_file(path).status == "accepted"
    text = beside.read_text()
    assert text.startswith("fullrank-data 1 12 3 1 -5,0,1 2 3\n")
    for old, new in (
        ("-5,0,1 2 3", "-5,0,1 2 5/2"),
        ("-5,0,1 2 3", "-5,0,1 2"),
        (" 2 3\n", "  2 3\n"),
        ("1/2,1/2", "1/2,1"),
    ):
        assert old in text
        beside.write_text(text.replace(old, new, 1))
        assert check_file(path).status == "rejected"


def test_the_checker_alone_proves_irrational_certificates(tmp_path: Path) -> None:
    decide(load_dataset("icosahedron"), "gelu").write_certificate(tmp_path / "proof.json")
    room = Path(checker.__file__).parent
    for program in (room, room / "checker.py"):
        run = subprocess.run(
            [sys.executable, "-I", "-S", str(program), "proof.json"], cwd=tmp_path, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert (run.returncode, run.stderr) == (0, "")
        assert "a0,a1,.. is a0 + a1 t + .., with the root t of -5,0,1 from 2 to 3" in run.stdout
    alone = tmp_path / "copy.py"
    alone.write_bytes((room / "checker.py").read_bytes())
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(alone), "proof.json"], cwd=tmp_path, capture_output=True, check=False
    )
    assert run.returncode == 0


@pytest.mark.parametrize("model", MODELS)
def test_every_kind_of_condition_is_certified(model: str) -> None:
    rng = seeded(model)
    for root, labels in itertools.product(("sqrt(7)", "2**(1/3)"), (True, False)):
        points = [["1", root], [root, "1"], ["-1", f"-{root}"], ["0", "0"], [f"1+{root}", "2"],
                  [f"-{root}", f"-{root}**2"], ["1", root], [f"{root}/3", f"{root}**2/3"]]  # fmt: skip
        values_ = [rng.choice(("0", "1", "-2", root)) for _ in points]
        verdict = decide(Dataset(points, values_ if labels else None), model)
        assert accepted(verdict)


@pytest.mark.parametrize("exponent", [45, 99])
def test_close_conjugates_are_told_apart(exponent: int) -> None:
    """A positive root of size 1e-14 (1e-31) beside its negative: one cell of 2^-32 holds both conjugates."""
    tiny = f"sqrt((sqrt(5)-2)**{exponent})"
    verdict = decide([["sqrt(2)"], [tiny], ["-1"]], "relu", labels=["sqrt(2)", tiny, "0"])  # relu(x) itself
    assert verdict.outcome is Outcome.INTERPOLATES
    element = verdict.data.points[1][0]
    assert element.sign == 1
    assert float(element) == pytest.approx((5**0.5 - 2) ** (exponent / 2), rel=1e-9)
    assert check_text(json.dumps(verdict.certificate())).status == "accepted"


@pytest.mark.parametrize("bits", [(32, 64, 128, 256), (256, 32), (8, 300)])
def test_every_enclosure_holds_the_isolated_root(bits: tuple[int, ...]) -> None:
    """Mignotte's x^3 - 2(10^6 x - 1)^2 has two roots 1.4e-15 apart on both sides of 10^-6; alpha is the larger one."""
    a = 10**6
    field = NumberField((-2, 4 * a, -2 * a * a, 1), (Fraction(1, a), Fraction(2, a)))

    def value(x: Fraction) -> Fraction:
        return x**3 - 2 * (a * x - 1) ** 2

    for b in bits:
        low, high = (Fraction(end, 2**b) for end in field.bounds(b))
        assert high - low == Fraction(1, 2**b)
        low, high = max(low, Fraction(1, a)), min(high, Fraction(2, a))
        assert low < high
        assert value(low) > 0 > value(high) or value(low) * value(high) == 0
