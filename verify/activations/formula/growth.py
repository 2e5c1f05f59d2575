"""How a branch-free formula grows on the last interval, x > a: bounds that hold for large x, from its form alone."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, NamedTuple

from verify import flint_backend
from verify.activations.formula.balls import value_at
from verify.activations.formula.kernel_field import Kernel, fraction
from verify.activations.formula.nodes import Node, add, mul, number, power, sub
from verify.activations.formula.points import UndecidedError
from verify.activations.formula.ranges import range_over
from verify.activations.formula.regions import Region, SplitError

_BITS = 64
_BOUNDED: Final = frozenset({"sin", "cos", "tanh", "atan", "erf", "sigmoid", "sinc"})
SUPER: Final = "faster than every power"


class Growth(NamedTuple):
    """Bounds of abs(u(x)) for large x.

    Attributes
    ----------
    upper : Fraction or None
        m with abs(u(x)) <= C x**m.
    lower : Fraction, "faster than every power" or None
        k with abs(u(x)) >= c x**k, c > 0; or abs(u(x)) grows faster than every power of x.
    log_upper : Fraction or None
        m with abs(u(x)) <= exp(C x**m).
    log_lower : Fraction or None
        m with abs(u(x)) >= exp(-C x**m).
    """

    upper: Fraction | None = None
    lower: Fraction | str | None = None
    log_upper: Fraction | None = None
    log_lower: Fraction | None = None


_ZERO = Fraction(0)
_ONE = Fraction(1)


@dataclass
class GrowthBounds:
    """Growth of formulas on one unbounded interval."""

    region: Region

    def __post_init__(self) -> None:
        self.done: dict[Node, Growth] = {}

    def of(self, node: Node) -> Growth:
        """Bound the growth of a formula."""
        if node not in self.done:
            found = self._of(node)
            self.done[node] = self._improve(node, found)
        return self.done[node]

    def _improve(self, node: Node, growth: Growth) -> Growth:
        """Use the range on x > a, and what powers say about exponentials."""
        upper, lower, log_upper, log_lower = growth
        if upper is None or lower is None or upper > 0:
            values = self._range(node)
            if values is not None:
                if values.bounded and (upper is None or upper > 0):
                    upper = _ZERO
                if values.sign is not None and lower is None:
                    lower = _ZERO
        if upper is not None:
            log_upper = _ZERO if upper <= 0 else _smaller(log_upper, _ONE)
        if lower is not None:
            log_lower = (
                _ZERO if lower == SUPER or (isinstance(lower, Fraction) and lower >= 0) else _smaller(log_lower, _ONE)
            )
        return Growth(upper, lower, log_upper, log_lower)

    def _range(self, node: Node) -> Any:
        with flint_backend.precision(_BITS):
            start = self.region.low.ball(_BITS) + 16  # bounds are about large x only
            return range_over(node, start, None)

    def _sign(self, node: Node) -> int | None:
        try:
            return self.region.sign(node)
        except (SplitError, UndecidedError):
            return None

    def _of(self, node: Node) -> Growth:
        if node.constant:
            value = value_at(node, Fraction(1))
            return Growth(_ZERO, _ZERO if value != 0 else None)
        if node.op == "x":
            return Growth(_ONE, _ONE)
        args = [self.of(argument) for argument in node.args]
        match node.op:
            case "neg":
                return args[0]
            case "add":
                return self._sum(node, *args)
            case "mul":
                return _product(*args)
            case "div":
                return _product(args[0], _inverse(args[1]))
            case "pow" | "sqrt":
                return _power(args[0], Fraction(1, 2) if node.op == "sqrt" else node.value or _ONE)
            case "exp":
                return self._exp(node.args[0], args[0])
            case "sinh" | "cosh":
                return self._hyperbolic(node, args[0])
            case "log":
                return _log(args[0])
            case "softplus":
                return Growth(None if args[0].upper is None else max(args[0].upper, _ZERO))
            case "asinh":
                return Growth(args[0].upper)
        return Growth(_ZERO) if node.op in _BOUNDED else Growth()

    def _sum(self, node: Node, a: Growth, b: Growth) -> Growth:
        upper = None if a.upper is None or b.upper is None else max(a.upper, b.upper)
        log_upper = None if a.log_upper is None or b.log_upper is None else max(a.log_upper, b.log_upper)
        signs = [self._sign(argument) for argument in node.args]
        if signs[0] is not None and signs[0] == signs[1]:
            lower = _larger(a.lower, b.lower)
            log_lower = a.log_lower if b.log_lower is None else _smaller(a.log_lower, b.log_lower)
            return Growth(upper, lower, log_upper, log_lower)
        for one, other in ((a, b), (b, a)):
            if one.lower is not None and other.upper is not None and (one.lower == SUPER or one.lower > other.upper):  # type: ignore[operator]  # a Fraction when it is not SUPER
                return Growth(upper, one.lower, log_upper)
        lower = self._surd_lower(node)
        return Growth(upper, lower, log_upper)

    def _surd_lower(self, node: Node) -> Fraction | None:
        """Bound abs(a + b sqrt(v)) = abs(a**2 - b**2 v)/abs(a - b sqrt(v)) from below."""
        try:
            quotient = self.region.conjugate(node)
        except (UndecidedError, SplitError):
            return None
        if quotient is None:
            return None
        above, below = (self.of(part) for part in quotient)
        known = isinstance(above.lower, Fraction) and below.upper is not None
        return above.lower - below.upper if known else None  # type: ignore[operator]  # both known

    def _exp(self, u: Node, inner: Growth) -> Growth:
        values = self._range(u)
        upper = _ZERO if values.high != float("inf") else None
        lower: Fraction | str | None = _ZERO if values.low != float("-inf") else None
        if self._sign(u) == 1 and _grows(inner.lower):
            lower = SUPER
        logarithm = None if inner.upper is None else max(inner.upper, _ZERO)
        return Growth(upper, lower, logarithm, logarithm)

    def _hyperbolic(self, node: Node, inner: Growth) -> Growth:
        lower: Fraction | str | None = SUPER if _grows(inner.lower) else _ZERO if node.op == "cosh" else None
        return Growth(None, lower, None if inner.upper is None else max(inner.upper, _ZERO))

    def asymptotics(self, node: Node) -> Growth:
        """Bound the growth through the normal form: sums of exp(p(x)) c(x), p a polynomial, c of power growth.

        The term with the largest p rules numerator and denominator.
        """
        forms = self.region.forms
        element = forms.element(node)
        kernels = tuple(forms.kernels)  # later normal forms may number them anew
        above, below = (self._dominant(part, kernels) for part in (element.numer, element.denom))
        if above is None or below is None or not isinstance(below[1].lower, Fraction):
            return Growth()
        direction = self._direction(above[0], below[0])
        if direction is None:
            return Growth()
        if direction < 0:
            return Growth(_ZERO)
        if direction > 0:
            certain = isinstance(above[1].lower, Fraction) or self._recurrent(above[2])
            certain = certain and below[1].upper is not None
            return Growth(None, SUPER if certain else None)
        return _product(above[1], _inverse(below[1]))

    def _dominant(self, polynomial: Any, kernels: tuple[Kernel, ...]) -> tuple[Node, Growth, Node] | None:
        """Find the dominant exponent of a polynomial in the kernels, the growth of its coefficient, and this."""
        exponential = [i for i, kernel in enumerate(kernels) if kernel.kind == "exp" and not kernel.constant]
        groups: dict[tuple[int, ...], list[Node]] = {}
        for exponents, coefficient in polynomial.terms():
            key = tuple(exponents[i] for i in exponential)
            powers = [
                power(kernels[i].node, Fraction(e)) for i, e in enumerate(exponents) if e and i not in exponential
            ]
            groups.setdefault(key, []).append(mul(number(fraction(coefficient)), *powers))
        best: tuple[Node, Growth, Node] | None = None
        for key, terms in groups.items():
            inside = [mul(number(e), kernels[i].node.args[0]) for i, e in zip(exponential, key, strict=True) if e]
            candidate = add(*inside), self.of(add(*terms)), add(*terms)
            if candidate[1].upper is None:
                return None
            direction = 1 if best is None else self._direction(candidate[0], best[0])
            if not direction:
                return None
            best = candidate if direction > 0 else best
        return best

    def _recurrent(self, coefficient: Node) -> bool:
        """Whether a sum of x**k T_k(x), T_k a trigonometric polynomial, has a limes superior c x**k, c > 0.

        A trigonometric polynomial is almost periodic: where it is not 0 at one point, it does not tend to 0.
        """
        forms = self.region.forms
        try:
            element = forms.element(coefficient)
        except UndecidedError:
            return False
        kernels = tuple(forms.kernels)
        used = {i for m in (*element.numer.monoms(), *element.denom.monoms()) for i, e in enumerate(m) if e and i}
        waves = [i for i in used if not kernels[i].constant]
        top = max(m[0] for m in element.numer.monoms())
        leading = forms.node(forms.by_power(element.numer, 0)[top])
        if any(not kernels[i].constant for i in used if any(m[i] for m in element.denom.monoms())):
            return False
        for i in waves:
            angle = forms.polynomial(kernels[i].node.args[0]) if kernels[i].kind in {"sin", "cos"} else None
            if angle is None or len(angle) != 2:
                return False
        return any(value_at(leading, Fraction(k, 7)) != 0 for k in range(1, 8))

    def _direction(self, exponent: Node, other: Node) -> int | None:
        """Give the sign of the limit of a difference of polynomials in x; 0 when equal, None when not decided."""
        try:
            coefficients = self.region.forms.polynomial(sub(exponent, other))
        except UndecidedError:
            return None
        if coefficients is None:
            return None
        if len(coefficients) < 2:
            return 0 if not coefficients else None
        leading = value_at(coefficients[-1], Fraction(1))
        return 1 if leading > 0 else -1 if leading < 0 else None


def _grows(lower: Fraction | str | None) -> bool:
    return lower == SUPER or (isinstance(lower, Fraction) and lower > 0)


def _smaller(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return b if a is None else a if b is None else min(a, b)


def _larger(a: Fraction | str | None, b: Fraction | str | None) -> Fraction | str | None:
    if SUPER in (a, b):
        return SUPER
    known = [value for value in (a, b) if isinstance(value, Fraction)]
    return max(known, default=None)


def _product(a: Growth, b: Growth) -> Growth:
    upper = None if a.upper is None or b.upper is None else a.upper + b.upper
    lower: Fraction | str | None = None
    if isinstance(a.lower, Fraction) and isinstance(b.lower, Fraction):
        lower = a.lower + b.lower
    elif SUPER in (a.lower, b.lower) and a.lower is not None and b.lower is not None:
        lower = SUPER
    logs = [
        None if p is None or q is None else max(p, q)
        for p, q in ((a.log_upper, b.log_upper), (a.log_lower, b.log_lower))
    ]
    return Growth(upper, lower, *logs)


def _inverse(a: Growth) -> Growth:
    upper = -a.lower if isinstance(a.lower, Fraction) else None
    upper = _ZERO if a.lower == SUPER else upper
    return Growth(upper, None if a.upper is None else -a.upper, a.log_lower, a.log_upper)


def _power(a: Growth, exponent: Fraction) -> Growth:
    if exponent < 0:
        return _power(_inverse(a), -exponent)
    upper = None if a.upper is None else a.upper * exponent
    lower = a.lower * exponent if isinstance(a.lower, Fraction) else a.lower
    return Growth(upper, lower, a.log_upper, a.log_lower)


def _log(a: Growth) -> Growth:
    """abs(log u) <= C (1 + x**m) when exp(-C x**m) <= u <= exp(C x**m)."""
    if a.log_upper is None or a.log_lower is None:
        return Growth()
    return Growth(max(a.log_upper, a.log_lower))
