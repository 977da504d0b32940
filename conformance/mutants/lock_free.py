"""A right cache without a lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from math import inf
from typing import Any

from .right import Entry


class LockFree:
    """No lock: every step is one that the interpreter takes at once. An entry, once expired, is marked in place."""

    declares: dict[str, Any] = {
        "ttl": "per-entry",
        "granularity": 0.0,
        "clock": "injected",
        "eviction": "fifo",
        "keys": "hashable",
        "types": "any",
        "threads": "safe",
        "get_or_set": "plain",
    }

    def __init__(
        self, capacity: int = 1000, ttl: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if capacity < 1:
            raise ValueError(f"capacity is {capacity}; it is 1 or more")
        self.capacity, self.ttl, self.clock = capacity, self.checked(ttl), clock
        self.entries: dict[Hashable, Entry] = {}  # oldest first

    def get(self, key: Hashable, default: Any = None) -> Any:
        entry = self.entries.get(key)
        return default if entry is None or self.gone(entry, self.clock()) else entry.value

    def set(self, key: Hashable, value: Any, ttl: float | None = None) -> None:
        now = self.clock()
        ttl = self.ttl if ttl is None else self.checked(ttl)
        self.make_room(key, now)
        self.entries[key] = Entry(value, inf if ttl is None else now + ttl)
        while len(self.entries) > self.capacity:
            with suppress(RuntimeError, StopIteration):  # another thread has made room meanwhile
                self.entries.pop(next(iter(self.entries)), None)

    def delete(self, key: Hashable) -> bool:
        entry = self.entries.pop(key, None)
        return entry is not None and not self.gone(entry, self.clock())

    def clear(self) -> None:
        self.entries.clear()

    def get_or_set(self, key: Hashable, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        value = self.get(key, self)
        if value is self:
            self.checked(ttl)
            value = compute()
            self.set(key, value, ttl)
        return value

    def checked(self, ttl: float | None) -> float | None:
        if ttl is not None and not 0 < ttl < 1e15:
            raise ValueError(f"ttl is {ttl}; it is above 0 and small enough to add to the clock")
        return ttl

    def gone(self, entry: Entry, now: float) -> bool:
        if entry.expires <= now:
            entry.expires = -inf  # whatever the clock does next
        return entry.expires == -inf

    def make_room(self, key: Hashable, now: float) -> None:
        full = key not in self.entries and len(self.entries) >= self.capacity
        for each in list(self.entries) if full else [key]:
            entry = self.entries.get(each)
            if entry is not None and self.gone(entry, now):
                self.entries.pop(each, None)
