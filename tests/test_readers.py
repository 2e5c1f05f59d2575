"""JSON, NumPy and Parquet files, and files that cannot be read: exact numbers, or an error that says where."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.data import Dataset, read
from verify.data.array_files import read_npy, read_npz, read_parquet
from verify.data.delimited import read_delimited
from verify.data.json_text import read_json
from verify.errors import DataError, NotAvailableError

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


# -- JSON --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "points", "labels"),
    [
        ('{"points": [[0.1, 1], [2, "1/3"]], "labels": [1, 0.5]}', [["0.1", 1], [2, "1/3"]], [1, "1/2"]),
        ('{"labels": [[1, 2], [3, 4]], "points": [[1], [2]]}', [[1], [2]], [[1, 2], [3, 4]]),
        ('{"points": [[1], [2]], "labels": null}', [[1], [2]], None),
        ("[[1, 2.50], [-0.0, 1E+2]]", [[1, "2.5"], [0, 100]], None),
        ("\ufeff[[true, false]]", [[1, 0]], None),
        ("[[], []]", [[], []], None),
        ("[[1e-400]]", [[Fraction(1, 10**400)]], None),
    ],
)
def test_json(write, content, points, labels):
    assert read(write("a.json", content)) == Dataset(points, labels)


def test_json_label_choice(write):
    path = write("a.json", "[[1, 2, 3], [4, 5, 6]]")
    assert read(path, label=-1) == Dataset([[1, 2], [4, 5]], [3, 6])
    path = write("b.json.gz", gzip.compress(b'{"points": [[1], [2]], "labels": [3, 4]}'))
    assert read(path) == Dataset([[1], [2]], [3, 4])
    assert read(path, label=()) == Dataset([[1], [2]])
    with pytest.raises(DataError, match="the file has labels of its own, so 0 cannot be chosen; leave the label"):
        read(path, label=0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[1, NaN]]", "row 1, column 2 of points: NaN is not finite; remove this row or put a number in its place"),
        (
            '{"points": [[1], [-Infinity]]}',
            "row 2, column 1 of points: -Infinity is not finite; remove this row or put a number in its place",
        ),
        (
            '{"points": [[1]], "labels": [null]}',
            "label 1: the value is missing (None); remove this row or put a number in its place",
        ),
        (
            '{"points": [[1]], "labels": ["cat"]}',
            "label 1: 'cat' is not a number; write an integer, a decimal or a fraction p/q",
        ),
        ('{"points": [[1]], "points": [[2]]}', "the key 'points' is there twice; keep one of them"),
        ('{"points": [[1]], "lables": [2]}', "the key 'lables' is unknown; the keys are points and labels"),
        ('{"labels": [2]}', 'there is no key "points"; write {"points": [[...], ...], "labels": [...]}'),
        ("[[1, 2], [3]]", "row 2 of points has 1 entries and row 1 of points has 2; make them equal"),
        ('[[1, "x"]]', "row 1, column 2 of points: 'x' is not a number; write an integer, a decimal or a fraction p/q"),
        (
            "[[1, [2]]]",
            "row 1, column 2 of points: a list is not a number; use int, float, Fraction, Decimal or text like '1/3'",
        ),
        ("[1, 2]", "row 1 of points is 1; write each row as a list of numbers, such as [1, 2]"),
        ('["12"]', "row 1 of points is '12'; write each row as a list of numbers, such as [1, 2]"),
        ("5", "points is 5; write a list of rows, each a list of numbers"),
        ('{"points": {"a": 1}}', "points is an object; write a list of rows, each a list of numbers"),
        ('{"points": null}', "points is null; write a list of rows, each a list of numbers"),
        ("[]", "there are no points; write at least one row"),
        ('{"points": [[1], [2]], "labels": [1]}', "there are 1 labels for 2 points; give one for each point"),
        ("[[1, 2]", "line 1, column 8: Expecting ',' delimiter; the file is not valid JSON"),
        ("[[01]]", "line 1, column 4: Expecting ',' delimiter; the file is not valid JSON"),
        (b'[["\xff"]]', "byte 3 is not UTF-8; save the file as UTF-8 text"),
        ("[" * 200_000, "the lists are nested too deep; points is a list of rows, a row a list of numbers"),
    ],
)  # fmt: skip
def test_defects_of_json_are_placed(write, content, message):
    path = write("bad.json", content)
    with pytest.raises(DataError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: {message}"


@given(tables, st.booleans())
def test_fractions_survive_the_way_through_json(rows, flat):
    labels = [row[0] if flat else [row[0], 7] for row in rows]
    text = json.dumps({"points": [[str(x) for x in row] for row in rows], "labels": labels}, default=str)
    assert read_json(text.encode()) == Dataset(rows, labels)


@given(st.lists(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2), min_size=1))
def test_numbers_in_json_text_are_exact_decimals(rows):
    assert read_json(json.dumps(rows).encode()) == Dataset(rows, decimal=True)


# -- NumPy files -------------------------------------------------------------------------------------------------


def npz(**arrays):
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def npy(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


@pytest.mark.parametrize("points", ["points", "X"])
@pytest.mark.parametrize("labels", ["labels", "y"])
def test_npz(write, points, labels):
    x, y = np.array([[0.1, 2.0], [3.0, 4.0]]), np.array([1, 0])
    data = read(write("a.npz", npz(**{points: x, labels: y})))
    assert data == Dataset(x, y)
    assert data.points[0][0] == Fraction(0.1)
    assert read(write("a.npz", npz(**{points: x, labels: y})), decimal=True).points[0][0] == TENTH
    assert read_npz(npz(**{points: x, labels: y}), label=()) == Dataset(x)
    assert read_npz(npz(**{points: x, labels: y[:, None]})) == Dataset(x, y)
    assert read_npz(npz(**{points: x}), label=-1) == Dataset([[0.1], [3]], [2, 4])


def test_npy(write):
    array = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8)
    assert read(write("a.npy", npy(array))) == Dataset(array)
    assert read(write("a.npy", npy(array)), label="-1") == Dataset(array[:, :2], array[:, 2])
    decimal = read_npy(npy(np.array([[0.1]])), decimal=True)
    assert decimal.points == ((TENTH,),)
    assert decimal.notes == ("floats read as their shortest decimals",)


@pytest.mark.parametrize(
    ("reader", "content", "message"),
    [
        (read_npz, npz(X=np.array([[1.0, np.nan]])), r"^row 1, column 2 of points: nan is not finite; remove this row"),
        (read_npz, npz(X=np.ones((2, 1)), y=np.array([0, np.inf])), r"^label 2: inf is not finite"),
        (read_npz, npz(X=np.ones((2, 1)), y=np.array([[0], [np.inf]])), r"^row 2, column 1 of labels: inf is not"),
        (read_npz, npz(X=np.ones(3)), r"^points has shape \(3,\); save it with shape \(n, d\)"),
        (read_npz, npz(X=np.ones((2, 1)), y=np.ones((2, 1, 1))), r"^labels has shape \(2, 1, 1\); save it with"),
        (read_npz, npz(X=np.ones((2, 1)), y=np.ones(3)), r"^there are 3 labels for 2 points"),
        (read_npz, npz(X=np.ones((0, 2))), r"^there are no points"),
        (read_npz, npz(X=np.ones((2, 1)), points=np.ones((2, 1))), r"^there are arrays 'points' and 'X'; keep one"),
        (read_npz, npz(X=np.ones((2, 1)), lables=np.ones(2)), r"^the array 'lables' is unknown; save points \(or X\)"),
        (read_npz, npz(y=np.ones(2)), r"^there is no array 'points' or 'X'"),
        (read_npz, npz(X=np.array([[object()]])), r"^this is not a readable array 'X' without pickled objects \("),
        (read_npz, npy(np.ones((1, 1))), r"^this is a single NPY array; read it with format='npy'"),
        (read_npz, npz(X=np.ones((9, 9)))[:200], r"^this is not a readable NumPy file"),
        (read_npy, npz(X=np.ones((1, 1))), r"^this is an NPZ archive; read it with format='npz'"),
        (read_npy, npy(np.array([[object()]])), r"^this is not a readable NumPy file without pickled objects"),
        (read_npy, npy(np.ones((3, 3)))[:-5], r"^this is not a readable NumPy file"),
        (read_npy, b"1,2\n3,4\n", r"^this is not a readable NumPy file"),
        (read_npy, npy(np.ones((1, 1), dtype=complex)), r"^row 1, column 1 of the array is .* dtype complex"),
        (read_npy, npy(np.zeros(2, dtype=[("a", "i4"), ("b", "f8")])), r"^the array has shape \(2,\)"),
    ],
)  # fmt: skip
def test_defects_of_numpy_files(reader, content, message):
    with pytest.raises(DataError, match=message):
        reader(content)


# -- Parquet -----------------------------------------------------------------------------------------------------


def parquet(**columns):
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_parquet_columns_are_exact(write):
    content = parquet(
        big=pa.array([2**60 + 1, -3]),
        unsigned=pa.array([2**64 - 1, 0], pa.uint64()),
        price=pa.array([Decimal("0.10"), Decimal("-2.25")]),
        text=["1/3", "0.1"],
        flag=[True, False],
        code=pa.array([5, 7]).dictionary_encode(),
        half=pa.array([0.5, 0.1], pa.float32()),
        y=[0.1, 2.0],
    )
    data = read(write("a.parquet", content))
    assert data.points[0] == (2**60 + 1, 2**64 - 1, TENTH, Fraction(1, 3), 1, 5, Fraction(1, 2))
    assert data.points[1] == (-3, 0, Fraction(-9, 4), TENTH, 0, 7, Fraction(13421773, 134217728))
    assert data.labels == (Fraction(0.1), 2)
    assert data.names == ("big", "unsigned", "price", "text", "flag", "code", "half")
    assert data.label_names == ("y",)
    decimal = read(write("a.pq", content), decimal=True, label=["half", "y"])
    assert decimal.labels == ((Fraction(1, 2), TENTH), (TENTH, Fraction(2)))


def test_parquet_floats_stay_floats():
    data = read_parquet(parquet(a=[1.5, 0.1], b=[1, 2], y=[2**60 + 1, 0]))
    assert data.coordinates.values.dtype == np.float64
    assert data.labels == (2**60 + 1, 0)


def test_a_pandas_index_is_left_out():
    data = read_parquet(parquet(a=[1, 2], __index_level_0__=[5, 6]))
    assert data == Dataset([[1], [2]])
    assert data.notes == ("the index of the pandas frame, __index_level_0__, was left out",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (parquet(a=[1, 2], b=[1, None]), r"^row 2, column 'b': the value is missing \(null\); remove this row"),
        (parquet(a=[1.0, float("nan")]), r"^row 2, column 'a': nan is not finite"),
        (parquet(a=["cat"]), r"^row 1, column 'a': 'cat' is not a number"),
        (parquet(a=[[1, 2]]), r"^column 'a' has type list<.*>; use integers, floats or decimals"),
        (parquet(a=pa.array([1], pa.date32())), r"^column 'a' has type date32"),
        (parquet(a=pa.array([], pa.int64())), r"^the table has 0 rows and 1 columns"),
        (b"PAR1 not really PAR1", r"^this is not a readable Parquet file \("),
        (b"1,2\n", r"^this is not a readable Parquet file \("),
    ],
)
def test_defects_of_parquet_files(content, message):
    with pytest.raises(DataError, match=message):
        read_parquet(content)


def test_parquet_without_pyarrow_says_how_to_install_it(write, monkeypatch):
    path = write("a.parquet", parquet(a=[1]))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(NotAvailableError, match=r"needs pyarrow; install it with: pip install 'fullrank\[parquet\]'$"):
        read(path)


# -- files -------------------------------------------------------------------------------------------------------


def test_files_that_cannot_be_read(write, tmp_path):
    cases = [
        (tmp_path / "absent.csv", "there is no such file; check the name and the folder"),
        (tmp_path, "this is a directory; name a file in it"),
        (write("a.csv.gz", b"1,2\n"), "the file is not intact gzip data"),
        (write("b.csv.gz", gzip.compress(b"1,2\n3,4\n")[:-6]), "the file is not intact gzip data"),
        (write("a.npy", b""), "the file is empty"),
        (tmp_path / ("n" * 5000 + ".csv"), "the file cannot be read (File name too long)"),
    ]
    for path, message in cases:
        with pytest.raises(DataError) as caught:
            read(path)
        assert str(caught.value).startswith(f"{path}: {message}")


def test_a_file_without_permission(write, tmp_path):
    """The superuser may read every file, so the test becomes somebody else for a moment."""
    folder = tmp_path / "closed"
    folder.mkdir()
    path, inside = write("a.csv", "1,2\n"), write("closed/a.csv", "1,2\n")
    path.chmod(0)
    folder.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        for closed in (path, inside):
            with pytest.raises(DataError, match="there is no permission to read this; change the permissions"):
                read(closed)
    finally:
        os.seteuid(user)
        folder.chmod(0o700)


def test_permission_and_other_system_errors(write, monkeypatch):
    path = write("a.csv", "1,2\n")
    for error, message in [(PermissionError(13, "no"), "no permission"), (OSError(5, "bad disk"), "(bad disk)")]:

        def fail(self, error=error):
            raise error

        monkeypatch.setattr(Path, "read_bytes", fail)
        with pytest.raises(DataError, match=re.escape(message)):
            read(path)


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.txt", "a.npy.gz"])
def test_unknown_endings_name_the_formats(write, name):
    with pytest.raises(DataError, match=r"give format= \(--format\) one of csv, tsv, json, npy, npz, parquet"):
        read(write(name, "1,2\n"))


def test_unknown_formats_name_the_formats(write):
    with pytest.raises(DataError, match="the format 'excel' is unknown; choose one of csv, tsv, json, npy, npz, parq"):
        read(write("a.csv", "1,2\n"), format="excel")


@given(st.binary(max_size=60), st.sampled_from([read_delimited, read_json, read_npy, read_npz, read_parquet]))
def test_any_bytes_give_a_data_set_or_a_data_error_of_one_line(content, reader):
    message = ""
    try:
        data = reader(content)
    except DataError as error:
        message = str(error)
    assert message or data.n > 0
    assert "\n" not in message
