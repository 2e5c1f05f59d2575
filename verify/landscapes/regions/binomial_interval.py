"""Confidence intervals of a proportion that hold for every sample size (Clopper and Pearson, 1934)."""

from __future__ import annotations


def clopper_pearson(successes: int, trials: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Bound an unknown probability from both sides.

    Parameters
    ----------
    successes, trials : int
    confidence : float
        The interval contains the true probability with at least this probability, whatever it is.

    Returns
    -------
    (lower, upper) : floats

    Examples
    --------
    >>> [round(x, 4) for x in clopper_pearson(0, 100)], [round(x, 4) for x in clopper_pearson(95, 100)]
    ([0.0, 0.0362], [0.8872, 0.9836])
    """
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    lower = float(betaincinv(successes, trials - successes + 1, tail)) if successes else 0.0
    upper = float(betaincinv(successes + 1, trials - successes, 1 - tail)) if successes < trials else 1.0
    return lower, upper
