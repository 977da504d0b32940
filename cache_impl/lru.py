"""Entries in order of use, each with or without a deadline: what a memory cache has inside its lock."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import inf
from threading import RLock
from typing import Any, Final

from .basics import MISSING
from .errors import CacheClosed
from .expiry import Deadlines

_NONE: Final[Any] = object()  # a stored None, so that a look-up may answer None for "not there": there is none faster
_ATOMIC = (str, int, bytes)  # comparing these runs no Python code
_AT_ONCE = 16  # expired entries that one operation removes on its way: no single one pays for a million
_GIL: bool = getattr(sys, "_is_gil_enabled", lambda: True)()


class Entries:
    """At most ``capacity`` values by key. Whoever calls a method holds ``lock``; ``get`` takes it itself.

    Values lie in one dict and deadlines in another, so there is no object of ours per entry for the
    garbage collector to visit. In every method the steps stand in an order that suits the ``reader``.
    """

    def __init__(self, capacity: int, clock: Callable[[], float]) -> None:
        self.lock = RLock()  # reentrant: a value's finalizer may call back in
        self.clock = clock
        self.values: OrderedDict[Hashable, Any] = OrderedDict()  # least recently used first
        self.deadlines = Deadlines()  # of those values that have one
        self.plain: type | None = None  # the type of all keys, where it is one and atomic
        self.hits = self.misses = 0.0  # Python counts in floats faster than in integers
        self.evictions = self.expirations = 0
        self._capacity = capacity
        self._closed = False

    def now(self, *, read: bool = False) -> float:
        """What every operation begins with: the clock, read where some entry can expire or ``read`` says so."""
        if self._closed:
            raise CacheClosed("this MemoryCache is closed; open a new one")
        return self.clock() if read or self.deadlines.of else 0.0

    def get(self, key: Hashable, default: Any = None, now: float | None = None) -> Any:
        """The value of ``key``, or ``default``; ``now`` is for a caller that has read the clock already."""
        with self.lock:
            value = self.use(key, self.now() if now is None or self._closed else now)
        return default if value is MISSING else value

    def use(self, key: Hashable, now: float) -> Any:
        """``peek`` that counts, and makes the entry the most recently used."""
        value = self.peek(key, now)
        if value is MISSING:
            self.misses += 1.0
        else:
            self.values.move_to_end(key)
            self.hits += 1.0
        return value

    def peek(self, key: Hashable, now: float) -> Any:
        """The value of ``key``, or ``MISSING``."""
        if self.deadlines.of:
            self.expire(now, _AT_ONCE)
            if self.deadlines.of.get(key, inf) <= now:  # more than that have expired
                self._expire(key)
        value = self.values.get(key)
        return MISSING if value is None else None if value is _NONE else value

    def put(self, key: Hashable, value: Any, end: float | None, now: float) -> None:
        """Store ``value`` until ``end``; ``now`` is before it."""
        old = self.peek(key, now)  # held until all is in place: letting go of it may run a finalizer
        if old is MISSING and type(key) is not self.plain:
            self.plain = type(key) if not self.values and type(key) in _ATOMIC else None
        if end is not None:
            self.deadlines.set(key, end)
        self.values[key] = _NONE if value is None else value
        self.values.move_to_end(key)
        if end is None and self.deadlines.of:
            self.deadlines.remove(key)
        while len(self.values) > self._capacity:
            self._evict(now)

    def remove(self, key: Hashable) -> Any:
        """Delete the entry of ``key``; its value is returned, to be let go when all is done."""
        value = self.values.pop(key, None)
        if self.deadlines.of:
            self.deadlines.remove(key)
        return value

    def expire(self, now: float, most: float = inf) -> None:
        """Remove the entries that have expired, or ``most`` of them."""
        while most > 0 and (key := self.deadlines.due(now)) is not MISSING:
            self._expire(key)
            most -= 1

    def clear(self) -> None:
        values = list(self.values.values())  # held until all is done
        self.values.clear()
        self.deadlines.clear()
        del values

    def close(self) -> None:
        self._closed = True
        self.clear()
        self.deadlines.soonest = -inf  # sends the reader to ``get``

    def _evict(self, now: float) -> None:
        key = self.deadlines.due(now)
        if key is not MISSING:
            self._expire(key)
        else:
            self.evictions += 1
            self.remove(next(iter(self.values)))

    def _expire(self, key: Hashable) -> None:
        self.expirations += 1
        self.remove(key)


def reader(entries: Entries) -> Callable[..., Any]:
    """``entries.get`` that takes no lock to read a live entry or to miss.

    The global interpreter lock makes each step atomic, and each alone leaves the entries whole; what
    another thread does in between only makes it as if this ``get`` had come a moment earlier. Where there
    is no such lock, or comparing keys would run Python code in the middle of a step, ``entries.get`` does it.
    """
    if not _GIL:
        return entries.get
    careful, clock, deadlines = entries.get, entries.clock, entries.deadlines
    look_up, refresh = entries.values.get, entries.values.move_to_end

    def get(key: Hashable, default: Any = None) -> Any:
        now = None
        soonest = deadlines.soonest
        if soonest is not None and (now := clock()) >= soonest:
            return careful(key, default, now)
        value = look_up(key)
        if value is None:
            entries.misses += 1.0
            return default
        if type(key) is not entries.plain:
            return careful(key, default, now)
        try:
            refresh(key)
        except KeyError:  # another thread has removed it
            return careful(key, default, now)
        entries.hits += 1.0
        return None if value is _NONE else value

    return get
