"""The formula language: a text that somebody wrote, read without ever running it.

The text goes through Python's grammar (`ast`), and only the nodes listed here are accepted; nothing is evaluated, no
name is looked up anywhere but in the tables below. Everything else, and everything too large, is a `ModelError` that
says what and where.

The language, in full:

* numbers ``3``, ``0.01``, ``1e-3`` (exact: 0.01 is 1/100), the constants ``pi`` and ``e``, the variable ``x``;
* ``+ - * /``, ``**`` (or ``^``) and parentheses;
* ``min max abs sign clip relu where piecewise``, with comparisons ``< <= > >= == !=`` joined by ``and or not``:
  ``where(x > 0, x, exp(x) - 1)``, ``piecewise((x, x > 0), (exp(x) - 1, True))``;
* ``exp expm1 log log1p sqrt sin cos tan sinh cosh tanh atan asinh erf sinc sigmoid softplus``;
* parameters, rational, after a semicolon or as keyword arguments: ``max(x, 0) + a*min(x, 0); a = 1/4``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import Final

from verify.activations.formula.nodes import Node
from verify.activations.formula.reader import ALIASES, CALLS, MAX_DEPTH, MAX_LENGTH, NAME, Reader, limited
from verify.errors import ModelError
from verify.rational import format_rational

_CHARACTERS: Final = re.compile(r"[ !%&()*+,./0-9:;<=>@A-Z\[\]^_a-z{|}~'\"-]*", re.ASCII)


@dataclass(frozen=True)
class Formula:
    """A formula that was read: its text, its parameters, its tree.

    Attributes
    ----------
    text : str
        As it was written, blanks at the ends removed, without the parameters.
    parameters : tuple of (str, Fraction)
        In the order of their names.
    tree : Node
        With the parameters filled in.

    Examples
    --------
    >>> str(parse_formula("max(x, 0) + a*min(x, 0); a = 0.25"))
    'max(x, 0) + a*min(x, 0); a=1/4'
    """

    text: str
    parameters: tuple[tuple[str, Fraction], ...]
    tree: Node

    def __str__(self) -> str:
        return "; ".join([self.text, *(f"{name}={format_rational(value)}" for name, value in self.parameters)])


def parse_formula(text: str, **parameters: Rational | int | str) -> Formula:
    """Read a formula in x.

    Parameters
    ----------
    text : str
        In the language described in this module; parameters may follow after semicolons.
    **parameters : Fraction, int or str
        Values of the names in the formula, exact: ``a="0.1"`` is 1/10. A float is refused.

    Raises
    ------
    ModelError
        When the text is not in the language (the message has the place), exceeds a limit of
        `verify.activations.formula.reader`, or when a parameter has no value, two values, is not rational or does
        not occur.

    Examples
    --------
    >>> parse_formula("x*sigmoid(b*x)", b="1.702").parameters
    (('b', Fraction(851, 500)),)
    >>> parse_formula("x @ x")
    Traceback (most recent call last):
    ...
    verify.errors.ModelError: formula: 'x @ x' at character 1 is not in the language; the operations are + - * / **
    """
    if not isinstance(text, str):
        raise ModelError(f"formula: {text!r:.40} is not a text; write the formula as a string")
    _check_text(text)
    body, *definitions = text.split(";")
    values: dict[str, Fraction] = {}
    for definition in definitions:
        name, equals, value_text = definition.partition("=")
        if not equals:
            raise ModelError(
                f"formula: {definition.strip()!r:.40} after the semicolon is not a parameter; write name = value"
            )
        _define(values, name.strip(), _constant(value_text.strip(), name.strip()))
    for name, value in parameters.items():
        _define(values, name, _rational(name, value))
    reader = Reader(body.strip(), values)
    tree = reader.read()
    for name in values:
        if name not in reader.used:
            raise ModelError(f"formula: the parameter {name} does not occur in {body.strip()!r:.60}; leave it out")
    made = Formula(body.strip(), tuple(sorted(values.items())), tree)
    if len(str(made)) > MAX_LENGTH:  # a certificate cannot say more; 10**40 is short, and its digits are not
        raise ModelError(f"formula: {len(str(made))} characters with its parameters; at most {MAX_LENGTH} are allowed")
    return made


def _check_text(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise ModelError(f"formula: {len(text)} characters; at most {MAX_LENGTH} are allowed")
    if not _CHARACTERS.fullmatch(text):
        place, character = next((i, c) for i, c in enumerate(text, 1) if not _CHARACTERS.fullmatch(c))
        raise ModelError(
            f"formula: character {place} is {character!a}; write one line of letters, digits and + - * / ( ) , . < > ="
        )
    depth = 0
    for place, character in enumerate(text, 1):
        depth += (character in "([{") - (character in ")]}")
        if depth > MAX_DEPTH:
            raise ModelError(f"formula: parentheses nested deeper than {MAX_DEPTH} at character {place}; simplify it")


def _define(values: dict[str, Fraction], name: str, value: Fraction) -> None:
    if not NAME.fullmatch(name) or name in CALLS or name in ALIASES or name in {"x", "pi", "e", "neg"}:
        raise ModelError(
            f"formula: {name!r:.40} cannot name a parameter; use letters and digits, and no name of the language"
        )
    if name in values:
        raise ModelError(f"formula: the parameter {name} has two values; give one")
    values[name] = value


def _rational(name: str, value: object) -> Fraction:
    if isinstance(value, float):
        raise ModelError(f'formula: {name} = {value!r} is a float, which is not that decimal; write {name}="{value!r}"')
    if isinstance(value, Rational) and not isinstance(value, bool):
        exact = Fraction(int(value.numerator), int(value.denominator))
        return limited(exact, f"the parameter {name}")
    if isinstance(value, str):
        _check_text(value)
        return _constant(value, name)
    raise ModelError(f'formula: {name} = {value!r:.40} is not a rational number; write {name}="p/q"')


def _constant(text: str, name: str) -> Fraction:
    tree = Reader(text, {}).read()
    if tree.op != "num":
        raise ModelError(f"formula: {name} = {text!r:.40} is not a rational number; write p/q, a decimal or an integer")
    assert tree.value is not None  # noqa: S101 - a number carries its value
    return tree.value
