"""Deep linear networks where something coincides or is missing: ties, thresholds, no signal, bad input."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from deep_linear_cases import check_against_descent
from hypothesis import given
from hypothesis import strategies as st
from sympy.solvers.diophantine.diophantine import sum_of_four_squares

from verify import Dataset
from verify.errors import DataError, ModelError
from verify.landscapes.deep_linear import DeepLinear, Kind, Landscape, Moments, Origin, expected_loss
from verify.landscapes.deep_linear.descent import descend
from verify.landscapes.deep_linear.moments import negative_direction

ONE = Moments([["1.3"]], [1], 1)


# --- ties and degenerate critical points ------------------------------------------------------------------------------


def test_an_exact_tie_with_the_origin() -> None:
    """κ = a = 1, e = 2, D = 2: Γ_c = e⁴/(16 a) = 1, and t = 1 has exactly the value of the origin."""
    landscape = Landscape(Moments([[1]], [2], 5), DeepLinear([3, 1], [2, 1, "1/2"]))
    found = landscape.global_minimum
    assert (found.at_origin, found.exact) == (True, 5)
    assert [point.scale.rational for point in found.points] == [1]
    assert landscape.origin is Origin.GLOBAL_MINIMUM
    assert landscape.thresholds is not None
    assert landscape.thresholds.origin_global.exact == 1


def test_a_degenerate_critical_point_at_the_end_of_the_window() -> None:
    """e = 4, a = 27, D = 2: Γ_sn = 27 e⁴/(256 a) = 1, with the double root t = 1/9."""
    landscape = Landscape(Moments([[27]], [4], 5), DeepLinear([1, 1], 1))
    (point,) = landscape.critical_points
    assert point.scale.rational == Fraction(1, 9)
    assert point.is_degenerate
    assert point.kind is Kind.SADDLE
    assert landscape.thresholds is not None
    assert landscape.thresholds.only_origin.exact == 1
    assert landscape.global_minimum == ((), True, 5)


def test_an_exact_tie_of_two_minima_away_from_the_origin() -> None:
    """Squares of E[x y] solved for (they are linear in V) so that V'(1/5) = V'(1) = 0 and V(1/5) = V(1), D = 2."""
    squares = (Fraction(266006, 120285), Fraction(161940875, 2670327), Fraction(129593057, 242757000))
    cross: list[Fraction] = []
    second: list[Fraction] = []
    for square, eigenvalue in zip(squares, (Fraction(1), Fraction(100), Fraction(1, 10)), strict=True):
        four = sum_of_four_squares(square.numerator * square.denominator)
        cross += [Fraction(int(x), square.denominator) for x in four]
        second += [eigenvalue] * 4
    matrix = [[a if i == j else 0 for j in range(12)] for i, a in enumerate(second)]
    label = sum((e * e / a for e, a in zip(cross, second, strict=True)), Fraction(1))
    landscape = Landscape(Moments(matrix, cross, label), DeepLinear([2, 2], 1))
    found = landscape.global_minimum
    assert [point.scale.rational for point in found.points] == [Fraction(1, 5), 1]
    assert not found.at_origin
    assert landscape.is_metastable


# --- degenerate input -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_without_a_signal_the_origin_is_the_global_minimum(depth: int) -> None:
    for moments in (Moments([], [], 2), Moments([[0]], [0], 2), Moments([[1]], [0], 2)):
        landscape = Landscape(moments, DeepLinear([2] * depth, "1/7", noise=1 if depth else 0))
        assert landscape.global_minimum == ((), True, 2)
        assert landscape.origin is Origin.GLOBAL_MINIMUM
        assert landscape.critical_points == ()
        assert landscape.thresholds is None
        assert landscape.to_json()["scale"]["approximately"] == 0


def test_ridge_regression_is_exact() -> None:
    rng = np.random.default_rng(9)
    for _ in range(10):
        d = int(rng.integers(1, 4))
        data = Dataset(rng.integers(-3, 4, (4, d)), [1, 2, 0, -1])
        moments, decay = Moments.of(data), Fraction(int(rng.integers(1, 9)), 7)
        second = sympy.Matrix(moments.second_moment) + sympy.eye(d) * sympy.Rational(decay)
        w = second.LUsolve(sympy.Matrix(moments.cross_moment))
        least = sympy.Rational(moments.label_moment) - (w.T * sympy.Matrix(moments.cross_moment))[0]
        found = Landscape(moments, DeepLinear([], decay))
        assert found.global_minimum.exact == Fraction(int(least.p), int(least.q))
        if any(w):
            assert [a for a, b in found.critical_points[0].predictor(9) if a == b] == [
                Fraction(int(x.p), int(x.q)) for x in w
            ]


def test_singular_second_moments_and_extreme_numbers() -> None:
    singular = Moments.of(Dataset([[1, 2, 3], [2, 4, 6]], [1, 3]))
    check_against_descent((singular, DeepLinear([3, 2], "1/50", noise=["1/2", 0])), restarts=10, seed=0)
    huge = Moments.of(Dataset([[10**300], [-(10**299)]], [10**200, 3]))
    tiny = Moments.of(Dataset([[1e-150], [1]], [1e-150, 1e-150]))
    for moments in (huge, tiny):
        for depth in range(4):
            landscape = Landscape(moments, DeepLinear([2] * depth, "1/10"))
            least = landscape.global_minimum
            assert least.exact is not None or least.points[0].value.enclosure(64)[1] < moments.label_moment
    denormal = Moments.of(Dataset([[5e-324], [1]], [5e-324, 5e-324]))
    assert Landscape(denormal, DeepLinear([2], "1/10")).origin is Origin.GLOBAL_MINIMUM
    assert Landscape(tiny, DeepLinear([2, 2], "1/10")).origin is Origin.GLOBAL_MINIMUM
    assert Landscape(huge, DeepLinear([2, 2], "1/10")).origin is Origin.LOCAL_MINIMUM


def test_scaling_the_labels_scales_the_loss_and_only_the_product_of_the_decays_matters() -> None:
    moments = Moments([[2, 1], [1, 1]], [1, "1/3"], 4)
    first = Landscape(moments, DeepLinear([2, 3], ["1/10", "1/10", "1/10"], noise=1))
    other = Landscape(moments, DeepLinear([2, 3], ["1/100", 1, "1/10"], noise=1))
    assert [p.scale.polynomial for p in first.critical_points] == [p.scale.polynomial for p in other.critical_points]
    scaled = Moments([[2, 1], [1, 1]], [8, "8/3"], 256)  # labels times 8: t times 64 and decays times 16 fit together
    third = Landscape(scaled, DeepLinear([2, 3], ["16/10"] * 3, noise=1))
    t = first.global_minimum.points[0].value.enclosure(80)
    assert third.global_minimum.points[0].value.enclosure(80)[0] / 64 == pytest.approx(float(t[0]), rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (([[1, 2]], [1], 1), ["second_moment[0]", "square"]),
        (([[1, 2], [3, 9]], [1, 1], 1), ["second_moment[1][0] is 3", "symmetric"]),
        (([[1]], [1, 2], 1), ["cross_moment has 2 entries for 1"]),
        (([[-1]], [0], 1), ["x = (1), y = 0", "mean -1", "positive semidefinite"]),
        (([[1, 2], [2, 1]], [0, 0], 1), ["x = (-2, 1)", "mean -3"]),
        (([[1]], [1], "1/2"), ["x = (-1), y = 1", "mean -1/2"]),
        (([[0]], [1], 7), ["mean -1"]),
        (([[float("nan")]], [1], 7), ["second_moment[0][0]", "nan"]),
        (([[1]], ["x"], 7), ["cross_moment[0]", "'x'"]),
    ],
)
def test_moments_that_no_data_have_are_refused(arguments: tuple[object, ...], fragments: list[str]) -> None:
    with pytest.raises(DataError) as refused:
        Moments(*arguments)
    for fragment in fragments:
        assert fragment in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), min_size=3, max_size=3))
def test_a_negative_direction_is_one_and_none_is_missed(rows: list[list[int]]) -> None:
    matrix = [[Fraction(rows[min(i, j)][max(i, j)]) for j in range(3)] for i in range(3)]
    found = negative_direction(matrix)
    assert (found is None) == bool(sympy.Matrix(matrix).is_positive_semidefinite)
    if found is not None:
        direction, value = found
        image = [sum((a * x for a, x in zip(row, direction, strict=True)), Fraction(0)) for row in matrix]
        assert sum(a * b for a, b in zip(direction, image, strict=True)) == value < 0


@pytest.mark.parametrize(
    ("arguments", "noise", "fragments"),
    [
        (([0], 1), 0, ["layer 1 has width 0"]),
        (([2, -1], 1), 0, ["layer 2 has width -1"]),
        (([2.5], 1), 0, ["width 2.5"]),
        (([True], 1), 0, ["width True"]),
        ((4, 1), 0, ["widths is 4", "[4, 4]"]),
        (("4,4", 1), 0, ["widths is '4,4'"]),
        (([2], 0), 0, ["a decay is 0", "not covered"]),
        (([2], [1, "-1/2"]), 0, ["-1/2 is negative"]),
        (([2], [1, 1, 1]), 0, ["decay has 3 values", "or 2"]),
        (([2], 1), -1, ["variance -1 is negative"]),
        (([2], 1), [1, 1], ["noise has 2 values"]),
    ],
)
def test_what_is_no_network_is_refused(arguments: tuple[object, ...], noise: object, fragments: list[str]) -> None:
    with pytest.raises(ModelError) as refused:
        DeepLinear(*arguments, noise=noise)
    for fragment in fragments:
        assert fragment in str(refused.value)


def test_numbers_of_numpy_are_numbers() -> None:
    data = np.array([[1.0, 0.5], [0.25, 2.0]])
    moments = Moments(data.T @ data, np.array([1.0, 0.5]), np.float64(3))
    network = DeepLinear(np.array([2, 3]), np.array([0.5, 0.25, 1.0]), noise=np.float64(0.5))
    assert network == DeepLinear([2, 3], ["1/2", "1/4", 1], noise="1/2")
    assert Landscape(moments, network).global_minimum.at_origin


def test_data_and_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match="2 label columns"):
        Moments.of(Dataset([[1]], [[1, 2]]))
    with pytest.raises(DataError, match="no points"):
        Moments.of(Dataset(np.empty((0, 2)), np.empty((0,))))
    with pytest.raises(DataError, match="rational points"):
        Moments.of(Dataset([["sqrt(2)"]], [1]))
    with pytest.raises(ModelError, match="1 weight matrices for 2 layers"):
        expected_loss(DeepLinear([1], 1), ONE, [[[1]]])
    with pytest.raises(ModelError, match=r"weights\[0\] must have 2 rows of 1"):
        expected_loss(DeepLinear([2], 1), ONE, [[[1]], [[1, 1]]])


def test_descent_with_the_same_seed_is_the_same() -> None:
    network = DeepLinear([2, 2], "1/10")
    assert descend(network, ONE, restarts=3, rng=1).loss == descend(network, ONE, restarts=3, rng=1).loss
