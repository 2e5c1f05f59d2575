"""Outcome, rank, least loss, best predictions, and the explicit network that attains it."""

from verify.verdict.decision import decide
from verify.verdict.outcome import Outcome, Question
from verify.verdict.verdict import Verdict

__all__ = ["Outcome", "Question", "Verdict", "decide"]
