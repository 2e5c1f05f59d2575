"""The matrix Chernoff bound: how many random units are enough, from one certified eigenvalue and one supremum."""

from __future__ import annotations

import math
from fractions import Fraction


def chernoff_width(supremum: Fraction, least_eigenvalue: Fraction, dimension: int, failure: Fraction) -> int:
    """Give a width at which the features have full rank with probability at least 1 - failure.

    Parameters
    ----------
    supremum : Fraction
        An upper bound of ``|phi(w)|^2`` over the support of the law of w, phi(w) = (s(w.x_1), ..., s(w.x_n)).
    least_eigenvalue : Fraction
        A positive lower bound of the least eigenvalue of K = E[phi phi^T], for the same law.
    dimension : int
        n; with free columns of rank r, n - r is enough.
    failure : Fraction
        In (0, 1).

    Returns
    -------
    int
        The least m with m >= (supremum / least_eigenvalue) ln(dimension / failure), rounded upward.

    Notes
    -----
    The matrix Chernoff inequality: J. A. Tropp, User-friendly tail bounds for sums of random matrices, Found. Comput.
    Math. 12 (2012). ``docs/width.md`` derives this form.

    Examples
    --------
    >>> chernoff_width(Fraction(1), Fraction(1, 2), 2, Fraction(1, 100))  # 2 ln 200
    11
    """
    if dimension == 0:
        return 0
    return math.ceil(supremum / least_eigenvalue * logarithm_above(dimension / failure))


def logarithm_above(x: Fraction) -> Fraction:
    """Bound the natural logarithm of a number x >= 1 from above."""
    import mpmath

    context = mpmath.ctx_mp.MPContext()
    context.dps = 40
    value = context.log(context.mpf(x.numerator) / x.denominator)
    mantissa = Fraction(int(value.man)) * Fraction(2) ** int(value.exp) if value else Fraction(0)
    return mantissa + Fraction(1, 10**30) * (1 + mantissa)


def failure_bound(width: int, supremum: Fraction, least_eigenvalue: Fraction, dimension: int) -> float:
    """Bound P(lambda_min(F F^T / m) <= lambda/2) by n (2/e)^(m lambda/(2 R)), at most 1.

    Examples
    --------
    >>> f"{failure_bound(100, Fraction(1), Fraction(1), 2):.3g}"  # 2 (2/e)^50
    '4.34e-07'
    """
    exponent = float(width * least_eigenvalue / (2 * supremum)) if supremum else 0.0
    return min(1.0, dimension * math.exp(exponent * (math.log(2) - 1)) * (1 + 1e-12))
