"""How fast gradient flow converges from almost every start: an exponent, or the constant of a power law.

Chapter of the documentation, section 7: the Hessian at a global minimum gives the exponent, the closed form of the
flow the power law. Both speak of the excess loss L(W(t)) - min L.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verify.algebraic.polynomials import Interval
from verify.landscapes.quadratic.critical_points import check_width
from verify.landscapes.quadratic.least_loss import least_loss
from verify.landscapes.quadratic.teacher import Teacher
from verify.rational import format_rational, significant

_LONG = 30  # characters of a rational that is rounded when it is shown


@dataclass(frozen=True)
class Rate:
    """How the excess loss vanishes.

    Attributes
    ----------
    exponent : (Fraction, Fraction) or None
        Bounds of the k in exp(-k t); equal bounds are exact.
    constant : Fraction or None
        The C in C / t^2. Exactly one of the two is present.
    """

    exponent: Interval | None
    constant: Fraction | None

    def __str__(self) -> str:
        if self.constant is not None:
            return f"({self.constant}) / t^2"
        assert self.exponent is not None  # noqa: S101  # for the type checker
        low, high = self.exponent
        exact = format_rational(low)
        return f"exp(-{exact if low == high and len(exact) < _LONG else significant(low, 10)} t)"


def predicted_rate(teacher: Teacher, width: int, *, bits: int = 64) -> Rate:
    """Predict how the excess loss of gradient flow vanishes.

    Parameters
    ----------
    teacher : Teacher
    width : int
        m, the number of neurons of the student.
    bits : int, default 64
        The enclosure of an irrational exponent is narrower than 2^-(bits/2) times the exponent.

    Returns
    -------
    Rate
        For m > m* and d > m* the power law with C = q (m* + 2) / (32 (p + 2)), p = min(m, d), q = p - m*: it depends
        neither on the teacher's eigenvalues nor on the start. Otherwise an exponent: twice the least positive
        eigenvalue of the Hessian at the global minima. It is 4 mu for m = m* < d, mu the least positive eigenvalue of
        the teacher.

    Raises
    ------
    DataError
        For a width below 1.

    Examples
    --------
    >>> teacher = Teacher.from_eigenvalues([3, 2, 1], dimension=10)
    >>> print(predicted_rate(teacher, 5), "and", predicted_rate(teacher, 3))
    (5/112) / t^2 and exp(-4 t)
    """
    check_width(width)
    m_star, d = teacher.rank, teacher.dimension
    if width > m_star and d > m_star:
        p = min(width, d)
        return Rate(None, Fraction((p - m_star) * (m_star + 2), 32 * (p + 2)))
    working = bits
    while True:  # ends: the exponent is positive
        low, high = _exponent(teacher, width, working)
        if (high - low) * 2 ** (bits // 2) <= low:
            return Rate((low, high), None)
        working *= 2  # eigenvalues that are close together leave little of their difference


def _exponent(teacher: Teacher, width: int, bits: int) -> Interval:
    """Enclose twice the least positive eigenvalue of the Hessian at the global minima."""
    best = least_loss(teacher, width, bits=bits)
    spectrum = [s.bounds for s in teacher.spectrum(bits=bits) for _ in range(s.multiplicity)]
    r = len(best.eigenvalues)
    gaps = [
        (2 * (s[0] - u[1]), 2 * (s[1] - u[0])) for s in set(spectrum[:r]) for u in set(spectrum[r:]) if s[0] > u[1]
    ]  # of V = u_j (W^T u_i)^T, where they differ
    low, high = ([z[end] for z in reversed(best.eigenvalues)] for end in (0, 1))
    pairs = [(2 * (low[0] + low[1]), 2 * (high[0] + high[1]))] if r > 1 else []
    block = _least_block_rate(low, bits)[0], _least_block_rate(high, bits)[1]
    rates = [*gaps, *pairs, block]
    return 2 * min(rate[0] for rate in rates), 2 * min(rate[1] for rate in rates)


def _least_block_rate(z: list[Fraction], bits: int) -> Interval:
    """Enclose the least eigenvalue of 4 diag(z) + 2 sqrt(z) sqrt(z)^T for increasing z > 0; it increases with z.

    If z_1 < z_2 it is the root of 1 + sum 2 z_i / (4 z_i - x), an increasing function of x, between 4 z_1 and 4 z_2.
    """
    if len(z) == 1:
        return 6 * z[0], 6 * z[0]
    low, high = 4 * z[0], 4 * z[1]
    for _ in range(bits):
        if low == high:
            break
        x = (low + high) / 2
        value = 1 + sum(2 * y / (4 * y - x) for y in z)
        if value == 0:
            return x, x
        low, high = (low, x) if value > 0 else (x, high)
    return low, high
