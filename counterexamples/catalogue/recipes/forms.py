"""Polynomial activations: what a network of any width can do is a space of forms, and points outgrow it."""

from __future__ import annotations

from counterexamples.catalogue.recipes.recipe import Recipe
from counterexamples.entry import Source

_CONIC = (
    (1, 0),
    (0, 1),
    ("3/5", "4/5"),
    ("-3/5", "4/5"),
    ("5/13", "12/13"),
    ("8/17", "15/17"),
)
_TRIANGLE = ((0, 0), (1, 0), (0, 1), (2, 0), (0, 2), (1, 1))

RECIPES = (
    Recipe(
        55,
        "three-points-linear",
        "identity",
        ((1, 0), (0, 1), (1, 1)),
        2,
        "Width without an activation buys nothing: f is linear, so its value at e1 + e2 is known from e1 and e2.",
        labels=(0, 0, 1),
        least_mse="1/9",
    ),
    Recipe(
        56,
        "parallelogram-law",
        "square",
        ((1, 0), (0, 1), (1, 1), (1, -1)),
        3,
        "Every network of squares is a quadratic form and obeys the parallelogram law f(x + y) + f(x - y) = 2 f(x) + "
        "2 f(y).",
        source=Source("folklore", "the parallelogram law", "undated", ours=False),
    ),
    Recipe(
        57,
        "five-points-cubic",
        "cube",
        ((1, 0), (0, 1), (1, 1), (1, -1), (1, 2)),
        4,
        "Binary cubic forms have four coefficients, so five points in the plane are one too many, at any width.",
    ),
    Recipe(
        58,
        "six-points-on-a-conic",
        "square+hidden_bias",
        _CONIC,
        5,
        "Quadratic polynomials in the plane have six coefficients, but six points of a circle do not determine them: "
        "x^2 + y^2 - 1 vanishes on all six, and one labelling direction is lost.",
        source=Source(
            "folklore", "six points impose independent conditions unless a conic passes", "undated", ours=False
        ),
    ),
    Recipe(
        59,
        "six-points-off-conics",
        "square+hidden_bias",
        _TRIANGLE,
        6,
        "No conic passes through these six points of a triangular grid, so quadratic polynomials take every labelling.",
    ),
    Recipe(
        60,
        "seven-points-quadratic",
        "square+hidden_bias",
        (*_TRIANGLE, (2, 1)),
        6,
        "Six coefficients, seven points: biases and width do not make a quadratic activation universal.",
    ),
    Recipe(
        61,
        "cayley-bacharach",
        "cube+hidden_bias",
        ("grid", {"box": 1, "dimension": 2}),
        8,
        "The nine points of a 3 x 3 grid are where two cubics meet: a cubic polynomial through eight of them passes "
        "through the ninth. So cubic units with biases, of any width, have rank eight on nine points, although cubic "
        "polynomials have ten coefficients.",
        source=Source("folklore", "the Cayley-Bacharach theorem, on the 3 x 3 grid", "19th century", ours=False),
        symmetry="all signed permutations of the coordinates",
    ),
    Recipe(
        62,
        "squares-of-a-line",
        "square+bias",
        ((0,), (1,), (2,), (3,)),
        3,
        "On a line three values determine a parabola: 0, 1, 8, 27 are no values of one, and the third difference 6 "
        "costs 9/20.",
        labels=(0, 1, 8, 27),
        least_mse="9/20",
    ),
)
