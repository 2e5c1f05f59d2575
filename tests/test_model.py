"""The model language, and the condition families of each architecture."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify import Model
from verify.activations import names
from verify.errors import ModelError
from verify.model import Family, Unsupported, families_of

MODELS = st.builds(
    Model,
    st.sampled_from([*names(), "leaky_relu(-1)", "prelu(2/3)"]),
    hidden_layers=st.integers(1, 5),
    hidden_bias=st.booleans(),
    output_bias=st.booleans(),
    skip=st.booleans(),
    gated=st.booleans(),
    regime=st.sampled_from(["trained", "ntk", "ntk_hidden"]),
)


@given(MODELS)
def test_the_text_form_round_trips(model: Model) -> None:
    assert Model.parse(str(model)) == model


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("swiglu", Model("silu", gated=True)),
        ("geglu", Model("gelu", gated=True)),
        ("reglu+hidden_bias", Model("relu", gated=True, hidden_bias=True)),
        ("relu + bias", Model("relu", hidden_bias=True, output_bias=True)),
        ("leaky_relu(slope=1/10)+ntk", Model("leaky_relu(1/10)", regime="ntk")),
        ("tanh+layers=12", Model("tanh", hidden_layers=12)),
    ],
)
def test_shorthand(text: str, expected: Model) -> None:
    assert Model.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("reul", "relu"),
        ("relu+hiden_bias", "hidden_bias"),
        ("relu+layers=0", "layers=2"),
        ("relu+layers=two", "layers=2"),
        ("", "relu"),
        ("+bias", "relu"),
        ("leaky_relu(0.1.2)", "0.1.2"),
        ("tanh(3)", "one too many"),
        ("relu(slope=3)", "negative_slope"),
        ("hardtanh(1, 2, 3)", "one too many"),
        ("hardtanh(1, min_val=0)", "two values"),
        ("Hardtanh(-1, 2)", "did you mean hardtanh"),
        ("celu(1, 2)", "the value '2' is one too many; its parameters: alpha"),
        ("tanh(1)", "the value '1' is one too many; its parameters: none"),
        ("relu+", "modifier"),
        ("relu(", "relu"),
    ],
)
def test_bad_text_names_the_value_and_the_remedy(text: str, hint: str) -> None:
    with pytest.raises(ModelError) as error:
        Model.parse(text)
    assert hint in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "arguments",
    [{"hidden_layers": 0}, {"hidden_layers": True}, {"hidden_layers": 1.0}, {"regime": "lazy"}, {"skip": 1}],
)
def test_bad_arguments(arguments: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        Model("relu", **arguments)


def kinds(text: str) -> list[tuple[str, int, bool]]:
    families = families_of(Model.parse(text))
    assert not isinstance(families, Unsupported)
    return [(family.kind, family.degree, family.lifted) for family in families]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gelu", [("pair_sum", 0, False), ("moment", 1, False)]),
        ("sigmoid", [("moment", 0, False), ("pair_difference", 0, False)]),
        ("exp", [("pair_sum", 0, False), ("moment", 0, False), ("pair_difference", 0, False)]),
        ("swiglu", [("moment", 2, False), ("pair_difference", 0, False)]),
        ("reglu", [("moment", 2, False), ("signed_line", 2, False)]),
        ("sigmoid+ntk_hidden", [("pair_difference", 0, False)]),
        ("exp+ntk_hidden", [("pair_sum", 0, False), ("pair_difference", 0, False)]),
        ("relu+bias+skip", [("line", 1, True), ("moment", 1, True), ("moment", 0, False), ("moment", 1, False)]),
        ("relu2+layers=3", [("line", 8, False), ("signed_line", 8, False)]),
        ("abs+layers=2", [("line", 1, False)]),
        ("tanh+layers=2+output_bias", [("pair_difference", 0, False), ("moment", 0, False)]),
        ("cos+layers=2", [("pair_sum", 0, False), ("moment", 0, False)]),
        ("gelu+layers=2", [("pair_sum", 0, False), ("pair_difference", 0, False)]),
        ("relu+layers=2+hidden_bias", [("pair_sum", 0, True)]),
        ("leaky_relu(-1)", [("line", 1, False)]),
        ("leaky_relu(1)", [("moment", 1, False)]),
    ],
)
def test_families(text: str, expected: list[tuple[str, int, bool]]) -> None:
    """Written by hand from the table of the parity-profile theorem and the theorems on architectures."""
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "text",
    ["square+layers=2", "identity+layers=3+hidden_bias", "swiglu+layers=2", "swiglu+ntk", "relu+layers=2+ntk",
     "relu+ntk_hidden+output_bias", "relu+ntk_hidden+skip", "leaky_relu(1)+layers=2", "relu2+layers=14",
     "relu2+layers=999999999"],
)  # fmt: skip
def test_unsupported_models_say_why_and_what_to_do(text: str) -> None:
    families = families_of(Model.parse(text))
    assert isinstance(families, Unsupported)
    assert ";" in families.reason


def test_a_homogeneous_network_of_any_depth_has_degree_one() -> None:
    assert kinds("relu+layers=999999999") == [("line", 1, False), ("signed_line", 1, False)]


def test_output_bias_and_skip_add_one_condition_each_to_every_model() -> None:
    for name, hidden_bias, layers in itertools.product(names(), (False, True), (1, 2)):
        plain = families_of(Model(name, hidden_bias=hidden_bias, hidden_layers=layers))
        more = families_of(Model(name, hidden_bias=hidden_bias, hidden_layers=layers, output_bias=True, skip=True))
        if isinstance(plain, Unsupported) or isinstance(more, Unsupported):
            assert isinstance(plain, Unsupported)
            assert isinstance(more, Unsupported)
            continue
        assert more[: len(plain)] == plain
        assert Family("moment", 1) in more
        assert any(family.kind == "moment" and family.degree == 0 for family in more)
