"""The command `fullrank`: its commands, loaded when they are called, and what becomes of errors."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

from verify.cli.output import BAD_INPUT, INTERRUPTED, complain
from verify.errors import FullrankError

COMMANDS = {  # the module of each; its `command` is loaded when it is called
    "decide": "verify.cli.decide",
    "check": "verify.cli.check",
    "activations": "verify.cli.activations",
    "activation": "verify.cli.activation",
    "claims": "verify.cli.claims",
    "landscape": "verify.cli.landscape",
    "width": "verify.cli.width",
    "descent": "verify.cli.descent",
    "spectrum": "verify.cli.spectrum",
}


class _Commands(click.Group):
    """Commands by name: `COMMANDS`, and those of the context's object; an error is one line on standard error."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *(ctx.find_root().obj or {})]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        home = {**COMMANDS, **(ctx.find_root().obj or {})}
        if cmd_name not in home:
            ctx.fail(f"there is no command {cmd_name!r}; the commands are {', '.join(home)}")
        command = import_module(home[cmd_name]).command
        assert isinstance(command, click.Command)  # noqa: S101  # for the type checker
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FullrankError as error:
            message, status = str(error), BAD_INPUT
        except KeyboardInterrupt:
            message, status = "interrupted", INTERRUPTED
        except MemoryError:
            message, status = "the memory is not enough for these data and this model; use fewer points", BAD_INPUT
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            message, status = f"{where}{error.strerror or error}; check the disk and the file", BAD_INPUT
        complain(message)
        raise click.exceptions.Exit(status)


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"fullrank {_version()}")
        ctx.exit()


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("fullrank")
    except PackageNotFoundError:  # run from a source tree that is not installed
        import tomllib
        from pathlib import Path

        project = Path(__file__).parents[2] / "pyproject.toml"
        try:
            return f"{tomllib.loads(project.read_text(encoding='utf-8'))['project']['version']} (not installed)"
        except (OSError, KeyError, tomllib.TOMLDecodeError):
            return "of unknown version (not installed)"


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="""\b
Examples:
  fullrank decide bundled:parity3 --model relu
  fullrank decide bundled:iris --label petal_width --model relu+bias
  fullrank decide bundled:parity3 --model relu --certificate parity.json
  fullrank check parity.json
  fullrank activations
  fullrank activation "x*tanh(log(1+exp(x)))"

Exit status: 0 decided or accepted, 1 rejected, 2 bad input, 3 unknown.""",
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Show the version."
)
def application() -> None:
    """Decide, with proof, whether a neural network can fit a data set.

    Bring points, name a model, and get a verdict: can any network of this architecture, of any width and with any
    weights, have these labels as its values? If not, what is the least loss? The arithmetic is exact.
    """


def _explain(error: click.ClickException) -> None:
    """Say in one line how the command was called wrongly; without any argument show the help."""
    message = error.format_message().rstrip(". ")
    if "\n" in message:
        error.show()
        return
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "fullrank"
    complain(f"{message}; see {path} --help")


def run(arguments: Sequence[str] | None, more: Mapping[str, str]) -> int:
    """Run the command and return its exit status; `more` names further commands and their modules."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a name in the data never stops the output
    try:
        status = application.main(
            args=None if arguments is None else list(arguments),
            prog_name="fullrank",
            standalone_mode=False,
            obj=dict(more),
        )
    except click.ClickException as error:
        _explain(error)
        return error.exit_code
    except click.Abort:  # interrupted between the commands' own code
        complain("interrupted")
        return INTERRUPTED
    return status if isinstance(status, int) else 0
