"""The ledger of claims: well formed, truthful about sources, and its recorded outcomes are those of a fresh run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import ROOT, Command, assert_refused

from verify.claims import PAPERS, Claim, Finding, Mark, Method, Outcome, all_claims, claim
from verify.claims.bibliography import bibtex, entries
from verify.claims.record import recorded, to_json, with_record

CLAIMS = all_claims()
QUICK = [each for each in CLAIMS if each.cost <= 0.1]
ids = pytest.mark.parametrize("each", CLAIMS, ids=lambda each: each.id)


def record_of(each: Claim) -> dict[str, Any]:
    """The recorded run of a claim; a new one has to be recorded once."""
    known = recorded(each.paper)
    if each.id not in known:
        pytest.fail(f"record it: fullrank claims check {each.paper} --json > verify/claims/recorded/{each.paper}.json")
    return known[each.id]


@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_has_twelve_claims_and_its_entry(paper: str) -> None:
    assert len(all_claims(paper)) >= 12
    assert all(each.paper == paper for each in all_claims(paper))
    assert bibtex(paper).startswith("@")


def test_the_entries_are_those_of_the_documentation() -> None:
    documented = (ROOT / "docs" / "refs.bib").read_text(encoding="utf-8")
    assert set(PAPERS) <= set(entries())
    for entry in entries().values():
        assert entry in documented


def test_ids_are_unique() -> None:
    assert len({each.id for each in CLAIMS}) == len(CLAIMS)


@ids
def test_a_claim_is_well_formed(each: Claim) -> None:
    assert re.fullmatch(r"[a-z]+[0-9]{4}\.[a-z0-9]+(-[a-z0-9]+)*", each.id)
    assert each.statement.endswith(".")
    assert each.hypotheses
    assert each.source
    assert each.cost > 0
    assert isinstance(each.mark, Mark)
    assert isinstance(each.method, Method)
    assert claim(each.id) is each


@ids
def test_what_was_recalled_or_derived_is_labelled_wherever_it_appears(each: Claim) -> None:
    shown = json.dumps(with_record(each))
    assert ("as recalled; not verified against the text" in shown) == (each.mark is Mark.RECALLED)
    assert ("derived for this project" in each.attribution) == (each.mark is Mark.DERIVED)


@ids
def test_an_outcome_is_recorded_that_its_method_allows(each: Claim) -> None:
    known = record_of(each)
    assert known == {
        **to_json(each, None),
        **{key: known[key] for key in known if key in ("outcome", "evidence", "counterexample")},
    }
    outcome = Outcome(known["outcome"])
    assert (each.method is Method.SAMPLED) or outcome is not Outcome.SUPPORTED
    assert (each.method is not Method.SAMPLED) or outcome is not Outcome.HOLDS
    assert (outcome is Outcome.FAILS) == ("counterexample" in known)


@pytest.mark.parametrize("each", QUICK, ids=lambda each: each.id)
def test_a_quick_check_finds_what_was_recorded(each: Claim) -> None:
    assert each.run().outcome.value == record_of(each)["outcome"]


@pytest.mark.slow
@pytest.mark.parametrize("each", [each for each in CLAIMS if each.cost > 0.1], ids=lambda each: each.id)
def test_a_long_check_finds_what_was_recorded(each: Claim) -> None:
    assert each.run().outcome.value == record_of(each)["outcome"]


def test_samples_support_and_never_prove() -> None:
    sampled = Claim("x2000.y", "s.", "h", "z", Mark.TEXT, Method.SAMPLED, lambda _: Finding(Outcome.HOLDS, "e"), 1)
    assert sampled.run().outcome is Outcome.SUPPORTED
    with pytest.raises(ValueError, match="do not fit"):
        Finding(Outcome.FAILS, "without a counterexample")


def failing(id_: str) -> dict[str, object]:
    return dict(recorded(id_.partition(".")[0])[id_]["counterexample"])


def test_the_jacobian_that_float32_gets_wrong_has_full_rank() -> None:
    from verify.landscapes.regions.comparisons import float_jacobian
    from verify.landscapes.regions.sampling import draw_regions

    known = failing("karhadkar2024.float32-rank")
    draw = draw_regions(known["trials"], known["n"], 2, known["width"], rng=known["seed"])  # type: ignore[arg-type]
    points, pattern = draw.points[known["trial"]], draw.patterns[known["trial"]]  # type: ignore[call-overload]
    matrix = float_jacobian(points, pattern)
    assert np.linalg.matrix_rank(matrix.astype(np.float32)) < known["n"]  # type: ignore[operator]
    assert is_nonsingular_modulo_a_prime(points, pattern)


def is_nonsingular_modulo_a_prime(points: np.ndarray, pattern: np.ndarray, prime: int = 2**31 - 1) -> bool:
    """Full row rank of the exact Jacobian, by elimination in Python integers: proof that it is full over Q."""
    scaled = [[int(x * 2**53) for x in point] + [2**53] for point in points.tolist()]
    rows = [
        [a * x % prime for a in pattern[:, j].astype(int).tolist() for x in point] for j, point in enumerate(scaled)
    ]
    for k in range(len(rows)):
        column = next((j for j, x in enumerate(rows[k]) if x), None)
        if column is None:
            return False
        inverse = pow(rows[k][column], -1, prime)
        for i in range(k + 1, len(rows)):
            if rows[i][column]:
                factor = rows[i][column] * inverse
                rows[i] = [(a - factor * b) % prime for a, b in zip(rows[i], rows[k], strict=True)]
    return True


def test_the_program_with_nonnegative_weights_misses_this_region() -> None:
    known = failing("karhadkar2024.nonnegative-program")
    assert known == {"points": [[-1]], "pattern": [[1]], "outer": [1], "labels": [1], "weights": [["-1"]]}
    assert max(0, -1 * -1) == 1  # w = -1 is active at x = -1 and fits the label; w >= 0 gives w x <= 0 there


def test_every_failure_is_verified_above() -> None:
    mine = {each.id for each in all_claims("karhadkar2024") + all_claims("benson2020")}
    failed = {id_ for id_ in mine if recorded(id_.partition(".")[0])[id_]["outcome"] == "fails"}
    assert failed == {"karhadkar2024.float32-rank", "karhadkar2024.nonnegative-program"}


def test_the_list_and_its_json(fullrank: Command) -> None:
    ran = fullrank("claims")
    assert ran.status == 0
    for each in CLAIMS:
        assert f"  {each.id}  (" in ran.out
    assert f"{len(CLAIMS)} claims: " in ran.out
    listed = json.loads(fullrank("claims", "--json").out)["claims"]
    assert [each["id"] for each in listed] == [each.id for each in CLAIMS]


def test_checking_one_claim(fullrank: Command) -> None:
    ran = fullrank("claims", "check", "karhadkar2024.nonnegative-program")
    assert ran.status == 0  # an outcome is a fact
    assert ran.out.startswith("FAILS  karhadkar2024.nonnegative-program  (decided)")
    assert "Counterexample: " in ran.out
    found = json.loads(fullrank("claims", "check", "benson2020.relu-ray-pair", "--json").out)["claims"]
    assert [(each["id"], each["outcome"]) for each in found] == [("benson2020.relu-ray-pair", "holds")]


def test_an_interrupted_check_shows_what_was_found(fullrank: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: bool) -> Finding:
        raise KeyboardInterrupt

    first = claim("benson2020.relu-ray-pair")
    second = Claim("benson2020.z", "s.", "h", "z", Mark.TEXT, Method.DECIDED, interrupt, 1)
    monkeypatch.setattr("verify.claims.benson2020.CLAIMS", [first, second])
    ran = fullrank("claims", "check", "benson2020", "--json")
    assert ran.status == 130
    assert "1 of 2 claims were checked" in ran.err
    assert len(json.loads(ran.out)["claims"]) == 1


def test_citing(fullrank: Command) -> None:
    ran = fullrank("claims", "cite", "benson2020.relu-ray-pair")
    assert ran.status == 0
    assert ran.out.splitlines()[0].startswith("% benson2020.relu-ray-pair: derived for this project")
    assert "eprint        = {2010.15959}" in ran.out
    assert fullrank("claims", "cite", "karhadkar2024").out.startswith("@article{karhadkar2024,")


def test_what_is_not_in_the_ledger_is_refused(fullrank: Command) -> None:
    assert_refused(fullrank("claims", "check", "benson2020.relu-ray-pear"), "did you mean 'benson2020.relu-ray-pair'?")
    assert_refused(fullrank("claims", "check", "nobody"), "there is no claim 'nobody'")
    assert_refused(fullrank("claims", "cite", "nobody.x"), "there is no claim")


def test_the_page_has_every_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(ROOT) / "docs" / "_ext"))
    import claims_page  # type: ignore[import-not-found]

    page = claims_page.ledger()
    for each in CLAIMS:
        assert f"### {each.id}\n" in page
    assert "not recorded" not in page
    recalled = sum(each.mark is Mark.RECALLED for each in CLAIMS)
    assert page.count("as recalled; not verified against the text") == recalled
