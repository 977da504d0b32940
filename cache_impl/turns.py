"""Whose turn it is to compute a key, among processes: one has a claim under it, the others look again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

from .errors import Recursion

_FIRST, _GROWTH, _LONGEST = 0.005, 1.5, 0.1  # seconds between two looks

_held: ContextVar[tuple[bytes, ...]] = ContextVar("cache_impl.claims", default=())  # by what this code is part of


class Turn:
    """How long one caller waits for whoever has a claim, and may have died: for its ``lease``, in seconds, at most.

    As no two clocks are the same, that is over at the first of two times: when the claim is as old, by the clock it
    was made with; and when so much time has passed since it was first seen here.
    """

    def __init__(self, lease: float) -> None:
        self._lease = lease
        self._claim: bytes | None = None
        self._ends, self._pause = 0.0, _FIRST

    def pause(self, claim: bytes, age: float) -> float:
        """Seconds until the next look; 0 when ``claim``, made ``age`` seconds ago, holds no longer.

        Raises:
            Recursion: it is the caller's own.
        """
        if claim in _held.get():
            raise Recursion("the compute waits for its own key, over another cache; it can only ask for other keys")
        now = monotonic()
        if claim != self._claim:
            self._claim, self._ends, self._pause = claim, now + self._lease, _FIRST
        self._pause = min(self._pause * _GROWTH, _LONGEST)
        return max(0.0, min(self._pause, self._ends - now, self._lease - age))


@contextmanager
def holding(claims: Iterable[bytes]) -> Iterator[None]:
    """Around a compute for which ``claims`` were made."""
    before = _held.get()
    _held.set((*before, *claims))
    try:
        yield
    finally:
        _held.set(before)  # no reset(): a coroutine may be closed in another context than it ran in
