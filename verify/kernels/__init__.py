"""Infinite-width kernels: in mpmath at any precision, and enclosed rigorously."""

from __future__ import annotations

from verify.kernels.reference import least_eigenvalue_lower_bound, mpmath_kernel

__all__ = ["least_eigenvalue_lower_bound", "mpmath_kernel"]
