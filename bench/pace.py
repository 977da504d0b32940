"""How long to measure, and how many operations fill a round."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from itertools import cycle, islice
from typing import Any

from .loops import fresh, nothing

Take = Callable[[int], list[Any]]


@dataclass(frozen=True)
class Pace:
    """Of one profile. A block is one subject's turn at one workload; blocks of all subjects are interleaved."""

    blocks: int  # 6 or more, for an interval of their median
    block: float  # seconds timed
    round: float  # seconds timed in one piece: 10,000 times what reading the clock costs
    wide: bool = True  # also what takes long and is seldom looked at


PACES = {
    "quick": Pace(blocks=6, block=0.025, round=0.001, wide=False),
    "standard": Pace(blocks=10, block=0.2, round=0.002),
    "thorough": Pace(blocks=20, block=0.5, round=0.002),
}
FEWEST_ROUNDS = 5  # of a block, however slow the operation
MOST = 4**11  # operations that fill no round: so many turns of an empty loop take far longer
WARM_UP = 2  # rounds before those of a block; until then CPython has not settled on the fast path


@dataclass(frozen=True)
class Batch:
    """So many operations to a round, so many rounds to a block."""

    operations: int
    rounds: int


def calibrate(run: Callable[[list[Any]], object], take: Take, pace: Pace) -> Batch:
    """The batch whose rounds last ``pace.round`` at least, each operation of which ``run`` makes.

    Raises:
        RuntimeError: it makes none, as where it only makes a coroutine that nobody awaits.
    """
    count, elapsed = 1, _quicker_of_two(run, take, 1)
    while elapsed < pace.round / 2:
        if count >= MOST:
            raise RuntimeError(f"{count} operations in {elapsed:.6f} s: the loop does not make them")
        count *= 4
        elapsed = _quicker_of_two(run, take, count)
    operations = math.ceil(count * pace.round / elapsed)
    return Batch(operations, max(FEWEST_ROUNDS, round(pace.block * count / (elapsed * operations))))


def taker(arguments: Iterable[Any]) -> Take:
    """Takes the next so many of ``arguments``, over and over again."""
    endless = cycle(arguments)
    return lambda count: list(islice(endless, count))


def _quicker_of_two(run: Callable[[list[Any]], object], take: Take, count: int) -> float:
    """Seconds; one alone may have been interrupted, and would make every round too short."""
    return min(timed(run, take(count)), timed(run, take(count)))


def timed(run: Callable[[list[Any]], object], arguments: list[Any]) -> float:
    """Seconds of ``run(arguments)``."""
    began = time.perf_counter()
    run(arguments)
    return time.perf_counter() - began


@cache
def loop_cost() -> float:
    """Seconds for each turn of a loop that does nothing."""
    turns = [None] * 100_000
    run = partial(fresh(nothing), None)
    return min(timed(run, turns) for _ in range(5)) / len(turns)
