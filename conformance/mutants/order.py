"""Wrong about who goes next: what refreshes an entry, and what does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .makes import Alone, Fifo
from .right import Entry


class EvictsTheSecond(Alone):
    """The second oldest entry goes before the oldest.
    amitdev/lru-dict@f9ab7f5
    """

    caught_by = (
        "test_capacity.py::test_the_oldest_entry_is_evicted",
        "test_capacity.py::test_get_refreshes",
        "test_capacity.py::test_overwriting_refreshes",
        "test_bulk.py::test_get_many_refreshes",
    )

    def evict(self, key: Any) -> None:  # noqa: ARG002 - the bug
        oldest, *others = self.entries
        super().evict(others[0] if others else oldest)


class ReadingRefreshesNothing(Alone):
    """A hit leaves the order as it is.
    bluele/gcache@a179c75
    """

    caught_by = ("test_capacity.py::test_get_refreshes",)

    def get(self, key: Any, default: Any = None) -> Any:
        order = [each for each in self.entries if each != key]
        place = list(self.entries).index(key) if key in self.entries else 0
        value = super().get(key, default)
        if key in self.entries:
            self.entries = {each: self.entries[each] for each in [*order[:place], key, *order[place:]]}
        return value


class ComputingRefreshesNothing(Alone):
    """A hit of get_or_set leaves the order as it is.
    Iteo/cached#145
    """

    caught_by = ("test_single_flight.py::test_a_hit_of_get_or_set_refreshes",)

    def get_or_set(self, key: Any, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        order = list(self.entries)
        value = super().get_or_set(key, compute, ttl)
        if self.entries.keys() == set(order):
            self.entries = {each: self.entries[each] for each in order}
        return value


class OverwritingRefreshesNothing(Alone):
    """An overwrite leaves the order as it is.
    UsefulSoftwareCo/executor#1118
    """

    caught_by = ("test_capacity.py::test_overwriting_refreshes",)

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        if self.find(key, now) is None:
            super().store(key, value, expires, now)
        else:
            self.overtake(key)
            self.entries[key] = Entry(value, expires)


class LookingRefreshes(Alone):
    """`in` is a get, and makes its entry the most recently used.
    contain-rs/lru-cache#48
    """

    caught_by = ("test_capacity.py::test_in_does_not_refresh",)

    def __contains__(self, key: Any) -> bool:
        there = super().__contains__(key)
        if there:
            self.touch(key)
        return there


class CountingReorders(Alone):
    """Reading the stats goes over all entries, and reorders them.
    tkem/cachetools#62
    """

    caught_by = ("test_capacity.py::test_stats_do_not_refresh",)

    def stats(self) -> Any:
        for key in reversed(list(self.entries)):
            self.touch(key)
        return super().stats()


class FifoThatRefreshes(Fifo):
    """Declares fifo, and goes by use.
    unkn0wn-root/kioshun#11
    """

    caught_by = ("test_capacity.py::test_first_in_is_first_out_whatever_was_read",)

    def touch(self, key: Any) -> None:
        self.entries[key] = self.entries.pop(key)


class MissesReorder(Alone):
    """A miss makes another entry the most recently used.
    ben-manes/caffeine@341d6f6
    """

    caught_by = ("test_capacity.py::test_a_miss_refreshes_nothing",)

    def get(self, key: Any, default: Any = None) -> Any:
        if key not in self.entries and self.entries:
            self.touch(next(iter(self.entries)))
        return super().get(key, default)
