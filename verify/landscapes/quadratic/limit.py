"""The flow for orthonormal matrices as d grows: m/d -> alpha, m*/d -> alpha*, time t = gamma d.

The eigenvalues of U^T U* U*^T U follow the law mu: atoms (alpha - alpha*)_+ at 0 and (alpha + alpha* - 1)_+ at 1, and
the density sqrt((r_2 - x)(x - r_1)) / (2 pi x (1 - x)) on [r_1, r_2]; its mass is alpha. With F, G the limits of the
two scalars of `orthonormal`, J = G/F and e = exp(4 gamma / alpha*),

    (log F)' = 4 / I,   (log J)' = 4 (e/J - 1) / I,   I = int (1 + (e - 1) x) / (1 + (J - 1) x) dmu,
    exp(2 phi) = I / (alpha F),   alpha log F + (alpha + alpha* - 1)_+ log J + Theta(J - 1) = 4 gamma,

Theta(z) the integral of log(1 + z x) over the continuous part. Its derivative in closed form,

    Theta'(z) = [1 - |alpha + alpha* - 1| - (2 k + z D) / (1 + S)] / (2 (1 + z)),   S = sqrt(1 + 2 z k + z^2 D),

k = alpha + alpha* - 2 alpha alpha*, D = (alpha - alpha*)^2, is proved in the documentation (chapter, section 8), and
equals the longer form with nine square roots of the authors' public code.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from verify.errors import DataError, NotAvailableError
from verify.landscapes.quadratic.flow import checked_times

Float = NDArray[np.float64]


class LimitCurves(NamedTuple):
    """Arrays over gamma: log F, log J, phi, the overlap, and its distance to the final one (without cancellation)."""

    log_f: Float
    log_j: Float
    phi: Float
    overlap: Float
    distance: Float


@dataclass(frozen=True)
class Limit:
    """The limit for 0 < alpha, alpha* < 1, given as rational numbers.

    Examples
    --------
    >>> limit = Limit(Fraction(3, 10), Fraction(1, 2))
    >>> limit.atom_at_zero, limit.atom_at_one, limit.continuous_mass
    (Fraction(0, 1), Fraction(0, 1), Fraction(3, 10))
    >>> round(limit.final_overlap, 6)
    0.774597
    """

    alpha: Fraction
    alpha_star: Fraction

    def __post_init__(self) -> None:
        for name, value in (("alpha", self.alpha), ("alpha*", self.alpha_star)):
            if not isinstance(value, Fraction) or not 0 < value < 1:
                raise DataError(f"{name} is {value!r}; give a Fraction between 0 and 1, the ends excluded")

    @property
    def atom_at_zero(self) -> Fraction:
        """The mass of mu at 0."""
        return max(self.alpha - self.alpha_star, Fraction(0))

    @property
    def atom_at_one(self) -> Fraction:
        """The mass of mu at 1."""
        return max(self.alpha + self.alpha_star - 1, Fraction(0))

    @property
    def continuous_mass(self) -> Fraction:
        """The mass of the continuous part, ``(1 - |alpha - alpha*| - |alpha + alpha* - 1|)/2``."""
        return (1 - abs(self.alpha - self.alpha_star) - abs(self.alpha + self.alpha_star - 1)) / 2

    @property
    def edges(self) -> tuple[float, float]:
        """The support [r_1, r_2] of the continuous part."""
        first, second = (
            math.sqrt(self.alpha * (1 - self.alpha_star)),
            math.sqrt(self.alpha_star * (1 - self.alpha)),
        )
        return (first - second) ** 2, (first + second) ** 2

    def density(self, x: Float) -> Float:
        """Evaluate the density of the continuous part of mu; 0 outside the support."""
        low, high = self.edges
        x = np.asarray(x, dtype=float)
        inside = (x > max(low, 0.0)) & (x < min(high, 1.0))
        y = np.where(inside, x, 0.5)
        return np.where(inside, np.sqrt(np.abs((high - y) * (y - low))) / (2 * math.pi * y * (1 - y)), 0.0)

    def theta_prime(self, z: Any, *, sqrt: Any = math.sqrt) -> Any:
        """Evaluate Theta'(z) for z > -1; `sqrt` belongs to the arithmetic of z (math, mpmath, SymPy)."""
        number = type(z) if sqrt is math.sqrt else _like(z)
        k, D, at_one = (number(value) for value in self._constants)
        S = _root(z, k, D, sqrt)
        return (1 - at_one - (2 * k + z * D) / (1 + S)) / (2 * (1 + z))

    def theta_second(self, z: Any, *, sqrt: Any = math.sqrt) -> Any:
        """Evaluate Theta''(z), minus the integral of x^2/(1 + z x)^2 over the continuous part."""
        number = type(z) if sqrt is math.sqrt else _like(z)
        k, D, at_one = (number(value) for value in self._constants)
        S = _root(z, k, D, sqrt)
        quotient = (2 * k + z * D) / (1 + S)
        slope = (D - quotient * (k + z * D) / S) / (1 + S)
        return -slope / (2 * (1 + z)) - (1 - at_one - quotient) / (2 * (1 + z) ** 2)

    @cached_property
    def _constants(self) -> tuple[Fraction, Fraction, Fraction]:
        a, b = self.alpha, self.alpha_star
        return a + b - 2 * a * b, (a - b) ** 2, abs(a + b - 1)

    @property
    def final_overlap(self) -> float:
        """The limit of the overlap as gamma grows: min(1, sqrt(alpha/alpha*))."""
        return min(1.0, math.sqrt(self.alpha / self.alpha_star))

    def curves(self, gammas: Sequence[float] | Float) -> LimitCurves:
        """Integrate F and J, and evaluate phi and the overlap.

        Parameters
        ----------
        gammas : increasing sequence of floats >= 0
            Up to 150 alpha*.

        Raises
        ------
        DataError
            For bad or too late times.
        NotAvailableError
            When the solver gives up.

        Notes
        -----
        float64 for log F and log J; the overlap and its distance to the final one are then evaluated by mpmath with
        enough digits that nothing cancels, so the distance has the relative accuracy of J.

        Examples
        --------
        >>> half = Limit(Fraction(1, 2), Fraction(1, 2)).curves([0, 1, 2])
        >>> round(float(half.overlap[0]), 6), bool(half.overlap[2] > 0.999)  # it starts at sqrt(alpha alpha*)
        (0.5, True)
        """
        from scipy.integrate import solve_ivp

        grid = checked_times(gammas)
        rate = 4 / float(self.alpha_star)
        if grid[-1] * rate > 600:
            raise DataError(f"time {grid[-1]:g} is too late in float64; give gammas up to {600 / rate:.6g}")
        zero, one, mass = (float(v) for v in (self.atom_at_zero, self.atom_at_one, self.continuous_mass))

        def weight(gamma: float, log_j: float) -> float:
            e, J = math.exp(rate * gamma), math.exp(log_j)
            return zero + one * math.exp(rate * gamma - log_j) + mass + (e - J) * float(self.theta_prime(J - 1.0))

        def slope(gamma: float, state: Float) -> list[float]:
            share = 4 / weight(gamma, state[1])
            return [share, share * math.expm1(rate * gamma - state[1])]

        states = np.zeros((len(grid), 2))
        if grid[-1] > 0:
            solved = solve_ivp(slope, (0.0, grid[-1]), [0.0, 0.0], method="DOP853", t_eval=grid, rtol=1e-13, atol=1e-14)
            if not solved.success:
                raise NotAvailableError(f"the solver stopped: {solved.message} Use earlier times")
            states = solved.y.T
        phi = [
            (math.log(weight(g, log_j)) - math.log(self.alpha) - log_f) / 2
            for g, (log_f, log_j) in zip(grid, states, strict=True)
        ]
        pairs = [self._overlap(rate * g, log_j) for g, log_j in zip(grid, states[:, 1], strict=True)]
        overlap, distance = np.array(pairs).T
        return LimitCurves(states[:, 0], states[:, 1], np.array(phi), overlap, distance)

    def leading_distance(self, gamma: float) -> float:
        """Evaluate the leading term of the distance to the final overlap for large gamma.

        It is (alpha - alpha*) alpha*^3 / (32 alpha^2 gamma^2) for alpha > alpha*, sqrt((1 - alpha) gamma) / (2 alpha)
        exp(-2 gamma/alpha) for alpha = alpha*, and sqrt(alpha/alpha*) (1 - alpha*) / (alpha* - alpha)
        exp(-4 gamma/alpha*) for alpha < alpha*: chapter of the documentation, section 9.

        Examples
        --------
        >>> Limit(Fraction(1, 2), Fraction(1, 4)).leading_distance(1.0) * 2048
        1.0
        """
        a, b = float(self.alpha), float(self.alpha_star)
        if self.alpha > self.alpha_star:
            return (a - b) * b**3 / (32 * a**2 * gamma**2)
        if self.alpha == self.alpha_star:
            return math.sqrt((1 - a) * gamma) / (2 * a) * math.exp(-2 * gamma / a)
        return math.sqrt(a / b) * (1 - b) / (b - a) * math.exp(-4 * gamma / b)

    def _overlap(self, log_e: float, log_j: float) -> tuple[float, float]:
        """Return the overlap A / sqrt(alpha* B), and the final overlap minus it."""
        from mpmath import MPContext

        context = MPContext()
        context.dps = 40 + int(2 * max(log_e, log_j))
        number = _like(context.mpf(0))
        e, J = context.exp(context.mpf(log_e)), context.exp(context.mpf(log_j))
        zero, one, mass = (number(v) for v in (self.atom_at_zero, self.atom_at_one, self.continuous_mass))
        first = self.theta_prime(J - 1, sqrt=context.sqrt)
        second = self.theta_second(J - 1, sqrt=context.sqrt)
        A = one * e / J + e * first
        B = zero + one * (e / J) ** 2 + mass + 2 * (e - J) * first - (e - J) ** 2 * second
        chi = A / context.sqrt(number(self.alpha_star) * B)
        final = context.sqrt(min(number(Fraction(1)), number(self.alpha / self.alpha_star)))
        return float(chi), float(final - chi)


def _like(z: Any) -> Any:
    """Convert a Fraction to the arithmetic of z."""
    zero = 0 * z
    return lambda value: (zero + value.numerator) / value.denominator


def _root(z: Any, k: Any, D: Any, sqrt: Any) -> Any:
    """Return sqrt(1 + 2 z k + z^2 D), for a large float z without overflow."""
    if isinstance(z, float) and z > 1e100:
        return z * sqrt((1 / z + 2 * k) / z + D)
    return sqrt(1 + 2 * z * k + z * z * D)
