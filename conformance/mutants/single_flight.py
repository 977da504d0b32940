"""One compute per key, in small steps, for the right cache and those that are wrong in one of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MISSING: Any = object()


@dataclass
class Flight:
    """One compute under way."""

    leader: int = field(default_factory=threading.get_ident)
    done: threading.Event = field(default_factory=threading.Event)
    value: Any = None
    error: BaseException | None = None
    overtaken: bool = False
    claim: str = ""  # that others see, where they share it


class SingleFlight:
    """``get_or_set`` for a cache with these methods."""

    lock: Any
    flights: dict[Any, Flight]
    read: Any
    store: Any
    expiry: Any
    now: Any
    taken: Any
    checked: Any
    given: Any

    def get_or_set(self, key: Any, compute: Callable[[], Any], ttl: float | None = None) -> Any:
        self.checked(ttl)
        with self.lock:
            value = self.read(key, self.now())
            if value is not MISSING:
                return value
            flight = self.flights.get(key)
            if flight is None:
                own = self.flights[key] = Flight()
        return self.lead(key, own, compute, ttl) if flight is None else self.follow(flight)

    def overtake(self, key: Any) -> None:
        """A change while the key is computed: the late result is not to be stored."""
        if key in self.flights:
            self.flights.pop(key).overtaken = True

    def lead(self, key: Any, flight: Flight, compute: Callable[[], Any], ttl: float | None) -> Any:
        try:
            flight.value = compute()
            self.land(key, flight, ttl)
        except BaseException as error:
            flight.error = error
            raise
        finally:
            self.leave(key, flight)
        return flight.value

    def land(self, key: Any, flight: Flight, ttl: float | None) -> None:
        with self.lock:
            if not flight.overtaken:
                now = self.now()
                self.store(key, self.taken(flight.value), self.expiry(now, ttl), now)

    def leave(self, key: Any, flight: Flight) -> None:
        with self.lock:
            if self.flights.get(key) is flight:
                del self.flights[key]
        flight.done.set()

    def follow(self, flight: Flight) -> Any:
        if flight.leader == threading.get_ident():
            raise RuntimeError("the compute asks for its own key")
        flight.done.wait()
        if flight.error is not None:
            raise flight.error
        return self.given(flight.value)
