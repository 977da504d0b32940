"""The cache that stays up: memory over Redis over a file, with a circuit breaker between."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from math import inf
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, cast

from .basics import MISSING, T, checked_ttl
from .breaker import CircuitBreaker
from .errors import BadSetting
from .file import _FileStore
from .fronted import Fronted
from .journal import Journal
from .layers import Layers
from .listeners import Transition
from .memory import MemoryCache
from .patience import least_left, most_in_vain, vain
from .redis import RedisCache
from .replay import Replayer
from .store import Store
from .tier import LEASE, Tier
from .versioned import Versioned
from .versions import Versions
from .waiting import off_loop, run

_log = logging.getLogger(__name__)
_LAST = 1.0  # seconds that closing waits for a replay under way
_TURN = 5.0  # seconds that a task waits while other processes write to the file beside


class Health(NamedTuple):
    """How a cache is doing; as text, in one line."""

    serving: str  # the tier that answers: "redis" or "file"
    since: float  # seconds since the epoch
    breaker: str  # its state
    pending: int  # writes that wait to be replayed

    def __str__(self) -> str:
        since = datetime.fromtimestamp(self.since, UTC).isoformat(" ", "seconds")
        return f"{self.serving} serves since {since}; breaker {self.breaker}; {self.pending} writes to replay"


class LayeredCache(Fronted):
    """``redis``, with an SQLite file in ``directory`` for as long as it cannot be reached, and ``memory`` before both.

    While Redis is away, nothing is raised and nothing is lost: what is set and deleted goes to the file, and from
    there to Redis within seconds of its return. Of each key the newest write stays, whichever machine made it; a
    delete counts as one. Until its write has arrived, a key is answered from the file. Other keys are misses
    meanwhile, unless ``mirror`` keeps a copy of all that this host sets in the file.

    An operation waits for Redis no longer than that cache's ``deadline``; while the breaker is not closed, not at
    all: a thread of its own asks whether Redis is back. A wrong password or certificate is raised, at any time.

    ``memory`` answers what was read less than ``memory_ttl`` seconds ago; so long, what other machines have set or
    deleted since may not be seen here. What this object wrote is seen at once. Values from it are shared between
    readers, if it does not copy.

    ttl, clock, prefix, keys, deadline, lease, and what is made anew before it expires, are those of ``redis``, which
    belongs to this cache from now on; so does ``directory``, which processes of this host may share. Every writer of
    the same prefix has to be a LayeredCache. While Redis is away, each process computes for itself.

    Raises:
        BadSetting, AccessDenied, StorageError: as its parts do.
    """

    def __init__(  # noqa: PLR0913  # settings, by name
        self,
        redis: RedisCache,
        directory: str | PathLike[str],
        *,
        memory: MemoryCache | None = None,
        memory_ttl: float = 5.0,
        breaker: CircuitBreaker | None = None,
        mirror: bool = False,
    ) -> None:
        if not isinstance(redis, RedisCache):
            raise BadSetting(f"redis is of type {type(redis).__name__}; it is a RedisCache")
        if not isinstance(breaker, CircuitBreaker | None):
            raise BadSetting(f"breaker is of type {type(breaker).__name__}; it is a CircuitBreaker")
        super().__init__(*_parts(redis))
        store, frames, clock, prefix = cast(Any, self._store), self._frames, self._clock, self._prefix
        self._folder = Path(directory)
        self._put_before(memory, memory_ttl)
        self._breaker = breaker or CircuitBreaker(recovery_time=1.0, name="redis")
        everything = prefix + b"\xff"  # no text is encoded so: it is nobody's key
        versions = Versions()
        server = Versioned(store, everything, versions, clock)
        self._journal = Journal(directory, frames, everything, versions, clock, mirror=mirror)
        self._replayer = Replayer(server, self._journal, self._breaker, self._arrived)
        self._layers = Layers(server, self._journal, self._breaker, frames, versions, alarm=self._replayer.wake)
        self._store = cast("Store", self._layers)  # with ``lease`` and ``put`` for claim and write
        self._serving, self._since = self._now_serving(), time.time()
        self._breaker.subscribe(self._changed)
        if self._journal.pending():
            self._replayer.wake()

    def get_lasting(self, key: str, least: float, default: Any = None) -> Any:
        """``get``; while Redis is away, only of what lives over ``least`` seconds more: a ttl less that is an age."""
        before = least_left.get()
        try:  # no context manager: a signal that came in its methods would leave the rule as it is inside
            least_left.set(least)
            return self.get(key, default)
        finally:
            least_left.set(before)

    def get_or_set(self, key: str, compute: Callable[[], T], ttl: float | None = None) -> T:
        """The value of ``key``; where there is none, what ``compute()`` returns, as every ``Tier`` does."""
        once = vain.get() + 1
        checked_ttl(ttl)
        value: T = self.get(key, MISSING) if self._renewal is None else self._fresh(key, compute, ttl)
        if value is not MISSING:
            return value

        def unhurried() -> T:
            try:
                most_in_vain.set(inf)
                return compute()
            finally:
                most_in_vain.set(once)

        before = most_in_vain.get()
        try:
            most_in_vain.set(once)
            value = self._made(key, unhurried, ttl)
        finally:
            most_in_vain.set(before)
        return value

    def _fresh(self, key: str, compute: Callable[[], Any], ttl: float | None) -> Any:
        """As every tier does; memory, which keeps nothing for long, answers as it is."""
        if self._front is None:
            return super()._fresh(key, compute, ttl)
        if (value := self._front.memory.get(key, MISSING)) is MISSING:
            value = self.get(key, MISSING)
            if value is not MISSING:
                self._renew_if_due(key, self._store.find(self._raw(key)), compute, ttl)
        return value

    def _make_anew(self, key: str, old: bytes, compute: Callable[[], Any], ttl: float | None) -> bool:
        stored = super()._make_anew(key, old, compute, ttl)
        if stored and self._front is not None:
            self._front.forget([key])
        return stored

    def find(self, key: str) -> Any:
        """The value of ``key`` on the server, for tasks that run once; raises ``Unavailable`` while it is away."""
        raw = self._raw(key)
        return self._value(raw, self._layers.confirmed(raw, self._layers.server.find), self._clock())

    def claim(self, key: str, lease: float) -> bytes | None:
        """As every tier does; on the server, or not at all."""
        raw, now, token = self._raw(key), self._clock(), os.urandom(16)
        claim = self._layers.confirmed(raw, self._layers.server.lease, token, None, now + lease, now)
        return claim if token in claim else None

    def beside(self) -> Tier:
        """A file beside that of this cache, for what this host alone may know."""
        store = off_loop(_FileStore, self._folder / "tasks", _TURN)
        return Tier(store, self._frames, None, self._clock, self._prefix)

    def health(self) -> Health:
        """Which tier serves, and how much waits to be replayed."""
        return Health(self._serving, self._since, self._breaker.state, self._journal.pending())

    async def ahealth(self) -> Health:
        """``health``."""
        return await run(self.health)

    def served(self) -> dict[str, int]:
        """How many looks and writes each tier has answered so far."""
        memory = {} if self._front is None else {"memory": self._front.memory.stats().hits}
        return memory | self._layers.served()

    def close(self) -> None:
        """Let go of files and connections; entries stay, and so does what waits. Closing twice is fine."""
        off_loop(self._replayer.close, _LAST)
        super().close()

    def _put(self, keys: Iterable[str], payloads: Mapping[bytes, bytes], ttl: float | None) -> None:
        """Store encoded values, those of ``keys``."""
        now, expires = self._lifetime(ttl)
        if self._front is None:  # as with _writing(), a context less
            self._layers.put(payloads, expires, now)
        else:
            with self._front.writing(keys):
                self._layers.put(payloads, expires, now)
        for key in keys:
            self._flights.overtake(key)

    def _claim(self, raw: bytes, over: bytes | None, now: float) -> tuple[bytes | None, bool]:
        """As in every tier; the claim may be one that knows nothing but when it was made."""
        return self._layers.lease(raw, over, now + LEASE, now)

    def _arrived(self, keys: list[bytes]) -> None:
        """The server's answers count for ``keys`` again, and they may be others than those kept here."""
        if self._front is not None:
            if None in (texts := [self._text(key) for key in keys]):
                self._front.forget_all()
            self._front.forget([text for text in texts if text is not None])

    def _now_serving(self) -> str:
        return "redis" if self._layers.reachable else "file"

    def _changed(self, _change: Transition) -> None:
        serving = self._now_serving()
        if serving != self._serving:
            self._serving, self._since = serving, time.time()
            self._tell()
            if self._front is not None:
                self._front.forget_all()
        if self._breaker.state != "closed":
            self._replayer.wake()

    def _tell(self) -> None:
        if self._serving == "file":
            _log.warning("the file serves, and not Redis: %s", self._layers.trouble or "its circuit is open")
        else:
            _log.warning("Redis serves again")


def _parts(tier: Any) -> tuple[Any, ...]:
    """What ``tier`` was made of."""
    each = vars(tier)
    return tuple(each[f"_{name}"] for name in ("store", "frames", "ttl", "clock", "prefix", "lease", "renewal"))
