"""Separated text: the numbers are the exact decimals and fractions of the text, and every defect says where it is."""

from __future__ import annotations

import csv
import gzip
import io
import re
import time
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.data import Dataset, delimited, read
from verify.data.delimited import read_delimited
from verify.errors import DataError

TENTH = Fraction(1, 10)


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


tables = st.integers(1, 4).flatmap(
    lambda d: st.lists(st.lists(st.fractions(), min_size=d, max_size=d), min_size=1, max_size=6)
)


def test_decimals_in_text_are_exact(write):
    data = read(write("a.csv", "a,b,y\n0.1,-2.50,1\n1e-3,1/3,0\n"))
    assert data.points == ((TENTH, Fraction(-5, 2)), (Fraction(1, 1000), Fraction(1, 3)))
    assert data.labels == (1, 0)
    assert (data.names, data.label_names, data.notes) == (("a", "b"), ("y",), ())


@pytest.mark.parametrize(
    "content",
    [
        "1,2\n3,4\n",
        "1,2\n3,4",
        "1,2\r\n3,4\r\n",
        "1,2\r3,4\r",
        "\ufeff1,2\n3,4\n",
        "\n\n1,2\n  \n3,4\n\n",
        "1;2\n3;4\n",
        "1\t2\n3\t4\n",
        ' 1 ,"2"\n"3", 4\n',
        "a,b\n1,2\n3,4\n",
        "a,b\r1,2\n3,4\n",
        '"a","b"\n1,2\n3,4\n',
        '"first\nname","b,c"\r\n1,2\r\n3,4\r\n',
        '"a;b",c\n1,2\n3,4\n',
        "a,b\n1.0,2.00\n3e0,40e-1\n",
        "+1,2\n003,4\n",
        "2/2,2\n3,4.\n",
    ],
)
def test_ways_to_write_the_same_table(write, content):
    assert read(write("a.csv", content)) == Dataset([[1, 2], [3, 4]])


def test_the_ending_or_the_format_decides(write):
    expected = Dataset([[1, 2], [3, 4]])
    assert read(write("a.tsv", "1\t2\n3\t4\n")) == expected
    assert read(write("a.TAB", "1\t2\n3\t4\n")) == expected
    assert read(write("a.csv.gz", gzip.compress(b"1,2\n3,4\n"))) == expected
    assert read(write("a.data", "1,2\n3,4\n"), format="csv") == expected
    assert read(str(write("b.csv", "1,2\n3,4\n"))) == expected
    with pytest.raises(DataError, match=r"column 1: '1,2' has a decimal comma; write a decimal point$"):
        read(write("b.tsv", "1,2\n3,4\n"))


def test_a_tab_goes_before_a_semicolon_and_a_semicolon_before_a_comma(write):
    with pytest.raises(DataError, match=r"a.csv: row 1 \(line 1\), column 2: '2,5' has a decimal comma"):
        read(write("a.csv", "1;2,5\n"))
    assert read(write("b.csv", '"a\tb;c",d\n1,2\n')).names == ("a\tb;c", "d")


@pytest.mark.parametrize(
    ("first", "header"),
    [
        ("a,b", True),
        ("1,b", True),
        ("2020-01-01,1", True),
        ("x1,x2", True),
        ("1,2", False),
        ("1e5,-.5", False),
        ("1/3,2", False),
    ],
)
def test_a_header_has_a_cell_that_is_text(write, first, header):
    assert read(write("a.csv", f"{first}\n3,4\n")).n == (1 if header else 2)


@pytest.mark.parametrize("missing", ["nan", "NaN", "inf", "-Infinity", "NA", "n/a", "null", "None", "?", "-", ""])
def test_a_missing_value_in_the_first_row_does_not_make_it_a_header(write, missing):
    with pytest.raises(DataError, match=r"row 1 \(line 1\), column 2: .*; (remove this row|write )"):
        read(write("a.csv", f"1,{missing}\n3,4\n"))


