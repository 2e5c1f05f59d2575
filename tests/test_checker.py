"""The trusted checker: the corpus, isolation, and that no change of a certificate makes it accept a false claim.

What is true is decided by `oracle`, in pure `fractions.Fraction`, from the claim alone: the evidence is not looked at.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from oracle import Answer, answer
from profiles_by_hand import PROFILES, Profile

from verify.check import Result, check_file, check_text, checker, main

CORPUS = Path(__file__).parent / "certificates"
CORRECT = sorted((CORPUS / "correct").glob("*.json"))
STATUSES = {"correct": "accepted", "incorrect": "rejected", "parsing_failure": "unreadable"}
ROOM = Path(checker.__file__).parent
Json = Any
Keys = tuple[str | int, ...]


def one_line(result: Result) -> bool:
    return result.status in STATUSES.values() and result.message.isascii() and result.message.isprintable()


# --- the corpus -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", STATUSES)
def test_the_corpus_is_judged_as_expected(folder: str) -> None:
    paths = sorted((CORPUS / folder).glob("*.json"))
    assert len(paths) > 10
    results = {path.name: check_file(path) for path in paths}
    assert {name: result for name, result in results.items() if result.status != STATUSES[folder]} == {}
    assert all(one_line(result) and result.message for result in results.values())


def test_the_correct_certificates_claim_what_is_true() -> None:
    """So the corpus does not bless a mistake of the checker."""
    for path in CORRECT:
        assert_true(json.loads(path.read_text(encoding="utf-8")), path.parent)


def test_the_corpus_has_every_kind_of_claim_and_of_condition() -> None:
    certificates = [json.loads(path.read_text(encoding="utf-8")) for path in CORRECT]
    models = [certificate["model"] for certificate in certificates]
    assert {claim["kind"] for certificate in certificates for claim in certificate["claims"]} == set(checker.CLAIMS)
    for flag in ("hidden_bias", "output_bias", "skip", "gated"):
        assert {model[flag] for model in models} == {True, False}
    assert {model["regime"] for model in models} == {"trained", "ntk", "ntk_hidden"}
    assert {model["hidden_layers"] for model in models} >= {1, 2, 3}
    assert {part for c in certificates for part in map(str, (c["profile"]["even"], c["profile"]["odd"]))} >= {
        *("separating", "[]", "[0]", "[1]", "[2]", "[3]")
    }


# --- the command: one line, three exit statuses, the standard library alone -------------------------------------------


@pytest.mark.parametrize("program", [ROOM, ROOM / "checker.py"], ids=["folder", "file"])
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("correct/hexagon-gelu-data-beside", 0),
        ("incorrect/deep-nesting", 1),
        ("incorrect/number-lone-surrogate", 1),
        ("parsing_failure/empty", 2),
        ("no-such-folder/no-such-file", 2),
    ],
)
def test_the_checker_runs_alone_in_an_empty_folder(program: Path, name: str, status: int, tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", str(program), str(CORPUS / f"{name}.json")]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == status
    assert run.stderr == ""
    assert run.stdout.endswith("\n")
    assert run.stdout.count("\n") == 1
    assert run.stdout.startswith(("accepted: ", "rejected: ", "unreadable: ")[status])
    assert list(tmp_path.iterdir()) == []


def test_the_checker_runs_as_a_module() -> None:
    path = CORPUS / "correct" / "hexagon-relu.json"
    run = subprocess.run([sys.executable, "-m", "verify.check", str(path)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, f"accepted: {check_file(path).message}\n")


def test_main_takes_its_arguments_from_the_call_or_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = CORPUS / "correct" / "hexagon-relu.json", CORPUS / "incorrect" / "no-claims.json"
    monkeypatch.setattr(sys, "argv", ["checker.py", str(good)])
    assert (main(), main([str(bad)])) == (0, 1)
    assert capsys.readouterr() == (f"accepted: {check_file(good).message}\nrejected: there is no claim\n", "")


@pytest.mark.parametrize("arguments", [[], ["a.json", "b.json"], ["--help"], ["-"]])
def test_bad_usage_is_unreadable(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out.startswith("unreadable: usage")
    assert out.count("\n") == 1
    assert "usage" in err


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.name)
def test_the_checker_imports_the_standard_library_alone(path: Path) -> None:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add(str(node.module).partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            assert (path.name, node.level, node.module) in {("__init__.py", 1, "checker"), ("checker.py", 1, "field")}
    assert modules
    assert modules <= sys.stdlib_module_names


def test_the_checker_has_no_float() -> None:
    tree = ast.parse((ROOM / "checker.py").read_text(encoding="utf-8"))
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert not any(isinstance(value, float | complex) for value in constants)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & {"float", "complex", "round", "eval", "exec"}


def test_python_is_left_alone_with_its_limit_on_digits() -> None:
    before = sys.get_int_max_str_digits()
    assert check_file(CORPUS / "correct" / "thousands-of-digits.json").status == "accepted"
    assert sys.get_int_max_str_digits() == before


@pytest.mark.parametrize("path", ["", ".", "a\0b", "no\nsuch\nfile", "x" * 5000, "\ud800"])
def test_a_strange_path_is_never_accepted_and_never_raises(path: str) -> None:
    result = check_file(path)
    assert result.status == "unreadable"
    assert one_line(result)


def test_data_beside_need_a_folder() -> None:
    path = CORPUS / "correct" / "hexagon-gelu-data-beside.json"
    assert check_text(path.read_text(encoding="utf-8")).status == "unreadable"
    assert check_text(path.read_text(encoding="utf-8"), path.parent).status == "accepted"


@pytest.mark.parametrize("error", [MemoryError("no memory"), RecursionError("too\ndeep"), ZeroDivisionError()])
def test_whatever_goes_wrong_is_a_rejection(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(checker, "_prove", fail)
    result = check_file(CORPUS / "correct" / "hexagon-relu.json")
    assert result.status == "rejected"
    assert type(error).__name__ in result.message
    assert one_line(result)


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_table_is_the_one_made_by_hand() -> None:
    assert {name: checker.PROFILES[name] for name in checker.PROFILES} == {
        name: PROFILES[name] for name in PROFILES if name not in checker.SLOPED
    }
    assert set(checker.SLOPED) <= set(PROFILES)
    assert sum(len(names.split()) for *_, names in checker.TABLE) == len(checker.PROFILES)  # no name twice


@pytest.mark.parametrize("name", ["leaky_relu", "prelu"])
@pytest.mark.parametrize("slope", [-2, -1, 0, Fraction(1, 10), 1, 3])
def test_the_profile_of_a_slope(name: str, slope: Fraction | int) -> None:
    even, odd = (1 - slope) / Fraction(2), (1 + slope) / Fraction(2)
    assert checker.profile(name, slope) == ((1,) if even else (), (1,) if odd else (), False)
    assert [checker.EXACT[name](z, slope) for z in (5, 0, -5)] == [5 * (even + odd), 0, 5 * (even - odd)]


@pytest.mark.parametrize("name", sorted(checker.EXACT))
def test_the_exact_activations_have_the_profile_of_the_table(name: str) -> None:
    """On z > 0 each part is one power, or its 12th differences are not 0."""
    slope = Fraction(1, 10)

    def s(z: Fraction) -> Fraction:
        return Fraction(checker.EXACT[name](z, slope))

    even, odd, nonzero = checker.profile(name, slope)
    assert (s(Fraction(0)) != 0) == nonzero
    for part, sign in ((even, 1), (odd, -1)):
        values = [(z, (s(z) + sign * s(-z)) / 2) for z in (Fraction(k, 8) for k in range(1, 100))]
        if isinstance(part, str):
            differences = [value for _, value in values]
            for _ in range(12):
                differences = [b - a for a, b in pairwise(differences)]
            assert any(differences)  # so it is no polynomial of degree below 12; its pieces have degree at most 3
        else:
            assert len(part) <= 1
            degree = part[0] if part else 0
            factors = {value / z**degree for z, value in values}
            assert len(factors) == 1
            assert (factors != {0}) == bool(part)


PLACES = (-4, -2, Fraction(1, 4), 2, 7)
VALUES = {
    "relu": "0 0 1/4 2 7",
    "leaky_relu": "-2/5 -1/5 1/4 2 7",
    "prelu": "-2/5 -1/5 1/4 2 7",
    "relu2": "0 0 1/16 4 49",
    "relu3": "0 0 1/64 8 343",
    "abs": "4 2 1/4 2 7",
    "square": "16 4 1/16 4 49",
    "cube": "-64 -8 1/64 8 343",
    "identity": "-4 -2 1/4 2 7",
    "hardswish": "0 -1/3 13/96 5/3 7",
    "hardsigmoid": "0 1/6 13/24 5/6 1",
    "hardtanh": "-1 -1 1/4 1 1",
    "softshrink": "-7/2 -3/2 0 3/2 13/2",
    "relu6": "0 0 1/4 2 6",
    "sparse_plus": "0 0 25/64 2 7",
    "sparse_sigmoid": "0 0 5/8 1 1",
    "shifted_relu": "0 0 5/4 3 8",
}


def test_values_of_the_exact_activations_by_hand() -> None:
    slope = Fraction(1, 10)
    found = {name: [s(Fraction(z), slope) for z in PLACES] for name, s in checker.EXACT.items()}
    assert found == {name: [Fraction(value) for value in values.split()] for name, values in VALUES.items()}


# --- what is true, from the claim alone -------------------------------------------------------------------------------


def hand_profile(model: Json) -> Profile:
    if "slope" in model["parameters"]:
        slope = number(model["parameters"]["slope"])
        return (1,) if slope != 1 else (), (1,) if slope != -1 else (), False
    return PROFILES[model["activation"]]


def number(text: str) -> Fraction:
    top, _, bottom = text.partition("/")
    return Fraction(int(Decimal(top)), int(Decimal(bottom or "1")))


def points_and_labels(data: Json, folder: Path | None) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    if "file" not in data:
        points, labels = ([[number(a) for a in row] for row in data[key]] for key in ("points", "labels"))
        return points, labels
    assert folder is not None
    header, *lines = (folder / data["file"]).read_text(encoding="ascii").splitlines()
    dimension = int(header.split()[3])
    rows = [[number(a) for a in line.split()] for line in lines]
    return [row[:dimension] for row in rows], [row[dimension:] for row in rows]


def clamp(z: Fraction) -> Fraction:
    return min(max(z + 3, Fraction(0)), Fraction(6))


ACTIVATIONS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "relu": lambda z, _: (z + abs(z)) / 2,
    "abs": lambda z, _: abs(z),
    "leaky_relu": lambda z, slope: (z + abs(z)) / 2 + slope * (z - abs(z)) / 2,
    "hardswish": lambda z, _: z * clamp(z) / 6,
    "identity": lambda z, _: z,
}


def network_value(model: Json, network: Json, x: list[Fraction]) -> Fraction:
    def times(matrix: Json, h: list[Fraction]) -> list[Fraction]:
        h = [*h, Fraction(1)] if model["hidden_bias"] else h
        return [sum((Fraction(w) * a for w, a in zip(row, h, strict=True)), Fraction(0)) for row in matrix]

    assert len(network["hidden"]) == model["hidden_layers"]
    slope, h = Fraction(model["parameters"].get("slope", 0)), x
    for matrix in network["hidden"]:
        units = [ACTIVATIONS[model["activation"]](z, slope) for z in times(matrix, h)]
        h = [p * u for p, u in zip(units, times(network["gate"], h), strict=True)] if model["gated"] else units
    total = sum((Fraction(v) * a for v, a in zip(network["output"], h, strict=True)), Fraction(network["output_bias"]))
    return total + (sum(Fraction(a) * b for a, b in zip(network["skip"], x, strict=True)) if model["skip"] else 0)


def is_true(claim: Json, model: Json, points: list[list[Fraction]], y: list[Fraction], found: Answer) -> bool:
    match claim["kind"]:
        case "interpolates":
            return found.attains(y)
        case "cannot_interpolate":
            return not found.attains(y)
        case "not_every_labelling":
            return found.nullity > 0
        case "least_mse":
            return found.least_mse(y) == number(claim["value"])
        case "rank":
            return found.rank == int(claim["value"])
        case "network":
            errors = [network_value(model, claim["network"], x) - label for x, label in zip(points, y, strict=True)]
            return sum(e * e for e in errors) == number(claim["value"]) * len(points)
    return False


def assert_true(certificate: Json, folder: Path | None = None) -> None:
    points, labels = points_and_labels(certificate["data"], folder)
    found = answer(points, hand_profile(certificate["model"]), certificate["model"])
    assert found is not None, "the theorems do not cover this model"
    assert certificate["claims"]
    for claim in certificate["claims"]:
        y = [row[claim["output"]] for row in labels] if "output" in claim else []
        assert is_true(claim, certificate["model"], points, y, found), (certificate["model"], claim)


# --- mutations --------------------------------------------------------------------------------------------------------


def places(value: Json, above: Keys = ()) -> Iterator[tuple[Keys, Json]]:
    """Every part of a JSON value, with the keys that lead to it."""
    yield above, value
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(part, (*above, key))


def with_part(whole: Json, keys: Keys, part: Json) -> Json:
    if not keys:
        return part
    changed = copy.copy(whole)
    changed[keys[0]] = with_part(whole[keys[0]], keys[1:], part) if keys[1:] else part
    return changed


def is_rational(value: Json) -> bool:
    return isinstance(value, str) and len(value) < 64 and value.removeprefix("-").replace("/", "", 1).isdigit()


def malformed(value: Json) -> Iterator[Json]:
    """Replacements that belong in no certificate, whatever they may mean."""
    yield None
    if isinstance(value, dict):
        yield from ({key: part for key, part in value.items() if key != gone} for gone in value)
        yield from (value | {"remark": ""}, list(value.items()))
    elif isinstance(value, list):
        yield from (dict(enumerate(value)), [*value, None])
    elif isinstance(value, bool):
        yield from (int(value), str(value).lower())
    elif isinstance(value, int):
        yield from (float(value), str(value), bool(value), -1 - value, [value])
    elif is_rational(value):
        doubled = f"{2 * number(value).numerator}/{2 * number(value).denominator}"
        yield from (doubled, f"{value}/1", f" {value}", f"+{value}", f"{value}.0", f"{value}e0", f"0{value}")
        yield from (value + "\u0660", value + "\n", int(number(value)))
    else:
        yield from (f"{value} ", value.upper() + "_", "", 0)


def other_values(value: Json) -> Iterator[Json]:
    """Replacements of the right form, with another meaning."""
    if isinstance(value, list):
        yield from (value[:i] + value[i + 1 :] for i in range(len(value)))
        yield from (value[: i + 1] + value[i:] for i in range(len(value)))
        yield from ([*value[:i], value[i + 1], value[i], *value[i + 2 :]] for i in range(len(value) - 1))
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, max(value - 1, 0), 0, 2, 10**17)
    elif is_rational(value):
        a = number(value)
        yield from map(str, (a + 1, -a, 2 * a, a / 3, Fraction(0)))
    elif isinstance(value, str):
        yield from ("relu", "exp", "identity", "softplus", "separating", "ntk", "ntk_hidden", "trained")
        yield from checker.CLAIMS


def mutants(
    certificate: Json, changes: Callable[[Json], Iterator[Json]], *, alike: int | None = None
) -> Iterator[tuple[Keys, Json]]:
    """Change each part in turn; of parts that differ in their list indices only, the first `alike` if that is given."""
    seen: Counter[Keys] = Counter()
    for keys, value in places(certificate):
        kind = tuple("" if isinstance(key, int) else key for key in keys)
        seen[kind] += 1
        if alike is None or seen[kind] <= alike:
            for part in changes(value):
                if json.dumps(part) != json.dumps(value):
                    yield keys, with_part(certificate, keys, part)


def with_new_digest(certificate: Json) -> Json:
    data = certificate["data"]
    lines = [f"fullrank-data 1 {len(data['points'])} {data['dimension']} {data['outputs']}"]
    lines += [" ".join(x + y) for x, y in zip(data["points"], data["labels"], strict=False)]
    digest = hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
    return with_part(certificate, ("data", "sha256"), digest)


def may_stay_accepted(keys: Keys) -> str:
    """The reason why a change here can leave a true claim with its proof; the empty string if there is none."""
    match keys:
        case ("claims",):
            return "one claim is left out, or said twice, or said earlier"
        case ("model", key, *_) if key != "activation":
            return "the evidence proves the same of this model, as its C is so near to the other"
        case ("claims", _, "vector", *_):
            return "another vector of the annihilator, such as a multiple"
        case ("claims", _, "multipliers", *_):
            return "another combination of the rows of C, which need not be independent"
        case ("claims", _, "range" | "annihilators", *_):
            return "another basis in echelon form"
        case ("claims", _, "output"):
            return "the evidence proves the claim for two outputs"
        case ("claims", _, "network", *_):
            return "another network with the same error"
    return ""


@pytest.mark.parametrize("path", CORRECT, ids=lambda path: path.stem)
def test_no_malformed_mutant_is_accepted(path: Path) -> None:
    certificate = json.loads(path.read_text(encoding="utf-8"))
    count = 0
    for keys, mutant in mutants(certificate, malformed, alike=4):
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
            assert_true(mutant, path.parent)


@pytest.mark.parametrize("path", [path for path in CORRECT if "beside" not in path.stem], ids=lambda path: path.stem)
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
    texts = [path.read_bytes() for path in CORRECT if path.stat().st_size < 3000]
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


# --- sizes ------------------------------------------------------------------------------------------------------------


def small(points: list[list[str]], activation: str, claim: Json, **model: Json) -> str:
    even, odd, nonzero = checker.profile(activation)
    switches = {"hidden_bias": False, "output_bias": False, "skip": False, "gated": False, "regime": "trained"}
    labels = [["1"] for _ in points]
    certificate = {
        "format": "fullrank-certificate",
        "version": 1,
        "model": {"activation": activation, "parameters": {}, "hidden_layers": 1} | switches | model,
        "profile": {"even": even, "odd": odd, "nonzero_at_zero": nonzero},
        "data": {"sha256": "", "dimension": len(points[0]), "outputs": 1, "points": points, "labels": labels},
        "claims": [claim],
    }
    return json.dumps(with_new_digest(certificate))


def test_a_moment_that_is_too_large_is_refused_before_it_is_made() -> None:
    def interpolates(row: int, multiplier: str) -> Json:
        return {"kind": "interpolates", "output": 0, "multipliers": [[row, multiplier]]}

    refused = Result("rejected", "a moment has more than 10000000 rows")
    wide = [["2"] * 3000]  # 4.5 thousand million monomials of degree 3, 4.5 million of degree 2
    assert check_text(small([["2"] * 100], "cube", interpolates(0, "1/8"))).status == "accepted"
    assert check_text(small(wide, "cube", interpolates(0, "1/8"))) == refused
    assert check_text(small(wide, "cube", {"kind": "not_every_labelling", "vector": [[0, "1"]]})) == refused
    rows = 3000 * 3001 // 2
    pair, beyond = (small(wide, "silu", interpolates(row, "1"), gated=True) for row in (rows, rows + 1))
    assert (check_text(pair).status, check_text(beyond).status) == ("accepted", "rejected")


@pytest.mark.parametrize(("layers", "accepted"), [(1, True), (15, True), (20, False), (21, False), (10**17, False)])
def test_a_homogeneous_degree_that_is_too_large_is_refused(layers: int, accepted: bool) -> None:
    vector = [[0, str(Decimal(-(2 ** (2 ** min(layers, 15)))))], [1, "1"]]
    claim = {"kind": "not_every_labelling", "vector": vector}
    result = check_text(small([["1"], ["2"]], "relu2", claim, hidden_layers=layers))
    assert accepted == (result.status == "accepted")
    assert accepted != (result.message == "the model is homogeneous of a degree beyond 1000000")


def test_a_power_that_is_too_large_is_refused_before_it_is_made() -> None:
    claim = {"kind": "not_every_labelling", "vector": [[0, "1"], [1, "1"]]}
    certificate = small([["1"], [str(3**200)]], "relu2", claim, hidden_layers=19)
    assert check_text(certificate) == Result("rejected", "an entry of C has more than 100000000 bits")
