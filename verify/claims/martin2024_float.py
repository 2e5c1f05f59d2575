"""Checks of the claims about arXiv:2311.03794 in float64: they support, and prove nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from verify.claims.claim import Finding, Outcome


def _judge(fits: bool, evidence: str, **numbers: Any) -> Finding:
    """Support the claim, or leave it undecided: a float refutes nothing."""
    return Finding(Outcome.SUPPORTED if fits else Outcome.UNDECIDED, evidence + ("" if fits else f" ({numbers})"))


def check_closed_form(thorough: bool) -> Finding:
    """Compare W W^T with Z at several times."""
    import numpy as np

    from verify.landscapes.quadratic.closed_form import exact_solution
    from verify.landscapes.quadratic.flow import gradient_flow
    from verify.landscapes.quadratic.initial import gaussian_pair

    shapes = [(10, 5, 3), (6, 3, 3), (8, 2, 5), (4, 7, 2), *([(20, 10, 5), (12, 14, 3), (5, 5, 5)] if thorough else [])]
    times = [0.01, 0.1, 0.5, 1.0, 3.0, 10.0]
    worst = 0.0
    for seed, shape in enumerate(shapes):
        W, Z = gaussian_pair(*shape, rng=seed)
        path = gradient_flow(W, Z, times, rtol=1e-12, atol=1e-14)
        for step, closed in zip(path, exact_solution(W, Z, times).Z, strict=True):
            worst = max(worst, float(np.linalg.norm(step @ step.T - closed) / np.linalg.norm(closed)))
    evidence = f"largest relative difference below 1e-8 for (d, m, m*) in {shapes} at times up to {times[-1]:g}"
    return _judge(worst < 1e-8, evidence, worst=worst)


def check_exponential_rate(thorough: bool) -> Finding:
    """Measure the slope of the logarithm of the loss between two late times."""
    import numpy as np

    from verify.landscapes.quadratic.closed_form import exact_solution

    rates = []
    for seed in range(5 if thorough else 2):
        Z = np.diag([3.0, 2.0, 1.0, 0.0, 0.0, 0.0])
        W = np.random.default_rng(seed).normal(size=(6, 3))
        deltas = exact_solution(W, Z, [5.0, 6.5]).Z - Z
        losses = [(x * x).sum() / 2 + np.trace(x) ** 2 / 4 for x in deltas]
        rates.append(math.log(losses[0] / losses[1]) / 1.5)
    worst = max(abs(rate / 4 - 1) for rate in rates)
    evidence = (
        f"slopes within 1e-5 of 4 mu = 4 between t = 5 and 6.5 for {len(rates)} starts, eigenvalues 3, 2, 1, d = 6"
    )
    return _judge(worst < 1e-5, evidence, rates=rates)


def _scaled_losses(shapes: list[tuple[int, int, int]], times: list[float]) -> list[list[float]]:
    """Return t^2 L(t) for Gaussian pairs."""
    from verify.landscapes.quadratic.flow import gradient_flow
    from verify.landscapes.quadratic.initial import gaussian_pair
    from verify.landscapes.quadratic.loss import population_loss

    found = []
    for shape in shapes:
        W, Z = gaussian_pair(*shape, rng=0)
        path = gradient_flow(W, Z, times, method="LSODA", rtol=1e-10, atol=1e-13)
        found.append([t * t * float(population_loss(step, Z)) for t, step in zip(times, path, strict=True)])
    return found


_SHAPES = [(10, 5, 3), (10, 7, 3), (20, 10, 5)]


def check_power_law(thorough: bool) -> Finding:
    """See that t^2 L(t) hardly changes over a factor of 10 in time."""
    scaled = _scaled_losses(_SHAPES if thorough else _SHAPES[:2], [300.0, 3000.0])
    worst = max(abs(late / early - 1) for early, late in scaled)
    evidence = "t^2 L(t) changes by less than 3 percent between t = 300 and 3000 while L falls by a factor of 100"
    return _judge(worst < 0.03, evidence, scaled=scaled)


def check_power_law_constant(thorough: bool) -> Finding:
    """Compare t^2 L(t) at a late time with the constant."""
    shapes = _SHAPES if thorough else _SHAPES[:2]
    late = 30_000.0
    worst = 0.0
    for (d, m, rank), (scaled,) in zip(shapes, _scaled_losses(shapes, [late]), strict=True):
        p = min(m, d)
        worst = max(worst, abs(scaled / float(Fraction((p - rank) * (rank + 2), 32 * (p + 2))) - 1))
    evidence = f"within 0.1 percent at t = {late:g} for (d, m, m*) in {shapes}"
    return _judge(worst < 1e-3, evidence, worst=worst)


_PAIRS = [(Fraction(1, 2), Fraction(1, 4)), (Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 4), Fraction(1, 2))]


def check_overlap_limit(thorough: bool) -> Finding:
    """Compare simulations in dimension 400 with the limit."""
    import numpy as np

    from verify.landscapes.quadratic.limit import Limit
    from verify.landscapes.quadratic.orthonormal import orthonormal_curves, squared_cosines

    d, seeds = 400, 20 if thorough else 6
    gammas = [0.1, 0.25, 0.5, 1.0]
    fits, widest = True, 0.0
    for a, b in _PAIRS:
        expected = Limit(a, b).curves(gammas).overlap
        m, rank = int(a * d), int(b * d)
        runs = np.array(
            [orthonormal_curves(squared_cosines(d, m, rank, rng=s), d, rank, gammas).overlap for s in range(seeds)]
        )
        room = 3 * runs.std(axis=0, ddof=1) + 1 / d
        fits = fits and bool((abs(runs.mean(axis=0) - expected) <= room).all())
        widest = max(widest, float(room.max()))
    evidence = (
        f"d = 400, {seeds} seeds, gamma = 0.1 to 1, three pairs: the limit lies within 3 standard deviations + 1/d "
        f"of the mean (at most {widest:.2g})"
    )
    return _judge(fits, evidence)


def check_final_overlap(thorough: bool) -> Finding:
    """Evaluate the overlap late."""
    from verify.landscapes.quadratic.limit import Limit

    pairs = [*_PAIRS, (Fraction(9, 10), Fraction(1, 5)), (Fraction(7, 10), Fraction(4, 5))]
    worst = 0.0
    for a, b in pairs:
        last = Limit(a, b).curves([140 * float(b)]).overlap[0]
        worst = max(worst, abs(float(last) - min(1.0, math.sqrt(a / b))))
    return _judge(worst < 1e-5, f"within 1e-5 at gamma = 140 alpha* for {len(pairs)} pairs", worst=worst)


def overlap_rate_check(alpha: Fraction, alpha_star: Fraction) -> Callable[[bool], Finding]:
    """Make the check of one of the three rates: the distance over the law becomes constant."""

    def check(thorough: bool) -> Finding:
        from verify.landscapes.quadratic.limit import Limit

        a, b = float(alpha), float(alpha_star)
        gammas = [factor * b for factor in ((4.0, 6.0) if alpha < alpha_star else (60.0, 140.0))]
        distances = Limit(alpha, alpha_star).curves(gammas).distance
        if a > b:
            law = [g**-2 for g in gammas]
        elif a == b:
            law = [math.sqrt(g) * math.exp(-2 * g / b) for g in gammas]
        else:
            law = [math.exp(-4 * g / b) for g in gammas]
        ratios = [float(x / y) for x, y in zip(distances, law, strict=True)]
        fits = abs(ratios[1] / ratios[0] - 1) < 0.02
        shown = f"{ratios[0]:.5g} and {ratios[1]:.5g} at gamma = {gammas[0]:g} and {gammas[1]:g}"
        return _judge(fits, f"the distance over the law is {shown}")

    return check


def check_overlap_rate_constants(thorough: bool) -> Finding:
    """Compare the distance with its leading term."""
    from verify.landscapes.quadratic.limit import Limit

    worst = 0.0
    pairs = [
        *_PAIRS,
        (Fraction(3, 4), Fraction(1, 2)),
        (Fraction(3, 4), Fraction(3, 4)),
        (Fraction(1, 2), Fraction(3, 4)),
    ]
    for a, b in pairs:
        limit = Limit(a, b)
        gamma = (5 if a < b else 140) * float(b)
        worst = max(worst, abs(float(limit.curves([gamma]).distance[0]) / limit.leading_distance(gamma) - 1))
    return _judge(
        worst < 0.02, f"within 2 percent of the leading term for {len(pairs)} pairs at late times", worst=worst
    )
