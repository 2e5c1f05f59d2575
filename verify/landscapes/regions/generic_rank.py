"""The rank of the Jacobian for generic data: a matroid union, solved by augmenting paths.

For generic x_1, ..., x_n in R^d the rank of the Jacobian on a pattern A depends on A and d alone: it is the largest
number of points that can be shared out among d sets such that the columns of A of each set are linearly independent,
and by the matroid union theorem (Nash-Williams; Edmonds) that is the least d rank(A_T) + n - |T| over sets T of points.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from verify.errors import DisagreementError
from verify.landscapes.regions.binary_rank import binary_rank
from verify.landscapes.regions.patterns import Pattern

_PRIME = 2**61 - 1  # independent modulo a prime is independent; T proves the other direction exactly


@dataclass(frozen=True)
class GenericRank:
    """The generic rank, proved from both sides.

    Attributes
    ----------
    rank, n : int
    parts : tuple of d tuples of int
        Disjoint sets of points, `rank` in all; the columns of the pattern in each are linearly independent.
    points : tuple of int
        A set T with d rank(A_T) + n - |T| = rank.
    """

    rank: int
    n: int
    parts: tuple[tuple[int, ...], ...]
    points: tuple[int, ...]

    @property
    def is_full(self) -> bool:
        """Whether the rank is the number of points."""
        return self.rank == self.n

    def check(self, pattern: Pattern) -> bool:
        """Check both proofs with exact ranks."""
        used = [j for part in self.parts for j in part]
        independent = all(binary_rank(pattern[:, part]) == len(part) for part in self.parts)
        bound = len(self.parts) * binary_rank(pattern[:, self.points]) + self.n - len(self.points)
        return independent and len(set(used)) == len(used) == self.rank == bound

    def to_json(self) -> dict[str, Any]:
        """Give a JSON-ready mapping."""
        return {"rank": self.rank, "full": self.is_full, "parts": [list(p) for p in self.parts], "T": list(self.points)}


def generic_rank(pattern: Pattern, dimension: int) -> GenericRank:
    """Decide the rank of the Jacobian on a pattern for generic data.

    Parameters
    ----------
    pattern : array of shape (width, n)
    dimension : int
        d, the dimension of what the units see: one more than that of the points if there is a bias, which is as
        good as a generic coordinate, because the rows of the Jacobian may be scaled.

    Notes
    -----
    Matroid partition by shortest augmenting paths (Edmonds, 1965): at most n searches of at most n steps, each with
    an elimination of columns of the pattern.

    Examples
    --------
    >>> from verify.landscapes.regions.patterns import as_pattern
    >>> generic_rank(as_pattern([[1, 1, 1, 1], [0, 0, 0, 1]]), 2)
    GenericRank(rank=3, n=4, parts=((0, 3), (1,)), points=(0, 1, 2))
    """
    distinct = np.unique(pattern, axis=0)  # equal units add nothing
    columns = [[int(x) for x in column] for column in distinct.T]
    state = _Partition(columns, dimension)
    stuck: set[int] = set()
    for j in range(len(columns)):
        stuck |= state.insert(j)
    found = GenericRank(
        sum(map(len, state.parts)),
        len(columns),
        tuple(tuple(sorted(part)) for part in state.parts),
        state.closure(stuck),
    )
    if not found.check(
        pattern
    ):  # the prime divides a subdeterminant of the pattern: not seen, and never a wrong answer
        raise DisagreementError("a partition of an activation pattern could not be confirmed", {"rank": found.rank})
    return found


class _Partition:
    """Disjoint independent sets of columns, made larger one column at a time."""

    def __init__(self, columns: list[list[int]], copies: int) -> None:
        self.columns = columns
        self.parts: list[list[int]] = [[] for _ in range(copies)]
        self.bases = [_Echelon(columns) for _ in range(copies)]

    def insert(self, j: int) -> set[int]:
        """Add a column if a shortest chain of exchanges makes room; otherwise return it with all that it reaches."""
        before: dict[int, int | None] = {j: None}
        queue = deque([j])
        tried: set[int] = set()
        while queue:
            y = queue.popleft()
            for i, basis in enumerate(self.bases):
                if y in self.parts[i]:
                    continue
                circuit = basis.circuit(y)
                if circuit is None:
                    self._exchange(y, i, before)
                    return set()
                for z in circuit:
                    if z not in before:
                        before[z] = y
                        queue.append(z)
            tried.add(y)
        return tried

    def _exchange(self, y: int, i: int, before: dict[int, int | None]) -> None:
        """Put y in part i, its predecessor where y was, and so on."""
        place, current, changed = i, y, set()
        while True:
            home = next((k for k, part in enumerate(self.parts) if current in part), None)
            following = before[current]
            if home is not None:
                self.parts[home].remove(current)
                changed |= {home, place}
            self.parts[place].append(current)
            if home is None or following is None:
                break
            place, current = home, following
        if not changed:
            self.bases[place].add(current)
        for k in changed:
            self.bases[k] = _Echelon(self.columns)
            for j in self.parts[k]:
                self.bases[k].add(j)

    def closure(self, stuck: set[int]) -> tuple[int, ...]:
        """All that the columns left out reach in the final partition: the set T of the formula."""
        left = stuck - {j for part in self.parts for j in part}
        reached: set[int] = set()
        for j in left:
            reached |= self.insert(j)
        return tuple(sorted(reached))


class _Echelon:
    """Columns of a part in reduced form modulo the prime, each with its combination of the original ones."""

    def __init__(self, columns: list[list[int]]) -> None:
        self._columns = columns
        self._rows: list[tuple[int, list[int], dict[int, int]]] = []

    def add(self, j: int) -> None:
        """Add a column that is independent of those that are there."""
        vector, combination = self._reduce(self._columns[j])
        pivot = next(k for k, x in enumerate(vector) if x)
        inverse = pow(vector[pivot], -1, _PRIME)
        combination[j] = 1
        scaled = {k: c * inverse % _PRIME for k, c in combination.items()}
        self._rows.append((pivot, [x * inverse % _PRIME for x in vector], scaled))

    def _reduce(self, column: list[int]) -> tuple[list[int], dict[int, int]]:
        vector = list(column)
        combination: dict[int, int] = {}
        for pivot, row, parts in self._rows:
            factor = vector[pivot] % _PRIME
            if factor:
                vector = [(a - factor * b) % _PRIME for a, b in zip(vector, row, strict=True)]
                for k, c in parts.items():
                    combination[k] = (combination.get(k, 0) - factor * c) % _PRIME
        return vector, combination

    def circuit(self, j: int) -> list[int] | None:
        """The columns of the part that take part in the expression of column j; None if it is independent of them."""
        vector, combination = self._reduce(self._columns[j])
        return None if any(vector) else [k for k, c in combination.items() if c]
