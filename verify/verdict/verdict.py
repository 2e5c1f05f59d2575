"""What was decided, and everything that follows from it."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.algebraic.field import Element, Number
from verify.algebraic.writing import format_number, simplified
from verify.errors import NotAvailableError
from verify.verdict import explain
from verify.verdict.outcome import Outcome, Question

if TYPE_CHECKING:
    from verify.annihilator.space import Projection, Space
    from verify.data import Dataset
    from verify.model import Model
    from verify.verdict.network import Network


class Verdict:
    """The answer of `decide`. Made by `decide` alone.

    Attributes
    ----------
    data : Dataset
    model : Model
    question : Question
        "these labels" or "every labelling".
    outcome : Outcome

    Notes
    -----
    With several label columns the outcome is about all of them together (width is free, so they share hidden
    units at no cost), `least_mse` is the mean over all columns, and `per_output` holds a verdict for each.

    Examples
    --------
    >>> from verify import decide
    >>> verdict = decide([[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]], "relu")
    >>> verdict
    <Verdict cannot_interpolate: every labelling, relu, rank 5 of 6>
    >>> verdict.annihilating_vector[0]
    Fraction(1, 1)
    """

    def __init__(
        self,
        data: Dataset,
        model: Model,
        question: Question,
        outcome: Outcome,
        space: Space | None,
        losses: tuple[Projection, ...],
        unknown: str | None = None,
    ) -> None:
        self.data, self.model, self.question, self.outcome = data, model, question, outcome
        self._space, self._losses, self._unknown = space, losses, unknown

    @property
    def space(self) -> Space:
        """The annihilator; `NotAvailableError` when the outcome is UNKNOWN."""
        if self._space is None:
            raise NotAvailableError(f"the outcome is unknown, so there is no proof of it: {self._unknown}")
        return self._space

    @property
    def rank(self) -> int | None:
        """Dimension of the space of attained label vectors, over all widths and weights; None when UNKNOWN."""
        return None if self._space is None else self._space.rank

    @property
    def nullity(self) -> int | None:
        """The number of points minus the rank: how many independent conditions labels must meet; None when UNKNOWN."""
        return None if self._space is None else self._space.nullity

    @cached_property
    def annihilating_vector(self) -> dict[int, Number] | None:
        """A vector c, by index, with sum c_i f(x_i) = 0 for every f of the model; with labels, sum c_i y_i != 0.

        Its support is minimal: no annihilating vector lives on a proper part of it. None when the model interpolates,
        or when the outcome is UNKNOWN.
        """
        if self.outcome is not Outcome.CANNOT_INTERPOLATE:
            return None
        failing = next((loss.labels for loss in self._losses if loss.squared_error), None)
        circuit = self.space.circuit(failing)
        if circuit is None:
            raise AssertionError("the annihilator is not trivial, so it has a circuit")
        return {i: x if isinstance(x, Element) else Fraction(x) for i, x in circuit.items()}

    @property
    def least_mse(self) -> Number | None:
        """The exact least mean squared error of any width and any training; None without labels or when UNKNOWN.

        ||r||^2 / n, with r the projection of the labels on the annihilator. 0 for an empty data set. A Fraction
        wherever it is rational.
        """
        if not self._losses:
            return None
        total: Number = Fraction(0)
        for loss in self._losses:
            total = total + loss.squared_error
        return simplified(total / max(1, self.data.n * len(self._losses)))

    @cached_property
    def best_predictions(self) -> tuple[Any, ...] | None:
        """Values at the points of every network that attains the least loss; None without labels or when UNKNOWN.

        A tuple of n numbers, or of n tuples when there are several label columns; Fractions wherever they are rational.
        """
        if not self._losses:
            return None
        columns = [loss.predictions for loss in self._losses]
        return tuple(columns[0]) if len(columns) == 1 else tuple(zip(*columns, strict=True))

    @cached_property
    def per_output(self) -> tuple[Verdict, ...]:
        """One verdict for each label column when there are several; else empty."""
        if self.data.outputs < 2:
            return ()
        verdicts = []
        for k in range(self.data.outputs):
            losses = self._losses[k : k + 1]
            outcome = self.outcome
            if outcome is not Outcome.UNKNOWN:
                outcome = Outcome.CANNOT_INTERPOLATE if losses[0].squared_error else Outcome.INTERPOLATES
            column = type(self.data)(
                self.data.coordinates,
                self.data.label_array.take([k]),
                names=self.data.names,
                label_names=self.data.label_names[k : k + 1],
            )
            verdicts.append(Verdict(column, self.model, self.question, outcome, self._space, losses, self._unknown))
        return tuple(verdicts)

    @cached_property
    def reason(self) -> str:
        """Why, in one line."""
        return self._unknown if self._unknown is not None else explain.reason(self)

    def explain(self) -> str:
        """Say in plain words what was decided and why, naming the points."""
        return explain.explain(self)

    def network(self, *, rng: int = 0) -> Network:
        """Construct a network that attains the least loss, of width at most the rank.

        Parameters
        ----------
        rng : int
            Seed of the hidden weights that are tried.

        Raises
        ------
        NotAvailableError
            Without labels, for UNKNOWN, and for tangent-kernel models, which are no networks.
        """
        from verify.verdict.network import construct

        return construct(self, rng=rng)

    def certificate(self, *, rank: bool | None = None, network: bool = False) -> dict[str, Any]:
        """Write the proof as a JSON-ready dict (format version 1, ``docs/format/certificate-1.md``).

        Parameters
        ----------
        rank : bool, optional
            Include the proof of the rank. Default: for at most 2,000 points, and whenever it is the proof itself.
        network : bool, default False
            Include the explicit network (piecewise-polynomial activations only).

        Raises
        ------
        NotAvailableError
            When the outcome is UNKNOWN.
        """
        from verify.certificates import certificate

        return certificate(self, rank=rank, network=network)

    def write_certificate(self, path: str | Path, *, rank: bool | None = None, network: bool = False) -> Path:
        """Write the certificate to a file; large data go into a file beside it, bound by its SHA-256."""
        from verify.certificates import write_certificate

        return write_certificate(self, Path(path), rank=rank, network=network)

    def to_json(self) -> dict[str, Any]:
        """Summarise the verdict as a JSON-ready dict; numbers are strings such as "p/q" or "1/2 - 1/2*sqrt(5)"."""

        def text(x: Number | None) -> str | None:
            return None if x is None else format_number(x)

        summary: dict[str, Any] = {
            "outcome": self.outcome.value,
            "question": self.question.value,
            "points": self.data.n,
            "dimension": self.data.dimension,
            "outputs": self.data.outputs,
            "model": str(self.model),
            "hidden_weights": "almost all" if self.model.almost_all_weights else "all",
            "rank": self.rank,
            "nullity": self.nullity,
            "least_mse": text(self.least_mse),
            "reason": self.reason,
        }
        vector = self.annihilating_vector
        summary["annihilating_vector"] = None if vector is None else {str(i): text(x) for i, x in vector.items()}
        if self.per_output:
            summary["per_output"] = [
                {"label": name, "outcome": v.outcome.value, "least_mse": text(v.least_mse), "reason": v.reason}
                for name, v in zip(self.data.label_names, self.per_output, strict=True)
            ]
        if self.data.notes:
            summary["notes"] = list(self.data.notes)
        return summary

    def __str__(self) -> str:
        """Return the explanation."""
        return self.explain()

    def __repr__(self) -> str:
        """Show the outcome in one line."""
        rank = "" if self.rank is None else f", rank {self.rank} of {self.data.n}"
        return f"<Verdict {self.outcome.value}: {self.question.value}, {self.model}{rank}>"
