"""Certificates of irrational points: what the checker accepts, and what it never takes for proved."""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from algebraic_numbers import MODELS, accepted
from structured_data import seeded

from verify import Dataset, Outcome, decide, load_dataset
from verify.algebraic import NumberField
from verify.check import check_file, check_text, checker
from verify.errors import CertificateError


def certificate(model: str = "relu") -> dict[str, Any]:
    labels = ["sqrt(3)", 1, 0, 0, "1-sqrt(3)", 2]
    return decide(Dataset(load_dataset("regular_hexagon").coordinates, labels), model).certificate()


def status(changed: dict[str, Any], *, sign: bool = True) -> str:
    """Judge a changed certificate; its digest is made anew, so that only its content counts."""
    changed = copy.deepcopy(changed)
    data = changed["data"]
    if sign:
        data["sha256"] = hashlib.sha256("".join(f"{line}\n" for line in data["lines"]).encode()).hexdigest()
    return check_text(json.dumps(changed)).status


def with_field(polynomial: list[str], ends: list[str], root: list[Any] | None = None) -> dict[str, Any]:
    """The certificate with another field, in an interval with these ends; `root` is the narrow one."""
    changed = certificate()
    lines = changed["data"]["lines"]
    lines[0] = " ".join([*lines[0].split(" ")[:5], ",".join(polynomial), *ends])
    changed["root"] = changed["root"] if root is None else root
    return changed


def test_the_helper_signs_as_the_writer_does() -> None:
    assert status(certificate()) == status(certificate(), sign=False) == "accepted"
    assert status(with_field(["-3", "0", "1"], ["3/2", "2"])) == "accepted"  # the same number, isolated otherwise


@pytest.mark.parametrize(
    ("polynomial", "root"),
    [
        (["-2", "0", "1"], ["1", "2"]),  # sqrt(2) is another number
        (["-3", "0", "1"], ["-2", "2"]),  # two roots
        (["-3", "0", "1"], ["2", "3"]),  # none
        (["-3", "0", "1"], ["2", "1"]),  # upside down
        (["-3", "0", "1"], ["1"]),
        (["-3", "0", "1"], ["1", "2", "3"]),
        (["-3", "0", "2"], ["1", "2"]),  # not monic
        (["-3", "0", "3/3"], ["1", "2"]),
        (["-3", "", "1"], ["1", "2"]),
        (["-3", "1"], ["2", "4"]),  # degree 1
        (["1"], ["1", "2"]),
        ([], ["1", "2"]),
        (["9", "0", "-6", "0", "1"], ["1", "2"]),  # a double root: no change of sign
        (["-27", "27", "-9", "1"], ["2", "4"]),  # a triple root at 3: the derivative is 0 there
        (["3", "0", "1"], ["1", "2"]),  # no real root at all
        (["-4", "0", "1"], ["1", "2"]),  # the root is an end
    ],
)  # fmt: skip
def test_a_wrong_field_is_rejected(polynomial: list[str], root: list[str]) -> None:
    assert status(with_field(polynomial, root)) == "rejected"
    assert status(with_field(polynomial, root, root)) == "rejected"


@pytest.mark.parametrize(
    "root",
    [
        ["1", "3/2"],
        ["7/4", "2"],
        ["-2", "-1"],
        ["2", "1"],
        ["1", "3"],
        ["1/2", "2"],
        ["1"],
        ["1", "2", "3"],
        [1, 2],
        [],
        ["2", "2"],
    ],
)
def test_a_wrong_narrow_interval_is_rejected(root: list[Any]) -> None:
    assert status(with_field(["-3", "0", "1"], ["1", "2"], root)) == "rejected"


def test_an_interval_that_does_not_show_a_sign_proves_nothing() -> None:
    """sqrt(3) - 7/4 is negative, but not on all of [17/10, 9/5]."""
    data = Dataset([["sqrt(3)-7/4"], ["1"]], ["1", "0"])
    made = decide(data, "relu").certificate()
    assert status(made) == "accepted"
    assert status(made | {"root": ["17/10", "9/5"]}) == "rejected"


def test_the_conjugate_data_have_the_conjugate_proof() -> None:
    """With -sqrt(3) for sqrt(3) the evidence proves the same of other points, which have another digest."""
    low, high = certificate()["root"]
    conjugate = with_field(["-3", "0", "1"], ["-2", "-1"], [f"-{high}", f"-{low}"])
    assert status(conjugate) == "accepted"
    assert status(conjugate, sign=False) == "rejected"


