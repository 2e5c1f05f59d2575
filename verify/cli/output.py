"""What the user sees: results on standard output, complaints and progress on standard error.

Plain text when standard output is no terminal; on a terminal rich adds colour and nothing else: no line is wrapped,
cut or decorated, so that what is shown can be copied.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.status import Status

DECIDED, REJECTED, BAD_INPUT, UNKNOWN, INTERRUPTED = 0, 1, 2, 3, 130

_PATIENCE = 0.5  # seconds without a sign of life


def show(lines: Iterable[tuple[str, str]]) -> None:
    """Print lines, each with its rich style (empty for none).

    A reader that has gone away (``| head -1``) is not an error: the exit status still tells the result.
    """
    cleaned = [(printable(line), style) for line, style in lines]
    try:
        if sys.stdout is not None and sys.stdout.isatty():
            from rich.console import Console
            from rich.text import Text

            console = Console(file=sys.stdout)
            for line, style in cleaned:
                console.print(Text(line, style=style), soft_wrap=True, highlight=False)
            sys.stdout.flush()
        else:
            click.echo("\n".join(line for line, _ in cleaned))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it exits


def complain(message: str) -> None:
    """Print one line on standard error.

    Examples
    --------
    >>> complain("there is no such file")  # fullrank: there is no such file
    """
    with suppress(OSError):  # if nobody listens, the exit status still says it
        click.echo("fullrank: " + printable(" ".join(message.split())), err=True)


def printable(text: str) -> str:
    r"""Escape what a terminal would obey instead of showing, line breaks too.

    Examples
    --------
    >>> print(printable("a\x1b[2Jb"))
    a\x1b[2Jb
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@contextmanager
def progress(doing: str) -> Iterator[None]:
    """Show a spinner on standard error while something takes long; only on a terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    spinner: list[Status] = []

    def start() -> None:
        from rich.console import Console

        spinner.append(Console(stderr=True).status(f"{doing} ..."))
        spinner[0].start()

    timer = threading.Timer(_PATIENCE, start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        for status in spinner:
            status.stop()
