"""Checks of claims about deep linear networks that are identities: SymPy expands both sides and finds the same."""

from __future__ import annotations

from typing import Any

from verify.claims.claim import Finding, Outcome


def _symbolic_loss(widths: tuple[int, ...], dimension: int) -> tuple[Any, list[Any], list[Any]]:
    """The expected loss with symbolic weights, decays, variances and moments; powers of the noise are averaged."""
    import sympy

    sizes = [dimension, *widths, 1]
    layers = [
        sympy.Matrix(sizes[k + 1], sizes[k], sympy.symbols(f"w{k}_:{sizes[k + 1] * sizes[k]}"))
        for k in range(len(sizes) - 1)
    ]
    decays = list(sympy.symbols(f"g:{len(layers)}", positive=True))
    variances = sympy.symbols(f"s:{len(widths)}", nonnegative=True)
    noise = [sympy.symbols(f"e{k}_:{width}") for k, width in enumerate(widths)]
    second = sympy.Matrix(dimension, dimension, lambda i, j: sympy.Symbol(f"a{min(i, j)}{max(i, j)}"))
    cross = sympy.Matrix(sympy.symbols(f"c:{dimension}"))
    row = layers[-1]
    for layer, factors in zip(reversed(layers[:-1]), reversed(noise), strict=True):
        row = row * sympy.diag(*factors) * layer
    loss = sympy.expand((row * second * row.T)[0] - 2 * (row * cross)[0])
    for factors, variance in zip(noise, variances, strict=True):
        for factor in factors:
            loss = sympy.expand(loss.subs(factor**2, 1 + variance).subs(factor, 1))
    loss += sum(g * sum(w**2 for w in layer) for g, layer in zip(decays, layers, strict=True))
    return sympy.expand(loss), layers, decays


def balance_relation(thorough: bool) -> Finding:
    """Outgoing weights times their derivatives minus incoming times theirs is the difference of the decays, twice."""
    import sympy

    shapes = [((1,), 2), ((2,), 2), ((2, 1), 1)] + ([((2, 2), 1), ((1, 2, 1), 1), ((3,), 2)] if thorough else [])
    units = 0
    for widths, dimension in shapes:
        loss, layers, decays = _symbolic_loss(widths, dimension)
        for k, width in enumerate(widths):
            for unit in range(width):
                incoming, outgoing = list(layers[k].row(unit)), list(layers[k + 1].col(unit))
                flow = sum(w * sympy.diff(loss, w) for w in outgoing) - sum(w * sympy.diff(loss, w) for w in incoming)
                balance = decays[k + 1] * sum(w**2 for w in outgoing) - decays[k] * sum(w**2 for w in incoming)
                if sympy.expand(flow - 2 * balance) != 0:
                    return Finding(
                        Outcome.FAILS, "the identity fails", {"widths": list(widths), "layer": k, "unit": unit}
                    )
                units += 1
    return Finding(
        Outcome.HOLDS,
        f"the identity that implies it holds symbolically at {units} units of {len(shapes)} networks; in general "
        "because the mean squared error is invariant when a unit's outgoing weights are scaled by c and its incoming "
        "ones by 1/c",
    )


def origin_by_orders(thorough: bool) -> Finding:
    """For D >= 2 the loss is that of the decay alone up to terms of order D + 1 and higher."""
    import sympy

    shapes = [((1, 1), 2), ((2, 1), 1), ((1, 1, 1), 1)] + ([((2, 2), 1), ((1, 2, 1), 1)] if thorough else [])
    for widths, dimension in shapes:
        loss, layers, decays = _symbolic_loss(widths, dimension)
        weights = [w for layer in layers for w in layer]
        decay = sum(g * sum(w**2 for w in layer) for g, layer in zip(decays, layers, strict=True))
        orders = {sum(powers) for powers in sympy.Poly(sympy.expand(loss - decay), *weights).monoms()}
        if min(orders) <= len(widths):
            return Finding(
                Outcome.FAILS, "there is a term of low order", {"widths": list(widths), "orders": sorted(orders)}
            )
    return Finding(
        Outcome.HOLDS,
        f"symbolically for {len(shapes)} networks: the Hessian at the origin is that of the decay, which is positive "
        "definite, and all other terms are of order D + 1 >= 3 or more",
    )


