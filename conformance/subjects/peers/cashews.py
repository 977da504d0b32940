"""cashews: asynchronous caching."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cashews

from ...contract import Location
from ._servers import address, refuse_to_flush

_CLIENT = "https://github.com/Krukov/cashews/blob/7.6.0/cashews/backends/redis/client.py"
_MEMORY = "https://github.com/Krukov/cashews/blob/7.6.0/cashews/backends/memory.py"
_MISSING = object()


class CashewsMemory:
    """cashews on mem://: LRU with a ttl per entry, in this process, asynchronous."""

    declares = {
        "ttl": "per-entry",  # `expire`: https://github.com/Krukov/cashews#basic-api
        "ttl_zero": "forever",  # nothing is said; `if expire` in the code
        "eviction": "lru",  # "uses fixed-sized LRU dict": https://github.com/Krukov/cashews#in-memory
        "types": "any",  # "Cache any objects": https://github.com/Krukov/cashews#features
        "get_or_set": "plain",  # https://github.com/Krukov/cashews#basic-api
        "bulk": "plain",  # the same place
        "asynchronous": "yes",
    }
    deviations = {
        "test_capacity.py::test_a_capacity_below_one_is_refused": (
            f"0 is taken, and nothing is kept, {_MEMORY}#L193-L194"
        ),
        "test_capacity.py::test_expired_entries_go_first": (
            f"a full cache evicts the least recently used entry, though others have expired, {_MEMORY}#L192-L194"
        ),
        "test_capacity.py::test_setting_an_expired_key_anew_evicts_nobody": (
            f"the new value keeps the expired one's expiry, and is gone at once, {_MEMORY}#L189-L190"
        ),
        "test_ttl.py::test_a_ttl_below_zero_is_refused": f"NaN is for ever, {_MEMORY}#L207",
        "test_ttl.py::test_a_default_ttl_below_zero_is_refused": f"NaN is for ever, {_MEMORY}#L207",
        "test_expiry.py::test_delete_of_an_expired_entry_answers_false": (
            f"delete() looks at no expiry, {_MEMORY}#L128-L133"
        ),
        "test_expiry.py::test_a_wall_clock_that_jumps_changes_nothing": f"it goes by time.time(), {_MEMORY}#L188-L207",
        "test_expiry.py::test_overwriting_without_a_ttl_removes_it": (
            f"the new value keeps the old one's expiry, {_MEMORY}#L189-L190; on Redis it does not"
        ),
    }
    distribution = "cashews"

    def __init__(self, capacity: int, ttl: float | None = None) -> None:
        self._setup("mem://", ttl, size=capacity)

    def _setup(self, url: str, ttl: float | None, prefix: str = "", **options: Any) -> None:
        self._ttl, self._prefix = ttl, prefix
        self._entries: Any = cashews.Cache()
        self._entries.setup(url, **options)

    async def get(self, key: str, default: Any = None) -> Any:
        return await self._entries.get(self._prefix + key, default)

    async def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        if not await self._entries.set(self._prefix + key, value, self._ttl if ttl is None else ttl):
            raise ValueError(f"{key!r} was not set, and its set() answered so")

    async def delete(self, key: str) -> bool:
        return await self._entries.delete(self._prefix + key)

    async def clear(self) -> None:
        await self._entries.clear()

    async def get_or_set(self, key: str, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        return await self._entries.get_or_set(self._prefix + key, compute, self._ttl if ttl is None else ttl)

    async def get_many(self, keys: Sequence[str]) -> dict[str, Any]:
        answers = await self._entries.get_many(*(self._prefix + key for key in keys), default=_MISSING)
        return {key: value for key, value in zip(keys, answers, strict=True) if value is not _MISSING}

    async def set_many(self, mapping: Mapping[str, Any], ttl: float | None = None) -> None:
        pairs = {self._prefix + key: value for key, value in mapping.items()}
        await self._entries.set_many(pairs, self._ttl if ttl is None else ttl)

    async def delete_many(self, keys: Sequence[str]) -> None:
        await self._entries.delete_many(*(self._prefix + key for key in keys))


class CashewsRedis(CashewsMemory):
    """cashews on redis://: pickled, with a ttl per entry, on a Redis or Valkey server, asynchronous."""

    declares = {
        **CashewsMemory.declares,
        "eviction": "none",  # the server's
        "values": "copied",  # "uses pickle module to serialize": https://github.com/Krukov/cashews#redis
        "scope": "network",
        "durable": "yes",
    }
    deviations = {
        "test_entries.py::test_a_stored_value_comes_back_equal_and_of_the_same_type": (
            "a negative int is a miss: it is written as text, and read as a number where it has digits alone, "
            "https://github.com/Krukov/cashews/blob/7.6.0/cashews/serialize.py#L172-L177"
        ),
        "test_single_flight.py::test_a_compute_with_a_bad_ttl_stores_nothing": (
            f"documented for connections alone: an error of the server is logged and dropped, {_CLIENT}#L57-L65"
        ),
    }

    def __init__(self, location: Location, ttl: float | None = None) -> None:
        refuse_to_flush(location.connect())
        self._setup(address(location).geturl(), ttl, location.namespace)
