"""Measured data with what augmentation does to them, and integer data that look like audio and like tokens."""

from __future__ import annotations

import numpy as np

from counterexamples.catalogue.constructions.shapes import Integers, with_antipodes
from verify import load_dataset
from verify.algebraic.field import Number
from verify.data.cells import Matrix


def bundled(*, name: str) -> Matrix:
    """The points of `verify.load_dataset`."""
    return load_dataset(name).coordinates


def with_negatives(*, name: str) -> list[list[Number]]:
    """The points of a bundled data set, and then the negatives of all of them (polarity augmentation)."""
    points = load_dataset(name).points
    return [list(point) for point in points] + [[-x for x in point] for point in points]


def with_contrast(*, name: str, numerator: int, denominator: int) -> list[list[Number]]:
    """The points of a bundled data set, and then all of them times p/q (a change of contrast or of volume)."""
    points = load_dataset(name).points
    return [list(point) for point in points] + [[x * numerator / denominator for x in point] for point in points]


def waveforms(*, windows: int, length: int) -> Integers:
    """Windows of a tone in integer samples, each followed by its polarity inversion.

    The samples are those of a triangle wave, which needs no rounding; window k has the period 8 + k.

    Examples
    --------
    >>> waveforms(windows=1, length=8).tolist()
    [[0, 508, 1016, 508, 0, -508, -1016, -508], [0, -508, -1016, -508, 0, 508, 1016, 508]]
    """
    rows = [[_triangle(4 * i, 8 + k) for i in range(length)] for k in range(windows)]
    return with_antipodes(np.array(rows, dtype=np.int64))


def _triangle(quarter: int, period: int) -> int:
    """The triangle wave of this period at the time quarter/4, times 127 times its period."""
    phase = quarter % (4 * period)
    rising = phase if phase <= period else 2 * period - phase if phase <= 3 * period else phase - 4 * period
    return 127 * rising


def tokens(*, pairs: int, dimension: int) -> Integers:
    """Small integers in -8..7 that look random, as quantised embeddings do: each row followed by its negative.

    They come from a linear congruential generator modulo 2^31, so they are the same everywhere.
    """
    state, values = 2026, []
    for _ in range(pairs * dimension):
        state = (1103515245 * state + 12345) % 2**31
        values.append((state >> 16) % 16 - 8)
    return with_antipodes(np.array(values, dtype=np.int64).reshape(pairs, dimension))
