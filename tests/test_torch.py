"""The bridge to PyTorch, both ways. Runs where torch is installed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from verify import Model, decide
from verify.activations import activation, names
from verify.errors import ModelError

torch = pytest.importorskip("torch")
nn = torch.nn

CUBE = [list(p) for p in itertools.product([-1, 1], repeat=3)]


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (lambda: nn.Sequential(nn.Linear(3, 5, bias=False), nn.ReLU(), nn.Linear(5, 1, bias=False)), "relu"),
        (lambda: nn.Sequential(nn.Linear(3, 5), nn.GELU(), nn.Linear(5, 1)), "gelu+bias"),
        (lambda: nn.Sequential(nn.Linear(3, 5), nn.GELU("tanh"), nn.Linear(5, 1, False)), "gelu_tanh+hidden_bias"),
        (lambda: nn.Sequential(nn.Linear(3, 5, False), nn.ReLU6(), nn.Linear(5, 1)), "relu6+output_bias"),
        (lambda: nn.Sequential(nn.Linear(3, 5), nn.LeakyReLU(0.2), nn.Linear(5, 1)), "leaky_relu(1/5)+bias"),
        (lambda: nn.Sequential(nn.Linear(3, 10, False), nn.GLU(), nn.Linear(5, 1, False)), "glu"),
        (lambda: nn.Sequential(nn.Linear(3, 5, False), nn.PReLU(), nn.Linear(5, 1, False)), "prelu"),
        (lambda: nn.Sequential(nn.Linear(3, 5, False), nn.PReLU(init=1.0), nn.Linear(5, 1, False)), "prelu"),
        (
            lambda: nn.Sequential(
                nn.Sequential(nn.Linear(3, 5, False), nn.Tanh()),
                nn.Sequential(nn.Linear(5, 4, False), nn.Tanh()),
                nn.Linear(4, 2, False),
            ),
            "tanh+layers=2",
        ),
    ],
)  # fmt: skip
def test_architectures_are_read(module: object, text: str) -> None:
    assert Model.from_torch(module()) == Model.parse(text)


@pytest.mark.parametrize(
    ("module", "hint"),
    [
        (lambda: nn.Linear(3, 1), "Linear"),
        (lambda: nn.Sequential(nn.Linear(3, 1)), "Linear, activation, Linear"),
        (lambda: nn.Sequential(nn.Linear(3, 5), nn.Dropout(), nn.Linear(5, 1)), "Dropout"),
        (lambda: nn.Sequential(nn.Linear(3, 5), nn.ELU(2.0), nn.Linear(5, 1)), "alpha=2.0"),
        (lambda: nn.Sequential(nn.Linear(3, 5), nn.PReLU(5), nn.Linear(5, 1)), "num_parameters=5"),
        (lambda: nn.Sequential(nn.Linear(3, 5), nn.GLU(dim=0), nn.Linear(5, 1)), "dim=0"),
        (
            lambda: nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 5), nn.Tanh(), nn.Linear(5, 1)),
            "different activations",
        ),
        (
            lambda: nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 5, False), nn.ReLU(), nn.Linear(5, 1)),
            "some have none",
        ),
    ],
)
def test_what_is_not_supported_is_named(module: object, hint: str) -> None:
    with pytest.raises(ModelError, match=hint):
        Model.from_torch(module())


@pytest.mark.parametrize("name", names())
def test_networks_become_modules(name: str) -> None:
    verdict = decide(CUBE, Model(name, output_bias=True, skip=True), labels=[3, -1, 2, 0, 1, 1, 4, 5])
    network = verdict.network()
    module = network.to_torch()
    assert module.residual < 1e-6
    values = module(torch.tensor(CUBE, dtype=torch.float64)).detach().numpy()
    assert np.allclose(values, network.evaluate(np.array(CUBE, dtype=float)), atol=1e-6)


@pytest.mark.parametrize("text", ["swiglu", "reglu+hidden_bias", "relu+layers=2+bias", "tanh+layers=3"])
def test_other_architectures_become_modules(text: str) -> None:
    module = decide(CUBE, text, labels=[3, -1, 2, 0, 1, 1, 4, 5]).network().to_torch()
    assert module.residual < 1e-6
    assert all(parameter.dtype == torch.float64 for parameter in module.parameters())


def test_a_trained_torch_network_stays_above_the_least_loss() -> None:
    """Full-batch training of a bias-free ReLU network on parity cannot go below the exact least loss, 1."""
    torch.manual_seed(0)
    x = torch.tensor(CUBE, dtype=torch.float64)
    y = x.prod(dim=1)
    network = nn.Sequential(nn.Linear(3, 64, bias=False), nn.ReLU(), nn.Linear(64, 1, bias=False)).double()
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
    least = decide(CUBE, Model.from_torch(network), labels=y.numpy()).least_mse
    assert least == 1
    for _ in range(300):
        loss = ((network(x)[:, 0] - y) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        assert loss.item() >= 1 - 1e-12
    assert loss.item() < 1.001


TORCH_FUNCTIONS = {
    "relu": nn.ReLU(), "relu6": nn.ReLU6(), "gelu": nn.GELU(), "gelu_tanh": nn.GELU("tanh"), "silu": nn.SiLU(),
    "mish": nn.Mish(), "hardswish": nn.Hardswish(), "hardsigmoid": nn.Hardsigmoid(),
    "softplus": nn.Softplus(threshold=1000),
    "logsigmoid": nn.LogSigmoid(), "sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(), "softsign": nn.Softsign(),
    "hardtanh": nn.Hardtanh(), "softshrink": nn.Softshrink(), "tanhshrink": nn.Tanhshrink(), "elu": nn.ELU(),
    "selu": nn.SELU(), "celu": nn.CELU(), "leaky_relu": nn.LeakyReLU(), "prelu": nn.PReLU().double(),
}  # fmt: skip


@pytest.mark.parametrize("name", TORCH_FUNCTIONS)
def test_our_functions_are_pytorchs(name: str) -> None:
    z = np.concatenate([np.linspace(-30, 30, 2001), [-1e4, 1e4, 1e-8, -1e-8]])
    theirs = TORCH_FUNCTIONS[name](torch.tensor(z)).detach().numpy()
    assert np.allclose(activation(name).evaluate(z), theirs, rtol=1e-12, atol=1e-12)
