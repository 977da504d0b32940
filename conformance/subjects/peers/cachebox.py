"""cachebox: memoizing collections in Rust."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cachebox

from ._dictlike import Dictlike

_CODE = "https://github.com/awolverp/cachebox/blob/v6.2.10"
_LATE = f"a result is stored whatever was set meanwhile, {_CODE}/cachebox/_wrappers.py#L283"

_UNBOUNDED = {
    "test_capacity.py::test_a_capacity_below_one_is_refused": (
        "documented: 0 is no bound, https://awolverp.github.io/cachebox/faq/#what-does-maxsize0-mean"
    ),
}
_LAZY = {
    "test_expiry.py::test_len_agrees_about_expiry": (
        "documented: expired entries linger until they are touched, https://awolverp.github.io/cachebox/tips/; "
        f"len() does not touch them, {_CODE}/src/pyclasses/ttlcache.rs#L148-L153"
    ),
}


class _Cachebox(Dictlike):
    """What all of them have."""

    distribution = "cachebox"

    def get_or_set(self, key: Any, compute: Callable[[], Any]) -> Any:
        return self.setdefault_with(key, compute)


class CacheboxLRU(_Cachebox, cachebox.LRUCache[Any, Any]):
    """cachebox.LRUCache: bounded, exact LRU, in Rust, in this process."""

    declares = {
        "eviction": "lru",  # https://awolverp.github.io/cachebox/algorithms/
        "keys": "hashable",  # "Keys must be hashable": https://awolverp.github.io/cachebox/faq/
        "types": "any",  # "Values may be any Python object", the same place
        "threads": "safe",  # "Thread-safe storage implemented in Rust", the same place
        "get_or_set": "plain",  # `setdefault_with`, whose docstring says that two threads may compute
    }
    deviations = {
        **_UNBOUNDED,
        "test_capacity.py::test_in_does_not_refresh": (
            f"contains() is a get(), and moves the entry to the back, {_CODE}/src/policies/wrapped.rs#L163-L172"
        ),
    }

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)


class CacheboxTTL(_Cachebox, cachebox.TTLCache[Any, Any]):
    """cachebox.TTLCache: FIFO with one ttl for all entries, in Rust, in this process."""

    declares = {
        "ttl": "fixed",  # https://awolverp.github.io/cachebox/algorithms/
        "eviction": "fifo",  # "FIFO among live entries", the same place
        "keys": "hashable",
        "types": "any",
        "threads": "safe",
        "get_or_set": "plain",
    }
    deviations = {
        **_UNBOUNDED,
        **_LAZY,
        "test_expiry.py::test_delete_of_an_expired_entry_answers_false": (
            "an entry that is set again keeps its place, and those behind it are not looked at: pop() gives away "
            f"what has expired, {_CODE}/src/policies/ttlpolicy.rs#L323-L326"
        ),
    }

    def __init__(self, capacity: int, ttl: float = 1e9) -> None:
        super().__init__(capacity, ttl)


class CacheboxVTTL(_Cachebox, cachebox.VTTLCache[Any, Any]):
    """cachebox.VTTLCache: a ttl per entry, the next to expire is evicted, in Rust, in this process."""

    declares = {
        "ttl": "per-entry",  # https://awolverp.github.io/cachebox/algorithms/
        "ttl_zero": "expired",  # nothing is said; Duration::ZERO in the code
        "eviction": "approximate",  # by remaining life and not by use, the same place
        "keys": "hashable",
        "types": "any",
        "threads": "safe",
        "get_or_set": "plain",
    }
    deviations = {
        **_UNBOUNDED,
        **_LAZY,
        "test_ttl.py::test_a_huge_ttl_is_kept_or_refused": (
            f"a ttl of 2**63 seconds or more aborts the interpreter, {_CODE}/src/internal/utils.rs#L262"
        ),
    }

    def __init__(self, capacity: int, ttl: float | None = None) -> None:
        super().__init__(capacity)
        self._default = ttl

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        self.insert(key, value, self._default if ttl is None else ttl)

    def get_or_set(self, key: Any, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        return self.setdefault_with(key, compute, self._default if ttl is None else ttl)


class CacheboxCached(CacheboxLRU):
    """cachebox.cached with its lock, over an LRUCache: the decorator as get_or_set."""

    declares = {
        **CacheboxLRU.declares,
        "get_or_set": "single-flight",  # https://awolverp.github.io/cachebox/tips/#cache-stampede-prevention
    }
    deviations = {
        **CacheboxLRU.deviations,
        "test_concurrency.py::test_threads_compute_in_one_order": _LATE,
        "test_single_flight.py::test_a_change_during_a_compute_wins": _LATE,
        "test_single_flight.py::test_a_compute_that_asks_for_its_own_key_raises": (
            "it waits for itself, for ever, https://github.com/awolverp/cachebox/issues/54"
        ),
    }

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        decorate = cachebox.cached(self, key_maker=lambda key, _compute: key, lock=True)
        self._fetch: Any = decorate(lambda _key, compute: compute())

    def get_or_set(self, key: Any, compute: Callable[[], Any]) -> Any:
        return self._fetch(key, compute)
