"""The least population loss that a student of a given width can have, and the spectrum of the best student.

Theorem (chapter of the documentation, section 5). With s_1 >= ... >= s_d the eigenvalues of the teacher and T the sum
of those after the m-th, min L = 1/2 (sum of s_i^2 after the m-th + T^2/(m + 2)), attained exactly by the W whose W W^T
has m top eigenvectors of the teacher with eigenvalues s_i + T/(m + 2). It is 0 if, and only if, m >= m*.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verify.algebraic.polynomials import Interval
from verify.landscapes.quadratic.critical_points import check_width
from verify.landscapes.quadratic.teacher import Teacher


@dataclass(frozen=True)
class LeastLoss:
    """The least loss and the students that attain it.

    Attributes
    ----------
    bounds : (Fraction, Fraction)
        The least loss lies between them; equal bounds are exact.
    eigenvalues : tuple of (Fraction, Fraction)
        Bounds of the eigenvalues of the best W W^T that are not 0, the largest first.
    is_unique : bool
        Whether the best W W^T is unique; if not, the m-th and the next eigenvalue of the teacher are equal.
    """

    bounds: Interval
    eigenvalues: tuple[Interval, ...]
    is_unique: bool

    @property
    def exact(self) -> Fraction | None:
        """The least loss, where it is known to be this rational number."""
        return self.bounds[0] if self.bounds[0] == self.bounds[1] else None


def least_loss(teacher: Teacher, width: int, *, bits: int = 64) -> LeastLoss:
    """Find the least population loss of a student.

    Parameters
    ----------
    teacher : Teacher
    width : int
        m, the number of neurons of the student.
    bits : int, default 64
        The accuracy of irrational eigenvalues, as in `Teacher.spectrum`. The loss is exact for a rational spectrum, and
        wherever the eigenvalues after the m-th are whole sets of conjugates.

    Raises
    ------
    DataError
        For a width below 1.

    Examples
    --------
    >>> least_loss(Teacher.from_eigenvalues(["1", "1/2", "1/4"], dimension=5), 2).exact
    Fraction(5, 128)
    >>> best = least_loss(Teacher.from_matrix([[2, 1], [1, 1]]), 1)
    >>> best.exact, round(float(best.bounds[0]), 6), round(float(best.bounds[1]), 6)
    (None, 0.097265, 0.097265)
    """
    check_width(width)
    spectrum = teacher.spectrum(bits=bits)
    room = min(width, teacher.rank)
    kept = []
    for s in spectrum:
        kept.append(min(s.multiplicity, room))
        room -= kept[-1]
    left = [s.multiplicity - k for s, k in zip(spectrum, kept, strict=True)]
    T, Q = teacher.sums_over(spectrum, left)
    r = width + 2
    eigenvalues = [
        (s.bounds[0] + T[0] / r, s.bounds[1] + T[1] / r) for s, k in zip(spectrum, kept, strict=True) for _ in range(k)
    ]
    is_unique = width >= teacher.rank or not any(k and rest for k, rest in zip(kept, left, strict=True))
    return LeastLoss(((Q[0] + T[0] ** 2 / r) / 2, (Q[1] + T[1] ** 2 / r) / 2), tuple(eigenvalues), is_unique)
