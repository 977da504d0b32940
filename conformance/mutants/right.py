"""A right cache, plain and in small steps, for the mutants to be wrong in one of."""

from __future__ import annotations

import copy
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from types import SimpleNamespace
from typing import Any

from .single_flight import MISSING, Flight, SingleFlight


@dataclass
class Entry:
    """A value and the clock reading from which on it is gone."""

    value: Any
    expires: float


class Right(SingleFlight):
    """Exact LRU, a ttl per entry, one lock, copies on the way in and out, text keys."""

    declares: dict[str, Any] = {
        "ttl": "per-entry",
        "granularity": 0.0,
        "clock": "injected",
        "eviction": "lru",
        "values": "copied",
        "types": "any",
        "threads": "safe",
        "get_or_set": "single-flight",
        "bulk": "yes",
        "stats": "yes",
    }
    caught_by: tuple[str, ...] = ()

    def __init__(
        self, capacity: int = 1000, ttl: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if capacity < 1:
            raise ValueError(f"capacity is {capacity}; it is 1 or more")
        self.capacity, self.ttl, self.clock = capacity, self.checked(ttl), clock
        self.entries: dict[Any, Entry] = {}  # least recently used first
        self.counts: Counter[str] = Counter()
        self.lock = threading.RLock()
        self.flights: dict[Any, Flight] = {}
        self.closed = False

    def get(self, key: Any, default: Any = None) -> Any:
        with self.lock:
            value = self.read(key, self.now())
            return default if value is MISSING else value

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        with self.lock:
            now = self.now()
            self.store(key, self.taken(value), self.expiry(now, ttl), now)

    def delete(self, key: Any) -> bool:
        with self.lock:
            return self.remove(key, self.now())

    def clear(self) -> None:
        with self.lock:
            self.check_open()
            self.entries.clear()
            for key in list(self.flights):
                self.overtake(key)

    def __contains__(self, key: Any) -> bool:
        with self.lock:
            return self.find(key, self.now()) is not None

    def __len__(self) -> int:
        with self.lock:
            self.sweep(self.now())
            return len(self.entries)

    def __iter__(self) -> Iterator[Any]:
        with self.lock:
            self.sweep(self.now())
            return iter(list(self.entries))

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        keys = self.checked_keys(keys)
        with self.lock:
            now = self.now()
            found = {key: self.read(key, now) for key in keys}
        return {key: value for key, value in found.items() if value is not MISSING}

    def set_many(self, mapping: Mapping[Any, Any], ttl: float | None = None) -> None:
        self.checked_keys(mapping)
        with self.lock:
            now = self.now()
            expires = self.expiry(now, ttl)
            for key, value in {key: self.taken(value) for key, value in mapping.items()}.items():
                self.store(key, value, expires, now)

    def delete_many(self, keys: Iterable[Any]) -> int:
        keys = self.checked_keys(keys)
        with self.lock:
            now = self.now()
            return sum([self.remove(key, now) for key in keys])

    def stats(self) -> SimpleNamespace:
        with self.lock:
            self.sweep(self.now())
            names = ("hits", "misses", "evictions", "expirations")
            return SimpleNamespace(**{name: self.counts[name] for name in names}, size=len(self.entries))

    def close(self) -> None:
        self.closed = True

    # the steps, each of which some mutant gets wrong

    def now(self) -> float:
        self.check_open()
        return self.clock()

    def check_open(self) -> None:
        if self.closed:
            raise RuntimeError("the cache is closed")

    def checked_keys(self, keys: Iterable[Any]) -> list[Any]:
        keys = list(keys)
        for key in keys:
            self.check_key(key)
        return keys

    def check_key(self, key: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(f"key {key!r} is no text")

    def checked(self, ttl: float | None) -> float | None:
        if ttl is not None and not 0 < ttl < 1e15:
            raise ValueError(f"ttl is {ttl}; it is above 0 and small enough to add to the clock")
        return ttl

    def expiry(self, now: float, ttl: float | None) -> float:
        ttl = self.ttl if ttl is None else self.checked(ttl)
        return inf if ttl is None else now + ttl

    def taken(self, value: Any) -> Any:
        """A value on its way in."""
        return copy.deepcopy(value)

    def given(self, value: Any) -> Any:
        """A value on its way out."""
        return copy.deepcopy(value)

    def read(self, key: Any, now: float) -> Any:
        entry = self.find(key, now)
        self.count("misses" if entry is None else "hits")
        if entry is None:
            return MISSING
        self.touch(key)
        return self.given(entry.value)

    def remove(self, key: Any, now: float) -> bool:
        entry = self.find(key, now)
        self.overtake(key)
        if entry is not None:
            del self.entries[key]
        return entry is not None

    def find(self, key: Any, now: float) -> Entry | None:
        self.check_key(key)
        entry = self.entries.get(key)
        if entry is not None and self.expired(entry, now):
            self.expire(key)
            return None
        return entry

    def expired(self, entry: Entry, now: float) -> bool:
        return entry.expires <= now

    def expire(self, key: Any) -> None:
        del self.entries[key]
        self.count("expirations")

    def sweep(self, now: float) -> None:
        for key in [key for key, entry in self.entries.items() if self.expired(entry, now)]:
            self.expire(key)

    def touch(self, key: Any) -> None:
        self.entries[key] = self.entries.pop(key)

    def count(self, name: str) -> None:
        self.counts[name] += 1

    def store(self, key: Any, value: Any, expires: float, now: float) -> None:
        self.overtake(key)
        if self.find(key, now) is None:
            self.make_room(now)
        else:
            self.touch(key)
        self.entries[key] = Entry(value, expires)

    def make_room(self, now: float) -> None:
        if len(self.entries) >= self.capacity:
            self.sweep(now)
        if len(self.entries) >= self.capacity:
            self.evict(next(iter(self.entries)))

    def evict(self, key: Any) -> None:
        del self.entries[key]
        self.count("evictions")
