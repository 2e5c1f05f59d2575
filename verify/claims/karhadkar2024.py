"""Claims about Karhadkar, Murray, Tseran, Montufar, "Mildly overparameterized ReLU networks ..." (arXiv:2305.19510).

TEXT: read in the public abstracts or reviews; CODE: read in the authors' public code; RECALLED: not verified against
the text; DERIVED: not the authors'.
"""

from __future__ import annotations

from collections.abc import Callable

from verify.claims import region_checks as checks
from verify.claims.claim import Claim, Finding, Mark, Method


def _made(
    name: str,
    statement: str,
    hypotheses: str,
    source: str,
    mark: Mark,
    method: Method,
    check: Callable[[bool], Finding],
    cost: float,
) -> Claim:
    return Claim(f"karhadkar2024.{name}", statement, hypotheses, source, mark, method, check, cost)


_MODEL = "two-layer ReLU network without bias, hidden weights trained, output weights fixed and nonzero"
_CHAPTER = "chapter on regions"
_D, _S = Method.DECIDED, Method.SAMPLED

CLAIMS = [
    _made(
        "full-rank-critical-points",
        "Where the Jacobian has rank n, every differentiable critical point of the squared loss has loss zero.",
        _MODEL,
        "definitions",
        Mark.RECALLED,
        _D,
        checks.critical_points,
        1,
    ),
    _made(
        "most-patterns-full-rank",
        "Most activation patterns belong to regions without bad differentiable local minima.",
        f"{_MODEL}; generic data, enough width",
        "abstract",
        Mark.TEXT,
        _D,
        checks.most_patterns,
        1,
    ),
    _made(
        "deficient-fraction",
        "At most a part d 2^(ceil(n/d) - width) of all patterns has a Jacobian of rank below n.",
        f"{_MODEL}; generic data",
        _CHAPTER,
        Mark.DERIVED,
        _D,
        checks.deficient_bound,
        1,
    ),
    _made(
        "generic-rank",
        "The rank of the Jacobian is the least d rank(A_T) + n - |T| over sets T of points.",
        f"{_MODEL}; generic data",
        _CHAPTER,
        Mark.DERIVED,
        _D,
        checks.matroid_formula,
        0.1,
    ),
    _made(
        "width-necessary",
        "Full rank needs d * width >= n.",
        _MODEL,
        _CHAPTER,
        Mark.DERIVED,
        _D,
        checks.width_necessary,
        0.1,
    ),
    _made(
        "cover-count",
        "A unit without bias has 2 sum over k < d of C(n-1, k) patterns on points in general position.",
        "n points in general position in dimension d",
        _CHAPTER,
        Mark.DERIVED,
        _D,
        checks.cover,
        0.1,
    ),
    _made(
        "line-region-count",
        "On n points of the line there are (2n)^width non-empty regions.",
        "two-layer ReLU network with hidden biases, distinct points",
        "Theorem 10",
        Mark.RECALLED,
        _D,
        checks.line_count,
        0.1,
    ),
    _made(
        "all-regions-nonempty",
        "All 2^(n width) regions are non-empty if and only if the points are linearly independent.",
        _MODEL,
        _CHAPTER,
        Mark.DERIVED,
        _D,
        checks.all_nonempty,
        0.1,
    ),
    _made(
        "independent-points-share",
        "For d >= n a part (1 - 2^-width)^n of all regions has a Jacobian of full rank.",
        f"{_MODEL}; generic data",
        _CHAPTER,
        Mark.DERIVED,
        _D,
        checks.independent_share,
        0.1,
    ),
    _made(
        "zero-loss-criterion",
        "A region contains weights of loss zero if and only if each label has an active unit of its sign.",
        f"{_MODEL}; linearly independent points; a label 0 needs no active unit, or both signs",
        _CHAPTER,
        Mark.DERIVED,
        _D,
        checks.zero_loss_criterion,
        1,
    ),
    _made(
        "zero-loss-share",
        "The part of the patterns with a zero loss is (1-2^-k+)^n+ (1-2^-k-)^n-.",
        f"{_MODEL}; linearly independent points, labels not 0; k units and n points of each sign",
        _CHAPTER,
        Mark.DERIVED,
        _D,
        checks.zero_loss_share,
        0.1,
    ),
    _made(
        "full-rank-no-zero-loss",
        "A Jacobian of full rank does not imply that the region contains weights of loss zero.",
        _MODEL,
        _CHAPTER,
        Mark.DERIVED,
        _D,
        checks.full_rank_without_zero,
        0.01,
    ),
    _made(
        "affine-minima",
        "In a region of full rank the weights of loss zero, if any, form an affine set of dimension 2 width - n.",
        "one input, hidden biases",
        "Theorem 12",
        Mark.RECALLED,
        _D,
        checks.affine_minima,
        0.1,
    ),
    _made(
        "line-most-regions",
        "For one input, most non-empty regions contain many global minima and no bad local minimum.",
        "one input, hidden biases, enough units of each sign",
        "abstract",
        Mark.TEXT,
        _S,
        checks.line_regions,
        10,
    ),
    _made(
        "line-threshold",
        "For one input, full rank sets in near width (n/2) log n, before the pattern itself has rank n.",
        "one input, hidden biases, uniform non-empty regions",
        _CHAPTER,
        Mark.DERIVED,
        _S,
        checks.line_threshold,
        0.1,
    ),
    _made(
        "phase-transition",
        "Fresh networks pass from hardly any to nearly only regions of full rank as the width grows.",
        "uniform data, PyTorch's default initialisation, hidden biases",
        "abstract; grid from the public code",
        Mark.TEXT,
        _S,
        checks.phase_transition,
        1,
    ),
    _made(
        "float32-rank",
        "Ranks in float32 with the default tolerance, as the experiments compute them, count the exact full ranks.",
        "uniform data, PyTorch's default initialisation; what the code relies on, not a statement of the authors",
        "experiments/full_rank_regions.py",
        Mark.CODE,
        _D,
        checks.float32_ranks,
        1,
    ),
    _made(
        "nonnegative-program",
        "A linear program with the default bounds W >= 0, as two scripts solve it, finds the regions with a zero loss.",
        "what the code relies on, not a statement of the authors; whether a figure rests on it is not known",
        "global_minima_regions.py",
        Mark.CODE,
        _D,
        checks.nonnegative_weights,
        0.01,
    ),
]
