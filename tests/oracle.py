"""The slow, plain second opinion on every verdict: the theorem, written down with `fractions.Fraction` and lists.

Nothing here shares code or an arithmetic library with ``verify``: no NumPy, no FLINT, no SymPy. Lines and pairs are
found by comparing every two points, moments are written out as full tensors, ranks come from Gaussian elimination.
Deep networks are done twice: by the conditions on rays, pairs and distinct points (`conditions`), and by the layer
recursion (`recursive_conditions`), in which a layer sees the values of the layer before it as its points.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

from profiles_by_hand import SEP, Profile

Vector = list[Fraction]
Matrix = list[Vector]
Points = Sequence[Sequence[Fraction]]

ZERO, ONE = Fraction(0), Fraction(1)

ARCHITECTURE: Mapping[str, object] = {
    "hidden_layers": 1,
    "hidden_bias": False,
    "output_bias": False,
    "skip": False,
    "gated": False,
    "regime": "trained",
}
"""The base model: one hidden layer, no biases, no skip, not gated, all weights trained."""


# --- linear algebra over the rationals --------------------------------------------------------------------------------


def echelon(rows: Iterable[Sequence[Fraction]], columns: int) -> list[tuple[int, Vector]]:
    """The reduced row echelon form, as (pivot column, row) pairs in order of the pivots."""
    found: list[tuple[int, Vector]] = []
    seen: set[tuple[Fraction, ...]] = set()
    for given in rows:
        if len(found) == columns:
            break
        if tuple(given) in seen:
            continue
        seen.add(tuple(given))
        row = list(given)
        for pivot, other in found:
            if row[pivot]:
                _subtract(row, row[pivot], other)
        lead = next((j for j, value in enumerate(row) if value), None)
        if lead is None:
            continue
        scale = row[lead]
        row = [value / scale if value else value for value in row]
        for _, other in found:
            if other[lead]:
                _subtract(other, other[lead], row)
        found.append((lead, row))
    return sorted(found, key=lambda pair: pair[0])


def _subtract(row: Vector, factor: Fraction, other: Vector) -> None:
    for j, value in enumerate(other):
        if value:
            row[j] -= factor * value


def rank(rows: Iterable[Sequence[Fraction]], columns: int) -> int:
    """Rank of a matrix."""
    return len(echelon(rows, columns))


def null_basis(rows: Iterable[Sequence[Fraction]], columns: int) -> Matrix:
    """A basis of the vectors c with row . c = 0 for every row."""
    reduced = echelon(rows, columns)
    pivots = {pivot for pivot, _ in reduced}
    basis = []
    for free in range(columns):
        if free not in pivots:
            vector = [ZERO] * columns
            vector[free] = ONE
            for pivot, row in reduced:
                vector[pivot] = -row[free]
            basis.append(vector)
    return basis


def dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    """Scalar product."""
    return sum((a * b for a, b in zip(left, right, strict=True) if a and b), ZERO)


def solve(matrix: Matrix, right: Vector) -> Vector:
    """The solution of a square regular system."""
    size = len(matrix)
    reduced = echelon([[*row, value] for row, value in zip(matrix, right, strict=True)], size + 1)
    assert [pivot for pivot, _ in reduced] == list(range(size))
    return [row[size] for _, row in reduced]


# --- lines, rays, pairs, by comparing every two points ----------------------------------------------------------------


def ratio(x: Sequence[Fraction], z: Sequence[Fraction]) -> Fraction | None:
    """The t with x = t z for nonzero points on one line through 0, else None."""
    if not any(x) or not any(z):
        return None
    size = len(x)
    if any(x[a] * z[b] != x[b] * z[a] for a in range(size) for b in range(a)):
        return None
    return next(x[a] / z[a] for a in range(size) if z[a])


def line_rows(points: Points, degree: int, signed: bool) -> Matrix:
    """For each line through 0, the weights abs(t)^degree (times sgn t if signed) of its points."""
    rows, placed = [], set()
    for r, z in enumerate(points):
        if r in placed or not any(z):
            continue
        row = [ZERO] * len(points)
        for i, x in enumerate(points):
            t = ratio(x, z)
            if t is not None:
                placed.add(i)
                row[i] = abs(t) ** degree * (-1 if signed and t < 0 else 1)
        rows.append(row)
    return rows


def ray_rows(points: Points, degree: int) -> Matrix:
    """For each ray from 0, the weights t^degree of its points."""
    rows, placed = [], set()
    for r, z in enumerate(points):
        if r in placed or not any(z):
            continue
        row = [ZERO] * len(points)
        for i, x in enumerate(points):
            t = ratio(x, z)
            if t is not None and t > 0:
                placed.add(i)
                row[i] = t**degree
        rows.append(row)
    return rows


def pair_rows(points: Points, sign: int) -> Matrix:
    """For each pair {z, -z} of nonzero points: 1 at the indices of z, `sign` at those of -z."""
    rows, placed = [], set()
    for r, z in enumerate(points):
        if r in placed or not any(z):
            continue
        opposite = [-value for value in z]
        row = [ZERO] * len(points)
        for i, x in enumerate(points):
            if list(x) == list(z):
                row[i] = ONE
                placed.add(i)
            elif list(x) == opposite:
                row[i] = Fraction(sign)
                placed.add(i)
        rows.append(row)
    return rows


def indicator_rows(points: Points, *, zero: bool) -> Matrix:
    """For each distinct point the indicator of its copies; the point 0 only if `zero`."""
    rows = []
    for z in sorted({tuple(x) for x in points}):
        if zero or any(z):
            rows.append([ONE if tuple(x) == z else ZERO for x in points])
    return rows


def moment_rows(points: Points, degree: int) -> Matrix:
    """All entries of sum_i c_i x_i^(tensor degree), one row for every index tuple."""
    dimension = len(points[0]) if points else 0
    return [
        [prod((x[j] for j in index), start=ONE) for x in points] for index in product(range(dimension), repeat=degree)
    ]


# --- the theorem ------------------------------------------------------------------------------------------------------


def is_polynomial(profile: Profile) -> bool:
    """Whether the activation is a polynomial (the zero function is one)."""
    even, odd, _ = profile
    return even != SEP and odd != SEP and all(k % 2 == 0 for k in even) and all(k % 2 == 1 for k in odd)


def shallow_conditions(points: Points, profile: Profile) -> Matrix:
    """The table of conditions for sum_j v_j s(w_j . x)."""
    even, odd, nonzero_at_zero = profile
    rows: Matrix = []
    if even == SEP:
        rows += pair_rows(points, +1)
        if nonzero_at_zero:
            rows.append([ONE] * len(points))
    else:
        for k in even:
            rows += moment_rows(points, int(k)) if int(k) % 2 == 0 else line_rows(points, int(k), signed=False)
    if odd == SEP:
        rows += pair_rows(points, -1)
    else:
        for k in odd:
            rows += moment_rows(points, int(k)) if int(k) % 2 == 1 else line_rows(points, int(k), signed=True)
    return rows


def deep_conditions(points: Points, profile: Profile, layers: int) -> Matrix:
    """What survives depth, for a non-polynomial activation without biases."""
    even, odd, nonzero_at_zero = profile
    degrees = {k for part in (even, odd) if part != SEP for k in part}
    homogeneous = SEP not in (even, odd) and len(degrees) == 1
    if homogeneous:
        power = int(degrees.pop()) ** layers
        if odd == ():
            return line_rows(points, power, signed=False)
        if even == ():
            return line_rows(points, power, signed=True)
        return ray_rows(points, power)
    if odd == () or even == ():
        rows = pair_rows(points, +1 if odd == () else -1)
        if nonzero_at_zero:
            rows.append([ZERO if any(x) else ONE for x in points])
        return rows
    return indicator_rows(points, zero=nonzero_at_zero)


def lift(points: Points) -> Matrix:
    """The points (x, 1)."""
    return [[*x, ONE] for x in points]


def transformed(profile: Profile, architecture: Mapping[str, object]) -> Profile:
    """The profile after gating or in the regime of the tangent kernel of the hidden layer."""
    even, odd, _ = profile
    if architecture["gated"]:
        raised = [part if part == SEP else tuple(int(k) + 1 for k in part) for part in (even, odd)]
        return raised[1], raised[0], False
    if architecture["regime"] == "ntk_hidden":
        return (even if even == SEP else tuple(int(k) for k in even if k != 0)), odd, False
    return profile


def supported(profile: Profile, architecture: Mapping[str, object]) -> bool:
    """Whether the theorems cover the model."""
    deep = int(str(architecture["hidden_layers"])) > 1
    tangent = architecture["regime"] != "trained"
    if deep and (architecture["gated"] or tangent or is_polynomial(profile)):
        return False
    if tangent and architecture["gated"]:
        return False
    return not (architecture["regime"] == "ntk_hidden" and (architecture["output_bias"] or architecture["skip"]))


def affine_conditions(points: Points, architecture: Mapping[str, object]) -> Matrix:
    """What the output bias and the skip connection add: they act on the points themselves."""
    rows: Matrix = [[ONE] * len(points)] if architecture["output_bias"] else []
    return rows + (moment_rows(points, 1) if architecture["skip"] else [])


def conditions(points: Points, profile: Profile, architecture: Mapping[str, object]) -> Matrix | None:
    """A matrix C with {c : C c = 0} the annihilator of the model on the points; None where no theorem applies."""
    if not supported(profile, architecture):
        return None
    layers = int(str(architecture["hidden_layers"]))
    if layers == 1:
        seen = lift(points) if architecture["hidden_bias"] else points
        rows = shallow_conditions(seen, transformed(profile, architecture))
    elif architecture["hidden_bias"]:
        rows = indicator_rows(points, zero=True)
    else:
        rows = deep_conditions(points, profile, layers)
    return rows + affine_conditions(points, architecture)


def recursive_conditions(points: Points, profile: Profile, architecture: Mapping[str, object]) -> Matrix:
    """The same space by recursion over the layers, polynomial activations included.

    A unit of layer l+1 computes s(g) where g is any element of the value space of layer l, because every width is
    allowed. So layer l+1 is a network with one hidden layer on the columns of a basis of that space.
    """
    seen: Points = points
    rows: Matrix = []
    for _ in range(int(str(architecture["hidden_layers"]))):
        if architecture["hidden_bias"]:
            seen = lift(seen)
        rows = shallow_conditions(seen, transformed(profile, architecture))
        basis = [row for _, row in echelon(rows, len(points))]
        seen = [[row[i] for row in basis] for i in range(len(points))]
    return rows + affine_conditions(points, architecture)


# --- answers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What the theorem says about a model on n points."""

    points: int
    conditions: Matrix
    range_basis: Matrix
    annihilator: Matrix

    @property
    def rank(self) -> int:
        """Dimension of the space of attained value vectors."""
        return len(self.range_basis)

    @property
    def nullity(self) -> int:
        """Dimension of the annihilator."""
        return len(self.annihilator)

    def attains(self, labels: Sequence[Fraction]) -> bool:
        """Whether the labels are a combination of the conditions: reduce them by the echelon form."""
        rest = list(labels)
        for row in self.range_basis:
            pivot = next(j for j, value in enumerate(row) if value)
            if rest[pivot]:
                _subtract(rest, rest[pivot], row)
        return not any(rest)

    def residual(self, labels: Sequence[Fraction]) -> Vector:
        """The labels minus the nearest attained vector: B^T (B B^T)^-1 B y for a basis B of the annihilator."""
        basis = self.annihilator
        gram = [[dot(u, v) for v in basis] for u in basis]
        weights = solve(gram, [dot(u, labels) for u in basis])
        return [sum((w * u[i] for w, u in zip(weights, basis, strict=True)), ZERO) for i in range(self.points)]

    def least_mse(self, labels: Sequence[Fraction]) -> Fraction:
        """The least mean squared error over all widths and weights; 0 for no points."""
        residual = self.residual(labels)
        return dot(residual, residual) / self.points if self.points else ZERO

    def annihilates(self, vector: Sequence[Fraction]) -> bool:
        """Whether a vector meets every condition."""
        return all(dot(row, vector) == 0 for row in self.conditions)

    def is_support_minimal(self, vector: Sequence[Fraction]) -> bool:
        """Whether no annihilating vector but its multiples lives on the support of this one."""
        support = [i for i, value in enumerate(vector) if value]
        return rank(([row[i] for i in support] for row in self.conditions), len(support)) == len(support) - 1


def answer(points: Points, profile: Profile, architecture: Mapping[str, object]) -> Answer | None:
    """The theorem's answer, or None where no theorem applies."""
    rows = conditions(points, profile, architecture)
    return None if rows is None else _solved(rows, len(points))


def recursive_answer(points: Points, profile: Profile, architecture: Mapping[str, object]) -> Answer:
    """The answer by recursion over the layers."""
    return _solved(recursive_conditions(points, profile, architecture), len(points))


def _solved(rows: Matrix, count: int) -> Answer:
    return Answer(count, rows, [row for _, row in echelon(rows, count)], null_basis(rows, count))
