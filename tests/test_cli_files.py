"""What the command line writes, and how it ends: certificates, networks, interrupts, pipes, terminals."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from command_line import ENVIRONMENT, Command, Ran, assert_refused, check_alone, on_a_terminal

import verify.check.checker
import verify.data.readers
import verify.verdict

TABLE = "a,b,y\n1,2,3\n2,4,7\n"

# --- certificates and networks ----------------------------------------------------------------------------------------

ROUND_TRIPS = [
    ["bundled:parity3", "--model", "relu"],
    ["bundled:parity3", "--model", "relu+bias"],
    ["bundled:hexagon", "--model", "tanh"],
    ["bundled:hexagon", "--every-labelling", "--model", "gelu"],
    ["bundled:iris", "--model", "silu+gated"],
    ["bundled:iris", "--label", "petal_width", "--label", "species", "--model", "leaky_relu(1/10)+layers=2"],
    ["bundled:ray_pair", "--model", "relu+ntk"],
]


@pytest.mark.parametrize("arguments", ROUND_TRIPS, ids=" ".join)
def test_a_certificate_is_accepted_by_the_command_and_by_the_checker_alone(
    fullrank: Command, arguments: list[str], tmp_path: Path
) -> None:
    decided = fullrank("decide", *arguments, "--certificate", "proof.json", "--json")
    assert (decided.status, decided.err) == (0, "")
    assert json.loads(decided.out)["certificate"] == "proof.json"
    assert [path.name for path in tmp_path.iterdir()] == ["proof.json"]
    plain, as_json = fullrank("check", "proof.json"), fullrank("check", "proof.json", "--json")
    assert plain.status == as_json.status == 0
    assert plain.err == as_json.err == ""
    assert plain.out.startswith("accepted: ")
    assert plain.out.count("\n") == 1
    found = json.loads(as_json.out)
    assert set(found) == {"status", "message"}
    assert f"{found['status']}: {found['message']}\n" == plain.out
    empty = tmp_path / "empty"
    empty.mkdir()
    assert check_alone(tmp_path / "proof.json", empty) == Ran(0, plain.out, "")


def raise_the_least_loss(certificate: dict) -> None:
    (claim,) = (claim for claim in certificate["claims"] if claim["kind"] == "least_mse")
    claim["value"] = "1/2"


def move_a_point(certificate: dict) -> None:
    certificate["data"]["lines"][1] = "7" + certificate["data"]["lines"][1][1:]


def claim_another_model(certificate: dict) -> None:
    certificate["model"]["hidden_bias"] = True


def drop_the_evidence(certificate: dict) -> None:
    certificate["claims"] = []


def bend_the_vector(certificate: dict) -> None:
    (claim,) = (claim for claim in certificate["claims"] if claim["kind"] == "cannot_interpolate")
    claim["vector"]["0"] = "2"


@pytest.mark.parametrize(
    "tamper", [raise_the_least_loss, move_a_point, claim_another_model, drop_the_evidence, bend_the_vector]
)
def test_a_tampered_certificate_is_rejected(fullrank: Command, tamper: Callable[[dict], None], tmp_path: Path) -> None:
    assert fullrank("decide", "bundled:parity3", "--model", "relu", "--certificate", "proof.json").status == 0
    certificate = json.loads(Path("proof.json").read_text())
    tamper(certificate)
    Path("proof.json").write_text(json.dumps(certificate))
    ran = fullrank("check", "proof.json")
    assert (ran.status, ran.err) == (1, "")
    assert re.fullmatch(r"rejected: [^\n]+\n", ran.out)
    assert json.loads(fullrank("check", "proof.json", "--json").out)["status"] == "rejected"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert check_alone(tmp_path / "proof.json", empty) == Ran(1, ran.out, "")


@pytest.mark.parametrize("content", [None, "", "{", b"\xff"])
def test_what_is_no_json_file_is_unreadable(fullrank: Command, content: str | bytes | None) -> None:
    if content is not None:
        Path("file.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = fullrank("check", "file.json")
    assert (ran.status, ran.err) == (2, "")
    assert re.fullmatch(r"unreadable: [^\n]+\n", ran.out)
    assert json.loads(fullrank("check", "file.json", "--json").out)["status"] == "unreadable"


def test_large_data_go_beside_the_certificate_and_are_bound_to_it(fullrank: Command, tmp_path: Path) -> None:
    points = np.random.default_rng(1).integers(-50, 50, size=(7000, 3))
    np.savez("large.npz", points=points, labels=points[:, 0] ** 2)
    made = fullrank("decide", "large.npz", "--model", "tanh+hidden_bias", "--certificate", "proof.json")
    assert (made.status, made.err) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {"large.npz", "proof.json", "proof.json.data"}
    assert fullrank("check", "proof.json").status == 0
    beside = Path("proof.json.data")
    text = beside.read_text()
    beside.write_text(text.replace("\n1", "\n2", 1))
    assert fullrank("check", "proof.json").status == 1
    beside.unlink()
    assert fullrank("check", "proof.json").status == 2


def test_nothing_is_certified_or_constructed_when_unknown(fullrank: Command, tmp_path: Path) -> None:
    model = ["--model", "square+layers=2"]
    ran = fullrank("decide", "bundled:iris", *model, "--certificate", "p.json", "--network", "n.json")
    assert ran.status == 3
    assert ran.out.startswith("UNKNOWN\n")
    assert re.fullmatch(r"fullrank: .*unknown.*nothing to certify and to construct.*\n", ran.err)
    assert not list(tmp_path.iterdir())
    ran = fullrank("decide", "bundled:iris", *model, "--certificate", "p.json", "--json")
    assert json.loads(ran.out)["outcome"] == "unknown"
    assert "certificate" not in json.loads(ran.out)
    assert ran.err.count("\n") == 1


def test_a_network_file_holds_a_network_with_the_least_loss(fullrank: Command) -> None:
    arguments = ["decide", "bundled:hexagon", "--model", "relu", "--network", "net.json", "--json"]
    found = json.loads(fullrank(*arguments).out)
    assert found["network"] == "net.json"
    net = json.loads(Path("net.json").read_text())
    ((hidden,), output) = net["hidden"], [Fraction(v) for v in net["output"]]
    points = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1)]
    labels = [1, 0, 0, 0, 0, 0]

    def f(x: tuple[int, int]) -> Fraction:
        units = [max(sum(Fraction(w) * a for w, a in zip(row, x, strict=True)), 0) for row in hidden]
        return sum((v * unit for v, unit in zip(output, units, strict=True)), Fraction(0))

    error = sum((f(x) - y) ** 2 for x, y in zip(points, labels, strict=True)) / 6
    # every f has f(x0) - f(x1) + f(x2) - f(x3) - f(x4) + f(x5) = 0; the labels give 1, so the squared distance is 1/6
    assert error == Fraction(1, 36) == Fraction(found["least_mse"])


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["bundled:hexagon", "--model", "relu+ntk"], "not a network"),
        (["bundled:hexagon", "--model", "relu", "--every-labelling"], "without labels"),
    ],
)
def test_a_network_that_does_not_exist_is_refused_and_no_file_is_written(
    fullrank: Command, arguments: list[str], why: str, tmp_path: Path
) -> None:
    ran = fullrank("decide", *arguments, "--network", "net.json", "--certificate", "proof.json")
    assert_refused(ran, why)
    assert not list(tmp_path.iterdir())


def test_two_label_columns_have_a_network_each(fullrank: Command) -> None:
    ran = fullrank("decide", "bundled:iris", "--label", "3", "--label", "4", "--model", "relu", "--network", "net.json")
    assert ran.status == 0
    networks = json.loads(Path("net.json").read_text())["networks"]
    assert [network["label"] for network in networks] == ["petal_width", "species"]
    assert all(network["width"] <= 150 and network["residual_bound"] == "0" for network in networks)


def test_columns_that_are_not_labels_are_listed(fullrank: Command) -> None:
    Path("prices.csv").write_text("a,y,price\n1,2,3\n2,4,7\n")
    ran = fullrank("decide", "prices.csv", "--model", "exp")
    assert "Coordinates: a, y, price. No label column was chosen; --label COL chooses one.\n" in ran.out
    ran = fullrank("decide", "prices.csv", "--model", "exp", "--label", "price")
    assert ran.out.endswith("Coordinates: a, y.\n")


def test_both_files_of_a_large_certificate_are_announced(fullrank: Command) -> None:
    Path("large.csv").write_text("x,y\n" + "".join(f"{i},{i}\n" for i in range(1, 10_002)))
    ran = fullrank("decide", "large.csv", "--model", "exp", "--certificate", "proof.json")
    assert "Wrote proof.json (certificate).\nWrote proof.json.data (data of the certificate).\n" in ran.out
    assert fullrank("check", "proof.json").status == 0


def test_a_place_that_cannot_be_written_is_refused_before_any_work(
    fullrank: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("good.csv").write_text(TABLE)
    Path("link").symlink_to(tmp_path / "target")
    Path("target").write_text("of the link")
    monkeypatch.setattr(verify.verdict, "decide", lambda *_: pytest.fail("work was done"))
    for option in ("--certificate", "--network"):
        model = ["decide", "good.csv", "--model", "relu", option]
        assert_refused(fullrank(*model, "none/proof.json"), "none/proof.json", "no folder none", "make it first")
        assert_refused(fullrank(*model, "."), "cannot write .", "choose another name")
        assert_refused(fullrank(*model, os.devnull), os.devnull, "choose another name")
        assert_refused(fullrank(*model, "link"), "cannot write link: this is not a file")
        assert_refused(fullrank(*model, "good.csv"), "good.csv", "the data are in this file")
        assert_refused(fullrank(*model, "a" * 300), "File name too long")
    both = ["--certificate", "one.json", "--network"]
    for same in ("one.json", "./one.json", "one.json.data"):
        assert_refused(fullrank("decide", "good.csv", "--model", "relu", *both, same), "give each its own")
    assert Path("good.csv").read_text() == TABLE


def test_a_folder_without_permission_is_refused(fullrank: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda folder, mode: not (str(folder) == "locked" and mode == os.W_OK))
    Path("locked").mkdir()
    ran = fullrank("decide", "bundled:iris", "--model", "relu", "--certificate", "locked/proof.json")
    assert_refused(ran, "locked/proof.json", "no permission to write in locked")


def test_a_disk_that_fails_while_writing_leaves_the_old_file(
    fullrank: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    Path("net.json").write_text("old")
    Path("proof.json").write_text("old")
    monkeypatch.setattr(os, "replace", full)
    for option, name in (("--certificate", "proof.json"), ("--network", "net.json")):
        ran = fullrank("decide", "bundled:hexagon", "--model", "relu", option, name)
        assert_refused(ran, name, "No space left on device")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"net.json": "old", "proof.json": "old"}


# --- interruptions, pipes, terminals ----------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["reading", "deciding", "writing", "checking"])
def test_an_interrupt_ends_with_130_one_line_and_no_partial_file(
    fullrank: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    target = {"reading": (verify.data.readers, "read"), "deciding": (verify.verdict, "decide")}
    holder, name = target.get(where, (os, "replace") if where == "writing" else (verify.check.checker, "check_file"))
    monkeypatch.setattr(holder, name, interrupt)
    Path("a.csv").write_text(TABLE)
    arguments = ["check", "a.csv"] if where == "checking" else ["decide", "a.csv", "--model", "relu"]
    options = [] if where == "checking" else ["--certificate", "proof.json", "--network", "net.json"]
    assert fullrank(*arguments, *options) == Ran(130, "", "fullrank: interrupted\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_real_signal_ends_with_130_and_one_line() -> None:
    code = (
        "import os, signal, sys, time, verify.verdict\n"
        f"def slow(*_): os.kill(os.getpid(), {int(signal.SIGINT)}); time.sleep(60)\n"
        "verify.verdict.decide = slow\n"
        "from verify.cli import main\n"
        "sys.exit(main(['decide', 'bundled:iris', '--model', 'relu']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT, timeout=50)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "fullrank: interrupted\n")


def test_too_little_memory_is_one_line(fullrank: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(verify.verdict, "decide", exhausted)
    assert_refused(fullrank("decide", "bundled:iris", "--model", "relu"), "memory", "fewer points")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["decide", "bundled:parity3", "--model", "relu"], 0),
        (["decide", "bundled:parity3", "--model", "square+layers=2", "--json"], 3),
        (["check", "nothing.json"], 2),
        (["activations"], 0),
    ],
)
def test_a_reader_that_has_gone_away_changes_no_status_and_is_no_noise(
    arguments: list[str], status: int, tmp_path: Path
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "verify", *arguments],
            stdout=pipe,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=ENVIRONMENT,
        )
    assert (done.returncode, done.stderr) == (status, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_accepted_certificate_is_no_success_when_the_verdict_cannot_be_written(
    fullrank: Command, tmp_path: Path
) -> None:
    assert fullrank("decide", "bundled:parity3", "--model", "relu", "--certificate", "proof.json").status == 0
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "verify", "check", "proof.json"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, env=ENVIRONMENT)
    assert done.returncode == 2
    assert done.stderr == b"fullrank: No space left on device; check the disk and the file\n"


def test_a_terminal_adds_colour_and_wraps_nothing(fullrank: Command) -> None:
    arguments = ["decide", "bundled:parity3", "--model", "relu"]
    patient = "import sys, verify.cli.output as output; output._PATIENCE = 100; from verify.cli import main; "
    shown = on_a_terminal([sys.executable, "-c", patient + "sys.exit(main(sys.argv[1:]) == 2)", *arguments])
    assert "\x1b[1;31mCANNOT INTERPOLATE" in shown
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown) == fullrank(*arguments).out


def test_progress_is_shown_on_a_terminal_when_it_takes_long_and_nowhere_else() -> None:
    code = (
        "import time, verify.cli.output as output\n"
        "output._PATIENCE = {}\n"
        "with output.progress('reading large.csv'): time.sleep(0.5)\n"
        "print('done')"
    )
    assert "reading large.csv ..." in on_a_terminal([sys.executable, "-c", code.format(0)])
    assert on_a_terminal([sys.executable, "-c", code.format(100)]) == "done\n"
    command = [sys.executable, "-c", code.format(0)]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)
    assert (done.stdout, done.stderr) == ("done\n", "")
