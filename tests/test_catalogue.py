"""The catalogue: what is in it, that it is true by an independent count, and that it is built again byte for byte."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from oracle import answer
from oracle import rank as plain_rank
from profiles_by_hand import PROFILES, Profile

import counterexamples
from counterexamples.catalogue.build import build
from counterexamples.catalogue.build import main as build_files
from counterexamples.catalogue.checks import verify_entry, verify_files
from counterexamples.catalogue.constructions import CONSTRUCTIONS, RULES, make_data, points_of
from counterexamples.catalogue.constructions.designs import hadamard
from counterexamples.catalogue.constructions.leech import golay_code, leech_minimal_vectors
from counterexamples.catalogue.constructions.roots import root_system
from counterexamples.catalogue.export import export
from counterexamples.catalogue.recipes import RECIPES, Recipe
from counterexamples.catalogue.shelf import FOLDER, entry_files, float_arrays
from counterexamples.entry import KINDS, Construction, Entry
from verify import Dataset, Model, decide, read
from verify.activations import groups
from verify.errors import CatalogueError, DataError, FullrankError

ENTRIES = counterexamples.list_entries()
SMALL = [entry for entry in ENTRIES if entry.count <= 64]
MIDDLE = [entry for entry in ENTRIES if 64 < entry.count <= 600]


def name_of(entry: Entry | Recipe) -> str:
    return entry.name


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_ids_and_names_are_unique_and_files_are_canonical() -> None:
    assert len(ENTRIES) >= 80
    assert [entry.id for entry in ENTRIES] == [f"CE{i:06d}" for i in range(1, len(ENTRIES) + 1)]
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
    for path, entry in zip(entry_files(), ENTRIES, strict=True):
        assert path.name == f"{entry.id}.json"
        assert path.read_text(encoding="utf-8") == entry.to_text()
    assert sum(path.stat().st_size for path in entry_files()) < 3_000_000


IMMUTABLE = {
    "CE000001": "zero-point",
    "CE000002": "ray-pair",
    "CE000003": "hexagon",
    "CE000046": "cross-polytope-4",
    "CE000063": "ray-pair-depth-2",
    "CE000100": "parity-cube-8",
    "CE000120": "leech-lattice",
    "CE000146": "digits-with-negatives-tanh",
}


def test_ids_are_immutable() -> None:
    assert IMMUTABLE.items() <= {entry.id: entry.name for entry in ENTRIES}.items()
    assert [entry.id for entry in ENTRIES] == [recipe.id for recipe in RECIPES]


def test_every_class_of_activations_and_every_kind_is_there() -> None:
    used = {
        Model.parse(entry.model).activation.name for entry in ENTRIES if Model.parse(entry.model).hidden_layers == 1
    }
    for sentence, members in groups().items():
        assert used & {member.name for member in members}, sentence
    assert {entry.kind for entry in ENTRIES} == set(KINDS)
    fails = Counter(entry.verdict.outcome for entry in ENTRIES)
    assert fails["interpolates"] >= 25
    assert fails["cannot_interpolate"] >= 60


def test_every_architecture_is_there() -> None:
    models = [Model.parse(entry.model) for entry in ENTRIES]
    assert {model.hidden_layers for model in models} >= {1, 2, 3, 4, 5}
    assert {model.regime for model in models} == {"trained", "ntk", "ntk_hidden"}
    assert {model.activation.name for model in models if model.gated} >= {"silu", "gelu", "relu", "sigmoid"}
    for flag in ("hidden_bias", "output_bias", "skip"):
        assert any(getattr(model, flag) for model in models)


def test_words_are_there_and_ours_are_marked() -> None:
    for entry in ENTRIES:
        assert len(entry.claim) > 40
        assert entry.claim.endswith(".")
        assert "floating point" in entry.scope
        assert entry.source.ours == (entry.source.who == "fullrank")
        assert entry.level in ("certified", "confirmed")
        assert (entry.level == "confirmed") == any(record["agrees"] for record in entry.evidence)
    assert sum(entry.source.ours for entry in ENTRIES) > 40
    assert sum(entry.level == "confirmed" for entry in ENTRIES) > 50
    assert len({entry.claim for entry in ENTRIES}) == len(ENTRIES)


# --- it is true -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", SMALL, ids=name_of)
def test_a_small_entry_holds(entry: Entry) -> None:
    assert verify_entry(entry).failures == ()


@pytest.mark.parametrize("entry", MIDDLE, ids=name_of)
def test_an_entry_of_middle_size_holds(entry: Entry) -> None:
    assert verify_entry(entry).failures == ()


def profile_of(model: Model) -> Profile:
    return ((1,), (1,), False) if model.activation.name == "leaky_relu" else PROFILES[model.activation.name]


PLAIN = [entry for entry in ENTRIES if entry.count <= 36 and entry.dataset().field is None]


@pytest.mark.parametrize("entry", PLAIN, ids=name_of)
def test_the_oracle_of_fractions_agrees(entry: Entry) -> None:
    model, data = Model.parse(entry.model), entry.dataset()
    architecture = {
        name: getattr(model, name)
        for name in ("hidden_layers", "hidden_bias", "output_bias", "skip", "gated", "regime")
    }
    found = answer([list(map(Fraction, point)) for point in data.points], profile_of(model), architecture)
    assert found is not None
    assert found.rank == entry.verdict.rank
    if data.labels is None:
        assert (entry.verdict.outcome == "interpolates") == (found.nullity == 0)
    else:
        least = found.least_mse([Fraction(y) for y in data.labels])
        assert least == entry.verdict.least_mse
        assert (entry.verdict.outcome == "interpolates") == (least == 0)


def test_most_entries_are_seen_by_that_oracle() -> None:
    assert len(PLAIN) > 110


# --- it is built from what is written down ----------------------------------------------------------------------------

FAST_RECIPES = [recipe for recipe, entry in zip(RECIPES, ENTRIES, strict=True) if entry.count <= 24][::6]


@pytest.mark.parametrize("recipe", FAST_RECIPES, ids=name_of)
def test_building_again_gives_the_same_bytes(recipe: Recipe) -> None:
    assert build(recipe).to_text().encode() == (FOLDER / f"{recipe.id}.json").read_bytes()


@pytest.mark.slow
def test_building_everything_again_gives_the_same_bytes(tmp_path: Path) -> None:
    assert build_files([], folder=tmp_path) == 0
    assert [path.name for path in sorted(tmp_path.iterdir())] == [path.name for path in entry_files()]
    for path in entry_files():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_a_recipe_with_a_wrong_expectation_is_not_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = Recipe(1, "a-test", "relu", ((1, 2), (2, 4)), 2, "A claim.")
    with pytest.raises(CatalogueError, match=r"^CE000001 \(a-test\): the rank is 1; the recipe expects 2$"):
        build(wrong)
    least = Recipe(1, "a-test", "relu", ((1, 2), (2, 4)), 1, "A claim.", labels=(1, 1), least_mse="1/9")
    with pytest.raises(CatalogueError, match="the least loss is 1/10; the recipe expects 1/9"):
        build(least)
    assert build_files(["nothing"], folder=tmp_path) == 2
    assert capsys.readouterr().err == "there is no recipe 'nothing'\n"


@pytest.mark.slow
def test_everything_holds_in_processes() -> None:
    reports = verify_files(entry_files(), workers=2)
    assert len(reports) == len(ENTRIES)
    assert [line for report in reports for line in report.failures] == []


# --- the constructions are what they say ------------------------------------------------------------------------------


@cache
def leech() -> np.ndarray:
    return leech_minimal_vectors()


def test_the_golay_code_is_linear_and_has_its_weights() -> None:
    words = golay_code()
    assert Counter(words.sum(axis=1).tolist()) == {0: 1, 8: 759, 12: 2576, 16: 759, 24: 1}
    coded = set(map(tuple, words.tolist()))
    assert len(coded) == 4096
    basis = words[[1 << i for i in range(12)]]
    assert all(tuple((word + b) % 2) in coded for word in words[::97] for b in basis)
    fives = Counter(places for word in words[words.sum(axis=1) == 8] for places in [tuple(np.flatnonzero(word))])
    assert len(fives) == 759  # 759 octads with 56 five-sets each, 42504 = 24 choose 5 in all: a Steiner system
    assert 759 * math.comb(8, 5) == math.comb(24, 5)


def test_the_minimal_vectors_of_the_leech_lattice() -> None:
    vectors = leech()
    assert vectors.shape == (196_560, 24)
    assert set((vectors**2).sum(axis=1).tolist()) == {32}
    assert len(np.unique(vectors, axis=0)) == 196_560
    # the inner products with any one of them, as in the theory of the kissing configuration
    expected = {32: 1, 16: 4600, 8: 47104, 0: 93150, -8: 47104, -16: 4600, -32: 1}
    for i in (0, 1104, 100_000, 196_559):
        assert Counter((vectors @ vectors[i]).tolist()) == expected


def test_the_rank_on_the_leech_lattice_is_lines_plus_dimension() -> None:
    vectors = leech()
    lead = vectors[np.arange(len(vectors)), (vectors != 0).argmax(axis=1)]
    lines = np.unique(vectors * np.sign(lead)[:, np.newaxis], axis=0)
    assert len(lines) == 98_280  # each line holds v and -v: they all have one length
    assert plain_rank([list(map(Fraction, row)) for row in lines[::2000].tolist()], 24) == 24
    assert decide(Dataset(vectors), "relu").rank == 98_280 + 24 == 98_304
    entry = counterexamples.load_entry("leech-lattice")
    assert entry.verdict.rank == 98_304
    assert isinstance(entry.points, Construction)


ROOTS = {"A3": 12, "A4": 20, "B3": 18, "B4": 32, "D4": 24, "D5": 40, "E6": 72, "E7": 126, "E8": 240, "F4": 48}


@pytest.mark.parametrize(("name", "count"), ROOTS.items())
def test_root_systems_are_closed_under_their_reflections(name: str, count: int) -> None:
    roots = root_system(name=name)
    assert len(roots) == count
    assert plain_rank([list(map(Fraction, row)) for row in roots[:: 1 + count // 60].tolist()], roots.shape[1]) == int(
        name[1:]
    )
    known = set(map(tuple, roots.tolist()))
    assert len(known) == count
    for root in roots[::2]:
        twice, norm = 2 * (roots @ root), int(root @ root)
        assert not (twice % norm).any()  # crystallographic
        assert set(map(tuple, (roots - np.outer(twice // norm, root)).tolist())) == known
    assert (roots[::2] == -roots[1::2]).all()


@pytest.mark.parametrize("order", [1, 2, 4, 8, 12, 16, 20, 24])
def test_hadamard_matrices(order: int) -> None:
    h = hadamard(order)
    assert set(np.unique(h).tolist()) <= {1, -1}
    assert (h @ h.T == order * np.eye(order)).all()


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("nothing", {}, "there is no construction 'nothing'; the names are cube"),
        ("cube", {}, r"construction cube\(\) is not possible: "),
        ("cube", {"dimension": 2, "more": 1}, "is not possible: "),
        ("root_system", {"name": "E9"}, "'E9' is none of A1, A2"),
        ("root_system", {"name": "B1"}, "'B1' is none of"),
        ("hadamard_frames", {"order": 6}, "order = 6 is neither a power of 2"),
        ("hadamard_frames", {"order": 28}, "order = 28 is neither"),
        ("hadamard_frames", {"order": 4, "frames": 3}, "frames = 3 is neither 1 nor 2"),
        ("bundled", {"name": "irsi"}, "there is no bundled data set 'irsi'"),
    ],
)
def test_a_construction_that_is_not_possible(name: str, parameters: dict[str, int | str], message: str) -> None:
    with pytest.raises(CatalogueError, match=message):
        points_of(name, parameters)


def test_a_construction_of_another_size_is_noticed() -> None:
    with pytest.raises(CatalogueError, match=r"cube makes 4 points of dimension 2, not 5 of dimension 2"):
        make_data(Construction("cube", {"dimension": 2}, 5, 2), None)


def test_every_construction_and_rule_is_used() -> None:
    used = [recipe.points[0] for recipe in RECIPES if isinstance(recipe.points[0], str)]
    assert set(used) == set(CONSTRUCTIONS)
    assert {recipe.labels[0] for recipe in RECIPES if recipe.labels and recipe.labels[0] in RULES} == set(RULES)


# --- loading and exporting --------------------------------------------------------------------------------------------


def test_load_gives_exact_points_or_float_arrays() -> None:
    data = counterexamples.load("rational-circle-3")
    assert data.points[4] == (Fraction(-3, 5), Fraction(4, 5))
    with pytest.raises(
        DataError, match=r"^rational-circle-3: point 4 has the number -3/5, which no float64 is equal to"
    ):
        counterexamples.load("rational-circle-3", return_X_y=True)
    X, y = counterexamples.load("rational-circle-3", return_X_y=True, rounded=True)
    assert X[4].tolist() == [-0.6, 0.8]
    assert y is None
    X, y = counterexamples.load("CE000002", return_X_y=True)
    assert X.tolist() == [[1, 2], [2, 4]]
    assert y is not None
    assert y.tolist() == [1, 1]
    with pytest.raises(DataError, match=r"which no float64 is equal to"):
        counterexamples.load("regular-hexagon", return_X_y=True)
    X, _ = counterexamples.load("regular-hexagon", return_X_y=True, rounded=True)
    assert np.allclose((X**2).sum(axis=1), 1)


def test_float_arrays_of_several_outputs_and_of_huge_numbers() -> None:
    _, Y = float_arrays(Dataset([[1], [2]], [[1, 2], [3, 4]]), "a")
    assert Y is not None
    assert Y.tolist() == [[1, 2], [3, 4]]
    with pytest.raises(DataError, match=r"^a: point 0 has a number beyond the range of float64"):
        float_arrays(Dataset([[10**400]]), "a", rounded=True)
    with pytest.raises(DataError, match=r"^a: point 0 has the number 9007199254740993"):
        float_arrays(Dataset([[2**53 + 1]]), "a")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("hexagn", "'hexagon'"),
        ("Hexagon", "'hexagon'"),
        ("CE00003", "'CE000003'"),
        ("ce3", "'CE000003'"),
        ("leech", "leech-lattice"),
        ("", ""),
    ],
)
def test_an_unknown_name_gets_a_suggestion(name: str, near: str) -> None:
    with pytest.raises(CatalogueError, match=f"^there is no entry '{name}'; .*{near}.*catalogue list"):
        counterexamples.load(name)


def test_listing_by_model_kind_and_outcome() -> None:
    assert {entry.model for entry in counterexamples.list_entries(model="swiglu")} == {"silu+gated"}
    assert {entry.kind for entry in counterexamples.list_entries(kind="ray")} == {"ray"}
    fits = counterexamples.list_entries(model="relu", outcome="interpolates")
    assert fits
    assert {entry.kind for entry in fits} == {"fits"}
    for arguments, message in (
        ({"kind": "rays"}, "kind='rays' is unknown"),
        ({"outcome": "yes"}, "outcome='yes' is unknown"),
        ({"model": "rellu"}, "not a known activation"),
        ({"folder": Path("nowhere")}, "there is no folder nowhere"),
    ):
        with pytest.raises(FullrankError, match=message):
            counterexamples.list_entries(**arguments)  # type: ignore[arg-type]


EXPORTED: Sequence[str] = (
    "hexagon",
    "parity-cube-3",
    "rational-circle-3",
    "iris",
    "regular-hexagon",
    "contrast-patches",
)


@pytest.mark.parametrize("file_format", ["csv", "json", "npz", "parquet"])
@pytest.mark.parametrize("name", EXPORTED)
def test_what_is_exported_is_read_back_exactly_or_refused(name: str, file_format: str, tmp_path: Path) -> None:
    entry = counterexamples.load_entry(name)
    if file_format in ("npz", "parquet"):
        pytest.importorskip("pyarrow")
        if name in ("rational-circle-3", "regular-hexagon", "iris"):
            with pytest.raises(DataError, match=r"which no float64 is equal to"):
                export(entry, file_format)
            return
    content = export(entry, file_format)
    path = tmp_path / f"data.{file_format}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    assert read(path).sha256() == entry.sha256


def test_numbers_without_a_short_text_are_refused() -> None:
    with pytest.raises(DataError, match="have no short text; use the exact Dataset"):
        export(counterexamples.load_entry("regular-decagon"), "csv")
    with pytest.raises(CatalogueError, match="the format 'xml' is unknown; the formats are csv"):
        export(counterexamples.load_entry("hexagon"), "xml")
