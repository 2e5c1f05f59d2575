"""Sphinx configuration. Build with: sphinx-build -W docs docs/_build/html"""

from __future__ import annotations

import sys
from importlib.metadata import version as distribution_version
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]

project = "fullrank"
author = "The fullrank developers"
copyright = "2026, The fullrank developers"
try:
    release = distribution_version("fullrank")
except ModuleNotFoundError:  # built from a source tree that is not installed
    import tomllib

    release = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
version = release

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinxcontrib.bibtex",
    "activation_table",
    "catalogue_pages",
    "spectra_page",
    "claims_page",
]
exclude_patterns = ["_build"]

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
smartquotes = False  # the reasons of profiles write derivatives as e''(1)

bibtex_bibfiles = ["refs.bib"]
bibtex_default_style = "plain"
bibtex_reference_style = "author_year"

suppress_warnings = ["ref.python"]  # "rank : int" in a docstring names an attribute; several classes have one

napoleon_google_docstring = False
napoleon_numpy_docstring = True
napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True}

html_theme = "furo"
html_title = f"fullrank {release}"
