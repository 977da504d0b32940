"""Wrong with several threads, and right with one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .makes import Named
from .right import Entry, Right


class LosesCounts(Right):
    """Counts are read and written without the lock.
    rails/rails@7f2e0ff
    """

    caught_by = ("test_stats.py::test_no_count_is_lost_between_threads",)

    def get(self, key: Any, default: Any = None) -> Any:
        with self.lock:
            entry = self.find(key, self.now())
            if entry is not None:
                self.touch(key)
        name = "misses" if entry is None else "hits"
        count = self.counts.get(name, 0)
        self.counts[name] = count + 1
        return default if entry is None else self.given(entry.value)


class OverfillsTogether(Right):
    """Two sets that find room for one both take it.
    python/cpython#148180
    """

    caught_by = ("test_capacity.py::test_the_bound_holds_when_two_set_at_once",)

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        with self.lock:
            now = self.now()
            self.check_key(key)
            entry = Entry(self.taken(value), self.expiry(now, ttl))
            if self.find(key, now) is None:
                self.make_room(now)
        with self.lock:
            self.overtake(key)
            self.entries.pop(key, None)
            self.entries[key] = entry


class EvictsTogether(Right):
    """Two sets choose one victim, and the second does not find it any more.
    girder/large_image#189
    """

    caught_by = ("test_capacity.py::test_the_bound_holds_when_two_set_at_once",)

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        with self.lock:
            now = self.now()
            full = self.find(key, now) is None and len(self.entries) >= self.capacity
            self.sweep(now)
            victim = next(iter(self.entries), None) if full and len(self.entries) >= self.capacity else None
            value = self.taken(value)
        if victim is not None:
            self.evict(victim)
        with self.lock:
            self.store(key, value, self.expiry(now, ttl), now)


class TouchesTheDeleted(Right):
    """A get puts its entry back at the end of the line, though it was deleted meanwhile.
    spiceai/spiceai#12838
    """

    caught_by = ("test_entries.py::test_two_operations_at_once_are_as_one_after_the_other",)
    drawn_by = (
        "test_concurrency.py::test_threads_see_one_order",
        "test_concurrency.py::test_threads_see_one_order_while_entries_are_evicted",
    )

    def get(self, key: Any, default: Any = None) -> Any:
        with self.lock:
            entry = self.find(key, self.now())
            self.count("misses" if entry is None else "hits")
        if entry is None:
            return default
        value = self.given(entry.value)
        with self.lock:
            self.entries.pop(key, None)
            self.entries[key] = entry
        return value


class DeletesTogether(Right):
    """Two deletes of one entry both say that it was there.
    hit-box/hitbox#238
    """

    caught_by = ("test_entries.py::test_two_operations_at_once_are_as_one_after_the_other",)
    drawn_by = ("test_concurrency.py::test_threads_see_one_order",)

    def delete(self, key: Any) -> bool:
        with self.lock:
            now = self.now()
            there = self.find(key, now) is not None
        with self.lock:
            self.remove(key, now)
        return there


class AsksAThread(Named):
    """A thread answers for all caches, and where the process was forked there is none.
    python-trio/trio#2764
    """

    caught_by = ("test_concurrency.py::test_a_cache_goes_on_in_both_processes_after_a_fork",)
    apart = True  # it takes another process
    thread = ThreadPoolExecutor(max_workers=1)
    patience = 1.0  # seconds that an answer is waited for

    def get(self, key: Any, default: Any = None) -> Any:
        patience, self.patience = self.patience, 0.0  # who once waited in vain does not wait again
        value = self.thread.submit(super().get, key, default).result(patience)
        self.patience = patience
        return value
