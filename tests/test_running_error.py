"""Running error bounds against exact arithmetic, and the one assumption, on the library functions, against mpmath."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import verify
from verify.errors import DataError
from verify.kernels import float_kernel
from verify.kernels.running_error import LIBRARY_ULPS, Bounded, RunningError

MP = mpmath.ctx_mp.MPContext()
MP.prec = 200
A = RunningError()

floats = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e60, max_value=1e60)
positions = st.fractions(min_value=-1, max_value=1, max_denominator=1000)


@st.composite
def numbers(draw: Any) -> tuple[Fraction, Bounded]:
    """A real number and a float with an error bound that holds, of any quality."""
    value = draw(floats)
    error = draw(st.sampled_from([0.0, 5e-324, 1e-300, 1e-16, 1e-3, 1.0, 7.0])) * draw(
        st.sampled_from([1.0, abs(value), 1e-9])
    )
    truth = Fraction(value) + Fraction(error) * draw(positions)
    return truth, Bounded(np.array([value]), np.array([error]))


def holds(truth: Any, found: Bounded) -> bool:
    """Whether the number is within the bound; an unbounded or undefined error claims nothing."""
    value, error = float(np.ravel(found.value)[0]), float(np.ravel(found.error)[0])
    if not math.isfinite(error) or not math.isfinite(value):
        return True
    if isinstance(truth, Fraction):
        return abs(truth - Fraction(value)) <= Fraction(error)
    return bool(abs(truth - MP.mpf(value)) <= MP.mpf(error))


@given(numbers(), numbers())
def test_the_four_operations(x: tuple[Fraction, Bounded], y: tuple[Fraction, Bounded]) -> None:
    with np.errstate(all="ignore"):
        assert holds(x[0] + y[0], x[1] + y[1])
        assert holds(x[0] - y[0], x[1] - y[1])
        assert holds(x[0] * y[0], x[1] * y[1])
        assert holds(3 - 7 * x[0], 3 - 7 * x[1])
        if y[0]:
            assert holds(x[0] / y[0], x[1] / y[1])
            assert holds(1 / y[0], 1 / y[1])


def real(x: Fraction) -> Any:
    return MP.mpf(x.numerator) / x.denominator


@given(numbers(), numbers())
def test_roots_exponentials_and_angles(x: tuple[Fraction, Bounded], y: tuple[Fraction, Bounded]) -> None:
    with np.errstate(all="ignore"):
        if x[0] >= 0:
            root = A.sqrt(x[1])
            assert root.nonnegative
            assert holds(MP.sqrt(real(x[0])), root)
            if x[0] or y[0]:  # (0, 0) has no angle
                assert holds(MP.atan2(MP.sqrt(real(x[0])), real(y[0])), A.angle(root, y[1]))
            assert holds(MP.atan2(real(y[0]), MP.sqrt(real(x[0]))), A.angle(y[1], root))
        if abs(x[0]) < 700:
            assert holds(MP.exp(real(x[0])), A.exp(x[1]))
            assert holds(MP.expm1(real(x[0])), A.expm1(x[1]))
            assert holds(MP.tanh(real(x[0])), A.tanh(x[1]))
        if y[0] < 0:
            assert not np.isfinite(A.angle(x[1], y[1]).error).any()  # without a sign a branch may be crossed


def test_bounds_of_ordinary_numbers_are_small() -> None:
    x = Bounded(np.array([2.0]), np.array([0.0]))
    for found in (x * x + 1, 1 / x, A.sqrt(x), A.exp(-x), A.angle(A.sqrt(x), -x), x * A.pi(), A.number(Fraction(1, 3))):
        assert 0 <= np.ravel(found.error)[0] < 4e-15
    assert A.number(Fraction(3, 8)).error == 0


LIBRARY: dict[
    str, tuple[Callable[..., Any], Callable[..., Any], Callable[[np.random.Generator, int], tuple[Any, ...]]]
] = {
    "exp": (np.exp, MP.exp, lambda rng, n: (rng.uniform(-700, 700, n) * 10.0 ** -rng.uniform(0, 18, n),)),
    "expm1": (np.expm1, MP.expm1, lambda rng, n: (rng.uniform(-30, 700, n) * 10.0 ** -rng.uniform(0, 300, n),)),
    "tanh": (np.tanh, MP.tanh, lambda rng, n: (rng.uniform(-30, 30, n) * 10.0 ** -rng.uniform(0, 300, n),)),
    "sin": (np.sin, MP.sin, lambda rng, n: (0.2 * 10.0 ** -rng.uniform(0, 20, n),)),
    "arccos": (np.arccos, MP.acos, lambda rng, n: (rng.choice([-1, 1], n) * (1 - 10.0 ** -rng.uniform(0, 16, n)),)),
    "arccos in the middle": (np.arccos, MP.acos, lambda rng, n: (rng.uniform(-1, 1, n),)),
    "hypot": (np.hypot, MP.hypot, lambda rng, n: tuple(10.0 ** rng.uniform(-160, 160, (2, n)))),
    "arctan2": (np.arctan2, MP.atan2, lambda rng, n: (10.0 ** rng.uniform(-20, 20, n), 10 * rng.standard_normal(n))),
    "arctan2 near 0": (
        np.arctan2,
        MP.atan2,
        lambda rng, n: (10.0 ** rng.uniform(-9, 0, n), rng.choice([-1.0, 1.0], n)),
    ),
}


def largest_error(name: str, count: int) -> float:
    function, exact, sample = LIBRARY[name]
    arguments = sample(np.random.default_rng(len(name)), count)
    values = function(*arguments)
    worst = 0.0
    for *xs, value in zip(*arguments, values, strict=True):
        ulp = math.ulp(float(value))
        worst = max(worst, float(abs(exact(*(MP.mpf(float(x)) for x in xs)) - MP.mpf(float(value))) / ulp))
    return worst


@pytest.mark.parametrize("name", LIBRARY)
def test_the_library_is_as_accurate_as_assumed(name: str) -> None:
    assert largest_error(name, 2000) <= LIBRARY_ULPS


@pytest.mark.slow
@pytest.mark.parametrize("name", LIBRARY)
def test_the_library_is_as_accurate_as_assumed_on_1e5_arguments(name: str) -> None:
    assert largest_error(name, 10**5) <= LIBRARY_ULPS


@pytest.mark.parametrize("model", ["leaky_relu(slope=1e200)", "prelu(slope=-1e160)+ntk", "(10**50*x)**10"])
def test_a_coefficient_beyond_float64_is_refused(model: str) -> None:
    """(1 - slope)^2 was an OverflowError."""
    with pytest.raises(DataError, match="coefficient of the kernel is beyond"):
        verify.certified_lambda_min([[1, 0], [0, 1]], model)
    with pytest.raises(DataError, match="coefficient of the kernel is beyond"):
        float_kernel([[1, 0], [0, 1]], model)
