"""How long a run will still take, said to whoever watches it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

PARTS = 10  # as often is it said in a run
PATIENCE = 5.0  # seconds: before the first of them, and for the last, there is nothing to tell


class Progress:
    """Writes between pytest's dots, each time another tenth is done, about how long the rest will take."""

    def __init__(self, write: Callable[[str], Any], clock: Callable[[], float] = time.monotonic) -> None:
        self._write, self._clock = write, clock
        self._began, self._total, self._done, self._told = clock(), 0, 0, 0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._begin(len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Every worker collects all, and runs a part of it."""
        self._begin(len(ids))

    @pytest.hookimpl(trylast=True)  # after the dot
    def pytest_runtest_logfinish(self) -> None:
        self._done += 1
        part, passed = PARTS * self._done // max(self._total, 1), self._clock() - self._began
        left = passed * (self._total / self._done - 1)
        if self._told < part and min(passed, left) > PATIENCE:
            self._told = part
            self._write(f" about {_told(left)} left ")

    def _begin(self, total: int) -> None:
        self._began, self._total = self._clock(), total


def _told(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 100 else f"{seconds:.0f} s"
