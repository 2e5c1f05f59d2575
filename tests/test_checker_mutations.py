"""No change of a certificate makes the checker accept a false claim."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from certificate_truth import (
    assert_true,
    malformed,
    may_stay_accepted,
    mutants,
    other_values,
    places,
    with_new_digest,
    with_part,
)

from verify.check import Result, check_text

CORPUS = Path(__file__).parent / "certificates"
CORRECT = sorted((CORPUS / "correct").glob("*.json"))
EVIDENCE = ("vector", "multipliers", "range", "annihilators")
TEXTS = {("model", "activation"), *(("derivation", i) for i in range(100))}
STATUSES = ("accepted", "rejected", "unreadable")


def part_of(value: Any, keys: tuple[str | int, ...]) -> Any:
    for key in keys:
        value = value[key]
    return value


def one_line(result: Result) -> bool:
    return result.status in STATUSES and result.message.isascii() and result.message.isprintable()


@pytest.mark.parametrize("path", CORRECT, ids=lambda path: path.stem)
def test_no_malformed_mutant_is_accepted(path: Path) -> None:
    certificate = json.loads(path.read_text(encoding="utf-8"))
    count = 0
    for keys, mutant in mutants(certificate, malformed, alike=4):
        is_free = "derivation" in certificate and keys in TEXTS  # any text is a step, and many are formulas
        if is_free and isinstance(part_of(mutant, keys), str):
            continue
        result = check_text(json.dumps(mutant), path.parent)
        assert result.status in ("rejected", "unreadable"), (keys, mutant)
        assert one_line(result)
        count += 1
    assert count > 100


@pytest.mark.parametrize("path", CORRECT, ids=lambda path: path.stem)
def test_no_key_may_occur_twice(path: Path) -> None:
    certificate = json.loads(path.read_text(encoding="utf-8"))
    for keys, value in places(certificate):
        for key in value if isinstance(value, dict) else ():
            text = json.dumps(with_part(certificate, keys, value | {"again": value[key]}))
            result = check_text(text.replace('"again"', json.dumps(key)), path.parent)
            assert result == Result("rejected", "a key occurs twice in an object")


@pytest.mark.parametrize("path", CORRECT, ids=lambda path: path.stem)
def test_a_mutant_is_accepted_only_if_it_is_true(path: Path) -> None:
    """Whatever is changed: rejected, or the claim is true; and true only where a reason is listed."""
    certificate = json.loads(path.read_text(encoding="utf-8"))
    for keys, mutant in mutants(certificate, other_values):
        if check_text(json.dumps(mutant), path.parent).status == "accepted":
            assert may_stay_accepted(keys), (keys, mutant)
            if keys[0] != "model" and "root" in certificate:  # not for rational arithmetic
                assert keys[0] == "root" or len(keys) < 3 or keys[2] in EVIDENCE, (keys, mutant)
            elif "root" not in certificate:
                assert_true(mutant, path.parent)


@pytest.mark.parametrize(
    "path",
    [path for path in CORRECT if "beside" not in path.stem and "field" not in path.stem],
    ids=lambda path: path.stem,
)
def test_with_other_data_and_their_digest_a_claim_is_accepted_only_if_it_is_true(path: Path) -> None:
    certificate = json.loads(path.read_text(encoding="utf-8"))
    assert with_new_digest(certificate) == certificate
    for keys, mutant in mutants(certificate, other_values):
        if keys[0] == "data" and keys != ("data", "sha256"):
            changed = with_new_digest(mutant)
            if check_text(json.dumps(changed)).status == "accepted":
                assert_true(changed)


def test_a_changed_byte_in_the_data_file_is_rejected(tmp_path: Path) -> None:
    for path in CORRECT:
        if "beside" in path.stem:
            data = path.with_suffix(".data").read_bytes()
            for i in range(len(data)):
                for byte in {data[i] ^ 1, data[i] ^ 128, 32, 10, 49} - {data[i]}:
                    path_of_copy = tmp_path / f"{path.stem}.data"
                    path_of_copy.write_bytes(data[:i] + bytes([byte]) + data[i + 1 :])
                    assert check_text(path.read_bytes(), tmp_path).status == "rejected"


def test_random_bytes_never_raise_and_never_prove_what_is_false() -> None:
    rng = random.Random(20)  # noqa: S311  # a reproducible sample, no secret
    texts = [path.read_bytes() for path in CORRECT if path.stat().st_size < 3000 and "field" not in path.stem]
    seen = {"accepted": 0, "rejected": 0, "unreadable": 0}
    for _ in range(4000):
        text = bytearray(rng.choice(texts))
        for _ in range(rng.choice((1, 1, 1, 2, 5))):
            at = rng.randrange(len(text))
            text[at : at + rng.choice((0, 1, 1, 1, 3))] = bytes(
                rng.choice(b'0123456789-/"[]{},: truefalsn') if rng.random() < 0.8 else rng.randrange(256)
                for _ in range(rng.choice((0, 1, 1, 1, 3)))
            )
        result = check_text(bytes(text), CORPUS / "correct")
        assert one_line(result)
        seen[result.status] += 1
        if result.status == "accepted":
            assert_true(json.loads(text), CORPUS / "correct")
    assert min(seen.values()) > 20


def test_every_beginning_of_a_certificate_is_unreadable() -> None:
    text = (CORPUS / "correct" / "hexagon-relu.json").read_bytes().rstrip()
    assert check_text(text).status == "accepted"
    assert {check_text(text[:length]).status for length in range(len(text))} == {"unreadable"}
