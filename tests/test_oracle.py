"""The oracle against numbers and against itself: ranks of wide random networks, the layer recursion, known values."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, product
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import (
    ARCHITECTURE,
    Answer,
    Points,
    answer,
    echelon,
    indicator_rows,
    is_polynomial,
    lift,
    null_basis,
    rank,
    recursive_answer,
    shallow_conditions,
)
from profiles_by_hand import PROFILES, SEP, Profile
from scipy import special
from structured_data import point_sets, random_points, seeded

Array = npt.NDArray[np.float64]
Architecture = dict[str, object]


def architecture(**changes: object) -> Architecture:
    assert changes.keys() <= ARCHITECTURE.keys()
    return {**ARCHITECTURE, **changes}


def points_of(*rows: tuple[int, ...]) -> list[tuple[Fraction, ...]]:
    return [tuple(Fraction(value) for value in row) for row in rows]


HEXAGON = points_of((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1))
RAY = points_of((1, 2), (2, 4))


def cross_polytope(d: int) -> list[tuple[Fraction, ...]]:
    return points_of(*(tuple(sign * int(i == j) for j in range(d)) for i in range(d) for sign in (1, -1)))


def cube(d: int) -> list[tuple[Fraction, ...]]:
    return points_of(*product((-1, 1), repeat=d))


def e8_roots() -> list[tuple[Fraction, ...]]:
    """The 240 roots, doubled: (+-2, +-2, 0, ...) permuted and (+-1)^8 with an even number of minus signs."""
    roots = []
    for i, j in combinations(range(8), 2):
        for a, b in product((2, -2), repeat=2):
            row = [0] * 8
            row[i], row[j] = a, b
            roots.append(tuple(row))
    roots += [signs for signs in product((1, -1), repeat=8) if np.prod(signs) == 1]
    return points_of(*roots)


# --- wide random networks in float64 ----------------------------------------------------------------------------------

Activation = tuple[Callable[[Array], Array], Callable[[Array], Array], Profile]


def _step(z: Array) -> Array:
    return np.asarray(z > 0, dtype=np.float64)


def _gauss(z: Array) -> Array:
    return np.asarray(np.exp(-z * z / 2) / np.sqrt(2 * np.pi))


NUMERIC: dict[str, Activation] = {
    # name: (s, s', profile)
    "relu": (lambda z: np.maximum(z, 0), _step, PROFILES["relu"]),
    "leaky": (lambda z: np.where(z > 0, z, z / 4), lambda z: np.where(z > 0, 1.0, 0.25), ((1,), (1,), False)),
    "abs": (np.abs, np.sign, PROFILES["abs"]),
    "relu^2": (lambda z: np.maximum(z, 0) ** 2, lambda z: 2 * np.maximum(z, 0), ((2,), (2,), False)),
    "relu^3": (lambda z: np.maximum(z, 0) ** 3, lambda z: 3 * np.maximum(z, 0) ** 2, ((3,), (3,), False)),
    "z|z|": (lambda z: z * np.abs(z), lambda z: 2 * np.abs(z), ((), (2,), False)),
    "|z|+z^3": (lambda z: np.abs(z) + z**3, lambda z: np.sign(z) + 3 * z**2, ((1,), (3,), False)),
    "relu+1": (lambda z: np.maximum(z, 0) + 1, _step, ((0, 1), (1,), True)),
    "z^2": (lambda z: z**2, lambda z: 2 * z, ((2,), (), False)),
    "z^3+z^2+1": (lambda z: z**3 + z**2 + 1, lambda z: 3 * z**2 + 2 * z, ((0, 2), (3,), True)),
    "gelu": (lambda z: z * special.ndtr(z), lambda z: special.ndtr(z) + z * _gauss(z), PROFILES["gelu"]),
    "silu": (
        lambda z: z * special.expit(z),
        lambda z: special.expit(z) * (1 + z * (1 - special.expit(z))),
        PROFILES["silu"],
    ),
    "softplus": (lambda z: np.logaddexp(z, 0), special.expit, PROFILES["softplus"]),
    "sigmoid": (special.expit, lambda z: special.expit(z) * special.expit(-z), PROFILES["sigmoid"]),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2, PROFILES["tanh"]),
    "hardtanh": (lambda z: np.clip(z, -1, 1), lambda z: (np.abs(z) < 1).astype(float), PROFILES["hardtanh"]),
    "cos": (np.cos, lambda z: -np.sin(z), PROFILES["cos"]),
    "elu": (
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
        lambda z: np.exp(np.minimum(z, 0)),
        (SEP, SEP, False),
    ),
    "sin+cos": (lambda z: np.sin(z) + np.cos(z), lambda z: np.cos(z) - np.sin(z), (SEP, SEP, True)),
    "relu(z+1)": (lambda z: np.maximum(z + 1, 0), lambda z: (z > -1).astype(float), (SEP, SEP, True)),
}

NUMERIC_ARCHITECTURES: dict[str, Architecture] = {
    "plain": architecture(),
    "hidden bias": architecture(hidden_bias=True),
    "output bias": architecture(output_bias=True),
    "skip": architecture(skip=True),
    "hidden bias, output bias, skip": architecture(hidden_bias=True, output_bias=True, skip=True),
    "gated": architecture(gated=True),
    "gated, hidden bias": architecture(gated=True, hidden_bias=True),
    "both layers' kernel": architecture(regime="ntk"),
    "hidden layer's kernel": architecture(regime="ntk_hidden"),
    "deep": architecture(hidden_layers=2),
    "deep, hidden bias": architecture(hidden_layers=2, hidden_bias=True),
    "deep, output bias, skip": architecture(hidden_layers=2, output_bias=True, skip=True),
}


def features(points: Points, activation: Activation, model: Architecture, rng: np.random.Generator) -> Array:
    """The values of thousands of random units of the model on the points: an n x m matrix."""
    s, derivative, _ = activation
    x = np.array([[float(value) for value in row] for row in points])
    z = np.hstack([x, np.ones((len(x), 1))]) if model["hidden_bias"] else x

    def pre_activations(width: int) -> Array:
        scale = np.exp(rng.uniform(np.log(0.2), np.log(4), size=width))
        return np.asarray(z @ (rng.standard_normal((z.shape[1], width)) * scale))

    width = 3000
    if model["hidden_layers"] == 2:
        # Each unit of the second layer has three units of its own in the first.
        hidden = s(pre_activations(3 * width)) * rng.standard_normal(3 * width)
        second = hidden.reshape(len(x), width, 3).sum(axis=2)
        if model["hidden_bias"]:
            second += rng.standard_normal(width)
        blocks = [s(second)]
    elif model["gated"]:
        blocks = [s(pre_activations(width)) * (z @ rng.standard_normal((z.shape[1], width)))]
    elif model["regime"] == "trained":
        blocks = [s(pre_activations(width))]
    else:
        first = pre_activations(width)
        blocks = [derivative(first) * z[:, j : j + 1] for j in range(z.shape[1])]
        if model["regime"] == "ntk":
            blocks.append(s(first))
    if model["output_bias"]:
        blocks.append(np.ones((len(x), 1)))
    if model["skip"]:
        blocks.append(x)
    matrix = np.hstack(blocks)
    norms = np.linalg.norm(matrix, axis=0)
    return np.asarray(matrix[:, norms > 0] / norms[norms > 0])


def numerical_points(rng: Random) -> list[tuple[Fraction, ...]]:
    """Structured points that are not nearly degenerate: at most 8, with integer coordinates, in R^2 or R^3."""
    return random_points(rng, most=8, dimension=rng.randint(2, 3), integers=True)


@pytest.mark.parametrize("kind", NUMERIC_ARCHITECTURES)
@pytest.mark.parametrize("name", NUMERIC)
def test_the_rank_is_that_of_wide_random_networks(name: str, kind: str) -> None:
    activation, model = NUMERIC[name], NUMERIC_ARCHITECTURES[kind]
    rng = seeded(f"{name}/{kind}")
    compared = 0
    while compared < 3:
        points = numerical_points(rng)
        if len(points) < 4:
            continue
        expected = answer(points, activation[2], model)
        if expected is None:
            assert model["hidden_layers"] == 2
            assert is_polynomial(activation[2])
            return
        matrix = features(points, activation, model, np.random.default_rng(rng.randrange(2**32)))
        eigenvalues = np.linalg.svd(matrix @ matrix.T / max(matrix.shape[1], 1), compute_uv=False)
        bracketed = [np.inf, *eigenvalues, 0.0]  # so that rank 0 has something above it and full rank something below
        assert bracketed[expected.rank + 1] < 1e-13, (points, expected.rank, eigenvalues)
        assert bracketed[expected.rank] > 1e-10, (points, expected.rank, eigenvalues)
        compared += 1


# --- the depth theorem against the recursion over layers --------------------------------------------------------------

CLASSES: dict[str, Profile] = {
    "relu": ((1,), (1,), False),
    "relu^2": ((2,), (2,), False),
    "relu^3": ((3,), (3,), False),
    "abs": ((1,), (), False),
    "|z|^3": ((3,), (), False),
    "z|z|": ((), (2,), False),
    "|z|+z^2": ((1, 2), (), False),
    "|z|+1": ((0, 1), (), True),
    "z|z|+z": ((), (1, 2), False),
    "relu+1": ((0, 1), (1,), True),
    "relu+z^2": ((1, 2), (1,), False),
    "|z|+z^3": ((1,), (3,), False),
    "1+z|z|": ((0,), (2,), True),
    "z^2+z|z|+z": ((2,), (1, 2), False),
    "even": (SEP, (), False),
    "cos": (SEP, (), True),
    "tanh": ((), SEP, False),
    "sigmoid": ((0,), SEP, True),
    "abs+tanh": ((1,), SEP, False),
    "z^2+tanh": ((2,), SEP, False),
    "gelu": (SEP, (1,), False),
    "softplus": (SEP, (1,), True),
    "cos+z^3": (SEP, (3,), True),
    "elu": (SEP, SEP, False),
    "exp": (SEP, SEP, True),
}
POLYNOMIALS: dict[str, Profile] = {
    "zero": ((), (), False),
    "one": ((0,), (), True),
    "z": ((), (1,), False),
    "z^2": ((2,), (), False),
    "z^3+z^2+1": ((0, 2), (3,), True),
}


def same_answer(one: Answer, other: Answer) -> bool:
    return one.rank == other.rank and one.range_basis == other.range_basis


@pytest.mark.parametrize("hidden_bias", [False, True], ids=["bias-free", "hidden bias"])
@pytest.mark.parametrize("name", CLASSES)
def test_the_depth_theorem_is_the_recursion_over_layers(name: str, hidden_bias: bool) -> None:
    profile = CLASSES[name]
    assert not is_polynomial(profile)
    rng = seeded(f"depth {name} {hidden_bias}")
    most = 5 if "3" in name or "2" in name else 8
    for repetition in range(40):
        layers = 3 if repetition % 4 == 0 else 2
        affine = {"output_bias": rng.random() < 0.2, "skip": rng.random() < 0.2}
        model = architecture(hidden_layers=layers, hidden_bias=hidden_bias, **affine)
        points = random_points(rng, most=most)
        closed = answer(points, profile, model)
        assert closed is not None
        assert same_answer(closed, recursive_answer(points, profile, model)), (points, model)


@given(points=point_sets(most=5, most_dimensions=3), name=st.sampled_from(sorted(CLASSES)), layers=st.integers(2, 3))
@settings(max_examples=120, deadline=None)
def test_the_depth_theorem_is_the_recursion_on_drawn_points(points: Points, name: str, layers: int) -> None:
    closed = answer(points, CLASSES[name], architecture(hidden_layers=layers))
    assert closed is not None
    assert same_answer(closed, recursive_answer(points, CLASSES[name], architecture(hidden_layers=layers)))


@pytest.mark.parametrize("name", CLASSES)
def test_a_hidden_bias_separates_all_distinct_points(name: str) -> None:
    rng = seeded(f"bias {name}")
    for _ in range(30):
        points = random_points(rng, most=8)
        lifted = echelon(shallow_conditions(lift(points), CLASSES[name]), len(points))
        assert lifted == echelon(indicator_rows(points, zero=True), len(points)), points


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_a_polynomial_is_refused_at_depth_two(name: str) -> None:
    """A composition of polynomials has bounded degree, so the depth theorem must not be applied to it."""
    assert answer(HEXAGON, POLYNOMIALS[name], architecture(hidden_layers=2)) is None
    assert answer(HEXAGON, POLYNOMIALS[name], architecture()) is not None


def test_two_quadratic_layers_have_the_quartic_forms_of_the_hexagon() -> None:
    """Squares of quadratic forms span the quartic forms in two variables: dimension 5, but only 3 lines are seen."""
    assert recursive_answer(HEXAGON, POLYNOMIALS["z^2"], architecture(hidden_layers=2)).rank == 3


# --- values known by hand ---------------------------------------------------------------------------------------------

PLAIN, GATED, BIASED = architecture(), architecture(gated=True), architecture(hidden_bias=True)
WORKED = {
    #          points           relu gelu tanh sigmoid swiglu relu+hidden bias
    "hexagon": (HEXAGON, (5, 5, 3, 4, 6, 6)),
    "ray": (RAY, (1, 2, 2, 2, 2, 2)),
    "cross-polytope": (cross_polytope(4), (8, 8, 4, 5, 8, 8)),
    "cube 3": (cube(3), (7, 7, 4, 5, 8, 8)),
    "cube 5": (cube(5), (21, 21, 16, 17, 27, 32)),
}
COLUMNS = (("relu", PLAIN), ("gelu", PLAIN), ("tanh", PLAIN), ("sigmoid", PLAIN), ("silu", GATED), ("relu", BIASED))


@pytest.mark.parametrize("name", WORKED)
def test_the_worked_ranks(name: str) -> None:
    points, ranks = WORKED[name]
    for (activation, model), expected in zip(COLUMNS, ranks, strict=True):
        found = answer(points, PROFILES[activation], model)
        assert found is not None
        assert (found.rank, found.nullity) == (expected, len(points) - expected), activation


@pytest.mark.parametrize(
    ("activation", "model", "expected"),
    [
        ("relu", PLAIN, 128),  # 120 lines, all two-sided, and their directions have rank 8
        ("tanh", PLAIN, 120),  # one odd function for each line
        ("sigmoid", PLAIN, 121),  # and the constant
        ("silu", GATED, 156),  # 120 odd ones and 36 quadratic forms, independent on the roots
    ],
)
def test_the_240_roots_of_e8(activation: str, model: Architecture, expected: int) -> None:
    found = answer(e8_roots(), PROFILES[activation], model)
    assert found is not None
    assert (found.rank, found.nullity) == (expected, 240 - expected)


@pytest.mark.parametrize("activation", ["relu", "gelu", "silu", "softplus"])
def test_parity_on_the_cube_is_invisible_without_biases(activation: str) -> None:
    """x1 x2 x3 is odd and orthogonal to the linear functions, the only odd ones that these networks have there."""
    points = cube(3)
    parity = [x[0] * x[1] * x[2] for x in points]
    found = answer(points, PROFILES[activation], PLAIN)
    assert found is not None
    assert found.least_mse(parity) == 1
    assert found.residual(parity) == parity


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_equal_labels_on_a_ray_cost_a_tenth(layers: int) -> None:
    """F(2x) = 2 f(x): the nearest point of span (1, 2) to (1, 1) is (3/5, 6/5), at squared distance 1/5."""
    found = answer(RAY, PROFILES["relu"], architecture(hidden_layers=layers))
    assert found is not None
    assert found.least_mse([Fraction(1), Fraction(1)]) == Fraction(1, 10)


# --- the linear algebra itself ----------------------------------------------------------------------------------------


@given(st.integers(0, 5), st.integers(0, 5), st.randoms(use_true_random=False))
def test_range_and_annihilator_are_complementary(rows: int, columns: int, rng: Random) -> None:
    matrix = [[Fraction(rng.randint(-2, 2)) for _ in range(columns)] for _ in range(rows)]
    reduced, basis = echelon(matrix, columns), null_basis(matrix, columns)
    assert len(reduced) + len(basis) == columns
    assert rank(basis, columns) == len(basis)
    assert all(sum(a * b for a, b in zip(row, c, strict=True)) == 0 for row in matrix for c in basis)
    assert len(reduced) == np.linalg.matrix_rank(np.array(matrix, dtype=float).reshape(rows, columns))


@given(points=point_sets(most=6, most_dimensions=2), rng=st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_residual_is_the_orthogonal_projection(points: Points, rng: Random) -> None:
    found = answer(points, PROFILES["relu"], PLAIN)
    assert found is not None
    labels = [Fraction(rng.randint(-3, 3), rng.randint(1, 3)) for _ in points]
    residual = found.residual(labels)
    assert found.annihilates(residual)
    assert found.attains([y - r for y, r in zip(labels, residual, strict=True)])
    assert found.attains(labels) == (not any(residual))
