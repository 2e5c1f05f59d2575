"""Kernels without a closed form, by quadrature in the plane, with an estimate of the error; in float64 and mpmath.

(u, v) = (|x| R cos T, |y| R cos(T - t)) with R, T the polar coordinates of a standard normal vector and t the angle
between x and y. The circle is cut where u = 0, where v = 0 and where a breakpoint of s(u) meets one of s(v); each ray
at the breakpoints themselves. Inside a piece the integrand is analytic, so that Gauss-Legendre converges fast, also for
nearly collinear points and for any breakpoints. Smooth activations in float64 first try the product of two
Gauss-Hermite rules, unless their nodes are too far apart for s(|x| z): at tanh(60 z) they see a step, and two rules
agree on a wrong number. Two orders are compared; nothing here is rigorous.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from verify.algebraic.field import Number
from verify.data import Dataset
from verify.errors import DataError
from verify.kernels.arguments import dataset_and_model
from verify.kernels.arithmetics import Mpmath, enclosed
from verify.kernels.closed_forms import Pair
from verify.kernels.forms import Form, check_model
from verify.kernels.integrands import Integrand, integrands
from verify.kernels.piecewise_linear import piecewise_linear_form
from verify.kernels.reference import Weights, entries
from verify.model import Model

Rule = tuple[NDArray[Any], NDArray[Any]]

_HERMITE = ((20, 28), (44, 60))
_POLAR = ((24, 10), (40, 12), (64, 16), (128, 24))  # Gauss-Legendre nodes of a sector and of a panel of a ray
_PANELS = (0.0, 0.125, 0.375, 0.75, 1.5, 3.0, 5.0, 7.0)  # of a ray; then in steps of 2
_HINGE_ERROR = 1e-10  # relative, of the scalar integrals of piecewise linear activations at nearly collinear points
_GOOD = 1e-13  # of sqrt(K_ii K_jj)
_STEEP = 1e6  # a length from which a layer of s(|x| z) at 0 is too thin for the coarse rules of a sector
_TOO_STEEP = 1e11  # and for all of them
_LAYERS = np.array([0.0, *(2.0**k for k in range(-50, 0)), *np.arange(1, 29) / 2])
_RADIUS = 60.0


@dataclass(frozen=True)
class QuadratureKernel:
    """A kernel matrix by quadrature.

    Attributes
    ----------
    matrix : ndarray of shape (n, n), or mpmath.matrix when digits were asked for
    error : float
        The largest difference of two orders of quadrature in any integral, times what multiplies it in float64 (x.y for
        gates and tangent kernels); an estimate, not a bound. With several hidden layers it is that of one layer. For
        piecewise linear activations in float64 it is ``1e-10 max |K_ij|``, above what was observed at nearly collinear
        points.
    method : "quadrature"
    """

    matrix: Any
    error: float
    method: Literal["quadrature"] = "quadrature"


def quadrature_kernel(
    data: object, model: Model | str, *, digits: int | None = None, weights: Weights = "normal"
) -> QuadratureKernel:
    """Compute the kernel matrix of any model by quadrature.

    Parameters
    ----------
    data : Dataset or array-like of shape (n, d)
        n points; labels are not looked at.
    model : Model or str
        As for `mpmath_kernel`, with any activation, a formula too.
    digits : int, optional
        Work in mpmath and aim at this many digits; by default in float64.
    weights : {"normal", "sphere"}

    Returns
    -------
    QuadratureKernel

    Raises
    ------
    NotAvailableError
        For a model whose kernel is not shown to exist.
    DataError
        For points whose kernel is beyond the range of float64.

    Notes
    -----
    Cost: n^2/2 integrals, in float64 about a millisecond each for smooth activations and ten for others; in mpmath
    seconds.

    Examples
    --------
    >>> K = quadrature_kernel([[1, 0], [0, 1]], "silu")
    >>> K.matrix.round(6).tolist(), K.error < 1e-12, K.method
    ([[0.355776, 0.042692], [0.042692, 0.355776]], True, 'quadrature')
    """
    data, model = dataset_and_model(data, model)
    check_model(model)
    kinds = integrands(model.activation)
    if digits is None:
        return _floats(data, model, kinds, weights)
    import mpmath

    context = mpmath.ctx_mp.MPContext()
    context.dps = digits + 10
    rules = _Exact(context, digits)
    form = Form(*(None if s is None else rules.kernel(s) for s in kinds))  # type: ignore[arg-type]  # value is there
    K = mpmath.matrix(data.n, data.n)
    for i, j, value in entries(data, model, Mpmath(context), form, weights=weights):
        K[i, j] = K[j, i] = mpmath.mp.make_mpf(value._mpf_)
    return QuadratureKernel(K, float(rules.error))


class FloatArithmetic:
    """Python floats as an arithmetic."""

    def number(self, value: Number) -> float:
        """Round an exact number."""
        low, high = enclosed(value, 60)
        try:
            return float((low + high) / 2)
        except OverflowError:
            raise DataError("the squared norm of a point is beyond the range of float64; scale the data") from None

    def pi(self) -> float:
        """Give pi."""
        return math.pi

    def sqrt(self, value: float) -> float:
        """Take the square root; of a rounding error below 0 it is 0."""
        return math.sqrt(max(value, 0.0))

    def exp(self, value: float) -> float:
        """Take the exponential."""
        return math.exp(value)

    def expm1(self, value: float) -> float:
        """Take the exponential less 1."""
        return math.expm1(value)

    def tanh(self, value: float) -> float:
        """Take the hyperbolic tangent."""
        return math.tanh(value)

    def angle(self, y: float, x: float) -> float:
        """Give atan2(y, x)."""
        return math.atan2(y, x)


def _floats(
    data: Dataset, model: Model, kinds: tuple[Integrand, Integrand | None], weights: Weights
) -> QuadratureKernel:
    linear = piecewise_linear_form(model.activation)
    if linear is not None:
        form = linear
    rules = [] if linear is not None else [None if s is None else _FloatRules(s) for s in kinds]
    if linear is None:
        form = Form(*(None if rule is None else rule.kernel for rule in rules))  # type: ignore[arg-type]  # value is there
    K = np.zeros((data.n, data.n))
    with np.errstate(all="ignore"):
        for i, j, value in entries(data, model, FloatArithmetic(), form, weights=weights):
            if not math.isfinite(value):
                raise DataError(f"the kernel of points {i} and {j} is beyond the range of float64; scale the data")
            K[i, j] = K[j, i] = value
    if linear is not None:
        return QuadratureKernel(K, _HINGE_ERROR * float(np.abs(K).max(initial=0.0)))
    values, slopes = (0.0 if rule is None else rule.error for rule in rules or (None, None))
    if model.gated or model.regime != "trained":
        numbers = FloatArithmetic()
        squares = (numbers.number(sum((x * x for x in point), Fraction(0))) for point in data.points)
        inner = max(squares, default=0.0) + model.hidden_bias  # what |x.y| is at most multiplies the integral
        values, slopes = values * (inner if model.gated else 1.0), slopes * inner
    return QuadratureKernel(K, max(1e-13 * float(np.abs(K).max(initial=0.0)), values + slopes))


class _FloatRules:
    def __init__(self, integrand: Integrand) -> None:
        self.s, self.breaks, self.smooth = integrand.float64, integrand.breaks, integrand.smooth
        self.error = 0.0
        self._seen: dict[tuple[float, int], bool] = {}

    def kernel(self, _: Any, g: Pair) -> float:
        """Integrate, and remember the error."""
        a, b = math.sqrt(g.p), math.sqrt(g.q)
        t = math.atan2(math.sqrt(max(g.det, 0.0)), g.r)
        if self.smooth:
            for low, high in _HERMITE:
                if not (self._seen_by_hermite(a, low) and self._seen_by_hermite(b, low)):
                    continue
                first, second = (_hermite(self.s, a, b, t, n) for n in (low, high))
                if abs(first - second) <= _GOOD * max(abs(second), 1e-3):
                    self.error = max(self.error, abs(first - second))
                    return second
        orders = _POLAR if max(a, b) < _STEEP else _POLAR[-2:]
        first, _ = _polar(self.s, a, b, t, self.breaks, *orders[0])
        for order in orders[1:]:
            second, size = _polar(self.s, a, b, t, self.breaks, *order)
            difference, first = abs(first - second), second
            if difference <= _GOOD * size:
                break
        if max(a, b) > _TOO_STEEP:
            difference = max(difference, size / _TOO_STEEP)
        self.error = max(self.error, difference)
        return second

    def _seen_by_hermite(self, a: float, n: int) -> bool:
        """Whether n nodes integrate s(a z)^2 as nodes do that come as close to 0 as one likes."""
        if (a, n) not in self._seen:
            z, w = _rule("hermite", n)
            x, v = _rule("legendre", 16)
            low, high = _LAYERS[:-1, None], _LAYERS[1:, None]
            r = (low + (high - low) * x).ravel()
            density = ((high - low) * v).ravel() * np.exp(-r * r / 2) / math.sqrt(2 * math.pi)
            fine = float(density @ (self.s(a * r) ** 2 + self.s(-a * r) ** 2))
            self._seen[a, n] = abs(fine - float(w @ self.s(a * z) ** 2)) <= 2 * _GOOD * max(fine, 1e-6)
        return self._seen[a, n]


Function = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@lru_cache(maxsize=32)
def _rule(name: str, n: int) -> Rule:
    if name == "hermite":
        nodes, weights = np.polynomial.hermite_e.hermegauss(n)
        return nodes, weights / math.sqrt(2 * math.pi)
    nodes, weights = np.polynomial.legendre.leggauss(n)
    return (nodes + 1) / 2, weights / 2


def _hermite(s: Function, a: float, b: float, t: float, n: int) -> float:
    z, w = _rule("hermite", n)
    v = b * (math.cos(t) * z[:, None] + math.sin(t) * z[None, :])
    return float((w * s(a * z)) @ s(v) @ w)


def _polar(
    s: Function, a: float, b: float, t: float, breaks: Sequence[float], sector: int, panel: int
) -> tuple[float, float]:
    """Integrate s(u) s(v), and its absolute value."""
    edges = sector_edges(a, b, t, breaks)
    x, w = _rule("legendre", sector)
    x, w = x**3 * (10 - 15 * x + 6 * x * x), w * 30 * (x * (1 - x)) ** 2  # gathers nodes at both ends
    low, high = edges[:-1, None], edges[1:, None]
    T = (low + (high - low) * x).ravel()
    weight = ((high - low) * w).ravel() / (2 * math.pi)
    cu, cv = a * np.cos(T), b * np.cos(T - t)
    ray = Ray(cu, cv, breaks, _rule("legendre", panel))
    total, size, low_end = 0.0, 0.0, 0.0
    for end in (*_PANELS[1:], *np.arange(_PANELS[-1] + 2, _RADIUS, 2.0)):
        R, weights = ray.panel(low_end, float(end))
        values = s(cu[:, None] * R) * s(cv[:, None] * R) * R * np.exp(-R * R / 2) * weights
        part = float(weight @ np.abs(values).sum(axis=1))
        total, size, low_end = total + float(weight @ values.sum(axis=1)), size + part, float(end)
        if end >= _PANELS[-1] and part <= 1e-17 * size:
            break
    return total, size


def sector_edges(a: float, b: float, t: float, breaks: Sequence[float]) -> NDArray[np.float64]:
    """Cut the circle where u = 0, where v = 0, and where a breakpoint of s(u) meets one of s(v)."""
    half = math.pi / 2
    cuts = [half, -half, t + half, t - half]
    if math.sin(t) > 0:
        meetings = (math.atan2(d * a - c * b * math.cos(t), c * b * math.sin(t)) for c in breaks for d in breaks if c)
        cuts += [angle for m in meetings for angle in (m, m + math.pi)]
    ends = np.sort(np.mod(cuts, 2 * math.pi))
    return np.append(ends, ends[0] + 2 * math.pi)


class Ray:
    """The quadrature along rays, cut at the breakpoints."""

    def __init__(self, cu: NDArray[Any], cv: NDArray[Any], breaks: Sequence[float], rule: Rule) -> None:
        nonzero = [c for c in breaks if c]
        self.nodes, self.weights = rule
        with np.errstate(all="ignore"):
            self.cuts = np.array([c / cosine for c in nonzero for cosine in (cu, cv)]).reshape(-1, len(cu)).T
        self.cuts = np.where(np.isfinite(self.cuts), self.cuts, -1.0)

    def panel(self, low: float, high: float) -> Rule:
        """Give nodes and weights between two radii, one row for each ray."""
        inner = np.sort(np.clip(self.cuts, low, high), axis=1)
        ends = np.concatenate([np.full((len(inner), 1), low), inner, np.full((len(inner), 1), high)], axis=1)
        start, width = ends[:, :-1, None], np.diff(ends, axis=1)[:, :, None]
        shape = (len(inner), -1)
        return (start + width * self.nodes).reshape(shape), (width * self.weights).reshape(shape)


class _Exact:
    """The same in mpmath, node by node."""

    def __init__(self, context: Any, digits: int) -> None:
        from mpmath.calculus.quadrature import GaussLegendre

        self.mp, self.digits, self.error = context, digits, context.zero
        degree = 3 + (digits > 12) + (digits > 30)
        rule = GaussLegendre(context)
        scaled = [
            [((x + 1) / 2, w / 2) for x, w in rule.calc_nodes(k, context.prec)] for k in range(degree, degree + 3)
        ]
        self.panel = scaled
        self.sector = [
            [(x**3 * (10 - 15 * x + 6 * x * x), w * 30 * (x * (1 - x)) ** 2) for x, w in nodes] for nodes in scaled
        ]

    def kernel(self, integrand: Integrand) -> Callable[[Any, Pair], Any]:
        """Make the function that integrates, and remembers the error."""

        def integrate(a: Mpmath, g: Pair) -> Any:
            mp = self.mp
            lengths = a.sqrt(g.p), a.sqrt(g.q)
            t = a.angle(a.sqrt(g.det), g.r)
            first = self._polar(integrand, *lengths, t, 0)
            for order in (1, 2):
                second = self._polar(integrand, *lengths, t, order)
                difference, first = abs(first - second), second
                if difference <= mp.mpf(10) ** -self.digits * max(abs(second), mp.mpf(10) ** -3):
                    break
            self.error = max(self.error, difference)
            return mp.mpf(second)

        return integrate

    def _polar(self, integrand: Integrand, a: Any, b: Any, t: Any, order: int) -> Any:
        mp, s = self.mp, integrand.mpmath(self.mp)
        half = mp.pi / 2
        breaks = [mp.mpf(c.numerator) / c.denominator for c in integrand.exact_breaks]
        cuts = [half, -half, t + half, t - half]
        if mp.sin(t) > 0:
            for c in breaks:
                for d in breaks:
                    if c:
                        m = mp.atan2(d * a - c * b * mp.cos(t), c * b * mp.sin(t))
                        cuts += [m, m + mp.pi]
        ends = sorted(x % (2 * mp.pi) for x in cuts)
        ends.append(ends[0] + 2 * mp.pi)
        total = mp.zero
        for low, high in pairwise(ends):
            if high - low < mp.eps * 100:
                continue
            for x, w in self.sector[order]:
                T = low + (high - low) * x
                total += (high - low) * w * self._ray(s, a * mp.cos(T), b * mp.cos(T - t), breaks, order)
        return total / (2 * mp.pi)

    def _ray(self, s: Callable[[Any], Any], cu: Any, cv: Any, breaks: Sequence[Any], order: int) -> Any:
        mp = self.mp
        cuts = sorted(c / cosine for c in breaks if c for cosine in (cu, cv) if cosine and c / cosine > 0)
        total, low = mp.zero, mp.zero
        ends = [mp.mpf(x) for x in (*_PANELS[1:], *np.arange(_PANELS[-1] + 2, _RADIUS, 2.0).tolist())]
        for end in ends:
            part = mp.zero
            inner = [low, *(c for c in cuts if low < c < end), end]
            for left, right in pairwise(inner):
                for x, w in self.panel[order]:
                    R = left + (right - left) * x
                    part += (right - left) * w * R * mp.exp(-R * R / 2) * s(cu * R) * s(cv * R)
            total, low = total + part, end
            if end >= _PANELS[-1] and abs(part) <= mp.eps * abs(total):
                break
        return total
