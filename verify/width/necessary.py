"""The width that is necessary: an exact count of dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.data import Dataset
from verify.data.exact_array import ExactArray
from verify.errors import NotAvailableError
from verify.flint_backend import independent_rows_exact
from verify.model import Model


def check_architecture(data: Dataset, model: Model) -> None:
    """Refuse what "training the last layer of a random hidden layer" does not describe.

    Raises
    ------
    NotAvailableError
        For tangent-kernel regimes, several hidden layers and points that are not rational.
    """
    if model.regime != "trained":
        raise NotAvailableError(f"{model}: a tangent kernel has no width; leave +{model.regime} out")
    if model.hidden_layers > 1:
        raise NotAvailableError(f"{model}: random hidden layers are studied for one hidden layer; use layers=1")
    if data.field is not None:
        raise NotAvailableError(f"random features need rational points; these are in {data.field}")


def common_integers(data: Dataset) -> tuple[Any, int]:
    """Write the points over one denominator.

    Returns
    -------
    integers : integer array of shape (n, d), int64 where all entries are below 2^62
    scale : int
        The points are ``integers / scale``.
    """
    from math import lcm

    from verify.annihilator.integer_arrays import as_integers

    coordinates = data.coordinates
    if not isinstance(coordinates, ExactArray):
        raise NotAvailableError(f"random features need rational points; these are in {data.field}")
    integers, scales = coordinates.integers()
    scale = lcm(*scales)
    if scale == 1 and integers.dtype != object:
        return integers, 1
    factors = np.array([scale // s for s in scales], dtype=object)
    return as_integers(integers.astype(object) * factors), scale


def free_columns(data: Dataset, model: Model) -> list[list[int]]:
    """Give what the last layer combines without any unit, as columns of integers: 1 (output bias) and x (skip).

    Examples
    --------
    >>> free_columns(Dataset([[1, "1/2"], [0, 3]]), Model("relu", output_bias=True, skip=True))
    [[1, 1], [2, 0], [1, 6]]
    """
    columns = [[1] * data.n] if model.output_bias else []
    if model.skip:
        columns += [[int(x) for x in column] for column in common_integers(data)[0].T]
    return columns


def free_rank(data: Dataset, model: Model) -> int:
    """Compute the exact rank of `free_columns`."""
    columns = free_columns(data, model)
    return len(independent_rows_exact(columns, data.n)[0]) if columns else 0


def necessary_width(data: Dataset, model: Model, *, rank: int) -> int:
    """Bound from below the width with which training the last layer alone attains every attainable labelling.

    Whatever the hidden weights are, m units and the free columns span at most m + `free_rank` dimensions, and the
    attainable label vectors fill `rank` dimensions. For one given label vector less may be enough.

    Parameters
    ----------
    data, model :
        As for `verify.decide`.
    rank : int
        Of the model on the data, as `verify.decide` gives it.

    Examples
    --------
    >>> import verify
    >>> data, model = Dataset([[1, 0], [0, 1], [-1, 0], [0, -1]]), Model("relu", output_bias=True)
    >>> necessary_width(data, model, rank=verify.decide(data, model).rank)
    3
    """
    return max(0, rank - free_rank(data, model))
