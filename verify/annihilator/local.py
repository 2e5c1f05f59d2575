"""The annihilator inside one block: exact elimination on the ratios of its points.

Conditions of the kinds `line`, `signed_line`, `pair_sum` and `pair_difference` never cross a block. A `moment` of
degree k does, but inside a block of ratios t_i it sees a vector c only through the number tau_k = sum_i c_i t_i^k,
because the points are t_i x_r. So a pattern of ratios is solved once, for all blocks that share it:

* `rows`, `columns`: a basis of the local rows, and columns on which that basis is nonsingular;
* `kernel`: local null vectors with every tau_k = 0; they annihilate the model by themselves;
* `duplicates`: the simplest of these, e_j - e_i for a point j equal to an earlier point i, kept as pairs (j, i);
* `images`: local null vectors with independent tau; blocks are coupled through these alone (`annihilator.coupling`).

Every vector is a circuit: no proper part of its support carries a null vector of the same kind. The elimination is
sparse; its cost is linear in the number of points for a bounded number of line conditions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

from verify.flint_backend import RationalMatrix
from verify.model import Family

_K = TypeVar("_K")
Sparse = dict[int, int]
_Key = tuple[int, int]  # (family, position of the first member of the line or pair); for moments (family, -1)


@dataclass(frozen=True)
class LocalRow:
    """One row of C inside a block: `family` counts in the list of families, `first` is the position that names it."""

    family: int
    first: int
    entries: dict[int, Fraction]


@dataclass(frozen=True)
class LocalVector:
    """A null vector of the local rows: `pivot` is a position that no other vector and no basis column uses.

    `tau` has one integer for each moment family, in the order of the families.
    """

    pivot: int
    entries: Sparse
    tau: tuple[int, ...]


@dataclass(frozen=True)
class LocalSolution:
    """What a pattern of ratios contributes. `places` names every local row, also those outside the basis."""

    places: tuple[tuple[int, int], ...]
    duplicates: tuple[tuple[int, int], ...]
    rows: tuple[LocalRow, ...]
    columns: tuple[int, ...]
    kernel: tuple[LocalVector, ...]
    images: tuple[LocalVector, ...]

    @property
    def is_full(self) -> bool:
        """Whether the local rows have full column rank, so that these blocks impose nothing."""
        return not (self.kernel or self.images or self.duplicates)

    @cached_property
    def row_gram_inverse(self) -> list[list[Fraction]]:
        """(A A^T)^-1 for the matrix A of `rows`."""
        gram = [
            [sum((x * b.entries.get(i, 0) for i, x in a.entries.items()), Fraction(0)) for b in self.rows]
            for a in self.rows
        ]
        return RationalMatrix(gram).inverse().tolist() if gram else []

    @cached_property
    def column_inverse(self) -> list[list[Fraction]]:
        """The inverse of the matrix of `rows` on `columns`: its k-th row combines `rows` into the k-th unit vector."""
        square = [[row.entries.get(i, Fraction(0)) for i in self.columns] for row in self.rows]
        return RationalMatrix(square).inverse().tolist() if square else []


def solve_pattern(ratios: Sequence[Fraction], families: Sequence[Family]) -> LocalSolution:
    """Solve one pattern.

    Parameters
    ----------
    ratios : sequence of m Fraction
        t_i of the points of a block; all 0 for the block of the zero points.
    families : sequence of Family

    Examples
    --------
    Under a ReLU network an antipodal pair has one local null vector, c = (-1, 1); its moment is -1 - 1 = -2.

    >>> relu = (Family("line", 1), Family("moment", 1))
    >>> solution = solve_pattern((Fraction(1), Fraction(-1)), relu)
    >>> [(v.entries, v.tau) for v in solution.images], solution.kernel
    ([({1: 1, 0: -1}, (-2,))], ())
    """
    firsts: dict[Fraction, int] = {}
    first_of = [firsts.setdefault(t, j) for j, t in enumerate(ratios)]
    duplicates = [(j, i) for j, i in enumerate(first_of) if i != j]
    rows = _local_rows(firsts, first_of, families)
    moments = [(f, family.degree) for f, family in enumerate(families) if family.kind == "moment"]
    columns: dict[int, dict[_Key, Fraction]] = {
        i: {(f, -1): t**k for f, k in moments if t != 0 or k == 0} for t, i in firsts.items()
    }
    for row in rows:
        for i in columns.keys() & row.entries.keys():
            columns[i][row.family, row.first] = row.entries[i]
    # Pair rows have two entries and line rows many: eliminating with pair rows first keeps the elimination sparse.
    preference = {
        (row.family, row.first): (families[row.family].kind.startswith("pair"), -k) for k, row in enumerate(rows)
    }
    basis = _Echelon()
    null: list[tuple[int, dict[_Key, Fraction], dict[int, Fraction]]] = []
    basis_columns = []
    for j, column in columns.items():
        vector, combination = basis.reduce(column, {j: Fraction(1)})
        local = [key for key in vector if key in preference]
        if local:
            basis.add(max(local, key=lambda key: preference[key]), vector, combination)
            basis_columns.append(j)
        else:
            null.append((j, vector, combination))
    moment_basis = _Echelon()
    kernel, images = [], []
    for j, tau, combination in null:
        rest, reduced = moment_basis.reduce(tau, combination)
        if rest:
            moment_basis.add(min(rest), rest, reduced)
            images.append(_integral(j, combination, [tau.get((f, -1), Fraction(0)) for f, _ in moments]))
        else:
            kernel.append(_integral(j, reduced, [Fraction(0)] * len(moments)))
    alone = {v.pivot for v in kernel if len(v.entries) == 1}  # zero points at which every function of the model is 0
    kernel += [LocalVector(j, {j: 1}, (0,) * len(moments)) for j, i in duplicates if i in alone]
    duplicates = [(j, i) for j, i in duplicates if i not in alone]
    chosen = tuple(row for row in rows if (row.family, row.first) in basis.vectors)
    places = tuple((row.family, row.first) for row in rows)
    return LocalSolution(places, tuple(duplicates), chosen, tuple(basis_columns), tuple(kernel), tuple(images))


def _local_rows(firsts: dict[Fraction, int], first_of: list[int], families: Sequence[Family]) -> list[LocalRow]:
    """Write the local rows: each entry is computed once for each distinct ratio."""
    nonzero = [t for t in firsts if t]
    pairs: dict[Fraction, list[Fraction]] = {}
    for t in nonzero:
        pairs.setdefault(abs(t), []).append(t)
    rows = []

    def add(f: int, entries: dict[Fraction, Fraction]) -> None:
        by_first = {firsts[t]: x for t, x in entries.items()}
        every = {j: by_first[i] for j, i in enumerate(first_of) if i in by_first}
        rows.append(LocalRow(f, min(by_first), every))

    for f, (kind, k) in enumerate((family.kind, family.degree) for family in families):
        if kind == "line" and nonzero:
            add(f, {t: abs(t) ** k for t in nonzero})
        elif kind == "signed_line" and nonzero:
            add(f, {t: _sign(t) * abs(t) ** k for t in nonzero})
        elif kind == "pair_sum":
            for pair in pairs.values():
                add(f, dict.fromkeys(pair, Fraction(1)))
        elif kind == "pair_difference":
            for pair in pairs.values():
                add(f, {t: Fraction(_sign(t) * _sign(pair[0])) for t in pair})
    return rows


def _sign(t: Fraction) -> int:
    return 1 if t > 0 else -1


def _integral(pivot: int, entries: dict[int, Fraction], tau: Sequence[Fraction]) -> LocalVector:
    """Scale to integers without a common factor; tau scales along."""
    scale = math.lcm(*(x.denominator for x in entries.values()), *(x.denominator for x in tau))
    common = math.gcd(*(int(x * scale) for x in entries.values()), *(int(x * scale) for x in tau))
    factor = Fraction(scale, common)
    return LocalVector(pivot, {i: int(x * factor) for i, x in entries.items()}, tuple(int(x * factor) for x in tau))


class _Echelon:
    """Sparse vectors in echelon form, each with the combination of original columns that it is."""

    def __init__(self) -> None:
        self.vectors: dict[_Key, tuple[int, dict[_Key, Fraction], dict[int, Fraction]]] = {}

    def add(self, key: _Key, vector: dict[_Key, Fraction], combination: dict[int, Fraction]) -> None:
        self.vectors[key] = (len(self.vectors), vector, combination)

    def reduce(
        self, vector: dict[_Key, Fraction], combination: dict[int, Fraction]
    ) -> tuple[dict[_Key, Fraction], dict[int, Fraction]]:
        """Eliminate pivots in the order in which they were added; each vector is zero at all earlier pivots."""
        vector, combination = dict(vector), dict(combination)
        while True:
            hits = [(self.vectors[key][0], key) for key in vector if key in self.vectors]
            if not hits:
                return vector, combination
            _, key = min(hits)
            _, pivot_vector, pivot_combination = self.vectors[key]
            factor = -vector[key] / pivot_vector[key]
            _add_multiple(vector, factor, pivot_vector)
            _add_multiple(combination, factor, pivot_combination)


def _add_multiple(target: dict[_K, Fraction], factor: Fraction, source: dict[_K, Fraction]) -> None:
    for key, x in source.items():
        total = target.get(key, 0) + factor * x
        if total:
            target[key] = Fraction(total)
        else:
            target.pop(key, None)
