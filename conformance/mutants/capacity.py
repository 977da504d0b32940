"""Wrong about room: how much there is, and what takes some."""

from __future__ import annotations

from typing import Any

from .makes import Alone


class HoldsOneTooMany(Alone):
    """Makes room when there are more entries than it can hold, and not as many.
    SamSaffron/lru_redux@8ad67df
    """

    caught_by = (
        "test_capacity.py::test_never_more_entries_than_the_capacity",
        "test_capacity.py::test_the_bound_does_not_drift",
        "test_capacity.py::test_the_oldest_entry_is_evicted",
        "test_bulk.py::test_set_many_keeps_the_capacity",
        "test_single_flight.py::test_what_is_computed_keeps_the_capacity",
        "test_stats.py::test_every_entry_pushed_out_is_an_eviction",
    )
    drawn_by = ("test_history.py::test_any_history_with_too_little_room",)

    def make_room(self, now: float) -> None:
        if len(self.entries) > self.capacity:
            super().make_room(now)


class Counting(Alone):
    """Keeps count of its entries by itself, and is right in it."""

    used = 0

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        new = self.find(key, now) is None
        self.used += new
        super().store(key, value, expires, now)

    def remove(self, key: Any, now: float) -> bool:
        there = super().remove(key, now)
        self.used -= there
        return there

    def expire(self, key: Any) -> None:
        super().expire(key)
        self.used -= 1

    def evict(self, key: Any) -> None:
        super().evict(key)
        self.used -= 1

    def clear(self) -> None:
        super().clear()
        self.used = 0

    def make_room(self, now: float) -> None:
        if self.used > self.capacity:
            self.sweep(now)
        if self.used > self.capacity and self.entries:
            self.evict(next(iter(self.entries)))


class DeductsTwice(Counting):
    """A delete takes one off the count for the entry and one for its key.
    isaacs/node-lru-cache#229
    """

    caught_by = ("test_capacity.py::test_the_bound_does_not_drift",)

    def remove(self, key: Any, now: float) -> bool:
        there = super().remove(key, now)
        self.used -= there
        return there


class DeductsNothing(Counting):
    """A deleted entry goes on taking room.
    karlseguin/ccache@e48e1e8
    """

    caught_by = ("test_capacity.py::test_delete_makes_room",)

    def remove(self, key: Any, now: float) -> bool:
        there = super().remove(key, now)
        self.used += there
        return there


class ClearsButTheCount(Counting):
    """Entries go on taking room after a clear.
    allegro/bigcache#213
    """

    caught_by = ("test_capacity.py::test_clear_makes_room",)

    def clear(self) -> None:
        used = self.used
        super().clear()
        self.used = used


class ClearsButThePolicy(ClearsButTheCount):
    """The same where who goes first is nobody's promise.
    allegro/bigcache#213
    """

    declares = {**ClearsButTheCount.declares, "eviction": "approximate"}
    caught_by = ("test_capacity.py::test_an_entry_stays_after_a_clear",)


class LosesOneOnGrowth(Alone):
    """The oldest entry is lost when the table grows.
    allegro/bigcache#251
    """

    caught_by = (
        "test_capacity.py::test_an_entry_stays_while_there_is_room",
        "test_capacity.py::test_expired_entries_go_first",
    )

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        if len(self.entries) == 5 and self.capacity > 6 and key not in self.entries:
            del self.entries[next(iter(self.entries))]
        super().store(key, value, expires, now)


class RefusesTheNew(Alone):
    """With a capacity of 1, it is the new entry that has to go.
    dotnet/runtime#119503
    """

    caught_by = ("test_capacity.py::test_a_new_entry_survives_its_own_insertion",)

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        if self.capacity == 1 and self.entries and key not in self.entries:
            self.count("evictions")
        else:
            super().store(key, value, expires, now)


class OverwritingEvicts(Alone):
    """A full cache evicts for an overwrite, too.
    mailgun/expiringdict#32
    """

    caught_by = (
        "test_capacity.py::test_overwriting_when_full_evicts_nobody",
        "test_capacity.py::test_setting_an_expired_key_anew_evicts_nobody",
    )

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        if key in self.entries and len(self.entries) >= self.capacity:
            self.evict(next(iter(self.entries)))
        super().store(key, value, expires, now)


class EvictsTheLiving(Alone):
    """Evicts by use alone, while expired entries lie around.
    lonelyenvoy/python-memoization#2
    """

    caught_by = (
        "test_capacity.py::test_expired_entries_go_first",
        "test_stats.py::test_an_expired_entry_that_makes_room_is_no_eviction",
    )

    def make_room(self, now: float) -> None:  # noqa: ARG002 - the bug
        if len(self.entries) >= self.capacity:
            self.evict(next(iter(self.entries)))


class TakesNoRoomForRoom(Alone):
    """A capacity of 0 is taken without a word.
    allegro/bigcache#280
    """

    caught_by = ("test_capacity.py::test_a_capacity_below_one_is_refused",)

    def __init__(self, capacity: int = 1000, *arguments: Any, **options: Any) -> None:
        super().__init__(max(1, capacity), *arguments, **options)


class MakesRoomForTheRefused(Alone):
    """Somebody has to go for a value that is refused then.
    JuliaCollections/LRUCache.jl#37
    """

    caught_by = ("test_capacity.py::test_a_refused_set_evicts_nobody",)

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        now = self.now()
        if self.find(key, now) is None:
            self.make_room(now)
        self.store(key, self.taken(value), self.expiry(now, ttl), now)
