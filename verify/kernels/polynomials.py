"""Closed forms for polynomials, and for truncated powers of any degree, written once for every arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import factorial

from verify.kernels.closed_forms import Arithmetic, Formula, Pair, Value


def polynomial(coefficients: Sequence[Fraction]) -> Formula:
    """Give E[P(u) P(v)] = sum_k r^k/k! E[P^(k)(u)] E[P^(k)(v)], the Taylor series of Price's theorem in r.

    E[P^(k)(u)] = sum_j a_(k+2j) (k + 2j)!/(2^j j!) p^j for P(z) = sum a_i z^i, by Isserlis.

    Parameters
    ----------
    coefficients : sequence of Fraction
        a_0, a_1, ...; may be empty.
    """
    degree = len(coefficients) - 1
    moments = [
        [
            coefficients[k + 2 * j] * Fraction(factorial(k + 2 * j), 2**j * factorial(j))
            for j in range((degree - k) // 2 + 1)
        ]
        for k in range(degree + 1)
    ]

    def kernel(a: Arithmetic, g: Pair) -> Value:
        total, power = 0 * g.r, 0 * g.r + 1
        for k, row in enumerate(moments):
            if any(row):
                total = total + a.number(Fraction(1, factorial(k))) * power * _value(a, row, g.p) * _value(a, row, g.q)
            power = power * g.r
        return total

    return kernel


def derivative(coefficients: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Differentiate a polynomial.

    Examples
    --------
    >>> derivative([Fraction(7), Fraction(0), Fraction(1, 2)])
    (Fraction(0, 1), Fraction(1, 1))
    """
    return tuple(k * c for k, c in enumerate(coefficients))[1:]


def _value(a: Arithmetic, coefficients: Sequence[Fraction], z: Value) -> Value:
    total = 0 * z
    for c in reversed(coefficients):
        total = total * z + a.number(c)
    return total


@lru_cache(maxsize=64)
def _terms(k: int) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    """Give the coefficients of A = sum_j A_j P^j r^(k-1-2j) and M = sum_j M_j P^j r^(k-2j), where P = p q.

    M is E[u^k v^k]. The derivative of (sine A + rest M)/(2 pi) with respect to r must be k^2 times that of degree
    k - 1, and comparing coefficients of P^j r^(k-2j) gives A from the A of degree k - 1.
    """
    halves = range(k // 2 + 1)
    even = [
        Fraction(factorial(k), 2**j * factorial(j)) for j in halves
    ]  # E of the (k-2j)-th derivative of z^k, over p^j
    M = tuple(even[j] * even[j] / factorial(k - 2 * j) for j in halves)
    if k == 0:
        return (), M
    before = _terms(k - 1)[0]
    A: list[Fraction] = []
    for j in range((k - 1) // 2 + 1):
        low, high = (before[i] if 0 <= i < len(before) else Fraction(0) for i in (j - 1, j))
        carried = A[j - 1] * (k + 1 - 2 * j) if j else Fraction(0)
        A.append((M[j] + carried - k * k * (low - high)) / (k - 2 * j))
    return tuple(A), M


def power_moment(k: int) -> Formula:
    """Give E[u^k v^k]."""
    M = _terms(k)[1]

    def kernel(a: Arithmetic, g: Pair) -> Value:
        return _homogeneous(a, M, g, k)

    return kernel


def truncated_power(k: int) -> Formula:
    """Give E[s(u) s(v)] for s(z) = max(z, 0)^k, k >= 1; for k = 0 the P(u > 0, v > 0) of x and y that are not 0."""
    A, M = _terms(k)

    def kernel(a: Arithmetic, g: Pair) -> Value:
        sine = a.sqrt(g.det)
        rest = a.angle(sine, -g.r)
        whole = rest * _homogeneous(a, M, g, k)
        return (whole + sine * _homogeneous(a, A, g, k - 1) if k else whole) / (2 * a.pi())

    return kernel


def two_sided_power(k: int, right: Fraction, left: Fraction) -> Formula:
    """Give the kernel of s(z) = right z^k for z > 0 and left |z|^k for z < 0.

    From E[max(u,0)^k max(-v,0)^k] = (-1)^k (M/2 - R), with R of `truncated_power` and M of `power_moment`.
    """
    sign = (-1) ** k
    R, M = truncated_power(k), power_moment(k)

    def kernel(a: Arithmetic, g: Pair) -> Value:
        return a.number((right - sign * left) ** 2) * R(a, g) + a.number(sign * right * left) * M(a, g)

    return kernel


def _homogeneous(a: Arithmetic, coefficients: Sequence[Fraction], g: Pair, degree: int) -> Value:
    """Evaluate sum_j c_j (p q)^j r^(degree - 2j)."""
    P, total = g.p * g.q, 0 * g.r
    for j, c in enumerate(coefficients):
        term = a.number(c)
        for _ in range(j):
            term = term * P
        for _ in range(degree - 2 * j):
            term = term * g.r
        total = total + term
    return total
