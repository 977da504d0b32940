"""cachelib: the caches of Werkzeug and Flask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import cachelib

from ...contract import Location

_CODE = "https://github.com/pallets-eco/cachelib/blob/0.17.0/src/cachelib"
_MISSED = (
    "documented: 'the value if it exists and is readable, else None', so that a stored None is a miss, "
    "https://cachelib.readthedocs.io/en/stable/base/"
)
_NONE = {
    "test_entries.py::test_a_stored_falsy_value_is_a_hit": _MISSED,
    "test_bulk.py::test_get_many_finds_a_stored_falsy_value": _MISSED,
}
_KEYS = {
    "test_keys.py::test_a_key_that_is_no_text_is_refused": (
        f"documented: a key is a str; any other is taken as it is, or made one, {_CODE}/redis_base.py#L122"
    ),
}

_ONE_MORE = f"'the maximum number of items', and one more: it looks before it adds, {_CODE}/simple.py#L46-L47"
_THRESHOLD = {
    "test_capacity.py::test_the_bound_does_not_drift": _ONE_MORE,
    "test_capacity.py::test_never_more_entries_than_the_capacity": _ONE_MORE,
    "test_bulk.py::test_set_many_keeps_the_capacity": _ONE_MORE,
    "test_capacity.py::test_a_capacity_below_one_is_refused": (
        f"a threshold of 0 is 500 in SimpleCache, and no bound in FileSystemCache, {_CODE}/simple.py#L43"
    ),
}
_ROUNDED = {
    "test_ttl.py::test_a_default_ttl_below_zero_is_refused": (
        f"half a second ago is rounded up to 0, which is for ever, {_CODE}/base.py#L49"
    ),
    "test_ttl.py::test_a_ttl_below_zero_is_refused": (
        f"half a second ago is rounded up to 0, which is for ever, {_CODE}/base.py#L49"
    ),
}
_EARLY = "test_expiry.py::test_an_entry_lives_whenever_it_is_set"
_CUT = "the clock is cut to whole seconds before the timeout is added: gone up to a second early"
_DELETED = f"delete() is always True, and 'whether the key existed' in its documentation, {_CODE}/file.py#L283-L294"


def _timeout(seconds: float | None) -> Any:
    """As cachelib takes it: a timedelta, and 0 for ever."""
    return 0 if seconds is None else timedelta(seconds=seconds)


class CachelibSimple:
    """cachelib.SimpleCache: a dict with a ttl per entry in whole seconds, pickled, in this process."""

    declares = {
        "ttl": "per-entry",  # https://cachelib.readthedocs.io/en/stable/simple/
        "ttl_zero": "forever",  # "0 indicates that the cache never expires", the same place
        "granularity": 1.0,  # "a whole number of seconds", the same place
        "eviction": "approximate",  # `threshold`, the same place
        "values": "copied",  # pickled: https://cachelib.readthedocs.io/en/stable/serializers/
        "types": "any",  # pickled, the same place
        "threads": "safe",  # "safe to use from multiple threads", the first place
        "bulk": "plain",  # https://cachelib.readthedocs.io/en/stable/base/
    }
    deviations = {
        **_NONE,
        **_KEYS,
        **_THRESHOLD,
        _EARLY: f"{_CUT}, {_CODE}/simple.py#L74",
        "test_expiry.py::test_a_wall_clock_that_jumps_changes_nothing": (
            f"it goes by time.time(), {_CODE}/simple.py#L74-L81"
        ),
        "test_capacity.py::test_the_bound_holds_when_two_set_at_once": _ONE_MORE,
        **_ROUNDED,
        "test_expiry.py::test_delete_of_an_expired_entry_answers_false": (
            f"delete() looks at no expiry, {_CODE}/simple.py#L109-L111"
        ),
    }
    distribution = "cachelib"

    def __init__(self, capacity: int, ttl: float | None = None) -> None:
        self._entries: Any = cachelib.SimpleCache(capacity, _timeout(ttl))
        self.delete = self._entries.delete
        self.clear = self._entries.clear

    def get(self, key: str, default: Any = None) -> Any:
        value = self._entries.get(key)
        return default if value is None else value

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        self._entries.set(key, value, None if ttl is None else _timeout(ttl))

    def __contains__(self, key: str) -> bool:
        return bool(self._entries.has(key))

    def get_many(self, keys: Sequence[str]) -> dict[str, Any]:
        return {key: value for key, value in self._entries.get_dict(*keys).items() if value is not None}

    def set_many(self, mapping: Mapping[str, Any], ttl: float | None = None) -> None:
        self._entries.set_many(mapping, None if ttl is None else _timeout(ttl))

    def delete_many(self, keys: Sequence[str]) -> None:
        self._entries.delete_many(*keys)


class CachelibFile(CachelibSimple):
    """cachelib.FileSystemCache: a file for each entry, with a ttl in whole seconds, for the processes of one host."""

    declares = {
        **CachelibSimple.declares,  # https://cachelib.readthedocs.io/en/stable/file/
        "scope": "host",
        "durable": "yes",
        "threads": "unsafe",  # nothing is said
    }
    deviations = {
        **_NONE,
        **_THRESHOLD,
        **_ROUNDED,
        _EARLY: f"{_CUT}, {_CODE}/file.py#L111",
        "test_entries.py::test_delete_answers_whether_there_was_an_entry": _DELETED,
        "test_concurrency.py::test_processes_see_one_order": _DELETED,
        "test_expiry.py::test_delete_of_an_expired_entry_answers_false": (
            f"delete() looks at no expiry, {_CODE}/file.py#L283-L294"
        ),
    }

    def __init__(self, capacity: int, location: Location, ttl: float | None = None) -> None:
        self._entries: Any = cachelib.FileSystemCache(str(location), capacity, _timeout(ttl))
        self.delete = self._entries.delete
        self.clear = self._entries.clear


class CachelibRedis(CachelibSimple):
    """cachelib.RedisCache: pickled, with a ttl in whole seconds, on a Redis or Valkey server."""

    declares = {
        **CachelibSimple.declares,  # https://cachelib.readthedocs.io/en/stable/redis/
        "eviction": "none",
        "scope": "network",
        "durable": "yes",
        "threads": "unsafe",  # nothing is said
    }
    deviations = {
        **_NONE,
        **_KEYS,
        "test_ttl.py::test_a_ttl_below_zero_is_refused": (
            f"-1 is for ever, as it stands for 'no expiry' inside, {_CODE}/redis_base.py#L60-L70"
        ),
        "test_ttl.py::test_a_default_ttl_below_zero_is_refused": (
            f"-1 is for ever, as it stands for 'no expiry' inside, {_CODE}/redis_base.py#L60-L70"
        ),
    }

    def __init__(self, location: Location, ttl: float | None = None) -> None:
        client, prefix = location.connect(), location.namespace
        self._entries: Any = cachelib.RedisCache(client, default_timeout=_timeout(ttl), key_prefix=prefix)
        self.delete = self._entries.delete
        self.clear = self._entries.clear
