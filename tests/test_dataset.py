"""`Dataset`: every kind of input is taken at its exact value, everything else is refused with its place."""

from __future__ import annotations

import copy
import hashlib
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from verify.data import Dataset, load_dataset
from verify.data.cells import rational
from verify.data.exact_array import ExactArray
from verify.errors import DataError

HALF, THIRD, TENTH = Fraction(1, 2), Fraction(1, 3), Fraction(1, 10)
FLOAT_TENTH = Fraction(3602879701896397, 36028797018963968)


def canonical(points, labels=None):
    """Write the canonical text as docs/format/certificate-1.md says, from Fractions."""
    labels = [()] * len(points) if labels is None else labels
    d = len(points[0]) if points else 0
    k = len(labels[0]) if labels else 0
    lines = [f"fullrank-data 1 {len(points)} {d} {k}"]
    lines += [" ".join(str(Fraction(x)) for x in (*p, *y)) for p, y in zip(points, labels, strict=True)]
    return "".join(line + "\n" for line in lines)


def matrices(elements, min_rows=0):
    return st.integers(0, 4).flatmap(
        lambda d: st.lists(st.lists(elements, min_size=d, max_size=d), min_size=min_rows, max_size=5)
    )


rationals = st.fractions() | st.integers().map(Fraction) | st.sampled_from([Fraction(2**70, 3), Fraction(-1, 10**30)])


# -- exact values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (3, Fraction(3)),
        (2**80, Fraction(2**80)),
        (-(2**63), Fraction(-(2**63))),
        (True, Fraction(1)),
        (Fraction(-2, 6), Fraction(-1, 3)),
        ("1/3", THIRD),
        (" -4/8 ", -HALF),
        ("0.1", TENTH),
        ("1e-3", Fraction(1, 1000)),
        (Decimal("0.1"), TENTH),
        (Decimal("-1E+3"), Fraction(-1000)),
        (0.1, FLOAT_TENTH),
        (5e-324, Fraction(1, 2**1074)),
        (-0.0, Fraction(0)),
        (1.7976931348623157e308, Fraction((2**53 - 1) * 2**971)),
        (np.int8(-3), Fraction(-3)),
        (np.uint64(2**64 - 1), Fraction(2**64 - 1)),
        (np.bool_(True), Fraction(1)),
        (np.float16(0.1), Fraction(819, 8192)),
        (np.float32(0.1), Fraction(13421773, 134217728)),
        (np.float64(0.1), FLOAT_TENTH),
        (np.longdouble(0.5), HALF),
        (np.array(7), Fraction(7)),
        (np.str_("2/3"), Fraction(2, 3)),
    ],
)
def test_every_kind_of_number_is_exact(value, exact):
    data = Dataset([[value, THIRD], [0, 1]], [value, 0])
    assert data.points == ((exact, THIRD), (Fraction(0), Fraction(1)))
    assert data.labels == (exact, Fraction(0))
    assert all(type(x) is Fraction for row in data.points for x in row)
    assert Dataset([[value]]).points == ((exact,),)


@pytest.mark.parametrize("dtype", ["?", "i1", "u1", ">i2", "i8", "u8", "f2", "f4", "f8", ">f8", "g", "O", "U8"])
def test_numpy_arrays_of_every_dtype(dtype):
    array = np.array([[0, 1], [1, 0], [1, 1]]).astype(dtype)
    expected = tuple((Fraction(a), Fraction(b)) for a, b in [(0, 1), (1, 0), (1, 1)])
    data = Dataset(array, array[:, 1])
    assert data.points == expected
    assert data.labels == (1, 0, 1)
    assert data == Dataset(expected, [1, 0, 1])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@given(data=st.data())
def test_numpy_floats_are_the_binary_fractions_they_store(dtype, data):
    array = data.draw(
        hnp.arrays(
            dtype,
            hnp.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=4),
            elements={"allow_nan": False, "allow_infinity": False},
        )
    )
    expected = tuple(tuple(Fraction(*x.as_integer_ratio()) for x in row) for row in array)
    made = Dataset(array)
    assert made.points == expected
    assert (made.n, made.dimension) == array.shape
    assert [list(map(str, row)) for row in expected] == [line.split() for line in list(made.canonical_text())[1:]]


