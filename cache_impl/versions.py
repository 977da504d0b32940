"""Which of two writes is the newer one, on however many machines they were made."""

from __future__ import annotations

from threading import RLock
from time import time_ns

from .forks import renew_after_fork

#: Seconds that a delete is remembered. What waited for longer to be replayed does not come back over nothing.
REMEMBERED = 86_400.0


class Versions:
    """A hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", OPODIS 2014).

    A version is the wall clock in nanoseconds since the epoch, or just above the newest version seen, whichever
    is more. So a write is newer than all that its writer has seen, whatever the clocks of the others say; of two
    that saw nothing of each other, the clocks decide. Equal ones are one write, or the first to arrive stays.
    """

    def __init__(self) -> None:
        self._newest = 0
        self._renew()
        renew_after_fork(self, Versions._renew)

    def next(self, after: int = 0) -> int:
        """A version for a write that is made now, over one of version ``after``."""
        with self._lock:
            newest = self._newest if self._newest > after else after  # noqa: FURB136  # max() takes as long as the rest
            now = time_ns()
            self._newest = now if now > newest else newest + 1
            return self._newest

    def seen(self, version: int) -> None:
        """Whatever this process writes from now on is newer than ``version``."""
        if version > self._newest:
            with self._lock:
                self._newest = max(self._newest, version)

    def _renew(self) -> None:
        self._lock = RLock()
