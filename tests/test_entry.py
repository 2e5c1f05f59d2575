"""An entry is read strictly, written in one way, and its harness notices every statement that is false."""

from __future__ import annotations

import dataclasses
import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structured_data import labelled_point_sets, point_sets

from counterexamples import Entry
from counterexamples.catalogue import checks
from counterexamples.catalogue.checks import FAST, THOROUGH, verify_entry, verify_file, verify_files
from counterexamples.entry import KINDS, LEVELS, MINIMALITIES, Minimality, Stated, Symmetry
from verify import Dataset
from verify.errors import CatalogueError

HEXAGON = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]]


def make(points: object = HEXAGON, model: str = "relu", labels: object = None) -> Entry:
    return Entry.certify(Dataset(points, labels), model, name="a-test")


MODELS = st.sampled_from(("relu", "gelu", "tanh", "sigmoid", "abs", "square", "relu+layers=2", "swiglu", "relu+bias"))


@settings(max_examples=40)
@given(point_sets(least=1, most=6), MODELS)
def test_what_is_certified_is_read_back_and_holds(points: list[Any], model: str) -> None:
    entry = make(points, model)
    assert Entry.from_text(entry.to_text()) == entry
    assert Entry.from_text(entry.to_text().encode()).to_text() == entry.to_text()
    assert entry.dataset() == Dataset(points)
    assert entry.verify().failures == ()


@settings(max_examples=25)
@given(labelled_point_sets(most=6).filter(lambda drawn: bool(drawn[0])), MODELS)
def test_with_labels_too(drawn: tuple[list[Any], list[Fraction]], model: str) -> None:
    points, labels = drawn
    entry = make(points, model, labels)
    assert entry.labels == tuple(labels)
    assert (entry.verdict.least_mse == 0) == (entry.verdict.outcome == "interpolates") == (entry.kind == "fits")
    assert Entry.from_text(entry.to_text()) == entry
    assert entry.verify().failures == ()


def test_several_outputs() -> None:
    entry = make([[1, 0], [2, 0]], "relu", [[1, 0], [2, 1]])
    assert entry.labels == ((1, 0), (2, 1))
    assert entry.verdict.least_mse == Fraction(1, 20)  # c = (2, -1) on the labels (0, 1): 1/5, over 2 x 2 numbers
    assert Entry.from_text(entry.to_text()) == entry
    assert entry.verify().failures == ()


@pytest.mark.parametrize(
    ("points", "model", "kind"),
    [
        ([[0, 0]], "relu", "zero"),
        ([[1, 1], [3, 3]], "relu", "ray"),
        ([[1, 1], [3, 3]], "gelu", "fits"),
        ([[1, 1], [1, 1]], "exp", "repeat"),
        ([[0, 0], [0, 0]], "exp", "repeat"),
        ([[1, 1], [1, 1]], "relu+hidden_bias", "repeat"),
        ([[1, 1], [-1, -1]], "tanh", "line"),
        ([[1, 1], [-3, -3]], "abs", "line"),
        (HEXAGON, "gelu", "circuit"),
        ([[1, 0], [0, 0], [-1, 0]], "sigmoid", "circuit"),
        ([[1, 0], [0, 1], [1, 1], [1, -1]], "square", "forms"),
        ([[0], [1], [2], [3]], "square+hidden_bias", "forms"),
        ([[1], [2], [-1], [-2]], "square+hidden_bias", "forms"),
        ([[]], "relu", "zero"),
    ],
)
def test_the_kind_of_an_obstruction(points: list[list[int]], model: str, kind: str) -> None:
    assert make(points, model).kind == kind


def test_a_find_has_an_id_that_data_and_model_determine() -> None:
    assert make().id == make().id != make(model="abs").id
    assert make([[1, 2]]).id != make([[1, 3]]).id
    with pytest.raises(CatalogueError, match=r"^id is 'found-000000000000'; it must be found-"):
        Entry.from_text(make().to_text().replace(make().id, "found-" + "0" * 12))