@given(hnp.arrays(st.sampled_from([np.int64, np.uint64, np.int8]), st.tuples(st.integers(0, 4), st.integers(0, 3))))
def test_numpy_integers(array):
    assert Dataset(array).points == tuple(tuple(Fraction(int(x)) for x in row) for row in array)


def test_the_integer_without_an_int64_absolute_value_is_not_kept_as_int64():
    for points in (np.array([[-(2**63), 1]]), [[-(2**63), 1]]):
        data = Dataset(points)
        assert data.coordinates.values.dtype == object
        assert data.points == ((Fraction(-(2**63)), Fraction(1)),)


@given(matrices(st.integers() | st.floats(allow_nan=False, allow_infinity=False), min_rows=1))
def test_nested_lists_of_ints_and_floats_are_not_rounded(rows):
    assert Dataset(rows).points == tuple(tuple(Fraction(x) for x in row) for row in rows)


def test_an_integer_next_to_a_float_is_not_rounded():
    assert Dataset([[2**53 + 1, 0.5]]).points == ((Fraction(2**53 + 1), HALF),)


def test_decimal_takes_the_shortest_decimal_and_says_so():
    data = Dataset(np.array([[0.1, 2.0]]), [0.3], decimal=True)
    assert data.points == ((TENTH, Fraction(2)),)
    assert data.labels == (Fraction(3, 10),)
    assert data.notes == ("floats read as their shortest decimals",)
    assert Dataset(np.array([[0.1]], dtype=np.float32), decimal=True).points == ((TENTH,),)
    assert Dataset([[0.1, "1/3", 10**20]], decimal=True).points == ((TENTH, THIRD, Fraction(10**20)),)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_shortest_decimal_rounds_to_the_float(x):
    shortest = Dataset([[x]], decimal=True).points[0][0]
    assert float(shortest) == x
    assert shortest == Fraction(repr(x))


def test_notes_say_that_floats_are_binary_fractions():
    assert "binary" in Dataset([[0.1]]).notes[0]
    assert Dataset([[1, 2.0]]).notes == ()
    assert Dataset([["0.1"]]).notes == ()
    assert Dataset([[1]], notes=["seen"]).notes == ("seen",)


def test_large_arrays_stay_in_numpy():
    array = np.arange(2_000_000).reshape(-1, 2)
    data = Dataset(array, array[:, 0] / 4)
    assert data.coordinates.values.dtype == np.int64
    assert data.label_array.values.dtype == np.float64
    assert data._points is None
    assert data.coordinates.fraction(999_999, 1) == 1_999_999


def test_exact_arrays_are_taken_as_they_are():
    array = ExactArray.from_fractions([[HALF, 3], [THIRD, 4]], 2)
    data = Dataset(array, ExactArray.from_fractions([[1], [2]], 1))
    assert data.coordinates is array
    assert data.points == ((HALF, Fraction(3)), (THIRD, Fraction(4)))


class Frame:
    """What pandas frames have: named columns that are taken one by one."""

    def __init__(self, **columns):
        self.columns = list(columns)
        self._values = list(columns.values())

    @property
    def iloc(self):
        return self

    def __getitem__(self, key):
        return self._values[key[1]]

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("as one array, integers turn into floats")


def test_frames_are_read_column_by_column():
    frame = Frame(big=np.array([2**60 + 1, 3]), half=np.array([0.5, 0.25]), flag=np.array([True, False]))
    data = Dataset(frame, Frame(price=np.array([Decimal("0.1"), 2], dtype=object)))
    assert data.points == ((Fraction(2**60 + 1), HALF, Fraction(1)), (Fraction(3), Fraction(1, 4), Fraction(0)))
    assert data.names == ("big", "half", "flag")
    assert data.labels == (TENTH, Fraction(2))
    assert data.label_names == ("price",)
    with pytest.raises(DataError, match=r"^points\[1\]\[0\]: nan is not finite"):
        Dataset(Frame(a=np.array([1.0, np.nan])))