def test_a_doubtful_header_is_mentioned(write):
    mixed, unnamed = read(write("a.csv", "1,b\n3,4\n")), read(write("a.csv", ",b\n3,4\n"))
    assert mixed.notes == ("line 1 was read as the header, because 'b' in it is not a number",)
    assert unnamed.notes == ("column 1 has no name; leave it out (--drop 0; the first is 0) if it is a row index",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n3,4,5\n", "row 2 (line 3) has 3 cells and the header has 2; give every row 2"),
        ("1,2\n\n3\n", "row 2 (line 3) has 1 cells and row 1 has 2; give every row 2"),
        ("1,2\n3,4,\n", "row 2 (line 2) has 3 cells and row 1 has 2; give every row 2"),
        ("a,b\n1,2\n\n3,x\n", "row 2 (line 4), column 'b': 'x' is not a number; write a number or --drop the column"),
        ("1,2\n3,true\n", "row 2 (line 2), column 2: 'true' is not a number; write a number or --drop the column"),
        ("a,b\n1,nan\n", "row 1 (line 2), column 'b': nan is not finite; remove this row or put a number in its place"),
        ("1,2\n-inf,3\n", "row 2 (line 2), column 1: -inf is not finite; remove this row or put a number in its place"),
        ("a,b\n1,\n", "row 1 (line 2), column 'b': the value is empty; remove this row or put a number in its place"),
        ("a\n1/0\n", "row 1 (line 2), column 'a': '1/0' divides by zero; write a number with a nonzero denominator"),
        ("a,y\n1,cat\n", "row 1 (line 2), column 'y': 'cat' is not a number; number the classes, such as 0, 1, 2"),
        ("a,y\n1,a; b\n", "row 1 (line 2), column 'y': 'a; b' is not a number; number the classes, such as 0, 1, 2"),
        ("a\n1\n1e999999\n", "row 2 (line 3), column 'a': '1e999999' has an exponent beyond 100000; rescale the data"),
        ("_,2\n3,4\n5_0,6\n", "row 2 (line 3), column '_': '5_0' is not a number; write a number or --drop the column"),
        ("# made by hand\n1,2\n", "row 1 (line 2) has 2 cells and the header has 1; give every row 1"),
        ('a,b\n1,"2\n', "line 2: unexpected end of data; check the quotes"),
        ('a,b\n1,"2"3\n', "line 2: ',' expected after '\"'; check the quotes"),
        (
            '"a",b\n1,"x\ny"\n',
            r"row 1 (line 3), column 'b': 'x\ny' is not a number; write a number or --drop the column",
        ),
        ("a,b\n", "the file has a header and no rows; write one line for each point"),
        ("a,b\n\n \n", "the file has a header and no rows; write one line for each point"),
        (",\n,\n", "row 1 (line 1), column 1: the value is empty; remove this row or put a number in its place"),
        ("", "the file is empty; write one row for each point"),
        (" \n\n", "the file is empty; write one row for each point"),
        ("\ufeff", "the file has no rows; write one line for each point"),
        (b"a,b\n1,\xff\n", "line 2: byte 0xff is not UTF-8; save the file as UTF-8 text"),
        ("a,b\n1,2\n".encode("utf-16"), "line 1: byte 0xff is not UTF-8; save the file as UTF-8 text"),
    ],
)
def test_defects_of_a_table_are_placed(write, content, message):
    path = write("bad.csv", content)
    with pytest.raises(DataError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: {message}"


def test_an_integer_of_a_million_digits_is_refused_with_its_place(write):
    digits = "7" * 1_000_000
    for content in (f"a,b\n1,{digits}\n", f'"a",b\n1,{digits}\n'):
        with pytest.raises(DataError) as caught:
            read(write("a.csv", content))
        assert re.search(r"line 2|line 3", str(caught.value))
        assert re.search(r"1000000 characters|limit", str(caught.value))
        assert len(str(caught.value)) < 300
    with pytest.raises(DataError, match=r"row 1, column 2 of points: .* has 1000000 characters"):
        read(write("a.json", f'{{"points": [[1, {digits}]]}}'))


def test_long_numbers_are_exact(write):
    text = "1" + "0" * 5000
    expected = Dataset([[text, 1]])
    assert read(write("a.csv", f"{text},1\n")) == expected
    assert read(write("a.json", f"[[{text}, 1]]")) == expected
    assert read(write("b.json", f"[[{text}.0, 1]]")) == expected
    assert expected.points[0][0] == 10**5000


def test_denormal_and_tiny_numbers(write):
    assert read(write("a.csv", "5e-324,1e-400\n")).points == ((Fraction(5, 10**324), Fraction(1, 10**400)),)
    np.save(path := write("a.npy", b""), np.array([[5e-324, 2.2250738585072014e-308]]))
    assert read(path).points == ((Fraction(1, 2**1074), Fraction(1, 2**1022)),)


@given(tables, st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.booleans())
def test_fractions_survive_the_way_through_text(rows, delimiter, newline, header, quotes):
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL if quotes else csv.QUOTE_MINIMAL
    )
    if header:
        writer.writerow([f"column {j}" for j in range(len(rows[0]))])
    writer.writerows(rows)
    content = out.getvalue().encode()
    found = read_delimited(content, delimiter=delimiter)
    assert found == Dataset(rows)
    assert found.names == tuple(f"column {j}" if header else f"x{j}" for j in range(len(rows[0])))
    if len(rows[0]) > 1:
        assert read_delimited(content) == found  # the delimiter is found