def test_every_change_of_one_number_is_rejected() -> None:
    """One string of the evidence or of the labels is replaced; other multipliers in `range` can be evidence too."""
    original = certificate()

    def places(value: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        if isinstance(value, str):
            return [path]
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [place for key, entry in items for place in places(entry, (*path, key))]

    found = [p for p in places(original["claims"], ("claims",)) if p[-1] != "kind"]
    assert len(found) >= 25
    malformed = ["1,1,1", "0,0", "1,", ",1", "1, 1", "+1,1", "0,2/4", "", "1;1", "0,1,0"]
    for path in found:
        *parents, last = path
        for replacement in malformed + ["7/5", "0,1/7"] * ("range" not in path):
            changed = copy.deepcopy(original)
            target: Any = changed
            for key in parents:
                target = target[key]
            target[last] = replacement
            assert status(changed) == "rejected", (path, replacement)
    for row in range(1, 7):
        for replacement in [*malformed, "7/5", "0,1/7"]:
            changed = copy.deepcopy(original)
            *coordinates, _ = changed["data"]["lines"][row].split(" ")
            changed["data"]["lines"][row] = " ".join([*coordinates, replacement])
            assert status(changed) == "rejected", (row, replacement)


def points_certificate(field: dict[str, Any], points: list[list[str]], claims: list[Any], model: str) -> dict[str, Any]:
    made = decide([[1], [2]], model).certificate()
    sizes = [str(len(points)), str(len(points[0])), "0"]
    head = ["fullrank-data 1", *sizes, ",".join(field["polynomial"]), *field["root"]]
    made["data"] = {"sha256": "", "lines": [" ".join(part) for part in (head, *points)]}
    made["claims"], made["root"] = claims, field["root"]
    return made


RANK_TWO = [{"kind": "rank", "value": "2", "range": {"0": {"0": "1"}, "1": {"1": "1"}}, "annihilators": {}}]


@pytest.mark.parametrize(
    ("polynomial", "root", "points"),
    [
        (["-4", "0", "1"], ["1", "3"], [["2"], ["0,1"]]),  # alpha = 2: one point written twice
        (["-4", "0", "1"], ["1", "3"], [["1", "2"], ["1", "0,1"]]),
        (["-4", "0", "1"], ["1", "3"], [["1", "2"], ["1,1", "3,3/2"]]),  # one line: (3, 6)
        (["6", "-2", "-3", "1"], ["5/2", "7/2"], [["3", "1"], ["0,1", "1"]]),  # (x^2 - 2)(x - 3) at 3
        (["6", "-2", "-3", "1"], ["5/4", "3/2"], [["2", "1"], ["0,0,1", "1"]]),  # the same at sqrt(2)
    ],
)
@pytest.mark.parametrize("model", ["relu", "tanh", "relu+hidden_bias", "elu", "exp", "relu2", "abs+layers=2"])
def test_one_number_written_in_two_ways_is_never_two_numbers(
    polynomial: list[str], root: list[str], points: list[list[str]], model: str
) -> None:
    """With a reducible polynomial equal points look different; rank 2 would be false."""
    changed = points_certificate({"polynomial": polynomial, "root": root}, points, RANK_TWO, model)
    assert status(changed) == "rejected"


def test_a_hidden_zero_is_never_taken_for_a_nonzero_number() -> None:
    """alpha = 2 with x^2 - 4: alpha - 2 is 0, so these vectors are 0 and these points are the origin."""
    field = {"polynomial": ["-4", "0", "1"], "root": ["1", "3"]}
    none = [{"kind": "not_every_labelling", "vector": {"0": "-2,1"}}]
    assert status(points_certificate(field, [["1"], ["2"]], none, "exp")) == "rejected"
    zero = [{"kind": "rank", "value": "1", "range": {"0": {"0": "1"}}, "annihilators": {}}]
    assert status(points_certificate(field, [["-2,1"]], zero, "relu")) == "rejected"
    true = [{"kind": "rank", "value": "1", "range": {"0": {"0": "1"}}, "annihilators": {}}]
    assert (
        status(points_certificate(field, [["1,1"]], true, "relu")) == "accepted"
    )  # 3 is not 0, whatever the polynomial


def test_a_reducible_polynomial_can_still_prove_what_is_true() -> None:
    """(x^2 - 2)(x - 3) at sqrt(2): only what needs no more than p(alpha) = 0 and intervals."""
    field = {"polynomial": ["6", "-2", "-3", "1"], "root": ["5/4", "3/2"]}
    changed = points_certificate(field, [["1", "1"], ["1", "0,1"]], RANK_TWO, "relu")
    assert status(changed) == "accepted"


def test_a_rational_certificate_has_no_elements_and_no_field() -> None:
    plain = decide([[1, 0], [-1, 0], [0, 1]], "relu", labels=[1, 2, 3]).certificate()
    assert "root" not in plain
    assert len(plain["data"]["lines"][0].split(" ")) == 5
    first = next(iter(plain["claims"][0]["multipliers"]))
    plain["claims"][0]["multipliers"][first] += ",1"
    assert status(plain) == "rejected"


def test_networks_of_irrational_points_are_not_checked() -> None:
    changed = certificate("exp")
    network = {"layers": [[]], "gates": [], "last": ["", "0", ""]}
    changed["claims"] = [{"kind": "network", "output": 0, "value": "1", "network": network}]
    assert status(changed) == "rejected"


def test_data_beside_the_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["verify.certificates.certificate"], "_INSIDE", 0)
    path = decide(load_dataset("icosahedron"), "relu").write_certificate(tmp_path / "proof.json")
    beside = tmp_path / "proof.json.data"
    assert check_file(path).status == "accepted"
    text = beside.read_text()
    assert text.startswith("fullrank-data 1 12 3 1 -5,0,1 2 3\n")
    for old, new in (
        ("-5,0,1 2 3", "-5,0,1 2 5/2"),
        ("-5,0,1 2 3", "-5,0,1 2"),
        (" 2 3\n", "  2 3\n"),
        ("1/2,1/2", "1/2,1"),
    ):
        assert old in text
        beside.write_text(text.replace(old, new, 1))
        assert check_file(path).status == "rejected"


