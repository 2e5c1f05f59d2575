"""The measured probability that random units reach the rank of a model: exact ranks, exact intervals.

For a sequence of independent random units let T be the number after which the features have full rank. A reduction
modulo a prime finds it: full rank modulo a prime proves full rank, so T is at most what the reduction says; before a
rank is called deficient it is computed over the rationals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from verify.annihilator.integer_arrays import Integers
from verify.data import Dataset
from verify.errors import DataError
from verify.flint_backend import integer_rank, pivot_columns
from verify.model import Model
from verify.width.intervals import clopper_pearson, quantile_ranks
from verify.width.necessary import free_columns, necessary_width
from verify.width.random_features import RandomFeatures

Progress = Callable[[int, int], None]
_ENTRIES = 2_000_000  # of the features that are held at a time


@dataclass(frozen=True)
class FullRankSample:
    """What was seen in independent draws of sequences of random units.

    Attributes
    ----------
    widths : tuple of int or None
        For each draw the number of units at which full rank is *proved*; None where it was not reached with `most`.
    most : int
        The largest width that was tried.
    rank, needed : int
        The rank of the model, and that less the free columns: no smaller width can do.
    interrupted : bool
        Whether the draws were stopped by Ctrl-C; those that were finished are here.
    """

    widths: tuple[int | None, ...]
    most: int
    rank: int
    needed: int
    interrupted: bool = False
    _exact: Callable[[int, int], bool] = field(repr=False, compare=False, default=lambda draw, width: False)

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self.widths)

    def successes(self, width: int) -> int:
        """Count the draws whose first `width` units have full rank; exact: every other draw is confirmed over Q.

        Raises
        ------
        DataError
            For a width beyond `most`.
        """
        self._check(width)
        if width < self.needed:
            return 0
        others = (k for k, t in enumerate(self.widths) if t is None or t > width)
        return self.proved(width) + sum(self._exact(k, width) for k in others)

    def proved(self, width: int) -> int:
        """Count the draws whose first `width` units are proved to have full rank; at most `successes`, and at once."""
        return sum(t is not None and t <= width for t in self.widths)

    def interval(self, width: int, *, confidence: float = 0.99) -> tuple[float, float]:
        """Give the Clopper-Pearson interval of the probability of full rank at a width."""
        return clopper_pearson(self.successes(width), self.draws, confidence=confidence)

    def threshold(self, failure: float, *, confidence: float = 0.99) -> tuple[int | None, int | None]:
        """Enclose the least width m with P(full rank) >= 1 - failure.

        Returns
        -------
        (lower, upper)
            Each side fails with probability at most (1 - confidence)/2. `upper` is the least width at which the
            one-sided Clopper-Pearson bound is at least 1 - failure; None where the draws are too few or `most` too
            small.
        """
        low, _ = quantile_ranks(self.draws, 1 - failure, tail=(1 - confidence) / 2)
        lower = self._ordered()[low - 1] if low else self.needed
        while low and lower > self.needed and self.successes(lower - 1) >= low:
            lower -= 1  # reached earlier over Q than modulo the prime
        return lower, self.upper_threshold(failure, confidence=confidence)

    def upper_threshold(self, failure: float, *, confidence: float = 0.99) -> int | None:
        """Give the upper end of `threshold`, for which no deficiency needs to be confirmed."""
        _, high = quantile_ranks(self.draws, 1 - failure, tail=(1 - confidence) / 2)
        upper = self._ordered()[high - 1] if high else None
        return None if upper is None or upper > self.most else upper

    def _ordered(self) -> list[int]:
        return sorted(self.most + 1 if t is None else t for t in self.widths)

    def _check(self, width: int) -> None:
        if not 0 <= width <= self.most:
            raise DataError(f"width={width} is not between 0 and {self.most}, the widths that were drawn")


def sample_full_rank(
    data: Dataset,
    model: Model,
    *,
    draws: int = 1000,
    width: int | None = None,
    most: int | None = None,
    rng: int | np.random.Generator = 0,
    progress: Progress | None = None,
) -> FullRankSample:
    """Draw sequences of random units and find, exactly, after how many of them the features have full rank.

    Full rank is the rank of the model, over all widths: then the last layer attains every labelling that any network
    of the model attains.

    Parameters
    ----------
    data : Dataset
        n rational points in dimension d.
    model : Model
        One hidden layer, regime "trained", a piecewise polynomial activation with rational coefficients.
    draws : int
        Number of independent sequences.
    width : int, optional
        Units of each sequence; by default as many as are needed, up to `most`.
    most : int, optional
        By default 16 times the necessary width, plus 64.
    rng : int or numpy.random.Generator
        Each sequence has a generator of its own, spawned from this one.
    progress : callable, optional
        Called with the number of finished draws and `draws`.

    Returns
    -------
    FullRankSample

    Raises
    ------
    NotAvailableError
        For a model that is not covered, or when its rank is unknown.
    DataError
        For counts that are none.

    Notes
    -----
    Cost: a reduced echelon form of an n x m matrix modulo a prime for each draw, O(n^2 m).

    Examples
    --------
    >>> sample = sample_full_rank(Dataset([[1, 0], [0, 1], [-1, -1]]), Model("relu"), draws=100)
    >>> sample.needed, sample.successes(2)
    (3, 0)
    >>> low, high = sample.threshold(0.25)
    >>> 3 <= low <= high
    True
    """
    from verify.verdict import decide

    for name, count in (("draws", draws), ("width", width), ("most", most)):
        if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < (name == "draws")):
            raise DataError(f"{name}={count!r} is not a whole number of at least {int(name == 'draws')}")
    features = RandomFeatures(data, model)
    verdict = decide(Dataset(data.coordinates), model)
    rank = verdict.space.rank
    needed = necessary_width(data, model, rank=rank)
    largest = width if width is not None else most if most is not None else 16 * needed + 64
    search = _Search(features, free_columns(data, model), rank, needed, largest, fixed=width is not None)
    generator = np.random.default_rng(rng)
    seeds = generator.bit_generator.seed_seq.spawn(draws)  # type: ignore[attr-defined]  # every NumPy generator has it
    block = max(1, min(512, _ENTRIES // max(1, data.n * (needed + 8))))
    widths: list[int | None] = []
    interrupted = False
    try:
        for start in range(0, draws, block):
            widths += search.block(seeds[start : start + block])
            if progress is not None:
                progress(len(widths), draws)
    except KeyboardInterrupt:
        if not widths:
            raise
        interrupted = True

    def exact(draw: int, units: int) -> bool:
        return search.is_full(seeds[draw], units)

    return FullRankSample(tuple(widths), largest, rank, needed, interrupted, exact)


class _Search:
    """Sequences of units of one model, and where they reach its rank modulo a prime."""

    def __init__(
        self, features: RandomFeatures, free: list[list[int]], rank: int, needed: int, most: int, *, fixed: bool
    ) -> None:
        self.features, self.free, self.fixed = features, free, fixed
        self.rank, self.needed, self.most = rank, needed, most

    def block(self, seeds: list[np.random.SeedSequence]) -> list[int | None]:
        """Give the width of full rank for each seed; the sequences that need more units go on.

        Of the units before, only those that are independent modulo the prime are kept: the others change no pivot.
        """
        found: list[int | None] = [0 if not self.needed else None] * len(seeds)
        if not self.needed or self.most < self.needed:
            return found
        generators = [np.random.default_rng(seed) for seed in seeds]
        kept: dict[int, tuple[list[int], Integers | None]] = {i: ([], None) for i in range(len(seeds))}
        drawn, more = 0, self.most if self.fixed else min(self.most, self.needed + max(4, self.needed // 8))
        while kept and more:
            values = self.features.draw([generators[i] for i in kept], more)
            for i, new in zip(list(kept), values, strict=True):
                places, old = kept[i]
                columns = new if old is None else np.concatenate([old, new], axis=1)
                places = [*places, *range(drawn, drawn + more)]
                pivots = pivot_columns(self._matrix(columns))
                units = [j - len(self.free) for j in pivots if j >= len(self.free)]
                if len(pivots) < self.rank:
                    kept[i] = [places[j] for j in units], columns[:, units]
                    continue
                found[i] = places[units[-1]] + 1
                del kept[i]
            drawn += more
            more = min(self.most - drawn, max(4, drawn // 2))
        return found

    def _matrix(self, values: Integers) -> list[list[int]]:
        rows: list[list[int]] = values.tolist()
        if not self.free:
            return rows
        return [[column[i] for column in self.free] + row for i, row in enumerate(rows)]

    def is_full(self, seed: np.random.SeedSequence, units: int) -> bool:
        """Decide over the rationals whether the free columns and the first units of a sequence have full rank."""
        bound = self.features.rank_bound(np.random.default_rng(seed), units)
        if bound is not None and bound < self.needed:
            return False
        values = self.features.draw([np.random.default_rng(seed)], units)[0]
        return integer_rank(self._matrix(values)) >= self.rank
