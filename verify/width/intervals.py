"""Exact confidence statements about a probability and a quantile, from independent draws."""

from __future__ import annotations

import math
from collections.abc import Callable

_OUTWARD = 1e-12  # relative; far above the error of the incomplete beta function and its inverse


def clopper_pearson(successes: int, draws: int, *, confidence: float = 0.99) -> tuple[float, float]:
    """Give the two-sided Clopper-Pearson interval of a probability.

    Parameters
    ----------
    successes, draws : int
    confidence : float
        The interval holds the probability with at least this probability, whatever it is. Each side takes half of
        the rest.

    Returns
    -------
    (lower, upper) : float
        Rounded outward by 1e-12. (0, 1) without draws.

    Notes
    -----
    C. J. Clopper and E. S. Pearson, Biometrika 26 (1934).

    Examples
    --------
    >>> low, high = clopper_pearson(10, 10, confidence=0.9)
    >>> round(low, 6), high  # 0.05^(1/10)
    (0.741134, 1.0)
    """
    tail = (1 - confidence) / 2
    return probability_lower(successes, draws, tail=tail), 1 - probability_lower(draws - successes, draws, tail=tail)


def probability_lower(successes: int, draws: int, *, tail: float) -> float:
    """Give the largest p with P(Binomial(draws, p) >= successes) <= tail."""
    if successes == 0:
        return 0.0
    from scipy.special import betaincinv

    return float(betaincinv(successes, draws - successes + 1, tail)) * (1 - _OUTWARD)


def quantile_ranks(draws: int, level: float, *, tail: float) -> tuple[int | None, int | None]:
    """Say which order statistics enclose the quantile of a law of integers.

    Let q be the least integer with P(T <= q) >= level, and T_(1) <= ... <= T_(draws) independent draws in order.

    Returns
    -------
    (i, j)
        From 1: P(q < T_(i)) <= tail and P(q > T_(j)) <= tail; i the largest and j the smallest such rank, None where
        there is none.

    Notes
    -----
    If q > T_(j) then at least j draws are at most q - 1, and each is with a probability below level. If q < T_(i) then
    fewer than i draws are at most q, and each is with a probability of at least level. Both numbers are binomial.

    Examples
    --------
    >>> quantile_ranks(10, 0.5, tail=0.02)  # P(Bin(10, 1/2) <= 1) = 11/1024
    (2, 9)
    >>> quantile_ranks(10, 0.99, tail=0.01)
    (9, None)
    """
    from scipy.special import bdtr

    tail *= 1 - _OUTWARD
    low = _last(lambda i: bdtr(i - 1, draws, level) <= tail, draws)
    # P(Bin >= j) = P(Bin(draws, 1 - level) <= draws - j)
    high = _last(lambda i: bdtr(i - 1, draws, 1 - level) <= tail, draws)
    return (low or None), (draws + 1 - high if high else None)


def _last(holds: Callable[[int], bool], draws: int) -> int:
    """Find the largest i in 1 .. draws with holds(i), which is true up to some i and false beyond; 0 if none."""
    low, high = 0, draws + 1
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return low


def least_draws(failure: float, *, tail: float) -> int:
    """Say how many draws, all of them successes, show that the probability of a failure is at most `failure`.

    Examples
    --------
    >>> least_draws(0.01, tail=0.005)
    528
    """
    return math.ceil(math.log(tail) / math.log1p(-failure) * (1 + _OUTWARD))
