"""moka-py: the Moka cache of Rust."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import moka_py

from ._memoizing import Memoizing

_LAZY = (
    "documented: evictions run lazily, and until then there are more, "
    "https://github.com/deliro/moka-py#size-aware-cache-weigher"
)
_BOUND = {
    "test_capacity.py::test_never_more_entries_than_the_capacity": _LAZY,
    "test_capacity.py::test_the_bound_holds_when_two_set_at_once": _LAZY,
    "test_single_flight.py::test_what_is_computed_keeps_the_capacity": _LAZY,
}
_CODE = "https://github.com/deliro/moka-py/blob/0.5.0/src/lib.rs"
_FLIGHT = "`try_init_or_read` in https://github.com/moka-rs/moka/blob/v0.12.16/src/sync/value_initializer.rs"
_LATE = f"a result is stored whatever was set meanwhile, {_CODE}#L337; {_FLIGHT}"
_REMOVED = (
    "remove() gives away what has expired, or what clear() has taken, even after get() has missed it, "
    f"{_CODE}#L366-L367"
)
_MISSING = object()


class MokaPy:
    """moka_py.Moka with its default policy: W-TinyLFU with a ttl per entry, in Rust, in this process."""

    declares = {
        "ttl": "per-entry",  # https://github.com/deliro/moka-py#per-entry-ttl--tti
        "eviction": "approximate",  # https://github.com/deliro/moka-py#eviction-policies
        "keys": "hashable",  # https://github.com/deliro/moka-py#how-it-works
        "types": "any",  # the same place
        "threads": "safe",  # https://github.com/deliro/moka-py#features
        "get_or_set": "single-flight",  # "stampede protection": https://github.com/deliro/moka-py#per-entry-ttl--tti
    }
    deviations = {
        **_BOUND,
        "test_capacity.py::test_the_bound_does_not_drift": _LAZY,
        "test_expiry.py::test_an_own_ttl_goes_before_the_default": (
            "documented: an own ttl can only be shorter than the cache's, "
            "https://github.com/deliro/moka-py#interaction-with-cache-wide-ttl--tti"
        ),
        "test_expiry.py::test_delete_of_an_expired_entry_answers_false": _REMOVED,
        "test_entries.py::test_delete_finds_nothing_after_clear": _REMOVED,
        "test_concurrency.py::test_threads_see_one_order": _REMOVED,
        "test_concurrency.py::test_threads_see_one_order_while_entries_are_evicted": _REMOVED,
        "test_concurrency.py::test_threads_compute_in_one_order": _LATE,
        "test_single_flight.py::test_a_change_during_a_compute_wins": _LATE,
        "test_single_flight.py::test_a_compute_that_asks_for_its_own_key_raises": (
            f"it waits for itself, for ever, {_CODE}#L337; {_FLIGHT}"
        ),
    }
    distribution = "moka-py"

    def __init__(self, capacity: int, ttl: float | None = None) -> None:
        self._entries: Any = moka_py.Moka(capacity, ttl=ttl)
        self.get = self._entries.get
        self.clear = self._entries.clear

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        self._entries.set(key, value, ttl)

    def delete(self, key: Any) -> bool:
        return self._entries.remove(key, _MISSING) is not _MISSING

    def get_or_set(self, key: Any, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        return self._entries.get_with(key, compute, ttl)


class MokaPyCached(Memoizing):
    """moka_py.cached: the decorator, with one ttl for all entries, in Rust, in this process."""

    declares = {
        "ttl": "fixed",  # https://github.com/deliro/moka-py#as-a-decorator
        "eviction": "approximate",
        "keys": "hashable",
        "types": "any",
        "threads": "safe",
        "get_or_set": "plain",  # without `wait_concurrent`, which is `get_with` of MokaPy
    }
    deviations = _BOUND
    distribution = "moka-py"

    def __init__(self, capacity: int, ttl: float | None = None) -> None:
        super().__init__(moka_py.cached(capacity, ttl=ttl))
