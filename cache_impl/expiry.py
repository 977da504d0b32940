"""When entries expire: the deadline of each key, and which comes next."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Hashable
from math import inf
from typing import Any

from .basics import MISSING

# deadlines are kept in arrays, side by side: a bisection among a million then finds them in the processor's cache
_FULL = 512  # notes in a chunk: an insertion in its middle then costs less than the bisection before it


class Deadlines:
    """Deadlines by key, and notes of them in order: some 20 bytes each, in a sorted list cut into chunks.

    Every key has a note at its deadline or earlier. One that turns out to be early is made anew when
    its time comes, so an entry that is set again and again costs nothing here. Notes of keys that are gone
    are dropped when their time comes, or earlier when there are more notes than keys twice over: one chunk at
    a time, so that no single operation sorts or copies a million notes.
    """

    def __init__(self) -> None:
        self.of: dict[Hashable, float] = {}  # for others to read
        self.clear()

    def clear(self) -> None:
        self.of.clear()
        self.soonest = inf  # no deadline is before this
        self._notes = 0
        self._chunks: list[tuple[array[float], list[Hashable]]] = [(array("d"), [])]
        self._starts = array("d", [-inf])  # of each chunk: the least deadline that belongs in it
        self._cleaned = 0

    def set(self, key: Hashable, deadline: float) -> None:
        """``soonest`` may go down by it, and never up."""
        noted = self.of.get(key, inf)
        self.of[key] = deadline
        if deadline < noted:
            self._note(key, deadline)
            if self._notes > 2 * len(self.of) + _FULL:
                self._clean()

    def remove(self, key: Hashable) -> None:
        if self.of.pop(key, None) is not None and not self.of:
            self.clear()

    def due(self, now: float) -> Any:
        """A key whose deadline is not after ``now``, the soonest; ``MISSING`` where there is none."""
        while self.soonest <= now:
            ends, keys = self._chunks[0]
            if ends and ends[0] <= now:
                end, key = ends[0], keys[0]
                deadline = self.of.get(key)
                if deadline == end:
                    return key
                del ends[0], keys[0]
                self._notes -= 1
                if deadline is not None and deadline > end:
                    self._note(key, deadline)
            self._look_ahead()
        return MISSING

    def _note(self, key: Hashable, deadline: float) -> None:
        at = bisect_right(self._starts, deadline) - 1
        ends, keys = self._chunks[at]
        if ends and deadline < ends[-1]:
            where = bisect_right(ends, deadline)
            ends.insert(where, deadline)
            keys.insert(where, key)
        else:  # as always where all have the same ttl
            ends.append(deadline)
            keys.append(key)
        self._notes += 1
        if deadline < self.soonest:  # noqa: PLR1730  # min() takes as long as the rest
            self.soonest = deadline
        if len(ends) > _FULL:
            self._split(at)

    def _look_ahead(self) -> None:
        while not self._chunks[0][0] and len(self._chunks) > 1:
            self._drop(0)
        ends = self._chunks[0][0]
        self.soonest = ends[0] if ends else inf

    def _split(self, at: int) -> None:
        ends, keys = self._chunks[at]
        half = len(ends) // 2
        self._starts.insert(at + 1, ends[half])
        self._chunks.insert(at + 1, (ends[half:], keys[half:]))
        del ends[half:], keys[half:]

    def _clean(self) -> None:
        """Make every note of the chunk whose turn it is exact, and the only one of its key there."""
        at = self._cleaned = (self._cleaned + 1) % len(self._chunks)
        ends, keys = self._chunks[at]
        exact: dict[Hashable, float] = {}
        early: dict[Hashable, float] = {}
        for end, key in zip(ends, keys, strict=True):
            deadline = self.of.get(key, -inf)
            if deadline >= end:
                (exact if deadline == end else early)[key] = deadline
        self._notes -= len(ends) - len(exact)
        ends[:], keys[:] = array("d", exact.values()), list(exact)
        if at and len(ends) + len(self._chunks[at - 1][0]) <= _FULL // 2:
            self._chunks[at - 1][0].extend(ends)
            self._chunks[at - 1][1].extend(keys)
            self._drop(at)
        for key, deadline in early.items():
            if key not in exact:
                self._note(key, deadline)

    def _drop(self, at: int) -> None:
        del self._chunks[at], self._starts[at]
        self._starts[0] = -inf
