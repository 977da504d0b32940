"""What runs in each process: for each column, the orders that come through the pipe, one after the other.

``open`` a workload on a payload, on a processor, with a number of operations to a round, or None to have one found;
time a ``block``, or name the ``sources`` of what is timed; ``close`` it; ``leave`` for the next column.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

import pytest

from ..data import SEED, VARIETY, Data
from ..found import PAYLOADS, WORKLOADS
from ..given import runner_of
from ..pace import PACES, WARM_UP, Take, calibrate, taker
from ..plan import offered_by
from ..timing import filled, runnable
from .opponents import CHANNEL
from .sources import sources

ROUNDS = 3  # of a block, which is their median: one may be interrupted


@pytest.fixture(scope="session")
def channel() -> Iterator[Connection]:
    with Connection(int(os.environ[CHANNEL])) as connection:
        yield connection


def test_serve(new_cache: Any, channel: Connection) -> None:
    """Say which column it is and what it can be asked, and then do as told."""
    able, subject = new_cache.capabilities, new_cache.column.subject
    offered = [name for name, each in WORKLOADS.items() if offered_by(able, each.needs, subject)]
    channel.send((new_cache.name, offered))
    while (order := channel.recv())[0] == "open":
        with settled(order[1]), opened(new_cache, *order[2:]) as timed:
            channel.send(timed.operations)
            while (asked := channel.recv()[0]) != "close":
                channel.send(timed.block() if asked == "block" else sources(subject))
            channel.send(None)


@contextmanager
def settled(processor: int | None) -> Iterator[None]:
    """On that ``processor`` alone, as all sides: one whose sibling is busy is half as fast as another.

    A server that was started before stays where it is.
    """
    if processor is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {processor})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def opened(new_cache: Any, workload: str, payload: str, operations: int | None) -> Iterator[Timed]:
    """A new cache, filled for ``workload``."""
    random = Random(SEED)
    plan = WORKLOADS[workload](Data([PAYLOADS[payload](random) for _ in range(VARIETY)]))
    bare = new_cache.bare(capacity=plan.capacity)
    with filled(new_cache.driven(bare), plan):
        yield Timed(runnable(plan.loop, bare, runner_of(new_cache)), taker(plan.arguments), operations)


class Timed:
    """One workload on one cache, which stays as it is between blocks."""

    def __init__(self, run: Callable[[list[Any]], object], take: Take, operations: int | None) -> None:
        self._run, self._take = run, take
        self.operations = operations or calibrate(run, take, PACES["quick"]).operations
        for _ in range(WARM_UP):
            self._round()

    def block(self) -> float:
        """Seconds per operation."""
        return median(self._round() for _ in range(ROUNDS)) / self.operations

    def _round(self) -> float:
        arguments = self._take(self.operations)
        began = perf_counter()
        self._run(arguments)
        return perf_counter() - began
