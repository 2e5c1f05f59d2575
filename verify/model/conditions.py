"""Architecture = a transformation of the parity profile: from a model to the conditions on its annihilator.

A condition family says something about every vector c of the annihilator; the rows of all families together are the
matrix C with null space N and row space V. The theorems are in ``docs/theory.md``, the order of families and rows is
fixed by ``docs/format/certificate-1.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from verify.activations import Profile
    from verify.model import Model

FamilyKind = Literal["moment", "line", "signed_line", "pair_sum", "pair_difference"]

MAX_DEGREE = 10_000
"""Largest degree k^L of a deep homogeneous network that is decided; above it the numbers outgrow any machine."""


@dataclass(frozen=True)
class Family:
    """One family of conditions on c, where z_i is the point x_i, or (x_i, 1) if `lifted`.

    ========================  ==============================================================
    kind                      condition
    ========================  ==============================================================
    moment, degree k          sum_i c_i z_i^(tensor k) = 0
    line, degree k            for each line l through 0: sum_{i in l} c_i |t_i|^k = 0
    signed_line, degree k     for each line l through 0: sum_{i in l} c_i sgn(t_i) |t_i|^k = 0
    pair_sum                  for each pair {z, -z} of nonzero points: the sum of its c_i is 0
    pair_difference           for each such pair: the sum over z equals the sum over -z
    ========================  ==============================================================
    """

    kind: FamilyKind
    degree: int = 0
    lifted: bool = False


@dataclass(frozen=True)
class Unsupported:
    """No theorem covers the model; `reason` says why and what to do."""

    reason: str


def families_of(model: Model) -> tuple[Family, ...] | Unsupported:
    """Derive the condition families of a model.

    Examples
    --------
    >>> from verify import Model
    >>> families_of(Model("relu"))
    (Family(kind='line', degree=1, lifted=False), Family(kind='moment', degree=1, lifted=False))
    >>> families_of(Model("square", hidden_layers=2)).reason
    'two or more hidden layers of a polynomial activation (square) are not covered; use hidden_layers=1'
    """
    if model.activation.undecided:
        return Unsupported(f"{model.activation.undecided}; use another activation")
    if model.activation.jumps and (model.regime != "trained" or model.hidden_layers > 1):
        what = "tangent kernels" if model.regime != "trained" else "two or more hidden layers"
        where = ", ".join(model.activation.jumps)
        remedy = "use regime='trained'" if model.regime != "trained" else "use hidden_layers=1"
        return Unsupported(
            f"{what} of {model.activation}, which is discontinuous at x = {where}, are not covered; {remedy}"
        )
    if model.regime != "trained" and not model.activation.finite_moments:
        return Unsupported(
            f"the tangent kernel of {model.activation} is not shown to exist: no bound of s and its derivative was "
            "found whose square a normal law integrates; use regime='trained'"
        )
    profile = model.activation.profile
    if model.hidden_layers > 1:
        families = _deep(model, profile)
    elif model.gated and model.regime != "trained":
        return Unsupported("tangent kernels of gated units are not covered; use regime='trained'")
    elif model.regime == "ntk_hidden" and (model.output_bias or model.skip):
        return Unsupported(
            "regime 'ntk_hidden' trains the hidden layer alone, so an output bias or a skip connection has no part "
            "in it; leave them out or use regime='ntk'"
        )
    else:
        families = _shallow(profile, model)
    if isinstance(families, Unsupported):
        return families
    if model.output_bias and not any(f.kind == "moment" and f.degree == 0 for f in families):
        families = (*families, Family("moment", 0))
    skip = Family("moment", 1)
    if model.skip and skip not in families:
        families = (*families, skip)
    return families


def uncovered_zero(model: Model) -> str:
    """Say why no theorem covers this model on data with the point x = 0; empty where one does.

    Examples
    --------
    >>> from verify import Model
    >>> uncovered_zero(Model("step")), uncovered_zero(Model("step(0)", hidden_bias=True))
    ('', '')
    >>> uncovered_zero(Model("step(0)"))[:54]
    'a data point is 0, and s = step(value=0) is not covere'
    """
    apart = model.activation.zero_apart
    if not apart or model.hidden_bias or model.gated:  # lifted points are not 0; gated units are 0 at x = 0
        return ""
    return f"a data point is 0, and s = {model.activation} is not covered there ({apart}); leave the point out"


def _shallow(profile: Profile, model: Model) -> tuple[Family, ...]:
    even, odd, nonzero_at_zero = profile.even, profile.odd, profile.nonzero_at_zero
    if model.gated:  # s(w.x)(u.x) has the annihilator of the antiderivative of s that vanishes at 0
        even, odd = (
            "separating" if odd == "separating" else tuple(k + 1 for k in odd),
            "separating" if even == "separating" else tuple(k + 1 for k in even),
        )
        nonzero_at_zero = False
    elif model.regime == "ntk_hidden":  # the profile of s - s(0)
        even = even if even == "separating" else tuple(k for k in even if k > 0)
        nonzero_at_zero = False
    lifted = model.hidden_bias
    families: list[Family] = []
    if even == "separating":
        families.append(Family("pair_sum", lifted=lifted))
        if nonzero_at_zero:
            families.append(Family("moment", 0, lifted))
    else:
        families += [Family("line" if k % 2 else "moment", k, lifted) for k in even]
    if odd == "separating":
        families.append(Family("pair_difference", lifted=lifted))
    else:
        families += [Family("moment" if k % 2 else "signed_line", k, lifted) for k in odd]
    return tuple(families)


def _deep(model: Model, profile: Profile) -> tuple[Family, ...] | Unsupported:
    if model.gated or model.regime != "trained":
        what = "gated units" if model.gated else f"the regime {model.regime!r}"
        return Unsupported(f"{what} with two or more hidden layers are not covered; use hidden_layers=1")
    if profile.is_polynomial:
        return Unsupported(
            f"two or more hidden layers of a polynomial activation ({model.activation}) are not covered; "
            "use hidden_layers=1"
        )
    if model.hidden_bias:
        return (Family("pair_sum", lifted=True),)
    if "separating" not in (profile.even, profile.odd) and len({*profile.even, *profile.odd}) == 1:
        (k,) = {*profile.even, *profile.odd}
        degree = k**model.hidden_layers if k < 2 or model.hidden_layers < MAX_DEGREE.bit_length() else MAX_DEGREE + 1
        if degree > MAX_DEGREE:
            return Unsupported(
                f"{model.hidden_layers} hidden layers that are homogeneous of degree {k} have degree above "
                f"{MAX_DEGREE}; use fewer hidden layers"
            )
        line = (Family("line", int(degree)),) if profile.even else ()
        signed_line = (Family("signed_line", int(degree)),) if profile.odd else ()
        return line + signed_line
    pairs: tuple[Family, ...] = () if profile.even == () else (Family("pair_sum"),)
    pairs += () if profile.odd == () else (Family("pair_difference"),)
    return (*pairs, Family("moment", 0)) if profile.nonzero_at_zero else pairs
