"""What a search looks for, checked before it starts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterexamples.requirements import Point, meets, read_requirements
from verify.errors import SearchError
from verify.model import Family, Model, Unsupported, families_of

if TYPE_CHECKING:
    from verify import Verdict

MOST_POINTS, MOST_DIMENSIONS = 64, 16
FIRST_CHOICE = frozenset({"distinct_rays", "nonzero"})
"""What is required when nothing is said; where a theorem excludes a find, nothing but ``distinct``."""


@dataclass(frozen=True)
class Problem:
    """Points on which one model cannot have every labelling, and another can.

    Attributes
    ----------
    fails : Model
    fits : Model or None
    dimension, max_points : int
    require : frozenset of str
        Names of `counterexamples.requirements.REQUIREMENTS`; ``distinct`` always, because no function at all has two
        values at one point.
    """

    fails: Model
    fits: Model | None
    dimension: int
    max_points: int
    require: frozenset[str]

    def verdict(self, points: Sequence[Point]) -> Verdict:
        """Decide whether the model that should fail fits every labelling of the points."""
        from verify.data import Dataset
        from verify.verdict import decide

        return decide(Dataset(points), self.fails)

    def nullities(self, points: Sequence[Point]) -> tuple[int, int]:
        """Give the nullity of the model that should fail, and of the one that should fit (0 without one).

        Where an outcome is UNKNOWN nothing is found: (0, 1).
        """
        from verify.data import Dataset
        from verify.verdict import decide

        if not points:
            return 0, 0
        data = Dataset(points)
        fails = decide(data, self.fails).nullity
        fits = decide(data, self.fits).nullity if fails and self.fits is not None else 0
        return (0, 1) if fails is None or fits is None else (fails, fits)

    def holds(self, points: Sequence[Point]) -> bool:
        """Whether the points are what is looked for."""
        if not meets(points, self.require):
            return False
        fails, fits = self.nullities(points)
        return fails > 0 and fits == 0

    def describe(self) -> str:
        """Say in words what is looked for.

        Examples
        --------
        >>> pose("relu", fits="gelu", dimension=2, max_points=8, require="nonzero").describe()
        'at most 8 points in dimension 2 (distinct, nonzero) that relu cannot fit and gelu can'
        """
        points = "1 point" if self.max_points == 1 else f"{self.max_points} points"
        require = ", ".join(sorted(self.require))
        fits = f" and {self.fits} can" if self.fits is not None else ""
        return f"at most {points} in dimension {self.dimension} ({require}) that {self.fails} cannot fit{fits}"


def pose(
    fails: Model | str,
    *,
    fits: Model | str | None,
    dimension: int,
    max_points: int,
    require: Iterable[str] | str,
) -> Problem:
    """Make a problem, or refuse it.

    Raises
    ------
    ModelError
        For a model that is not known.
    SearchError
        For a model that no theorem covers, sizes out of range, and requirements that are unknown or contradictory.
    """
    models = [_covered(spec, name) for spec, name in ((fails, "fails"), (fits, "fits")) if spec is not None]
    for name, value, most in (("dimension", dimension, MOST_DIMENSIONS), ("max_points", max_points, MOST_POINTS)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise SearchError(f"{name}={value!r} is not a whole number of at least 0; write {name}=2")
        if value > most:
            raise SearchError(f"{name}={value} is out of reach of this search; choose at most {most}")
    if len(models) == 2 and models[0] == models[1]:
        raise SearchError(f"fails and fits are both {models[0]}: no set is both; choose two different models")
    needed = read_requirements(require, dimension=dimension, max_points=max_points)
    return Problem(models[0], models[1] if len(models) == 2 else None, dimension, max_points, needed | {"distinct"})


def conditions(model: Model) -> tuple[Family, ...]:
    """Give the condition families of a model that `pose` has accepted."""
    families = families_of(model)
    if isinstance(families, Unsupported):
        raise SearchError(f"no theorem here covers {model}: {families.reason}")
    return families


def _covered(spec: Model | str, name: str) -> Model:
    if not isinstance(spec, Model | str):
        raise SearchError(f"{name}={spec!r} is neither a Model nor text; write for example 'relu+bias'")
    model = Model.parse(spec) if isinstance(spec, str) else spec
    conditions(model)
    if model.activation.almost_everywhere:
        raise SearchError(f"{model} is discontinuous, so a find could not be certified; choose a continuous activation")
    return model
