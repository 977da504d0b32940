"""A right cache on a Redis server, in small steps, for the mutants to be wrong in one of."""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from collections.abc import Callable
from math import ceil
from typing import Any, ClassVar

from redis.backoff import NoBackoff
from redis.retry import Retry

from ..contract import Location
from .hosted import Texts
from .single_flight import MISSING, Flight, SingleFlight

LEASE = 3000  # milliseconds until somebody else may compute
TOMBSTONE = 60_000  # milliseconds that a delete is remembered
WIDTH = 20  # digits of a version


class Networked(Texts, SingleFlight):
    """JSON on a server, each write with its version; one compute per key among all who share the entries.

    A delete is a write of nothing, and a clear one of a version that all entries have to be newer than.
    """

    declares: dict[str, Any] = {
        "ttl": "per-entry",
        "values": "copied",
        "scope": "network",
        "durable": "yes",
        "threads": "safe",
        "get_or_set": "single-flight",
        "flights": "shared",
        "deadline": "yes",
    }
    caught_by: tuple[str, ...] = ()
    backend = "fakeredis"  # that it is judged on
    usual: ClassVar = {"deadline": 0.25}
    lease: int | None = LEASE

    def __init__(self, location: Location, ttl: float | None = None, deadline: float = 1.0) -> None:
        self.ttl, self.closed = self.checked(ttl), False
        self.prefix = location.namespace.encode()
        self.client = self.connected(location, deadline)
        self.lock = threading.RLock()
        self.flights: dict[Any, Flight] = {}

    def get(self, key: str, default: Any = None) -> Any:
        value = self.read(key, self.now())
        return default if value is MISSING else value

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        self.store(key, value, self.expiry(self.now(), ttl), self.now())

    def delete(self, key: str) -> bool:
        self.checked_key(key)
        self.overtake(key)
        return self.write(key, "", None) is not None

    def clear(self) -> None:
        self.check_open()
        for key in list(self.flights):
            self.overtake(key)
        self.empty()

    def close(self) -> None:
        self.closed = True
        self.client.close()

    # the steps, each of which some mutant gets wrong

    def connected(self, location: Location, deadline: float) -> Any:
        return location.connect(socket_timeout=deadline, socket_connect_timeout=deadline, retry=Retry(NoBackoff(), 0))

    def checked_key(self, key: str) -> None:
        self.check_open()
        super().checked_key(key)

    def check_open(self) -> None:
        if self.closed:
            raise RuntimeError("the cache is closed")

    def now(self) -> float:
        return time.time()

    def expiry(self, now: float, ttl: float | None) -> float | None:
        ttl = self.ttl if ttl is None else self.checked(ttl)
        return None if ttl is None else now + ttl

    def read(self, key: str, _now: float) -> Any:
        self.checked_key(key)
        text = self.found(key)
        return MISSING if text is None else json.loads(text)

    def store(self, key: str, value: Any, expires: float | None, _now: float) -> None:
        self.checked_key(key)
        text = self.encoded(value)
        self.overtake(key)
        self.write(key, text, expires)

    def given(self, value: Any) -> Any:
        return json.loads(json.dumps(value))

    def row(self, kind: bytes, key: str = "") -> bytes:
        """Where the server has something of ``kind``: an entry, a claim, the last clear."""
        return self.prefix + kind + key.encode("utf-8", "surrogatepass")

    def found(self, key: str) -> str | None:
        """The text of a live entry."""
        return live(*self.client.mget(self.row(b"entry:", key), self.row(b"cleared")))

    def write(self, key: str, text: str, expires: float | None) -> str | None:
        """Replace what is there; nothing, where ``text`` is empty. What was there before."""

        def transaction(pipeline: Any) -> None:
            written = max(version(), self.cleared(pipeline))  # an older one would hide what it takes the place of
            pipeline.multi()
            pipeline.get(self.row(b"cleared"))
            self.put(pipeline, key, written, text, expires)
            pipeline.delete(self.row(b"claim:", key))

        cleared, before, _ = self.client.transaction(transaction, self.row(b"cleared"))
        return live(before, cleared)

    def cleared(self, client: Any) -> int:
        return int(client.get(self.row(b"cleared")) or 0)

    def put(self, pipeline: Any, key: str, written: int, text: str, expires: float | None) -> None:
        left = None if expires is None else max(1, ceil((expires - self.now()) * 1000))
        raw = f"{written:0{WIDTH}}{text}"
        pipeline.set(self.row(b"entry:", key), raw, px=left if text else TOMBSTONE, get=True)

    def empty(self) -> None:
        def transaction(pipeline: Any) -> None:
            cleared = max(version(), self.cleared(pipeline) + 1)  # an older one would bring back what is gone
            pipeline.multi()
            pipeline.set(self.row(b"cleared"), cleared)

        self.client.transaction(transaction, self.row(b"cleared"))
        claims = list(self.client.scan_iter(match=pattern(self.row(b"claim:"))))
        self.client.delete(b"", *claims)

    def lead(self, key: str, flight: Flight, compute: Callable[[], Any], ttl: float | None) -> Any:
        return super().lead(key, flight, lambda: self.alone(key, flight, compute), ttl)

    def alone(self, key: str, flight: Flight, compute: Callable[[], Any]) -> Any:
        """What is computed under a claim that all others see, or what they have stored meanwhile."""
        if (value := self.claimed(key, flight)) is MISSING:
            return compute()
        flight.overtaken = True  # there is nothing to store
        return value

    def claimed(self, key: str, flight: Flight) -> Any:
        claim, row = f"{owner()}:{secrets.token_hex(4)}", self.row(b"claim:", key)
        while not self.client.set(row, claim, nx=True, px=self.lease):
            if (value := self.meets(key)) is not MISSING:
                return value
        flight.claim = claim
        if (value := self.read(key, self.now())) is not MISSING:
            self.release(key, flight)
        return value

    def meets(self, key: str) -> Any:
        """Another one computes: wait a little, for what it stores."""
        if (self.client.get(self.row(b"claim:", key)) or b"").startswith(owner().encode() + b":"):
            raise RuntimeError("the compute asks for its own key")
        time.sleep(0.005)
        return self.read(key, self.now())

    def land(self, key: str, flight: Flight, ttl: float | None) -> None:
        text, expires = self.encoded(flight.value), self.expiry(self.now(), ttl)
        if not flight.overtaken:
            self.settle(key, flight, lambda pipeline: self.put(pipeline, key, version(), text, expires))

    def leave(self, key: str, flight: Flight) -> None:
        if flight.error is not None:
            self.release(key, flight)
        super().leave(key, flight)

    def release(self, key: str, flight: Flight) -> None:
        self.settle(key, flight, lambda _pipeline: None)

    def settle(self, key: str, flight: Flight, act: Callable[[Any], object]) -> None:
        """Give the claim back, and ``act`` in the same step; nothing, where somebody else has ended it."""

        def transaction(pipeline: Any) -> None:
            held = pipeline.get(self.row(b"claim:", key)) == flight.claim.encode()
            pipeline.multi()
            if held and flight.claim:
                act(pipeline)
                pipeline.delete(self.row(b"claim:", key))

        self.client.transaction(transaction, self.row(b"claim:", key))


def version() -> int:
    """Newer than all that were written before on this host."""
    return time.time_ns()


def owner() -> str:
    """Who computes."""
    return f"{os.getpid()}:{threading.get_ident()}"


def live(raw: bytes | None, cleared: bytes | None) -> str | None:
    """The text of an entry as the server has it, unless it was deleted, or cleared since."""
    if raw is None or (cleared is not None and int(raw[:WIDTH]) < int(cleared)):
        return None
    return raw[WIDTH:].decode() or None


def pattern(prefix: bytes) -> bytes:
    """What begins with ``prefix``, for SCAN."""
    return b"".join(b"\\" + bytes([each]) if each in b"*?[]\\" else bytes([each]) for each in prefix) + b"*"
