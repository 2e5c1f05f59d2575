"""The trusted checker of certificates; standard library alone."""

from .checker import Result, check_file, check_text, main

__all__ = ["Result", "check_file", "check_text", "main"]
