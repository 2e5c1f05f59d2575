"""Deep linear networks: the loss, the certified global minimum, the critical points, the origin, the thresholds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
import sympy
from deep_linear_cases import check_against_descent, random_case
from hypothesis import given, settings
from hypothesis import strategies as st

from verify import Dataset
from verify.landscapes.deep_linear import DeepLinear, Kind, Landscape, Moments, Origin, expected_loss
from verify.landscapes.deep_linear.descent import FloatLoss

ONE = Moments([["1.3"]], [1], 1)

small = st.integers(-3, 3).map(Fraction) | st.fractions(-2, 2, max_denominator=3)


# --- the loss ---------------------------------------------------------------------------------------------------------


@st.composite
def networks_at_weights(draw: st.DrawFn) -> tuple[Dataset, DeepLinear, list[list[list[Fraction]]], list[Fraction]]:
    d, n = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    widths = draw(st.lists(st.integers(1, 3), max_size=3).filter(lambda w: sum(w) <= 6))
    deviations = [draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1), Fraction(3, 2)])) for _ in widths]
    decays = [draw(st.fractions(Fraction(1, 4), 3, max_denominator=4)) for _ in range(len(widths) + 1)]
    network = DeepLinear(widths, decays, noise=[s * s for s in deviations])
    data = Dataset([[draw(small) for _ in range(d)] for _ in range(n)], [draw(small) for _ in range(n)])
    weights = [[[draw(small) for _ in range(columns)] for _ in range(rows)] for rows, columns in network.shapes(d)]
    return data, network, weights, deviations


def apply(matrix: Sequence[Sequence[Fraction]], vector: Sequence[Fraction]) -> list[Fraction]:
    return [sum((a * x for a, x in zip(row, vector, strict=True)), Fraction(0)) for row in matrix]


@given(networks_at_weights())
@settings(deadline=None, max_examples=40)
def test_the_loss_is_the_mean_over_all_points_and_all_signs_of_two_point_noise(case: tuple[object, ...]) -> None:
    data, network, weights, deviations = case
    sizes = network.widths
    losses = []
    for signs in product(*(product((-1, 1), repeat=size) for size in sizes)):
        for x, y in zip(data.points, data.labels, strict=True):
            value = list(x)
            for matrix, layer, deviation in zip(weights, signs, deviations, strict=False):
                value = [(1 + sign * deviation) * h for sign, h in zip(layer, apply(matrix, value), strict=True)]
            losses.append((apply(weights[-1], value)[0] - y) ** 2)
    decay = sum(g * sum(w * w for row in matrix for w in row) for g, matrix in zip(network.decay, weights, strict=True))
    assert expected_loss(network, Moments.of(data), weights) == sum(losses) / len(losses) + decay


@given(networks_at_weights())
@settings(deadline=None, max_examples=40)
def test_the_lower_bound_of_the_theorem_holds_at_all_weights(case: tuple[object, ...]) -> None:
    """L >= E[y²] - 2 w·e + κ wᵀAw + (D+1) (Γ|w|²)^(1/(D+1)), the root taken on the other side."""
    data, network, weights, _ = case
    moments = Moments.of(data)
    mean = weights[0]
    for matrix in weights[1:]:
        mean = [apply(list(zip(*mean, strict=True)), row) for row in matrix]
    (w,) = mean
    quadratic = sum(a * b for a, b in zip(w, apply(moments.second_moment, w), strict=True))
    linear = sum(a * b for a, b in zip(w, moments.cross_moment, strict=True))
    rest = expected_loss(network, moments, weights) - moments.label_moment + 2 * linear
    rest -= network.noise_factor * quadratic
    order = network.depth + 1
    assert rest >= 0
    assert rest**order >= order**order * network.decay_product * sum(a * a for a in w)


def test_the_float_loss_and_its_gradient_agree_with_the_exact_loss() -> None:
    rng = np.random.default_rng(5)
    for seed in range(20):
        moments, network = random_case(3000 + seed)
        loss = FloatLoss(network, moments)
        at = rng.integers(-8, 9, loss.size) / 8
        value, gradient = loss(at)
        assert value == pytest.approx(float(exact_at(network, moments, loss, at)), rel=1e-12)
        k, step = int(rng.integers(loss.size)), np.zeros(loss.size)
        step[k] = 2.0**-20
        slope = exact_at(network, moments, loss, at + step) - exact_at(network, moments, loss, at - step)
        assert gradient[k] == pytest.approx(float(slope) * 2**19, rel=1e-7, abs=1e-7)


def exact_at(network: DeepLinear, moments: Moments, loss: FloatLoss, at: np.ndarray) -> Fraction:
    return expected_loss(network, moments, [matrix.tolist() for matrix in loss.matrices(at)])


# --- the worked example -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("depth", "critical", "spinodal"), [(2, ".3134", ".3731"), (3, ".1708", ".2416")])
def test_the_thresholds_of_the_worked_example(depth: int, critical: str, spinodal: str) -> None:
    """d_0 = 2, σ² = 1/2, A = 1.3, ||E[xy]|| = 1: to 4 digits, by enclosures; and by the closed forms."""
    network = DeepLinear([2] * depth, 1, noise="1/2")
    found = Landscape(ONE, network).thresholds
    assert found is not None
    for threshold, digits in zip(found, (critical, spinodal), strict=True):
        low, high = threshold.equal_decay(60)
        assert high - low < Fraction(1, 10**15)
        assert Fraction(digits) - Fraction(1, 20000) < low < high < Fraction(digits) + Fraction(1, 20000)
    # the formulas with P = d_0^2D e² and Q = d_0^D (σ² + d_0)^D a, in floating point
    p, q = 2.0 ** (2 * depth), 2.0**depth * 2.5**depth * 1.3
    first = (p * ((depth - 1) / q) ** ((depth - 1) / depth) / (depth**2 * 4)) ** (depth / (depth + 1))
    t = (math.sqrt(p) * (depth - 1) / (4 * depth * q)) ** (2 / (depth + 1))
    second = math.sqrt(p) * t ** ((depth - 1) / 2) / 2 - q * t**depth
    for threshold, value in zip(found, (first, second), strict=True):
        assert float(threshold.equal_decay(60)[0]) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_around_the_thresholds(depth: int) -> None:
    network = DeepLinear([2] * depth, 1, noise="1/2")
    found = Landscape(ONE, network).thresholds
    assert found is not None
    low, high = found.origin_global.equal_decay(40)
    last, above = found.only_origin.equal_decay(40)
    for decay, at_origin, count in ((low, False, 2), (high, True, 2), (last, True, 2), (above, True, 0)):
        landscape = Landscape(ONE, DeepLinear([2] * depth, decay, noise="1/2"))
        assert landscape.global_minimum.at_origin is at_origin
        assert len(landscape.critical_points) == count
        assert landscape.is_metastable is bool(count)


@pytest.mark.parametrize("seed", range(30))
def test_the_thresholds_say_what_the_critical_points_say(seed: int) -> None:
    """Two routes to one answer: the product of the decays against the thresholds, and the potential itself."""
    moments, network = random_case(4000 + seed)
    landscape = Landscape(moments, network)
    found = landscape.thresholds
    if found is None:
        return
    product = network.decay_product
    assert (found.origin_global.compare(product) <= 0) == landscape.global_minimum.at_origin
    last = found.only_origin.compare(product)
    assert (last < 0 or (last == 0 and network.depth == 1)) == (not landscape.critical_points)


# --- against oracles --------------------------------------------------------------------------------------------------


def sturm_count(polynomial: Sequence[Fraction]) -> int:
    """The number of different positive roots, for a polynomial that is not 0 at 0, by Sturm's theorem."""

    def trimmed(p: list[Fraction]) -> list[Fraction]:
        while p and not p[-1]:
            p.pop()
        return p

    chain = [trimmed(list(polynomial)), trimmed([k * c for k, c in enumerate(polynomial)][1:])]
    while chain[-1]:
        rest = list(chain[-2])
        while len(rest) >= len(chain[-1]):
            factor = rest.pop() / chain[-1][-1]
            for k, c in enumerate(chain[-1][:-1]):
                rest[len(rest) - len(chain[-1]) + 1 + k] -= factor * c
        chain.append(trimmed([-c for c in rest]))
    chain.pop()

    def changes(values: list[Fraction]) -> int:
        signs = [v > 0 for v in values if v]
        return sum(a != b for a, b in pairwise(signs))

    return changes([p[0] for p in chain]) - changes([p[-1] for p in chain])


