"""The command line: parse, call, render. Nothing is decided here.

Exit status: 0 decided or accepted, 1 rejected, 2 bad input or unreadable, 3 unknown, 130 interrupted.
Results go to standard output; everything else, one line each, to standard error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType


def main(arguments: Sequence[str] | None = None, *, more: Mapping[str, str] = MappingProxyType({})) -> int:
    """Run ``fullrank`` and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line by default.
    more : mapping of str to str, optional
        Commands of another package and the modules that hold each as ``command``; `counterexamples.cli` adds its own.

    Examples
    --------
    >>> main(["decide", "bundled:ray_pair", "--model", "gelu"])
    INTERPOLATES these labels (label column label)
    Model: bias-free network with 1 hidden layer of gelu units (gelu), any width. Data: 2 points in dimension 2.
    It interpolates these labels: the rank is 2, the number of points: every labelling is attained.
    Rank 2, nullity 0 (over all widths and all weights).
    Least mean squared error of any width: 0.
    Coordinates: x0, x1.
    0
    """
    try:
        from verify.cli.application import run

        return run(arguments, more)
    except KeyboardInterrupt:  # while the program was still loading
        from verify.cli.output import INTERRUPTED, complain

        complain("interrupted")
        return INTERRUPTED
