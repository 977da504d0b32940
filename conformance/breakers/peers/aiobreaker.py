"""aiobreaker. What is declared is what https://aiobreaker.netlify.app promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import aiobreaker
from aiobreaker.state import CircuitBreakerState
from aiobreaker.storage.memory import CircuitMemoryStorage

from .moment import Moment

_STATES = {
    CircuitBreakerState.CLOSED: "closed",
    CircuitBreakerState.OPEN: "open",
    CircuitBreakerState.HALF_OPEN: "half-open",
}

# as in 1.2.0, which has no tag
_CODE = "https://github.com/arlyon/aiobreaker/blob/3f1d0e6046118bbf03d4b6d0ceea364c5e7775d3/aiobreaker/state.py"
_REASONS = {
    "compares with datetime.utcnow()": ("test_breaker.py::test_a_wall_clock_that_jumps_changes_nothing",),
    "the failure that opens it is told as CircuitBreakerError": (
        "test_breaker_errors.py::test_the_caller_gets_the_original_exception",
    ),
    "handles an excluded error as a success (_handle_error)": (
        "test_breaker_errors.py::test_an_ignored_error_is_no_success",
        "test_breaker_errors.py::test_an_ignored_probe_does_not_close",
    ),
    "close() tells of closed to closed": ("test_breaker_events.py::test_one_event_per_transition",),
    "a late failure opens it again, and tells": ("test_breaker_events.py::test_late_results_cause_no_event",),
    "calls listeners unguarded": ("test_breaker_events.py::test_a_listener_that_raises_does_not_reach_the_caller",),
    "open() writes its state after the listeners, over what they changed": (
        "test_breaker_events.py::test_a_listener_may_call_back_in",
    ),
    "tells from inside the change that is being told": (
        "test_breaker_events.py::test_events_that_a_listener_causes_come_in_order",
    ),
    "has no lock": ("test_breaker_events.py::test_events_of_two_threads_come_in_order",),
    "half-open lets every call pass": ("test_breaker_threads.py::test_half_open_admits_one_probe_at_a_time",),
    "a late failure opens it again, from then on": ("test_breaker_threads.py::test_a_late_failure_does_not_prolong",),
    "a late failure opens it again": ("test_breaker_threads.py::test_a_late_failure_does_not_decide_for_the_probe",),
    "a late failure counts": (
        "test_breaker_threads.py::test_a_failure_from_before_the_outage_does_not_count_after_it",
        "test_breaker_threads.py::test_a_failure_from_before_reset_does_not_count_after_it",
    ),
}


class Aiobreaker:
    """aiobreaker.CircuitBreaker."""

    distribution = "aiobreaker"
    declares = {"clock": "injected", "ignored": "yes", "listeners": "yes"}
    deviations = {promise: f"{reason}, {_CODE}" for reason, promises in _REASONS.items() for promise in promises}

    def __init__(
        self,
        failure_threshold: int,
        recovery_time: float,
        ignored: tuple[type[Exception], ...] = (),
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._breaker = aiobreaker.CircuitBreaker(
            fail_max=failure_threshold,
            timeout_duration=timedelta(seconds=recovery_time),
            exclude=ignored,
            state_storage=None if clock is None else _Storage(clock),
        )
        self.call, self.acall, self.reset = self._breaker.call, self._breaker.call_async, self._breaker.close

    @property
    def state(self) -> str:
        return _STATES[self._breaker.current_state]

    def subscribe(self, listener: Callable[[Any], object]) -> None:
        self._breaker.add_listener(_Listener(listener))


class _Storage(CircuitMemoryStorage):  # type: ignore[misc, unused-ignore]
    """aiobreaker's own, with the time it opened at taken from another clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(CircuitBreakerState.CLOSED)
        self._clock = clock
        self._opened: Moment | None = None

    @property
    def opened_at(self) -> Moment | None:
        return self._opened

    @opened_at.setter
    def opened_at(self, _now: Any) -> None:
        self._opened = Moment(self._clock, self._clock())


class _Listener(aiobreaker.CircuitBreakerListener):  # type: ignore[misc, unused-ignore]
    def __init__(self, listener: Callable[[Any], object]) -> None:
        self._listener = listener

    def state_change(self, _breaker: Any, old: Any, new: Any) -> None:
        self._listener(SimpleNamespace(before=_STATES[old.state], after=_STATES[new.state]))
