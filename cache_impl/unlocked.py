"""``get`` and ``set`` of a memory cache that take no lock where none is needed.

With a global interpreter lock each step of C on a dict is atomic, and threads change only after a call
or at a jump back. Each step below leaves the entries whole, so what another thread does in between only
makes it as if this operation had come a moment earlier. The lock is left with

- keys that are not all of one atomic type: ``OrderedDict.move_to_end`` crashes the interpreter when comparing
  keys runs Python code and another thread inserts meanwhile;
- reads when some entry has expired;
- sets with more to do than to store: set a deadline, let expired entries go first, overtake a compute.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from .basics import MISSING
from .lru import Entries

_GIL: bool = getattr(sys, "_is_gil_enabled", lambda: True)()


class Unlocked(NamedTuple):
    """The operations, and how many hits, misses and evictions they have counted."""

    get: Callable[..., Any]
    set: Callable[..., None]
    counts: Callable[[], tuple[int, int, int]]


def unlocked(entries: Entries, attributes: dict[str, Any]) -> Unlocked:
    """``entries.get`` and ``entries.set``, the same and faster.

    Where ``get`` lies in an object's ``attributes``, a slower one takes its place once there is more to look after.
    """
    if not _GIL:
        return Unlocked(entries.get, entries.set, lambda: (0, 0, 0))
    return _closures(entries, attributes)


def _closures(entries: Entries, attributes: dict[str, Any]) -> Unlocked:  # noqa: C901, PLR0915  # cells are fastest
    hits = misses = evictions = 0.0  # Python counts in floats faster than in integers
    plain: type | None = None  # of all keys, where they are atomic
    lasting: type | None = None  # the same, where no entry ever had a deadline
    simple: type | None = None  # the same, where no value ever was None either
    timed = nullable = False  # once true, for ever: what a look-up has found may be older than the answer to these
    values, deadlines, capacity, clock = entries.values, entries.deadlines, entries.capacity, entries.clock
    look_up, refresh, evict, under_way = values.get, values.move_to_end, values.popitem, entries.flights.under_way

    def get(key: Any, default: Any = None) -> Any:
        nonlocal hits, misses
        value = look_up(key)
        if value is None and not nullable:
            misses += 1.0
            return default
        if type(key) is simple:
            try:  # noqa: SIM105  # suppress() takes longer than all of this
                refresh(key)
            except KeyError:  # another thread has removed it since
                pass
            hits += 1.0
            return value
        return get_any(key, default)

    def get_any(key: Any, default: Any = None) -> Any:
        nonlocal hits, misses
        soonest = deadlines.soonest  # of the entries as they are before the look-up: then it holds for what that finds
        value = look_up(key)
        if value is None and (not nullable or (value := entries.find(key)) is MISSING):
            misses += 1.0
            return default
        if timed and (now := clock()) >= soonest:
            return entries.get(key, default, now)
        if type(key) is plain:
            try:  # noqa: SIM105
                refresh(key)
            except KeyError:
                pass
        else:
            entries.refresh(key)
        hits += 1.0
        return value

    def set_(key: Any, value: Any, ttl: float | None = None) -> None:
        nonlocal evictions
        kind = type(key)
        old = look_up(key)  # held until all is in place; the last call before the value is stored
        if kind is not lasting or ttl is not None or under_way or (value is None and not nullable):
            entries.set(key, value, ttl)
            return
        values[key] = value
        try:
            if old is not None or nullable:
                refresh(key)
            if len(values) > capacity:
                evict(False)  # the oldest; by name it is slower
                evictions += 1.0
        except KeyError:
            pass
        except BaseException:  # a signal
            entries.trim()
            raise

    def foretold(kind: type | None, some_expire: bool, some_are_none: bool) -> None:  # noqa: FBT001
        nonlocal plain, lasting, simple, timed, nullable
        plain, timed, nullable = kind, some_expire, some_are_none
        lasting = None if timed else kind
        simple = None if nullable else lasting
        if (timed or nullable) and attributes.get("get") is get:
            attributes["get"] = get_any  # a call less

    entries.foretold = foretold
    return Unlocked(get, set_ if entries.ttl is None else entries.set, lambda: (int(hits), int(misses), int(evictions)))
