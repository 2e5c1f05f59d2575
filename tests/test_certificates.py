"""Certificates that the toolkit writes are accepted and say what the verdict says; files appear whole or not at all."""

from __future__ import annotations

import copy
import itertools
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from verify import Dataset, Model, Outcome, decide
from verify.activations import names
from verify.check.checker import check_file, check_text
from verify.errors import CertificateError, ModelError

HEXAGON = [[1, 0], [0, 1], [1, 1], [-1, 0], [0, -1], [-1, -1]]
MIXED = [[1, 0], [2, 0], [-3, 0], [0, 0], [0, 0], [1, 1], [-1, -1], [1, -1], [1, -1], ["1/2", "1/3"]]
ARCHITECTURES = ["", "+hidden_bias", "+output_bias", "+bias+skip", "+skip", "+gated", "+gated+bias", "+ntk",
                 "+ntk_hidden", "+layers=2", "+layers=3+bias+skip"]  # fmt: skip


def kinds(certificate: dict[str, object]) -> list[str]:
    return [claim["kind"] for claim in certificate["claims"]]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("name", names())
def test_every_model_can_prove_its_verdict(name: str, architecture: str) -> None:
    labels = [1, 2, 0, 1, 0, 3, -1, 2, 2, 5]
    for given in (labels, None):
        verdict = decide(MIXED, name + architecture, labels=given)
        if verdict.outcome is Outcome.UNKNOWN:
            continue
        certificate = verdict.certificate()
        result = check_text(json.dumps(certificate))
        assert result.status == "accepted", (result.message, certificate)
        expected = ["rank"] if verdict.outcome is Outcome.INTERPOLATES else ["not_every_labelling", "rank"]
        if given:
            expected = [verdict.outcome.value, "least_mse", "rank"]
        assert kinds(certificate) == expected
        assert certificate["claims"][-1]["value"] == str(verdict.rank)


def test_asking_for_the_rank_only_adds_a_claim() -> None:
    verdict = decide(HEXAGON, "relu", labels=[1, 2, 3, 4, 5, 6])
    short, long = verdict.certificate(rank=False), verdict.certificate(rank=True)
    assert kinds(short) == kinds(long)[:-1]
    assert short["claims"] == long["claims"][:-1]
    assert kinds(decide(HEXAGON, "exp").certificate(rank=False)) == ["rank"]  # there it is the proof itself


def test_several_outputs_have_their_claims_each() -> None:
    verdict = decide(HEXAGON, "relu", labels=[[1, 0], [2, 0], [3, 0], [4, 0], [5, 0], [7, 0]])
    claims = verdict.certificate()["claims"]
    assert [(claim["kind"], claim.get("output")) for claim in claims] == [
        ("cannot_interpolate", 0), ("least_mse", 0), ("interpolates", 1), ("least_mse", 1), ("rank", None)
    ]  # fmt: skip
    assert check_text(json.dumps(verdict.certificate())).status == "accepted"


def test_a_certificate_of_one_verdict_does_not_prove_another() -> None:
    """Claims moved to another model, other labels or other points are rejected."""
    relu = decide(HEXAGON, "relu", labels=[1, 0, 0, 0, 0, 0]).certificate()
    others = [
        decide(HEXAGON, "exp", labels=[1, 0, 0, 0, 0, 0]).certificate(),
        decide(HEXAGON, "relu+layers=2", labels=[1, 0, 0, 0, 0, 0]).certificate(),
        decide(HEXAGON, "relu", labels=[0, 0, 0, 0, 0, 0]).certificate(),
        decide([[1, 0], [0, 1], [1, 2], [-1, 0], [0, -1], [1, -3]], "relu", labels=[1, 0, 0, 0, 0, 0]).certificate(),
    ]
    for other in others:
        assert check_text(json.dumps(other)).status == "accepted"
        swapped = copy.deepcopy(other)
        swapped["claims"] = relu["claims"]
        assert check_text(json.dumps(swapped)).status == "rejected"


