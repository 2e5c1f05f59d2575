"""Drawing hidden weights whose features become independent."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np

Matrix: TypeAlias = tuple[tuple[Fraction, ...], ...]


def random_layer(rng: np.random.Generator, units: int, inputs: int, size: int) -> Matrix:
    """Draw integer weights between -size and size."""
    return tuple(tuple(Fraction(int(w)) for w in row) for row in rng.integers(-size, size + 1, size=(units, inputs)))


def targeted_layer(
    rng: np.random.Generator,
    units: int,
    inputs: Sequence[Sequence[Fraction]],
    breakpoints: Sequence[Fraction],
    round_: int,
) -> Matrix:
    """Draw weights that bring single points close to a breakpoint of the activation.

    Random weights seldom separate points that lie close together. Moving the kink of a unit across one point x, by
    choosing w.x = b + epsilon with a breakpoint b and a small epsilon of either sign, changes the features at this
    point alone. Epsilon shrinks from round to round. Without breakpoints there is nothing to aim at.
    """
    nonzero = [x for x in inputs if any(x)]
    if not nonzero or not breakpoints:
        return ()
    rows = []
    for _ in range(units):
        x = nonzero[int(rng.integers(len(nonzero)))]
        w = [Fraction(int(c)) for c in rng.integers(-3, 4, size=len(x))]
        epsilon = Fraction(int(rng.choice([-1, 1])), 2 ** (1 + round_))
        wanted = breakpoints[int(rng.integers(len(breakpoints)))] + epsilon
        factor = (wanted - sum((a * b for a, b in zip(w, x, strict=True)), Fraction(0))) / sum(c * c for c in x)
        rows.append(tuple(a + factor * b for a, b in zip(w, x, strict=True)))
    return tuple(rows)
