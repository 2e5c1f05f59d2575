"""Sets per second of the exhaustive search, and of the search by Hypothesis beside it.

``python tests/benchmarks/bench_search.py``. One process each. "Examined" are sets that were made and looked at, "settled"
all sets of the box; the rate of the exhaustive search is that of examined sets, with everything from the command's
start to its result but the import of Python. The rate of the search by Hypothesis is that of sets it decided.
"""

from __future__ import annotations

import time

from counterexamples.search import exhaustive, find

BOXES = (
    ("relu", 1, 2, 8),
    ("relu", 2, 2, 8),
    ("relu", 1, 3, 8),
    ("relu", 1, 3, 10),
    ("relu", 1, 4, 6),
    ("gelu", 2, 2, 8),
    ("tanh", 1, 3, 8),
    ("swiglu", 2, 2, 8),
)


def main() -> None:
    exhaustive("relu")  # loads what is loaded once
    print("| model | box | points | settled | examined | seconds | examined/s | minimal obstructions |")
    print("|---|---|---|---|---|---|---|---|")
    for model, box, dimension, most in BOXES:
        result = exhaustive(model, box=box, dimension=dimension, max_points=most)
        examined = sum(result.examined.values())
        print(
            f"| {model} | {{-{box}..{box}}}^{dimension} | {most} | {result.sets:,} | {examined:,} | "
            f"{result.seconds:.2f} | {result.rate:,.0f} | {sum(result.counts.values()):,} |"
        )
    print("\n| Hypothesis | points | decided | seconds | decided/s |\n|---|---|---|---|---|")
    for model, dimension in (("relu", 2), ("relu", 3), ("gelu", 2)):
        start = time.monotonic()
        tried = find(model, dimension=dimension, require="distinct_rays,nonzero", budget=20, count=50).tried
        seconds = time.monotonic() - start
        print(f"| {model}, dimension {dimension} | 8 | {tried:,} | {seconds:.1f} | {tried / seconds:,.0f} |")


if __name__ == "__main__":
    main()
