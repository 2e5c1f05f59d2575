"""For the tests of other people's training code: data whose best possible training loss is known exactly.

>>> from counterexamples.testing import cases
>>> case = cases(model="relu", kind="ray")[0]
>>> case.name, str(case.model), case.least_mse
('ray-pair', 'relu', Fraction(1, 10))
>>> case.assert_consistent(0.1)
>>> case.assert_converged(0.1000001, rtol=1e-4)

A loss below the least one is a bug in the code that reports it:

>>> case.assert_consistent(0.05)  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
AssertionError: ray-pair: the reported loss 0.05 is below 1/10 = 0.1, the least mean squared error of every bias-free
    network with 1 hidden layer of relu units on these 2 points, whatever its width and training. It is half of it: is
    the loss halved? ...
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isnan, sqrt
from typing import TYPE_CHECKING, Any, SupportsFloat

from verify.errors import CatalogueError, DataError, NotAvailableError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from counterexamples.entry import Entry
    from verify import Dataset, Model

MOST_POINTS = 500
EVALUATION_ERROR = 1e-9
"""Root mean square error of float64 predictions that is allowed for, in units of the largest label (at least 1)."""


@dataclass(frozen=True, eq=False)
class Case:
    """A data set, a model, and the exact least training loss.

    Attributes
    ----------
    name : str
        Of the catalogue; the id of the test in pytest.
    model : Model
        The network to build: ``case.model.activation.name``, ``hidden_layers``, ``hidden_bias``, ``output_bias``,
        ``skip``, ``gated``; ``case.model.describe()`` says it in words.
    data : Dataset
        Exact points and labels; each of them is a float64.
    least_mse : Fraction
        The least mean squared error of the model over all widths, weights and ways of training.
    rank : int
        Dimension of the space of attained label vectors; with this width a network can attain `least_mse`.
    labels_are : str
        Where the labels come from, in words.
    """

    name: str
    model: Model
    data: Dataset
    least_mse: Fraction
    rank: int
    labels_are: str

    @property
    def X(self) -> NDArray[np.float64]:  # noqa: N802  # the name that every library uses
        """The points as a new float64 array of shape (n, d), exact."""
        return self._arrays()[0]

    @property
    def y(self) -> NDArray[np.float64]:
        """The labels as a new float64 array of shape (n,), or (n, k) for several outputs, exact."""
        labels = self._arrays()[1]
        if labels is None:
            raise AssertionError("a case has labels")
        return labels

    @property
    def interpolates(self) -> bool:
        """Whether some network of the model attains the labels exactly."""
        return self.least_mse == 0

    @property
    def __name__(self) -> str:  # pytest makes the id of a parameter of it
        return self.name

    def assert_consistent(self, loss: SupportsFloat, *, evaluation_error: float = EVALUATION_ERROR) -> None:
        """Fail if a training loss is below what any network of the model can reach.

        Parameters
        ----------
        loss : number
            The mean of the squared errors over all points and outputs, as the code under test reports it.
        evaluation_error : float, default 1e-9
            The root mean square error that rounding makes in the predictions, as a multiple of the largest label (at
            least 1). The default is ample for float64 with moderate weights; take 1e-4 for float32. If the
            predictions are off by at most delta in root mean square, sqrt(loss) >= sqrt(least_mse) - delta.

        Raises
        ------
        AssertionError
            When the loss is below, negative or NaN; the message says in words what that means.
        DataError
            When the loss or the error is not a number.
        """
        self._checked(loss, evaluation_error)

    def assert_converged(
        self,
        loss: SupportsFloat,
        *,
        rtol: float = 1e-3,
        atol: float = 1e-9,
        evaluation_error: float = EVALUATION_ERROR,
    ) -> None:
        """Fail unless a training loss is the least one, up to ``rtol * least_mse + atol``; and if it is below.

        Raises
        ------
        AssertionError
            When the loss is larger, or `assert_consistent` fails.
        DataError
            When an argument is not a number.
        """
        value = self._checked(loss, evaluation_error)
        if min(_number(rtol, "rtol"), _number(atol, "atol")) < 0:
            raise DataError(f"rtol={rtol} and atol={atol} must be at least 0")
        least = float(self.least_mse)
        if not value <= least * (1 + rtol) + atol:
            raise AssertionError(
                f"{self.name}: the loss {value!r} has not reached the least one, {self.least_mse} = {least!r}, within "
                f"rtol={rtol} and atol={atol}. A {self.model.describe()} attains it, with suitable weights and a "
                f"width of at most {self.rank}: train longer, with other steps, or with more units"
            )

    def __repr__(self) -> str:
        return f"<Case {self.name}: {self.model}, {self.data.n} points, least_mse {self.least_mse}>"

    def _checked(self, loss: SupportsFloat, evaluation_error: float) -> float:
        value = _number(loss, "loss")
        error = _number(evaluation_error, "evaluation_error")
        if not error >= 0:
            raise DataError(f"evaluation_error={evaluation_error} must be at least 0")
        if isnan(value):
            raise AssertionError(
                f"{self.name}: the loss is NaN; training diverged, or the loss is not a mean of squares"
            )
        if value < 0:
            raise AssertionError(f"{self.name}: the loss {value!r} is negative; a mean of squares is at least 0")
        largest = max(1.0, float(abs(self.y).max(initial=0.0)))
        floor = max(0.0, sqrt(self.least_mse) - error * largest) ** 2
        if value * (1 + 1e-12) < floor:
            raise AssertionError(
                f"{self.name}: the reported loss {value!r} is below {self.least_mse} = {float(self.least_mse)!r}, the "
                f"least mean squared error of every {self.model.describe()} on these {self.data.n} points, whatever "
                f"its width and training. {self._diagnosis(value)} Possible causes: a bias or another activation in "
                "the network, changed points or labels, a part of the data, predictions of low precision "
                "(evaluation_error=)"
            )
        return value

    def _diagnosis(self, value: float) -> str:
        least = float(self.least_mse)
        guesses = (
            (value * 2, "It is half of it: is the loss halved?"),
            (value * self.data.n, "It is an n-th of it: is the loss divided by the number of points twice?"),
            (sqrt(value), "It is the square of it: is the loss squared twice?"),
        )
        return next((text for guess, text in guesses if abs(guess - least) <= 1e-3 * least), "A proof excludes this.")

    def _arrays(self) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        from counterexamples.catalogue.shelf import float_arrays

        return float_arrays(self.data, self.name)


def make_case(data: Dataset, model: Model | str, *, name: str = "data") -> Case:
    """Make a case of labelled data of your own, or of `counterexamples.generate`.

    Raises
    ------
    DataError
        When there are no labels, or a number is not a float64.
    NotAvailableError
        When no theorem covers the model.

    Examples
    --------
    >>> from verify import Dataset
    >>> make_case(Dataset([[1], [-1]], [1, 0]), "tanh", name="two-points")
    <Case two-points: tanh, 2 points, least_mse 1/4>
    """
    return _case(data, model, name, "as given")


def cases(*, model: str | None = None, kind: str | None = None, max_points: int = MOST_POINTS) -> list[Case]:
    """List the cases of the catalogue, for ``pytest.mark.parametrize``.

    Entries about every labelling get labels: where the model fails, an annihilating vector, which no network comes
    nearer to than the zero function; where it fits, 1, -1, 2, -2, ... in turn. Only data that float64 holds exactly
    are offered, so that the exact loss is that of the arrays.

    Parameters
    ----------
    model : str, optional
        Only cases about this model, as `verify.Model.parse` reads it.
    kind : str, optional
        Only this kind of obstruction, a key of `counterexamples.entry.KINDS`; ``"fits"`` for none.
    max_points : int, default 500

    Raises
    ------
    CatalogueError
        When there is no such case, because a test without cases passes unseen.
    ModelError
        When the model is none.

    Examples
    --------
    >>> [case.name for case in cases(model="tanh", max_points=2)]
    ['zero-point-tanh', 'antipodal-pair-tanh']
    """
    from counterexamples.catalogue.shelf import list_entries

    found = [
        case
        for entry in list_entries(model=model, kind=kind)
        if entry.count <= max_points and (case := _of_entry(entry)) is not None
    ]
    if not found:
        raise CatalogueError(
            f"there is no case with model={model!r}, kind={kind!r} and at most {max_points} points; see `fullrank "
            "catalogue list`, or make one with counterexamples.generate and counterexamples.testing.make_case"
        )
    return found


def load_case(name: str) -> Case:
    """Find the case of an entry by its id or its name.

    Raises
    ------
    CatalogueError
        When there is no such entry.
    DataError
        When its data are not float64 numbers.

    Examples
    --------
    >>> load_case("parity-cube-3")
    <Case parity-cube-3: relu, 8 points, least_mse 1>
    """
    from counterexamples.catalogue.shelf import load_entry

    entry = load_entry(name)
    case = _of_entry(entry)
    if case is None:
        raise DataError(f"{entry.name}: its numbers are not float64 numbers; use the exact data, counterexamples.load")
    return case


def _of_entry(entry: Entry) -> Case | None:
    from verify import Dataset, Model, Outcome, decide

    data, model, origin = entry.dataset(), Model.parse(entry.model), "those of the entry"
    if data.field is not None:
        return None
    if not data.outputs:
        verdict = decide(data, model)
        labels: list[Any] = [(1 + i // 2) * (-1) ** i for i in range(data.n)]
        origin = "1, -1, 2, -2, ... in turn"
        if verdict.outcome is Outcome.CANNOT_INTERPOLATE:
            vector = verdict.annihilating_vector or {}
            labels = [vector.get(i, 0) for i in range(data.n)]
            origin = "an annihilating vector"
        data = Dataset(data.coordinates, labels)
    try:
        return _case(data, model, entry.name, origin)
    except DataError:
        return None


def _case(data: Dataset, model: Model | str, name: str, labels_are: str) -> Case:
    from verify import Model, decide

    if not data.outputs:
        raise DataError(f"{name}: there are no labels, so there is no loss; give labels to the Dataset")
    model = Model.parse(model) if isinstance(model, str) else model
    verdict = decide(data, model)
    if verdict.rank is None:
        raise NotAvailableError(f"{name}: {verdict.reason}")
    least = verdict.least_mse
    if not isinstance(least, Fraction):
        raise DataError(f"{name}: irrational numbers are not float64 numbers; a case needs data that are")
    case = Case(name, model, data, least, verdict.rank, labels_are)
    case._arrays()  # refuses what float64 cannot hold
    return case


def _number(value: object, name: str) -> float:
    try:
        return float(value)  # type: ignore[arg-type]  # whatever is not a number is refused below
    except (TypeError, ValueError, RuntimeError):
        raise DataError(f"{name}={value!r} is not a number; give the mean squared error as one number") from None
