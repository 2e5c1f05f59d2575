"""`fullrank activation FORMULA`: the parity profile of a formula, with its derivation."""

from __future__ import annotations

import json
from typing import Any

import click

from verify.cli.output import DECIDED, UNKNOWN, progress, show

_ZERO = {True: "not 0", False: "0", None: "unknown"}


@click.command(
    short_help="Derive the parity profile of a formula.",
    epilog="""\b
Examples:
  fullrank activation "x*tanh(log(1+exp(x)))"
  fullrank activation "max(x,0) + a*x**2; a=1/3" --json
  fullrank activation "hardtanh(-1, 2)"
  fullrank activation step

Exit status: 0 derived, 2 not a formula, 3 a part is unknown.""",
)
@click.argument("formula")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: even, odd, nonzero_at_zero, steps.")
def command(formula: str, as_json: bool) -> None:
    """Derive what the even and the odd part of an activation are, and what its networks can never fit.

    FORMULA is text in the variable x, or a name that `fullrank activations` lists, with its parameters. What was
    derived is kept on disk, in $FULLRANK_CACHE_DIR or the user's cache directory, which can be deleted at any time.
    """
    from verify.activations.formula import cached_profile
    from verify.errors import ModelError
    from verify.model import Model

    with progress("deriving"):
        model = Model.parse(formula, cached=True)
        if model != Model(model.activation):
            raise ModelError(f"{formula!r} is a model; give its activation alone: {model.activation}")
        derivation = cached_profile(model.activation.formula)
    profile = derivation.profile
    if as_json:
        show([(json.dumps(derivation.to_json()), "")])
    else:
        found = derivation.to_json()
        head = f"s(x) = {found['formula']}"
        lines = [
            f"Even part: {_part(found['even'])}. {derivation.even_reason}",
            f"Odd part: {_part(found['odd'])}. {derivation.odd_reason}",
            f"s(0) is {_ZERO[derivation.nonzero_at_zero]}. {derivation.zero_reason}",
        ]
        if profile is None:
            lines.append(f"Unknown: {derivation.unknown_reason}.")
        else:
            net = "bias-free network with one hidden layer"
            never = f"With almost any hidden weights a {net} does not fit" if derivation.almost_everywhere else ""
            lines.append(f"{never or f'A {net} can never fit'}: {profile.can_never_fit}.")
        if derivation.jumps:
            holds = "almost all hidden weights" if derivation.almost_everywhere else "all hidden weights"
            where = ", ".join(derivation.jumps)
            lines.append(f"Discontinuous, or not shown to be continuous, at x = {where}: verdicts hold for {holds}.")
        if derivation.zero_apart:
            lines.append(f"Data with the point x = 0 are not covered: {derivation.zero_apart}.")
        lines += ["Steps:", *(f"  {_step(step)}" for step in found["steps"])]
        show([(head, "bold"), *((line, "") for line in lines)])
    raise click.exceptions.Exit(UNKNOWN if profile is None else DECIDED)


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    return f"polynomial of degrees {', '.join(map(str, part))}" if part else "0"


def _step(step: dict[str, Any]) -> str:
    values = ", ".join(f"{key}: {value}" for key, value in step.items() if key != "step" and value not in ([], {}))
    return f"{step['step']}: {values}"
