"""The minimal vectors of the Leech lattice, from the extended binary Golay code."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from counterexamples.catalogue.constructions.shapes import Integers

_GENERATOR = 0b101011100011  # x^11 + x^9 + x^7 + x^6 + x^5 + x + 1, a factor of x^23 - 1 over the field of two elements


def golay_code() -> Integers:
    """The 4,096 words of the extended binary Golay code, as rows of 24 bits.

    The multiples of the generator polynomial form the cyclic code of length 23 and least distance 7; the last bit
    makes the number of ones even.

    Examples
    --------
    >>> np.bincount(golay_code().sum(axis=1)).nonzero()[0].tolist()
    [0, 8, 12, 16, 24]
    """
    shifted = np.array([[_GENERATOR << i >> j & 1 for j in range(23)] for i in range(12)], dtype=np.int64)
    messages = np.array(list(product((0, 1), repeat=12)), dtype=np.int64)
    words = messages @ shifted % 2
    return np.hstack([words, words.sum(axis=1, keepdims=True) % 2])


def leech_minimal_vectors() -> Integers:
    """The 196,560 vectors of least norm of the Leech lattice, times the square root of 8, in dimension 24.

    In the usual coordinates they are the 1,104 vectors with two entries +-4 and all others 0; the 759 * 2^7 vectors
    with entries +-2 on one of the 759 words of weight 8, with an even number of minus signs; and the 24 * 2^12 vectors
    made from (-3, 1, ..., 1) by putting the -3 in any place and changing the signs on any word of the code.

    Examples
    --------
    >>> vectors = leech_minimal_vectors()
    >>> vectors.shape, set((vectors**2).sum(axis=1).tolist())
    ((196560, 24), {32})
    """
    words = golay_code()
    fours = np.zeros((4 * 276, 24), dtype=np.int64)
    signs = list(product((4, -4), repeat=2))
    for row, ((i, j), (a, b)) in enumerate(product(combinations(range(24), 2), signs)):
        fours[row, [i, j]] = a, b
    octads = words[words.sum(axis=1) == 8]
    even = np.array([s for s in product((2, -2), repeat=8) if sum(x < 0 for x in s) % 2 == 0], dtype=np.int64)
    twos = np.zeros((len(octads), len(even), 24), dtype=np.int64)
    for block, octad in zip(twos, octads, strict=True):
        block[:, np.flatnonzero(octad)] = even
    ones = (1 - 4 * np.eye(24, dtype=np.int64)) * (1 - 2 * words[:, np.newaxis, :])
    return np.vstack([fours, twos.reshape(-1, 24), ones.reshape(-1, 24)])
