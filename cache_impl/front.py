"""The memory tier: what was read lately, for a short time, and never what a write has overtaken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any, NamedTuple

from .forks import renew_after_fork
from .memory import MemoryCache

_STRIPES = 256


class Notes(NamedTuple):
    """How things were before a look below: what that finds is no younger."""

    moment: float  # on the clock of the memory
    writes: Mapping[str, int]


class Front:
    """``memory``, filled by reads and emptied by writes; an entry is served from it for ``ttl`` seconds at most.

    A value read from below is kept only if no write to its key was under way, from before the look until now: who
    writes may have been seen by others already. Keys share ``_STRIPES`` counters.
    """

    def __init__(self, memory: MemoryCache, ttl: float) -> None:
        self.memory, self._ttl = memory, ttl
        self.get = memory.get
        self._clock, self._keep = memory._entries.clock, memory._set_until  # noqa: SLF001  # a part of ours
        self._writes = [0] * _STRIPES  # begun and ended
        self._under_way: list[int] = []
        self._renew()
        renew_after_fork(self, Front._renew)

    def note(self, keys: Iterable[str]) -> Notes:
        """To be taken before ``keys`` are read from below, and given to ``fill``."""
        return Notes(self._clock(), {key: self._writes[hash(key) % _STRIPES] for key in keys})

    def fill(self, notes: Notes, key: str, value: Any, left: float) -> None:
        """Keep ``value``, which was read after ``notes`` were taken and lived ``left`` seconds then."""
        if left > 0:
            with self._lock:
                stripe = hash(key) % _STRIPES
                if self._writes[stripe] == notes.writes[key] and not self._under_way[stripe]:
                    self._keep(key, value, notes.moment + min(left, self._ttl))
                    self.get = self.memory.get  # another, where entries have a ttl

    @contextmanager
    def writing(self, keys: Iterable[str]) -> Iterator[None]:
        """Around a write to ``keys``: what was there before is gone, also for who reads it now."""
        written = list(keys)
        self._step(written, 1)
        try:
            yield
        finally:
            self._step(written, -1)

    def forget(self, keys: Iterable[str]) -> None:
        """The entries below are others now."""
        self._step(keys, 0)

    @contextmanager
    def clearing(self) -> Iterator[None]:
        """``writing``, to every key."""
        self.forget_all(1)
        try:
            yield
        finally:
            self.forget_all(-1)

    def forget_all(self, under_way: int = 0) -> None:
        """All entries below may be others now."""
        with self._lock:
            self._writes = [count + 1 for count in self._writes]
            self._under_way = [count + under_way for count in self._under_way]
            self.memory.clear()

    def _step(self, keys: Iterable[str], under_way: int) -> None:
        with self._lock:
            for key in keys:
                stripe = hash(key) % _STRIPES
                self._writes[stripe] += 1
                self._under_way[stripe] += under_way
                self.memory.delete(key)

    def _renew(self) -> None:
        self._lock, self._under_way = Lock(), [0] * _STRIPES
