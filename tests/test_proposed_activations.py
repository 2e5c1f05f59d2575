"""The activations that fit every set of distinct points: full rank exactly, and an eigenvalue enclosed away from 0."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import verify
from counterexamples import Entry, list_entries
from counterexamples.catalogue.proposed import Confirmation, confirm, lines
from counterexamples.evidence.proposed import PROPOSED
from verify.spectra.points import distinct_points

RNG = np.random.default_rng(11)
DATA = {
    "random": [[Fraction(int(x), 7) for x in row] for row in RNG.integers(-9, 10, (10, 3))],
    "clustered": [[1 + Fraction(k, 10**6), Fraction(1, 2)] for k in range(5)],
    "collinear": [[Fraction(k, 4), Fraction(k, 2)] for k in range(6)],
    "antipodal": [[s * a, s * b] for a, b in ((1, 0), (0, 1), (1, 1), (1, -1)) for s in (1, -1)],
    "digits": [[x / 16 for x in row] for row in verify.load_dataset("digits").points[:8]],
    "iris": list(distinct_points(verify.load_dataset("iris")).points[:6]),
}


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("name", PROPOSED)
def test_full_rank_exactly_and_numerically(name: str, kind: str) -> None:
    data = verify.Dataset(DATA[kind])
    assert verify.decide(data, name).rank == data.n
    quick = verify.certified_lambda_min(data, name, raise_precision=kind in ("clustered", "digits"))
    assert quick is None or 0 < quick[0] <= quick[1]
    if name in ("shifted_softplus", "shifted_sigmoid") and quick is not None:
        return  # its spectrum in balls raises the precision to sharpen the upper bounds too, which takes long
    found = verify.spectrum(data, name, arithmetic="arb", digits=3)
    assert found.exact_nullity == 0
    assert found.certified_lambda_min is not None
    assert 0 < found.certified_lambda_min[0] <= found.certified_lambda_min[1]
    assert found.method == ("Hermite series" if name in ("shifted_softplus", "shifted_sigmoid") else found.method)


@pytest.mark.parametrize("kind", ["collinear", "antipodal"])
def test_the_usual_activations_are_exactly_singular_there(kind: str) -> None:
    data = verify.Dataset(DATA[kind])
    for name in ("relu", "gelu", "erf"):
        found = verify.spectrum(data, name, arithmetic="arb", digits=3)
        assert found.exact_nullity
        assert found.condition is None


LEECH, DIGITS = "CE000120", ("CE000144", "CE000145")  # more than 1024 points
LONG = "CE000136"  # lengths of 4,000: beyond a Hermite series


def check_entries(entries: list[Entry]) -> list[Confirmation]:
    found = list(confirm(entries))
    for x in found:
        assert x.holds, x.ids
        assert not x.beyond, x.ids
        assert all(float(b.above or 0) > 0 or (b.above or "").startswith("1e") for b in x.bounds.values()), x.ids
        assert all(b.of == "kernel" for b in x.bounds.values()), x.ids
    return found


def small_entries(most: int) -> list[Entry]:
    return [x for x in list_entries() if x.count <= most and x.id not in ("CE000137", LONG)]


def test_entries_of_the_catalogue() -> None:
    assert len(check_entries(small_entries(40)[::30])) >= 3


def test_the_exact_side_knows_every_entry() -> None:
    seen = set()
    for entry in list_entries():
        if entry.count > 1024 or entry.sha256 in seen:
            continue
        points = distinct_points(entry.dataset())
        seen.add(entry.sha256)
        for name in ("shifted_softplus", "shifted_relu"):
            assert verify.decide(points, name).rank == points.n, entry.id
    assert len(seen) > 70


@pytest.mark.slow
def test_the_table_of_the_page_counts_the_entries() -> None:
    """Sets of points and entries of each size, as the rows say; which are certified is for the slow tests."""
    groups: dict[str, list[Entry]] = {}
    for entry in list_entries():
        groups.setdefault(verify.Dataset(entry.dataset().coordinates).sha256(), []).append(entry)
    page = (Path(__file__).parents[1] / "docs" / "spectra.md").read_text(encoding="utf-8")
    for words, low, high in (
        ("up to 40", 0, 40),
        ("41 to 300", 40, 300),
        ("301 to 1024", 300, 1024),
        ("more", 1024, 10**9),
    ):
        same = [group for group in groups.values() if low < group[0].count <= high]
        assert f"| {words} | {len(same)} ({sum(map(len, same))}) | {len(same)} |" in page
    assert all(name in page for name in (LEECH, *DIGITS, LONG))


@pytest.mark.slow
def test_all_small_entries_of_the_catalogue() -> None:
    """Up to 256 points: E8, the 600-cell and the 8-cube among them, but for four that take longer than seconds."""
    slow = {"CE000052", "CE000053", "CE000132", "CE000133", "CE000138", "CE000139", "CE000140", "CE000143"}
    found = check_entries([x for x in small_entries(256) if x.id not in slow])
    assert {"root-system-e8", "cell-600", "parity-cube-8"} <= {x.name for x in found}


@pytest.mark.slow
def test_what_is_beyond_is_said_by_name() -> None:
    entries = [x for x in list_entries() if x.id in (*DIGITS, LONG)]
    found = {x.ids[0]: x for x in confirm(entries)}
    assert all(found[name].holds and len(found[name].beyond) == 6 for name in DIGITS)
    assert not found[LONG].beyond
    sampled = {name for name, bound in found[LONG].bounds.items() if bound.of != "kernel"}
    assert sampled == {"shifted_softplus", "shifted_sigmoid"}
    assert DIGITS[0] in lines(list(found.values()))[-1]
