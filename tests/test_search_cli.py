"""`fullrank search`, both kinds: what it says, what it writes, and bad input in one line with nothing lost."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import ENVIRONMENT, Command, assert_refused, on_a_terminal

import counterexamples
from counterexamples.catalogue.checks import Case, check_exhaustive, verify_file
from counterexamples.entry import Entry
from counterexamples.enumeration.journal import NAME
from counterexamples.enumeration.outcome import Exhaustion
from verify.errors import CatalogueError

BOX = ("search", "--exhaustive", "--dim", "2", "--max-points", "6")


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (["--require", "nonzer"], ["unknown requirement 'nonzer'", "did you mean 'nonzero'?"]),
        (["--require", "qqqq"], ["unknown requirement 'qqqq'", "choose from distinct"]),
        (["--fails", "relu", "--fits", "relu"], ["fails and fits are both relu"]),
        (["--fails", "swiglu", "--fits", "silu+gated"], ["fails and fits are both silu+gated"]),
        (["--require", "nonzero", "--max-points", "0"], ["nonzero with max_points 0"]),
        (["--max-points", "0"], ["max_points is 0", "allow at least 1 point"]),
        (["--require", "unit_norm", "--dim", "0"], ["unit_norm with dimension 0 contradict"]),
        (["--max-points", "-1"], ["max_points=-1"]),
        (["--max-points", "65"], ["max_points=65", "at most 64"]),
        (["--dim", "17"], ["dimension=17", "at most 16"]),
        (["--dim", "two"], ["'two' is not a valid integer"]),
        (["--fails", "rellu"], ["'rellu' is not a known activation", "did you mean relu"]),
        (["--fails", "step(0)"], ["discontinuous"]),
        (["--workers", "0"], ["workers=0"]),
        (["--workers", "65"], ["workers=65"]),
        (["surplus"], ["unexpected extra argument"]),
    ],
)
@pytest.mark.parametrize("kind", [[], ["--exhaustive"]])
def test_bad_input_of_both_kinds(
    kind: list[str], arguments: list[str], fragments: list[str], fullrank: Command
) -> None:
    assert_refused(fullrank("search", *kind, *arguments, "-o", "found"), *fragments)
    assert not Path("found").exists()


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (["--budget", "0"], ["budget=0", "above 0"]),
        (["--budget", "nan"], ["budget=nan"]),
        (["--count", "0"], ["count=0"]),
        (["--seed", "-1"], ["seed=-1"]),
        (["--box", "2"], ["--box has no meaning without --exhaustive"]),
        (["--dask", "tcp://127.0.0.1:1"], ["--dask has no meaning without --exhaustive"]),
        (["--exhaustive", "--seed", "0"], ["--seed has no meaning with --exhaustive"]),
        (["--exhaustive", "--budget", "9"], ["--budget has no meaning with --exhaustive"]),
        (["--exhaustive", "--box", "-1"], ["box=-1"]),
        (["--exhaustive", "--limit", "0"], ["limit=0"]),
        (
            ["--exhaustive", "--box", "2", "--dim", "3"],
            ["there are 1,260,850,151,401 sets", "choose a smaller box or fewer points", "the limit is 1,000,000,000"],
        ),
        (["--exhaustive", "--box", "6", "--dim", "3"], ["2197 points", "choose a smaller box"]),
    ],
)
def test_bad_input(arguments: list[str], fragments: list[str], fullrank: Command) -> None:
    assert_refused(fullrank("search", *arguments, "-o", "found"), *fragments)
    assert not Path("found").exists()


@pytest.mark.parametrize("kind", [[], ["--exhaustive"]])
def test_output_that_cannot_be_written(kind: list[str], fullrank: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert_refused(fullrank("search", *kind, "-o", "file"), "cannot write to file", "choose another folder")
    assert_refused(fullrank("search", *kind, "-o", "file/below"), "cannot write to file/below")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("kind", [[], ["--exhaustive"]])
def test_output_without_permission(
    kind: list[str], fullrank: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "locked").mkdir()
    can = os.access  # root may write anywhere, so the answer for this folder is made up
    monkeypatch.setattr(
        os, "access", lambda path, mode: can(path, mode) and not (mode & os.W_OK and "locked" in str(path))
    )
    assert_refused(fullrank("search", *kind, "-o", "locked"), "there is no permission")


def test_a_corrupt_find_is_named_and_left_alone(fullrank: Command, tmp_path: Path) -> None:
    folder = tmp_path / "found"
    folder.mkdir()
    (folder / "found-000000000000.json").write_text('{"format": "fullrank-en')
    ran = fullrank("search", "--fails", "tanh", "--require", "nonzero", "-o", "found")
    assert ran.status == 0
    assert "found-000000000000.json" in ran.out
    assert "is left as it is" in ran.out
    assert (folder / "found-000000000000.json").read_text() == '{"format": "fullrank-en'
    assert len(list(folder.glob("found-*.json"))) == 2


def test_an_entry_whose_certificate_belongs_to_other_data(fullrank: Command, tmp_path: Path) -> None:
    folder = tmp_path / "found"
    folder.mkdir()
    for name, other in (("hexagon", "parity-cube-3"), ("ray-pair", "hexagon")):
        entry = counterexamples.load_entry(name)
        text = json.loads(entry.to_text())
        text["certificate"] = json.loads(counterexamples.load_entry(other).to_text())["certificate"]
        (folder / f"{entry.id}.json").write_text(json.dumps(text))
    ran = fullrank("catalogue", "verify", "--folder", "found")
    assert ran.status == 1
    assert (ran.out + ran.err).count("the certificate belongs to other data; make the entry again") == 2


def test_everything_in_a_box(fullrank: Command, tmp_path: Path) -> None:
    ran = fullrank(*BOX, "-o", "box")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("ALL FOUND: 3 minimal obstructions")
    assert "(1, 0) (0, 1) (0, -1) (-1, 0) (1, 1) (-1, -1)  circuit, 2 like it" in ran.out
    assert "no smaller set in this box" in ran.out
    entries = [Entry.read(path) for path in sorted((tmp_path / "box").glob("*.json"))]
    assert sorted((entry.count, entry.minimality.kind) for entry in entries) == [
        (1, "exhaustive"),
        (6, "proved"),
        (6, "proved"),
    ]
    for path in (tmp_path / "box").glob("*.json"):
        assert not verify_file(path).failures
    again = fullrank(*BOX, "-o", "box")
    assert again.status == 0
    assert "1 of 1 chunks had been finished before" in again.out


def test_a_smallest_obstruction_says_that_its_box_holds_no_smaller_one(fullrank: Command, tmp_path: Path) -> None:
    """And the thorough check of the catalogue looks through the box again."""
    fullrank(*BOX, "--require", "distinct_rays,nonzero", "-o", "box")
    paths = list((tmp_path / "box").glob("*.json"))
    entries = [Entry.read(path) for path in paths]
    assert [(entry.minimality.kind, entry.minimality.box) for entry in entries] == [("exhaustive", 1)] * 2
    assert {entry.minimality.require for entry in entries} == {("distinct_rays", "nonzero")}
    for entry in entries:
        check_exhaustive(Case(entry))
    less = dataclasses.replace(entries[0], minimality=dataclasses.replace(entries[0].minimality, require=()))
    with pytest.raises(CatalogueError, match=r"the smaller set \[\(0, 0\)\] fails too"):
        check_exhaustive(Case(less))
    doubled = [(2 * a, 2 * b) for a, b in entries[0].dataset().points]
    outside = Entry.certify(doubled, "relu", name="outside", minimality=entries[0].minimality)
    with pytest.raises(CatalogueError, match="not in the grid of integers up to 1"):
        check_exhaustive(Case(outside))


def test_json(fullrank: Command) -> None:
    ran = fullrank(*BOX, "--json")
    found = json.loads(ran.out)
    assert (ran.status, ran.err) == (0, "")
    assert found["complete"] is True
    assert found["minimal_obstructions_by_size"] == {"1": 1, "6": 4}
    assert found["obstructions"][0] == {"size": 1, "points": [[0, 0]], "kind": "zero", "sets": 1}
    assert found["written"] == []
    assert found["examined_per_second"] > 0


def test_nothing_in_a_box_is_a_result(fullrank: Command) -> None:
    ran = fullrank("search", "--exhaustive", "--fails", "exp")
    assert ran.status == 0
    assert ran.out.startswith("THERE IS NONE IN THIS BOX")
    ran = fullrank("search", "--exhaustive", "--fails", "relu", "--require", "distinct_rays,nonzero,nonnegative")
    assert ran.out.startswith("THERE IS NONE IN THIS BOX")


def test_a_damaged_journal_is_one_line(fullrank: Command, tmp_path: Path) -> None:
    fullrank(*BOX, "-o", "box")
    path = tmp_path / "box" / NAME
    path.write_bytes(b"0" * 16 + path.read_bytes()[16:])
    before = path.read_bytes()
    assert_refused(fullrank(*BOX, "-o", "box"), "line 1, is not as it was written")
    assert_refused(fullrank(*BOX, "--fails", "gelu", "-o", "box"), "line 1, is not as it was written")
    assert path.read_bytes() == before
    shutil.rmtree(tmp_path / "box")
    fullrank(*BOX, "-o", "box")
    assert_refused(fullrank(*BOX, "--fails", "gelu", "-o", "box"), "belongs to another search", "choose another folder")


def test_a_terminal_sees_the_result_and_no_rest_of_the_bar() -> None:
    shown = on_a_terminal([sys.executable, "-m", "counterexamples", *BOX])
    assert "ALL FOUND: 3 minimal obstructions" in shown
    assert "6 sets" in shown or "points of the grid" in shown


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(tmp_path: Path) -> None:
    arguments = ["search", "--exhaustive", "--dim", "4", "--max-points", "6", "-o", "box"]
    child = subprocess.Popen(
        [sys.executable, "-m", "counterexamples", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=ENVIRONMENT,
    )
    journal = tmp_path / "box" / NAME
    end = time.monotonic() + 60
    while not (journal.exists() and journal.read_bytes().count(b"\n") > 2) and time.monotonic() < end:
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert out.startswith("NOT FINISHED")
    assert err == "fullrank: interrupted; what is finished is kept; the same command goes on from there\n"
    assert not list((tmp_path / "box").glob("*.json"))


def test_many_obstructions_are_not_all_shown() -> None:
    from counterexamples.search import exhaustive

    result: Exhaustion = exhaustive("gelu", box=2, max_points=6)
    shown = result.explain()
    assert "and 13 more; --json lists them all" in shown
    assert len(result.to_json()["obstructions"]) == len(result.obstructions)
