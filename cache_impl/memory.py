"""The cache in this process: exact LRU with a ttl per entry, for threads and tasks."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator, Mapping
from copy import deepcopy
from types import TracebackType
from typing import Any, Self

from .basics import MISSING, Stats, T, checked_count, checked_mapping, checked_ttl
from .coroutines import Coroutines
from .flight import Flight, Flights
from .lru import Entries
from .unlocked import unlocked


class MemoryCache(Coroutines[Hashable]):
    """At most ``capacity`` entries; when one more comes, expired ones go first, then the least recently used.

    ``ttl`` is how many seconds an entry lives where ``set`` is not told otherwise; ``None`` is for ever.
    ``clock`` returns seconds and may step back. Keys are hashable. Values are shared with the caller;
    ``copy=True`` deep-copies them on the way in and on the way out. Threads, tasks and forked children may
    share a cache.

    Raises:
        BadSetting: a ``capacity`` below 1; a ``ttl`` that is not above 0, or too large to add to the clock.
        CacheClosed: any operation after ``close()``.
    """

    def __init__(
        self,
        capacity: int = 1000,
        ttl: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        copy: bool = False,  # noqa: FBT001, FBT002  # read best by name, and short without
    ) -> None:
        self._flights = Flights()
        self._entries = Entries(checked_count("capacity", capacity, "entries"), checked_ttl(ttl), clock, self._flights)
        self._unlocked = unlocked(self._entries, vars(self))
        self._copy: Callable[[Any], Any] = deepcopy if copy else _itself
        if not copy and type(self).get is MemoryCache.get:
            self.get = self._unlocked.get  # type: ignore[method-assign]  # the same, a call less
        if not copy and type(self).set is MemoryCache.set:
            self.set = self._unlocked.set  # type: ignore[method-assign]

    def get(self, key: Hashable, default: Any = None) -> Any:
        """The value of ``key``, which becomes the most recently used; ``default`` where there is none."""
        value = self._unlocked.get(key, MISSING)
        return default if value is MISSING else self._copy(value)

    def set(self, key: Hashable, value: Any, ttl: float | None = None) -> None:
        """Store ``value`` for ``ttl`` seconds, by default the cache's own ttl."""
        self._unlocked.set(key, self._copy(value), ttl)

    def delete(self, key: Hashable) -> bool:
        """Remove the entry of ``key``; whether there was one."""
        with self._entries.lock:
            return self._delete(key, self._entries.now())

    def clear(self) -> None:
        """Remove every entry. The figures go on."""
        with self._entries.lock:
            self._entries.expire(self._entries.now())
            self._entries.clear()
            self._flights.overtake_all()

    def get_many(self, keys: Iterable[Hashable]) -> dict[Hashable, Any]:
        """The entries found, by key."""
        wanted = _hashed(keys)
        with self._entries.lock:
            now = self._entries.now()
            values = [(key, self._entries.use(key, now)) for key in wanted]
        return {key: self._copy(value) for key, value in values if value is not MISSING}

    def set_many(self, mapping: Mapping[Hashable, Any], ttl: float | None = None) -> None:
        """Store every value of ``mapping``; on an error, none."""
        values = {key: self._copy(value) for key, value in checked_mapping(mapping).items()}
        with self._entries.lock:
            now, end = self._entries.lifetime(ttl)
            for key, value in values.items():
                self._entries.put(key, value, end, now)
                self._flights.overtake(key)

    def delete_many(self, keys: Iterable[Hashable]) -> int:
        """Remove the entries of ``keys``; how many there were."""
        unwanted = _hashed(keys)
        with self._entries.lock:
            now = self._entries.now()
            return sum(self._delete(key, now) for key in unwanted)

    def get_or_set(self, key: Hashable, compute: Callable[[], T], ttl: float | None = None) -> T:
        """The value of ``key``; where there is none, what ``compute()`` returns, stored for ``ttl`` seconds.

        Callers who ask meanwhile wait for that one compute, as ``Flights`` tells.

        Raises:
            Recursion: ``compute`` asks for ``key`` itself.
        """
        checked_ttl(ttl)
        value: T = self.get(key, MISSING)
        if value is MISSING:
            value = self._copy(
                self._flights.run(key, lambda: self._look(key), compute, lambda *found: self._land(key, ttl, *found))
            )
        return value

    async def aget_or_set(self, key: Hashable, compute: Callable[[], Awaitable[T]], ttl: float | None = None) -> T:
        """``get_or_set`` for a coroutine function."""
        checked_ttl(ttl)
        value: T = self.get(key, MISSING)
        if value is not MISSING:
            return value

        async def look() -> Any:
            return self._look(key)

        async def land(value: Any, flight: Flight) -> None:
            self._land(key, ttl, value, flight)

        made: T = self._copy(await self._flights.arun(key, look, compute, land))
        return made

    async def _arun(self, operation: Callable[..., Any], *arguments: Any) -> Any:
        """Nothing here waits."""
        return operation(*arguments)

    def stats(self) -> Stats:
        """The figures so far."""
        entries = self._entries
        with entries.lock:
            size = len(self)
            hits, misses, evictions = self._unlocked.counts()
            return Stats(
                hits + entries.hits, misses + entries.misses, evictions + entries.evictions, entries.expirations, size
            )

    def close(self) -> None:
        """Let go of every entry. Closing twice is fine."""
        with self._entries.lock:
            self._entries.close()
            self._flights.overtake_all()

    def __contains__(self, key: Hashable) -> bool:
        with self._entries.lock:
            return self._entries.peek(key, self._entries.now()) is not MISSING

    def __len__(self) -> int:
        with self._entries.lock:
            self._entries.expire(self._entries.now())
            return len(self._entries.values)

    def __iter__(self) -> Iterator[Hashable]:
        """The keys held now, the least recently used first."""
        with self._entries.lock:
            self._entries.expire(self._entries.now())
            return iter(list(self._entries.values))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def _set_until(self, key: Hashable, value: Any, end: float) -> None:
        """``set``, for who knows what the clock reads at the end."""
        value = self._copy(value)
        with self._entries.lock:
            self._entries.put(key, value, end, self._entries.now())
            self._flights.overtake(key)

    def _delete(self, key: Hashable, now: float) -> bool:
        found = self._entries.peek(key, now) is not MISSING
        self._flights.overtake(key)
        if found:
            self._entries.remove(key)
        return found

    def _look(self, key: Hashable) -> Any:
        with self._entries.lock:
            return self._entries.peek(key, self._entries.now())

    def _land(self, key: Hashable, ttl: float | None, value: Any, flight: Flight) -> None:
        value = self._copy(value)
        with self._entries.lock:
            if not flight.overtaken:
                now, end = self._entries.lifetime(ttl)
                self._entries.put(key, value, end, now)


def _itself(value: Any) -> Any:
    return value


def _hashed(keys: Iterable[Hashable]) -> list[Hashable]:
    """``keys``, each of which can be one: none is unhashable."""
    listed = list(keys)
    for key in listed:
        hash(key)
    return listed
