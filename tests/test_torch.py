"""The bridge to PyTorch, both ways. Runs where torch is installed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from verify import Model, decide
from verify.activations import names
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
        (lambda: nn.Sequential(nn.Linear(3, 5), nn.Softmax(1), nn.Linear(5, 1)), "not elementwise"),
        (lambda: nn.Sequential(nn.Linear(3, 5), nn.CELU(0.0), nn.Linear(5, 1)), "alpha = 0"),
        (lambda: nn.Sequential(nn.Linear(3, 5), nn.ELU(float("nan")), nn.Linear(5, 1)), "finite"),
        (lambda: nn.Sequential(nn.Linear(3, 5), nn.Softshrink(float("inf")), nn.Linear(5, 1)), "finite"),
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


def functional(name: str, **parameters: float) -> object:
    return lambda z: getattr(nn.functional, name)(z, **parameters)


THEIRS = {
    "relu": functional("relu"),
    "relu6": functional("relu6"),
    "gelu": functional("gelu"),
    "gelu_tanh": functional("gelu", approximate="tanh"),
    "gelu(approximate=tanh)": functional("gelu", approximate="tanh"),
    "silu": functional("silu"),
    "mish": functional("mish"),
    "hardswish": functional("hardswish"),
    "hardsigmoid": functional("hardsigmoid"),
    "logsigmoid": functional("logsigmoid"),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softsign": functional("softsign"),
    "tanhshrink": functional("tanhshrink"),
    "selu": functional("selu"),
    "elu": functional("elu"),
    "elu(1/3)": functional("elu", alpha=1 / 3),
    "elu(-2)": functional("elu", alpha=-2),
    "elu(0)": functional("elu", alpha=0),
    "celu": functional("celu"),
    "celu(5/2)": functional("celu", alpha=2.5),
    "celu(1/8)": functional("celu", alpha=0.125),
    "leaky_relu": functional("leaky_relu"),
    "leaky_relu(0.3)": functional("leaky_relu", negative_slope=0.3),
    "prelu": nn.PReLU().double(),
    "prelu(-2)": nn.PReLU(init=-2.0).double(),
    "rrelu": functional("rrelu", training=False),
    "rrelu(0, 1/2)": functional("rrelu", lower=0, upper=0.5, training=False),
    "softplus": functional("softplus", threshold=1000),
    "softplus(3)": functional("softplus", beta=3, threshold=1000),
    "softplus(1/4)": functional("softplus", beta=0.25, threshold=1000),
    "softplus(-1)": functional("softplus", beta=-1, threshold=1000),
    "hardtanh": functional("hardtanh"),
    "hardtanh(-1, 2)": functional("hardtanh", min_val=-1, max_val=2),
    "hardtanh(1, 3)": functional("hardtanh", min_val=1, max_val=3),
    "hardshrink": functional("hardshrink"),
    "hardshrink(2)": functional("hardshrink", lambd=2),
    "hardshrink(0)": functional("hardshrink", lambd=0),
    "softshrink": functional("softshrink"),
    "softshrink(3)": functional("softshrink", lambd=3),
    "softshrink(0)": functional("softshrink", lambd=0),
    "threshold(1/4, 20)": functional("threshold", threshold=0.25, value=20),
    "threshold(-2, 0)": functional("threshold", threshold=-2, value=0),
    "threshold(0, 1)": functional("threshold", threshold=0, value=1),
    "step": lambda z: torch.heaviside(z, torch.tensor(0.5, dtype=z.dtype)),
    "heaviside(value=1)": lambda z: torch.heaviside(z, torch.tensor(1.0, dtype=z.dtype)),
    "sign": torch.sign,
    "identity": nn.Identity(),
    "exp": torch.exp,
    "expm1": torch.expm1,
}  # fmt: skip


@pytest.mark.parametrize("name", THEIRS)
def test_our_functions_are_pytorchs(name: str) -> None:
    kinks = [-3, -2, -1, -0.5, 0, 0.25, 0.5, 1, 2, 3, 6]
    z = np.concatenate([np.linspace(-30, 30, 2001), kinks, [-1e4, 1e4, 1e-8, -1e-8]])
    if name in ("exp", "expm1", "elu(-2)"):
        z = z[np.abs(z) < 700]
    theirs = THEIRS[name](torch.tensor(z)).detach().numpy()
    assert np.allclose(Model.parse(name).activation.evaluate(z), theirs, rtol=1e-12, atol=1e-12)


MODULES = {
    "celu(2)": nn.CELU(2),
    "elu(3/2)": nn.ELU(1.5),
    "elu": nn.ELU(),
    "hardshrink": nn.Hardshrink(),
    "hardshrink(0.1)": nn.Hardshrink(0.1),
    "hardtanh(-1, 2)": nn.Hardtanh(-1, 2),
    "hardtanh": nn.Hardtanh(),
    "leaky_relu(0.2)": nn.LeakyReLU(0.2),
    "rrelu(0.1, 0.3)": nn.RReLU(0.1, 0.3),
    "softplus(3)": nn.Softplus(beta=3),
    "softshrink(0.25)": nn.Softshrink(0.25),
    "threshold(0.1, 20)": nn.Threshold(0.1, 20),
}  # fmt: skip


@pytest.mark.parametrize("text", MODULES)
def test_parameters_are_read_from_modules(text: str) -> None:
    module = nn.Sequential(nn.Linear(3, 5, bias=False), MODULES[text], nn.Linear(5, 1, bias=False))
    assert Model.from_torch(module) == Model.parse(text)


@pytest.mark.parametrize(
    "text",
    ["celu(2)+bias", "hardtanh(-1, 2)", "hardshrink+skip", "threshold(1/10, 20)", "step+output_bias", "sign",
     "softplus(3)+gated", "x*sigmoid(1.702*x)", "max(x, 0) + x**2/3", "erf(x)*sin(x) + atan(x)**2", "sinc(x) + 2**x"],
)  # fmt: skip
def test_networks_of_formulas_become_modules(text: str) -> None:
    module = decide(CUBE, text, labels=[3, -1, 2, 0, 1, 1, 4, 5]).network().to_torch()
    assert module.residual < 1e-6


def test_every_activation_module_of_pytorch_is_read_or_refused_with_a_reason() -> None:
    arguments = {
        "Threshold": (1, 0),
        "MultiheadAttention": (4, 1),
        "Softmax": (1,),
        "Softmin": (1,),
        "LogSoftmax": (1,),
    }
    refused = {}
    for kind in nn.modules.activation.__all__:
        module = nn.Sequential(nn.Linear(4, 4), getattr(nn, kind)(*arguments.get(kind, ())), nn.Linear(4, 1))
        try:
            assert Model.from_torch(module).hidden_bias
        except ModelError as error:
            refused[kind] = str(error)
    assert sorted(refused) == ["LogSoftmax", "MultiheadAttention", "Softmax", "Softmax2d", "Softmin"]
    assert all("not elementwise" in reason for reason in refused.values())
