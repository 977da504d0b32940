"""Connections to an SQLite file, with the settings that all of ours have."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

_LOG = 16 * 2**20  # bytes of log that are kept for the next writes; more is given back
_PAGES = 2000  # in that log, then they go to the file; with 1000 a set of 12 KiB takes a tenth longer


class Connection(sqlite3.Connection):
    """One that can be referenced weakly: what a signal makes its user forget is closed."""


def connected(path: Path, patience: float) -> Connection:
    """A new connection to the file that is at ``path``, for any thread; it waits so many seconds for other writers."""
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=rw",
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
        uri=True,
        factory=Connection,
    )
    connection.text_factory = bytes  # in a damaged file text may be anything
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_PAGES}")
    except BaseException:
        connection.close()
        raise
    return connection


def close_all(connections: list[Connection]) -> list[Connection]:
    """Close and return all of ``connections``."""
    closed = []
    with suppress(IndexError):
        while True:
            closed.append(connections.pop())
            closed[-1].close()
    return closed
