"""Data sets without repetitions."""

from __future__ import annotations

from verify.data import Dataset


def distinct_points(data: Dataset) -> Dataset:
    """Keep the first of equal points, and leave the labels out.

    Examples
    --------
    >>> distinct_points(Dataset([[1, 2], [3, 4], [1, 2]]))
    Dataset(2 points of dimension 2, no labels)
    """
    kept = list(dict.fromkeys(data.points))
    left_out = data.n - len(kept)
    notes = (*data.notes, f"{left_out} repeated points were left out") if left_out else data.notes
    if not left_out or data.dimension == 0:
        return Dataset(data.coordinates if not left_out else [()], names=data.names, notes=notes)
    return Dataset(kept, names=data.names, notes=notes)
