"""A normal form for branch-free formulas on an interval: rational functions of x and of independent kernels.

Hyperbolic functions, sigmoid and softplus are written with exp and log; exp of a sum becomes a product of integer
powers of exp(unit * monomial); log of a product becomes a sum; erf, atan and asinh get arguments of one sign; sines and
cosines of sums are expanded; roots are taken factor by factor. What is left is an element of a field of rational
functions over the rationals, whose generators are treated as independent up to G**q = A for roots and
cos**2 = 1 - sin**2. Every rewriting is an identity on the interval, so an element that is 0 *is* 0. An element that is
not 0 proves nothing here.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verify.activations.formula.kernel_field import Kernel, KernelField, RestartError, fraction
from verify.activations.formula.nodes import ODD, PI, Node, apply, div, number
from verify.activations.formula.points import UndecidedError


class NormalForms(KernelField):
    """Normal forms on one open interval of x > 0.

    Parameters
    ----------
    sample : Fraction
        A point of the interval; functions known to have one sign get it from here.
    deadline : float
        Value of ``time.process_time`` after which everything is given up.

    Examples
    --------
    >>> from verify.activations.formula.language import parse_formula
    >>> forms = NormalForms(Fraction(1))
    >>> tree = parse_formula("log(1 + exp(x)) - log(1 + exp(-x))").tree
    >>> [str(coefficient) for coefficient in forms.polynomial(tree)]
    ['0', '1']
    """

    # Public: elements, and what they say.

    def element(self, tree: Node) -> Any:
        """Give the normal form; `UndecidedError` when there is none within the limits."""
        for _ in range(12):
            try:
                return self.reduced(self._form(tree))
            except RestartError:
                self.clear()
            except ZeroDivisionError:
                raise UndecidedError(f"a denominator of {tree} is 0") from None
        raise UndecidedError(f"{tree} has no common unit for its exponentials")

    def is_zero(self, tree: Node) -> bool:
        """Whether the normal form is 0, which proves that the formula is 0 on the interval."""
        return bool(self.element(tree) == 0)

    def polynomial(self, tree: Node) -> list[Node] | None:
        """Give the coefficients, constant term first, when the normal form is a polynomial in x; else None.

        The coefficients are constant formulas: an exact rational where possible.
        """
        element = self.element(tree)
        if any(not self.kernels[i].constant for i in self._used(element.denom)):
            return None
        if any(not self.kernels[i].constant for i in self._used(element.numer) if i != 0):
            return None
        groups = self.by_power(element.numer, 0)
        below = self.field(element.denom)
        coefficients = [groups.get(k, self.field.zero) / below for k in range(max(groups, default=-1) + 1)]
        return [self.node(coefficient) for coefficient in coefficients]

    def rational_function(self, tree: Node) -> tuple[list[Fraction], list[Fraction]] | None:
        """Give numerator and denominator, constant term first, when both are polynomials with rational coefficients."""
        element = self.element(tree)
        if (self._used(element.numer) | self._used(element.denom)) - {0}:
            return None
        return tuple(  # type: ignore[return-value]
            [fraction(part.coeff(1 if k == 0 else part.ring.gens[0] ** k)) for k in range(_degree(part) + 1)]
            for part in (element.numer, element.denom)
        )

    def factored(self, tree: Node) -> list[Node]:
        """Write the normal form as a product of formulas (the factors of the denominator among them)."""
        element = self.element(tree)
        nodes = []
        for part in (element.numer, element.denom):
            content, factors = part.factor_list() if part != 0 else (part, [])
            nodes.append(number(fraction(content)))
            nodes += [self.polynomial_node(factor) for factor, multiplicity in factors for _ in range(multiplicity)]
        return nodes

    # The walk.

    def _form(self, node: Node) -> Any:
        if node not in self.done:
            self.done[node] = self.small(self._compute(node))
        return self.done[node]

    def _compute(self, node: Node) -> Any:
        from sympy import QQ

        match node.op:
            case "x":
                return self.field.gens[0]
            case "num":
                assert node.value is not None  # noqa: S101 - a number carries its value
                return self.field(QQ(node.value.numerator, node.value.denominator))
            case "pi":
                return self.generator("pi", Kernel("pi", node))
        args = [self._form(argument) for argument in node.args]
        if len(args) == 2:
            self.fits(*args)
        match node.op:
            case "add":
                return args[0] + args[1]
            case "neg":
                return -args[0]
            case "mul":
                return args[0] * args[1]
            case "div":
                return args[0] / self.reduced(args[1])
            case "pow":
                assert node.value is not None  # noqa: S101 - a power carries its exponent
                return self.power(args[0], node.value)
        u = self.reduced(args[0])
        match node.op:
            case "sqrt":
                return self.root(u, Fraction(1, 2))
            case "exp":
                return self.exp(u)
            case "log":
                return self.log(u)
            case "sigmoid":
                return self.exp(u) / (1 + self.exp(u))
            case "softplus":
                return self.log(1 + self.exp(u))
            case "sinh" | "cosh":
                sign = -1 if node.op == "sinh" else 1
                return (self.exp(u) + sign / self.exp(u)) / 2
            case "tanh":
                return (self.exp(2 * u) - 1) / (self.exp(2 * u) + 1)
            case "sin" | "cos":
                return self.sin_cos(u)[node.op == "cos"]
            case "tan":
                sine, cosine = self.sin_cos(u)
                return sine / cosine
            case "sinc":
                return self.sin_cos(u)[0] / u
            case "asinh":
                return self._asinh(u)
            case "erf" | "atan" if node.op in ODD:
                return self._odd(node.op, u)
        raise UndecidedError(f"{node.op} has no normal form here")

    def _asinh(self, u: Any) -> Any:
        if u == 0:
            return u
        sign = 1 if u.numer.LC > 0 else -1
        return sign * self.log(sign * u + self.root(self.reduced(u * u + 1), Fraction(1, 2)))

    def _positive_monomial(self, u: Any) -> bool:
        """Whether an element is a product of powers of x and exponentials, with a positive factor."""
        used = self._used(u.numer) | self._used(u.denom)
        single = len(u.numer) == len(u.denom) == 1 and u.numer.LC > 0
        return single and all(self.kernels[i].kind in {"x", "exp"} for i in used)

    def _odd(self, name: str, u: Any) -> Any:
        if u == 0:
            return u
        sign = 1 if u.numer.LC > 0 else -1
        if name == "atan":
            turns = {self.field.one: 4, self.field(3): 3, self.field(1) / 3: 6}.get(self.reduced(u * u))
            if turns is not None and u.numer.LC * sign > 0:
                return sign * self._form(div(PI, number(turns)))
        if name == "atan" and self._positive_monomial(sign * u) and sum(u.numer.LM) < sum(u.denom.LM):
            right_angle = self._form(div(PI, number(2)))
            return sign * (right_angle - self._odd(name, 1 / (sign * u)))  # atan(v) + atan(1/v) = pi/2 for v > 0
        return sign * self.generator((name, sign * u), Kernel(name, apply(name, self.node(sign * u))))


def _degree(polynomial: Any) -> int:
    return max((m[0] for m in polynomial.monoms()), default=-1)
