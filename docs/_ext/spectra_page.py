"""Fill the page ``spectra``: condition numbers and effective ranks of kernels on the same points, and pictures.

Everything is computed when the documentation is built, by `verify.spectrum`.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from verify import Dataset, Spectrum, load_dataset, spectrum
from verify.kernels.forms import closed_form
from verify.kernels.piecewise_linear import piecewise_linear_form
from verify.model import Model
from verify.spectra import State
from verify.spectra.plot import draw
from verify.spectra.report import decimal

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MARKER = "<!-- spectra table -->"
MODELS = ("relu", "gelu", "tanh", "shifted_relu", "sin_cos", "exp")
POINTS = 20
DIRECTIONS = [  # of ten different lines
    (1, 0, 0),
    (0, 1, 0),
    (0, 0, 1),
    (1, 1, 0),
    (1, 0, 1),
    (0, 1, 1),
    (1, -1, 0),
    (1, 0, -1),
    (0, 1, -1),
    (1, 1, 1),
]


@cache
def data_sets() -> dict[str, Dataset]:
    """Make the data sets of the page, all of them rational."""
    digits = [point[:64] for point in load_dataset("digits").points[:POINTS]]
    rays = [[t * x for x in row] for row in DIRECTIONS for t in (Fraction(1, 2), Fraction(1))]
    pairs = [[t * Fraction(x) for x in row] for row in DIRECTIONS for t in (1, -1)]
    return {
        "digits/64": Dataset([[x / 64 for x in point] for point in digits]),
        "digits/16": Dataset([[x / 16 for x in point] for point in digits]),
        "two points on each ray": Dataset(rays),
        "antipodal pairs": Dataset(pairs),
        "spacing 1/100": Dataset([[1, Fraction(k, 100)] for k in range(POINTS // 2)]),
    }


@cache
def found(model: str, name: str) -> Spectrum:
    """Compute a spectrum in balls where the kernel has a closed form, else in float64."""
    activation = Model.parse(model).activation
    known = (closed_form(activation) or piecewise_linear_form(activation)) is not None
    return spectrum(data_sets()[name], model, arithmetic="arb" if known else "float64")


def cell(result: Spectrum) -> str:
    """Write the condition number, or why there is none."""
    if result.exact_nullity:
        return f"singular, nullity {result.exact_nullity}"
    if result.condition is None:
        resolved = result.count(State.NOT_ENCLOSED)
        return (
            f"above {decimal(result.eigenvalues[0] / result.error, digits=2)} ({resolved} of {result.data.n} resolved)"
        )
    return decimal(result.condition, digits=3)


def table() -> str:
    """Write the table as MyST Markdown: a row for each data set, a column for each model."""
    lines = ["| points | " + " | ".join(f"`{model}`" for model in MODELS) + " |", "|---|" + "---|" * len(MODELS)]
    for name, points in data_sets().items():
        cells = [f"{cell(found(model, name))}; {found(model, name).effective_rank:.3g}" for model in MODELS]
        lines.append(f"| {points.n}, {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _draw(app: Sphinx) -> None:
    folder = Path(app.srcdir) / "_generated"
    folder.mkdir(exist_ok=True)
    for file, name in (("spectra-digits.svg", "digits/64"), ("spectra-rays.svg", "two points on each ray")):
        draw([found(model, name) for model in MODELS], folder / file)


def _fill(app: Sphinx, docname: str, source: list[str]) -> None:
    if docname == "spectra":
        source[0] = source[0].replace(MARKER, table())


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("builder-inited", _draw)
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
