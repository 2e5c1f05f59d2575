"""Each route of evidence, on a case with which it must agree, and on a lie that it must notice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import ModuleType
from typing import Any

import pytest
from command_line import ENVIRONMENT, ROOT

from counterexamples import evidence
from counterexamples.evidence import (
    Record,
    checked_certificate,
    condition_matrix,
    eigenvalues,
    gather,
    gathering,
    proposed,
    sampled_features,
    sympy_rank,
    trained_loss,
)
from counterexamples.evidence.subject import Subject
from verify import Dataset, Model, decide, flint_backend
from verify.errors import DisagreementError, NotAvailableError

HEXAGON = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]]


@dataclass
class LyingSpace:
    """The space of a verdict with another rank, or with another vector in the annihilator."""

    rank: int
    nullity: int
    vectors: list[Mapping[int, Fraction]]

    def basis(self) -> Iterator[tuple[int, Mapping[int, Fraction]]]:
        return ((0, vector) for vector in self.vectors)


class LyingVerdict:
    """A verdict of which some attributes are replaced."""

    def __init__(self, verdict: Any, **lies: Any) -> None:
        self._verdict, self._lies = verdict, lies

    def __getattr__(self, name: str) -> Any:
        return self._lies[name] if name in self._lies else getattr(self._verdict, name)


def subject(points: Any, model: str, *, labels: Any = None, **lies: Any) -> Subject:
    verdict = decide(Dataset(points, labels), Model.parse(model))
    return Subject(LyingVerdict(verdict, **lies) if lies else verdict, 0)  # type: ignore[arg-type]


def with_rank(points: Any, model: str, *, more: int) -> Subject:
    honest = decide(Dataset(points), Model.parse(model)).space
    vectors = [{i: Fraction(x) for i, x in vector.items()} for _, vector in honest.basis()]  # type: ignore[arg-type]
    return subject(points, model, space=LyingSpace(honest.rank + more, honest.nullity - more, vectors))


RANKS = (condition_matrix, sympy_rank)


@pytest.mark.parametrize("route", [*RANKS, sampled_features, eigenvalues, trained_loss, checked_certificate, proposed])
@pytest.mark.parametrize(("points", "model"), [(HEXAGON, "relu"), ([[1, 2], [2, 4]], "relu"), ([[1, 2]], "relu")])
def test_routes_agree_with_the_truth(route: ModuleType, points: Any, model: str) -> None:
    assert route.record(subject(points, model)).agrees is True


@pytest.mark.parametrize("route", RANKS)
@pytest.mark.parametrize("more", [-1, 1])
def test_a_wrong_rank_is_noticed(route: ModuleType, more: int) -> None:
    record = route.record(with_rank(HEXAGON, "relu", more=more))
    assert record.agrees is False
    assert record.values["rank"] == 5


def test_a_rank_that_is_too_small_is_noticed_by_sampled_units() -> None:
    record = sampled_features.record(with_rank(HEXAGON, "relu", more=-1))
    assert record.agrees is False
    assert record.values["sampled_rank"] == 5


def test_a_rank_that_is_too_large_is_never_confirmed_by_sampled_units() -> None:
    """A sample can only miss units, so it says that it cannot tell."""
    record = sampled_features.record(with_rank(HEXAGON, "relu", more=1))
    assert record.agrees is None
    assert "Cannot tell" in record.words


def test_a_vector_that_annihilates_nothing_is_noticed_by_sampled_units() -> None:
    wrong = {0: Fraction(1), 1: Fraction(1), 2: Fraction(-1), 3: Fraction(-1)}
    record = sampled_features.record(subject(HEXAGON, "relu", space=LyingSpace(5, 1, [wrong])))
    assert record.agrees is False
    assert "not annihilated" in record.words


def test_a_nullity_that_is_too_large_is_noticed_by_eigenvalues() -> None:
    record = eigenvalues.record(with_rank(HEXAGON, "relu", more=-1))
    assert record.agrees is False
    assert record.values["zeros"] == 1


def test_a_nullity_that_is_too_small_is_never_confirmed_by_eigenvalues() -> None:
    """A tiny eigenvalue may be no zero, so more digits are taken, and in the end it cannot tell."""
    record = eigenvalues.record(with_rank(HEXAGON, "relu", more=1))
    assert record.agrees is None
    assert "Cannot tell, 200 digits" in record.words


def test_a_least_loss_above_what_a_network_reaches_is_noticed() -> None:
    points, labels = [[1, 2], [2, 4]], [1, 1]
    assert trained_loss.record(subject(points, "relu", labels=labels)).agrees is True
    record = trained_loss.record(subject(points, "relu", labels=labels, least_mse=Fraction(1, 9)))
    assert record.agrees is False  # the least loss is 1/10
    assert abs(record.values["loss"] - 0.1) < 1e-9


def test_a_certificate_that_the_checker_rejects_is_noticed() -> None:
    verdict = decide(Dataset(HEXAGON), "relu")

    def forged(path: Any) -> Any:
        text = json.loads(verdict.write_certificate(path).read_text())
        text["data"]["lines"][1] = "2 0"
        path.write_text(json.dumps(text))
        return path

    record = checked_certificate.record(subject(HEXAGON, "relu", write_certificate=forged))
    assert record.agrees is False
    assert record.words.startswith("Rejected")


def test_a_certificate_that_cannot_be_read_is_no_agreement() -> None:
    def nonsense(path: Any) -> Any:
        path.write_text("nonsense")
        return path

    record = checked_certificate.record(subject(HEXAGON, "relu", write_certificate=nonsense))
    assert record.agrees is None
    assert "status 2" in record.words


def test_proposed_activations_that_would_not_fit_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposed, "PROPOSED", ("exp", "tanh"))
    record = proposed.record(subject(HEXAGON, "relu"))
    assert record.agrees is False
    assert record.values["activations"]["tanh"]["full_rank"] is False


def test_repeated_points_have_no_proposed_activation() -> None:
    assert proposed.record(subject([[1, 2], [1, 2]], "relu")).agrees is None


@pytest.mark.parametrize(
    ("route", "points", "model", "words"),
    [
        (sampled_features, HEXAGON, "tanh", "not piecewise polynomial"),
        (sampled_features, HEXAGON, "relu+ntk", "a tangent kernel has no units"),
        (sampled_features, [[k] for k in range(1, 50)], "relu", "more than 48 points"),
        (eigenvalues, [], "relu", "there is no point"),
        (eigenvalues, [[k] for k in range(1, 42)], "relu", "more than 40 points"),
        (eigenvalues, HEXAGON, "mish", "no closed form"),
        (trained_loss, [], "relu", "there is no point"),
        (trained_loss, HEXAGON, "relu+ntk", "a tangent kernel has no network"),
        (trained_loss, [[10**17, 1], [1, 10**17]], "relu", "exceed 2^53"),
        (sympy_rank, [[k] for k in range(1, 201)], "tanh", "pure Python takes too long"),
        (condition_matrix, [[k] for k in range(1, 1101)], "tanh", "more than 1000000 entries"),
    ],
)
def test_a_route_that_does_not_apply_says_why(route: ModuleType, points: Any, model: str, words: str) -> None:
    record = route.record(subject(points, model))
    assert record.agrees is None
    assert words in record.words


def test_a_route_that_disagrees_stops_everything_and_the_data_are_in_the_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lie(_: Subject) -> Record:
        return Record("a lie", False, "It is not so.")

    false = ModuleType("false")
    false.ROUTE, false.record = "a lie", lie  # type: ignore[attr-defined]
    monkeypatch.setattr(gathering, "ROUTES", (condition_matrix, false))
    with pytest.raises(DisagreementError, match="fullrank contradicts itself") as caught:
        gather([[1, 2], [2, 4]], "relu")
    assert caught.value.report["rank"] == 1
    assert [record["agrees"] for record in caught.value.report["evidence"]] == [True, False]  # type: ignore[attr-defined]


def test_there_is_no_evidence_of_the_unknown() -> None:
    with pytest.raises(NotAvailableError, match="unknown"):
        evidence.gather([[1, 2]], "square+layers=2")


HUGE = (
    [[10**30, 1], [2 * 10**30, 2]],  # exp of 10^60 has as many bits in its exponent as memory has room for
    [[10**12, 1], [-(10**12), 3], [1, 1]],
    [["1e-300", 1], ["2e-300", 2]],
)


PROGRAM = """
import json, resource, sys
from pathlib import Path
from counterexamples.evidence import gather, gathering

used = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**30, used + 2**30))
gathering.ROUTES = tuple(r for r in gathering.ROUTES if not r.__name__.endswith(('sympy_rank', 'certificate')))
for points in json.loads(sys.argv[1]):
    for model in ("relu", "exp"):
        assert gather(points, model).confirmations >= 2
print(gather.__name__)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is limited and measured in the way of Linux")
def test_huge_and_tiny_points_take_little_memory() -> None:
    """The routes that are no process of their own, in one that may use 1 GB more than it starts with."""
    command = [sys.executable, "-c", PROGRAM, json.dumps(HUGE)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=ENVIRONMENT, timeout=120)
    assert (done.returncode, done.stdout) == (0, "gather\n"), done.stderr


def test_enclosures_that_no_fraction_holds() -> None:
    with flint_backend.precision(64):
        large, small = flint_backend.ball(10**24).exp(), flint_backend.ball(-(10**24)).exp()
        assert flint_backend.upper_bound(large) is None
        bound = flint_backend.upper_bound(small)
        assert bound is not None
        assert 0 < bound <= Fraction(1, 2**1000)
        third = flint_backend.upper_bound(flint_backend.ball(Fraction(-1, 3)))
        assert third is not None
        assert Fraction(1, 3) <= third < Fraction(1, 3) + Fraction(1, 2**20)
        assert flint_backend.solve_balls([[large]], [flint_backend.ball(1)]) is None
        with pytest.raises(NotAvailableError, match="scale the data"):
            flint_backend.exact_fraction(large)


