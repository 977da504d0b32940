"""Wrong when calls overlap: probes, counts, and results that come late."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .right import Permit, Right


class HoldsItsLock(Right):
    """Holds its lock while the call runs, so that calls wait for each other: danielfm/pybreaker#55."""

    caught_by = ("test_breaker_threads.py::test_no_lock_is_held_while_the_call_runs",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.turn = threading.RLock()

    def call(self, fn: Callable[[], Any]) -> Any:
        with self.turn:
            return super().call(fn)


class EveryCallerProbes(Right):
    """Half-open refuses nobody, and a burst hits what is just recovering: nodeshift/opossum#119."""

    caught_by = (
        "test_breaker_threads.py::test_half_open_admits_one_probe_at_a_time",
        "test_breaker_threads.py::test_half_open_admits_as_many_probes_as_told",
    )

    def has_room(self, now: float) -> bool:  # noqa: ARG002
        return True


class LooksThenLeaps(Right):
    """Whoever saw the time over turns it half-open, and is a probe: resilience4j/resilience4j#1432."""

    caught_by = ("test_breaker_threads.py::test_turning_half_open_and_admitting_the_probe_are_one_step",)

    def admit(self) -> Permit:
        seen = (self.state, self.until)
        now = self.clock()
        if seen[0] != "open" or now < seen[1]:
            return super().admit()
        with self.lock:
            self.become("half-open", now)
            permit = self.permit(now)
        self.tell()
        return permit


class LosesFailures(Right):
    """A failure counts if none has since its call began, so one of many does: chenharryhua/nanjin#4334."""

    caught_by = ("test_breaker_threads.py::test_no_failure_is_lost_between_threads",)

    def permit(self, now: float) -> Permit:
        permit = super().permit(now)
        permit.seen = self.failed  # type: ignore[attr-defined]
        return permit

    def count(self, permit: Permit, outcome: str) -> None:
        if self.state != "closed" or outcome == "success" or permit.seen == self.failed:  # type: ignore[attr-defined]
            super().count(permit, outcome)


class LateSuccessCloses(Right):
    """A success that was under way when it opened closes it: vert-x3/vertx-circuit-breaker#14."""

    caught_by = ("test_breaker_threads.py::test_a_late_success_does_not_close",)

    def end(self, permit: Permit, outcome: str) -> None:
        if self.state == "open" and outcome == "success":
            self.operate("closed")
        super().end(permit, outcome)


class LateFailureProlongs(Right):
    """Each failure that comes in while it is open starts the time anew: Abilityai/trinity#688."""

    caught_by = ("test_breaker_threads.py::test_a_late_failure_does_not_prolong",)

    def end(self, permit: Permit, outcome: str) -> None:
        if self.state == "open" and outcome == "failure":
            self.until = self.clock() + self.recovery_time
        super().end(permit, outcome)


class LateSuccessDecides(Right):
    """Half-open, any success closes it, also of a call from before the outage: App-vNext/Polly#217."""

    caught_by = ("test_breaker_threads.py::test_a_late_success_does_not_decide_for_the_probe",)

    def end(self, permit: Permit, outcome: str) -> None:
        if self.state == "half-open" and permit.state == "closed" and outcome == "success":
            self.operate("closed")
        super().end(permit, outcome)


class LateFailureDecides(Right):
    """Half-open, any failure opens it, also of a call from before the outage: App-vNext/Polly#216."""

    caught_by = ("test_breaker_threads.py::test_a_late_failure_does_not_decide_for_the_probe",)

    def end(self, permit: Permit, outcome: str) -> None:
        if self.state == "half-open" and permit.state == "closed" and outcome == "failure":
            self.operate("open")
        super().end(permit, outcome)


class LateEndMakesRoom(Right):
    """A call from before the outage that ends takes one off the probes under way: telekom/k8s-breakglass#981."""

    caught_by = ("test_breaker_threads.py::test_a_late_end_does_not_make_room_for_another_probe",)

    def end(self, permit: Permit, outcome: str) -> None:
        if self.state == "half-open" and permit.state == "closed" and outcome == "cancelled":
            self.running.clear()
        super().end(permit, outcome)


class TellsClosedFromClosedByName(Right):
    """Knows a result by the state's name, so one from before the outage counts after it: awolden/brakes#95."""

    caught_by = (
        "test_breaker_threads.py::test_a_failure_from_before_the_outage_does_not_count_after_it",
        "test_breaker_threads.py::test_a_failure_from_before_reset_does_not_count_after_it",
    )

    def is_current(self, permit: Permit) -> bool:
        if permit.state == self.state == "closed" and permit not in self.running:
            self.running.append(permit)
        return super().is_current(permit) or permit.state == self.state == "closed"


class TellsHalfOpenFromHalfOpenByName(Right):
    """A probe from an earlier turn counts in a later one: denoland/std#7306."""

    caught_by = ("test_breaker_threads.py::test_a_probe_of_an_earlier_turn_decides_nothing",)

    def is_current(self, permit: Permit) -> bool:
        if permit.state == self.state == "half-open" and permit.epoch != self.epoch:
            self.running.append(permit)
            return True
        return super().is_current(permit)


class ResetKeepsItsCalls(Right):
    """A call that was under way at reset() still counts after it: telekom/k8s-breakglass#1010."""

    caught_by = ("test_breaker_threads.py::test_a_failure_from_before_reset_does_not_count_after_it",)

    def reset(self) -> None:
        running = self.running if self.state == "closed" else []
        super().reset()
        for permit in running:
            permit.epoch = self.epoch
        self.running = running


class HungProbeKeepsItsPermit(Right):
    """A probe that never comes back keeps everyone out for ever: resilience4j/resilience4j#935."""

    caught_by = ("test_breaker_threads.py::test_a_probe_that_hangs_gives_its_permit_back",)

    def has_room(self, now: float) -> bool:  # noqa: ARG002
        return len(self.running) < self.probes


class HungProbeDecides(Right):
    """A probe whose place was given to another still counts when it comes back: massgen/MassGen#1056."""

    caught_by = ("test_breaker_threads.py::test_a_probe_that_lost_its_permit_decides_nothing",)

    def is_current(self, permit: Permit) -> bool:
        if permit.epoch == self.epoch and permit not in self.running:
            self.running.append(permit)
        return super().is_current(permit)
