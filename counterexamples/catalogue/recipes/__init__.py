"""All recipes, in the order of their numbers."""

from __future__ import annotations

from counterexamples.catalogue.recipes import (
    architectures,
    augmentation,
    circuits,
    elementary,
    forms,
    lattices,
)
from counterexamples.catalogue.recipes.recipe import Recipe

RECIPES: tuple[Recipe, ...] = (
    *elementary.RECIPES,
    *circuits.RECIPES,
    *forms.RECIPES,
    *architectures.RECIPES,
    *lattices.RECIPES,
    *augmentation.RECIPES,
)
"""Every recipe of the catalogue."""

__all__ = ["RECIPES", "Recipe"]
