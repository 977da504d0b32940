"""When entries expire: the deadline of each key, and which comes next."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from math import inf
from typing import Any

from .basics import MISSING

_FULL = 512  # notes in a chunk: an insertion in its middle then costs less than the bisection before it


class Deadlines:
    """Deadlines by key, and notes of them in order: two bisections and some 20 bytes each.

    A note is stale once its key has another deadline or none. It goes when its time comes, or earlier
    when stale notes outnumber the true ones: one chunk at a time, so that no single operation sorts or
    copies a million notes.
    """

    def __init__(self) -> None:
        self.of: dict[Hashable, float] = {}  # for others to read
        self.clear()

    def clear(self) -> None:
        self.of.clear()
        self.soonest: float | None = None  # no deadline is before this; None: there is none at all
        self._notes = 0
        self._chunks: list[tuple[list[float], list[Hashable]]] = [([], [])]
        self._starts = [-inf]  # of each chunk: the least deadline that belongs in it
        self._cleaned = 0

    def set(self, key: Hashable, deadline: float) -> None:
        """``soonest`` may go down by it, and never up."""
        self.of[key] = deadline
        at = bisect_right(self._starts, deadline) - 1
        ends, keys = self._chunks[at]
        where = bisect_right(ends, deadline)
        ends.insert(where, deadline)
        keys.insert(where, key)
        self._notes += 1
        if self.soonest is None or deadline < self.soonest:
            self.soonest = deadline
        if len(ends) > _FULL:
            self._split(at)
        if self._notes > 2 * len(self.of) + _FULL:
            self._clean()

    def remove(self, key: Hashable) -> None:
        if self.of.pop(key, None) is not None and not self.of:
            self.clear()

    def due(self, now: float) -> Any:
        """A key whose deadline is not after ``now``, the soonest; ``MISSING`` where there is none."""
        while self.soonest is not None and self.soonest <= now:
            ends, keys = self._chunks[0]
            if ends and self.of.get(keys[0]) == ends[0]:
                return keys[0]
            self._notes -= len(ends[:1])
            del ends[:1], keys[:1]
            self._look_ahead()
        return MISSING

    def _look_ahead(self) -> None:
        while not self._chunks[0][0] and len(self._chunks) > 1:
            self._drop(0)
        ends = self._chunks[0][0]
        self.soonest = ends[0] if ends else None

    def _split(self, at: int) -> None:
        ends, keys = self._chunks[at]
        half = len(ends) // 2
        self._starts.insert(at + 1, ends[half])
        self._chunks.insert(at + 1, (ends[half:], keys[half:]))
        del ends[half:], keys[half:]

    def _clean(self) -> None:
        """Drop the stale notes of the chunk whose turn it is, and join what is left to the one before it."""
        at = self._cleaned = (self._cleaned + 1) % len(self._chunks)
        ends, keys = self._chunks[at]
        notes = dict.fromkeys(note for note in zip(ends, keys, strict=True) if self.of.get(note[1]) == note[0])
        self._notes -= len(ends) - len(notes)
        ends[:], keys[:] = [end for end, _ in notes], [key for _, key in notes]
        if at and len(ends) + len(self._chunks[at - 1][0]) <= _FULL // 2:
            self._chunks[at - 1][0].extend(ends)
            self._chunks[at - 1][1].extend(keys)
            self._drop(at)

    def _drop(self, at: int) -> None:
        del self._chunks[at], self._starts[at]
        self._starts[0] = -inf