def test_the_checker_alone_proves_irrational_certificates(tmp_path: Path) -> None:
    decide(load_dataset("icosahedron"), "gelu").write_certificate(tmp_path / "proof.json")
    room = Path(checker.__file__).parent
    for program in (room, room / "checker.py"):
        run = subprocess.run(
            [sys.executable, "-I", "-S", str(program), "proof.json"], cwd=tmp_path, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert (run.returncode, run.stderr) == (0, "")
        assert "a0,a1,.. is a0 + a1 t + .., with the root t of -5,0,1 from 2 to 3" in run.stdout
    alone = tmp_path / "copy.py"
    alone.write_bytes((room / "checker.py").read_bytes())
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(alone), "proof.json"], cwd=tmp_path, capture_output=True, check=False
    )
    assert run.returncode == 0


@pytest.mark.parametrize("model", MODELS)
def test_every_kind_of_condition_is_certified(model: str) -> None:
    rng = seeded(model)
    for root, labels in itertools.product(("sqrt(7)", "2**(1/3)"), (True, False)):
        points = [["1", root], [root, "1"], ["-1", f"-{root}"], ["0", "0"], [f"1+{root}", "2"],
                  [f"-{root}", f"-{root}**2"], ["1", root], [f"{root}/3", f"{root}**2/3"]]  # fmt: skip
        values_ = [rng.choice(("0", "1", "-2", root)) for _ in points]
        verdict = decide(Dataset(points, values_ if labels else None), model)
        assert accepted(verdict)


@pytest.mark.parametrize("exponent", [45, 99])
def test_close_conjugates_are_told_apart(exponent: int) -> None:
    """A positive root of size 1e-14 (1e-31) beside its negative: one cell of 2^-32 holds both conjugates."""
    tiny = f"sqrt((sqrt(5)-2)**{exponent})"
    verdict = decide([["sqrt(2)"], [tiny], ["-1"]], "relu", labels=["sqrt(2)", tiny, "0"])  # relu(x) itself
    assert verdict.outcome is Outcome.INTERPOLATES
    element = verdict.data.points[1][0]
    assert element.sign == 1
    assert float(element) == pytest.approx((5**0.5 - 2) ** (exponent / 2), rel=1e-9)
    assert check_text(json.dumps(verdict.certificate())).status == "accepted"


@pytest.mark.parametrize("bits", [(32, 64, 128, 256), (256, 32), (8, 300)])
def test_every_enclosure_holds_the_isolated_root(bits: tuple[int, ...]) -> None:
    """Mignotte's x^3 - 2(10^6 x - 1)^2 has two roots 1.4e-15 apart on both sides of 10^-6; alpha is the larger one."""
    a = 10**6
    field = NumberField((-2, 4 * a, -2 * a * a, 1), (Fraction(1, a), Fraction(2, a)))

    def value(x: Fraction) -> Fraction:
        return x**3 - 2 * (a * x - 1) ** 2

    for b in bits:
        low, high = (Fraction(end, 2**b) for end in field.bounds(b))
        assert high - low == Fraction(1, 2**b)
        low, high = max(low, Fraction(1, a)), min(high, Fraction(2, a))
        assert low < high
        assert value(low) > 0 > value(high) or value(low) * value(high) == 0


def test_the_interval_is_as_narrow_as_the_signs_need_and_no_narrower(monkeypatch: pytest.MonkeyPatch) -> None:
    """Points with long multipliers need few bits; a number within 2^-100 of 0 needs about so many."""
    points = [["1", "2**(1/3)"], ["2**(1/3)", "1"], ["1+2**(1/3)", "2"], ["-2**(1/3)", "-2**(2/3)"]]
    long = decide(Dataset(points, ["1", "2", "3", "4"]), "swiglu").certificate()
    assert Fraction(long["root"][1]) - Fraction(long["root"][0]) == Fraction(1, 2**64)
    near = Fraction(math.isqrt(2 * 4**150), 2**150)  # of sqrt(2)
    close = decide(Dataset([[f"sqrt(2)-{near}", "1"], ["1", "0"], ["0", "sqrt(2)"]]), "relu")
    root = close.certificate()["root"]
    assert Fraction(1, 2**256) <= Fraction(root[1]) - Fraction(root[0]) < Fraction(1, 2**128)
    monkeypatch.setattr("verify.certificates.enclosure._MOST_BITS", 64)
    with pytest.raises(CertificateError, match=r"not shown that a number is not 0.*to 64 bits"):
        close.certificate()
