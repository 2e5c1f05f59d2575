"""Real algebraic coordinates such as sqrt(3)/2: number fields, and exact linear algebra in them."""

from verify.algebraic.array import AlgebraicArray
from verify.algebraic.field import Element, Number, NumberField

__all__ = ["AlgebraicArray", "Element", "Number", "NumberField"]