@pytest.mark.parametrize(
    ("data", "model", "message"),
    [
        ([[1, 2]], "relu+gated+layers=2", "the outcome is unknown"),
        ([["sqrt(2)", 1]], "relu", "its points are irrational"),
        ([], "relu", "there is no point"),
    ],
)
def test_what_cannot_be_an_entry(data: object, model: str, message: str) -> None:
    with pytest.raises(CatalogueError, match=f"^a-test: .*{message}"):
        Entry.certify(data, model, name="a-test")


def test_a_bad_name_is_refused() -> None:
    with pytest.raises(CatalogueError, match=r"^name is 'A name'; it must be a word of small letters"):
        Entry.certify([[1]], "relu", name="A name")


# --- strict reading ---------------------------------------------------------------------------------------------------

GOOD = make([[1, "1/2"], [2, 1]], labels=[1, 1]).to_json()


def changed(path: str, value: object) -> str:
    top = json.loads(json.dumps(GOOD))
    *parents, last = path.split(".")
    place = top
    for key in parents:
        place = place[int(key) if key.isdigit() else key]
    place[int(last) if last.isdigit() else last] = value
    return json.dumps(top)


def test_the_unchanged_text_is_read() -> None:
    assert Entry.from_text(json.dumps(GOOD)).to_json() == GOOD


@pytest.mark.parametrize("field", GOOD)
def test_every_field_is_needed(field: str) -> None:
    with pytest.raises(CatalogueError, match=f"^the entry has no field '{field}'; the fields are "):
        Entry.from_text(json.dumps({key: value for key, value in GOOD.items() if key != field}))


