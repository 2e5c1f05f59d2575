"""What augmentation does to data: contrast, polarity, measured data with their negatives, token-like vectors."""

from __future__ import annotations

from counterexamples.catalogue.recipes.recipe import Parameters, Recipe
from counterexamples.entry import Source

_IRIS = Source(
    "R. A. Fisher",
    "The use of multiple measurements in taxonomic problems, Annals of Eugenics 7, 179-188",
    "1936",
    ours=False,
)
_IRIS_LICENCE = (
    "published measurements of 1936 without a licence statement; the copy is that of scikit-learn, BSD-3-Clause"
)
_DIGITS = Source(
    "E. Alpaydin and C. Kaynak",
    "Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, doi:10.24432/C50P49",
    "1998",
    ours=False,
)
_PATCHES = ((9, 2, 4, 1), (3, 7, 1, 8), (5, 5, 6, 2), (0, 4, 9, 3), (8, 1, 2, 6))
_CONTRAST = tuple(row for patch in _PATCHES for row in (patch, tuple(3 * x for x in patch)))
_POLARITY = tuple(row for patch in _PATCHES[:4] for row in (patch, tuple(-x for x in patch)))
_HALF: Parameters = {"name": "digits", "numerator": 1, "denominator": 2}

RECIPES = (
    Recipe(
        132,
        "contrast-patches",
        "relu",
        _CONTRAST,
        5,
        "Five image patches, each also at three times the contrast, all to be answered by 1: a bias-free ReLU network "
        "triples its answer, and the floor is 1/5 for one patch and for five.",
        labels=(1,) * 10,
        least_mse="1/5",
    ),
    Recipe(
        133,
        "contrast-patches-gelu",
        "gelu",
        _CONTRAST,
        10,
        "GELU is not homogeneous, so a change of contrast is a new point, and every labelling is attained.",
        labels=(1,) * 10,
        least_mse="0",
    ),
    Recipe(
        134,
        "polarity-patches-tanh",
        "tanh",
        _POLARITY,
        4,
        "Four signals and their polarity inversions, all with the label 1: a detector that ignores polarity cannot be "
        "a bias-free tanh network, which is odd. The best of them is silent.",
        labels=(1,) * 8,
        least_mse="1",
    ),
    Recipe(
        135,
        "polarity-patches-relu",
        "relu",
        _POLARITY,
        8,
        "For ReLU four independent signals and their inversions are free, and a detector that ignores polarity "
        "exists: sums of absolute values.",
        labels=(1,) * 8,
        least_mse="0",
    ),
    Recipe(
        136,
        "waveforms-polarity",
        "relu",
        ("waveforms", {"windows": 12, "length": 8}),
        None,
        "Twelve windows of a tone with their polarity inversions, as audio augmentation makes them: more antipodal "
        "pairs than dimensions, so f(x) - f(-x), being linear, ties the windows together.",
    ),
    Recipe(
        137,
        "waveforms-polarity-detector",
        "relu",
        ("waveforms", {"windows": 12, "length": 8}),
        None,
        "Labels that ignore polarity are attained all the same: an even function on antipodal pairs has f(x) - f(-x) "
        "= 0, which is linear.",
        labels=("constant", {"value": "1"}),
        least_mse="0",
    ),
    Recipe(
        138,
        "tokens-swiglu",
        "swiglu",
        ("tokens", {"pairs": 14, "dimension": 4}),
        24,
        "Fourteen quantised token vectors and their negatives in dimension four: SwiGLU has f(x) + f(-x) in a space "
        "of ten quadratic forms, and the rank is 14 + 10 of 28.",
        note="The vectors are pseudo-random integers, not embeddings of a trained model.",
    ),
    Recipe(
        139,
        "tokens-swiglu-21-pairs",
        "swiglu",
        ("tokens", {"pairs": 21, "dimension": 6}),
        42,
        "In dimension six there are 21 quadratic forms, and 21 token vectors with their negatives are just free.",
        note="The vectors are pseudo-random integers, not embeddings of a trained model.",
    ),
    Recipe(
        140,
        "tokens-swiglu-24-pairs",
        "swiglu",
        ("tokens", {"pairs": 24, "dimension": 6}),
        45,
        "Three pairs more than quadratic forms, and three dimensions of labels are lost: 24 + 21 of 48.",
        note="The vectors are pseudo-random integers, not embeddings of a trained model.",
    ),
    Recipe(
        141,
        "iris-with-negatives-tanh",
        "tanh",
        ("with_negatives", {"name": "iris"}),
        None,
        "Fisher's irises and their negatives with the same species: odd networks can do no better than 0, and the "
        "floor is the mean square of the labels 0, 1, 2.",
        labels=("measured", {"name": "iris"}),
        least_mse="5/3",
        source=_IRIS,
        licence=_IRIS_LICENCE,
    ),
    Recipe(
        142,
        "iris-with-negatives-relu",
        "relu",
        ("with_negatives", {"name": "iris"}),
        None,
        "The same 300 points and species with ReLU: the labels do not change with the sign of x, so f(x) - f(-x) = 0, "
        "which is linear, and no two different flowers lie on one ray. Every label is attained.",
        labels=("measured", {"name": "iris"}),
        source=_IRIS,
        licence=_IRIS_LICENCE,
    ),
    Recipe(
        143,
        "iris",
        "relu",
        ("bundled", {"name": "iris"}),
        None,
        "The species of 150 irises from their four measurements: two flowers agree in all four, and in the species "
        "too.",
        labels=("measured", {"name": "iris"}),
        source=_IRIS,
        licence=_IRIS_LICENCE,
    ),
    Recipe(
        144,
        "digits-half-contrast",
        "relu",
        ("with_contrast", _HALF),
        None,
        "1,797 handwritten digits, each also at half the contrast, with the same label: a bias-free ReLU network "
        "halves its answer, and the floor is one tenth of the mean square of the labels.",
        labels=("measured", {"name": "digits"}),
        least_mse="25493/8985",
        source=_DIGITS,
        licence="CC-BY-4.0",
    ),
    Recipe(
        145,
        "digits-with-negatives",
        "relu",
        ("with_negatives", {"name": "digits"}),
        None,
        "1,797 handwritten digits and their negatives: far more antipodal pairs than pixels, so the rank is little "
        "more than half of the number of points.",
        source=_DIGITS,
        licence="CC-BY-4.0",
    ),
    Recipe(
        146,
        "digits-with-negatives-tanh",
        "tanh",
        ("with_negatives", {"name": "digits"}),
        1797,
        "An odd network has one free value for each digit and its negative: 1,797 of 3,594.",
        source=_DIGITS,
        licence="CC-BY-4.0",
    ),
)
