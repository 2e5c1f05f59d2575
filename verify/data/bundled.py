"""The data sets that come with fullrank: exact, offline, with sources and licences in ``sets/PROVENANCE.md``."""

from __future__ import annotations

import difflib
from importlib import resources

from verify.data.dataset import Dataset
from verify.data.readers import read
from verify.errors import DataError

_FILES = {
    "cell600": ("cell600.csv", "label"),
    "decagon": ("decagon.csv", "label"),
    "digits": ("digits.csv.gz", "digit"),
    "hexagon": ("hexagon.csv", "label"),
    "icosahedron": ("icosahedron.csv", "label"),
    "iris": ("iris.csv", "species"),
    "parity3": ("parity3.csv", "label"),
    "ray_pair": ("ray_pair.csv", "label"),
    "regular_hexagon": ("regular_hexagon.csv", "label"),
}


def names() -> tuple[str, ...]:
    """Return the names of the bundled data sets.

    Examples
    --------
    >>> names()
    ('cell600', 'decagon', 'digits', 'hexagon', 'icosahedron', 'iris', 'parity3', 'ray_pair', 'regular_hexagon')
    """
    return tuple(_FILES)


def load_dataset(name: str) -> Dataset:
    """Load a bundled data set.

    Parameters
    ----------
    name : str
        * ``iris``: Fisher's 150 irises, 4 lengths in cm as exact decimals; the label is the species 0, 1 or 2.
        * ``digits``: 1797 handwritten digits of 8 x 8 pixels from 0 to 16; the label is the digit.
        * ``hexagon``: {±e1, ±e2, ±(e1 + e2)}, three antipodal pairs in a plane; the label is 1 at e1 and 0 elsewhere.
        * ``parity3``: the cube {-1, 1}^3; the label is the product of the coordinates.
        * ``ray_pair``: x = (1, 2) and 2x, both with label 1.
        * ``regular_hexagon``, ``decagon``, ``icosahedron`` and ``cell600`` (the 120 vertices of the 600-cell): exact
          irrational coordinates; the label is 1 at the first point and 0 elsewhere.

    Raises
    ------
    DataError
        For an unknown name.

    Examples
    --------
    >>> load_dataset("iris").points[0]
    (Fraction(51, 10), Fraction(7, 2), Fraction(7, 5), Fraction(1, 5))
    """
    if name not in _FILES:
        near = difflib.get_close_matches(str(name), _FILES, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise DataError(f"there is no bundled data set {name!r}; {hint}the names are {', '.join(_FILES)}")
    file, label = _FILES[name]
    with resources.as_file(resources.files("verify.data") / "sets" / file) as path:
        return read(path, label=label)
