"""Hadamard matrices and the frames of their rows."""

from __future__ import annotations

import numpy as np

from counterexamples.catalogue.constructions.shapes import Integers, with_antipodes


def hadamard(order: int) -> Integers:
    """A Hadamard matrix: entries 1 and -1, orthogonal rows.

    Sylvester's for an order that is a power of 2, Paley's for p + 1 with a prime p = 3 modulo 4.

    Examples
    --------
    >>> h = hadamard(12)
    >>> bool((h @ h.T == 12 * np.eye(12)).all())
    True
    """
    if order < 1:
        raise ValueError(f"order = {order} is not positive")
    if order & (order - 1) == 0:
        h = np.ones((1, 1), dtype=np.int64)
        while len(h) < order:
            h = np.block([[h, h], [h, -h]])
        return h
    p = order - 1
    if p % 4 != 3 or any(p % q == 0 for q in range(3, int(p**0.5) + 1, 2)):
        raise ValueError(f"order = {order} is neither a power of 2 nor p + 1 for a prime p = 3 mod 4")
    squares = {x * x % p for x in range(1, p)}
    character = [0] + [1 if x in squares else -1 for x in range(1, p)]
    skew = np.zeros((order, order), dtype=np.int64)
    skew[0, 1:], skew[1:, 0] = 1, -1
    skew[1:, 1:] = [[character[(i - j) % p] for j in range(p)] for i in range(p)]
    return skew + np.eye(order, dtype=np.int64)


def hadamard_frames(*, order: int, frames: int = 1) -> Integers:
    """The rows of a Hadamard matrix; with two frames also e_1, ..., e_h; each with its negative."""
    rows = hadamard(order)
    if frames not in (1, 2):
        raise ValueError(f"frames = {frames} is neither 1 nor 2")
    return with_antipodes(rows if frames == 1 else np.vstack([rows, np.eye(order, dtype=np.int64)]))
