"""The rank of the full condition matrix by SymPy, in a process of its own with pure-Python numbers.

SymPy takes FLINT's or gmpy2's numbers where they are installed; ``SYMPY_GROUND_TYPES=python`` forbids it, so this
route shares no arithmetic with the others. This file is also the program of that process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterexamples.evidence.record import Record
    from counterexamples.evidence.subject import Subject

ROUTE = "condition matrix in full, rank by SymPy in pure Python"
MOST_CELLS = 20_000


def record(subject: Subject) -> Record:
    """Compare the rank by SymPy with that of the verdict."""
    from counterexamples.evidence.condition_matrix import too_large
    from counterexamples.evidence.record import Record

    rows = subject.condition_rows
    if rows is None:
        return Record(ROUTE, None, f"Does not apply: {too_large(subject)}.")
    if len(rows) * subject.n > MOST_CELLS:
        return Record(ROUTE, None, f"Does not apply: pure Python takes too long for {len(rows)} x {subject.n} entries.")
    text = json.dumps([[f"{x.numerator}/{x.denominator}" for x in row] for row in rows])
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-I", __file__],
        input=text,
        capture_output=True,
        text=True,
        env={**os.environ, "SYMPY_GROUND_TYPES": "python"},
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return Record(ROUTE, None, f"Does not apply: the process ended with status {done.returncode} ({last}).")
    found = json.loads(done.stdout)
    words = f"{len(rows)} x {subject.n}, rank {found['rank']} (ground types {found['types']})."
    return Record(ROUTE, found["rank"] == subject.rank, words, {"rank": found["rank"]})


def _main() -> None:
    from sympy.external.gmpy import GROUND_TYPES
    from sympy.polys.domains import QQ
    from sympy.polys.matrices import DomainMatrix

    if GROUND_TYPES != "python":
        sys.exit(f"SymPy took the ground types {GROUND_TYPES}")
    rows = [[QQ(*map(int, x.split("/"))) for x in row] for row in json.load(sys.stdin)]
    rank = DomainMatrix(rows, (len(rows), len(rows[0])), QQ).rank() if rows and rows[0] else 0
    json.dump({"rank": int(rank), "types": GROUND_TYPES}, sys.stdout)


if __name__ == "__main__":
    _main()
