"""A clock that brings threads together."""

from __future__ import annotations

import threading
from contextlib import suppress

from ..clocks import ManualClock


class MeetingClock(ManualClock):
    """A clock that moves when told to, and at which threads can be made to meet: none reads it before the others do."""

    def __init__(self) -> None:
        super().__init__(0)
        self._meeting: threading.Barrier | None = None

    def meet(self, threads: int) -> None:
        """Have the next so many readings wait for each other."""
        self._meeting = threading.Barrier(threads)

    def __call__(self) -> float:
        now, meeting = super().__call__(), self._meeting
        if meeting is not None:
            with suppress(threading.BrokenBarrierError):
                meeting.wait(1.0)  # a breaker that reads the clock under its lock does not let them meet
            self._meeting = None
        return now
