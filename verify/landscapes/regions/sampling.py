"""Regions as a fresh network meets them: data and weights drawn at random, activation patterns found exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from verify.landscapes.regions.patterns import dot

_ROUNDING = 2.0**-53


class Draw(NamedTuple):
    """Independent trials.

    Attributes
    ----------
    points : float64 array of shape (trials, n, d)
        Multiples of 2^-53 in [0, 1).
    patterns : bool array of shape (trials, width, n)
    """

    points: NDArray[np.float64]
    patterns: NDArray[np.bool_]


def draw_regions(
    trials: int, n: int, dimension: int, width: int, *, rng: np.random.Generator | int | None = None
) -> Draw:
    """Draw data sets, hidden layers as PyTorch initialises ``Linear(d, width)``, and the patterns of both.

    Points are uniform on [0, 1)^d; weights and biases are uniform on (-1/sqrt(d), 1/sqrt(d)), all in float64.

    Parameters
    ----------
    trials, n, dimension, width : int
    rng : seed or Generator, optional

    Returns
    -------
    Draw

    Examples
    --------
    >>> draw_regions(3, 4, 2, 5, rng=0).patterns.shape
    (3, 5, 4)
    """
    generator = np.random.default_rng(rng)
    bound = 1 / np.sqrt(dimension)
    points = generator.random((trials, n, dimension))
    weights, biases = hidden_layer(trials, dimension, width, generator)
    return Draw(points, exact_patterns(points, weights, biases, bound=bound))


def hidden_layer(
    trials: int, dimension: int, width: int, generator: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw weights of shape (trials, width, d) and biases of shape (trials, width) as PyTorch does by default."""
    bound = 1 / np.sqrt(dimension)
    weights = generator.uniform(-bound, bound, (trials, width, dimension))
    return weights, generator.uniform(-bound, bound, (trials, width))


def exact_patterns(
    points: NDArray[np.float64], weights: NDArray[np.float64], biases: NDArray[np.float64], *, bound: float
) -> NDArray[np.bool_]:
    """Find where w.x + b > 0, exactly for the given floats.

    Parameters
    ----------
    points : array of shape (trials, n, d), entries at most 1 in absolute value
    weights, biases : arrays of shape (trials, width, d) and (trials, width), entries at most `bound`

    Notes
    -----
    A sum of d + 1 products in floating point is off by at most (d + 2) u / (1 - (d + 2) u) times the sum of their
    absolute values, in any order. What is closer to 0 than twice that is computed again with rationals.
    """
    dimension = points.shape[2]
    values = weights @ points.transpose(0, 2, 1) + biases[:, :, None]
    patterns = values > 0
    doubtful = np.abs(values) <= 2 * (dimension + 2) * _ROUNDING * (dimension + 1) * bound
    for t, i, j in np.argwhere(doubtful):
        w, x = ([Fraction(v) for v in array.tolist()] for array in (weights[t, i], points[t, j]))
        patterns[t, i, j] = dot(w, x) + Fraction(float(biases[t, i])) > 0
    return patterns
