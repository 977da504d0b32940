"""Ours, by their coroutine functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import isawaitable
from typing import Any

from cache_impl import __version__, digest

from .file import File
from .layered import Layered
from .memory import Memory
from .redis import Redis


class _Coroutines:
    """What a subject of ours does, as coroutine functions; ``of`` says which."""

    version = f"cacheproof {__version__}"
    make_key = staticmethod(digest)
    _kind: type[Any]
    declares: dict[str, Any]

    def __init_subclass__(cls, *, of: type[Any]) -> None:
        cls._kind, cls.declares = of, {**of.declares, "asynchronous": "yes"}

    def __init__(self, **options: Any) -> None:
        self._cache = self._kind(**options)

    async def get(self, key: Any, default: Any = None) -> Any:
        return await self._cache.aget(key, default)

    async def set(self, key: Any, value: Any, ttl: float | None = None) -> None:
        await self._cache.aset(key, value, ttl)

    async def delete(self, key: Any) -> bool:
        return bool(await self._cache.adelete(key))

    async def clear(self) -> None:
        await self._cache.aclear()

    async def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        return dict(await self._cache.aget_many(keys))

    async def set_many(self, mapping: Mapping[Any, Any], ttl: float | None = None) -> None:
        await self._cache.aset_many(mapping, ttl)

    async def delete_many(self, keys: Iterable[Any]) -> int:
        return int(await self._cache.adelete_many(keys))

    async def get_or_set(self, key: Any, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        async def computed() -> Any:
            answer = compute()
            return await answer if isawaitable(answer) else answer

        return await self._cache.aget_or_set(key, computed, ttl)

    async def stats(self) -> Any:
        return await self._cache.astats()

    async def close(self) -> None:
        await self._cache.aclose()

    async def __contains__(self, key: Any) -> bool:
        return bool(await self._cache.acontains(key))

    async def __len__(self) -> int:
        return int(await self._cache.alen())


class AsyncMemory(_Coroutines, of=Memory):
    """Exact LRU with a ttl per entry, in this process, for tasks."""


class AsyncFile(_Coroutines, of=File):
    """Entries in an SQLite file, shared by the processes of one host, for tasks."""


class AsyncRedis(_Coroutines, of=Redis):
    """Entries on a Redis or Valkey server, shared by every machine that reaches it, for tasks."""


class AsyncLayered(_Coroutines, of=Layered):
    """Redis before a file, with a breaker between, for tasks."""
