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
        self._patience = Patience()

    def __call__(self, *, failure_threshold: int = 2, recovery_time: float = 1.0, **options: Any) -> Judged:
        """A breaker on a clock that the test moves, as far as the subject takes one."""
        if self.capabilities.clock == "system":
            return self.on_its_own_clock(failure_threshold=failure_threshold, recovery_time=recovery_time, **options)
        options = {"failure_threshold": failure_threshold, "recovery_time": recovery_time, **options}
        clock = MeetingClock()
        return self._judged(self.subject(**options, clock=clock), options, clock, recovery_time)

    def on_its_own_clock(self, *, failure_threshold: int, recovery_time: float, **options: Any) -> Judged:
        """A breaker on the clock it has when it is given none."""
        options = {"failure_threshold": failure_threshold, "recovery_time": recovery_time, **options}
        clock = WaitedClock(granularity=0.005)
        options |= {name: options[name] * clock.unit for name in _SECONDS if name in options}
        return self._judged(self.subject(**options), options, clock, recovery_time)

    def evidence(self) -> dict[str, Any]:
        """The history of the breaker made last, and a script that replays it."""
        if self.last is None:
            return {}
        history = self.last.history
        waits = isinstance(self.last.timeline, WaitedClock)
        return {"history": history.as_dict(), "script": script.write(self.subject, history, waits=waits)}

    def _judged(self, subject: Any, options: dict[str, Any], clock: Timeline, recovery_time: float) -> Judged:
        if self.last is not None:
            self.last.release()
        self.last = Judged(subject, History(options), clock, self._patience, recovery_time)
        return self.last
