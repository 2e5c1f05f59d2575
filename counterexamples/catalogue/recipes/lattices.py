"""Cubes with parity labels, root systems, the Leech lattice, Hadamard matrices, regular polytopes."""

from __future__ import annotations

from counterexamples.catalogue.recipes.elementary import PERCEPTRONS
from counterexamples.catalogue.recipes.recipe import Recipe
from counterexamples.entry import Source

_KILLING = Source(
    "W. Killing",
    "Die Zusammensetzung der stetigen endlichen Transformationsgruppen, Mathematische Annalen 31-36",
    "1888-1890",
    ours=False,
)
_LEECH = Source("J. Leech", "Notes on sphere packings, Canadian Journal of Mathematics 19, 251-267", "1967", ours=False)
_SYLVESTER = Source("J. J. Sylvester", "Philosophical Magazine 34, 461-475", "1867", ours=False)
_PALEY = Source("R. E. A. C. Paley", "On orthogonal matrices, J. Math. Phys. 12, 311-320", "1933", ours=False)
_EUCLID = Source("folklore", "regular polygons and polytopes", "undated", ours=False)
_SIGNED = "all signed permutations of the coordinates"
_CONWAY = "the group Co_0 of order 8,315,553,613,086,720,000, which permutes these vectors transitively"


def _parity(number: int, dimension: int) -> Recipe:
    if dimension % 2:
        claim = (
            f"The parity of {dimension} signs is odd in x, and the odd part of a bias-free ReLU network is linear: the "
            "parity is orthogonal to all that the network can do, and no width does better than f = 0."
        )
    else:
        claim = (
            f"The parity of {dimension} signs is even in x, and the even part of a bias-free ReLU network is free on "
            f"antipodal pairs: the {2**dimension} labels are attained exactly. In the next dimension they are not."
        )
    return Recipe(
        number,
        f"parity-cube-{dimension}",
        "relu",
        ("cube", {"dimension": dimension}),
        2 ** (dimension - 1) + dimension,
        claim,
        labels=("product", {}),
        least_mse="1" if dimension % 2 else "0",
        source=PERCEPTRONS,
        symmetry=_SIGNED,
    )


def _root(number: int, name: str, model: str, rank: int, claim: str, group: str) -> Recipe:
    slug = f"root-system-{name.lower()}" + (f"-{model}" if model != "relu" else "")
    return Recipe(number, slug, model, ("root_system", {"name": name}), rank, claim, source=_KILLING, symmetry=group)


