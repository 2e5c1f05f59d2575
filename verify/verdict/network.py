"""The explicit network that attains the least loss.

Hidden weights are drawn until the features of as many units as the rank span V; the output weights then solve a square
linear system. For piecewise-polynomial activations with rational coefficients all of it is exact, and the network
is verified at every point before it is returned. For the others the output weights are dyadic rationals from an
enclosed solution, and the distance to the best predictions is bounded rigorously in ball arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verify.algebraic.array import AlgebraicArray
from verify.annihilator import annihilator
from verify.errors import NotAvailableError
from verify.flint_backend import Ball, RationalMatrix, ball, independent_rows, precision, solve_balls, upper_bound
from verify.model import Model, Unsupported, families_of
from verify.rational import format_rational
from verify.verdict.weights import Matrix, random_layer, targeted_layer

if TYPE_CHECKING:
    from verify.data import ExactArray
    from verify.verdict.verdict import Verdict

Vector = tuple[Fraction, ...]
_ROUNDS = 60  # draws of more units for one layer
_REDRAWS = 6  # draws of all hidden layers, in ball arithmetic
_BITS = (128, 256, 512, 1024, 2048, 4096, 8192)
_ACCURACY = Fraction(1, 10**20)


@dataclass(frozen=True)
class Network:
    """A network of finite width with rational weights.

    f(x) = v.h + b + a.x with h = s(W_L ... s(W_1 x)); gated units multiply s(W_1 x) by U x.

    Attributes
    ----------
    model : Model
    hidden : tuple of matrices
        W_1, ..., W_L as tuples of rows; with hidden biases the last entry of each row is the bias.
    gate : matrix
        U, of the shape of W_1; empty without gates.
    output : tuple of Fraction
        v, one for each unit of the last hidden layer.
    output_bias : Fraction
    skip : tuple of Fraction
        a; empty without skip connection.
    residual_bound : Fraction
        No value at a data point differs from the best prediction by more. 0 when the network is exact.
    exact : bool
        Whether values are rational and were computed exactly.
    points, targets, dimension :
        The data points, the best predictions at them, and the dimension d.
    """

    model: Model
    hidden: tuple[Matrix, ...]
    gate: Matrix
    output: Vector
    output_bias: Fraction
    skip: Vector
    residual_bound: Fraction
    exact: bool
    points: tuple[Vector, ...] = field(repr=False, default=())
    targets: Vector = field(repr=False, default=())
    dimension: int = field(repr=False, default=0)

    @property
    def width(self) -> int:
        """Number of units in the last hidden layer."""
        return len(self.output)

    def __call__(self, x: Sequence[Fraction | int]) -> Fraction:
        """Evaluate exactly at one point; `NotAvailableError` unless the activation is piecewise polynomial."""
        features = _features(self.model, self.hidden, self.gate, [x], Fraction, self.model.activation.exact)
        value = self.output_bias + _dot(self.output, features[0], Fraction)
        return Fraction(value + _dot(self.skip, x, Fraction) if self.skip else value)

    def evaluate(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate in float64.

        Parameters
        ----------
        X : ndarray of shape (n, d)

        Returns
        -------
        ndarray of shape (n,)
            With the rounding of float64: large output weights can cost digits.
        """

        def array(rows: Matrix, columns: int) -> NDArray[np.float64]:
            return np.array([[float(w) for w in row] for row in rows]).reshape(len(rows), columns)

        def lift(values: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack([values, np.ones(len(values))]) if self.model.hidden_bias else values

        values = np.asarray(X, dtype=np.float64)
        for layer, rows in enumerate(self.hidden):
            inputs = lift(values)
            values = self.model.activation.evaluate(inputs @ array(rows, inputs.shape[1]).T)
            if self.gate and layer == 0:
                values = values * (inputs @ array(self.gate, inputs.shape[1]).T)
        result = values @ np.array([float(v) for v in self.output]).reshape(self.width) + float(self.output_bias)
        if self.skip:
            result = result + np.asarray(X) @ np.array([float(a) for a in self.skip])
        return np.asarray(result, dtype=np.float64)

    def to_torch(self) -> Any:
        """Return a ``torch.nn.Module`` in float64 with these weights.

        Its attribute ``residual`` is the largest distance of its float64 values from the best predictions at the data
        points: rounding only, but large weights enlarge it. `NotAvailableError` when PyTorch is not installed.
        """
        from verify.verdict.to_torch import torch_module

        return torch_module(self)

    def weights_json(self) -> dict[str, Any]:
        """Return the weights as certificates hold them: rationals "p/q"."""

        def text(rows: Matrix) -> list[list[str]]:
            return [[format_rational(w) for w in row] for row in rows]

        return {
            "hidden": [text(rows) for rows in self.hidden],
            "gate": text(self.gate),
            "output": [format_rational(v) for v in self.output],
            "output_bias": format_rational(self.output_bias),
            "skip": [format_rational(a) for a in self.skip],
        }

    def to_json(self) -> dict[str, Any]:
        """Return model, width, accuracy and weights as a JSON-ready dict."""
        return {
            "model": str(self.model),
            "width": self.width,
            "arithmetic": "exact rationals" if self.exact else "rational weights; values enclosed in ball arithmetic",
            "residual_bound": format_rational(self.residual_bound),
            **self.weights_json(),
        }


def _features(
    model: Model,
    hidden: Sequence[Matrix],
    gate: Matrix,
    points: Sequence[Sequence[Fraction | int]],
    number: Callable[[Fraction], Any],
    unit: Callable[[Any], Any],
) -> list[list[Any]]:
    """Values of the last of the given hidden layers at each point, in the arithmetic of `number` and `unit`."""
    values: list[list[Any]] = [[number(Fraction(x)) for x in point] for point in points]
    for layer, rows in enumerate(hidden):
        lifted = [[*value, number(Fraction(1))] for value in values] if model.hidden_bias else values
        values = [[unit(_dot(row, x, number)) for row in rows] for x in lifted]
        if gate and layer == 0:
            values = [
                [h * _dot(row, x, number) for h, row in zip(value, gate, strict=True)]
                for value, x in zip(values, lifted, strict=True)
            ]
    return values


def _dot(row: Sequence[Fraction], x: Sequence[Any], number: Callable[[Fraction], Any]) -> Any:
    total = number(Fraction(0))
    for weight, value in zip(row, x, strict=True):
        if weight:
            total = total + number(weight) * value
    return total


def construct(verdict: Verdict, *, rng: int = 0) -> Network:
    """Construct a network that attains the least loss; see `Verdict.network`."""
    model = verdict.model
    verdict.space  # noqa: B018  # raises for UNKNOWN
    if model.regime != "trained":
        raise NotAvailableError(f"{model} is a linearised model in the limit of infinite width, not a network")
    if verdict.data.outputs > 1:
        raise NotAvailableError("there are several label columns; ask verdict.per_output[k].network() for column k")
    if verdict.best_predictions is None:
        raise NotAvailableError("without labels there is no loss to attain; give labels")
    coordinates = verdict.data.coordinates
    if isinstance(coordinates, AlgebraicArray):
        raise NotAvailableError(
            f"networks are constructed with rational arithmetic, and the data are in {coordinates.field}; the least "
            "loss is exact all the same, and some network attains it"
        )
    builder = _Builder(verdict, coordinates, np.random.default_rng(rng))
    return builder.exact() if model.activation.piecewise_polynomial else builder.enclosed()


class _Builder:
    def __init__(self, verdict: Verdict, coordinates: ExactArray, rng: np.random.Generator) -> None:
        self.model, self.rng = verdict.model, rng
        self.points = [list(point) for point in coordinates.fractions()]
        self.targets = list(verdict.best_predictions or ())
        self.rank = verdict.space.rank
        self.basis_points = sorted(verdict.space.independent_points())
        self.dimension = verdict.data.dimension
        self.coordinates = coordinates

    @cached_property
    def free(self) -> list[tuple[str, int, list[Fraction]]]:
        """Columns that cost no hidden unit: the output bias and the skip connection, each with its values."""
        columns = [("bias", 0, [Fraction(1)] * len(self.points))] if self.model.output_bias else []
        if self.model.skip:
            columns += [("skip", j, [point[j] for point in self.points]) for j in range(self.dimension)]
        chosen = _independent([column for *_, column in columns], len(self.points))[0]
        return [columns[k] for k in chosen]

    def network(self, hidden: Sequence[Matrix], gate: Matrix, solution: Sequence[Fraction], **rest: Any) -> Network:
        free, output = solution[: len(self.free)], solution[len(self.free) :]
        used = [k for k, v in enumerate(output) if v]
        last = tuple(hidden[-1][k] for k in used)
        skip = [Fraction(0)] * (self.dimension if self.model.skip else 0)
        bias = Fraction(0)
        for (kind, j, _), weight in zip(self.free, free, strict=True):
            if kind == "bias":
                bias = weight
            else:
                skip[j] = weight
        return Network(
            model=self.model,
            hidden=(*hidden[:-1], last),
            gate=tuple(gate[k] for k in used) if gate else (),
            output=tuple(output[k] for k in used),
            output_bias=bias,
            skip=tuple(skip),
            points=tuple(map(tuple, self.points)),
            targets=tuple(self.targets),
            dimension=self.dimension,
            **rest,
        )

    def exact(self) -> Network:
        """Grow layer by layer: features that span what depth l attains make depth l + 1 attain all that it can."""
        inputs, inner = self.points, []
        for depth in range(1, self.model.hidden_layers + 1):
            is_last = depth == self.model.hidden_layers
            rank = self.rank if is_last else self._rank_at(depth)
            rows, gates, columns = self._grow(inputs, rank, [c for *_, c in self.free] if is_last else [])
            if is_last:
                break
            inner.append(rows)
            inputs = [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in inputs]
        return self._solve(inner, rows, gates, columns)

    def _rank_at(self, depth: int) -> int:
        """Rank of the same hidden layers cut off at a smaller depth."""
        families = families_of(Model(self.model.activation, hidden_layers=depth, hidden_bias=self.model.hidden_bias))
        space = families if isinstance(families, Unsupported) else annihilator(self.coordinates, families)
        if isinstance(space, Unsupported):
            raise NotAvailableError(f"no network was constructed: {space.reason}")
        return space.rank

    def _grow(
        self, inputs: list[list[Fraction]], rank: int, columns: list[list[Fraction]]
    ) -> tuple[Matrix, Matrix, list[list[Fraction]]]:
        """Draw units until their features, together with the given columns, have the wanted rank."""
        lifted = [[*x, Fraction(1)] for x in inputs] if self.model.hidden_bias else inputs
        size = len(lifted[0]) if lifted else 0
        pieces = self.model.activation.pieces
        breakpoints = pieces.breakpoints if pieces else ()
        rows: list[tuple[Fraction, ...]] = []
        gates: list[tuple[Fraction, ...]] = []
        for round_ in range(_ROUNDS):
            if len(columns) == rank:
                return tuple(rows), tuple(gates), columns
            count = rank - len(columns) + 4
            drawn = random_layer(self.rng, count, size, 2 + round_)
            drawn += targeted_layer(self.rng, count, lifted, breakpoints, round_)
            gate = random_layer(self.rng, len(drawn), size, 2 + round_)
            found = self._columns(drawn, gate, lifted)
            chosen, _ = _independent([*columns, *found], len(self.points))
            new = [k - len(columns) for k in chosen if k >= len(columns)]
            rows += [drawn[k] for k in new]
            gates += [gate[k] for k in new]
            columns = columns + [found[k] for k in new]
        raise NotAvailableError(f"no {rank} units with independent features were found; try another rng")

    def _columns(self, drawn: Matrix, gate: Matrix, inputs: list[list[Fraction]]) -> list[list[Fraction]]:
        unit = self.model.activation.exact
        columns = [[unit(_dot(row, x, Fraction)) for x in inputs] for row in drawn]
        if not self.model.gated:
            return columns
        return [
            [h * _dot(row, x, Fraction) for h, x in zip(column, inputs, strict=True)]
            for column, row in zip(columns, gate, strict=True)
        ]

    def _solve(self, inner: list[Matrix], rows: Matrix, gates: Matrix, columns: list[list[Fraction]]) -> Network:
        solution: list[Fraction] = []
        if columns:
            square = [[column[i] for column in columns] for i in self.basis_points]
            solution = RationalMatrix(square).solve([self.targets[i] for i in self.basis_points])
        for i, target in enumerate(self.targets):
            if sum((v * column[i] for v, column in zip(solution, columns, strict=True)), Fraction(0)) != target:
                raise AssertionError(f"the network misses the best prediction at point {i}")
        gate = gates if self.model.gated else ()
        return self.network([*inner, rows], gate, solution, residual_bound=Fraction(0), exact=True)

    def enclosed(self) -> Network:
        largest = max((abs(x) for point in self.points for x in point), default=Fraction(1)) or Fraction(1)
        accuracy = _ACCURACY * (1 + max((abs(p) for p in self.targets), default=Fraction(0)))
        for _ in range(_REDRAWS):
            inner, size, scale = [], self.dimension, 8 * largest
            for _ in range(self.model.hidden_layers - 1):
                inner.append(self._scaled_layer(self.rank, size, scale))
                size, scale = self.rank, Fraction(8)
            count = self.rank - len(self.free)
            rows = self._scaled_layer(count, size, scale)
            gate = self._scaled_layer(count, size, scale) if self.model.gated else ()
            for bits in _BITS:
                with precision(bits):
                    network = self._enclose(inner, rows, gate)
                if network is not None and network.residual_bound <= accuracy:
                    return network
        raise NotAvailableError(
            f"no {self.rank} units with well-separated features were found at {_BITS[-1]} bits; try another rng"
        )

    def _scaled_layer(self, units: int, inputs: int, scale: Fraction) -> Matrix:
        layer = random_layer(self.rng, units, inputs + self.model.hidden_bias, 20)
        return tuple(tuple(w / scale for w in row) for row in layer)

    def _enclose(self, inner: list[Matrix], rows: Matrix, gate: Matrix) -> Network | None:
        values = _features(self.model, [*inner, rows], gate, self.points, ball, self.model.activation.arb)
        free = [[ball(column[i]) for *_, column in self.free] for i in range(len(self.points))]
        matrix: list[list[Ball]] = [a + b for a, b in zip(free, values, strict=True)]
        square = [matrix[i] for i in self.basis_points]
        solution = solve_balls(square, [ball(self.targets[i]) for i in self.basis_points])
        if solution is None:
            return None
        worst = Fraction(0)
        for row, target in zip(matrix, self.targets, strict=True):
            total = -ball(target)
            for weight, value in zip(solution, row, strict=True):
                total = total + ball(weight) * value
            bound = upper_bound(total)
            if bound is None:
                return None
            worst = max(worst, bound)
        return self.network([*inner, rows], gate, solution, residual_bound=worst, exact=False)


def _independent(vectors: list[list[Fraction]], size: int) -> tuple[list[int], list[int]]:
    scaled = []
    for vector in vectors:
        scale = lcm(*(x.denominator for x in vector))
        scaled.append([int(x * scale) for x in vector])
    return independent_rows(scaled, size)
