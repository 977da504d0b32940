"""Right caches of different make: the suite must accuse none of them. Some mutants are made of these."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import inf
from typing import Any
from zlib import crc32

from ..subjects.memory import Memory
from .right import Right


class Plain:
    """A dict, and nothing else."""

    declares: dict[str, Any] = {"keys": "hashable", "types": "any"}
    caught_by: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.entries: dict[Any, Any] = {}

    def get(self, key: Any, default: Any = None) -> Any:
        return self.entries.get(key, default)

    def set(self, key: Any, value: Any) -> None:
        self.entries[key] = value

    def delete(self, key: Any) -> bool:
        return self.entries.pop(key, self) is not self

    def clear(self) -> None:
        self.entries.clear()


class Named(Plain):
    """A dict with text keys."""

    declares = {"types": "any"}

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(self.name(key), default)

    def set(self, key: Any, value: Any) -> None:
        super().set(self.name(key), value)

    def delete(self, key: Any) -> bool:
        return super().delete(self.name(key))

    def name(self, key: Any) -> Any:
        """What a key is stored under."""
        if not isinstance(key, str):
            raise TypeError(f"key {key!r} is no text")
        return key


class Digesting(Plain):
    """A dict, and keys made of data."""

    def make_key(self, data: Any) -> str:
        return str(Memory.make_key(data))


class Delegating:
    """What it does not do itself, whatever that is, does another one; its keys it makes as Django does."""

    declares = Plain.declares
    caught_by: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.inner = Plain()

    def get(self, key: Any, default: Any = None) -> Any:
        return self.inner.get(key, default)

    def make_key(self, key: Any, version: int = 1) -> str:
        return f"{version}:{key}"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class Computing(Plain):
    """A dict with ``get_or_set``."""

    declares = {**Plain.declares, "get_or_set": "plain"}

    def get_or_set(self, key: Any, compute: Callable[[], Any]) -> Any:
        if key not in self.entries:
            self.entries[key] = compute()
        return self.entries[key]


class Alone(Right):
    """All that a right cache keeps, for a single thread."""

    declares = {**Right.declares, "threads": "unsafe", "get_or_set": "plain"}


class Spinning(Plain):
    """Who comes second tries again at once, as in zict.LRU while another thread is about to evict."""

    declares = {**Plain.declares, "eviction": "fifo", "threads": "safe"}

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"capacity is {capacity}; it is 1 or more")
        super().__init__()
        self.capacity, self.lock = capacity, threading.Lock()

    def set(self, key: Any, value: Any) -> None:
        with self.turn():
            if key not in self.entries and len(self.entries) >= self.capacity:
                del self.entries[next(iter(self.entries))]
            super().set(key, value)

    def delete(self, key: Any) -> bool:
        with self.turn():
            return super().delete(key)

    def clear(self) -> None:
        with self.turn():
            super().clear()

    @contextmanager
    def turn(self) -> Iterator[None]:
        while not self.lock.acquire(blocking=False):
            pass
        yield
        self.lock.release()


class Sharded(Plain):
    """Its capacity is shared out: one part may be full while there is room in another."""

    declares = {**Plain.declares, "eviction": "approximate"}

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"capacity is {capacity}; it is 1 or more")
        super().__init__()
        self.parts, self.most = min(8, capacity), max(1, capacity // 8)

    def set(self, key: Any, value: Any) -> None:
        beside = [each for each in self.entries if self.part(each) == self.part(key)]
        if key not in beside and len(beside) >= self.most:
            del self.entries[beside[0]]
        super().set(key, value)

    def part(self, key: Any) -> int:
        return crc32(repr(key).encode()) % self.parts


class Sharing(Right):
    """Values are the caller's own objects."""

    declares = {**Right.declares, "values": "shared"}

    def taken(self, value: Any) -> Any:
        return value

    def given(self, value: Any) -> Any:
        return value


class Hashing(Right):
    """Any hashable object is a key."""

    declares = {**Right.declares, "keys": "hashable"}

    def check_key(self, key: Any) -> None:
        hash(key)


class Looping(Alone):
    """A bulk operation is a loop of single ones: it may end halfway, and tells of no deletes."""

    declares = {**Alone.declares, "bulk": "plain"}

    def set_many(self, mapping: Mapping[Any, Any], ttl: float | None = None) -> None:
        for key, value in mapping.items():
            self.set(key, value, ttl)

    def delete_many(self, keys: Iterable[Any]) -> None:  # type: ignore[override]
        for key in keys:
            self.delete(key)


class Fifo(Alone):
    """Evicts by age, whatever was used since."""

    declares = {**Alone.declares, "eviction": "fifo"}

    def touch(self, key: Any) -> None:
        pass


class FifoAnew(Fifo):
    """Takes what is overwritten for new, as cacheout and expiringdict do."""

    def store(self, key: Any, *entry: Any) -> None:
        super().store(key, *entry)
        self.entries[key] = self.entries.pop(key)


class Fixed(Alone):
    """One ttl for all entries."""

    declares = {**Alone.declares, "ttl": "fixed"}

    def set(self, key: Any, value: Any) -> None:  # type: ignore[override]
        super().set(key, value)

    def set_many(self, mapping: Mapping[Any, Any]) -> None:  # type: ignore[override]
        super().set_many(mapping)

    def get_or_set(self, key: Any, compute: Callable[[], Any]) -> Any:  # type: ignore[override]
        return super().get_or_set(key, compute)


class ZeroExpires(Alone):
    """A ttl of 0 is over at once."""

    declares = {**Alone.declares, "ttl_zero": "expired"}

    def checked(self, ttl: float | None) -> float | None:
        return ttl if ttl == 0 else super().checked(ttl)


class ZeroIsForever(Alone):
    """A ttl of 0 is never over."""

    declares = {**Alone.declares, "ttl_zero": "forever"}

    def checked(self, ttl: float | None) -> float | None:
        return ttl if ttl == 0 else super().checked(ttl)

    def expiry(self, now: float, ttl: float | None) -> float:
        return inf if ttl == 0 else super().expiry(now, ttl)
