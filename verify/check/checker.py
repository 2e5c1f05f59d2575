"""The trusted checker of certificates: read this file, and you know what `accepted` means.

A certificate (docs/format/certificate-1.md) holds exact points x_1 .. x_n, labels, a model of neural networks of any
width, and claims with their evidence. This program reads it and multiplies; it does not search, round or guess.

**What is trusted.** Let V be the set of all vectors (f(x_1), .., f(x_n)) that the model attains, over all widths and
weights. The theorem of docs/theory.md: *V is the row space of the matrix C*, whose rows are made below from the points
and from the parity profile of the activation s: what the even part (s(z) + s(-z))/2 and the odd part (s(z) - s(-z))/2
are on z > 0, a polynomial with these degrees or anything else ("separating"), and whether s(0) != 0. The table of
profiles is trusted too; each of its lines is proved there under its tag.

**What follows by linear algebra**, for vectors c, m and labels y:

* C r = 0 for r = y - m C: then m C is the projection of y to V, and r.r / n the least mean squared error ("least_mse").
  If r = 0, some network attains y ("interpolates").
* C c = 0 and c.y != 0: c is orthogonal to V and not to y, so no width, no weights, no training attains y
  ("cannot_interpolate"). C c = 0 for one c != 0: some labels are never attained ("not_every_labelling").
* p vectors of V and n - p orthogonal to V, both lists in echelon form and so independent: dim V = p ("rank").
* A network with given weights is evaluated ("network").

`accepted` means: each claim is true of the exact points in the file, in real arithmetic, given theorem and table. It
says nothing about floating point, about whether training finds the weights, or about other points. In the regimes `ntk`
and `ntk_hidden`, V is the range of the infinite-width tangent kernel. The profile of a formula is not in the table and
is not checked: what is accepted of it begins with "if". The digest of the data is printed to be compared.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations_with_replacement, zip_longest
from pathlib import Path
from typing import Any, NamedTuple, cast

Integer = Any  # an int, or an Element of a number field
Ratio = tuple[Integer, int]  # a numerator and a positive denominator
Sparse = list[tuple[int, Integer]]  # a row or column of a matrix: indices and entries
Parts = dict[int, dict[int, Integer]]  # a sparse vector, as a sum of integer vectors over their denominators
INDEX, RATIONAL = re.compile(r"0|[1-9][0-9]{0,17}"), re.compile(r"0|-?[1-9][0-9]*(/[1-9][0-9]*)?")
INTEGERS = re.compile(r"(?:0|-?[1-9][0-9]{0,3999})(?: (?:0|-?[1-9][0-9]{0,3999}))*+")
FORMULA = re.compile(r"[0-9A-Za-z_+*/().,<>=!;^ -]{1,2000}")  # printed between quotation marks, which it cannot close
MAX_DEGREE, MAX_ENTRIES = 10**4, 2 * 10**7  # of a condition, of a moment


class Result(NamedTuple):
    """The verdict on a certificate: `status` is "accepted", "rejected" or "unreadable"; `message` is one ASCII line."""

    status: str
    message: str


class _Rejection(Exception):  # noqa: N818  # it is no error
    pass


def _need(condition: object, message: str, *values: object) -> None:
    if not condition:
        raise _Rejection(message.format(*map(_clip, values)))


def _clip(value: object) -> str:
    return str(value) if len(str(value)) <= 60 else f"{str(value)[:40]}... ({len(str(value))} characters)"


class Element:
    """The real number a_0 + a_1 alpha + ... with integers a_k, modulo p; alpha is the only root of p in `inner`.

    It stands where an int can. `not a` proves a = 0. The converse is not proved: p may be reducible, and a polynomial
    that is not 0 modulo p have the value 0. That a number is not 0 is shown by `_sign` alone.
    """

    def __init__(self, p: list[int], inner: list[Fraction], coefficients: Iterable[int]) -> None:
        a = list(coefficients)
        while len(a) >= len(p) or (a and not a[-1]):  # subtract the last coefficient times p times a power of alpha
            last = a.pop()
            for j, b in enumerate(p[:-1] if last else (), len(a) - len(p) + 1):
                a[j] -= last * b
        self.p, self.inner, self.coefficients = p, inner, a

    def __bool__(self) -> bool:
        return self.coefficients != []

    def __add__(self, other: Integer) -> Element:
        pairs = zip_longest(self.coefficients, getattr(other, "coefficients", [other]), fillvalue=0)
        return Element(self.p, self.inner, [a + b for a, b in pairs])

    def __mul__(self, other: Integer) -> Element:
        product = [0] * (2 * len(self.p))
        for i, a in enumerate(self.coefficients):
            for j, b in enumerate(getattr(other, "coefficients", [other]), i):
                product[j] += a * b
        return Element(self.p, self.inner, product)

    __radd__, __rmul__ = __add__, __mul__


def _field(p: list[int], outer: list[Fraction], inner: list[Fraction]) -> Element:
    """The only root of p in the interval `outer`, where p changes its sign and p' is not 0; it lies in `inner`."""
    signs = [_sign(_bounds(p, [end, end])[0].numerator) for end in (outer[0], *inner, outer[1])]
    slope = _bounds([k * a for k, a in enumerate(p)][1:], outer)
    one_root = signs in ([-1, -1, 1, 1], [1, 1, -1, -1]) and (slope[0] > 0 or slope[1] < 0) and p[-1] == 1
    nested = 3 <= len(p) <= 65 and outer[0] <= inner[0] < inner[1] <= outer[1]
    _need(nested and one_root, "the field: it is not shown that a monic polynomial has one root in the intervals")
    return Element(p, inner, [0, 1])


