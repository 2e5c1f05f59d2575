"""Antipodal pairs and two-sided lines that a moment ties together, and near misses that are free."""

from __future__ import annotations

from counterexamples.catalogue.recipes.elementary import A2, HEXAGON
from counterexamples.catalogue.recipes.recipe import Recipe

FOUR_LINES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1))
FIVE_LINES = (*FOUR_LINES, (1, 2), (-1, -2))
TWO_PAIRS = ((1, 0), (-1, 0), (0, 1), (0, -1))
_UNEQUAL = ((1, 0), (-2, 0), (0, 1), (0, -3), (1, 1), (-5, -5))

RECIPES = (
    Recipe(
        28,
        "two-pairs-sigmoid",
        "sigmoid",
        TWO_PAIRS,
        3,
        "f(x) + f(-x) is the same constant for every x: two antipodal pairs with the label sums 2 and 0 are out of "
        "reach of bias-free sigmoid networks.",
        labels=(1, 1, 0, 0),
        least_mse="1/4",
    ),
    Recipe(
        29,
        "hexagon-gelu",
        "gelu",
        HEXAGON,
        5,
        "GELU(z) - GELU(-z) = z exactly, so f(x) - f(-x) is linear, and the hexagon defeats GELU as it defeats ReLU.",
        source=A2,
    ),
    Recipe(
        30,
        "hexagon-softplus",
        "softplus",
        HEXAGON,
        5,
        "softplus(z) - softplus(-z) = z: a smooth positive activation with the same blind spot as ReLU.",
        source=A2,
    ),
    Recipe(
        31,
        "hexagon-tanh",
        "tanh",
        HEXAGON,
        3,
        "An odd network halves the hexagon: three of its six values are the negatives of the other three.",
        source=A2,
    ),
    Recipe(
        32,
        "hexagon-sigmoid",
        "sigmoid",
        HEXAGON,
        4,
        "Three free values and one free constant, f(x) + f(-x): four of six.",
        source=A2,
    ),
    Recipe(
        33,
        "hexagon-swiglu",
        "swiglu",
        HEXAGON,
        6,
        "Gating lifts the hexagon: with SwiGLU f(x) + f(-x) is a quadratic form, and three directions in the plane "
        "carry three independent squares.",
        source=A2,
    ),
    Recipe(
        34,
        "hexagon-exp",
        "exp",
        HEXAGON,
        6,
        "What no bias-free ReLU network of any width can do on six points, bias-free exponential networks do.",
        source=A2,
    ),
    Recipe(
        35,
        "hexagon-shifted-relu",
        "shifted_relu",
        HEXAGON,
        6,
        "Move the kink of ReLU from 0 to -1, one fixed number for all units, and the hexagon is fitted.",
        source=A2,
    ),
    Recipe(
        36,
        "hexagon-without-a-vertex",
        "relu",
        HEXAGON[:5],
        5,
        "Take one vertex away and only two lines have data on both sides: the five points that remain are free.",
        source=A2,
    ),
    Recipe(
        37,
        "simplex-3",
        "relu",
        ("simplex_and_negative", {"dimension": 3}),
        7,
        "Four antipodal pairs in space whose directions sum to 0, any three of them independent: the obstruction of "
        "the hexagon, one dimension up.",
    ),
    Recipe(
        38,
        "simplex-4",
        "relu",
        ("simplex_and_negative", {"dimension": 4}),
        9,
        "Five directions in dimension four, one relation among them, ten points, rank nine.",
    ),
    Recipe(
        39,
        "simplex-5-gelu",
        "gelu",
        ("simplex_and_negative", {"dimension": 5}),
        11,
        "For GELU too a circuit of d + 1 antipodal pairs is as large as a minimal obstruction in dimension d gets.",
    ),
    Recipe(
        40,
        "unequal-hexagon",
        "relu",
        _UNEQUAL,
        5,
        "The two points on a line need not be antipodal: for ReLU only the rays count, and these six points lie on "
        "the rays of the hexagon.",
    ),
    Recipe(
        41,
        "unequal-hexagon-gelu",
        "gelu",
        _UNEQUAL,
        6,
        "Without antipodal pairs GELU is free: the same six points that defeat ReLU are no obstacle.",
    ),
    Recipe(
        42,
        "four-lines-relu2",
        "relu2",
        FOUR_LINES,
        7,
        "For squared ReLU f(x) + f(-x) is a quadratic form; in the plane these have dimension three, so four "
        "antipodal pairs are one too many.",
    ),
    Recipe(
        43,
        "hexagon-relu2",
        "relu2",
        HEXAGON,
        6,
        "Three antipodal pairs are not too many for squared ReLU: a higher power needs a larger obstruction.",
        source=A2,
    ),
    Recipe(
        44,
        "five-lines-relu3",
        "relu3",
        FIVE_LINES,
        9,
        "For cubed ReLU f(x) - f(-x) is a cubic form; in the plane these have dimension four, and five antipodal "
        "pairs are one too many.",
    ),
    Recipe(
        45,
        "four-lines-relu3",
        "relu3",
        FOUR_LINES,
        8,
        "Four antipodal pairs in the plane are exactly as many as the cubic forms can tell apart.",
    ),
    Recipe(
        46,
        "cross-polytope-4",
        "relu",
        ("cross_polytope", {"dimension": 4}),
        8,
        "A near miss: four antipodal pairs, all lines two-sided, but the directions are the axes, which are "
        "independent. ReLU networks fit every labelling.",
        symmetry="all signed permutations of the coordinates",
    ),
    Recipe(
        47,
        "cross-polytope-10-gelu",
        "gelu",
        ("cross_polytope", {"dimension": 10}),
        20,
        "However many dimensions: the vertices of a cross-polytope are as many antipodal pairs as there can be in "
        "R^10 that GELU networks fit completely.",
        symmetry="all signed permutations of the coordinates",
    ),
    Recipe(
        48,
        "cross-polytope-4-tanh",
        "tanh",
        ("cross_polytope", {"dimension": 4}),
        4,
        "What is free for ReLU is half lost for tanh: each antipodal pair has one free value instead of two.",
        symmetry="all signed permutations of the coordinates",
    ),
    Recipe(
        49,
        "cross-polytope-4-sigmoid",
        "sigmoid",
        ("cross_polytope", {"dimension": 4}),
        5,
        "Four differences f(x) - f(-x) and one constant f(x) + f(-x): five of eight.",
        symmetry="all signed permutations of the coordinates",
    ),
    Recipe(
        50,
        "rational-circle-3",
        "relu",
        ("circle", {"pairs": 3}),
        5,
        "Normalising the data does not help: six rational points of the unit circle, made from the triangle 3, 4, 5, "
        "that bias-free ReLU networks cannot fit.",
    ),
    Recipe(
        51,
        "rational-circle-12-gelu",
        "gelu",
        ("circle", {"pairs": 12}),
        14,
        "Twelve antipodal pairs of rational points on the unit circle: of the 24 values only 12 + 2 are free.",
    ),
    Recipe(
        52,
        "moment-curve-6-pairs",
        "relu",
        ("moment_curve", {"dimension": 4, "pairs": 6}),
        10,
        "Points in general position are no protection: any four of these six directions are independent, and still "
        "two relations are left over in dimension four.",
    ),
    Recipe(
        53,
        "moment-curve-5-pairs",
        "relu",
        ("moment_curve", {"dimension": 5, "pairs": 5}),
        10,
        "As many antipodal pairs as dimensions, in general position: the Vandermonde determinant is not 0, and "
        "everything can be fitted.",
    ),
    Recipe(
        54,
        "pair-and-ray",
        "relu",
        ((1, 0), (-1, 0), (-2, 0), (0, 1)),
        3,
        "Two obstacles that look alike, and only one is: x and -x are free, -x and -2x are not.",
    ),
)
