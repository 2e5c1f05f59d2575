"""The trusted checker of certificates: read this file, and you know what `accepted` means.

A certificate (docs/format/certificate-1.md) holds exact points x_1 .. x_n, labels, a model of neural networks of any
width, and claims with their evidence. This program reads it and multiplies: it does not search, round or guess. It
needs the standard library alone, and rejects what it does not accept. Only for irrational numbers it loads field.py.

**What is trusted.** Let V be the set of all vectors (f(x_1), .., f(x_n)) that the model attains, over all widths and
weights. The theorem of docs/theory.md: *V is the row space of the matrix C*, whose rows are built below from the points
and from the parity profile of the activation s: what the even part (s(z) + s(-z))/2 and the odd part (s(z) - s(-z))/2
are on z > 0, a polynomial with these degrees or anything else ("separating"), and whether s(0) != 0. The table of
profiles is trusted too; each of its lines is proved there under its tag.

**What follows by linear algebra**, for vectors c, m, r and labels y:

* m C = y: some network attains y ("interpolates").
* C c = 0 and c.y != 0: c is orthogonal to V and not to y, so no width, no weights, no training attains y
  ("cannot_interpolate"). C c = 0 for one c != 0: some labels are never attained ("not_every_labelling").
* C r = 0 and m C = y - r: y - r is the projection of y to V, so r.r / n is the least mean squared error ("least_mse").
* p vectors of V and n - p orthogonal to V, both lists in echelon form and so independent: dim V = p ("rank").
* A network with given weights is evaluated ("network").

`accepted` means: each claim is true of the exact points in the file, in real arithmetic, given theorem and table. It
says nothing about floating point, about whether training finds the weights, or about other points. In the regimes `ntk`
and `ntk_hidden`, V is the range of the infinite-width tangent kernel. The digest of the data is printed to be compared.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement
from operator import add, mul
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Union

if TYPE_CHECKING:
    from .field import Element, Field

Rational = int | Fraction  # an int whenever the denominator is 1
Number = Union[Rational, "Element"]  # an element of a number field has the denominator 1 and itself as numerator
Integer = Any  # an int or an element
Ratio = tuple[Integer, int]  # a numerator and a positive denominator, not always in lowest terms
Point = tuple[tuple[Integer, ...], int]  # integers over one positive denominator
Vector = dict[int, Number]  # a sparse vector
Family = tuple[str, int, bool]  # kind; degree, which is 0 for pairs; whether it speaks of the points (x, 1)
Part = str | tuple[int, ...]  # "separating", or the degrees of a polynomial on z > 0
Profile = tuple[Part, Part, bool]
FORMULA = re.compile(r"[0-9A-Za-z_+*/().,<>=!;^ -]{1,2000}")  # printed between quotation marks, which it cannot close
RATIONAL = re.compile(r"0|-?[1-9][0-9]*(/[1-9][0-9]*)?")
SMALL_INTEGERS = re.compile(r"(0|-?[1-9][0-9]{0,17})( (0|-?[1-9][0-9]{0,17}))*")
MAX_DEGREE, MAX_BITS, MAX_ROWS = 10**6, 10**8, 10**7  # see "Limits" in the specification


class Result(NamedTuple):
    """The verdict on a certificate: `status` is "accepted", "rejected" or "unreadable"; `message` is one ASCII line."""

    status: str
    message: str


class _Stop(Exception):  # noqa: N818  # its arguments are those of a Result
    pass


def _need(condition: bool, message: str, *values: object) -> None:
    if not condition:
        raise _Stop("rejected", message.format(*map(_clip, values)))


def _clip(value: object) -> str:
    return str(value) if len(str(value)) <= 60 else f"{str(value)[:40]}... ({len(str(value))} characters)"


def _rational(token: str) -> Rational:
    _need(RATIONAL.fullmatch(token) is not None, "{} is not a rational in canonical form", token)
    # int() refuses more than 4300 digits, Decimal() does not
    top, *bottom = [int(part) if len(part) < 4000 else int(Decimal(part)) for part in token.split("/")]
    if not bottom:
        return top
    number = Fraction(top, *bottom)
    _need(number.denominator == bottom[0] != 1, "{} is not in lowest terms", token)
    return number


def _plain(token: Any) -> Rational:
    _need(type(token) is str, "{} stands where a string with a rational should", token)
    return _rational(token)


def _number(token: Any, field: Field | None) -> Number:
    if field is None or type(token) is not str or "," not in token:
        return _plain(token)
    element = field.number([Fraction(_rational(part)) for part in token.split(",")])
    _need(len(element.coefficients) == token.count(",") + 1, "{} is not in canonical form", token)
    return element


def _point(row: Sequence[Number]) -> Point:
    bottom = math.lcm(*[a.denominator for a in row])
    return tuple([a.numerator * (bottom // a.denominator) for a in row]), bottom


def _lift(point: Point) -> Point:
    return (*point[0], point[1]), point[1]


def _times(a: Number, b: Number) -> Ratio:
    return a.numerator * b.numerator, a.denominator * b.denominator


def _quotient(a: Integer, b: Integer) -> Fraction | Element:
    return Fraction(a, b) if isinstance(a, int) and isinstance(b, int) else a / b


def _total(parts: Iterable[Ratio]) -> Fraction | Element:
    """Add many fractions: those with equal denominators first, then some at a time."""
    sums: dict[int, Integer] = defaultdict(int)
    for top, bottom in parts:
        sums[bottom] += top
    left = [(top, bottom) for bottom, top in sums.items() if top]
    while len(left) > 1:
        some = [left[i : i + 32] for i in range(0, len(left), 32)]
        common = [math.lcm(*[bottom for _, bottom in chunk]) for chunk in some]
        left = [(sum(a * (c // b) for a, b in chunk), c) for c, chunk in zip(common, some, strict=True)]
    return _quotient(*left[0]) if left else Fraction()


SEP = "separating"
TABLE: list[tuple[str, Part, Part, bool, str]] = [  # tag in docs/theory.md; even part; odd part; s(0) != 0; activations
    ("profile-relu", (1,), (1,), False, "relu"),  # for leaky_relu and prelu see `profile`
    ("profile-relu2", (2,), (2,), False, "relu2"),
    ("profile-relu3", (3,), (3,), False, "relu3"),
    ("profile-abs", (1,), (), False, "abs"),
    ("profile-square", (2,), (), False, "square"),
    ("profile-cube", (), (3,), False, "cube"),
    ("profile-identity", (), (1,), False, "identity"),
    ("profile-gelu", SEP, (1,), False, "gelu gelu_tanh silu hardswish snake"),
    ("profile-softplus", SEP, (1,), True, "softplus logsigmoid squareplus sparse_plus"),
    ("profile-sigmoid", (0,), SEP, True, "sigmoid hardsigmoid sparse_sigmoid"),
    ("profile-tanh", (), SEP, False, "tanh erf sin arctan asinh softsign hardtanh softshrink tanhshrink"),
    ("profile-cos", SEP, (), True, "cos gaussian sinc"),
    ("profile-elu", SEP, SEP, False, "mish elu selu celu relu6 expm1"),
    ("profile-exp", SEP, SEP, True, "exp sin_cos shifted_relu shifted_softplus shifted_sigmoid shifted_gaussian"),
]
PROFILES = {name: (even, odd, nonzero) for _, even, odd, nonzero, names in TABLE for name in names.split()}
SLOPED = ("leaky_relu", "prelu")  # z for z > 0 and slope z for z < 0: 2e = (1 - slope) z and 2o = (1 + slope) z
EXACT: dict[str, Callable[[Rational, Rational], Rational]] = {  # for networks: z and the slope to s(z)
    **dict.fromkeys(SLOPED, lambda z, slope: z if z > 0 else slope * z),
    "relu": lambda z, _: max(z, 0),
    "relu2": lambda z, _: max(z, 0) ** 2,
    "relu3": lambda z, _: max(z, 0) ** 3,
    "abs": lambda z, _: max(z, -z),
    "square": lambda z, _: z**2,
    "cube": lambda z, _: z**3,
    "identity": lambda z, _: z,
    "hardswish": lambda z, _: Fraction(z * min(max(z + 3, 0), 6), 6),
    "hardsigmoid": lambda z, _: Fraction(min(max(z + 3, 0), 6), 6),
    "hardtanh": lambda z, _: min(max(z, -1), 1),
    "softshrink": lambda z, _: z - min(max(z, Fraction(-1, 2)), Fraction(1, 2)),
    "relu6": lambda z, _: min(max(z, 0), 6),
    "sparse_plus": lambda z, _: z if z >= 1 else Fraction(max(z + 1, 0) ** 2, 4),
    "sparse_sigmoid": lambda z, _: Fraction(min(max(z + 1, 0), 2), 2),
    "shifted_relu": lambda z, _: max(z + 1, 0),
}


def profile(name: str, slope: Rational | Profile | None = None) -> Profile:
    """The parity profile of an activation: its even part, its odd part, and whether its value at 0 is not 0."""
    if isinstance(slope, tuple):  # of a formula: what the certificate states
        return slope
    _need(name in PROFILES or name in SLOPED, "the activation {} is not in the table", name)
    return PROFILES.get(name) or (() if slope == 1 else (1,), () if slope == -1 else (1,), False)


class _Model(NamedTuple):
    activation: str
    parameters: Rational | Profile | None  # the slope; of a formula the profile that is stated
    hidden_layers: int
    regime: str
    hidden_bias: bool
    output_bias: bool
    skip: bool
    gated: bool


def _families(model: _Model) -> list[Family]:
    """The families of rows of C in their order."""
    name, slope, layers, regime, lifted, output_bias, skip, gated = model
    even, odd, nonzero = profile(name, slope)
    finite, degrees = SEP not in (even, odd), [[] if isinstance(part, str) else list(part) for part in (even, odd)]
    covered = (layers == 1 or not gated) and (regime == "trained" or (layers == 1 and not gated))
    _need(covered and not (regime == "ntk_hidden" and (output_bias or skip)), "the theorems do not cover this model")
    if layers == 1:
        if gated:  # an antiderivative of s
            even, odd, nonzero, degrees = odd, even, False, [[k + 1 for k in part] for part in degrees[::-1]]
        if regime == "ntk_hidden":  # s - s(0)
            nonzero, degrees[0] = False, [k for k in degrees[0] if k > 0]
        found = [("pair_sum", 0, lifted)] * (even == SEP) + [("moment", 0, lifted)] * (even == SEP and nonzero)
        found += [("line" if k % 2 else "moment", k, lifted) for k in degrees[0]]
        found += [("pair_difference", 0, lifted)] * (odd == SEP)
        found += [("moment" if k % 2 else "signed_line", k, lifted) for k in degrees[1]]
    else:
        polynomial = finite and not any(k % 2 for k in degrees[0]) and all(k % 2 for k in degrees[1])
        _need(not polynomial, "the theorems do not cover several hidden layers of a polynomial activation")
        if lifted:
            found = [("pair_sum", 0, True)]
        elif finite and len({*degrees[0], *degrees[1]}) == 1:  # homogeneous of this degree
            degree = max(degrees[0] + degrees[1]) ** min(layers, 20)
            _need(degree <= MAX_DEGREE, "the model is homogeneous of a degree beyond {}", MAX_DEGREE)
            found = [("line", degree, False)] * (even != ()) + [("signed_line", degree, False)] * (odd != ())
        else:
            found = [("pair_sum", 0, False)] * (even != ()) + [("pair_difference", 0, False)] * (odd != ())
            found += [("moment", 0, False)] * nonzero
    if output_bias and not any((kind, degree) == ("moment", 0) for kind, degree, _ in found):
        found.append(("moment", 0, False))
    if skip and ("moment", 1, False) not in found:
        found.append(("moment", 1, False))
    return found


class _Block:
    """The rows of C of one family; a line or pair has the entries |t|^degree, with the sign of t if signed."""

    def __init__(self, family: Family, points: Sequence[Point], dimension: int, field: Field | None) -> None:
        self.kind, self.degree, lifted = family
        self.points = list(map(_lift, points)) if lifted else list(points)
        if field:  # the 1 of (x, 1) becomes an element too
            self.points = [(tuple(map(field.element, x)), 1) for x, _ in self.points]
        self.places: list[tuple[int, Number]] = []  # for each point its row and t; the row of a zero point is -1
        self.count = math.comb(dimension + lifted + self.degree - 1, self.degree) if self.degree else 1
        if self.kind == "moment":
            return
        first: dict[Any, tuple[int, Integer, int]] = {}  # the row, the size and its denominator of a representative
        for integers, bottom in self.points:
            lead = next((a for a in integers if a), 0)
            size = lead if field else math.gcd(*integers) if lead > 0 else -math.gcd(*integers)
            direction = tuple([a // size for a in integers]) if lead else ()
            key = direction if "line" in self.kind else (direction, abs(size), bottom)
            row, size_r, bottom_r = first.setdefault(key, (len(first), size, bottom)) if lead else (-1, 1, 1)
            same = not field and (size, bottom) == (size_r, bottom_r)
            t = 1 if same else _quotient(size * bottom_r, bottom * size_r)
            self.places.append((row, t.numerator if t.denominator == 1 else t))
        self.count = len(first)
        if field:  # different keys are different lines or pairs
            keys = [(key, ()) if "line" in self.kind else (key[0], (key[1],)) for key in first]
            field.need_distinct(a for direction, size in keys for a in (*direction, *size))

    def column(self, i: int) -> tuple[int, Sequence[Integer], int]:
        """The first row, the numerators and the denominator of the entries of point i."""
        if self.kind == "moment":  # its monomials of one degree, in lexicographic order
            _need(self.count <= MAX_ROWS, "a moment has more than {} rows", MAX_ROWS)
            x, bottom = self.points[i]
            if self.degree == 1:
                return 0, x, bottom
            return 0, [math.prod(a) for a in combinations_with_replacement(x, self.degree)], bottom**self.degree
        row, t = self.places[i]
        sign = -1 if self.kind in ("signed_line", "pair_difference") and t < 0 else 1
        size: Any = abs(t)
        if size != 1:
            bits = (size.numerator.bit_length() + size.denominator.bit_length()) * self.degree
            _need(bits <= MAX_BITS, "an entry of C has more than {} bits", MAX_BITS)
            size = size**self.degree
        return row, (sign * size.numerator if row >= 0 else 0,), size.denominator


class _Case:
    """The data, the model, and the matrix C as blocks, each with the number of its first row."""

    def __init__(self, model: _Model, dimension: int, outputs: int, rows: list[list[Number]], field: Field | None):
        self.model, self.dimension, self.outputs, self.field, self.n = model, dimension, outputs, field, len(rows)
        exact = [list(map(field.element, row[:dimension])) for row in rows] if field else rows
        self.points = [_point(row[:dimension]) for row in exact]
        self.labels = [row[dimension:] for row in rows]
        self.blocks: list[tuple[int, _Block]] = []
        self.rows = 0
        for family in _families(model):
            self.blocks.append((self.rows, _Block(family, self.points, dimension, field)))
            self.rows += self.blocks[-1][1].count

    def need_orthogonal(self, c: Vector) -> None:
        """Reject unless C c = 0."""
        for _, block in self.blocks:
            sums: dict[int, dict[int, list[Integer]]] = defaultdict(dict)  # by first row and denominator
            for i, a in c.items():
                row, tops, bottom = block.column(i)
                part, bottom = [a.numerator * top for top in tops], a.denominator * bottom
                sums[row][bottom] = list(map(add, sums[row].get(bottom, [0] * len(part)), part))
            rows = ((parts, zip(*parts.values(), strict=True)) for parts in sums.values())
            entries = (zip(tops, parts, strict=True) for parts, columns in rows for tops in columns)
            _need(all(_total(e) == 0 for e in entries), "C times a vector that should be orthogonal to V is not 0")

    def combination(self, m: Vector) -> Callable[[int], Ratio]:
        """The function from columns to the entries of m C."""
        used: list[tuple[_Block, Vector, Point]] = []  # a moment has its multipliers as one list, for speed
        for start, block in self.blocks:
            local = {row - start: a for row, a in m.items() if start <= row < start + block.count}
            if local and block.kind == "moment":
                _need(block.count <= MAX_ROWS, "a moment has more than {} rows", MAX_ROWS)
                used.append((block, {}, _point([local.get(row, 0) for row in range(block.count)])))
            elif local:
                used.append((block, local, ((), 1)))

        def value(i: int) -> Ratio:
            top: Integer = 0
            bottom = 1
            for block, local, (weights, common) in used:
                row, entries, q = block.column(i)
                a = local.get(row, 0)
                p = sum(map(mul, weights, entries)) if weights else a.numerator * entries[0]
                q *= common if weights else a.denominator
                top, bottom = (top + p, q) if q == bottom else (top * q + p * bottom, bottom * q)
            return top, bottom

        return value


CLAIMS = {  # the evidence of each kind of claim, and what it says
    "interpolates": ("output multipliers", "some {net} attains {y} {on}"),
    "cannot_interpolate": ("output vector", "no {every} attains {y} {on}"),
    "not_every_labelling": ("vector", "some labels{less} {on} are such that no {every} attains them"),
    "least_mse": (
        "output value residual multipliers",
        "the least mean squared error for {y} {on} of {an} {every} is {value}",
    ),
    "rank": (
        "value range annihilators",
        "the labels{less} {on}, one for each point, that {an} {every} can attain form a space of dimension {value}",
    ),
    "network": ("output value network", "the given {net} has mean squared error {value} for {y} {on}"),
}


def _prove(case: _Case, claim: Any) -> str:
    """Return the sentence of a claim that its evidence proves; reject every other."""
    _need(type(claim) is dict and claim.get("kind") in list(CLAIMS), "a claim is of no known kind")
    kind, n = claim["kind"], case.n
    _fields(claim, kind, "kind", *CLAIMS[kind][0].split())
    output = _index(claim["output"], case.outputs, "output") if "output" in claim else 0
    y = [labels[output] for labels in case.labels] if "output" in claim else []
    m = _sparse(claim.get("multipliers", []), case.rows, "multipliers", case.field)
    c, r = (_sparse(claim.get(key, []), n, key, case.field) for key in ("vector", "residual"))
    case.need_orthogonal(c)
    case.need_orthogonal(r)
    if kind == "cannot_interpolate":
        _need(_total(_times(a, y[i]) for i, a in c.items()) != 0, "the vector is orthogonal to the labels")
    elif kind == "not_every_labelling":
        _need(c != {}, "the vector is 0")
    elif kind in ("interpolates", "least_mse"):  # m C + r = y, and r is 0 for "interpolates"
        best = case.combination(m)
        for i, label in enumerate(y):
            (p, q), a = best(i), r.get(i, 0)
            p, q = p * a.denominator + a.numerator * q, q * a.denominator
            _need(p * label.denominator == label.numerator * q, "m C + residual is not the label of point {}", i)
    elif kind == "rank":
        _prove_rank(case, _index(claim["value"], n + 1, "value"), claim["range"], claim["annihilators"])
    if kind in ("least_mse", "network"):
        errors = r.values() if kind == "least_mse" else _errors(case, y, claim["network"])
        mean = _total(_times(e, e) for e in errors) / max(n, 1)  # 0 if there are no points
        _need(mean == _number(claim["value"], case.field), "the mean squared error is not {}", claim["value"])
    return _sentence(kind, case, output, claim.get("value"))


def _prove_rank(case: _Case, rank: int, chosen: Any, orthogonal: Any) -> None:
    members: dict[int, list[int]] = defaultdict(list)  # of the rows of line and pair families
    for start, block in case.blocks:
        for i, (row, _) in enumerate(block.places):
            if row >= 0:
                members[start + row].append(i)
    earlier: set[int] = set()
    for pivot, multipliers in (_list(entry, 2, "an entry of range") for entry in _list(chosen, rank, "range")):
        m = _sparse(multipliers, case.rows, "range", case.field)
        v = case.combination(m)
        _need(v(_index(pivot, case.n, "pivot"))[0] != 0, "a vector of range is 0 at its pivot {}", pivot)
        dense = any(row not in members for row in m)  # else v is 0 outside the members of its rows
        zeros = earlier if dense else (i for row in m for i in members[row] if i in earlier)
        _need(not any(v(i)[0] for i in zeros), "the vector of range with pivot {} is not 0 at an earlier pivot", pivot)
        earlier.add(pivot)
    earlier = set()
    entries = _list(orthogonal, case.n - rank, "annihilators")
    for pivot, vector in (_list(entry, 2, "an entry of annihilators") for entry in entries):
        c = _sparse(vector, case.n, "annihilators", case.field)
        _need(_index(pivot, case.n, "pivot") in c and earlier.isdisjoint(c), "annihilators: no echelon at {}", pivot)
        case.need_orthogonal(c)
        earlier.add(pivot)


def _errors(case: _Case, y: list[Any], network: Any) -> Iterator[Fraction]:
    """The values of an explicit network minus the labels y."""
    _need(case.field is None, "networks are evaluated at rational points only")
    _need(case.model.regime == "trained" and case.model.activation in EXACT, "this model is not evaluated exactly")
    slope = case.model.parameters
    s, slope, bias = EXACT[case.model.activation], 0 if isinstance(slope, tuple) else slope or 0, case.model.hidden_bias
    hidden, gate, last, b, skip = _fields(network, "network", "hidden", "gate", "output", "output_bias", "skip")

    def weights(rows: Any, count: int | None, width: int) -> list[Point]:
        rows = _list(rows, count, "a weight matrix")
        return [_point(_numbers(row, width + bias, "a row of weights")) for row in rows]

    def dot(w: Point, h: Point) -> Fraction:
        return Fraction(sum(map(mul, w[0], h[0])), w[1] * h[1])

    layers, width = [], case.dimension
    for rows in _list(hidden, case.model.hidden_layers, "hidden"):
        layers.append(weights(rows, None, width))
        width = len(layers[-1])
    gates = weights(gate, width if case.model.gated else 0, case.dimension)
    v, constant = _point(_numbers(last, width, "output")), _plain(b)
    slopes = _point(_numbers(skip, case.dimension if case.model.skip else 0, "skip"))
    _need(constant == 0 or case.model.output_bias, "output_bias is not 0, and the model has no output bias")
    for x, label in zip(case.points, y, strict=True):
        h = x
        for layer in layers:
            z = _lift(h) if bias else h
            units = [s(dot(w, z), slope) for w in layer]
            h = _point([p * dot(u, z) for p, u in zip(units, gates, strict=True)] if case.model.gated else units)
        yield dot(v, h) + dot(slopes, x) + constant - label  # `slopes` is empty if the model has no skip


def _sentence(kind: str, case: _Case, output: int, value: object) -> str:
    """What a proved claim says, in plain words."""
    name, slope, layers, regime, *flags, gated = case.model
    sloped = slope is not None and not isinstance(slope, tuple)
    unit = f"{'gated ' * gated}{'s' if isinstance(slope, tuple) else name} units" + f" of slope {_clip(slope)}" * sloped
    extras = zip(flags, ("hidden biases", "an output bias", "a linear skip"), strict=True)
    parts = [f"{layers} hidden layer{'s' * (layers > 1)} of {unit}", *[extra for flag, extra in extras if flag]]
    net = "bias-free " * (not any(flags[:2])) + "network with " + " and ".join(parts)
    net = net if regime == "trained" else f"infinitely wide, lazily trained ({regime}) {net}"
    less = ", less the values at initialisation," * (regime == "ntk_hidden")  # in `ntk` these lie in V
    text = CLAIMS[kind][1].format(
        net=net,
        every=net + ", of any width and any weights," * (regime == "trained"),
        an="a" + "n" * (regime != "trained"),
        less=less,
        y=f"the labels y{output}{less}",
        on="on this 1 point" if case.n == 1 else f"on these {case.n} points",
        value=_clip(value),
    )
    return text + " and are all labels" * (kind == "rank" and value == case.n)


def _fields(value: Any, where: str, *keys: str) -> list[Any]:
    _need(type(value) is dict and value.keys() == set(keys), "{} must be an object with the keys {}", where, keys)
    return [value[key] for key in keys]


def _list(value: Any, length: int | None, where: str) -> list[Any]:
    _need(type(value) is list, "{}: not a list", where)
    _need(length in (None, len(value)), "{}: a list of length {} and not of {}", where, len(value), length)
    return list(value)


def _numbers(tokens: Any, length: int | None, where: str) -> list[Rational]:
    return list(map(_plain, _list(tokens, length, where)))


def _index(value: Any, below: int, where: str) -> int:
    _need(type(value) is int and 0 <= value < below, "{}: {} is not an integer in range", where, value)
    return int(value)


def _sparse(value: Any, size: int, where: str, field: Field | None) -> Vector:
    vector: Vector = {}
    last = -1
    for index, token in (_list(entry, 2, where) for entry in _list(value, None, where)):
        number = _number(token, field)
        _need(type(index) is int and last < index < size and number != 0, "{}: bad index or zero at {}", where, index)
        vector[index], last = number, index
    return vector


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise _Stop("unreadable", f"cannot open {_clip(path.name)}: {error}") from None


def _stated(value: Any) -> Profile:
    """The profile that a certificate states of a formula; what is accepted is then conditional on it."""
    even, odd, nonzero = _fields(value, "profile", "even", "odd", "nonzero_at_zero")
    for part in (even, odd):
        known = part == SEP or (type(part) is list and all(type(k) is int for k in part) and part == sorted({*part}))
        _need(known, "the profile has a part {}", part)
    _need(type(nonzero) is bool and (even == SEP or nonzero == (0 in even)), "the profile contradicts itself at 0")
    return even if even == SEP else tuple(even), odd if odd == SEP else tuple(odd), nonzero


def _model(value: Any, stated: Any, derived: bool) -> _Model:
    name, parameters, layers, regime, *flags = _fields(value, "model", *_Model._fields)
    _need(type(name) is str and all(type(flag) is bool for flag in flags), "model: the activation or a flag is wrong")
    _need(_index(layers, 10**18, "hidden_layers") > 0, "hidden_layers must be at least 1")
    _need(regime in ("trained", "ntk", "ntk_hidden"), "the regime {} is unknown", regime)
    if derived:
        _need(_fields(parameters, "parameters") == [] and regime == "trained", "the theorems do not cover this model")
        plain = FORMULA.fullmatch(name) is not None and name not in {*PROFILES, *SLOPED}
        _need(plain, "{} is not the text of a formula", name)
        return _Model(name, _stated(stated), layers, regime, *flags)
    slope = [_plain(token) for token in _fields(parameters, "parameters", *["slope"] * (name in SLOPED))]
    even, odd, nonzero = profile(name, *slope)
    expected = json.dumps({"even": even, "nonzero_at_zero": nonzero, "odd": odd})
    _need(json.dumps(stated, sort_keys=True) == expected, "the profile of {} is {}", name, expected)
    return _Model(name, slope[0] if slope else None, layers, regime, *flags)


def _field(tokens: Sequence[Any]) -> Field | None:
    """The field of a polynomial, written with commas, and of the two ends of an interval."""
    if not tokens:
        return None
    _need(len(tokens) == 3 and type(tokens[0]) is str, "a field is a polynomial and an interval")
    spec = importlib.util.spec_from_file_location("field", Path(__file__).with_name("field.py"))
    if spec is None or spec.loader is None:
        raise _Stop("rejected", "field.py is not beside checker.py")
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Field = module.Field([_rational(a) for a in tokens[0].split(",")], *map(_plain, tokens[1:]))
    return made


def _row(tokens: list[Any], field: Field | None) -> list[Number]:
    if {*map(type, tokens)} == {str} and SMALL_INTEGERS.fullmatch(" ".join(tokens)):  # many at once, for speed
        return list(map(int, tokens))
    return [_number(token, field) for token in tokens]


def _data(value: Any, folder: Path | None) -> tuple[int, int, list[list[Number]], Field | None]:
    """The dimension, the number of outputs, for each point its coordinates and its labels, and their field."""
    tokens: list[Any] = []
    if type(value) is dict and "file" in value:
        digest, name = _fields(value, "data", "sha256", "file")
        plain = type(name) is str and not {*name} & {*"/\\\0"} and name not in ("", ".", "..")
        _need(plain, "{} is not a plain file name", name)
        if folder is None:
            raise _Stop("unreadable", f"no folder is given for the data file {_clip(name)}")
        head, *lines = _read(folder / name).decode("ascii", "replace").split("\n")
        known = re.fullmatch(r"fullrank-data 1( (0|[1-9][0-9]{0,17})){3}( [^ ]+){0,3}", head) is not None
        _need(known, "the data begin with {}", head)
        n, d, k = map(int, head.split(" ")[2:5])
        tokens = head.split(" ")[5:]
        _need(len(lines) == n + 1 and lines[n] == "", "the data are not {} lines that end with a line feed", n)
        rows = [line.split(" ") if line else [] for line in lines[:n]]
    else:
        keys = ["sha256", "dimension", "outputs", "points", "labels"]
        if type(value) is dict and "field" in value:
            keys.append("field")
        digest, d, k, points, labels, *extra = _fields(value, "data", *keys)
        for polynomial, root in [_fields(field, "field", "polynomial", "root") for field in extra]:
            tokens = [",".join(map(str, _numbers(polynomial, None, "polynomial"))), *_list(root, 2, "root")]
        d, k = _index(d, 10**18, "dimension"), _index(k, 10**18, "outputs")
        pairs = zip(_list(points, None, "points"), _list(labels, len(points), "labels"), strict=True)
        rows = [_list(x, d, "a point") + _list(y, k, "the labels of a point") for x, y in pairs]
    field = _field(tokens)
    numbers = [_row(_list(row, d + k, "a point with its labels"), field) for row in rows]
    head = " ".join(["fullrank-data 1", str(len(rows)), str(d), str(k), *tokens])
    text = head + "\n" + "".join([" ".join(row) + "\n" for row in rows])
    _need(digest == hashlib.sha256(text.encode()).hexdigest(), "sha256 is not the digest of the data")
    return d, k, numbers, field


def _judge(source: str | bytes, folder: Path | None) -> str:
    faults: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(items)) < len(items):
            faults.append("a key occurs twice in an object")
        return dict(items)

    def number(token: str) -> int:
        if token.isascii() and token.isdigit() and len(token) <= 18:
            return int(token)
        faults.append(f"the number {_clip(token)} is not an index or count")
        return 0

    try:
        text = source.decode() if isinstance(source, bytes) else source
        top = json.loads(text, object_pairs_hook=pairs, parse_int=number, parse_float=number, parse_constant=number)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _Stop("unreadable", f"not UTF-8 JSON text: {error}") from None
    _need(not faults, "{}", *faults[:1])
    derived = type(top) is dict and "derivation" in top
    keys = ["format", "version", "model", "profile", "data", "claims"] + ["derivation"] * derived
    name, version, *rest = _fields(top, "a certificate", *keys)
    _need(all(type(step) is str for step in _list([*rest, []][4], None, "derivation")), "derivation: a step is no text")
    _need((name, type(version), version) == ("fullrank-certificate", int, 1), "not a fullrank-certificate of version 1")
    model, (d, k, rows, field) = _model(rest[0], rest[1], derived), _data(rest[2], folder)
    case = _Case(model, d, k, rows, field)
    _need(_list(rest[3], None, "claims") != [], "there is no claim")
    where = f"; in a0,a1,... = a0 + a1 t + ..., {field}" if field else ""
    parts = 'if s(x) = "{}" is continuous and piecewise analytic with even part {}, odd part {} and s(0) {} 0, then '
    facts = (model.activation, rest[1]["even"], rest[1]["odd"], "!=" if rest[1]["nonzero_at_zero"] else "=")
    condition = parts.format(*facts) if derived else ""
    proved = "; ".join([_prove(case, claim) for claim in rest[3]])
    return condition + proved + where + f" (data with SHA-256 {rest[2]['sha256']})"


def _verdict(run: Callable[[], str]) -> Result:
    try:
        status, message = "accepted", run()
    except _Stop as stop:
        status, message = stop.args
    except Exception as error:
        status, message = "rejected", f"the check ended with {type(error).__name__}: {error}"
    return Result(status, "".join(c if " " <= c <= "~" else "?" for c in message))


def check_text(text: str | bytes, folder: str | PathLike[str] | None = None) -> Result:
    """Check the text of a certificate; its data file, if it has one, is read from `folder`. Nothing is raised.

    Examples
    --------
    >>> check_text("{}").status, check_text("{").status
    ('rejected', 'unreadable')
    """
    return _verdict(lambda: _judge(text, None if folder is None else Path(folder)))


def check_file(path: str | PathLike[str]) -> Result:
    """Check a certificate file; its data file, if it has one, stands beside it. Nothing is raised."""
    return _verdict(lambda: _judge(_read(Path(path)), Path(path).parent))


def main(argv: Sequence[str] | None = None) -> int:
    """Print the verdict on one file as one line; return 0 if it is accepted, 1 if rejected, 2 if unreadable."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    usage = "usage: python checker.py FILE (a certificate; its data file stands beside it)"
    result = Result("unreadable", usage)
    if len(arguments) == 1 and not arguments[0].startswith("-"):
        result = check_file(arguments[0])
    else:
        print(usage, file=sys.stderr)
    print(f"{result.status}: {result.message}")
    return ("accepted", "rejected", "unreadable").index(result.status)


if __name__ == "__main__":
    sys.exit(main())
