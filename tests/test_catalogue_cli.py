"""`fullrank catalogue`: list, show, export, verify; what is wrong is said in one line and does not stop the rest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ENVIRONMENT, Command, assert_refused, check_alone, on_a_terminal
from test_imports import HEAVY, loaded_after

import counterexamples
from counterexamples.catalogue.shelf import FOLDER
from verify import read


def test_list_shows_every_entry(fullrank: Command) -> None:
    ran = fullrank("catalogue", "list")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    entries = counterexamples.list_entries()
    assert lines[0].split() == ["id", "name", "model", "kind", "points", "dimension", "rank", "least_mse"]
    assert [line.split()[:2] for line in lines[1:-1]] == [[entry.id, entry.name] for entry in entries]
    assert lines[-1].startswith(f"{len(entries)} of them")


def test_list_chooses(fullrank: Command) -> None:
    ran = fullrank("catalogue", "list", "--model", "swiglu", "--kind", "circuit", "--json")
    found = json.loads(ran.out)["entries"]
    assert ran.status == 0
    assert found
    assert {(entry["model"], entry["kind"]) for entry in found} == {("silu+gated", "circuit")}
    (pair,) = [
        entry
        for entry in json.loads(fullrank("catalogue", "list", "--json").out)["entries"]
        if entry["id"] == "CE000002"
    ]
    assert pair == {
        "id": "CE000002",
        "name": "ray-pair",
        "model": "relu",
        "kind": "ray",
        "points": 2,
        "dimension": 2,
        "rank": 1,
        "least_mse": "1/10",
    }
    assert "No entry is like that" in fullrank("catalogue", "list", "--model", "exp", "--kind", "ray").out


def test_show_tells_claim_scope_proof_and_source(fullrank: Command) -> None:
    ran = fullrank("catalogue", "show", "hexagon")
    assert (ran.status, ran.err) == (0, "")
    entry = counterexamples.load_entry("hexagon")
    for text in ("CE000003 hexagon", entry.claim, entry.scope, "(1, 1)", "rank 5 of 6", "root system A2", entry.sha256):
        assert text in ran.out
    assert json.loads(fullrank("catalogue", "show", "CE000003", "--json").out) == entry.to_json()
    assert "made by leech_minimal_vectors()" in fullrank("catalogue", "show", "leech-lattice").out
    assert "ours: fullrank" in fullrank("catalogue", "show", "ray-pair").out
    assert "(1, 2) -> 1" in fullrank("catalogue", "show", "ray-pair").out


def test_bibtex(fullrank: Command) -> None:
    text = fullrank("catalogue", "show", "leech-lattice", "--bibtex").out
    assert text.startswith("@misc{fullrank-CE000120,\n")
    assert text.count("{") == text.count("}")
    assert "J. Leech" in text
    assert counterexamples.load_entry("leech-lattice").sha256 in text
    assert "hidden\\_bias" in fullrank("catalogue", "show", "hexagon-hidden-bias", "--bibtex").out


def test_export_writes_what_read_reads(fullrank: Command, tmp_path: Path) -> None:
    entry = counterexamples.load_entry("parity-cube-3")
    for file_format in ("csv", "json", "npz"):
        ran = fullrank("catalogue", "export", "parity-cube-3", "--format", file_format, "-o", f"p.{file_format}")
        assert (ran.status, ran.out) == (0, f"Wrote p.{file_format} (CE000095 parity-cube-3).\n")
        assert read(tmp_path / f"p.{file_format}").sha256() == entry.sha256
    assert fullrank("catalogue", "export", "ray-pair", "--format", "csv").out == "x0,x1,y\n1,2,1\n2,4,1\n"
    ran = fullrank("catalogue", "export", "ray-pair", "--format", "json", "-o", "r.json", "--json")
    assert json.loads(ran.out) == {"written": "r.json", "format": "json"}


@pytest.mark.parametrize("name", ["hexagon", "regular-hexagon", "parity-cube-9"])
def test_the_exported_certificate_is_accepted_without_this_project(
    name: str, fullrank: Command, tmp_path: Path
) -> None:
    assert fullrank("catalogue", "export", name, "--format", "certificate", "-o", "c.json").status == 0
    (tmp_path / "empty").mkdir()
    ran = check_alone(tmp_path / "c.json", tmp_path / "empty")
    assert ran.status == 0
    assert ran.out.startswith("accepted: ")
    assert counterexamples.load_entry(name).sha256 in ran.out


def test_the_proposed_activations_are_confirmed(fullrank: Command) -> None:
    ran = fullrank("catalogue", "proposed", "ray-pair", "one-point-two-labels")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["id", "CE000002", "CE000019"]
    assert "1 (+1 equal)" in lines[2]
    assert "shifted_softplus: full rank exactly on 2 of 2 sets of points; by its kernel on 2." in lines
    found = json.loads(fullrank("catalogue", "proposed", "ray-pair", "--json").out)["confirmations"]
    (confirmation,) = found
    assert "CE000002" in confirmation["ids"]
    for name, said in confirmation["activations"].items():
        assert said["full_rank"] is True, name
        assert float(said["least_eigenvalue_above"]) > 0, name


def test_an_activation_that_does_not_fit_is_reported(fullrank: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from counterexamples.catalogue import proposed

    asked = proposed.confirm
    monkeypatch.setattr(proposed, "confirm", lambda entries: asked(entries, activations=["tanh"]))
    ran = fullrank("catalogue", "proposed", "hexagon")  # antipodal pairs, which an odd activation does not fit
    assert ran.status == 1
    assert "RANK TOO SMALL" in ran.out


def test_proposed_refuses_an_unknown_entry(fullrank: Command) -> None:
    assert_refused(fullrank("catalogue", "proposed", "no-such-entry"), "no-such-entry")


def test_verify_some(fullrank: Command) -> None:
    ran = fullrank("catalogue", "verify", "hexagon", "CE000002", "--workers", "1")
    assert (ran.status, ran.out, ran.err) == (0, "2 of 2 entries hold; 14 checks passed.\n", "")
    ran = fullrank("catalogue", "verify", "hexagon", "--thorough", "--json")
    (report,) = json.loads(ran.out)["reports"]
    assert (report["id"], report["failures"], len(report["passed"])) == ("CE000003", [], 10)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with a good entry, a corrupt one, one with the certificate of other data, and one with other points."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    for i in (1, 2, 3, 29):
        shutil.copy(FOLDER / f"CE{i:06d}.json", folder)
    (folder / "CE000001.json").write_text('{"format": "fullrank-entry", "vers')
    pair, hexagon = (json.loads((folder / f"CE{i:06d}.json").read_text()) for i in (2, 29))
    hexagon["certificate"] = pair["certificate"]
    (folder / "CE000029.json").write_text(json.dumps(hexagon))
    pair["points"][0][0] = "3"
    (folder / "CE000002.json").write_text(json.dumps(pair))
    return folder


@pytest.mark.parametrize("workers", ["1", "2"])
def test_verify_says_what_is_wrong_and_checks_the_others(shelf: Path, workers: str, fullrank: Command) -> None:
    ran = fullrank("catalogue", "verify", "--folder", str(shelf), "--workers", workers)
    assert ran.status == 1
    assert ran.out.startswith("1 of 4 entries hold; ")
    corrupt, moved, foreign = sorted(ran.err.splitlines())
    assert corrupt.startswith("fullrank: CE000001.json: line 1, column ")
    assert moved.startswith("fullrank: CE000002 (ray-pair): data: CE000002: its data have the SHA-256 ")
    assert foreign.startswith("fullrank: CE000029 (hexagon-gelu): certificate: the certificate belongs to other data")


def test_a_corrupt_entry_does_not_hide_the_others(shelf: Path, fullrank: Command) -> None:
    ran = fullrank("catalogue", "list", "--folder", str(shelf))
    assert ran.status == 1
    assert "CE000003" in ran.out
    assert ran.err.startswith("fullrank: CE000001.json: line 1")
    assert fullrank("catalogue", "show", "hexagon", "--folder", str(shelf)).status == 0
    assert_refused(fullrank("catalogue", "show", "CE000001", "--folder", str(shelf)), "CE000001.json: line 1")
    assert_refused(fullrank("catalogue", "show", "zero-point", "--folder", str(shelf)), "1 entry files cannot be read")


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (["show", "hexagn"], ["there is no entry 'hexagn'", "did you mean 'hexagon'", "fullrank catalogue list"]),
        (["show", "hexagon", "--bibtex", "--json"], ["choose one"]),
        (["verify", "hexagon", "nothing-like-it"], ["there is no entry 'nothing-like-it'"]),
        (["verify", "--workers", "0"], ["0 is not in the range"]),
        (["verify", "--folder", "nowhere"], ["there is no folder nowhere"]),
        (["list", "--kind", "rays"], ["kind='rays' is unknown; the kinds are zero"]),
        (["list", "--model", "rellu"], ["'rellu' is not a known activation"]),
        (["list", "--folder", "."], ["holds no entry file"]),
        (["export", "hexagon"], ["Missing option '--format'"]),
        (["export", "hexagon", "--format", "xml"], ["'xml' is unknown; the formats are csv"]),
        (["export", "hexagon", "--format", "npz"], ["npz needs a file; add -o FILE"]),
        (["export", "hexagon", "--format", "csv", "--json"], ["--json needs a file; add -o FILE"]),
        (["export", "hexagon", "--format", "csv", "-o", "no/such/x.csv"], ["there is no folder no/such"]),
        (["export", "rational-circle-3", "--format", "npz", "-o", "x.npz"], ["-3/5, which no float64 is equal to"]),
        (["frobnicate"], ["No such command 'frobnicate'"]),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], fragments: list[str], fullrank: Command, tmp_path: Path) -> None:
    assert_refused(fullrank("catalogue", *arguments), *fragments)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_permission_is_one_line(
    fullrank: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "locked").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)  # the superuser may write everywhere
    assert_refused(fullrank("catalogue", "export", "hexagon", "--format", "csv", "-o", "locked/x.csv"), "permission")


def test_every_help_has_examples(fullrank: Command) -> None:
    for arguments in ([], ["list"], ["show"], ["export"], ["verify"]):
        ran = fullrank("catalogue", *arguments, "--help")
        assert ran.status == 0
        assert "Examples:" in ran.out
        assert "  fullrank catalogue " in ran.out.partition("Examples:")[2]
    assert "catalogue" in fullrank("--help").out


def test_a_terminal_sees_progress_and_plain_lines() -> None:
    command = [sys.executable, "-m", "counterexamples", "catalogue", "verify", "hexagon", "ray-pair", "--workers", "1"]
    assert "2 of 2 entries hold; 14 checks passed." in on_a_terminal(command)


def test_importing_the_package_loads_nothing_heavy_and_help_neither() -> None:
    assert not loaded_after("import counterexamples") & {*HEAVY, "click", "json"}
    assert not loaded_after("import counterexamples; counterexamples.list_entries(model='relu')") & HEAVY
    run = "from counterexamples.cli import main; main({!r})"
    for arguments in (["catalogue", "--help"], ["catalogue", "list"], ["catalogue", "show", "hexagon"]):
        assert not loaded_after(run.format(arguments)) & HEAVY


def test_every_public_name_can_be_imported() -> None:
    for name in counterexamples.__all__:
        assert getattr(counterexamples, name).__name__ == name
        assert name in dir(counterexamples)
    with pytest.raises(AttributeError, match="no attribute 'loads'"):
        _ = counterexamples.loads  # type: ignore[attr-defined]


@pytest.mark.slow
def test_the_leech_lattice_is_generated_decided_certified_and_checked_in_the_memory_it_may_use(tmp_path: Path) -> None:
    code = (
        "import resource, sys\n"
        "from counterexamples.cli import main\n"
        "status = main(['catalogue', 'verify', 'leech-lattice', '--workers', '1'])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
        "sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=ENVIRONMENT, timeout=60
    )
    assert done.returncode == 0
    verdict, kilobytes = done.stdout.splitlines()
    assert verdict == "1 of 1 entries hold; 7 checks passed."
    assert int(kilobytes) < 4 * 2**20
