"""The cache in this process: exact LRU with a ttl per entry, for threads."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from copy import deepcopy
from threading import RLock
from types import TracebackType
from typing import Any, NoReturn, Self

from .basics import MISSING, Stats, checked_capacity, checked_ttl, deadline
from .errors import CacheClosed
from .expiry import ExpiryIndex


class MemoryCache:
    """At most ``capacity`` entries; when one more comes, expired ones go first, then the least recently used.

    ``ttl`` is how many seconds an entry lives where ``set`` is not told otherwise, ``None`` is for ever.
    ``clock`` returns seconds and need not be monotonic. Values are shared with the caller; ``copy=True``
    deep-copies them on the way in and on the way out. Keys are hashable.

    Raises:
        BadSetting: a ``capacity`` below 1, a ``ttl`` that is not above 0 or too large to add to the clock.
        CacheClosed: any operation after ``close()``.
    """

    def __init__(
        self,
        capacity: int = 1000,
        ttl: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        copy: bool = False,
    ) -> None:
        self._capacity = checked_capacity(capacity)
        self._ttl = checked_ttl(ttl)
        self._clock = clock
        self._copied: Callable[[Any], Any] = deepcopy if copy else _itself
        self._lock = RLock()  # a value's finalizer may call back in
        self._values: OrderedDict[Hashable, Any] = OrderedDict()  # least recently used first
        self._deadlines: dict[Hashable, float] = {}  # of the entries that have one
        self._expiry = ExpiryIndex(self._deadlines)
        self._hits = self._misses = self._evictions = self._expirations = 0

    def get(self, key: Hashable, default: Any = None) -> Any:
        """The value of ``key``, which is thereby the most recently used; ``default`` where there is none."""
        with self._lock:
            value = self._find(key, self._now())
            if value is MISSING:
                self._misses += 1
                return default
            self._values.move_to_end(key)
            self._hits += 1
        return self._copied(value)

    def set(self, key: Hashable, value: Any, ttl: float | None = None) -> None:
        """Store ``value`` for ``ttl`` seconds, by default the cache's own ttl."""
        self.set_many({key: value}, ttl)

    def delete(self, key: Hashable) -> bool:
        """Remove the entry of ``key``; whether there was one."""
        return self.delete_many((key,)) == 1

    def clear(self) -> None:
        """Remove every entry; the figures go on."""
        with self._lock:
            self._sweep(self._now())
            self._values.clear()
            self._deadlines.clear()
            self._expiry.clear()

    def get_many(self, keys: Iterable[Hashable]) -> dict[Hashable, Any]:
        """The entries found, by key."""
        wanted = list(keys)
        for key in wanted:
            hash(key)
        with self._lock:
            now = self._now()
            found = {}
            for key in wanted:
                value = self._find(key, now)
                if value is MISSING:
                    self._misses += 1
                else:
                    self._values.move_to_end(key)
                    self._hits += 1
                    found[key] = value
        return {key: self._copied(value) for key, value in found.items()}

    def set_many(self, mapping: Mapping[Hashable, Any], ttl: float | None = None) -> None:
        """Store every value of ``mapping``, or on an error none."""
        entries = {key: self._copied(value) for key, value in mapping.items()}
        ttl = self._ttl if ttl is None else ttl
        with self._lock:
            now = self._now() if ttl is None else self._clock()
            end = None if ttl is None else deadline(now, ttl)
            for key, value in entries.items():
                self._put(key, value, end, now)

    def delete_many(self, keys: Iterable[Hashable]) -> int:
        """Remove the entries of ``keys``; how many there were."""
        wanted = dict.fromkeys(keys)
        with self._lock:
            now = self._now()
            present = [key for key in wanted if self._find(key, now) is not MISSING]
            for key in present:
                self._remove(key)
        return len(present)

    def get_or_set(self, key: Hashable, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        """The value of ``key``; where there is none, what ``compute()`` returns, stored."""
        value = self.get(key, MISSING)
        if value is MISSING:
            value = compute()
            self.set(key, value, ttl)
        return value

    def stats(self) -> Stats:
        """The figures so far; expired entries no longer count."""
        with self._lock:
            size = len(self)
            return Stats(self._hits, self._misses, self._evictions, self._expirations, size)

    def close(self) -> None:
        """Let every entry go; from now on each operation raises ``CacheClosed``."""
        with self._lock:
            closed: Any = _Closed()
            self._values = self._deadlines = self._expiry = closed

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return self._find(key, self._now()) is not MISSING

    def __len__(self) -> int:
        with self._lock:
            self._sweep(self._now())
            return len(self._values)

    def __iter__(self) -> Iterator[Hashable]:
        """The keys held now, the least recently used first."""
        with self._lock:
            self._sweep(self._now())
            return iter(list(self._values))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        self.close()

    def _now(self) -> float:
        """The clock, read only where some entry can expire."""
        return self._clock() if self._deadlines else 0.0

    def _find(self, key: Hashable, now: float) -> Any:
        end = self._deadlines.get(key)
        if end is not None and end <= now:
            self._expire(key)
        return self._values.get(key, MISSING)

    def _put(self, key: Hashable, value: Any, end: float | None, now: float) -> None:
        if self._find(key, now) is MISSING and len(self._values) >= self._capacity:
            self._make_room(now)
        if end is None:
            self._deadlines.pop(key, None)
        else:
            self._deadlines[key] = end
            self._expiry.add(key, end)
        self._values[key] = value
        self._values.move_to_end(key)

    def _make_room(self, now: float) -> None:
        for key in self._expiry.expired(now):
            self._expire(key)
            return
        key, _ = self._values.popitem(last=False)
        self._deadlines.pop(key, None)
        self._evictions += 1

    def _sweep(self, now: float) -> None:
        for key in self._expiry.expired(now):
            self._expire(key)

    def _expire(self, key: Hashable) -> None:
        self._remove(key)
        self._expirations += 1

    def _remove(self, key: Hashable) -> None:
        del self._values[key]
        self._deadlines.pop(key, None)


def _itself(value: Any) -> Any:
    return value


class _Closed:
    """Stands in for what a closed cache held."""

    def __bool__(self) -> NoReturn:
        raise CacheClosed("this MemoryCache is closed; open a new one")

    __len__ = __iter__ = __contains__ = __bool__

    def __getattr__(self, name: str) -> NoReturn:
        self.__bool__()
