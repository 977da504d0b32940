"""How many operations a second a cache answers when several ask at once: closed loops in threads or processes."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Sequence
from itertools import cycle
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

from .pace import taker
from .timing import Run

#: What each profile measures: workload with payload, how many threads, processes, and connections in a pool.
ASKED: dict[str, dict[str, Sequence[Any]]] = {
    "quick": {"asked": ["mixed-zipf small"], "threads": [1, 4], "processes": [], "connections": []},
    "standard": {
        "asked": ["mixed-zipf small", "get-hit text-1k"],
        "threads": [1, 2, 4, 8, 16, 64],
        "processes": [1, 2, 4, 8],
        "connections": [1, 4, 16, 64],
    },
    "thorough": {
        "asked": ["mixed-zipf small", "get-hit text-1k"],
        "threads": [1, 2, 4, 8, 16, 32, 64],
        "processes": [1, 2, 4, 8],
        "connections": [1, 2, 4, 8, 16, 32, 64],
    },
}
CHUNK = 64  # operations between two looks at the clock
PATIENCE = 60.0  # seconds that the slowest may take to begin

Turn = tuple[float, float, int]  # when it began, when it ended, operations


def in_threads(count: int, run: Run, arguments: Sequence[Any], seconds: float) -> float:
    """Operations a second of ``count`` threads together. Raises what an operation raised."""
    found: list[Turn] = []
    failed: list[Exception] = []
    barrier = threading.Barrier(count)

    def work(place: int) -> None:
        try:
            found.append(_turn(run, arguments, place, seconds, barrier))
        except Exception as error:  # noqa: BLE001 - for whoever has started the thread
            failed.append(error)
            barrier.abort()  # nobody waits for this one

    threads = [threading.Thread(target=work, args=(place * len(arguments) // count,)) for place in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failed:
        raise failed[0]
    return _rate(found)


def in_processes(count: int, run: Run, arguments: Sequence[Any], seconds: float) -> float:
    """Operations a second of ``count`` forked processes together, each with the cache as it is after a fork.

    Raises:
        ChildProcessError: one has ended before its time was up; the others are ended, too.
    """
    context = multiprocessing.get_context("fork")
    barrier, found = context.Barrier(count), context.SimpleQueue()

    def work(place: int) -> None:
        found.put(_turn(run, arguments, place, seconds, barrier))

    processes = [context.Process(target=work, args=(place * len(arguments) // count,)) for place in range(count)]
    for each in processes:
        each.start()
    try:
        _await_all(processes)
        return _rate([found.get() for _ in processes])
    finally:
        for each in processes:
            each.kill()
            each.join()


def _await_all(processes: Sequence[BaseProcess]) -> None:
    """Until all have ended well, or one has not: whoever waits for it would wait for nothing."""
    while True:
        codes = [each.exitcode for each in processes]  # asked for once: who ends after that is among those waited for
        if failed := [code for code in codes if code]:
            raise ChildProcessError(
                f"{len(failed)} of {len(processes)} processes ended with exit code {failed[0]} before they were "
                "measured; standard error may say why"
            )
        if None not in codes:
            return
        wait([each.sentinel for each, code in zip(processes, codes, strict=True) if code is None])


def _turn(run: Run, arguments: Sequence[Any], place: int, seconds: float, barrier: Any) -> Turn:
    """Operations in chunks until the time is up, from the argument at ``place`` on."""
    clock, take, done = time.perf_counter, taker(arguments), 0
    take(place)
    chunks = cycle([take(CHUNK) for _ in range(0, len(arguments), CHUNK)])  # all of them, before the clock starts
    run(next(chunks))  # opens its connection
    barrier.wait(PATIENCE)
    began = ended = clock()
    while ended < began + seconds:
        run(next(chunks))
        done += CHUNK
        ended = clock()
    return began, ended, done


def _rate(turns: Sequence[Turn]) -> float:
    """From when the first began to when the last ended: under an interpreter lock they do not begin at once."""
    return sum(done for *_, done in turns) / (max(ended for _, ended, _ in turns) - min(began for began, *_ in turns))
