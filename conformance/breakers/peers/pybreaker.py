"""pybreaker. What is declared is what https://github.com/danielfm/pybreaker#readme promises."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pybreaker

from .moment import Moment

_CODE = "https://github.com/danielfm/pybreaker/blob/v1.4.1/src/pybreaker/__init__.py"
_REASONS = {
    "compares with datetime.now(UTC)": ("test_breaker.py::test_a_wall_clock_that_jumps_changes_nothing",),
    "catches BaseException, and counts a cancellation as a failure": (
        "test_breaker_errors.py::test_a_cancelled_call_is_no_failure",
    ),
    "catches BaseException, and a cancelled probe opens it": (
        "test_breaker_errors.py::test_a_cancelled_probe_gives_its_permit_back",
    ),
    "handles an excluded error as a success (_handle_error)": (
        "test_breaker_errors.py::test_an_ignored_error_is_no_success",
        "test_breaker_errors.py::test_an_ignored_probe_does_not_close",
    ),
    "close() tells of closed to closed": ("test_breaker_events.py::test_one_event_per_transition",),
    "calls listeners unguarded, https://github.com/danielfm/pybreaker/pull/41": (
        "test_breaker_events.py::test_a_listener_that_raises_does_not_reach_the_caller",
    ),
    "open() writes its state after the listeners, over what they changed": (
        "test_breaker_events.py::test_a_listener_may_call_back_in",
    ),
    "tells from inside the change that is being told": (
        "test_breaker_events.py::test_events_that_a_listener_causes_come_in_order",
    ),
    "holds its lock during the call, https://github.com/danielfm/pybreaker/pull/57": (
        "test_breaker_threads.py::test_no_lock_is_held_while_the_call_runs",
    ),
}


class Pybreaker:
    """pybreaker.CircuitBreaker, which is to raise the function's own errors."""

    distribution = "pybreaker"
    declares = {"clock": "injected", "ignored": "yes", "successes": "yes", "listeners": "yes"}
    deviations = {promise: f"{reason}, {_CODE}" for reason, promises in _REASONS.items() for promise in promises}

    def __init__(
        self,
        failure_threshold: int,
        recovery_time: float,
        ignored: tuple[type[Exception], ...] = (),
        successes: int = 1,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=failure_threshold,
            reset_timeout=recovery_time,
            success_threshold=successes,
            exclude=ignored,
            state_storage=None if clock is None else _Storage(clock),
            throw_new_error_on_trip=False,
        )
        self.call = self._breaker.call
        self.reset = self._breaker.close

    @property
    def state(self) -> str:
        return self._breaker.current_state

    def subscribe(self, listener: Callable[[Any], object]) -> None:
        self._breaker.add_listener(_Listener(listener))


class _Storage(pybreaker.CircuitMemoryStorage):  # type: ignore[misc, unused-ignore]
    """pybreaker's own, with the time it opened at taken from another clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(pybreaker.STATE_CLOSED)
        self._clock = clock
        self._opened: Moment | None = None

    @property  # type: ignore[override, unused-ignore]
    def opened_at(self) -> Moment | None:
        return self._opened

    @opened_at.setter
    def opened_at(self, _now: Any) -> None:
        self._opened = Moment(self._clock, self._clock())


class _Listener(pybreaker.CircuitBreakerListener):  # type: ignore[misc, unused-ignore]
    def __init__(self, listener: Callable[[Any], object]) -> None:
        self._listener = listener

    def state_change(self, _breaker: Any, old_state: Any, new_state: Any) -> None:
        self._listener(SimpleNamespace(before=old_state.name, after=new_state.name))
