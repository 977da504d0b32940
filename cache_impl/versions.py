"""Which of two writes is the newer one, on however many machines they were made."""

from __future__ import annotations

from struct import error
from threading import Lock
from time import time_ns
from typing import NamedTuple

from .codec import Damaged
from .forks import renew_after_fork
from .frame import Frames

#: What a frame is, beside a claim and a value: the memory of a delete.
TOMBSTONE = 2
#: Seconds that a delete is remembered. What waited for longer to be replayed does not come back over nothing.
REMEMBERED = 86_400.0
_AHEAD = 86_400 * 10**9  # nanoseconds that another machine's clock may be ahead and still be believed


class Versions:
    """A hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", OPODIS 2014).

    A version is the wall clock in nanoseconds since the epoch, or just above the newest version seen, whichever
    is more. So a write is newer than all that its writer has seen, whatever the clocks of the others say; of two
    that saw nothing of each other, the clocks decide. Equal ones are one write, or the first to arrive stays.
    """

    def __init__(self) -> None:
        self._newest = 0
        self._renew()
        renew_after_fork(self, Versions._renew)

    def next(self, after: int = 0) -> int:
        """A version for a write that is made now, over one of version ``after``."""
        with self._lock:
            self._newest = max(time_ns(), self._newest + 1, after + 1)
            return self._newest

    def seen(self, version: int) -> None:
        """Whatever this process writes from now on is newer than ``version``."""
        if version > self._newest:
            with self._lock:
                self._newest = max(self._newest, version)

    def _renew(self) -> None:
        self._lock = Lock()


class Known(NamedTuple):
    """What the first bytes of a frame tell, before it is known whether it is sound."""

    kind: int
    expires: float
    version: int


def peek(frames: Frames, head: bytes | None) -> Known | None:
    """What a frame that begins with ``head`` says of itself; None where it cannot be one.

    A version from days ahead is no clock's: it is 0.
    """
    try:
        _, _, kind, expires, version, _ = frames._head.unpack_from(head or b"")  # noqa: SLF001
    except (error, TypeError):
        return None
    return Known(kind, expires, version if version < time_ns() + _AHEAD else 0)


def proven(frames: Frames, key: bytes, frame: bytes | None) -> Known | None:
    """``peek`` at a whole frame, which has to be sound and lie under ``key``."""
    try:
        frames.unpack(key, frame or b"")
    except Damaged:
        return None
    return peek(frames, frame)
