"""Profile + points -> conditions -> exact rank and basis of the annihilator. Knows nothing of labels' files."""

from verify.annihilator.annihilator import Annihilator, annihilator

__all__ = ["Annihilator", "annihilator"]
