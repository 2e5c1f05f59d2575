"""Rigorous enclosures of a formula in ball arithmetic, as a walk over its SymPy expression.

The walk never imports a ball arithmetic: it calls the methods of the ball that it is given (those of ``flint.arb``)
and makes constants with the ball's own type. The working precision is therefore that of the caller.

Two things make the enclosures useful and not only valid. A monotone function of a wide ball is the hull of its values
at the two ends of the ball (the ball formulas for tanh or asinh overflow there), and sums such as exp(u) - 1,
1 + erf(u), log(1 + exp(u)) are recognised and evaluated without cancellation.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache, reduce
from typing import Any, TypeAlias

from verify.errors import NotAvailableError

Ball: TypeAlias = Any  # flint.arb, or anything with the same methods
Enclosure: TypeAlias = Callable[[Ball], Ball]

_MONOTONE = {"exp": "exp", "log": "log", "tanh": "tanh", "erf": "erf", "atan": "atan", "asinh": "asinh"}
_OTHER = {"sin": "sin", "cos": "cos", "sinc": "sinc"}


@lru_cache(maxsize=256)
def parse(formula: str) -> Any:
    """Turn a formula of the table (a trusted string, never a user's) into a SymPy expression.

    Parameters
    ----------
    formula : str
        SymPy syntax in the variable x.

    Returns
    -------
    sympy.Expr
        With the one free symbol ``Symbol("x", real=True)``.
    """
    import sympy
    from sympy.parsing.sympy_parser import parse_expr

    return parse_expr(formula, local_dict={"x": sympy.Symbol("x", real=True)})


@lru_cache(maxsize=256)
def enclosure(formula: str) -> Enclosure:
    """Compile a formula of the table to a function of balls.

    Parameters
    ----------
    formula : str
        SymPy syntax in x: rational numbers, pi, ``+ - * /``, integer powers, sqrt, exp, log, tanh, erf, atan, asinh,
        sin, cos, sinc, Abs, Max, Min.

    Returns
    -------
    callable
        From a ball z to a ball that contains the value of the formula at every point of z. Where nothing is known
        the result is the indeterminate ball (NaN), which contains everything.

    Raises
    ------
    NotAvailableError
        When the formula uses another function.

    Notes
    -----
    Valid by the inclusion property of ball arithmetic, operation by operation: F. Johansson, Arb: efficient
    arbitrary-precision midpoint-radius interval arithmetic, IEEE Trans. Comput. 66 (2017).
    """
    return _compile(parse(formula))


def _compile(expression: Any) -> Enclosure:
    if expression.is_Symbol:
        return lambda z: z
    if expression.is_Rational:
        return _constant(Fraction(int(expression.p), int(expression.q)))
    name = expression.func.__name__
    match name:
        case "Pi":
            return lambda z: type(z).pi()
        case "Add":
            return _sum(expression)
        case "Mul":
            factors = [_compile(argument) for argument in expression.args]
            return lambda z: reduce(lambda a, b: a * b, (factor(z) for factor in factors))
        case "Pow":
            return _power(*expression.args)
        case "Max" | "Min":
            choices = [_compile(argument) for argument in expression.args]
            method = name.lower()
            return lambda z: reduce(lambda a, b: getattr(a, method)(b), (choice(z) for choice in choices))
    if name == "log" and (argument := _one_plus_exp(expression.args[0])) is not None:
        return _increasing(lambda u: u.exp().log1p(), _compile(argument))  # softplus
    if name in _MONOTONE:
        return _increasing(_method(_MONOTONE[name]), _compile(expression.args[0]))
    if name == "Abs":
        return _absolute(_compile(expression.args[0]))
    if name in _OTHER:
        inner, apply = _compile(expression.args[0]), _method(_OTHER[name])
        return lambda z: apply(inner(z))
    raise NotAvailableError(f"no enclosure of {expression} is known; use one of the functions of the activation table")


def _method(name: str) -> Enclosure:
    return lambda u: getattr(u, name)()


def _constant(number: Fraction) -> Enclosure:
    numerator, denominator = number.numerator, number.denominator
    return lambda z: type(z)(numerator) / type(z)(denominator)


def _increasing(function: Enclosure, inner: Enclosure) -> Enclosure:
    """Enclose a monotone function: exact arguments directly, others by the hull of the values at both ends."""

    def enclose(z: Ball) -> Ball:
        u = inner(z)
        return function(u) if u.is_exact() else function(u.lower()).union(function(u.upper()))

    return enclose


def _absolute(inner: Enclosure) -> Enclosure:
    """Enclose an absolute value; the ball's own abs() is not tight around 0."""

    def enclose(z: Ball) -> Ball:
        u = inner(z)
        return abs(u) if u.is_exact() else u.abs_lower().union(u.abs_upper())

    return enclose


def _sum(expression: Any) -> Enclosure:
    """Enclose a sum; a constant is joined with a term that would cancel against it."""
    constant, terms = expression.as_coeff_add()
    enclosures: list[Enclosure] = []
    for term in terms:
        coefficient, function = term.as_coeff_Mul()
        joined = None
        if constant != 0 and coefficient.is_Rational:
            joined = _joined(function, constant == coefficient, constant == -coefficient)
        if joined is None:
            enclosures.append(_compile(term))
        else:
            enclosures.append(_product(_compile(coefficient), joined))
            constant = 0
    if constant != 0:
        enclosures.append(_compile(constant))
    return lambda z: reduce(lambda a, b: a + b, (enclose(z) for enclose in enclosures))


def _product(left: Enclosure, right: Enclosure) -> Enclosure:
    return lambda z: left(z) * right(z)


def _joined(function: Any, plus_one: bool, minus_one: bool) -> Enclosure | None:
    """Enclose exp(u) - 1, 1 + erf(u) or 1 + tanh(u) as one increasing function of u; None for other sums."""
    name = function.func.__name__
    if name == "exp" and minus_one:
        return _increasing(_method("expm1"), _compile(function.args[0]))
    if name == "erf" and plus_one:
        return _increasing(lambda u: (-u).erfc(), _compile(function.args[0]))
    if name == "tanh" and plus_one:
        return _increasing(lambda u: 2 / (1 + (-2 * u).exp()), _compile(function.args[0]))
    return None


def _one_plus_exp(expression: Any) -> Any | None:
    """Give u when the expression is 1 + exp(u), else None."""
    if expression.is_Add and len(expression.args) == 2:
        constant, (term,) = expression.as_coeff_add()
        if constant == 1 and term.func.__name__ == "exp":
            return term.args[0]
    return None


def _power(base: Any, exponent: Any) -> Enclosure:
    if exponent == -1 and (argument := _one_plus_exp(base)) is not None:
        return _increasing(lambda u: 1 / (1 + u.exp()), _compile(argument))  # decreasing: the hull is the same
    inner = _compile(base)
    if exponent.is_Integer and exponent > 0:
        return _natural_power(inner, int(exponent))
    if exponent.is_Integer:
        whole = _natural_power(inner, -int(exponent))
        return lambda z: 1 / whole(z)
    if exponent.is_Rational and exponent.q == 2:
        odd = int(abs(exponent.p))
        root = _natural_power(_increasing(_method("sqrt"), inner), odd)
        return root if exponent > 0 else lambda z: 1 / root(z)
    raise NotAvailableError(f"no enclosure of ({base})**({exponent}) is known; use integer or half-integer powers")


def _natural_power(inner: Enclosure, exponent: int) -> Enclosure:
    def enclose(z: Ball) -> Ball:
        u = inner(z)
        if u.is_exact():
            return u**exponent
        low, high = (u.lower(), u.upper()) if exponent % 2 else (u.abs_lower(), u.abs_upper())
        return (low**exponent).union(high**exponent)

    return enclose
