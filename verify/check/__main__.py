"""`python -m verify.check FILE` and, where fullrank is not installed, `python -I -S path/to/verify/check FILE`."""

import gc
import importlib

gc.disable()  # for speed: nothing is made in cycles
raise SystemExit(importlib.import_module(".checker" if __package__ else "checker", __package__ or None).main())
