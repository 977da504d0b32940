"""cachetools: memoizing collections in pure Python."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import cachetools

from ._dictlike import Dictlike

_CODE = "https://github.com/tkem/cachetools/blob/v8.0.1/src/cachetools"
_MISSING = object()


class CachetoolsLRU(Dictlike, cachetools.LRUCache[Any, Any]):
    """cachetools.LRUCache: bounded, exact LRU, in this process."""

    declares = {
        "eviction": "lru",  # https://cachetools.readthedocs.io/en/stable/#cachetools.LRUCache
        "keys": "hashable",  # a MutableMapping: https://cachetools.readthedocs.io/en/stable/#cache-implementations
        "types": "any",  # it keeps the objects themselves
    }
    distribution = "cachetools"

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)


class CachetoolsTTL(Dictlike, cachetools.TTLCache[Any, Any]):
    """cachetools.TTLCache: LRU with one ttl for all entries, in this process."""

    declares = {
        "ttl": "fixed",  # https://cachetools.readthedocs.io/en/stable/#cachetools.TTLCache
        "ttl_zero": "expired",  # "timer() + ttl ... defines the expiration time", the same place: it is over at once
        "clock": "injected",  # `timer`, the same place
        "eviction": "lru",  # "the least recently used items will be discarded first", the same place
        "keys": "hashable",
        "types": "any",
    }
    distribution = "cachetools"

    def __init__(self, capacity: int, ttl: float = math.inf, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(capacity, ttl, clock)


class CachetoolsTLRU:
    """cachetools.TLRUCache: LRU with a time-to-use function, which here adds the entry's own ttl."""

    declares = {
        "ttl": "per-entry",  # `ttu`: https://cachetools.readthedocs.io/en/stable/#cachetools.TLRUCache
        "ttl_zero": "expired",  # "defines the expiration time", the same place: it is over at once
        "clock": "injected",  # `timer`, the same place
        "eviction": "lru",  # the same place
        "keys": "hashable",
        "types": "any",
    }
    deviations = {
        "test_expiry.py::test_a_clock_that_steps_back_brings_nothing_back": (
            f"a read finds an expired item and leaves it where it is, {_CODE}/__init__.py#L712-L722"
        ),
    }
    distribution = "cachetools"

    def __init__(self, capacity: int, ttl: float = math.inf, clock: Callable[[], float] = time.monotonic) -> None:
        self._ttl = ttl
        self._entries: Any = cachetools.TLRUCache(capacity, lambda _key, entry, now: now + entry[1], clock)
        self.clear = self._entries.clear

    def get(self, key: Any, default: Any = None) -> Any:
        return self._entries.get(key, (default,))[0]

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        self._entries[key] = value, self._ttl if ttl is None else ttl

    def delete(self, key: Any) -> bool:
        return self._entries.pop(key, _MISSING) is not _MISSING

    def __contains__(self, key: Any) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Any:
        return iter(self._entries)


class CachetoolsCached(CachetoolsLRU):
    """cachetools.cached with a condition, over an LRUCache: the decorator as get_or_set."""

    declares = {
        **CachetoolsLRU.declares,
        # "will prevent concurrent execution of the wrapped function with identical ... cache keys":
        "get_or_set": "single-flight",  # https://cachetools.readthedocs.io/en/stable/#cachetools.cached
    }
    deviations = {
        "test_single_flight.py::test_a_change_during_a_compute_wins": (
            f"a result is stored whatever was set meanwhile, {_CODE}/_decorator.py#L86-L92"
        ),
        "test_single_flight.py::test_a_compute_that_asks_for_its_own_key_raises": (
            f"it waits for itself, for ever, {_CODE}/_decorator.py#L79-L80"
        ),
    }

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        decorate = cachetools.cached(self, key=lambda key, _compute: key, condition=threading.Condition())
        self.get_or_set = decorate(lambda _key, compute: compute())
