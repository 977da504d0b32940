"""The cache on a Redis or Valkey server: shared by every machine that reaches it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import ceil, isinf
from typing import TYPE_CHECKING, Any, cast

from .basics import checked_count
from .errors import BadSetting
from .frame import HEAD, VALUE, Frames
from .renewal import Renewal
from .store import checked_wait
from .tier import Tier

if TYPE_CHECKING:
    import redis

    from .link import Command
    from .wire import Wire

_MANY = 1000  # keys in one command


class RedisCache(Tier):
    """Entries on ``server``, a URL (``redis://``, ``rediss://``, ``unix://``) or a redis-py client.

    Of a client its settings are used; its connections and retries are not, and it is not closed. There are at
    most ``pool_size`` connections, opened when they are needed. Nothing is tried a second time.

    An operation ends within ``deadline`` seconds, connecting included; one that walks over all keys (``clear``,
    ``len``, iteration, ``stats``) has that long for each step. Keys begin with ``prefix``, and ``clear`` removes
    those alone. ``ttl`` is how many seconds an entry lives where ``set`` is not told otherwise; ``None`` is for
    ever. ``clock`` returns seconds since the epoch. With a ``signing_key``, 16 bytes or more, only entries that
    were written with it are believed.

    Of all processes that ask ``get_or_set`` for a key, one computes, and the others wait for it: until it has
    stored or given up, or for ``lease`` seconds, as it may have died. Then one of them takes its place, and a late
    result is returned to its caller alone. Choose it longer than any compute takes.

    ``get_or_set`` has values made anew on the side before they expire, if it is told to: in the last ``stale`` seconds
    of their ttl, and with ``early_refresh`` above 0, at random before that, as ``Renewal`` tells. Meanwhile it answers
    with the old value. Each process does so once at a time for each key; a value that was set or deleted meanwhile
    stays so.

    A cache may be used on both sides of a fork. The server is Redis 6.2, Valkey 7.2, or newer.

    Raises:
        BadSetting: an argument that cannot be; a URL that turns certificate checks off, without ``unverified_tls``.
        Overloaded: all connections were in use for all of the ``deadline``.
        DeadlineExceeded: the server did not answer in time.
        Unavailable: it cannot be reached, or cannot serve now.
        AccessDenied: a wrong password or certificate, or a user who may not do this.
    """

    def __init__(  # noqa: PLR0913  # settings, all but one by name
        self,
        server: str | redis.Redis,
        *,
        prefix: str = "cache:",
        ttl: float | None = None,
        deadline: float = 0.25,
        pool_size: int = 10,
        lease: float = 30.0,
        early_refresh: float = 0.0,
        stale: float = 0.0,
        clock: Callable[[], float] = time.time,
        signing_key: bytes | None = None,
        username: str | None = None,
        password: str | None = None,
        unverified_tls: bool = False,
    ) -> None:
        from .address import address_of  # noqa: PLC0415  # redis-py takes long to load, and not all need it
        from .wire import Wire  # noqa: PLC0415

        if not isinstance(prefix, str):
            raise BadSetting(f"prefix is {prefix!r}; it is the text that every key begins with")
        address = address_of(server, username, password, unverified_tls=unverified_tls)
        frames, raw_prefix = Frames(signing_key), prefix.encode(errors="surrogatepass")
        wire = Wire(address, checked_count("pool_size", pool_size, "connections"), checked_wait("deadline", deadline))
        store, renewal = _RedisStore(wire, raw_prefix, frames), Renewal(early_refresh, stale)
        lease = checked_wait("lease", lease)
        super().__init__(store, frames, ttl, clock, raw_prefix, lease, renewal or None)
        self._shown = f"{type(self).__name__}({address.shown!r}, prefix={prefix!r})"

    async def aget(self, key: str, default: Any = None) -> Any:
        """``get``."""
        raw = self._raw(key)
        frame, now = await cast(_RedisStore, self._store).afind(raw), self._clock()
        if frame is not None and self._has_expired(frame, now):
            return await super().aget(key, default)  # it has to go, if it is still there
        return self._counted(self._value(raw, frame, now), default)

    def _has_expired(self, frame: bytes, now: float) -> bool:
        known = None if self._frames.lives(frame, now) else self._frames.peek(frame)
        return known is not None and known.kind == VALUE

    def __repr__(self) -> str:
        return self._shown


class _RedisStore:
    """Frames under keys of the server; see ``Store``. The server removes what has expired by itself."""

    def __init__(self, wire: Wire, prefix: bytes, frames: Frames) -> None:
        self._wire, self._frames = wire, frames
        self.waits = {"redis": wire.waits}
        self._pattern = re.sub(rb"([\\*?\[\]])", rb"\\\1", prefix) + b"*"

    def find(self, key: bytes) -> Any:
        return self._wire.ask((b"GET", key))[0]

    async def afind(self, key: bytes) -> Any:
        """``find``, for a task."""
        return await self._wire.aget(key)

    def read(self, keys: Iterable[bytes]) -> list[Any]:
        wanted = list(keys)
        parts = [wanted[start : start + _MANY] for start in range(0, len(wanted), _MANY)]
        return [frame for reply in self._all((b"MGET", *part) for part in parts) for frame in reply]

    def write(self, frames: Mapping[bytes, bytes], expires: float, now: float) -> int:
        lifetime = _lifetime(expires, now)
        self._all((b"SET", key, frame, *lifetime) for key, frame in frames.items())
        return 0

    def take(self, keys: Iterable[bytes]) -> list[Any]:
        return self._all((b"GETDEL", key) for key in keys)

    def claim(self, key: bytes, frame: bytes, expires: float, now: float) -> bool:
        return self._wire.ask((b"SET", key, frame, b"NX", *_lifetime(expires, now)))[0] is not None

    def swap(self, key: bytes, old: bytes, new: bytes, expires: float, now: float) -> bool:
        return self._exchange(key, old, (b"SET", key, new, *_lifetime(expires, now)))

    def drop(self, key: bytes, old: bytes) -> bool:
        return self._exchange(key, old, (b"DEL", key))

    def sweep(self, now: float) -> int:
        del now
        return 0

    def keys(self, now: float) -> Iterator[bytes]:
        for keys in self._pages():
            heads = self._all((b"GETRANGE", key, b"0", b"%d" % (HEAD - 1)) for key in keys)
            yield from (key for key, head in zip(keys, heads, strict=True) if self._frames.lives(head, now))

    def size(self, now: float) -> int:
        return sum(1 for _ in self.keys(now))

    def clear(self) -> None:
        for keys in self._pages():
            self._wire.ask((b"UNLINK", *keys))

    def close(self) -> None:
        self._wire.close()

    def _all(self, commands: Iterable[Command]) -> list[Any]:
        """The replies to any number of commands, sent together."""
        sent = list(commands)
        return self._wire.ask(*sent) if sent else []

    def _exchange(self, key: bytes, old: bytes, command: Command) -> bool:
        """Run ``command``, which changes ``key``, if its value is ``old``; whether it was."""
        with self._wire.talk() as say:
            if say((b"WATCH", key), (b"GET", key))[1] != old:
                say((b"UNWATCH",))
                return False
            return say((b"MULTI",), command, (b"EXEC",))[-1] is not None

    def _pages(self) -> Iterator[list[bytes]]:
        """The keys under our prefix, none twice."""
        seen: set[bytes] = set()
        cursor = b"0"
        while True:
            cursor, keys = self._wire.ask((b"SCAN", cursor, b"MATCH", self._pattern, b"COUNT", b"%d" % _MANY))[0]
            if new := [key for key in dict.fromkeys(keys) if key not in seen]:
                seen.update(new)
                yield new
            if cursor == b"0":
                return


def _lifetime(expires: float, now: float) -> tuple[bytes, ...]:
    """How long the server is to keep an entry, in whole milliseconds: rounded up, but for the clock's own noise."""
    if isinf(expires):
        return ()
    return b"PX", b"%d" % max(1, ceil((expires - now) * 1000 - 0.001))
