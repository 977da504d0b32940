"""Tasks of which one runs at a time: claimed in the place where their results will be."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from .basics import MISSING
from .codec import decode, encode
from .errors import BadSetting, CacheError, Overloaded, Unavailable
from .file import FileCache
from .frame import CLAIM
from .memory import MemoryCache
from .redis import RedisCache
from .tier import Tier


class StillRunning(CacheError, TimeoutError):
    """Somebody else runs the task, and its result did not come in time."""


class Claim(Protocol):
    """The right to run a task, held by this caller."""

    def run(self, fn: Callable[[], Any], ttl: float) -> Any:
        """What ``fn()`` returns, stored for ``ttl`` seconds; if it raises, the claim is given up."""


class Claims(Protocol):
    """The tasks of one cache."""

    def find(self, key: str) -> Any:
        """The result of the task; ``MISSING`` where there is none, or none yet."""

    def claim(self, key: str, lease: float) -> Claim | None:
        """The right to run the task, for ``lease`` seconds; None where there is a result or somebody else's claim."""


def claims_on(cache: Any, *, single_host: bool) -> Claims:
    """The tasks of ``cache``, if it is shared by all who might run them.

    Raises:
        BadSetting: it is not, or keeps no claims.
    """
    if isinstance(cache, RedisCache):
        return TierClaims(cache)
    if isinstance(cache, (FileCache, MemoryCache)):
        if not single_host:
            raise BadSetting(
                f"a {type(cache).__name__} cannot promise other machines that a task runs once; use a RedisCache, "
                "or say single_host=True if there are no other machines"
            )
        return TierClaims(cache) if isinstance(cache, FileCache) else _ProcessClaims(cache)
    from .layered_claims import claims_on_layers  # noqa: PLC0415  # who has layers has loaded all it needs

    return claims_on_layers(cache, single_host=single_host)


class TierClaims:
    """Claims in the store of a tier. The server ends their lease by its own clock; a file, by the host's."""

    def __init__(self, tier: Tier) -> None:
        self._tier = tier

    def find(self, key: str) -> Any:
        """What cannot be read counts as somebody's claim: it may be one."""
        tier = self._tier
        raw = tier._raw(key)  # noqa: SLF001  # a tier is what we extend
        return tier._value(raw, self._look(raw), tier._clock())  # noqa: SLF001

    def claim(self, key: str, lease: float) -> Claim | None:
        tier, token = self._tier, os.urandom(16)
        raw, now = tier._raw(key), tier._clock()  # noqa: SLF001
        frame = self._claim(raw, token, now + lease, now)
        return None if frame is None else _TierClaim(tier, raw, frame)

    def _look(self, raw: bytes) -> bytes | None:
        return self._tier._store.find(raw)  # noqa: SLF001

    def _claim(self, raw: bytes, token: bytes, ends: float, now: float) -> bytes | None:
        """The frame that lies under ``raw`` now; None if there was one before."""
        tier = self._tier
        tier._sweep(now)  # noqa: SLF001  # a file holds ended claims until then
        frame = tier._frames.pack(raw, token, ends, time.time_ns(), CLAIM)  # noqa: SLF001
        return frame if tier._store.claim(raw, frame, ends, now) else None  # noqa: SLF001


class _TierClaim:
    """The frame that lies under the key. It has a random token, so that it is exchanged for nobody else's result."""

    def __init__(self, tier: Tier, raw: bytes, frame: bytes) -> None:
        self._tier, self._raw, self._frame = tier, raw, frame

    def run(self, fn: Callable[[], Any], ttl: float) -> Any:
        try:
            payload = encode(fn())
        except BaseException:
            self._tier._drop(self._raw, self._frame)  # noqa: SLF001
            raise
        with suppress(Unavailable, Overloaded):  # it has been run; an error would have the caller run it again
            self._settle(payload, ttl)
        return decode(payload)

    def _settle(self, payload: bytes, ttl: float) -> None:
        tier = self._tier
        now, expires = tier._lifetime(ttl)  # noqa: SLF001
        result = tier._frames.pack(self._raw, payload, expires, time.time_ns())  # noqa: SLF001
        tier._store.swap(self._raw, self._frame, result, expires, now)  # noqa: SLF001


class _ProcessClaims:
    """Claims beside a memory cache, which might evict them."""

    def __init__(self, cache: MemoryCache) -> None:
        self._cache = cache

    def find(self, key: str) -> Any:
        return self._cache.get(key, MISSING)

    def claim(self, key: str, lease: float) -> Claim | None:
        del lease  # whoever runs a task here cannot die and leave its claim behind
        with _lock:
            running = _running.setdefault(self._cache, set())
            if key in running or key in self._cache:
                return None
            running.add(key)
        return _ProcessClaim(self._cache, key, running)


class _ProcessClaim:
    def __init__(self, cache: MemoryCache, key: str, running: set[str]) -> None:
        self._cache, self._key, self._running = cache, key, running

    def run(self, fn: Callable[[], Any], ttl: float) -> Any:
        try:
            result = fn()
            self._cache.set(self._key, result, ttl)
        finally:
            self._running.discard(self._key)  # after the result is there
        return result


_running: WeakKeyDictionary[MemoryCache, set[str]] = WeakKeyDictionary()
_lock = Lock()


def _renew() -> None:
    """In a forked child nobody runs what the parent's threads run."""
    global _running, _lock
    _running, _lock = WeakKeyDictionary(), Lock()


os.register_at_fork(after_in_child=_renew)
