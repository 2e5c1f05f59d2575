"""Sets per second of the exhaustive search, and of the search by Hypothesis beside it.

``python tests/benchmarks/bench_search.py``. One process each. "Examined" are sets that were made and looked at,
"settled" all sets of the box. A rate is that of examined sets, or of sets that Hypothesis made and that were decided,
per second of processor time, with everything that a call does; the time on the clock is shown too.
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
        start = time.process_time()
        result = exhaustive(model, box=box, dimension=dimension, max_points=most)
        examined, cpu = sum(result.examined.values()), time.process_time() - start
        print(
            f"| {model} | {{-{box}..{box}}}^{dimension} | {most} | {result.sets:,} | {examined:,} | "
            f"{result.seconds:.2f} | {examined / cpu:,.0f} | {sum(result.counts.values()):,} |"
        )
    print("\n| Hypothesis | points | decided | seconds | decided/s |\n|---|---|---|---|---|")
    for model, dimension in (("relu", 2), ("relu", 3), ("gelu", 2)):
        start, cpu = time.monotonic(), time.process_time()
        tried = find(model, dimension=dimension, require="distinct_rays,nonzero", budget=20, count=50).tried
        seconds, cpu = time.monotonic() - start, time.process_time() - cpu
        print(f"| {model}, dimension {dimension} | 8 | {tried:,} | {seconds:.1f} | {tried / cpu:,.0f} |")


if __name__ == "__main__":
    main()
