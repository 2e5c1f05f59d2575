"""What a verdict says: outcome, numbers, and the words that name the points."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify import Dataset, Outcome, Question, decide
from verify.errors import DataError, ModelError, NotAvailableError

HEXAGON = [[1, 0], [0, 1], [1, 1], [-1, 0], [0, -1], [-1, -1]]
CUBE = [list(p) for p in itertools.product([-1, 1], repeat=3)]


@pytest.mark.parametrize(
    ("points", "model", "labels", "words"),
    [
        (HEXAGON, "relu", None, "antipodal pairs (0, 3), (1, 4), (2, 5): their directions span only 2 dimensions"),
        ([[1, 0], [0, 1], [1, 2], [3, 3], [7, 1], [2, 4]], "relu", [1, 1, 1, 1, 1, 1],
         "points 2 and 5 lie on one ray (x5 = 2 x2), so f(x5) = 2 f(x2)"),
        ([[2], [0]], "relu", [1, 1], "point 1 is the zero vector at which every f of this model is 0"),
        ([[2], [3], [2]], "exp", [1, 1, 2], "points 0 and 2 are equal, so f(x2) = f(x0)"),
        ([[1, 2], [-1, -2]], "tanh", [1, 1], "points 0 and 1 are antipodal (x1 = -x0), so f(x1) = -f(x0)"),
        ([[1, 2], [-1, -2]], "abs", [1, -1], "points 0 and 1 are antipodal (x1 = -x0), so f(x1) = f(x0)"),
        ([[1, 2], [-3, -6]], "abs", None,
         "points 0 and 1 lie on one line through 0 (x1 = -3 x0), so f(x1) = 3 f(x0)"),
        ([[1], [-1], [3], [-3]], "sigmoid", [1, 0, 1, 1],
         "antipodal pairs (0, 1), (2, 3): the sum of the two values is the same for each"),
        ([[1, 0], [-2, 0], [0, 1], [0, -2], [1, 1], [-2, -2]], "relu", None,
         "two-sided lines through the pairs (0, 1), (2, 3), (4, 5): their directions span only 2 dimensions"),
        ([[1, 0], [0, 1], [1, 1], [2, 3]], "identity+hidden_bias", None,
         "the values at points 0, 1, 2, 3 are tied: the points (x, 1) span only 3 dimensions"),
        ([[0], [1], [2], [3]], "square+hidden_bias", None, "the values at points 0, 1, 2, 3 are tied: "
         "the monomials of degree 2 of the points (x, 1) span only 3 dimensions"),
        ([[1, 0], [0, 1], [1, 1]], "identity", None,
         "the values at points 0, 1, 2 are tied: their directions span only 2 dimensions"),
        ([[1, 0], [0, 1], [1, 1], [1, 2]], "square", None,
         "the values at points 0, 1, 2, 3 are tied: their monomials of degree 2 span only 3 dimensions"),
    ],
)  # fmt: skip
def test_the_reason_names_the_points(points: list[list[int]], model: str, labels: list[int] | None, words: str) -> None:
    verdict = decide(points, model, labels=labels)
    assert verdict.outcome is Outcome.CANNOT_INTERPOLATE
    assert verdict.reason == words
    assert words in verdict.explain()


def test_the_explanation_of_parity() -> None:
    verdict = decide(CUBE, "relu", labels=[a * b * c for a, b, c in CUBE])
    text = verdict.explain()
    assert "f(x0) - f(x1) - f(x2) + f(x3) - f(x4) + f(x5) + f(x6) - f(x7) = 0" in text
    assert "The labels give -8 instead of 0." in text
    assert "Least mean squared error of any width: 1." in text
    assert verdict.best_predictions == (0,) * 8


def test_every_labelling_and_these_labels_are_different_questions() -> None:
    some = decide(HEXAGON, "relu", labels=[0, 0, 0, 0, 0, 0])
    every = decide(HEXAGON, "relu")
    assert (some.question, some.outcome) == (Question.THESE_LABELS, Outcome.INTERPOLATES)
    assert (every.question, every.outcome) == (Question.EVERY_LABELLING, Outcome.CANNOT_INTERPOLATE)
    assert some.annihilating_vector is None
    assert every.least_mse is None
    assert every.best_predictions is None


def test_several_label_columns_are_each_decided() -> None:
    data = Dataset([[1, 0], [2, 0]], [[1, 1], [2, 1]], label_names=["good", "bad"])
    verdict = decide(data, "relu")
    good, bad = verdict.per_output
    assert (good.outcome, bad.outcome) == (Outcome.INTERPOLATES, Outcome.CANNOT_INTERPOLATE)
    assert verdict.outcome is Outcome.CANNOT_INTERPOLATE
    assert (good.least_mse, bad.least_mse) == (0, Fraction(1, 10))
    assert verdict.least_mse == Fraction(1, 20)
    assert verdict.best_predictions == ((1, Fraction(3, 5)), (2, Fraction(6, 5)))
    assert verdict.annihilating_vector == bad.annihilating_vector == {0: 2, 1: -1}
    assert [row["label"] for row in verdict.to_json()["per_output"]] == ["good", "bad"]
    assert "The labels of bad give 1 instead of 0." in verdict.explain()


def test_unknown_is_neither_and_proves_nothing() -> None:
    verdict = decide(HEXAGON, "square+layers=2", labels=[1] * 6)
    assert verdict.outcome is Outcome.UNKNOWN
    assert (verdict.rank, verdict.nullity, verdict.least_mse, verdict.annihilating_vector) == (None,) * 4
    assert "polynomial" in verdict.reason
    assert "Unknown: " in verdict.explain()
    for proof in (verdict.certificate, verdict.network):
        with pytest.raises(NotAvailableError, match="unknown"):
            proof()


def test_moments_beyond_reach_are_unknown_and_only_where_they_matter() -> None:
    """In dimension 80 the cubes have 88,560 monomials; one-sided points of a tanh-like odd model need none of them."""
    points = [[int(i == j) + 1 for j in range(80)] for i in range(3)]
    verdict = decide(points, "cube")
    assert verdict.outcome is Outcome.UNKNOWN
    assert "88560" in verdict.reason
    assert decide(points, "gelu").outcome is Outcome.INTERPOLATES


def test_bad_arguments() -> None:
    data = Dataset([[1]], [1])
    with pytest.raises(DataError, match="labels="):
        decide(data, "relu", labels=[1])
    with pytest.raises(ModelError, match="3"):
        decide(data, 3)
    with pytest.raises(DataError):
        decide([[1], [2]], "relu", labels=[1])


@given(
    st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2)), max_size=7),
    st.sampled_from(["relu", "gelu", "tanh", "sigmoid", "exp", "square", "swiglu", "relu2+layers=2", "cos+skip"]),
    st.integers(1, 5),
    st.data(),
)
def test_laws(points: list[tuple[int, int]], model: str, factor: int, data: st.DataObject) -> None:
    """Scaling labels scales the least loss by the square; permuting points changes nothing; best predictions fit."""
    labels = data.draw(st.lists(st.integers(-3, 3), min_size=len(points), max_size=len(points)))
    rows = [list(p) for p in points] or []
    verdict = decide(rows, model, labels=labels)
    scaled = decide(rows, model, labels=[Fraction(factor, 7) * y for y in labels])
    assert scaled.least_mse == verdict.least_mse * Fraction(factor, 7) ** 2
    order = data.draw(st.permutations(range(len(points))))
    shuffled = decide([rows[i] for i in order], model, labels=[labels[i] for i in order])
    assert (shuffled.rank, shuffled.least_mse) == (verdict.rank, verdict.least_mse)
    again = decide(rows, model, labels=list(verdict.best_predictions))
    assert again.outcome is Outcome.INTERPOLATES
    assert again.least_mse == 0
    assert verdict.rank + verdict.nullity == len(points)
    if verdict.annihilating_vector:
        residual = sum(
            c * p for c, p in ((c, verdict.best_predictions[i]) for i, c in verdict.annihilating_vector.items())
        )
        assert residual == 0
