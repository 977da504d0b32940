"""diskcache: entries in SQLite and files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import diskcache

from ...contract import Location

_NAN = (
    "NaN is for ever: SQLite keeps it as NULL, "
    "https://github.com/grantjenks/python-diskcache/blob/v5.6.3/diskcache/core.py#L771"
)


class Diskcache:
    """diskcache.Cache: a ttl per entry, in SQLite, shared by the processes of one host."""

    declares = {
        "ttl": "per-entry",  # `expire`: https://grantjenks.com/docs/diskcache/api.html#diskcache.Cache.set
        "ttl_zero": "expired",  # "seconds until item expires", the same place: it is over at once
        "keys": "hashable",  # pickled where SQLite has no type: https://grantjenks.com/docs/diskcache/tutorial.html#disk
        "values": "copied",  # pickled, the same place
        "types": "any",  # the same place
        "scope": "host",  # "Process-safe": https://grantjenks.com/docs/diskcache/#features
        "durable": "yes",  # "Disk and file backed persistent cache", the same place
        "threads": "safe",  # "Thread-safe", the same place
    }
    deviations = {
        "test_entries.py::test_a_closed_cache_refuses_every_operation": (
            "documented: 'closed Cache objects will automatically re-open when accessed', "
            "https://grantjenks.com/docs/diskcache/tutorial.html#cache"
        ),
        "test_ttl.py::test_a_ttl_below_zero_is_refused": _NAN,
        "test_ttl.py::test_a_default_ttl_below_zero_is_refused": _NAN,
        "test_expiry.py::test_iteration_agrees_about_expiry": (
            "documented: 'iteration likewise includes expired items', "
            "https://grantjenks.com/docs/diskcache/tutorial.html#cache"
        ),
        "test_expiry.py::test_len_agrees_about_expiry": (
            "documented: 'reported length of the cache includes expired items', "
            "https://grantjenks.com/docs/diskcache/tutorial.html#cache"
        ),
    }
    distribution = "diskcache"

    def __init__(self, location: Location, ttl: float | None = None) -> None:
        self._ttl = ttl
        self._entries: Any = diskcache.Cache(str(location))
        self.get = self._entries.get
        self.delete = self._entries.delete
        self.clear = self._entries.clear
        self.close = self._entries.close

    def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        self._entries.set(key, value, self._ttl if ttl is None else ttl)

    def __contains__(self, key: Any) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Any:
        return iter(self._entries)


class DiskcacheMemoize:
    """diskcache.Cache.memoize: the decorator as get_or_set, with one ttl, shared by the processes of one host."""

    declares = {
        **Diskcache.declares,
        "ttl": "fixed",  # `expire`: https://grantjenks.com/docs/diskcache/api.html#diskcache.Cache.memoize
        "get_or_set": "plain",  # nothing is said of callers at once; it is of `memoize_stampede`
    }
    deviations = {"test_ttl.py::test_a_default_ttl_below_zero_is_refused": _NAN}
    distribution = "diskcache"

    def __init__(self, location: Location, ttl: float | None = None) -> None:
        self._ttl = ttl
        self._entries: Any = diskcache.Cache(str(location))
        self._fetch: Any = self._entries.memoize(expire=ttl, ignore={1})(lambda _key, compute: compute())
        self._key = self._fetch.__cache_key__  # "can be used to generate the cache key", the same place
        self.clear = self._entries.clear

    def get(self, key: Any, default: Any = None) -> Any:
        return self._entries.get(self._key(key), default)

    def set(self, key: Any, value: Any) -> None:
        self._entries.set(self._key(key), value, self._ttl)

    def delete(self, key: Any) -> bool:
        return self._entries.delete(self._key(key))

    def get_or_set(self, key: Any, compute: Callable[[], Any]) -> Any:
        return self._fetch(key, compute)
