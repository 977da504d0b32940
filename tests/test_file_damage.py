"""A file cache that is damaged, full, read-only or not signed by us: a miss or an error, and never a wrong value."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from clocks import Clock
from file_places import NAME, SAFETY, behind, elsewhere, place

from cache_impl import BadValue, FileCache, LayeredCache, RedisCache
from cache_impl.errors import CacheError, StorageError

__all__ = ["place"]  # a fixture


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_file_is_a_miss_or_an_error_and_never_a_wrong_value(place: Path, seed: int) -> None:
    """Bits flipped, or the end cut off: every answer is right, absent, or an error of our own."""
    entries = {f"key {number}": {"n": number, "text": "x" * (number * 37 % 900)} for number in range(60)}
    with FileCache(place, ttl=1e6) as cache:
        cache.set_many(entries)
    chance, file = random.Random(seed), place / NAME
    content = bytearray(file.read_bytes())
    for _ in range(chance.randint(1, 10)):
        content[chance.randrange(len(content) if seed % 2 else 4096)] ^= 1 << chance.randrange(8)
    file.write_bytes(content[: chance.randrange(len(content))] if seed % 7 == 0 else content)
    try:
        with FileCache(place) as cache:
            for key, value in entries.items():
                assert try_to(partial(cache.get, key, value), value) == value
            assert try_to(lambda: cache.get_many(entries), {}).items() <= entries.items()
            for operation in (cache.stats, lambda: list(cache), lambda: cache.set("a", 1), cache.clear):
                try_to(operation, None)
    except CacheError:
        pass


def try_to(operation: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return operation()
    except CacheError:
        return otherwise


def test_a_damaged_entry_is_counted(place: Path) -> None:
    """It is a miss, the others are as they were, and setting it again mends it."""
    cache = FileCache(place)
    cache.set_many({"a": 1, "b": 2})
    behind(place, "UPDATE entries SET frame = substr(frame, 1, length(frame) - 1) WHERE key = CAST('a' AS BLOB)")
    assert (cache.get_many(["a", "b"]), "a" in cache, cache.delete("a")) == ({"b": 2}, False, False)
    assert (cache.damaged, cache.stats().misses) == (3, 1)
    cache.set("a", 3)
    assert cache.get("a") == 3


def test_a_damaged_entry_of_an_outage_is_computed_anew(place: Path) -> None:
    """What the compute raises reaches its caller, what it returns is kept."""
    with LayeredCache(RedisCache("redis://127.0.0.1:1"), place) as cache:
        cache.set("a", 1)
        behind(place, "UPDATE waiting SET frame = substr(frame, 1, length(frame) - 1)")
        assert (cache.get("a"), cache.damaged) == (None, 1)
        with pytest.raises(ZeroDivisionError):
            cache.get_or_set("a", lambda: 1 // 0)
        assert (cache.get_or_set("a", lambda: 2), cache.get("a")) == (2, 2)


def test_entries_signed_with_another_key_are_misses(place: Path) -> None:
    """Nor are those believed that nobody signed."""
    keys = (None, b"one key of 16 by", b"another of 16 by")
    for writer in keys:
        with FileCache(place, signing_key=writer) as cache:
            cache.set("a", 1)
        found = []
        for reader in keys:
            with FileCache(place, signing_key=reader) as cache:
                found.append(cache.get("a") == 1)
        assert found == [reader == writer for reader in keys]


def test_a_full_disk_is_an_error_and_loses_nothing(place: Path) -> None:
    """The entry that does not fit is not there, what was there is, and there is room again when something goes."""
    program = """
import resource
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
cache = FileCache(sys.argv[1])
cache.set("a", 1)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
try:
    cache.set_many({"a": 2, "b": bytes(300_000)})
except OSError as error:
    print(type(error).__name__, cache.get("a"), cache.get("b"))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
cache.set_many({"a": 2, "b": b""})
print(cache.get("a"), cache.get("b"))
"""
    said, _ = elsewhere(program, place).communicate(timeout=SAFETY)
    assert said.splitlines() == ["StorageError 1 None", "2 b''"]


def test_a_file_that_cannot_be_written_is_read(place: Path) -> None:
    """A set raises, get goes on, and what has expired stays expired."""
    clock = Clock()
    with FileCache(place, clock=clock) as cache:
        cache.set_many({"a": 1})
        cache.set("b", 2, ttl=5)
    cache = FileCache(place, clock=clock)
    cache._store._database.read("PRAGMA query_only = 1")  # type: ignore[attr-defined]  # noqa: SLF001  # also for root
    with pytest.raises(StorageError):
        cache.set("a", 3)
    clock.now += 5
    assert (cache.get("a"), cache.get("b"), "b" in cache) == (1, None, False)


def test_a_value_that_fits_into_no_file_is_refused(place: Path) -> None:
    """As any value that cannot be kept; a real one would be a gigabyte long."""
    cache = FileCache(place)
    cache.set("a", 1)
    connection = cache._store._database._idle[0]  # type: ignore[attr-defined]  # noqa: SLF001
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000)
    with pytest.raises(BadValue, match="bytes"):
        cache.set("a", bytes(20_000))
    assert cache.get("a") == 1
