"""The exceptions of fullrank, all in one place.

A verdict is never an exception and an exception is never a verdict: "this cannot be decided" is the outcome
`UNKNOWN`. What is raised here says that the *question* is not well put, that the *file* is not readable, or that the
thing asked for does not exist.
"""

from __future__ import annotations


class FullrankError(Exception):
    """Base of every exception that fullrank raises on purpose. Its text is one line: value, place and remedy."""


class DataError(FullrankError, ValueError):
    """The points or labels are not what they must be: a cell is not a number, rows are ragged, a file is empty."""


class ModelError(FullrankError, ValueError):
    """The model is not one: an unknown activation or modifier, a parameter out of range."""


class NotAvailableError(FullrankError):
    """The thing asked for does not exist here: the network of a tangent-kernel model, the certificate of UNKNOWN."""


class CertificateError(FullrankError, ValueError):
    """A certificate cannot be written or read."""


class CatalogueError(FullrankError, ValueError):
    """An entry of the catalogue is not known, cannot be read, or does not hold."""


class SearchError(FullrankError, ValueError):
    """A search is not well put: an unknown or contradictory requirement, a budget that is none."""


class DisagreementError(FullrankError):
    """Two independent routes to one answer disagree, so one of them is wrong: a bug of fullrank, never a verdict.

    `report` holds the data, the model and what each route said, JSON-ready.
    """

    def __init__(self, message: str, report: dict[str, object]) -> None:
        super().__init__(message)
        self.report = report

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.report)
