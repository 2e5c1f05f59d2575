"""The smallest obstructions: the origin, a ray, a line, an antipodal pair, a point that comes twice."""

from __future__ import annotations

from counterexamples.catalogue.recipes.recipe import Recipe
from counterexamples.entry import Minimality, Source

HEXAGON = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1))
PAIR = ((1, 2), (-1, -2))
RAY = ((1, 2), (2, 4))
ORIGIN = ((0, 0),)
A2 = Source("folklore", "the root system A2, in a basis of simple roots", "undated", ours=False)
PERCEPTRONS = Source("M. Minsky and S. Papert", "Perceptrons, MIT Press", "1969", ours=False)
_DIHEDRAL = "twelve linear maps, the dihedral group of the regular hexagon, which these points are up to a linear map"
_GRID = (*((x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)),)

RECIPES = (
    Recipe(
        1,
        "zero-point",
        "relu",
        ORIGIN,
        0,
        "Every bias-free ReLU network is 0 at the origin, whatever its width: one point, the origin, is the smallest "
        "data set that it cannot fit.",
    ),
    Recipe(
        2,
        "ray-pair",
        "relu",
        RAY,
        1,
        "A bias-free ReLU network doubles when its input doubles, so it cannot be 1 at x and 1 at 2x; no width brings "
        "the mean squared error below 1/10.",
        labels=(1, 1),
        least_mse="1/10",
    ),
    Recipe(
        3,
        "hexagon",
        "relu",
        HEXAGON,
        5,
        "Three antipodal pairs in a plane: f(x) - f(-x) is linear in x, so the difference at e1 + e2 is the sum of "
        "the differences at e1 and e2. This is the smallest set on a circle, up to a linear map, that bias-free ReLU "
        "networks cannot fit.",
        source=A2,
        symmetry=_DIHEDRAL,
        minimality=Minimality(
            "exhaustive",
            "all sets of nonzero points on distinct rays in {-1, 0, 1}^2 with fewer points",
            1,
            ("nonzero", "distinct_rays"),
        ),
    ),
    Recipe(
        4,
        "zero-point-tanh",
        "tanh",
        ORIGIN,
        0,
        "tanh(0) = 0, so a bias-free tanh network is 0 at the origin.",
    ),
    Recipe(
        5,
        "zero-point-gelu",
        "gelu",
        ORIGIN,
        0,
        "GELU is smooth, and still 0 at 0: smoothness does not lift a network without biases off the origin.",
    ),
    Recipe(
        6,
        "zero-point-mish",
        "mish",
        ORIGIN,
        0,
        "The origin is the only distinct point at which bias-free mish networks are not free: away from it they fit "
        "everything.",
    ),
    Recipe(
        7,
        "zero-point-softplus",
        "softplus",
        ORIGIN,
        1,
        "softplus(0) = log 2 is not 0, so a bias-free softplus network has any value it likes at the origin.",
    ),
    Recipe(
        8,
        "ray-of-squares",
        "relu",
        ((1, 1), (2, 2), (3, 3)),
        1,
        "On a ray a bias-free ReLU network is a multiple of the distance; the squares 1, 4, 9 are not, and the best "
        "line through the origin misses them by 38/21 in the mean square.",
        labels=(1, 4, 9),
        least_mse="38/21",
    ),
    Recipe(
        9,
        "ray-pair-relu2",
        "relu2",
        RAY,
        1,
        "Squared ReLU is homogeneous of degree two: f(2x) = 4 f(x). Equal labels at x and 2x cost at least 9/34.",
        labels=(1, 1),
        least_mse="9/34",
    ),
    Recipe(
        10,
        "ray-pair-leaky",
        "leaky_relu(1/10)",
        RAY,
        1,
        "A leak does not help: leaky ReLU is positively homogeneous too, and the floor is the same 1/10.",
        labels=(1, 1),
        least_mse="1/10",
    ),
    Recipe(
        11,
        "ray-pair-gelu",
        "gelu",
        RAY,
        2,
        "Where ReLU must double, GELU need not: its even part is not a polynomial, and x and 2x are two free points.",
    ),
    Recipe(
        12,
        "line-pair-abs",
        "abs",
        ((1, 0), (-2, 0)),
        1,
        "With absolute values as units f(-2x) = 2 f(x): the two sides of a line are one. Equal labels cost 1/10.",
        labels=(1, 1),
        least_mse="1/10",
    ),
    Recipe(
        13,
        "line-pair-relu",
        "relu",
        ((1, 0), (-2, 0)),
        2,
        "Two points on opposite sides of the origin look like a ray, but a ReLU network sees two rays, and fits both.",
    ),
    Recipe(
        14,
        "antipodal-pair-tanh",
        "tanh",
        PAIR,
        1,
        "tanh is odd, so f(-x) = -f(x): the labels 1 and 1 at x and -x are as far from its reach as labels can be, "
        "and f = 0 is the best network of any width.",
        labels=(1, 1),
        least_mse="1",
    ),
    Recipe(
        15,
        "antipodal-pair-cos",
        "cos",
        PAIR,
        1,
        "cos is even, so f(-x) = f(x): the labels 1 and -1 at x and -x leave an error of 1.",
        labels=(1, -1),
        least_mse="1",
    ),
    Recipe(
        16,
        "antipodal-pair-gaussian",
        "gaussian",
        PAIR,
        1,
        "Gaussian bumps w.x -> exp(-(w.x)^2/2) cannot tell x from -x; the best answer to the labels 0 and 1 is 1/2.",
        labels=(0, 1),
        least_mse="1/4",
    ),
    Recipe(
        17,
        "antipodal-pair-sigmoid",
        "sigmoid",
        PAIR,
        2,
        "One antipodal pair is no obstacle for the sigmoid: f(x) + f(-x) is a constant, and the constant is free.",
    ),
    Recipe(
        18,
        "antipodal-pair-square",
        "square",
        PAIR,
        1,
        "A quadratic form has the same value at x and -x.",
        labels=(1, 0),
        least_mse="1/4",
    ),
    Recipe(
        19,
        "one-point-two-labels",
        "exp",
        ((1, 0), (1, 0)),
        1,
        "Bias-free networks of exponentials fit every set of distinct points, but no function whatever has the values "
        "0 and 1 at one point: the floor of 1/4 is not the network's fault.",
        labels=(0, 1),
        least_mse="1/4",
    ),
    Recipe(
        20,
        "one-point-two-labels-bias",
        "relu+bias",
        ((3, 1), (0, 2), (3, 1)),
        2,
        "Biases remove every obstruction but this one: a point that comes twice with different labels.",
        labels=(1, 5, 4),
        least_mse="3/2",
    ),
    Recipe(
        21,
        "one-sided-fan",
        "relu",
        ((1, -2), (1, -1), (1, 0), (1, 1), (1, 2), (2, 1), (3, 1)),
        7,
        "Seven points in a half-plane, no two on a ray: no line has data on both sides, and ReLU networks fit every "
        "labelling although there are many more points than dimensions.",
    ),
    Recipe(
        22,
        "midpoint-sigmoid",
        "sigmoid",
        ((1, 1), (0, 0), (-1, -1)),
        2,
        "For bias-free sigmoid networks the value at 0 is the mean of the values at x and -x. The labels 1, 0, 1 are "
        "not, and cost 2/9.",
        labels=(1, 0, 1),
        least_mse="2/9",
    ),
    Recipe(
        23,
        "grid-elu",
        "elu",
        _GRID,
        8,
        "On the nine points of a small grid bias-free ELU networks fit everything, except at the one point in the "
        "middle.",
        minimality=None,
    ),
    Recipe(
        24,
        "grid-exp",
        "exp",
        _GRID,
        9,
        "Exponentials of linear functions are linearly independent: all nine points of the grid are free, the origin "
        "too, without a single bias.",
    ),
    Recipe(
        25,
        "xor-affine",
        "identity+bias",
        ((0, 0), (0, 1), (1, 0), (1, 1)),
        3,
        "The exclusive or is no affine function: f(0,0) + f(1,1) = f(0,1) + f(1,0) for all of them, and the best of "
        "them is constant 1/2.",
        labels=(0, 1, 1, 0),
        least_mse="1/4",
        source=PERCEPTRONS,
    ),
    Recipe(
        26,
        "xor-relu",
        "relu",
        ((0, 0), (0, 1), (1, 0), (1, 1)),
        3,
        "The exclusive or needs no bias: its label at the origin is 0, the other three points lie on three rays of "
        "one quadrant, and max(a - b, 0) + max(b - a, 0) does it.",
        labels=(0, 1, 1, 0),
        least_mse="0",
        source=PERCEPTRONS,
    ),
    Recipe(
        27,
        "xnor-relu",
        "relu",
        ((0, 0), (0, 1), (1, 0), (1, 1)),
        3,
        "Turn the labels of the exclusive or around, and the origin must be 1: a bias-free ReLU network loses exactly "
        "this point, a quarter of the mean squared error.",
        labels=(1, 0, 0, 1),
        least_mse="1/4",
        source=PERCEPTRONS,
    ),
)