@given(st.text(alphabet='0123456789.,;-/e+ \n\r\t"ax', max_size=40))
def test_tables_of_any_characters(text):
    """Whatever is read without an error has the cells that Python's csv and Decimal or Fraction see."""
    try:
        data = read_delimited(text.encode(), delimiter=",")
    except DataError:
        return
    records = [row for row in csv.reader(io.StringIO(text, newline="")) if len(row) > 1 or (row and row[0].strip(" "))]
    numbers = [[Fraction(cell.strip()) for cell in row] for row in records[len(records) - data.n :]]
    assert data.n == len(numbers)
    if numbers:  # a header alone has a dimension, an empty list of points has none
        assert data == Dataset(numbers)


# -- the fast way ------------------------------------------------------------------------------------------------


def plain(number, places):
    """Write number / 10^places as a plain decimal."""
    digits = str(abs(number)).zfill(places + 1)
    text = digits if not places else f"{digits[:-places]}.{digits[-places:]}"
    return "-" + text if number < 0 else text


decimals = st.integers(0, 15).flatmap(
    lambda k: st.tuples(st.integers(-(10**15) + 1, 10**15 - 1) | st.integers(-20, 20), st.just(k))
)


decimal_tables = st.integers(1, 3).flatmap(
    lambda d: st.lists(st.lists(decimals, min_size=d, max_size=d), min_size=1, max_size=5)
)


@given(decimal_tables)
def test_the_fast_way_and_the_slow_way_read_the_same_numbers(rows):
    content = "".join(",".join(plain(*cell) for cell in row) + "\n" for row in rows)
    fast = read_delimited(content.encode())
    slow = read_delimited(content.replace("\n", "e0\n", 1).encode())  # an exponent: not a plain decimal
    expected = Dataset([[Fraction(Decimal(plain(*cell))) for cell in row] for row in rows])
    assert fast == slow == expected
    assert fast.sha256() == expected.sha256()


@given(st.integers(0, 15), st.data())
def test_fifteen_digits_take_the_fast_way_and_are_exact(places, data):
    number = st.integers(-(10**15) + 1, 10**15 - 1)
    rows = data.draw(st.lists(st.tuples(number, number), min_size=1, max_size=20))
    content = "".join(f"{plain(a, places)},{plain(b, places)}\n" for a, b in rows)
    values = delimited._fast(content, ",", 0, 2)
    assert values is not None
    assert values.fractions() == tuple((Fraction(a, 10**places), Fraction(b, 10**places)) for a, b in rows)


def test_blocks_of_integers_and_decimals_meet_at_one_scale(monkeypatch):
    monkeypatch.setattr(delimited, "_slow", None)  # the fast way has to do it alone
    monkeypatch.setattr(delimited, "_BLOCK", 64)
    numbers = [(i * 7919 - 50_000, i * i) for i in range(3000)]
    lines = [f"{plain(a, 0 if i < 1000 else 3)};{b}" for i, (a, b) in enumerate(numbers)]
    data = read_delimited(("p;q\n" + "\n".join(lines)).encode())
    scales = [1 if i < 1000 else 1000 for i in range(3000)]
    assert data == Dataset([[Fraction(a, s), b] for (a, b), s in zip(numbers, scales, strict=True)])
    assert data.coordinates.scale == (1000, 1)


