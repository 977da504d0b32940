"""Wrong in the transition table: what opens, closes and half-opens the circuit, and when."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from .right import Permit, Right


class OpensOneTooLate(Right):
    """Opens when failures exceed the threshold instead of reaching it: arrow-kt/arrow#3344."""

    caught_by = ("test_breaker.py::test_opens_at_exactly_the_nth_consecutive_failure",)

    def __init__(self, failure_threshold: int, recovery_time: float, **options: Any) -> None:
        super().__init__(failure_threshold + 1, recovery_time, **options)


class CountsFailuresTwice(Right):
    """Counts every failure twice, once where it is raised and once where it is caught: MervinPraison/PraisonAI#4969."""

    caught_by = ("test_breaker.py::test_opens_at_exactly_the_nth_consecutive_failure",)
    drawn_by = ("test_breaker_history.py::test_every_history_agrees_with_the_transition_table",)

    def count_closed(self, outcome: str) -> None:
        super().count_closed(outcome)
        if outcome == "failure" and self.state == "closed":
            super().count_closed(outcome)


class CountsAllFailures(Right):
    """A success does not clear the count, so failures need not be consecutive: App-vNext/Polly#131."""

    caught_by = ("test_breaker.py::test_a_success_clears_the_count",)

    def count_closed(self, outcome: str) -> None:
        if outcome != "success":
            super().count_closed(outcome)


class GivesNoAnswer(Right):
    """A closed circuit makes the call and returns nothing: PrestaShop/circuit-breaker#11."""

    caught_by = ("test_breaker.py::test_closed_passes_every_call_on_once",)

    def call(self, fn: Callable[[], Any]) -> Any:
        super().call(fn)


class CallsWhileOpen(Right):
    """Notices that it is open, and makes the call all the same: fabfuel/circuitbreaker#13."""

    caught_by = ("test_breaker.py::test_open_makes_zero_calls",)

    def permit(self, now: float) -> Permit:
        return Permit(-1, self.state, now) if self.state == "open" else super().permit(now)


class RefusesWithTheLastError(Right):
    """A refused caller gets the function's last error again: micronaut-projects/micronaut-core#7275."""

    caught_by = ("test_breaker.py::test_a_refusal_is_an_error_of_its_own",)

    def outcome(self, error: BaseException) -> str:
        if isinstance(error, Exception):
            self.last = type(error)
        return super().outcome(error)

    def refusal(self, now: float) -> Exception:
        refusal = self.last("again")
        refusal.retry_after = max(0.0, self.until - now)  # type: ignore[attr-defined]
        return refusal


class ForgetsFractions(Right):
    """Keeps the time it opened at in whole seconds, so it ends up to one early: pybreaker's CircuitRedisStorage."""

    caught_by = ("test_breaker.py::test_stays_open_until_recovery_time_is_over",)

    def is_over(self, now: float) -> bool:
        return int(now + 0.5) >= int(self.until)


class StaysOpen(Right):
    """Once open, it never asks the time: NousResearch/hermes-agent#13474."""

    caught_by = ("test_breaker.py::test_admits_a_probe_once_recovery_time_is_over",)

    def is_over(self, now: float) -> bool:  # noqa: ARG002
        return False


class CallsTheProbeTwice(Right):
    """Turning half-open makes the call, and then the open state makes it again: danielfm/pybreaker#9."""

    caught_by = ("test_breaker.py::test_a_probe_is_called_once",)

    def call(self, fn: Callable[[], Any]) -> Any:
        probe = self.state == "open" and self.is_over(self.clock())
        return super().call(lambda: (fn(), fn())[1] if probe else fn())


class StaysHalfOpen(Right):
    """A successful probe leaves it half-open for ever: auth0/disyuntor#6."""

    caught_by = (
        "test_breaker.py::test_a_successful_probe_closes",
        "test_breaker.py::test_closes_at_exactly_the_nth_success",
    )

    def count_probe(self, outcome: str) -> None:
        if outcome == "failure":
            super().count_probe(outcome)


class KeepsItsCount(Right):
    """The count of the last outage stays, and the next failure opens it: vert-x3/vertx-circuit-breaker#24."""

    caught_by = ("test_breaker.py::test_after_recovery_the_count_starts_at_zero",)

    def count_probe(self, outcome: str) -> None:
        super().count_probe(outcome)
        if self.state == "closed":
            self.failed = self.failure_threshold - 1


