"""The one decision path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from verify.algebraic.array import AlgebraicArray
from verify.annihilator import Annihilator, annihilator
from verify.annihilator.least_loss import LeastLoss
from verify.data import Dataset
from verify.errors import DataError, ModelError
from verify.model import Model, Unsupported, families_of, uncovered_zero
from verify.verdict.outcome import Outcome, Question
from verify.verdict.verdict import Verdict

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from verify.algebraic.space import AlgebraicSpace
    from verify.annihilator.space import Projection
    from verify.data.cells import Matrix
    from verify.model import Family


def decide(
    data: Dataset | Sequence[Sequence[Any]] | ArrayLike, model: Model | str, *, labels: ArrayLike | None = None
) -> Verdict:
    """Decide whether a model of any width can interpolate labels; exactly, with proof.

    Parameters
    ----------
    data : Dataset, or points as `Dataset` takes them
        n points in dimension d, with or without labels.
    model : Model or str
        A `Model`, or its text form (`Model.parse`).
    labels : array-like of shape (n,) or (n, k), optional
        Labels of points that are not a `Dataset`. Without labels the question is whether *every* labelling is
        attained.

    Returns
    -------
    Verdict
        Its outcome is UNKNOWN, with the reason, for a model that no theorem here covers.

    Raises
    ------
    DataError, ModelError
        For data or a model that is not well put.

    Notes
    -----
    The parity-profile theorem and its proof are in ``docs/theory.md``. Cost for n points in dimension d with D
    moment monomials (D = d for ReLU): O(n d + n log n + n D^2) operations; the least loss adds exact rationals, whose
    size grows with the number of different patterns of collinear points.

    Examples
    --------
    >>> verdict = decide([[1, 2], [2, 4]], "relu", labels=[1, 1])
    >>> verdict.outcome, verdict.rank, verdict.least_mse
    (<Outcome.CANNOT_INTERPOLATE: 'cannot_interpolate'>, 1, Fraction(1, 10))
    >>> decide([[1, 2], [2, 4]], "gelu", labels=[1, 1]).outcome.value
    'interpolates'
    """
    if isinstance(data, Dataset):
        if labels is not None:
            raise DataError("labels= was given, but the Dataset carries its labels; make a Dataset(points, labels)")
    else:
        data = Dataset(data, labels)
    if isinstance(model, str):
        model = Model.parse(model)
    elif not isinstance(model, Model):
        raise ModelError(f"model={model!r} is neither a Model nor text; write for example 'relu+bias'")
    question = Question.THESE_LABELS if data.outputs else Question.EVERY_LABELLING
    families = families_of(model)
    if not isinstance(families, Unsupported) and (apart := uncovered_zero(model)) and _has_zero(data):
        families = Unsupported(apart)
    space = families if isinstance(families, Unsupported) else _space(data.coordinates, families)
    if isinstance(space, Unsupported):
        return Verdict(data, model, question, Outcome.UNKNOWN, None, (), space.reason)
    if question is Question.EVERY_LABELLING:
        outcome = Outcome.INTERPOLATES if space.nullity == 0 else Outcome.CANNOT_INTERPOLATE
        return Verdict(data, model, question, outcome, space, ())
    losses = tuple(_projections(space, data.label_array))
    attained = all(loss.squared_error == 0 for loss in losses)
    outcome = Outcome.INTERPOLATES if attained else Outcome.CANNOT_INTERPOLATE
    return Verdict(data, model, question, outcome, space, losses)


def _has_zero(data: Dataset) -> bool:
    return any(not any(data.coordinates.row(i)) for i in range(data.n))


def _space(points: Matrix, families: Sequence[Family]) -> Annihilator | AlgebraicSpace | Unsupported:
    """Compute the annihilator in the arithmetic of the points."""
    if not isinstance(points, AlgebraicArray):
        return annihilator(points, families)
    from verify.algebraic.space import algebraic_space

    return algebraic_space(points, families)


def _projections(space: Annihilator | AlgebraicSpace, labels: Matrix) -> Iterator[Projection]:
    """Project each label column; points and labels of a data set are written in the same arithmetic."""
    if isinstance(space, Annihilator) and not isinstance(labels, AlgebraicArray):
        integers, scale = labels.integers()
        yield from (LeastLoss(space, integers[:, k], scale=scale[k]) for k in range(labels.shape[1]))
    elif not isinstance(space, Annihilator) and isinstance(labels, AlgebraicArray):
        yield from (space.project(column) for column in zip(*labels.elements(), strict=True))
    else:
        raise AssertionError("points and labels are in different arithmetics")
