"""Wrong towards listeners: what is told, in what order, and who suffers."""

from __future__ import annotations

from contextlib import suppress

from .right import Event, Permit, Right


class TellsNoHalfOpen(Right):
    """Nobody is told that it turns half-open: hootsuite/scala-circuit-breaker#13."""

    caught_by = ("test_breaker_events.py::test_one_event_per_transition",)

    def tell_all(self, event: Event) -> None:
        if event.after != "half-open":
            super().tell_all(event)


class TellsLateFailures(Right):
    """Each failure that comes in while it is open is told as another opening: App-vNext/Polly#218."""

    caught_by = ("test_breaker_events.py::test_late_results_cause_no_event",)

    def end(self, permit: Permit, outcome: str) -> None:
        if self.state == "open" and outcome == "failure":
            self.untold.append(Event("closed", "open"))
        super().end(permit, outcome)


class ListenerReachesTheCaller(Right):
    """What a listener raises comes out of the call: danielfm/pybreaker#41."""

    caught_by = ("test_breaker_events.py::test_a_listener_that_raises_does_not_reach_the_caller",)

    def tell_all(self, event: Event) -> None:
        errors = []
        for listener in list(self.listeners):
            try:
                listener(event)
            except Exception as error:  # noqa: BLE001
                errors.append(error)
        if errors:
            raise errors[0]


class ListenerSilencesOthers(Right):
    """A listener that raises keeps the event from those after it: thomhurst/Kevlar#24."""

    caught_by = ("test_breaker_events.py::test_a_listener_that_raises_keeps_no_other_from_hearing",)

    def tell_all(self, event: Event) -> None:
        with suppress(Exception):
            for listener in list(self.listeners):
                listener(event)


class TellsUnderItsLock(Right):
    """Listeners are called under the lock, and wait for it when they use the breaker: sony/gobreaker#37."""

    caught_by = (
        "test_breaker_events.py::test_a_listener_may_call_back_in",
        "test_breaker_events.py::test_a_busy_listener_keeps_no_other_thread_waiting",
        "test_breaker_events.py::test_events_that_a_listener_causes_come_in_order",
    )

    def become(self, state: str, now: float) -> None:
        super().become(state, now)
        self.tell()


class TellsAsItGoes(Right):
    """Tells a change whoever is still telling an earlier one: alexandrnikitin/CircuitBreaker.Net#10."""

    caught_by = (
        "test_breaker_events.py::test_events_that_a_listener_causes_come_in_order",
        "test_breaker_events.py::test_events_of_two_threads_come_in_order",
    )

    def tell(self) -> None:
        while self.untold:
            self.tell_all(self.untold.popleft())
