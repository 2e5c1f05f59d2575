"""`fullrank check`: run the trusted checker on a certificate."""

from __future__ import annotations

import json

import click

from verify.cli.output import BAD_INPUT, DECIDED, REJECTED, progress, show

_STATUS = {"accepted": DECIDED, "rejected": REJECTED, "unreadable": BAD_INPUT}
_STYLE = {"accepted": "bold green", "rejected": "bold red", "unreadable": "bold red"}


@click.command(
    short_help="Check a certificate, trusting nothing else.",
    epilog="""\b
Examples:
  fullrank decide bundled:parity3 --model relu --certificate parity.json
  fullrank check parity.json
  fullrank check parity.json --json

The checker is one file of standard-library Python, which runs without fullrank too, so that nothing else needs to be
trusted: python -I -S path/to/verify/check parity.json

Exit status: 0 accepted, 1 rejected, 2 unreadable.""",
)
@click.argument("file", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with the keys status and message.")
def command(file: str, as_json: bool) -> None:
    """Check a certificate: read it, multiply fractions, and say what is proved."""
    from verify.check.checker import check_file

    with progress("checking"):
        result = check_file(file)
    if as_json:
        show([(json.dumps({"status": result.status, "message": result.message}), "")])
    else:
        show([(f"{result.status}: {result.message}", _STYLE[result.status])])
    raise click.exceptions.Exit(_STATUS[result.status])
