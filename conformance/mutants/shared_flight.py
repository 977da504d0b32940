"""Wrong about who computes, where several instances and processes share their entries."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .networked import Networked, owner
from .single_flight import Flight


class ComputesWithoutAClaim(Networked):
    """Who finds the key claimed waits a moment, and computes then without a claim.
    SandeepVashishtha/Eventra#19040
    """

    caught_by = ("test_shared_flight.py::test_many_instances_make_one_compute",)

    def alone(self, key: str, flight: Flight, compute: Callable[[], Any]) -> Any:
        holder = self.client.get(self.row(b"claim:", key))
        if holder is None or holder.startswith(owner().encode() + b":"):
            return super().alone(key, flight, compute)
        return compute()


class StoresTheError(Networked):
    """A compute that fails leaves its error as the value, for all who wait.
    GaloyMoney/blink#1693
    """

    caught_by = (
        "test_shared_flight.py::test_when_a_compute_fails_elsewhere_the_next_one_computes",
        "test_shared_flight.py::test_a_compute_that_asks_for_its_own_key_over_another_instance_raises",
        "test_single_flight.py::test_an_exception_is_not_cached",
        "test_single_flight.py::test_after_a_failed_flight_the_next_call_computes",
    )

    def release(self, key: str, flight: Flight) -> None:
        if flight.error is not None:
            text = self.encoded({"name": type(flight.error).__name__})
            self.settle(key, flight, lambda pipeline: self.put(pipeline, key, time.time_ns(), text, None))
        super().release(key, flight)


class LandsAfterADeleteElsewhere(Networked):
    """A delete by another instance is forgotten when the result comes.
    logto-io/logto#9428
    """

    caught_by = ("test_shared_flight.py::test_a_delete_elsewhere_during_a_compute_wins",)

    def settle(self, key: str, flight: Flight, act: Callable[[Any], object]) -> None:
        self.client.set(self.row(b"claim:", key), flight.claim)
        super().settle(key, flight, act)


class ClaimsInItsProcess(Networked):
    """Who computes is known in this process, and in no other.
    jaredwray/cacheable#1201
    """

    backend = "embedded"
    caught_by = ("test_shared_flight.py::test_many_processes_make_one_compute",)

    def row(self, kind: bytes, key: str = "") -> bytes:
        return super().row(kind + owner().partition(":")[0].encode() if kind == b"claim:" else kind, key)


class ClaimsForEver(Networked):
    """A claim has no end of its own: who dies while it computes holds up all others.
    directus/directus#27961
    """

    backend = "embedded"
    caught_by = (
        "test_shared_flight.py::test_a_process_that_dies_while_it_computes_is_waited_for_no_longer_than_its_lease",
    )
    lease = None


class WaitsForItselfElsewhere(Networked):
    """A compute that asks for its own key over another instance waits until its claim ends.
    alturkovic/distributed-lock#17
    """

    caught_by = ("test_shared_flight.py::test_a_compute_that_asks_for_its_own_key_over_another_instance_raises",)

    def meets(self, key: str) -> Any:
        time.sleep(0.005)
        return self.read(key, self.now())
