"""The trusted checker of certificates: `checker.py`, and `field.py` for irrational points; standard library alone."""

from __future__ import annotations

from .checker import Result, check_file, check_text, main

__all__ = ["Result", "check_file", "check_text", "main"]
