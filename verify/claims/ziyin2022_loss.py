"""Checks of claims about deep linear networks against the expected loss itself, evaluated at rational weights."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from verify.claims.claim import Finding, Outcome
from verify.claims.ziyin2022_instances import all_hold, described, instances
from verify.landscapes.deep_linear import DeepLinear, Landscape, Origin, expected_loss
from verify.landscapes.deep_linear.moments import negative_direction


def _loss_at_minimum(landscape: Landscape) -> Fraction:
    """The exact loss at the rounded weights of the global minimum."""
    least = landscape.global_minimum
    if not least.points:
        return landscape.moments.label_moment
    weights = [matrix.tolist() for matrix in least.points[0].weights()]
    return expected_loss(landscape.network, landscape.moments, weights)


def hessian_at_origin(landscape: Landscape) -> list[list[Fraction]]:
    """The Hessian of the loss where all weights are 0, exactly: in every single weight the loss is quadratic."""
    network, moments = landscape.network, landscape.moments
    shapes = network.shapes(moments.dimension)
    places = [(k, i, j) for k, (rows, columns) in enumerate(shapes) for i in range(rows) for j in range(columns)]

    def loss(*steps: tuple[tuple[int, int, int], int]) -> Fraction:
        weights = [[[0] * columns for _ in range(rows)] for rows, columns in shapes]
        for (k, i, j), value in steps:
            weights[k][i][j] = value
        return expected_loss(network, moments, weights)

    size = len(places)
    hessian = [[Fraction(0)] * size for _ in range(size)]
    for a, first in enumerate(places):
        hessian[a][a] = loss((first, 1)) + loss((first, -1)) - 2 * loss()
        for b, second in enumerate(places[:a]):
            signs = ((x, y, x * y) for x in (1, -1) for y in (1, -1))
            mixed = sum((sign * loss((first, x), (second, y)) for x, y, sign in signs), Fraction(0)) / 4
            hessian[a][b] = hessian[b][a] = mixed
    return hessian


def bad_origin(thorough: bool) -> Finding:
    """For D >= 2 a positive definite Hessian and a lower loss elsewhere, for D = 1 a direction of descent."""

    def checks() -> Iterator[tuple[bool, dict[str, Any]]]:
        for landscape in instances(24 if thorough else 6, depths=(2, 3, 4)):
            moments, network = landscape.moments, landscape.network
            widths = [min(width, 2) for width in network.widths]
            deep = Landscape(moments, DeepLinear(widths, network.decay, noise=network.noise))
            shallow = Landscape(moments, DeepLinear(widths[:1], network.decay[:2]))
            if deep.global_minimum.at_origin or shallow.global_minimum.at_origin:
                continue
            hessian, floor = hessian_at_origin(deep), min(network.decay)
            for k, row in enumerate(hessian):
                row[k] -= floor
            holds = (
                (deep.origin, shallow.origin) == (Origin.LOCAL_MINIMUM, Origin.STRICT_SADDLE)
                and negative_direction(hessian) is None
                and _loss_at_minimum(deep) < moments.label_moment
                and negative_direction(hessian_at_origin(shallow)) is not None
            )
            yield holds, described(deep)

    return all_hold(
        checks(),
        "on {} data sets the exact Hessian at the origin is positive definite for D >= 2, where the loss is exactly "
        "lower at other weights, and has a negative direction for D = 1",
    )


def depends_on_two_numbers(thorough: bool) -> Finding:
    """The potential is that of a network of width 1 with the same kappa and the same product of decays."""

    def checks() -> Iterator[tuple[bool, dict[str, Any]]]:
        for landscape in instances(30 if thorough else 9, depths=(1, 2, 3)):
            network = landscape.network
            decays = [network.decay_product, *[Fraction(1)] * network.depth]
            noise = [network.noise_factor - 1, *[Fraction(0)] * (network.depth - 1)]
            other = Landscape(landscape.moments, DeepLinear([1] * network.depth, decays, noise=noise))
            same = landscape.potential.numerator, landscape.potential.denominator
            first, second = _loss_at_minimum(landscape), _loss_at_minimum(other)
            near = abs(first - second) <= second / 10**12
            yield near and same == (other.potential.numerator, other.potential.denominator), described(landscape)

    return all_hold(
        checks(),
        "the potentials of {} networks and of networks of width 1 with the same two numbers are equal, and the exact "
        "losses at the rounded minima of both agree within 1e-12; that none is lower is Theorem 1 of the chapter",
    )


def global_minimum(thorough: bool) -> Finding:
    """The stated weights attain the least loss, and descent on the true loss finds nothing lower; both exactly."""
    from verify.landscapes.deep_linear.descent import descend

    amount, restarts = (30, 20) if thorough else (6, 6)
    reached = 0
    for k, landscape in enumerate(instances(amount, depths=(1, 2, 3))):
        least = landscape.global_minimum
        low, high = (least.exact,) * 2 if least.exact is not None else least.points[0].value.enclosure(200)
        if not low - abs(low) / 10**12 <= _loss_at_minimum(landscape) <= high + abs(high) / 10**12:
            return Finding(Outcome.FAILS, "the stated weights do not have the least loss", described(landscape))
        found = descend(landscape.network, landscape.moments, restarts=restarts, rng=k)
        loss = expected_loss(landscape.network, landscape.moments, [w.tolist() for w in found.weights])
        if loss < low:
            return Finding(Outcome.FAILS, "descent on the true loss found less", described(landscape))
        reached += loss - low <= low / 10**8
    return Finding(
        Outcome.SUPPORTED,
        f"the stated weights, rounded, have the least loss within 1e-12 on {amount} networks; descent from {restarts} "
        f"random weights on the true loss never found less, exactly evaluated, and came within 1e-8 on {reached}",
    )
