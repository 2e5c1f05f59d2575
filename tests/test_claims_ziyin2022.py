"""The claims about deep linear networks: what each check says, and that the checks can fail."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from verify.claims import Mark, Method, Outcome, all_claims, claim
from verify.claims import ziyin2022_instances as instances
from verify.claims import ziyin2022_loss as against_loss
from verify.landscapes.deep_linear import CriticalPoint, Landscape, Origin

CLAIMS = all_claims("ziyin2022")
FAILING = "ziyin2022.scale-upper-bound-largest-eigenvalue"


def test_there_are_enough_claims_and_their_ids_are_different() -> None:
    assert len(CLAIMS) >= 12
    assert len({each.id for each in CLAIMS}) == len(CLAIMS)
    assert {each.paper for each in CLAIMS} == {"ziyin2022"}
    assert {each.mark for each in CLAIMS} == {Mark.TEXT, Mark.RECALLED, Mark.DERIVED}
    for each in CLAIMS:
        if each.mark is Mark.RECALLED:
            assert "as recalled; not verified against the text" in each.attribution


@pytest.mark.parametrize("name", [each.id for each in CLAIMS if each.cost < 2])
def test_a_claim_has_the_outcome_of_its_method(name: str) -> None:
    finding = claim(name).run()
    expected = Outcome.FAILS if name == FAILING else Outcome.HOLDS
    assert finding.outcome is expected, finding
    assert finding.evidence


@pytest.mark.slow
@pytest.mark.parametrize("name", [each.id for each in CLAIMS])
def test_a_claim_has_the_outcome_of_its_method_on_more_instances(name: str) -> None:
    each = claim(name)
    outcomes = {Method.SAMPLED: Outcome.SUPPORTED}
    expected = Outcome.FAILS if name == FAILING else outcomes.get(each.method, Outcome.HOLDS)
    assert each.run(thorough=True).outcome is expected


def test_the_counterexample_to_the_bound_is_one_by_hand() -> None:
    """With A = diag(1/10, 4) and e = (1/2, 0) only the first coordinate takes part in the equation for b:

    d_0 b (1/2) / (b⁴ 4 (25/4) / 10 + 1/1000) = 1, that is b = 5/2 b⁴ + 1/1000. It has a root between 0.73 and 0.74,
    above the bound ((1/2)/(2 (25/4) 4))^(1/3), whose cube is 1/100.
    """
    finding = claim(FAILING).run()
    assert finding.counterexample is not None
    left, right = Fraction(73, 100), Fraction(74, 100)
    values = [b - Fraction(5, 2) * b**4 - Fraction(1, 1000) for b in (left, right)]
    assert values[0] > 0 > values[1]
    assert left**3 > Fraction(1, 100)
    square = Fraction(finding.counterexample["b_squared_about"])
    assert left**2 < square < right**2


def test_checks_fail_where_the_landscape_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Landscape, "origin", Origin.GLOBAL_MINIMUM)
    finding = claim("ziyin2022.origin-local-minimum").run()
    assert finding.outcome is Outcome.FAILS
    assert finding.counterexample is not None
    assert set(finding.counterexample) >= {"second_moment", "widths", "decay"}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("origin-local-minimum", lambda W: W[0].__iadd__(1)),
        ("global-minimum", lambda W: W[-1].__imul__(1.001)),
        ("two-numbers", lambda W: W[-1].__imul__(1.001)),
    ],
)
def test_a_check_fails_where_the_weights_are_wrong(
    monkeypatch: pytest.MonkeyPatch, name: str, change: Callable[[list[Any]], object]
) -> None:
    true_weights = CriticalPoint.weights

    def weights(point: CriticalPoint) -> list[Any]:
        found = true_weights(point)
        if len(found[0]) > 1 or name != "two-numbers":  # of the two networks, the wide one
            change(found)
        return found

    monkeypatch.setattr(CriticalPoint, "weights", weights)
    assert claim(f"ziyin2022.{name}").run().outcome is Outcome.FAILS


def test_the_check_of_the_origin_reads_the_hessian_off_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """The classification of the origin follows the theorem; the check must not follow it."""
    monkeypatch.setattr(against_loss, "hessian_at_origin", lambda _: [[Fraction(0)]])
    assert claim("ziyin2022.origin-local-minimum").run().outcome is Outcome.FAILS


def test_without_an_instance_nothing_is_decided() -> None:
    assert instances.all_hold(iter(()), "{}").outcome is Outcome.UNDECIDED


def test_a_check_of_the_solution_fails_with_another_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    true_norm = instances._one_layer_norm
    monkeypatch.setattr(instances, "_one_layer_norm", lambda *a: true_norm(*a) * Fraction(1001, 1000))
    for name in ("one-layer-solution", "equal-width-equation"):
        assert claim(f"ziyin2022.{name}").run().outcome is Outcome.FAILS
