"""The proposed activations, confirmed on the same points: those that fit every set of distinct points."""

from __future__ import annotations

from counterexamples.evidence.record import Record
from counterexamples.evidence.subject import Subject
from verify.model import Model
from verify.verdict import Outcome, decide

ROUTE = "the proposed activations fit these points"
PROPOSED = ("exp", "sin_cos", "shifted_relu", "shifted_softplus", "shifted_sigmoid", "shifted_gaussian")


def record(subject: Subject) -> Record:
    """Decide the same points with each proposed activation: all have full rank when no two points are equal."""
    if not subject.distinct:
        return Record(ROUTE, None, "Does not apply: two points are equal, so no function has different values there.")
    points = type(subject.data)(subject.data.coordinates)
    full = {name: decide(points, Model(name)).outcome is Outcome.INTERPOLATES for name in PROPOSED}
    words = f"{', '.join(PROPOSED)}: rank {subject.n} of {subject.n}, exactly, for each."
    return Record(ROUTE, all(full.values()), words, {"activations": full})
