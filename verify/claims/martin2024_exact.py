"""Checks of the claims about arXiv:2311.03794 that no float takes part in: `Fraction` and SymPy."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from verify.claims.claim import Finding, Outcome

if TYPE_CHECKING:
    from verify.landscapes.quadratic.loss import Array


def _holds(evidence: str) -> Finding:
    return Finding(Outcome.HOLDS, evidence)


def _fails(evidence: str, **counterexample: Any) -> Finding:
    return Finding(Outcome.FAILS, evidence, {name: str(value) for name, value in counterexample.items()})


def check_population_loss(thorough: bool) -> Finding:
    """Expand the expectation with the moments of a Gaussian."""
    from verify.landscapes.quadratic.isserlis import loss_identity

    shapes = [(1, 1), (2, 1), (2, 2), *([(3, 1), (3, 2)] if thorough else [])]
    for d, m in shapes:
        rest = loss_identity(d, m)
        if rest != 0:
            return _fails(f"the difference is not 0 for d = {d}, m = {m}", d=d, m=m, difference=rest)
    return _holds(f"the difference expands to 0 for (d, m) in {shapes}")


def check_gradient(thorough: bool) -> Finding:
    """Differentiate the loss."""
    from verify.landscapes.quadratic.isserlis import gradient_identity

    shapes = [(1, 1), (2, 1), (2, 2), *([(3, 2), (3, 3)] if thorough else [])]
    for d, m in shapes:
        rest = gradient_identity(d, m)
        if any(x != 0 for x in rest):
            return _fails(f"the gradient differs for d = {d}, m = {m}", d=d, m=m, difference=rest)
    return _holds(f"the difference expands to 0 for (d, m) in {shapes}")


class _Instance(NamedTuple):
    """A critical point with rational weights: W W^T has eigenvalues w_i^2 on I, the teacher s on I and `left` outside.

    `basis` (d x d) and `frame` (m x m) are rational orthogonal: W = basis diag(w) frame^T.
    """

    W: Array
    Z: Array
    w: list[int]
    s: list[Fraction]
    left: list[Fraction]
    basis: Array
    frame: Array

    @property
    def loss(self) -> Fraction:
        T = sum(self.left, Fraction(0))
        return (sum((x * x for x in self.left), Fraction(0)) + T * T / (len(self.w) + 2)) / 2

    @property
    def least(self) -> Fraction:
        """The least loss of this teacher and width, by all sets of eigenvectors."""
        return _least_of_subsets([*self.s, *self.left], self.W.shape[1])


def _instances(count: int) -> Iterator[_Instance]:
    from verify.landscapes.quadratic.loss import exact_array

    rng = random.Random(0)  # test instances, no secrets
    while count:
        d, m = rng.randint(1, 4), rng.randint(1, 4)
        r = rng.randint(0, min(d, m))
        w = [rng.randint(1, 4) for _ in range(r)]
        left = [Fraction(rng.randint(0, 9), rng.randint(1, 3)) for _ in range(d - r)]
        shift = sum(left, Fraction(0)) / (r + 2)
        s = [x * x - shift for x in w]
        if any(x < 0 for x in s):
            continue
        basis, frame = _reflection(rng, d), _reflection(rng, m)
        diagonal = exact_array([[w[i] if i == j and i < r else 0 for j in range(m)] for i in range(d)])
        spectrum = exact_array([[([*s, *left])[i] if i == j else 0 for j in range(d)] for i in range(d)])
        yield _Instance(basis @ diagonal @ frame.T, basis @ spectrum @ basis.T, w, s, left, basis, frame)
        count -= 1


def _reflection(rng: random.Random, n: int) -> Array:
    """Make a rational orthogonal matrix I - 2 v v^T / v^T v."""
    from verify.landscapes.quadratic.loss import exact_array

    v = [rng.randint(-2, 2) for _ in range(n)]
    v[0] = v[0] or 1
    square = sum(x * x for x in v)
    return exact_array([[(i == j) - Fraction(2 * v[i] * v[j], square) for j in range(n)] for i in range(n)])


def _least_of_subsets(s: list[Fraction], m: int) -> Fraction:
    losses = []
    for r in range(min(m, len(s)) + 1):
        for kept in combinations(range(len(s)), r):
            left = [x for i, x in enumerate(s) if i not in kept]
            T = sum(left, Fraction(0))
            losses.append((sum((x * x for x in left), Fraction(0)) + T * T / (r + 2)) / 2)
    return min(losses)


def check_critical_points(thorough: bool) -> Finding:
    """Evaluate gradient and loss exactly."""
    from verify.landscapes.quadratic.loss import gradient, population_loss

    count = 500 if thorough else 100
    for case in _instances(count):
        if gradient(case.W, case.Z).any() or population_loss(case.W, case.Z) != case.loss:
            return _fails("not critical, or of another loss", W=case.W.tolist(), Z=case.Z.tolist())
    return _holds(f"the gradient is 0 and the loss as stated at {count} rational weights")


def check_strict_saddles(thorough: bool) -> Finding:
    """Find the direction of negative curvature wherever the loss is not the least."""
    from verify.landscapes.quadratic.loss import curvature, population_loss

    count, saddles = (500 if thorough else 100), 0
    for case in _instances(count):
        if population_loss(case.W, case.Z) == case.least:
            continue
        r, m = len(case.w), case.W.shape[1]
        j = max(range(len(case.left)), key=lambda k, left=case.left: left[k]) + r  # type: ignore[misc]
        column = r if r < m else min(range(r), key=lambda i, s=case.s: s[i])  # type: ignore[misc]
        V = case.basis[:, [j]] @ case.frame[:, [column]].T
        if not curvature(case.W, case.Z, V) < 0:
            return _fails("no negative curvature along u_j a^T", W=case.W.tolist(), Z=case.Z.tolist())
        saddles += 1
    return _holds(f"a direction of negative curvature at each of {saddles} saddles among {count} critical weights")


def check_least_loss(thorough: bool) -> Finding:
    """Compare the formula with the least of all critical values."""
    from verify.landscapes.quadratic.least_loss import least_loss
    from verify.landscapes.quadratic.teacher import Teacher

    rng = random.Random(1)  # test instances, no secrets
    count = 1000 if thorough else 200
    for _ in range(count):
        s = [Fraction(rng.randint(0, 6), rng.randint(1, 4)) for _ in range(rng.randint(1, 6))]
        m = rng.randint(1, 7)
        if least_loss(Teacher.from_eigenvalues(s), m).exact != _least_of_subsets(s, m):
            return _fails("another least loss", eigenvalues=s, width=m)
    return _holds(f"equal to the least critical value for {count} rational spectra")


def check_zero_loss(thorough: bool) -> Finding:
    """Compare the width that has zero loss with the rank, computed by itself."""
    from verify.flint_backend import rank
    from verify.landscapes.quadratic.least_loss import least_loss
    from verify.landscapes.quadratic.teacher import Teacher

    rng = random.Random(2)  # test instances, no secrets
    count = 300 if thorough else 60
    for _ in range(count):
        d, k = rng.randint(1, 4), rng.randint(1, 4)
        half = [[rng.randint(-3, 3) for _ in range(k)] for _ in range(d)]
        gram = [[sum(x * y for x, y in zip(a, b, strict=True)) for b in half] for a in half]
        teacher = Teacher.from_matrix(gram)
        for m in range(1, d + 2):
            best = least_loss(teacher, m)
            is_zero = best.exact == 0
            if is_zero != (m >= rank(gram)) or (not is_zero and best.bounds[0] <= 0):
                return _fails("zero loss and rank do not fit", teacher=gram, width=m)
    return _holds(f"for all widths up to d + 1 and {count} integer matrices")


def check_upward_shift(thorough: bool) -> Finding:
    """Minimise over the shifts c_i of the kept eigenvalues; T, Q and m stay symbols."""
    import sympy

    for kept in range(1, 6 if thorough else 4):
        T, Q = sympy.symbols("T Q", positive=True)
        c = sympy.symbols(f"c:{kept}")
        loss = (sum(x**2 for x in c) + Q) / 2 + (sum(c) - T) ** 2 / 4
        found = sympy.solve([loss.diff(x) for x in c], c, dict=True)
        hessian = sympy.hessian(loss, c)
        if found != [dict.fromkeys(c, T / (kept + 2))] or not hessian.is_positive_definite:
            return _fails("another shift", width=kept, solution=found)
    return _holds(f"the only minimum of the convex quadratic in the shifts is T/(m + 2) for m up to {kept}")


def check_closed_form(thorough: bool) -> Finding:
    """Differentiate along the equations of p = exp(-2 phi), e_i = exp(2 t s_i) and M, all of them symbols."""
    import sympy

    p, s = sympy.Symbol("p"), sympy.symbols("s:2")
    e = sympy.symbols("e:2")
    S, E = sympy.diag(*s), sympy.diag(*e)
    for m in (1, 2):
        W = sympy.Matrix(2, m, lambda i, j: sympy.Symbol(f"w{i}_{j}"))
        M = sympy.Matrix(m, m, lambda i, j: sympy.Symbol(f"m{min(i, j)}_{max(i, j)}"))
        M_dot = 4 * p * W.T * E * E * W
        inverse = M.adjugate() / M.det()
        Z = p * E * W * inverse * W.T * E
        tau = (inverse * M_dot).trace() / 4 - S.trace()  # phi'
        speed = {p: -2 * tau * p, **{e[i]: 2 * s[i] * e[i] for i in (0, 1)}}
        speed |= {M[i, j]: M_dot[i, j] for i in range(m) for j in range(i, m)}
        Z_dot = sum((Z.diff(x) * v for x, v in speed.items()), sympy.zeros(2, 2))
        force = 2 * (Z - S) + (Z - S).trace() * sympy.eye(2)
        rest = [*(Z_dot + force * Z + Z * force), Z.trace() - S.trace() - tau]
        if any(sympy.cancel(sympy.together(x)) != 0 for x in rest):
            return _fails("the flow is not solved", width=m)
        start = {p: 1, e[0]: 1, e[1]: 1, **{M[i, j]: int(i == j) for i in range(m) for j in range(i, m)}}
        if (Z.subs(start) - W * W.T).applyfunc(sympy.expand) != sympy.zeros(2, 2):
            return _fails("the start is another", width=m)
    return _holds("the flow, the trace and the start are matched identically for d = 2, m = 1 and 2")


def check_hessian_eigenvectors(thorough: bool) -> Finding:
    """Apply the Hessian exactly: the gradient is cubic along a line, so central differences are its derivative."""
    from verify.landscapes.quadratic.loss import gradient

    count, applied = (500 if thorough else 100), 0
    for case in _instances(count):
        r, m = len(case.w), case.W.shape[1]
        if r < m or case.loss != case.least:
            continue
        for i in range(r):
            for j, other in enumerate(case.left, r):
                V = case.basis[:, [j]] @ case.frame[:, [i]].T
                g = {t: gradient(case.W + t * V, case.Z) for t in (-2, -1, 1, 2)}
                image = (8 * (g[1] - g[-1]) - (g[2] - g[-2])) * Fraction(1, 12)
                if (image - 2 * (case.s[i] - other) * V).any():
                    return _fails("not an eigenvector", W=case.W.tolist(), Z=case.Z.tolist(), i=i, j=j)
                applied += 1
    return _holds(f"{applied} eigenvectors at the global minima among {count} critical weights")


def check_limit_mass(thorough: bool) -> Finding:
    """Add the masses on a grid that meets every case of the absolute values."""
    from verify.landscapes.quadratic.limit import Limit

    n = 40 if thorough else 12
    for i in range(1, n):
        for j in range(1, n):
            a, b = Fraction(i, n), Fraction(j, n)
            limit = Limit(a, b)
            squared = 1 - 2 * (a + b - 2 * a * b) + (a - b) ** 2  # (1 - r_1)(1 - r_2)
            total = limit.atom_at_zero + limit.atom_at_one + limit.continuous_mass
            if total != a or limit.continuous_mass < 0 or squared != (1 - a - b) ** 2:
                return _fails("another mass", alpha=a, alpha_star=b, mass=total)
    return _holds(f"exactly for the {(n - 1) ** 2} pairs of multiples of 1/{n} between 0 and 1")


def check_theta_prime(thorough: bool) -> Finding:
    """Reduce the difference of the two forms by a_i^2 = 1 + z b_i^2 and c_i^2 = 1 - b_i^2."""
    import sympy

    a, b, c = (sympy.symbols(f"{name}1:3") for name in "abc")
    z = sympy.Symbol("z")
    r = (b[0] ** 2, b[1] ** 2)
    long = (r[0] / a[0] + r[1] / a[1]) / (a[0] + a[1])
    long -= r[0] * r[1] * (b[0] / a[0] + b[1] / a[1]) / (b[1] * a[0] + b[0] * a[1])
    long -= c[0] * c[1] * (r[0] * c[1] / a[0] + r[1] * c[0] / a[1]) / (c[1] * a[0] + c[0] * a[1])
    short = (1 - c[0] * c[1] + (1 - a[0] * a[1]) / z) / (1 + z)
    numerator = sympy.expand(sympy.fraction(sympy.together(long - short))[0])
    for i in (0, 1):
        numerator = sympy.rem(numerator, a[i] ** 2 - 1 - z * r[i], a[i])
        numerator = sympy.rem(sympy.expand(numerator), c[i] ** 2 - 1 + r[i], c[i])
    rest = sympy.expand(numerator)
    if rest != 0:
        return _fails("the two forms differ", numerator=rest)
    return _holds("the numerator of the difference reduces to 0 by the equations of the square roots")


def check_implicit_equation(thorough: bool) -> Finding:
    """Differentiate the left side along the equations of log F and log J."""
    import sympy

    zero, one, mass, e, J, slope = sympy.symbols("a0 a1 m e J T", positive=True)  # T = Theta'(J - 1)
    alpha = zero + one + mass
    integral = zero + one * e / J + mass + (e - J) * slope  # of (1 + (e-1)x)/(1 + (J-1)x) = 1 + (e-J)x/(1 + (J-1)x)
    log_f, log_j = 4 / integral, 4 * (e / J - 1) / integral
    rest = sympy.simplify(alpha * log_f + one * log_j + slope * J * log_j - 4)
    if rest != 0:
        return _fails("the derivative is not 4", rest=rest)
    return _holds("the derivative of the left side is 4 identically, and both sides are 0 at gamma = 0")


def check_two_halves(thorough: bool) -> Finding:
    """Square both forms; J is the fourth power of a symbol."""
    import sympy

    from verify.landscapes.quadratic.limit import Limit

    e, j = sympy.symbols("e j", positive=True)
    J = j**4
    half = Limit(Fraction(1, 2), Fraction(1, 2))
    first, second = (f(J - 1, sqrt=sympy.sqrt) for f in (half.theta_prime, half.theta_second))
    A = e * first
    B = sympy.Rational(1, 2) + 2 * (e - J) * first - (e - J) ** 2 * second
    short = e**2 * j**2 / ((j**8 + 2 * j**6 + 2 * e * j**4 + 2 * e**2 * j**2 + e**2) / 2)
    rest = sympy.cancel(sympy.together(2 * A**2 / B - short))
    if rest != 0:
        return _fails("the squares differ", rest=rest)
    return _holds("the squares of the two forms are the same rational function of e and J^(1/4)")
