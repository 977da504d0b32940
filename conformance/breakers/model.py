"""The model: a breaker so plain that it is obviously right. The transition table, and a number for each epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Literal

Outcome = Literal["success", "failure", "ignored", "cancelled"]


@dataclass(frozen=True)
class Admission:
    """Leave to make one call; it belongs to the epoch in which it was given."""

    epoch: int
    number: int


@dataclass
class Model:
    """A breaker to which every call is two events: it asks to be admitted, and later it ends.

    A probe with no limit on its time; times are in seconds.
    """

    failure_threshold: int
    recovery_time: float
    probes: int = 1
    successes: int = 1
    state: str = "closed"
    epoch: int = 0
    failed: int = 0
    succeeded: int = 0
    opened: float = 0.0
    running: set[Admission] = field(default_factory=set)
    transitions: list[tuple[str, str]] = field(default_factory=list)
    numbers: count[int] = field(default_factory=count)

    def admit(self, now: float) -> Admission | None:
        """None is a refusal."""
        if self.state == "open" and now >= self.opened + self.recovery_time:
            self.become("half-open", now)
        full = self.state == "half-open" and len(self.running) >= self.probes
        if full or self.state in ("open", "forced-open"):
            return None
        admission = Admission(self.epoch, next(self.numbers))
        self.running.add(admission)
        return admission

    def end(self, admission: Admission, outcome: Outcome, now: float) -> None:
        """The call has ended; from an older epoch it changes nothing."""
        if admission.epoch != self.epoch:
            return
        self.running.remove(admission)
        if self.state == "closed" and outcome == "success":
            self.failed = 0
        elif self.state == "closed" and outcome == "failure":
            self.failed += 1
            if self.failed == self.failure_threshold:
                self.become("open", now)
        elif self.state == "half-open" and outcome == "success":
            self.succeeded += 1
            if self.succeeded == self.successes:
                self.become("closed", now)
        elif self.state == "half-open" and outcome == "failure":
            self.become("open", now)

    def become(self, state: str, now: float) -> None:
        """Begin a new epoch, with all counts at zero. What an operator asks for comes this way, too."""
        if state != self.state:
            self.transitions.append((self.state, state))
        self.state, self.opened = state, now
        self.epoch += 1
        self.failed = self.succeeded = 0
        self.running = set()

    def shows(self, now: float) -> set[str]:
        """What ``state`` may be; an open circuit whose time is over may say so before somebody asks."""
        over = self.state == "open" and now >= self.opened + self.recovery_time
        return {"open", "half-open"} if over else {self.state}
