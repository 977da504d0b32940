"""What a cache does that keeps its entries as bytes elsewhere: all operations, and one compute per key."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf
from threading import RLock
from typing import Any, Self

from .basics import MISSING, Stats, T, checked_mapping, checked_ttl
from .codec import decode, encode
from .coroutines import Coroutines
from .errors import CacheError
from .flight import Flights
from .forks import renew_after_fork
from .frame import CLAIM, Frames
from .renewal import Renewal
from .renewing import Renewing
from .store import Closed, Store
from .turns import Turn, holding
from .waiting import sleep

LEASE = 3600.0  # seconds that a compute may take and still be stored


class Tier(Renewing, Coroutines[str]):
    """A cache over a ``store``. Keys are text; values are copied, and come back equal and of the same type.

    A value set while ``get_or_set`` computes the same key wins, as does a delete, whichever process it comes
    from: a claim lies under the key meanwhile, and the result is stored in exchange for that claim and no other.
    With a ``lease``, processes compute one at a time: who finds another's claim waits for it so many seconds.

    Raises:
        BadKey: a key that is no text, in any operation, before anything changes.
        BadSetting: a ttl that is not above 0, or too large to add to the clock.
        BadValue: a value that would not come back equal and of the same type; what was there stays.
        CacheClosed: any operation after ``close()``.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # what a tier is made of
        self,
        store: Store,
        frames: Frames,
        ttl: float | None,
        clock: Callable[[], float],
        prefix: bytes = b"",
        lease: float = 0.0,
        renewal: Renewal | None = None,
    ) -> None:
        super().__init__(store, frames, ttl, clock, prefix)
        self._lease, self._renewal = lease, renewal
        self._renew()
        renew_after_fork(self, Tier._renew)

    def get(self, key: str, default: Any = None) -> Any:
        """The value of ``key``, or ``default``."""
        raw = self._raw(key)
        return self._counted(self._value(raw, self._store.find(raw), self._clock()), default)

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Store ``value`` for ``ttl`` seconds, by default the cache's own ttl."""
        self._put((key,), {self._raw(key): encode(value)}, ttl)

    def delete(self, key: str) -> bool:
        """Remove the entry of ``key``; whether there was one."""
        return self.delete_many((key,)) == 1

    def clear(self) -> None:
        """Remove every entry. The figures go on."""
        self._sweep(self._clock())
        self._store.clear()
        self._flights.overtake_all()

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """The entries found, by key."""
        asked = list(keys)
        wanted = {key: self._raw(key) for key in asked}
        frames = self._store.read(wanted.values())
        now = self._clock()
        values: dict[str, Any] = {}
        for (key, raw), frame in zip(wanted.items(), frames, strict=True):
            if (value := self._value(raw, frame, now)) is not MISSING:
                values[key] = value
        hits = len(values) if len(asked) == len(wanted) else sum(key in values for key in asked)
        with self._counting:
            self._hits += hits
            self._misses += len(asked) - hits
        return values

    def set_many(self, mapping: Mapping[str, Any], ttl: float | None = None) -> None:
        """Store every value of ``mapping``; on an error, none."""
        self._put(mapping, {self._raw(key): encode(value) for key, value in checked_mapping(mapping).items()}, ttl)

    def delete_many(self, keys: Iterable[str]) -> int:
        """Remove the entries of ``keys``; how many there were."""
        unwanted = {key: self._raw(key) for key in keys}
        taken = self._store.take(unwanted.values())
        now = self._clock()
        for key in unwanted:
            self._flights.overtake(key)
        return sum(
            self._value(raw, frame, now, bytes, taken=True) is not MISSING
            for raw, frame in zip(unwanted.values(), taken, strict=True)
        )

    def get_or_set(self, key: str, compute: Callable[[], T], ttl: float | None = None) -> T:
        """The value of ``key``; where there is none, what ``compute()`` returns, stored for ``ttl`` seconds.

        Callers in this process who ask meanwhile wait for that one compute, as ``Flights`` tells. What takes
        longer than an hour is returned and not stored; nor is what cannot be stored now: that is logged.

        Raises:
            Recursion: ``compute`` asks for ``key`` itself.
        """
        checked_ttl(ttl)
        value: T = self.get(key, MISSING) if self._renewal is None else self._fresh(key, compute, ttl)
        return self._made(key, compute, ttl) if value is MISSING else value

    def stats(self) -> Stats:
        """The figures so far of this object, and how many entries there are in all."""
        size = len(self)
        with self._counting:
            return Stats(self._hits, self._misses, 0, self._expirations, size)

    def close(self) -> None:
        """Let go of files and connections; entries stay. Closing twice is fine."""
        closed: Any = Closed(type(self).__name__)
        store, self._store = self._store, closed
        store.close()
        self._flights.overtake_all()

    def __contains__(self, key: str) -> bool:
        raw = self._raw(key)
        return self._value(raw, self._store.find(raw), self._clock(), bytes) is not MISSING

    def __len__(self) -> int:
        self._sweep(now := self._clock())
        return self._store.size(now)

    def __iter__(self) -> Iterator[str]:
        """The keys held now."""
        self._sweep(now := self._clock())
        return iter([key for raw in self._store.keys(now) if (key := self._text(raw)) is not None])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _put(self, keys: Iterable[str], payloads: Mapping[bytes, bytes], ttl: float | None) -> None:
        """Store encoded values, those of ``keys``."""
        now, expires = self._lifetime(ttl)
        version, pack = time.time_ns(), self._frames.pack
        frames: dict[bytes, bytes] = {}
        for raw, payload in payloads.items():  # of one, a comprehension takes a microsecond more
            frames[raw] = pack(raw, payload, expires, version)
        if expired := self._store.write(frames, expires, now):
            self._count(expired=expired)
        if self._flights.under_way:
            for key in keys:
                self._flights.overtake(key)

    def _renew(self) -> None:
        """Wait for no compute and hold no lock, as in a new object or process."""
        self._flights = Flights()
        self._counting = RLock()

    def _made(self, key: str, compute: Callable[[], Any], ttl: float | None) -> Any:
        """What ``compute()`` returns, or another's of all who ask meanwhile."""
        raw = self._raw(key)
        held: dict[bytes, bool] = {}  # what lies under the key while we compute, and whether it is a claim of ours
        began = self._clock() if self._renewal is not None else inf
        payload = self._flights.run(
            key,
            lambda: self._look(raw, held),
            lambda: self._computed(raw, held, compute),
            lambda payload, _flight: self._land(raw, held, payload, ttl, began),
        )
        return decode(payload)

    def _look(self, raw: bytes, held: dict[bytes, bool]) -> Any:
        """The payload of a value that has come meanwhile; else ``MISSING``, and in ``held`` what to exchange for it.

        Another's claim is waited for, and taken over when its lease has ended.
        """
        turn, over = Turn(self._lease), None
        while True:
            now = self._clock()
            frame, ours = self._claim(raw, over, now)
            if ours or frame is None:
                break
            if (value := self._value(raw, frame, now)) is not MISSING:
                return encode(value)
            known = self._frames.proven(raw, frame)
            if known is None or known.kind != CLAIM or not self._lease:
                break
            pause = turn.pause(frame, now - known.expires + LEASE)
            over = None if pause else frame
            sleep(pause)
        held |= {} if frame is None else {frame: ours}
        return MISSING

    def _claim(self, raw: bytes, over: bytes | None, now: float) -> tuple[bytes | None, bool]:
        """Put a claim where there is nothing, or ``over``; what lies there then, and whether it is that claim."""
        claim, ends = self._frames.pack(raw, os.urandom(16), now + LEASE, time.time_ns(), CLAIM), now + LEASE
        with self._given_up_if_broken_off(raw, claim):
            if over is None:
                taken = self._store.claim(raw, claim, ends, now)
            else:
                taken = self._store.swap(raw, over, claim, ends, now)
        return (claim, True) if taken else (self._store.find(raw), False)

    def _computed(self, raw: bytes, held: dict[bytes, bool], compute: Callable[[], Any]) -> bytes:
        try:
            with holding(held):
                return encode(compute())
        except BaseException:
            for claim, ours in held.items():
                if ours:  # who else computes for it, of a cache that has no lease, may still store what comes of it
                    self._drop(raw, claim)
            raise

    def _land(self, raw: bytes, held: dict[bytes, bool], payload: bytes, ttl: float | None, began: float) -> None:
        """Store it in exchange for the claim, which whoever has changed the key since then has removed or replaced."""
        for old in held:
            now, expires = self._lifetime(ttl)
            frame = self._frames.pack(raw, payload, expires, time.time_ns(), took=max(0.0, now - began))
            try:
                with self._given_up_if_broken_off(raw, old):
                    self._store.swap(raw, old, frame, expires, now)
            except CacheError as error:  # it was expensive, and is what was asked for
                import logging  # noqa: PLC0415  # who has no such trouble does not pay for it

                logging.getLogger(__name__).warning("what was computed is not stored: %s", error)
