"""Which points lie on one line through 0, which are antipodal, which are equal: exact, at the speed of a sort.

Points are partitioned into *blocks*: lines through the origin, pairs {x, -x}, or single points, whichever is the
finest partition that the conditions of a model can be stated on. Inside a block every point is a rational multiple of
its first point, x_i = t_i x_r, and all that the theory needs of a block is the *pattern* of its ratios t_i. Blocks
with the same pattern are kept together in one array, so that later work is done once for each pattern.

How a million points are partitioned exactly. IEEE division is correctly rounded, so the float nearest to x_ij / x_ip
(p the first nonzero coordinate) is a function of the line alone: points on one line have *equal* quotients, bit for
bit, and points with different quotients lie on different lines. Equal quotients are only candidates; they are
confirmed without rounding, by products of integers below 2^63 or by Dekker's error-free product of floats. Where
neither applies (integers beyond 2^53), Python integers decide.

Cost: O(n d + n log n) time; memory O(n) beyond the points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from verify.data.exact_array import ExactArray

Values = NDArray[Any]  # int64, float64, or object holding Python integers
BlockKind = Literal["line", "pair", "point", "lifted"]
Indices = NDArray[np.int64]

_ONE, _MINUS_ONE = Fraction(1), Fraction(-1)
_CHUNK = 1 << 15
_FLOAT_EXACT = 2**53
_PRODUCT_EXACT = 2**31


@dataclass(frozen=True)
class BlockGroup:
    """All blocks with one pattern.

    Attributes
    ----------
    ratios : tuple of m Fraction
        The t_i relative to the first member, so ``ratios[0]`` is 1; all 0 for the block of the zero points.
    members : ndarray of int64, shape (blocks, m)
        Indices of the points; increasing in each row.
    """

    ratios: tuple[Fraction, ...]
    members: Indices


def partition(points: ExactArray, kind: BlockKind) -> list[BlockGroup]:
    """Partition points into lines through 0, pairs {x, -x} or equal points.

    Parameters
    ----------
    points : ExactArray of shape (n, d)
    kind : "line", "pair", "point" or "lifted"
        Lines through 0, pairs {x, -x}, equal points x; the zero points then form one block of their own, with
        ratios 0. With "lifted" the partition of the points (x, 1): equal points, and no point is zero.

    Returns
    -------
    list of BlockGroup
        Each index from 0 to n - 1 is in exactly one block.

    Examples
    --------
    >>> square = ExactArray.from_fractions([[1, 2], [-2, -4], [0, 3]], 2)
    >>> [(group.ratios, group.members.tolist()) for group in partition(square, "line")]
    [((Fraction(1, 1),), [[2]]), ((Fraction(1, 1), Fraction(-2, 1)), [[0, 1]])]
    """
    values = points.values
    everything = np.arange(values.shape[0], dtype=np.int64)
    if not _floats_are_exact(values):
        return _by_dictionary(points, everything, kind)
    keys, is_zero = _keys(values, kind)
    groups: list[BlockGroup] = []
    rest = everything
    if kind != "lifted" and is_zero.any():
        zeros = everything[is_zero]
        groups.append(BlockGroup((Fraction(0),) * len(zeros), zeros[None, :]))
        rest = everything[~is_zero]
        keys = keys[rest]
    ordered = np.sort(keys)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not repeated.size:
        return groups + _singles(rest)
    is_shared = np.isin(keys, repeated)
    groups += _singles(rest[~is_shared])
    return groups + _shared(points, rest[is_shared], keys[is_shared], kind)


def _singles(indices: Indices) -> list[BlockGroup]:
    return [BlockGroup((_ONE,), indices[:, None])] if indices.size else []


def _floats_are_exact(values: Values) -> bool:
    if values.dtype == np.float64 or not values.size:
        return True
    return bool(values.dtype == np.int64 and values.max() <= _FLOAT_EXACT and values.min() >= -_FLOAT_EXACT)


def _keys(values: Values, kind: BlockKind) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Hash what blocks of this kind have in common, bit for bit; and say which points are zero."""
    n, d = values.shape
    keys = np.empty(n, dtype=np.uint64)
    is_zero = np.empty(n, dtype=np.bool_)
    multipliers = np.array([[_odd_multiplier(j)] for j in range(d)], dtype=np.uint64).reshape(d, 1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        for start in range(0, n, _CHUNK):
            chunk = np.asfortranarray(values[start : start + _CHUNK], dtype=np.float64)
            pivot = np.zeros(len(chunk))
            for column in chunk.T:
                undecided = pivot == 0
                if not undecided.any():
                    break
                np.copyto(pivot, column, where=undecided)
            divisor = pivot if kind == "line" else np.copysign(1.0, pivot) if kind == "pair" else np.float64(1)
            mixed = np.zeros(len(chunk), dtype=np.uint64)
            for j, multiplier in enumerate(multipliers):
                quotient = chunk[:, j] / divisor
                quotient += 0.0  # one zero: -0.0 becomes 0.0
                bits = quotient.view(np.uint64)
                mixed += (bits ^ (bits >> np.uint64(32))) * multiplier
                mixed ^= mixed >> np.uint64(29)
            keys[start : start + _CHUNK] = mixed
            is_zero[start : start + _CHUNK] = pivot == 0
    return keys, is_zero


def _odd_multiplier(j: int) -> int:
    """A fixed, well-mixed odd number below 2^64 (SplitMix64)."""
    mask = 2**64 - 1
    z = (j + 1) * 0x9E3779B97F4A7C15 & mask
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & mask
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & mask
    return z ^ (z >> 31) | 1


def _shared(points: ExactArray, indices: Indices, keys: NDArray[np.uint64], kind: BlockKind) -> list[BlockGroup]:
    """Partition points whose keys are shared. The points must be nonzero unless `kind` is "lifted"."""
    order = np.argsort(keys, kind="stable")
    indices, keys = indices[order], keys[order]
    is_first = np.concatenate(([True], keys[1:] != keys[:-1]))
    starts = np.flatnonzero(is_first)
    block = np.cumsum(is_first) - 1
    firsts = indices[starts][block]
    signs, is_member = _compare(points.values, indices, firsts, kind)
    if not is_member.all():  # two blocks with one key: rare, so decide these by Python integers
        is_mixed = np.isin(block, block[~is_member])
        mixed = _by_dictionary(points, np.sort(indices[is_mixed]), kind)
        keep = ~is_mixed
        return mixed + (_shared(points, indices[keep], keys[keep], kind) if keep.any() else [])
    codes, table = _ratio_codes(points.values, indices, firsts, signs)
    return _group_by_pattern(indices, codes, table, starts)


def _compare(
    values: Values, indices: Indices, firsts: Indices, kind: BlockKind
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Compare points with the first of their block: sign of the ratio where it is +1 or -1, else 0; and membership."""
    signs = np.zeros(len(indices), dtype=np.int8)
    is_member = np.zeros(len(indices), dtype=np.bool_)
    for start in range(0, len(indices), _CHUNK):
        piece = slice(start, start + _CHUNK)
        x, r = values[indices[piece]], values[firsts[piece]]
        sign = (x == r).all(axis=1).astype(np.int8)
        if kind in ("line", "pair"):
            sign[(sign == 0) & (x == -r).all(axis=1)] = -1
        member = sign != 0
        other = np.flatnonzero(~member)
        if kind == "line" and other.size:
            member[other] = _collinear(x[other], r[other])
        signs[piece], is_member[piece] = sign, member
    return signs, is_member


def _collinear(x: Values, r: Values) -> NDArray[np.bool_]:
    """Decide row by row whether nonzero x and r are parallel. Exact."""
    rows = np.arange(len(x))
    pivot = (r != 0).argmax(axis=1)
    x_pivot, r_pivot = x[rows, pivot][:, None], r[rows, pivot][:, None]
    if x.dtype == np.int64 and max(x.max(), -x.min(), r.max(), -r.min()) < _PRODUCT_EXACT:
        return np.asarray((x * r_pivot == r * x_pivot).all(axis=1))
    left, right = _exact_product(x, r_pivot), _exact_product(r, x_pivot)
    equal = [(a == b) for a, b in zip(left, right, strict=True)]
    return np.asarray((equal[0] & equal[1] & equal[2]).all(axis=1))


def _exact_product(a: Values, b: Values) -> tuple[NDArray[np.float64], ...]:
    """Write a * b uniquely as (high + low) * 2^exponent (Dekker 1971); mantissas exclude overflow and underflow."""
    a_mantissa, a_exponent = np.frexp(a.astype(np.float64))
    b_mantissa, b_exponent = np.frexp(b.astype(np.float64))
    high = a_mantissa * b_mantissa
    splitter = 2.0**27 + 1
    a_high = splitter * a_mantissa - (splitter * a_mantissa - a_mantissa)
    b_high = splitter * b_mantissa - (splitter * b_mantissa - b_mantissa)
    a_low, b_low = a_mantissa - a_high, b_mantissa - b_high
    low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low
    high, carry = np.frexp(high)
    low = np.ldexp(low, -carry)
    return high, low, np.where(high == 0, 0.0, a_exponent + b_exponent + carry)


def _ratio_codes(
    values: Values, indices: Indices, firsts: Indices, signs: NDArray[np.int8]
) -> tuple[NDArray[np.int64], list[Fraction]]:
    """Give each point a code for its ratio to the first of its block, and the table that the codes point into."""
    codes = np.where(signs >= 0, 0, 1).astype(np.int64)
    table = [_ONE, _MINUS_ONE]
    other = np.flatnonzero(signs == 0)
    if not other.size:
        return codes, table
    x, r = values[indices[other]], values[firsts[other]]
    rows, pivot = np.arange(len(x)), (r != 0).argmax(axis=1)
    pairs = np.stack([x[rows, pivot], r[rows, pivot]], axis=1)
    if pairs.dtype == np.int64:
        pairs //= np.gcd(pairs[:, 0], pairs[:, 1])[:, None]
    distinct, inverse = np.unique(pairs, axis=0, return_inverse=True)
    positions = {ratio: code for code, ratio in enumerate(table)}
    code_of_pair = np.empty(len(distinct), dtype=np.int64)
    for k, (numerator, denominator) in enumerate(distinct.tolist()):
        code_of_pair[k] = positions.setdefault(Fraction(numerator) / Fraction(denominator), len(positions))
    codes[other] = code_of_pair[inverse.ravel()]
    return codes, list(positions)


def _group_by_pattern(
    indices: Indices, codes: NDArray[np.int64], table: list[Fraction], starts: Indices
) -> list[BlockGroup]:
    """Collect blocks (stored one after the other, beginning at `starts`) that have the same pattern of codes."""
    sizes = np.diff(np.append(starts, len(indices)))
    groups = []
    for size in np.unique(sizes).tolist():
        places = starts[sizes == size][:, None] + np.arange(size)
        members, pattern = indices[places], codes[places]
        if size == 1 or len(pattern) == 1:
            distinct, which = pattern[:1], np.zeros(len(pattern), dtype=np.int64)
        elif size == 2:  # the first code is always that of ratio 1
            last, which = np.unique(pattern[:, 1], return_inverse=True)
            distinct = np.stack([np.zeros_like(last), last], axis=1)
        else:
            distinct, which = np.unique(pattern, axis=0, return_inverse=True)
        order = np.lexsort((members[:, 0], which.ravel()))  # so that nothing depends on the order of the keys
        cuts = np.searchsorted(which.ravel()[order], np.arange(1, len(distinct)))
        for row, places_of_row in zip(distinct.tolist(), np.split(order, cuts), strict=True):
            groups.append(BlockGroup(tuple(table[code] for code in row), members[places_of_row]))
    return groups


def _by_dictionary(points: ExactArray, indices: Indices, kind: BlockKind) -> list[BlockGroup]:
    """Partition by Python integers of any size."""
    integers, _ = points.integers(indices)
    blocks: dict[tuple[int, ...], tuple[list[int], list[Fraction]]] = {}
    zeros: list[int] = []
    for i, row in zip(indices.tolist(), integers.tolist(), strict=True):
        length = math.gcd(*row)
        if length == 0 and kind != "lifted":
            zeros.append(i)
            continue
        if kind in ("point", "lifted"):
            key, ratio = tuple(row), _ONE
        else:
            sign = 1 if next(filter(None, row)) > 0 else -1
            divisor = sign * length if kind == "line" else sign
            key, ratio = tuple(x // divisor for x in row), Fraction(divisor)
        members, ratios = blocks.setdefault(key, ([], []))
        members.append(i)
        ratios.append(ratio)
    patterns: dict[tuple[Fraction, ...], list[list[int]]] = {}
    if zeros:
        patterns[(Fraction(0),) * len(zeros)] = [zeros]
    for members, ratios in blocks.values():
        patterns.setdefault(tuple(t / ratios[0] for t in ratios), []).append(members)
    return [BlockGroup(ratios, np.array(members, dtype=np.int64)) for ratios, members in patterns.items()]
