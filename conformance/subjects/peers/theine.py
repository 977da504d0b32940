"""theine: W-TinyLFU with a core in Rust."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import theine

_CODE = "https://github.com/Yiling-J/theine/blob/v2.0.0/theine/theine.py"
_NEGATIVE = f"a negative ttl is taken, where 0 is refused, and lives until the timer's next second, {_CODE}#L435-L438"
_RAISED = f"once its function has raised, every later call with the same key waits for ever, {_CODE}#L471-L480"
_LATE = f"documented: nobody is to set beside the decorator; a result is stored whatever was set, {_CODE}#L467-L475"


class Theine:
    """theine.Cache: adaptive W-TinyLFU with a ttl per entry, in this process."""

    declares = {
        "ttl": "per-entry",  # https://github.com/Yiling-J/theine#api
        "eviction": "approximate",  # the same place, "adaptive W-TinyLFU"
        "keys": "hashable",  # "Key should be a Hashable object", the same place
        "types": "any",  # "value can be any Python object", the same place
        "threads": "safe",  # https://github.com/Yiling-J/theine#thread-safety-by-default
    }
    deviations = {
        "test_capacity.py::test_a_capacity_below_one_is_refused": (
            f"Cache(0) is a panic of its Rust core, and no Exception, {_CODE}#L389"
        ),
        "test_ttl.py::test_a_ttl_below_zero_is_refused": _NEGATIVE,
        "test_ttl.py::test_a_default_ttl_below_zero_is_refused": _NEGATIVE,
        "test_capacity.py::test_the_bound_holds_when_two_set_at_once": (
            "a set that comes while another one is told to the policy is told to it with the next one, "
            "https://github.com/Yiling-J/theine/blob/v2.0.0/theine/write_buffer.py#L26-L41"
        ),
        "test_capacity.py::test_an_entry_stays_after_a_clear": (
            "clear() empties the entries and not the policy's lists: what is set next is evicted at once, or a panic, "
            "https://github.com/Yiling-J/theine-core/blob/v2.1.0/src/core.rs#L114-L117"
        ),
        "test_expiry.py::test_delete_of_an_expired_entry_answers_false": (
            f"delete() looks at no expiry, {_CODE}#L309-L321"
        ),
        "test_expiry.py::test_len_agrees_about_expiry": (
            f"documented: expired entries are removed by a timer, once a second, {_CODE}#L556-L572"
        ),
    }
    distribution = "theine"

    def __init__(self, capacity: int, ttl: float | None = None) -> None:
        self._ttl = ttl
        self._entries = theine.Cache[Any, Any](capacity)
        self.delete = self._entries.delete
        self.clear = self._entries.clear

    def get(self, key: Any, default: Any = None) -> Any:
        value, found = self._entries.get(key)
        return value if found else default

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        seconds = self._ttl if ttl is None else ttl
        self._entries.set(key, value, None if seconds is None else timedelta(seconds=seconds))

    def __len__(self) -> int:
        return len(self._entries)


class TheineMemoize(Theine):
    """theine.Memoize: the decorator as get_or_set, with one ttl for all entries, over its own Cache."""

    declares = {
        **Theine.declares,
        "ttl": "fixed",  # https://github.com/Yiling-J/theine#cache-decorator
        "get_or_set": "single-flight",  # "Thundering herd/Cache stampede protection", the same place
    }
    deviations = {each: why for each, why in Theine.deviations.items() if "a_ttl_below" not in each} | {
        "test_single_flight.py::test_an_exception_is_not_cached": _RAISED,
        "test_single_flight.py::test_an_exception_reaches_every_waiter": _RAISED,
        "test_single_flight.py::test_after_a_failed_flight_the_next_call_computes": _RAISED,
        "test_single_flight.py::test_a_compute_that_asks_for_its_own_key_raises": (
            f"it waits for itself, for ever, {_CODE}#L480"
        ),
        "test_single_flight.py::test_a_change_during_a_compute_wins": _LATE,
        "test_concurrency.py::test_threads_compute_in_one_order": _LATE,
    }

    def __init__(self, capacity: int, ttl: float | None = None) -> None:
        self._ttl = None if ttl is None else timedelta(seconds=ttl)
        memoize = theine.Memoize(capacity, self._ttl)
        self._entries = memoize.cache
        self._asked = threading.local()  # so that the key alone is the argument
        self._fetch: Any = memoize(lambda _key: self._asked.compute())
        self._fetch.key(lambda key: key)
        self.delete = self._entries.delete
        self.clear = self._entries.clear

    def set(self, key: Any, value: Any) -> None:
        self._entries.set(key, value, self._ttl)

    def get_or_set(self, key: Any, compute: Callable[[], Any]) -> Any:
        self._asked.compute = compute
        return self._fetch(key)