@pytest.mark.parametrize("part", ["verdict", "minimality", "symmetry", "source"])
def test_every_inner_field_is_needed_and_no_other(part: str) -> None:
    for key in GOOD[part]:
        inner = {name: value for name, value in GOOD[part].items() if name != key}
        with pytest.raises(CatalogueError, match=f"^{part} has no field '{key}'"):
            Entry.from_text(changed(part, inner))
    with pytest.raises(CatalogueError, match=f"^{part} has the unknown field 'more'"):
        Entry.from_text(changed(part, {**GOOD[part], "more": 1}))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("more", 1, "the entry has the unknown field 'more'"),
        ("format", "other", "format is 'other', version 1; it must be \"fullrank-entry\", version 1"),
        ("version", True, "format is"),
        ("version", 2, "format is"),
        ("id", "CE1", "id is 'CE1'"),
        ("id", "CE0000011", "id is"),
        ("name", "", "name is ''"),
        ("name", "two  words", "name is"),
        ("name", "línea", "name is"),
        ("kind", "big", "kind is 'big'; it must be one of zero"),
        ("kind", ["ray"], "kind is ['ray']"),
        ("points", [], "points is []; it must be at least one point"),
        ("points", "x", "points is 'x'; it must be a list"),
        ("points.1", ["2"], "points[1] is of length 1; it must be 2 numbers"),
        ("points.0.1", "2/4", "points[0][1] is '2/4'; it must be a rational in lowest terms"),
        ("points.0.1", "0.5", "points[0][1] is '0.5'"),
        ("points.0.1", 0.5, "points[0][1] is 0.5"),
        ("points.0.1", 1, "points[0][1] is 1"),
        ("points.0.1", "-0", "points[0][1] is '-0'"),
        ("points.0.1", "1/1", "points[0][1] is '1/1'"),
        ("points.0.1", "1_0", "points[0][1] is '1_0'"),
        ("points.0.1", "٣", "points[0][1] is"),
        ("points.0.1", "nan", "points[0][1] is 'nan'"),
        ("points.0.1", "1/0", "points[0][1] is '1/0'"),
        ("points.0.1", None, "points[0][1] is None"),
        ("points", {"construction": "cube"}, "points has no field 'parameters'"),
        (
            "points",
            {"construction": "cube", "parameters": {"dimension": 1.5}, "count": 2, "dimension": 1},
            "points.parameters.dimension is 1.5; it must be an integer or text",
        ),
        (
            "points",
            {"construction": "cube", "parameters": {}, "count": 10**10, "dimension": 1},
            "points.count is 10000000000",
        ),
        ("labels", ["1"], "labels is a list of 1; it must be one label for each of the 2 points"),
        ("labels", [["1"], ["1", "2"]], "labels is a list of rows of different lengths"),
        ("labels", [[], []], "labels is a list of rows of different lengths, or empty"),
        ("labels", None, "verdict.least_mse is"),
        ("labels", {"rule": "first"}, "labels has no field 'parameters'"),
        ("sha256", "ABC", "sha256 is 'ABC'"),
        ("model", "rellu", "model: 'rellu' is not a known activation"),
        ("model", "swiglu", "model is 'swiglu'; it must be 'silu+gated', as it is written"),
        ("model", 3, "model is 3"),
        ("verdict.outcome", "unknown", "verdict.outcome is 'unknown'"),
        ("verdict.rank", 3, "verdict.rank is 3; it must be at most 2"),
        ("verdict.rank", -1, "verdict.rank is -1"),
        ("verdict.rank", True, "verdict.rank is True"),
        ("verdict.least_mse", None, "verdict.least_mse is None"),
        ("claim", "", "claim is ''"),
        ("claim", "two\nlines", "claim is 'two\\nlines'; it must be text of one line"),
        ("scope", "\x1b[2J", "scope is"),
        ("certificate", [], "certificate is []; it must be an object"),
        ("evidence", {}, "evidence is {}; it must be a list"),
        ("evidence", [{}], "evidence[0].route is None"),
        ("minimality.kind", "small", "minimality.kind is 'small'"),
        ("minimality.kind", "exhaustive", "minimality.box is None"),
        ("minimality.box", 1, "minimality.box is 1"),
        ("minimality.require", ["pretty"], "minimality.require is 'pretty'"),
        ("symmetry.signed_permutations", 0, "symmetry.signed_permutations is 0"),
        ("source.ours", "yes", "source.ours is 'yes'; it must be true or false"),
        ("level", "sure", "level is 'sure'"),
        ("level", "confirmed", "level is 'confirmed' without a record of evidence"),
        ("licence", None, "licence is None"),
    ],
)
def test_what_is_not_exactly_right_is_refused_in_one_line(path: str, value: object, message: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        Entry.from_text(changed(path, value))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1"),
        ("[]", "the entry is []; it must be an object"),
        (json.dumps(GOOD)[:-1], "line 1, column"),
        (json.dumps(GOOD).replace('"licence"', '"name": "b", "licence"'), "the field 'name' is there twice"),
        (json.dumps(GOOD).replace('"rank": 1', '"rank": NaN', 1), "a number is NaN; it must be a finite one"),
        ('{"a": ' + "9" * 5000 + "}", "a number cannot be read"),
        ("[" * 100_000, "its lists are nested too deep"),
        (b"\xff\xfe", "byte 0 is not UTF-8"),
        (json.dumps(GOOD).encode("utf-16"), "byte 0 is not UTF-8"),
    ],
)
def test_text_that_is_no_entry(text: str | bytes, message: str) -> None:
    with pytest.raises(CatalogueError, match=f"^{re.escape(message)}"):
        Entry.from_text(text)


def test_a_file_is_written_whole_and_named_in_errors(tmp_path: Path) -> None:
    path = make().write(tmp_path / "found.json")
    assert Entry.read(path) == make()
    assert [p.name for p in tmp_path.iterdir()] == ["found.json"]
    path.write_text(path.read_text()[:100])
    with pytest.raises(CatalogueError, match=r"^found\.json: line "):
        Entry.read(path)
    with pytest.raises(CatalogueError, match=r"nothing\.json: No such file"):
        Entry.read(tmp_path / "nothing.json")


# --- the harness ------------------------------------------------------------------------------------------------------


def failing(entry: Entry, *, thorough: bool = False) -> list[str]:
    report = verify_entry(entry, thorough=thorough)
    for line in report.failures:
        assert line.startswith(f"{entry.id} (a-test): ")
        assert "\n" not in line
    return [line.split(": ")[1] for line in report.failures]


def with_certificate(entry: Entry, change: Any) -> Entry:
    certificate = json.loads(json.dumps(entry.certificate))
    change(certificate)
    return dataclasses.replace(entry, certificate=certificate)


