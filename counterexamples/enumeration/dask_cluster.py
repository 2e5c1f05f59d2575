"""A Dask cluster as an executor. Needs the extra `dask`: ``pip install 'fullrank[dask]'``."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from verify.errors import SearchError

PATIENCE = 10.0  # seconds until a scheduler counts as unreachable


@contextmanager
def cluster(address: str, *, patience: float | None = None) -> Iterator[Executor]:
    """Connect to the scheduler of a Dask cluster; its workers need fullrank installed.

    Parameters
    ----------
    address : str
        As ``tcp://host:8786``.
    patience : float, optional
        Seconds to wait for an answer; 10 by default.

    Raises
    ------
    SearchError
        When Dask is not installed, or nobody answers there.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise SearchError("--dask needs Dask, which is not installed; pip install 'fullrank[dask]'") from None
    try:
        client = distributed.Client(address, timeout=PATIENCE if patience is None else patience, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # the client's ways of saying that there is nobody
        raise SearchError(
            f"no Dask scheduler answers at {address!r} ({type(error).__name__}); start one with `dask scheduler` and "
            "give its address, for example tcp://127.0.0.1:8786"
        ) from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise SearchError(
                f"the Dask cluster at {address!r} has no worker; start one with `dask worker {address}`, in an "
                "environment with fullrank"
            )
        yield client.get_executor()
