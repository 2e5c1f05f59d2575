"""Models whose activation is a formula: the same verdicts as named ones, conditional certificates, the command line."""

from __future__ import annotations

import copy
import json

import pytest
from command_line import Command

from verify import Activation, Model, Outcome, decide
from verify.activations import activation, names
from verify.check.checker import check_text
from verify.errors import CertificateError, ModelError, NotAvailableError

POINTS = [[1, 2], [-1, -2], [2, 4], [0, 0], [1, 0], [-1, 0], [3, 1], [-3, -1]]
LABELS = [1, 2, 3, 4, 5, 6, 7, 9]


@pytest.mark.parametrize("modifiers", ["", "+layers=2", "+bias+skip", "+gated"])
@pytest.mark.parametrize("name", names())
def test_a_formula_and_its_name_have_the_same_verdict(name: str, modifiers: str) -> None:
    formula = activation(name).formula
    named = decide(POINTS, name + modifiers, labels=LABELS)
    derived = decide(POINTS, Model.parse(f"{formula} {modifiers}"), labels=LABELS)
    assert (derived.outcome, derived.rank, derived.least_mse) == (named.outcome, named.rank, named.least_mse)
    assert Model.parse(str(derived.model)) == derived.model
    if derived.outcome is Outcome.UNKNOWN:
        return
    certificate = derived.certificate()
    result = check_text(json.dumps(certificate))
    assert result.status == "accepted", result.message
    condition = f'if s(x) = "{derived.model.activation}" is continuous and piecewise analytic and has, '
    assert result.message.startswith(condition)
    assert certificate["derivation"]


def test_a_conditional_certificate_proves_nothing_else() -> None:
    certificate = decide(POINTS, "max(x,0) + x**2/3", labels=LABELS).certificate()
    assert check_text(json.dumps(certificate)).status == "accepted"

    def changed(**keys: object) -> dict[str, object]:
        other = copy.deepcopy(certificate)
        for key, value in keys.items():
            if value is None:
                del other[key]
            else:
                other[key] = value
        return other

    profile = certificate["profile"]
    for other in (
        changed(derivation=None),  # then the formula would have to be in the table
        changed(derivation="steps"),
        changed(derivation=[1]),
        changed(profile=profile | {"even": [1]}),  # other conditions, for which the evidence is wrong
        changed(profile=profile | {"even": [2, 1]}),
        changed(profile=profile | {"even": [1, 1, 2]}),
        changed(profile=profile | {"even": [True, 2]}),
        changed(profile=profile | {"nonzero_at_zero": True}),
        changed(profile=profile | {"odd": "Separating"}),
        changed(model=certificate["model"] | {"parameters": {"slope": "1"}}),
        changed(model=certificate["model"] | {"activation": ["x"]}),
        changed(model=certificate["model"] | {"activation": "exp"}),  # a name of the table, with another profile
        changed(model=certificate["model"] | {"activation": 'x" is x. Hence no gelu network attains y0; "x'}),
        changed(model=certificate["model"] | {"activation": "x" * 2001}),
        changed(model=certificate["model"] | {"regime": "ntk", "gated": True}),
        changed(profile=profile | {"continuous": 1}),
        changed(profile=profile | {"continuous": False}, model=certificate["model"] | {"hidden_layers": 2}),
        changed(profile={key: value for key, value in profile.items() if key != "continuous"}),
    ):
        assert check_text(json.dumps(other)).status == "rejected"
    with pytest.raises(CertificateError, match="table"):
        decide(POINTS, "max(x,0) + x**2/3", labels=LABELS).certificate(network=True)


def test_networks_of_formulas() -> None:
    exact = decide(POINTS, "max(x,0) + x**2/3", labels=LABELS).network()
    assert exact.exact
    assert [exact(point) for point in POINTS] == list(
        decide(POINTS, "max(x,0) + x**2/3", labels=LABELS).best_predictions
    )
    enclosed = decide(POINTS, "x*tanh(log(1+exp(x)))", labels=LABELS).network()
    assert enclosed.residual_bound < 1e-18


@pytest.mark.parametrize("formula", ["sqrt(abs(x))", "abs(x)**(3/2)", "abs(sin(x))", "x*log(abs(x))"])
def test_what_is_not_covered_is_unknown(formula: str) -> None:
    verdict = decide([[1], [2], [-1]], formula)
    assert verdict.outcome is Outcome.UNKNOWN
    assert formula in verdict.reason
    with pytest.raises(NotAvailableError):
        verdict.certificate()
    with pytest.raises(NotAvailableError, match="unknown"):
        _ = Activation.from_formula(formula).profile


@pytest.mark.parametrize(
    ("text", "base", "modifiers"),
    [
        ("max(x,0)+x**2+bias", "max(x,0)+x**2", {"hidden_bias": True, "output_bias": True}),
        ("x + 1 + skip", "x + 1", {"skip": True}),
        ("sin(x)+cos(x)+layers=3+output_bias", "sin(x)+cos(x)", {"hidden_layers": 3, "output_bias": True}),
        ("max(x,0)+a*x; a=1/3 +ntk", "max(x,0)+a*x; a=1/3", {"regime": "ntk"}),
    ],
)
def test_modifiers_after_a_formula(text: str, base: str, modifiers: dict[str, object]) -> None:
    assert Model.parse(text) == Model(Activation.from_formula(base), **modifiers)


@pytest.mark.parametrize(
    "text", ["1/x", "log(x)", "x.y", "__import__('os')+x", "lambda x: x", "x+hiden_bias", "9**9**9*x"]
)
def test_bad_formulas_are_refused_in_one_line(fullrank: Command, text: str) -> None:
    with pytest.raises(ModelError):
        Model.parse(text)
    ran = fullrank("decide", "bundled:hexagon", "--model", text)
    assert ran.status == 2
    assert ran.err.count("\n") == 1
    assert not ran.out


def test_the_command_activation(fullrank: Command) -> None:
    ran = fullrank("activation", "x*sigmoid(x) - x/2", "--json")
    found = json.loads(ran.out)
    assert ran.status == 0
    assert (found["even"], found["odd"], found["nonzero_at_zero"]) == ("separating", [], False)
    assert {"formula", "growth", "derivative", "polynomial"} <= {step["step"] for step in found["steps"]}
    ran = fullrank("activation", "softplus")
    assert "Odd part: polynomial of degrees 1." in ran.out
    assert "can never fit: more antipodal pairs than the rank of their directions" in ran.out
    ran = fullrank("activation", "sqrt(abs(x))")
    assert ran.status == 3
    assert "Even part: unknown." in ran.out
    assert "s(0) is 0." in ran.out
    assert fullrank("activation", "1/x").status == 2
