"""`fullrank landscape`: loss landscapes that are known exactly, one subcommand each, loaded when they are called."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click

SUBCOMMANDS = {  # the module of each; its `command` is loaded when it is called
    "deep-linear": "verify.cli.landscape_deep_linear",
    "quadratic": "verify.cli.landscape_quadratic",
    "regions": "verify.cli.landscape_regions",
    "regions-map": "verify.cli.landscape_regions_map",
}


class _Landscapes(click.Group):
    """The subcommands whose modules are there."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, module in SUBCOMMANDS.items() if find_spec(module) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = self.list_commands(ctx)
        if cmd_name not in known:
            ctx.fail(f"there is no landscape {cmd_name!r}; the landscapes are {', '.join(known)}")
        command = import_module(SUBCOMMANDS[cmd_name]).command
        assert isinstance(command, click.Command)  # noqa: S101  # for the type checker
        return command


@click.group(cls=_Landscapes, short_help="Exact loss landscapes of three kinds of networks.")
def command() -> None:
    """Loss landscapes that are known exactly: global minima, critical points, regions, with proof."""
