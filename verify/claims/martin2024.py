"""Claims about arXiv:2311.03794: a shallow quadratic network, its teacher, and gradient flow on Gaussian data.

Most formulas were read in the authors' public code; what is marked as derived is proved, or at least checked, for this
project and is not theirs. The chapter "A quadratic network and its teacher" of the documentation has the proofs.
"""

from __future__ import annotations

from fractions import Fraction

from verify.claims import martin2024_exact as exact
from verify.claims import martin2024_float as sampled
from verify.claims.claim import Claim, Mark, Method

_CHAPTER = "chapter on the quadratic network, section "

CLAIMS = [
    Claim(
        "martin2024.population-loss",
        "The loss 1/2 ||W W^T - Z*||^2 + 1/4 tr(W W^T - Z*)^2 is the expectation of (x^T W W^T x - x^T Z* x)^2 / 4.",
        "x standard Gaussian; all entries of W and Z* are symbols, d at most 2 (3 with --thorough)",
        _CHAPTER + "1; the loss itself is in the public code, Model.py",
        Mark.DERIVED,
        Method.PROVED,
        exact.check_population_loss,
        1.0,
    ),
    Claim(
        "martin2024.gradient-flow",
        "Gradient flow is dW/dt = -(2 Delta + tr(Delta) I) W with Delta = W W^T - Z*.",
        "all entries of W and Z* are symbols, d at most 2 (3 with --thorough)",
        _CHAPTER + "2",
        Mark.DERIVED,
        Method.PROVED,
        exact.check_gradient,
        0.3,
    ),
    Claim(
        "martin2024.critical-points",
        "W with W W^T = sum over I of (s_i + T/(r + 2)) u_i u_i^T is critical, r = |I|, T the sum of the other s_i; "
        "its loss is half of (the sum of the other s_i^2) + T^2/(r + 2).",
        "rational weights and rational teachers in rotated bases",
        _CHAPTER + "3",
        Mark.DERIVED,
        Method.DECIDED,
        exact.check_critical_points,
        1.0,
    ),
    Claim(
        "martin2024.strict-saddles",
        "Every critical point that is not a global minimum is a strict saddle, for every width.",
        "rational weights and rational teachers in rotated bases; proved for all of them in the chapter",
        _CHAPTER + "4",
        Mark.DERIVED,
        Method.DECIDED,
        exact.check_strict_saddles,
        1.0,
    ),
    Claim(
        "martin2024.least-loss",
        "The least loss of width m is half of (the sum of s_i^2 after the m-th) + (the sum of s_i after the m-th)^2 "
        "/(m + 2).",
        "rational spectra; against the critical points from all sets of eigenvectors",
        _CHAPTER + "5",
        Mark.DERIVED,
        Method.DECIDED,
        exact.check_least_loss,
        1.0,
    ),
    Claim(
        "martin2024.zero-loss-width",
        "The least loss is 0 if, and only if, the width is at least the rank of the teacher.",
        "rational spectra and rational matrices with irrational spectra",
        _CHAPTER + "5",
        Mark.DERIVED,
        Method.DECIDED,
        exact.check_zero_loss,
        0.3,
    ),
    Claim(
        "martin2024.upward-shift",
        "A student narrower than its teacher does best with eigenvalues larger than the teacher's, by T/(m + 2).",
        "W W^T diagonal in an eigenbasis of the teacher, T and the other eigenvalues symbols, m at most 3",
        _CHAPTER + "5",
        Mark.DERIVED,
        Method.PROVED,
        exact.check_upward_shift,
        0.1,
    ),
    Claim(
        "martin2024.closed-form",
        "Z = exp(-2 phi) exp(2 t Z*) W_0 M^-1 W_0^T exp(2 t Z*) solves the flow, M' = 4 exp(-2 phi) W_0^T exp(4 t Z*) "
        "W_0, M(0) = I, and phi = (log det M)/4 - t tr Z*.",
        "d = 2 and m = 1, 2, all entries symbols; proved for all of them in the chapter",
        _CHAPTER + "6; the public code has the same structure",
        Mark.DERIVED,
        Method.PROVED,
        exact.check_closed_form,
        3.0,
    ),
    Claim(
        "martin2024.closed-form-integrated",
        "The closed form agrees with the integrated flow to 1e-8 relative.",
        "float64; Gaussian teachers and starts",
        _CHAPTER + "6",
        Mark.DERIVED,
        Method.SAMPLED,
        sampled.check_closed_form,
        3.0,
    ),
    Claim(
        "martin2024.exponential-rate",
        "For m = m* the loss vanishes like exp(-4 mu t), mu the least positive eigenvalue of the teacher.",
        "m* < d; float64",
        "Figure5.py",
        Mark.CODE,
        Method.SAMPLED,
        sampled.check_exponential_rate,
        1.0,
    ),
    Claim(
        "martin2024.exponent-of-hessian",
        "At a global minimum of width m <= m* the direction u_j (W^T u_i)^T is an eigenvector of the Hessian with "
        "eigenvalue 2 (s_i - s_j), i kept and j not.",
        "rational weights and rational teachers in rotated bases",
        _CHAPTER + "7",
        Mark.DERIVED,
        Method.DECIDED,
        exact.check_hessian_eigenvectors,
        1.0,
    ),
    Claim(
        "martin2024.power-law",
        "For m > m* the loss vanishes like 1/t^2.",
        "m* < d; float64",
        "Figure5.py",
        Mark.CODE,
        Method.SAMPLED,
        sampled.check_power_law,
        3.0,
    ),
    Claim(
        "martin2024.power-law-constant",
        "For m > m* and d > m*, t^2 L(t) tends to q (m* + 2) / (32 (p + 2)), p = min(m, d), q = p - m*, for almost "
        "every start: neither the start nor the teacher's eigenvalues matter.",
        "float64, late times; proved in the chapter",
        _CHAPTER + "7",
        Mark.DERIVED,
        Method.SAMPLED,
        sampled.check_power_law_constant,
        3.0,
    ),
    Claim(
        "martin2024.limit-mass",
        "The atoms (alpha - alpha*)_+ and (alpha + alpha* - 1)_+ and the continuous part of the limit law have the "
        "mass alpha together.",
        "rational alpha and alpha*; the mass of the continuous part is the integral that the chapter evaluates",
        _CHAPTER + "8; the density is in the public code, Figure1.py",
        Mark.DERIVED,
        Method.DECIDED,
        exact.check_limit_mass,
        0.1,
    ),
    Claim(
        "martin2024.theta-prime",
        "The closed form of Theta'(z) with the square roots of 1 + z r_i, r_i and 1 - r_i is that of the integral of "
        "x/(1 + z x).",
        "z > -1, 0 <= r_1 < r_2 <= 1: the form is compared with the value of the integral that the chapter derives",
        'Model.py ("Proposition 5.1")',
        Mark.CODE,
        Method.PROVED,
        exact.check_theta_prime,
        3.0,
    ),
    Claim(
        "martin2024.implicit-equation",
        "alpha log F + (alpha + alpha* - 1)_+ log J + Theta(J - 1) = 4 gamma.",
        "from the differential equations of F and J, all numbers symbols",
        _CHAPTER + '8; the public code differentiates its "equation (12)"',
        Mark.DERIVED,
        Method.PROVED,
        exact.check_implicit_equation,
        0.3,
    ),
    Claim(
        "martin2024.overlap-two-halves",
        "For alpha = alpha* = 1/2 the overlap is e J^(1/4) / sqrt((J^2 + 2 J^(3/2) + 2 e J + 2 e^2 J^(1/2) + e^2)/2).",
        "from the general form A / sqrt(alpha* B), e and J symbols",
        _CHAPTER + "8",
        Mark.DERIVED,
        Method.PROVED,
        exact.check_two_halves,
        1.0,
    ),
    Claim(
        "martin2024.overlap-limit",
        "The overlap at time gamma d tends to A / sqrt(alpha* B) as d grows.",
        "orthonormal teacher and start; d = 400, several seeds; float64",
        'Model.py ("Lemma C.11")',
        Mark.CODE,
        Method.SAMPLED,
        sampled.check_overlap_limit,
        10.0,
    ),
    Claim(
        "martin2024.final-overlap",
        "As gamma grows the limit of the overlap tends to min(1, sqrt(alpha/alpha*)): it is full if alpha >= alpha*.",
        "orthonormal teacher and start; float64",
        _CHAPTER + "9",
        Mark.DERIVED,
        Method.SAMPLED,
        sampled.check_final_overlap,
        1.0,
    ),
    *(
        Claim(
            f"martin2024.overlap-rate-{name}",
            f"For alpha {sign} alpha* the overlap tends to its last value like {law}.",
            f"orthonormal teacher and start, alpha = {alpha}, alpha* = {star}; float64",
            "Figure6.py (guides)",
            Mark.CODE,
            Method.SAMPLED,
            sampled.overlap_rate_check(Fraction(alpha), Fraction(star)),
            0.3,
        )
        for name, sign, law, alpha, star in (
            ("wide", ">", "gamma^-2", "1/2", "1/4"),
            ("equal", "=", "sqrt(gamma) exp(-2 gamma/alpha*)", "1/2", "1/2"),
            ("narrow", "<", "exp(-4 gamma/alpha*)", "1/4", "1/2"),
        )
    ),
    Claim(
        "martin2024.overlap-rate-constants",
        "The constants of the three rates of the overlap are (alpha - alpha*) alpha*^3 / (32 alpha^2), "
        "sqrt(1 - alpha) / (2 alpha) and sqrt(alpha/alpha*) (1 - alpha*) / (alpha* - alpha).",
        "orthonormal teacher and start; float64; proved in the chapter",
        _CHAPTER + "9",
        Mark.DERIVED,
        Method.SAMPLED,
        sampled.check_overlap_rate_constants,
        1.0,
    ),
]
"""The claims about this paper."""
