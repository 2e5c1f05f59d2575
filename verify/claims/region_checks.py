"""The checks of the claims about regions of two-layer ReLU networks."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np

from verify.claims.claim import Finding, Outcome
from verify.landscapes.regions.analysis import alternating
from verify.landscapes.regions.comparisons import compare_ranks, float_jacobian, has_nonnegative_zero_loss
from verify.landscapes.regions.counting import count_cells, cover_count, in_general_position
from verify.landscapes.regions.enumeration import enumerate_rows
from verify.landscapes.regions.full_rank import have_full_rank
from verify.landscapes.regions.generic_rank import generic_rank
from verify.landscapes.regions.jacobian import jacobian, jacobian_rank
from verify.landscapes.regions.patterns import Pattern, activation_pattern, as_pattern, dot
from verify.landscapes.regions.realizable import realize, realize_pattern
from verify.landscapes.regions.sampling import Draw, draw_regions
from verify.landscapes.regions.zero_loss import points_without_support, zero_loss
from verify.width.intervals import clopper_pearson


def _holds(evidence: str) -> Finding:
    return Finding(Outcome.HOLDS, evidence)


def _fails(evidence: str, **counterexample: Any) -> Finding:
    return Finding(Outcome.FAILS, evidence, counterexample)


def all_patterns(width: int, n: int) -> Iterator[Pattern]:
    """All patterns of this shape."""
    for entries in product((0, 1), repeat=width * n):
        yield np.array(entries, dtype=np.int8).reshape(width, n)


def _is_full(pattern: Pattern, dimension: int) -> bool:
    """Whether the generic rank is full; it depends on the set of the units' rows alone, so each set is decided once."""
    return _is_full_of_rows(frozenset(map(tuple, pattern.tolist())), dimension)


@cache
def _is_full_of_rows(rows: frozenset[tuple[int, ...]], dimension: int) -> bool:
    return generic_rank(np.array(sorted(rows), dtype=np.int8), dimension).is_full


def random_pattern(width: int, n: int, rng: random.Random) -> Pattern:
    """A pattern of independent fair coins."""
    return as_pattern([[rng.randint(0, 1) for _ in range(n)] for _ in range(width)])


def random_points(n: int, d: int, rng: random.Random, *, size: int = 10**6) -> list[list[int]]:
    """Points with integer coordinates; with large ones they are in general position."""
    return [[rng.randint(-size, size) for _ in range(d)] for _ in range(n)]


def _line(n: int, rng: random.Random) -> list[list[int]]:
    """Distinct points of the line, with the coordinate 1 of the bias."""
    return [[x, 1] for x in rng.sample(range(-50, 51), n)]


def critical_points(thorough: bool) -> Finding:
    """Full rank: compare the gradient with J^T r, and see that J^T r = 0 has no other solution than r = 0."""
    rng, regions = random.Random(11), 0
    while regions < (200 if thorough else 40):
        n, d, width = rng.randint(1, 4), rng.randint(1, 3), rng.randint(1, 6)
        points = random_points(n, d, rng, size=9)
        weights = random_points(width, d, rng, size=9)
        if any(dot(w, x) == 0 for w in weights for x in points):
            continue
        pattern, v = activation_pattern(weights, points), alternating(width)
        if not jacobian_rank(points, pattern).is_full:
            continue
        labels = [rng.randint(-9, 9) for _ in range(n)]
        flat = [(i, k) for i in range(width) for k in range(d)]
        residual = [f - y for f, y in zip(_network(weights, v, points), labels, strict=True)]
        columns = list(zip(*jacobian(points, pattern), strict=True))
        gradient = [2 * v[i] * dot(columns[i * d + k], residual) for i, k in flat]
        step = Fraction(1, 10**6)  # so small that the pattern does not change: f is linear on it
        for (i, k), expected in zip(flat, gradient, strict=True):
            sides = []
            for sign in (1, -1):
                moved = [
                    [x + (sign * step if (a, b) == (i, k) else 0) for b, x in enumerate(w)]
                    for a, w in enumerate(weights)
                ]
                sides.append(sum((f - y) ** 2 for f, y in zip(_network(moved, v, points), labels, strict=True)))
            if (sides[0] - sides[1]) / (2 * step) != expected:
                return _fails("the gradient is not J^T r", points=points, weights=weights, labels=labels)
        regions += 1
    return _holds(
        f"in {regions} regions of full rank the exact gradient of the loss is 2 J^T r, and J^T has the null vector 0 "
        "alone, so that it vanishes only where the loss is 0"
    )


