"""Frames on a Redis server that several machines write to, some of them late: of each key the newest one stays."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import CacheError
from .frame import CLAIM, HEAD, TOMBSTONE, VALUE, Known
from .redis import _lifetime, _RedisStore
from .versions import REMEMBERED, Versions

if TYPE_CHECKING:
    from .link import Command

_BATCH = 100  # keys that are changed in one step
_HEAD_ENDS = b"%d" % (HEAD - 1)


class Write(NamedTuple):
    """A value to store, or with None a delete."""

    payload: bytes | None
    expires: float
    took: float = 0.0


class Replay(NamedTuple):
    """What was written while the server could not be reached."""

    key: bytes
    version: int
    frame: bytes


class Versioned(_RedisStore):
    """The store of a ``RedisCache``, where each change is made only over what has been looked at, in one step.

    Whatever is written now is newer than what lies there. So a command that was given up and arrives late, after
    others have written, finds the key changed (``WATCH``) and does nothing. A delete leaves a tombstone behind, and
    ``clear`` leaves one for all keys (``everything``): an older write that is replayed later finds it.
    """

    def __init__(self, store: _RedisStore, everything: bytes, versions: Versions, clock: Callable[[], float]) -> None:
        vars(self).update(vars(store))  # the connections, too: they are ours from now on
        self._everything, self._versions, self.clock = everything, versions, clock

    def ping(self) -> None:
        """Raises as every operation does while the server cannot serve."""
        self._wire.ask((b"PING",))

    def put(self, writes: Mapping[bytes, Write], now: float) -> tuple[list[bytes | None], dict[bytes, bytes]]:
        """Write all; what lay under each key, as far as it was deleted, and what lies there now."""
        keys, found, frames = list(writes), [], {}

        def write(before: list[Any]) -> list[Command]:
            nonlocal found
            found = before
            for key, old in zip(keys, before, strict=True):
                frames[key] = self._packed(key, writes[key], self._frames.peek(old))
            return [self._set(key, frame, writes[key].expires, now) for key, frame in frames.items()]

        deletes = any(each.payload is None for each in writes.values())
        self._change(keys, write, whole=deletes)
        return found, frames

    def replay(self, writes: Sequence[Replay]) -> None:
        """Write those that are newer than what lies there, as they were written."""
        self._replay(writes, self.clock())
        for each in writes:
            if each.key == self._everything:
                self._remove_older(each.version)

    def lease(self, key: bytes, token: bytes, over: bytes | None, expires: float, now: float) -> bytes:
        """Claim ``key``, with ``token``, where no value and no claim but ``over`` lies; what lies there then.

        A claim has the version of the tombstone that it lies upon: it has written nothing yet.
        """
        there = b""

        def write(before: list[Any]) -> list[Command]:
            nonlocal there
            old = self._frames.proven(key, before[0])
            if old is not None and (
                (old.kind == VALUE and old.expires > now) or (old.kind == CLAIM and before[0] != over)
            ):
                there = before[0]
                return []
            there = self._frames.pack(key, token, expires, old.version if old else 0, CLAIM)
            return [self._set(key, there, expires, now)]

        try:
            self._change([key], write, whole=True)
        except CacheError:
            raise
        except BaseException:  # a cancellation or a signal: the claim may be there, and nobody knows of it
            if token in there:
                with suppress(CacheError):
                    self.drop(key, there)
            raise
        return there

    def redeem(self, key: bytes, claim: bytes, write: Write, now: float) -> dict[bytes, bytes]:
        """Store what was claimed, if the claim still lies there; what lies there now, by key."""
        frame = self._packed(key, write, self._frames.peek(claim))
        return {key: frame} if self._exchange(key, claim, self._set(key, frame, write.expires, now)) else {}

    def drop(self, key: bytes, old: bytes) -> bool:
        """As every store does; but under a claim that is given up, the tombstone is still there."""
        known = self._frames.peek(old)
        if known is None or known.kind != CLAIM or not known.version:
            return super().drop(key, old)
        now = self.clock()
        tombstone = self._frames.pack(key, b"", inf, known.version, TOMBSTONE)
        return self._exchange(key, old, self._set(key, tombstone, now + REMEMBERED, now))

    def clear(self) -> None:
        """Remove all that is there, and remember it."""
        now = self.clock()
        self.put({self._everything: Write(None, now + REMEMBERED)}, now)
        for keys in self._pages():
            if doomed := [key for key in keys if key != self._everything]:
                self._wire.ask((b"UNLINK", *doomed))

    def _replay(self, writes: Sequence[Replay], now: float) -> None:
        keys = [each.key for each in writes]

        def write(before: list[Any]) -> list[Command]:
            *found, everything = [
                self._frames.proven(*each) for each in zip((*keys, self._everything), before, strict=True)
            ]
            floor = everything.version if everything else 0
            newer = [each for each, old in zip(writes, found, strict=True) if self._wins(each, old, floor)]
            return [self._replayed(each, now) for each in newer]

        self._change([*keys, self._everything], write, whole=True)

    def _remove_older(self, version: int) -> None:
        for page in self._pages():
            keys = [key for key in page if key != self._everything]
            for start in range(0, len(keys), _BATCH):
                self._remove(keys[start : start + _BATCH], version)

    def _remove(self, keys: Sequence[bytes], before: int) -> None:
        def remove(heads: list[Any]) -> list[Command]:
            known = [self._frames.peek(head) for head in heads]
            doomed = [key for key, each in zip(keys, known, strict=True) if each is None or each.version < before]
            return [(b"DEL", *doomed)] if doomed else []

        self._change(keys, remove)

    def _change(
        self, keys: Sequence[bytes], write: Callable[[list[Any]], Iterable[Command]], *, whole: bool = False
    ) -> None:
        """Run what ``write`` makes of that which lies under ``keys``, as one step with the look at it.

        It is asked anew where another was faster: then that one got on, and so all do in the end.
        """
        look = (lambda key: (b"GET", key)) if whole else (lambda key: (b"GETRANGE", key, b"0", _HEAD_ENDS))
        with self._wire.talk() as say:
            while True:
                _, *before = say((b"WATCH", *keys), *map(look, keys))
                if not (commands := list(write(before))):
                    say((b"UNWATCH",))
                    return
                if say((b"MULTI",), *commands, (b"EXEC",))[-1] is not None:
                    return

    def _wins(self, write: Replay, old: Known | None, floor: int) -> bool:
        if old is not None and old.version >= write.version:
            return False
        if floor >= write.version and write.key != self._everything:
            return False
        forgotten = time.time_ns() - REMEMBERED * 1e9  # what was deleted before that, nobody knows any more
        return old is not None or write.version > forgotten

    def _replayed(self, write: Replay, now: float) -> Command:
        known = self._frames.peek(write.frame)
        if known is not None and known.kind == VALUE and known.expires > now:
            return self._set(write.key, write.frame, known.expires, now)
        tombstone = self._frames.pack(write.key, b"", inf, write.version, TOMBSTONE)  # of an entry that has expired
        return self._set(write.key, tombstone, now + REMEMBERED, now)

    def _packed(self, key: bytes, write: Write, old: Known | None) -> bytes:
        version = self._versions.next(after=old.version if old else 0)
        if write.payload is None:
            return self._frames.pack(key, b"", inf, version, TOMBSTONE)
        return self._frames.pack(key, write.payload, write.expires, version, took=write.took)

    def _set(self, key: bytes, frame: bytes, expires: float, now: float) -> Command:
        return (b"SET", key, frame, *_lifetime(expires, now))
