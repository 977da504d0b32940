"""A right breaker, plain and in small steps, for the mutants to be wrong in one of."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, NamedTuple


class Refused(Exception):
    """The call was not made."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"retry in {retry_after} s")
        self.retry_after = retry_after


class Event(NamedTuple):
    before: str
    after: str


class Permit:
    """Leave to make one call."""

    def __init__(self, epoch: int, state: str, now: float) -> None:
        self.epoch, self.state, self.since = epoch, state, now


class Right:
    """One lock, an epoch number, and every decision a method of its own, for a mutant to get wrong."""

    declares = {
        "clock": "injected",
        "ignored": "yes",
        "probes": "yes",
        "successes": "yes",
        "probe_limit": "yes",
        "retry_after": "yes",
        "listeners": "yes",
        "admin": "yes",
    }
    caught_by: tuple[str, ...] = ()

    def __init__(  # noqa: PLR0913  # what the contract asks for
        self,
        failure_threshold: int,
        recovery_time: float,
        *,
        probes: int = 1,
        successes: int = 1,
        probe_limit: float = math.inf,
        ignored: tuple[type[BaseException], ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.failure_threshold, self.recovery_time = failure_threshold, recovery_time
        self.probes, self.successes, self.probe_limit = probes, successes, probe_limit
        self.ignored, self.clock = ignored, clock
        self.state, self.epoch, self.until = "closed", 0, 0.0
        self.failed = self.succeeded = 0
        self.running: list[Permit] = []
        self.lock = threading.Lock()
        self.listeners: list[Callable[[Event], Any]] = []
        self.untold: deque[Event] = deque()
        self.telling = threading.Lock()

    def call(self, fn: Callable[[], Any]) -> Any:
        permit = self.admit()
        try:
            answer = fn()
        except BaseException as error:
            self.end(permit, self.outcome(error))
            raise
        self.end(permit, "success")
        return answer

    async def acall(self, fn: Callable[[], Awaitable[Any]]) -> Any:
        permit = self.admit()
        try:
            answer = await fn()
        except BaseException as error:
            self.end(permit, self.outcome(error))
            raise
        self.end(permit, "success")
        return answer

    def reset(self) -> None:
        self.operate("closed")

    def force_open(self) -> None:
        self.operate("forced-open")

    def disable(self) -> None:
        self.operate("disabled")

    def subscribe(self, listener: Callable[[Event], Any]) -> None:
        self.listeners.append(listener)

    def admit(self) -> Permit:
        now = self.clock()
        with self.lock:
            if self.state == "open" and self.is_over(now):
                self.become("half-open", now)
            permit = self.permit(now)
        self.tell()
        return permit

    def permit(self, now: float) -> Permit:
        if self.state not in ("closed", "disabled") and not (self.state == "half-open" and self.has_room(now)):
            raise self.refusal(now)
        permit = Permit(self.epoch, self.state, now)
        self.running.append(permit)
        return permit

    def is_over(self, now: float) -> bool:
        return now >= self.until

    def has_room(self, now: float) -> bool:
        self.running = [each for each in self.running if now < each.since + self.probe_limit]
        return len(self.running) < self.probes

    def refusal(self, now: float) -> Exception:
        return Refused(max(0.0, self.until - now))

    def outcome(self, error: BaseException) -> str:
        if not isinstance(error, Exception):
            return "cancelled"
        return "ignored" if isinstance(error, self.ignored) else "failure"

    def end(self, permit: Permit, outcome: str) -> None:
        with self.lock:
            if self.is_current(permit):
                self.count(permit, outcome)
        self.tell()

    def is_current(self, permit: Permit) -> bool:
        return permit.epoch == self.epoch and permit in self.running

    def count(self, permit: Permit, outcome: str) -> None:
        self.running.remove(permit)
        if self.state == "closed":
            self.count_closed(outcome)
        elif self.state == "half-open":
            self.count_probe(outcome)

    def count_closed(self, outcome: str) -> None:
        if outcome == "success":
            self.failed = 0
        elif outcome == "failure":
            self.failed += 1
            if self.failed >= self.failure_threshold:
                self.become("open", self.clock())

    def count_probe(self, outcome: str) -> None:
        if outcome == "success":
            self.succeeded += 1
            if self.succeeded >= self.successes:
                self.become("closed", self.clock())
        elif outcome == "failure":
            self.become("open", self.clock())

    def operate(self, state: str) -> None:
        with self.lock:
            self.become(state, self.clock())
        self.tell()

    def become(self, state: str, now: float) -> None:
        if state != self.state:
            self.untold.append(Event(self.state, state))
        self.state, self.until = state, now + self.recovery_time
        self.epoch += 1
        self.failed = self.succeeded = 0
        self.running = []

    def tell(self) -> None:
        """Whoever gets the turn tells all there is; the look after giving it up is for what came in meanwhile."""
        while self.untold and self.telling.acquire(blocking=False):
            try:
                while self.untold:
                    self.tell_all(self.untold.popleft())
            finally:
                self.telling.release()

    def tell_all(self, event: Event) -> None:
        for listener in list(self.listeners):
            with suppress(Exception):
                listener(event)