def test_small_integers_and_floats_in_a_frame_stay_floats():
    data = Dataset(Frame(a=np.array([1, 2]), b=np.array([0.1, 0.2])))
    assert data.coordinates.values.dtype == np.float64
    assert data.points[0] == (Fraction(1), FLOAT_TENTH)


# -- shapes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "n", "d"),
    [([], 0, 0), ([[], []], 2, 0), (np.empty((0, 3)), 0, 3), (np.ones((3, 0)), 3, 0), ([[5]], 1, 1), ([[1]] * 2, 2, 1)],
)
def test_degenerate_shapes(points, n, d):
    data = Dataset(points)
    assert (data.n, data.dimension, data.outputs, data.labels) == (n, d, 0, None)
    assert len(data.points) == n
    assert data.label_array.shape == (n, 0)
    assert len(list(data.canonical_text())) == n + 1


def test_one_output_several_outputs_and_none():
    points = [[1], [2]]
    assert Dataset(points, [3, HALF]).labels == (Fraction(3), HALF)
    assert Dataset(points, [[3], [HALF]]).labels == (Fraction(3), HALF)
    assert Dataset(points, [[3, 4], [5, 6]]).labels == ((Fraction(3), Fraction(4)), (Fraction(5), Fraction(6)))
    assert Dataset(points, [[], []]).labels is None
    assert Dataset([], []).outputs == 1
    assert Dataset(points, [[3, 4], [5, 6]]).label_names == ("y0", "y1")
    assert Dataset(points, [3, 4], label_names=["price"]).label_names == ("price",)
    assert Dataset([[1, 2]], names=["a", "b"]).names == ("a", "b")


@pytest.mark.parametrize(
    ("points", "labels", "message"),
    [
        ([1, 2, 3], None, r"^points is a flat list of 3 .*\(3, 1\) for 3 points in dimension 1, or to \(1, 3\)"),
        (np.arange(4), None, r"^points is a flat list of 4 .*\(4, 1\)"),
        (np.zeros((2, 2, 2)), None, r"^points has shape \(2, 2, 2\); reshape it to \(n, d\)"),
        (5, None, "^points has type int; give a list of points"),
        (None, None, "^points has type NoneType; give a list"),
        ("12", None, "^points has type str; give a list"),
        ({(1, 2)}, None, "^points has type set; give a list"),
        ([[1, 2], [3]], None, r"^points\[1\] has 1 entries and points\[0\] has 2; make them equal"),
        ([[1, 2], 3], None, r"^points\[1\] has type int; give a list of numbers like the others"),
        ([[1, 2], "34"], None, r"^points\[1\] has type str"),
        ([[[1]]], None, r"^points\[0\]\[0\]: a list is not a number"),
        ([[0], [0], [0], [float("nan")]], None, r"^points\[3\]\[0\]: nan is not finite; remove this row"),
        ([[1, 2], [3, float("-inf")]], None, r"^points\[1\]\[1\]: -inf is not finite"),
        (np.array([[1, np.inf]]), None, r"^points\[0\]\[1\]: inf is not finite"),
        (np.array([[1, np.nan]], dtype=np.float16), None, r"^points\[0\]\[1\]: nan is not finite"),
        ([["1", Decimal("NaN")]], None, r"^points\[0\]\[1\]: NaN is not finite"),
        ([[1, "abc"]], None, r"^points\[0\]\[1\]: 'abc' is not a number; write an integer"),
        ([["true", 1]], None, r"^points\[0\]\[0\]: 'true' is not a number"),
        ([["1_000"]], None, r"^points\[0\]\[0\]: '1_000' is not a number"),
        ([["٣"]], None, r"^points\[0\]\[0\]: '٣' is not a number"),
        ([["1/0"]], None, r"^points\[0\]\[0\]: '1/0' divides by zero"),
        ([[""]], None, r"^points\[0\]\[0\]: the value is empty"),
        ([["1" * 1_000_000]], None, r"^points\[0\]\[0\]: .*1000000 characters; .* at most 100000 digits"),
        ([[Decimal("1e999999")]], None, r"^points\[0\]\[0\]: .* has an exponent beyond 100000"),
        ([[1, 1 + 2j]], None, r"^points\[0\]\[1\]: \(1\+2j\) is complex"),
        (np.array([[1j]]), None, r"^points\[0\]\[0\] is in an array of dtype complex128"),
        (np.array([["2020-01-01"]], dtype="M8[D]"), None, r"^points\[0\]\[0\] is in an array of dtype datetime64"),
        (np.array([[b"1"]]), None, r"^points\[0\]\[0\] is in an array of dtype \|S1"),
        ([[1, None]], None, r"^points\[0\]\[1\]: the value is missing \(None\)"),
        (np.array([[1, None]]), None, r"^points\[0\]\[1\]: the value is missing \(None\)"),
        (np.ma.masked_equal([[1, 2], [3, 4]], 3), None, r"^points\[1\]\[0\] is masked"),
        ([[1], [2]], [1], "^labels has 1 entries for 2 points"),
        ([[1], [2]], np.zeros((3, 2)), "^labels has 3 entries for 2 points"),
        ([[1], [2]], np.zeros((2, 1, 1)), r"^labels has shape \(2, 1, 1\)"),
        ([[1], [2]], 7, "^labels has type int; give a list"),
        ([[1], [2]], ["setosa", 1], r"^labels\[0\]: 'setosa' is not a number"),
        ([[1], [2]], np.array([0.0, np.nan]), r"^labels\[1\]: nan is not finite"),
        ([[1], [2]], [[1, 2], [3, None]], r"^labels\[1\]\[1\]: the value is missing"),
        ([[1], [2]], [[1, 2], 3], r"^labels\[1\] has type int"),
        ([[1], [2]], [1, [2]], r"^labels\[1\]: a list is not a number"),
    ],
)  # fmt: skip
def test_what_is_no_data_set_is_refused_with_its_place(points, labels, message):
    with pytest.raises(DataError, match=message) as caught:
        Dataset(points, labels)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


