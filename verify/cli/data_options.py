"""The options that say how DATA is read, shared by commands about a data set."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from verify.cli.output import progress

if TYPE_CHECKING:
    from verify.data import Dataset

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--label",
        "labels",
        metavar="COL",
        multiple=True,
        help="A label column, by name or number (0 is the first, -1 the last); repeat it for several. By default the "
        "last column if it is called y, label, labels or target.",
    ),
    click.option(
        "--drop", metavar="COL", multiple=True, help="Leave a column out, by name or number; repeat it for several."
    ),
    click.option(
        "--no-label",
        is_flag=True,
        help="No column holds labels: all are coordinates. (Labels that JSON, NPZ or bundled data keep apart are left "
        "out.)",
    ),
    click.option(
        "--decimal/--binary",
        default=False,
        help="How floats in NPY, NPZ and Parquet are read: as shortest decimals (0.1 is one tenth), or as the binary "
        "fractions that are stored (the default).",
    ),
    click.option(
        "--format", "file_format", metavar="NAME", help="csv, tsv, json, npy, npz or parquet, whatever the ending."
    ),
)


def data_options(command: F) -> F:
    """Give a command the options that `read_data` takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_data(
    data: str,
    *,
    labels: tuple[str, ...],
    drop: tuple[str, ...],
    no_label: bool,
    decimal: bool,
    file_format: str | None,
    every_labelling: bool = False,
) -> Dataset:
    """Read the data set that a command is about, with a sign of life."""
    if no_label and (labels or every_labelling):
        rest = " and --every-labelling" * every_labelling
        raise click.UsageError(f"--no-label says that no column holds labels; leave out --label{rest}")
    from verify.cli.data_argument import read_argument

    with progress(f"reading {data}"):
        return read_argument(
            data,
            label=() if no_label else labels or None,
            drop=drop,
            decimal=decimal,
            every_labelling=every_labelling,
            file_format=file_format,
        )
