"""Entries in order of use, each with or without a deadline: what a memory cache has inside its lock."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import inf
from threading import RLock
from typing import Any

from .basics import MISSING, deadline
from .errors import CacheClosed
from .expiry import Deadlines
from .flight import Flights
from .forks import renew_after_fork

_ATOMIC = (str, int, bytes)  # comparing these runs no Python code
_AT_ONCE = 16  # expired entries that one operation removes on its way: no single one pays for a million


class Entries:
    """At most ``capacity`` values by key. ``get``, ``set``, ``refresh`` take ``lock``; else the caller holds it.

    Values lie in one dict and deadlines in another, so there is no object of ours per entry for the
    garbage collector to visit. What ``unlocked.py`` does meanwhile may remove an entry between two steps
    here, and must never see an expired one that ``deadlines`` knows no more.
    """

    def __init__(self, capacity: int, ttl: float | None, clock: Callable[[], float], flights: Flights) -> None:
        self.lock = RLock()  # reentrant: a value's finalizer may call back in
        self.capacity = capacity
        self.ttl = ttl
        self.clock = clock
        self.flights = flights
        self.values: OrderedDict[Hashable, Any] = OrderedDict()  # least recently used first
        self.deadlines = Deadlines()  # of those values that have one
        self.foretold: Callable[[type | None, bool, bool], None] = lambda *_: None
        self._plain: type | None = None  # the type of all keys, where it is one and atomic
        self._timed = False  # some entry has or had a deadline
        self._nones = False  # some value is or was None
        self.hits = self.misses = self.evictions = self.expirations = 0
        self._closed = False
        renew_after_fork(self, Entries._renew)

    def get(self, key: Hashable, default: Any = None, now: float | None = None) -> Any:
        """The value of ``key``, or ``default``; ``now`` is for a caller that has read the clock already."""
        with self.lock:
            value = self.use(key, self.now() if now is None else now)
        return default if value is MISSING else value

    def set(self, key: Hashable, value: Any, ttl: float | None = None) -> None:
        """Store ``value`` for ``ttl`` seconds, ``self.ttl`` where it is None."""
        with self.lock:
            now, end = self.lifetime(ttl)
            self.put(key, value, end, now)
            if self.flights.under_way:
                self.flights.overtake(key)

    def find(self, key: Hashable) -> Any:
        """The value of ``key``, expired or not, or ``MISSING``."""
        self._check_open()
        return self.values.get(key, MISSING)

    def now(self) -> float:
        """What every operation begins with: the clock, read where some entry can expire."""
        self._check_open()
        return self.clock() if self.deadlines.of else 0.0

    def lifetime(self, ttl: float | None) -> tuple[float, float]:
        """``now()``, and the deadline of what is set now to live ``ttl`` seconds."""
        ttl = self.ttl if ttl is None else ttl
        if ttl is None:
            return self.now(), inf
        self._check_open()
        now = self.clock()
        return now, deadline(now, ttl)

    def use(self, key: Hashable, now: float) -> Any:
        """``peek`` that counts, and makes the entry the most recently used."""
        value = self.peek(key, now)
        if value is MISSING:
            self.misses += 1
        else:
            self.hits += 1
            self._touch(key)
        return value

    def peek(self, key: Hashable, now: float) -> Any:
        """The value of ``key``, or ``MISSING``."""
        if self.deadlines.soonest <= now:
            self.expire(now, _AT_ONCE)
            if self.deadlines.of.get(key, inf) <= now:  # more than those have expired
                self._expire(key)
        return self.values.get(key, MISSING)

    def put(self, key: Hashable, value: Any, end: float, now: float) -> None:
        """Store ``value`` until ``end``, which is after ``now``."""
        old = self.peek(key, now)  # held until all is in place: letting go of it may run a finalizer
        if type(key) is not self._plain or (end < inf) > self._timed or (value is None) > self._nones:
            self._foretell(key, value, end)
        if end < inf:
            self.deadlines.set(key, end)
        self.values[key] = value
        if end == inf and self.deadlines.of:
            self.deadlines.remove(key)
        if old is not MISSING:  # a new one is the most recently used already
            self._touch(key)
        while len(self.values) > self.capacity:
            self._evict(now)
        del old

    def refresh(self, key: Hashable) -> None:
        """Make the entry of ``key`` the most recently used, where there is one."""
        with self.lock:
            self._touch(key)

    def remove(self, key: Hashable) -> Any:
        """Delete the entry of ``key``; its value, or ``MISSING``, is returned, to be let go when all is done."""
        value = self.values.pop(key, MISSING)
        if self.deadlines.of:
            self.deadlines.remove(key)
        return value

    def trim(self) -> None:
        """Evict what is there beyond ``capacity``: for sets that were broken off."""
        with self.lock:
            while len(self.values) > self.capacity:
                self._evict(-inf)

    def expire(self, now: float, most: float = inf) -> None:
        """Remove the entries that have expired, or ``most`` of them."""
        while most > 0 and (key := self.deadlines.due(now)) is not MISSING:
            self._expire(key)
            most -= 1

    def clear(self) -> None:
        self._plain = None
        self.foretold(None, self._timed, self._nones)  # the next put foretells anew
        values = list(self.values.values())  # held until all is done
        self.values.clear()
        self.deadlines.clear()
        del values

    def close(self) -> None:
        self._closed = True
        self._timed = self._nones = True  # which sends unlocked operations here
        self.clear()

    def _check_open(self) -> None:
        if self._closed:
            raise CacheClosed("this cache is closed; open a new one")  # it may be memory before another

    def _renew(self) -> None:
        """In a forked child, where no other thread is left to finish what it was about."""
        self.flights.under_way.clear()
        if self.lock.acquire(blocking=False):
            self.lock.release()
        else:
            self.lock = RLock()
            self.deadlines.renew()
            self.clear()
        self.trim()

    def _foretell(self, key: Hashable, value: Any, end: float) -> None:
        """Tell unlocked operations what the entries will be like, before they are."""
        kind, plain = type(key), self._plain
        if not self.values:
            plain = kind if kind in _ATOMIC else None
        elif kind is not plain:
            plain = None
        told = plain, self._timed or end < inf, self._nones or value is None
        self.foretold(*told)
        self._plain, self._timed, self._nones = told  # last: where a signal breaks this off, it is told anew

    def _touch(self, key: Hashable) -> None:
        try:  # noqa: SIM105  # suppress() takes longer than the rest of a get
            self.values.move_to_end(key)
        except KeyError:  # an unlocked set has just evicted it
            pass

    def _evict(self, now: float) -> None:
        if self.deadlines.soonest <= now and (due := self.deadlines.due(now)) is not MISSING:
            self._expire(due)
            return
        key, value = self.values.popitem(False)  # the oldest; by name it is slower
        self.evictions += 1
        if self.deadlines.of:
            self.deadlines.remove(key)
        del value

    def _expire(self, key: Hashable) -> None:
        if self.remove(key) is not MISSING:
            self.expirations += 1
