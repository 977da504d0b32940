"""``new_breaker``: makes breakers of one subject for the tests."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from ..clocks import Timeline, WaitedClock
from ..history import History
from . import script
from .clock import MeetingClock
from .contract import BreakerCapabilities
from .judged import Judged, Patience

if TYPE_CHECKING:
    from ..columns import Column  # which knows this contract

_SECONDS = ("recovery_time", "probe_limit")


class NewBreaker:
    """What a test gets as ``new_breaker``: makes breakers under test, new and closed.

    Arguments are the subject's own; a test passes only what the subject declares to take. Where time has to be waited
    for, seconds are made shorter, and ``advance`` accordingly.
    """

    def __init__(self, column: Column, _session: ExitStack) -> None:
        self.subject: type = column.subject
        self.capabilities: BreakerCapabilities = column.offered
        self.last: Judged | None = None
        self.patience = Patience()
        self._begun: History | None = None
        self._waits = False

    def __call__(self, *, failure_threshold: int = 2, recovery_time: float = 1.0, **options: Any) -> Judged:
        """A breaker on a clock that the test moves, as far as the subject takes one."""
        if self.capabilities.clock == "system":
            return self.on_its_own_clock(failure_threshold=failure_threshold, recovery_time=recovery_time, **options)
        options = {"failure_threshold": failure_threshold, "recovery_time": recovery_time, **options}
        clock = MeetingClock()
        return self._judged(options, clock, recovery_time, clock=clock)

    def on_its_own_clock(self, *, failure_threshold: int, recovery_time: float, **options: Any) -> Judged:
        """A breaker on the clock it has when it is given none."""
        options = {"failure_threshold": failure_threshold, "recovery_time": recovery_time, **options}
        clock = WaitedClock(granularity=0.005)
        options |= {name: options[name] * clock.unit for name in _SECONDS if name in options}
        return self._judged(options, clock, recovery_time)

    def evidence(self) -> dict[str, Any]:
        """The history of the breaker made last, and a script that replays it; of one that cannot be made no history."""
        if self._begun is None:
            return {}
        history = self._begun if self.last is None else self.last.told()
        written = {"script": script.write(self.subject, history, waits=self._waits)}
        return written if self.last is None else {"history": history.as_dict(), **written}

    def _judged(self, options: dict[str, Any], timeline: Timeline, recovery_time: float, **extra: Any) -> Judged:
        if self.last is not None:
            self.last.release()
        self.last, self._begun, self._waits = None, History(options), isinstance(timeline, WaitedClock)
        self.last = Judged(self._make({**options, **extra}), self._begun, timeline, self.patience, recovery_time)
        return self.last

    def _make(self, arguments: dict[str, Any]) -> Any:
        return self.subject(**arguments)
