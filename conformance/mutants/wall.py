"""Wrong about which clock: a cache of one process, and the time of the whole world."""

from __future__ import annotations

import time
from collections.abc import Callable

from .makes import Alone


class RunsOnTheWallClock(Alone):
    """Its clock, where it is given none, is one that may be set.
    tkem/cachetools#123
    """

    caught_by = ("test_expiry.py::test_a_wall_clock_that_jumps_changes_nothing",)

    def __init__(self, capacity: int = 1000, ttl: float | None = None, clock: Callable[[], float] = time.time) -> None:
        super().__init__(capacity, ttl, clock)


class LooksAtTheWallClock(Alone):
    """The same, and the clock has to be given by name.
    isaacs/node-lru-cache#157
    """

    caught_by = ("test_expiry.py::test_a_wall_clock_that_jumps_changes_nothing",)

    def __init__(
        self, capacity: int = 1000, ttl: float | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(capacity, ttl, clock)