def test_the_harness_notices_what_is_false() -> None:
    entry = make()
    replace = dataclasses.replace
    other = Entry.certify([[1, 0], [-1, 0], [0, 1], [0, -1], [1, 2], [-1, -2]], "relu", name="a-test")
    right, wrong = Stated("cannot_interpolate", 5, None), Stated("cannot_interpolate", 4, None)
    assert entry.verdict == right
    assert failing(entry, thorough=True) == []
    assert failing(replace(entry, sha256="0" * 64)) == ["data"]
    assert failing(replace(entry, verdict=wrong)) == ["verdict", "certificate"]
    assert failing(replace(entry, verdict=Stated("interpolates", 5, None))) == ["verdict", "certificate"]
    assert failing(replace(entry, kind="forms")) == ["kind"]
    assert failing(replace(entry, certificate=other.certificate)) == ["certificate"]
    assert failing(replace(entry, certificate=make(model="gelu").certificate)) == ["certificate"]
    assert failing(replace(entry, evidence=({"route": "r", "rank": 4},))) == ["evidence"]
    assert failing(replace(entry, evidence=({"route": "r", "agrees": False},))) == ["evidence"]
    assert failing(replace(entry, evidence=({"route": "r", "rank": 5},))) == []
    assert failing(replace(entry, symmetry=Symmetry("w", 8))) == ["symmetry"]
    assert failing(with_certificate(entry, lambda c: c["claims"][0]["vector"].popitem())) == ["certificate"]
    assert failing(with_certificate(entry, lambda c: c.update(claims=c["claims"][1:]))) == ["certificate"]
    assert failing(replace(entry, model="tanh"))[0] == "verdict"


def test_minimality_is_examined_by_leaving_out_points() -> None:
    proved = Minimality("proved", "the proper subsets of these points")
    assert make().minimality == proved
    more = make([*HEXAGON, [1, -1]])
    assert more.minimality.kind == "none"
    assert "points 0, 1, 2, 3, 4, 5 alone" in more.minimality.space
    assert failing(dataclasses.replace(more, minimality=proved)) == ["minimality"]


def test_exhaustive_minimality_is_examined_set_by_set() -> None:
    claim = Minimality("exhaustive", "w", 1, ("nonzero", "distinct_rays"))
    assert failing(dataclasses.replace(make(), minimality=claim), thorough=True) == []
    everything = Minimality("exhaustive", "w", 1, ())  # the origin is in the grid, and fails alone
    assert failing(dataclasses.replace(make(), minimality=everything), thorough=True) == ["exhaustive"]


def test_a_least_loss_that_is_wrong_is_noticed() -> None:
    entry = make([[1, 2], [2, 4]], labels=[1, 1])
    assert entry.verdict.least_mse == Fraction(1, 10)
    wrong = dataclasses.replace(entry, verdict=dataclasses.replace(entry.verdict, least_mse=Fraction(1, 9)))
    assert failing(wrong) == ["verdict", "certificate"]


def test_the_routes_of_evidence_confirm_the_rank() -> None:
    wrong = dataclasses.replace(make(), verdict=Stated("cannot_interpolate", 4, None))
    assert "routes" in failing(wrong, thorough=True)


def test_every_check_says_what_it_checks() -> None:
    named = {name for name in dir(checks) if name.startswith("check_")}
    assert named == {check.__name__ for check in THOROUGH}
    assert set(FAST) < set(THOROUGH)
    assert all(check.__doc__ and len(check.__doc__) > 50 for check in THOROUGH)


def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    good = make().write(tmp_path / "good.json")
    (tmp_path / "bad.json").write_text("{")
    misnamed = dataclasses.replace(make(), id="CE000001").write(tmp_path / "CE000002.json")
    seen: list[str] = []
    reports = verify_files([good, tmp_path / "bad.json", misnamed], done=lambda report: seen.append(report.id))
    assert sorted(seen) == sorted(report.id for report in reports)
    failures = [line for report in reports for line in report.failures]
    assert len(failures) == 2
    assert any(line.startswith("bad.json: line 1") for line in failures)
    assert any(line.startswith("CE000002.json: it holds the entry CE000001") for line in failures)
    assert verify_file(good).failures == ()


def test_the_scales_are_closed_and_explained() -> None:
    assert list(LEVELS) == ["decided", "certified", "confirmed"]
    assert list(MINIMALITIES) == ["exhaustive", "proved", "shrunk", "none"]
    assert all(KINDS.values())
