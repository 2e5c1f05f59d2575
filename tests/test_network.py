"""The explicit network attains the least loss, with at most `rank` units, and the checker agrees."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction

import numpy as np
import pytest

from verify import decide
from verify.check.checker import check_text
from verify.errors import CertificateError, NotAvailableError

HEXAGON = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]]
CUBE = [list(p) for p in itertools.product([-1, 1], repeat=3)]
CLOSE = [[1, 0], [10**6, 1], [10**6 + 1, 1], [0, 0]]
CASES = {
    "hexagon": (HEXAGON, [1, 2, 3, 4, 5, 7]),
    "cube": (CUBE, [3, -1, 2, 0, 1, 1, "1/3", 5]),
    "close": (CLOSE, [1, 2, 3, 0]),
    "zeros": (HEXAGON, [0] * 6),
    "empty": ([], []),
    "origin": ([[0], [0]], [1, 2]),
}
EXACT = [
    "relu",
    "leaky_relu(1/3)",
    "abs",
    "relu2",
    "relu3",
    "square",
    "cube",
    "identity",
    "hardtanh",
    "relu6",
    "hardswish",
    "hardsigmoid",
    "softshrink",
    "shifted_relu",
    "reglu",
    "relu+layers=2",
    "abs+layers=3",
    "hardtanh+layers=2",
    "relu+bias+skip",
    "hardtanh+output_bias",
    "relu+layers=2+bias+skip",
    "reglu+hidden_bias",
]
SMOOTH = ["tanh", "gelu", "exp", "sin_cos", "swiglu", "sigmoid+bias", "mish+skip", "tanh+layers=2", "elu+layers=3"]


@pytest.mark.parametrize("model", ["softshrink+layers=2+skip", "max(x-2/7,0)+layers=3", "hardtanh(-1/9,1/9)+layers=2"])
@pytest.mark.parametrize("seed", range(4))
def test_deep_units_are_aimed_at_the_breakpoints_of_their_own_activation(model: str, seed: int) -> None:
    points = [["3/2", 0], [-1, 0], [-1, -1], ["-5/4", 0], [1, 1], [0, 0], [-1, 0], [-2, 0], ["1/2", 0]]
    verdict = decide(points, model, labels=[2, "-7/4", 2, "-1/6", "7/4", "5/3", "3/5", "6/5", 3])
    network = verdict.network(rng=seed)
    assert network.width <= verdict.rank
    assert verdict.best_predictions == tuple(network([Fraction(x) for x in point]) for point in points)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("model", EXACT)
def test_exact_networks(model: str, case: str) -> None:
    points, labels = CASES[case]
    verdict = decide(points, model, labels=labels)
    network = verdict.network()
    assert network.exact
    assert network.residual_bound == 0
    assert network.width <= verdict.rank
    values = [network(point) for point in points]
    assert values == list(verdict.best_predictions)
    errors = [(Fraction(y) - value) ** 2 for y, value in zip(labels, values, strict=True)]
    assert sum(errors) == verdict.least_mse * len(points)
    result = check_text(json.dumps(verdict.certificate(network=True)))
    assert result.status == "accepted", result.message


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("model", SMOOTH)
def test_enclosed_networks(model: str, case: str) -> None:
    points, labels = CASES[case]
    verdict = decide(points, model, labels=labels)
    network = verdict.network()
    best = np.array([float(p) for p in verdict.best_predictions])
    assert not network.exact
    assert network.width <= verdict.rank
    assert network.residual_bound <= Fraction(1, 10**18)
    if case != "close":  # there the weights are too large for double precision
        values = network.evaluate(np.array(points, dtype=float).reshape(len(points), len(points[0]) if points else 0))
        assert np.allclose(values, best, atol=1e-6)
    with pytest.raises(NotAvailableError):
        network([Fraction(1)] * (len(points[0]) if points else 0)) if network.width else network.model.activation.exact(
            1
        )
    if points:
        with pytest.raises(CertificateError):
            verdict.certificate(network=True)
    else:  # without points there is nothing that a network could attain
        assert {claim["kind"] for claim in verdict.certificate(network=True)["claims"]}.isdisjoint({"network"})


def test_an_enclosed_residual_is_a_true_bound() -> None:
    """Evaluated again with mpmath at 60 digits, no value is farther from the best prediction than the bound says."""
    mpmath = pytest.importorskip("mpmath")
    verdict = decide(CUBE, "tanh", labels=[3, -1, 2, 0, 1, 1, 4, 5])
    network = verdict.network()
    with mpmath.workdps(60):
        for point, target in zip(CUBE, verdict.best_predictions, strict=True):
            value = mpmath.mpf(0)
            for row, v in zip(network.hidden[0], network.output, strict=True):
                inner = sum(w * x for w, x in zip(row, point, strict=True))
                value += (
                    mpmath.mpf(v.numerator)
                    / v.denominator
                    * mpmath.tanh(mpmath.mpf(inner.numerator) / inner.denominator)
                )
            gap = abs(value - mpmath.mpf(target.numerator) / target.denominator)
            bound = network.residual_bound
            assert gap <= mpmath.mpf(bound.numerator) / bound.denominator + mpmath.mpf(10) ** -55


def test_the_same_seed_gives_the_same_network() -> None:
    verdict = decide(HEXAGON, "relu", labels=[1, 2, 3, 4, 5, 7])
    assert verdict.network(rng=3) == verdict.network(rng=3)


@pytest.mark.parametrize(
    ("model", "labels", "hint"),
    [("relu+ntk", [1] * 6, "infinite width"), ("relu", None, "labels"), ("square+layers=2", [1] * 6, "unknown"),
     ("relu", [[1, 2]] * 6, "per_output")],
)  # fmt: skip
def test_where_there_is_no_network(model: str, labels: object, hint: str) -> None:
    with pytest.raises(NotAvailableError, match=hint):
        decide(HEXAGON, model, labels=labels).network()


def test_a_wide_random_network_does_no_better() -> None:
    """Least squares on 400 random ReLU features of the parity data ends at the exact least loss, 1."""
    labels = np.prod(CUBE, axis=1)
    weights = np.random.default_rng(0).standard_normal((400, 3))
    features = np.maximum(np.array(CUBE) @ weights.T, 0)
    fitted = features @ np.linalg.lstsq(features, labels, rcond=None)[0]
    assert decide(CUBE, "relu", labels=labels).least_mse == 1
    assert np.mean((fitted - labels) ** 2) == pytest.approx(1, abs=1e-9)
