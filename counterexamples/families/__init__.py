"""Families of data sets with parameters, and the rank of every common model on them in closed form.

>>> from counterexamples.families import family
>>> family("cube").rank("relu", dimension=5)
21
"""

from counterexamples.families.counts import Counts
from counterexamples.families.family import Family
from counterexamples.families.members import FAMILIES, family

__all__ = ["FAMILIES", "Counts", "Family", "family"]
