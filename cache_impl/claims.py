"""Tasks of which one runs at a time: claimed in the place where their results will be."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import RLock
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from .basics import MISSING, T
from .codec import decode, encode
from .errors import BadSetting, CacheError
from .file import FileCache
from .forks import after_fork_in_child
from .memory import MemoryCache
from .redis import RedisCache
from .tier import Tier


class Claim(Protocol):
    """The right to run a task, held by this caller."""

    def run(self, fn: Callable[[], T], ttl: float) -> T:
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
    return _claims_on_layers(cache, single_host=single_host)


class TierClaims:
    """Claims in the store of a tier. The server ends their lease by its own clock; a file, by the host's."""

    def __init__(self, tier: Tier) -> None:
        self._tier = tier

    def find(self, key: str) -> Any:
        return self._tier.find(key)

    def claim(self, key: str, lease: float) -> Claim | None:
        claim = self._tier.claim(key, lease)
        return None if claim is None else _TierClaim(self._tier, key, claim)


class _TierClaim:
    """The frame that lies under the key. It has a random token, so that it is exchanged for nobody else's result."""

    def __init__(self, tier: Tier, key: str, claim: bytes) -> None:
        self._tier, self._key, self._claim = tier, key, claim

    def run(self, fn: Callable[[], Any], ttl: float) -> Any:
        try:
            payload = encode(fn())
            with suppress(CacheError):  # it has been run; an error would have the caller run it again
                self._tier.settle(self._key, self._claim, payload, ttl)
        except BaseException:
            self._tier.release(self._key, self._claim)
            raise
        return decode(payload)


def _claims_on_layers(cache: Any, *, single_host: bool) -> Claims:
    """On the server of ``cache``; for a ``single_host``, in a file, and there alone.

    Whoever claims in one place while the server is there, and in the other while it is away, sees half of all claims.
    """
    from .layered import LayeredCache  # noqa: PLC0415  # who has layers has loaded it

    if not isinstance(cache, LayeredCache):
        raise BadSetting(f"a {type(cache).__name__} keeps no claims; for run_once, use a cache of this package")
    return TierClaims(cache.beside() if single_host else cache)


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
_lock = RLock()


def _renew() -> None:
    """In a forked child nobody runs what the parent's threads run."""
    global _running, _lock
    _running, _lock = WeakKeyDictionary(), RLock()


after_fork_in_child(_renew)
