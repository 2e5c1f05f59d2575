"""Spectra of kernel matrices, next to what is known of them exactly."""

from __future__ import annotations

from verify.spectra.compute import spectrum
from verify.spectra.report import Spectrum, State

__all__ = ["Spectrum", "State", "spectrum"]
