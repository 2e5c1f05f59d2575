"""The exhaustive search finds every minimal obstruction of a box: compared with brute force, a theorem, Burnside."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pytest
import sympy
from box_oracle import (
    GridSet,
    brute_force,
    burnside,
    expanded,
    fails_by_decision,
    grid,
    on_ray,
    relu_circuits,
    signed_permutations,
)

from counterexamples.enumeration import searching
from counterexamples.enumeration.chunks import BadPrimeError
from counterexamples.enumeration.columns import columns
from counterexamples.enumeration.elimination import FIRST_PRIME, eliminate, next_prime, row_basis
from counterexamples.enumeration.grid import Grid, Task
from counterexamples.enumeration.orderly import search_below
from counterexamples.evidence.condition_matrix import condition_matrix
from counterexamples.requirements import meets
from counterexamples.search import Exhaustion, exhaustive
from counterexamples.search.problem import conditions, pose
from verify import Model, decide
from verify.errors import ModelError, SearchError
from verify.flint_backend import rank

MODELS = (
    *("relu", "abs", "leaky_relu", "relu2", "square", "cube", "identity", "gelu", "softplus", "sigmoid", "tanh"),
    *("cos", "mish", "exp", "swiglu", "reglu", "glu", "relu+layers=2", "abs+layers=2", "tanh+layers=2", "relu+skip"),
    *("square+hidden_bias", "relu+hidden_bias", "sigmoid+output_bias", "sigmoid+ntk_hidden", "max(x,0)+x**2"),
)


def assert_classes_are(result: Exhaustion, expected: set[GridSet]) -> None:
    """The classes are disjoint, as large as they say, and all of them together are what is expected."""
    classes = expanded(result)
    assert [len(sets) for sets in classes] == [one.count for one in result.obstructions]
    assert sum(map(len, classes)) == len(set().union(*classes))
    assert set().union(*classes) == expected
    assert Counter(map(len, expected)) == Counter(dict(result.counts))
    assert result.is_complete


@pytest.mark.parametrize(("box", "dimension"), [(1, 2), (2, 2), (3, 1), pytest.param(1, 3, marks=pytest.mark.slow)])
def test_relu_has_the_obstructions_of_the_theorem(box: int, dimension: int) -> None:
    result = exhaustive("relu", box=box, dimension=dimension, max_points=8)
    circuits = relu_circuits(box, dimension, 8)
    assert_classes_are(result, circuits)
    moves = signed_permutations(dimension)
    up_to_scaling = {
        min(tuple(sorted(map(on_ray, map(move, points)))) for move in moves) for points in circuits if len(points) != 2
    }
    assert len(up_to_scaling) == sum(len(one.points) != 2 for one in result.obstructions)
    assert result.smallest == 1


@pytest.mark.parametrize("spec", MODELS)
def test_columns_span_what_the_evidence_writes_down(spec: str) -> None:
    """The integer matrix and the rational one of `counterexamples.evidence` have the same row space."""
    model = Model.parse(spec)
    points = grid(2, 2)
    made = list(zip(*columns(points, model), strict=True))
    written = condition_matrix([tuple(map(Fraction, x)) for x in points], conditions(model))
    assert written is not None
    assert rank([*made, *written]) == rank(made) == rank(written)


@pytest.mark.parametrize("spec", MODELS)
def test_every_model_has_the_obstructions_of_brute_force(spec: str) -> None:
    result = exhaustive(spec, box=1, dimension=2, max_points=6)
    assert_classes_are(result, brute_force(grid(1, 2), 6, lambda _: True, fails_by_decision(spec)))


@pytest.mark.parametrize("spec", ["relu", "gelu", "relu2", "abs+layers=2", "sigmoid", "swiglu", "max(x,0)+x**2"])
def test_rays_with_several_points(spec: str) -> None:
    result = exhaustive(spec, box=3, dimension=1, max_points=7)
    assert_classes_are(result, brute_force(grid(3, 1), 7, lambda _: True, fails_by_decision(spec)))


@pytest.mark.parametrize(
    ("spec", "require"),
    [
        ("tanh", "distinct_rays"),
        ("tanh", "distinct_lines"),
        ("gelu", "nonzero,distinct_rays"),
        ("square", "nonnegative"),
        ("swiglu", "nonnegative,nonzero"),
        ("identity", "general_directions"),
        ("relu", "unit_norm"),
        ("abs", "integer,nonzero"),
    ],
)
def test_requirements(spec: str, require: str) -> None:
    result = exhaustive(spec, box=1, dimension=2, max_points=6, require=require)

    def is_admitted(points: GridSet) -> bool:
        return meets([tuple(map(Fraction, x)) for x in sorted(points)], result.problem.require)

    fails = fails_by_decision(spec)
    found = brute_force(grid(1, 2), 6, lambda _: True, lambda points: is_admitted(points) and fails(points))
    assert_classes_are(result, found)


@pytest.mark.slow
def test_general_directions_in_space() -> None:
    """Four lines of which any three are independent: the only circuits of ReLU that are left have eight points."""
    result = exhaustive("relu", dimension=3, require="general_directions,nonzero")
    circuits = [points for points in relu_circuits(1, 3, 8) if len(points) == 8]
    assert result.counts == {8: len(circuits)}


@pytest.mark.parametrize(("fails", "fits", "box", "dimension"), [("relu", "gelu", 1, 2), ("relu", "tanh", 2, 1)])
def test_another_model_fits(fails: str, fits: str, box: int, dimension: int) -> None:
    result = exhaustive(fails, fits=fits, box=box, dimension=dimension, max_points=6)
    other = fails_by_decision(fits)
    expected = brute_force(grid(box, dimension), 6, lambda points: not other(points), fails_by_decision(fails))
    assert_classes_are(result, expected)


def test_scaling_is_not_used_where_the_other_model_sees_it() -> None:
    """gelu fails on three antipodal pairs and fits when one of them is {x, -2x}: the two must stay apart."""
    result = exhaustive("relu", fits="gelu", box=2, require="distinct_rays,nonzero", max_points=6)
    circuits = {s for s in relu_circuits(2, 2, 6) if len(s) == 6 and not decide(sorted(s), "gelu").nullity}
    assert result.counts == {6: len(circuits)}
    assert 0 < len(circuits) < 740


@pytest.mark.parametrize(("box", "dimension", "most"), [(1, 2, 9), (2, 2, 6), (1, 3, 5), (1, 4, 3)])
def test_one_set_of_each_orbit_is_made(box: int, dimension: int, most: int) -> None:
    """A model that fits everything: as many canonical sets of each size as Burnside counts; two words for 81 points."""
    made = Grid(Task(pose("exp", fits=None, dimension=dimension, max_points=most, require=()), box, FIRST_PRIME))
    assert made.rank == made.size == (2 * box + 1) ** dimension
    tally = search_below(made, np.zeros((1, 0), dtype=np.intp), most)
    assert [tally.fitted[k] for k in range(1, most + 1)] == burnside(box, dimension, most)[1:]
    assert not tally.obstructions


def test_a_model_that_fits_the_grid_fits_every_part() -> None:
    result = exhaustive("exp", box=2, dimension=2)
    assert result.is_complete
    assert not result.obstructions
    assert result.smallest is None
    assert "every set was settled" in result.explain()
    assert exhaustive("exp", box=3, dimension=3, max_points=60).is_complete  # 10^16 sets, and one rank


@pytest.mark.parametrize(
    ("spec", "box", "dimension", "counts"),
    [
        ("relu", 0, 2, {1: 1}),
        ("relu", 5, 0, {1: 1}),
        ("exp", 0, 0, {}),
        ("relu", 1, 1, {1: 1}),
        ("identity", 1, 1, {1: 1, 2: 1}),
        ("identity", 2, 1, {1: 1, 2: 6}),
    ],
)
def test_the_smallest_boxes(spec: str, box: int, dimension: int, counts: dict[int, int]) -> None:
    assert dict(exhaustive(spec, box=box, dimension=dimension).counts) == counts


def test_few_points() -> None:
    assert dict(exhaustive("relu", box=2, max_points=1).counts) == {1: 1}
    assert dict(exhaustive("relu", box=2, max_points=2).counts) == {1: 1, 2: 8}
    assert dict(exhaustive("relu", box=2, max_points=2, require="distinct_rays,nonzero").counts) == {}


def test_any_executor_gives_the_same() -> None:
    alone = exhaustive("relu", dimension=3)
    with ThreadPoolExecutor(2) as threads:
        assert exhaustive("relu", dimension=3, executor=threads).obstructions == alone.obstructions
        threads.submit(int)  # it was not shut down
    together = exhaustive("relu", dimension=3, workers=2)
    assert together.obstructions == alone.obstructions
    assert together.examined == alone.examined
    assert together.fitted == alone.fitted


def test_a_prime_that_is_not_good_enough_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modulo 2 a point and its antipode look dependent; the exact decision denies it, and the next prime is taken."""
    expected = exhaustive("relu", box=2)
    tried: list[int] = []

    def after(prime: int) -> int:
        tried.append(prime)
        return int(sympy.nextprime(prime))

    monkeypatch.setattr(searching, "FIRST_PRIME", 2)
    monkeypatch.setattr(searching, "next_prime", after)
    assert exhaustive("relu", box=2).obstructions == expected.obstructions
    assert tried[0] == 2


