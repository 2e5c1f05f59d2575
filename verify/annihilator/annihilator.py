"""The annihilator of a model on a data set: exact rank, and circuits.

N = V-perp is the set of all c with sum_i c_i f(x_i) = 0 for every function f of the model. It is the direct sum of the
kernels of the blocks (`annihilator.local`) and of the left null space of the coupling (`annihilator.coupling`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from verify.annihilator.coupling import Coupling, Image
from verify.annihilator.integer_arrays import Integers, as_integers, difference, product, times
from verify.annihilator.local import LocalSolution, solve_pattern
from verify.data.exact_array import ExactArray
from verify.data.lines import BlockGroup, BlockKind, partition
from verify.model import Family, Unsupported

MAX_MONOMIALS = 20_000
"""Most columns of the coupling that are eliminated; the exact matrix beyond it would not fit into memory."""
_CANDIDATES = 200  # coupled circuits looked at for a short one


def block_kind(families: Sequence[Family]) -> BlockKind:
    """Return the finest partition on which the families can be stated."""
    if any(family.lifted for family in families):
        return "lifted"  # the points (x, 1) are parallel only when they are equal
    kinds = {family.kind for family in families}
    if kinds & {"line", "signed_line"}:
        return "line"
    return "pair" if kinds & {"pair_sum", "pair_difference"} else "point"


def annihilator(points: ExactArray, families: Sequence[Family]) -> Annihilator | Unsupported:
    """Compute the annihilator, or say that it is out of reach.

    Cost: O(n d + n log n) to partition n points, then O(n D^2) for D monomials of the moment families (D = d for ReLU).
    """
    groups = partition(points, block_kind(families))
    solutions = [solve_pattern(group.ratios, families) for group in groups]
    is_coupled = any(solution.images for solution in solutions)
    width = Coupling.width_of(points.shape[1], families)
    if is_coupled and width > MAX_MONOMIALS:
        return Unsupported(
            f"the moments of this model have {width} monomials in dimension {points.shape[1]}, more than the "
            f"{MAX_MONOMIALS} that are eliminated exactly; project the points to a lower dimension"
        )
    return Annihilator(points, families, groups, solutions)


class Annihilator:
    """The null space N of the conditions on a data set.

    Attributes
    ----------
    n, rank, nullity : int
        Number of points, dim V and dim N.
    """

    def __init__(
        self,
        points: ExactArray,
        families: Sequence[Family],
        groups: list[BlockGroup],
        solutions: list[LocalSolution],
    ) -> None:
        self.points, self.families, self.groups, self.solutions = points, tuple(families), groups, solutions
        self.coupling = Coupling(points, groups, solutions, families)
        self.n = points.shape[0]
        local = sum(len(group.members) * len(s.rows) for group, s in zip(groups, solutions, strict=True))
        self.rank = local + self.coupling.rank
        self.nullity = self.n - self.rank

    def lift(self, image: Image) -> dict[int, int]:
        """Return an image vector as a vector over the points."""
        group, vector = self.groups[image.group], self.solutions[image.group].images[image.vector]
        return {int(group.members[image.block, i]): x for i, x in vector.entries.items()}

    def pivot(self, image: Image) -> int:
        """The point that only this image vector uses."""
        vector = self.solutions[image.group].images[image.vector]
        return int(self.groups[image.group].members[image.block, vector.pivot])

    def independent_points(self) -> list[int]:
        """Return `rank` points on which the values of the model are arbitrary: a basis of the columns of C."""
        local = [
            int(i)
            for group, solution in zip(self.groups, self.solutions, strict=True)
            for i in group.members[:, list(solution.columns)].ravel()
        ]
        return local + [self.pivot(image) for image in self.coupling.basis]

    def kernel(self) -> Iterator[tuple[int, dict[int, int]]]:
        """Yield the null vectors inside single blocks, each with its pivot."""
        for group, solution in zip(self.groups, self.solutions, strict=True):
            for members in [] if solution.is_full else group.members.tolist():
                for j, i in solution.duplicates:
                    yield members[j], {members[i]: -1, members[j]: 1}
                for vector in solution.kernel:
                    yield members[vector.pivot], {members[i]: x for i, x in vector.entries.items()}

    def coupled(self) -> Iterator[tuple[int, dict[int, Fraction]]]:
        """Yield the null vectors that couple blocks, each with its pivot."""
        basis = set(self.coupling.basis)
        for (g, v, blocks), rows in self.coupling.slabs():
            for start in range(0, len(rows), _CANDIDATES):
                images = [Image(g, blocks.start + b, v) for b in range(start, min(start + _CANDIDATES, len(rows)))]
                outside = [k for k, image in enumerate(images) if image not in basis]
                chosen = [images[k] for k in outside]
                for image, vector in zip(chosen, self._circuits(chosen, rows[start:][outside]), strict=True):
                    yield self.pivot(image), vector

    def basis(self) -> Iterator[tuple[int, dict[int, int] | dict[int, Fraction]]]:
        """Yield a basis of N in echelon form: each vector with a pivot at which all later vectors are zero."""
        yield from self.kernel()
        yield from self.coupled()

    def range_vectors(self) -> Iterator[tuple[int, dict[int, Fraction]]]:
        """Yield a basis of V in echelon form: (pivot, multipliers); each is zero at the pivots of earlier ones."""
        from verify.annihilator.evidence import range_vectors

        return range_vectors(self)

    def _circuits(self, images: Sequence[Image], rows: Integers) -> Iterator[dict[int, Fraction]]:
        """For each image vector outside the basis, its combination with basis vectors that annihilates the model."""
        for image, coefficients in zip(images, self.coupling.coefficients(rows), strict=True):
            vector = {i: Fraction(x) for i, x in self.lift(image).items()}
            for basis_image, a in zip(self.coupling.basis, coefficients, strict=True):
                if a:
                    for i, x in self.lift(basis_image).items():
                        vector[i] = vector.get(i, Fraction(0)) - a * x
            yield {i: x for i, x in vector.items() if x}

    def circuit(self, labels: Integers | None = None) -> dict[int, int] | None:
        """Find a short vector c of N whose support is minimal; with labels, one with c.y != 0.

        Parameters
        ----------
        labels : integer array of shape (n,), optional

        Returns
        -------
        dict from indices to integers without a common factor, or None when there is none
            No vector of N has a support properly inside this one. It is a short one, not always a shortest one.
        """
        if self.nullity == 0:
            return None
        inside = self._kernel_circuit(labels)
        found = self._coupled_circuit(labels) if inside is None else {i: Fraction(x) for i, x in inside.items()}
        if found is None:
            return None
        scale = lcm(*(x.denominator for x in found.values()))
        integers = {i: int(x * scale) for i, x in sorted(found.items())}
        common = gcd(*integers.values())
        sign = 1 if next(iter(integers.values())) > 0 else -1
        return {i: x // (common * sign) for i, x in integers.items()}

    def _kernel_circuit(self, labels: Integers | None) -> dict[int, int] | None:
        """A null vector inside one block: a zero point, else two equal points, else the fewest points."""
        best: tuple[int, list[int], dict[int, int]] | None = None
        for group, solution in zip(self.groups, self.solutions, strict=True):
            vectors = [(len(v.entries), v.entries) for v in solution.kernel]
            if solution.duplicates:
                vectors += self._duplicate(group, solution, labels)
            for size, entries in vectors:
                if best is not None and size > best[0]:
                    continue
                block = 0 if labels is None else _first_violation(group, entries, labels)
                if block is None:
                    continue
                members = sorted(group.members[block, list(entries)].tolist())
                if best is None or (size, members) < best[:2]:
                    best = size, members, {int(group.members[block, i]): x for i, x in entries.items()}
        return None if best is None else best[2]

    @staticmethod
    def _duplicate(
        group: BlockGroup, solution: LocalSolution, labels: Integers | None
    ) -> list[tuple[int, dict[int, int]]]:
        """The first pair of equal points whose labels differ (any pair, without labels)."""
        places = np.array(solution.duplicates)
        if labels is not None:
            differ = (labels[group.members[:, places[:, 0]]] != labels[group.members[:, places[:, 1]]]).any(axis=0)
            places = places[differ]
        return [(2, {int(i): -1, int(j): 1}) for j, i in places[:1]]

    def _coupled_circuit(self, labels: Integers | None) -> dict[int, Fraction] | None:
        basis = set(self.coupling.basis)
        functional = None if labels is None else self._functional(labels)
        best: dict[int, Fraction] | None = None
        looked_at = 0
        for (g, v, blocks), rows in self.coupling.slabs():
            if functional is None or labels is None:
                places = list(range(len(rows)))
            else:
                numerators, denominator = functional
                values = self.image_values(g, v, blocks, labels)
                gap = difference(times(values, denominator), product(rows, numerators[:, None])[:, 0])
                places = np.flatnonzero(gap != 0).tolist()
            places = [p for p in places if Image(g, blocks.start + p, v) not in basis][: _CANDIDATES - looked_at]
            images = [Image(g, blocks.start + place, v) for place in places]
            for vector in self._circuits(images, rows[places]):
                if best is None or len(vector) < len(best):
                    best = vector
            looked_at += len(places)
            if looked_at == _CANDIDATES:
                break
        return best

    def image_values(self, group: int, vector: int, blocks: slice, labels: Integers) -> Integers:
        """nu.y for one image vector nu of the given blocks."""
        return _values(self.groups[group].members[blocks], self.solutions[group].images[vector].entries, labels)

    def _functional(self, labels: Integers) -> tuple[Integers, int]:
        """The linear form on rows of Q that agrees with y on the basis: integer numerators, common denominator."""
        on_basis = [sum(int(labels[i]) * x for i, x in self.lift(image).items()) for image in self.coupling.basis]
        numerators = np.zeros(self.coupling.width, dtype=object)
        inverse = self.coupling.inverse.tolist() if self.coupling.rank else []
        solution = [sum((x * y for x, y in zip(row, on_basis, strict=True)), Fraction(0)) for row in inverse]
        denominator = lcm(*(x.denominator for x in solution))
        for j, x in zip(self.coupling.columns, solution, strict=True):
            numerators[j] = int(x * denominator)
        return as_integers(numerators), denominator


def _values(members: np.ndarray, entries: dict[int, int], labels: Integers) -> Integers:
    support = list(entries)
    weights = as_integers([entries[i] for i in support])
    return product(labels[members[:, support]], weights[:, None])[:, 0]


def _first_violation(group: BlockGroup, entries: dict[int, int], labels: Integers) -> int | None:
    hits = np.flatnonzero(_values(group.members, entries, labels) != 0)
    return int(hits[0]) if hits.size else None
