"""The claims about the quadratic network: their checks pass, and would not pass for another statement."""

from __future__ import annotations

import ast
from fractions import Fraction
from pathlib import Path

import pytest

import verify
from verify.claims import Mark, Method, Outcome, all_claims
from verify.claims.claim import Claim
from verify.landscapes.quadratic import least_loss as least_loss_module
from verify.landscapes.quadratic import loss as loss_module

CLAIMS = all_claims("martin2024")
BY_NAME = {claim.id.partition(".")[2]: claim for claim in CLAIMS}
ROOM = Path(verify.__file__).parent


def test_the_list() -> None:
    assert len(CLAIMS) >= 12
    assert len({claim.id for claim in CLAIMS}) == len(CLAIMS)
    assert {claim.paper for claim in CLAIMS} == {"martin2024"}
    assert not [claim for claim in CLAIMS if claim.mark in (Mark.TEXT, Mark.RECALLED)]
    assert all(".py" in claim.source for claim in CLAIMS if claim.mark is Mark.CODE)


@pytest.mark.parametrize("claim", [c for c in CLAIMS if c.method is not Method.SAMPLED], ids=lambda c: c.id)
def test_an_exact_claim_holds(claim: Claim) -> None:
    assert claim.run().outcome is Outcome.HOLDS


@pytest.mark.slow
@pytest.mark.parametrize("claim", [c for c in CLAIMS if c.method is Method.SAMPLED], ids=lambda c: c.id)
def test_a_sampled_claim_is_supported(claim: Claim) -> None:
    finding = claim.run()
    assert finding.outcome is Outcome.SUPPORTED, finding.evidence


def test_the_exact_checks_have_no_float() -> None:
    source = (ROOM / "claims" / "martin2024_exact.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        assert not (isinstance(node, ast.Name) and node.id in ("float", "math", "numpy", "isclose"))


def test_a_wrong_gradient_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = loss_module.gradient
    monkeypatch.setattr(loss_module, "gradient", lambda W, Z: right(W, Z) + W)
    finding = BY_NAME["critical-points"].run()
    assert finding.outcome is Outcome.FAILS
    assert set(finding.counterexample) == {"W", "Z"}
    assert BY_NAME["exponent-of-hessian"].run().outcome is Outcome.FAILS


def test_a_wrong_curvature_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loss_module, "curvature", lambda W, Z, V: Fraction(0))
    assert BY_NAME["strict-saddles"].run().outcome is Outcome.FAILS


def test_a_wrong_least_loss_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = least_loss_module.least_loss
    monkeypatch.setattr(least_loss_module, "least_loss", lambda teacher, width: right(teacher, width + 1))
    assert BY_NAME["least-loss"].run().outcome is Outcome.FAILS
    assert BY_NAME["zero-loss-width"].run().outcome is Outcome.FAILS
