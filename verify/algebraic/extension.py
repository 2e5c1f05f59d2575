"""Adjoining a real root of a polynomial to a real number field.

Let K = Q(alpha) have degree m, and let P be a monic polynomial over K of degree k without multiple roots. The algebra
A = K[x]/P has dimension D = m k over Q. For almost every integer c, theta = alpha + c x generates it (and often
theta = x does): the characteristic polynomial of multiplication by theta has no multiple factor. Then 1, theta, ...,
theta^(D-1) is a basis of A, in which alpha and x are written by solving linear systems. A root g of P picks one
irreducible factor f of the characteristic polynomial, the one with f(alpha + c g) = 0, and Q(alpha, g) = Q[x]/f. The
factor is found by enclosing alpha + c g ever more tightly until the enclosures of the values of all other factors
exclude 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import count
from typing import NamedTuple

from verify.algebraic.field import Element, NumberField
from verify.algebraic.polynomials import Interval, horner
from verify.errors import DataError

MAX_DEGREE = 16
"""Largest degree of a field."""
_MAX_DIMENSION = 128  # of the algebra that is factored on the way

Locate = Callable[[int], Interval]
"""An enclosure of a root, tighter and tighter as the number of bits grows."""


class Extension(NamedTuple):
    """A field that contains another one and a new number.

    Attributes
    ----------
    field : NumberField
    generator : Element
        The generator of the old field, in the new one.
    root : Element
        The new number.
    """

    field: NumberField
    generator: Element
    root: Element

    def image(self, element: Element) -> Element:
        """Write an element of the old field in the new one."""
        if self.field == element.field:
            return element
        return element.at(self.generator)


def adjoin(field: NumberField, polynomial: Sequence[Element], locate: Locate) -> Extension:
    """Adjoin a root of a polynomial.

    Parameters
    ----------
    field : NumberField
    polynomial : sequence of Element
        Coefficients from the constant one up to 1; without multiple roots, and integral (no denominators).
    locate : callable
        Encloses the root that is meant, for ever more bits.

    Raises
    ------
    DataError
        When the new field would have a degree above `MAX_DEGREE`.

    Examples
    --------
    >>> rationals = NumberField.rationals()
    >>> two = [rationals.element([a]) for a in (-2, 0, 1)]
    >>> extension = adjoin(rationals, two, lambda bits: (Fraction(1), Fraction(2)))
    >>> extension.field, extension.root
    (NumberField(Q(sqrt(2))), sqrt(2))
    """
    m, k = field.degree, len(polynomial) - 1
    if m * k > _MAX_DIMENSION:
        raise DataError(f"the coordinates need a number field of degree above {MAX_DEGREE}; use fewer different roots")
    alpha, x = _multiplications(polynomial, m, k)
    from verify.flint_backend import RationalMatrix, factored_characteristic_polynomial

    for s, c in _multiples(m):
        theta = [[s * a + c * b for a, b in zip(*rows, strict=True)] for rows in zip(alpha, x, strict=True)]
        factors = factored_characteristic_polynomial(theta)
        if all(exponent == 1 for _, exponent in factors):
            break
    factor, interval = _choose([f for f, _ in factors], s * field.generator, locate, c)
    if len(factor) - 1 > MAX_DEGREE:
        raise DataError(
            f"the coordinates need a number field of degree {len(factor) - 1} or more, and the largest degree is "
            f"{MAX_DEGREE}; use fewer different roots"
        )
    powers = [[1, *[0] * (m * k - 1)]]
    while len(powers) < m * k:
        powers.append(_apply(theta, powers[-1]))
    if len(factor) == 2:  # only when m = 1: the root is rational
        return Extension(field, field.generator, field.element([-factor[0]]))
    basis = RationalMatrix(list(zip(*powers, strict=True)))

    def written(matrix: list[list[int]]) -> Element:
        """The number that multiplies by `matrix`, in the new field."""
        value = new.element([0])
        for coefficient in reversed(basis.solve([Fraction(a) for a in _apply(matrix, powers[0])])):
            value = value * new.generator + coefficient
        return value

    new = NumberField(factor, interval)
    generator, root = (written(alpha) if m > 1 else new.element([0])), written(x)
    if new.degree > m:
        return Extension(new, generator, root)
    old = RationalMatrix(list(zip(*[(generator**i).coefficients for i in range(m)], strict=True)))
    return Extension(field, field.generator, field.element(old.solve(root.coefficients)))  # nothing is new


def _multiples(degree: int) -> Iterator[tuple[int, int]]:
    """The (s, c) of the numbers s alpha + c x that are tried."""
    yield 0, 1
    for c in count(1) if degree > 1 else ():
        yield from ((1, c), (1, -c))


def _multiplications(polynomial: Sequence[Element], m: int, k: int) -> tuple[list[list[int]], list[list[int]]]:
    """The matrices of multiplication by alpha and by x, on the basis alpha^i x^j at place j m + i."""
    field = polynomial[0].field
    size = m * k
    alpha = [[0] * size for _ in range(size)]
    x = [[0] * size for _ in range(size)]
    for j in range(k):
        for i in range(m):
            power = field.generator**i if m > 1 else field.element([1])
            for row, a in enumerate((power * field.generator).integers):
                alpha[j * m + row][j * m + i] = a
            if j + 1 < k:
                x[(j + 1) * m + i][j * m + i] = 1
                continue
            for degree, c in enumerate(polynomial[:-1]):
                for row, a in enumerate((-c * power).integers):
                    x[degree * m + row][j * m + i] = a
    return alpha, x


def _choose(factors: list[list[int]], shift: Element, locate: Locate, multiple: int) -> tuple[list[int], Interval]:
    """The factor that is 0 at the shift + c g, and an interval in which this is its only root."""
    bits = 32
    while True:
        low, high = locate(bits)
        ends = sorted((multiple * low, multiple * high))
        start = shift.enclosure(bits)
        interval = start[0] + ends[0], start[1] + ends[1]
        factors = [f for f in factors if _may_be_zero(horner(f, interval))]
        if len(factors) == 1:
            derivative = [i * c for i, c in enumerate(factors[0])][1:]
            wider = interval[0] - Fraction(1, 2**bits), interval[1] + Fraction(1, 2**bits)
            if not _may_be_zero(horner(derivative, wider)):
                return factors[0], wider
        bits *= 2


def _may_be_zero(interval: Interval) -> bool:
    return interval[0] <= 0 <= interval[1]


def _apply(matrix: list[list[int]], vector: list[int]) -> list[int]:
    return [sum(a * b for a, b in zip(row, vector, strict=True) if a and b) for row in matrix]
