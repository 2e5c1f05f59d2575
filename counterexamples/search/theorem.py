"""Where a theorem says that there is nothing to find: conditions that follow from other conditions.

Let c be any vector on points that meet the requirements, and let c(x) be the sum of its entries at the copies of x.
Every condition family is a statement about the c(x). The rules below are one line each; together they derive which
conditions hold whenever those of one model do.

Two ends settle a search. If the conditions of the failing model force c(x) = 0 for every x, then, as no two points of
a search are equal, its annihilator is 0 on every such set: it never fails. If they imply all conditions of the model
that should fit, then wherever the first fails the second fails too.
"""

from __future__ import annotations

from collections.abc import Iterable

from counterexamples.search.problem import Problem, conditions
from verify.model import Family


def settled(problem: Problem) -> str | None:
    """Say why there is no such set, in one sentence, where the rules show it; else None.

    Examples
    --------
    >>> from counterexamples.search.problem import pose
    >>> print(settled(pose("gelu", fits="relu", dimension=2, max_points=8, require=())))
    Wherever gelu fails, relu fails too, so whatever relu fits, gelu fits. On points that meet distinct, the conditions
    that relu imposes on labels all follow from those of gelu.
    >>> settled(pose("relu", fits="gelu", dimension=2, max_points=8, require=())) is None
    True
    """
    facts = Facts(conditions(problem.fails), problem.require)
    if facts.all_vanish:
        which = f"({', '.join(sorted(problem.require))})"
        return f"{problem.fails} fits every set of points that meets the requirements {which}, with every labelling."
    if problem.fits is None or not all(facts.imply(family) for family in conditions(problem.fits)):
        return None
    where = f"On points that meet {', '.join(sorted(problem.require))}"
    return (
        f"Wherever {problem.fails} fails, {problem.fits} fails too, so whatever {problem.fits} fits, {problem.fails} "
        f"fits. {where}, the conditions that {problem.fits} imposes on labels all follow from those of "
        f"{problem.fails}."
    )


class Facts:
    """What follows from condition families on points that meet requirements.

    Attributes
    ----------
    nonzero_vanish : bool
        c(x) = 0 for every x that is not 0.
    all_vanish : bool
        c(x) = 0 for every x.
    """

    def __init__(self, families: Iterable[Family], require: frozenset[str]) -> None:
        self.families = set(families)
        self.on_sphere = "unit_norm" in require
        self.no_zero = self.on_sphere or "nonzero" in require
        one_sided = "nonnegative" in require  # no point has an antipode in the data
        distinct_rays = bool(require & {"distinct_rays", "distinct_lines"}) or self.on_sphere
        distinct_lines = "distinct_lines" in require or (one_sided and distinct_rays)
        kinds = {family.kind for family in self.families if not family.lifted}
        pairs, lines = {"pair_sum", "pair_difference"} & kinds, {"line", "signed_line"} & kinds
        even, odd = {"pair_sum", "line"} & kinds, {"pair_difference", "signed_line"} & kinds
        # The points (x, 1) lie on different lines unless they are equal, so a lifted line or pair holds one of them.
        lifted = any(family.lifted and family.kind != "moment" for family in self.families)
        self.nonzero_vanish = (
            lifted
            or len(pairs) == 2  # c(x) + c(-x) = 0 = c(x) - c(-x)
            or (one_sided and bool(pairs))
            or (distinct_lines and bool(pairs | lines))  # each line holds one point
            or (distinct_rays and bool(even) and bool(odd))  # two points on each line: a regular 2 x 2 system
        )
        self.all_vanish = lifted or (self.nonzero_vanish and (self.no_zero or self._sum_vanishes()))

    def imply(self, family: Family) -> bool:
        """Whether a condition family follows."""
        if family in self.families or self.all_vanish:
            return True
        if family.kind == "moment" and family.lifted:  # the moments of (x, 1) are those of x up to this degree
            return all(self._moment(k) for k in range(family.degree + 1))
        if family.lifted:
            return False
        if family.kind == "moment":
            return self._moment(family.degree)
        return self.nonzero_vanish or self._on_lines(family)

    def _on_lines(self, family: Family) -> bool:
        """Line sums and pair sums; on the sphere they are the same, for every degree."""
        even = family.kind in ("line", "pair_sum")
        pair, line = ("pair_sum", "line") if even else ("pair_difference", "signed_line")
        if Family(pair) in self.families:  # type: ignore[arg-type]  # one of the kinds
            return True
        return self.on_sphere and any(other.kind == line and not other.lifted for other in self.families)

    def _moment(self, degree: int) -> bool:
        if degree == 0:
            return self._sum_vanishes() or (self.no_zero and self.nonzero_vanish)
        return self.nonzero_vanish or self._given_moment(degree) or self._by_lines(degree)

    def _sum_vanishes(self) -> bool:
        return self._given_moment(0) or (self.no_zero and self._by_lines(0))

    def _given_moment(self, degree: int) -> bool:
        """A moment that is given; one of (x, 1) holds those of lower degrees; on the sphere, contract by |x|^2 = 1."""
        return any(
            f.kind == "moment"
            and (
                f.degree == degree
                or (f.degree > degree and (f.lifted or (self.on_sphere and f.degree % 2 == degree % 2)))
            )
            for f in self.families
        )

    def _by_lines(self, degree: int) -> bool:
        """Sum over the points of each line first: t^k is |t|^k for even k and sgn(t) |t|^k for odd k."""
        family = Family("signed_line" if degree % 2 else "line", degree)
        return family in self.families or self._on_lines(family)
