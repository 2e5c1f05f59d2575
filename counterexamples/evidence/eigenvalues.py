"""The eigenvalues of the infinite-width kernel: as many vanish as the nullity says, and the next does not."""

from __future__ import annotations

from typing import Any

from counterexamples.evidence.record import Record
from counterexamples.evidence.subject import Subject
from verify.errors import FullrankError
from verify.kernels import mpmath_kernel

ROUTE = "eigenvalues of the infinite-width kernel, mpmath"
MOST_POINTS = 40
_DIGITS = (50, 100, 200)
_SHOWN = 12  # eigenvalues that the words list


def record(subject: Subject) -> Record:
    """Count the eigenvalues below 1e-40 of the largest, computed with 50 digits; the others must be above 1e-20 of it.

    Where one lies between, the digits are doubled, and the two bounds with them.
    """
    if subject.n == 0:
        return Record(ROUTE, None, "Does not apply: there is no point.")
    if subject.n > MOST_POINTS:
        return Record(ROUTE, None, f"Does not apply: there are more than {MOST_POINTS} points.")
    words = ""
    for digits in _DIGITS:
        try:
            values, shown = _eigenvalues(subject, digits)
        except FullrankError as error:
            return Record(ROUTE, None, f"Does not apply: {error}.")
        top = max((abs(x) for x in values), default=0)
        zeros = sum(abs(x) <= top / 10 ** (digits * 4 // 5) for x in values)
        between = sum(abs(x) <= top / 10 ** (digits * 2 // 5) for x in values) - zeros
        words = _words(shown, zeros, digits)
        found = {"eigenvalues": shown, "zeros": zeros, "digits": digits}
        if not between and zeros == subject.nullity:
            return Record(ROUTE, True, words, found)
        if not between and zeros < subject.nullity:
            return Record(ROUTE, False, words, found)
    return Record(ROUTE, None, f"Cannot tell, {digits} digits are too few: {words}")


def _eigenvalues(subject: Subject, digits: int) -> tuple[list[Any], list[str]]:
    """The eigenvalues, the largest first, and each as text of 12 digits."""
    import mpmath

    kernel = mpmath_kernel(subject.data, subject.model, digits=digits)
    with mpmath.workdps(digits):
        values = sorted(mpmath.eigsy(kernel, eigvals_only=True), reverse=True)
        top = max(abs(x) for x in values)
        least = top / mpmath.mpf(10) ** (digits * 4 // 5)
        return values, [mpmath.nstr(x, 12) if abs(x) > least else "0" for x in values]


def _words(shown: list[str], zeros: int, digits: int) -> str:
    listed = [f"{float(x):.4g}" for x in shown if x != "0"]
    text = ", ".join(listed[:_SHOWN]) + (", ..." if len(listed) > _SHOWN else "") or "none"
    vanish = f" and {zeros} below 1e-{digits * 4 // 5} of the largest" if zeros else ", none that vanishes"
    return f"{text}{vanish} ({digits} digits)."
