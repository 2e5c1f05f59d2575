"""The values of a formula: float64, mpmath at any precision, balls, exact rationals; and those of its derivative."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from verify import flint_backend
from verify.activations.formula.balls import Ball, ball_value
from verify.activations.formula.branches import Piece, smooth_pieces
from verify.activations.formula.derivative import derivative
from verify.activations.formula.limits import one_sided_limit
from verify.activations.formula.nodes import Node, number, reflect
from verify.activations.formula.points import UndecidedError
from verify.activations.formula.regions import constant_sign
from verify.activations.formula.walk import evaluate, stabilise
from verify.activations.piecewise import PiecewisePolynomial
from verify.errors import NotAvailableError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RATIONAL: Final = frozenset({"num", "x", "add", "neg", "mul", "div", "abs", "sign", "max", "min"})
_ACCURACY: Final = 2.0**-42
"""Relative error beyond which a float64 value is computed again in ball arithmetic."""
_BITS: Final = (128, 512, 2048)


class FormulaValues:
    """Evaluates one formula.

    Parameters
    ----------
    tree : Node

    Examples
    --------
    >>> import numpy as np
    >>> from verify.activations.formula.language import parse_formula
    >>> mish = FormulaValues(parse_formula("x*tanh(log(1 + exp(x)))").tree)
    >>> mish.float64(np.array([-1e4, 0.0, 1e4])).tolist()
    [-0.0, 0.0, 10000.0]
    >>> FormulaValues(parse_formula("max(x, 0)**2/3").tree).exact(Fraction(1, 2))
    Fraction(1, 12)
    """

    def __init__(self, tree: Node) -> None:
        self.tree = tree

    @cached_property
    def stable(self) -> Node:
        """The formula written so that it does not cancel or overflow."""
        return stabilise(self.tree.replace(_decided))

    @cached_property
    def derivative(self) -> FormulaValues:
        """The values of the first derivative (at a kink as deep-learning libraries define it: relu'(0) = 0)."""
        return FormulaValues(derivative(self.tree))

    @cached_property
    def _pieces(self) -> list[Piece]:
        return smooth_pieces(self.tree, reflect(self.tree))

    def breakpoints(self, *, bits: int = 200) -> tuple[Fraction, ...]:
        """List where the formula may not be analytic, and 0, in increasing order; irrational points are rounded.

        Raises
        ------
        NotAvailableError
            When they could not be located.
        """
        try:
            ends = [piece.region.low for piece in self._pieces]
            right = [
                end.low if end.rational is not None else flint_backend.exact_fraction(end.ball(bits)) for end in ends
            ]
        except UndecidedError as error:
            raise NotAvailableError(f"the breakpoints of {self.tree} are not known: {error}") from None
        return tuple(sorted({Fraction(0), *right, *(-c for c in right)}))

    def float64(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate in float64, entry by entry, without warnings.

        Parameters
        ----------
        z : numpy.ndarray of float64
            Of any shape, finite.

        Returns
        -------
        numpy.ndarray of float64
            Of the shape of z, correct to about 12 digits: entries where the float64 operations lose more, overflow
            or meet 0/0 are computed in ball arithmetic and rounded. Values beyond the range of float64 are infinite.

        Raises
        ------
        NotAvailableError
            When the value at an entry cannot be found.
        """
        import numpy as np

        from verify.activations.formula.float_values import Bounded, FloatArithmetic

        points = np.asarray(z, dtype=np.float64)
        with np.errstate(all="ignore"):
            arithmetic = FloatArithmetic(points.shape)
            result = evaluate(self.stable, arithmetic, Bounded(points, np.zeros(points.shape)))
            good = (result.error <= _ACCURACY * np.abs(result.value)) | (result.error <= 1e-300)
            good &= np.isfinite(result.value)
        values = np.array(result.value, dtype=np.float64)
        for index in np.argwhere(~good & np.isfinite(points)):
            place = tuple(index)
            values[place] = self._rounded(float(points[place]))
        values[~np.isfinite(points)] = np.nan
        return values

    def _rounded(self, z: float) -> float:
        point = Fraction(z)
        value: Ball = None
        for bits in _BITS:
            value = self._enclosure(point, bits)
            rounded = flint_backend.nearest_float(value)
            if rounded is not None:
                return rounded
        if value is not None and value.is_finite() and abs(value) < 1e-60:
            return 0.0
        limit = self._limit(point)
        rounded = None if limit is None else flint_backend.nearest_float(limit)
        if rounded is None:
            raise NotAvailableError(f"the value of {self.tree} at x = {z!r} was not found; choose another point")
        return rounded

    def _enclosure(self, point: Fraction, bits: int) -> Ball:
        with flint_backend.precision(bits):
            return ball_value(self.stable, flint_backend.ball(point))

    def _limit(self, point: Fraction, *, bits: int = 128) -> Ball | None:
        """Find the limit from the right at a point where the formula itself has no value, such as sin(x)/x at 0."""
        try:
            for piece in self._pieces:
                for tree, sign in ((piece.plus, 1), (piece.minus, -1)):
                    if piece.region.low.rational == point * sign:
                        limit = one_sided_limit(tree, piece.region, piece.region.low, bits=bits)
                        return None if limit is None or limit.infinite else limit.value
        except UndecidedError:
            return None
        return None

    def ball(self, z: Ball) -> Ball:
        """Enclose the values on a ball, at the current precision; the ball NaN where nothing is known."""
        value = ball_value(self.stable, z)
        if value.is_finite() or not z.is_exact():
            return value
        limit = self._limit(flint_backend.exact_fraction(z))
        return value if limit is None else limit

    def mpmath(self, z: Any, *, digits: int = 50) -> Any:
        """Evaluate at a number in mpmath.

        Parameters
        ----------
        z : int, float, str, Fraction or mpmath.mpf
        digits : int
            Significant decimal digits of the result: the working precision grows until two results agree.

        Returns
        -------
        mpmath.mpf
            Of a context of its own; the global one is not touched.
        """
        from verify.activations.formula.mpmath_values import evaluate_mpmath

        try:
            return evaluate_mpmath(self.stable, z, digits=digits)
        except NotAvailableError:
            limit = self._limit(Fraction(z), bits=4 * digits + 64) if isinstance(z, Fraction | int) else None
            if limit is None:
                raise
            return evaluate_mpmath(number(flint_backend.exact_fraction(limit)), 0, digits=digits)

    @cached_property
    def rational(self) -> bool:
        """Whether `exact` is available: only numbers, + - * /, integer powers, abs, sign, max, min and where."""
        return all(
            node.op in _RATIONAL
            or node.op.startswith("where")
            or (node.op == "pow" and node.value is not None and node.value.denominator == 1)
            for node in self.tree
        )

    def exact(self, z: Fraction | int) -> Fraction:
        """Evaluate at a rational point, exactly.

        Raises
        ------
        NotAvailableError
            When the formula has other functions than `rational` allows, or no value at z.
        """
        if not self.rational:
            raise NotAvailableError(f"{self.tree} has no exact rational values; use ball or mpmath")
        try:
            return evaluate(self.tree, _ExactArithmetic(), Fraction(z))
        except ZeroDivisionError:
            raise NotAvailableError(f"{self.tree} divides by 0 at x = {z}; choose another point") from None

    def piecewise_polynomial(self) -> PiecewisePolynomial | None:
        """Give the formula as a continuous piecewise polynomial with rational data, if it is one; else None.

        Examples
        --------
        >>> from verify.activations.formula.language import parse_formula
        >>> FormulaValues(parse_formula("max(x, 0) + abs(x - 1)").tree).piecewise_polynomial().breakpoints
        (Fraction(0, 1), Fraction(1, 1))
        """
        if not self.rational:
            return None
        right: list[tuple[Fraction, tuple[Fraction, ...]]] = []
        left: list[tuple[Fraction, tuple[Fraction, ...]]] = []
        try:
            for piece in self._pieces:
                low = piece.region.low.rational
                both = [piece.region.forms.polynomial(tree) for tree in (piece.plus, piece.minus)]
                if low is None or both[0] is None or both[1] is None:
                    return None
                right.append((low, _coefficients(both[0])))
                left.append((-low, tuple(c * (-1) ** k for k, c in enumerate(_coefficients(both[1])))))
        except UndecidedError:
            return None
        polynomials = [p for _, p in reversed(left)] + [p for _, p in right]
        breakpoints = [b for b, _ in reversed(left)] + [b for b, _ in right[1:]]
        kept = [i for i in range(len(breakpoints)) if polynomials[i] != polynomials[i + 1]]
        result = PiecewisePolynomial(
            tuple(breakpoints[i] for i in kept), tuple(polynomials[i] for i in [*kept, len(breakpoints)])
        )
        continuous = all(
            _value(result.polynomials[i], b) == _value(result.polynomials[i + 1], b) == self.exact(b)
            for i, b in enumerate(result.breakpoints)
        )
        return result if continuous and self.exact(0) == result(Fraction(0)) else None


def _decided(node: Node) -> Node | None:
    """Decide choices between constants, which balls cannot: the sign of sin(pi)."""
    if not (node.op == "sign" or node.op.startswith("where")) or not node.args[0].constant:
        return None
    try:
        sign = constant_sign(node.args[0])
    except UndecidedError:
        return None
    if node.op == "sign":
        return number(sign)
    return node.args[1] if {"where>": sign > 0, "where>=": sign >= 0, "where==": sign == 0}[node.op] else node.args[2]


def _coefficients(nodes: list[Node]) -> tuple[Fraction, ...]:
    return tuple(Fraction(0) if node.value is None else node.value for node in nodes)


def _value(coefficients: tuple[Fraction, ...], x: Fraction) -> Fraction:
    return sum((c * x**k for k, c in enumerate(coefficients)), Fraction(0))


class _ExactArithmetic:
    def number(self, value: Fraction) -> Fraction:
        return value

    def pi(self) -> Fraction:
        raise NotAvailableError("pi is not rational; use ball or mpmath")

    def add(self, a: Fraction, b: Fraction) -> Fraction:
        return a + b

    def neg(self, a: Fraction) -> Fraction:
        return -a

    def mul(self, a: Fraction, b: Fraction) -> Fraction:
        return a * b

    def div(self, a: Fraction, b: Fraction) -> Fraction:
        return a / b

    def pow(self, a: Fraction, exponent: Fraction) -> Fraction:
        return Fraction(a ** int(exponent))

    def max(self, a: Fraction, b: Fraction) -> Fraction:
        return max(a, b)

    def where(self, relation: str, u: Fraction, yes: Callable[[], Fraction], no: Callable[[], Fraction]) -> Fraction:
        return yes() if {">": u > 0, ">=": u >= 0, "==": u == 0}[relation] else no()

    def function(self, name: str, u: Fraction) -> Fraction:
        return abs(u) if name == "abs" else Fraction((u > 0) - (u < 0))