@pytest.mark.parametrize("seed", range(40))
def test_critical_points_are_all_of_them_and_exact(seed: int) -> None:
    moments, network = random_case(1000 + seed)
    landscape = Landscape(moments, network)
    polynomial = landscape.potential.critical_polynomial
    while not polynomial[0]:  # the root 0 is the origin
        polynomial = polynomial[1:]
    assert len(landscape.critical_points) == sturm_count(polynomial)
    x = sympy.Symbol("x")
    for point in landscape.critical_points:
        whole = sympy.Poly(polynomial[::-1], x)
        factor = sympy.Poly(point.scale.polynomial[::-1], x)
        assert sympy.rem(whole, factor, x, domain="QQ").is_zero
        low, high = point.scale.enclosure(30)
        assert low == high or factor.eval(low) * factor.eval(high) < 0


@pytest.mark.parametrize("seed", range(25))
def test_the_weights_are_stationary_and_attain_the_value(seed: int) -> None:
    moments, network = random_case(2000 + seed)
    loss = FloatLoss(network, moments)
    landscape = Landscape(moments, network)
    for point in landscape.critical_points:
        weights = point.weights()
        flat = np.concatenate([matrix.ravel() for matrix in weights])
        low, high = point.value.enclosure(120)
        exact = expected_loss(network, moments, [matrix.tolist() for matrix in weights])
        assert abs(exact - (low + high) / 2) < Fraction(1, 10**12)
        assert np.abs(loss(flat)[1]).max() < 1e-12 * (1 + float(moments.label_moment)) + 1e-12
        for k, (matrix, decay) in enumerate(zip(weights, network.decay, strict=True)):
            assert float(decay) * (matrix**2).sum() == pytest.approx(float(point.scale), rel=1e-12), k
        variance = float(sum(point.variance(100)) / 2)
        w = weights[0]
        for matrix in weights[1:]:
            w = matrix @ w
        second = np.array(moments.second_moment, dtype=float)
        expected = float(network.noise_factor - 1) * float((w @ second @ w.T)[0, 0])
        assert variance == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("noise", ["0", "1/3"])
