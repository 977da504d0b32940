"""Wrong about many callers of one key: who computes, who waits, and what becomes of a late result."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .right import Right
from .single_flight import Flight


class LetsEverybodyCompute(Right):
    """Who finds a compute under way begins another.
    tkem/cachetools#294
    """

    caught_by = ("test_single_flight.py::test_many_callers_make_one_compute",)
    drawn_by = ("test_concurrency.py::test_threads_compute_in_one_order",)

    def get_or_set(self, key: Any, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        under_way = self.flights.get(key)
        if under_way is not None and under_way.leader != threading.get_ident():
            return compute()
        return super().get_or_set(key, compute, ttl)


class AnswersWaitersNothing(Right):
    """Who comes while it is computed is answered None.
    sebleier/django-redis-cache#112
    """

    caught_by = (
        "test_single_flight.py::test_many_callers_make_one_compute",
        "test_single_flight.py::test_an_exception_reaches_every_waiter",
    )

    def follow(self, flight: Flight) -> Any:
        return super().follow(flight) if flight.leader == threading.get_ident() else None


class HangsWaiters(Right):
    """Who waits for a compute that fails waits for ever.
    google/guava#2774
    """

    caught_by = ("test_single_flight.py::test_an_exception_reaches_every_waiter",)

    def leave(self, key: Any, flight: Flight) -> None:
        if flight.error is None:
            super().leave(key, flight)
        else:
            self.flights.pop(key, None)


class NeverLands(Right):
    """A compute that failed is never taken off the list of those under way.
    microlinkhq/keyvhq#239
    """

    caught_by = (
        "test_single_flight.py::test_after_a_failed_flight_the_next_call_computes",
        "test_single_flight.py::test_an_exception_is_not_cached",
    )

    def leave(self, key: Any, flight: Flight) -> None:
        super().leave(key, flight)
        if flight.error is not None:
            self.flights[key] = flight


class HoldsTheLock(Right):
    """The lock of all keys is held while one is computed.
    elastic/elasticsearch#14090
    """

    caught_by = ("test_single_flight.py::test_other_keys_are_not_held_up",)

    def get_or_set(self, key: Any, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        with self.lock:
            return super().get_or_set(key, compute, ttl)


class HoldsALockOfSeveral(Right):
    """The keys share a few locks, and that of one that is computed is held for all that have the same.
    ben-manes/caffeine#218
    """

    caught_by = ("test_single_flight.py::test_other_keys_are_not_held_up",)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.locks = [threading.RLock() for _ in range(4)]

    def get(self, key: Any, default: Any = None) -> Any:
        with self.shared(key):
            return super().get(key, default)

    def get_or_set(self, key: Any, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        with self.shared(key):
            return super().get_or_set(key, compute, ttl)

    def shared(self, key: Any) -> threading.RLock:
        return self.locks[sum(str(key).encode()) % len(self.locks)]


class LandsAfterADelete(Right):
    """A delete during a compute is forgotten when the result comes.
    google/guava#1881
    """

    caught_by = ("test_single_flight.py::test_a_change_during_a_compute_wins",)
    drawn_by = ("test_concurrency.py::test_threads_compute_in_one_order",)

    def remove(self, key: Any, now: float) -> bool:
        flight = self.flights.get(key)
        there = super().remove(key, now)
        if flight is not None:
            flight.overtaken = False
        return there


class LandsAfterAClear(Right):
    """A clear during a compute is forgotten when the result comes.
    ben-manes/caffeine#251
    """

    caught_by = ("test_single_flight.py::test_a_change_during_a_compute_wins",)

    def clear(self) -> None:
        self.entries.clear()
        self.check_open()


class LandsAfterASet(Right):
    """A result that comes late takes the place of what was set meanwhile.
    kibertoad/layered-loader#414
    """

    caught_by = ("test_single_flight.py::test_a_change_during_a_compute_wins",)

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        flight = self.flights.get(key)
        super().store(key, value, expires, now)
        if flight is not None:
            flight.overtaken = False


class WaitsForItself(Right):
    """A compute that asks for its own key waits for itself.
    ben-manes/caffeine#89
    """

    caught_by = ("test_single_flight.py::test_a_compute_that_asks_for_its_own_key_raises",)

    def follow(self, flight: Flight) -> Any:
        flight.leader = -1
        return super().follow(flight)
