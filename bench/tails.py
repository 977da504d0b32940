"""Single operations, each timed on its own: percentiles, one after the other and at a fixed rate."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

SAMPLES = 10_000  # of a column, at least: ten of them above the 99.9th percentile
SHARES = (0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999)
LOAD = 0.5  # of what a column can do: the fixed rate
SLEEPABLE = 0.002  # seconds: below that, waiting is spinning, as sleeping is not that precise


def one_after_the_other(operation: Callable[[Any], object], arguments: Iterable[Any]) -> list[float]:
    """Seconds of each operation: a closed loop, which asks again when it has its answer."""
    clock, found = time.perf_counter, []
    for argument in arguments:
        began = clock()
        operation(argument)
        found.append(clock() - began)
    return found


def at_a_rate(operation: Callable[[Any], object], arguments: Iterable[Any], interval: float) -> list[float]:
    """Seconds of each operation from when it was due: every ``interval``, whether the one before it is done or not.

    Else one that takes long would hide that those behind it had to wait: Gil Tene calls it coordinated omission.
    """
    clock, found = time.perf_counter, []
    due = clock()
    for argument in arguments:
        due += interval
        left = due - clock()
        if left > SLEEPABLE:
            time.sleep(left - SLEEPABLE)
        while clock() < due:
            pass
        operation(argument)
        found.append(clock() - due)
    return found


async def awaited_one_after_the_other(
    operation: Callable[[Any], Awaitable[object]], arguments: Iterable[Any]
) -> list[float]:
    """``one_after_the_other``, of a coroutine function."""
    clock, found = time.perf_counter, []
    for argument in arguments:
        began = clock()
        await operation(argument)
        found.append(clock() - began)
    return found


async def awaited_at_a_rate(
    operation: Callable[[Any], Awaitable[object]], arguments: Iterable[Any], interval: float
) -> list[float]:
    """``at_a_rate``, of a coroutine function."""
    clock, found = time.perf_counter, []
    due = clock()
    for argument in arguments:
        due += interval
        left = due - clock()
        if left > SLEEPABLE:
            await asyncio.sleep(left - SLEEPABLE)
        while clock() < due:
            pass
        await operation(argument)
        found.append(clock() - due)
    return found


def percentiles(samples: Sequence[float]) -> list[list[float]]:
    """Share, percentile, and the ends of its 95 % interval, by rank, as if no sample depended on another."""
    ordered = sorted(samples)
    last = len(ordered) - 1

    def at(rank: float) -> float:
        return ordered[min(last, max(0, math.ceil(rank) - 1))]

    def reach(share: float) -> float:
        return 1.96 * math.sqrt(len(ordered) * share * (1 - share))

    ranks = [(share, len(ordered) * share, reach(share)) for share in SHARES]
    return [[share, at(rank), at(rank - by), at(rank + by)] for share, rank, by in ranks]
