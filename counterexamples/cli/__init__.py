"""The command `fullrank`: the commands of `verify.cli`, and those that search and show counterexamples."""

from __future__ import annotations

from collections.abc import Sequence

from verify.cli import main as run

COMMANDS: dict[str, str] = {  # the module of each, which holds it as `command`
    "search": "counterexamples.cli.search",
    "catalogue": "counterexamples.cli.catalogue",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``fullrank`` and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line by default.

    Examples
    --------
    >>> main(["check", "--help"])  # doctest: +ELLIPSIS
    Usage: fullrank check [OPTIONS] FILE
    ...
    0
    """
    return run(arguments, more=COMMANDS)
