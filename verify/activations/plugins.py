"""Activations that other packages register: entry points of the group ``fullrank.activations``.

The value of an entry point, ``module:FORMULA``, is a text in the formula language. It is loaded only when its name is
asked for and is not one of ours, so a plug-in shadows nothing; and its certificates are conditional, as those of every
formula are, so it cannot reach the checker.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import NamedTuple

from verify.activations.derived import FormulaActivation, from_text
from verify.activations.entries import ENTRIES
from verify.activations.parametrised import TEMPLATES
from verify.activations.table import ALIASES
from verify.errors import ModelError

GROUP = "fullrank.activations"


class Registered(NamedTuple):
    """A name that another package registers: nothing of the package is loaded yet."""

    name: str
    distribution: str
    reference: str


_OURS = {*ALIASES, *TEMPLATES, *(entry.name for entry in ENTRIES), "leaky_relu", "prelu", "rrelu"}


def registered() -> tuple[Registered, ...]:
    """List what other packages register, ordered by name; names that are ours are left out."""
    found = {Registered(point.name, _distribution(point), point.value): None for point in entry_points(group=GROUP)}
    return tuple(sorted(item for item in found if item.name not in _OURS))


def plugin(name: str, *, cached: bool = False) -> FormulaActivation | None:
    """Load the activation that another package registers under this name; None when there is none.

    Raises
    ------
    ModelError
        When it cannot be loaded or is no formula, or when two packages register the name; the message names them.
    """
    points = {(_distribution(point), point.value): point for point in entry_points(group=GROUP, name=name)}
    if not points:
        return None
    if len(points) > 1:
        owners = " and ".join(sorted(f"{owner} ({value})" for owner, value in points))
        raise ModelError(f"the activation {name!r} is registered twice, by {owners}; uninstall one of them")
    ((owner, value), point) = next(iter(points.items()))
    try:
        text = point.load()
    except (Exception, SystemExit) as error:  # whatever a foreign module raises while it loads
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ModelError(_broken(name, owner, f"{value} cannot be loaded ({reason:.200})")) from None
    if not isinstance(text, str):
        raise ModelError(_broken(name, owner, f"{value} is {text!r:.40} and not the text of a formula"))
    try:
        return from_text(text, {}, title=name, cached=cached)
    except ModelError as error:
        raise ModelError(_broken(name, owner, str(error))) from None


def _distribution(point: EntryPoint) -> str:
    return "an unknown distribution" if point.dist is None else f"{point.dist.name} {point.dist.version}"


def _broken(name: str, owner: str, why: str) -> str:
    return f"the activation {name!r} of {owner} cannot be used: {why}; update or uninstall that package"