def test_names_are_checked():
    with pytest.raises(DataError, match=r"^names has 1 entries for 2 columns"):
        Dataset([[1, 2]], names=["a"])
    with pytest.raises(DataError, match=r"^label_names is 'y'; give a list of 1 strings"):
        Dataset([[1, 2]], [1], label_names="y")


# -- identity ----------------------------------------------------------------------------------------------------


def test_input_arrays_are_copied_and_results_are_read_only():
    array, labels = np.array([[1, 2], [3, 4]]), np.array([0.5, 1.5])
    data = Dataset(array, labels)
    array[0, 0], labels[0] = 99, 99
    assert data.points[0][0] == 1
    assert data.labels[0] == HALF
    assert array.flags.writeable
    assert labels.flags.writeable
    for part in (data.coordinates, data.label_array):
        with pytest.raises(ValueError, match="read-only"):
            part.values[0, 0] = 5


def test_a_data_set_is_immutable():
    data = Dataset([[1]])
    with pytest.raises(AttributeError, match="immutable"):
        data.n = 2
    with pytest.raises(AttributeError, match="immutable"):
        data._notes = ()
    with pytest.raises(AttributeError, match="immutable"):
        del data._notes


def test_equality_and_hash_are_about_exact_values():
    same = [
        Dataset([[HALF, 2]], [1]),
        Dataset(np.array([[0.5, 2]]), [1]),
        Dataset([["0.5", "4/2"]], [["1"]], names=["a", "b"]),
        Dataset(ExactArray(np.array([[2, 8]], dtype=object), (4, 4)), [True]),
        Dataset(ExactArray(np.array([[1, 4]]), (2, 2)), np.array([1], dtype=np.uint8)),
    ]
    assert len(set(same)) == 1
    assert all(a == b for a in same for b in same)
    assert len({a.sha256() for a in same}) == 1
    different = [
        Dataset([[HALF, 2]]),
        Dataset([[HALF, 2]], [2]),
        Dataset([[HALF, 2, 1]]),
        Dataset([[HALF, 2 + Fraction(1, 10**40)]], [1]),
        Dataset([[HALF, 2.0000000000000004]], [1]),
        Dataset([[HALF, 2]] * 2, [1, 1]),
    ]
    assert not any(same[0] == other for other in different)
    assert len(set(different)) == len(different)
    assert same[0] != [[HALF, 2]]


