"""Columns that are left out may hold anything; what remains is as if they had never been there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import Command

from verify import Dataset, read
from verify.errors import DataError

TEXT = "id,a,species,b,y,note\nA1,1,setosa,0.5,3,\nB2,-2,virginica,1/3,4,nan\n"
KEPT = Dataset([[1, "1/2"], [-2, "1/3"]], [3, 4])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(TEXT)
    return path


@pytest.mark.parametrize("drop", [["id", "species", "note"], [0, 2, -1], ("note", "0", 2)])
def test_dropped_columns_may_hold_text_and_the_last_of_the_others_is_the_default_label(table, drop) -> None:
    data = read(table, drop=drop)
    assert data == KEPT
    assert (data.names, data.label_names) == (("a", "b"), ("y",))


def test_numbers_of_labels_count_all_columns(table) -> None:
    data = read(table, drop=["id", "species", "note"], label=[3, 1])
    assert data == Dataset([[3], [4]], [["1/2", 1], ["1/3", -2]])


def test_a_table_of_numbers_drops_without_reading_cell_by_cell(tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("row,a,y\n" + "".join(f"{i},{i * i},{-i}\n" for i in range(5)))
    assert read(path, drop="row") == Dataset([[i * i] for i in range(5)], [-i for i in range(5)])


@pytest.mark.parametrize("ending", ["npy", "json", "npz", "parquet"])
def test_every_format_drops(tmp_path: Path, ending: str) -> None:
    path, points = tmp_path / f"points.{ending}", np.array([[7, 1, 2], [8, 3, 4]])
    if ending == "npy":
        np.save(path, points)
    elif ending == "npz":
        np.savez(path, X=points, y=np.array([5, 6]))
    elif ending == "json":
        path.write_text(json.dumps({"points": points.tolist(), "labels": [5, 6]}))
    else:
        pa = pytest.importorskip("pyarrow")
        import pyarrow.parquet

        columns = {"name": ["p", "q"], "a": points[:, 1], "b": points[:, 2], "y": [5, 6]}
        pyarrow.parquet.write_table(pa.table(columns), path)
    expected = Dataset([[1, 2], [3, 4]], None if ending == "npy" else [5, 6])
    assert read(path, drop=0) == expected


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"drop": "speces"}, "there is no dropped column 'speces'; did you mean 'species'?"),
        ({"drop": 6}, "there is no dropped column 6: the 6 columns have the numbers 0 to 5"),
        ({"drop": ["a", 1]}, "the dropped columns ['a', 1] name one column twice; name each of them once"),
        ({"drop": ["id", "a"], "label": "a"}, "column 'a' is a label column and is dropped; choose one of the two"),
        (
            {"drop": ["id", "species", "note", "a", "b"], "label": "y"},
            "all 1 columns are label columns; leave at least",
        ),
        ({}, "row 1 (line 2), column 'id': 'A1' is not a number; write a number or --drop the column"),
    ],
)
def test_wrong_choices_are_one_line(table: Path, choice, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read(table, **choice)
    assert str(caught.value).startswith(f"{table}: {message}")


def test_the_command_drops(fullrank: Command, table: Path) -> None:
    ran = fullrank(
        "decide", str(table), "--drop", "id", "--drop", "species", "--drop", "-1", "--model", "relu", "--json"
    )
    found = json.loads(ran.out)
    assert (ran.status, found["coordinates"], found["labels"], found["rank"]) == (0, ["a", "b"], ["y"], 2)
    bundled = fullrank("decide", "bundled:iris", "--drop", "petal_width", "--no-label", "--model", "relu", "--json")
    assert json.loads(bundled.out)["dimension"] == 3
    chosen = fullrank("decide", "bundled:parity3", "--drop", "label", "--label", "x0", "--model", "relu", "--json")
    assert json.loads(chosen.out)["coordinates"] == ["x1", "x2"]


def test_dropping_every_column_leaves_points_without_coordinates(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    data = read(path, drop=["a", "b"])
    assert (data.n, data.dimension) == (2, 0)