def _bounds(coefficients: list[int], interval: list[Fraction]) -> list[Fraction]:
    """Enclose the values of a polynomial on an interval: Horner's scheme."""
    values = [Fraction()]
    for a in reversed(coefficients):
        ends = [value * end for value in values for end in interval]
        values = [min(ends) + a, max(ends) + a]
    return values


def _sign(a: Integer) -> int:
    """-1, 0 or 1, proved; rejected where the inner interval does not show it."""
    low, high = (a, a) if type(a) is int else _bounds(a.coefficients, a.inner) if a else (0, 0)
    _need(low > 0 or high < 0 or not a, "it is not shown that a number is not 0")
    return (low > 0) - (high < 0)


def _number(token: str, alpha: Any = None) -> Ratio:
    """Read a rational in lowest terms, or an element "a0,a1,..." made of them: numerator and positive denominator."""
    if alpha and "," in token:
        ratios = list(map(_number, token.split(",")))
        _need(len(ratios) < len(alpha.p) and ratios[-1][0], "{} is not a number in canonical form", token)
        common = math.lcm(*[bottom for _, bottom in ratios])
        return Element(alpha.p, alpha.inner, [top * (common // bottom) for top, bottom in ratios]), common
    _need(RATIONAL.fullmatch(token), "{} is not a number in canonical form", token)
    top, *rest = [int(a) if len(a) < 4000 else int(Decimal(a)) for a in token.split("/")]  # int() has a limit of 4300
    _need(not rest or math.gcd(top, *rest) == 1 != rest[0], "{} is not in lowest terms", token)
    return top, rest[0] if rest else 1


def _numbers(text: str, alpha: Any = None) -> tuple[list[Integer], list[int]]:
    """Read numbers with single blanks between them: their numerators, and their denominators."""
    if INTEGERS.fullmatch(text):  # many at once, for speed
        return list(map(int, text.split(" "))), [1] * (text.count(" ") + 1)
    ratios = [_number(token, alpha) for token in text.split(" ")] if text else []
    return [top for top, _ in ratios], [bottom for _, bottom in ratios]


def _total(sums: dict[int, Integer]) -> Ratio:
    """Add fractions, given as numerators by denominator."""
    common = math.lcm(*sums)
    return sum([top * (common // bottom) for bottom, top in sums.items()]), common


def _product(parts: Parts, matrix: list[Sparse]) -> dict[int, Ratio]:
    """A vector times a matrix that is given by its rows, each a list of indices and entries; without what is 0."""
    sums: dict[int, dict[int, Integer]] = defaultdict(dict)
    for bottom, vector in parts.items():
        products: dict[int, Integer] = defaultdict(int)
        for i, a in vector.items():
            for j, entry in matrix[i]:
                products[j] += a * entry
        for j, product in products.items():
            sums[j][bottom] = product
    return {j: total for j, part in sums.items() if (total := _total(part))[0]}


SEP, HALF, FLAGS = "separating", Fraction(1, 2), ("hidden_bias", "output_bias", "skip", "gated")
TABLE: list[tuple[Any, Any, bool, str]] = [  # even part; odd part; s(0) != 0; activations, of which the first names
    ([1], [1], False, "relu"), ([2], [2], False, "relu2"), ([3], [3], False, "relu3"),  # the proof in docs/theory.md
    ([1], [], False, "abs"), ([2], [], False, "square"), ([], [3], False, "cube"), ([], [1], False, "identity"),
    (SEP, [1], False, "gelu gelu_tanh silu hardswish snake"), (SEP, [], True, "cos gaussian sinc"),
    (SEP, [1], True, "softplus logsigmoid squareplus sparse_plus"), (SEP, SEP, False, "elu mish selu celu relu6 expm1"),
    ([0], SEP, True, "sigmoid hardsigmoid sparse_sigmoid"),
    ([], SEP, False, "tanh erf sin arctan asinh softsign hardtanh softshrink tanhshrink"),
    (SEP, SEP, True, "exp sin_cos shifted_relu shifted_softplus shifted_sigmoid shifted_gaussian"),
]  # fmt: skip
PROFILES = {name: (even, odd, nonzero) for even, odd, nonzero, names in TABLE for name in names.split()}
SLOPED = ("leaky_relu", "prelu")  # z for z > 0 and slope z for z < 0: 2e = (1 - slope) z and 2o = (1 + slope) z
EXACT: dict[str, Callable[[Any], Any]] = {  # for networks: the Fraction z to s(z)
    "relu": lambda z: max(z, 0), "relu2": lambda z: max(z, 0) ** 2, "relu3": lambda z: max(z, 0) ** 3, "abs": abs,
    "square": lambda z: z**2, "cube": lambda z: z**3, "identity": lambda z: z, "shifted_relu": lambda z: max(z + 1, 0),
    "hardsigmoid": lambda z: HALF * min(max(z / 3 + 1, 0), 2), "hardtanh": lambda z: min(max(z, -1), 1),
    "hardswish": lambda z: z * HALF * min(max(z / 3 + 1, 0), 2), "softshrink": lambda z: z - min(max(z, -HALF), HALF),
    "sparse_plus": lambda z: max(z, (HALF * min(max(z + 1, 0), 2)) ** 2), "relu6": lambda z: min(max(z, 0), 6),
    "sparse_sigmoid": lambda z: HALF * min(max(z + 1, 0), 2),
}  # fmt: skip
CLAIMS = {  # the evidence of each kind of claim, and what it says
    "interpolates": ("output multipliers", "some attain the labels y{output}"),
    "cannot_interpolate": ("output vector", "none attains the labels y{output}"),
    "not_every_labelling": ("vector", "there are labels that none attains"),
    "least_mse": ("output value multipliers", "the least mean squared error for the labels y{output} is {value}"),
    "rank": ("value range annihilators", "the labels that they attain form a space of dimension {value}"),
    "network": ("output value network", "the given one has mean squared error {value} for the labels y{output}"),
}
TYPES = {  # of the values in a certificate, by their keys; `even` and `odd` are read apart
    **dict.fromkeys(("format", "activation", "regime", "slope", "sha256", "file", "kind", "value"), str),
    **dict.fromkeys(("model", "parameters", "profile", "data", "range", "annihilators", "network"), dict),
    **dict.fromkeys(("claims", "derivation", "lines", "root", "layers", "gates", "last"), list),
    **dict.fromkeys((*FLAGS, "nonzero_at_zero", "continuous"), bool),
    **dict.fromkeys(("version", "hidden_layers", "output"), int),
}


def _fields(value: Any, where: str, keys: str) -> dict[str, Any]:
    """The value, if it is an object with exactly these keys and with values of the right types."""
    _need(type(value) is dict and value.keys() == {*keys.split()}, "{} is not an object with the keys {}", where, keys)
    wrong = [key for key, part in value.items() if type(part) is not TYPES.get(key, type(part))]
    _need(not wrong, "{}: values of a wrong type: {}", where, wrong)
    return dict(value)


class _Certificate:
    """The model, the data, and the matrix C, an integral one: coordinates are multiplied by `scales`, which keeps V."""

    def __init__(self, top: dict[str, Any], folder: Path) -> None:
        self.formula, self.alpha, self.meaning = "derivation" in top, None, ""
        self.model = self.read_model(top)
        columns = self.read_data(top["data"], folder, top.get("root"))
        coordinates, self.labels = columns[: -self.k or None], columns[len(columns) - self.k :]
        self.points = list(zip(*[column for column, _ in coordinates], strict=True)) or [()] * self.n
        self.scales = [scale for _, scale in coordinates]
        self.rows: list[Sparse] = []  # of C
        self.columns: list[Sparse] = [[] for _ in self.points]
        for kind, degree, lifted in self.families() * bool(self.n):
            start, rows, points = len(self.rows), self.rows, [(*x, 1) for x in self.points] if lifted else self.points
            entries: Iterable[Iterable[tuple[int, Integer]]] = self.lines(points, kind, degree)
            _need(degree <= MAX_DEGREE, "a condition has a degree beyond {}", MAX_DEGREE)
            if kind == "moment":  # the monomials of one degree, in lexicographic order
                size = math.comb(max(len(points[0]) + degree - 1, 0), degree) * self.n
                _need(size <= MAX_ENTRIES, "a moment has more than {} entries", MAX_ENTRIES)
                entries = (enumerate(map(math.prod, combinations_with_replacement(x, degree))) for x in points)
            for i, (found, column) in enumerate(zip(entries, self.columns, strict=True)):
                for row, entry in found:
                    if start + row == len(rows):
                        rows.append([])
                    if entry:
                        rows[start + row].append((i, entry))
                        column.append((start + row, entry))

    def read_model(self, top: dict[str, Any]) -> dict[str, Any]:
        """Read the model with the profile of its activation; that of a formula is taken as it is stated."""
        model = _fields(top["model"], "model", " ".join(["activation parameters hidden_layers regime", *FLAGS]))
        name, sloped = model["activation"], model["activation"] in SLOPED and not self.formula
        model |= _fields(model["parameters"], "parameters", "slope" * sloped) | {"continuous": True}
        _need(self.formula or sloped or name in PROFILES, "the activation {} is not in the table", name)
        slope = Fraction(*_number(model.get("slope", "0")))
        profile = PROFILES.get(name, ([1] * (slope != 1), [1] * (slope != -1), False))
        if not self.formula:
            return model | dict(zip(("even", "odd", "nonzero_at_zero"), profile, strict=True))
        _need(FORMULA.fullmatch(name) and name not in (*PROFILES, *SLOPED), "{} is not the text of a formula", name)
        model |= _fields(top["profile"], "profile", "even odd nonzero_at_zero continuous")
        for part in (model["even"], model["odd"]):
            degrees = type(part) is list and all(type(k) is int for k in part) and part == sorted({*part})
            _need(part == SEP or degrees, "the profile has a part {}", part)
        possible = model["even"] == SEP or model["nonzero_at_zero"] == (model["even"][:1] == [0])
        _need(possible and not (model["continuous"] and model["odd"][:1] == [0]), "no function has this profile at 0")
        return model

    def read_data(self, value: Any, folder: Path, root: list[str] | None) -> list[tuple[list[Integer], int]]:
        """Read the data, one text in lines: each column, coordinates first, as integers over one denominator."""
        if "file" in value:
            name = _fields(value, "data", "sha256 file")["file"]
            _need(not {*name} & {*"/\\\0"} and name not in ("", ".", ".."), "{} is not a plain file name", name)
            data = (folder / name).read_bytes()
        else:
            data = "".join([line + "\n" for line in _fields(value, "data", "sha256 lines")["lines"]]).encode()
        _need(value["sha256"] == hashlib.sha256(data).hexdigest(), "sha256 is not the digest of the data")
        head, *lines = data.decode("ascii", "replace").split("\n")
        known = re.fullmatch(r"fullrank-data 1( (?:0|[1-9][0-9]{0,17})){3}( [-,0-9]+ [^ ]+ [^ ]+)?", head)
        _need(known and (root is None) == (known[2] is None), "the data begin with {}, and the root is {}", head, root)
        self.n, d, self.k = map(int, head.split(" ")[2:5])
        if root is not None:
            polynomial, *ends = head.split(" ")[5:]
            p, _ = _numbers(polynomial.replace(",", " "))  # integers, as there is no "/"
            self.alpha = _field(p, *([Fraction(*_number(end)) for end in pair] for pair in (ends, root)))
            self.meaning = f"; a0,a1,.. is a0 + a1 t + .., with the root t of {polynomial} from {' to '.join(ends)}"
        whole = len(lines) == len(value.get("lines", lines)) == self.n + 1 and lines.pop() == ""
        _need(whole, "not {} lines that end with a line feed", self.n)
        width, columns = d + self.k, []
        tops, bottoms = _numbers(" ".join(lines) if width else "".join(lines), self.alpha)
        fits = len(tops) == self.n * width and all(line.count(" ") == max(width, 1) - 1 for line in lines)
        _need(fits, "a line of the data has not {} numbers", width)
        for j in range(width * bool(self.n)):
            pairs, scale = zip(tops[j::width], bottoms[j::width], strict=True), math.lcm(*{*bottoms[j::width]})
            columns.append(([top * (scale // bottom) for top, bottom in pairs] if scale > 1 else tops[j::width], scale))
        return columns

    def families(self) -> list[tuple[str, int, bool]]:
        """The families of rows of C: kind; degree, 0 for pairs; whether it speaks of the points (x, 1)."""
        model, layers, lifted = self.model, self.model["hidden_layers"], self.model["hidden_bias"]
        even, odd, nonzero, lazy = model["even"], model["odd"], model["nonzero_at_zero"], model["regime"] != "trained"
        degrees = [[] if part == SEP else part for part in (even, odd)]
        is_polynomial = SEP not in (even, odd) and not any(k % 2 != side for side in (0, 1) for k in degrees[side])
        fixed = model["regime"] == "ntk_hidden"  # the weights of the last layer
        _need(layers > 0 and model["regime"] in ("trained", "ntk", "ntk_hidden"), "the depth or the regime is unknown")
        covered = (layers == 1 and not lazy) or (model["continuous"] and not model["gated"])
        covered &= not (layers > 1 and (lazy or is_polynomial))
        _need(covered and not (fixed and (model["skip"] or model["output_bias"])), "no theorem covers this model")
        if layers == 1:
            if model["gated"]:  # an antiderivative of s
                even, odd, nonzero, degrees = odd, even, False, [[k + 1 for k in part] for part in degrees[::-1]]
            if fixed:  # s - s(0)
                nonzero, degrees[0] = False, [k for k in degrees[0] if k > 0]
            found = [("pair_sum", 0, lifted)] * (even == SEP) + [("moment", 0, lifted)] * (even == SEP and nonzero)
            found += [("line" if k % 2 else "moment", k, lifted) for k in degrees[0]]
            found += [("pair_difference", 0, lifted)] * (odd == SEP)
            found += [("moment" if k % 2 else "signed_line", k, lifted) for k in degrees[1]]
        elif lifted:
            found = [("pair_sum", 0, True)]
        elif SEP not in (even, odd) and len({*even, *odd}) == 1:  # homogeneous of this degree
            degree = max(even + odd) ** min(layers, 20)
            found = [("line", degree, False)] * (even != []) + [("signed_line", degree, False)] * (odd != [])
        else:
            found = [("pair_sum", 0, False)] * (even != []) + [("pair_difference", 0, False)] * (odd != [])
            found += [("moment", 0, False)] * nonzero
        found += [("moment", 0, False)] * (model["output_bias"] and ("moment", 0) not in [f[:2] for f in found])
        return found + [("moment", 1, False)] * (model["skip"] and ("moment", 1, False) not in found)

    def lines(self, points: list[tuple[Integer, ...]], kind: str, degree: int) -> Iterator[Sparse]:
        """For each point but 0 the number of its line or pair, and |t|^degree, with or without the sign of t.

        Rational points of a line are x = t u with the primitive integer vector u whose first nonzero entry is positive.
        Others are compared by their minors, and t is the first nonzero coordinate.
        """
        pairs, signed = "pair" in kind, kind in ("signed_line", "pair_difference")
        first, zero = dict[tuple[Integer, ...], int](), (0,) * len(points[0])
        for x in points:
            if self.alpha is None:
                t = math.gcd(*x) if x > zero else -math.gcd(*x)
                unit = _sign(t) if pairs else t
                key = x if unit in (0, 1) else tuple([a // unit for a in x])
            else:
                t = next((a for a in x if _sign(a)), 0)
                key = next((z for z in first if t and self.parallel(x, z, pairs)), x)
            size, sign = t * _sign(t), _sign(t) if signed else 1
            yield [(first.setdefault(key, len(first)), math.prod([size] * degree) * sign)] if t else []

    def parallel(self, x: tuple[Integer, ...], z: tuple[Integer, ...], pairs: bool) -> bool:
        """Whether x is a multiple of z, and of the same length if `pairs`; z is not 0. Either answer is proved."""
        k = next(i for i, a in enumerate(z) if _sign(a))
        differences = [a * z[k] + -1 * (x[k] * b) for a, b in zip(x, z, strict=True)]
        return not any(map(_sign, differences)) and not (pairs and _sign(x[k] * x[k] + -1 * (z[k] * z[k])))

    def errors(self, output: int, network: Any) -> Iterator[Fraction]:
        """The values of an explicit network minus the labels."""
        model, given = self.model, _fields(network, "network", "layers gates last")
        known = model["activation"] in (*EXACT, *SLOPED) and model["regime"] == "trained" and self.alpha is None
        _need(known and not self.formula and self.n, "this network is not evaluated, or not at these points")
        s = EXACT.get(model["activation"], lambda z: z if z > 0 else Fraction(model["slope"]) * z)
        parts = [*given["layers"], given["gates"], given["last"]]
        _need({*map(type, parts)} == {list}, "weights are not a list of lines")
        *layers, gates, last = [[[*map(Fraction, *_numbers(line))] for line in part] for part in parts]
        fits = len(layers) == model["hidden_layers"] and (model["gated"] or not gates)
        weights, (constant,), slopes = last
        _need(fits and (model["output_bias"] or not constant), "the network is not one of the model")
        def dot(row: list[Fraction], h: list[Fraction]) -> Fraction:
            return sum((a * b for a, b in zip(row, h, strict=True)), Fraction())
        for point, label in zip(self.points, self.labels[output][0], strict=True):
            h = x = list(map(Fraction, point, self.scales))
            for layer in layers:
                z = h + [Fraction(1)] * model["hidden_bias"]
                factors = [dot(row, z) for row in gates] if model["gated"] else [Fraction(1)] * len(layer)
                h = [s(dot(row, z)) * factor for row, factor in zip(layer, factors, strict=True)]
            yield dot(weights, h) + dot(slopes, x * model["skip"]) + constant - Fraction(label, self.labels[output][1])

    def vector(self, value: Any, size: int) -> Parts:
        """Read a sparse vector: an object from indices to numbers other than 0."""
        (tops, bottoms), parts = _numbers(" ".join(value.values()), self.alpha), defaultdict[int, Any](dict)
        fits = len(tops) == len(value) and all(tops) and all(INDEX.fullmatch(i) and int(i) < size for i in value)
        _need(fits, "a vector has a key that is no index less than {}, a 0, or no number or several in one place", size)
        for i, top, bottom in zip(map(int, value), tops, bottoms, strict=True):
            parts[bottom][i] = top
        return parts

    def prove(self, claim: Any) -> str:
        """Return the sentence of a claim that its evidence proves; reject every other."""
        kind: Any = claim.get("kind") if type(claim) is dict else None
        _need(kind in list(CLAIMS), "a claim is of no known kind")
        claim = {"output": 0, "value": "0"} | _fields(claim, kind, "kind " + CLAIMS[kind][0])
        output, value, n = claim["output"], claim["value"], self.n
        _need(output < self.k or "output" not in CLAIMS[kind][0], "there is no output {}", output)
        labels, scale = self.labels[output] if self.labels else ([], 1)
        identity, c = [[(i, 1)] for i in range(n)] if "multipliers" not in claim else [], cast(Parts, defaultdict(dict))
        if "vector" in claim:
            c = self.vector(claim["vector"], n)
            products = _product(c, identity if kind == "not_every_labelling" else [[(0, a)] for a in labels])
            _need(any(_sign(top) for top, _ in products.values()), "the vector is 0, or orthogonal to the labels")
        elif kind == "rank":
            lengths = len(claim["range"]), len(claim["annihilators"])
            _need(value == str(lengths[0]) and sum(lengths) == n, "the number of vectors is wrong")
            for vectors, matrix in ((claim["range"], self.rows), (claim["annihilators"], identity)):
                earlier = set[int]()
                for pivot, entries in vectors.items():
                    parts = self.vector(entries, len(matrix))
                    v = _product(parts, matrix)
                    _need(matrix is self.rows or not _product(parts, self.columns), "a vector is not orthogonal to V")
                    echelon = INDEX.fullmatch(pivot) and _sign(v.get(int(pivot), (0, 1))[0]) and earlier.isdisjoint(v)
                    _need(echelon, "no echelon form at the pivot {}", pivot)
                    earlier.add(int(pivot))
        else:  # the mean of the squares of r = y - m C, or of the errors of a network
            squares: dict[int, Integer] = defaultdict(int)
            if kind == "network":
                for error in self.errors(output, claim["network"]):
                    squares[error.denominator**2] += error.numerator**2
            else:
                best = _product(self.vector(claim["multipliers"], len(self.rows)), self.rows)
                for i, a in enumerate(labels):
                    top, bottom = best.get(i, (0, scale))
                    if error := a * bottom + -1 * (top * scale):
                        c[bottom * scale][i] = error
                        squares[(bottom * scale) ** 2] += error * error
            (top, bottom), (wanted, over) = _total(squares), _number(value, self.alpha)
            _need(not top * over + -1 * (wanted * bottom * max(n, 1)), "the mean squared error is not {}", value)
        _need(not _product(c, self.columns), "C times a vector that should be orthogonal to V is not 0")
        return str(CLAIMS[kind][1].format(output=output, value=_clip(value)))

    def __str__(self) -> str:
        """Of what the claims speak, in plain words."""
        model, text, unit, regime = self.model, "", self.model["activation"], self.model["regime"]
        almost, moved = "" if model["continuous"] else "almost ", model["hidden_bias"] or model["gated"]
        if self.formula:
            zero = not almost or not (moved or all(any(map(_sign, x)) for x in self.points))
            text = f'if s(x) = "{unit}" is {"" if almost else "continuous and "}piecewise analytic and has, for '
            text += f"{almost}every x > 0, even part {model['even']}{' (at 0 too)' * zero} and odd part {model['odd']}"
            text += f", with s(0) {'!=' if model['nonzero_at_zero'] else '='} 0" * zero
            text, unit = text + " and finite second moments of s and s'" * (regime != "trained") + ", then ", "s"
        slope = f" of slope {_clip(model['slope'])}" if "slope" in model else ""
        flags = ", ".join([flag.replace("_", " ") for flag in FLAGS if model[flag]]) or "bias-free"
        weights = f"of any width and {almost}any{' hidden' * bool(almost)} weights"
        lazy = f"in the regime {regime}" + ", less their values at initialisation" * (regime == "ntk_hidden")
        text += f"networks with {model['hidden_layers']} hidden layer(s) of {unit} units{slope} ({flags}), "
        return text + (weights if regime == "trained" else lazy) + f", on these {self.n} point(s)"


def _judge(source: str | bytes | Path, folder: Path) -> str:
    def unique(items: list[tuple[str, Any]]) -> dict[str, Any]:
        _need(len(dict(items)) == len(items), "a key occurs twice in an object")
        return dict(items)

    def count(token: str) -> int:
        _need(INDEX.fullmatch(token), "the number {} is not an index or count", token)
        return int(token)

    text = source.read_bytes() if isinstance(source, Path) else source
    text = text.decode() if isinstance(text, bytes) else text
    top = json.loads(text, object_pairs_hook=unique, parse_int=count, parse_float=count, parse_constant=count)
    optional = [keys for keys in ("profile derivation", "root") if type(top) is dict and keys.split()[-1] in top]
    _fields(top, "a certificate", " ".join(["format version model data claims", *optional]))
    _need((top["format"], top["version"]) == ("fullrank-certificate", 1), "not a fullrank-certificate of version 1")
    _need(all(type(step) is str for step in top.get("derivation", [])), "a step of the derivation is not a text")
    _need(top["claims"], "there is no claim")
    made = _Certificate(top, folder)
    proved = "; ".join(map(made.prove, top["claims"]))
    return f"{made}: {proved}{made.meaning} (data with SHA-256 {top['data']['sha256']})"


def check_text(text: str | bytes | Path, folder: str | Path = "no folder") -> Result:
    """Check the text of a certificate; its data file, if it has one, is read from `folder`. Nothing is raised."""
    try:
        status, message = "accepted", _judge(text, Path(folder))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        status, message = "unreadable", f"{type(error).__name__}: {error}"
    except Exception as error:
        reason = "" if isinstance(error, _Rejection) else f"the check ended with {type(error).__name__}: "
        status, message = "rejected", f"{reason}{error}"
    return Result(status, "".join(c if " " <= c <= "~" else "?" for c in message))


def check_file(path: str | Path) -> Result:
    """Check a certificate file; its data file, if it has one, stands beside it. Nothing is raised."""
    return check_text(Path(path), Path(path).parent)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the verdict on one file as one line; return 0 if it is accepted, 1 if rejected, 2 if unreadable."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    usage = Result("unreadable", "usage: python checker.py FILE (a certificate; its data file stands beside it)")
    result = check_file(arguments[0]) if len(arguments) == 1 and not arguments[0].startswith("-") else usage
    print(f"{result.status}: {result.message}")
    return ("accepted", "rejected", "unreadable").index(result.status)


if __name__ == "__main__":
    sys.exit(main())
