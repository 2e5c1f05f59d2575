"""The loss curves as a picture."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from verify.errors import NotAvailableError

if TYPE_CHECKING:
    from verify.descent.report import DescentReport


def svg(report: DescentReport) -> bytes:
    """Draw predicted and simulated losses on the same axes, with the plateau.

    Parameters
    ----------
    report : DescentReport

    Returns
    -------
    bytes
        An SVG file; equal reports give equal bytes.

    Raises
    ------
    NotAvailableError
        When matplotlib is not installed.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise NotAvailableError("plots need matplotlib; install the extra 'plot' (pip install '.[plot]')") from None
    with matplotlib.rc_context({"svg.hashsalt": "fullrank", "svg.fonttype": "none"}):
        figure = Figure(figsize=(7, 4.5), layout="constrained")
        axes = figure.add_subplot()
        runs = [("last layer", report.predicted, report.simulated.losses, "C0")]
        if report.lazy is not None:
            runs.append(("both layers", report.lazy.predicted, report.lazy.simulated.losses, "C1"))
        for name, predicted, simulated, colour in runs:
            source = "spectrum" if name == "last layer" else "tangent kernel"
            places = _places(len(predicted))
            axes.plot(places + 1, predicted[places], color=colour, label=f"{name}, predicted from the {source}")
            places = _places(len(simulated))[::4]
            axes.plot(places + 1, simulated[places], "o", color=colour, ms=4, mfc="none", label=f"{name}, run")
        plateau = float(report.plateau) if report.plateau is not None else report.spectral.plateau
        for value, label, style in (
            (plateau, "plateau of the sampled features", "--"),
            (report.least_mse, "least loss of any width", ":"),
        ):
            if value:
                axes.axhline(float(value), color="0.4", linestyle=style, label=f"{label}: {float(value):.4g}")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("step + 1")
        axes.set_ylabel("mean squared error")
        axes.set_title(f"{report.model}, width {report.width}, {report.data.n} points", fontsize=10)
        axes.legend(fontsize=8)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _places(count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """About 200 places, evenly spread in the logarithm."""
    places: np.ndarray[tuple[int], np.dtype[np.int64]] = np.unique(
        np.rint(np.geomspace(1, max(1, count), 200)).astype(np.int64) - 1
    )
    return places
