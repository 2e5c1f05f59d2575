"""Activations with parameters: profiles by hand with their reasons, refusals, and where two names mean one thing."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from command_line import Command, assert_refused

from verify import Model, decide
from verify.activations import activation, names, parameter_names
from verify.activations.parametrised import TEMPLATES, not_elementwise
from verify.check.checker import check_text
from verify.errors import ModelError

SEP = "separating"

PROFILES = [  # text, even, odd, s(0) != 0, why
    ("celu(2)", SEP, SEP, False, "z + 2(e^(-z/2) - 1) over 2"),
    ("celu(alpha=-1/3)", SEP, SEP, False, "grows like e^(3z) on the left"),
    ("elu(2)", SEP, SEP, False, "z + 2(e^-z - 1) over 2"),
    ("elu(0)", (1,), (1,), False, "relu"),
    ("elu(-1)", SEP, SEP, False, "z - (e^-z - 1) over 2"),
    ("hardtanh(-2, 2)", (), SEP, False, "odd exactly if the ends are opposite"),
    ("hardtanh(-1, 2)", SEP, SEP, False, "the ends are not opposite"),
    ("hardtanh(0, 3)", SEP, SEP, False, "relu up to 3; s(0) = 0"),
    ("hardtanh(-3, 0)", SEP, SEP, False, "the same, reflected"),
    ("hardtanh(1, 2)", SEP, SEP, True, "0 is below the interval: s(0) = 1"),
    ("hardtanh(-5, -4)", SEP, SEP, True, "0 is above the interval: s(0) = -4"),
    ("hardtanh(min_val=-1/10)", SEP, SEP, False, "the other end is 1"),
    ("softplus(3)", SEP, (1,), True, "softplus(3z)/3"),
    ("softplus(beta=-1)", SEP, (1,), True, "softplus(-z) - ... = -softplus(-z), odd part z/2"),
    ("softshrink(2)", (), SEP, False, "odd, with a kink at 2"),
    ("softshrink(0)", (), (1,), False, "the identity"),
    ("hardshrink(0)", (), (1,), False, "the identity"),
    ("hardshrink(3)", (), SEP, False, "odd, with a jump at 3"),
    ("squareplus(1)", SEP, (1,), True, "sqrt(z^2 + 1)/2"),
    ("squareplus(0)", (1,), (1,), False, "relu"),
    ("threshold(1/10, 20)", SEP, SEP, True, "20 at 0"),
    ("threshold(-1, 2)", SEP, SEP, False, "z at 0"),
    ("relu(max_value=3)", SEP, SEP, False, "the kink at 3"),
    ("relu(1/10, 6)", SEP, SEP, False, "the kink at 6"),
    ("relu(1/10, 6, 1)", SEP, SEP, True, "s(0) = -1/10"),
    ("relu(negative_slope=1)", (), (1,), False, "the identity"),
    ("leaky_relu(negative_slope=-1)", (1,), (), False, "the absolute value"),
    ("rrelu(-1, -1)", (1,), (), False, "the absolute value"),
]


@pytest.mark.parametrize(("text", "even", "odd", "nonzero", "why"), PROFILES)
def test_profiles_follow_from_the_parameters(text: str, even: object, odd: object, nonzero: bool, why: str) -> None:
    profile = Model.parse(text).activation.profile
    assert (profile.even, profile.odd, profile.nonzero_at_zero) == (even, odd, nonzero), why


@pytest.mark.parametrize("text", [text for text, *_ in PROFILES])
def test_the_text_form_round_trips_and_the_certificate_quotes_the_formula(text: str) -> None:
    model = Model.parse(text)
    assert Model.parse(str(model)) == model
    verdict = decide([[1, 2], [-1, -2], [2, 4], [1, 0]], model, labels=[1, 2, 3, 4])
    result = check_text(json.dumps(verdict.certificate()))
    assert result.status == "accepted", result.message
    conditional = result.message.startswith('if s(x) = "')
    assert conditional == bool(model.activation.derivation_steps)
    assert not conditional or f'"{model.activation.formula}"' in result.message


def test_defaults_are_the_table() -> None:
    for name, template in TEMPLATES.items():
        defaults = {key: value for key, value in template.parameters.items() if value is not None}
        assert activation(name, **defaults) == activation(name)
        assert (name in names()) == template.in_table
        assert bool(activation(name).derivation_steps) != template.in_table
        assert parameter_names(name) == tuple(template.parameters)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("rrelu", "leaky_relu(11/48)"),
        ("rrelu(0, 1/2)", "leaky_relu(1/4)"),
        ("relu(1/10)", "leaky_relu(1/10)"),
        ("relu(0, 6)", "relu6"),
        ("relu(0, 6, 0)", "relu6"),
        ("threshold(0, 0)", "relu"),
        ("gelu(approximate=tanh)", "gelu_tanh"),
        ("gelu(approximate=none)", "gelu"),
        ("heaviside(value=1)", "step(1)"),
        ("hard_tanh(-1, 2)", "hardtanh(max_val=2)"),
        ("soft_shrink", "softshrink(1/2)"),
        ("exponential", "exp"),
        ("hardsilu", "hardswish"),
    ],
)
def test_two_names_of_one_activation(text: str, other: str) -> None:
    assert Model.parse(text) == Model.parse(other)


@pytest.mark.parametrize("name", [name for name, template in TEMPLATES.items() if template.in_table])
def test_the_templates_are_the_entries_of_the_table(name: str) -> None:
    """The formula of the family at its defaults is the function of the table, at many points."""
    template = TEMPLATES[name]
    values = {key: value for key, value in template.parameters.items() if value is not None}
    formula = activation("sign").from_formula(template.formula(values), **values)
    entry = activation(name)
    assert formula.profile == entry.profile
    points = [Fraction(k, 8) for k in range(-40, 41)]
    import numpy as np

    z = np.array([float(p) for p in points])
    assert np.allclose(formula.evaluate(z), entry.evaluate(z), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("text", "fragments"),
    [
        ("softplus(0)", ("beta = 0", "choose another value")),
        ("celu(alpha=0)", ("alpha = 0", "choose another value")),
        ("hardtanh(1, 1)", ("min_val = 1", "choose min_val < max_val")),
        ("hardtanh(2, -1)", ("max_val = -1", "choose min_val < max_val")),
        ("hardtanh(min_val=2)", ("max_val = 1", "choose")),
        ("hardshrink(-1)", ("lambd = -1", "at least 0")),
        ("softshrink(-1/2)", ("lambd = -1/2", "at least 0")),
        ("squareplus(-4)", ("b = -4", "at least 0")),
        ("relu(0, -1)", ("max_value", "choose")),
        ("relu(0, 1, 2)", ("max_value", "choose")),
        ("rrelu(1, 0)", ("lower = 1", "choose lower <= upper")),
        ("hardtanh(-1, 1, 2)", ("one too many", "min_val, max_val")),
        ("hardtanh(-1, min_val=2)", ("min_val", "two values")),
        ("leaky_relu(slope=1, negative_slope=2)", ("two values",)),
        ("elu(beta=1)", ("'beta'", "alpha")),
        ("elu(one)", ("one", "number")),
        ("gelu(approximate=erf)", ("approximate", "none or tanh")),
        ("tanh(2)", ("one too many", "its parameters: none")),
        ("softmax", ("softmax is not elementwise", "each unit alone")),
        ("log_softmax", ("not elementwise",)),
        ("maxout", ("not elementwise",)),
        ("standardize", ("not elementwise",)),
        ("bilinear", ("identity+gated",)),
    ],
)
def test_bad_values_and_what_is_no_activation(fullrank: Command, text: str, fragments: tuple[str, ...]) -> None:
    with pytest.raises(ModelError):
        Model.parse(text)
    assert_refused(fullrank("decide", "bundled:hexagon", "--model", text), *fragments)


def test_gates_are_models() -> None:
    with pytest.raises(ModelError, match="is a gate and so a model; write it as a model, swiglu"):
        activation("swiglu")
    assert not_elementwise("tanh") == ""


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("celu(2)", True),
        ("hardtanh(-1, 2)", True),
        ("x*sigmoid(1.702*x)", True),
        ("exp(x)*sin(x)", True),  # exp(x) is integrable with the square against a normal law
        ("2**x + x**7", True),
        ("exp(abs(x)**1.5)", False),  # not analytic at 0, so unknown for another reason
        ("exp(x**2)", False),  # its second moment is infinite
        ("sin(exp(x**2))", False),  # bounded, with a derivative that is not integrable
        ("exp(exp(x))", False),
    ],
)
def test_tangent_kernels_of_formulas_are_covered_where_they_exist(text: str, covered: bool) -> None:
    points = [[1, 2], [-1, -2], [2, 4], [1, 0]]
    for regime in ("ntk", "ntk_hidden"):
        verdict = decide(points, Model.parse(f"{text}+{regime}"), labels=[1, 2, 3, 4])
        assert (verdict.outcome.value != "unknown") == covered
        if covered and regime == "ntk":  # the tangent kernel of both layers has the profile of s
            assert verdict.rank == decide(points, text).rank
        if covered:
            result = check_text(json.dumps(verdict.certificate()))
            assert result.status == "accepted"
            assert " and finite second moments of s and s', then networks" in result.message
            less = ", less their values at initialisation" if regime == "ntk_hidden" else ""
            assert f"in the regime {regime}{less}, on these" in result.message


FRAMEWORKS = {
    "JAX": """celu elu gelu hard_sigmoid hard_silu hard_swish hard_tanh identity leaky_relu log_sigmoid mish relu relu6
    selu sigmoid silu soft_sign softplus sparse_plus sparse_sigmoid squareplus swish tanh""",
    "Keras": """celu elu exponential gelu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear
    log_sigmoid mish relu relu6 selu sigmoid silu soft_shrink softplus softsign sparse_plus sparse_sigmoid squareplus
    swish tanh tanh_shrink threshold""",
    "PyTorch": """celu elu gelu hardshrink hardsigmoid hardswish hardtanh leaky_relu logsigmoid mish prelu relu relu6
    rrelu selu sigmoid silu softplus softshrink softsign tanh tanhshrink threshold""",
}
NOT_ELEMENTWISE = """log_softmax softmax softmin gumbel_softmax sparsemax glu softmax2d logsumexp standardize"""


@pytest.mark.parametrize("name", sorted({name for names in FRAMEWORKS.values() for name in names.split()}))
def test_every_elementwise_activation_of_the_frameworks_has_its_name(name: str) -> None:
    assert Model(name).activation.profile


@pytest.mark.parametrize("name", NOT_ELEMENTWISE.split())
def test_the_others_are_refused_with_a_reason(name: str) -> None:
    with pytest.raises(ModelError, match=r"not elementwise|is a gate"):
        activation(name)