def test_the_kind_of_a_critical_point_is_that_of_the_hessian_of_the_network(depth: int, noise: str) -> None:
    moments = Moments([[2, 0], [0, "1/4"]], [1, "1/2"], 3)
    network = DeepLinear([2, 3, 2][:depth], [Fraction(1, 20), *[Fraction(1, 10)] * depth], noise=noise)
    loss = FloatLoss(network, moments)
    points = Landscape(moments, network).critical_points
    assert points
    for point in points:
        flat = np.concatenate([matrix.ravel() for matrix in point.weights()])
        hessian = np.array([(loss(flat + step)[1] - loss(flat - step)[1]) / 2e-5 for step in 1e-5 * np.eye(loss.size)])
        least = np.linalg.eigvalsh((hessian + hessian.T) / 2)[0]
        assert (least > -1e-7) if point.kind is Kind.LOCAL_MINIMUM else (least < -1e-4), (point, least)


def test_equal_widths_agree_with_the_potential_in_b_of_the_eigenbasis() -> None:
    """The least value on a fine grid of l(b), written with eigenvalues, from the statement and not from the code."""
    eigenvalues, cross, width, noise, decay, depth = (0.1, 4.0), (0.5, 0.25), 2, 0.5, 0.01, 2
    moments = Moments([["1/10", 0], [0, 4]], ["1/2", "1/4"], 3)
    landscape = Landscape(moments, DeepLinear([width] * depth, "1/100", noise="1/2"))
    b = np.linspace(0, 2, 400_001)
    value = 3 + decay * depth * width**2 * b**2
    for a, e in zip(eigenvalues, cross, strict=True):
        top = width ** (2 * depth) * b ** (2 * depth) * e**2
        value -= top / (width**depth * (noise + width) ** depth * a * b ** (2 * depth) + decay)
    least = landscape.global_minimum.points[0]
    assert float(least.value) == pytest.approx(value.min(), rel=1e-9)
    assert math.sqrt(float(least.scale) / (decay * width**2)) == pytest.approx(b[value.argmin()], rel=1e-4)


