"""Fields, models and small steps that the tests of algebraic coordinates share."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from verify.algebraic import Element, NumberField
from verify.algebraic.constants import Builder, parse_constant
from verify.check import check_text

SQRT5 = NumberField([-5, 0, 1], (Fraction(2), Fraction(3)))
CUBIC = NumberField([-2, 0, 0, 1], (Fraction(1), Fraction(2)))
QUARTIC = NumberField([5, 0, -5, 0, 1], (Fraction(15, 8), Fraction(2)))  # 2 sin(2 pi/5)
FIELDS = [SQRT5, CUBIC, QUARTIC]
MODELS = ["relu", "gelu", "tanh", "sigmoid", "swiglu", "relu+hidden_bias", "abs", "relu2", "square", "cos+skip", "exp",
          "relu+layers=3", "tanh+output_bias", "relu2+layers=2", "softplus+ntk", "silu+gated+bias+skip"]  # fmt: skip


def values(*texts: str) -> list[Element]:
    builder = Builder()
    constants = [parse_constant(text) for text in texts]
    for constant in constants:
        builder.value(constant)
    return [builder.value(constant) for constant in constants]


def accepted(verdict: Any) -> bool:
    result = check_text(json.dumps(verdict.certificate()))
    assert result.status == "accepted", result.message
    return True
