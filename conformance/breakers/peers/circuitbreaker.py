"""circuitbreaker. What is declared is what https://github.com/fabfuel/circuitbreaker#readme promises."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import circuitbreaker

from .moment import Moment

_CODE = "https://github.com/fabfuel/circuitbreaker/blob/2.1.3/circuitbreaker.py"
_REASONS = {
    "__exit__ takes what is no failure for a success": ("test_breaker_errors.py::test_an_ignored_error_is_no_success",),
    "__exit__ takes what is no failure for a success, https://github.com/fabfuel/circuitbreaker/pull/71": (
        "test_breaker_errors.py::test_an_ignored_probe_does_not_close",
    ),
    "__exit__ takes what is no failure for a success, a cancellation too": (
        "test_breaker_errors.py::test_a_cancelled_call_is_no_success",
        "test_breaker_errors.py::test_a_cancelled_probe_does_not_close",
        "test_breaker_errors.py::test_a_task_cancelled_in_its_probe_gives_the_permit_back",
    ),
    "opened is false for every caller once the time is over": (
        "test_breaker_threads.py::test_half_open_admits_one_probe_at_a_time",
    ),
    "a success resets it, whenever its call began": (
        "test_breaker_threads.py::test_a_late_success_does_not_close",
        "test_breaker_threads.py::test_a_late_success_does_not_decide_for_the_probe",
    ),
    "a failure sets the time it opened at, whenever its call began": (
        "test_breaker_threads.py::test_a_late_failure_does_not_prolong",
    ),
    "a failure opens it, whenever its call began": (
        "test_breaker_threads.py::test_a_late_failure_does_not_decide_for_the_probe",
    ),
    "a failure counts, whenever its call began": (
        "test_breaker_threads.py::test_a_failure_from_before_the_outage_does_not_count_after_it",
        "test_breaker_threads.py::test_a_failure_from_before_reset_does_not_count_after_it",
    ),
}


class Circuitbreaker:
    """circuitbreaker.CircuitBreaker around each function, as its decorator puts it."""

    distribution = "circuitbreaker"
    declares = {"clock": "injected", "ignored": "yes"}
    deviations = {promise: f"{reason}, {_CODE}" for reason, promises in _REASONS.items() for promise in promises}

    def __init__(
        self,
        failure_threshold: int,
        recovery_time: float,
        ignored: tuple[type[BaseException], ...] = (),
        clock: Callable[[], float] | None = None,
    ) -> None:
        make = circuitbreaker.CircuitBreaker if clock is None else _clocked(clock)
        counts = lambda kind, _error: issubclass(kind, Exception) and not issubclass(kind, ignored)  # noqa: E731
        self._breaker = make(failure_threshold, recovery_time, counts if ignored else None)
        self.reset = self._breaker.reset

    @property
    def state(self) -> str:
        return str(self._breaker.state).replace("_", "-")

    def call(self, fn: Callable[[], Any]) -> Any:
        def guarded() -> Any:
            return fn()

        return self._breaker(guarded)()

    async def acall(self, fn: Callable[[], Awaitable[Any]]) -> Any:
        async def guarded() -> Any:
            return await fn()

        return await self._breaker(guarded)()


def _clocked(clock: Callable[[], float]) -> Any:
    class Clocked(circuitbreaker.CircuitBreaker):  # type: ignore[misc, unused-ignore]
        @property
        def _opened(self) -> Moment:
            return self._moment

        @_opened.setter
        def _opened(self, _now: float) -> None:
            self._moment = Moment(clock, clock())

    return Clocked
