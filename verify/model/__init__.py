"""Models, and the conditions that they impose on the annihilator."""

from verify.model.conditions import Family, Unsupported, families_of, uncovered_zero
from verify.model.model import Model, Regime

__all__ = ["Family", "Model", "Regime", "Unsupported", "families_of", "uncovered_zero"]
