"""What tests of a Redis cache in tasks need: a cache to be awaited, within a time, and its errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from redis_servers import SAFETY, refusal

from cache_impl import RedisCache
from cache_impl.errors import CacheError

Operation = Callable[[], Awaitable[Any]]


def coroutine_functions(cache: RedisCache) -> dict[str, Operation]:
    """One call of each kind, by its name."""

    async def compute() -> int:
        return 1

    return {
        "get": lambda: cache.aget("a"),
        "set": lambda: cache.aset("a", 1),
        "delete": lambda: cache.adelete("a"),
        "get_many": lambda: cache.aget_many("ab"),
        "set_many": lambda: cache.aset_many({"a": 1, "b": 2}),
        "get_or_set": lambda: cache.aget_or_set("a", compute),
        "in": lambda: cache.acontains("a"),
        "len": cache.alen,
        "clear": cache.aclear,
    }


@asynccontextmanager
async def opened(url: str, **options: Any) -> AsyncIterator[RedisCache]:
    """A cache whose deadline a busy machine keeps."""
    async with RedisCache(url, **{"deadline": SAFETY, **options}) as cache:
        yield cache


def finished(main: Coroutine[Any, Any, Any]) -> Any:
    """What ``main`` returns, before long."""
    return asyncio.run(asyncio.wait_for(main, SAFETY))


def refused(operation: Operation) -> CacheError:
    """The error of ``operation``, in no part of which there is a secret."""

    async def main() -> Any:
        return await operation()

    return refusal(lambda: finished(main()))