class ClosesOnAFailedProbe(Right):
    """A failure while half-open closes the circuit, and it starts to count from scratch: Comcast/jrugged#21."""

    caught_by = ("test_breaker.py::test_a_failed_probe_opens",)

    def count_probe(self, outcome: str) -> None:
        super().count_probe("success" if outcome == "failure" else outcome)


class StaysHalfOpenAfterAFailure(Right):
    """A failure while half-open is counted and changes nothing: msoedov/agentic_security#328."""

    caught_by = ("test_breaker.py::test_a_failed_probe_opens",)

    def count_probe(self, outcome: str) -> None:
        if outcome != "failure":
            super().count_probe(outcome)


class KeepsItsOldDeadline(Right):
    """A failed probe opens it until the time that is over already: marc-shade/world-intel-mcp#7."""

    caught_by = ("test_breaker.py::test_a_failed_probe_starts_a_new_deadline",)

    def become(self, state: str, now: float) -> None:
        until = self.until
        super().become(state, now)
        if state == "half-open" or (state == "open" and until > 0):
            self.until = until


class ClosesAtTheFirstSuccess(Right):
    """One lucky probe closes it, however many were asked for: rubyist/circuitbreaker#63."""

    caught_by = ("test_breaker.py::test_closes_at_exactly_the_nth_success",)

    def __init__(self, failure_threshold: int, recovery_time: float, **options: Any) -> None:
        super().__init__(failure_threshold, recovery_time, **options | {"successes": 1})


class AddsUpSuccesses(Right):
    """Successes add up from one outage to the next: harshdwivediiiii/pathfinder-ai#2871."""

    caught_by = ("test_breaker.py::test_successes_before_a_failed_probe_do_not_count_after_it",)

    def become(self, state: str, now: float) -> None:
        succeeded = self.succeeded
        super().become(state, now)
        self.succeeded = 0 if state == "closed" else succeeded


class TellsTheWholeTime(Right):
    """retry_after is a constant, whatever is left of the time: tsouza/cerberus#1508."""

    caught_by = ("test_breaker.py::test_a_refusal_tells_how_long_it_will_last",)

    def refusal(self, now: float) -> Exception:  # noqa: ARG002
        return super().refusal(self.until - self.recovery_time)


class ResetKeepsTheTimer(Right):
    """Closed by hand, it turns half-open when the time it was to stay open is over: resilience4j/resilience4j#562."""

    caught_by = ("test_breaker.py::test_reset_closes",)

    def __init__(self, *args: Any, **options: Any) -> None:
        self.timer = math.inf
        super().__init__(*args, **options)

    def become(self, state: str, now: float) -> None:
        super().become(state, now)
        self.timer = {"open": self.until, "half-open": math.inf}.get(state, self.timer)

    def permit(self, now: float) -> Permit:
        if self.state == "closed" and now >= self.timer:
            self.timer = math.inf
            self.become("half-open", now)
        return super().permit(now)


class ResetKeepsTheCount(Right):
    """reset() closes it and leaves the count where it was: elsevier-core-engineering/replicator#188."""

    caught_by = ("test_breaker.py::test_reset_starts_the_count_at_zero",)

    def reset(self) -> None:
        failed = self.failed
        super().reset()
        self.failed = failed


class ForcedOpenTimesOut(Right):
    """Forced open while it was open, it turns half-open when that time is over: resilience4j/resilience4j#991."""

    caught_by = ("test_breaker.py::test_forced_open_refuses_until_reset",)

    def permit(self, now: float) -> Permit:
        if self.state == "forced-open" and self.is_over(now):
            self.become("half-open", now)
        return super().permit(now)


class DisabledTimesOut(Right):
    """Disabled while it was open, it turns half-open when that time is over: resilience4j/resilience4j#991."""

    caught_by = ("test_breaker.py::test_disabled_admits_all_and_counts_nothing",)

    def permit(self, now: float) -> Permit:
        if self.state == "disabled" and self.is_over(now):
            self.become("half-open", now)
        return super().permit(now)


class FollowsTheWallClock(Right):
    """Its time is the wall clock's, which may be set: fabfuel/circuitbreaker#31."""

    caught_by = ("test_breaker.py::test_a_wall_clock_that_jumps_changes_nothing",)

    def __init__(self, failure_threshold: int, recovery_time: float, **options: Any) -> None:
        super().__init__(failure_threshold, recovery_time, **{"clock": time.time} | options)
