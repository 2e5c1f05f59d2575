"""How closely a certificate has to enclose the generator of its number field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verify.rational import format_rational

if TYPE_CHECKING:
    from verify.verdict.verdict import Verdict

_NUMBER = re.compile("[0-9]+")


def narrow_root(verdict: Verdict, claims: list[dict[str, Any]]) -> list[str]:
    """Write an interval around the generator alpha that shows every sign that a checker needs.

    The numbers are in Z[alpha]: coordinates, their minors, entries of c.y and of m C. Let m be the degree of the field,
    and let M bound such a number and all its conjugates. Its norm is an integer other than 0, so the number is at least
    M^(1 - m) in size. Its coefficients in powers of alpha are bounded too, and so is the error of Horner's scheme
    on an interval of the width 2^-bits. Everything below is a count of bits, on the safe side.
    """
    data = verdict.data
    field = data.field
    assert field is not None  # noqa: S101  # the caller has made sure
    m = field.degree
    size = 1 + sum(c.bit_length() for c in map(abs, field.polynomial))  # alpha and its conjugates are below 2^size
    digits = max((len(text) for text in _texts([list(data.canonical_text()), claims])), default=1)
    number = 4 * digits * (data.dimension + data.outputs + 1) + m * size  # of one number over its common denominator
    factors = 2 + max((family.degree for family in verdict.space.families), default=0)
    terms = (data.n + 1).bit_length() + m.bit_length() + 8
    largest = factors * (number + terms)
    bits = m * largest + factors * m * (size + terms) + m * size
    low, high = field.bounds(bits)
    return [format_rational(Fraction(end, 2**bits)) for end in (low, high)]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _NUMBER.findall(value)
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
