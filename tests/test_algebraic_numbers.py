"""Real algebraic coordinates: fields, constants and data, against SymPy."""

from __future__ import annotations

import json
import math
import pickle
import time
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import sympy
from algebraic_numbers import CUBIC, FIELDS, SQRT5, values
from structured_data import seeded

from verify import Dataset, read
from verify.algebraic import Element, NumberField
from verify.algebraic.constants import looks_algebraic
from verify.algebraic.writing import format_element, format_number
from verify.errors import DataError


def random_element(rng: Random, field: NumberField) -> Element:
    return field.element([Fraction(rng.randint(-9, 9), rng.randint(1, 6)) for _ in range(field.degree)])


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_the_field_axioms_and_the_order(field: NumberField) -> None:
    rng = seeded(str(field))
    alpha = sympy.nsolve(sympy.Poly(list(reversed(field.polynomial)), sympy.Symbol("x")).as_expr(),
                         float(field.root[0] + field.root[1]) / 2, prec=60)  # fmt: skip
    for _ in range(60):
        x, y, z = (random_element(rng, field) for _ in range(3))
        assert x * (y + z) == x * y + x * z
        assert (x * y) * z == x * (y * z)
        assert x - x == 0
        assert not x - x
        assert x + Fraction(1, 3) == Fraction(1, 3) + x
        if x:
            assert x * x.inverse() == 1
            assert (y / x) * x == y
            assert x**-2 * x**3 == x
        real = sum((sympy.Rational(a.numerator, a.denominator) * alpha**k for k, a in enumerate(x.coefficients)), 0)
        assert math.isclose(float(x), float(real), rel_tol=1e-14, abs_tol=0)
        assert (x > 0, x < 0) == (real > 0, real < 0)
        assert abs(x) == (x if real > 0 else -x)
        low, high = x.enclosure(40)
        assert low <= sympy.Rational(str(real)) <= high or high - low < Fraction(1, 2**30)
        assert pickle.loads(pickle.dumps(x)) == x  # noqa: S301 - our own bytes


def test_signs_of_numbers_that_are_almost_zero() -> None:
    a, b = 1, 1
    for _ in range(200):
        a, b = a + b, a
    golden = (1 + SQRT5.generator) / 2
    gap = Fraction(a, b) - golden  # successive quotients of Fibonacci numbers lie on both sides
    assert 0 < abs(gap) < Fraction(1, 10**80)
    assert (gap > 0) != (Fraction(a + b, a) - golden > 0)
    assert math.isclose(float(gap), 1 / (math.sqrt(5) * b**2) * (1 if gap > 0 else -1), rel_tol=1e-9)


def test_rational_elements_are_rational_numbers() -> None:
    half = SQRT5.element([Fraction(1, 2)])
    assert half == Fraction(1, 2)
    assert hash(half) == hash(Fraction(1, 2))
    assert half.simplify() == Fraction(1, 2)
    assert type(half.simplify()) is Fraction
    with pytest.raises(ZeroDivisionError):
        (half - Fraction(1, 2)).inverse()
    with pytest.raises(ValueError, match="one field"):
        SQRT5.generator + CUBIC.generator


def test_a_field_does_not_depend_on_how_its_root_was_isolated() -> None:
    narrow = NumberField([-5, 0, 1], (Fraction(22360679, 10**7), Fraction(22360680, 10**7)))
    assert narrow == SQRT5
    assert hash(narrow) == hash(SQRT5)
    assert NumberField([-5, 0, 1], (Fraction(-3), Fraction(0))) != SQRT5


