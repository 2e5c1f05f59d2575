"""Writing a certificate. Checking one is `verify.check`, which shares no code with this."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from math import comb, lcm
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.algebraic.field import Number
from verify.algebraic.writing import format_element
from verify.certificates.enclosure import narrow_root
from verify.errors import CertificateError
from verify.rational import format_rational
from verify.verdict.outcome import Outcome
from verify.whole_file import write_whole

if TYPE_CHECKING:
    from verify.verdict.verdict import Verdict

_RANK_BY_DEFAULT = 2_000  # points
_TOO_MANY = 10**18  # layers, for the format
_MOST_ENTRIES = 2 * 10**7  # of a moment, for the checker
_INSIDE = 20_000  # numbers of the data that are written into the certificate itself


def certificate(verdict: Verdict, *, rank: bool | None = None, network: bool = False) -> dict[str, Any]:
    """Make the certificate of a verdict, with its data inside; see `Verdict.certificate`."""
    return _with_data(verdict, _inside(verdict), rank=rank, network=network)


def write_certificate(verdict: Verdict, path: Path, *, rank: bool | None = None, network: bool = False) -> Path:
    """Write the certificate to `path`; see `Verdict.write_certificate`.

    Data of more than 20,000 numbers go into ``<path>.data`` beside it. Each file appears whole or not at all.
    """
    data = verdict.data
    beside = data_file(verdict, path)
    if beside is not None and "\\" in beside.name:  # a name must be a plain one on every system
        raise CertificateError(f"{path}: the data go into a file beside, whose name cannot have a backslash; rename it")
    if beside is None:
        made = certificate(verdict, rank=rank, network=network)
    else:
        made = _with_data(verdict, {"sha256": data.sha256(), "file": beside.name}, rank=rank, network=network)
        write_whole(beside, "".join(data.canonical_text()))
    write_whole(path, json.dumps(made, indent=None if data.n > _RANK_BY_DEFAULT else 1) + "\n")
    return path


def data_file(verdict: Verdict, path: Path) -> Path | None:
    """Return the file beside a certificate that holds its data, or None where they are inside."""
    data = verdict.data
    is_inside = data.n * (data.dimension + data.outputs) <= _INSIDE
    return None if is_inside else path.with_name(path.name + ".data")


def _inside(verdict: Verdict) -> dict[str, Any]:
    lines = [line.removesuffix("\n") for line in verdict.data.canonical_text()]
    return {"sha256": verdict.data.sha256(), "lines": lines}


def _with_data(verdict: Verdict, data: dict[str, Any], *, rank: bool | None, network: bool) -> dict[str, Any]:
    space = verdict.space  # raises for UNKNOWN
    model = verdict.model
    if model.hidden_layers >= _TOO_MANY:
        raise CertificateError("hidden_layers has more than 18 digits, which no certificate can say; use fewer layers")
    for family in space.families:
        monomials = comb(max(verdict.data.dimension + family.lifted + family.degree - 1, 0), family.degree)
        if family.kind == "moment" and monomials * space.n > _MOST_ENTRIES:
            raise CertificateError(
                f"the checker multiplies out a moment of degree {family.degree}, {monomials} monomials at {space.n} "
                f"points, and takes at most {_MOST_ENTRIES} entries; certify a part of the points"
            )
    activation = model.activation
    steps = activation.derivation_steps
    claims = _claims(verdict, rank=space.n <= _RANK_BY_DEFAULT if rank is None else rank, network=network)
    field = verdict.data.field
    made = {
        "format": "fullrank-certificate",
        "version": 1,
        "model": {
            "activation": activation.name,
            "parameters": {name: format_rational(value) for name, value in dict(activation.parameters).items()},
            "hidden_layers": model.hidden_layers,
            "hidden_bias": model.hidden_bias,
            "output_bias": model.output_bias,
            "skip": model.skip,
            "gated": model.gated,
            "regime": model.regime,
        },
        "data": data,
        "claims": claims,
        **({"profile": activation.profile.to_json() | {"continuous": not activation.jumps}} if steps else {}),
        **({"derivation": [json.dumps(step) for step in steps]} if steps else {}),
    }
    if field is not None:
        made["root"] = narrow_root(field, {**made, "data": _inside(verdict)})
    return made


def _claims(verdict: Verdict, *, rank: bool, network: bool) -> list[dict[str, Any]]:
    claims: list[dict[str, Any]] = []
    singles = verdict.per_output or ((verdict,) if verdict.data.outputs else ())
    for output, single in enumerate(singles):
        found = _sparse(single._losses[0].multipliers())
        if single.outcome is Outcome.INTERPOLATES:
            claims.append({"kind": "interpolates", "output": output, "multipliers": found})
        else:
            claims.append({"kind": "cannot_interpolate", "output": output, "vector": _circuit(single)})
        value = format_element(single.least_mse or Fraction(0))
        claims.append({"kind": "least_mse", "output": output, "value": value, "multipliers": found})
        if network and verdict.data.n:  # without points a network says nothing
            claims.append(_network(single, output))
    if not singles and verdict.outcome is Outcome.CANNOT_INTERPOLATE:
        claims.append({"kind": "not_every_labelling", "vector": _circuit(verdict)})
    if rank or not claims:
        claims.append(_rank(verdict))
    return claims


def _circuit(verdict: Verdict) -> dict[str, str]:
    return _integral(verdict.annihilating_vector or {})


def _rank(verdict: Verdict) -> dict[str, Any]:
    space = verdict.space
    return {
        "kind": "rank",
        "value": str(space.rank),
        "range": {str(pivot): _integral(vector) for pivot, vector in space.range_vectors()},
        "annihilators": {str(pivot): _integral(vector) for pivot, vector in space.basis()},
    }


def _network(verdict: Verdict, output: int) -> dict[str, Any]:
    if verdict.model.activation.derivation_steps:
        raise CertificateError("the checker evaluates only the activations of its table; leave network out")
    network = verdict.network()
    if not network.exact:
        raise CertificateError(
            f"the network of {verdict.model.activation.name} units has irrational values, so its certificate cannot "
            "be checked by rational arithmetic; leave network out, or use a piecewise-polynomial activation"
        )
    weights = network.weights_json()
    return {
        "kind": "network",
        "output": output,
        "value": format_element(verdict.least_mse or Fraction(0)),
        "network": {
            "layers": [[" ".join(row) for row in rows] for rows in weights["hidden"]],
            "gates": [" ".join(row) for row in weights["gate"]],
            "last": [" ".join(weights["output"]), weights["output_bias"], " ".join(weights["skip"])],
        },
    }


def _sparse(vector: Mapping[int, Number | int]) -> dict[str, str]:
    return {str(i): format_element(x) for i, x in sorted(vector.items())}


def _integral(vector: Mapping[int, Number | int]) -> dict[str, str]:
    """Write a vector times the least positive integer that makes it integral."""
    common = lcm(*(x.denominator for x in vector.values()))
    return _sparse({i: x * common for i, x in vector.items()} if common > 1 else vector)
