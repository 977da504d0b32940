"""The memory tier: what was read lately, for a short time, and never what a write has overtaken."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
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
        self._entries, self._keep = memory._entries, memory._set_until  # noqa: SLF001  # a part of ours
        self._clock = self._entries.clock
        self._writes = [0] * _STRIPES  # begun and ended
        self._renew()
        renew_after_fork(self, Front._renew)

    def note(self, keys: Iterable[str]) -> Notes:
        """To be taken before ``keys`` are read from below, and given to ``fill``."""
        return Notes(self._clock(), {key: self._writes[hash(key) % _STRIPES] for key in keys})

    def fill(self, notes: Notes, key: str, value: Any, left: float) -> None:
        """Keep ``value``, which was read after ``notes`` were taken and lived ``left`` seconds then."""
        if left > 0:
            with self._entries.lock:  # that of the memory: a finalizer comes here with it, and no thread waits for two
                if self._is_as(notes, key):
                    self._keep(key, value, notes.moment + min(left, self._ttl))
                    self.get = self.memory.get  # another, where entries have a ttl
                    if not self._is_as(notes, key):  # a finalizer has written meanwhile
                        self.memory.delete(key)

    def writing(self, keys: Iterable[str]) -> AbstractContextManager[None]:
        """Around a write to ``keys``: what was there before is gone, also for who reads it now."""
        written = list(keys)
        return self._writing({hash(key) % _STRIPES for key in written}, lambda: self.forget(written))

    def forget(self, keys: Iterable[str]) -> None:
        """The entries below are others now."""
        with self._entries.lock:
            for key in keys:
                self._writes[hash(key) % _STRIPES] += 1
                self.memory.delete(key)

    def clearing(self) -> AbstractContextManager[None]:
        """``writing``, to every key."""
        return self._writing(range(_STRIPES), self.forget_all)

    def forget_all(self) -> None:
        """All entries below may be others now."""
        with self._entries.lock:
            for stripe in range(_STRIPES):  # each in its place: a finalizer may count one in between
                self._writes[stripe] += 1
            self.memory.clear()

    @contextmanager
    def _writing(self, stripes: Container[int], forget: Callable[[], object]) -> Iterator[None]:
        write = object()
        try:
            self._under_way[write] = stripes
            forget()
            yield
        finally:
            try:
                forget()
            finally:
                self._under_way.pop(write, None)  # it may never have begun

    def _is_as(self, notes: Notes, key: str) -> bool:
        """Whether nobody has written to ``key`` since."""
        stripe = hash(key) % _STRIPES
        if self._writes[stripe] != notes.writes[key]:
            return False
        return not any(stripe in stripes for stripes in list(self._under_way.values()))

    def _renew(self) -> None:
        self._under_way: dict[object, Container[int]] = {}  # stripes by write
