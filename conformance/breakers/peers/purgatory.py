"""purgatory. What is declared is what https://mardiros.github.io/purgatory promises."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import purgatory
from purgatory.domain.model import ClosedState

from .moment import Moment

_STATES = {"closed": "closed", "opened": "open", "half-opened": "half-open"}

_CODE = "https://github.com/mardiros/purgatory/blob/v3.0.1/src/purgatory/domain/model.py"
_REASONS = {
    "compares with time.time()": ("test_breaker.py::test_a_wall_clock_that_jumps_changes_nothing",),
    "OpenedState raises itself, the same object each time": (
        "test_breaker_errors.py::test_the_traceback_of_a_refusal_does_not_grow",
    ),
    "__exit__ takes every exception for a failure": (
        "test_breaker_errors.py::test_a_cancelled_call_is_no_failure",
        "test_breaker_errors.py::test_a_cancelled_probe_gives_its_permit_back",
    ),
    "an excluded error ends the request as a success does": (
        "test_breaker_errors.py::test_an_ignored_error_is_no_success",
        "test_breaker_errors.py::test_an_ignored_probe_does_not_close",
    ),
    "calls hooks unguarded": (
        "test_breaker_events.py::test_a_listener_that_raises_does_not_reach_the_caller",
        "test_breaker_events.py::test_a_listener_that_raises_keeps_no_other_from_hearing",
    ),
    "each exit tells what is there, inside another's too": (
        "test_breaker_events.py::test_events_that_a_listener_causes_come_in_order",
    ),
    "has no lock": ("test_breaker_events.py::test_events_of_two_threads_come_in_order",),
    "half-open lets every call pass": ("test_breaker_threads.py::test_half_open_admits_one_probe_at_a_time",),
    "any success closes it while half-open": (
        "test_breaker_threads.py::test_a_late_success_does_not_decide_for_the_probe",
    ),
    "any failure opens it while half-open": (
        "test_breaker_threads.py::test_a_late_failure_does_not_decide_for_the_probe",
    ),
    "a late failure counts": (
        "test_breaker_threads.py::test_a_failure_from_before_the_outage_does_not_count_after_it",
        "test_breaker_threads.py::test_a_failure_from_before_reset_does_not_count_after_it",
    ),
}


class Purgatory:
    """purgatory.SyncCircuitBreakerFactory's breaker, as a context manager."""

    distribution = "purgatory"
    declares = {"clock": "injected", "ignored": "yes", "listeners": "yes"}
    deviations = {promise: f"{reason}, {_CODE}" for reason, promises in _REASONS.items() for promise in promises}

    def __init__(
        self,
        failure_threshold: int,
        recovery_time: float,
        ignored: tuple[type[BaseException], ...] = (),
        clock: Callable[[], float] | None = None,
    ) -> None:
        factory = purgatory.SyncCircuitBreakerFactory(failure_threshold, recovery_time, list(ignored))
        self._get: Callable[[], Any] = lambda: factory.get_breaker("circuit")
        self._add_listener = factory.add_listener
        if clock is not None:
            self._add_listener(lambda _name, kind, event: self._opened(clock) if _opens(kind, event) else None)

    @property
    def state(self) -> str:
        return _STATES[self._get().context.state]

    def call(self, fn: Callable[[], Any]) -> Any:
        with self._get():
            return fn()

    def reset(self) -> None:
        """What it has no word for, done as its own code does."""
        breaker = self._get()
        if breaker.context.state != ClosedState.name:
            breaker.context.set_state(ClosedState())
        breaker.__exit__(None, None, None)

    def subscribe(self, listener: Callable[[Any], object]) -> None:
        states = ["closed"]

        def hook(_name: str, kind: str, event: Any) -> None:
            if kind == "state_changed":
                states.append(_STATES[event.state])
                listener(SimpleNamespace(before=states[-2], after=states[-1]))

        self._add_listener(hook)

    def _opened(self, clock: Callable[[], float]) -> None:
        self._get().context._state.opened_at = Moment(clock, clock())  # noqa: SLF001  # it has no other way in


def _opens(kind: str, event: Any) -> bool:
    return kind == "state_changed" and event.state == "opened"