@pytest.mark.parametrize("rank", [None, True])
def test_large_data_go_beside_the_certificate(tmp_path: Path, rank: bool | None) -> None:
    rng = np.random.default_rng(5)
    x = rng.integers(-9, 10, size=(1500, 6))
    data = Dataset(np.concatenate([x, -x]), rng.integers(-2, 3, size=3000))
    path = decide(data, "relu").write_certificate(tmp_path / "proof.json", rank=rank)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["proof.json", "proof.json.data"]
    assert check_file(path).status == "accepted"
    beside = tmp_path / "proof.json.data"
    text = beside.read_text()
    beside.write_text(text.replace(" 1\n", " 2\n", 1))
    assert check_file(path).status == "rejected"
    beside.unlink()
    assert check_file(path).status == "unreadable"


def test_a_file_is_never_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = decide(HEXAGON, "relu")
    target = tmp_path / "proof.json"
    target.write_text("old")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        verdict.write_certificate(target)
    assert [p.name for p in tmp_path.iterdir()] == ["proof.json"]
    assert target.read_text() == "old"


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match="nowhere"):
        decide(HEXAGON, "relu").write_certificate(tmp_path / "nowhere" / "proof.json")


def test_what_the_format_cannot_say_is_an_error(tmp_path: Path) -> None:
    deepest, deeper = (decide([[1], [2]], Model("relu", hidden_layers=layers)) for layers in (10**18 - 1, 10**18))
    assert check_text(json.dumps(deepest.certificate())).status == "accepted"
    with pytest.raises(CertificateError, match="18 digits"):
        deeper.certificate()
    large = decide(np.arange(30_000).reshape(3000, 10) % 17, "relu")
    with pytest.raises(CertificateError, match="backslash"):
        large.write_certificate(tmp_path / "a\\b.json")
    assert list(tmp_path.iterdir()) == []


def test_a_formula_is_no_longer_than_the_format_allows() -> None:
    def formula(blanks: int) -> str:
        return f"x**2 + a*{' ' * blanks}abs(x); a=10**40"

    written = len("x**2 + a*abs(x); a=1") + 40  # in a certificate the parameter has all its digits
    longest = decide([[1], [2]], formula(2000 - written)).certificate()
    assert len(longest["model"]["activation"]) == 2000
    assert check_text(json.dumps(longest)).status == "accepted"
    with pytest.raises(ModelError, match="2001 characters with its parameters; at most 2000"):
        decide([[1], [2]], formula(2001 - written))


@pytest.mark.parametrize("model", ["relu", "gelu", "sigmoid", "square", "tanh"])
def test_huge_numbers_are_certified(model: str) -> None:
    big = 10**5000
    points = [[big, 0], [-big, 0], [0, big + 1], [0, -big - 1], [big, big + 1], [-big, -big - 1]]
    verdict = decide(points, model, labels=[big, 1, 2, 3, 4, 5])
    assert verdict.rank == decide(HEXAGON, model).rank
    assert check_text(json.dumps(verdict.certificate())).status == "accepted"


def test_dense_couplings_are_certified() -> None:
    """Cubes {-1,1}^d under swiglu: many monomials, several images on no line; rank from the worked values."""
    cube = [list(p) for p in itertools.product([-1, 1], repeat=5)]
    verdict = decide(cube, "swiglu", labels=list(range(32)))
    assert verdict.rank == 27
    assert check_text(json.dumps(verdict.certificate())).status == "accepted"


def test_what_the_checker_would_refuse_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = decide([[1, 2, 3], [4, 5, 6]], "swiglu")  # 6 monomials of degree 2 at 2 points
    module = sys.modules["verify.certificates.certificate"]  # the package has a function of that name
    monkeypatch.setattr(module, "_MOST_ENTRIES", 12)
    assert check_text(json.dumps(verdict.certificate())).status == "accepted"
    monkeypatch.setattr(module, "_MOST_ENTRIES", 11)
    with pytest.raises(CertificateError, match="degree 2, 6 monomials at 2 points, and takes at most 11 entries"):
        verdict.certificate()
