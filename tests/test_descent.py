"""Gradient descent: the predicted curve, the run, the exact plateau, and the tangent kernel."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from command_line import Command, assert_refused
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import echelon

import verify
from verify import Dataset, Model, flint_backend
from verify.descent import (
    Spectral,
    descent_report,
    exact_projection,
    random_layer,
    spectral_of_features,
    spectral_of_kernel,
    tangent_spectrum,
    train_last_layer,
)
from verify.descent import report as report_module
from verify.descent.features import float_labels
from verify.descent.lazy import derivative
from verify.descent.plot import svg
from verify.errors import DataError, FullrankError, NotAvailableError

# --- the exact plateau ------------------------------------------------------------------------------------------------


def oracle_projection(columns: list[list[Fraction]], labels: list[Fraction]) -> tuple[int, Fraction]:
    """Gram-Schmidt in Fractions: what is left of the labels, and the number of independent columns."""
    basis: list[list[Fraction]] = []
    for column in [*columns, labels]:
        rest = list(column)
        for b in basis:
            factor = sum(x * y for x, y in zip(rest, b, strict=True)) / sum(x * x for x in b)
            rest = [x - factor * y for x, y in zip(rest, b, strict=True)]
        if column is labels:
            return len(basis), sum((x * x for x in rest), Fraction(0))
        if any(rest):
            basis.append(rest)
    raise AssertionError


small = st.integers(-4, 4)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5), st.integers(0, 6), st.data())
def test_the_projection_is_that_of_gram_and_schmidt(n: int, m: int, data: st.DataObject) -> None:
    rows = [[data.draw(small) for _ in range(m)] for _ in range(n)]
    labels = [data.draw(st.fractions(-3, 3, max_denominator=5)) for _ in range(n)]
    features = np.array(rows, dtype=np.int64).reshape(n, m)
    columns = [[Fraction(rows[i][j]) for i in range(n)] for j in range(m)]
    assert exact_projection(features, labels) == oracle_projection(columns, labels)


def test_the_projection_does_not_trust_the_prime(monkeypatch: pytest.MonkeyPatch) -> None:
    features = np.array([[3, 1], [0, 1], [0, 1]])
    labels = [Fraction(1), Fraction(2), Fraction(0)]
    true = exact_projection(features, labels)
    assert true == (2, Fraction(2))  # the residual of (2, 0) against (1, 1) is (1, -1)
    monkeypatch.setattr(flint_backend, "_PRIME", 3)
    assert exact_projection(features, labels) == true


# --- prediction against simulation ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "spec", "width"),
    [("hexagon", "relu", 12), ("parity3", "relu", 16), ("ray_pair", "leaky_relu", 5), ("iris", "relu+output_bias", 30)],
)
def test_prediction_and_run_agree_over_ten_thousand_steps(name: str, spec: str, width: int) -> None:
    report = descent_report(verify.load_dataset(name), spec, width=width, steps=10_000)
    assert len(report.simulated.losses) == len(report.predicted) == 10_001
    assert (np.abs(report.predicted - report.simulated.losses) <= 1e-9 * report.predicted).all()
    assert report.plateau is not None
    assert abs(report.spectral.plateau - float(report.plateau)) <= 1e-12
    assert report.predicted[-1] >= float(report.plateau) * (1 - 1e-12)
    assert report.least_mse is not None
    assert report.plateau >= report.least_mse


def test_the_plateau_is_the_exact_least_loss_where_the_features_have_full_rank() -> None:
    for name, least in (("hexagon", Fraction(1, 36)), ("parity3", Fraction(1)), ("ray_pair", Fraction(1, 10))):
        report = descent_report(verify.load_dataset(name), "relu", width=60, steps=5)
        assert report.plateau == report.least_mse == least
        assert report.rank == verify.decide(verify.load_dataset(name), "relu").rank


def test_the_curve_against_powers_of_the_matrix_in_mpmath() -> None:
    layer = random_layer(Dataset([[1, 2], [3, -1], [0, 1], [2, 2]]), Model("relu"), 3, rng=4)
    y = np.array([[1.0], [-2.0], [0.5], [3.0]])
    spectral = spectral_of_features(layer.values, y, rank=None)
    step = spectral.checked_step(None) * 1.7
    losses = spectral.losses(step, 40)
    with mpmath.workdps(50):
        F, r = mpmath.matrix(layer.values.tolist()), mpmath.matrix(y.tolist())
        for k in range(41):
            assert losses[k] == pytest.approx(float(sum(x * x for x in r) / 4), rel=1e-11)
            r = r - mpmath.mpf(step) * (F * (F.T * r))


def test_rates_are_those_of_a_diagonal_matrix() -> None:
    spectral = Spectral(np.array([4.0, 1.0, 0.5, 0.0]), np.array([3.0, 1.0, 0.0, 2.0]))
    assert spectral.largest_step == 0.5
    assert spectral.plateau == 2.0
    assert spectral.early_rate(0.25) == pytest.approx((0 * 3 + 0.75**2) / 4)
    assert spectral.late_rate(0.25) == pytest.approx(0.75**2)  # the third direction holds no energy
    assert spectral.leading_energy(0.2) == pytest.approx(1)
    assert spectral.leading_energy(0.3) == pytest.approx(3 / 4)
    assert spectral.losses(0.25, 1).tolist() == pytest.approx([6, 2 + 0.75**2])
    parity = descent_report(verify.load_dataset("parity3"), "relu", width=40, steps=1)  # labels in the null space
    rates = (parity.spectral.early_rate(parity.step), parity.spectral.late_rate(parity.step))
    assert (*rates, parity.spectral.leading_energy(0.1)) == (0, 0, 0)


@pytest.mark.parametrize("step", [0.5, 0.6, 0, -1, float("nan"), float("inf"), True, "x"])
def test_a_step_size_that_diverges_is_refused_with_the_largest_value(step: object) -> None:
    with pytest.raises(DataError, match=r"below .*0\.5"):
        Spectral(np.array([4.0, 1.0]), np.array([3.0, 1.0])).checked_step(step)  # type: ignore[arg-type]  # on purpose


def test_beyond_the_largest_step_it_does_diverge_and_below_it_does_not() -> None:
    layer = random_layer(Dataset([[1, 2], [3, -1], [0, 1]]), Model("relu"), 6)
    y = np.array([[1.0], [-2.0], [0.5]])
    limit = spectral_of_features(layer.values, y, rank=None).largest_step
    above = train_last_layer(layer.values, y, step=limit * 1.01, steps=3000).losses
    below = train_last_layer(layer.values, y, step=limit * 0.99, steps=3000).losses
    assert above[-1] > 1e3 * above[0]
    assert below[-1] < below[0]


def test_pytorch_takes_the_same_steps() -> None:
    pytest.importorskip("torch")
    data = verify.load_dataset("hexagon")
    one, two = (descent_report(data, "relu", width=9, steps=300, engine=engine) for engine in ("numpy", "torch"))
    assert two.simulated.losses == pytest.approx(one.simulated.losses, rel=1e-12)


# --- features ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", ["relu", "relu2+bias+skip", "shifted_relu+skip", "reglu+output_bias", "hardswish"])
def test_float_features_are_the_exact_ones(spec: str) -> None:
    data, model = Dataset([["1/3", 2], [-5, "1/7"], [0, 0]]), Model.parse(spec)
    layer = random_layer(data, model, 4, rng=8)
    assert layer.exact is not None
    for row, integers in zip(layer.values.tolist(), layer.exact.tolist(), strict=True):
        assert row == [float(Fraction(x) / s) for x, s in zip(integers, layer.scales, strict=True)]
    free = [[Fraction(1)] * model.output_bias + list(p) * model.skip for p in data.points]
    assert [row[: len(f)] for row, f in zip(layer.values.tolist(), free, strict=True)] == [
        [*map(float, f)] for f in free
    ]
    assert len(echelon([[Fraction(x) for x in r] for r in layer.exact.tolist()], 4)) <= 3


def test_the_same_weights_serve_both_routes() -> None:
    data = Dataset([[1, 2], [-3, 1]])
    exact, floats = (
        random_layer(data, Model.parse(s), 5, rng=2) for s in ("relu+hidden_bias", "max(x,0)+0*sin(x)+hidden_bias")
    )
    assert floats.values == pytest.approx(exact.values, rel=1e-14)


def test_a_feature_beyond_float64_names_its_point() -> None:
    with pytest.raises(DataError, match=r"points\[1\].*exp"):
        random_layer(Dataset([[0], [10**6]]), Model("exp"), 4)
    with pytest.raises(DataError, match="range of float64"):
        random_layer(Dataset([[0], [10**200]]), Model("relu2"), 4)
    with pytest.raises(DataError, match=r"need 16000000032 bytes, more than 2147483648"):
        random_layer(Dataset([[0], [1]]), Model("relu"), 10**9)


# --- lazy training ----------------------------------------------------------------------------------------------------


def test_a_wide_network_follows_the_tangent_kernel() -> None:
    data = verify.load_dataset("hexagon")
    report = descent_report(data, "relu", width=3000, steps=30, lazy=True)
    assert report.lazy is not None
    lazy = report.lazy
    assert lazy.simulated.losses == pytest.approx(lazy.predicted, rel=0.1)
    narrow = descent_report(data, "relu", width=20, steps=30, lazy=True).lazy
    assert narrow is not None
    error = [np.abs(x.simulated.losses - x.predicted).max() for x in (lazy, narrow)]
    assert error[0] < error[1]
    assert lazy.rank == verify.decide(Dataset(data.coordinates), "relu+ntk").rank == 5
    assert lazy.spectral.plateau == pytest.approx(1 / 36, rel=1e-12)


@pytest.mark.parametrize("sides", [6, 10, 14])
def test_kernels_of_a_regular_polygon_have_the_zero_eigenvalues_of_the_theory(sides: int) -> None:
    t = 2 * np.pi * np.arange(sides) / sides
    points = np.column_stack([np.cos(t), np.sin(t)])
    from verify.kernels import float_kernels

    for kernel in float_kernels(points, "relu"):
        values = spectral_of_kernel(kernel, np.ones((sides, 1)), rank=sides).eigenvalues
        assert (values < 1e-9).sum() == sides // 2 - 2


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh", "selu", "leaky_relu", "max(x,0)**2 + sin(x)"])
def test_the_derivative_is_one(name: str) -> None:
    activation = Model.parse(name).activation
    z, h = np.array([-2.3, -0.4, 0.7, 1.9]), 1e-6
    numeric = (activation.evaluate(z + h) - activation.evaluate(z - h)) / (2 * h)
    assert derivative(activation)(z) == pytest.approx(numeric, abs=1e-8)


def test_what_is_not_simulated_is_refused() -> None:
    data = verify.load_dataset("hexagon")
    labels = float_labels(data)
    for spec, width, words in (("reglu", 4, "not simulated"), ("relu+skip", 4, "not simulated"), ("relu", 5, "even")):
        with pytest.raises(FullrankError, match=words):
            tangent_spectrum(data, Model.parse(spec), labels, width=width)
    with pytest.raises(NotAvailableError, match="rational"):
        descent_report(verify.load_dataset("decagon"), "relu", width=3, steps=1)
    for arguments, words in (({"steps": -1}, "steps"), ({"width": -1}, "width"), ({"engine": "jax"}, "engine")):
        with pytest.raises(DataError, match=words):
            descent_report(data, "relu", **{"width": 3, "steps": 1, **arguments})  # type: ignore[arg-type]  # on purpose


# --- degenerate input, and the command line ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "labels"), [([], []), ([[0, 0]], [1]), ([[1]], [0]), ([[1], [1]], [0, 2]), ([[]], [3])]
)
def test_degenerate_data(points: list[list[int]], labels: list[int]) -> None:
    report = descent_report(Dataset(points, labels), "relu", width=4, steps=30)
    least = verify.decide(Dataset(points, labels), "relu").least_mse
    assert report.least_mse == least
    assert report.plateau is not None
    assert report.plateau >= (least or 0)
    assert np.isfinite(report.predicted).all()
    assert json.loads(json.dumps(report.to_json()))["points"] == len(points)


def test_json_and_plot(fullrank: Command) -> None:
    arguments = ("descent", "bundled:parity3", "--model", "relu", "--width", "40", "--steps", "500")
    ran = fullrank(*arguments, "--plot", "curve.svg", "--json")
    found = json.loads(ran.out)
    assert (ran.status, ran.err, ran.out.count("\n")) == (0, "", 1)
    assert (found["exact_plateau"], found["least_mse"], found["rank_of_features"]) == ("1", "1", 7)
    assert found["disagreement"] < 1e-9
    assert found["steps"][0] == 0
    assert found["steps"][-1] == 500
    assert len(found["predicted"]) == len(found["simulated"]) == len(found["steps"])
    first = Path("curve.svg").read_bytes()
    assert b"<svg" in first
    assert b"least loss of any width" in first
    report = descent_report(verify.load_dataset("parity3"), "relu", width=40, steps=500)
    assert svg(report) == first


def test_the_report_in_words(fullrank: Command) -> None:
    ran = fullrank("descent", "bundled:ray_pair", "--model", "relu", "--width", "8", "--steps", "50", "--lazy")
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert lines[2] == "Plateau of these features, exact: 1/10 (about 0.1); their rank is 1 of 2."
    assert lines[3] == "Least mean squared error of any width and any training, exact: 1/10."
    assert "step, predicted, simulated, tangent kernel, both layers" in lines
    assert lines[-1].startswith("50, 0.1, 0.1, ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--step-size", "1e9"], "largest allowed"),
        (["--width", "-3"], "--width"),
        (["--model", "relu+ntk"], "no width"),
        (["--no-label"], "needs labels"),
        (["--plot", "no/where.svg"], "no folder"),
        (["--lazy", "--width", "3"], "even"),
        (["--lazy", "--width", "0"], "use 2"),
    ],
)
def test_bad_input_is_refused_in_one_line(fullrank: Command, arguments: list[str], words: str) -> None:
    defaults = {"--model": "relu", "--width": "4", "--steps": "5"}
    given_ = [x for key, value in defaults.items() if key not in arguments for x in (key, value)]
    assert_refused(fullrank("descent", "bundled:hexagon", *given_, *arguments), words)


def test_an_interrupt_shows_what_was_run(fullrank: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    real = report_module.train_last_layer

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    def interrupted(*arguments: object, **options: object) -> object:
        return real(*arguments, **{**options, "progress": stop})  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(report_module, "train_last_layer", interrupted)
    ran = fullrank("descent", "bundled:hexagon", "--model", "relu", "--width", "9", "--steps", "5000", "--json")
    assert ran.status == 130
    assert ran.err == "fullrank: interrupted; what was run is shown\n"
    found = json.loads(ran.out)
    assert found["interrupted"] is True
    assert found["simulated"][0] is not None
    assert found["simulated"][-1] is None
    assert found["predicted"][-1] is not None


@pytest.mark.parametrize(
    ("points", "labels", "words"),
    [
        ([["1e300", 0], [0, "1e300"]], [1, 0], r"points\[0\]: the square of a feature"),
        ([[1, 0], [0, 1]], [0, "-1e300"], r"labels\[1\]: its square"),
    ],
)
@pytest.mark.parametrize("width", [0, 6])
def test_squares_beyond_float64_are_refused(points: Any, labels: Any, words: str, width: int) -> None:
    """They made NaN and Infinity in the JSON, or an OverflowError."""
    with pytest.raises(DataError, match=words):
        descent_report(verify.Dataset(points, labels), "relu+skip", width=width, steps=5)


def test_a_run_of_both_layers_that_diverges_has_no_losses_in_json() -> None:
    data = verify.Dataset([[1, 0], [0, 1], [1, 1]], [1000, -1000, 2])
    report = descent_report(data, "square", width=4, steps=60, lazy=True)
    found = json.loads(json.dumps(report.to_json(), allow_nan=False))["lazy"]
    assert not np.isfinite(report.lazy.simulated.losses[-1])  # type: ignore[union-attr]  # asked for
    assert found["simulated"][0] is not None
    assert found["simulated"][-1] is None
