"""Verdicts that can be worked out by hand, each with its reason; then the degenerate inputs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product
from math import comb, gcd, prod
from typing import Any

import numpy as np
import pytest

from verify import Dataset, Model, Outcome, Verdict, decide
from verify.check.checker import check_text

F = Fraction
Points = Any  # whatever Dataset takes: nested sequences or an array

HEXAGON = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1)]
RAY = [(1, 2), (2, 4)]
NAMED = ("relu", "gelu", "tanh", "sigmoid", "swiglu", "relu+hidden_bias")


def cross_polytope(d: int) -> list[tuple[int, ...]]:
    return [tuple(sign * int(i == j) for j in range(d)) for i in range(d) for sign in (1, -1)]


def cube(d: int) -> list[tuple[int, ...]]:
    return list(product((-1, 1), repeat=d))


def e8_roots() -> list[tuple[int, ...]]:
    """The 240 roots, doubled: (+-2, +-2, 0, ...) permuted and (+-1)^8 with an even number of minus signs."""
    long = [
        tuple(a * (k == i) + b * (k == j) for k in range(8))
        for i, j in combinations(range(8), 2)
        for a, b in product((2, -2), repeat=2)
    ]
    return long + [signs for signs in product((1, -1), repeat=8) if prod(signs) == 1]


def verdict_of(points: Points, model: str, labels: Sequence[object] | None = None) -> Verdict:
    return decide(Dataset(points, labels), Model.parse(model))


def assert_rank(points: Points, model: str, expected: int) -> None:
    verdict = verdict_of(points, model)
    assert (verdict.rank, verdict.nullity) == (expected, len(points) - expected)
    assert verdict.outcome is (Outcome.INTERPOLATES if expected == len(points) else Outcome.CANNOT_INTERPOLATE)


def assert_accepted(verdict: Verdict) -> None:
    result = check_text(json.dumps(verdict.certificate(rank=True)))
    assert result.status == "accepted", result.message


# --- ranks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "ranks"),
    [
        # Three antipodal pairs in a plane. relu and gelu: 3 even functions, but only 2 linear ones. tanh: one value for
        # each pair. sigmoid: and a constant. swiglu: three values and the 3 quadratic forms. With biases: all.
        pytest.param(HEXAGON, (5, 5, 3, 4, 6, 6), id="hexagon"),
        # A ray: relu is homogeneous, f(2x) = 2 f(x). The others have no such law.
        pytest.param(RAY, (1, 2, 2, 2, 2, 2), id="ray"),
        # Independent directions: relu and gelu reach 4 even and 4 linear functions. swiglu: 4 odd ones and x_i^2.
        pytest.param(cross_polytope(4), (8, 8, 4, 5, 8, 8), id="cross-polytope"),
        # Four pairs. relu, gelu: 4 + 3. swiglu: 4 odd ones, and 1, x1 x2, x1 x3, x2 x3 of the quadratic forms.
        pytest.param(cube(3), (7, 7, 4, 5, 8, 8), id="cube 3"),
        # Sixteen pairs. relu, gelu: 16 + 5. swiglu: 16 and 1 + C(5, 2) = 11 quadratic forms.
        pytest.param(cube(5), (21, 21, 16, 17, 16 + 1 + comb(5, 2), 32), id="cube 5"),
    ],
)
def test_the_worked_ranks(points: list[tuple[int, ...]], ranks: tuple[int, ...]) -> None:
    for model, expected in zip(NAMED, ranks, strict=True):
        assert_rank(points, model, expected)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("relu", 128),  # 120 two-sided lines and 8 linear functions
        ("gelu", 128),  # the same: s(z) - s(-z) = z
        ("relu+skip", 128),  # the linear functions are there already
        ("relu+output_bias", 128),  # constants are even, and every even function is there already
        ("tanh", 120),  # one odd function for each pair
        ("tanh+output_bias", 121),
        ("sigmoid", 121),  # and the constant
        ("swiglu", 156),  # 120 odd functions and C(9, 2) = 36 quadratic forms
        ("swiglu+output_bias", 156),  # on the roots |x|^2 is constant
        ("exp", 240),
        ("relu+hidden_bias", 240),
        ("relu+layers=2", 240),  # distinct rays
        ("tanh+layers=2", 120),  # oddness survives depth
        ("gelu+layers=2", 240),
    ],
)
def test_the_240_roots_of_e8(model: str, expected: int) -> None:
    roots = e8_roots()
    assert len(set(roots)) == 240
    assert_rank(roots, model, expected)
    if expected < 240:
        assert_accepted(verdict_of(roots, model))


def test_three_pairs_in_a_plane_are_the_smallest_obstruction_of_relu_on_a_sphere() -> None:
    vector = verdict_of(HEXAGON, "relu").annihilating_vector
    assert vector is not None
    # e1 + e2 - (e1 + e2) = 0: the odd part of c is that relation, the even part is zero.
    scale = vector[0]
    assert {i: value / scale for i, value in vector.items()} == {0: 1, 1: -1, 2: 1, 3: -1, 4: -1, 5: 1}
    for left_out in range(6):
        assert_rank(HEXAGON[:left_out] + HEXAGON[left_out + 1 :], "relu", 5)


@pytest.mark.parametrize("n", [2, 3, 5, 8, 40])
@pytest.mark.parametrize("model", ["exp", "relu+hidden_bias", "sigmoid+hidden_bias", "gelu+hidden_bias+layers=2"])
def test_models_that_lose_nothing_interpolate_a_line_of_points(model: str, n: int) -> None:
    assert_rank([(k, 2 * k) for k in range(-(n // 2), n - n // 2)], model, n)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        # On t = -3..3 (seven points of the real line, 0 among them):
        ("relu", 2),  # t and |t|
        ("abs", 1),  # |t|
        ("relu+output_bias", 3),
        ("tanh", 3),  # odd functions on three pairs
        ("tanh+output_bias", 4),
        ("sigmoid", 4),  # odd functions and the constant
        ("gelu", 4),  # even functions that vanish at 0, and t
        ("softplus", 5),  # even functions, and t
        ("cos", 4),  # even functions
        ("elu", 6),  # all that vanish at 0
        ("exp", 7),
        ("relu+layers=3", 2),
        ("tanh+layers=2", 3),
        ("cos+layers=2", 4),
        ("sigmoid+layers=2", 7),
        ("gelu+layers=2", 6),
        ("softplus+layers=2", 7),
        ("swiglu", 4),  # odd functions and t^2
        ("glu", 4),  # sigmoid(wt) ut: even functions that vanish at 0, and t
        ("reglu", 2),  # relu(wt) ut: t^2 and t |t|
        ("swiglu+hidden_bias", 7),
        ("tanh+ntk", 3),
        ("softplus+ntk", 5),
        ("softplus+ntk_hidden", 4),  # without the constant: f(0) = 0
        ("relu+ntk", 2),
        ("relu+ntk_hidden", 2),
    ],
)
def test_ranks_on_seven_points_of_the_real_line(model: str, expected: int) -> None:
    assert_rank([(t,) for t in range(-3, 4)], model, expected)


# --- least losses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["relu", "gelu", "silu", "softplus"])
def test_parity_on_the_cube_is_invisible_without_biases(model: str) -> None:
    """Parity x1 x2 x3 is odd and orthogonal to the linear functions: the best prediction is 0, at mean square 1."""
    points = cube(3)
    verdict = verdict_of(points, model, [prod(x) for x in points])
    assert verdict.outcome is Outcome.CANNOT_INTERPOLATE
    assert verdict.least_mse == 1
    assert verdict.best_predictions == (F(0),) * 8
    assert_accepted(verdict)


@pytest.mark.parametrize("model", ["tanh", "sigmoid", "swiglu", "relu+hidden_bias", "relu+layers=2"])
def test_parity_on_the_cube_is_visible_otherwise(model: str) -> None:
    """All odd functions, or all functions, are attained."""
    points = cube(3)
    verdict = verdict_of(points, model, [prod(x) for x in points])
    assert verdict.outcome is Outcome.INTERPOLATES
    assert verdict.least_mse == 0
    assert verdict.best_predictions == tuple(F(prod(x)) for x in points)
    assert_accepted(verdict)


@pytest.mark.parametrize("layers", [1, 2, 3, 10])
def test_equal_labels_on_a_ray_cost_a_tenth(layers: int) -> None:
    """F(2x) = 2 f(x): the nearest point of span (1, 2) to (1, 1) is (3/5, 6/5), at squared distance 1/5."""
    verdict = verdict_of(RAY, f"relu+layers={layers}", [1, 1])
    assert verdict.least_mse == F(1, 10)
    assert verdict.best_predictions == (F(3, 5), F(6, 5))
    assert_accepted(verdict)


def test_xor_needs_a_bias_or_a_gate() -> None:
    """On {-1, 1}^2 two pairs have independent directions: relu attains everything, an odd network no even part."""
    points, labels = cube(2), [1, -1, -1, 1]
    assert verdict_of(points, "relu", labels).outcome is Outcome.INTERPOLATES
    verdict = verdict_of(points, "tanh", labels)
    assert verdict.least_mse == 1
    assert verdict_of(points, "tanh+hidden_bias", labels).least_mse == 0


# --- degenerate inputs ------------------------------------------------------------------------------------------------

EVERY_MODEL = ("relu", "gelu", "tanh", "sigmoid", "cos", "exp", "swiglu", "relu+bias", "tanh+skip", "relu+layers=2")


@pytest.mark.parametrize("model", EVERY_MODEL)
def test_no_points_are_interpolated(model: str) -> None:
    """There is one vector of no labels, and it is attained."""
    verdict = verdict_of([], model)
    assert (verdict.outcome, verdict.rank, verdict.nullity) == (Outcome.INTERPOLATES, 0, 0)
    assert_accepted(verdict)


@pytest.mark.parametrize("labels", [[], (), np.empty(0), np.empty((0, 1))], ids=["list", "tuple", "flat", "column"])
def test_no_labels_for_no_points_are_one_output(labels: object) -> None:
    """A flat sequence of labels is one output, also when it is empty."""
    data = Dataset([], labels)
    assert data.outputs == 1
    verdict = decide(data, Model("relu"))
    assert (verdict.outcome, verdict.question, verdict.least_mse) == (Outcome.INTERPOLATES, "these labels", 0)
    assert verdict.best_predictions == ()


@pytest.mark.parametrize("model", EVERY_MODEL)
def test_one_nonzero_point_is_interpolated(model: str) -> None:
    verdict = verdict_of([(F(1, 3), 0)], model, [F(22, 7)])
    assert (verdict.outcome, verdict.rank, verdict.least_mse) == (Outcome.INTERPOLATES, 1, 0)
    assert_accepted(verdict)


@pytest.mark.parametrize(
    ("model", "attained"),
    [
        ("relu", False),
        ("gelu", False),
        ("tanh", False),
        ("elu", False),
        ("swiglu", False),  # u.0 = 0
        ("sigmoid+gated", False),
        ("tanh+skip", False),
        ("relu+layers=3", False),
        ("softplus+ntk_hidden", False),  # the hidden weights do not move s(0)
        ("sigmoid", True),
        ("softplus", True),
        ("cos", True),
        ("exp", True),
        ("softplus+ntk", True),
        ("sigmoid+layers=2", True),
        ("relu+output_bias", True),
        ("relu+hidden_bias", True),
        ("relu+layers=3+output_bias", True),
        ("swiglu+hidden_bias", True),
    ],
)
@pytest.mark.parametrize("dimension", [0, 1, 3])
def test_the_point_zero(dimension: int, model: str, attained: bool) -> None:
    verdict = verdict_of([(0,) * dimension], model, [F(3)])
    assert verdict.rank == int(attained)
    if attained:
        assert (verdict.outcome, verdict.least_mse, verdict.best_predictions) == (Outcome.INTERPOLATES, 0, (F(3),))
    else:
        assert (verdict.outcome, verdict.least_mse) == (Outcome.CANNOT_INTERPOLATE, 9)
        assert verdict.annihilating_vector is not None
        assert verdict.annihilating_vector.keys() == {0}
    assert_accepted(verdict)


@pytest.mark.parametrize("model", EVERY_MODEL)
@pytest.mark.parametrize("dimension", [0, 1, 2])
def test_repeated_points_need_equal_labels(dimension: int, model: str) -> None:
    """Different labels cost their variance wherever one value is attained: here ((1 - 2)^2 + (3 - 2)^2) / 2."""
    point = (F(1, 2),) * dimension
    attained = verdict_of([point], model).rank == 1
    assert attained == (dimension > 0 or model in {"sigmoid", "cos", "exp", "relu+bias"})
    equal = verdict_of([point, point], model, [1, 1])
    assert equal.rank == int(attained)
    assert equal.least_mse == (0 if attained else 1)
    different = verdict_of([point, point], model, [1, 3])
    assert different.outcome is Outcome.CANNOT_INTERPOLATE
    assert different.least_mse == (1 if attained else 5)
    assert different.best_predictions == ((F(2), F(2)) if attained else (F(0), F(0)))
    assert_accepted(equal)
    assert_accepted(different)


@pytest.mark.parametrize("labels", [[0, 1], [1, 0], [2, 1]])
def test_one_zero_point_is_the_whole_obstruction(labels: list[int]) -> None:
    """Here f(0) = 0, so a zero point with a nonzero label is an obstruction alone, whatever its copies say."""
    vector = verdict_of([(0, 0), (0, 0)], "relu", labels).annihilating_vector
    assert vector is not None
    (index,) = vector
    assert labels[index] != 0


@pytest.mark.parametrize(
    ("model", "value"),
    [
        ("relu", F(1, 10)),  # nearest point of span (1, 2) to (1, 1)
        ("relu+layers=2", F(1, 10)),
        ("abs", F(1, 10)),
        ("reglu", F(9, 34)),  # span (1, 4): 2 - 25/17 = 9/17
        ("tanh", F(0)),
        ("cos", F(0)),
        ("relu+output_bias", F(0)),
        ("relu+skip", F(1, 10)),  # a linear function is homogeneous too
    ],
)
def test_two_parallel_points(model: str, value: Fraction) -> None:
    verdict = verdict_of([(3, -1), (6, -2)], model, [1, 1])
    assert verdict.least_mse == value
    assert_accepted(verdict)


@pytest.mark.parametrize(
    ("model", "even", "odd"),
    [
        # The least loss for labels (1, 1), which are even, and (1, -1), which are odd.
        ("relu", 0, 0),
        ("abs", 0, 1),
        ("cos", 0, 1),
        ("tanh", 1, 0),
        ("tanh+layers=3", 1, 0),
        ("cos+layers=3", 0, 1),
        ("sigmoid", 0, 0),
        ("gelu", 0, 0),
        ("identity", 1, 0),
        ("abs+skip", 0, 0),
        ("tanh+output_bias", 0, 0),
    ],
)
def test_two_antipodal_points(model: str, even: int, odd: int) -> None:
    points = [(F(2, 7), 5), (F(-2, 7), -5)]
    assert verdict_of(points, model, [1, 1]).least_mse == even
    assert verdict_of(points, model, [1, -1]).least_mse == odd


@pytest.mark.parametrize("model", EVERY_MODEL)
def test_zero_labels_are_always_attained(model: str) -> None:
    points = [(0, 0), (1, 1), (1, 1), (-1, -1), (2, 2), (1, 0), (-1, 0), (0, 1), (0, -1)]
    verdict = verdict_of(points, model, [0] * 9)
    assert (verdict.outcome, verdict.least_mse, verdict.best_predictions) == (Outcome.INTERPOLATES, 0, (F(0),) * 9)
    assert_accepted(verdict)


HUGE = 10**40


@pytest.mark.parametrize(
    ("model", "labels", "value"),
    [
        ("relu", [HUGE, 2 * HUGE], 0),  # on the ray f(2x) = 2 f(x)
        ("relu", [HUGE, 2 * HUGE + 1], F(1, 10)),  # (1/5) (2a - b)^2 / 2 with 2a - b = -1
        ("gelu", [HUGE, 2 * HUGE + 1], 0),
    ],
)
def test_huge_integers_are_exact(model: str, labels: list[int], value: Fraction) -> None:
    verdict = verdict_of([(HUGE, HUGE + 1), (2 * HUGE, 2 * HUGE + 2)], model, labels)
    assert verdict.least_mse == value
    assert_accepted(verdict)


def test_huge_integers_that_are_nearly_parallel_are_not() -> None:
    """The determinant of the first two points is 1."""
    assert_rank([(HUGE, HUGE + 1), (HUGE - 1, HUGE)], "relu", 2)
    assert_rank([(HUGE, HUGE + 1), (HUGE, HUGE + 1)], "exp", 1)


def test_denormal_floats_are_exact() -> None:
    tiny = 5e-324
    assert_rank(np.array([[tiny, 2 * tiny], [2 * tiny, 4 * tiny]]), "relu", 1)  # one ray
    assert_rank(np.array([[tiny, 2 * tiny], [2 * tiny, 3 * tiny]]), "relu", 2)  # two rays
    assert_rank(np.array([[tiny], [-tiny], [1.0]]), "tanh", 2)
    assert_rank(np.array([[tiny], [-tiny], [1.0]]), "gelu", 3)
    verdict = decide(Dataset(np.array([[tiny], [0.0]]), np.array([1.0, tiny])), Model("tanh"))
    assert verdict.least_mse == F(1, 2**1074) ** 2 / 2
    assert_accepted(verdict)


def test_floats_are_the_binary_fractions_that_they_are() -> None:
    """0.1 + 0.2 is not 0.3 in binary floating point; the three points of the line are distinct, and parallel."""
    points = np.array([[0.1 + 0.2], [0.3]])
    assert_rank(points, "exp", 2)
    assert_rank(points, "relu", 1)


def test_mixed_magnitudes_keep_their_ratios() -> None:
    points = np.array([[1e300, 1e-300], [2e300, 2e-300], [-1e300, -1e-300], [1e-300, 1e300]])
    assert_rank(points, "relu", 3)  # a two-sided line: |t| and t; and one more
    assert_rank(points, "tanh", 3)  # pairs: {0, 2}, {1}, {3}
    assert_rank(points, "sigmoid", 4)


PRIME = 2**61 - 1  # the modulus in which independent rows are looked for


@pytest.mark.parametrize("scales", [(1, -1), (1, -1, 2)])  # the second makes another pattern, hence another batch
@pytest.mark.parametrize(
    ("block", "rank"),
    [
        ([(1, k * PRIME) for k in range(16)], 16 + 2),
        ([(i * 2**30 + j, i + j * 2**31) for i in range(1, 5) for j in range(4) if gcd(i, j) == 1], 10 + 2),
    ],
)
def test_a_determinant_that_the_prime_divides_costs_no_rank(
    block: list[tuple[int, int]], rank: int, scales: tuple[int, ...]
) -> None:
    """Two-sided lines whose directions span a plane over the rationals and a line modulo the prime: L + 2."""
    points = [[s * x, s * y, 0, 0] for x, y in block for s in (1, -1)]
    points += [[0, 0, s * a, s * b] for a, b in ((1, 0), (0, 1)) for s in scales]
    verdict = decide(points, "relu", labels=[point[1] for point in points])
    assert verdict.rank == rank + 2 + 2  # two more two-sided lines, of two more dimensions
    assert verdict.outcome is Outcome.INTERPOLATES  # a linear function is relu(w.x) - relu(-w.x)
    assert verdict.least_mse == 0
