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

MISSING = object()


@dataclass
class Entry:
    """A value and the clock reading from which on it is gone."""

    value: Any
    expires: float


class Right:
    """Exact LRU, a ttl per entry, one lock, copies on the way in and out, text keys."""

    declares = {
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
        self.entries: dict[str, Entry] = {}  # least recently used first
        self.counts: Counter[str] = Counter()
        self.lock = threading.RLock()
        self.flights: dict[str, Flight] = {}
        self.closed = False

    def get(self, key: str, default: Any = None) -> Any:
        with self.lock:
            entry = self.find(key, self.now())
            self.counts["misses" if entry is None else "hits"] += 1
            if entry is None:
                return default
            self.touch(key)
            return self.copied(entry.value)

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        with self.lock:
            now = self.now()
            expires = self.expiry(now, ttl)
            self.store(key, self.copied(value), expires, now)

    def delete(self, key: str) -> bool:
        with self.lock:
            entry = self.find(key, self.now())
            self.overtake(key)
            if entry is not None:
                del self.entries[key]
            return entry is not None

    def clear(self) -> None:
        with self.lock:
            self.check_open()
            self.entries.clear()
            for key in list(self.flights):
                self.overtake(key)

    def __contains__(self, key: str) -> bool:
        with self.lock:
            return self.find(key, self.now()) is not None

    def __len__(self) -> int:
        with self.lock:
            self.sweep(self.now())
            return len(self.entries)

    def __iter__(self) -> Iterator[str]:
        with self.lock:
            self.sweep(self.now())
            return iter(list(self.entries))

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        keys = list(keys)
        with self.lock:
            for key in keys:
                self.check_key(key)
            found = {key: self.get(key, MISSING) for key in keys}
        return {key: value for key, value in found.items() if value is not MISSING}

    def set_many(self, mapping: Mapping[str, Any], ttl: float | None = None) -> None:
        with self.lock:
            now = self.now()
            expires = self.expiry(now, ttl)
            for key in mapping:
                self.check_key(key)
            for key, value in {key: self.copied(value) for key, value in mapping.items()}.items():
                self.store(key, value, expires, now)

    def delete_many(self, keys: Iterable[str]) -> int:
        keys = list(keys)
        with self.lock:
            for key in keys:
                self.check_key(key)
            return sum([self.delete(key) for key in keys])

    def get_or_set(self, key: str, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        with self.lock:
            value = self.get(key, MISSING)
            if value is not MISSING:
                return value
            flight = self.flights.get(key)
            leads = flight is None
            if flight is None:
                flight = self.flights[key] = Flight()
        return self.lead(key, flight, compute, ttl) if leads else self.follow(flight)

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

    def check_key(self, key: str) -> None:
        if not isinstance(key, str):
            raise TypeError(f"key {key!r} is no text")

    def copied(self, value: Any) -> Any:
        return copy.deepcopy(value)

    def checked(self, ttl: float | None) -> float | None:
        if ttl is not None and not 0 < ttl < 1e15:
            raise ValueError(f"ttl is {ttl}; it is above 0 and small enough to add to the clock")
        return ttl

    def expiry(self, now: float, ttl: float | None) -> float:
        ttl = self.ttl if ttl is None else self.checked(ttl)
        return inf if ttl is None else now + ttl

    def find(self, key: str, now: float) -> Entry | None:
        self.check_key(key)
        entry = self.entries.get(key)
        if entry is not None and self.expired(entry, now):
            self.expire(key)
            return None
        return entry

    def expired(self, entry: Entry, now: float) -> bool:
        return entry.expires <= now

    def expire(self, key: str) -> None:
        del self.entries[key]
        self.counts["expirations"] += 1

    def sweep(self, now: float) -> None:
        for key in [key for key, entry in self.entries.items() if self.expired(entry, now)]:
            self.expire(key)

    def touch(self, key: str) -> None:
        self.entries[key] = self.entries.pop(key)

    def store(self, key: str, value: Any, expires: float, now: float) -> None:
        self.check_key(key)
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

    def evict(self, key: str) -> None:
        del self.entries[key]
        self.counts["evictions"] += 1

    def overtake(self, key: str) -> None:
        """A change while the key is computed: the late result is not to be stored."""
        if key in self.flights:
            self.flights.pop(key).overtaken = True

    def lead(self, key: str, flight: Flight, compute: Callable[[], Any], ttl: float | None) -> Any:
        try:
            flight.value = compute()
        except BaseException as error:
            flight.error = error
            raise
        else:
            with self.lock:
                if not flight.overtaken:
                    self.set(key, flight.value, ttl)
            return flight.value
        finally:
            with self.lock:
                if self.flights.get(key) is flight:
                    del self.flights[key]
            flight.done.set()

    def follow(self, flight: Flight) -> Any:
        if flight.leader == threading.get_ident():
            raise RuntimeError("the compute asks for its own key")
        flight.done.wait()
        if flight.error is not None:
            raise flight.error
        return self.copied(flight.value)


class Flight:
    """One compute under way."""

    def __init__(self) -> None:
        self.value: Any = None
        self.error: BaseException | None = None
        self.overtaken = False
        self.leader = threading.get_ident()
        self.done = threading.Event()
