"""The derivations that are kept on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Command

from verify import Model
from verify.activations.formula import cached_profile, derive_profile
from verify.activations.formula.derivation import VERSION
from verify.errors import ModelError


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FULLRANK_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_cache(directory: Path) -> None:
    first = cached_profile("x*sigmoid(b*x)", b="1.702")
    (file,) = directory.rglob("*.json")
    assert cached_profile("x*sigmoid(b*x); b = 1.702") == first == derive_profile("x*sigmoid(b*x)", b="1.702")
    assert list(directory.rglob("*")) == [directory / "activations", file]
    cached_profile("x*sigmoid(b*x)", b="1.7")
    assert len(list(directory.rglob("*.json"))) == 2
    data = json.loads(file.read_text())
    data["derivation"]["even"] = [2]  # a file that is well formed is what is read, so the file was used
    data["derivation"]["nonzero_at_zero"] = False
    file.write_text(json.dumps(data))
    assert cached_profile("x*sigmoid(b*x)", b="1.702").even == (2,)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: "",
        lambda data: "{",
        lambda data: "[]",
        lambda data: "null",
        lambda data: "[" * 100_000,
        lambda data: json.dumps({**data, "version": VERSION + 1}),
        lambda data: json.dumps({"version": VERSION}),
        lambda data: json.dumps({**data, "derivation": {**data["derivation"], "formula": "x"}}),
        lambda data: json.dumps({**data, "derivation": {**data["derivation"], "even": "polynomial"}}),
        lambda data: json.dumps({**data, "derivation": {**data["derivation"], "even": [2, 1]}}),
        lambda data: json.dumps({**data, "derivation": {**data["derivation"], "even": "unknown"}}),
        lambda data: json.dumps({**data, "derivation": {**data["derivation"], "nonzero_at_zero": 1}}),
        lambda data: json.dumps({**data, "derivation": {**data["derivation"], "steps": 3}}),
        lambda data: "\udcff",
    ],
)
def test_damaged_files_are_ignored(directory: Path, damage: object) -> None:
    true = cached_profile("max(x, 0)")
    (file,) = directory.rglob("*.json")
    text = damage(json.loads(file.read_text()))  # type: ignore[operator]
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert cached_profile("max(x, 0)") == true
    assert json.loads(file.read_text())["derivation"]["even"] == [1]


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FULLRANK_CACHE_DIR", str(tmp_path / "file" / "below"))
    assert cached_profile("max(x, 0)").even == (1,)
    monkeypatch.setenv("FULLRANK_CACHE_DIR", "")
    assert cached_profile("max(x, 0)").even == (1,)


def test_where_the_cache_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from verify.activations.formula import cache_directory

    monkeypatch.delenv("FULLRANK_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory() == tmp_path / "fullrank"
    monkeypatch.setenv("FULLRANK_CACHE_DIR", str(tmp_path / "here"))
    assert cache_directory() == tmp_path / "here"
    monkeypatch.setenv("FULLRANK_CACHE_DIR", "")
    assert cache_directory() is None


def test_refusals_are_not_kept(directory: Path) -> None:
    with pytest.raises(ModelError):
        cached_profile("1/x")
    assert not list(directory.rglob("*.json"))


def test_the_command_line_keeps_what_it_derives_and_the_library_does_not(directory: Path, fullrank: Command) -> None:
    arguments = ("decide", "bundled:hexagon", "--model", "max(x, 0) + x**2/5")
    first = fullrank(*arguments)
    (file,) = directory.rglob("*.json")
    assert fullrank(*arguments) == first
    file.write_text("{")
    assert fullrank(*arguments) == first
    assert json.loads(file.read_text())["derivation"]["even"] == [1, 2]
    file.unlink()
    assert fullrank(*arguments, "--json").status == 0
    assert file.exists()
    assert fullrank("activation", "celu(2)").status == 0
    assert len(list(directory.rglob("*.json"))) == 2
    Model.parse("max(x, 0) + x**2/7")
    assert len(list(directory.rglob("*.json"))) == 2


def test_the_checker_does_not_trust_what_is_kept(directory: Path, fullrank: Command) -> None:
    """A file that was forged changes a verdict of its owner, and the condition that the checker prints says how."""
    arguments = ("decide", "bundled:hexagon", "--model", "max(x, 0) + x**2/5", "--certificate", "proof.json")
    fullrank(*arguments)
    (file,) = directory.rglob("*.json")
    data = json.loads(file.read_text())
    data["derivation"]["even"] = "separating"
    file.write_text(json.dumps(data))
    Path("proof.json").unlink()
    assert fullrank(*arguments).status == 0
    ran = fullrank("check", "proof.json")
    condition = "is continuous and piecewise analytic and has, for every x > 0, even part separating"
    assert f'if s(x) = "max(x, 0) + x**2/5" {condition}' in ran.out


def test_another_program_never_reads_what_this_one_kept(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached_profile("max(x, 0)")
    monkeypatch.setattr("verify.activations.formula.cache._program", lambda: "another")
    cached_profile("max(x, 0)")
    assert len(list(directory.rglob("*.json"))) == 2