def _network(weights: Any, v: Any, points: Any) -> list[Any]:
    return [sum(c * max(0, dot(w, x)) for c, w in zip(v, weights, strict=True)) for x in points]


def most_patterns(thorough: bool) -> Finding:
    """All patterns of a small network, at growing width."""
    n, d, shares = 3, 2, []
    for width in range(1, 6 if thorough else 5):
        full = sum(_is_full(pattern, d) for pattern in all_patterns(width, n))
        shares.append(Fraction(full, 2 ** (n * width)))
    if not all(a < b for a, b in pairwise(shares)) or shares[-1] <= Fraction(1, 2):
        return _fails("the share of full rank does not grow above one half", shares=[str(s) for s in shares])
    return _holds(
        f"n = {n}, d = {d}, all patterns of widths 1 to {len(shares)}: the share of full generic rank is "
        + ", ".join(str(share) for share in shares)
    )


def deficient_bound(thorough: bool) -> Finding:
    """The bound d 2^(ceil(n/d) - width), on all patterns of many small shapes."""
    shapes = [
        (n, d, w) for n in range(1, 5) for d in range(1, 4) for w in range(1, 5) if n * w <= (12 if thorough else 9)
    ]
    tightest = Fraction(0)
    for n, d, width in shapes:
        deficient = sum(not _is_full(pattern, d) for pattern in all_patterns(width, n))
        share, bound = Fraction(deficient, 2 ** (n * width)), d * Fraction(2) ** (math.ceil(n / d) - width)
        if share > bound:
            return _fails("more patterns are deficient", n=n, d=d, width=width, share=str(share), bound=str(bound))
        tightest = max(tightest, share / bound)
    return _holds(f"all patterns of {len(shapes)} shapes; the largest share is {float(tightest):.2f} of the bound")


def matroid_formula(thorough: bool) -> Finding:
    """The generic rank against the exact rank at random data."""
    rng, patterns = random.Random(12), 2000 if thorough else 300
    for _ in range(patterns):
        n, d, width = rng.randint(1, 9), rng.randint(1, 4), rng.randint(1, 7)
        pattern, points = random_pattern(width, n, rng), random_points(n, d, rng)
        if generic_rank(pattern, d).rank != jacobian_rank(points, pattern).rank:
            return _fails("the ranks differ", points=points, pattern=pattern.tolist())
    return _holds(f"{patterns} random patterns with up to 9 points and 7 units, at random integer data: equal ranks")


def width_necessary(thorough: bool) -> Finding:
    """Too few columns, on all patterns of small shapes."""
    shapes = [(n, d, w) for n in range(2, 6) for d in range(1, 3) for w in range(1, 4) if d * w < n and n * w <= 10]
    for n, d, width in shapes:
        if any(_is_full(pattern, d) for pattern in all_patterns(width, n)):
            return _fails("a pattern has full rank", n=n, d=d, width=width)
    return _holds(f"no pattern of {len(shapes)} shapes with d * width < n has full rank")


def cover(thorough: bool) -> Finding:
    """Cover's formula against the enumeration of all regions."""
    rng, sets = random.Random(13), 0
    for n in range(1, 8):
        for d in range(1, 4):
            for _ in range(4 if thorough else 1):
                points = random_points(n, d, rng, size=99)
                if not in_general_position(points) or not all(any(x) for x in points):
                    continue
                sets += 1
                if not len(enumerate_rows(points)) == count_cells(points) == cover_count(n, d):
                    return _fails("the numbers differ", points=points)
    return _holds(
        f"{sets} sets in general position, n <= 7, d <= 3: enumeration, Zaslavsky's recursion and formula agree"
    )


