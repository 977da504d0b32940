"""When entries expire: the deadline of each key, and which comes next."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Hashable
from math import inf
from typing import Any

from .basics import MISSING

_FULL = 256  # notes in a chunk: to look up all their deadlines is a pause of some 0.3 ms


class Deadlines:
    """Deadlines by key, and notes of which come next: some 9 bytes each, in chunks, each of a stretch of time.

    Every key has a note at its deadline or earlier. One that turns out to be early is made anew when
    its time comes, so an entry that is set again and again costs nothing here. Notes of keys that are gone
    are dropped when their time comes, or earlier when there are more notes than keys twice over: one chunk at
    a time, so that no single operation sorts or copies a million notes.

    Only the notes of the first chunk are in order, and tell when. A later one is a list of keys, whose deadlines are
    looked up when it becomes the first, or too full.

    A finalizer or a signal may come in the middle of a change of the notes. What it sets is not noted then, and what
    it raises breaks the change off: either way, all are noted anew at the next change, or look at what is due.
    """

    def __init__(self) -> None:
        self.of: dict[Hashable, float] = {}  # for others to read
        self.renew()

    def renew(self) -> None:
        """Forget all, and whatever was under way, as in a forked child."""
        self._changing = False
        self.clear()

    def clear(self) -> None:
        self.of.clear()
        if self._changing:
            return  # the notes go when their time comes
        self._unnoted = True  # some key may have no note
        self._notes = 0
        self._ends, self._keys = array("d"), list[Hashable]()  # the first chunk
        self._later: list[list[Hashable]] = []
        self._starts = array("d")  # of each later chunk: the least deadline that belongs in it
        self._cleaned = 0
        self.soonest = inf  # no deadline is before this
        self._unnoted = False

    def set(self, key: Hashable, deadline: float) -> None:
        """``soonest`` may go down by it, and never up."""
        noted = self.of.get(key, inf)
        if deadline >= noted or self._changing:
            self.of[key] = deadline
            self._unnoted |= deadline < noted
            return
        self._changing = True
        try:
            if self._unnoted:
                self._note_all()
            self.of[key] = deadline
            self._note(key, deadline)
            if self._notes > 2 * len(self.of) + _FULL:
                self._clean()
        except BaseException:
            self._unnoted = True
            raise
        finally:
            self._changing = False
            if self._unnoted:
                self.soonest = -inf

    def remove(self, key: Hashable) -> None:
        if self.of.pop(key, None) is not None and not self.of:
            self.clear()

    def due(self, now: float) -> Any:
        """A key whose deadline is not after ``now``, the soonest; ``MISSING`` where there is none."""
        if self.soonest > now or self._changing:
            return MISSING
        self._changing = True
        try:
            if self._unnoted:
                self._note_all()
            return self._first(now)
        except BaseException:
            self._unnoted = True
            raise
        finally:
            self._changing = False
            if self._unnoted:
                self.soonest = -inf

    def _first(self, now: float) -> Any:
        while self.soonest <= now:
            end, key = self._ends[0], self._keys[0]
            deadline = self.of.get(key)
            if deadline == end:
                return key
            del self._ends[0], self._keys[0]
            self._notes -= 1
            if deadline is not None and deadline > end:
                self._note(key, deadline)
            self._look_ahead()
        return MISSING

    def _note(self, key: Hashable, deadline: float) -> None:
        self._notes += 1
        at = bisect_right(self._starts, deadline) - 1
        if at < 0:
            self._note_soon(key, deadline)
            return
        self._later[at].append(key)
        if len(self._later[at]) > _FULL:
            self._split(at)

    def _note_soon(self, key: Hashable, deadline: float) -> None:
        """In the first chunk."""
        where = bisect_right(self._ends, deadline)
        self._ends.insert(where, deadline)
        self._keys.insert(where, key)
        self.soonest = self._ends[0]
        if len(self._ends) > _FULL:
            half = _FULL // 2
            self._put(0, self._ends[half], self._keys[half:])
            del self._ends[half:], self._keys[half:]

    def _look_ahead(self) -> None:
        """Have a note in the first chunk, if there is any at all."""
        while not self._ends and self._later:
            end, found = self._end(0), self._take(0)
            self._keys = sorted(found, key=found.__getitem__)
            self._ends = array("d", [min(found[key], end) for key in self._keys])
        self.soonest = self._ends[0] if self._ends else inf

    def _note_all(self) -> None:
        self._unnoted = False
        of, size = self.of.copy(), _FULL // 2
        keys = sorted(of, key=of.__getitem__)
        self._ends, self._keys = array("d"), []
        self._later = [keys[at : at + size] for at in range(0, len(keys), size)]
        self._starts = array("d", [of[chunk[0]] for chunk in self._later])
        self._notes = len(keys)
        self._look_ahead()

    def _split(self, at: int) -> None:
        start, end, found = self._starts[at], self._end(at), self._take(at)
        keys = sorted(found, key=found.__getitem__)
        half = max(len(keys), _FULL) // 2
        self._put(at, start, keys[:half])
        if len(keys) > half:
            self._put(at + 1, min(found[keys[half]], end), keys[half:])

    def _clean(self) -> None:
        """Make every note of the later chunk whose turn it is exact, and the only one of its key there."""
        at = self._cleaned = (self._cleaned + 1) % len(self._later)
        start, end, found = self._starts[at], self._end(at), self._take(at)
        keys = [key for key, deadline in found.items() if deadline <= end]
        if at and len(keys) + len(self._later[at - 1]) <= _FULL // 2:
            self._later[at - 1] += keys
        else:
            self._put(at, start, keys)
        for key, deadline in found.items():
            if deadline > end:
                self._notes -= 1
                self._note(key, deadline)

    def _end(self, at: int) -> float:
        """From when on later notes belong in the chunk after it."""
        return self._starts[at + 1] if at + 1 < len(self._starts) else inf

    def _take(self, at: int) -> dict[Hashable, float]:
        """Deadlines by key of a later chunk, which is no more: without keys that are gone, or are noted before it."""
        keys, start = self._later.pop(at), self._starts.pop(at)
        found = {key: deadline for key in keys if (deadline := self.of.get(key, -inf)) >= start}
        self._notes -= len(keys) - len(found)
        return found

    def _put(self, at: int, start: float, keys: list[Hashable]) -> None:
        self._starts.insert(at, start)
        self._later.insert(at, keys)
