"""`Entry`: one certified data set, with its words, its proof, its evidence and its source.

An entry is a file of JSON. The keys are the fields below, all of them and no other; numbers are rationals in lowest
terms, written as strings. Reading is strict, because an entry is a statement that other people rely on.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.errors import CatalogueError

if TYPE_CHECKING:
    from counterexamples.catalogue.checks import Report
    from verify import Dataset, Model, Verdict

KINDS: Mapping[str, str] = {
    "zero": "a zero point, where every network of the model is 0",
    "repeat": "one point twice",
    "ray": "points on one ray, whose values determine each other",
    "line": "points on one line through 0, on both sides, whose values determine each other",
    "circuit": "several lines or antipodal pairs, tied together by a moment",
    "forms": "more points than the forms of one degree can tell apart",
    "fits": "nothing: the model has the labels among its values",
}
"""What stands in the way, read off the points that the annihilating vector of the verdict rests on."""

LEVELS: Mapping[str, str] = {
    "decided": "the exact decision of `verify.decide`",
    "certified": "decided, and a certificate that the trusted checker accepts",
    "confirmed": "certified, and independent routes that agree, recorded as evidence",
}
"""Evidence levels, each one including those before it."""

MINIMALITIES: Mapping[str, str] = {
    "exhaustive": "all smaller sets of the space were examined, and none of them fails",
    "proved": "every labelling of every proper subset is attained",
    "shrunk": "a search made it smaller for as long as it could; smaller sets may fail",
    "none": "not minimal, or nothing is claimed",
}
ID = re.compile(r"CE[0-9]{6}|found-[0-9a-f]{12}", re.ASCII)
REQUIREMENTS = (
    *("nonzero", "distinct_rays", "distinct_lines", "general_directions", "unit_norm", "nonnegative", "integer"),
)
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True)
class Construction:
    """Points that are generated, not stored: a function of `counterexamples.catalogue.constructions`, and its size.

    Attributes
    ----------
    construction : str
        The name of the function.
    parameters : mapping of str to int or str
    count, dimension : int
        Number of points and of coordinates, so that a listing need not generate them.
    """

    construction: str
    parameters: Mapping[str, int | str]
    count: int
    dimension: int


@dataclass(frozen=True)
class LabelRule:
    """Labels that are computed from the points: a rule of `counterexamples.catalogue.constructions`."""

    rule: str
    parameters: Mapping[str, int | str]


@dataclass(frozen=True)
class Stated:
    """What the entry claims, for machines.

    Attributes
    ----------
    outcome : str
        ``"interpolates"`` or ``"cannot_interpolate"``: these labels, or every labelling if there are none.
    rank : int
        Dimension of the space of attained label vectors.
    least_mse : Fraction or None
        The least mean squared error of any width; None without labels.
    """

    outcome: str
    rank: int
    least_mse: Fraction | None


@dataclass(frozen=True)
class Minimality:
    """How small the set is known to be, and among which sets.

    Attributes
    ----------
    kind : str
        One of `MINIMALITIES`.
    space : str
        The sets it was compared with, in words.
    box : int or None
        For ``exhaustive``: all sets of fewer points of the grid {-box, ..., box}^d ...
    require : tuple of str
        ... of distinct points that meet these: names of `counterexamples.requirements.REQUIREMENTS`.
    """

    kind: str
    space: str
    box: int | None = None
    require: tuple[str, ...] = ()


@dataclass(frozen=True)
class Symmetry:
    """Symmetry in words, and how many signed permutations of the coordinates map the points to themselves.

    `signed_permutations` is None where they were not counted.
    """

    words: str
    signed_permutations: int | None


@dataclass(frozen=True)
class Source:
    """Who published the data set, where and when; `ours` marks what was first written down in this project."""

    who: str
    where: str
    when: str
    ours: bool


Row = tuple[Fraction, ...]


def found_id(sha256: str, model: str) -> str:
    """Give the id of an entry that a search found: the same for the same data and model.

    Examples
    --------
    >>> found_id("0" * 64, "relu")
    'found-0e6e61b4e038'
    """
    return "found-" + hashlib.sha256(f"{sha256} {model}".encode("ascii")).hexdigest()[:12]


@dataclass(frozen=True)
class Entry:
    """A data set on which a model provably fails, or provably succeeds although it looks as if it might not.

    Attributes
    ----------
    id, name : str
        ``CE000001`` for ever, and a readable name. A find of the search is called ``found-<digest>``.
    kind : str
        One of `KINDS`.
    points : tuple of rows of Fraction, or Construction
    labels : tuple of Fraction, tuple of rows, LabelRule, or None
        None: the entry speaks of every labelling.
    sha256 : str
        Of the canonical text of points and labels (`verify.Dataset.sha256`).
    model : str
        What `verify.Model.parse` reads.
    verdict : Stated
    claim, scope : str
        The claim in words; what it certifies, and what it does not.
    certificate : mapping or None
        The certificate, format 1; None where it is large and made again by every verification.
    evidence : tuple of mappings
        Independent routes to the same answer, one record each, with the key ``route``.
    minimality : Minimality
    symmetry : Symmetry
    source : Source
    level : str
        One of `LEVELS`.
    licence : str
        SPDX identifier, or words where there is none.

    Examples
    --------
    >>> entry = Entry.certify([[1, 2], [2, 4]], "relu", name="a-ray-pair")
    >>> entry.kind, entry.verdict.rank, entry.level
    ('ray', 1, 'certified')
    >>> Entry.from_text(entry.to_text()) == entry
    True
    """

    id: str
    name: str
    kind: str
    points: tuple[Row, ...] | Construction
    labels: tuple[Fraction, ...] | tuple[Row, ...] | LabelRule | None
    sha256: str
    model: str
    verdict: Stated
    claim: str
    scope: str
    certificate: Mapping[str, Any] | None
    evidence: tuple[Mapping[str, Any], ...]
    minimality: Minimality
    symmetry: Symmetry
    source: Source
    level: str
    licence: str

    @classmethod
    def certify(
        cls,
        data: Dataset | object,
        model: Model | str,
        *,
        name: str,
        id: str | None = None,  # noqa: A002  # the name of the field
        claim: str | None = None,
        scope: str | None = None,
        evidence: tuple[Mapping[str, Any], ...] = (),
        minimality: Minimality | None = None,
        symmetry: Symmetry | None = None,
        source: Source | None = None,
        licence: str = "MIT",
    ) -> Entry:
        """Decide, certify, and put everything into an entry that stores its points.

        Parameters
        ----------
        data : Dataset, or points as `verify.decide` takes them
            Rational points, at least one.
        model : Model or str
        name : str
            Small letters, digits and hyphens.
        id : str, optional
            By default `found_id` of data and model.
        claim, scope : str, optional
            By default the reason of the verdict, and what every certificate says.
        evidence : tuple of mappings, optional
            Records of independent routes; if one of them has ``agrees`` true the level is ``confirmed``.
        minimality, symmetry, source, licence
            As in the class.

        Raises
        ------
        CatalogueError
            When the outcome is UNKNOWN, the points are irrational, or a field is not what it must be.
        """
        from counterexamples.catalogue.building import certified

        return certified(
            data,
            model,
            name=name,
            id=id,
            claim=claim,
            scope=scope,
            evidence=evidence,
            minimality=minimality,
            symmetry=symmetry,
            source=source,
            licence=licence,
        )

    @property
    def count(self) -> int:
        """Number of points."""
        return self.points.count if isinstance(self.points, Construction) else len(self.points)

    @property
    def dimension(self) -> int:
        """Number of coordinates."""
        return self.points.dimension if isinstance(self.points, Construction) else len(self.points[0])

    def dataset(self) -> Dataset:
        """Make the data set: exact points and labels.

        Raises
        ------
        CatalogueError
            When the digest is not that of the entry.
        """
        from counterexamples.catalogue.constructions import make_data

        data = make_data(self.points, self.labels)
        if data.sha256() != self.sha256:
            raise CatalogueError(
                f"{self.id}: its data have the SHA-256 {data.sha256()[:16]}..., not the {self.sha256[:16]}... that it "
                "states; the file was changed, install fullrank again"
            )
        return data

    def decide(self) -> Verdict:
        """Decide the question of this entry again; exactly, from its points."""
        from verify import Model, decide

        return decide(self.dataset(), Model.parse(self.model))

    def verify(self, *, thorough: bool = False) -> Report:
        """Check everything that the entry states; see `counterexamples.catalogue.checks`.

        Nothing is raised for a statement that is false: the report says so.
        """
        from counterexamples.catalogue.checks import verify_entry

        return verify_entry(self, thorough=thorough)

    @classmethod
    def from_text(cls, text: str | bytes) -> Entry:
        """Read an entry from JSON text; `CatalogueError` for whatever is not exactly as it should be."""
        from counterexamples.catalogue.entry_json import entry_from_text

        return entry_from_text(text)

    def to_text(self) -> str:
        """Write the entry as JSON: the same text for the same entry, a line for each field and each point."""
        from counterexamples.catalogue.entry_json import entry_to_text

        return entry_to_text(self)

    def to_json(self) -> dict[str, Any]:
        """Give the entry as a JSON-ready dict."""
        value: dict[str, Any] = json.loads(self.to_text())
        return value

    @classmethod
    def read(cls, path: str | Path) -> Entry:
        """Read an entry from a file; the message of a `CatalogueError` begins with its name."""
        path = Path(path)
        try:
            return cls.from_text(path.read_bytes())
        except OSError as error:
            raise CatalogueError(f"{path}: {error.strerror}; choose a file that can be read") from None
        except CatalogueError as error:
            raise CatalogueError(f"{path.name}: {error}") from None

    def write(self, path: str | Path) -> Path:
        """Write the entry to a file, which is there whole or not at all."""
        from verify.whole_file import write_whole

        path = Path(path)
        write_whole(path, self.to_text())
        return path

    def __hash__(self) -> int:
        return hash((self.id, self.sha256, self.model))
