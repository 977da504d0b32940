"""How long a tier that waits has taken lately."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import ceil
from typing import NamedTuple

_KEPT = 1000


class Latency(NamedTuple):
    """Of the last operations, up to 1000, failed ones too, in seconds; as text, in milliseconds."""

    operations: int
    median: float
    p99: float
    longest: float

    @property
    def quantiles(self) -> tuple[tuple[str, float], ...]:
        """Each with the share of the operations that took no longer, as exporters write it."""
        return ("0.5", self.median), ("0.99", self.p99), ("1", self.longest)

    def __str__(self) -> str:
        return f"{self.median * 1e3:.3g} ms (p99 {self.p99 * 1e3:.3g}, longest {self.longest * 1e3:.3g})"


class Waits:
    """The last operations. ``note(seconds)`` is one step of C: it takes no lock, and no time to speak of."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=_KEPT)
        self.note: Callable[[float], None] = self._last.append

    def latency(self) -> Latency | None:
        """None before the first."""
        waits = sorted(self._last.copy())
        if not waits:
            return None
        return Latency(len(waits), _at(waits, 0.5), _at(waits, 0.99), waits[-1])


def _at(ordered: list[float], share: float) -> float:
    """The least of ``ordered`` that ``share`` of them do not exceed."""
    return ordered[ceil(share * len(ordered)) - 1]
