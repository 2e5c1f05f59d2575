"""fullrank decides, with proof, whether a neural network can fit a data set.

>>> import verify
>>> verify.decide([[1, 0], [2, 0]], "relu", labels=[1, 1]).outcome.value
'cannot_interpolate'

Importing this package is cheap: each public name is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify.activations import Activation, Profile
    from verify.data import Dataset, load_dataset, read
    from verify.kernels.least_eigenvalue import certified_lambda_min
    from verify.model import Model
    from verify.spectra import Spectrum, spectrum
    from verify.verdict import Outcome, Question, Verdict, decide

__all__ = [
    "Activation",
    "Dataset",
    "Model",
    "Outcome",
    "Profile",
    "Question",
    "Spectrum",
    "Verdict",
    "certified_lambda_min",
    "decide",
    "load_dataset",
    "read",
    "spectrum",
]

_HOME = {
    "Activation": "verify.activations",
    "Dataset": "verify.data",
    "Model": "verify.model",
    "Outcome": "verify.verdict",
    "Profile": "verify.activations",
    "Question": "verify.verdict",
    "Spectrum": "verify.spectra",
    "Verdict": "verify.verdict",
    "certified_lambda_min": "verify.kernels.least_eigenvalue",
    "decide": "verify.verdict",
    "load_dataset": "verify.data",
    "read": "verify.data",
    "spectrum": "verify.spectra",
}

_ROOMS = ("claims", "descent", "kernels", "landscapes", "width")  # packages, loaded when they are first named


def __getattr__(name: str) -> object:
    if name in _ROOMS:
        return importlib.import_module(f"verify.{name}")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
