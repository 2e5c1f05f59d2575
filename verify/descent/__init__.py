"""Gradient descent on a random hidden layer's last layer: predicted, simulated, and where it ends, exactly."""

from __future__ import annotations

from verify.descent.features import Features, random_layer
from verify.descent.lazy import LazyTraining, lazy_training, tangent_spectrum
from verify.descent.plateau import exact_projection
from verify.descent.prediction import Spectral, spectral_of_features, spectral_of_kernel
from verify.descent.report import DescentReport, descent_report
from verify.descent.simulation import Run, train_last_layer

__all__ = [
    "DescentReport",
    "Features",
    "LazyTraining",
    "Run",
    "Spectral",
    "descent_report",
    "exact_projection",
    "lazy_training",
    "random_layer",
    "spectral_of_features",
    "spectral_of_kernel",
    "tangent_spectrum",
    "train_last_layer",
]
