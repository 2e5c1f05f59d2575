"""Rational numbers as text: what a person may write, and the one canonical form that certificates use.

Python's own ``Fraction(text)`` accepts underscores, blanks and non-ASCII digits, and ``int(text)`` refuses more than
4300 digits; neither is wanted here.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

from verify.errors import DataError

MAX_DIGITS = 100_000
"""Longest number accepted in data, counting the digits that its decimal exponent stands for."""

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?:(?P<numerator>[0-9]+)/(?P<denominator>[0-9]+)"
    r"|(?P<whole>[0-9]*)(?:\.(?P<decimals>[0-9]*))?(?:[eE](?P<exponent>[+-]?[0-9]+))?)",
    re.ASCII,
)
_CHUNK = 4000  # below the 4300 digits that Python converts without raising


def parse_integer(digits: str) -> int:
    """Turn a string of ASCII digits of any length into an int (divide and conquer; no global limit is touched)."""
    if len(digits) <= _CHUNK:
        return int(digits)
    half = len(digits) // 2
    shift: int = 10**half
    return parse_integer(digits[:-half]) * shift + parse_integer(digits[-half:])


def format_integer(number: int) -> str:
    """Write an int of any length in decimal; the inverse of `parse_integer`."""
    if number < 0:
        return "-" + format_integer(-number)
    if number.bit_length() <= 13_000:  # at most 3914 digits
        return str(number)
    half = number.bit_length() // 7  # about half of the decimal digits
    high, low = divmod(number, 10**half)
    return format_integer(high) + format_integer(low).zfill(half)


def parse_rational(text: str) -> Fraction:
    """Read an integer, a fraction ``p/q`` or a decimal number exactly.

    Parameters
    ----------
    text : str
        ``"3"``, ``"-2/6"``, ``"0.1"`` (one tenth, not a binary float), ``"1.5e-3"``; blanks around it are ignored.

    Raises
    ------
    DataError
        When the text is not a finite rational number, or stands for more than `MAX_DIGITS` digits.

    Examples
    --------
    >>> parse_rational("0.1"), parse_rational(" -2/6 ")
    (Fraction(1, 10), Fraction(-1, 3))
    """
    text = text.strip(" \t\r\n")
    if len(text) > MAX_DIGITS:
        raise DataError(f"{_clip(text)} has {len(text)} characters; a number may have at most {MAX_DIGITS} digits")
    match = _NUMBER.fullmatch(text)
    if match is None or text.strip("+-") in {"", "."}:
        raise DataError(f"{_clip(text)!r} is not a number; write an integer, a decimal or a fraction p/q")
    sign = -1 if match["sign"] == "-" else 1
    if match["numerator"] is not None:
        denominator = parse_integer(match["denominator"])
        if denominator == 0:
            raise DataError(f"{_clip(text)!r} divides by zero; write a number with a nonzero denominator")
        return Fraction(sign * parse_integer(match["numerator"]), denominator)
    whole, decimals = match["whole"], match["decimals"] or ""
    if not whole and not decimals:
        raise DataError(f"{_clip(text)!r} is not a number; write an integer, a decimal or a fraction p/q")
    exponent_text = match["exponent"] or "0"
    if len(exponent_text) > 7 or abs(int(exponent_text)) > MAX_DIGITS:
        raise DataError(f"{_clip(text)!r} has an exponent beyond {MAX_DIGITS}; rescale the data")
    exponent = int(exponent_text) - len(decimals)
    digits = sign * parse_integer(whole + decimals)
    return Fraction(digits * 10**exponent) if exponent >= 0 else Fraction(digits, 10**-exponent)


def format_rational(number: Fraction | int) -> str:
    """Write a rational in the canonical form of certificates: lowest terms, ``p`` or ``p/q``.

    Examples
    --------
    >>> format_rational(Fraction(-2, 6)), format_rational(4)
    ('-1/3', '4')
    """
    numerator = format_integer(number.numerator)
    return numerator if number.denominator == 1 else f"{numerator}/{format_integer(number.denominator)}"


def significant(number: Fraction, digits: int) -> str:
    """Round a rational to significant decimal digits, for reading: like the format ``g`` of a float, at any size.

    Examples
    --------
    >>> significant(Fraction(2, 3), 6), significant(Fraction(10) ** 400 / 3, 6), significant(Fraction(1, 10**400), 6)
    ('0.666667', '3.33333e+399', '1e-400')
    """
    try:
        value = abs(float(number))
    except OverflowError:
        value = math.inf
    if not number or 1e-300 < value < math.inf:
        return f"{float(number):.{digits}g}"
    from decimal import MAX_EMAX, MIN_EMIN, Context

    context = Context(prec=digits, Emin=MIN_EMIN, Emax=MAX_EMAX)
    return str(context.divide(number.numerator, number.denominator).normalize(context)).lower()


def _clip(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:20]}...{text[-10:]}"
