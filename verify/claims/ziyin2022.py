"""Claims about deep linear networks: Ziyin, Li, Meng, "Exact solutions of a deep linear network", arXiv:2202.04777.

The text of the theorems was not available: what is only recalled is marked so, and was derived anew for the chapter
"Deep linear networks" of the documentation, which holds the proofs that the evidence refers to.
"""

from __future__ import annotations

from collections.abc import Callable

from verify.claims import ziyin2022_instances as decided
from verify.claims import ziyin2022_loss as against_loss
from verify.claims import ziyin2022_symbolic as symbolic
from verify.claims.claim import Claim, Finding, Mark, Method

_CHAPTER = "chapter Deep linear networks"


def _claim(
    name: str,
    statement: str,
    hypotheses: str,
    source: str,
    mark: Mark,
    method: Method,
    check: Callable[[bool], Finding],
    cost: float,
) -> Claim:
    return Claim(f"ziyin2022.{name}", statement, hypotheses, source, mark, method, check, cost)


_ANY = "any D >= 1, widths, positive decays, noise variances"

CLAIMS = [
    _claim(
        "origin-local-minimum",
        "Weight decay can create a bad minimum at zero in a network with more than one hidden layer, which is "
        "qualitatively different from a network with one hidden layer.",
        "D >= 2, positive decays; a signal that the deeper network and the one with one hidden layer can use",
        "abstract",
        Mark.TEXT,
        Method.DECIDED,
        against_loss.bad_origin,
        1.0,
    ),
    _claim(
        "global-minimum",
        "The global minimum of a deep linear network with weight decay and stochastic neurons has an exact solution.",
        _ANY,
        "abstract",
        Mark.TEXT,
        Method.SAMPLED,
        against_loss.global_minimum,
        3.0,
    ),
    _claim(
        "variance-vanishes",
        "The variance of the prediction goes to 0 as the stochasticity, the width, or the depth goes to infinity.",
        "the depth: at a fixed width with noise",
        "abstract of version 1",
        Mark.TEXT,
        Method.PROVED,
        symbolic.vanishing_variance,
        1.0,
    ),
    _claim(
        "weak-signal-trapped",
        "Common initialisations can be trapped at the local minimum at zero, particularly for tasks with weak signals.",
        "D >= 2",
        "public text",
        Mark.TEXT,
        Method.SAMPLED,
        decided.trapped,
        10.0,
    ),
    _claim(
        "first-order-transition",
        "The global minimum leaves the origin continuously for one hidden layer (second order), and by a jump for more "
        "(first order).",
        "E[x xᵀ] a multiple of the identity, decays that pass the threshold",
        "abstract of arXiv:2205.12510",
        Mark.TEXT,
        Method.DECIDED,
        decided.first_order,
        0.1,
    ),
    _claim(
        "balance",
        "At every stationary point each hidden unit has decay_out ||outgoing weights||² = "
        "decay_in ||incoming weights||².",
        _ANY,
        "a lemma",
        Mark.RECALLED,
        Method.PROVED,
        symbolic.balance_relation,
        1.0,
    ),
    _claim(
        "one-layer-threshold",
        "With one hidden layer the global minimum is 0 if and only if ||E[xy]||² <= gamma_u gamma_w.",
        "D = 1, positive decays",
        "Theorem 1",
        Mark.RECALLED,
        Method.DECIDED,
        decided.one_layer_threshold,
        0.1,
    ),
    _claim(
        "one-layer-solution",
        "With one hidden layer U = b r, W = r E[xy]ᵀ b [b²(s + d_1) E[xxᵀ] + gamma_w]⁻¹, r of signs, and b > 0 solves "
        "||[b²(s + d_1) E[xxᵀ] + gamma_w]⁻¹ E[xy]||² = gamma_u/gamma_w.",
        "D = 1, ||E[xy]||² > gamma_u gamma_w; s the variance of the noise",
        "Theorem 1",
        Mark.RECALLED,
        Method.ENCLOSED,
        decided.one_layer_solution,
        0.1,
    ),
    _claim(
        "deep-solution",
        "U = b_u r_D, W_i = b_i r_i r_(i-1)ᵀ and W_1 = r_1 E[xy]ᵀ c mu [c² s² (s + d_1) E[xxᵀ] + gamma_1]⁻¹ with "
        "c = b_u b_2 ... b_D, mu = d_2 ... d_D, s² = prod_(i>=2) d_i (s + d_i).",
        "D >= 2, the same variance s in all layers, any widths and decays",
        "Theorem 2",
        Mark.RECALLED,
        Method.DECIDED,
        decided.deep_solution,
        0.5,
    ),
    _claim(
        "equal-width-equation",
        "With equal widths and decays b = 0 or "
        "d_0^(D-1) b^(D-1) ||[b^(2D) d_0^D (s + d_0)^D E[xxᵀ] + gamma]⁻¹ E[xy]|| = 1.",
        "D >= 2",
        "a corollary of Theorem 2",
        Mark.RECALLED,
        Method.ENCLOSED,
        decided.equal_width_equation,
        0.5,
    ),
    _claim(
        "scale-lower-bound",
        "Every nonzero b is at least (1/d_0)(gamma/||E[xy]||)^(1/(D-1)).",
        "D >= 2, equal widths and decays",
        "a proposition",
        Mark.RECALLED,
        Method.DECIDED,
        decided.lower_bound,
        0.5,
    ),
    _claim(
        "scale-upper-bound-largest-eigenvalue",
        "Every b is at most (||E[xy]||/(d_0 (s + d_0)^D a_max))^(1/(D+1)), a_max the largest eigenvalue of E[xxᵀ].",
        "D >= 2, equal widths and decays",
        "a proposition",
        Mark.RECALLED,
        Method.DECIDED,
        decided.upper_bound_largest,
        0.01,
    ),
    _claim(
        "scale-upper-bound-smallest-eigenvalue",
        "Every b is at most (||E[xy]||/(d_0 (s + d_0)^D a_min))^(1/(D+1)), a_min the least eigenvalue of E[xxᵀ] that "
        "E[xy] sees.",
        "D >= 2, equal widths and decays",
        _CHAPTER,
        Mark.DERIVED,
        Method.DECIDED,
        decided.upper_bound_smallest,
        0.5,
    ),
    _claim(
        "effective-potential",
        "With equal widths and decays the least loss is the least value of E[y²] - sum_i d_0^(2D) b^(2D) E[xy]_i² / "
        "(d_0^D (s + d_0)^D a_i b^(2D) + gamma) + gamma D d_0² b², i over the eigenvectors of E[xxᵀ].",
        "equal widths and decays",
        "also in arXiv:2205.12510",
        Mark.RECALLED,
        Method.PROVED,
        symbolic.potential_identity,
        1.0,
    ),
    _claim(
        "two-numbers",
        "The least loss depends on the widths and the noise only through kappa = prod(1 + s_i/d_i), and on the decays "
        "only through their product.",
        _ANY,
        _CHAPTER,
        Mark.DERIVED,
        Method.DECIDED,
        against_loss.depends_on_two_numbers,
        0.2,
    ),
    _claim(
        "origin-strict-local-minimum",
        "With two or more hidden layers the origin is a strict local minimum for all data and all positive decays.",
        "D >= 2",
        _CHAPTER,
        Mark.DERIVED,
        Method.PROVED,
        symbolic.origin_by_orders,
        1.0,
    ),
    _claim(
        "closed-thresholds",
        "For E[xxᵀ] = a I the origin is global if and only if the product of the decays is at least "
        "||E[xy]||^(2D) (kappa a)^(1-D) (D-1)^(D-1)/D^(2D), and it is "
        "the only critical point of the potential if and only if the product is more than that times "
        "(D+1)^(D+1)/4^D.",
        "D >= 2, a > 0, E[xy] not 0",
        _CHAPTER,
        Mark.DERIVED,
        Method.DECIDED,
        decided.closed_thresholds,
        0.2,
    ),
    _claim(
        "worked-thresholds",
        "For d_0 = 2, s = 1/2, E[xxᵀ] = 1.3, ||E[xy]|| = 1 and equal decays: gamma_c = .3134 and gamma_sn = .3731 for "
        "D = 2, .1708 and .2416 for D = 3.",
        "to four digits",
        _CHAPTER,
        Mark.DERIVED,
        Method.ENCLOSED,
        decided.worked_thresholds,
        0.1,
    ),
    _claim(
        "metastable-window",
        "Between the two thresholds the origin is global and another local minimum exists; above the second there "
        "is none.",
        "D >= 2, any E[xxᵀ], E[xy] not 0",
        _CHAPTER,
        Mark.DERIVED,
        Method.DECIDED,
        decided.window,
        0.5,
    ),
    _claim(
        "small-decay-variance",
        "As the decays go to 0 the variance of the prediction is rho (1 - rho) times the square of that of least "
        "squares, rho = prod d_i/(d_i + s_i).",
        "noise variances s_i",
        _CHAPTER,
        Mark.DERIVED,
        Method.PROVED,
        symbolic.small_decay_variance,
        0.1,
    ),
]