def potential_identity(thorough: bool) -> Finding:
    """The potential in b for equal widths is V at t = decay d_0² b²."""
    import sympy

    b, a, e, decay, width, noise, label = sympy.symbols("b a e g d s y", positive=True)
    depths = range(1, 9 if thorough else 6)
    for depth in depths:
        stated = label - width ** (2 * depth) * b ** (2 * depth) * e**2 / (
            width**depth * (noise + width) ** depth * a * b ** (2 * depth) + decay
        )
        stated += decay * depth * width**2 * b**2
        t, factor, product = decay * width**2 * b**2, (1 + noise / width) ** depth, decay ** (depth + 1)
        ours = label - t**depth * e**2 / (factor * t**depth * a + product) + depth * t
        if sympy.cancel(sympy.together(stated - ours)) != 0:
            return Finding(Outcome.FAILS, "the two potentials differ", {"depth": depth})
    return Finding(
        Outcome.HOLDS,
        f"both potentials are the same rational function, eigenvalue by eigenvalue, for D = 1 to {depths[-1]}; that "
        "the least value is the least loss of the network is the theorem of the chapter",
    )


def vanishing_variance(_: bool) -> Finding:
    """(kappa - 1)/kappa² times eᵀA⁺e bounds the variance; it goes to 0 with the noise, the width and the depth."""
    import sympy

    a, e, ridge, factor = sympy.symbols("a e l k", positive=True)
    gap = sympy.factor(e**2 / (factor**2 * a) - a * e**2 / (factor * a + ridge) ** 2)
    top, bottom = sympy.fraction(sympy.together(gap))
    signs = [sympy.Poly(sympy.expand(x), a, e, ridge, factor).coeffs() for x in (top, bottom)]
    if any(c < 0 for side in signs for c in side):
        return Finding(Outcome.UNDECIDED, "the bound was not seen to be positive term by term")
    noise, width, depth, kappa = sympy.symbols("s d D k", positive=True)
    bound = (kappa - 1) / kappa**2
    limits = [
        sympy.limit(bound.subs(kappa, 1 + noise), noise, sympy.oo),  # one layer; more layers have larger factors
        sympy.limit(bound.subs(kappa, (1 + noise / width) ** 3), width, sympy.oo),
        sympy.limit(bound.subs(kappa, sympy.Rational(3, 2) ** depth), depth, sympy.oo),
        sympy.limit(bound, kappa, sympy.oo),
        sympy.limit(bound, kappa, 1),
    ]
    if any(limits):
        return Finding(Outcome.FAILS, "a limit of the bound is not 0", {"limits": [str(x) for x in limits]})
    return Finding(
        Outcome.HOLDS,
        "variance <= (kappa - 1)/kappa² E[xy]ᵀA⁺E[xy] with kappa = (1 + s/d)^D, whatever the decays; the bound goes "
        "to 0 as kappa goes to 1 (width) and to infinity (noise, or depth with noise at a fixed width)",
    )


def small_decay_variance(_: bool) -> Finding:
    """The limit of (kappa - 1) a e²/(kappa a + ridge)² at ridge 0 is rho (1 - rho) times that of least squares."""
    import sympy

    a, e, ridge, factor = sympy.symbols("a e l k", positive=True)
    variance = ((factor - 1) * a * (e / (factor * a + ridge)) ** 2).subs(ridge, 0)
    rho = 1 / factor
    if sympy.simplify(variance - rho * (1 - rho) * a * (e / a) ** 2) != 0:
        return Finding(Outcome.FAILS, "the limits differ", {"variance": str(sympy.simplify(variance))})
    return Finding(Outcome.HOLDS, "a symbolic identity for every eigenvalue of E[x xᵀ], with rho = 1/kappa")
