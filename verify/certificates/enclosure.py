"""How closely a certificate has to enclose the generator of its number field."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from verify.algebraic.field import NumberField
from verify.errors import CertificateError
from verify.rational import format_rational

_FEWEST_BITS, _MOST_BITS = 64, 2**15


def narrow_root(field: NumberField, certificate: dict[str, Any]) -> list[str]:
    """Write an interval around the generator that shows every sign that a checker needs.

    A number that is not 0 has an interval that shows it, but a bound from its norm is far too careful. So the interval
    is narrowed, to twice the bits each time, until the checker accepts the certificate with it.

    Parameters
    ----------
    field : NumberField
    certificate : dict
        All but the interval, with the data inside.

    Raises
    ------
    CertificateError
        When 32,768 bits are not enough: a number of the data, or of the proof, is closer to 0 than that.
    """
    from verify.check import check_text

    bits = _FEWEST_BITS
    while bits <= _MOST_BITS:
        root = [format_rational(Fraction(end, 2**bits)) for end in field.bounds(bits)]
        result = check_text(json.dumps({**certificate, "root": root}))
        if result.status == "accepted":
            return root
        bits *= 2
    raise CertificateError(
        f"no certificate was written: the checker says {result.message!r}, with the generator of the field to "
        f"{_MOST_BITS} bits; write the points with shorter numbers"
    )
