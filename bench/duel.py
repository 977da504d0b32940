"""Two functions beside each other, in blocks that take turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import repeat
from statistics import median
from typing import Any

from .loops import fresh
from .pace import FEWEST_ROUNDS, Batch, Pace, calibrate, taker, timed
from .timing import interruptions


def duel(first: Callable[[], Any], second: Callable[[], Any], pace: Pace) -> tuple[list[float], list[float]]:
    """Seconds of a call of each, one figure for each of the blocks of ``pace``."""
    runs = [partial(fresh(_calls), first), partial(fresh(_calls), second)]
    take = taker(repeat(None))
    batches = [calibrate(run, take, pace) for run in runs]
    found: tuple[list[float], list[float]] = [], []
    for block in range(pace.blocks):
        for place in (0, 1) if block % 2 else (1, 0):
            found[place].append(_block(runs[place], batches[place]))
    return found


def _block(run: Callable[[Iterable[Any]], None], batch: Batch) -> float:
    turns, kept, all_ = [None] * batch.operations, [], []
    for _ in range(batch.rounds):
        before = interruptions()
        seconds = timed(run, turns) / batch.operations
        all_.append(seconds)
        kept += [seconds] if interruptions() == before else []
    return median(kept if len(kept) >= FEWEST_ROUNDS else all_)


def _calls(function: Callable[[], Any], turns: Iterable[Any]) -> None:
    for _ in turns:
        function()
