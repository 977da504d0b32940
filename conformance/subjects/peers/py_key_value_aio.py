"""py-key-value-aio: one asynchronous interface to many stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import diskcache
from key_value.aio.stores.disk import DiskStore
from key_value.aio.stores.memory import MemoryStore
from key_value.aio.stores.redis import RedisStore

from ...contract import Location
from ._servers import address

_TIME = "https://github.com/strawgate/py-key-value/blob/0.5.0/src/key_value/aio/_utils/time_to_live.py"
_MEMORY = "https://github.com/strawgate/py-key-value/blob/0.5.0/src/key_value/aio/stores/memory/store.py"
_JSON = {
    "test_entries.py::test_what_cannot_be_kept_is_refused": (
        "documented: JSON, which makes lists of tuples, https://github.com/strawgate/py-key-value#why-not-use-this-library"
    ),
}


class PyKeyValueMemory:
    """py-key-value's MemoryStore: bounded, JSON, with a ttl per entry, in this process, asynchronous."""

    declares = {
        "ttl": "per-entry",  # "Automatic expiration handling": https://github.com/strawgate/py-key-value
        "eviction": "lru",  # "Time-aware Least Recently Used", of MemoryStore's docstring
        "values": "copied",  # "No Live Objects": https://github.com/strawgate/py-key-value#why-not-use-this-library
        "types": "json",  # "dict[str, Any]", "serialized to and from JSON": https://github.com/strawgate/py-key-value
        "asynchronous": "yes",
        "bulk": "plain",  # "bulk variants": https://github.com/strawgate/py-key-value#protocols
    }
    deviations = {
        **_JSON,
        "test_capacity.py::test_expired_entries_go_first": (
            f"expiries are dates and the TLRUCache runs on time.monotonic, so that none is ever over, {_MEMORY}#L39"
        ),
        "test_expiry.py::test_delete_of_an_expired_entry_answers_false": f"delete() looks at no expiry, {_MEMORY}#L83",
        "test_expiry.py::test_a_wall_clock_that_jumps_changes_nothing": f"expiries are dates, {_TIME}#L27",
        "test_bulk.py::test_delete_many_counts_no_expired_entry": f"delete_many() looks at no expiry, {_MEMORY}#L83",
    }
    distribution = "py-key-value-aio"

    def __init__(self, capacity: int, ttl: float | None = None) -> None:
        self._use(MemoryStore(max_entries_per_collection=capacity), ttl)

    def _use(self, store: Any, ttl: float | None, collection: str = "cacheproof") -> None:
        self._store, self._ttl, self._collection = store, ttl, collection

    async def get(self, key: str, default: Any = None) -> Any:
        entry = await self._store.get(key, collection=self._collection)
        return default if entry is None else entry["value"]  # what is stored is always a dict

    async def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        lifetime = self._ttl if ttl is None else ttl
        await self._store.put(key, {"value": value}, collection=self._collection, ttl=lifetime)

    async def delete(self, key: str) -> bool:
        return await self._store.delete(key, collection=self._collection)

    async def clear(self) -> None:
        await self._store.delete_many(await self._store.keys(self._collection), collection=self._collection)

    async def get_many(self, keys: Sequence[str]) -> dict[str, Any]:
        entries = zip(keys, await self._store.get_many(keys, collection=self._collection), strict=True)
        return {key: entry["value"] for key, entry in entries if entry is not None}

    async def set_many(self, mapping: Mapping[str, Any], ttl: float | None = None) -> None:
        entries, lifetime = [{"value": value} for value in mapping.values()], self._ttl if ttl is None else ttl
        await self._store.put_many(list(mapping), entries, collection=self._collection, ttl=lifetime)

    async def delete_many(self, keys: Sequence[str]) -> int:
        return await self._store.delete_many(keys, collection=self._collection)


class PyKeyValueDisk(PyKeyValueMemory):
    """py-key-value's DiskStore: JSON in diskcache, a ttl per entry, for the processes of one host, asynchronous."""

    declares = {
        **PyKeyValueMemory.declares,
        "eviction": "none",
        "scope": "host",
        "durable": "yes",
    }
    deviations = _JSON

    def __init__(self, location: Location, ttl: float | None = None) -> None:
        self._files = diskcache.Cache(str(location), eviction_policy="none")  # as DiskStore makes it
        self._use(DiskStore(disk_cache=self._files), ttl)

    async def clear(self) -> None:
        self._files.clear()  # DiskStore itself cannot


class PyKeyValueRedis(PyKeyValueMemory):
    """py-key-value's RedisStore: JSON, a ttl per entry in whole seconds, on a Redis or Valkey server, asynchronous."""

    declares = {
        **PyKeyValueMemory.declares,
        "granularity": 1.0,  # `ex`: whole seconds
        "eviction": "none",
        "scope": "network",
        "durable": "yes",
    }
    deviations = _JSON

    def __init__(self, location: Location, ttl: float | None = None) -> None:
        # a collection whose name ends in a colon does not find its own keys again
        self._use(RedisStore(url=address(location).geturl()), ttl, location.namespace.rstrip(":"))