@pytest.mark.parametrize("seed", [3, 8, 17, 33, 49, 70, 91, 120])
def test_descent_on_the_true_loss_never_beats_the_certified_minimum(seed: int) -> None:
    check_against_descent(random_case(seed), restarts=8, seed=seed)


@pytest.mark.slow
def test_descent_never_beats_the_certified_minimum_on_300_instances() -> None:
    kinds = {check_against_descent(random_case(seed), restarts=12, seed=seed) for seed in range(300)}
    assert kinds == set(Origin)


# --- the origin -------------------------------------------------------------------------------------------------------


def symbolic_loss(moments: Moments, network: DeepLinear) -> tuple[sympy.Expr, list[sympy.Symbol]]:
    """The expected loss as a polynomial in the weights, from the definition: powers of the noise are averaged."""
    shapes = network.shapes(moments.dimension)
    matrices = [
        sympy.Matrix(rows, columns, sympy.symbols(f"w{k}_:{rows * columns}"))
        for k, (rows, columns) in enumerate(shapes)
    ]
    noise = [sympy.symbols(f"e{k}_:{width}") for k, width in enumerate(network.widths)]
    row = matrices[-1]
    for matrix, eps in zip(reversed(matrices[:-1]), reversed(noise), strict=True):
        row = row * sympy.diag(*eps) * matrix
    second = sympy.Matrix(moments.second_moment)
    cross = sympy.Matrix(moments.cross_moment)
    loss = sympy.expand((row * second * row.T)[0] - 2 * (row * cross)[0])
    for eps, variance in zip(noise, network.noise, strict=True):
        for e in eps:
            loss = sympy.expand(loss.subs(e**2, 1 + sympy.Rational(variance)).subs(e, 1))
    weights = [w for matrix in matrices for w in matrix]
    decay = sum(sympy.Rational(g) * sum(w**2 for w in m) for g, m in zip(network.decay, matrices, strict=True))
    return sympy.expand(loss + decay + sympy.Rational(moments.label_moment)), weights


@pytest.mark.parametrize("widths", [[], [1], [2], [3], [1, 2], [2, 1], [1, 1, 2]])
@pytest.mark.parametrize("cross", [(0, 0), (1, 2), (Fraction(1, 8), 0)])
def test_the_origin_agrees_with_the_exact_hessian(widths: list[int], cross: tuple[Fraction, ...]) -> None:
    moments = Moments([[2, 1], [1, 3]], cross, 5)
    network = DeepLinear(widths, [Fraction(k + 1, 4) for k in range(len(widths) + 1)], noise="1/3" if widths else 0)
    origin = Landscape(moments, network).origin
    loss, weights = symbolic_loss(moments, network)
    at_zero = dict.fromkeys(weights, 0)
    gradient = [sympy.diff(loss, w).subs(at_zero) for w in weights]
    assert any(gradient) == (origin is Origin.NOT_CRITICAL)
    hessian = sympy.hessian(loss, weights).subs(at_zero)
    if origin is Origin.NOT_CRITICAL:
        return
    assert hessian.is_positive_semidefinite == (origin is not Origin.STRICT_SADDLE)
    if len(widths) > 1:
        assert hessian.is_diagonal()
        assert all(hessian[k, k] > 0 for k in range(len(weights)))
        orders = {sum(powers) for powers in sympy.Poly(loss, *weights).monoms()}
        assert orders <= {0, 2, *range(len(widths) + 1, 2 * len(widths) + 3)}


def test_one_hidden_layer_at_its_threshold() -> None:
    """||e||² = Γ: the origin is the only global minimum, and there is no other critical point."""
    landscape = Landscape(Moments([[1, 0], [0, 2]], [3, 4], 30), DeepLinear([2], [5, 5], noise=1))
    assert landscape.origin is Origin.GLOBAL_MINIMUM
    assert landscape.critical_points == ()
    assert landscape.global_minimum == ((), True, 30)
    below = Landscape(Moments([[1, 0], [0, 2]], [3, 4], 30), DeepLinear([2], ["4.999", 5], noise=1))
    assert below.origin is Origin.STRICT_SADDLE
    assert not below.global_minimum.at_origin
    assert not below.is_metastable
