"""Infinite-width kernels: in mpmath at any precision, and enclosed rigorously."""

from __future__ import annotations

from verify.kernels.reference import arb_kernel, least_eigenvalue_lower_bound, mpmath_kernel

__all__ = ["arb_kernel", "least_eigenvalue_lower_bound", "mpmath_kernel"]
