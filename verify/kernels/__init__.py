"""Infinite-width kernels: in float64, in mpmath at any precision, and enclosed rigorously.

The names below are loaded at their first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify.kernels.empirical import empirical_kernel
    from verify.kernels.extremes import ExtremeEigenvalues, extreme_eigenvalues
    from verify.kernels.floating import KernelOperator, KernelPair, float_kernel, float_kernels, kernel_product
    from verify.kernels.quadrature import QuadratureKernel, quadrature_kernel
    from verify.kernels.reference import arb_kernel, least_eigenvalue_lower_bound, mpmath_kernel

__all__ = [
    "ExtremeEigenvalues",
    "KernelOperator",
    "KernelPair",
    "QuadratureKernel",
    "arb_kernel",
    "empirical_kernel",
    "extreme_eigenvalues",
    "float_kernel",
    "float_kernels",
    "kernel_product",
    "least_eigenvalue_lower_bound",
    "mpmath_kernel",
    "quadrature_kernel",
]

_HOME = {
    "ExtremeEigenvalues": "extremes",
    "extreme_eigenvalues": "extremes",
    "KernelOperator": "floating",
    "KernelPair": "floating",
    "QuadratureKernel": "quadrature",
    "arb_kernel": "reference",
    "empirical_kernel": "empirical",
    "float_kernel": "floating",
    "float_kernels": "floating",
    "kernel_product": "floating",
    "least_eigenvalue_lower_bound": "reference",
    "mpmath_kernel": "reference",
    "quadrature_kernel": "quadrature",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
