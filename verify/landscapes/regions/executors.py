"""Running independent tasks here, in processes, or on a Dask cluster, with results as they come."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from typing import Any, TypeVar

from verify.errors import DataError, NotAvailableError

Task = TypeVar("Task")
Result = TypeVar("Result")

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def results(
    function: Callable[[Task], Result], tasks: Sequence[Task], *, workers: int = 1, dask: str | None = None
) -> Iterator[Result]:
    """Apply a function to tasks and give the results in the order in which they are done.

    Parameters
    ----------
    function : callable
        Importable by name, so that another process can find it.
    tasks : sequence
    workers : int
        Processes; 1 works in this one.
    dask : str, optional
        The address of a Dask scheduler, which then does the work.

    Raises
    ------
    DataError, NotAvailableError
        For workers < 1; without the package ``distributed``, or when no scheduler answers.
    """
    if workers < 1:
        raise DataError(f"workers is {workers}; it must be at least 1")
    if dask is None and workers == 1:
        yield from map(function, tasks)
        return
    with _dask(dask) if dask is not None else _processes(workers) as executor:
        waiting: set[Future[Any]] = {executor.submit(function, task) for task in tasks}
        try:
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            for future in waiting:
                future.cancel()


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    """Start processes that use one thread each for linear algebra."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_ignore_interrupts)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list((pool._processes or {}).values()):
            process.terminate()  # a task that nobody waits for any more
        raise
    else:
        pool.shutdown()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one


@contextmanager
def _dask(address: str) -> Iterator[Any]:
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise NotAvailableError("--dask needs the package distributed; pip install distributed") from None
    try:
        client = distributed.Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # the client's ways of saying that nobody is there
        reason = " ".join(str(error).split())[:80]
        raise NotAvailableError(
            f"no Dask scheduler answers at {address} ({reason}); start one, or leave --dask out"
        ) from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise NotAvailableError(
                f"the Dask cluster at {address} has no worker; start one with `dask worker {address}`"
            )
        yield client.get_executor(pure=False)
