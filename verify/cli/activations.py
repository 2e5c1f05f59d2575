"""`fullrank activations`: the named activations, grouped by what their networks can never fit."""

from __future__ import annotations

import json

import click

from verify.cli.output import show


@click.command(
    short_help="List activations by what they can never fit.",
    epilog="""\b
Examples:
  fullrank activations
  fullrank activations --json""",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with formulas, profiles and aliases.")
def command(as_json: bool) -> None:
    """List the named activations by what a network of them can never fit.

    What is listed holds for bias-free networks with one hidden layer; `fullrank decide` knows the other models, and
    `fullrank activation NAME` derives what the last lines only name.
    """
    from verify.activations import ALIASES, DISCONTINUOUS, groups
    from verify.activations.parametrised import TEMPLATES, signature
    from verify.activations.plugins import registered
    from verify.rational import format_rational

    parametrised = [signature(name) for name, template in TEMPLATES.items() if template.in_table]
    discontinuous = [signature(name) for name in DISCONTINUOUS]
    plugins = registered()

    if as_json:
        listed = [
            {
                "can_never_fit": sentence,
                "activations": [
                    {
                        "name": member.name,
                        "parameters": {name: format_rational(value) for name, value in member.parameter_items},
                        "formula": member.formula,
                        "profile": member.profile.to_json(),
                    }
                    for member in members
                ],
            }
            for sentence, members in groups().items()
        ]
        found = {
            "groups": listed,
            "aliases": dict(ALIASES),
            "parametrised": parametrised,
            "discontinuous": discontinuous,
            "plugins": [item._asdict() for item in plugins],
        }
        show([(json.dumps(found), "")])
        return
    for sentence, members in groups().items():
        width = max(len(str(member)) for member in members)
        show([(f"Can never fit: {sentence}", "bold")])
        show([(f"  {member!s:{width}}  {member.formula}", "") for member in members])
    aliases = ", ".join(f"{alias} = {name}" for alias, name in ALIASES.items())
    show([(f"Other names: {aliases}", "")])
    show([(f"With other parameters, derived: {', '.join(parametrised)}", "")])
    show([(f"Discontinuous, derived: {', '.join(discontinuous)}", "")])
    if plugins:
        show([(f"Of other packages: {', '.join(f'{item.name} ({item.distribution})' for item in plugins)}", "")])
