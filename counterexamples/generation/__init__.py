"""Data sets made to measure: prescribed nullity, prescribed least loss, certified."""

from counterexamples.generation.prescribed import Generated, generate

__all__ = ["Generated", "generate"]
