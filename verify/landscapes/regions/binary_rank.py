"""The exact rank of a matrix of zeros and ones, by elimination modulo primes and Hadamard's bound."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_PRIMES = (2**61 - 1, 2**31 - 1, 2**63 - 25, 2**62 - 57, 2**60 - 93)


def binary_rank(matrix: NDArray[Any]) -> int:
    """Return the rank over the rationals of a matrix of zeros and ones.

    Modulo a prime the rank r is never too large. If it were too small, a minor of order r + 1 would be nonzero and
    divisible by the prime; but such a minor is at most (r + 2)^((r + 2)/2) / 2^(r + 1) (Hadamard, for zeros and ones).
    More primes are taken until their product is larger; where it never is, rational arithmetic decides.

    Examples
    --------
    >>> binary_rank(np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]]))
    3
    >>> binary_rank(np.zeros((2, 3), dtype=bool))
    0
    """
    from verify.flint_backend import modular_rank, rank

    rows = np.unique(matrix, axis=0).astype(int).tolist() if matrix.size else []
    found, product = 0, 1
    for prime in _PRIMES:
        found = max(found, modular_rank(rows, prime))
        product *= prime
        if found == min(len(rows), matrix.shape[1]) or _squared_bound(found + 1) < product * product:
            return found
    return rank(rows)


def _squared_bound(order: int) -> int:
    """Bound the square of a minor of this order from above, in integers."""
    bound: int = (order + 1) ** (order + 1) // 4**order + 1
    return bound
