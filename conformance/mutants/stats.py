"""Wrong about stats: what is counted, how often, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .makes import Alone


class CountsHitsTwice(Alone):
    """A hit is counted where it is found, and where it is answered.
    vllm-project/semantic-router#177
    """

    caught_by = ("test_stats.py::test_a_get_that_finds_is_a_hit",)

    def get(self, key: Any, default: Any = None) -> Any:
        value = super().get(key, default)
        if key in self.entries and value:
            self.count("hits")
        return value


class CountsMissesTwice(Alone):
    """A miss is counted where it is found, and where it is answered.
    CybercentreCanada/assemblyline-core#386
    """

    caught_by = ("test_stats.py::test_a_get_that_finds_nothing_is_a_miss",)

    def get(self, key: Any, default: Any = None) -> Any:
        if key not in self.entries:
            self.count("misses")
        return super().get(key, default)


class TakesNoneForAMiss(Alone):
    """A value that is falsy counts as a miss.
    strawgate/py-key-value@fd19290
    """

    caught_by = ("test_stats.py::test_a_stored_none_is_a_hit",)

    def get(self, key: Any, default: Any = None) -> Any:
        value = super().get(key, default)
        if key in self.entries and not value:
            self.counts.update(hits=-1, misses=1)
        return value


class CountsLooks(Alone):
    """`in` counts as a hit or a miss.
    jsr107/jsr107spec#253
    """

    caught_by = ("test_stats.py::test_in_counts_neither_as_hit_nor_as_miss",)

    def __contains__(self, key: Any) -> bool:
        there = super().__contains__(key)
        self.count("hits" if there else "misses")
        return there


class CountsComputesAsHits(Alone):
    """get_or_set counts a hit for what it has just computed.
    awolverp/cachebox@dd149f6
    """

    caught_by = ("test_stats.py::test_get_or_set_counts_as_one_read",)

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        if key in self.flights:
            self.counts.update(hits=1, misses=-1)
        super().store(key, value, expires, now)


class ShrinksTwice(Alone):
    """A delete takes two off the size.
    isaacs/node-lru-cache#229
    """

    caught_by = ("test_stats.py::test_size_counts_the_entries",)
    deleted = 0

    def delete(self, key: Any) -> bool:
        there = super().delete(key)
        self.deleted += there
        return there

    def stats(self) -> Any:
        stats = super().stats()
        stats.size -= self.deleted
        return stats


class KeepsItsSize(Alone):
    """The size goes on after a clear where it was.
    jmdobry/angular-cache#14
    """

    caught_by = ("test_stats.py::test_size_is_zero_after_clear",)
    cleared = 0

    def clear(self) -> None:
        self.cleared += len(self.entries)
        super().clear()

    def stats(self) -> Any:
        stats = super().stats()
        stats.size += self.cleared
        return stats


class SizesTheExpired(Alone):
    """The size counts entries that have expired.
    tkem/cachetools#62
    """

    caught_by = ("test_stats.py::test_size_counts_no_expired_entry",)

    def stats(self) -> Any:
        size = len(self.entries)
        stats = super().stats()
        stats.size = size
        return stats


class HitsTheExpired(Alone):
    """A get that finds an expired entry counts as a hit.
    zio/zio-cache#162
    """

    caught_by = ("test_stats.py::test_an_expired_entry_is_a_miss",)

    def get(self, key: Any, default: Any = None) -> Any:
        there = key in self.entries
        value = super().get(key, default)
        if there and key not in self.entries:
            self.counts.update(hits=1, misses=-1)
        return value


class ForgetsEvictions(Alone):
    """Nobody counts who was pushed out.
    coocood/freecache@3740491
    """

    caught_by = ("test_stats.py::test_every_entry_pushed_out_is_an_eviction",)

    def evict(self, key: Any) -> None:
        del self.entries[key]


class CountsDeletesAsEvictions(Alone):
    """An entry that was deleted counts as pushed out.
    dgraph-io/ristretto#111
    """

    caught_by = ("test_stats.py::test_only_entries_pushed_out_are_evictions",)

    def remove(self, key: Any, now: float) -> bool:
        there = super().remove(key, now)
        self.counts["evictions"] += there
        return there


class CountsExpiryAsEviction(Alone):
    """An entry whose time was over counts as pushed out, too.
    isaacs/node-lru-cache@cf8076e
    """

    caught_by = (
        "test_stats.py::test_an_expired_entry_is_no_eviction",
        "test_stats.py::test_an_expired_entry_that_makes_room_is_no_eviction",
    )

    def expire(self, key: Any) -> None:
        super().expire(key)
        self.count("evictions")


class EvictsTheExpired(Alone):
    """An expired entry that makes room for a new one counts as pushed out.
    dotnet/runtime#126146
    """

    caught_by = ("test_stats.py::test_an_expired_entry_that_makes_room_is_no_eviction",)

    def make_room(self, now: float) -> None:
        over = [key for key, entry in self.entries.items() if self.expired(entry, now)]
        if over and len(self.entries) >= self.capacity:
            self.evict(over[0])
        super().make_room(now)


class CountsNoBulk(Alone):
    """get_many is neither hits nor misses.
    elixir-nebulex/nebulex#125
    """

    caught_by = ("test_stats.py::test_bulk_counts_as_a_loop_of_singles",)

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        before = self.counts.copy()
        found = super().get_many(keys)
        self.counts.update(hits=before["hits"] - self.counts["hits"], misses=before["misses"] - self.counts["misses"])
        return found


class TellsOfTheExpiredTwice(Alone):
    """An entry that a get finds expired is counted by the get, and where it is removed.
    node-cache/node-cache#163
    """

    caught_by = ("test_stats.py::test_expired_entries_are_counted_once",)

    def read(self, key: Any, now: float) -> Any:
        entry = self.entries.get(key)
        if entry is not None and self.expired(entry, now):
            self.count("expirations")
        return super().read(key, now)
