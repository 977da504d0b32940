"""Wrong about exceptions: what the caller gets, and what counts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from .right import Permit, Refused, Right


class SwallowsTheError(Right):
    """The function's exception does not get through to the caller: etimberg/pycircuitbreaker#7."""

    caught_by = ("test_breaker_errors.py::test_the_caller_gets_the_original_exception",)

    def call(self, fn: Callable[[], Any]) -> Any:
        try:
            return super().call(fn)
        except Refused:
            raise
        except Exception:  # noqa: BLE001
            return None


class HidesTheErrorThatOpens(Right):
    """The failure that opens the circuit is told as a refusal: danielfm/pybreaker#60."""

    caught_by = ("test_breaker_errors.py::test_the_caller_gets_the_original_exception",)

    def end(self, permit: Permit, outcome: str) -> None:
        super().end(permit, outcome)
        if outcome == "failure" and self.state == "open" and permit.epoch == self.epoch - 1:
            raise self.refusal(self.clock())


class ChainsEveryError(Right):
    """Every failure is chained to the one before, and keeps all their frames alive: aiokitchen/aiomisc#191."""

    caught_by = ("test_breaker_errors.py::test_the_traceback_of_an_error_does_not_grow",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.last: BaseException | None = None

    def outcome(self, error: BaseException) -> str:
        error.__cause__, self.last = self.last, error
        return super().outcome(error)


class RaisesOneRefusal(Right):
    """Every refusal raises the same object, whose traceback grows each time: purgatory's OpenedState, raise self."""

    caught_by = ("test_breaker_errors.py::test_the_traceback_of_a_refusal_does_not_grow",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.one = Refused(0.0)

    def refusal(self, now: float) -> Exception:
        self.one.retry_after = self.until - now
        return self.one


class CountsEveryError(Right):
    """There is no way to tell an expected error from a failure: nodeshift/opossum#80."""

    caught_by = ("test_breaker_errors.py::test_an_ignored_error_is_no_failure",)

    def count_closed(self, outcome: str) -> None:
        super().count_closed("failure" if outcome == "ignored" else outcome)


class OpensOnAnIgnoredProbe(Right):
    """Half-open, every exception is a failure, ignored or not: smallrye/smallrye-fault-tolerance#320."""

    caught_by = ("test_breaker_errors.py::test_an_ignored_probe_gives_its_permit_back",)

    def count_probe(self, outcome: str) -> None:
        super().count_probe("failure" if outcome == "ignored" else outcome)


class IgnoredClearsTheCount(Right):
    """An excluded error is handled as a success, and clears the count: pybreaker's _handle_error."""

    caught_by = ("test_breaker_errors.py::test_an_ignored_error_is_no_success",)

    def count_closed(self, outcome: str) -> None:
        super().count_closed("success" if outcome == "ignored" else outcome)


class IgnoredProbeCloses(Right):
    """An error that is none of the expected ones counts as the success of the probe: fabfuel/circuitbreaker#71."""

    caught_by = ("test_breaker_errors.py::test_an_ignored_probe_does_not_close",)

    def count_probe(self, outcome: str) -> None:
        super().count_probe("success" if outcome == "ignored" else outcome)


class IgnoredProbeKeepsItsPermit(Right):
    """A probe with an ignored error neither counts nor makes room, and it is stuck: resilience4j/resilience4j#544."""

    caught_by = ("test_breaker_errors.py::test_an_ignored_probe_gives_its_permit_back",)

    def count(self, permit: Permit, outcome: str) -> None:
        if (self.state, outcome) != ("half-open", "ignored"):
            super().count(permit, outcome)


class CountsCancellations(Right):
    """Catches BaseException, and takes a cancellation for a failure: pybreaker's CircuitBreakerState.call."""

    caught_by = ("test_breaker_errors.py::test_a_cancelled_call_is_no_failure",)

    def count_closed(self, outcome: str) -> None:
        super().count_closed("failure" if outcome == "cancelled" else outcome)


class CancellationClearsTheCount(Right):
    """What is no failure is a success, a cancellation too: circuitbreaker's __exit__."""

    caught_by = ("test_breaker_errors.py::test_a_cancelled_call_is_no_success",)

    def count_closed(self, outcome: str) -> None:
        super().count_closed("success" if outcome == "cancelled" else outcome)


class CancelledProbeCloses(Right):
    """A cancelled probe is no failure, so it closes the circuit: circuitbreaker's __exit__."""

    caught_by = (
        "test_breaker_errors.py::test_a_cancelled_probe_does_not_close",
        "test_breaker_errors.py::test_a_task_cancelled_in_its_probe_gives_the_permit_back",
    )

    def count_probe(self, outcome: str) -> None:
        super().count_probe("success" if outcome == "cancelled" else outcome)


class CancelledProbeKeepsItsPermit(Right):
    """A probe that is given up leaves the circuit half-open with no way out: Netflix/Hystrix#1621."""

    caught_by = (
        "test_breaker_errors.py::test_a_cancelled_probe_gives_its_permit_back",
        "test_breaker_errors.py::test_a_task_cancelled_in_its_probe_gives_the_permit_back",
    )

    def count(self, permit: Permit, outcome: str) -> None:
        if (self.state, outcome) != ("half-open", "cancelled"):
            super().count(permit, outcome)


class CancelledTaskKeepsItsPermit(Right):
    """except Exception does not see a cancelled task: wshobson/maverick-mcp#272."""

    caught_by = ("test_breaker_errors.py::test_a_task_cancelled_in_its_probe_gives_the_permit_back",)

    async def acall(self, fn: Callable[[], Awaitable[Any]]) -> Any:
        permit = self.admit()
        try:
            answer = await fn()
        except Exception as error:
            self.end(permit, self.outcome(error))
            raise
        self.end(permit, "success")
        return answer


class NeverAwaits(Right):
    """A coroutine that was made counts as a call that succeeded, so it never opens: danielfm/pybreaker#7."""

    caught_by = (
        "test_breaker_errors.py::test_awaited_calls_count_as_others_do",
        "test_breaker_errors.py::test_a_task_cancelled_in_its_probe_gives_the_permit_back",
    )

    async def acall(self, fn: Callable[[], Awaitable[Any]]) -> Any:
        return await self.call(lambda: asyncio.ensure_future(fn()))


class AwaitsWhileOpen(Right):
    """call_async does not ask whether the circuit is open: fabfuel/circuitbreaker#71."""

    caught_by = ("test_breaker_errors.py::test_awaited_calls_are_refused_as_others_are",)

    async def acall(self, fn: Callable[[], Awaitable[Any]]) -> Any:
        return await (fn() if self.state == "open" and not self.is_over(self.clock()) else super().acall(fn))