def test_a_bad_prime_is_an_exception_that_travels() -> None:
    import pickle

    assert isinstance(pickle.loads(pickle.dumps(BadPrimeError(3))), BadPrimeError)  # noqa: S301
    assert next_prime(FIRST_PRIME) < FIRST_PRIME


def test_elimination_of_many_matrices() -> None:
    """Ranks modulo a prime, against SymPy; also with entries next to the prime, where a sum could overflow."""
    rng = np.random.default_rng(3)
    for prime in (2, 3, 101, FIRST_PRIME):
        for _ in range(20):
            matrix = rng.integers(0, 3, (4, 6)) * (prime - 1) % prime
            matrix[3] = (matrix[0] + matrix[1]) % prime if rng.random() < 0.5 else matrix[3]
            field = sympy.GF(prime, symmetric=False)
            expected = sympy.polys.matrices.DomainMatrix(
                [[field(int(a)) for a in row] for row in matrix], (4, 6), field
            ).rank()
            assert len(row_basis(matrix.astype(np.int64), prime)) == expected
    tableaux = np.array([[[0, 1], [5, 2]], [[3, 1], [6, 2]]])
    eliminate(tableaux, 0, np.array([0, 0]), 7)
    assert tableaux[:, 0, 0].all()
    assert not tableaux[:, 1, 0].any()
    assert tableaux[0, 1, 1] != 0  # rows (0, 1) and (5, 2) are independent
    assert tableaux[1, 1, 1] == 0  # rows (3, 1) and (6, 2) are not


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"box": -1}, "box=-1 is not a whole number"),
        ({"box": 1.5}, "box=1.5"),
        ({"box": True}, "box=True"),
        ({"workers": 0}, "workers=0"),
        ({"workers": 1000}, "at most 64"),
        ({"limit": 0}, "limit=0"),
        ({"dimension": 12}, "531441 points"),
        ({"dimension": 4, "box": 2}, "choose a smaller box or fewer points"),
        ({"dimension": 3, "limit": 100}, "the limit is 100"),
        ({"max_points": 0}, "max_points is 0"),
        ({"max_points": 0, "require": "nonzero"}, "nonzero with max_points 0"),
        ({"require": "nonzer"}, "did you mean 'nonzero'?"),
        ({"fits": "relu"}, "fails and fits are both relu"),
        ({"fails": "step(0)"}, "discontinuous"),
        ({"fails": "square+layers=2"}, "no theorem"),
        ({"fails": "x**60", "dimension": 3, "box": 4}, "more than a million entries"),
    ],
)
def test_what_is_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(SearchError) as caught:
        exhaustive(**{"fails": "relu", **options})  # type: ignore[arg-type]
    assert words in str(caught.value)
    assert len(str(caught.value)) < 400


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(ModelError, match="did you mean"):
        exhaustive("rellu")


def test_too_large_says_how_many_sets() -> None:
    """C(125, k) for k up to 8, and the grid without 0 has 98 rays."""
    from math import comb

    with pytest.raises(SearchError) as caught:
        exhaustive("relu", box=2, dimension=3)
    assert f"{sum(comb(125, k) for k in range(9)):,} sets" in str(caught.value)
    assert f"{sum(comb(98, k) for k in range(9)) // 48:,} up to symmetry" in str(caught.value)
