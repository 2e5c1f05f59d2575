"""What every function of this package takes: points, and a model or its text."""

from __future__ import annotations

from verify.data import Dataset
from verify.model import Model


def dataset_and_model(points: object, model: Model | str) -> tuple[Dataset, Model]:
    """Take a Dataset or anything that one can be made of, and a Model or its text form."""
    return (
        points if isinstance(points, Dataset) else Dataset(points),
        Model.parse(model) if isinstance(model, str) else model,
    )
