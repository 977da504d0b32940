"""What a cache does that keeps its entries as bytes elsewhere: keys, frames, time, figures, one compute per key."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf
from threading import Lock
from typing import Any, Self

from .basics import MISSING, Stats, checked_text, checked_ttl, deadline
from .codec import Damaged, decode, encode
from .errors import CacheError
from .flight import Flight, Flights
from .forks import renew_after_fork
from .frame import CLAIM, VALUE, Frames
from .store import Closed, Store

LEASE = 3600.0  # seconds that a compute may take and still be stored


class Tier:
    """A cache over a ``store``. Keys are text; values are copied, and come back equal and of the same type.

    A value set while ``get_or_set`` computes the same key wins, as does a delete, whichever process it comes
    from: a claim lies under the key meanwhile, and the result is stored in exchange for that claim and no
    other (the leases of "Scaling Memcache at Facebook", NSDI 2013).

    Raises:
        BadKey: a key that is no text, in any operation, before anything changes.
        BadSetting: a ttl that is not above 0, or too large to add to the clock.
        BadValue: a value that would not come back equal and of the same type; what was there stays.
        CacheClosed: any operation after ``close()``.
    """

    #: Entries found that were not as they had been stored: each was a miss.
    damaged: int = 0

    def __init__(
        self, store: Store, frames: Frames, ttl: float | None, clock: Callable[[], float], prefix: bytes = b""
    ) -> None:
        self._store, self._frames, self._clock, self._prefix = store, frames, clock, prefix
        self._ttl = checked_ttl(ttl)
        self._renew()
        renew_after_fork(self, Tier._renew)
        self._hits = self._misses = self._expirations = 0

    def get(self, key: str, default: Any = None) -> Any:
        """The value of ``key``, or ``default``."""
        raw = self._raw(key)
        value = self._value(raw, self._store.find(raw), self._clock())
        with self._counting:
            if value is MISSING:
                self._misses += 1
                return default
            self._hits += 1
        return value

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Store ``value`` for ``ttl`` seconds, by default the cache's own ttl."""
        self.set_many({key: value}, ttl)

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
        values = {key: self._value(raw, frame, now) for (key, raw), frame in zip(wanted.items(), frames, strict=True)}
        hits = sum(values[key] is not MISSING for key in asked)
        with self._counting:
            self._hits += hits
            self._misses += len(asked) - hits
        return {key: value for key, value in values.items() if value is not MISSING}

    def set_many(self, mapping: Mapping[str, Any], ttl: float | None = None) -> None:
        """Store every value of ``mapping``; on an error, none."""
        payloads = {self._raw(key): encode(value) for key, value in mapping.items()}
        now, expires = self._lifetime(ttl)
        version = time.time_ns()
        frames = {raw: self._frames.pack(raw, payload, expires, version) for raw, payload in payloads.items()}
        self._count(expired=self._store.write(frames, expires, now))
        for key in mapping:
            self._flights.overtake(key)

    def delete_many(self, keys: Iterable[str]) -> int:
        """Remove the entries of ``keys``; how many there were."""
        unwanted = {key: self._raw(key) for key in keys}
        taken = self._store.take(unwanted.values())
        now = self._clock()
        for key in unwanted:
            self._flights.overtake(key)
        return sum(
            self._payload(raw, frame, now, taken=True) is not MISSING
            for raw, frame in zip(unwanted.values(), taken, strict=True)
        )

    def get_or_set(self, key: str, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        """The value of ``key``; where there is none, what ``compute()`` returns, stored for ``ttl`` seconds.

        Callers in this process who ask meanwhile wait for that one compute, as ``Flights`` tells. What takes
        longer than an hour is returned and not stored.

        Raises:
            Recursion: ``compute`` asks for ``key`` itself.
        """
        checked_ttl(ttl)
        if (value := self.get(key, MISSING)) is not MISSING:
            return value
        raw = self._raw(key)
        held: list[bytes] = []  # what lies under the key while we compute
        payload = self._flights.run(
            key,
            lambda: self._look(raw, held),
            lambda: self._computed(raw, held, compute),
            lambda payload, flight: self._land(raw, held, payload, ttl, flight),
        )
        return decode(payload)

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
        return self._payload(raw, self._store.find(raw), self._clock()) is not MISSING

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

    def _renew(self) -> None:
        """Wait for no compute and hold no lock, as in a new object or process."""
        self._flights = Flights()
        self._counting = Lock()

    def _raw(self, key: str) -> bytes:
        return self._prefix + checked_text(key).encode(errors="surrogatepass")

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

    def _value(self, raw: bytes, frame: bytes | None, now: float) -> Any:
        if (payload := self._payload(raw, frame, now)) is MISSING:
            return MISSING
        try:
            return decode(payload)
        except Damaged:
            self._count(damaged=1)
            return MISSING

    def _payload(self, raw: bytes, frame: bytes | None, now: float, *, taken: bool = False) -> Any:
        """The payload of a value that lives. What is seen expired goes: no clock that steps back shows it again."""
        if frame is None:
            return MISSING
        try:
            kind, expires, _, payload = self._frames.unpack(raw, frame)
        except Damaged:
            self._count(damaged=1)
            return MISSING
        if kind != VALUE:
            return MISSING
        if expires <= now:
            self._count(expired=taken or self._drop(raw, frame))
            return MISSING
        return payload

    def _drop(self, raw: bytes, frame: bytes) -> bool:
        try:
            return self._store.drop(raw, frame)
        except CacheError:  # it is gone for this reader, who asked for no more
            return False

    def _sweep(self, now: float) -> None:
        self._count(expired=self._store.sweep(now))

    def _count(self, *, expired: int = 0, damaged: int = 0) -> None:
        if expired or damaged:
            with self._counting:
                self._expirations += expired
                self.damaged += damaged

    def _look(self, raw: bytes, held: list[bytes]) -> Any:
        """The payload of a value that has come meanwhile; else ``MISSING``, and in ``held`` what to exchange for it."""
        now = self._clock()
        claim = self._frames.pack(raw, os.urandom(16), now + LEASE, time.time_ns(), CLAIM)
        if self._store.claim(raw, claim, now + LEASE, now):
            held.append(claim)
            return MISSING
        frame = self._store.find(raw)
        if (value := self._value(raw, frame, now)) is not MISSING:
            return encode(value)
        if frame is not None:
            held.append(frame)  # somebody else's claim, or a damaged frame
        return MISSING

    def _computed(self, raw: bytes, held: list[bytes], compute: Callable[[], Any]) -> bytes:
        try:
            return encode(compute())
        except BaseException:
            for claim in held:
                self._drop(raw, claim)
            raise

    def _land(self, raw: bytes, held: list[bytes], payload: bytes, ttl: float | None, flight: Flight) -> None:
        if held and not flight.overtaken:
            now, expires = self._lifetime(ttl)
            frame = self._frames.pack(raw, payload, expires, time.time_ns())
            self._store.swap(raw, held[0], frame, expires, now)
