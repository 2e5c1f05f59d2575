"""`fullrank claims`: the ledger of claims; listing, checking and citing them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from verify.cli.counting_bar import counting
from verify.cli.output import INTERRUPTED, complain, show

if TYPE_CHECKING:
    from verify.claims import Claim

_STYLE = {"holds": "bold green", "fails": "bold red", "supported": "bold cyan", "undecided": "bold yellow"}


@click.group(
    invoke_without_command=True,
    short_help="What four papers state, how it was checked, what came out.",
    epilog="""\b
Examples:
  fullrank claims
  fullrank claims --json
  fullrank claims check benson2020.relu-ray-pair
  fullrank claims check karhadkar2024 --thorough
  fullrank claims check all --json
  fullrank claims cite benson2020.relu-ray-pair""",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """List the claims with their sources, methods, and the outcomes that were recorded for this version.

    A claim holds, fails (with a counterexample), is supported (by samples, which prove nothing), or undecided. What is
    marked "as recalled" was not verified against the text of the paper; a counterexample to it is a note on what was
    recalled.
    """
    if context.invoked_subcommand is not None:
        return
    from verify.claims import all_claims
    from verify.claims.record import with_record

    listed = [with_record(claim) for claim in all_claims()]
    if as_json:
        show([(json.dumps({"claims": listed}), "")])
        return
    show([line for each in listed for line in _lines(each)] + [("", ""), (_summary(listed), "bold")])


@command.command("check", short_help="Check claims now.")
@click.argument("which", metavar="ID|PAPER|all")
@click.option("--thorough", is_flag=True, help="On more instances; takes longer.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(*, which: str, thorough: bool, as_json: bool) -> None:
    """Check a claim, the claims of a paper, or all of them.

    The exit status is 0 when the checks ran, whatever they found: an outcome is a fact, not an error.
    """
    from verify.claims.record import to_json

    chosen = _choose(which)
    found: list[dict[str, Any]] = []
    try:
        with counting("checking claims") as tell:
            for k, claim in enumerate(chosen):
                if tell:
                    tell(k, len(chosen))
                found.append(to_json(claim, claim.run(thorough=thorough)))
                if not as_json:
                    show(_lines(found[-1]))
    except KeyboardInterrupt:
        complain(f"interrupted; {len(found)} of {len(chosen)} claims were checked")
        if as_json:
            show(_json(found))
        raise click.exceptions.Exit(INTERRUPTED) from None
    show(_json(found) if as_json else [("", ""), (_summary(found), "bold")])


@command.command("cite", short_help="The BibTeX entry of the paper of a claim.")
@click.argument("which", metavar="ID|PAPER")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def cite(*, which: str, as_json: bool) -> None:
    """Print the BibTeX entry of the paper that a claim is about.

    The entry cites the paper, not the claim: claims that were derived for this project are not the authors'.
    """
    from verify.claims import PAPERS, claim
    from verify.claims.bibliography import bibtex

    described = None if which in PAPERS else claim(which)
    entry = bibtex(which if described is None else described.paper)
    if as_json:
        attribution = None if described is None else described.attribution
        show([(json.dumps({"cited": which, "attribution": attribution, "bibtex": entry}), "")])
        return
    if described is not None:
        show([(f"% {described.id}: {described.attribution}", "")])
    show([(line, "") for line in entry.splitlines()])


def _json(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Write one JSON object on lines that a version control system can compare."""
    return [(line, "") for line in json.dumps({"claims": found}, indent=1).splitlines()]


def _choose(which: str) -> list[Claim]:
    from verify.claims import PAPERS, all_claims, claim

    if which == "all":
        return all_claims()
    return all_claims(which) if which in PAPERS else [claim(which)]


def _lines(each: dict[str, Any]) -> list[tuple[str, str]]:
    """Write a claim as a heading in the colour of its outcome, and what is behind it."""
    outcome = each["outcome"] or "not recorded"
    lines = [
        (f"{outcome.upper()}  {each['id']}  ({each['method']})", _STYLE.get(outcome, "bold")),
        (f"    {each['statement']}", ""),
        (f"    Hypotheses: {each['hypotheses']}", ""),
        (f"    Source: {each['attribution']}.", ""),
    ]
    if each["evidence"]:
        lines.append((f"    Evidence: {each['evidence']}", ""))
    if "counterexample" in each:
        lines.append((f"    Counterexample: {json.dumps(each['counterexample'])}", ""))
    return lines


def _summary(found: list[dict[str, Any]]) -> str:
    counts = {name: sum(each["outcome"] == name for each in found) for name in (*_STYLE, None)}
    words = [f"{count} {name or 'not recorded'}" for name, count in counts.items() if count]
    return f"{len(found)} claim{'s' * (len(found) != 1)}: {', '.join(words)}"
