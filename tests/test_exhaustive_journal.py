"""Finished chunks survive: a journal that is torn anywhere, damaged, of another search, or in use."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from counterexamples.enumeration import searching
from counterexamples.enumeration.chunks import Finished, search_chunk
from counterexamples.enumeration.grid import Task
from counterexamples.enumeration.journal import NAME, Journal
from counterexamples.enumeration.plan import Chunk
from counterexamples.search import Exhaustion, exhaustive
from verify.errors import SearchError

Search = Callable[[Path], Exhaustion]


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the chunks that are searched."""
    numbers: list[int] = []

    def noted(task: Task, chunk: Chunk) -> Finished:
        numbers.append(chunk.number)
        return search_chunk(task, chunk)

    monkeypatch.setattr(searching, "search_chunk", noted)
    return numbers


def search(folder: Path) -> Exhaustion:
    return exhaustive("relu", dimension=3, max_points=7, folder=folder)


def same(first: Exhaustion, second: Exhaustion) -> bool:
    """Whether two searches came to the same result, however much of it each run did."""
    of_a_run = {"seconds": 0.0, "examined_now": 0, "resumed": 0, "journal": None}
    return dataclasses.replace(first, **of_a_run) == dataclasses.replace(second, **of_a_run)


def test_a_journal_cut_at_any_place_is_gone_on_with(tmp_path: Path, worked: list[int]) -> None:
    whole = search(tmp_path)
    text = (tmp_path / NAME).read_bytes()
    assert worked == list(range(whole.chunks))
    assert text.count(b"\n") == whole.chunks + 1
    places = [0, 1, 30, len(text) // 3, len(text) // 2, len(text) - 1, len(text)]
    places += [k + 1 for k, byte in enumerate(text) if byte == ord("\n")][::9]
    for place in places:
        (tmp_path / NAME).write_bytes(text[:place])
        kept = max(0, text[:place].count(b"\n") - 1)
        worked.clear()
        again = search(tmp_path)
        assert same(again, whole)
        assert again.resumed == kept
        assert worked == list(range(kept, whole.chunks))
        assert (tmp_path / NAME).read_bytes() == text


def test_an_interruption_keeps_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worked: list[int]
) -> None:
    def interrupted(task: Task, chunk: Chunk) -> Finished:
        if chunk.number == 5:
            raise KeyboardInterrupt
        return search_chunk(task, chunk)

    with monkeypatch.context() as patch:
        patch.setattr(searching, "search_chunk", interrupted)
        part = search(tmp_path)
    assert not part.is_complete
    assert part.finished == 5
    assert part.smallest is None
    assert "may be incomplete" in part.explain()
    assert same(search(tmp_path), exhaustive("relu", dimension=3, max_points=7))
    assert worked[:3] == [5, 6, 0]  # then the complete search begins


def test_two_runs_at_once(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    header = {"fails": "relu"}
    journal = Journal(tmp_path, header)
    with pytest.raises(SearchError, match="in use by another search"):
        Journal(tmp_path, header)
    journal.close()
    Journal(tmp_path, header).close()


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda text: text.replace(b'"fitted":[[2,', b'"fitted":[[3,', 1), 2),
        (lambda text: text.replace(b"\n", b"\n\n", 1), 2),
        (lambda text: b"x" + text, 1),
        (lambda text: text.replace(b"relu", b"r\xe9lu", 1), 1),
        (lambda text: text[:40] + text[41:], 1),
    ],
)
def test_a_damaged_line_stops_and_changes_nothing(
    tmp_path: Path, damage: Callable[[bytes], bytes], line: int
) -> None:
    search(tmp_path)
    damaged = damage((tmp_path / NAME).read_bytes())
    (tmp_path / NAME).write_bytes(damaged)
    with pytest.raises(SearchError, match=f"line {line}, is not as it was written; delete this line"):
        search(tmp_path)
    assert (tmp_path / NAME).read_bytes() == damaged


def test_a_chunk_whose_line_was_deleted_is_searched_again(tmp_path: Path, worked: list[int]) -> None:
    whole = search(tmp_path)
    lines = (tmp_path / NAME).read_bytes().splitlines(keepends=True)
    (tmp_path / NAME).write_bytes(b"".join(lines[:4] + lines[5:]))
    worked.clear()
    assert same(search(tmp_path), whole)
    assert worked == [3]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fails": "gelu"}, "its fails is 'relu', not 'gelu'"),
        ({"box": 2, "dimension": 2}, "its box is 1, not 2"),
        ({"max_points": 6}, "its max_points is 7, not 6"),
        ({"require": "nonzero"}, "its require is"),
        ({"fits": "gelu"}, "its fits is None"),
    ],
)
def test_another_search_in_the_same_folder_is_refused(
    tmp_path: Path, options: dict[str, object], words: str
) -> None:
    search(tmp_path)
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(SearchError, match="belongs to another search") as caught:
        exhaustive(**{"fails": "relu", "dimension": 3, "max_points": 7, "folder": tmp_path, **options})  # type: ignore[arg-type]
    assert words in str(caught.value)
    assert (tmp_path / NAME).read_bytes() == before


def test_chunks_of_a_prime_that_was_not_good_enough_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the change of the prime, a search goes on with the later one."""
    with monkeypatch.context() as patch:
        patch.setattr(searching, "FIRST_PRIME", 3)
        patch.setattr(searching, "next_prime", lambda _: 2**31 - 1)
        whole = exhaustive("relu", box=2, max_points=8, folder=tmp_path)
    again = exhaustive("relu", box=2, max_points=8, folder=tmp_path)
    assert same(again, whole)
    assert same(again, exhaustive("relu", box=2, max_points=8))
    assert again.resumed == again.chunks


def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a line is taken back, so that the journal can be read again."""
    import os

    journal = Journal(tmp_path, {"fails": "relu"})
    before = (tmp_path / NAME).read_bytes()
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda file, text: write(file, text[: len(text) // 2]))
        with pytest.raises(SearchError, match="the disk is full"):
            journal.append({"chunk": 0, "prime": 7})
    journal.close()
    assert (tmp_path / NAME).read_bytes() == before


def test_progress(tmp_path: Path) -> None:
    signs: list[searching.ChunkProgress] = []
    exhaustive("relu", dimension=3, progress=signs.append)
    assert [sign.share for sign in signs] == sorted(sign.share for sign in signs)
    assert signs[-1].share == 1
    assert signs[0].left is None
    assert signs[-1].left == 0
    assert signs[-1].examined > signs[0].examined
    assert signs[-1].rate > 0
