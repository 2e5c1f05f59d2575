"""Rounds of the search in processes, one after the other in lockstep, so that the result depends on the seed alone."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from typing import Any

from counterexamples.search.hunt import Round, hunt

Hunt = dict[str, Any]
_POLL = 0.2  # seconds between two signs of life
_BATCH = 10  # sets that a process counts before it tells
_counter: Any = None  # of sets tried, shared by all processes


@contextmanager
def team(workers: int, tick: Callable[[int], None]) -> Iterator[Callable[[list[Hunt]], list[Round]]]:
    """Give a function that runs hunts side by side and returns their rounds in order.

    Parameters
    ----------
    workers : int
        1 runs them in this process.
    tick : callable
        Called now and then with the number of sets that were tried since the last call.
    """
    if workers == 1:
        yield lambda hunts: [hunt(**each, tick=lambda: tick(1)) for each in hunts]
        return
    context = get_context("spawn")
    counter = context.Value("Q", 0)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(counter,))
    told = 0

    def run(hunts: list[Hunt]) -> list[Round]:
        nonlocal told
        waiting: set[Future[Round]] = set()
        futures = [pool.submit(_hunt, each) for each in hunts]
        waiting.update(futures)
        while waiting:
            waiting = wait(waiting, timeout=_POLL).not_done
            now = counter.value
            tick(now - told)
            told = now
        return [future.result() for future in futures]

    with _ended_at_once(pool):
        yield run


@contextmanager
def processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes that leave Ctrl-C to this one and end with it; an exception ends them at once."""
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start)
    with _ended_at_once(pool):
        yield pool


@contextmanager
def _ended_at_once(pool: ProcessPoolExecutor) -> Iterator[None]:
    """Wait for the work of a pool, unless there is an exception: then nobody waits for it any more."""
    try:
        yield
    except BaseException:
        running = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in running:
            process.terminate()
        raise
    else:
        pool.shutdown()


def _start(counter: Any = None) -> None:
    """Prepare a process: share the counter; end when the process that started this one has ended, even by a kill."""
    global _counter  # the only way to hand a shared value to a pool
    _counter = counter
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _hunt(arguments: Hunt) -> Round:
    since = 0

    def tick() -> None:
        nonlocal since
        since += 1
        if since >= _BATCH:
            with _counter.get_lock():
                _counter.value += since
            since = 0

    return hunt(**arguments, tick=tick)
