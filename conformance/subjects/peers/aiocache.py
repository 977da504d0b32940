"""aiocache: asynchronous caching."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiocache

from ...contract import Location
from ._servers import address

_CODE = "https://github.com/aio-libs/aiocache/blob/v0.12.3/aiocache"

_NONE = {
    "test_entries.py::test_a_stored_falsy_value_is_a_hit": f"a stored None is a miss, {_CODE}/base.py#L202",
    "test_bulk.py::test_get_many_finds_a_stored_falsy_value": (
        "documented: 'values not found are Nones', so that a stored None is a miss, "
        "https://aiocache.aio-libs.org/en/stable/caches.html#aiocache.base.BaseCache.multi_get"
    ),
}
_KEYS = {
    "test_keys.py::test_a_key_that_is_no_text_is_refused": (
        f"documented: a key is a str; any other is taken as it is, {_CODE}/base.py#L553-L557"
    ),
}

_NAN = (
    f"NaN breaks the order of the event loop's timers: its own waits, and so do others, {_CODE}/backends/memory.py#L38"
)
_OWN_TTL = (
    "test_expiry.py::test_a_key_set_anew_has_no_earlier_ttl",
    "test_ttl.py::test_a_huge_ttl_is_kept_or_refused",
    "test_ttl.py::test_a_ttl_below_zero_is_refused",
)


class AiocacheMemory:
    """aiocache.SimpleMemoryCache: a dict with a ttl per entry, in this process, asynchronous."""

    declares = {
        "ttl": "per-entry",  # https://aiocache.aio-libs.org/en/stable/caches.html#aiocache.base.BaseCache.set
        "ttl_zero": "forever",  # "If 0, ttl is disabled", of `expire`, the same place
        "types": "any",  # NullSerializer: https://aiocache.aio-libs.org/en/stable/serializers.html#nullserializer
        "bulk": "plain",  # `multi_get`, `multi_set`: https://aiocache.aio-libs.org/en/stable/caches.html#aiocache.base.BaseCache
        "asynchronous": "yes",
    }
    deviations = {
        **_NONE,
        **_KEYS,
        "test_expiry.py::test_a_key_set_anew_has_no_earlier_ttl": (
            f"clear() cancels no timer: it takes what is set later, {_CODE}/backends/memory.py#L86-L88"
        ),
        "test_entries.py::test_delete_answers_whether_there_was_an_entry": (
            f"a stored None was never there, {_CODE}/backends/memory.py#L100"
        ),
        "test_ttl.py::test_a_ttl_below_zero_is_refused": _NAN,
        "test_ttl.py::test_a_default_ttl_below_zero_is_refused": _NAN,
        "test_ttl.py::test_a_huge_ttl_is_kept_or_refused": (
            f"it stores the value, and then call_later raises OverflowError, {_CODE}/backends/memory.py#L35-L38"
        ),
    }
    distribution = "aiocache"

    def __init__(self, ttl: float | None = None) -> None:
        asyncio.get_running_loop().call_later(3600, bool)  # as every program has timers; with NaN, all depends on them
        self._entries: Any = aiocache.SimpleMemoryCache(ttl=ttl)

    async def get(self, key: str, default: Any = None) -> Any:
        return await self._entries.get(key, default)

    async def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        await (self._entries.set(key, value) if ttl is None else self._entries.set(key, value, ttl))

    async def delete(self, key: str) -> bool:
        return bool(await self._entries.delete(key))  # the number of deleted keys

    async def clear(self) -> None:
        await self._entries.clear()

    async def get_many(self, keys: Sequence[str]) -> dict[str, Any]:
        answers = zip(keys, await self._entries.multi_get(keys), strict=True)
        return {key: value for key, value in answers if value is not None}

    async def set_many(self, mapping: Mapping[str, Any], ttl: float | None = None) -> None:
        pairs = list(mapping.items())
        await (self._entries.multi_set(pairs) if ttl is None else self._entries.multi_set(pairs, ttl))


class AiocacheRedis(AiocacheMemory):
    """aiocache.RedisCache: JSON, with a ttl per entry, on a Redis or Valkey server, asynchronous."""

    declares = {
        **AiocacheMemory.declares,
        "values": "copied",  # JsonSerializer: https://aiocache.aio-libs.org/en/stable/caches.html#rediscache
        "types": "json",  # the same place
        "scope": "network",
        "durable": "yes",
    }
    deviations = {
        **_NONE,
        **_KEYS,
        "test_entries.py::test_what_cannot_be_kept_is_refused": (
            "documented: JSON, which makes lists of tuples, "
            "https://aiocache.aio-libs.org/en/stable/serializers.html#jsonserializer"
        ),
        "test_ttl.py::test_a_ttl_of_zero_is_forever": (
            f"ResponseError, where SimpleMemoryCache keeps it for ever, {_CODE}/backends/redis.py#L107-L112"
        ),
        "test_bulk.py::test_get_many_answers_those_found": (
            f"multi_get([]) is a TypeError, where SimpleMemoryCache answers [], {_CODE}/backends/redis.py#L99"
        ),
        "test_bulk.py::test_set_many_sets_each": (
            f"multi_set([]) is a ResponseError, where SimpleMemoryCache sets nothing, {_CODE}/backends/redis.py#L128"
        ),
    }

    def __init__(self, location: Location, ttl: float | None = None) -> None:
        server = address(location)
        self._entries = aiocache.RedisCache(
            endpoint=server.hostname, port=server.port or 6379, namespace=location.namespace, ttl=ttl
        )


class AiocacheCached(AiocacheMemory):
    """aiocache.cached: the decorator as get_or_set, with one ttl for all entries, over its own SimpleMemoryCache."""

    declares = {
        **AiocacheMemory.declares,
        "ttl": "fixed",  # https://aiocache.aio-libs.org/en/stable/decorators.html#cached
        "get_or_set": "plain",  # nothing is said of callers at once; it is of `cached_stampede`
    }
    deviations = {
        promise: reason for promise, reason in AiocacheMemory.deviations.items() if promise not in _OWN_TTL
    } | {
        "test_single_flight.py::test_a_falsy_result_is_computed_once": (
            f"a result of None is computed anew each time, {_CODE}/decorators.py#L121"
        ),
    }

    def __init__(self, ttl: float | None = None) -> None:
        super().__init__()
        self._ttl = ttl
        decorate = aiocache.cached(ttl=ttl, key_builder=lambda _function, key, _compute: key)
        self._fetch: Any = decorate(_computed)
        self._entries = self._fetch.cache  # "available in the function object as <function_name>.cache"

    async def set(self, key: str, value: Any) -> None:
        await self._entries.set(key, value, self._ttl)

    async def set_many(self, mapping: Mapping[str, Any]) -> None:
        await self._entries.multi_set(list(mapping.items()), self._ttl)

    async def get_or_set(self, key: str, compute: Callable[[], Awaitable[Any]]) -> Any:
        return await self._fetch(key, compute)


async def _computed(_key: str, compute: Callable[[], Awaitable[Any]]) -> Any:
    return await compute()