@pytest.mark.parametrize(
    "content",
    ["999999999999999999,1\n0.5,2\n", "1000000000000000000,1\n", "0.1234567890123456,1\n", "1234567890123.4567,1\n"],
)
@pytest.mark.parametrize("block", [8, 1 << 20])
def test_numbers_too_long_for_the_fast_way_are_exact_too(monkeypatch, content, block):
    monkeypatch.setattr(delimited, "_BLOCK", block)
    expected = [[Fraction(cell) for cell in line.split(",")] for line in content.split()]
    assert read_delimited(content.encode()) == Dataset(expected)
    assert delimited._fast(content, ",", 0, 2) is None


def test_columns_of_small_numbers_stay_int64_next_to_huge_labels():
    data = read_delimited(b"a,b,y\n1,2.5,1e40\n3,4,5\n")
    assert data.coordinates.values.dtype == np.int64
    assert data.labels == (Fraction(10**40), Fraction(5))


@pytest.mark.slow
def test_a_million_rows_take_seconds(tmp_path):
    array = np.random.default_rng(0).integers(-1000, 1000, (10**6, 10))
    path = tmp_path / "big.csv"
    np.savetxt(path, array, fmt="%d", delimiter=",")
    start = time.perf_counter()
    data = read(path)
    data.sha256()
    assert time.perf_counter() - start < 20
    assert (data.coordinates.values == array).all()


# -- label columns -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["y", "Y", "label", "Labels", "TARGET", " target "])
def test_a_last_column_with_a_label_name_is_the_label(write, name):
    data = read(write("a.csv", f"a,{name}\n1,2\n"))
    assert (data.points, data.labels, data.label_names) == (((1,),), (2,), (name.strip(),))


@pytest.mark.parametrize("header", ["y,a", "a,why", "a,species"])
def test_other_columns_are_no_labels_by_default(write, header):
    assert read(write("a.csv", f"{header}\n1,2\n")).outputs == 0


def test_a_single_column_is_never_the_label_by_default(write):
    assert read(write("a.csv", "y\n1\n2\n")) == Dataset([[1], [2]])


@pytest.mark.parametrize(
    ("label", "points", "labels"),
    [
        (None, [[1, 2]], [3]),
        ("a", [[2, 3]], [1]),
        ("0", [[2, 3]], [1]),
        (0, [[2, 3]], [1]),
        ("-1", [[1, 2]], [3]),
        (-2, [[1, 3]], [2]),
        (["y", "a"], [[2]], [[3, 1]]),
        (("b", -1), [[1]], [[2, 3]]),
        ((), [[1, 2, 3]], None),
        ([], [[1, 2, 3]], None),
    ],
)
def test_label_columns_by_name_and_number(write, label, points, labels):
    data = read(write("a.csv", "a,b,y\n1,2,3\n"), label=label)
    assert data == Dataset(points, labels)


def test_a_name_goes_before_a_number(write):
    path = write("a.csv", "0,b,1\n5,6,7\n")
    assert read(path, label="1").labels == (7,)
    assert read(path, label=1).labels == (6,)


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("speces", "there is no label column 'speces'; did you mean 'species'?"),
        ("zzz", "there is no label column 'zzz'; did you mean 'length' or 'width' or 'species' or 'width'?"),
        ("width", "2 columns are called 'width'; choose one by its number, the first is 0"),
        (7, "there is no label column 7: the 4 columns have the numbers 0 to 3"),
        ("-5", "there is no label column -5: the 4 columns have the numbers 0 to 3"),
        (["species", 2], "the label columns ['species', 2] name one column twice; name each of them once"),
        ([0, 1, 2, 3], "all 4 columns are label columns; leave at least one for the points"),
        (True, "the label column True has type bool; give a name or a number"),
        ([1.5], "the label column 1.5 has type float; give a name or a number"),
    ],
)
def test_wrong_label_columns(write, label, message):
    path = write("a.csv", "length,width,species,width\n1,2,3,4\n")
    with pytest.raises(DataError) as caught:
        read(path, label=label)
    assert str(caught.value) == f"{path}: {message}"


def test_a_label_name_without_a_header(write):
    with pytest.raises(DataError, match="'y': the columns have no names; give a number, -1 is the last"):
        read(write("a.csv", "1,2\n"), label="y")
