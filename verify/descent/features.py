"""The features of a random hidden layer: in float64, and exactly where the activation is piecewise polynomial."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from verify.annihilator.integer_arrays import Integers
from verify.data import Dataset
from verify.errors import DataError, NotAvailableError
from verify.model import Model
from verify.width.necessary import check_architecture, common_integers, free_columns
from verify.width.random_features import WEIGHT_BITS, RandomFeatures

MEMORY_LIMIT = 2**31
"""Bytes that a matrix of features may take."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Features:
    """What the last layer combines: an output bias, a skip connection, and random units.

    Attributes
    ----------
    values : ndarray of shape (n, m), float64
        The columns 1 (output bias), x (skip), then s(w.x) for each random unit.
    exact : integer array of shape (n, m), or None
        The same, each column times `scales` of it, as integers; None where the values are not rational.
    scales : tuple of Fraction
        One for each column.
    """

    values: Floats
    exact: Integers | None
    scales: tuple[Fraction, ...]


def random_layer(data: Dataset, model: Model, width: int, *, rng: int | np.random.Generator = 0) -> Features:
    """Draw a hidden layer with weights from N(0, I), rounded to multiples of 2^-20.

    Parameters
    ----------
    data : Dataset
        n rational points in dimension d.
    model : Model
        One hidden layer, regime "trained".
    width : int
        Number of random units, at least 0.
    rng : int or numpy.random.Generator

    Raises
    ------
    DataError
        For a width that is none, values beyond float64, and features that need more than `MEMORY_LIMIT` bytes.
    NotAvailableError
        For other models, and points that are not rational.

    Examples
    --------
    >>> layer = random_layer(Dataset([[1], ["-1/2"]]), Model("relu", output_bias=True), 3)
    >>> layer.values.shape, layer.values[:, 0].tolist()
    ((2, 4), [1.0, 1.0])
    >>> bool(layer.values[0, 1] == float(int(layer.exact[0, 1]) / layer.scales[1]))
    True
    """
    check_architecture(data, model)
    if isinstance(width, bool) or not isinstance(width, int) or width < 0:
        raise DataError(f"width={width!r} is not a whole number of at least 0")
    need = 8 * data.n * (width + data.dimension + 1)
    if need > MEMORY_LIMIT:
        raise DataError(
            f"the features of {data.n} points and {width} units need {need} bytes, more than {MEMORY_LIMIT}; use fewer "
            "points or units, or the matrix-free verify.kernels.extreme_eigenvalues"
        )
    generator = np.random.default_rng(rng)
    free, free_scales = _free(data, model)
    if model.activation.pieces is None:
        units = _float_units(data, model, width, generator)
        return Features(np.hstack([_divided(free, free_scales), units]), None, ())
    drawn = RandomFeatures(data, model)
    integers = drawn.draw([generator], width)[0]
    exact = np.hstack([free, integers]) if free.dtype == integers.dtype else np.hstack([free.astype(object), integers])
    scales = (*free_scales, *[drawn.factor] * width)
    return Features(_divided(exact, scales), exact, scales)


def _free(data: Dataset, model: Model) -> tuple[Integers, tuple[Fraction, ...]]:
    columns = free_columns(data, model)
    scale = Fraction(common_integers(data)[1])
    scales = (*[Fraction(1)] * model.output_bias, *[scale] * (len(columns) - model.output_bias))
    fits = all(abs(x) < 2**62 for column in columns for x in column)
    free = np.empty((data.n, len(columns)), dtype=np.int64 if fits else object)
    for k, column in enumerate(columns):
        free[:, k] = column
    return free, scales


def _divided(integers: Integers, scales: tuple[Fraction, ...]) -> Floats:
    """Divide columns of integers by their scales; correctly rounded where the integers exceed 2^53."""
    values = np.empty(integers.shape)
    for k, scale in enumerate(scales):
        column = integers[:, k]
        exact = column.dtype != object and np.abs(column).max(initial=0) < 2**53
        if exact and scale.denominator == 1 and scale.numerator < 2**53:
            values[:, k] = column / float(scale.numerator)
            continue
        try:
            values[:, k] = [float(int(x) / scale) for x in column]
        except OverflowError:
            raise DataError("a feature is beyond the range of float64; scale the data") from None
    return values


def _float_units(data: Dataset, model: Model, width: int, rng: np.random.Generator) -> Floats:
    from verify.kernels.float_points import exact_points, nearest_floats

    X = nearest_floats(exact_points(data, "data"))
    if model.hidden_bias:
        X = np.hstack([X, np.ones((data.n, 1))])

    drawn = rng.standard_normal((width, 1 + model.gated, X.shape[1]))
    W = np.rint(np.ldexp(drawn, WEIGHT_BITS)) * 2.0**-WEIGHT_BITS
    values = model.activation.evaluate(X @ W[:, 0].T)
    values = values * (X @ W[:, 1].T) if model.gated else values
    if not np.isfinite(values).all():
        i = int(np.argwhere(~np.isfinite(values))[0, 0])
        raise DataError(f"points[{i}]: a feature of {model.activation} is beyond the range of float64; scale the data")
    return values


def float_labels(data: Dataset) -> Floats:
    """Give the labels as float64 of shape (n, outputs).

    Raises
    ------
    DataError
        When there are none.
    """
    from verify.kernels.float_points import nearest_floats

    labels = data.label_array
    if not data.outputs:
        raise DataError("gradient descent needs labels; name a label column, or give labels with the points")
    from verify.data import ExactArray

    if not isinstance(labels, ExactArray):
        raise NotAvailableError(f"gradient descent needs rational labels; these are in {data.field}")
    return nearest_floats(labels)
