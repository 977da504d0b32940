"""The cache of one host: memory before a file, and no server."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from os import PathLike
from typing import Any, cast

from .basics import MISSING, Stats, checked_ttl
from .file import FileCache
from .front import Front
from .layered import Health
from .memory import MemoryCache


class LocalCache(FileCache):
    """A ``FileCache`` in ``directory`` with ``memory`` before it: what an application has where it has no Redis.

    ``memory`` answers what was read less than ``memory_ttl`` seconds ago; so long, what other processes of this host
    have set or deleted since may not be seen here. What this object wrote is seen at once. Values from it are shared
    between readers, if it does not copy. ``options`` are those of ``FileCache``.

    Raises:
        BadSetting, AccessDenied, StorageError: as its parts do.
    """

    def __init__(
        self,
        directory: str | PathLike[str],
        *,
        memory: MemoryCache | None = None,
        memory_ttl: float = 5.0,
        **options: Any,
    ) -> None:
        super().__init__(directory, **options)
        self._front = None if memory is None else Front(memory, checked_ttl(memory_ttl) or 0.0)
        self._since = time.time()

    def get(self, key: str, default: Any = None) -> Any:
        """The value of ``key``, or ``default``."""
        if self._front is None:
            return super().get(key, default)
        value = self._front.memory.get(key, MISSING)
        return self._below([key]).get(key, default) if value is MISSING else value

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """The entries found, by key."""
        asked = list(keys)
        if self._front is None:
            return super().get_many(asked)
        for key in asked:
            self._raw(key)
        found = cast("dict[str, Any]", self._front.memory.get_many(asked))
        return found | self._below([key for key in asked if key not in found])

    def set_many(self, mapping: Mapping[str, Any], ttl: float | None = None) -> None:
        """Store every value of ``mapping``; on an error, none."""
        with self._writing(mapping):
            super().set_many(mapping, ttl)

    def delete_many(self, keys: Iterable[str]) -> int:
        """Remove the entries of ``keys``; how many there were."""
        unwanted = list(keys)
        with self._writing(unwanted):
            return super().delete_many(unwanted)

    def clear(self) -> None:
        """Remove every entry. The figures go on."""
        with nullcontext() if self._front is None else self._front.clearing():
            super().clear()

    def stats(self) -> Stats:
        """The figures so far of this object, and how many entries there are in all."""
        below = super().stats()
        if self._front is None:
            return below
        return below._replace(hits=below.hits + self._front.memory.stats().hits)

    def health(self) -> Health:
        """As of a ``LayeredCache`` that has no Redis, and misses none."""
        return Health("file", self._since, "none", 0)

    async def ahealth(self) -> Health:
        """``health``."""
        return self.health()

    def close(self) -> None:
        """Let go of the file; entries stay. Closing twice is fine."""
        super().close()
        if self._front is not None:
            self._front.memory.close()

    def _below(self, keys: list[str]) -> dict[str, Any]:
        """The entries found in the file, which memory keeps for a while."""
        front = cast(Front, self._front)
        raws = {key: self._raw(key) for key in keys}
        notes = front.note(raws)
        frames = self._store.read(raws.values())
        now, found = self._clock(), {}
        for (key, raw), frame in zip(raws.items(), frames, strict=True):
            value = self._value(raw, frame, now)
            if value is not MISSING:
                found[key] = value
                front.fill(notes, key, value, self._frames.unpack(raw, cast(bytes, frame))[1] - now)
        hits = sum(key in found for key in keys)
        with self._counting:
            self._hits += hits
            self._misses += len(keys) - hits
        return found

    def _writing(self, keys: Iterable[str]) -> AbstractContextManager[None]:
        return nullcontext() if self._front is None else self._front.writing(keys)
