"""A right cache that goes on while its server is away, in small steps, for the mutants to be wrong in one of."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeVar

import redis

from ..contract import Location
from .networked import WIDTH, Networked, version
from .single_flight import MISSING, Flight

DOWN = (redis.ConnectionError, redis.TimeoutError)
PAUSE = 0.01  # seconds between two looks whether the server is back
WHILE = 0.3  # seconds, where somebody waits for each

T = TypeVar("T")


class Write(NamedTuple):
    """What is to be replayed; a delete has no text."""

    version: int
    text: str
    expires: float | None

    def live(self) -> str | None:
        return self.text if self.text and (self.expires is None or self.expires > time.time()) else None


@dataclass
class Journal:
    """What was written while the server was away: the last write of each key, and the last clear."""

    writes: dict[str, Write] = field(default_factory=dict)
    cleared: int = 0

    def __len__(self) -> int:
        return len(self.writes) + (self.cleared > 0)


class FailsOver(Networked):
    """Writes go to a journal while the server is away, reads find them there, and a thread replays them."""

    declares = {**Networked.declares, "failover": "yes", "bulk": "yes"}
    left: defaultdict[str, list[Journal]] = defaultdict(list)  # by namespace: what closed instances have left

    def __init__(self, location: Location, **options: Any) -> None:
        super().__init__(location, **options)
        self.away, self.since = False, time.time()
        left = self.left[location.namespace]
        self.journal = left.pop() if left else Journal()
        if self.journal:
            self.lose()

    def close(self) -> None:
        with self.lock:
            if not self.closed and self.journal:
                self.left[self.prefix.decode()].append(self.journal)
            super().close()

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        found = {key: self.read(key, self.now()) for key in self.checked_keys(keys)}
        return {key: value for key, value in found.items() if value is not MISSING}

    def set_many(self, mapping: Mapping[str, Any], ttl: float | None = None) -> None:
        self.checked_keys(mapping)
        expires = self.expiry(self.now(), ttl)
        for value in mapping.values():
            self.encoded(value)
        for key, value in mapping.items():
            self.store(key, value, expires, self.now())

    def delete_many(self, keys: Iterable[str]) -> int:
        return sum([self.delete(key) for key in self.checked_keys(keys)])

    def health(self) -> SimpleNamespace:
        breaker = "open" if self.away else "closed"
        return SimpleNamespace(serving=self.serving(), since=self.since, breaker=breaker, pending=len(self.journal))

    # the steps, each of which some mutant gets wrong

    def checked_keys(self, keys: Iterable[str]) -> list[str]:
        keys = list(keys)
        for key in keys:
            self.checked_key(key)
        return keys

    def serving(self) -> str:
        return "journal" if self.away else "server"

    def found(self, key: str) -> str | None:
        with self.lock:
            if key in self.journal.writes:
                return self.journal.writes[key].live()
        return self.asked(key)

    def asked(self, key: str) -> str | None:
        """What the server has."""
        return None if self.away else self.tried(lambda: super(FailsOver, self).found(key), lambda: None)

    def write(self, key: str, text: str, expires: float | None) -> str | None:
        write = Write(version(), text, expires)
        if self.away:
            return self.note(key, write)
        return self.tried(lambda: super(FailsOver, self).write(key, text, expires), lambda: self.note(key, write))

    def empty(self) -> None:
        cleared = version()
        if self.away:
            self.note_clear(cleared)
        else:
            self.tried(super().empty, lambda: self.note_clear(cleared))

    def claimed(self, key: str, flight: Flight) -> Any:
        """Without the server each computes for itself."""
        if self.away:
            return MISSING
        return self.tried(lambda: super(FailsOver, self).claimed(key, flight), lambda: MISSING)

    def settle(self, key: str, flight: Flight, act: Callable[[Any], object]) -> None:
        if not self.away and flight.claim:
            self.tried(lambda: super(FailsOver, self).settle(key, flight, act), lambda: None)

    def land(self, key: str, flight: Flight, ttl: float | None) -> None:
        super().land(key, flight, ttl)
        if self.away and not flight.overtaken:
            self.note(key, Write(version(), self.encoded(flight.value), self.expiry(self.now(), ttl)))

    def tried(self, ask: Callable[[], T], otherwise: Callable[[], T]) -> T:
        """What the server answers, or what is done without it."""
        try:
            return ask()
        except DOWN:
            self.lose()
            return otherwise()

    def note(self, key: str, write: Write) -> str | None:
        """Write it down; what was there before."""
        with self.lock:
            before = self.journal.writes.get(key)
            self.journal.writes[key] = write
        return None if before is None else before.live()

    def note_clear(self, cleared: int) -> None:
        with self.lock:
            self.journal.writes.clear()
            self.journal.cleared = cleared

    def lose(self) -> None:
        """The server is away, from now on until it answers again."""
        with self.lock:
            if not self.away:
                self.away, self.since = True, self.now()
                threading.Thread(target=self.recover, daemon=True).start()

    def recover(self) -> None:
        while not self.closed:
            time.sleep(PAUSE)
            try:
                self.client.ping()
                with self.lock:
                    if self.closed:
                        return
                    self.replay()
                    self.away = False
            except DOWN:
                continue
            return

    def replay(self) -> None:
        if self.journal.cleared:
            self.client.set(self.row(b"cleared"), self.journal.cleared)
            self.journal.cleared = 0
        for key, write in list(self.journal.writes.items()):
            self.arrive(key, write)
            del self.journal.writes[key]

    def arrive(self, key: str, write: Write) -> None:
        """Unless somebody else has written, or cleared, later."""
        rows = [self.row(b"entry:", key), self.row(b"cleared")]

        def transaction(pipeline: Any) -> None:
            there, cleared = pipeline.mget(rows)
            newest = max(int((there or b"0")[:WIDTH]), int(cleared or 0))
            pipeline.multi()
            if newest < write.version:
                self.put(pipeline, key, write.version, write.text, write.expires)

        self.client.transaction(transaction, *rows)


class BringsItAlong(FailsOver):
    """Right as well: no thread looks whether the server is back, but who is asked next, once in a while."""

    looks = 0.0  # again, on the monotonic clock

    def __init__(self, location: Location, **options: Any) -> None:
        super().__init__(location, **options)
        self.look()

    def health(self) -> SimpleNamespace:
        self.look()
        return super().health()

    def check_open(self) -> None:
        super().check_open()
        self.look()

    def lose(self) -> None:
        with self.lock:
            if not self.away:
                self.away, self.since = True, self.now()

    def look(self) -> None:
        with self.lock, suppress(*DOWN):
            if self.away and time.monotonic() >= self.looks:
                self.looks = time.monotonic() + WHILE
                self.client.ping()
                self.replay()
                self.away = False
