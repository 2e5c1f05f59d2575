"""Writing a certificate. Checking one is `verify.check`, which shares no code with this."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.algebraic.field import Number
from verify.algebraic.writing import format_element
from verify.data.dataset import field_tokens
from verify.errors import CertificateError, NotAvailableError
from verify.rational import format_rational
from verify.verdict.outcome import Outcome
from verify.whole_file import write_whole

if TYPE_CHECKING:
    from verify.model import Model
    from verify.verdict.verdict import Verdict

_RANK_BY_DEFAULT = 2_000  # points
_INSIDE = 20_000  # numbers of the data that are written into the certificate itself


def certificate(verdict: Verdict, *, rank: bool | None = None, network: bool = False) -> dict[str, Any]:
    """Make the certificate of a verdict, with its data inside; see `Verdict.certificate`."""
    data = verdict.data
    rows = [line.split() for line in list(data.canonical_text())[1:]]
    d = data.dimension
    inside: dict[str, Any] = {
        "sha256": data.sha256(),
        "dimension": d,
        "outputs": data.outputs,
        "points": [row[:d] for row in rows],
        "labels": [row[d:] for row in rows],
    }
    if data.field is not None:
        polynomial, low, high = field_tokens(data.field)
        inside["field"] = {"polynomial": polynomial.split(","), "root": [low, high]}
    return _with_data(verdict, inside, rank=rank, network=network)


def write_certificate(verdict: Verdict, path: Path, *, rank: bool | None = None, network: bool = False) -> Path:
    """Write the certificate to `path`; see `Verdict.write_certificate`.

    Data of more than 20,000 numbers go into ``<path>.data`` beside it. Each file appears whole or not at all.
    """
    data = verdict.data
    beside = data_file(verdict, path)
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


def _with_data(verdict: Verdict, data: dict[str, Any], *, rank: bool | None, network: bool) -> dict[str, Any]:
    space = verdict.space  # raises for UNKNOWN
    model = verdict.model
    steps = model.activation.derivation_steps
    _need_statement(model)
    derivation = {"derivation": [json.dumps(step) for step in steps]} if steps else {}
    return {
        "format": "fullrank-certificate",
        "version": 1,
        "model": {
            "activation": model.activation.name,
            "parameters": {name: format_rational(value) for name, value in dict(model.activation.parameters).items()},
            "hidden_layers": model.hidden_layers,
            "hidden_bias": model.hidden_bias,
            "output_bias": model.output_bias,
            "skip": model.skip,
            "gated": model.gated,
            "regime": model.regime,
        },
        "profile": model.activation.profile.to_json(),
        "data": data,
        "claims": _claims(verdict, rank=space.n <= _RANK_BY_DEFAULT if rank is None else rank, network=network),
        **derivation,
    }


def _need_statement(model: Model) -> None:
    """Refuse what the checker has no true sentence for."""
    if model.activation.jumps:
        where = ", ".join(model.activation.jumps)
        raise NotAvailableError(
            f"no certificate: {model.activation} is discontinuous at x = {where}, and certificates of formulas are "
            "about continuous ones; leave it out"
        )
    if model.activation.derivation_steps and model.regime != "trained":
        raise NotAvailableError(
            f"no certificate: those of formulas such as {model.activation} do not cover tangent kernels; leave it out, "
            "or use a continuous activation of the table"
        )


def _claims(verdict: Verdict, *, rank: bool, network: bool) -> list[dict[str, Any]]:
    claims: list[dict[str, Any]] = []
    singles = verdict.per_output or ((verdict,) if verdict.data.outputs else ())
    for output, single in enumerate(singles):
        loss = single._losses[0]
        found = _sparse(loss.multipliers())
        if single.outcome is Outcome.INTERPOLATES:
            claims.append({"kind": "interpolates", "output": output, "multipliers": found})
        else:
            claims.append({"kind": "cannot_interpolate", "output": output, "vector": _circuit(single)})
        claims.append(
            {
                "kind": "least_mse",
                "output": output,
                "value": format_element(single.least_mse or Fraction(0)),
                "residual": _sparse({i: r for i, r in enumerate(loss.residual) if r}),
                "multipliers": found,
            }
        )
        if network:
            claims.append(_network(single, output))
    if not singles and verdict.outcome is Outcome.CANNOT_INTERPOLATE:
        claims.append({"kind": "not_every_labelling", "vector": _circuit(verdict)})
    if rank or not claims:
        claims.append(_rank(verdict))
    return claims


def _circuit(verdict: Verdict) -> list[list[Any]]:
    return _sparse(verdict.annihilating_vector or {})


def _rank(verdict: Verdict) -> dict[str, Any]:
    space = verdict.space
    return {
        "kind": "rank",
        "value": space.rank,
        "range": [[pivot, _sparse(vector)] for pivot, vector in space.range_vectors()],
        "annihilators": [[pivot, _sparse(vector)] for pivot, vector in space.basis()],
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
    value = format_element(verdict.least_mse or Fraction(0))
    return {"kind": "network", "output": output, "value": value, "network": network.weights_json()}


def _sparse(vector: Mapping[int, Number | int]) -> list[list[Any]]:
    return [[i, format_element(x)] for i, x in sorted(vector.items())]
