"""Which closed form a model has, and how biases, gates, skip connections, regimes and depth change it."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from verify.activations import Activation
from verify.errors import NotAvailableError
from verify.kernels.closed_forms import (
    CLOSED_FORMS,
    DERIVATIVES,
    Arithmetic,
    Formula,
    Pair,
    Value,
    leaky_relu,
    leaky_relu_derivative,
    step,
)
from verify.kernels.polynomials import derivative, polynomial, two_sided_power
from verify.model import Model

_MOST_LAYERS = 10_000  # each is one more evaluation of the closed form


class Form(NamedTuple):
    """The two kernels of an activation: E[s(u) s(v)] and E[s'(u) s'(v)]; None where s jumps."""

    value: Formula
    slope: Formula | None


def closed_form(activation: Activation) -> Form | None:
    """Find the closed form of an activation; None where none is known.

    By its name; for polynomials and for two-sided powers (right z^k for z > 0 and left |z|^k for z < 0) by what they
    are, so also for formulas.

    Examples
    --------
    >>> from verify.activations import activation
    >>> closed_form(activation("tanh")) is None, closed_form(Activation.from_formula("x**4 - x")) is None
    (True, False)
    """
    if activation.name in CLOSED_FORMS:
        return Form(CLOSED_FORMS[activation.name], DERIVATIVES[activation.name])
    if activation.name in ("leaky_relu", "prelu"):
        slope = activation.parameters["slope"]
        return Form(leaky_relu(slope), leaky_relu_derivative(slope))
    if activation.jumps:
        name = str(activation).partition("(")[0]  # the value of step at 0 matters at x = 0 alone
        return Form(CLOSED_FORMS[name], None) if name in ("sign", "step") else None
    pieces = activation.pieces
    if pieces is None:
        return None
    if not pieces.breakpoints:
        (coefficients,) = pieces.polynomials
        return Form(polynomial(coefficients), polynomial(derivative(coefficients)))
    degree = homogeneous_degree(activation)
    if degree is None:
        return None
    right, left = activation.exact(1), activation.exact(-1)
    return Form(two_sided_power(degree, right, left), two_sided_power(degree - 1, degree * right, -degree * left))


def homogeneous_degree(activation: Activation) -> int | None:
    """Give k where s(t z) = t^k s(z) for every t > 0; else None.

    Examples
    --------
    >>> from verify.activations import activation
    >>> [homogeneous_degree(activation(name)) for name in ("relu3", "abs", "identity", "step", "gelu")]
    [3, 1, 1, 0, None]
    """
    if activation.undecided:
        return None
    profile = activation.profile
    if profile.even == "separating" or profile.odd == "separating":
        return None
    degrees = {*profile.even, *profile.odd}
    return degrees.pop() if len(degrees) == 1 else None


def check_model(model: Model) -> None:
    """Refuse what has no kernel here: `NotAvailableError` says what and why."""
    activation = model.activation
    excluded = ""
    if model.hidden_layers > _MOST_LAYERS:
        excluded = f"more than {_MOST_LAYERS} hidden layers"
    elif model.hidden_layers > 1 and model.regime != "trained":
        excluded = f"the regime {model.regime!r} with two or more hidden layers"
    elif model.hidden_layers > 1 and model.gated:
        excluded = "gated units with two or more hidden layers"
    elif model.regime != "trained" and model.gated:
        excluded = "tangent kernels of gated units"
    elif model.regime != "trained" and activation.jumps:
        excluded = f"the tangent kernel of an activation that jumps at x = {', '.join(activation.jumps)}"
    elif model.hidden_layers > 1 and activation.jumps:
        excluded = f"two or more hidden layers of an activation that jumps at x = {', '.join(activation.jumps)}"
    elif model.regime == "ntk_hidden" and (model.output_bias or model.skip):
        excluded = "an output bias or a skip connection, which the hidden layer's tangent kernel does not see,"
    elif activation.pieces is None and not activation.jumps and not activation.finite_moments:
        excluded = f"{activation}, not shown to have finite second moments,"
    if excluded:
        raise NotAvailableError(f"the kernel of {model} is not computed: {excluded} is not covered; use another model")


def check_zero(model: Model, form: Form) -> None:
    """Refuse the closed form of step(c), c not 1/2, at a point 0 without hidden bias: it is that of step(1/2)."""
    if form.value is step and str(model.activation) != "step(value=1/2)" and not model.hidden_bias:
        raise NotAvailableError(f"the kernel of {model} at x = 0 has no closed form; use step(1/2), or leave it out")


def kernel_value(
    a: Arithmetic, model: Model, form: Form, g: Pair, dot: Value, *, sphere: tuple[int, ...] = ()
) -> Value:
    """Evaluate the kernel of a model whose last hidden layer sees the covariance `g`.

    Parameters
    ----------
    a : Arithmetic
    model : Model
        One that `check_model` accepts. For several hidden layers `g` is that of the last one (`next_covariance`).
    form : Form
    g : Pair
        |x|^2, |y|^2, x.y and their determinant, of the points (x, 1) with a hidden bias.
    dot : Value
        x.y without the 1 of a hidden bias; used for a skip connection.
    sphere : (D, k), optional
        For w uniform on the unit sphere of R^D and s homogeneous of degree k: the kernel is divided by D (D + 2) ...
        (D + 2k - 2), the mean of |w|^2k under N(0, I). Vectors u of gates are uniform on the sphere too.

    Notes
    -----
    With r = x.y, or x.y + 1 with a hidden bias: ``trained`` K = E[s s], times r for gated units; ``ntk_hidden``
    r E[s' s']; ``ntk`` their sum; an output bias adds 1 and a skip connection x.y.
    """
    value = 0 * g.r
    if model.regime != "ntk_hidden":
        value = _scaled(a, form.value(a, g), sphere, 0)
        value = _scaled(a, value * g.r, (sphere[0], 1) if sphere else (), 0) if model.gated else value
    if model.regime != "trained":
        if form.slope is None:
            raise AssertionError("check_model refuses tangent kernels of activations that jump")
        value = value + g.r * _scaled(a, form.slope(a, g), sphere, 1)
    value = value + 1 if model.output_bias else value
    return value + dot if model.skip else value


def _scaled(a: Arithmetic, value: Value, sphere: tuple[int, ...], lower: int) -> Value:
    if not sphere:
        return value
    D, k = sphere
    scale = Fraction(1)
    for i in range(k - lower):
        scale *= D + 2 * i
    return value / a.number(scale)


def next_covariance(a: Arithmetic, model: Model, form: Form, g: Pair) -> Value:
    """Give the covariance that the next hidden layer sees, from that of this one.

    Weights of a layer of width m are N(0, c/m) with c = 1, or c = 1/E[s(z)^2] for standard normal z where s is
    homogeneous: c = 2 for relu (He et al. 2015), so that norms neither grow nor vanish with depth. Biases are N(0, 1).
    """
    value = form.value(a, g)
    if homogeneous_degree(model.activation):
        one = a.number(Fraction(1))
        value = value / form.value(a, Pair(one, one, one, 0 * one))
    return value + 1 if model.hidden_bias else value
