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
        help="A label column, by name or number; repeat it for several. By default the last column if it is called y, "
        "label, labels or target.",
    ),
    click.option("--no-label", is_flag=True, help="No column holds labels: all are coordinates."),
    click.option(
        "--decimal/--binary",
        default=False,
        help="How floats in NPY, NPZ and Parquet are read: as shortest decimals, or as the binary fractions that are "
        "stored (the default).",
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


def read_data(data: str, *, labels: tuple[str, ...], no_label: bool, decimal: bool, file_format: str | None) -> Dataset:
    """Read the data set that a command is about, with a sign of life."""
    if no_label and labels:
        raise click.UsageError("--no-label says that no column holds labels; leave out --label")
    from verify.cli.data_argument import read_argument

    with progress(f"reading {data}"):
        return read_argument(
            data,
            label=() if no_label else labels or None,
            decimal=decimal,
            every_labelling=False,
            file_format=file_format,
        )