RECIPES = (
    *(_parity(92 + dimension, dimension) for dimension in range(2, 11)),
    Recipe(
        103,
        "parity-square-tanh",
        "tanh",
        ("cube", {"dimension": 2}),
        2,
        "The exclusive or of two signs is even in x, and tanh networks are odd: what ReLU fits exactly, tanh misses "
        "altogether.",
        labels=("product", {}),
        least_mse="1",
        source=PERCEPTRONS,
        symmetry=_SIGNED,
    ),
    Recipe(
        104,
        "parity-cube-3-tanh",
        "tanh",
        ("cube", {"dimension": 3}),
        4,
        "In dimension three it is the other way round: the parity is odd, tanh has it, and ReLU has not.",
        labels=("product", {}),
        least_mse="0",
        source=PERCEPTRONS,
        symmetry=_SIGNED,
    ),
    Recipe(
        105,
        "parity-square-sigmoid",
        "sigmoid",
        ("cube", {"dimension": 2}),
        3,
        "f(x) + f(-x) is a constant for bias-free sigmoid networks, and the exclusive or asks for 2 and -2.",
        labels=("product", {}),
        least_mse="1",
        source=PERCEPTRONS,
        symmetry=_SIGNED,
    ),
    Recipe(
        106,
        "parity-cube-4-swiglu",
        "swiglu",
        ("cube", {"dimension": 4}),
        15,
        "Of the 16 dimensions of labels on the cube a SwiGLU network misses one, and that one is the parity: a "
        "product of four signs is orthogonal to every quadratic form.",
        labels=("product", {}),
        least_mse="1",
        source=PERCEPTRONS,
        symmetry=_SIGNED,
    ),
    _root(
        107,
        "A3",
        "relu",
        9,
        "The twelve roots of A3 are the vertices of a cuboctahedron: six lines, rank 6 + 3.",
        "the symmetric group S4, and -1",
    ),
    _root(
        108,
        "A4",
        "relu",
        14,
        "A_n has n(n+1)/2 lines in dimension n: for n = 4 the rank is 10 + 4 of 20.",
        "the symmetric group S5, and -1",
    ),
    _root(
        109,
        "B3",
        "relu",
        12,
        "Roots of two lengths, but no two on a ray: 18 roots of B3, nine lines, rank 9 + 3.",
        _SIGNED,
    ),
    _root(110, "B4", "relu", 20, "The 32 roots of B4 lie on 16 lines: rank 16 + 4.", _SIGNED),
    _root(
        111,
        "D4",
        "relu",
        16,
        "The 24 roots of D4 are the vertices of the 24-cell: twelve lines, rank 12 + 4.",
        "the Weyl group of F4, of order 1152",
    ),
    _root(
        112,
        "D4",
        "relu2",
        22,
        "Squared ReLU sees the squares of the directions: the twelve lines of D4 span all ten quadratic forms, rank "
        "12 + 10 of 24.",
        "the Weyl group of F4, of order 1152",
    ),
    _root(113, "D5", "relu", 25, "The 40 roots of D5 lie on 20 lines: rank 20 + 5.", _SIGNED),
    _root(
        114,
        "E6",
        "relu",
        42,
        "The 72 roots of E6 lie on 36 lines in a space of dimension six: rank 36 + 6.",
        "the Weyl group of E6 and -1, of order 103,680",
    ),
    _root(
        115,
        "E7",
        "relu",
        70,
        "The 126 roots of E7 lie on 63 lines: rank 63 + 7.",
        "the Weyl group of E7, of order 2,903,040",
    ),
    _root(
        116,
        "E8",
        "relu",
        128,
        "The 240 roots of E8, where the spheres of the densest packing in dimension eight touch: 120 lines, rank 120 "
        "+ 8, so bias-free ReLU networks of any width attain just over half of the dimensions of labels.",
        "the Weyl group of E8, of order 696,729,600",
    ),
    _root(
        117,
        "E8",
        "gelu",
        128,
        "GELU has the same rank as ReLU on the roots of E8: they all have one length, and the only obstacle is that "
        "f(x) - f(-x) is linear.",
        "the Weyl group of E8, of order 696,729,600",
    ),
    _root(
        118,
        "E8",
        "swiglu",
        156,
        "For SwiGLU the sums f(x) + f(-x) are a quadratic form, and the roots of E8 tell all 36 of them apart: rank "
        "120 + 36.",
        "the Weyl group of E8, of order 696,729,600",
    ),
    _root(
        119, "F4", "relu", 28, "The 48 roots of F4 lie on 24 lines: rank 24 + 4.", "the Weyl group of F4, of order 1152"
    ),
    Recipe(
        120,
        "leech-lattice",
        "relu",
        ("leech_minimal_vectors", {}),
        98_304,
        "The 196,560 minimal vectors of the Leech lattice lie on 98,280 lines in dimension 24: bias-free ReLU "
        "networks of any width attain a space of labels of dimension 98,280 + 24 = 98,304, one half and a little "
        "more.",
        source=_LEECH,
        symmetry=_CONWAY,
    ),
    Recipe(
        121,
        "leech-lattice-one-hot",
        "relu",
        ("leech_minimal_vectors", {}),
        98_304,
        "Single out one of the 196,560 minimal vectors of the Leech lattice by the label 1. All vectors are alike, so "
        "the least squared error is the share of the annihilator, 98,256 / 196,560, whichever vector it is.",
        labels=("first", {}),
        least_mse="2047/804913200",
        source=_LEECH,
        symmetry=_CONWAY,
    ),
    Recipe(
        122,
        "hadamard-4",
        "relu",
        ("hadamard_frames", {"order": 4}),
        8,
        "The rows of a Hadamard matrix and their negatives are a cross-polytope in disguise: orthogonal directions, "
        "and every labelling is attained.",
        source=_SYLVESTER,
    ),
    Recipe(
        123,
        "hadamard-12",
        "relu",
        ("hadamard_frames", {"order": 12}),
        24,
        "Order twelve is no power of two, but orthogonal is orthogonal: Paley's matrix and its negative are free.",
        source=_PALEY,
    ),
    Recipe(
        124,
        "hadamard-16-tanh",
        "tanh",
        ("hadamard_frames", {"order": 16}),
        16,
        "Sixteen orthogonal directions with both signs: free for ReLU, and for tanh only half.",
        source=_SYLVESTER,
    ),
    Recipe(
        125,
        "two-frames-4",
        "relu",
        ("hadamard_frames", {"order": 4, "frames": 2}),
        12,
        "Two orthogonal frames of R^4, the axes and the rows of a Hadamard matrix: each is free, together they share "
        "four dimensions, and the rank is 8 + 4 of 16.",
        source=_SYLVESTER,
    ),
    Recipe(
        126,
        "two-frames-8",
        "relu",
        ("hadamard_frames", {"order": 8, "frames": 2}),
        24,
        "Two frames of R^8: 16 lines and eight dimensions, rank 24 of 32.",
        source=_SYLVESTER,
    ),
    Recipe(
        127,
        "two-frames-12-gelu",
        "gelu",
        ("hadamard_frames", {"order": 12, "frames": 2}),
        36,
        "Two frames of R^12 for GELU: 24 lines and twelve dimensions, rank 36 of 48.",
        source=_PALEY,
    ),
    Recipe(
        128,
        "regular-hexagon",
        "relu",
        ("bundled", {"name": "regular_hexagon"}),
        5,
        "The regular hexagon itself, with its irrational coordinates: rank 5 of 6, exactly, in the field of sqrt(3).",
        source=_EUCLID,
        symmetry="the dihedral group of order 12",
    ),
    Recipe(
        129,
        "regular-decagon",
        "relu",
        ("bundled", {"name": "decagon"}),
        7,
        "On the regular 2m-gon the rank is m + 2: for the decagon 7 of 10.",
        source=_EUCLID,
        symmetry="the dihedral group of order 20",
    ),
    Recipe(
        130,
        "icosahedron",
        "relu",
        ("bundled", {"name": "icosahedron"}),
        9,
        "Twelve vertices on six lines in space: rank 6 + 3 of 12.",
        source=_EUCLID,
        symmetry="the icosahedral group with -1, of order 120",
    ),
    Recipe(
        131,
        "cell-600",
        "relu",
        ("bundled", {"name": "cell600"}),
        64,
        "The 120 vertices of the 600-cell, 60 lines in dimension four: rank 64.",
        source=_EUCLID,
        symmetry="the Coxeter group H4, of order 14,400",
    ),
)
