"""The states of a circuit breaker, each an object with counters of its own, and the circuit that they change.

A call belongs to the state that admitted it; coming back after that one is gone, it finds nothing to change. The
design is SmallRye's; gobreaker numbers its generations for the same end.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol, Self, TypeVar

from .forks import renew_after_fork
from .listeners import Listeners, Transition

S = TypeVar("S", bound="State")


class Ticket(Protocol):
    """Leave to make one call, to be told once how it ended. Whether an error counts is for the breaker to judge."""

    def success(self) -> None: ...
    def failure(self, error: BaseException) -> None: ...


class Rules(NamedTuple):
    """When a circuit changes its state; what the numbers mean is told by ``CircuitBreaker``."""

    failure_threshold: int
    recovery_time: float
    probes: int
    successes: int
    probe_limit: float
    ignored: tuple[type[BaseException], ...]
    is_failure: Callable[[Exception], bool] | None

    def count(self, error: BaseException) -> bool:
        """Whether ``error`` is a failure."""
        if not isinstance(error, Exception) or isinstance(error, self.ignored):
            return False
        return self.is_failure is None or self.is_failure(error)


class Circuit:
    """What the states share, and change under ``lock``. As a context, it tells on leaving what has changed.

    The lock is taken by itself: in a method of ours a signal could come between taking it and telling of that.
    """

    def __init__(self, name: str, rules: Rules, clock: Callable[[], float]) -> None:
        self.rules, self.clock, self._name = rules, clock, name
        self.state: State = Closed(self, clock())
        self.listeners = Listeners()
        self._renew()
        renew_after_fork(self, Circuit._renew)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.listeners.untold:
            self.listeners.tell()

    def become(self, kind: type[S], now: float | None = None) -> S:
        """Under the lock: change to a new state; the one before, and every ticket it gave, is out of use from here."""
        now = self.clock() if now is None else now
        before, self.state = self.state, (after := kind(self, now))
        if before.name != after.name:
            self.listeners.untold.append(Transition(self._name, before.name, after.name, now))
        return after

    def _renew(self) -> None:
        self.lock = threading.RLock()  # re-entrant: a signal handler or finalizer may call in from the same thread
        self.state.renew()


class State:
    """What a circuit is in, ``since`` a time on its clock."""

    name: str

    def __init__(self, circuit: Circuit, now: float) -> None:
        self._circuit, self.since = circuit, now

    def admit(self) -> Ticket | None:
        """Leave to make one call; None is a refusal."""
        raise NotImplementedError

    def free_at(self) -> float:
        return -math.inf  # the time on the clock from which a call is admitted, at the latest

    def renew(self) -> None:
        """In a forked child: nobody here ends the calls that other threads had under way."""


class Closed(State):
    """Admits all, and is its own ticket: a call that succeeds makes nothing and locks nothing."""

    name = "closed"
    _failures = 0

    def admit(self) -> Ticket:
        return self

    def success(self) -> None:
        if self._failures:
            with self._circuit as circuit, circuit.lock:
                self._failures = 0

    def failure(self, error: BaseException) -> None:
        if self._circuit.rules.count(error):
            with self._circuit as circuit, circuit.lock:
                self._failures += 1
                if self._failures >= circuit.rules.failure_threshold and circuit.state is self:
                    circuit.become(Open)


class Open(State):
    """Refuses all until its time is over; the first to ask after that makes it half-open and is the probe."""

    name = "open"

    def admit(self) -> Ticket | None:
        now = self._circuit.clock()
        if now < self.free_at():
            return None
        with self._circuit as circuit, circuit.lock:
            if circuit.state is self:
                return circuit.become(HalfOpen, now).permit(now)
        return circuit.state.admit()  # another caller was faster

    def free_at(self) -> float:
        return self.since + self._circuit.rules.recovery_time


class HalfOpen(State):
    """Admits as many probes at once as there are permits; what they come back with decides."""

    name = "half-open"

    def __init__(self, circuit: Circuit, now: float) -> None:
        super().__init__(circuit, now)
        self._running: dict[Probe, float] = {}
        self._successes = 0

    def admit(self) -> Ticket | None:
        with self._circuit as circuit, circuit.lock:
            if circuit.state is self:
                return self.permit(circuit.clock())
        return circuit.state.admit()  # decided in the meantime

    def permit(self, now: float) -> Probe | None:
        """Under the lock: a permit, if one is free or has been out for too long."""
        for probe in [probe for probe, limit in self._running.items() if limit <= now]:
            del self._running[probe]
        if len(self._running) >= self._circuit.rules.probes:
            return None
        probe = Probe(self)
        self._running[probe] = now + self._circuit.rules.probe_limit
        return probe

    def success(self, probe: Probe) -> None:
        with self._circuit as circuit, circuit.lock:
            if self._take_back(probe):
                self._successes += 1
                if self._successes >= circuit.rules.successes:
                    circuit.become(Closed)

    def failure(self, probe: Probe, error: BaseException) -> None:
        counts = False
        try:
            counts = self._circuit.rules.count(error)
        finally:  # also where is_failure raises
            with self._circuit as circuit, circuit.lock:
                if self._take_back(probe) and counts:
                    circuit.become(Open)

    def free_at(self) -> float:
        with self._circuit as circuit, circuit.lock:
            return min(self._running.values()) if len(self._running) >= circuit.rules.probes else -math.inf

    def renew(self) -> None:
        self._running.clear()

    def _take_back(self, probe: Probe) -> bool:
        """Whether ``probe`` still had its permit, so that its result matters."""
        return self._running.pop(probe, None) is not None and self._circuit.state is self


class Probe:
    """The permit of one call, while half-open."""

    def __init__(self, state: HalfOpen) -> None:
        self._state = state

    def success(self) -> None:
        self._state.success(self)

    def failure(self, error: BaseException) -> None:
        self._state.failure(self, error)


class ForcedOpen(State):
    """Refuses all, for as long as the operator wants it."""

    name = "forced-open"

    def admit(self) -> None:
        return None

    def free_at(self) -> float:
        return math.inf


class Disabled(Closed):
    """Admits all and counts nothing."""

    name = "disabled"

    def failure(self, error: BaseException) -> None:
        """It does not count."""