def test_an_empty_set_is_not_equal_to_one_of_another_shape():
    assert Dataset([]) != Dataset(np.empty((0, 1)))
    assert Dataset([[]]) != Dataset([[], []])


@given(matrices(rationals))
def test_copies_and_pickles_are_equal(rows):
    data = Dataset(rows, [[1, 2]] * len(rows), notes=["kept"])
    for again in (copy.copy(data), copy.deepcopy(data), pickle.loads(pickle.dumps(data))):  # noqa: S301  # our own bytes
        assert again == data
        assert (again.notes, again.names, again.label_names) == (data.notes, data.names, data.label_names)
        assert not again.coordinates.values.flags.writeable


def test_repr_is_short():
    assert repr(Dataset([[1, 2]])) == "Dataset(1 point of dimension 2, no labels)"
    assert repr(load_dataset("digits")) == "Dataset(1797 points of dimension 64, 1 output)"
    assert repr(Dataset([[1]] * 2, [[1, 2]] * 2)) == "Dataset(2 points of dimension 1, 2 outputs)"


# -- canonical text ----------------------------------------------------------------------------------------------


def test_the_canonical_text_of_a_small_example():
    data = Dataset([["2/4", -3], [0, "1e2"]], [[1, "-0.5"], [0, 7]])
    text = "fullrank-data 1 2 2 2\n1/2 -3 1 -1/2\n0 100 0 7\n"
    assert "".join(data.canonical_text()) == text
    assert data.sha256() == hashlib.sha256(text.encode()).hexdigest()
    assert Dataset([[], []]).sha256() == hashlib.sha256(b"fullrank-data 1 2 0 0\n\n\n").hexdigest()


def test_the_digest_of_the_hexagon_is_fixed_for_ever():
    text = b"fullrank-data 1 6 2 1\n1 0 1\n-1 0 0\n0 1 0\n0 -1 0\n1 1 0\n-1 -1 0\n"
    assert load_dataset("hexagon").sha256() == hashlib.sha256(text).hexdigest()


@given(matrices(rationals), st.integers(0, 2))
def test_the_canonical_text_follows_the_specification(rows, k):
    labels = [[Fraction(i, 7)] * k for i in range(len(rows))]
    points = ExactArray.from_fractions(rows, len(rows[0]) if rows else 0)
    data = Dataset(points, ExactArray.from_fractions(labels, k))
    expected = canonical(rows, labels) if rows else f"fullrank-data 1 0 0 {k}\n"
    assert "".join(data.canonical_text()) == expected
    assert data.sha256() == hashlib.sha256(expected.encode("ascii")).hexdigest()


@given(st.lists(st.tuples(st.integers(-(10**18), 10**18), st.floats(-1e9, 1e9)), min_size=1, max_size=6))
def test_the_canonical_text_of_scaled_integers_and_floats(pairs):
    integers, floats = np.array([[p] for p, _ in pairs]), np.array([f for _, f in pairs])
    data = Dataset(ExactArray(integers, (360,)), floats)
    expected = canonical([[Fraction(p, 360)] for p, _ in pairs], [[Fraction(f)] for _, f in pairs])
    assert "".join(data.canonical_text()) == expected


def test_the_canonical_text_goes_through_all_blocks():
    array = np.arange(120_000).reshape(-1, 3) - 60_000
    data = Dataset(array[:, :2], array[:, 2])
    expected = canonical([row[:2] for row in array.tolist()], [row[2:] for row in array.tolist()])
    assert data.sha256() == hashlib.sha256(expected.encode()).hexdigest()


def test_numbers_of_more_than_4300_digits():
    data = Dataset([["1" + "0" * 6000]])
    assert list(data.canonical_text())[1] == "1" + "0" * 6000 + "\n"


# -- cells -------------------------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_and_their_text_are_equal(x):
    if abs(x.adjusted()) < 90_000:
        assert rational(x) == rational(str(x)) == Fraction(x)
