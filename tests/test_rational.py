"""Numbers as text: exact, canonical, of any length up to the limit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.errors import DataError
from verify.rational import MAX_DIGITS, format_integer, format_rational, parse_integer, parse_rational


@given(st.integers())
def test_integers_round_trip(number: int) -> None:
    assert format_integer(number) == str(number)
    assert parse_integer(str(abs(number))) == abs(number)


def test_integers_beyond_pythons_own_limit_round_trip() -> None:
    number = 7**20_000 + 1  # 16903 digits
    text = format_integer(-number)
    assert text.startswith("-")
    assert parse_integer(text[1:]) == number
    assert format_integer(10**5000) == "1" + "0" * 5000


@given(st.fractions())
def test_rationals_round_trip_in_lowest_terms(number: Fraction) -> None:
    assert format_rational(number) == str(number)
    assert parse_rational(format_rational(number)) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Fraction(1, 10)),
        (" 2/4\n", Fraction(1, 2)),
        ("+3", Fraction(3)),
        ("-.5", Fraction(-1, 2)),
        ("5.", Fraction(5)),
        ("1.5e-3", Fraction(3, 2000)),
        ("1E3", Fraction(1000)),
        ("5e-324", Fraction(5, 10**324)),
        ("-0", Fraction(0)),
    ],
)
def test_what_a_person_writes(text: str, value: Fraction) -> None:
    assert parse_rational(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-",
        "e5",
        "1_0",
        "1/0",
        "1/-2",
        "nan",
        "inf",
        "0x10",
        "1 2",
        "1,5",
        "\u0661",
        "1e9999999",
        "9" * (MAX_DIGITS + 1),
    ],
)
def test_what_is_not_a_number(text: str) -> None:
    with pytest.raises(DataError) as error:
        parse_rational(text)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 200
