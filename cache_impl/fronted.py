"""A cache with memory before what keeps its entries."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

from .basics import MISSING, Stats, checked_seconds
from .errors import BadSetting
from .frame import Known
from .front import Front
from .memory import MemoryCache
from .tier import Tier
from .waiting import run


class Fronted(Tier):
    """A ``Tier`` whose reads go to ``memory`` first, where there is one; see ``Front``.

    ``memory`` answers what was read less than ``ttl`` seconds ago; so long, what others have set or deleted since may
    not be seen here. What this object wrote is seen at once. Values from it are shared between readers, if it does
    not copy.
    """

    _front: Front | None = None

    def _put_before(self, memory: MemoryCache | None, ttl: float) -> None:
        seconds = checked_seconds("memory_ttl", ttl)
        if memory is None:
            return
        if not isinstance(memory, MemoryCache):
            raise BadSetting(f"memory is of type {type(memory).__name__}; it is a MemoryCache, or None")
        self._front = Front(memory, seconds)

    def get(self, key: str, default: Any = None) -> Any:
        """The value of ``key``, or ``default``."""
        front = self._front
        if front is None:  # as super().get(), a call less
            raw = self._raw(key)
            return self._counted(self._value(raw, self._store.find(raw), self._clock()), default)
        value = front.get(key, MISSING)
        if value is not MISSING:
            return value
        return self._below([key]).get(key, default)

    async def aget(self, key: str, default: Any = None) -> Any:
        """``get``; what memory has takes no stack of its own."""
        if self._front is None:
            return await super().aget(key, default)
        value = self._front.memory.get(key, MISSING)
        if value is not MISSING:
            return value
        return (await run(self._below, [key])).get(key, default)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """The entries found, by key."""
        if self._front is None:
            return super().get_many(keys)
        asked = list(keys)
        for key in asked:
            self._raw(key)
        found = cast("dict[str, Any]", self._front.memory.get_many(asked))
        return found | self._below([key for key in asked if key not in found])

    def delete_many(self, keys: Iterable[str]) -> int:
        """Remove the entries of ``keys``; how many there were, as far as the tier that serves now can tell."""
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

    def close(self) -> None:
        """Let go of files and connections; entries stay. Closing twice is fine."""
        super().close()
        if self._front is not None:
            self._front.memory.close()

    def _below(self, keys: list[str]) -> dict[str, Any]:
        """The entries found under the memory tier, which keeps them for a while."""
        front = cast(Front, self._front)
        raws = {key: self._raw(key) for key in keys}
        notes = front.note(raws)
        frames = self._store.read(raws.values())
        now, found = self._clock(), {}
        for (key, raw), frame in zip(raws.items(), frames, strict=True):
            value = self._value(raw, frame, now)
            if value is not MISSING:
                found[key] = value
                front.fill(notes, key, value, cast(Known, self._frames.peek(frame)).expires - now)
        hits = sum(key in found for key in keys)
        with self._counting:
            self._hits += hits
            self._misses += len(keys) - hits
        return found

    def _writing(self, keys: Iterable[str]) -> AbstractContextManager[None]:
        return nullcontext() if self._front is None else self._front.writing(keys)
