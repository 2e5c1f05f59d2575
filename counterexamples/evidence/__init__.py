"""Independent routes to one answer, all recorded: what makes a counterexample more than the word of one program.

Each route is a file. It ends in a `Record` that agrees with the verdict, or says why it does not apply. A route that
disagrees raises `verify.errors.DisagreementError`, because one of the two must be wrong.
"""

from counterexamples.evidence.gathering import Evidence, gather
from counterexamples.evidence.record import Record

__all__ = ["Evidence", "Record", "gather"]
