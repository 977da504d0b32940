"""The journal of a LayeredCache: which write stays, whoever's clock is ahead."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from math import inf
from pathlib import Path
from typing import Any

import pytest

from cache_impl.database import Database
from cache_impl.errors import StorageError
from cache_impl.frame import TOMBSTONE, Frames
from cache_impl.journal import Journal
from cache_impl.versioned import Write
from cache_impl.versions import Versions

EVERYTHING = b"p:\xff"
A, B, C = b"p:a", b"p:b", b"p:c"
HOUR = 3600 * 10**9
FRAMES = Frames()


@pytest.fixture
def journal(tmp_path: Path) -> Any:
    """``journal(ahead=HOUR)``: that of a process whose clock is so many nanoseconds ahead."""

    def open_(ahead: int = 0, *, mirror: bool = False) -> Journal:
        versions = Versions()
        versions.seen(time.time_ns() + ahead)
        return Journal(tmp_path / "journal", FRAMES, EVERYTHING, versions, time.time, mirror=mirror)

    return open_


@pytest.mark.parametrize("keys", [[A], [A, B]])
def test_the_last_write_stays_though_another_clock_is_ahead(journal: Any, keys: list[bytes]) -> None:
    """One after the other: values, deletes, and values again."""
    ahead, behind = journal(HOUR), journal()
    ahead.put(dict.fromkeys(keys, b"1"), inf)
    behind.put(dict.fromkeys(keys, b"2"), inf)
    assert [payload(ahead, key) for key in keys] == [b"2"] * len(keys)
    ahead.put(dict.fromkeys(keys, b"3"), inf)
    before = zip(keys, behind.bury(keys), strict=True)
    assert [FRAMES.unpack(*each)[3] for each in before] == [b"3"] * len(keys)
    assert [payload(ahead, key) for key in keys] == [None] * len(keys)
    behind.put(dict.fromkeys(keys, b"4"), inf)
    assert [payload(ahead, key) for key in keys] == [b"4"] * len(keys)


@pytest.mark.parametrize("replayed", [False, True])
def test_what_is_written_after_a_clear_stays_though_another_clock_is_ahead(journal: Any, replayed: bool) -> None:  # noqa: FBT001
    """Also once the clear has been replayed; and what was begun before it does not."""
    ahead, behind = journal(HOUR), journal()
    begun = time.time_ns()
    ahead.put({A: b"1", B: b"1"}, inf)
    ahead.clear(pending=True)
    assert (ahead.find(A).pending, ahead.answer(A), behind.pending()) == (True, None, 1)
    if replayed:
        ahead.replayed(ahead.waiting(9))
        assert ahead.find(A).pending is False
    behind.put_late(B, Write(b"late", inf), begun)
    behind.put({A: b"2"}, inf)
    assert behind.bury([C]) == [None]
    assert (payload(ahead, A), payload(ahead, B)) == (b"2", None)


def test_what_is_written_over_a_mirrored_entry_is_newer_than_that(journal: Any) -> None:
    """The server has it from a machine whose clock is ahead; whoever writes here has not heard of it."""
    mirror, other = journal(mirror=True), journal()
    version = time.time_ns() + HOUR
    mirror.settle({key: FRAMES.pack(key, b"1", inf, version) for key in (A, B, C)})
    assert [mirror.pending(), payload(mirror, A), payload(other, A)] == [0, b"1", None]
    other.put({A: b"2"}, inf)
    assert FRAMES.unpack(B, other.bury([B])[0])[3] == b"1"
    assert [each.version > version for each in mirror.waiting(9)] == [True, True]
    assert [payload(mirror, key) for key in (A, B, C)] == [b"2", None, b"1"]


def test_what_was_replayed_is_not_answered_any_more(journal: Any) -> None:
    """Neither it, nor what a mirror had before it; but what was written over it meanwhile."""
    mirror = journal(mirror=True)
    mirror.settle({key: FRAMES.pack(key, b"1", inf, time.time_ns()) for key in (A, B)})
    mirror.put({A: b"2", B: b"2"}, inf)
    writes = mirror.waiting(9)
    mirror.put({B: b"3"}, inf)
    mirror.replayed(writes)
    assert [payload(mirror, key) for key in (A, B)] == [None, b"3"]
    assert [(each.key, FRAMES.unpack(B, each.frame)[3]) for each in mirror.waiting(9)] == [(B, b"3")]


def test_a_delete_answers_for_what_lies_there_when_it_is_done(journal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process sets the key after the first look."""
    here, other = journal(), journal()
    find = here.find
    with monkeypatch.context() as patch:
        patch.setattr(here, "find", lambda key: (find(key), patch.undo(), other.put({A: b"1"}, inf))[0])
        (frame,) = here.bury([A])
    assert FRAMES.unpack(A, frame)[3] == b"1"
    assert payload(other, A) is None


def test_a_journal_of_another_version_is_refused_and_left_as_it_is(journal: Any, tmp_path: Path) -> None:
    """What waits in it is for the program that wrote it."""
    tables = ["CREATE TABLE entries (key BLOB)", "INSERT INTO entries VALUES ('a')"]
    Database(tmp_path / "journal", tables, 64, 1.0).close()
    with pytest.raises(StorageError, match="version"):
        journal()
    with closing(sqlite3.connect(tmp_path / "journal" / "cache.sqlite3")) as connection:
        assert connection.execute("SELECT key FROM entries").fetchall() == [("a",)]


def payload(journal: Journal, key: bytes) -> bytes | None:
    """What is answered while the server is away."""
    frame = journal.answer(key)
    kind, _, _, found = (TOMBSTONE, 0, 0, b"") if frame is None else FRAMES.unpack(key, frame)
    return None if kind == TOMBSTONE else found