def line_count(thorough: bool) -> Finding:
    """2n patterns of a unit with bias on n points of the line."""
    rng, largest = random.Random(14), 12 if thorough else 7
    for n in range(1, largest + 1):
        rows = enumerate_rows(_line(n, rng))
        if len(rows) != 2 * n:
            return _fails("another number of patterns", n=n, patterns=len(rows))
    return _holds(f"n = 1 to {largest}: 2n patterns of a unit by enumeration, hence (2n)^width regions")


def all_nonempty(thorough: bool) -> Finding:
    """All patterns are realizable if and only if the points are independent."""
    from verify.flint_backend import rank

    rng, sets = random.Random(15), 60 if thorough else 20
    for _ in range(sets):
        n, d = rng.randint(1, 4), rng.randint(1, 4)
        points = random_points(n, d, rng, size=1)
        proofs = {row: realize(points, row) for row in product((0, 1), repeat=n)}
        if not all(proof.check(points, row) for row, proof in proofs.items()):
            return Finding(Outcome.UNDECIDED, "a proof of realizability did not check")
        if all(proof.is_realizable for proof in proofs.values()) != (rank(points) == n):
            return _fails("the two differ", points=points)
    return _holds(f"{sets} sets of up to 4 points: weights or Farkas multipliers of every sign vector, checked")


def independent_share(thorough: bool) -> Finding:
    """For d >= n the share of full rank is (1 - 2^-width)^n."""
    shapes = [(n, w) for n in range(1, 5) for w in range(1, 5) if n * w <= (12 if thorough else 9)]
    for n, width in shapes:
        full = sum(_is_full(pattern, n) for pattern in all_patterns(width, n))
        if Fraction(full, 2 ** (n * width)) != (1 - Fraction(1, 2**width)) ** n:
            return _fails("another share", n=n, width=width, full=full)
    return _holds(f"all patterns of {len(shapes)} shapes with d = n")


def zero_loss_criterion(thorough: bool) -> Finding:
    """The criterion against the exact linear program, proofs multiplied out."""
    from verify.flint_backend import rank

    rng, regions, with_zero = random.Random(16), 2000 if thorough else 200, 0
    for _ in range(regions):
        n, width = rng.randint(1, 4), rng.randint(1, 4)
        d = n + rng.randint(0, 1)
        points = random_points(n, d, rng, size=3)
        while rank(points) < n:
            points = random_points(n, d, rng, size=3)
        pattern = random_pattern(width, n, rng)
        v, labels = [rng.choice((-2, -1, 1, 2)) for _ in range(width)], [rng.randint(-1, 1) for _ in range(n)]
        found = zero_loss(points, pattern, v, labels)
        if not found.check(points, pattern, v, labels):
            return Finding(Outcome.UNDECIDED, "a proof did not check")
        if found.exists == bool(points_without_support(pattern, v, labels)):
            return _fails("the criterion is wrong", points=points, pattern=pattern.tolist(), outer=v, labels=labels)
        with_zero += found.exists
    return _holds(f"{regions} regions of independent points, {with_zero} of them with a zero loss: all decided alike")


def zero_loss_share(thorough: bool) -> Finding:
    """The share of patterns with a zero loss, counted."""
    shapes = [(v, y) for v in ((1,), (1, -1), (1, 1, -1)) for y in ((1, -1), (1, 1), (1, -1, 1))]
    for v, labels in shapes:
        width, n = len(v), len(labels)
        good = sum(not points_without_support(pattern, v, labels) for pattern in all_patterns(width, n))
        expected = Fraction(1)
        for sign in (1, -1):
            units, points = sum(c == sign for c in v), sum(y == sign for y in labels)
            expected *= (1 - Fraction(1, 2**units)) ** points
        if Fraction(good, 2 ** (width * n)) != expected:
            return _fails("another share", outer=list(v), labels=list(labels), good=good)
    return _holds(f"all patterns of {len(shapes)} choices of output weights and labels")


