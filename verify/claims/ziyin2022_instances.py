"""Checks of claims about deep linear networks on instances: exact, by enclosures, or sampled as the claim says."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import Any

from verify.claims.claim import Finding, Outcome
from verify.flint_backend import RationalMatrix
from verify.landscapes.deep_linear import DeepLinear, Kind, Landscape, Moments
from verify.landscapes.deep_linear.potential import add, multiply
from verify.rational import format_rational


def instances(amount: int, *, depths: tuple[int, ...] = (1, 2, 3), equal: bool = False) -> Iterator[Landscape]:
    """Small landscapes with a signal, of a fixed sequence of rational data, widths, decays and noise.

    Parameters
    ----------
    amount : int
    depths : tuple of int
        Taken in turn.
    equal : bool, default False
        All widths and all decays of a network are the same.
    """
    for k in range(amount):
        d, depth = 1 + k % 3, depths[k % len(depths)]
        points = [
            [Fraction((7 * k + 3 * i + 5 * i * j + j * j) % 9 - 4, 1 + (i + j) % 3) for j in range(d)] for i in range(4)
        ]
        labels = [Fraction(2 + (k + i) % 5, 2) for i in range(4)]
        for i in range(d):
            points[i][i] += 3
        second = [[sum(x[i] * x[j] for x in points) / 4 for j in range(d)] for i in range(d)]
        cross = [sum((x[i] * y for x, y in zip(points, labels, strict=True)), Fraction(0)) / 4 for i in range(d)]
        label = sum(y * y for y in labels) / 4
        widths = [2 + k % 3] * depth if equal else [1 + (k + i) % 4 for i in range(depth)]
        decays = (
            [Fraction(1 + k % 4, 50)] * (depth + 1)
            if equal
            else [Fraction(1 + (k + 2 * i) % 5, 60) for i in range(depth + 1)]
        )
        yield Landscape(Moments(second, cross, label), DeepLinear(widths, decays, noise=Fraction(k % 4, 3)))


def all_hold(checks: Iterator[tuple[bool, dict[str, Any]]], evidence: str) -> Finding:
    """All checks hold, or the first that does not is the counterexample; without any check nothing is decided."""
    done = 0
    for holds, instance in checks:
        done += 1
        if not holds:
            return Finding(Outcome.FAILS, f"instance {done} is a counterexample", instance)
    if not done:
        return Finding(Outcome.UNDECIDED, "no instance had the hypotheses, so nothing was checked")
    return Finding(Outcome.HOLDS, evidence.format(done))


def described(landscape: Landscape) -> dict[str, Any]:
    """What a counterexample says of its instance: the moments and the network, as JSON."""
    moments, network = landscape.moments, landscape.network
    return {
        "second_moment": [[format_rational(x) for x in row] for row in moments.second_moment],
        "cross_moment": [format_rational(x) for x in moments.cross_moment],
        "label_moment": format_rational(moments.label_moment),
        "widths": list(network.widths),
        "decay": [format_rational(x) for x in network.decay],
        "noise_variance": [format_rational(x) for x in network.noise],
    }


def _signal(landscape: Landscape) -> Fraction:
    return sum((x * x for x in landscape.moments.cross_moment), Fraction(0))


def one_layer_threshold(thorough: bool) -> Finding:
    """Below, at and above the threshold, exactly."""

    def checks() -> Iterator[tuple[bool, dict[str, Any]]]:
        for landscape in instances(40 if thorough else 10, depths=(1,)):
            for factor in (Fraction(99, 100), Fraction(1), Fraction(101, 100)):
                network = DeepLinear(landscape.network.widths, [2, _signal(landscape) * factor / 2], noise="1/2")
                tuned = Landscape(landscape.moments, network)
                expected = _signal(landscape) <= network.decay_product
                yield tuned.global_minimum.at_origin == expected == (not tuned.critical_points), described(tuned)

    return all_hold(checks(), "exact on {} networks below, at and above the threshold")


def _vanish_at_minima(landscape: Landscape, polynomials: list[list[Fraction]]) -> bool:
    return all(point.scale.is_root_of(p) for point in landscape.critical_points for p in polynomials)


def one_layer_solution(thorough: bool) -> Finding:
    """The norm of [b²(σ²+d_1)A + γ_w]⁻¹ e, squared, is γ_u/γ_w for b² = t/(γ_u d_1)."""

    def checks() -> Iterator[tuple[bool, dict[str, Any]]]:
        for landscape in instances(40 if thorough else 10, depths=(1,)):
            network = landscape.network
            (width,), (inner, outer) = network.widths, network.decay
            for point in landscape.critical_points:
                low, high = (t / (outer * width) for t in point.scale.enclosure(80))  # b²
                values = [
                    _one_layer_norm(landscape, square * (network.noise[0] + width), inner) for square in (low, high)
                ]
                holds = values[1] <= outer / inner <= values[0] and values[0] - values[1] < Fraction(1, 10**12)
                yield holds, described(landscape)

    return all_hold(
        checks(), "the equation for b encloses gamma_u/gamma_w within 1e-12 at all {} nonzero critical points"
    )


def _one_layer_norm(landscape: Landscape, factor: Fraction, decay: Fraction) -> Fraction:
    """||[factor A + decay]⁻¹ e||², solved by FLINT."""
    rows = [
        [factor * x + (decay if i == j else 0) for j, x in enumerate(row)]
        for i, row in enumerate(landscape.moments.second_moment)
    ]
    return sum((x * x for x in RationalMatrix(rows).solve(list(landscape.moments.cross_moment))), Fraction(0))


def deep_solution(thorough: bool) -> Finding:
    """Row v of W_1: [c² s²(σ²+d_1)A + γ_1] v = c μ e with c = b_u b_2...b_D; v c = w(t)/(d_1...d_D), c² = q tᴰ."""

    def checks() -> Iterator[tuple[bool, dict[str, Any]]]:
        for landscape in instances(40 if thorough else 9, depths=(2, 3, 4)):
            network, potential = landscape.network, landscape.potential
            variance, depth, rest = network.noise[0], network.depth, network.widths[1:]
            mean = Fraction(prod(rest))
            spread = prod((w * (variance + w) for w in rest), start=Fraction(1)) * (variance + network.widths[0])
            if not landscape.critical_points:
                continue
            power = [Fraction(0)] * depth + [
                prod(landscape.critical_points[0].entry_squares, start=Fraction(1))
            ]  # c² in powers of t
            residuals = []
            for i, row in enumerate(landscape.moments.second_moment):
                image = [Fraction(0)]
                for factor, component in zip(row, potential.components, strict=True):
                    image = add(image, [factor * c for c in component])
                left = add(
                    multiply(power, [spread * c for c in image]),
                    [network.decay[0] * c for c in potential.components[i]],
                )
                total = Fraction(prod(network.widths))
                signal = total * mean * landscape.moments.cross_moment[i]
                right = multiply(power, [-signal * c for c in potential.denominator])
                residuals.append(add(left, right))
            yield _vanish_at_minima(landscape, residuals), described(landscape)

    return all_hold(checks(), "the residual of the formula for W_1 is exactly 0 at all critical points of {} networks")


def equal_width_equation(thorough: bool) -> Finding:
    """Squares of both sides, at the two ends of the interval of b²."""

    def checks() -> Iterator[tuple[bool, dict[str, Any]]]:
        for landscape in instances(40 if thorough else 9, depths=(2, 3, 4), equal=True):
            network, depth = landscape.network, landscape.network.depth
            width, decay, noise = network.widths[0], network.decay[0], network.noise[0]
            for point in landscape.critical_points:
                ends = []
                for t in point.scale.enclosure(100):
                    square = t / (decay * width**2)  # b²
                    factor = square**depth * width**depth * (noise + width) ** depth
                    ends.append((square, _one_layer_norm(landscape, factor, decay)))
                (b0, high), (b1, low) = ends  # the norm decreases with b
                scale = width ** (2 * depth - 2)
                bounds = scale * b0 ** (depth - 1) * low, scale * b1 ** (depth - 1) * high
                yield bounds[0] <= 1 <= bounds[1] and bounds[1] - bounds[0] < Fraction(1, 10**12), described(landscape)

    return all_hold(checks(), "the square of the left side encloses 1 within 1e-12 at all {} nonzero critical points")


def lower_bound(thorough: bool) -> Finding:
    """The bound b >= (1/d_0)(γ/||e||)^(1/(D-1)), that is (t/γ)^(D-1) ||e||² >= γ², at the lower end of t."""

    def checks() -> Iterator[tuple[bool, dict[str, Any]]]:
        for landscape in instances(60 if thorough else 12, depths=(2, 3, 4), equal=True):
            decay, depth = landscape.network.decay[0], landscape.network.depth
            for point in landscape.critical_points:
                ratio = (point.scale.enclosure(100)[0] / decay) ** (depth - 1)
                yield ratio * _signal(landscape) >= decay**2, described(landscape)

    return all_hold(checks(), "exact comparisons at all {} nonzero critical points")


def _exceeds(landscape: Landscape, eigenvalue: Fraction) -> tuple[Fraction, Fraction] | None:
    """The enclosure of b² at a critical point above ( ||e||/(d_0 (σ²+d_0)ᴰ a) )^(1/(D+1)), if there is one."""
    network, depth = landscape.network, landscape.network.depth
    width, decay = network.widths[0], network.decay[0]
    bound = _signal(landscape) / (width * (network.noise[0] + width) ** depth * eigenvalue) ** 2  # of b^(2D+2)
    for point in landscape.critical_points:
        low, high = (t / (decay * width**2) for t in point.scale.enclosure(100))
        if low ** (depth + 1) > bound:
            return low, high
    return None


_TWO_SCALES = Landscape(Moments([["1/10", 0], [0, 4]], ["1/2", 0], 3), DeepLinear([2, 2], "1/1000", noise="1/2"))


def upper_bound_largest(_: bool) -> Finding:
    """Look at one instance with two very different eigenvalues."""
    found = _exceeds(_TWO_SCALES, Fraction(4))
    if found is None:
        return Finding(Outcome.UNDECIDED, "the instance that was looked at respects the bound")
    square = [format_rational(Fraction(round(x * 10**12), 10**12)) for x in found]
    instance = {**described(_TWO_SCALES), "b_squared_about": square[0], "a_max": "4"}
    return Finding(
        Outcome.FAILS,
        "with the largest eigenvalue the bound is below a critical b: about 0.215 against 0.736",
        instance,
    )


def upper_bound_smallest(thorough: bool) -> Finding:
    """The same instance, and others."""

    def checks() -> Iterator[tuple[bool, dict[str, Any]]]:
        yield _exceeds(_TWO_SCALES, Fraction(1, 10)) is None, described(_TWO_SCALES)
        for k in range(40 if thorough else 10):
            small, large = Fraction(1 + k % 3, 4), Fraction(2 + k, 2)
            moments = Moments([[small, 0], [0, large]], ["1/2", Fraction(k % 2, 2)], 9)
            network = DeepLinear([1 + k % 3] * (2 + k % 3), Fraction(1, 100), noise=Fraction(k % 4, 3))
            landscape = Landscape(moments, network)
            yield _exceeds(landscape, min(small, large)) is None, described(landscape)

    return all_hold(checks(), "exact comparisons on {} networks")


def closed_thresholds(thorough: bool) -> Finding:
    """Thresholds by root isolation against the closed forms."""

    def checks() -> Iterator[tuple[bool, dict[str, Any]]]:
        for k in range(40 if thorough else 12):
            depth, a, e = 2 + k % 4, Fraction(1 + k, 3), Fraction(2 + k % 5, 2)
            network = DeepLinear([1 + k % 3] * depth, 1, noise=Fraction(k % 3, 2))
            landscape = Landscape(Moments([[a]], [e], e * e / a), network)
            found = landscape.thresholds
            common = e ** (2 * depth) * (network.noise_factor * a) ** (1 - depth) * (depth - 1) ** (depth - 1)
            critical = common / depth ** (2 * depth)
            spinodal = common * (depth + 1) ** (depth + 1) / (2 * depth) ** (2 * depth)
            holds = found is not None and (found.origin_global.exact, found.only_origin.exact) == (critical, spinodal)
            yield holds, described(landscape)

    return all_hold(checks(), "the certified thresholds equal the closed forms on {} networks of depth 2 to 5")


def worked_thresholds(_: bool) -> Finding:
    """Enclose the four numbers."""
    expected = {2: ("0.3134", "0.3731"), 3: ("0.1708", "0.2416")}
    for depth, pair in expected.items():
        found = Landscape(Moments([["1.3"]], [1], 1), DeepLinear([2] * depth, 1, noise="1/2")).thresholds
        for threshold, digits in zip(found or (), pair, strict=True):
            low, high = threshold.equal_decay(60)
            if not abs(low - Fraction(digits)) < Fraction(1, 20000) > abs(high - Fraction(digits)):
                instance = {"depth": depth, "stated": digits, "interval": [format_rational(x) for x in (low, high)]}
                return Finding(Outcome.FAILS, "an enclosure excludes the stated digits", instance)
    return Finding(Outcome.HOLDS, "enclosures narrower than 1e-17 round to the four digits, for D = 2 and D = 3")


def first_order(thorough: bool) -> Finding:
    """At the threshold itself: a tie with t > 0 for D >= 2, no critical point t > 0 for D = 1."""

    def checks() -> Iterator[tuple[bool, dict[str, Any]]]:
        for k in range(24 if thorough else 8):
            depth, a, e = 1 + k % 4, Fraction(1 + k, 3), Fraction(2 + k % 5, 2)
            moments = Moments([[a]], [e], e * e / a)
            free = Landscape(moments, DeepLinear([2] * depth, 1, noise="1/2")).thresholds
            product = free.origin_global.exact if free is not None else None
            if product is None:
                continue
            tuned = Landscape(moments, DeepLinear([2] * depth, [product, *[1] * depth], noise="1/2"))
            least = tuned.global_minimum
            yield least.at_origin and len(least.points) == (depth > 1), described(tuned)

    return all_hold(
        checks(),
        "at the exact threshold of {} networks: a tie of the origin with another minimum for D >= 2, none for D = 1",
    )


def window(thorough: bool) -> Finding:
    """Inside and above the window of each instance."""

    def checks() -> Iterator[tuple[bool, dict[str, Any]]]:
        for landscape in instances(24 if thorough else 6, depths=(2, 3, 4)):
            found = landscape.thresholds
            if found is None:
                continue
            low, high = found.origin_global.product(64)[1], found.only_origin.product(64)[0]
            depth = landscape.network.depth
            for product, inside in (((low + high) / 2, True), (found.only_origin.product(64)[1] * 2, False)):
                network = DeepLinear(landscape.network.widths, [product, *[1] * depth], noise=landscape.network.noise)
                tuned = Landscape(landscape.moments, network)
                minima = sum(point.kind is Kind.LOCAL_MINIMUM for point in tuned.critical_points)
                yield tuned.global_minimum.at_origin and (minima > 0) == inside, described(tuned)

    return all_hold(checks(), "exact on {} networks inside and above the window")


def trapped(thorough: bool) -> Finding:
    """Gradient descent at depth 2, 3 and 4, with signals for which the origin is not the global minimum.

    The weakest such signal (to 1/20) and three times it. Every cell is reported, those that show no trapping too; the
    claim is supported if the weaker signal never traps less often, and at some depth more often beyond chance.
    """
    from verify.landscapes.deep_linear.descent import trapped_at_origin

    runs, cells, more = 40 if thorough else 20, [], []
    for depth in (2, 3, 4):
        network = DeepLinear([4] * depth, "1/10")
        weakest = next(Fraction(k, 20) for k in range(1, 100) if not _with_signal(network, Fraction(k, 20))[1])
        weak, strong = (
            trapped_at_origin(network, _with_signal(network, signal)[0], runs=runs, step=0.05, steps=500, rng=0)
            for signal in (weakest, 3 * weakest)
        )
        cells.append(f"depth {depth}: {weak[0]} at {weakest}, {strong[0]} at {3 * weakest}")
        more.append((weak[0] >= strong[0], weak[1] > strong[2]))
    evidence = (
        f"of {runs} runs of gradient descent from Gaussian weights of variance 1/(3 inputs), widths 4, decay 1/10, "
        f"there end at the origin, by ||E[xy]||: {'; '.join(cells)} (95% intervals are compared)"
    )
    supported = all(never for never, _ in more) and any(beyond for _, beyond in more)
    return Finding(Outcome.SUPPORTED if supported else Outcome.UNDECIDED, evidence)


def _with_signal(network: DeepLinear, signal: Fraction) -> tuple[Moments, bool]:
    """White data with ||E[xy]|| = signal, and whether the origin is the global minimum."""
    moments = Moments([[1, 0], [0, 1]], [signal, 0], 2 * signal**2)
    return moments, Landscape(moments, network).global_minimum.at_origin
