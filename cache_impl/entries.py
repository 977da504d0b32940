"""What lies in a store, as values: keys and frames, time, figures, and claims on keys whose values are to come."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from threading import RLock
from typing import Any

from .basics import MISSING, checked_text, checked_ttl, deadline
from .codec import Damaged, decode
from .errors import CacheError
from .frame import CLAIM, VALUE, Frames
from .store import Store


class Entries:
    """The values in a ``store``, under text.

    A claim lies under a key while its value is made, and is exchanged for that value and for nothing else (the
    leases of "Scaling Memcache at Facebook", NSDI 2013). ``claim``, ``settle``, ``release`` and ``find`` are for who
    makes values elsewhere, as ``ToolCache.run_once`` does.
    """

    #: Entries found that were not as they had been stored: each was a miss.
    damaged: int = 0

    def __init__(
        self, store: Store, frames: Frames, ttl: float | None, clock: Callable[[], float], prefix: bytes
    ) -> None:
        self._store, self._frames, self._clock, self._prefix = store, frames, clock, prefix
        self._ttl = checked_ttl(ttl)
        self._hits = self._misses = self._expirations = 0
        self._counting = RLock()

    def find(self, key: str) -> Any:
        """The value of ``key`` as whoever shares it has it, not counted as a hit or miss; ``MISSING`` for none."""
        raw = self._raw(key)
        return self._value(raw, self._store.find(raw), self._clock())

    def claim(self, key: str, lease: float) -> bytes | None:
        """The right to make the value of ``key``, for ``lease`` seconds; None over a value or a claim.

        What cannot be read counts as a claim: it may be one.
        """
        raw, now = self._raw(key), self._clock()
        self._sweep(now)  # a file holds ended claims until then
        claim = self._frames.pack(raw, os.urandom(16), now + lease, time.time_ns(), CLAIM)
        with self._given_up_if_broken_off(raw, claim):
            return claim if self._store.claim(raw, claim, now + lease, now) else None

    def settle(self, key: str, claim: bytes, payload: bytes, ttl: float) -> bool:
        """Exchange ``claim`` for an encoded value; whether it still lay there."""
        raw = self._raw(key)
        now, expires = self._lifetime(ttl)
        return self._store.swap(raw, claim, self._frames.pack(raw, payload, expires, time.time_ns()), expires, now)

    def release(self, key: str, claim: bytes) -> None:
        """Give ``claim`` up."""
        self._drop(self._raw(key), claim)

    def _raw(self, key: str) -> bytes:
        return self._prefix + checked_text(key).encode("utf-8", "surrogatepass")

    def _text(self, raw: bytes) -> str | None:
        try:
            return raw[len(self._prefix) :].decode(errors="surrogatepass")
        except (TypeError, AttributeError, UnicodeDecodeError):  # in a damaged file a key may be anything
            return None

    def _lifetime(self, ttl: float | None) -> tuple[float, float]:
        """Now, and when what is set now expires."""
        now = self._clock()
        ttl = self._ttl if ttl is None else ttl
        return now, inf if ttl is None else deadline(now, ttl)

    def _value(
        self,
        raw: bytes,
        frame: bytes | None,
        now: float,
        made: Callable[[bytes | memoryview], Any] = decode,
        *,
        taken: bool = False,
    ) -> Any:
        """What is ``made`` of the payload of a value that lives.

        What is seen expired goes, if it is not ``taken`` already: no clock that steps back shows it again.
        """
        if frame is None:
            return MISSING
        try:
            kind, expires, _, payload = self._frames.unpack(raw, frame)
            if kind == VALUE and now < expires:
                return made(payload)
        except Damaged:
            self._count(damaged=1)
            return MISSING
        if kind == VALUE:
            self._count(expired=taken or self._drop(raw, frame))
        return MISSING

    @contextmanager
    def _given_up_if_broken_off(self, raw: bytes, claim: bytes) -> Iterator[None]:
        """By a cancellation or a signal: ``claim`` may be there, and nobody knows of it."""
        try:
            yield
        except CacheError:
            raise
        except BaseException:
            self._drop(raw, claim)
            raise

    def _drop(self, raw: bytes, frame: bytes) -> bool:
        try:
            return self._store.drop(raw, frame)
        except CacheError:  # it is gone for this reader, who asked for no more
            return False

    def _sweep(self, now: float) -> None:
        self._count(expired=self._store.sweep(now))

    def _counted(self, value: Any, default: Any) -> Any:
        with self._counting:
            if value is MISSING:
                self._misses += 1
                return default
            self._hits += 1
        return value

    def _count(self, *, expired: int = 0, damaged: int = 0) -> None:
        if expired or damaged:
            with self._counting:
                self._expirations += expired
                self.damaged += damaged
