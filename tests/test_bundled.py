"""The bundled data sets are the published ones, and their files are those of their provenance page."""

from __future__ import annotations

import hashlib
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from verify.data import bundled, load_dataset
from verify.data.bundled import names
from verify.errors import DataError

SETS = Path(bundled.__file__).parent / "sets"


def test_every_bundled_data_set_loads():
    for name in names():
        data = load_dataset(name)
        assert data.n > 0
        assert data.outputs == 1
        assert data.field is not None or data.coordinates.values.dtype == np.int64


def test_unknown_bundled_names_get_a_suggestion():
    with pytest.raises(DataError, match=r"^there is no bundled data set 'irsi'; did you mean 'iris'"):
        load_dataset("irsi")
    with pytest.raises(DataError, match="the names are cell600, decagon, digits, hexagon, icosahedron, iris, parity3"):
        load_dataset("zzz")


def test_iris_is_fishers():
    data = load_dataset("iris")
    assert (data.n, data.dimension, data.label_names) == (150, 4, ("species",))
    # samples 35 and 38 as in Fisher's paper and in R, not as in the UCI copy
    assert data.points[34] == tuple(map(Fraction, ("4.9", "3.1", "1.5", "0.2")))
    assert data.points[37] == tuple(map(Fraction, ("4.9", "3.6", "1.4", "0.1")))
    # the means of the three species in Fisher's table 2
    means = {
        0: ("5.006", "3.428", "1.462", "0.246"),
        1: ("5.936", "2.770", "4.260", "1.326"),
        2: ("6.588", "2.974", "5.552", "2.026"),
    }
    for species, expected in means.items():
        rows = [p for p, y in zip(data.points, data.labels, strict=True) if y == species]
        assert len(rows) == 50
        assert tuple(sum(column) / 50 for column in zip(*rows, strict=True)) == tuple(map(Fraction, expected))


def test_digits_are_the_uci_test_set():
    data = load_dataset("digits")
    values = data.coordinates.values
    assert values.shape == (1797, 64)
    assert (values.min(), values.max()) == (0, 16)
    counts = np.bincount(data.label_array.values[:, 0])
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # from the UCI description


def test_hexagon_parity_and_ray_pair_are_what_they_say():
    hexagon = set(load_dataset("hexagon").points)
    assert hexagon == {(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1)}
    parity = load_dataset("parity3")
    assert len(set(parity.points)) == 8
    assert all(abs(a) == 1 for p in parity.points for a in p)
    assert parity.labels == tuple(a * b * c for a, b, c in parity.points)
    ray = load_dataset("ray_pair")
    assert ray.points[1] == tuple(2 * a for a in ray.points[0])
    assert ray.labels == (1, 1)


def test_bundled_files_have_the_digests_and_shapes_of_their_provenance():
    provenance = (SETS / "PROVENANCE.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (\S+) \| (\d+) \| (\d+) \| (\w+) \| ([0-9a-f]{64}) \|$", provenance, re.MULTILINE)
    files = {path.name for path in SETS.iterdir()} - {"PROVENANCE.md", ".gitattributes"}
    assert {row[0] for row in table} == files
    assert {row[0].split(".")[0] for row in table} == set(bundled.names())
    for file, n, d, label, digest in table:
        assert hashlib.sha256((SETS / file).read_bytes()).hexdigest() == digest
        data = bundled.load_dataset(file.split(".")[0])
        assert (data.n, data.dimension, data.label_names) == (int(n), int(d), (label,))
