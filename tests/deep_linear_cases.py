"""Random deep linear networks on random rational data, and their landscapes against descent on the true loss."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from verify import Dataset
from verify.landscapes.deep_linear import DeepLinear, Landscape, Moments, Origin, expected_loss
from verify.landscapes.deep_linear.descent import descend

Case = tuple[Moments, DeepLinear]


def random_case(seed: int) -> Case:
    """D <= 4, widths <= 5, d <= 4; fewer points than dimensions now and then, so that E[x xᵀ] is singular."""
    rng = Random(seed)  # noqa: S311  # random instances, not secrets
    d, depth = rng.randrange(1, 5), rng.randrange(5)
    n = rng.randrange(1, d + 3)
    data = Dataset([[_rational(rng) for _ in range(d)] for _ in range(n)], [_rational(rng) for _ in range(n)])
    decays = [Fraction(rng.randrange(1, 20), rng.choice([10, 40, 100, 1000])) for _ in range(depth + 1)]
    noise = [Fraction(rng.randrange(4), rng.randrange(1, 4)) for _ in range(depth)]
    return Moments.of(data), DeepLinear([rng.randrange(1, 6) for _ in range(depth)], decays, noise=noise)


def _rational(rng: Random) -> Fraction:
    return Fraction(rng.randrange(-4, 5), rng.randrange(1, 4))


def check_against_descent(case: Case, *, restarts: int, seed: int) -> Origin:
    """The least loss is never beaten, exactly; for D <= 2 it is reached within 1e-8, relatively."""
    moments, network = case
    landscape = Landscape(moments, network)
    least = landscape.global_minimum
    if least.exact is not None:
        low = high = least.exact
    else:
        low, high = least.points[0].value.enclosure(200)
    found = descend(network, moments, restarts=restarts, rng=seed)
    loss = expected_loss(network, moments, [matrix.tolist() for matrix in found.weights])  # floats as exact rationals
    assert loss >= low, (moments.second_moment, moments.cross_moment, network)
    if not moments.label_moment:
        assert loss < Fraction(1, 10**20)  # the least loss is 0, so there is no relative error
    elif network.depth <= 2:
        assert loss - low <= high / 10**8, (
            moments.second_moment,
            moments.cross_moment,
            network,
            float(loss),
            float(low),
        )
    return landscape.origin
