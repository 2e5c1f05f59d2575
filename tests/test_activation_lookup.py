"""Looking activations up by name, profiles and groups."""

from __future__ import annotations

import pickle
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

from verify.activations import ALIASES, SEPARATING, Profile, activation, groups, names
from verify.errors import ModelError, NotAvailableError

ALL = names()


def test_piecewise_polynomials_are_continuous_and_in_order() -> None:
    exact = [activation(name).pieces for name in ALL if activation(name).piecewise_polynomial]
    assert len(exact) == 17
    for function in exact:
        assert list(function.breakpoints) == sorted(set(function.breakpoints))
        assert len(function.polynomials) == len(function.breakpoints) + 1
        for b, (left, right) in zip(function.breakpoints, pairwise(function.polynomials), strict=True):
            at_b = [sum((c * b**k for k, c in enumerate(piece)), Fraction(0)) for piece in (left, right)]
            assert at_b[0] == at_b[1]


def test_aliases_lead_to_entries() -> None:
    for alias, name in ALIASES.items():
        assert alias not in ALL
        assert activation(alias) == activation(name)
        assert str(activation(alias)) == str(activation(name))


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("ReLU", "relu"),
        ("gellu", "gelu"),
        ("hard-swish", "hardswish"),
        ("Swish", "silu"),
        ("soft_plus", "softplus"),
        ("step_", "step"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(ModelError) as caught:
        activation(name)
    assert repr(name) in str(caught.value)
    assert nearest in str(caught.value).split("did you mean ")[1]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "qqqqqq", "relu(x)", 3, None, ["relu"]])
def test_what_is_no_name_at_all(name: object) -> None:
    with pytest.raises(ModelError, match="activation"):
        activation(name)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [Fraction(1, 100), "1/100", "0.01", "1e-2", " 2/200 "])
def test_parameters_are_rationals_in_any_writing(value: object) -> None:
    s = activation("leaky_relu", slope=value)  # type: ignore[arg-type]
    assert s == activation("leaky_relu")
    assert hash(s) == hash(activation("leaky_relu"))
    assert dict(s.parameters) == {"slope": Fraction(1, 100)}
    assert str(s) == "leaky_relu(slope=1/100)"
    assert activation("leaky_relu", slope=np.int64(3)) == activation("leaky_relu", slope=3)
    assert activation("leaky_relu", slope=3) != s != activation("prelu", slope="1/100")


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("leaky_relu", {"slope": 0.01}, 'slope="0.01"'),
        ("leaky_relu", {"slope": float("nan")}, "float"),
        ("leaky_relu", {"slope": np.float64(0.5)}, "float"),
        ("leaky_relu", {"slope": True}, "rational"),
        ("leaky_relu", {"slope": None}, "rational"),
        ("leaky_relu", {"slope": "1/0"}, "zero"),
        ("leaky_relu", {"slope": "small"}, "number"),
        ("leaky_relu", {"slope": Fraction(1, 10**1000)}, "digits"),
        ("prelu", {"slope": 10**5000}, "digits"),
        ("prelu", {"alpha": 1}, "slope"),
        ("relu", {"slope": 1}, "relu has no parameter 'slope': its parameters are negative_slope"),
        ("tanh", {"slope": 1}, "tanh has no parameter 'slope': it has none"),
    ],
)
def test_bad_parameters(name: str, parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        activation(name, **parameters)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_a_parameter_beyond_float64() -> None:
    s = activation("prelu", slope=10**400)
    assert s.exact(-1) == -(10**400)
    with pytest.raises(NotAvailableError, match="float64"):
        s.evaluate(np.ones(2))


@pytest.mark.parametrize(
    ("even", "odd", "flag"),
    [
        ("Separating", (), False),
        ([1], (), False),
        ((1.0,), (), False),
        ((True,), (), False),
        ((2, 1), (), False),
        ((), (1, 1), False),
        ((), (-1,), False),
        (None, (), False),
        ((1,), (), True),
        ((0, 2), (), False),
        (SEPARATING, (), 1),
    ],
)
def test_profiles_that_are_none(even: object, odd: object, flag: object) -> None:
    with pytest.raises(ModelError):
        Profile(even, odd, flag)  # type: ignore[arg-type]


def test_polynomial_profiles() -> None:
    assert [name for name in ALL if activation(name).profile.is_polynomial] == ["square", "cube", "identity"]
    assert activation("prelu", slope=1).profile.is_polynomial
    assert not Profile((1, 2), (), False).is_polynomial
    assert not Profile((), (2,), False).is_polynomial
    assert Profile((), (), False).is_polynomial


def test_profiles_as_json() -> None:
    assert activation("gelu").profile.to_json() == {"even": "separating", "odd": [1], "nonzero_at_zero": False}
    assert activation("abs").profile.to_json() == {"even": [1], "odd": [], "nonzero_at_zero": False}


def test_groups_are_the_rows_of_the_theory_table() -> None:
    found = [{s.name for s in members} for members in groups().values()]
    assert found == [
        {"relu", "leaky_relu", "prelu"},
        {"abs"},
        {"relu2"},
        {"relu3"},
        {"square"},
        {"cube"},
        {"identity"},
        {"gelu", "gelu_tanh", "silu", "hardswish", "snake"},
        {"softplus", "logsigmoid", "squareplus", "sparse_plus"},
        {"sigmoid", "hardsigmoid", "sparse_sigmoid"},
        {"tanh", "erf", "sin", "arctan", "asinh", "softsign", "hardtanh", "softshrink", "tanhshrink"},
        {"cos", "gaussian", "sinc"},
        {"mish", "elu", "selu", "celu", "relu6", "expm1"},
        {"exp", "sin_cos", "shifted_relu", "shifted_softplus", "shifted_sigmoid", "shifted_gaussian"},
    ]


def test_profiles_that_differ_in_what_they_cannot_do_are_described_differently() -> None:
    parts: list[tuple[int, ...] | str] = [(), (0,), (1,), (2,), (3,), (4,), (0, 1), (1, 2), SEPARATING]
    sentences = [
        Profile(even, odd, flag).can_never_fit
        for even, odd in product(parts, parts)
        for flag in ([False, True] if even == SEPARATING else [0 in even])
    ]
    polynomial = {Profile(k, (), 0 in k).can_never_fit for k in ((0,), (2,), (4,))}
    assert len(set(sentences)) == len(sentences)
    assert len(polynomial) == 3
    assert sum(sentence.startswith("nothing") for sentence in sentences) == 1
    for sentence in sentences:
        assert "\n" not in sentence
        assert ("a nonzero label at x = 0" in sentence) <= ("constant" not in sentence)


def test_activations_can_be_pickled() -> None:
    for name in ALL:
        copy = pickle.loads(pickle.dumps(activation(name)))  # noqa: S301 (our own bytes)
        assert copy == activation(name)
        assert copy.profile == activation(name).profile


def test_looking_up_loads_no_numerical_library() -> None:
    program = (
        "import sys; from fractions import Fraction; import verify.activations as a; a.groups(); str(a.names());"
        "a.activation('hardswish').exact(Fraction(1, 3));"
        "print([m for m in ('numpy', 'scipy', 'sympy', 'mpmath', 'flint') if m in sys.modules])"
    )
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
