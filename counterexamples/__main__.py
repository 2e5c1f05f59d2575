"""`python -m counterexamples` is the command `fullrank`."""

from __future__ import annotations

import sys

from counterexamples.cli import main

if __name__ == "__main__":
    sys.exit(main())
