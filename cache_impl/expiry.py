"""Which entries expire next: their deadlines in order, for two bisections and some 20 bytes each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping
from math import inf

_FULL = 512  # notes in a chunk: an insertion in its middle then costs less than the bisection before it


class ExpiryIndex:
    """Notes of ``deadlines``, soonest first. The mapping is the truth, and its owner keeps it.

    A note is stale once its key has another deadline or none. It goes when its time comes, or earlier
    when stale notes outnumber the true ones: one chunk at a time, so that no single add sorts or copies
    a million notes.
    """

    def __init__(self, deadlines: Mapping[Hashable, float]) -> None:
        self._deadlines = deadlines
        self.clear()

    def clear(self) -> None:
        self.soonest = inf  # no entry expires before this
        self._notes = 0
        self._chunks: list[tuple[list[float], list[Hashable]]] = [([], [])]
        self._starts = [-inf]  # of each chunk: the least deadline that belongs in it
        self._cleaned = 0

    def add(self, key: Hashable, deadline: float) -> None:
        """Note that ``deadline`` is now the one of ``key``."""
        at = bisect_right(self._starts, deadline) - 1
        ends, keys = self._chunks[at]
        where = bisect_right(ends, deadline)
        ends.insert(where, deadline)
        keys.insert(where, key)
        self._notes += 1
        self.soonest = min(self.soonest, deadline)
        if len(ends) > _FULL:
            self._split(at)
        if self._notes > 2 * len(self._deadlines) + _FULL:
            self._clean()

    def expired(self, now: float) -> Iterator[Hashable]:
        """The keys whose deadline has come; the caller removes each from ``deadlines`` before it asks for the next."""
        while self.soonest <= now:
            ends, keys = self._chunks[0]
            end, key = ends.pop(0), keys.pop(0)
            self._notes -= 1
            self._look_ahead()
            if self._deadlines.get(key) == end:
                yield key

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
        notes = dict.fromkeys(note for note in zip(ends, keys, strict=True) if self._deadlines.get(note[1]) == note[0])
        self._notes -= len(ends) - len(notes)
        ends[:], keys[:] = [end for end, _ in notes], [key for _, key in notes]
        if at and len(ends) + len(self._chunks[at - 1][0]) <= _FULL // 2:
            self._chunks[at - 1][0].extend(ends)
            self._chunks[at - 1][1].extend(keys)
            self._drop(at)
        self._look_ahead()

    def _drop(self, at: int) -> None:
        del self._chunks[at], self._starts[at]
        self._starts[0] = -inf

    def _look_ahead(self) -> None:
        while not self._chunks[0][0] and len(self._chunks) > 1:
            self._drop(0)
        ends = self._chunks[0][0]
        self.soonest = ends[0] if ends else inf
