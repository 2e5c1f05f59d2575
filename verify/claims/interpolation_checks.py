"""The checks of the claims about which networks can fit which data."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from verify.claims.claim import Finding, Outcome
from verify.claims.units import annihilates, relu_rank, relu_rank_formula, structured_points

_HEXAGON = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1))


def _holds(evidence: str) -> Finding:
    return Finding(Outcome.HOLDS, evidence)


def _fails(evidence: str, **counterexample: Any) -> Finding:
    return Finding(Outcome.FAILS, evidence, counterexample)


def _least_loss(points: Sequence[Sequence[Any]], labels: Sequence[Any], model: str) -> Any:
    from verify import decide

    return decide([list(point) for point in points], model, labels=list(labels)).least_mse


def _rank(points: Sequence[Sequence[Any]], model: str) -> int | None:
    from verify import decide

    return decide([list(point) for point in points], model).rank


def _relu(x: Fraction) -> Fraction:
    return max(x, Fraction(0))


def linear_system(thorough: bool) -> Finding:
    """Solve F v = y exactly for random hidden weights and multiply the network out."""
    from verify.flint_backend import RationalMatrix, independent_rows

    rng, instances, solved = random.Random(1), 200 if thorough else 30, 0
    for _ in range(instances):
        n, d = rng.randint(1, 7), rng.randint(1, 3)
        points = [(*p, 1) for p in structured_points(n, d, rng)]
        weights = [tuple(rng.randint(-50, 50) for _ in range(d + 1)) for _ in range(60 * n)]
        features = [[max(0, sum(a * b for a, b in zip(w, x, strict=True))) for w in weights] for x in points]
        rows, columns = independent_rows(features, len(weights))
        if len(rows) < n:
            return Finding(Outcome.UNDECIDED, f"{len(weights)} random units were too few for {n} points")
        labels = [Fraction(rng.randint(-9, 9)) for _ in range(n)]
        v = RationalMatrix([[features[i][j] for j in columns] for i in range(n)]).solve(labels)
        for x, y in zip(points, labels, strict=True):
            value = sum(
                c * _relu(Fraction(sum(a * b for a, b in zip(weights[j], x, strict=True))))
                for c, j in zip(v, columns, strict=True)
            )
            if value != y:
                return _fails("a solution of the linear system is no network", points=[list(p) for p in points])
        solved += 1
    return _holds(
        f"{solved} data sets of up to 7 points: with hidden weights drawn and fixed, the linear system for the output "
        "weights was solved exactly, and the networks multiplied out have the labels as values"
    )


def relu_cannot(thorough: bool) -> Finding:
    """Multiply vectors out on every region of w."""
    pairs: list[tuple[str, tuple[tuple[int, ...], ...], tuple[int, ...]]] = [
        ("{x, 2x}", ((1, 2), (2, 4)), (2, -1)),
        ("{0}", ((0, 0),), (1,)),
        ("three antipodal pairs in a plane", _HEXAGON, (1, -1, 1, -1, -1, 1)),
    ]
    for name, points, c in pairs:
        if not annihilates(c, points):
            return _fails(
                f"{name} is not tied together by this vector", points=[list(p) for p in points], vector=list(c)
            )
    return _holds(
        "for {0}, {x, 2x} and three antipodal pairs in a plane a vector c with sum c_i relu(w.x_i) = 0 for all w was "
        "verified on every region of w; labels y with c.y != 0 have no network of any width"
    )


def activations_exist(thorough: bool) -> Finding:
    """Decide structured sets, and find units where that is rational."""
    from verify import Dataset, Model, decide
    from verify.flint_backend import rank

    rng, sets = random.Random(2), 100 if thorough else 20
    names = ("exp", "sin(x)+cos(x)", "relu(x+1)", "softplus(x+1)")
    models = [Model.parse(name) for name in names]
    for _ in range(sets):
        points = structured_points(rng.randint(1, 6), rng.randint(1, 3), rng)
        for name, model in zip(names, models, strict=True):
            if decide(Dataset(points), model).outcome.value != "interpolates":
                return _fails(f"{name} does not fit every labelling", points=[list(p) for p in points], activation=name)
        units = [tuple(rng.randint(-20, 20) for _ in points[0]) for _ in range(60 * len(points))]
        features = [
            [_relu(Fraction(sum(a * b for a, b in zip(w, x, strict=True)), 7) + 1) for w in units] for x in points
        ]
        if rank(features) < len(points):
            return Finding(Outcome.UNDECIDED, "random units of relu(x+1) were too few for one of the data sets")
    return _holds(
        f"{', '.join(names)} fit every labelling of {sets} sets of distinct points with antipodes, multiples and the "
        "origin among them; for relu(x+1) units with a nonsingular rational feature matrix were found as well"
    )


def descent(thorough: bool) -> Finding:
    """Run gradient descent on the last layer exactly and compare with the powers of I - eta F F^T."""
    rng, instances, steps = random.Random(3), 40 if thorough else 10, 12
    for _ in range(instances):
        n, m = rng.randint(2, 4), rng.randint(2, 5)
        features = [[Fraction(rng.randint(-3, 3)) for _ in range(m)] for _ in range(n)]
        features[-1] = [2 * x for x in features[0]]  # so that F^T has a null vector c
        c = [Fraction(2), *([Fraction(0)] * (n - 2)), Fraction(-1)]
        labels = [Fraction(rng.randint(-5, 5)) for _ in range(n)]
        eta = Fraction(1, 1 + sum(int(x * x) for row in features for x in row))
        kernel = [[sum(a * b for a, b in zip(f, g, strict=True)) for g in features] for f in features]
        v, predicted = [Fraction(0)] * m, [-y for y in labels]
        for _ in range(steps):
            residual = [
                sum(a * b for a, b in zip(f, v, strict=True)) - y for f, y in zip(features, labels, strict=True)
            ]
            kept = sum(a * b for a, b in zip(c, residual, strict=True))
            if residual != predicted or kept != -sum(a * y for a, y in zip(c, labels, strict=True)):
                return _fails(
                    "the residual is not the power of I - eta F F^T", features=str(features), labels=str(labels)
                )
            v = [x - eta * sum(r * f[k] for r, f in zip(residual, features, strict=True)) for k, x in enumerate(v)]
            step = [sum(a * r for a, r in zip(row, predicted, strict=True)) for row in kernel]
            predicted = [r - eta * s for r, s in zip(predicted, step, strict=True)]
    return _holds(
        f"{instances} problems, {steps} exact steps each: the residual of gradient descent on the last layer is "
        "(I - eta F F^T)^k r_0, and its part in the null space of F^T never changes"
    )


def last_layer_width(thorough: bool) -> Finding:
    """Count exact full ranks at width 3n."""
    rng, trials, n = np.random.default_rng(4), 400 if thorough else 100, 20
    full = sum(_random_relu_rank(n, 3, 3 * n, rng) == n for _ in range(trials))
    if full < trials * 3 // 4:
        return _fails("random hidden layers of width 3n are often too narrow", n=n, full=full, trials=trials)
    return _holds(f"n = {n}, d = 3, width 3n: in {full} of {trials} draws the last layer alone reaches every labelling")


def _random_relu_rank(n: int, d: int, m: int, rng: np.random.Generator) -> int:
    """Exact rank of a random feature matrix with integer entries."""
    from verify.flint_backend import independent_rows

    points = rng.integers(-1000, 1001, (n, d)).astype(object)
    weights = rng.integers(-1000, 1001, (m, d)).astype(object)
    features = [[max(0, int(x)) for x in row] for row in points @ weights.T]
    return len(independent_rows(features, m)[0])


def narrow(thorough: bool) -> Finding:
    """Look for n units of rank below n."""
    from verify.flint_backend import rank

    for seed in range(1000):
        rng = random.Random(seed)
        points = [[rng.randint(-9, 9) for _ in range(3)] for _ in range(20)]
        if relu_rank_formula(points) < 20 or len({tuple(x) for x in points}) < 20:
            continue
        weights = [[rng.randint(-9, 9) for _ in range(3)] for _ in range(20)]
        features = [[max(0, sum(a * b for a, b in zip(w, x, strict=True))) for w in weights] for x in points]
        if rank(features) < 20:
            return _holds(
                f"20 points in dimension 3 that ReLU networks can fit (seed {seed}), and 20 random units whose "
                f"feature matrix has exact rank {rank(features)}"
            )
    return Finding(Outcome.UNDECIDED, "no such instance was met in 1000 draws")


def ray_pair(thorough: bool) -> Finding:
    """The least loss, at several depths."""
    depths = range(1, 6 if thorough else 4)
    losses = {_least_loss([[1], [2]], [1, 1], f"relu+layers={depth}") for depth in depths}
    if losses != {Fraction(1, 10)} or not annihilates((2, -1), ((1,), (2,))):
        return _fails("the least loss is another one", losses=[str(x) for x in losses])
    return _holds(
        f"labels (1, 1) on {{x, 2x}}: least mean squared error 1/10 with {depths[0]} to {depths[-1]} hidden layers"
    )


def closed_form(thorough: bool) -> Finding:
    """Enumeration, formula and decision."""
    rng, sets = random.Random(5), 300 if thorough else 60
    for _ in range(sets):
        points = structured_points(rng.randint(1, 7), rng.randint(1, 3), rng)
        if not relu_rank(points) == relu_rank_formula(points) == _rank(points, "relu"):
            return _fails("the ranks differ", points=[list(p) for p in points])
    return _holds(f"{sets} structured sets of up to 7 points: equal to the rank found by enumerating the regions of w")


def antipodal(thorough: bool) -> Finding:
    """The six points and all subsets."""
    if relu_rank(_HEXAGON) != 5:
        return _fails("the rank is not 5", rank=relu_rank(_HEXAGON))
    for size in range(6):
        for chosen in combinations(_HEXAGON, size):
            if chosen and relu_rank(chosen) != size:
                return _fails("a proper subset fails", points=[list(p) for p in chosen])
    return _holds("rank 5 of 6 by enumeration of all regions of w; each of the 62 proper subsets has full rank")


def hidden_bias(thorough: bool) -> Finding:
    """Enumeration of the regions of (w, b)."""
    rng, sets = random.Random(6), 200 if thorough else 40
    for _ in range(sets):
        points = structured_points(rng.randint(1, 6), rng.randint(1, 2), rng)
        if relu_rank([(*p, 1) for p in points]) != len(points):
            return _fails("distinct points are tied together", points=[list(p) for p in points])
    return _holds(f"{sets} sets of distinct points: full rank by enumeration of all regions of (w, b)")


def table(thorough: bool) -> Finding:
    """Ranks that follow from the symmetries by hand."""
    from verify import load_dataset

    models = ("relu", "gelu", "tanh", "sigmoid", "swiglu", "relu+hidden_bias")
    cube = [[1 if k >> i & 1 else -1 for i in range(3)] for k in range(8)]
    rows: list[tuple[str, Any, tuple[int, ...]]] = [
        ("hexagon", _HEXAGON, (5, 5, 3, 4, 6, 6)),
        ("{x, 2x}", ((1, 2), (2, 4)), (1, 2, 2, 2, 2, 2)),
        ("cube {-1,1}^3", cube, (7, 7, 4, 5, 8, 8)),
    ]
    for name, points, expected in rows:
        found = tuple(_rank(points, model) for model in models)
        if found != expected:
            return _fails(f"the ranks on {name} are others", points=[list(p) for p in points], ranks=str(found))
    if len(load_dataset("hexagon").points) != 6:
        return Finding(Outcome.UNDECIDED, "the bundled hexagon is another set")
    return _holds(f"the hexagon, {{x, 2x}} and the cube: {', '.join(models)} have the ranks of the symmetry laws")


def parity(thorough: bool) -> Finding:
    """The least loss for parity labels."""
    cube = [[1 if k >> i & 1 else -1 for i in range(3)] for k in range(8)]
    labels = [x[0] * x[1] * x[2] for x in cube]
    losses = {model: _least_loss(cube, labels, model) for model in ("relu", "gelu", "silu", "softplus")}
    if set(losses.values()) != {Fraction(1)} or not annihilates(labels, cube):
        return _fails("the least loss is another one", losses={k: str(v) for k, v in losses.items()})
    return _holds("least mean squared error exactly 1 for relu, gelu, silu and softplus: no better than f = 0")


def profiles(thorough: bool) -> Finding:
    """All named activations on all small sets of a line."""
    from verify import Outcome as Decision
    from verify import decide
    from verify.activations import activation, names

    line, all_fit = (0, 1, -1, 2, -2, 3, -3), 0
    for name in names():
        profile = activation(name).profile
        fits = not any(
            decide([[t] for t in chosen], name).outcome is Decision.CANNOT_INTERPOLATE
            for size in range(1, 5)
            for chosen in combinations(line, size)
        )
        is_separating = isinstance(profile.even, str) and isinstance(profile.odd, str) and profile.nonzero_at_zero
        if fits != is_separating:
            return _fails("an activation disagrees", activation=name)
        all_fit += fits
    return _holds(
        f"{len(names())} named activations: {all_fit} fit all small sets, exactly those with the stated profile"
    )


def polygon(thorough: bool) -> Finding:
    """Zero eigenvalues as nullities, in exact algebraic numbers."""
    from verify import Dataset, decide, load_dataset

    for name, n in (("regular_hexagon", 6), ("decagon", 10)):
        points = load_dataset(name).points
        for model in ("relu", "relu+ntk_hidden", "relu+ntk"):
            found = decide(Dataset(points), model).rank
            if found != n - (n // 2 - 2):
                return _fails("the number of zero eigenvalues is another one", polygon=n, model=model, rank=str(found))
    return _holds("n = 6 and 10, in exact algebraic numbers: n/2 - 2 zero eigenvalues each, decided as n - rank")
