"""`python -m verify.check FILE` and, where fullrank is not installed, `python -I -S path/to/verify/check FILE`."""

from __future__ import annotations

import importlib
import sys

checker = importlib.import_module(".checker" if __package__ else "checker", __package__ or None)
sys.exit(checker.main())
