"""Pairs of processes until every cell is decided, or the time is up."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import Any

from .opponents import Opponent, OpponentError, opponents
from .sides import Base
from .verdict import ORDER, UNDECIDED, Trial

TURNS = 21  # of each cell in each pair: short ones, so that a machine that changes its speed seldom does within one

Cell = tuple[str, str]  # column and workload
Sides = dict[str, Opponent]


class Contest:
    """The working tree against a base in ``workloads`` that store ``payload``; ``options`` are pytest's."""

    def __init__(self, base: Base, workloads: Collection[str], payload: str, options: Sequence[str]) -> None:
        self.trials: dict[Cell, Trial] = defaultdict(Trial)
        self._base, self._workloads, self._payload, self._options = base, workloads, payload, options
        self._wanted: Collection[Cell] | None = None  # all there are
        self._processors = cycle(_processors())

    def run(self, pairs: int, budget: float, say: Callable[[str], None]) -> None:
        """So many ``pairs``, and as many again while anything is undecided and ``budget`` seconds are not over.

        Raises:
            OpponentError: a process could not be started, or died.
            BaseError: the base runs no code of its own.
        """
        end = time.monotonic() + budget
        for number in count(1):
            self._pair(partial(say, f"pair {number}"))
            if number % pairs == 0:
                self._wanted = {cell for cell, trial in self.trials.items() if trial.decide().word == UNDECIDED}
            if number >= pairs and (not self._wanted or time.monotonic() >= end):
                return

    def _pair(self, say_begun: Callable[[], None]) -> None:
        """One new process for each side, and every cell in them, all timed on the same processor."""
        processor, base = next(self._processors), self._base.directory
        with opponents({"base": base, "twin": base, "new": Path.cwd()}, self._options) as sides:
            served = _heard(sides)
            say_begun()
            while served:
                column, offered = served
                for workload in (each for each in self._workloads if each in offered):
                    if self._wanted is None or (column, workload) in self._wanted:
                        self._meet(sides, (column, workload), processor)
                for each in sides.values():
                    each.tell("leave")
                served = _heard(sides)
        if not self.trials:
            raise OpponentError(
                "nothing was there to be timed: no chosen cache could run, or none offers a chosen workload"
            )

    def _meet(self, sides: Sides, cell: Cell, processor: int | None) -> None:
        """One cell in one pair."""
        column, workload = cell
        operations = sides["base"].ask("open", processor, workload, self._payload, None)
        if cell not in self.trials:
            self._base.check(column, {Path(each) for each in sides["base"].ask("sources")})
        for name in ("twin", "new"):
            sides[name].ask("open", processor, workload, self._payload, operations)
        self.trials[cell].add([_turn(sides) for _ in range(TURNS)])
        for each in sides.values():
            each.ask("close")


def _turn(sides: Sides) -> dict[str, list[float]]:
    """Seconds of each side, two blocks."""
    seconds = defaultdict(list)
    for name in ORDER:
        seconds[name].append(sides[name].ask("block"))
    return seconds


def _processors() -> list[int | None]:
    """Those that this process may use; None where the system does not let one be chosen."""
    return [*os.sched_getaffinity(0)] if hasattr(os, "sched_setaffinity") else [None]


def _heard(sides: Sides) -> Any:
    """What all sides say: a column and the workloads it offers, or None."""
    said = {name: each.hear() for name, each in sides.items()}
    if said["base"] != said["new"]:
        raise OpponentError(f"the sides offer different things: {said['base']} and {said['new']}")
    return said["base"]
