"""Every operation of a cache that can wait, for ``asyncio``: its name begins with ``a``, its promises are the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Self

from .basics import K, Stats, T
from .waiting import await_, run


class Coroutines(Generic[K]):
    """The operations of a cache, as coroutine functions. Tasks and threads may share a cache.

    The event loop goes on while one of them waits: for a server on connections of that loop, as many as threads
    have, and for a disk in one of a few threads of our own. Only making a cache over a file opens it at once.

    Who is cancelled while a file is used goes on when it is certain what has become of it. A command that a server
    has been sent it may still carry out. ``aclose``, or ``async with``, is for the loop that has used the cache.
    """

    async def aget(self, key: K, default: Any = None) -> Any:
        """``get``."""
        return await self._arun(self.get, key, default)

    async def aset(self, key: K, value: Any, ttl: float | None = None) -> None:
        """``set``."""
        await self._arun(self.set, key, value, ttl)

    async def adelete(self, key: K) -> bool:
        """``delete``."""
        return bool(await self._arun(self.delete, key))

    async def aclear(self) -> None:
        """``clear``."""
        await self._arun(self.clear)

    async def aget_many(self, keys: Iterable[K]) -> dict[K, Any]:
        """``get_many``."""
        found: dict[K, Any] = await self._arun(self.get_many, keys)
        return found

    async def aset_many(self, mapping: Mapping[K, Any], ttl: float | None = None) -> None:
        """``set_many``."""
        await self._arun(self.set_many, mapping, ttl)

    async def adelete_many(self, keys: Iterable[K]) -> int:
        """``delete_many``."""
        return int(await self._arun(self.delete_many, keys))

    async def aget_or_set(self, key: K, compute: Callable[[], Awaitable[T]], ttl: float | None = None) -> T:
        """``get_or_set`` for a coroutine function. Where the computing task is cancelled, one that waits takes over."""
        return await run(self.get_or_set, key, lambda: await_(compute()), ttl)

    async def acontains(self, key: K) -> bool:
        """Whether there is an entry of ``key``: ``in``."""
        return bool(await self._arun(self.__contains__, key))

    async def alen(self) -> int:
        """How many entries there are: ``len``."""
        return int(await self._arun(self.__len__))

    async def __aiter__(self) -> AsyncIterator[K]:
        """The keys held now."""
        for key in await self._arun(lambda: list(self.__iter__())):
            yield key

    async def astats(self) -> Stats:
        """``stats``."""
        stats: Stats = await self._arun(self.stats)
        return stats

    async def aclose(self) -> None:
        """``close``."""
        await self._arun(self.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.aclose()

    async def _arun(self, operation: Callable[..., Any], *arguments: Any) -> Any:
        """Run ``operation``, which may wait."""
        return await run(operation, *arguments)

    if TYPE_CHECKING:  # what they are made of
        get: Callable[..., Any]
        set: Callable[..., Any]
        delete: Callable[..., Any]
        clear: Callable[..., Any]
        get_many: Callable[..., Any]
        set_many: Callable[..., Any]
        delete_many: Callable[..., Any]
        get_or_set: Callable[..., Any]
        stats: Callable[..., Any]
        close: Callable[..., Any]
        __contains__: Callable[..., Any]
        __len__: Callable[..., Any]
        __iter__: Callable[..., Any]
