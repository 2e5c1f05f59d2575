"""What is true of a certificate, from its claims alone; and changes of certificates.

What is true is decided by `oracle`, in pure `fractions.Fraction`: the evidence is not looked at.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from oracle import Answer, answer
from profiles_by_hand import PROFILES, Profile

from verify.check import checker

Json = Any
Keys = tuple[str | int, ...]


def hand_profile(certificate: Json) -> Profile:
    model = certificate["model"]
    if "derivation" in certificate:  # then the statement is about every function with this profile
        parts = certificate["profile"]["even"], certificate["profile"]["odd"]
        even, odd = (part if isinstance(part, str) else tuple(part) for part in parts)
        return even, odd, certificate["profile"]["nonzero_at_zero"]
    if "slope" in model["parameters"]:
        slope = number(model["parameters"]["slope"])
        return (1,) if slope != 1 else (), (1,) if slope != -1 else (), False
    return PROFILES[model["activation"]]


def number(text: str) -> Fraction:
    top, _, bottom = text.partition("/")
    return Fraction(int(Decimal(top)), int(Decimal(bottom or "1")))


def points_and_labels(data: Json, folder: Path | None) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    if "file" in data:
        assert folder is not None
        header, *lines = (folder / data["file"]).read_text(encoding="ascii").splitlines()
    else:
        header, *lines = data["lines"]
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
    def row(line: str) -> list[Fraction]:
        return [number(token) for token in line.split()]

    def times(matrix: Json, h: list[Fraction]) -> list[Fraction]:
        h = [*h, Fraction(1)] if model["hidden_bias"] else h
        return [sum((w * a for w, a in zip(row(line), h, strict=True)), Fraction(0)) for line in matrix]

    assert len(network["layers"]) == model["hidden_layers"]
    slope, h = Fraction(model["parameters"].get("slope", 0)), x
    for matrix in network["layers"]:
        units = [ACTIVATIONS[model["activation"]](z, slope) for z in times(matrix, h)]
        h = [p * u for p, u in zip(units, times(network["gates"], h), strict=True)] if model["gated"] else units
    weights, constant, slopes = map(row, network["last"])
    total = sum((v * a for v, a in zip(weights, h, strict=True)), constant[0])
    return total + (sum(a * b for a, b in zip(slopes, x, strict=True)) if model["skip"] else 0)


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
    found = answer(points, hand_profile(certificate), certificate["model"])
    assert found is not None, "the theorems do not cover this model"
    assert certificate["claims"]
    for claim in certificate["claims"]:
        y = [row[claim["output"]] for row in labels] if "output" in claim else []
        assert is_true(claim, certificate["model"], points, y, found), (certificate["model"], claim)


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
    if isinstance(value, str) and " " in value:
        yield from (f" {value}", f"{value} ", value.replace(" ", "  ", 1), value.replace(" ", "\t", 1))
        for i, token in enumerate(tokens := value.split(" ")):
            texts = (part for part in malformed(token) if isinstance(part, str)) if is_rational(token) else ()
            yield from (" ".join([*tokens[:i], part, *tokens[i + 1 :]]) for part in texts)
    elif isinstance(value, dict):
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
    if isinstance(value, str) and " " in value:  # a line of numbers
        tokens = value.split(" ")
        for i, token in enumerate(tokens):
            yield from (" ".join([*tokens[:i], part, *tokens[i + 1 :]]) for part in other_values(token))
            yield " ".join(tokens[:i] + tokens[i + 1 :])
    elif isinstance(value, dict):  # a vector, or some of them: without an entry, and with a key changed
        for key in value if set(map(type, value.values())) <= {str, dict} and all(k.isdigit() for k in value) else ():
            rest = {k: part for k, part in value.items() if k != key}
            yield from (rest, rest | {str(int(key) + 1): value[key]}, {str(int(key) + 1): value[key]} | rest)
    elif isinstance(value, list):
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
    text = "".join(f"{line}\n" for line in certificate["data"]["lines"])
    return with_part(certificate, ("data", "sha256"), hashlib.sha256(text.encode()).hexdigest())


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
        case ("root", *_):
            return "another interval that holds the same root, narrow enough"
        case ("derivation", *_):
            return "what was derived is not checked; the condition is printed"
        case ("profile", *_):
            return "another condition, for which the evidence is good too"
        case ("model", "activation"):
            return "a formula is not looked at"
        case ("claims", _, "network", *_):
            return "another network with the same error"
    return ""
