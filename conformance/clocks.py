"""How time passes for a cache under test: never slept through where it can be moved.

A timeline has ``now`` (seconds since it began), ``advance(seconds)``, and three figures for a test to
choose its ttls by: ``unit``, a length of time worth a ttl; ``margin``, how close to an expiry the answer
is still certain; ``late``, how long after it an entry may still be seen. ``blur`` is how far its readings may
be from the subject's. ``waited`` and ``moved`` are the seconds that it was waited for, or moved on a server;
``stalled``, whether the machine took so long meanwhile that answers are no evidence.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol


class Timeline(Protocol):
    """Where a cache's time comes from."""

    unit: float
    margin: float
    late: float
    blur: float
    waited: float
    moved: float

    @property
    def stalled(self) -> bool: ...
    def now(self) -> float: ...
    def advance(self, seconds: float) -> None: ...


class ManualClock:
    """A clock that moves when told to. Its readings are exact in binary, so a boundary can be met exactly."""

    unit = 1.0
    margin = 2.0**-10
    blur = waited = moved = 0.0
    stalled = False
    origin = 2.0**20  # as a real clock's: never near zero, where an unset deadline would look expired

    def __init__(self, granularity: float) -> None:
        self.late = granularity
        self.readings = 0
        self._now = self.origin

    def __call__(self) -> float:
        self.readings += 1
        return self._now

    def now(self) -> float:
        return self._now - self.origin

    def advance(self, seconds: float) -> None:
        """Move by ``seconds``; a negative number is a clock that steps back."""
        self._now += seconds


class MovedClock:
    """A server's clock: real, and moved on by shortening what remains of every key's ttl."""

    unit = 64.0  # the machine may stall for many seconds without reaching the next boundary
    margin = blur = 24.0
    waited = 0.0
    stalled = False

    def __init__(self, granularity: float, shorten: Callable[[float], None]) -> None:
        self.late = granularity
        self._shorten = shorten
        self.moved = 0.0
        self._began = time.monotonic()

    def now(self) -> float:
        return time.monotonic() - self._began + self.moved

    def advance(self, seconds: float) -> None:
        self._shorten(seconds)
        self.moved += seconds


class WaitedClock:
    """The system's clock: the only way on is to wait, so the unit is as small as the granularity allows.

    A machine that stalls may take longer than a ttl. Then ``pace`` times the unit may do.
    """

    moved = 0.0

    def __init__(self, granularity: float, pace: int = 1) -> None:
        self.unit = pace * max(0.064, 2 * granularity)
        self.margin = self.blur = self.unit / 2
        self.late = granularity
        self.waited = 0.0
        self._began = time.monotonic()

    @property
    def stalled(self) -> bool:
        """Whether so much more time has passed than was waited for that answers may be other ones."""
        return self.now() - self.waited > self.margin / 2

    def now(self) -> float:
        return time.monotonic() - self._began

    def advance(self, seconds: float) -> None:
        self.waited += seconds
        deadline = time.monotonic() + seconds
        while (remaining := deadline - time.monotonic()) > 0:
            time.sleep(remaining)
