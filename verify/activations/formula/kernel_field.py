"""The field of rational functions that normal forms live in: its generators, and functions of its elements."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import comb, gcd, inf, lcm
from typing import Any

from verify.activations.formula.balls import sign_at
from verify.activations.formula.nodes import Node, X, add, apply, div, mul, number, power
from verify.activations.formula.points import UndecidedError

MAX_TERMS = 120
"""Elements with more terms than this are given up."""
MAX_PRODUCT = 1500
"""So are sums, products and quotients that would have more terms than this before they are reduced."""
MAX_MULTIPLE = 40
"""Largest power of one exponential, largest multiple of one angle."""
MAX_SECONDS = 2.0
"""Time for the normal forms of one interval."""


@dataclass(frozen=True)
class Kernel:
    """One generator: the formula it stands for, and its relation kernel**degree = value (degree 0 for none)."""

    kind: str
    node: Node
    degree: int = 0
    value: Any = None
    exponent: Any = None  # of exp: the element it is the exponential of

    @property
    def constant(self) -> bool:
        """Whether it does not depend on x."""
        return self.node.constant


class RestartError(Exception):
    """A finer unit or more generators are needed."""


class KernelField:
    """Rational functions over the rationals in x and kernels, which are added as they are met.

    Parameters
    ----------
    sample : Fraction
        A point of the interval; functions known to have one sign get it from here.
    deadline : float
        Value of ``time.process_time`` after which everything is given up.
    """

    def __init__(self, sample: Fraction, *, deadline: float = inf) -> None:
        self.sample = sample
        self.units: dict[Any, Fraction] = {}
        self.size = 8
        self.deadline = min(deadline, time.process_time() + MAX_SECONDS)
        self.clear()

    def clear(self) -> None:
        """Forget all kernels, keeping the units and the size."""
        from sympy import QQ
        from sympy.polys.fields import FracField

        self.field = FracField([f"g{i}" for i in range(self.size)], QQ, "lex")
        self.kernels: list[Kernel] = [Kernel("x", X)]
        self.keys: dict[Any, int] = {}
        self.done: dict[Node, Any] = {}

    def node(self, element: Any) -> Node:
        """Write an element as a formula again."""
        below = self.polynomial_node(element.denom)
        return div(self.polynomial_node(element.numer), below) if below.op != "num" else self._over(element, below)

    def _over(self, element: Any, below: Node) -> Node:
        assert below.value is not None  # noqa: S101 - a number carries its value
        return self.polynomial_node(element.numer, 1 / below.value)

    def polynomial_node(self, polynomial: Any, factor: Fraction = Fraction(1)) -> Node:
        """Write a polynomial in the kernels as a formula."""
        terms = []
        for exponents, coefficient in polynomial.terms():
            powers = [power(self.kernels[i].node, Fraction(e)) for i, e in enumerate(exponents) if e]
            terms.append(mul(number(fraction(coefficient) * factor), *powers))
        return add(*terms)

    def by_power(self, polynomial: Any, index: int) -> dict[int, Any]:
        """Split a polynomial by the powers of one kernel: {exponent: element without that kernel}."""
        groups: dict[int, dict[tuple[int, ...], Any]] = {}
        for exponents, coefficient in polynomial.terms():
            rest = (*exponents[:index], 0, *exponents[index + 1 :])
            groups.setdefault(exponents[index], {})[rest] = coefficient
        return {e: self.field(self.field.ring.from_dict(terms)) for e, terms in groups.items()}

    def _used(self, polynomial: Any) -> set[int]:
        return {i for exponents in polynomial.monoms() for i, e in enumerate(exponents) if e}

    # Kernels.

    def generator(self, key: Any, kernel: Kernel) -> Any:
        """Give the generator of a kernel, adding the kernel when it is new."""
        if key not in self.keys:
            if len(self.kernels) >= self.size:
                if self.size >= 32:
                    raise UndecidedError("the formula has too many independent functions")
                self.size *= 2
                raise RestartError
            self.keys[key] = len(self.kernels)
            self.kernels.append(kernel)
        return self.field.gens[self.keys[key]]

    def _unit(self, key: Any, coefficient: Fraction) -> int:
        """Express a coefficient as a multiple of the unit of its kernel, refining the unit where necessary."""
        unit = self.units.get(key)
        if unit is None:
            unit = self.units[key] = abs(coefficient)
        multiple = coefficient / unit
        if multiple.denominator > 1:
            common = lcm(unit.denominator, coefficient.denominator)
            self.units[key] = Fraction(gcd(int(unit * common), int(abs(coefficient) * common)), common)
            raise RestartError
        if abs(multiple) > MAX_MULTIPLE:
            raise UndecidedError(f"exponents or angles of the formula differ by factors beyond {MAX_MULTIPLE}")
        return int(multiple)

    def small(self, element: Any) -> Any:
        """Refuse an element that has become too large."""
        if len(element.numer) + len(element.denom) > MAX_TERMS or time.process_time() > self.deadline:
            raise UndecidedError("the normal form is too large")
        return element

    def fits(self, a: Any, b: Any) -> None:
        """Refuse operands whose sum, product or quotient could become too large."""
        sizes = [len(part) for element in (a, b) for part in (element.numer, element.denom)]
        if max(sizes[:2]) * max(sizes[2:]) > MAX_PRODUCT or time.process_time() > self.deadline:
            raise UndecidedError("the normal form is too large")

    def terms(self, u: Any) -> Iterator[tuple[Fraction, Any]]:
        """Write u as a sum of rational numbers times monomials in the kernels (times one element, if u is none)."""
        if len(u.denom) == 1:
            below = self.field(u.denom)
            for exponents, coefficient in u.numer.terms():
                monomial = self.field(self.field.ring.from_dict({exponents: self.field.ring.domain.one})) / below
                content = _content(monomial)
                yield fraction(coefficient) * content, monomial / ground(self.field, content)
        else:
            content = _content(u)
            yield content, u / ground(self.field, content)

    def exp(self, u: Any) -> Any:
        """Give exp of an element, as a product of integer powers of kernels."""
        result = self.field.one
        for coefficient, monomial in self.terms(u):
            logarithm = self._single(monomial, "log")
            if logarithm is not None:
                result *= self.root(logarithm.value, coefficient)
                continue
            key = ("exp", monomial)
            multiple = self._unit(key, coefficient)
            inside = ground(self.field, self.units[key]) * monomial
            kernel = Kernel("exp", apply("exp", self.node(inside)), exponent=inside)
            result *= self.generator(key, kernel) ** multiple
        return result

    def _single(self, monomial: Any, kind: str) -> Kernel | None:
        """Give the kernel when the monomial is one kernel of this kind, to the power 1."""
        if monomial.denom != 1 or len(monomial.numer) != 1:
            return None
        (exponents,) = monomial.numer.monoms()
        if sum(exponents) != 1 or max(exponents) != 1:
            return None
        kernel = self.kernels[exponents.index(1)]
        return kernel if kernel.kind == kind else None

    def factors(self, u: Any) -> Iterator[tuple[Any, int]]:
        """Write abs(u) as a product of powers of factors that are positive at the sample: primes, kernels, others."""
        from sympy import factorint

        for part, direction in ((u.numer, 1), (u.denom, -1)):
            if part == 0:
                raise UndecidedError("the logarithm or root of 0 is not defined")
            content, rest = part.primitive()
            number_ = abs(fraction(content))
            for integer, sign in ((number_.numerator, direction), (number_.denominator, -direction)):
                primes = factorint(integer) if integer < 10**12 else {integer: 1}
                for prime, multiplicity in primes.items():
                    yield self.field(prime), sign * multiplicity
            smallest = [min(e) for e in zip(*rest.monoms(), strict=True)]
            for i, multiplicity in enumerate(smallest):
                if multiplicity:
                    yield self.field.gens[i], direction * multiplicity
            rest = rest.ring.from_dict(
                {tuple(a - b for a, b in zip(m, smallest, strict=True)): c for m, c in rest.terms()}
            )
            easy = len(rest) <= 12 and max(map(sum, rest.monoms())) <= 12
            for factor, multiplicity in rest.factor_list()[1] if easy else [(rest, 1)]:
                if len(factor) > 1:
                    yield self.field(factor), direction * multiplicity

    def _positive(self, factor: Any) -> Any:
        sign = sign_at(self.node(factor), self.sample)
        if not sign:
            raise UndecidedError(f"the sign of {self.node(factor)} could not be decided")
        return factor if sign > 0 else -factor

    def log(self, u: Any) -> Any:
        """Give log of an element that is positive on the interval, as a sum over its factors."""
        result = self.field.zero
        for factor, multiplicity in self.factors(u):
            kernel = self._kernel(factor)
            if kernel is not None and kernel.kind == "exp":
                result += multiplicity * kernel.exponent
            elif kernel is not None and kernel.kind == "root":
                result += multiplicity * self.log(kernel.value) / kernel.degree
            else:
                inside = self._positive(factor)
                conjugate = self._conjugate(inside)
                if conjugate is not None:
                    result += multiplicity * (self.log(conjugate[0]) - self.log(conjugate[1]))
                    continue
                key = ("log", inside)
                kernel = Kernel("log", apply("log", self.node(inside)), value=inside)
                result += multiplicity * self.generator(key, kernel)
        return result

    def power(self, base: Any, exponent: Fraction) -> Any:
        """Raise to a rational power."""
        if exponent.denominator > 1:
            return self.root(self.reduced(base), exponent)
        whole = abs(int(exponent))
        if max(comb(len(part) + whole - 1, whole) for part in (base.numer, base.denom)) > MAX_TERMS:
            raise UndecidedError("the normal form is too large")
        result = self.reduced(base) ** whole
        return result if exponent > 0 else 1 / result

    def _conjugate(self, u: Any) -> tuple[Any, Any] | None:
        """Write a - b sqrt(v), a and b of one sign, as norm/(a + b sqrt(v)), both positive; None for other elements."""
        for index in range(len(self.kernels) - 1, 0, -1):
            if self.kernels[index].kind == "root" and self.kernels[index].degree == 2 and u.denom == 1:
                groups = self.by_power(u.numer, index)
                if set(groups) == {0, 1} and groups[0].numer.LC * groups[1].numer.LC < 0:
                    root = self.field.gens[index]
                    other = groups[0] - groups[1] * root
                    norm = self.reduced(groups[0] ** 2 - groups[1] ** 2 * self.kernels[index].value)
                    return self._positive(norm), self._positive(other)
        return None

    def root(self, u: Any, exponent: Fraction) -> Any:
        """Give a rational power of an element that is positive on the interval, factor by factor."""
        if exponent.denominator == 1 and u != 0:
            return self.power(u, exponent) if exponent else self.field.one
        if u == 0:
            return u
        result = self.field.one
        for factor, multiplicity in self.factors(u):
            total = multiplicity * exponent
            kernel = self._kernel(factor)
            if kernel is not None and kernel.kind == "exp":
                result *= self.exp(ground(self.field, total) * kernel.exponent)
                continue
            inside = self._positive(factor)
            whole, degree = total.numerator // total.denominator, total.denominator
            rest = total.numerator - whole * degree
            result *= self.power(inside, Fraction(whole)) if whole else 1
            if rest:
                key = ("root", inside, degree)
                node = self.node(inside)
                written = apply("sqrt", node) if degree == 2 else power(node, Fraction(1, degree))
                result *= self.generator(key, Kernel("root", written, degree, inside)) ** rest
        return result

    def _kernel(self, factor: Any) -> Kernel | None:
        if len(factor.numer) == 1 and factor.denom == 1 and sum(factor.numer.LM) == 1:
            return self.kernels[factor.numer.LM.index(1)] if factor.numer.LC == 1 else None
        return None

    def sin_cos(self, u: Any) -> tuple[Any, Any]:
        """Give sine and cosine of an element by the addition theorems."""
        sine, cosine = self.field.zero, self.field.one
        for coefficient, monomial in self.terms(u):
            s, c = self._angle(coefficient, monomial)
            sine, cosine = sine * c + cosine * s, cosine * c - sine * s
        return sine, cosine

    def _angle(self, coefficient: Fraction, monomial: Any) -> tuple[Any, Any]:
        if "pi" in self.keys and monomial == self.field.gens[self.keys["pi"]]:
            known = self._special_angle(coefficient % 2)
            if known is not None:
                return known
        key = ("angle", monomial)
        multiple = self._unit(key, coefficient)
        inside = self.node(ground(self.field, self.units[key]) * monomial)
        s = self.generator(("sin", monomial), Kernel("sin", apply("sin", inside)))
        c = self.generator(("cos", monomial), Kernel("cos", apply("cos", inside), 2, 1 - s**2))
        sine, cosine = self.field.zero, self.field.one
        for _ in range(abs(multiple)):
            sine, cosine = self.reduced(sine * c + cosine * s), self.reduced(cosine * c - sine * s)
        return (sine if multiple > 0 else -sine), cosine

    def _special_angle(self, turns: Fraction) -> tuple[Any, Any] | None:
        """Give sine and cosine of turns*pi for the angles with square roots of 1, 2, 3 as values, 0 <= turns < 2."""
        quarter, rest = divmod(turns, Fraction(1, 2))
        squares = {Fraction(0): (0, 4), Fraction(1, 6): (1, 3), Fraction(1, 4): (2, 2), Fraction(1, 3): (3, 1)}
        if rest not in squares:
            return None
        sine, cosine = (self.root(self.field(n) / 4, Fraction(1, 2)) for n in squares[rest])
        for _ in range(int(quarter)):
            sine, cosine = cosine, -sine
        return sine, cosine

    def reduced(self, element: Any) -> Any:
        """Use the relations of roots and cosines; square roots leave the denominator."""
        for index in range(len(self.kernels) - 1, 0, -1):
            kernel = self.kernels[index]
            if kernel.degree == 0:
                continue
            parts = []
            for part in (element.numer, element.denom):
                groups = self.by_power(part, index)
                low: dict[int, Any] = {}
                for e, coefficient in groups.items():
                    rest = e % kernel.degree
                    low[rest] = low.get(rest, self.field.zero) + coefficient * kernel.value ** (e // kernel.degree)
                parts.append(low)
            if max(parts[0], default=0) == 0 and max(parts[1], default=0) == 0 and not self._high(element, index):
                continue
            generator = self.field.gens[index]
            above = sum((c * generator**e for e, c in parts[0].items()), self.field.zero)
            if kernel.degree == 2 and parts[1].get(1, 0) != 0:
                a, b = parts[1].get(0, self.field.zero), parts[1][1]
                product = [parts[0].get(0, self.field.zero), parts[0].get(1, self.field.zero)]
                norm = a * a - b * b * kernel.value
                above = (product[0] * a - product[1] * b * kernel.value) + (product[1] * a - product[0] * b) * generator
                element = self.small(above / norm)
            else:
                element = self.small(above / sum((c * generator**e for e, c in parts[1].items()), self.field.zero))
        return element

    def _high(self, element: Any, index: int) -> bool:
        return any(m[index] for part in (element.numer, element.denom) for m in part.monoms())


def fraction(value: Any) -> Fraction:
    """Turn a rational of the field's domain into a Fraction."""
    return Fraction(int(value.numerator), int(value.denominator))


def ground(field: Any, value: Fraction) -> Any:
    """Turn a Fraction into an element."""
    from sympy import QQ

    return field(QQ(value.numerator, value.denominator))


def _content(element: Any) -> Fraction:
    """Give the rational factor that leaves integer coefficients without common factor, the leading one positive."""
    above, below = fraction(element.numer.content()), fraction(element.denom.content())
    sign = -1 if element.numer.LC < 0 else 1
    return sign * abs(above) / abs(below)
