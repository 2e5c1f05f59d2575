"""The effective potential: the least loss of a deep linear network as a rational function of one scalar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property

from verify.algebraic.polynomials import Interval, horner
from verify.flint_backend import RationalMatrix, rank
from verify.landscapes.deep_linear.moments import Moments
from verify.landscapes.deep_linear.network import DeepLinear

Coefficients = list[Fraction]


class Resolvent:
    """The ridge solution w(λ) = (κA + λ)⁻¹ e and its powers of λ, as rational functions over Q.

    Parameters
    ----------
    moments : Moments
        A = E[x xᵀ] and e = E[x y].
    factor : Fraction
        κ > 0.

    Attributes
    ----------
    denominator : list of m + 1 Fraction
        χ(λ), monic, coefficients from the constant one up: the product of λ + κ a over the m different eigenvalues a
        of A that e sees. All of these are positive, because e is in the range of A.
    numerator : list of m Fraction
        H(λ) with eᵀ w(λ) = H/χ.
    square : list of Fraction
        G(λ) = Hχ' - H'χ with ||w(λ)||² = G/χ².

    Notes
    -----
    With the Krylov vectors Aᵏe, k < m, no eigenvalue is computed: m is their rank, and the moments eᵀAᵏe give χ by a
    Hankel system. The cost is O(d³) rational operations, with numbers of O(m) digits.
    """

    def __init__(self, moments: Moments, factor: Fraction) -> None:
        self.moments, self.factor = moments, factor
        rows, bottom = _integers([x for row in moments.second_moment for x in row])
        cross, unit = _integers(moments.cross_moment)
        d = moments.dimension
        vectors = [cross]  # Aᵏe times unit bottomᵏ
        for _ in range(d):
            vectors.append([sum(map(int.__mul__, rows[i * d : i * d + d], vectors[-1])) for i in range(d)])
        self.dimension = m = rank(vectors)
        self._vectors = [[Fraction(x, unit * bottom**k) for x in vectors[k]] for k in range(m)]
        traces = [  # eᵀ Aᵏ e
            Fraction(sum(map(int.__mul__, vectors[k // 2], vectors[k - k // 2])), unit**2 * bottom**k)
            for k in range(2 * m)
        ]
        relation: list[Fraction] = []
        if m:
            hankel = [[traces[i + j] for j in range(m)] for i in range(m)]
            relation = RationalMatrix(hankel).solve([traces[i + m] for i in range(m)])
        minimal = [*(-c for c in relation), Fraction(1)]  # of A on the Krylov space, in its own variable
        self.denominator: Coefficients = [c * (-factor) ** (m - k) for k, c in enumerate(minimal)]
        self.numerator = self._adjugate(traces)

    def _adjugate(self, sequence: Sequence[Fraction]) -> Coefficients:
        """The polynomial part of χ(λ) times the expansion of a component of w(λ) in 1/λ."""
        m = self.dimension
        return [
            sum(
                (
                    self.denominator[j] * (-self.factor) ** (j - 1 - i) * sequence[j - 1 - i]
                    for j in range(i + 1, m + 1)
                ),
                Fraction(0),
            )
            for i in range(m)
        ]

    @cached_property
    def square(self) -> Coefficients:
        """G(λ)."""
        top, bottom = self.numerator, self.denominator
        if not top:
            return []
        return _trim(add(multiply(top, derivative(bottom)), _scaled(multiply(derivative(top), bottom), Fraction(-1))))

    @cached_property
    def components(self) -> list[Coefficients]:
        """The numerators of the d entries of w(λ) over χ(λ)."""
        return [self._adjugate([v[i] for v in self._vectors]) for i in range(self.moments.dimension)]


class Potential:
    """V(t) = E[y²] - tᴰ eᵀ(κ tᴰ A + Γ)⁻¹ e + D t on t >= 0, a rational function with rational coefficients.

    Here e = E[x y], A = E[x xᵀ], κ is `DeepLinear.noise_factor` and Γ is `DeepLinear.decay_product`. The least loss of
    the network is the least value of V. The scalar t is the weight decay that each layer pays: at the weights that
    belong to t, decay_i ||W_i||² = t for every layer i. At t = 0 all weights are 0.

    Parameters
    ----------
    moments : Moments
    network : DeepLinear

    Examples
    --------
    >>> potential = Potential(Moments([["1.3"]], [1], 1), DeepLinear([2, 2], "1/10", noise="1/2"))
    >>> potential.value(Fraction(0)), potential.value(Fraction(1, 20)) < 1
    (Fraction(1, 1), True)
    """

    def __init__(self, moments: Moments, network: DeepLinear) -> None:
        self.moments, self.network = moments, network
        self.resolvent = Resolvent(moments, network.noise_factor)
        self.depth, self._product = network.depth, network.decay_product

    def _in_scale(self, polynomial: Sequence[Fraction], degree: int) -> Coefficients:
        """From a polynomial in λ to s^degree times its value at λ = Γ/s, s = tᴰ, in powers of t."""
        found = [Fraction(0)] * (degree * self.depth + 1)
        for k, c in enumerate(polynomial):
            found[(degree - k) * self.depth] += c * self._product**k
        return found

    @cached_property
    def denominator(self) -> Coefficients:
        """The denominator of V: the determinant of κ tᴰ A + Γ on the space that e sees; positive for t >= 0."""
        return self._in_scale(self.resolvent.denominator, self.resolvent.dimension)

    @cached_property
    def explained(self) -> Coefficients:
        """The numerator of h(t) = tᴰ eᵀ(κ tᴰ A + Γ)⁻¹ e, over `denominator`."""
        return self._in_scale(self.resolvent.numerator, self.resolvent.dimension)

    @cached_property
    def components(self) -> list[Coefficients]:
        """The numerators of the mean predictor w(t) = tᴰ(κ tᴰ A + Γ)⁻¹ e, over `denominator`."""
        return [self._in_scale(top, self.resolvent.dimension) for top in self.resolvent.components]

    @cached_property
    def numerator(self) -> Coefficients:
        """The numerator of V, over `denominator`."""
        line = [self.moments.label_moment, Fraction(self.depth)]
        return _trim(add(multiply(line, self.denominator), _scaled(self.explained, Fraction(-1))))

    @cached_property
    def critical_polynomial(self) -> Coefficients:
        """The polynomial whose positive roots are the critical points: V'(t) = D P(t)/denominator² for D >= 1.

        For D = 0, where V is constant, the root is the weight decay at the ridge solution.
        """
        resolvent = self.resolvent
        if not resolvent.dimension:
            return [Fraction(1)]
        square = self._in_scale(resolvent.square, 2 * resolvent.dimension - 2)
        if not self.depth:
            return [-self._product * sum(square) / sum(self.denominator) ** 2, Fraction(1)]
        shift = [Fraction(0)] * (self.depth - 1)
        pull = [*shift, *_scaled(square, -self._product)]
        return _trim(add(multiply(self.denominator, self.denominator), pull))

    def value(self, t: Fraction) -> Fraction:
        """Evaluate V at a rational t >= 0."""
        return self.moments.label_moment - self.explained_at(t) + self.depth * t

    def explained_at(self, t: Fraction) -> Fraction:
        """Evaluate h, which increases with t."""
        return evaluate(self.explained, t) / evaluate(self.denominator, t)

    def enclose_value(self, around: Interval) -> Interval:
        """Enclose V on an interval of t >= 0: h and D t increase."""
        low, high = around
        bottom = self.moments.label_moment + self.depth * low - self.explained_at(high)
        return bottom, self.moments.label_moment + self.depth * high - self.explained_at(low)

    def enclose_component(self, i: int, around: Interval) -> Interval:
        """Enclose entry i of the mean predictor on an interval of t >= 0."""
        low, high = horner(self.components[i], around)
        bottom, top = (evaluate(self.denominator, t) for t in around)  # its coefficients are positive
        ends = low / bottom, low / top, high / bottom, high / top
        return min(ends), max(ends)


def evaluate(polynomial: Sequence[Fraction], at: Fraction) -> Fraction:
    """Evaluate a rational polynomial at a rational number."""
    p, q = at.numerator, at.denominator
    value, power = Fraction(0), 1
    for c in reversed(polynomial):
        value = value * p + c * power
        power *= q
    return value * q / power if polynomial else Fraction(0)


def derivative(polynomial: Sequence[Fraction]) -> Coefficients:
    """Differentiate a polynomial."""
    return [k * c for k, c in enumerate(polynomial)][1:] or [Fraction(0)]


def add(left: Sequence[Fraction], right: Sequence[Fraction]) -> Coefficients:
    """Add polynomials."""
    short, long = sorted((left, right), key=len)
    return [a + b for a, b in zip(short, long, strict=False)] + list(long[len(short) :])


def _scaled(polynomial: Sequence[Fraction], factor: Fraction) -> Coefficients:
    return [factor * c for c in polynomial]


def _trim(polynomial: Coefficients) -> Coefficients:
    while len(polynomial) > 1 and not polynomial[-1]:
        polynomial.pop()
    return polynomial


def multiply(left: Sequence[Fraction], right: Sequence[Fraction]) -> Coefficients:
    """Multiply nonempty polynomials: over common denominators, so that the inner loop is one of integers."""
    (first, p), (second, q) = _integers(left), _integers(right)
    found = [0] * (len(first) + len(second) - 1)
    for i, a in enumerate(first):
        if a:
            for j, b in enumerate(second):
                found[i + j] += a * b
    return [Fraction(c, p * q) for c in found]


def _integers(numbers: Sequence[Fraction]) -> tuple[list[int], int]:
    common = math.lcm(*(x.denominator for x in numbers))
    return [x.numerator * (common // x.denominator) for x in numbers], common
