"""A plot of spectra: the eigenvalues in descending order on a logarithmic axis. It needs matplotlib (extra `plot`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from verify.errors import DataError, NotAvailableError
from verify.spectra.report import Spectrum, State

_FORMATS = (".svg", ".png", ".pdf")
_LOWEST = -300  # decimal exponents below are drawn at it


def check_format(path: Path) -> None:
    """Refuse a file name that does not say svg, png or pdf, and a missing matplotlib."""
    if path.suffix.lower() not in _FORMATS:
        raise DataError(
            f"--plot {path}: the ending is not one of {', '.join(_FORMATS)}; write for example spectrum.svg"
        )
    try:
        import matplotlib as mpl
    except ImportError:
        raise NotAvailableError("a plot needs matplotlib; install the extra 'plot' (pip install '.[plot]')") from None
    _ = mpl


def draw(spectra: Sequence[Spectrum], path: Path) -> None:
    """Draw spectra on the same axes to a file, the same bytes every time for SVG.

    Eigenvalues that are exactly 0 have no place on the axis; the legend counts them. Those that are numerically
    unresolved are drawn hollow.
    """
    import io

    import matplotlib as mpl
    from matplotlib.figure import Figure

    from verify.whole_file import write_whole

    check_format(path)
    with mpl.rc_context({"svg.hashsalt": "fullrank", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(6.4, 4.0), layout="constrained")
        axes: Any = figure.add_subplot()
        for found in spectra:
            _curve(axes, found)
        axes.set_xlabel("index")
        axes.set_ylabel("log10 of the eigenvalue")
        axes.grid(visible=True, color="#e4e6ea", linewidth=0.6)
        if spectra:
            axes.legend(frameon=False)
        kind = path.suffix.lower().removeprefix(".")
        buffer = io.BytesIO()
        metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
        figure.savefig(buffer, format=kind, metadata=metadata)
    write_whole(path, buffer.getvalue())


def _curve(axes: Any, found: Spectrum) -> None:
    from math import log10

    zeros = found.count(State.EXACTLY_ZERO)
    label = f"{found.model}, {zeros} exactly 0" if zeros else str(found.model)
    heights = [
        (i, max(_LOWEST, log10(x.numerator) - log10(x.denominator)), state)
        for i, (x, state) in enumerate(zip(found.eigenvalues, found.states, strict=True), start=1)
        if x > 0
    ]
    solid = [(i, y) for i, y, state in heights if state is not State.UNRESOLVED]
    hollow = [(i, y) for i, y, state in heights if state is State.UNRESOLVED]
    (line,) = axes.plot([i for i, _ in solid], [y for _, y in solid], marker=".", linewidth=1, label=label)
    if hollow:
        style = {"marker": "o", "mfc": "none", "linestyle": "none", "color": line.get_color()}
        axes.plot([i for i, _ in hollow], [y for _, y in hollow], **style)
