"""The matrix Chernoff and whitened bounds of a model on data, from a certified eigenvalue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from verify.data import Dataset
from verify.errors import NotAvailableError
from verify.model import Model
from verify.width.chernoff import chernoff_width
from verify.width.cones import cone_supremum
from verify.width.feature_bound import (
    Homogeneous,
    Law,
    homogeneity,
    homogeneous_supremum,
    largest_square,
    near_unit_scales,
    norm_power,
)
from verify.width.whitened import MOST_POINTS, plane_supremum, sampled_supremum

_MOST_SAMPLED_POINTS = 2000
_SAMPLES = 4000
_BLOCK = 1000

MEMORY_LIMIT = 2**32
"""Bytes that a kernel matrix and its Cholesky factor may take."""

Points = Sequence[Sequence[Fraction]]


@dataclass(frozen=True)
class EigenvalueBounds:
    """Widths that are enough with a stated probability, and what they rest on.

    Attributes
    ----------
    law : str
        Of the hidden weights: "sphere" (uniform on the unit sphere) or "normal" (N(0, I)).
    supremum : Fraction
        R: proved upper bound of ``|phi(w)|^2``.
    least_eigenvalue : Fraction
        Certified lower bound of lambda_min(K) for this law.
    width : int
        From (R/lambda) ln(n/failure).
    whitened_supremum : Fraction
        Proved upper bound of R' = sup phi^T K^-1 phi; R/lambda where nothing better is proved.
    whitened_reason : str
        How it was bounded.
    whitened_width : int
    whitened_sampled : float or None
        Largest phi^T K^-1 phi of a sample: up to rounding a lower bound of R', never a proof of the upper one.
    """

    law: Law
    supremum: Fraction
    least_eigenvalue: Fraction
    width: int
    whitened_supremum: Fraction
    whitened_reason: str
    whitened_width: int
    whitened_sampled: float | None


@dataclass(frozen=True)
class _Setting:
    """Points and a model with the same ranks, the law of its weights and E over N(0, I) divided by E over the law."""

    data: Dataset
    points: Points
    model: Model
    law: Law
    supremum: Fraction
    factor: int


def eigenvalue_bounds(
    data: Dataset, model: Model, *, failure: Fraction, free_rank: int, rng: int | np.random.Generator = 0
) -> EigenvalueBounds:
    """Bound the width from the least eigenvalue of the kernel. The kernel must be nonsingular.

    Raises
    ------
    NotAvailableError
        When the features are unbounded, no kernel is known, or no positive eigenvalue bound could be certified.
    """
    if data.n == 0:
        raise NotAvailableError("there is no point, so width 0 is enough")
    setting = _setting(data, model)
    if 16 * data.n**2 > MEMORY_LIMIT:
        raise NotAvailableError(
            f"the kernel matrix of {data.n} points and its factor need {16 * data.n**2} bytes, more than {MEMORY_LIMIT}"
            "; verify.kernels.extreme_eigenvalues estimates its least eigenvalue without forming it, with no proof"
        )
    normal = certified_least_eigenvalue(setting.data, setting.model)
    if normal is None:
        raise NotAvailableError(
            "no positive lower bound of the least eigenvalue could be certified at this precision; the points are "
            "nearly dependent: move them apart, or use fewer"
        )
    least, dimension = normal / setting.factor, data.n - free_rank
    ratio = setting.supremum / least
    whitened, reason = ratio, "R/lambda"
    found = _better_supremum(setting)
    if found is not None and found[0] < ratio:
        whitened, reason = found
    return EigenvalueBounds(
        setting.law,
        setting.supremum,
        least,
        chernoff_width(setting.supremum, least, dimension, failure),
        whitened,
        reason,
        chernoff_width(whitened, Fraction(1), dimension, failure),
        _sampled(setting, np.random.default_rng(rng)),
    )


def certified_least_eigenvalue(data: Dataset, model: Model) -> Fraction | None:
    """Certify a positive lower bound of the least eigenvalue of the kernel for w ~ N(0, I); None if none is found."""
    from verify import certified_lambda_min

    enclosure = certified_lambda_min(data, model)
    return Fraction(enclosure[0]) if enclosure is not None and enclosure[0] > 0 else None


def _setting(data: Dataset, model: Model) -> _Setting:
    points: Points = data.points  # type: ignore[assignment]  # rational: checked by the caller
    if model.hidden_bias:
        points = [(*point, Fraction(1)) for point in points]
    law = homogeneity(model.activation)
    if law is None:
        square = None if model.gated else largest_square(model.activation)
        if square is None:
            raise NotAvailableError(
                f"the features of {model} are unbounded for normal weights, and the activation is not homogeneous, so "
                "that the weights cannot be put on a sphere: the matrix Chernoff bound does not apply"
            )
        return _Setting(data, points, model, "normal", data.n * square[0], 1)
    dimension = len(points[0])
    if not dimension:
        raise NotAvailableError("the points have no coordinate, so there is no unit sphere of weights")
    factor = norm_power(dimension, law.degree) * (dimension if model.gated else 1)
    bound = Homogeneous(law.degree + 1, law.constant) if model.gated else law
    if model.output_bias or model.skip:
        return _Setting(data, points, model, "sphere", homogeneous_supremum(points, bound), factor)
    points = [[t * x for x in point] for t, point in zip(near_unit_scales(points), points, strict=True)]
    base = Model(model.activation, gated=model.gated)
    return _Setting(Dataset(points), points, base, "sphere", homogeneous_supremum(points, bound), factor)


def _better_supremum(setting: _Setting) -> tuple[Fraction, str] | None:
    """Bound R' over the cones on which the features are linear; None where that is too much work, or does not apply."""
    points, model = setting.points, setting.model
    law = homogeneity(model.activation)
    n, dimension = len(points), len(points[0])
    base = model == Model(model.activation) and law is not None and law.degree == 1
    if not base or n > MOST_POINTS or dimension < 2 or not all(map(any, points)):
        return None
    if dimension == 2 and model == Model("relu"):
        arcs = plane_supremum([(p[0], p[1]) for p in points])
        return None if arcs is None else (arcs[0], f"{arcs[1]} arcs of the unit circle, in ball arithmetic")
    cones = cone_supremum(points, model)
    return None if cones is None else (cones[0], f"{cones[1]} cones of weights, in ball arithmetic")


def _sampled(setting: _Setting, rng: np.random.Generator) -> float | None:
    """Look at phi^T K^-1 phi for random weights of the law; None where float64 cannot."""
    from verify.kernels.floating import float_kernel

    model = setting.model
    if model.output_bias or model.skip or model.gated or len(setting.points) > _MOST_SAMPLED_POINTS:
        return None
    X = np.array([[float(x) for x in point] for point in setting.points])
    try:
        kernel = float_kernel(setting.data, model) / setting.factor
    except NotAvailableError:
        return None
    largest = 0.0
    for _ in range(_SAMPLES // _BLOCK):
        W = rng.standard_normal((X.shape[1], _BLOCK))
        if setting.law == "sphere":
            W /= np.linalg.norm(W, axis=0)
        value: Any = sampled_supremum(model.activation.evaluate(X @ W), kernel)
        largest = max(largest, value) if np.isfinite(value) else float("nan")
    return largest if np.isfinite(largest) else None