def full_rank_without_zero(thorough: bool) -> Finding:
    """A region of full rank that no weights of loss zero are in."""
    points, pattern, v, labels = [[1, 0], [0, 1]], as_pattern([[1, 1], [1, 1]]), [1, 1], [1, -1]
    rank, found = jacobian_rank(points, pattern), zero_loss(points, pattern, v, labels)
    realized = all(unit.check(points, row) for unit, row in zip(realize_pattern(points, pattern), pattern, strict=True))
    proved = rank.check(points, pattern) and found.check(points, pattern, v, labels) and realized
    if not (proved and rank.is_full and not found.exists):
        return Finding(Outcome.UNDECIDED, "the instance is not one")
    return _holds(
        "points e1, e2, two units active at both, output weights (1, 1), labels (1, -1): rank 2, no zero loss"
    )


def affine_minima(thorough: bool) -> Finding:
    """Dimension of the weights of loss zero in a region of full rank."""
    from verify.flint_backend import rank

    rng, regions, wanted = random.Random(17), 0, 60 if thorough else 15
    while regions < wanted:
        n, width = rng.randint(1, 4), rng.randint(2, 6)
        points = _line(n, rng)
        weights = random_points(width, 2, rng, size=40)
        if any(dot(w, x) == 0 for w in weights for x in points):
            continue
        pattern, v = activation_pattern(weights, points), alternating(width)
        if not jacobian_rank(points, pattern).is_full:
            continue
        labels = _network(weights, v, points)  # so that there are weights of loss zero
        found = zero_loss(points, pattern, v, labels)
        scaled = [[v[i // 2] * x for i, x in enumerate(row)] for row in jacobian(points, pattern)]
        dimension = 2 * width - rank(scaled)
        if not found.check(points, pattern, v, labels) or not found.exists or dimension != 2 * width - n:
            return _fails("another dimension", points=points, pattern=pattern.tolist(), dimension=dimension)
        regions += 1
    return _holds(
        f"{regions} regions of full rank on the line: interior weights of loss zero found exactly, solutions of n "
        "independent linear equations in 2 width unknowns"
    )


def line_regions(thorough: bool) -> Finding:
    """Uniform non-empty regions on the line: full rank and a zero loss."""
    rng, trials, n, width = random.Random(18), 300 if thorough else 60, 4, 24
    points = _line(n, rng)
    rows = list(enumerate_rows(points))
    good = 0
    for _ in range(trials):
        pattern = as_pattern([rng.choice(rows) for _ in range(width)])
        labels = [rng.randint(-9, 9) for _ in range(n)]
        good += jacobian_rank(points, pattern).is_full and _has_zero_loss(points, pattern, labels)
    lower, upper = clopper_pearson(good, trials, confidence=0.95)
    if upper < 0.5:
        return _fails("most regions are not such", good=good, trials=trials)
    if lower < 0.5:
        return Finding(Outcome.UNDECIDED, f"{good} of {trials} regions, interval {lower:.3f} to {upper:.3f}")
    return _holds(
        f"n = {n}, width {width}: {good} of {trials} uniform non-empty regions have full rank and interior weights of "
        f"loss zero (95 % interval {lower:.3f} to {upper:.3f})"
    )


def _has_zero_loss(points: list[list[int]], pattern: Pattern, labels: list[int]) -> bool:
    """Look for interior weights of loss zero among multiples of two units for each pattern; exact where it says yes."""
    v = alternating(pattern.shape[0])
    rows = [tuple(int(x) for x in row) for row in pattern]
    # one unit for each pattern and sign of v can stand for all of them: values inside an open convex cone add up
    chosen = list({(row, sign): i for i, (row, sign) in enumerate(zip(rows, v, strict=True))}.values())
    smaller = pattern[chosen]
    return zero_loss(points, smaller, [v[i] for i in chosen], labels).exists


def line_threshold(thorough: bool) -> Finding:
    """Width (3/4) n log n: full rank of the Jacobian is common there, full rank of the pattern rare."""
    from verify.flint_backend import rank

    rng, trials, n, width = np.random.default_rng(19), 1000 if thorough else 200, 40, 111
    points = np.sort(rng.random((trials, n, 1)), axis=1)
    starts, sides = rng.integers(0, n, (trials, width)), rng.integers(0, 2, (trials, width)).astype(bool)
    patterns = (np.arange(n) >= starts[:, :, None]) ^ sides[:, :, None]
    jacobians = int(have_full_rank(points, patterns).sum())
    independent = sum(rank(pattern.astype(int).tolist()) == n for pattern in patterns)
    interval = clopper_pearson(jacobians, trials, confidence=0.95)
    if interval[1] < 0.5 or 2 * independent > trials:
        return _fails("the widths of the two thresholds are not apart", jacobians=jacobians, patterns=independent)
    return _holds(
        f"n = 40, width 111 = 0.75 n log n: the Jacobian has full rank in {jacobians} of {trials} uniform regions (95 "
        f"% interval {interval[0]:.3f} to {interval[1]:.3f}), the pattern has rank n in {independent}"
    )


def phase_transition(thorough: bool) -> Finding:
    """Two widths on either side of the transition."""
    trials, parts = 400 if thorough else 100, []
    for n, narrow, wide in ((20, 10, 180), (40, 20, 300)):
        shares = [have_full_rank(*draw_regions(trials, n, 2, width, rng=20)).mean() for width in (narrow, wide)]
        if not shares[0] < 0.1 < 0.9 < shares[1]:
            return _fails("there is no transition between these widths", n=n, shares=[float(s) for s in shares])
        parts.append(f"n = {n}: {shares[0]:.2f} at width {narrow}, {shares[1]:.2f} at width {wide}")
    return _holds(
        f"d = 2, {trials} regions of fresh networks each, exact ranks; share of full rank: " + "; ".join(parts)
    )


def float32_ranks(thorough: bool) -> Finding:
    """Look for a Jacobian of full rank that the default tolerance in float32 calls deficient."""
    draw = draw_regions(60 if thorough else 8, 100, 2, 300, rng=21)
    counts, full = compare_ranks(draw), have_full_rank(*draw)
    for t in np.flatnonzero(full):
        rank = int(np.linalg.matrix_rank(float_jacobian(draw.points[t], draw.patterns[t]).astype(np.float32)))
        if rank < 100:
            return _fails(
                f"n = 100, d = 2, width 300: of {counts.trials} Jacobians {counts.exact} have full rank over the "
                f"rationals, {counts.float64} in float64, {counts.float32} in float32",
                seed=21,
                trials=len(full),
                trial=int(t),
                n=100,
                width=300,
                exact_rank=100,
                float32_rank=rank,
            )
    return Finding(Outcome.UNDECIDED, f"no difference in {counts.trials} Jacobians with n = 100, d = 2, width 300")


def exact_full_rank(draw: Draw, trial: int) -> bool:
    """Decide one trial of a draw again, with the general exact rank."""
    points = [[*(Fraction(x) for x in point), Fraction(1)] for point in draw.points[trial].tolist()]
    return jacobian_rank(points, draw.patterns[trial].astype(np.int8)).is_full


def nonnegative_weights(thorough: bool) -> Finding:
    """A region with a zero loss that a program with W >= 0 does not see."""
    points, pattern, v, labels = [[-1]], as_pattern([[1]]), [1], [1]
    found = zero_loss(points, pattern, v, labels)
    if not (found.exists and found.check(points, pattern, v, labels)):
        return Finding(Outcome.UNDECIDED, "the instance is not one")
    if has_nonnegative_zero_loss(points, pattern, v, labels):
        return _holds("no difference on one point of the line")
    return _fails(
        "one point x = -1, one active unit, v = 1, y = 1: w = -1 has loss zero; with w >= 0 there is none",
        points=points,
        pattern=pattern.tolist(),
        outer=v,
        labels=labels,
        weights=[[str(x) for x in w] for w in found.weights or ()],
    )