def test_numbers_as_text() -> None:
    golden, other = values("(1+sqrt(5))/2", "-sqrt(5)/3")
    assert [format_number(golden), format_number(other)] == ["1/2 + 1/2*sqrt(5)", "-1/3*sqrt(5)"]
    assert [format_element(golden), format_element(other)] == ["1/2,1/2", "0,-1/3"]
    assert format_number(golden * golden - golden) == format_element(golden * golden - golden) == "1"
    assert format_number(CUBIC.generator**2 - 1) == "-1 + a**2"
    assert str(values("cos(2*pi/5)")[0]) == "-1/4 + 1/4*sqrt(5)"  # whatever generates the field
    assert str(values("sqrt(12)")[0]) == "2*sqrt(3)"


CONSTANTS = [
    ["sqrt(3)/2"], ["(1+sqrt(5))/2", "sqrt(20)", "2/(1+sqrt(5))"], ["cos(2*pi/5)", "sin(2*pi/5)", "sqrt(5)"],
    ["sqrt(2)", "sqrt(3)", "sqrt(6)", "sqrt(2+sqrt(3))"], ["2**(1/3)", "2**(1/6)"], ["cos(2*pi/7)", "cos(4*pi/7)"],
    ["sqrt(10+2*sqrt(5))/4", "sqrt(10-2*sqrt(5))/4", "(sqrt(5)-1)/4"], ["cos(pi/17)"], ["sqrt(3-2*sqrt(2))"],
    ["sin(-pi/4)", "cos(3*pi/4)"], ["sqrt(1/7)**-3"], ["3**(2/3) - 1", "9**(1/3)"], ["sqrt(0.08)"], ["sqrt(2)**2"],
    ["cos(pi/3)", "sin(pi/6)", "cos(0*pi)"], ["sqrt(sqrt(16))"], ["2^(1/2)"],
    ["sqrt(2)+sqrt(3)", "sqrt(5)", "1/(sqrt(2)+sqrt(3)+sqrt(5))"],
]  # fmt: skip


@pytest.mark.parametrize("texts", CONSTANTS, ids=lambda texts: texts[0])
def test_constants_agree_with_sympy(texts: list[str]) -> None:
    found = values(*texts)
    x = sympy.Symbol("x")
    for text, value in zip(texts, found, strict=True):
        exact = sympy.sympify(text.replace("^", "**"), rational=True)
        # the number and its minimal polynomial, by SymPy's own routes
        assert math.isclose(float(value), float(exact.evalf(30)), rel_tol=1e-14)
        polynomial = sympy.Poly(sympy.minimal_polynomial(exact, x), x)
        total: Any = 0
        for c in polynomial.all_coeffs():
            total = total * value + Fraction(int(c))
        assert total == 0
        assert polynomial.degree() <= value.field.degree
    field = found[0].field
    assert sympy.Poly(list(reversed(field.polynomial)), x).is_irreducible


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sqrt(-1)", "negative"), ("(-8)**(1/3)", "negative"), ("1/(sqrt(2)*sqrt(8)-4)", "divides by zero"),
        ("sqrt(2)*pi", "no algebraic number"), ("sqrt(x)", "no algebraic number"), ("cos(1)", "multiple of pi"),
        ("exp(1)**2", "no algebraic number"), ("2**(1/97)", "largest degree"), ("cos(pi/97)", "degree"),
        ("cos(pi/10007)", "denominator above"), ("9**9**9", "exponents"), ("sqrt(2)**(10**9)", "exponent|power"),
        ("sqrt(" * 40 + "2" + ")" * 40, "degree|nested"), ("sqrt(2)+" * 60 + "1", "characters"),
        ("sqrt(" + "7" * 200 + ")", "digits"), ("__import__('os').system('true')**2", "not in the language|character"),
        ("(lambda: 2)()**2", "not in the language|well formed"), ("sqrt(\uff12)", "ASCII|character"),
        ("+".join(f"sqrt({p})" for p in (2, 3, 5, 7, 11)), "degree 32"), ("2**sqrt(2)", "no algebraic number"),
        ("max(sqrt(2), 1)", "no algebraic number"),
    ],
)  # fmt: skip
def test_hostile_and_impossible_constants_are_refused_quickly(text: str, message: str) -> None:
    start = time.perf_counter()
    with pytest.raises(DataError, match=message):
        values(text)
    assert time.perf_counter() - start < 2


