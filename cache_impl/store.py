"""The seam between a cache and the place where its bytes are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NoReturn, Protocol

from .basics import checked_seconds
from .errors import CacheClosed
from .latency import Waits

LONGEST_WAIT = 1_000_000  # seconds of waiting that every system call takes


class Store(Protocol):
    """Frames under keys. ``expires`` is when a frame may be removed, on a clock that reads ``now``."""

    waits: dict[str, Waits]
    """How long each tier that it asks has taken lately, by name, the first one asked first."""

    def find(self, key: bytes) -> bytes | None:
        """What lies under ``key``."""

    def read(self, keys: Iterable[bytes]) -> list[bytes | None]:
        """What lies under each key."""

    def write(self, frames: Mapping[bytes, bytes], expires: float, now: float) -> int:
        """Put every frame there; how many expired ones were removed on the way."""

    def take(self, keys: Iterable[bytes]) -> list[bytes | None]:
        """Remove what lies under each key, and return it."""

    def claim(self, key: bytes, frame: bytes, expires: float, now: float) -> bool:
        """Put ``frame`` where there is nothing; whether there was nothing."""

    def swap(self, key: bytes, old: bytes, new: bytes, expires: float, now: float) -> bool:
        """Put ``new`` where there is still exactly ``old``; whether there was."""

    def drop(self, key: bytes, old: bytes) -> bool:
        """Remove what is still exactly ``old``; whether it was."""

    def sweep(self, now: float) -> int:
        """Remove the frames that have expired, where the store does not do so by itself; how many."""

    def keys(self, now: float) -> Iterator[bytes]:
        """The keys of the values that live."""

    def size(self, now: float) -> int:
        """How many values live."""

    def clear(self) -> None:
        """Remove every frame."""

    def close(self) -> None:
        """Let go of files and connections."""


class Closed:
    """Stands in for the store of a closed cache."""

    def __init__(self, name: str) -> None:
        self._name = name

    def close(self) -> None: ...

    def __getattr__(self, operation: str) -> NoReturn:
        raise CacheClosed(f"this {self._name} is closed; open a new one")


def checked_wait(name: str, seconds: float) -> float:
    """``seconds``, for which the setting ``name`` has somebody wait."""
    return checked_seconds(name, seconds, LONGEST_WAIT)
