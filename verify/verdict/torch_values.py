"""Formulas in PyTorch: the same walk as in the other arithmetics, on tensors."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

Tensor: TypeAlias = Any


class TorchArithmetic:
    """Tensors of PyTorch. Gradients are those of autograd: at a kink one of the two, at a jump none.

    Parameters
    ----------
    torch : module
    like : torch.Tensor
        Constants are made of its type, on its device.
    """

    def __init__(self, torch: Any, like: Tensor) -> None:
        self.torch, self.like = torch, like

    def number(self, value: Fraction) -> Tensor:
        """Round a rational constant."""
        return self.torch.full_like(self.like, float(value))

    def pi(self) -> Tensor:
        """Round pi."""
        return self.torch.full_like(self.like, math.pi)

    def add(self, a: Tensor, b: Tensor) -> Tensor:
        """Add."""
        return a + b

    def neg(self, a: Tensor) -> Tensor:
        """Change the sign."""
        return -a

    def mul(self, a: Tensor, b: Tensor) -> Tensor:
        """Multiply."""
        return a * b

    def div(self, a: Tensor, b: Tensor) -> Tensor:
        """Divide."""
        return a / b

    def pow(self, a: Tensor, exponent: Fraction) -> Tensor:
        """Raise to a rational power."""
        return a ** (int(exponent) if exponent.denominator == 1 else float(exponent))

    def max(self, a: Tensor, b: Tensor) -> Tensor:
        """Take the larger one."""
        return self.torch.maximum(a, b)

    def where(self, relation: str, u: Tensor, yes: Callable[[], Tensor], no: Callable[[], Tensor]) -> Tensor:
        """Choose entry by entry."""
        return self.torch.where({">": u > 0, ">=": u >= 0, "==": u == 0}[relation], yes(), no())

    def function(self, name: str, u: Tensor) -> Tensor:
        """Apply a function of one argument."""
        if name == "softplus":
            return self.torch.logaddexp(u, self.torch.zeros_like(u))
        if name == "sinc":
            return self.torch.sinc(u / math.pi)
        return getattr(self.torch, name)(u)
