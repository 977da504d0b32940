"""The model: a cache so plain that it is obviously right. A dict in order of use, and a clock.

Where a subject may differ from it and still be right (it evicts by its own lights, its clock is not
ours), the model takes the subject's answer into account: every operation is told what was ``seen`` and
returns what ought to have been.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf
from typing import Any

from .contract import Capabilities


class _Missing:
    """One that stays itself: who copies the default that it is given has one promise of its own to break."""

    def __repr__(self) -> str:
        return "MISSING"

    __reduce__ = __repr__  # what ``copy`` and ``pickle`` take for the name of a global


ROOM_FOR_EACH = 16  # places for each entry, with which nobody is evicted, whatever the policy

#: What ``get`` is asked to answer when there is no entry: equal to no stored value.
MISSING: Any = _Missing()


@dataclass
class Entry:
    """A value, and the clock reading from which on it is gone."""

    value: Any
    expires: float = inf
    overwritten: bool = False


class Model:
    """A cache of ``capacity`` entries that live ``ttl`` seconds, on the clock ``now``.

    ``blur`` is how far, in seconds, the subject's clock may be from ours.
    """

    def __init__(
        self,
        offered: Capabilities,
        now: Callable[[], float],
        capacity: int | None = None,
        ttl: float | None = None,
        blur: float = 0.0,
    ) -> None:
        self._now, self._ttl, self._blur = now, ttl, blur
        self._capacity = inf if capacity is None else capacity
        self._offered = offered
        self._entries: dict[Any, Entry] = {}  # oldest first: by insertion, or by use where eviction is lru
        self._unobserved: dict[Any, Entry] = {}  # expired while nobody looked; a clock that steps back may show them
        self._lossy = False

    def get(self, key: Any, default: Any = None, *, seen: Any) -> Any:
        entry = self._find(key, absent=seen is default)
        if entry is None:
            return default
        self._touch(key)
        return entry.value

    def contains(self, key: Any, *, seen: bool) -> bool:
        return self._find(key, absent=not seen) is not None

    def delete(self, key: Any, *, seen: bool) -> bool:
        entry = self._find(key, absent=not seen)
        self._entries.pop(key, None)
        return entry is not None

    def set(self, key: Any, value: Any, ttl: float | None = None, **_seen: None) -> None:
        self._sweep()
        self._unobserved.pop(key, None)
        lifetime = self._ttl if ttl is None else ttl
        known = key in self._entries
        if known and self._offered.eviction == "lru":
            self._touch(key)
        elif not known:
            self._make_room()
        self._entries[key] = Entry(value, inf if lifetime is None else self._now() + lifetime, known)

    def clear(self, **_seen: None) -> None:
        self._entries.clear()
        self._unobserved.clear()
        self._lossy = False

    def size(self, *, seen: int) -> int:
        """The number of entries; where it cannot be known, what was seen if it is possible."""
        self._sweep()
        self._unobserved.clear()
        certain = sum(not self._doubtful(entry) for entry in self._entries.values())
        return seen if certain <= seen <= len(self._entries) else len(self._entries)

    def keys(self, *, seen: Iterable[Any]) -> builtins.set[Any]:
        self._sweep()
        self._unobserved.clear()
        present = set(seen)
        return {key for key, entry in self._entries.items() if key in present or not self._doubtful(entry)}

    def get_many(self, keys: Iterable[Any], *, seen: dict[Any, Any]) -> dict[Any, Any]:
        answers = {key: self.get(key, MISSING, seen=seen.get(key, MISSING)) for key in keys}
        return {key: value for key, value in answers.items() if value is not MISSING}

    def set_many(self, mapping: dict[Any, Any], ttl: float | None = None, **_seen: None) -> None:
        for key, value in mapping.items():
            self.set(key, value, ttl)

    def delete_many(self, keys: Iterable[Any], *, seen: int) -> int:
        self._sweep()
        present = [key for key in dict.fromkeys(keys) if key in self._entries]
        certain = sum(not self._doubtful(self._entries[key]) for key in present)
        for key in present:
            del self._entries[key]
        return seen if certain <= seen <= len(present) else len(present)

    def _find(self, key: Any, *, absent: bool) -> Entry | None:
        """The live entry of ``key``; one that is in doubt is gone if the subject answered so."""
        self._sweep()
        returned = self._unobserved.pop(key, None)
        if returned is not None and self._now() < returned.expires and not absent:
            self._entries[key] = returned
        entry = self._entries.get(key)
        if entry is not None and absent and self._doubtful(entry):
            del self._entries[key]
            return None
        return entry

    def _touch(self, key: Any) -> None:
        if self._offered.eviction == "lru":
            self._entries[key] = self._entries.pop(key)

    def _make_room(self) -> None:
        if self._offered.eviction == "approximate":  # it may have parts, each with a share of the capacity
            self._lossy |= len(self._entries) * ROOM_FOR_EACH >= self._capacity
            return
        if len(self._entries) < self._capacity:
            return
        if any(map(self._doubtful, self._entries.values())):
            self._lossy = True  # it may be room already, or not: from here on any entry may be gone
            return
        oldest = next(iter(self._entries))
        if self._offered.eviction == "fifo" and self._entries[oldest].overwritten:
            self._lossy = True  # whether an overwrite is a new entry is up to it
        else:
            del self._entries[oldest]

    def _doubtful(self, entry: Entry) -> bool:
        return self._lossy or self._now() >= entry.expires - self._blur

    def _sweep(self) -> None:
        """Drop what has expired for certain: ``granularity`` later than its ttl, and not before."""
        if all(entry.expires is inf for entry in self._entries.values()):
            return
        now = self._now() - self._blur - self._offered.granularity
        for key in [key for key, entry in self._entries.items() if entry.expires <= now]:
            self._unobserved[key] = self._entries.pop(key)
