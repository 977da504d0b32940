"""A time on an injected clock, for peers that know only the system's: they add to it, and compare it with their now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any


class Moment:
    """Stands where a peer keeps the time at which it opened. Whatever it is compared with, the clock decides."""

    def __init__(self, clock: Callable[[], float], at: float) -> None:
        self._clock, self._at = clock, at

    def __add__(self, length: float | timedelta) -> Moment:
        seconds = length.total_seconds() if isinstance(length, timedelta) else length
        return Moment(self._clock, self._at + seconds)

    def __sub__(self, _now: Any) -> float:
        return self._at - self._clock()

    def __lt__(self, _now: Any) -> bool:
        return self._at < self._clock()

    def __gt__(self, _now: Any) -> bool:
        return self._at > self._clock()
