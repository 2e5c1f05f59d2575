"""A PyTorch model and its training, tested against exact least losses."""

import pytest

from counterexamples.testing import load_case

torch = pytest.importorskip("torch")

ACTIVATIONS = {"relu": torch.nn.ReLU, "gelu": torch.nn.GELU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid}


def network(model, dimension, *, width):
    """Build the network that the case speaks of: its activation, its layers, its biases."""
    activation = ACTIVATIONS[model.activation.name]
    sizes = [dimension] + [width] * model.hidden_layers
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs, bias=model.hidden_bias), activation()]
    return torch.nn.Sequential(*layers, torch.nn.Linear(width, 1, bias=model.output_bias)).double()


@pytest.mark.parametrize(
    "name", ["ray-pair", "parity-cube-3", "parity-cube-4", "antipodal-pair-tanh", "two-pairs-sigmoid"]
)
def test_the_trained_network_is_as_good_as_any_and_not_better(name):
    case = load_case(name)
    torch.manual_seed(0)
    X, y = torch.from_numpy(case.X), torch.from_numpy(case.y)
    net = network(case.model, X.shape[1], width=64)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(1500):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(net(X)[:, 0], y)
        case.assert_consistent(loss.item())
        loss.backward()
        optimizer.step()
    case.assert_converged(loss.item(), rtol=1e-3, atol=1e-4)
