"""Random units with integer weights, and their values at the points as exact integers.

N(0, I) is discretised: a weight is the integer nearest to 2^20 g, divided by 2^20, with g standard normal from NumPy's
generator. For a positively homogeneous activation the factor changes no rank. All values of a matrix of features are
multiplied by one positive integer, which changes no rank either.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from verify.activations import PiecewisePolynomial
from verify.annihilator.integer_arrays import Integers, as_integers, magnitude, product, times
from verify.data import Dataset
from verify.errors import NotAvailableError
from verify.model import Model
from verify.width.feature_bound import homogeneity
from verify.width.necessary import check_architecture, common_integers

WEIGHT_BITS = 20


class RandomFeatures:
    """The law of one random unit of a model at the points of a data set.

    Parameters
    ----------
    data : Dataset
    model : Model
        One hidden layer of a piecewise polynomial activation with rational coefficients; biases and gates allowed.

    Attributes
    ----------
    factor : Fraction
        The integers that `draw` gives are the values of the units times this.

    Raises
    ------
    NotAvailableError
        For other models, and for points that are not rational.

    Examples
    --------
    >>> features = RandomFeatures(Dataset([[1], [-1]]), Model("relu"))
    >>> values = features.draw([np.random.default_rng(0)], 3)
    >>> values.shape, bool((values.min(axis=1) == 0).all())
    ((1, 2, 3), True)
    """

    def __init__(self, data: Dataset, model: Model) -> None:
        check_architecture(data, model)
        pieces = model.activation.pieces
        if pieces is None:
            raise NotAvailableError(
                f"the rank of random {model.activation} units is not decided exactly: the activation is not piecewise "
                "polynomial with rational coefficients; use one that is, such as relu"
            )
        integers, denominator = common_integers(data)
        if model.hidden_bias:
            one = np.full((data.n, 1), denominator, dtype=object)
            integers = as_integers(np.hstack([integers.astype(object), one]))
        self._points: Integers = integers
        self._gated = model.gated
        # z = N / scale for the integer N = (integer point).(integer weight); no scale where it does not matter
        law, scale = homogeneity(model.activation), denominator << WEIGHT_BITS
        self._homogeneous = law is not None
        self._pieces = _IntegerPieces(pieces, scale if law is None else 1)
        factor = self._pieces.factor * (1 if law is None else scale**law.degree)
        self.factor = Fraction(factor * (scale if model.gated else 1))

    @property
    def inputs(self) -> int:
        """Number of weights of a unit (of each factor of a gated one)."""
        return int(self._points.shape[1])

    def rank_bound(self, rng: np.random.Generator, units: int) -> int | None:
        """Bound the rank of the first units of a sequence from above; None where this argument gives nothing.

        Units that lie on the same pieces of a piecewise linear activation at every point are images, under one affine
        map, of their weights: k such units have rank at most min(k, inputs + 1), and min(k, inputs) if the activation
        is homogeneous.
        """
        if self._gated or self._pieces.degree > 1:
            return None
        sums = self._sums(self._weights([rng], units)[:, :, 0])[0]
        patterns = Counter(row.tobytes() for row in np.ascontiguousarray(self._pieces.places(sums).T))
        most = self.inputs + (not self._homogeneous)
        return sum(min(count, most) for count in patterns.values())

    def draw(self, generators: list[np.random.Generator], units: int) -> Integers:
        """Draw `units` more units for each generator.

        Returns
        -------
        integer array of shape (generators, n, units)
            int64 where everything fits. A generator continues its own sequence: two draws of 3 and 4 units are one
            of 7.
        """
        weights = self._weights(generators, units)
        values = self._pieces(self._sums(weights[:, :, 0]))
        return times(values, self._sums(weights[:, :, 1])) if self._gated else values

    def _weights(self, generators: list[np.random.Generator], units: int) -> NDArray[np.int64]:
        """Draw integer weights of shape (generators, units, factors of a unit, inputs)."""
        drawn = np.empty((len(generators), units, 1 + self._gated, self.inputs))
        for k, rng in enumerate(generators):
            drawn[k] = rng.standard_normal(drawn.shape[1:])
        return np.rint(np.ldexp(drawn, WEIGHT_BITS)).astype(np.int64)

    def _sums(self, weights: NDArray[np.int64]) -> Integers:
        """Give the integers x.w: weights of shape (count, units, inputs) to values of shape (count, n, units)."""
        count, units, inputs = weights.shape
        n = len(self._points)
        if not inputs:
            return np.zeros((count, n, units), dtype=np.int64)
        flat = product(self._points, weights.reshape(count * units, inputs).T)
        return np.moveaxis(flat.reshape(n, count, units), 0, 1)


class _IntegerPieces:
    """A piecewise polynomial on the integers N: c s(N/scale) with one positive integer c, exactly."""

    def __init__(self, pieces: PiecewisePolynomial, scale: int) -> None:
        degree = self.degree = max((len(p) for p in pieces.polynomials), default=1) - 1
        common = lcm(*(c.denominator for p in pieces.polynomials for c in p))
        self.factor = common * scale ** max(0, degree)
        # N/scale > b exactly if N > floor(b scale)
        self._ends = [(b.numerator * scale) // b.denominator for b in pieces.breakpoints]
        self._polynomials = [
            [int(c * common) * scale ** max(0, degree - k) for k, c in enumerate(p)] for p in pieces.polynomials
        ]

    def places(self, numbers: Integers) -> NDArray[np.int16]:
        """Say on which piece each number lies."""
        return sum((np.asarray(numbers > end, dtype=np.int16) for end in self._ends), np.zeros(numbers.shape, np.int16))

    def __call__(self, numbers: Integers) -> Integers:
        fits = max(map(abs, self._ends), default=0) < 2**62
        numbers = numbers if fits else numbers.astype(object)
        values = self._polynomial(self._polynomials[0], numbers)
        for end, polynomial in zip(self._ends, self._polynomials[1:], strict=True):
            beyond = self._polynomial(polynomial, numbers)
            if values.dtype != beyond.dtype:
                values, beyond = values.astype(object), beyond.astype(object)
            values = np.where(numbers > end, beyond, values)
        return values

    @staticmethod
    def _polynomial(coefficients: list[int], numbers: Integers) -> Integers:
        """Horner's scheme; Python integers as soon as int64 could overflow."""
        size = magnitude(numbers)
        bound = sum(abs(c) * size**k for k, c in enumerate(coefficients))
        kind = np.int64 if max(bound, size, *map(abs, coefficients or [0])) < 2**62 else object
        numbers = numbers.astype(kind)
        values: Integers = np.zeros(numbers.shape, dtype=kind)
        for c in reversed(coefficients):
            values = values * numbers + c
        return values
