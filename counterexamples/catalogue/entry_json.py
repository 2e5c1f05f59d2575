"""Entries as JSON text: strict reading, and one way of writing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any, NoReturn

from counterexamples.entry import (
    ID,
    KINDS,
    LEVELS,
    MINIMALITIES,
    NAME,
    REQUIREMENTS,
    Construction,
    Entry,
    LabelRule,
    Minimality,
    Row,
    Source,
    Stated,
    Symmetry,
    found_id,
)
from verify.errors import CatalogueError, FullrankError
from verify.rational import format_rational, parse_rational

FORMAT, VERSION = "fullrank-entry", 1
_RATIONAL = re.compile(r"0|-?[1-9][0-9]*(/[1-9][0-9]*)?", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_OUTCOMES = ("interpolates", "cannot_interpolate")
_MOST = 10**9  # points, coordinates


def entry_from_text(text: str | bytes) -> Entry:
    """Read an entry; see `Entry.from_text`."""
    top = _keys(_parse(text), "the entry", ("format", "version", *(field.name for field in fields(Entry))))
    if top["format"] != FORMAT or type(top["version"]) is not int or top["version"] != VERSION:
        _refuse("format", f"{top['format']!r}, version {top['version']!r}", f'"{FORMAT}", version {VERSION}')
    points = _points(top["points"])
    count = points.count if isinstance(points, Construction) else len(points)
    entry = Entry(
        id=_match(top["id"], "id", ID, "such as CE000001"),
        name=_match(top["name"], "name", NAME, "of small letters, digits and hyphens"),
        kind=_choice(top["kind"], "kind", KINDS),
        points=points,
        labels=_labels(top["labels"], count),
        sha256=_match(top["sha256"], "sha256", _DIGEST, "of 64 hexadecimal digits"),
        model=_model(top["model"]),
        verdict=_verdict(top["verdict"], count, labelled=top["labels"] is not None),
        claim=_text(top["claim"], "claim"),
        scope=_text(top["scope"], "scope"),
        certificate=None if top["certificate"] is None else _object(top["certificate"], "certificate"),
        evidence=tuple(_record(record, i) for i, record in enumerate(_list(top["evidence"], "evidence"))),
        minimality=_minimality(top["minimality"]),
        symmetry=_symmetry(top["symmetry"]),
        source=_source(top["source"]),
        level=_choice(top["level"], "level", LEVELS),
        licence=_text(top["licence"], "licence"),
    )
    if entry.level == "confirmed" and not any(record.get("agrees") is True for record in entry.evidence):
        _refuse("level", "'confirmed' without a record of evidence that agrees", "certified")
    found = found_id(entry.sha256, entry.model)
    if entry.id.startswith("found-") and entry.id != found:
        _refuse("id", repr(entry.id), f"{found}, which data and model determine")
    return entry


def entry_to_text(entry: Entry) -> str:
    """Write an entry; see `Entry.to_text`."""
    parts = [f'"format": "{FORMAT}"', f'"version": {VERSION}']
    for field in fields(Entry):
        value = _plain(getattr(entry, field.name))
        text = json.dumps(value, ensure_ascii=False)
        if field.name in ("points", "evidence") and isinstance(value, list) and value:
            rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in value)
            text = f"[\n  {rows}\n ]"
        parts.append(f'"{field.name}": {text}')
    return "{\n " + ",\n ".join(parts) + "\n}\n"


def _plain(value: Any) -> Any:
    """Give a field as JSON knows it; rationals become strings, integers stay what they are."""
    if isinstance(value, Fraction):
        return format_rational(value)
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (tuple, list)) else value


def _parse(text: str | bytes) -> object:
    try:
        return json.loads(
            text.decode("utf-8") if isinstance(text, bytes) else text,
            object_pairs_hook=_unique,
            parse_constant=lambda name: _refuse("a number", name, "a finite one"),
        )
    except UnicodeDecodeError as error:
        raise CatalogueError(f"byte {error.start} is not UTF-8; the file is damaged, get it again") from None
    except json.JSONDecodeError as error:
        raise CatalogueError(
            f"line {error.lineno}, column {error.colno}: {error.msg}; the file is not whole JSON, get it again"
        ) from None
    except RecursionError:
        raise CatalogueError("its lists are nested too deep; the file is damaged, get it again") from None
    except CatalogueError:
        raise
    except ValueError as error:  # an integer of more than 4300 digits
        raise CatalogueError(f"a number cannot be read ({error}); write rationals as strings") from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise CatalogueError(f"the field {key!r} is there twice; keep one of them")
        found[key] = value
    return found


def _points(value: object) -> tuple[Row, ...] | Construction:
    if isinstance(value, dict):
        top = _keys(value, "points", tuple(field.name for field in fields(Construction)))
        return Construction(
            _text(top["construction"], "points.construction"),
            _parameters(top["parameters"], "points.parameters"),
            _index(top["count"], "points.count", least=1),
            _index(top["dimension"], "points.dimension", least=0),
        )
    rows = _list(value, "points")
    if not rows:
        _refuse("points", "[]", "at least one point")
    width = len(_list(rows[0], "points[0]"))
    for i, row in enumerate(rows):
        if len(_list(row, f"points[{i}]")) != width:
            _refuse(f"points[{i}]", f"of length {len(row)}", f"{width} numbers, as the others")
    return tuple(tuple(_rational(x, f"points[{i}][{j}]") for j, x in enumerate(row)) for i, row in enumerate(rows))


def _labels(value: object, count: int) -> tuple[Fraction, ...] | tuple[Row, ...] | LabelRule | None:
    if value is None:
        return None
    if isinstance(value, dict):
        top = _keys(value, "labels", ("rule", "parameters"))
        return LabelRule(_text(top["rule"], "labels.rule"), _parameters(top["parameters"], "labels.parameters"))
    rows = _list(value, "labels")
    if len(rows) != count:
        _refuse("labels", f"a list of {len(rows)}", f"one label for each of the {count} points")
    if not any(isinstance(row, list) for row in rows):
        return tuple(_rational(x, f"labels[{i}]") for i, x in enumerate(rows))
    found = tuple(
        tuple(_rational(x, f"labels[{i}][{j}]") for j, x in enumerate(_list(row, f"labels[{i}]")))
        for i, row in enumerate(rows)
    )
    if len(set(map(len, found))) != 1 or not found[0]:
        _refuse("labels", "a list of rows of different lengths, or empty", "as many labels for each point")
    return found


def _verdict(value: object, count: int, *, labelled: bool) -> Stated:
    top = _keys(value, "verdict", tuple(field.name for field in fields(Stated)))
    least = top["least_mse"]
    if (least is None) is labelled:
        _refuse("verdict.least_mse", repr(least), "a rational exactly where there are labels")
    rank = _index(top["rank"], "verdict.rank", least=0)
    if rank > count:
        _refuse("verdict.rank", str(rank), f"at most {count}, the number of points")
    outcome = _choice(top["outcome"], "verdict.outcome", _OUTCOMES)
    return Stated(outcome, rank, None if least is None else _rational(least, "verdict.least_mse"))


def _minimality(value: object) -> Minimality:
    top = _keys(value, "minimality", tuple(field.name for field in fields(Minimality)))
    kind = _choice(top["kind"], "minimality.kind", MINIMALITIES)
    box = top["box"]
    if (box is not None) is not (kind == "exhaustive"):
        _refuse("minimality.box", _short(box), "an integer exactly where the kind is exhaustive")
    require = tuple(_choice(x, "minimality.require", REQUIREMENTS) for x in _list(top["require"], "minimality.require"))
    box = None if box is None else _index(box, "minimality.box", least=1, most=1000)
    return Minimality(kind, _text(top["space"], "minimality.space"), box, require)


def _symmetry(value: object) -> Symmetry:
    top = _keys(value, "symmetry", ("words", "signed_permutations"))
    order = top["signed_permutations"]
    order = None if order is None else _index(order, "symmetry.signed_permutations", least=1, most=10**18)
    return Symmetry(_text(top["words"], "symmetry.words"), order)


def _source(value: object) -> Source:
    top = _keys(value, "source", tuple(field.name for field in fields(Source)))
    if not isinstance(top["ours"], bool):
        _refuse("source.ours", repr(top["ours"]), "true or false")
    who, where, when = (_text(top[key], f"source.{key}") for key in ("who", "where", "when"))
    return Source(who, where, when, top["ours"])


def _record(value: object, i: int) -> dict[str, Any]:
    record = _object(value, f"evidence[{i}]")
    _text(record.get("route"), f"evidence[{i}].route")
    return record


def _model(value: object) -> str:
    text = _text(value, "model")
    from verify.model import Model

    try:
        written = str(Model.parse(text))
    except FullrankError as error:
        raise CatalogueError(f"model: {error}") from None
    if written != text:
        _refuse("model", repr(text), f"{written!r}, as it is written")
    return text


def _parameters(value: object, where: str) -> dict[str, int | str]:
    found = _object(value, where)
    for key, item in found.items():
        if not isinstance(item, (int, str)) or isinstance(item, bool):
            _refuse(f"{where}.{key}", repr(item), "an integer or text")
    return found


def _keys(value: object, where: str, expected: tuple[str, ...]) -> dict[str, Any]:
    found = _object(value, where)
    for key in found:
        if key not in expected:
            raise CatalogueError(f"{where} has the unknown field {key!r}; the fields are {', '.join(expected)}")
    for key in expected:
        if key not in found:
            raise CatalogueError(f"{where} has no field {key!r}; the fields are {', '.join(expected)}")
    return found


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(where, _short(value), "an object")
    return value


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        _refuse(where, _short(value), "a list")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        _refuse(where, _short(value), "text of one line")
    return value


def _match(value: object, where: str, pattern: re.Pattern[str], what: str) -> str:
    text = _text(value, where)
    if not pattern.fullmatch(text):
        _refuse(where, _short(value), f"a word {what}")
    return text


def _choice(value: object, where: str, choices: Mapping[str, str] | tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in choices:
        _refuse(where, _short(value), f"one of {', '.join(choices)}")
    return value


def _index(value: object, where: str, *, least: int, most: int = _MOST) -> int:
    if type(value) is not int or not least <= value <= most:
        _refuse(where, _short(value), f"an integer from {least} to {most}")
    return value


def _rational(value: object, where: str) -> Fraction:
    number = parse_rational(value) if isinstance(value, str) and _RATIONAL.fullmatch(value) else None
    if number is None or format_rational(number) != value:
        _refuse(where, _short(value), 'a rational in lowest terms, as a string such as "-3/2"')
    return number


def _short(value: object) -> str:
    return repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:50]}..."


def _refuse(where: str, value: str, wanted: str) -> NoReturn:
    raise CatalogueError(f"{where} is {value}; it must be {wanted}")
