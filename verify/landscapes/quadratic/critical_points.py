"""All critical points of the population loss, and which of them are strict saddles.

Theorem (chapter of the documentation, sections 3 and 4). W is critical if, and only if, Z = W W^T is diagonal in an
eigenbasis of Z* and, for the set I of the r <= min(d, m) eigenvectors that span its range, its eigenvalues are
z_i = s_i + T/(r + 2) > 0, T the sum of the s_i outside I. The loss is then 1/2 (sum of s_i^2 outside I + T^2/(r + 2)).
It is a global minimum if T = 0, or if r = m and I are m largest eigenvalues; otherwise a strict saddle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from verify.algebraic.polynomials import Interval
from verify.errors import DataError
from verify.landscapes.quadratic.teacher import Eigenvalue, Teacher


class Kind(StrEnum):
    """What a critical point of the loss is; there is nothing else."""

    GLOBAL_MINIMUM = "global minimum"
    STRICT_SADDLE = "strict saddle"


@dataclass(frozen=True)
class CriticalPoint:
    """A set of critical points with the same eigenvalues.

    Attributes
    ----------
    kept : tuple of int
        How many eigenvectors of each distinct eigenvalue, the largest first, span the range of W W^T.
    eigenvalues : tuple of (Fraction, Fraction)
        Bounds of the eigenvalues of W W^T that are not 0, in this order; equal bounds are exact.
    loss : (Fraction, Fraction)
        Bounds of the loss.
    kind : Kind
    curvature : (Fraction, Fraction) or None
        For a saddle, bounds of the second derivative of L along the direction of unit norm that the proof uses; it is
        negative.
    """

    kept: tuple[int, ...]
    eigenvalues: tuple[Interval, ...]
    loss: Interval
    kind: Kind
    curvature: Interval | None


def count_critical_types(teacher: Teacher, width: int) -> int:
    """Count what `critical_points` lists, without listing it.

    One of them is the global minimum, the others are strict saddles.

    Raises
    ------
    DataError
        For a width below 1.

    Examples
    --------
    >>> count_critical_types(Teacher.from_eigenvalues([1] * 100, dimension=200), 50)
    1326
    """
    check_width(width)
    counts = [1]  # how many choices of each size up to the width
    for polynomial, power in teacher.factors:
        for _ in range(len(polynomial) - 1):
            sums = [0, *accumulate(counts)]
            size = min(len(counts) + power, width + 1)
            counts = [sums[min(k + 1, len(counts))] - sums[max(k - power, 0)] for k in range(size)]
    zeros_kept = max(min(width, teacher.dimension) - teacher.rank, 0)  # I = everything positive and k zeros: z_i = 0
    return sum(counts) - zeros_kept


def critical_points(teacher: Teacher, width: int, *, bits: int = 64) -> Iterator[CriticalPoint]:
    """List the critical points by their eigenvalues, exactly.

    Parameters
    ----------
    teacher : Teacher
    width : int
        m, the number of neurons of the student.
    bits : int, default 64
        The accuracy of irrational eigenvalues, as in `Teacher.spectrum`.

    Raises
    ------
    DataError
        For a width below 1.

    Notes
    -----
    Their number, `count_critical_types`, is at most the number of ways to choose at most m out of d eigenvalues.

    Examples
    --------
    >>> for point in critical_points(Teacher.from_eigenvalues([2, 1]), 1):
    ...     print(point.kept, [str(z) for z, _ in point.eigenvalues], point.loss[0], point.kind)
    (0, 0) [] 19/4 strict saddle
    (0, 1) ['5/3'] 8/3 strict saddle
    (1, 0) ['7/3'] 2/3 global minimum
    """
    check_width(width)
    spectrum = teacher.spectrum(bits=bits)
    for kept in _choices([s.multiplicity for s in spectrum], width):
        point = _critical_point(teacher, spectrum, kept, width)
        if point is not None:
            yield point


def _choices(sizes: list[int], room: int) -> Iterator[tuple[int, ...]]:
    """List the tuples of numbers from 0 to the sizes whose sum is at most `room`, in lexicographic order."""
    kept = [0] * len(sizes)
    while True:
        yield tuple(kept)
        total = sum(kept)
        for i in reversed(range(len(sizes))):
            if kept[i] < sizes[i] and total < room:
                kept[i] += 1
                break
            total -= kept[i]
            kept[i] = 0
        else:
            return


def _critical_point(
    teacher: Teacher, spectrum: list[Eigenvalue], kept: tuple[int, ...], width: int
) -> CriticalPoint | None:
    r = sum(kept)
    left = [s.multiplicity - k for s, k in zip(spectrum, kept, strict=True)]
    T, squares = teacher.sums_over(spectrum, left)
    is_zero = not any(k and s.exact != 0 for s, k in zip(spectrum, left, strict=True))
    if is_zero and spectrum[-1].exact == 0 and kept[-1]:
        return None  # the eigenvalue z_i of a kept zero would be 0
    shift = T[0] / (r + 2), T[1] / (r + 2)
    chosen = [s.bounds for s, k in zip(spectrum, kept, strict=True) for _ in range(k)]
    z = [(low + shift[0], high + shift[1]) for low, high in chosen]
    loss = (squares[0] + T[0] ** 2 / (r + 2)) / 2, (squares[1] + T[1] ** 2 / (r + 2)) / 2
    first_left = next((i for i, k in enumerate(left) if k), len(left))
    last_kept = max((i for i, k in enumerate(kept) if k), default=-1)
    if is_zero or (r == width and last_kept <= first_left):
        return CriticalPoint(kept, tuple(z), loss, Kind.GLOBAL_MINIMUM, None)
    top = spectrum[first_left].bounds
    if r < width:  # along u_j a^T with W a = 0: -2 s_j + tau, tau = -2 T/(r + 2)
        curvature = -2 * (top[1] + shift[1]), -2 * (top[0] + shift[0])
    else:  # along u_j a^T with W a = sqrt(z_i) u_i: 2 (s_i - s_j)
        low = spectrum[last_kept].bounds
        curvature = 2 * (low[0] - top[1]), 2 * (low[1] - top[0])
    return CriticalPoint(kept, tuple(z), loss, Kind.STRICT_SADDLE, curvature)


def check_width(width: int) -> None:
    """Refuse a width that is not a positive whole number."""
    if isinstance(width, bool) or not isinstance(width, int) or width < 1:
        raise DataError(f"a student of width {width}; give it at least one neuron")
