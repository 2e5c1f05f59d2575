"""The closed union of outcomes, and what was asked."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What is known about the question. There is no fourth case, and no number stands for one of these."""

    INTERPOLATES = "interpolates"
    """Some width and some weights attain the labels (every labelling, if that was the question)."""

    CANNOT_INTERPOLATE = "cannot_interpolate"
    """No width, no weights and no training attain the labels (some labelling, if the question was every one)."""

    UNKNOWN = "unknown"
    """No theorem here decides it; the verdict's `reason` says why. It is neither of the other two."""


class Question(StrEnum):
    """What was asked."""

    THESE_LABELS = "these labels"
    EVERY_LABELLING = "every labelling"