def test_a_table_of_different_roots_is_refused_with_the_place() -> None:
    primes = [2, 3, 5, 7, 11, 13]
    with pytest.raises(DataError, match=r"points\[4\]\[0\]: the coordinates need a number field of degree"):
        Dataset([[f"sqrt({p})"] for p in primes])


def test_what_looks_like_a_constant() -> None:
    assert all(looks_algebraic(text) for text in ("sqrt(3)/2", " 2**(1/3) ", "cos(2*pi/5)", "-(1+sqrt(5))/2"))
    assert not any(looks_algebraic(text) for text in ("2020-01-01", "1-2", "abc", "species", "1/3", "pi", "", "x 1"))


def test_the_same_points_from_csv_json_and_python(tmp_path: Path) -> None:
    rows = [["sqrt(3)/2", "1/2", "1"], ["0", "-1", "sqrt(3)"], ["0.5", "-sqrt(3)/2", "0"]]
    csv, bare, given = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.json"
    csv.write_text("u,v,y\n" + "".join(",".join(row) + "\n" for row in rows))
    bare.write_text("".join(",".join(row) + "\n" for row in rows))
    given.write_text(json.dumps({"points": [row[:2] for row in rows], "labels": [row[2] for row in rows]}))
    root = sympy.sqrt(3)
    python = Dataset([[root / 2, Fraction(1, 2)], [0, -1], [0.5, -root / 2]], [1, root, 0])
    element = NumberField([-3, 0, 1], (Fraction(1), Fraction(2))).generator
    direct = Dataset([[element / 2, 0.5], [0, -1], [0.5, -element / 2]], [1, element, 0])
    arrays = Dataset(
        np.array([[root / 2, 1 / sympy.Integer(2)], [0, -1], [0.5, -root / 2]], dtype=object), [1, root, 0]
    )
    sets = [read(csv), read(bare, label=-1), read(given), python, direct, arrays, pickle.loads(pickle.dumps(direct))]  # noqa: S301
    assert all(data == sets[0] and data.sha256() == sets[0].sha256() for data in sets)
    assert sets[0].names == ("u", "v")
    assert sets[0].points[1] == (0, -1)
    assert type(sets[0].points[1][0]) is Fraction
    assert sets[0].labels[1] == element
    assert str(sets[0].field) == "Q(sqrt(3))"
    assert list(sets[0].canonical_text())[:2] == ["fullrank-data 1 3 2 1 -3,0,1 1 2\n", "0,1/2 1/2 1\n"]


def test_points_and_labels_in_different_fields_meet_in_one() -> None:
    data = Dataset([["sqrt(2)"], ["1"]], ["sqrt(3)", "sqrt(6)"])
    assert data.field is not None
    assert data.field.degree == 4
    assert data.points[0][0] ** 2 == 2
    assert data.labels[1] == data.points[0][0] * data.labels[0]
    other = Dataset([["sqrt(2)"], ["1"]], ["sqrt(6)/sqrt(2)", "sqrt(12)/sqrt(2)"])
    assert data == other
    assert data != Dataset([["sqrt(2)"], ["1"]], ["sqrt(3)", "-sqrt(6)"])


def test_constants_that_are_rational_leave_the_data_rational() -> None:
    data = Dataset([["sqrt(4)", "sqrt(2)*sqrt(8)"], ["cos(pi/3)", "4**(1/2)"]])
    assert data.field is None
    assert data == Dataset([[2, 4], ["1/2", 2]])
    labels = Dataset([[1], [2]], ["sqrt(2)", 0])
    assert labels.field is not None
    assert Dataset(labels.coordinates).field is None


def test_a_header_is_still_a_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x**2,sin(x),y\n1,2,3\n")
    assert read(path).names == ("x**2", "sin(x)")
